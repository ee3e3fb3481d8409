package scenario

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Move is an instruction with who gives it.
type Move struct {
	By    instruction.Principal
	In    instruction.Instruction
	actor *actor
	quote *quote // what it places or cancels; nil when nothing stays in the book
}

// Crowd decides what the customers of the demo market do next. Makers keep a ladder of orders around what they hold for
// the fair price, takers hit it with quantities that have a heavy tail, and noise traders place orders near it and cancel
// them. What it does follows from cast, seed, the times and the records it is shown, and from nothing else. It is for one
// goroutine.
type Crowd struct {
	rng      *rand.Rand
	walk     walk
	stalls   []Stall
	makers   []*actor
	takers   []*actor
	noise    []*actor
	orders   map[instruction.Order]*quote // of quotes that are in the book; never iterated
	prefix   string                       // of client order ids
	referred instruction.Time             // when fair prices were last given as a reference
	dated    []instruction.Time           // by stall, those that were
	count    uint64
}

// actor is a customer with what it has in the book.
type actor struct {
	Actor
	pace   int64      // of a maker, in hundredths: how wide it quotes
	gone   bool       // its key works no longer
	quotes [][]*quote // by stall
}

// quote is one order that an actor may have in the book.
type quote struct {
	order instruction.Order // 0: not in the book
	side  instruction.Side
	level int // of a maker's ladder, 0 is nearest to the fair price
	price money.Price
}

// The crowd's habits.
const (
	levels    = 8   // of a maker's ladder, on each side
	noiseMost = 12  // orders that a noise trader has in one market before it cancels
	spreadPPM = 150 // of the fair price: the nearest distance of the fastest maker
)

// NewCrowd is a crowd that has given no instruction yet.
func NewCrowd(c Cast, seed uint64) *Crowd {
	x := &Crowd{
		rng:    rand.New(rand.NewPCG(seed, uint64(c.Since))),
		stalls: c.Stalls,
		orders: make(map[instruction.Order]*quote),
		dated:  make([]instruction.Time, len(c.Stalls)),
		prefix: "demo-" + strconv.FormatUint(uint64(c.Since), 36) + "-",
	}
	x.walk = newWalk(c.Stalls)
	for i, a := range c.Makers {
		x.makers = append(x.makers, &actor{Actor: a, pace: int64(100 + 60*i), quotes: ladders(len(c.Stalls))})
	}
	for _, a := range c.Takers {
		x.takers = append(x.takers, &actor{Actor: a})
	}
	for _, a := range c.Noise {
		x.noise = append(x.noise, &actor{Actor: a, quotes: make([][]*quote, len(c.Stalls))})
	}
	return x
}

// ladders are a maker's empty ladders, one to a stall.
func ladders(stalls int) [][]*quote {
	all := make([][]*quote, stalls)
	for i := range all {
		for l := range levels {
			all[i] = append(all[i], &quote{side: instruction.Buy, level: l}, &quote{side: instruction.Sell, level: l})
		}
	}
	return all
}

// Next is what happens next, at the venue's time now. ok is false when there is nobody left whose key works.
func (x *Crowd) Next(now instruction.Time) (m Move, ok bool) {
	x.walk.advance(x.rng, now)
	stall := pick(x.rng, 5, 3, 2)
	groups := [...][]*actor{x.makers, x.noise, x.takers}
	turn := pick(x.rng, 60, 25, 15)
	var a *actor
	for range groups { // where a group has nobody left, the next one has the turn
		if a = x.one(groups[turn]); a != nil {
			break
		}
		turn = (turn + 1) % len(groups)
	}
	switch {
	case a == nil:
		return Move{}, false
	case turn == 0:
		m = x.makes(a, stall)
	case turn == 1:
		m = x.dabbles(a, stall)
	default:
		m = x.takes(stall)
	}
	m.actor = a
	m.By = instruction.Principal{Giver: instruction.ByCredential, Credential: a.Credential}
	return m, true
}

// pick is an index, drawn by weight; the weights' sum must be positive.
func pick(r *rand.Rand, weights ...int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	n := r.IntN(sum)
	for i, w := range weights {
		if n -= w; n < 0 {
			return i
		}
	}
	return 0
}

// one is any of the group that can still trade, or nil.
func (x *Crowd) one(group []*actor) *actor {
	if len(group) == 0 {
		return nil
	}
	first := x.rng.IntN(len(group))
	for i := range group {
		if a := group[(first+i)%len(group)]; !a.gone {
			return a
		}
	}
	return nil
}

// makes has a maker tend to its ladder: the first order, from a random one on, that is missing or strays too far from
// where it belongs; where all are well, one is refreshed.
func (x *Crowd) makes(a *actor, stall int) Move {
	ladder := a.quotes[stall]
	first := x.rng.IntN(len(ladder))
	for i := range ladder {
		q := ladder[(first+i)%len(ladder)]
		if q.order == 0 || x.strays(a, stall, q) {
			return x.requote(a, stall, q)
		}
	}
	return x.requote(a, stall, ladder[first])
}

// spread is the unit of distance from the fair price.
func (x *Crowd) spread(stall int) money.Price { return part(x.walk.fair[stall], spreadPPM, 1_000_000) }

// distance is how far from the fair price a maker quotes on a level: 1, 2, 4, 7, 11 ... spreads.
func (x *Crowd) distance(a *actor, stall, level int) money.Price {
	spread := max(x.stalls[stall].Terms.Tick, x.spread(stall)*money.Price(a.pace)/100)
	return spread * money.Price(2+level*(level+1)) / 2
}

func (x *Crowd) strays(a *actor, stall int, q *quote) bool {
	d := x.distance(a, stall, q.level)
	off := q.price - x.beside(stall, q.side, d)
	return max(off, -off) > d/3+x.stalls[stall].Terms.Tick
}

