package mark

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// High7 is the highest price in the last 168 whole hours and the one under way, by the clock of waits, the price that they
// began with included; 0 before the first print.
func (m *Market) High7(waits instruction.Time) money.Price {
	p := m.prints
	if p == nil {
		return 0
	}
	var high money.Price
	newest := p.at / hour
	for b := max(0, newest-hours, waits/hour-hours); b <= newest; b++ {
		high = max(high, p.hours[b%(hours+1)].high)
	}
	if high == 0 {
		return p.last
	}
	return high
}

// Hour is the lowest and the highest price that was printed in the last 60 whole minutes and the one under way, by the clock
// of waits, and their volume as a quote amount of at most money.MaxAmount; all are 0 where nothing was.
func (m *Market) Hour(waits instruction.Time) (low, high money.Price, volume money.Amount) {
	return m.Lately(waits, 0)
}

// Lately is Hour, of the minute of a time and those after it alone.
func (m *Market) Lately(waits, since instruction.Time) (low, high money.Price, volume money.Amount) {
	p := m.prints
	if p == nil {
		return 0, 0, 0
	}
	newest := p.at / minute
	for b := max(0, newest-minutes, waits/minute-minutes, since/minute); b <= newest; b++ {
		c := &p.hour[b%(minutes+1)]
		if c.low == 0 {
			continue
		}
		if low == 0 || c.low < low {
			low = c.low
		}
		high = max(high, c.high)
		volume = volume.AddSaturated(c.volume)
	}
	return low, high, volume
}

// Average is the mean volume of an hour, as a quote amount rounded down, over the same hours as Usual; it is not known where none
// has passed. Where fewer than half of the hours saw a trade, the median is 0, and this is not.
func (m *Market) Average(waits instruction.Time) (_ money.Amount, known bool) {
	p := m.prints
	if p == nil {
		return 0, false
	}
	now, newest := max(waits, p.at)/hour, p.at/hour
	n := min(hours, now-p.first/hour)
	if n == 0 {
		return 0, false
	}
	var sum money.Total
	for b := now - n; b < now && b <= newest; b++ {
		sum = sum.Plus(p.hours[b%(hours+1)].volume)
	}
	return sum.Amount() / money.Amount(n), true
}

// Usual is the median volume, as a quote amount, of the last 168 whole hours by the clock of waits, or of as many as have
// passed since the one of the first print began; the lower of two in the middle, and 0 where none has passed.
func (m *Market) Usual(waits instruction.Time) money.Amount {
	p := m.prints
	if p == nil {
		return 0
	}
	now, newest := max(waits, p.at)/hour, p.at/hour
	n := min(hours, now-p.first/hour)
	if n == 0 {
		return 0
	}
	var volumes [hours]money.Amount // of hours after the newest nothing is known: they had none
	for b := now - n; b < now && b <= newest; b++ {
		volumes[b-(now-n)] = p.hours[b%(hours+1)].volume
	}
	all := volumes[:n]
	slices.Sort(all)
	return all[(n-1)/2]
}
