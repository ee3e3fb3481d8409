package budget

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// Statement is what stands against one budget at one time, in units of the valuation asset.
type Statement struct {
	Equity     money.Amount // that its limits are a part of
	Loss, Fees Account
}

// Account is one side of a statement.
type Account struct {
	Rate       money.PPM
	Limit      money.Amount // in 24 hours
	Spent      money.Amount // that counts against it
	Back       []Return     // Spent by slots, the oldest first
	Reserved   money.Amount // for open orders; of losses alone
	Since      money.Amount // since the last confirmation
	SinceLimit money.Amount // between two
	Left       money.Amount
}

// Return says when a part of what was spent counts no more.
type Return struct {
	At     instruction.Time // by the clock of waits
	Amount money.Amount
}

// Statement is what stands against the budget of a party's credential, or, where it names none, of its account.
func (b *Budgets) Statement(waits instruction.Time, p Party, e Equity) Statement {
	m := b.see(Of{p.Account, p.Credential})
	x := b.past.of(m)
	if x == nil {
		x = new(past)
	}
	limits, _, _ := b.Limits(p)
	equity := e.Own
	if p.Credential == 0 && p.Parent == 0 { // a master account's own budget is for all of its customer's
		equity = e.Family
	}
	return Statement{
		Equity: equity,
		Loss:   statement(waits, equity, limits.Loss, &x.losses, m.loss.since, m.reserved.Amount(), instruction.LossDays),
		Fees:   statement(waits, equity, limits.Fees, &x.paid, m.fees.since, 0, instruction.FeeDays),
	}
}

func statement(waits instruction.Time, equity money.Amount, rate money.PPM, w *window.Window, since, reserved, days money.Amount) Account {
	limit := part(equity, rate)
	a := Account{
		Rate: rate, Limit: limit, Spent: w.Sum(waits), Reserved: reserved, Since: since, SinceLimit: times(limit, days),
	}
	a.Left, _ = left(limit, a.Spent+reserved, since+reserved, days)
	for at, n := range w.Comes(waits) {
		a.Back = append(a.Back, Return{at, n})
	}
	return a
}
