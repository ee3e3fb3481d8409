package adversary

import (
	"fmt"

	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// Equity is what the victim has in the beginning, in units of USDT, and Capital what the thief may lose of his own.
const (
	Equity  money.Amount = 1_000_000 * floor.Coin
	Capital              = 10 * Equity
)

// helpers is how many accounts the thief has.
const helpers = 6

// How many instructions a try takes at most, ticks apart; a plan that would take more ends there.
const (
	fewSteps = 30_000
	maxSteps = 600_000
)

// stage is a floor with a victim and a thief on it, before anything happens.
type stage struct {
	floor       *floor.Floor
	victim, sub floor.Customer
	keys        []instruction.Credential // of the victim's that the thief holds
	helpers     []floor.Customer
	stock       [floor.DMG + 1]money.Amount // what all helpers together have in the beginning, by asset
	steps       int                         // that a try takes at most
}

// set sets the stage. The victim has four fifths in its master account, the rest in a sub-account.
func set(o floor.Options) (*stage, error) {
	s := &stage{floor: floor.Open(o), steps: maxSteps}
	f := s.floor
	s.victim = f.Join("victim", 0)
	s.sub = f.Join("victim sub", s.victim.Account)
	s.keys = []instruction.Credential{s.victim.Key}
	for _, label := range []string{"second", "third"} {
		s.keys = append(s.keys, f.NewKey(s.victim.Account, "victim "+label, instruction.MayTrade|instruction.MayRead|instruction.MayTransfer))
	}
	s.keys = append(s.keys, s.sub.Key)
	percent := [...]money.Amount{floor.USDT: 40, floor.BTC: 30, floor.ETH: 25, floor.DMG: 5}
	for x := floor.USDT; x <= floor.DMG; x++ { // in an order that is always the same
		n := f.Fair.Buys(x, Equity/100*percent[x])
		f.Fund(s.victim.Account, x, n/5*4)
		f.Fund(s.sub.Account, x, n/5)
	}
	for i := range helpers {
		s.helpers = append(s.helpers, f.Hire(fmt.Sprint("helper ", i+1)))
	}
	for x := floor.USDT; x <= floor.DMG; x++ {
		s.stock[x] = s.holds(f, x)
	}
	if o.Budgets && capped(o.Tier) {
		f.Trust(s.victim)
	}
	f.Live(70 * instruction.Second)
	return s, f.Err
}

// thief is one try of a plan.
type thief struct {
	f       *floor.Floor
	s       *stage
	plan    *Plan
	harm    harm
	keys    []instruction.Credential
	key     int // of keys, in use
	turn    int // of the helpers
	until   instruction.Time
	confirm instruction.Time                    // when the owner confirms next
	rested  map[instruction.Market][]restedSide // the victim's orders that were left
	say     func(string)                        // told each instruction; nil for nobody
}

type restedSide struct {
	side  instruction.Side
	price money.Price
	qty   money.Amount
}

// try carries out a plan on a stage of its own.
func (s *stage) try(p *Plan, seed uint64, say func(string)) (Score, []string, error) {
	f := s.floor.Clone(seed)
	t := &thief{f: f, s: s, plan: p, until: f.Time + p.Span, keys: append([]instruction.Credential(nil), s.keys...), say: say,
		rested: make(map[instruction.Market][]restedSide)}
	t.harm = harm{f: f, family: []instruction.Account{s.victim.Account, s.sub.Account},
		victim:  map[instruction.Account]bool{s.victim.Account: true, s.sub.Account: true},
		helpers: make(map[instruction.Account]bool)}
	for _, h := range s.helpers {
		t.harm.helpers[h.Account] = true
	}
	books := audit{h: &t.harm, meters: make(map[budget.Of]*shadow)}
	f.Heard = func(r *instruction.Record, e instruction.Event) {
		t.harm.hear(r, e)
		books.hear(e)
	}
	f.Before = func() {
		t.harm.before()
		books.look()
	}
	if p.Confirm > 0 {
		t.confirm = f.Time + p.Confirm
	}
	for stuck := 0; t.on() && stuck < 2; {
		at, steps := f.Time, t.harm.trades
		for i := range p.Moves {
			if t.on() {
				t.move(&p.Moves[i])
			}
		}
		if f.Time == at { // a plan without time in it would go on for ever
			t.pass(instruction.Second)
		}
		if t.harm.trades == steps && f.Time-at < instruction.Day {
			stuck++ // and one that comes to nothing need not go on so often
			t.pass(min(2*hour, t.until-f.Time))
		} else {
			stuck = 0
		}
	}
	t.harm.settle()
	books.due = true
	books.look()
	score := t.harm.score()
	score.steps = f.Steps - s.floor.Steps
	if f.Err != nil {
		return score, t.harm.broken, f.Err
	}
	return score, t.harm.broken, f.State.Check()
}

// on says that the try goes on.
func (t *thief) on() bool {
	return t.f.Err == nil && t.f.Time < t.until && t.f.Steps-t.s.floor.Steps < t.s.steps
}

// pass lets time go by: live up to two minutes, else slowly, and live at its end where the middle of a minute counts. The owner
// confirms when it is time.
func (t *thief) pass(span instruction.Time) {
	const live = 120 * instruction.Second
	if span > live {
		end := instruction.Second
		if !t.f.Options.Tier.Thin() {
			end = 80 * instruction.Second
		}
		for slow := span - end; slow > 0 && t.on(); slow -= 6 * hour {
			t.f.Drift(min(slow, 6*hour))
			t.due()
		}
		span = end
	}
	t.f.Live(span)
	t.due()
}

func (t *thief) due() {
	if t.confirm > 0 && t.f.Time >= t.confirm {
		t.confirmed()
		t.confirm = t.f.Time + t.plan.Confirm
	}
}

// confirmed has the owner confirm all there is to confirm.
func (t *thief) confirmed() {
	owner := t.s.victim.Owner
	t.do("owner", owner, &instruction.ConfirmBudget{Account: t.s.victim.Account})
	t.do("owner", owner, &instruction.ConfirmBudget{Account: t.s.sub.Account})
	for _, k := range t.keys {
		t.do("owner", owner, &instruction.ConfirmBudget{Account: t.f.State.Key(k).Account, Credential: k})
	}
}

// do gives an instruction in the name of a key.
func (t *thief) do(who string, c instruction.Credential, in instruction.Instruction) floor.Answer {
	a := t.f.Give(floor.By(c), in)
	t.tell(who, in, &a)
	return a
}

// operate gives one in the operator's name.
func (t *thief) operate(in instruction.Instruction) floor.Answer {
	a := t.f.Operate(in)
	t.tell("operator", in, &a)
	return a
}

// victim gives an instruction by the key in use.
func (t *thief) victim(in instruction.Instruction) floor.Answer {
	return t.do("victim's key", t.keys[t.key], in)
}

// account is whose key is in use.
func (t *thief) account() instruction.Account { return t.f.State.Key(t.keys[t.key]).Account }

// helper places an order of a helper's, or as much of it as the thief has the capital for.
func (t *thief) helper(i int, o *instruction.PlaceOrder) floor.Answer {
	if base, _ := floor.Assets(o.Market); o.Price > 0 {
		o.Qty = floor.Lots(o.Market, min(o.Qty, t.f.Fair.Buys(base, t.room(o.Market, o.Side))))
	}
	if o.Qty <= 0 {
		return floor.Answer{}
	}
	return t.do(fmt.Sprint("helper ", i+1), t.s.helpers[i].Key, o)
}

// capital is what the thief has still to lose: his own, and what he took.
func (t *thief) capital() money.Amount { return max(0, Capital-t.harm.cost+t.harm.lost) }

// room is how much more of a market's base asset, in units of USDT, the helpers can buy or sell. However their capital is
// spread, and whatever they borrow against it, they hold no more coins than it is worth, and owe no more.
func (t *thief) room(m instruction.Market, side instruction.Side) money.Amount {
	base, _ := floor.Assets(m)
	left := t.capital()
	for x := floor.BTC; x <= floor.DMG; x++ {
		n := t.f.Fair.Worth(x, t.s.holds(t.f, x)-t.s.stock[x])
		switch {
		case x != base:
			left -= max(n, -n)
		case side == instruction.Buy:
			left -= n
		default:
			left += n
		}
	}
	return max(left, 0)
}

// holds is how much of an asset all helpers together have.
func (s *stage) holds(f *floor.Floor, x instruction.Asset) (n money.Amount) {
	for _, h := range s.helpers {
		b := f.State.Balance(h.Account, x)
		n += b.Free + b.Held
	}
	return n
}

// worth is a part of the victim's equity, in parts of a million.
func worth(size int64) money.Amount { return Equity / 1_000_000 * money.Amount(size) }
