package core

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// How the operator says what assets are worth: in which asset worth is counted, by which markets each asset is valued, how
// far those markets are trusted, and what an outside reference says of their prices.

// ReferenceAhead is how far ahead of the venue's clock a reference may be dated, and referenceAge how old it may be.
const (
	ReferenceAhead = instruction.Second
	referenceAge   = 10 * instruction.Second
)

// Valuation is the asset in which worth is counted, 0 while nobody said.
func (s *State) Valuation() instruction.Asset { return s.valuation }

func (s *State) setValuation(i *instruction.SetValuation) {
	switch {
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case s.valuation != 0:
		s.refuseWhole(instruction.ValuationFixed)
	default:
		s.emit(&instruction.ValuationSet{Asset: i.Asset})
	}
}

func (s *State) foldValuation(e *instruction.ValuationSet) error {
	if s.Asset(e.Asset) == nil || s.valuation != 0 {
		return errUnknown
	}
	s.valuation = e.Asset
	return nil
}

func (s *State) setRoute(i *instruction.SetRoute) {
	switch {
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case s.valuation == 0:
		s.refuseWhole(instruction.NoValuation)
	case !s.marketsExist(i.Markets):
		s.refuseWhole(instruction.UnknownMarket)
	case !s.leads(i.Asset, i.Markets):
		s.refuseWhole(instruction.RouteMalformed)
	default:
		s.emit(&instruction.RouteSet{Asset: i.Asset, Markets: i.Markets})
	}
}

// leads says that the markets, one after the other, lead from the asset to the valuation asset, or that there are none.
func (s *State) leads(x instruction.Asset, route []instruction.Market) bool {
	if x == s.valuation || len(route) > instruction.MaxHops {
		return false
	}
	for i, id := range route {
		m := s.Market(id)
		if m == nil || slices.Contains(route[:i], id) || x == s.valuation {
			return false
		}
		if x = m.other(x); x == 0 {
			return false
		}
	}
	return len(route) == 0 || x == s.valuation
}

// other is the asset of a market that an asset of it is traded against, 0 where the asset is none of the two.
func (m *Market) other(x instruction.Asset) instruction.Asset {
	switch x {
	case m.Base:
		return m.Quote
	case m.Quote:
		return m.Base
	}
	return 0
}

func (s *State) foldRoute(e *instruction.RouteSet) error {
	if s.Asset(e.Asset) == nil || !s.leads(e.Asset, e.Markets) {
		return errUnknown
	}
	s.assets[e.Asset].Route = e.Markets
	return nil
}

func (s *State) setMarks(i *instruction.SetMarks) {
	switch m := s.Market(i.Market); {
	case m == nil:
		s.refuseWhole(instruction.UnknownMarket)
	case s.valuation == 0:
		s.refuseWhole(instruction.NoValuation)
	case !soundMarks(&i.Marks):
		s.refuseWhole(instruction.MarksMalformed)
	default:
		s.emit(&instruction.MarksSet{Market: i.Market, Marks: i.Marks})
	}
}

// soundMarks says whether what is said of a market's prices makes sense.
func soundMarks(m *instruction.Marks) bool {
	b := &m.Bands
	switch {
	case m.Depth < 0, m.Depth > money.MaxAmount, b.Collar < 0, b.Range < 0, b.Range > money.Whole:
		return false
	case (b.Range == 0) != (b.Volume == 0), b.Range == 0 && b.Cool != 0:
		return false
	}
	return b.Range == 0 || b.Cool >= instruction.MinCool && b.Cool <= instruction.MaxCool
}

func (s *State) foldMarks(e *instruction.MarksSet) error {
	m := s.Market(e.Market)
	if m == nil || !soundMarks(&e.Marks) {
		return errUnknown
	}
	m.Marks = e.Marks
	s.findShallow()
	return nil
}

func (s *State) refer(i *instruction.Refer) {
	switch m := s.Market(i.Market); {
	case m == nil:
		s.refuseWhole(instruction.UnknownMarket)
	case !m.Marks.Reference:
		s.refuseWhole(instruction.ReferenceUnwanted)
	case i.Price < m.Terms.MinPrice, i.Price > m.Terms.MaxPrice:
		s.refuseWhole(instruction.PriceOutOfRange)
	case i.Dated > s.clock.Now+ReferenceAhead, i.Dated < s.clock.Now-referenceAge, i.Dated <= m.mark.Dated():
		s.refuseWhole(instruction.ReferenceStale)
	default:
		s.emit(&instruction.Referred{Market: i.Market, Price: i.Price, Dated: i.Dated})
	}
}

func (s *State) foldReferred(e *instruction.Referred) error {
	m := s.Market(e.Market)
	if m == nil || !m.mark.Refer(e.Price, e.Dated) {
		return errUnknown
	}
	return nil
}

// touch notes that what is best in a market's book may have changed, or that it traded. Marks see it when the record is over:
// nothing in a record moves the marks by which it is judged.
func (s *State) touch(m *Market) {
	if !m.touched && !s.unmarked {
		m.touched = true
		s.touched = append(s.touched, m)
	}
}

// remark tells the marks what became of the markets that the record touched.
func (s *State) remark() {
	s.features.Settle()
	for _, m := range s.touched {
		m.touched, m.traded = false, false
		if m.State == instruction.Open {
			m.quote(s.clock.Now)
		}
	}
	s.touched = s.touched[:0]
}

// quote tells a market's mark the best prices of its book.
func (m *Market) quote(now instruction.Time) {
	var bid, ask money.Price
	if h := m.Book.Best(instruction.Buy); h != 0 {
		bid = m.Book.At(h).Price
	}
	if h := m.Book.Best(instruction.Sell); h != 0 {
		ask = m.Book.At(h).Price
	}
	m.mark.Quote(now, bid, ask)
}

// unmark tells all marks that what they saw in the last minute stands for it no more.
func (s *State) unmark() {
	for _, m := range s.Markets() {
		m.mark.Break(s.clock.Now)
	}
}
