package budget

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// Bound is what a party may still lose or pay, and whose limit it is that says so.
type Bound struct {
	Left  money.Amount // 0 to money.MaxAmount, in units of the valuation asset
	Limit instruction.BudgetLimit
	Of    Of
}

// Left is what the party may still lose and pay in fees at that time: the least of what its meters say. What its open orders
// have reserved is not in it. A party without an account has nothing.
func (b *Budgets) Left(waits instruction.Time, p Party, e Equity) (loss, fees Bound) {
	return b.LeftBeside(waits, p, 0, e)
}

// LeftBeside is Left for orders that have their own part of what is reserved, which counts for what it is in each meter: it is
// not the same as Left and that part. Where a limit has fallen below what is spent, what is reserved is not there any more.
// An own part below 0 is what comes on top of what is reserved.
func (b *Budgets) LeftBeside(waits instruction.Time, p Party, own money.Amount, e Equity) (loss, fees Bound) {
	if p.Account == 0 {
		return Bound{Limit: instruction.LossLimit}, Bound{Limit: instruction.FeesLimit}
	}
	slot := window.Slot(waits)
	key, acct, master := b.credentials.See(uint32(p.Credential)), b.accounts.See(uint32(p.Account)), b.accounts.See(uint32(p.Parent))
	above := master.or(instruction.DefaultBudget)
	limits := acct.or(above)
	r := room{loss: money.MaxAmount, fees: money.MaxAmount, own: clamp(own)}
	if p.Credential != 0 {
		r.narrow(&b.past, key, waits, slot, key.or(limits), e.Own, ofKey)
	}
	if p.Parent == 0 {
		r.narrow(&b.past, acct, waits, slot, limits, e.Family, ofAccount)
	} else {
		r.narrow(&b.past, acct, waits, slot, limits, e.Own, ofAccount)
		r.narrow(&b.past, master, waits, slot, above, e.Family, ofParent)
	}
	loss = Bound{r.loss, r.lossBy.limit(instruction.LossLimit, instruction.LossConfirmation), r.lossBy.of(p)}
	fees = Bound{r.fees, r.feesBy.limit(instruction.FeesLimit, instruction.FeesConfirmation), r.feesBy.of(p)}
	return loss, fees
}

// by is which of a party's meters says what is left, and which of its limits.
type by uint8

const (
	ofKey by = iota << 1
	ofAccount
	ofParent
	sinceConfirmed by = 1
)

func (x by) limit(day, since instruction.BudgetLimit) instruction.BudgetLimit {
	if x&sinceConfirmed != 0 {
		return since
	}
	return day
}

func (x by) of(p Party) Of {
	switch x &^ sinceConfirmed {
	case ofKey:
		return Of{p.Account, p.Credential}
	case ofAccount:
		return Of{Account: p.Account}
	}
	return Of{Account: p.Parent}
}

// room is the least that was left so far.
type room struct {
	loss, fees     money.Amount
	lossBy, feesBy by
	own            money.Amount // what counts as not reserved
}

// narrow lowers it to what one more meter leaves.
func (r *room) narrow(past *pasts, m *meter, waits instruction.Time, slot int64, b instruction.Budget, equity money.Amount, x by) {
	loss, fees := m.loss.day, m.fees.day
	if slot != int64(m.slot) {
		loss, fees = past.sums(m, waits)
	}
	limit := part(equity, b.Loss)
	reserved := min(max(m.reserved.Amount()-r.own, 0), money.MaxAmount)
	if n, y := left(limit, loss+reserved, m.loss.since+reserved, instruction.LossDays); n < r.loss {
		r.loss, r.lossBy = n, x|y
	}
	if b.Fees != b.Loss {
		limit = part(equity, b.Fees)
	}
	if n, y := left(limit, fees, m.fees.since, instruction.FeeDays); n < r.fees {
		r.fees, r.feesBy = n, x|y
	}
}

// left is what a day's limit leaves, and so many times it since the last confirmation. Where both say the same, the latter
// is told, which does not end by itself; but with no limit at all there is nothing that a confirmation would help.
func left(limit, day, since, days money.Amount) (money.Amount, by) {
	n := limit - min(limit, day)
	long := times(limit, days)
	if m := long - min(long, since); m <= n && limit > 0 {
		return m, sinceConfirmed
	}
	return n, 0
}
