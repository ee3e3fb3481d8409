package drain

import (
	"math/rand/v2"
	"net/netip"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// thief is who has the keys. The account that he trades against is his own.
type thief struct {
	person
	rng     *rand.Rand
	resting instruction.Order // where he waits for the robbed account
}

// raid is the theft from one account.
type raid struct {
	*robbed
	person       // whose account it is; the key is used from where the thief uses it
	stage  stage // how far it has come
	side   instruction.Side
	price  money.Price  // at which the robbed account trades in this swing
	clip   money.Amount // an ordinary trade of the illiquid coin
	left   int          // trades until the swing is over
	shrink int          // how often he halved what he trades
	misses int          // orders in a row that did not trade
	pauses bool
	take   take
	told   int // of its swings, in the transcript
}

// stage is how far a raid has come.
type stage uint8

const (
	waiting  stage = iota // for its evening
	selling               // the liquid coins, for what the illiquid one is quoted in
	swinging              // buying from the thief dear, and selling to him cheap
	over
)

// How the thief goes about it.
const (
	sellClip  = 12_000 * whole // of liquid coins at a time
	cycles    = 2_600          // trades to buy, and as many to sell, that an account is emptied in
	swingLow  = 45             // trades of a swing, at least
	swingMore = 50             // and up to so many more
	highLeast = 450_000        // above the fair price, in millionths: where the robbed account buys
	highMore  = 120_000
	lowLeast  = 345_000 // below it: where it sells
	lowMore   = 50_000
	remainder = 200 // it is over when but one part of so many is left to buy with

	// Where budgets hold, and he knows it, he gets the most for what they bear: nothing is gained by fair prices.
	highGreedy = 49_000_000
	lowGreedy  = 980_000
	collared   = wide * 9 / 10 // what a collar lets through for sure
	patience   = 10            // orders to sell that did not trade before he gives that up
	pause      = 10 * minute   // once nothing goes, neither way, nor in small
)

// plan makes the thief and those whom he robs.
func (x *replay) plan() {
	x.thief.rng = rand.New(rand.NewPCG(x.o.Seed, 3))
	list := x.robbed
	if x.o.First {
		list = list[:1]
	}
	most := money.Amount(0)
	for i := range list {
		r := raid{robbed: &list[i], person: x.open("robbed-"+string(rune('a'+i)), list[i].has, x.abroad(), 350*instruction.Day)}
		most = max(most, x.clip(&r))
		x.raids = append(x.raids, r)
		x.agenda.Add(r.at, task{raidTurn, i})
	}
	for i := range x.raids {
		x.robs[x.raids[i].account] = &x.raids[i]
	}
	m, has := &x.pairs[x.thin], make([]money.Amount, len(x.coins))
	has[m.base] = most * (swingLow + swingMore) * 2
	has[m.quote] = amount(part(int64(has[m.base]), int64(x.fair.of(x.thin)), whole))
	x.thief.person = x.open("the-thief", has, thiefAddr, 20*instruction.Day)
	x.names(&x.thief.person)
	x.frees(&x.thief.person)
	x.agenda.Add(x.raids[0].at-hoursBefore*hour, task{kind: sampling})
}

// abroad is where the thief uses a robbed account's key: keys that are good for one network only, through the servers of the
// bot platform that the owner had listed.
func (x *replay) abroad() netip.Addr {
	if x.o.Gate == house.On {
		return platformAddr
	}
	return thiefAddr
}

// stolen says that the thief gives an instruction, with his own key or another's.
func (x *replay) stolen(p *instruction.Principal) bool {
	for i := range x.raids {
		if p.Credential == x.raids[i].key {
			return true
		}
	}
	return p.Credential == x.thief.key
}

// raidTurn is the thief's next instruction with a robbed account's key. It says when the one after is, 0 for never.
func (x *replay) raidTurn(r *raid) instruction.Time {
	switch {
	case r.stage == waiting:
		x.begins(r)
	case x.house.Time >= r.at+window:
		x.ends(r)
	}
	if r.stage == selling {
		if r.misses < patience && x.sells(r) {
			return within(x.thief.rng, 3*instruction.Second, 9*instruction.Second)
		}
		r.stage, r.misses = swinging, 0
		x.swings(r, instruction.Buy)
	}
	if r.stage == swinging && (r.left == 0 || x.thief.resting == 0 || !x.trades(r)) {
		x.turns(r)
	}
	switch {
	case r.stage == over:
		return 0
	case r.pauses:
		r.pauses = false
		return pause
	}
	return within(x.thief.rng, 500*instruction.Millisecond, 3*instruction.Second)
}

// quiet says that no thief is about, nor soon will be.
func (x *replay) quiet() bool {
	for i := range x.raids {
		if r := &x.raids[i]; r.at-hour < x.house.Time && r.stage != over {
			return false
		}
	}
	return true
}

// begins is a raid's first moment.
func (x *replay) begins(r *raid) {
	r.stage = selling
	r.take = take{begin: x.house.Time, atRisk: x.worth(&r.person), price: x.fair.price[r.in]}
	r.clip = x.clip(r)
	x.tellBegins(r)
}

// clip is how much of the illiquid coin is traded at a time: to buy it and to sell it loses nine tenths of what it is worth.
func (x *replay) clip(r *raid) money.Amount {
	return x.pairs[x.thin].lots(x.fair.lots(x.thin, x.worth(&r.person)) * 10 / 9 / cycles)
}

// sells has the robbed account sell a clip of a liquid coin for what the illiquid one is quoted in, and says whether there was
// any.
func (x *replay) sells(r *raid) bool {
	for m := range x.pairs {
		p := &x.pairs[m]
		if m == x.thin || p.quote != x.pairs[x.thin].quote {
			continue
		}
		price := x.fair.off(m, -3_000)
		qty := x.affords(&r.person, m, instruction.Sell, price, x.fair.lots(m, sellClip))
		if !p.trifle(price, qty) {
			x.uses(r, x.order(m, instruction.Sell, instruction.IOC, price, qty))
			return true
		}
	}
	return false
}

// uses gives an instruction with the robbed account's key.
func (x *replay) uses(r *raid, in *instruction.PlaceOrder) {
	in.SelfTrade = instruction.ExpireBoth // which sees two accounts
	a := x.house.Send(house.By(r.key, r.from), in)
	r.take.instructions++
	if r.misses++; a.Filled {
		r.misses = 0
	} else if r.take.stopped == 0 && a.Verdict.Decision == instruction.Deny {
		r.take.stopped = r.take.instructions
	}
	x.tellUse(r, in, &a)
}

// swings begins a swing: the thief waits in the illiquid market, with an account of his own, where the robbed one is to trade.
func (x *replay) swings(r *raid, side instruction.Side) {
	me := house.By(x.thief.key, x.thief.from)
	if x.thief.resting != 0 {
		x.house.Send(me, &instruction.CancelAll{Market: market(x.thin)})
	}
	rng := x.thief.rng
	r.side, r.left = side, swingLow+rng.IntN(swingMore)
	mine, off := instruction.Sell, highLeast+rng.Int64N(highMore)
	if side == instruction.Sell {
		mine, off = instruction.Buy, -lowLeast-rng.Int64N(lowMore)
	}
	if greedy := x.greedy(side); greedy != 0 {
		off = greedy
	}
	r.price = x.fair.off(x.thin, off)
	qty := x.affords(&x.thief.person, x.thin, mine, r.price, r.clip*money.Amount(r.left)*6/5)
	in := x.order(x.thin, mine, instruction.GTC, r.price, qty)
	in.SelfTrade = instruction.ExpireBoth
	if a := x.house.Send(me, in); a.Orders > 0 {
		x.thief.resting = x.house.State.LastOrder()
	}
}

// greedy is how far from the fair price, in millionths, the robbed account trades where budgets hold; 0 where none do. At a
// fair price nothing is gained, and how much is traded does not matter where what it loses is bounded.
func (x *replay) greedy(side instruction.Side) int64 {
	high, low := int64(highGreedy), int64(lowGreedy)
	switch x.o.Gate {
	case house.Off, house.DetectorsOnly:
		return 0
	case house.On:
		high, low = collared, collared
	}
	if side == instruction.Sell {
		return -low
	}
	return high
}

// turns begins the next swing, unless next to nothing is left.
func (x *replay) turns(r *raid) {
	quote := x.pairs[x.thin].quote
	switch {
	case r.side == instruction.Buy:
		x.swings(r, instruction.Sell)
	case x.fair.worth(quote, x.free(&r.person, quote)) < r.take.atRisk/remainder:
		x.ends(r)
	default:
		x.swings(r, instruction.Buy)
	}
}

// ends is a raid's last moment.
func (x *replay) ends(r *raid) {
	r.stage = over
	x.house.Send(house.By(x.thief.key, x.thief.from), &instruction.CancelAll{Market: market(x.thin)})
	x.tellOver(r)
}

// trades has the robbed account trade with the thief, and with whoever stands between, and says whether it had the money. An
// order that does not trade is followed by one of half its size. When that becomes too small he tries the other way; when
// neither goes, he waits.
func (x *replay) trades(r *raid) bool {
	qty := r.clip * money.Amount(60+x.thief.rng.IntN(81)) / 100 >> r.shrink
	qty = x.affords(&r.person, x.thin, r.side, r.price, qty)
	if x.pairs[x.thin].trifle(r.price, qty) {
		if r.misses > 0 {
			r.pauses, r.shrink, r.misses = r.side == instruction.Sell, 0, 0
		}
		return false
	}
	r.left--
	if x.uses(r, x.order(x.thin, r.side, instruction.IOC, r.price, qty)); r.misses > 0 {
		r.shrink++
	}
	return true
}
