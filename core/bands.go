package core

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// A market whose price and volume break out together is halted until it has cooled down. Either alone is nothing: prices fall
// and rise, and a thin market's volume grows a hundredfold on a good day. Once it is open again, what counts is what was traded
// since: what halted it would else have the first trade halt it again, whoever's dust that is.

// bands halts the markets that broke out of theirs with this record.
func (s *State) bands() {
	for _, m := range s.touched {
		b := &m.Marks.Bands
		if !m.traded || b.Range == 0 || m.State != instruction.Open {
			continue
		}
		waits := s.clock.Waits()
		low, high, volume := m.mark.Lately(waits, m.calm)
		if far, err := b.Range.Of(money.Amount(high), money.Up); err != nil || money.Amount(high-low) < far {
			continue
		}
		usual := m.mark.Usual(waits)
		if volume/max(money.Amount(b.Volume), 1) < max(usual, 1) {
			continue
		}
		s.emit(&instruction.BandBroken{Market: m.ID, Low: low, High: high, Volume: volume, Usual: usual, Until: waits + b.Cool})
	}
}

// cool opens the markets that have cooled down.
func (s *State) cool() {
	for _, m := range s.Markets() {
		if m.Cool != 0 && m.Cool <= s.clock.Waits() {
			s.emit(&instruction.MarketSet{Market: m.ID, State: instruction.Open})
			s.startDue(m)
		}
	}
}

func (s *State) foldBandBroken(e *instruction.BandBroken) error {
	m := s.Market(e.Market)
	if m == nil || e.Until <= 0 {
		return errUnknown
	}
	s.setState(m, instruction.Halted)
	m.Cool = e.Until
	return nil
}

// setState opens or shuts a market. What its book shows while it is shut is no price; when it opens, what was known before counts
// on until the mark has seen a minute.
func (s *State) setState(m *Market, to instruction.MarketState) {
	m.State, m.Cool, m.calm = to, 0, 0
	if to == instruction.Open && !s.unmarked {
		m.calm = s.clock.Waits()
	}
	m.mark.Break(s.clock.Now)
	s.touch(m)
}
