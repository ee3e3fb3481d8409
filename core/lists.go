package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// placeList takes up the orders of a list together, or refuses them together.
func (s *State) placeList(p *instruction.Principal, in *instruction.PlaceList) {
	account := s.keys.Key(p.Credential).Account
	m := s.Market(in.Market)
	if m == nil {
		s.refuseWhole(instruction.UnknownMarket)
		return
	}
	held, r := s.admitList(m, account, in)
	if r != 0 {
		s.refuseWhole(r)
		return
	}
	first := s.lastOrder + 1
	s.emit(&instruction.ListPlaced{
		List: s.lastList + 1, Market: m.ID, Account: account, Credential: p.Credential, Shape: in.Shape, ClientID: in.ClientID, First: first,
	})
	for leg := range in.Shape.Legs() {
		e := &s.event.placed
		*e = instruction.OrderPlaced{
			Order: s.lastOrder + 1, Account: account, Credential: p.Credential, Place: in.Legs[leg], Held: held[leg], Risk: s.risks[leg],
		}
		s.emit(e)
	}
	if in.Shape != instruction.OCO {
		w, whole := &in.Legs[0], true
		if w.TIF == instruction.FOK {
			if whole, _ = m.covers(account, w); whole {
				whole = s.borneWhole(m, p.Credential, w)
			}
		}
		if !whole {
			s.close(m, m.Book.Find(first), instruction.ByExpiry)
		} else {
			s.match(m, first)
		}
	}
	s.startDue(m)
}

// admitList says what is to be held for each order of a list, or why the list is refused.
func (s *State) admitList(m *Market, a instruction.Account, in *instruction.PlaceList) (held [instruction.MaxLegs]money.Amount, r instruction.Reason) {
	legs := in.Legs[:in.Shape.Legs()]
	if !formed(in.Shape, legs) || in.ClientID.IsZero() {
		return held, instruction.MalformedOrder
	}
	for i := range legs {
		if legs[i].Market != in.Market {
			return held, instruction.MalformedOrder
		}
		if r := m.admits(&legs[i]); r != 0 {
			return held, r
		}
		taken := m.Book.FindClient(a, legs[i].ClientID) != 0
		for j := range i {
			taken = taken || legs[j].ClientID == legs[i].ClientID
		}
		if taken {
			return held, instruction.DuplicateClientID
		}
	}
	if r := s.room(m, a, legs); r != 0 {
		return held, r
	}
	if r := m.roomForList(a, in.ClientID); r != 0 {
		return held, r
	}
	if in.Shape != instruction.OCO {
		if in.Shape == instruction.OTOCO && !m.apart(&legs[1], &legs[2], 0) {
			return held, instruction.ListPricesWrong
		}
		if m.takes(&legs[0]) {
			return held, instruction.WouldTake
		}
		held[0], r = s.holds(m, &legs[0], a)
	} else {
		switch {
		case !m.apart(&legs[0], &legs[1], m.LastPrice):
			return held, instruction.ListPricesWrong
		case m.takes(&legs[1]):
			return held, instruction.WouldTake
		}
		held[0], held[1], r = s.pair(m, &legs[0], &legs[1], a)
	}
	if r == 0 && s.ledger.Balance(a, m.gives(legs[0].Side)).Free < held[0]+held[1] {
		r = instruction.InsufficientBalance
	}
	return held, r
}

// formed says whether orders make a list of the shape.
func formed(shape instruction.Shape, legs []instruction.PlaceOrder) bool {
	pair := legs
	if shape != instruction.OCO {
		w := &legs[0]
		if w.Trigger != instruction.NoTrigger || w.Type == instruction.MarketType {
			return false
		}
		pair = legs[1:]
	}
	if shape == instruction.OTO {
		return pair[0].QuoteQty == 0
	}
	stop, other := &pair[0], &pair[1]
	return stop.Trigger == instruction.StopLoss && stop.Side == other.Side && stop.Qty == other.Qty &&
		(other.Trigger == instruction.TakeProfit || other.Trigger == instruction.NoTrigger && other.Type == instruction.LimitMaker)
}

