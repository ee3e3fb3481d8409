package budget

import (
	"math/big"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// entry is one charge, as a plain model keeps it.
type entry struct {
	at         instruction.Time
	loss, fees money.Amount
	left       money.Amount // of the loss, once gains have taken of it
	confirmed  bool
}

// model has for one budget all that was ever charged, and computes what counts anew each time it is asked.
type model struct {
	all      []entry
	set      *instruction.Budget
	reserved money.Amount
	since    money.Amount // of losses
}

func counts(at, then instruction.Time) bool { return at/window.Span-then/window.Span < window.Slots }

func (m *model) charge(at instruction.Time, loss, fees money.Amount) {
	gain := max(-loss, 0)
	for i := len(m.all) - 1; i >= 0 && gain > 0; i-- {
		if e := &m.all[i]; counts(at, e.at) {
			x := min(gain, e.left)
			e.left -= x
			gain -= x
			m.since -= min(m.since, x)
		}
	}
	m.since += max(loss, 0)
	m.all = append(m.all, entry{at: at, loss: loss, fees: fees, left: max(loss, 0)})
}

func (m *model) spent(at instruction.Time) (loss, fees money.Amount) {
	for _, e := range m.all {
		if counts(at, e.at) {
			loss += e.left
			fees += e.fees
		}
	}
	return loss, fees
}

// happened is the most that was really lost, net, and paid since any time of the 24 hours before.
func (m *model) happened(at instruction.Time) (loss, fees money.Amount) {
	var net money.Amount
	for _, e := range slices.Backward(m.all) {
		if at-e.at > instruction.Day {
			break
		}
		net += e.loss
		loss = max(loss, net)
		fees += e.fees
	}
	return loss, fees
}

// unconfirmed is likewise the most that was lost, net, and paid, since any time after the last confirmation.
func (m *model) unconfirmed() (loss, fees money.Amount) {
	var net money.Amount
	for _, e := range slices.Backward(m.all) {
		if e.confirmed {
			break
		}
		net += e.loss
		loss = max(loss, net)
		fees += e.fees
	}
	return loss, fees
}

func (m *model) confirm() {
	m.since = 0
	for i := range m.all {
		m.all[i].confirmed = true
	}
}

func portion(equity money.Amount, rate money.PPM, days int64) money.Amount {
	n := big.NewInt(int64(max(equity, 0)))
	n.Mul(n, big.NewInt(int64(rate)))
	n.Div(n, big.NewInt(1e6))
	return money.Amount(n.Mul(n, big.NewInt(days)).Int64())
}

// left is what the model says is left of it, for orders that have own reserved.
func (m *model) left(at instruction.Time, b instruction.Budget, equity, own money.Amount) (loss, fees money.Amount) {
	loss, fees = m.spent(at)
	_, paid := m.unconfirmed()
	loss = min(portion(equity, b.Loss, 1)-loss, portion(equity, b.Loss, 5)-m.since) - max(m.reserved-own, 0)
	fees = min(portion(equity, b.Fees, 1)-fees, portion(equity, b.Fees, 10)-paid)
	return max(loss, 0), max(fees, 0)
}

// world is some parties: keys of sub-accounts and of the master account of one customer, and of another's.
type world struct {
	t      *testing.T
	r      *rand.Rand
	b      *Budgets
	at     instruction.Time
	models map[Of]*model
	held   map[Party]money.Amount
	equity map[instruction.Account]money.Amount
}

var (
	everybody = []Party{{1, 2, 0}, {2, 2, 0}, {3, 3, 2}, {4, 3, 2}, {5, 4, 2}, {2000, 3000, 0}}
	master    = map[instruction.Account]instruction.Account{2: 2, 3: 2, 4: 2, 3000: 3000}
)

func (p Party) budgets() []Of {
	list := []Of{{p.Account, p.Credential}, {Account: p.Account}}
	if p.Parent != 0 {
		list = append(list, Of{Account: p.Parent})
	}
	return list
}

func newWorld(t *testing.T, r *rand.Rand) *world {
	w := &world{t: t, r: r, b: New(), at: start, models: map[Of]*model{}, held: map[Party]money.Amount{}, equity: map[instruction.Account]money.Amount{}}
	for _, p := range everybody {
		w.equity[p.Account] = 1_000_000
		for _, of := range p.budgets() {
			w.models[of] = &model{}
		}
	}
	return w
}

// family is what all accounts of the customer have.
func (w *world) family(p Party) (n money.Amount) {
	for a, equity := range w.equity {
		if master[a] == master[p.Account] {
			n += equity
		}
	}
	return n
}

// equityFor is what a budget of the party is a part of.
func (w *world) equityFor(p Party, of Of) money.Amount {
	if of.Credential == 0 && of.Account == master[p.Account] {
		return w.family(p)
	}
	return w.equity[p.Account]
}

// limits are those of one of a party's budgets: what was set for it, or what holds for the next.
func (w *world) limits(p Party, of Of) instruction.Budget {
	all := p.budgets()
	for _, x := range all[slices.Index(all, of):] {
		if b := w.models[x].set; b != nil {
			return *b
		}
	}
	return instruction.DefaultBudget
}

// least is what the models of a party leave.
func (w *world) least(p Party, own money.Amount) (loss, fees money.Amount) {
	loss, fees = money.MaxAmount, money.MaxAmount
	for _, of := range p.budgets() {
		l, f := w.models[of].left(w.at, w.limits(p, of), w.equityFor(p, of), own)
		loss, fees = min(loss, l), min(fees, f)
	}
	return loss, fees
}

// step is one thing that happens.
func (w *world) step() {
	r := w.r
	p := everybody[r.IntN(len(everybody))]
	of := p.budgets()[r.IntN(len(p.budgets()))]
	switch r.IntN(40) {
	case 0:
		w.at += instruction.Time(r.Int64N(int64(3 * instruction.Day)))
	case 1, 2, 3, 4, 5, 6:
		w.at += instruction.Time(r.Int64N(int64(4 * hour)))
	case 7:
		w.equity[p.Account] = money.Amount(r.Int64N(2_000_000)) * money.Amount(min(r.IntN(10), 1))
	case 8:
		b := instruction.Budget{Loss: money.PPM(r.IntN(60_000) * min(r.IntN(8), 1)), Fees: money.PPM(r.IntN(40_000))}
		w.models[of].set = &b
		if err := w.b.Set(of, b); err != nil {
			w.t.Fatal(err)
		}
	case 9:
		w.b.Confirm(of)
		w.models[of].confirm()
	case 10, 11, 12, 13:
		loss, _ := w.b.Left(w.at, p, Equity{w.equity[p.Account], w.family(p)})
		w.reserve(p, money.Amount(r.Int64N(int64(loss.Left)+1))/3)
	case 14, 15, 16, 17, 18:
		w.reserve(p, -w.held[p]*money.Amount(r.IntN(3))/2)
	case 19, 20, 21, 22:
		w.charge(p, -money.Amount(r.IntN(6_000)), money.Amount(r.IntN(100)))
	default:
		loss, fees := w.b.Left(w.at, p, Equity{w.equity[p.Account], w.family(p)})
		all := money.Amount(1 + 3*min(r.IntN(4), 1)) // now and then the whole of it
		w.charge(p, loss.Left/all, fees.Left/all)
	}
}

func (w *world) reserve(p Party, n money.Amount) {
	w.held[p] += n
	w.b.Reserve(p, n)
	w.b.Free(p, -n)
	for _, of := range p.budgets() {
		w.models[of].reserved += n
	}
}

// charge charges, if Left allows it, and holds what really happened against the limits.
func (w *world) charge(p Party, loss, fees money.Amount) {
	l, f := w.b.Left(w.at, p, Equity{w.equity[p.Account], w.family(p)})
	if loss > l.Left || fees > f.Left {
		return
	}
	w.b.Charge(w.at, p, loss, fees)
	for _, of := range p.budgets() {
		m := w.models[of]
		m.charge(w.at, loss, fees)
		b, equity := w.limits(p, of), w.equityFor(p, of)
		lost, paid := m.happened(w.at)
		long, longPaid := m.unconfirmed()
		if loss > 0 && (lost > portion(equity, b.Loss, 1) || long > portion(equity, b.Loss, 5)) {
			w.t.Fatalf("%+v lost %d in 24 hours, %d since it was confirmed, of %d", of, lost, long, equity)
		}
		if fees > 0 && (paid > portion(equity, b.Fees, 1) || longPaid > portion(equity, b.Fees, 10)) {
			w.t.Fatalf("%+v paid %d in 24 hours, %d since it was confirmed, of %d", of, paid, longPaid, equity)
		}
	}
}

// look holds everything that can be asked against the models.
func (w *world) look() {
	for _, p := range everybody {
		e := Equity{w.equity[p.Account], w.family(p)}
		for _, own := range []money.Amount{0, w.held[p] / 2, w.held[p], -500} {
			loss, fees := w.b.LeftBeside(w.at, p, own, e)
			if l, f := w.least(p, own); loss.Left != l || fees.Left != f {
				w.t.Fatalf("%+v has %d and %d left beside %d, not %d and %d", p, loss.Left, fees.Left, own, l, f)
			}
		}
		for _, of := range p.budgets() {
			m := w.models[of]
			s := w.b.Statement(w.at, Party{of.Credential, of.Account, p.Parent}, e)
			l, f := m.spent(w.at)
			lost, paid := m.happened(w.at)
			_, longPaid := m.unconfirmed()
			if s.Loss.Spent != l || s.Fees.Spent != f || l < lost || f < paid || s.Loss.Since != m.since || s.Fees.Since != longPaid || s.Loss.Reserved != m.reserved {
				w.t.Fatalf("%+v: %+v, not %d and %d; at least %d and %d", of, s, l, f, lost, paid)
			}
			for _, x := range s.Loss.Back {
				l -= x.Amount
			}
			if l != 0 {
				w.t.Fatalf("%+v: %+v comes back of %d", of, s.Loss.Back, s.Loss.Spent)
			}
		}
	}
	if err := w.b.Check(); err != nil {
		w.t.Fatal(err)
	}
}

// TestModel runs random weeks: in any 24 hours nobody really loses or pays more than the limit that held when it last did,
// what counts is never less than what happened, and every answer is that of a model that keeps each charge with its time.
// Now and then the meters are written and read back; nobody can tell.
func TestModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	for i := range uint64(6) {
		w := newWorld(t, rand.New(rand.NewPCG(seed, i)))
		for n := range 1500 {
			w.step()
			w.look()
			if n%100 == 50 {
				w.restart()
			}
		}
		if w.at < start+21*instruction.Day {
			t.Errorf("only %d days", (w.at-start)/instruction.Day)
		}
	}
}

// restart reads back what was written; what is reserved is counted anew.
func (w *world) restart() {
	was := write(w.b)
	c := instruction.Reader(was)
	w.b = New()
	if w.b.Fields(&c); c.End() != nil {
		w.t.Fatal(c.End())
	}
	for _, p := range everybody {
		w.b.Reserve(p, w.held[p])
	}
	if !slices.Equal(was, write(w.b)) {
		w.t.Fatal("written otherwise once read back")
	}
	w.look()
}

func write(b *Budgets) []byte {
	c := instruction.Writer(nil)
	b.Fields(&c)
	return c.Bytes()
}
