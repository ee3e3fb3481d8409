package mark

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Thin is the mark of a thin market for an account, by the clock of waits. It is known once History has passed since the
// first print, and somebody else than the account printed before that History.
//
// It is the range of four medians: over 60 buckets of a minute and over 72 of five minutes, which are over; each of them
// without the buckets that the account decided, and with them. A bucket without a print has the price of the one before it.
// Without the account's own prints nobody who holds its key moves the mark by trading; with them he does not keep it where it
// was by trading either, while everybody else's prices move away.
func (m *Market) Thin(waits instruction.Time, a instruction.Account) Mark {
	p := m.prints
	if p == nil || max(waits, p.at)-p.first < History {
		return Mark{}
	}
	waits = max(waits, p.at)
	mark := p.medians(waits, 0)
	if !p.decided(a) {
		return mark
	}
	others := p.medians(waits, a)
	if !others.Known() {
		return Mark{}
	}
	return mark.and(others)
}

// Median is what prices were lately by the same medians, whoever printed: no one's cautious view. It is known once History has
// passed since the first print, and stays the same for the minute of the clock of waits that it is asked in.
func (m *Market) Median(waits instruction.Time) Mark {
	p := m.prints
	if p == nil || max(waits, p.at)-p.first < History {
		return Mark{}
	}
	return p.medians(max(waits, p.at), 0)
}

// decided says that the account has a part in what any bucket says.
func (p *prints) decided(a instruction.Account) bool {
	by := func(t trade) bool { return t.of(a) }
	return slices.ContainsFunc(p.minutes[:], by) || slices.ContainsFunc(p.fives[:], by) ||
		slices.ContainsFunc(p.minutePast[:], by) || slices.ContainsFunc(p.fivePast[:], by)
}

// medians is the range of the medians over both rings; it is not known where one of them is not.
func (p *prints) medians(waits instruction.Time, without instruction.Account) Mark {
	short := median(p.minutes[:], &p.minutePast, p.at/minute, waits/minute, without)
	long := median(p.fives[:], &p.fivePast, p.at/five, waits/five, without)
	if !short.Known() || !long.Known() {
		return Mark{}
	}
	return short.and(long)
}

// median is the range of the two middle prices of a ring's buckets before now, of which newest is the newest with a print.
// Buckets that the account has a part in are as those without a print. It is not known where one has no price.
func median(ring []trade, past *carried, newest, now instruction.Time, without instruction.Account) Mark {
	var prices [max(minutes, fives)]money.Price
	n, size := 0, instruction.Time(len(ring))
	first := now - (size - 1)
	price := past.without(without).price
	for b := max(0, newest-(size-1)); b < now; b++ {
		if b > newest {
			b = max(b, first) // nothing happened in between
		} else if t := ring[b%size]; t.price != 0 && !t.of(without) {
			price = t.price
		}
		if b < first {
			continue
		}
		if price == 0 {
			return Mark{}
		}
		prices[n] = price
		n++
	}
	all := prices[:n]
	slices.Sort(all)
	return Mark{all[(n-1)/2], all[n/2]}
}
