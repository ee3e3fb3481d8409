package core

import (
	"fmt"

	"portcullis/core/book"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// What keys with caps on their trading ask for and are reserved, in the asset that prices are quoted in. Of keys without
// caps nothing is counted.

// value is a quantity at a price, rounded up; what is more than any amount is the largest.
func (m *Market) value(price money.Price, qty money.Amount) money.Amount {
	n, err := money.Notional(max(price, 0), max(qty, 0), m.baseScale, money.Up)
	if err != nil || n > money.MaxAmount {
		return money.MaxAmount
	}
	return n
}

// asksInstead is what an order asks for that takes the place of another. What that one, and its list with it, was reserved
// is free again where the same key had placed it.
func (s *State) asksInstead(c instruction.Credential, a instruction.Account, i *instruction.ReplaceOrder) (x gate.Asks) {
	m := s.Market(i.Place.Market)
	if m == nil || i.Cancel.Market != i.Place.Market {
		return x // it comes to nothing
	}
	h := m.ownOf(a, &i.Cancel)
	if h != 0 && i.Cancel.Only != 0 && i.Cancel.Only != standingOf(m.Book.At(h)) {
		h = 0 // it stays
	}
	if h != 0 && m.Book.At(h).Credential == c {
		x.Freed = s.staked(m, m.Book.At(h)).n
	}
	x.Quote = m.Quote
	x.All = m.worth(&i.Place, a, h)
	x.Most = x.All
	return x
}

// asksList is what the orders of a list ask for: of two that cancel each other only one trades.
func (s *State) asksList(a instruction.Account, i *instruction.PlaceList) (x gate.Asks) {
	m := s.Market(i.Market)
	if m == nil {
		return x
	}
	x.Quote = m.Quote
	var legs [instruction.MaxLegs]money.Amount
	for leg := range i.Shape.Legs() {
		legs[leg] = m.worth(&i.Legs[leg], a, 0)
		x.Most = max(x.Most, legs[leg])
	}
	x.All = together(i.Shape, &legs)
	return x
}

// together is what the orders of a list may trade, of what each may.
func together(shape instruction.Shape, legs *[instruction.MaxLegs]money.Amount) (sum money.Amount) {
	for leg := range shape.Legs() {
		n := legs[leg]
		if other, ok := shape.Pair(uint8(leg)); ok { // #nosec G115 -- a list has three legs at most
			if int(other) < leg {
				continue // counted with the other
			}
			n = max(n, legs[other])
		}
		sum = min(sum+n, money.MaxAmount)
	}
	return sum
}

// worth is what an order would trade if it were placed now: what it meets in the book as it stands, at the prices there, and
// at its own price what would rest. An order that waits counts at its stop price or its limit, whichever is more, or, where
// it has neither, at the last price; once it starts, it is asked again. gone is an order that is cancelled before, and its list
// with it, 0 for none.
func (m *Market) worth(p *instruction.PlaceOrder, a instruction.Account, gone book.Handle) money.Amount {
	switch {
	case p.Trigger != instruction.NoTrigger:
		return m.value(max(p.Price, m.about(p)), p.Qty)
	case p.QuoteQty != 0:
		return min(max(p.QuoteQty, 0), money.MaxAmount)
	case p.Type == instruction.LimitMaker:
		return m.value(p.Price, p.Qty)
	}
	sum, left := m.meets(p, a, gone)
	if rests(p) && p.Type == instruction.Limit {
		sum = min(sum+m.value(p.Price, left), money.MaxAmount)
	}
	return sum
}

// meets is what an order trades at once with the book as it stands, at most, and how much of it is left then.
func (m *Market) meets(p *instruction.PlaceOrder, a instruction.Account, gone book.Handle) (sum, left money.Amount) {
	left = max(p.Qty, 0)
	orders := 0
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
		o := m.Book.At(h)
		if left == 0 || p.Type != instruction.MarketType && !crosses(p.Side, p.Price, o.Price) {
			return false
		}
		if orders++; orders > MaxFills {
			return false
		}
		n := min(left, o.Left())
		switch {
		case m.goesWith(h, gone):
		case p.SelfTrade == instruction.TradeAnyway || o.Account != a:
			cost, _ := money.Notional(o.Price, n, m.baseScale, money.Down) // the maker's own notional did not overflow
			sum, left = min(sum+cost, money.MaxAmount), left-n
		case p.SelfTrade == instruction.Decrement:
			left -= n
		case p.SelfTrade != instruction.ExpireMaker: // it expires here
			left = 0
		}
		return true
	})
	return sum, left
}

