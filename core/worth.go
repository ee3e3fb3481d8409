package core

import (
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Worth is what one customer's accounts are worth, and how its budgets stand, at the record that the state stands at. It only
// reads, and must not be kept past the next Step or Fold. Amounts are in units of the valuation asset; while nobody has said
// which one that is, nothing is worth anything.
type Worth struct {
	s *State
	lens
	family money.Amount
}

// Worth looks at a customer, by any of its accounts. It costs by what the customer has.
func (s *State) Worth(a instruction.Account) *Worth {
	e, l := s.equity(s.Customer(a), true)
	return &Worth{s, l, e.Family}
}

// Own is what one of the customer's accounts is worth, free and held, at the low mark: its equity.
func (w *Worth) Own(a instruction.Account) money.Amount { return w.s.sum(a, false, w.lens) }

// Family is the equity of all accounts of the customer together.
func (w *Worth) Family() money.Amount { return w.family }

// Budget is what stands against the budget of a key, or, where none is named, of an account, and what either may still lose
// and pay now: the least that is left of all budgets that bound it.
func (w *Worth) Budget(a instruction.Account, c instruction.Credential) (b budget.Statement, loss, fees budget.Bound) {
	s, p, e := w.s, w.s.partyOf(a, c), budget.Equity{Own: w.Own(a), Family: w.family}
	loss, fees = s.budgets.Left(s.clock.Waits(), p, e)
	return s.budgets.Statement(s.clock.Waits(), p, e), loss, fees
}

// Thin is how a customer stands in one market.
type Thin struct {
	Liquid         bool // for the customer, now: it has no cap there
	Named          bool
	budget.Flow                 // within the days that count, net
	Net, Cap, Left money.Amount // what counts against the cap; money.MaxAmount where nobody can tell what was given
}

// Thin is how the customer stands in a market.
func (w *Worth) Thin(m *Market) Thin {
	s := w.s
	k, _ := s.liquid(m, w.lens)
	e := s.budgets.Exposure(s.clock.Waits(), w.customer, m.ID)
	t := Thin{
		Liquid: k.Known(), Named: s.budgets.Named(w.customer, m.ID), Flow: e.Whole(),
		Net: s.net(w.lens, m, e), Cap: budget.Cap(w.family),
	}
	t.Left = t.Cap - min(t.Cap, t.Net)
	return t
}
