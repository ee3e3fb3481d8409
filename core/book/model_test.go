package book

import (
	"cmp"
	"math/big"
	"math/rand"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// model is the book as one would write it first: a sorted slice for each side, and scans.
type model struct {
	sides [2][]*Order // resting, in priority
	extra []*Order    // not resting
	last  instruction.Order
}

// before says that x is ahead of y on their side.
func before(x, y *Order) int {
	c := cmp.Compare(x.Price, y.Price)
	if x.Side == instruction.Buy {
		c = -c
	}
	return cmp.Or(c, cmp.Compare(x.ID, y.ID))
}

func (m *model) side(s instruction.Side) *[]*Order { return &m.sides[s-1] }

func (m *model) place(o Order, rests bool) {
	m.last = o.ID
	if !rests {
		m.extra = append(m.extra, &o)
		return
	}
	s := m.side(o.Side)
	i, _ := slices.BinarySearchFunc(*s, &o, before)
	*s = slices.Insert(*s, i, &o)
}

func (m *model) remove(o *Order) {
	if i := slices.Index(m.extra, o); i >= 0 {
		m.extra = slices.Delete(m.extra, i, i+1)
		return
	}
	s := m.side(o.Side)
	i, _ := slices.BinarySearchFunc(*s, o, before)
	*s = slices.Delete(*s, i, i+1)
}

func (m *model) best(s instruction.Side) *Order {
	if all := *m.side(s); len(all) > 0 {
		return all[0]
	}
	return nil
}

func (m *model) len() int { return len(m.sides[0]) + len(m.sides[1]) + len(m.extra) }

// orders are the account's resting orders in order of placement.
func (m *model) orders(a instruction.Account) []*Order {
	var found []*Order
	for _, s := range m.sides {
		for _, o := range s {
			if o.Account == a {
				found = append(found, o)
			}
		}
	}
	slices.SortFunc(found, func(x, y *Order) int { return cmp.Compare(x.ID, y.ID) })
	return found
}

func (m *model) level(s instruction.Side, p money.Price) (qty money.Amount, orders int) {
	for _, o := range *m.side(s) {
		if o.Price == p {
			qty += o.Qty - o.Done
			orders++
		}
	}
	return qty, orders
}

func (m *model) crossed() bool {
	bid, ask := m.best(instruction.Buy), m.best(instruction.Sell)
	return bid != nil && ask != nil && bid.Price >= ask.Price
}

// pair is a book beside its model.
type pair struct {
	t    *testing.T
	r    *rand.Rand
	book *Book
	m    model
	tick money.Price
	mid  money.Price // in ticks
	far  int         // one price of so many is anywhere
	now  instruction.Time
	id   instruction.Order
}

const modelAccounts = 12

// TestModel: over a million operations the book does as its model does. Ticks, spreads and sizes differ between runs.
func TestModel(t *testing.T) {
	const seed = 20180106
	for i, c := range []struct {
		tick money.Price
		mid  money.Price
		far  int
		size int // orders around which the book stays
		ops  int
	}{
		{1, 1_000, 1000, 40, 400_000},
		{1, 20, 10, 6, 250_000},
		{7, 1 << 40, 3, 150, 100_000},
		{1 << 20, 500_000, 50, 1500, 20_000},
		{1_000_000, 6_183_763, 200, 80, 150_000},
		{96, 1 << 50, 1, 60, 150_000},
	} {
		t.Logf("seed %d, run %d", seed, i)
		p := &pair{t: t, r: rand.New(rand.NewSource(seed + int64(i))), book: New(c.tick), tick: c.tick, mid: c.mid, far: c.far}
		for op := range c.ops {
			p.step(c.size)
			if op%2000 == 1999 {
				p.whole()
			}
			if t.Failed() {
				t.Fatalf("at operation %d", op)
			}
		}
	}
}

// step does one operation to both.
func (p *pair) step(size int) {
	p.now++
	grow := p.m.len() < p.r.Intn(2*size)
	switch x := p.r.Intn(100); {
	case x < 4:
		p.refused()
	case x < 10:
		p.take()
	case x < 20:
		p.fill()
	case grow:
		p.settle(p.place(p.order(), true), true)
	default:
		p.remove(p.any())
	}
}

// price is a price of a side that does not cross: near the middle, or anywhere.
func (p *pair) price(s instruction.Side) money.Price {
	away := 1 + money.Price(p.r.ExpFloat64()*8)
	if p.r.Intn(p.far) == 0 {
		away = 1 + money.Price(p.r.Int63()>>(1+p.r.Intn(62)))
	}
	top := money.Price(money.MaxAmount) / p.tick
	if s == instruction.Buy {
		return max(1, p.mid-away) * p.tick
	}
	return min(top, p.mid+away%top) * p.tick
}

// order is a new order that rests.
func (p *pair) order() *Order {
	p.id += 1 + instruction.Order(p.r.Intn(3)*p.r.Intn(100))
	o := &Order{
		ID: p.id, Account: 1 + instruction.Account(p.r.Intn(modelAccounts)), Credential: instruction.Credential(p.r.Uint32()),
		Side: instruction.Buy + instruction.Side(p.r.Intn(2)), Type: instruction.Limit, TIF: instruction.GTC,
		Qty: 1 + money.Amount(p.r.Int63n(1000)), Held: money.Amount(p.r.Int63n(1e6)), Placed: p.now, Updated: p.now,
	}
	if p.r.Intn(2) == 0 {
		o.Risk = money.Amount(p.r.Int63() >> (1 + p.r.Intn(62)))
	}
	if p.r.Intn(4) == 0 {
		o.Type = instruction.LimitMaker
	}
	if p.r.Intn(10) > 0 {
		o.ClientID = name(int(p.id))
	}
	o.Price = p.price(o.Side)
	return o
}

// name is a client order id made of n; few are in use, so that accounts share them and use them again.
func name(n int) instruction.ClientID {
	text := []byte("a-client-order-id-of-36-bytes-at-most")[:1+n%35]
	for i := range text[:min(len(text), 3)] {
		text[i] = "abcdefghijklmnopqrstuvwxyz0123456789"[n/37>>(5*i)%36]
	}
	id, err := instruction.ClientIDOf(string(text))
	if err != nil {
		panic(err)
	}
	return id
}

// named is the account's resting order of this name in the model.
func (m *model) named(a instruction.Account, id instruction.ClientID) *Order {
	for _, s := range m.sides {
		for _, o := range s {
			if o.Account == a && o.ClientID == id {
				return o
			}
		}
	}
	return nil
}

// place places an order in both, or finds it refused when its account has its client order id here.
func (p *pair) place(o *Order, rests bool) *Order {
	taken := rests && !o.ClientID.IsZero() && p.m.named(o.Account, o.ClientID) != nil
	h := p.book.Place(o, rests)
	if (h == 0) != taken {
		p.t.Errorf("Place(%+v, %t) = %d", o, rests, h)
	}
	if taken {
		p.near(o)
		return nil
	}
	p.m.place(*o, rests)
	p.near(o)
	return p.model(h)
}

// model is the model's order that h names.
func (p *pair) model(h Handle) *Order {
	id := p.book.At(h).ID
	for _, s := range [][]*Order{p.m.extra, p.m.sides[0], p.m.sides[1]} {
		for _, o := range s {
			if o.ID == id {
				return o
			}
		}
	}
	p.t.Fatalf("order %d is not in the model", id)
	return nil
}

// any is some resting order, or nil.
func (p *pair) any() *Order {
	s := p.m.sides[p.r.Intn(2)]
	if len(s) == 0 {
		return nil
	}
	return s[p.r.Intn(len(s))]
}

func (p *pair) remove(o *Order) {
	if o == nil {
		return
	}
	h := p.book.Find(o.ID)
	if !p.book.Remove(h) {
		p.t.Errorf("order %d is not removed", o.ID)
	}
	if p.book.Remove(h) {
		p.t.Errorf("order %d is removed twice", o.ID)
	}
	p.m.remove(o)
	p.near(o)
}

// match fills qty of an order in both.
func (p *pair) match(o *Order, qty, quote money.Amount) {
	if !p.book.Fill(p.book.Find(o.ID), qty, quote, p.now) {
		p.t.Errorf("order %d is not filled", o.ID)
	}
	o.Risk = scaled(o.Risk, o.Left()-qty, o.Left())
	o.Done += qty
	o.Paid += quote
	o.Updated = p.now
	p.near(o)
}

// scaled is risk*left/before, rounded up.
func scaled(risk, left, before money.Amount) money.Amount {
	n := new(big.Int).Mul(big.NewInt(int64(risk)), big.NewInt(int64(left)))
	n, rest := n.QuoRem(n, big.NewInt(int64(before)), new(big.Int))
	return money.Amount(n.Int64() + int64(rest.Sign()))
}

// fill fills a part of some order.
func (p *pair) fill() {
	if o := p.any(); o != nil && o.Left() > 1 {
		p.match(o, 1+money.Amount(p.r.Int63n(int64(o.Left()-1))), money.Amount(p.r.Int63n(100)))
	}
}

// take matches an order against the other side: one that rests and crosses, or one that does not rest.
func (p *pair) take() {
	o := p.order()
	rests := p.r.Intn(2) == 0
	if rests {
		o.Type = instruction.Limit
		o.Price = p.price(o.Side.Opposite())
	} else {
		o.Type, o.TIF, o.Price = instruction.MarketType, instruction.IOC, 0
	}
	p.settle(p.place(o, rests), rests)
}

// settle matches an order that was placed; nil is one that was not.
func (p *pair) settle(o *Order, rests bool) {
	if o == nil {
		return
	}
	for o.Left() > 0 {
		maker := p.m.best(o.Side.Opposite())
		if maker == nil || rests && !p.m.crossed() {
			break
		}
		qty := min(o.Left(), maker.Left())
		p.match(maker, qty, qty)
		p.match(o, qty, qty)
		if maker.Left() == 0 {
			p.remove(maker)
		}
	}
	if !rests || o.Left() == 0 {
		p.remove(o)
	}
}

// refused gives the book what it must not take.
func (p *pair) refused() {
	o := p.order()
	switch p.r.Intn(9) {
	case 0:
		o.ID = p.m.last
	case 1:
		o.Price += 1 + money.Price(p.r.Int63n(int64(max(p.tick-1, 1))))
		if p.tick == 1 {
			o.Price = 0
		}
	case 2:
		o.Price = -o.Price
	case 3:
		o.Qty = money.Amount(p.r.Intn(2)) * (money.MaxAmount + 1)
	case 4:
		o.TIF = instruction.FOK
	case 5:
		o.Side = instruction.Side(3 * p.r.Intn(2))
	case 6:
		o.Account = instruction.Account(p.r.Intn(2)) * (MaxAccount + 1)
	case 7:
		o.Risk = -1
	case 8:
		if o = p.any(); o == nil || p.book.Fill(p.book.Find(o.ID), o.Left()+1, 0, p.now) || p.book.Fill(p.book.Find(o.ID), 0, 0, p.now) ||
			p.book.Fill(p.book.Find(o.ID), 1, -1, p.now) {
			if o != nil {
				p.t.Errorf("order %d is filled with more than is left, nothing, or a negative quote", o.ID)
			}
			return
		}
		p.near(o)
		return
	}
	if h := p.book.Place(o, true); h != 0 {
		p.t.Errorf("the book takes %+v", o)
	}
}
