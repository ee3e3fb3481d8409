package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// maxStarts is how many orders start in one record, and maxLooks how many orders of the book they look at before the last of
// them does; the others start in the next. Who asks for more than the book has, or than its owner can pay, looks at much and
// takes little.
const (
	maxStarts = 1_000
	maxLooks  = 50_000
)

// startDue starts the orders of a market that are to: the price reached their stop price, or the order that they were
// pending on was filled. What they trade may start others. What is too much for one record starts with the market's next
// instruction, or the next tick.
func (s *State) startDue(m *Market) {
	if m.State != instruction.Open {
		return // when it is open again
	}
	for n := 0; ; n++ {
		h := m.Book.Due()
		if h == 0 {
			return
		}
		if n == maxStarts || s.fills >= MaxFills || s.looks >= maxLooks {
			s.behind = true
			return
		}
		if why := s.start(m, h); why != 0 {
			s.refuseLater(m, h, why)
		}
	}
}

// startAll is startDue for all markets.
func (s *State) startAll() {
	s.behind = false
	for _, m := range s.Markets() {
		if m.Book.Due() != 0 {
			s.startDue(m)
		}
	}
}

// refuseLater ends an order that cannot start.
func (s *State) refuseLater(m *Market, h book.Handle, why instruction.Reason) {
	o := m.Book.At(h)
	s.emit(&instruction.StartRefused{Market: m.ID, Order: o.ID, Account: o.Account, Reason: why})
	s.close(m, h, instruction.ByRefusal)
}

// start has one order go on, or says why it cannot. What the gate would not bear at this moment is to be asked here: what
// an order may lose is known only when it starts.
func (s *State) start(m *Market, h book.Handle) instruction.Reason {
	o := m.Book.At(h)
	p := m.placeOf(o)
	pending := o.Stage() == book.Pending
	var bad instruction.Reason
	e := &instruction.OrderStarted{Market: m.ID, Order: o.ID, Account: o.Account, Waits: pending && p.Trigger != instruction.NoTrigger}
	switch {
	case pending && m.triggers(&p):
		return instruction.WouldTrigger
	case pending && m.takes(&p):
		return instruction.WouldTake
	case pending && p.Trail != 0 && s.trailsFull(m, o.Account, 1):
		return instruction.TooManyTrails
	case pending && (p.Trigger != 0 || p.Type != instruction.MarketType):
		e.Held, bad = s.share(m, o, &p)
	case pending:
		e.Held = s.reached(m, &p, o.Account).held
	default:
		if o.Member() {
			s.worked(m, o)
		}
		e.Held, bad = s.spends(m, o, &p)
	}
	free := s.ledger.Balance(o.Account, m.gives(o.Side)).Free
	switch {
	case bad != 0:
		return bad
	case e.Held > free+o.Held:
		return instruction.InsufficientBalance
	}
	over := false
	if !e.Waits {
		if r := s.bears(m, o, &p); r != 0 {
			return r
		}
		if e.Risk, over = s.startRisk(m, o, &p); over && pending {
			return instruction.BudgetBearsNot
		}
	}
	s.emit(e)
	switch {
	case e.Waits:
	case p.TIF == instruction.FOK && !(s.covered(m, o.Account, &p) && s.borneWhole(m, o.Credential, &p)):
		s.close(m, m.Book.Find(e.Order), instruction.ByExpiry)
	default:
		s.match(m, e.Order)
		if h := m.Book.Find(e.Order); h != 0 && over && !m.Book.More(m.Book.At(h)).Capped {
			s.cut = true
			s.cutShort(m, h)
		}
	}
	return 0
}

// startRisk is what of a budget is reserved for an order that starts, and whether it may cost more than that bears.
func (s *State) startRisk(m *Market, o *book.Order, p *instruction.PlaceOrder) (risk money.Amount, over bool) {
	x := s.bound(o.Credential)
	if x == nil {
		return 0, false
	}
	now := *p
	now.Trigger, now.Stop, now.Trail = instruction.NoTrigger, 0, 0
	risk, _, ok := s.entry(x, m, &now, 0)
	if !ok || !rests(&now) {
		return 0, !ok
	}
	return risk, false
}

// spends is what an order that works from now on must hold. A market order is given as much of what is free as it costs
// now, since its stop price was only a guess; what that does not buy expires.
func (s *State) spends(m *Market, o *book.Order, p *instruction.PlaceOrder) (held money.Amount, r instruction.Reason) {
	has := s.ledger.Balance(o.Account, m.gives(o.Side)).Free + o.Held
	if p.Type != instruction.MarketType {
		held, top, r := s.need(m, p, o.Account)
		return max(held, min(held+top, has)), r // fees may have risen since: an order never pays more than it holds
	}
	x := s.reached(m, p, o.Account)
	return min(x.held+x.slack, has), 0
}

// reached is reach for an order that starts.
func (s *State) reached(m *Market, p *instruction.PlaceOrder, a instruction.Account) reached {
	x := s.reach(m, p, a)
	s.looks += x.looks
	return x
}

// covered is covers for an order that starts.
func (s *State) covered(m *Market, a instruction.Account, p *instruction.PlaceOrder) bool {
	whole, looks := m.covers(a, p)
	s.looks += looks
	return whole
}