// goesWith says that an order is gone once another is cancelled, 0 for none: it is that one, or of its list.
func (m *Market) goesWith(h, gone book.Handle) bool {
	if h == gone || gone == 0 {
		return h == gone
	}
	o, x := m.Book.At(h), m.Book.At(gone)
	return o.Member() && x.Member() && m.Book.More(o).List == m.Book.More(x).List
}

// mayTrade is what an open order may still trade. One that only passes is counted where it is judged. One that waits and has
// no price counts nothing until it starts.
func (m *Market) mayTrade(o *book.Order) money.Amount {
	price := o.Price
	switch {
	case o.Stage() == book.Working && (o.TIF != instruction.GTC || o.Type == instruction.MarketType):
		return 0
	case o.Stage() != book.Working:
		if x := m.Book.More(o); x != nil {
			price = max(price, x.Stop)
		}
	}
	return m.value(price, o.Left())
}

// stake is what an order of a key with caps, or the whole list that it is of, may still trade: what it was reserved before an
// event changed it.
type stake struct {
	by    instruction.Credential // 0: nothing is counted
	first instruction.Order      // of the list, or the order itself
	list  instruction.List
	shape instruction.Shape
	n     money.Amount
}

// staked is the stake of an order that an event is about to change; see restake. Almost no order has
// one.
func (s *State) staked(m *Market, o *book.Order) stake {
	if s.gate.Metered(o.Credential) {
		return m.stakeNow(o)
	}
	return stake{}
}

func (m *Market) stakeNow(o *book.Order) stake {
	x := m.stakeOf(o)
	x.n = m.reserved(&x, 0)
	return x
}

// restake notes what became of a stake.
func (s *State) restake(m *Market, x *stake) {
	if x.by != 0 {
		s.reserve(m, x)
	}
}

func (s *State) reserve(m *Market, x *stake) {
	s.gate.Reserve(x.by, m.Quote, s.gate.Reserved(x.by, m.Quote).Minus(x.n).Plus(m.reserved(x, 0)))
}

// stakeNew notes an order that was just placed. The other orders of its list were noted when they came.
func (s *State) stakeNew(m *Market, o *book.Order) {
	if s.gate.Metered(o.Credential) {
		x := m.stakeOf(o)
		x.n = m.reserved(&x, o.ID)
		s.restake(m, &x)
	}
}

func (m *Market) stakeOf(o *book.Order) stake {
	x := stake{by: o.Credential, first: o.ID}
	if o.Member() {
		more := m.Book.More(o)
		x.first, x.list, x.shape = o.ID-instruction.Order(more.Leg), more.List, more.Shape
	}
	return x
}

// reserved is what the open orders of a stake, without one of them, may still trade.
func (m *Market) reserved(x *stake, without instruction.Order) money.Amount {
	if x.list == 0 {
		if h := m.Book.Find(x.first); h != 0 && x.first != without {
			return m.mayTrade(m.Book.At(h))
		}
		return 0
	}
	var legs [instruction.MaxLegs]money.Amount
	for leg := range x.shape.Legs() {
		id := x.first + instruction.Order(leg) // #nosec G115 -- a list has three legs at most
		if h := m.leg(id, x.list); h != 0 && id != without {
			legs[leg] = m.mayTrade(m.Book.At(h))
		}
	}
	return together(x.shape, &legs)
}

