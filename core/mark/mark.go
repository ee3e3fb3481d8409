// Package mark says how cautiously a market's base asset is valued in its quote asset: low for what is received, high for
// what is given.
//
// It owns, for one market, what the mid price was in the last minute, what an outside reference said, and what was printed
// (traded) in the last days. From that it answers for two kinds of market; which kind a market is, its operator says, since
// volume is what a thief makes.
//
//   - Liquid is the range of the mid price, its average over Window weighted by time, and the reference; and where most of the
//     window lies outside of those, the average in which no second strays far from the median. Whoever wants to move it has to
//     hold the mid price where it does not belong for a minute, against everybody; a price beyond all measure for a moment, which
//     moves an average, is not enough. A market in which both sides of the book stood for less than Settled of that minute has no
//     mark of its own.
//   - Thin is the range of the medians over 1 hour and over 6 hours, taken over buckets of time and never over prints, so
//     that a thousand prints of dust count as one. Whoever wants to move it has to hold more than half of six hours. What
//     the asking account printed itself can only make it wider.
//
// A bucket's price is that of its largest print, by quote amount, and the first of equals. The last print would belong to
// whoever trades dust when each minute ends; a volume-weighted average to whoever prints little at a price without bounds. To
// decide a bucket costs a thief one trade larger than any honest one in it. Where nobody else trades, a bucket costs him
// dust: what bounds the loss there is the cap on thin markets, not the mark.
//
// What it refuses: to make up a price where there was none, to count time that did not pass (a mid price that stood for no
// time is a mid price of that moment and weighs nothing in the average), and to go back in time: what is told of an
// earlier time counts as of the latest.
//
// All is integers, and state is a fold of what was told. Questions change nothing, so that they may be asked or not. Prices
// are of one whole base asset in units of the quote asset. Nothing is allocated for a market before its first mid price and
// its first print, and never again after them; both together stay below 8 KB. One goroutine uses a Market at a time.
package mark

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Mark is a range of prices: what is received counts at Low, what is given at High. The zero Mark is not known: what is
// received counts for nothing, and what is given cannot be valued. One that is known has 0 < Low <= High.
type Mark struct{ Low, High money.Price }

// Known says that there is a price at all.
func (m Mark) Known() bool { return m.High != 0 }

// and is the range that holds both; one that is not known adds nothing.
func (m Mark) and(x Mark) Mark {
	switch {
	case !x.Known():
		return m
	case !m.Known():
		return x
	}
	return Mark{min(m.Low, x.Low), max(m.High, x.High)}
}

// Market is what is known of one market's prices. The zero Market is one that never quoted nor traded.
type Market struct {
	reference reference
	mids      *mids   // nil before the first mid price
	prints    *prints // nil before the first print
}

// Quote tells the best bid and the best ask from now on, by the time of the record; 0 where there is none. While a market
// is halted nobody can trade against what stands in its book, so it is told nothing; when it opens, Break comes before the
// first Quote.
func (m *Market) Quote(now instruction.Time, bid, ask money.Price) {
	var mid uint64
	if bid > 0 && ask > 0 {
		mid = uint64(bid) + uint64(ask)
	}
	if m.mids == nil {
		if mid == 0 {
			return
		}
		m.mids = new(mids)
	}
	if mid != m.mids.mid {
		m.mids.fill(now)
		m.mids.mid = mid
	}
}

// Refer tells what an outside reference says, and as of when. It is not taken, and false comes back, if it says nothing or is
// not newer than the one before.
func (m *Market) Refer(price money.Price, dated instruction.Time) bool {
	if price <= 0 || dated <= m.reference.dated {
		return false
	}
	m.reference = reference{price, dated}
	return true
}

// Dated is as of when the newest reference is, 0 before the first.
func (m *Market) Dated() instruction.Time { return m.reference.dated }

// Reference is what the newest reference said, and as of when; 0 before the first.
func (m *Market) Reference() (money.Price, instruction.Time) {
	return m.reference.price, m.reference.dated
}

// Mean is the mid price's average over Window, weighted by time: rounded down, and up; not known where there was none for
// Settled.
func (m *Market) Mean(now instruction.Time) Mark {
	if m.mids == nil {
		return Mark{}
	}
	w := m.mids.window(now)
	if w.time < Settled {
		return Mark{}
	}
	return halved(w.sum.over(w.time))
}

// Break tells that the window does not stand for the last minute, since the market was halted, the venue stood still or the
// clock jumped: the average begins anew, and for Window from now on what the mark was before counts too.
func (m *Market) Break(now instruction.Time) {
	if m.mids != nil {
		m.mids.breaks(now)
	}
}

// Liquid is the mark of a liquid market, by the time of the record, and whether a fresh reference is in it.
//
// One that has both sides of its book for less than Settled of the last minute is known only where something else vouches
// for it: a reference, or the mark from before a Break. So a market is without a mark until it has quoted for Settled, and
// again Window-Settled after a side of its book went empty.
func (m *Market) Liquid(now instruction.Time) (mark Mark, referred bool) {
	if m.mids == nil {
		return m.reference.mark(now)
	}
	now = max(now, m.mids.at)
	anchor, referred := m.reference.mark(now)
	own, settled := m.mids.mark(now)
	anchor = anchor.and(m.mids.past(now))
	if !settled && !anchor.Known() {
		return Mark{}, false
	}
	return anchor.and(own), referred
}

const (
	// Fresh is how long a reference vouches for a market from its own date on.
	Fresh = 10 * instruction.Second
	// Lost is how long it then still counts beside the rest.
	Lost = 60 * instruction.Second
)

// reference is what an outside reference said.
type reference struct {
	price money.Price
	dated instruction.Time
}

// mark is what it counts for, and whether it is fresh. One that is dated in the future is worth nothing until then.
func (r reference) mark(now instruction.Time) (m Mark, fresh bool) {
	if r.price == 0 || now < r.dated || now-r.dated >= Fresh+Lost {
		return Mark{}, false
	}
	return Mark{r.price, r.price}, now-r.dated < Fresh
}