// apart says whether two orders that cancel each other lie on two sides of the last price, the stop-loss where the owner
// would lose: below it for a sell, above it for a buy. Where there is no last price they must be apart themselves. An order
// that only trails lies nowhere yet.
func (m *Market) apart(stop, other *instruction.PlaceOrder, last money.Price) bool {
	loss, gain := stop.Stop, other.Price
	if other.Type == instruction.MarketType {
		gain = other.Stop
	}
	if stop.Side == instruction.Buy {
		loss, gain = gain, loss
	}
	return (loss == 0 || last == 0 || loss < last) && (gain == 0 || last == 0 || gain > last) && (loss == 0 || gain == 0 || loss < gain) &&
		(last == 0 || !m.triggers(stop) && (other.Trigger == instruction.NoTrigger || !m.triggers(other)))
}

// pair is what two orders that cancel each other hold: the limit maker or take-profit what it needs, and the stop-loss
// what it needs beyond that, so that together they hold what the dearer one needs.
func (s *State) pair(m *Market, stop, other *instruction.PlaceOrder, a instruction.Account) (forStop, forOther money.Amount, r instruction.Reason) {
	forStop, r = s.holds(m, stop, a)
	if r == 0 {
		forOther, r = s.holds(m, other, a)
	}
	return max(0, forStop-forOther), forOther, r
}

// share is what an order that was pending is to hold when it goes on: of two that cancel each other the stop-loss goes on
// first, and holds what it needs beyond the other. That one makes up for what has changed since, should it go on later.
func (s *State) share(m *Market, o *book.Order, p *instruction.PlaceOrder) (money.Amount, instruction.Reason) {
	h := m.partner(o)
	if h == 0 {
		return s.holds(m, p, o.Account)
	}
	x := m.Book.At(h)
	other := m.placeOf(x)
	if p.Trigger == instruction.StopLoss {
		held, _, r := s.pair(m, p, &other, o.Account)
		return held, r
	}
	held, r := s.holds(m, p, o.Account)
	if r != 0 {
		return 0, r
	}
	both, r := s.holds(m, &other, o.Account)
	return max(held, both-x.Held), r
}

// partner is the order of the list that cancels this one and is cancelled by it, or 0.
func (m *Market) partner(o *book.Order) book.Handle {
	x := m.Book.More(o)
	leg, ok := x.Shape.Pair(x.Leg)
	if !ok {
		return 0
	}
	return m.leg(o.ID-instruction.Order(x.Leg)+instruction.Order(leg), x.List)
}

// leg is the open order of that number, if it is of that list, or 0.
func (m *Market) leg(id instruction.Order, list instruction.List) book.Handle {
	h := m.Book.Find(id)
	if h == 0 {
		return 0
	}
	if x := m.Book.More(m.Book.At(h)); x == nil || x.List != list {
		return 0
	}
	return h
}

// roomForList says whether an account may have one more list, of that name.
func (m *Market) roomForList(a instruction.Account, name instruction.ClientID) instruction.Reason {
	n, last := 0, instruction.List(0)
	for h := range m.Book.Orders(a) {
		if x := m.Book.More(m.Book.At(h)); x != nil && x.List != 0 {
			if x.Name == name {
				return instruction.DuplicateList
			}
			if x.List != last {
				n, last = n+1, x.List
			}
		}
	}
	if n >= int(or(m.Terms.Filters.MaxLists, instruction.DefaultLists)) {
		return instruction.TooManyLists
	}
	return 0
}

// worked notes that an order of a list works: the one that it cancels is over.
func (s *State) worked(m *Market, o *book.Order) {
	if h := m.partner(o); h != 0 {
		s.end(m, h, instruction.ByList)
	}
}

// leave ends an order of a list. Unless it was filled, the other orders of the list end with it: cancelled where it was
// cancelled, else expired. With the last one the list is over.
func (s *State) leave(m *Market, h book.Handle, cause instruction.CloseCause) {
	o, x := m.Book.At(h), *m.Book.More(m.Book.At(h))
	account, first := o.Account, o.ID-instruction.Order(x.Leg)
	s.end(m, h, cause)
	for leg := range x.Shape.Legs() {
		other := m.leg(first+instruction.Order(leg), x.List)
		if other != 0 && cause == instruction.ByFill {
			return // it is pending on this one, and goes on
		}
		switch {
		case other == 0:
		case cause == instruction.ByCancel:
			s.end(m, other, instruction.ByCancel)
		case m.Book.At(other).Stage() == book.Pending:
			s.end(m, other, instruction.ByFirst)
		default:
			s.end(m, other, instruction.ByList)
		}
	}
	s.emit(&instruction.ListClosed{Market: m.ID, List: x.List, Account: account})
}

