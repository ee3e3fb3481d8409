package budget

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// see is the meter of a credential or an account to look at; a blank one where there is none.
func (b *Budgets) see(of Of) *meter {
	if of.Credential != 0 {
		return b.credentials.See(uint32(of.Credential))
	}
	return b.accounts.See(uint32(of.Account))
}

// need is the meter of a credential or an account, from now on its own.
func (b *Budgets) need(of Of) *meter {
	if of.Credential != 0 {
		return b.credentials.Need(uint32(of.Credential))
	}
	return b.accounts.Need(uint32(of.Account))
}

// Set gives a credential or an account a budget. What was spent stays spent, also where that is more than the new limit. It
// refuses a rate below 0 or above money.Whole, and a budget of nobody.
func (b *Budgets) Set(of Of, limits instruction.Budget) error {
	if bad(limits.Loss) || bad(limits.Fees) {
		return fmt.Errorf("budget: %d and %d parts per million; 0 to %d", limits.Loss, limits.Fees, money.Whole)
	}
	if of.Account == 0 {
		return fmt.Errorf("budget: of no account")
	}
	b.need(of).budget = limits
	return nil
}

func bad(rate money.PPM) bool { return rate < 0 || rate > money.Whole }

// Limits are the budgets of a party's credential, its account and its master account: the one that was set, else that of the
// next, and the default one where none was. Of those that a party does not have, it is the next one's.
func (b *Budgets) Limits(p Party) (credential, account, parent instruction.Budget) {
	parent = b.accounts.See(uint32(p.Parent)).or(instruction.DefaultBudget)
	account = b.accounts.See(uint32(p.Account)).or(parent)
	return b.credentials.See(uint32(p.Credential)).or(account), account, parent
}

// Bounded says that one of a party's budgets bounds what it may lose. Whoever may lose all of his equity, everywhere, is not.
func (b *Budgets) Bounded(p Party) bool {
	c, a, m := b.Limits(p)
	whole := instruction.Budget{Loss: money.Whole, Fees: money.Whole}
	return c != whole || a != whole || p.Parent != 0 && m != whole
}

// Since is what was lost and paid since the last confirmation.
func (b *Budgets) Since(of Of) (loss, fees money.Amount) {
	m := b.see(of)
	return m.loss.since, m.fees.since
}

// Reserved is what is set aside of what may be lost.
func (b *Budgets) Reserved(of Of) money.Amount { return b.see(of).reserved.Amount() }

// Confirm begins the sums between two confirmations anew. What counts of the last 24 hours stays.
func (b *Budgets) Confirm(of Of) {
	if loss, fees := b.Since(of); loss|fees != 0 {
		m := b.need(of)
		m.loss.since, m.fees.since = 0, 0
	}
}

// Forget lets go of what a revoked key's own meter has. What it lost stays in its account's.
func (b *Budgets) Forget(c instruction.Credential) {
	m := b.credentials.At(uint32(c))
	if m == nil {
		return
	}
	b.past.drop(m)
	if m.reserved != (money.Total{}) {
		open := m.reserved // until its orders are cancelled
		*m = blank
		m.reserved = open
		return
	}
	b.credentials.Drop(uint32(c))
}
