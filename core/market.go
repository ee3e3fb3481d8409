package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
)

// maxMarkets is how many markets one venue defines.
const maxMarkets = 10_000

// Market is one pair of assets with its orders.
type Market struct {
	ID          instruction.Market
	Symbol      string // of the base asset, then of the quote asset
	Base, Quote instruction.Asset
	Terms       instruction.Terms
	State       instruction.MarketState
	LastTrade   instruction.Trade
	LastPrice   money.Price // of the last trade, 0 before the first
	LastMatch   instruction.Match
	Book        *book.Book
	Marks       instruction.Marks
	Cool        instruction.Time // when it opens again after its price broke out, by the clock of waits; 0 otherwise
	calm        instruction.Time // while it is open: since when, if it was shut before, by the clock of waits
	mark        mark.Market
	now         liquidMark  // as the record under way found it
	thin        [2]thinMark // likewise, of those who were asked for last
	fair        fairPrice   // of the minute that it was asked for in, where it is not liquid; derived
	touched     bool        // by the record under way
	traded      bool        // likewise
	baseScale   money.Scale
	tiers       []tierRates // by tier; those past its end and those not set pay the terms
}

func (s *State) addMarket(i *instruction.AddMarket) {
	base, quote := s.Asset(i.Base), s.Asset(i.Quote)
	switch {
	case base == nil, quote == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case i.Base == i.Quote, !sound(&i.Terms, base.Scale), i.Terms.FeeIn != 0 && i.Terms.FeeIn != i.Base && i.Terms.FeeIn != i.Quote:
		s.refuseWhole(instruction.MalformedDefinition)
	case !covered(i.Terms.FeeIn, Rates{i.Terms.MakerFee, i.Terms.TakerFee}):
		s.refuseWhole(instruction.FeesNotCovered)
	case s.symbols[base.Symbol+quote.Symbol] != 0:
		s.refuseWhole(instruction.SymbolTaken)
	case len(s.markets) > maxMarkets:
		s.refuseWhole(instruction.TooMany)
	default:
		// #nosec G115 -- maxMarkets bounds it
		s.emit(&instruction.MarketAdded{ID: instruction.Market(len(s.markets)), Base: i.Base, Quote: i.Quote, Terms: i.Terms})
	}
}

func (s *State) foldMarket(e *instruction.MarketAdded) error {
	if int(e.ID) != len(s.markets) || s.Asset(e.Base) == nil || s.Asset(e.Quote) == nil {
		return errUnknown
	}
	m := &Market{
		ID: e.ID, Symbol: s.Asset(e.Base).Symbol + s.Asset(e.Quote).Symbol,
		Base: e.Base, Quote: e.Quote, Terms: e.Terms, State: instruction.Open,
		Book: book.New(e.Terms.Tick), baseScale: s.Asset(e.Base).Scale,
	}
	s.markets = append(s.markets, m)
	s.symbols[m.Symbol] = m.ID
	return nil
}

// sound says whether trading terms make sense together. One lot at the least price must be worth at least one unit of
// quote, so that no fill gives something for nothing.
func sound(t *instruction.Terms, base money.Scale) bool {
	switch {
	case t.Tick <= 0, t.Lot <= 0, t.MinPrice < t.Tick, t.MaxPrice < t.MinPrice, t.MaxPrice > money.Price(money.MaxAmount):
		return false
	case t.MinPrice%t.Tick != 0, t.MaxPrice%t.Tick != 0:
		return false
	case t.MaxQty < t.Lot, t.MaxQty%t.Lot != 0, t.MaxQty > money.MaxAmount, t.MinNotional < 0, t.MinNotional > money.MaxAmount:
		return false
	case !soundFilters(t):
		return false
	}
	least, err := money.Notional(t.MinPrice, t.Lot, base, money.Down)
	return err == nil && least >= 1
}

// soundFilters says whether a market's filters leave room for any order.
func soundFilters(t *instruction.Terms) bool {
	f := &t.Filters
	most := or(f.MarketMaxQty, t.MaxQty)
	switch {
	case f.MinQty < 0, f.MinQty > t.MaxQty, f.MarketMinQty < 0, f.MarketMaxQty < 0, or(f.MarketMinQty, f.MinQty) > most, most > t.MaxQty:
		return false
	case f.MaxNotional < 0, f.MaxNotional != 0 && f.MaxNotional < t.MinNotional, f.MaxNotional > money.MaxAmount, f.MaxPosition < 0:
		return false
	case f.BidUp != 0 && f.BidUp < f.BidDown, f.AskUp != 0 && f.AskUp < f.AskDown, f.MaxOrders > MaxOpenOrders:
		return false
	case f.TrailAboveMax > instruction.MaxTrail, f.TrailBelowMax > instruction.MaxTrail:
		return false
	case or(f.TrailAboveMin, instruction.DefaultTrailMin) > or(f.TrailAboveMax, instruction.DefaultTrailMax):
		return false
	}
	return or(f.TrailBelowMin, instruction.DefaultTrailMin) <= or(f.TrailBelowMax, instruction.DefaultTrailMax)
}

func (s *State) setMarket(i *instruction.SetMarket) {
	switch m := s.Market(i.Market); {
	case m == nil:
		s.refuseWhole(instruction.UnknownMarket)
	case m.State == i.State:
		s.refuseWhole(instruction.MarketIsSo)
	default:
		s.emit(&instruction.MarketSet{Market: i.Market, State: i.State})
		s.startDue(m)
	}
}

func (s *State) foldMarketSet(e *instruction.MarketSet) error {
	m := s.Market(e.Market)
	if m == nil {
		return errUnknown
	}
	s.setState(m, e.State)
	return nil
}

// fits says whether a market can go on by these terms: open orders are multiples of its tick and lot, and hold their fees
// in an asset; what the fees are is for SetFees.
func (m *Market) fits(t *instruction.Terms) bool {
	return t.Tick == m.Terms.Tick && t.Lot == m.Terms.Lot && t.FeeIn == m.Terms.FeeIn && t.MakerFee == m.Terms.MakerFee && t.TakerFee == m.Terms.TakerFee
}

func (s *State) setTerms(i *instruction.SetTerms) {
	m := s.Market(i.Market)
	switch {
	case m == nil:
		s.refuseWhole(instruction.UnknownMarket)
	case !m.fits(&i.Terms):
		s.refuseWhole(instruction.TermsDoNotFit)
	case !sound(&i.Terms, m.baseScale):
		s.refuseWhole(instruction.MalformedDefinition)
	default:
		s.emit(&instruction.TermsSet{Market: i.Market, Terms: i.Terms})
	}
}

// foldTerms gives a market other terms; prices and quantities of open orders stay multiples of tick and lot.
func (s *State) foldTerms(e *instruction.TermsSet) error {
	m := s.Market(e.Market)
	if m == nil || !m.fits(&e.Terms) {
		return errUnknown
	}
	m.Terms = e.Terms
	return nil
}