// cancelList cancels what is open of a list.
func (s *State) cancelList(p *instruction.Principal, in *instruction.CancelList) {
	m := s.Market(in.Market)
	if m == nil {
		s.refuseWhole(instruction.UnknownMarket)
		return
	}
	for h := range m.Book.Orders(s.keys.Key(p.Credential).Account) {
		x := m.Book.More(m.Book.At(h))
		if x == nil || x.List == 0 || in.List != 0 && in.List != x.List || !in.Client.IsZero() && in.Client != x.Name {
			continue
		}
		if in.List != 0 || !in.Client.IsZero() {
			s.close(m, h, instruction.ByCancel)
			s.startDue(m)
			return
		}
	}
	s.refuseWhole(instruction.UnknownList)
}

// amendOrder makes an order ask for less. Of two that cancel each other both do.
func (s *State) amendOrder(p *instruction.Principal, in *instruction.AmendOrder) {
	m := s.Market(in.Market)
	if m == nil {
		s.refuseWhole(instruction.UnknownMarket)
		return
	}
	h := s.own(p, m, &instruction.CancelOrder{Order: in.Order, Client: in.Client})
	if h == 0 {
		s.refuseWhole(instruction.UnknownOrder)
		return
	}
	o := m.Book.At(h)
	if r := m.amends(o, in); r != 0 {
		s.refuseWhole(r)
		return
	}
	var other book.Handle
	if o.Member() {
		other = m.partner(o)
	}
	e := instruction.OrderAmended{
		Market: m.ID, Order: o.ID, Account: o.Account, Was: o.ClientID, ClientID: in.ClientID, WasQty: o.Qty, Qty: in.Qty,
		Released: s.frees(m, o, in.Qty-o.Done),
	}
	if other == 0 {
		s.emit(&e)
	} else {
		x := m.Book.At(other)
		both := e
		both.Order, both.Was, both.ClientID = x.ID, x.ClientID, x.ClientID
		e.Released, both.Released = s.pairFrees(m, o, x, in.Qty)
		s.emit(&e)
		s.emit(&both)
	}
	s.startDue(m)
}

// pairFrees is what two orders that cancel each other need not hold any more when they ask for qty. Neither may hold more
// than before, though the difference of two rounded needs may grow, and what one needs may have: it has no price but the last
// one where it only trails, and fees may have risen. What one may not hold the other goes on holding.
func (s *State) pairFrees(m *Market, o, x *book.Order, qty money.Amount) (o1, x1 money.Amount) {
	stop, other := o, x
	if m.Book.More(o).Trigger != instruction.StopLoss {
		stop, other = x, o
	}
	ps, po := m.placeOf(stop), m.placeOf(other)
	ps.Qty, po.Qty = qty, qty
	forStop, forOther, r := s.pair(m, &ps, &po, o.Account)
	if r != 0 {
		return 0, 0
	}
	both := forStop + forOther
	forStop = min(forStop, stop.Held)
	forOther = min(max(forOther, both-forStop), other.Held)
	forStop = min(max(forStop, both-forOther), stop.Held)
	if stop == o {
		return stop.Held - forStop, other.Held - forOther
	}
	return other.Held - forOther, stop.Held - forStop
}

// amends says why an order may not be amended so, or 0.
func (m *Market) amends(o *book.Order, in *instruction.AmendOrder) instruction.Reason {
	f := &m.Terms.Filters
	x := m.Book.More(o)
	switch {
	case in.ClientID.IsZero():
		return instruction.MalformedOrder
	case m.State != instruction.Open:
		return instruction.MarketClosed
	case x != nil && x.Amends >= or(f.MaxAmends, instruction.DefaultAmends):
		return instruction.TooManyAmends
	case in.Qty <= o.Done, in.Qty >= o.Qty:
		return instruction.AmendTooLarge
	case in.Qty%m.Terms.Lot != 0:
		return instruction.QuantityOffLot
	case in.Qty < f.MinQty:
		return instruction.QuantityOutOfRange
	case in.ClientID != o.ClientID && m.Book.FindClient(o.Account, in.ClientID) != 0:
		return instruction.DuplicateClientID
	}
	if n, err := money.Notional(o.Price, in.Qty, m.baseScale, money.Down); o.Price != 0 && (err != nil || n < m.Terms.MinNotional) {
		return instruction.NotionalTooSmall
	}
	return 0
}