// beside is a price at that distance on the passive side of the fair price.
func (x *Crowd) beside(stall int, side instruction.Side, d money.Price) money.Price {
	if side == instruction.Buy {
		d = -d
	}
	return x.onTick(stall, x.walk.fair[stall]+d)
}

// onTick is the price that the market admits nearest below.
func (x *Crowd) onTick(stall int, p money.Price) money.Price {
	t := &x.stalls[stall].Terms
	return min(max(p-p%t.Tick, t.MinPrice), t.MaxPrice)
}

// onLot is the quantity that the market admits nearest below.
func (x *Crowd) onLot(stall int, q money.Amount) money.Amount {
	t := &x.stalls[stall].Terms
	return min(max(q-q%t.Lot, t.Lot), t.MaxQty)
}

// requote places a maker's order anew. The nearest level is post-only: a maker that would take there looks again; further
// out it takes what stands in its way, as makers do with somebody else's mistake.
func (x *Crowd) requote(a *actor, stall int, q *quote) Move {
	price := x.beside(stall, q.side, x.distance(a, stall, q.level))
	kind := instruction.Limit
	if q.level == 0 {
		kind = instruction.LimitMaker
	}
	deep := money.Amount(q.level+1) * money.Amount(q.level+2) / 2 // more stands further out
	qty := x.stalls[stall].Clip * deep * money.Amount(50+x.rng.IntN(100)) / 100
	place := x.order(stall, q.side, kind, instruction.GTC, price, qty)
	if q.order == 0 {
		return Move{In: place, quote: q}
	}
	return Move{quote: q, In: &instruction.ReplaceOrder{
		Cancel: instruction.CancelOrder{Market: place.Market, Order: q.order}, Place: *place, AllowFails: true,
	}}
}

// dabbles has a noise trader place an order near the fair price, or cancel its oldest.
func (x *Crowd) dabbles(a *actor, stall int) Move {
	mine := slices.DeleteFunc(a.quotes[stall], func(q *quote) bool { return q.order == 0 })
	a.quotes[stall] = mine
	if len(mine) > 0 && (len(mine) >= noiseMost || x.rng.IntN(3) == 0) {
		return Move{quote: mine[0], In: &instruction.CancelOrder{Market: x.stalls[stall].Market, Order: mine[0].order}}
	}
	side := instruction.Side(1 + x.rng.IntN(2))
	d := x.spread(stall) * money.Price(x.rng.IntN(120)-15) / 10 // one in eight crosses the fair price
	q := &quote{side: side}
	a.quotes[stall] = append(mine, q)
	return Move{quote: q, In: x.order(stall, side, instruction.Limit, instruction.GTC, x.beside(stall, side, d), x.small(stall))}
}

// small is an ordinary customer's quantity.
func (x *Crowd) small(stall int) money.Amount {
	return x.stalls[stall].Clip * money.Amount(10+x.rng.IntN(60)) / 100
}

// takes has a taker hit the book: mostly a little, now and then twice as much, and four times, and so on.
func (x *Crowd) takes(stall int) Move {
	side := instruction.Side(1 + x.rng.IntN(2))
	qty := x.small(stall)
	for range 7 {
		if x.rng.IntN(2) == 0 {
			break
		}
		qty *= 2
	}
	switch x.rng.IntN(40) {
	case 0: // somebody in earnest, within one percent of the fair price
		return Move{In: x.order(stall, side, instruction.Limit, instruction.IOC, x.beside(stall, side, -x.walk.fair[stall]/100), 5*qty)}
	case 1:
		return Move{In: x.order(stall, side, instruction.Limit, instruction.FOK, x.beside(stall, side, -x.walk.fair[stall]/500), qty)}
	}
	// Within two percent, as market orders are sent by people who look: a market order would take whatever stands alone in a
	// book that the makers have yet to fill, such as a customer's bid far below.
	return Move{In: x.order(stall, side, instruction.Limit, instruction.IOC, x.beside(stall, side, -x.walk.fair[stall]/50), qty)}
}

func (x *Crowd) order(stall int, s instruction.Side, t instruction.OrderType, f instruction.TimeInForce, p money.Price, q money.Amount) *instruction.PlaceOrder {
	x.count++
	id, err := instruction.ClientIDOf(x.prefix + strconv.FormatUint(x.count, 36))
	if err != nil {
		panic(err) // at most 5 + 13 + 1 + 13 letters and digits
	}
	return &instruction.PlaceOrder{
		Market: x.stalls[stall].Market, Side: s, Type: t, TIF: f, Price: p, Qty: x.onLot(stall, q), ClientID: id,
	}
}

// Saw shows the crowd what became of a move.
func (x *Crowd) Saw(m *Move, r *instruction.Record) {
	if r.Verdict.Decision != instruction.Allow {
		switch r.Verdict.Reason() {
		case instruction.UnknownCredential, instruction.DeletedCredential, instruction.ExpiredCredential, instruction.RightMissing:
			m.actor.gone = true
		}
		return
	}
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		switch e := e.(type) {
		case *instruction.OrderPlaced:
			if m.quote != nil {
				x.forget(m.quote)
				m.quote.order, m.quote.price = e.Order, e.Place.Price
				x.orders[e.Order] = m.quote
			}
		case *instruction.OrderClosed:
			if q := x.orders[e.Order]; q != nil {
				x.forget(q)
			}
		case *instruction.Refused:
			if m.quote != nil && e.Reason == instruction.UnknownOrder { // somebody outside the crowd filled it meanwhile
				x.forget(m.quote)
			}
		}
	}
}

// forget notes that a quote is in the book no longer.
func (x *Crowd) forget(q *quote) {
	delete(x.orders, q.order)
	q.order = 0
}
