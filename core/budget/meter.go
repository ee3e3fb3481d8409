package budget

import (
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// meter counts for one credential, or for one account. What Left looks at lies in its first 64 bytes, which are one line of
// the processor's cache: a shelf's chunks begin at one.
type meter struct {
	loss, fees side
	reserved   money.Total        // of what may be lost; derived from the books, never persisted
	budget     instruction.Budget // unset: it is the next one's, see Limits
	slot       int64              // as of which the sides' days are known; derived
	losses     window.Window
	paid       window.Window
}

// side is where losses, or fees, stand.
type side struct {
	day   money.Amount // the sum of its window; derived
	since money.Amount // since the last confirmation
}

// blank is what was never charged.
var blank = meter{budget: unset}

var unset = instruction.Budget{Loss: -1, Fees: -1}

// or is the meter's budget, or the other where none was set.
func (m *meter) or(x instruction.Budget) instruction.Budget {
	if m.budget.Loss < 0 {
		return x
	}
	return m.budget
}

func (m *meter) charge(waits instruction.Time, loss, fees money.Amount) {
	if loss > 0 {
		m.losses.Add(waits, loss)
		m.loss.since = m.loss.since.AddSaturated(loss)
	} else if loss < 0 {
		m.gain(waits, -loss)
	}
	if fees > 0 {
		m.paid.Add(waits, fees)
		m.fees.since = m.fees.since.AddSaturated(fees)
	}
	m.slot, m.loss.day, m.fees.day = window.Slot(waits), m.losses.Sum(waits), m.paid.Sum(waits)
}

// gain takes out of the newest slots, and as much out of the sum since the last confirmation. A sum that stopped at the
// largest amount is not known any more, and stays until it is confirmed.
func (m *meter) gain(waits instruction.Time, n money.Amount) {
	taken := m.losses.Less(waits, n)
	if m.loss.since != money.MaxAmount {
		m.loss.since -= min(m.loss.since, taken)
	}
}

// free gives back n of what is reserved, and says whether so much was.
func (m *meter) free(n money.Amount) bool {
	if m.reserved.Less(n) {
		m.reserved = money.Total{}
		return false
	}
	m.reserved = m.reserved.Minus(n)
	return true
}

// kept says that there is something to persist.
func (m *meter) kept() bool {
	return m.budget != unset || m.loss.since|m.fees.since != 0 || m.losses != window.Window{} || m.paid != window.Window{}
}

// part is equity × rate, rounded down; 0 where equity is below that.
func part(equity money.Amount, rate money.PPM) money.Amount {
	if equity <= 0 {
		return 0
	}
	hi, lo := bits.Mul64(uint64(min(equity, money.MaxAmount)), uint64(rate)) // #nosec G115 -- a rate is 0 to Whole
	if hi == 0 {
		return money.Amount(lo / uint64(money.Whole)) // #nosec G115 -- the usual case, without a 128-bit division
	}
	lo, _ = bits.Div64(hi, lo, uint64(money.Whole))
	return money.Amount(lo) // #nosec G115 -- at most equity
}

// times is n days' worth of a limit.
func times(limit, days money.Amount) money.Amount {
	if limit > money.MaxAmount/days {
		return money.MaxAmount
	}
	return limit * days
}

// clamp is n, at most the largest amount either way.
func clamp(n money.Amount) money.Amount { return min(max(n, -money.MaxAmount), money.MaxAmount) }