// bears is why a key's caps do not bear that an order goes on now that waited, or 0: what it trades is known only now.
func (s *State) bears(m *Market, o *book.Order, p *instruction.PlaceOrder) instruction.Reason {
	if !s.gate.Metered(o.Credential) {
		return 0
	}
	now := *p
	now.Trigger, now.Stop, now.Trail = 0, 0, 0
	x := gate.Asks{Quote: m.Quote, Freed: s.staked(m, o).n}
	x.All = m.worth(&now, o.Account, 0)
	x.Most = x.All
	r, _ := s.gate.TradeCap(s.clock.Waits(), o.Credential, s.keys.Key(o.Credential).Terms(), &x)
	return r
}

// traded notes a fill: what it changed of a key's stake, and that the key traded.
func (s *State) traded(m *Market, x *stake, n money.Amount) {
	if x.by != 0 {
		s.restake(m, x)
		s.gate.Traded(s.clock.Waits(), x.by, m.Quote, n)
	}
}

// meter gives a key the meters that its caps ask for, and counts what it has open.
func (s *State) meter(c instruction.Credential) {
	k := s.keys.Key(c)
	if k.Revoked != 0 {
		s.gate.Meter(c, &instruction.Mandate{})
		return
	}
	s.gate.Meter(c, k.Terms())
	for _, b := range k.Terms().Trades {
		s.gate.Reserve(c, b.Asset, s.openOf(c, k.Account, b.Asset))
	}
}

// openOf is what a key's open orders may still trade of a quote asset.
func (s *State) openOf(c instruction.Credential, a instruction.Account, quote instruction.Asset) (sum money.Total) {
	for _, m := range s.Markets() {
		if m.Quote != quote {
			continue
		}
		for h := range m.Book.Orders(a) {
			if o := m.Book.At(h); o.Credential == c {
				sum = sum.Plus(m.once(o))
			}
		}
	}
	return sum
}

// once is what an order adds to what its key may still trade: of a list only the first that is open counts, for all.
func (m *Market) once(o *book.Order) money.Amount {
	x := m.stakeOf(o)
	for id := x.first; x.list != 0 && id < o.ID; id++ {
		if m.leg(id, x.list) != 0 {
			return 0
		}
	}
	return m.reserved(&x, 0)
}

// checkCaps holds the meters against the mandates, and what open orders are reserved against the books.
func (s *State) checkCaps() error {
	meters := 0
	for c := instruction.Credential(1); c < s.keys.Next(); c++ {
		k := s.keys.Key(c)
		m := k.Terms()
		if k.Revoked != 0 || len(m.Trades)+len(m.Withdrawals)+len(m.Codes) == 0 {
			continue
		}
		meters++
		if !s.gate.MeterFits(c, m) {
			return fmt.Errorf("%w: key %d has other meters than its caps ask for", ErrBroken, c)
		}
		for _, b := range m.Trades {
			if has, open := s.gate.Reserved(c, b.Asset), s.openOf(c, k.Account, b.Asset); has != open {
				return fmt.Errorf("%w: the open orders of key %d are reserved %d of asset %d, and may trade %d", ErrBroken, c, has.Amount(), b.Asset, open.Amount())
			}
		}
	}
	if meters != s.gate.Meters() {
		return fmt.Errorf("%w: %d keys have meters, and %d have caps", ErrBroken, s.gate.Meters(), meters)
	}
	return nil
}

// remeter counts what was not read back: what keys with caps have open.
func (s *State) remeter() {
	for c := instruction.Credential(1); c < s.keys.Next(); c++ {
		if k := s.keys.Key(c); k.Revoked == 0 && len(k.Terms().Trades) > 0 && s.gate.MeterFits(c, k.Terms()) {
			s.meter(c)
		}
	}
}

// capped says that a key has caps on what it trades.
func (s *State) capped(c instruction.Credential) bool {
	k := s.keys.Key(c)
	return k != nil && len(k.Mandate().Trades) > 0
}
