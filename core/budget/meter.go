package budget

import (
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// meter counts for one credential, or for one account. The zero meter has counted nothing, under the default budget.
type meter struct {
	budget   instruction.Budget // if set
	set      bool               // else it is the next one's: see Limits
	reserved money.Total        // of what may be lost; derived from the books, never persisted
	loss     side
	fees     side
}

// side is what was lost, or what was paid.
type side struct {
	since money.Amount // since the last confirmation
	day   window.Window
}

// or is the meter's budget, or the other where none was set.
func (m *meter) or(x instruction.Budget) instruction.Budget {
	if m != nil && m.set {
		return m.budget
	}
	return x
}

func (m *meter) charge(waits instruction.Time, loss, fees money.Amount) {
	if loss < 0 {
		m.loss.less(waits, -loss)
	} else if loss > 0 {
		m.loss.add(waits, loss)
	}
	if fees > 0 {
		m.fees.add(waits, fees)
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
func (m *meter) kept() bool { return m.set || m.loss != side{} || m.fees != side{} }

func (s *side) add(waits instruction.Time, n money.Amount) {
	s.day.Add(waits, n)
	s.since = plus(s.since, n)
}

// less takes a gain out. A sum that stopped at the largest amount is not known, and stays until it is confirmed.
func (s *side) less(waits instruction.Time, n money.Amount) {
	taken := s.day.Less(waits, n)
	if s.since != money.MaxAmount {
		s.since -= min(s.since, taken)
	}
}

// left is what a side has left of a day's limit, with what is reserved, and which limit says so.
func (s *side) left(waits instruction.Time, limit, reserved money.Amount, days int64) (left money.Amount, confirmed bool) {
	left = limit - min(limit, s.day.Sum(waits)+reserved)
	long := times(limit, days)
	since := long - min(long, s.since+reserved)
	if since <= left && limit > 0 {
		return since, true
	}
	return left, false
}

// narrow lowers what is left to what this meter leaves.
func (m *meter) narrow(waits instruction.Time, b instruction.Budget, equity money.Amount, of Of, loss, fees *Bound) {
	n, long := m.loss.left(waits, part(equity, b.Loss), m.reserved.Amount(), instruction.LossDays)
	if n < loss.Left {
		*loss = Bound{n, pick(long, instruction.LossConfirmation, instruction.LossLimit), of}
	}
	n, long = m.fees.left(waits, part(equity, b.Fees), 0, instruction.FeeDays)
	if n < fees.Left {
		*fees = Bound{n, pick(long, instruction.FeesConfirmation, instruction.FeesLimit), of}
	}
}

func pick(long bool, a, b instruction.BudgetLimit) instruction.BudgetLimit {
	if long {
		return a
	}
	return b
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
func times(limit money.Amount, days int64) money.Amount {
	if limit > money.MaxAmount/money.Amount(days) {
		return money.MaxAmount
	}
	return limit * money.Amount(days)
}

// plus is a sum that stops at the largest amount there is. Neither is negative.
func plus(a, b money.Amount) money.Amount { return min(a+b, money.MaxAmount) }

// clamp is n, at most the largest amount either way.
func clamp(n money.Amount) money.Amount { return min(max(n, -money.MaxAmount), money.MaxAmount) }
