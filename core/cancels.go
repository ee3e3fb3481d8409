package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
)

// own is the caller's open order that a cancel names, or 0.
func (s *State) own(p *instruction.Principal, m *Market, in *instruction.CancelOrder) book.Handle {
	return m.ownOf(s.keys.Key(p.Credential).Account, in)
}

// ownOf is the account's open order that a cancel names, or 0.
func (m *Market) ownOf(account instruction.Account, in *instruction.CancelOrder) book.Handle {
	if in.Order == 0 {
		return m.Book.FindClient(account, in.Client)
	}
	h := m.Book.Find(in.Order)
	if h == 0 || m.Book.At(h).Account != account {
		return 0
	}
	if !in.Client.IsZero() && m.Book.At(h).ClientID != in.Client {
		return 0
	}
	return h
}

func (s *State) cancelOrder(p *instruction.Principal, in *instruction.CancelOrder, part instruction.Part) bool {
	m := s.Market(in.Market)
	if m == nil {
		s.refuse(part, instruction.UnknownMarket)
		return false
	}
	h := s.own(p, m, in)
	if h == 0 {
		s.refuse(part, instruction.UnknownOrder)
		return false
	}
	if in.Only != 0 && in.Only != standingOf(m.Book.At(h)) {
		s.refuse(part, instruction.CancelRefused)
		return false
	}
	s.close(m, h, instruction.ByCancel)
	if part == instruction.Whole {
		s.startDue(m)
	}
	return true
}

// standingOf is how far an order in the book has come.
func standingOf(o *book.Order) instruction.Standing {
	if o.Done > 0 {
		return instruction.PartlyFilled
	}
	return instruction.Unfilled
}

func (s *State) cancelAll(p *instruction.Principal, in *instruction.CancelAll) {
	m := s.Market(in.Market)
	if m == nil {
		s.refuse(instruction.Whole, instruction.UnknownMarket)
		return
	}
	var list [MaxOpenOrders]instruction.Order
	n := 0
	for h := range m.Book.Orders(s.keys.Key(p.Credential).Account) {
		list[n] = m.Book.At(h).ID
		n++
	}
	if n == 0 {
		s.refuse(instruction.Whole, instruction.UnknownOrder)
	}
	s.cancelEach(m, list[:n])
	s.startDue(m)
}

// cancelEach cancels orders, but for those that are gone with another of their list.
func (s *State) cancelEach(m *Market, list []instruction.Order) {
	for _, id := range list {
		if h := m.Book.Find(id); h != 0 {
			s.close(m, h, instruction.ByCancel)
		}
	}
}

// replaceOrder cancels and places in one step. Where the cancel is refused, the new order is placed only if the client
// said so.
func (s *State) replaceOrder(p *instruction.Principal, in *instruction.ReplaceOrder) {
	if in.Cancel.Market != in.Place.Market {
		s.refuse(instruction.Cancel, instruction.MalformedOrder)
		return
	}
	if s.cancelOrder(p, &in.Cancel, instruction.Cancel) || in.AllowFails {
		s.placeOrder(p, &in.Place, instruction.Place)
	}
	if m := s.Market(in.Place.Market); m != nil {
		s.startDue(m)
	}
}
