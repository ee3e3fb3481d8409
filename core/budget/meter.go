package budget

import (
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

// meter counts for one credential, or for one account. It is what Left looks at, and one line of a processor's cache: a shelf's
// chunks begin at one. When what it counted comes back lies apart, since most are there for what open orders have reserved.
type meter struct {
	loss, fees side
	reserved   money.Total        // of what may be lost; derived from the books, never persisted
	budget     instruction.Budget // unset: it is the next one's, see Limits
	slot       int32              // as of which the sides' days are known; derived
	past       uint32             // where its windows lie; 0 for none
}

// past is when what a meter counted comes back.
type past struct{ losses, paid window.Window }

// pasts are those of all meters that have one, by place. They do not move.
type pasts struct {
	chunks []*[pastChunk]past
	used   uint32   // places given out, 0 among them, which nobody has
	spare  []uint32 // of them, those given back
}

const pastChunk = 64

func (s *pasts) at(place uint32) *past { return &s.chunks[place/pastChunk][place%pastChunk] }

// of is a meter's past; to look at, nil where there is none.
func (s *pasts) of(m *meter) *past {
	if m.past == 0 {
		return nil
	}
	return s.at(m.past)
}

// need is a meter's past, from now on its own.
func (s *pasts) need(m *meter) *past {
	if m.past != 0 {
		return s.at(m.past)
	}
	if n := len(s.spare); n > 0 {
		m.past, s.spare = s.spare[n-1], s.spare[:n-1]
	} else {
		s.used++
		m.past = s.used
		if int(m.past/pastChunk) == len(s.chunks) {
			s.chunks = append(s.chunks, new([pastChunk]past))
		}
	}
	*s.at(m.past) = past{}
	return s.at(m.past)
}

// drop lets go of a meter's past.
func (s *pasts) drop(m *meter) {
	if m.past != 0 {
		s.spare = append(s.spare, m.past)
		m.past = 0
	}
}

// sums are what was lost and paid of late, at that time.
func (s *pasts) sums(m *meter, waits instruction.Time) (loss, fees money.Amount) {
	x := s.of(m)
	if x == nil {
		return 0, 0
	}
	return x.losses.Sum(waits), x.paid.Sum(waits)
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

func (b *Budgets) charge(m *meter, waits instruction.Time, loss, fees money.Amount) {
	if loss > 0 || fees > 0 {
		b.past.need(m)
	}
	x := b.past.of(m)
	if x == nil {
		return // a gain finds nothing
	}
	if loss > 0 {
		x.losses.Add(waits, loss)
		m.loss.since = m.loss.since.AddSaturated(loss)
	} else if loss < 0 {
		m.gain(x, waits, -loss)
	}
	if fees > 0 {
		x.paid.Add(waits, fees)
		m.fees.since = m.fees.since.AddSaturated(fees)
	}
	m.slot = int32(window.Slot(waits)) // #nosec G115 -- at most 2^30
	m.loss.day, m.fees.day = x.losses.Sum(waits), x.paid.Sum(waits)
}

// gain takes out of the newest slots, and as much out of the sum since the last confirmation. A sum that stopped at the
// largest amount is not known any more, and stays until it is confirmed.
func (m *meter) gain(x *past, waits instruction.Time, n money.Amount) {
	taken := x.losses.Less(waits, n)
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

// kept says that there is something of a meter to persist.
func (b *Budgets) kept(m *meter) bool {
	x := b.past.of(m)
	return m.budget != unset || m.loss.since|m.fees.since != 0 || x != nil && *x != past{}
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
