package core

import (
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
)

// What prices are fair, for who looks at what was traded afterwards: detection, and what others gained from a key.

// moment is as of when something is looked at.
type moment struct {
	wall, waits instruction.Time
	reader      bool // several look at once, outside any record: nothing may be noted
}

// folded is the moment of the record that is folded.
func (s *State) folded() moment { return moment{wall: s.clock.Now, waits: s.clock.Waits()} }

// fair is the range of prices within which a trade in a market loses nothing; not known where there is none. It lags behind the
// book: in a liquid market it is the outside reference, where a fresh one is known, or the mid price's average over a minute; in
// any other the range of medians over hours; and where neither is known that average again, since there is nothing better.
// Nothing that a record does moves it. It is not the cautious mark: that widens with what was a moment ago. rough says that it is
// not that of a liquid market.
func (s *State) fair(m *Market, at moment) (k mark.Mark, rough bool) {
	if m.Marks.Tier == instruction.Liquid {
		if price, dated := m.mark.Reference(); m.Marks.Reference && price > 0 && at.wall-dated < mark.Fresh {
			return mark.Mark{Low: price, High: price}, false
		}
		if k := m.mark.Mean(at.wall); k.Known() {
			return k, false
		}
	}
	if k := m.median(at); k.Known() {
		return k, true
	}
	return m.mark.Mean(at.wall), true
}

// median is the range of medians over hours. They are of minutes that are over, and change with the minute alone, once they are
// known; what is not known yet is looked at each time, since it may be by the next record.
func (m *Market) median(at moment) mark.Mark {
	minute := at.waits / (60 * instruction.Second)
	switch {
	case at.reader:
		return m.mark.Median(at.waits)
	case m.fair.minute != minute || !m.fair.Known():
		m.fair = fairPrice{m.mark.Median(at.waits), minute}
	}
	return m.fair.Mark
}

// fairPrice is a market's median as it was looked at in a minute.
type fairPrice struct {
	mark.Mark
	minute instruction.Time
}

// valued is what an amount of an asset is worth by fair prices, in units of the valuation asset; 0 where nobody can tell.
func (s *State) valued(x instruction.Asset, n money.Amount, at moment) money.Amount {
	if s.valuation == 0 || x != s.valuation && len(s.assets[x].Route) == 0 {
		return 0
	}
	n = min(max(n, 0), money.MaxAmount)
	for _, id := range s.assets[x].Route {
		m := s.markets[id]
		var ok bool
		k, _ := s.fair(m, at)
		if n, ok = m.over(x, n, k, false); !ok {
			return 0
		}
		x = m.other(x)
	}
	return n
}

// lost is what one side of a trade loses against a range of fair prices, of the quote asset; below 0, what it gains. Within the
// range it is nothing.
func (m *Market) lost(side instruction.Side, qty, quote money.Amount, k mark.Mark) money.Amount {
	if !k.Known() {
		return 0
	}
	low, _ := m.over(m.Base, qty, k, false)
	high, _ := m.over(m.Base, qty, k, true)
	n := max(quote-high, 0) + min(quote-low, 0) // what a buyer gives beyond the range, or less than it
	if side == instruction.Sell {
		return -n
	}
	return n
}
