package core

import (
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
)

// What readers are told of marks, worth and budgets. Several read at once, so nothing is noted here.

// Prices are what is known of a market's prices: to be asked, never told. They are as of the time of Clock.
func (m *Market) Prices() *mark.Market { return &m.mark }

// Equity is what an account, and all accounts of its customer together, are worth at the low marks of now, in units of the
// valuation asset; free and held. What has no route of liquid markets counts for nothing.
func (s *State) Equity(a instruction.Account) budget.Equity {
	if s.Account(a) == nil {
		return budget.Equity{}
	}
	w := s.Worth(a)
	return budget.Equity{Own: w.Own(a), Family: w.Family()}
}

// Budgets are the limits of a key, of its account and of its master account; see budget.Budgets.Limits.
func (s *State) Budgets(a instruction.Account, c instruction.Credential) (key, account, parent instruction.Budget) {
	return s.budgets.Limits(s.partyOf(a, c))
}

// Owned says that a customer has an owner's key that lives.
func (s *State) Owned(a instruction.Account) bool { return s.hasOwner(a, 0) }

// Exposure is what a customer acquired and gave in a thin market in 30 days, and the cap on it, in units of the valuation
// asset.
func (s *State) Exposure(customer instruction.Account, m instruction.Market) (budget.Exposure, money.Amount) {
	return s.budgets.Exposure(s.clock.Waits(), customer, m), budget.Cap(s.Equity(customer).Family)
}
