package core

import (
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Limits of what one venue defines.
const (
	maxAssets   = 10_000
	maxMarkets  = 10_000
	maxAccounts = 1 << 30
	maxSubs     = 1000 // sub-accounts of one customer
	maxKeys     = 1 << 30
	maxText     = 64
)

func (s *State) refuseWhole(r instruction.Reason) { s.refuse(instruction.Whole, r) }

// plain says whether a text is short printable ASCII.
func plain(t string) bool {
	return len(t) <= maxText && !strings.ContainsFunc(t, func(r rune) bool { return r < ' ' || r > '~' })
}

func (s *State) addAsset(i *instruction.AddAsset) {
	bad := func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') }
	switch {
	case i.Symbol == "", len(i.Symbol) > 12, strings.ContainsFunc(i.Symbol, bad), i.Scale > money.MaxScale:
		s.refuseWhole(instruction.MalformedDefinition)
	case s.names[i.Symbol] != 0:
		s.refuseWhole(instruction.SymbolTaken)
	case len(s.assets) > maxAssets:
		s.refuseWhole(instruction.TooMany)
	default:
		// #nosec G115 -- maxAssets bounds it
		s.emit(&instruction.AssetAdded{ID: instruction.Asset(len(s.assets)), Symbol: i.Symbol, Scale: i.Scale})
	}
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

func (s *State) openAccount(i *instruction.OpenAccount) {
	switch {
	case !plain(i.Ref):
		s.refuseWhole(instruction.MalformedDefinition)
	case i.Ref != "" && s.refs[i.Ref] != 0:
		s.refuseWhole(instruction.ReferenceTaken)
	case i.Parent != 0 && (s.Account(i.Parent) == nil || i.Parent == instruction.Fees):
		s.refuseWhole(instruction.UnknownAccount)
	case i.Parent != 0 && s.accounts[i.Parent].Parent != 0:
		s.refuseWhole(instruction.SubAccount)
	case len(s.accounts) > maxAccounts, len(s.subs[i.Parent]) >= maxSubs:
		s.refuseWhole(instruction.TooMany)
	default:
		// #nosec G115 -- maxAccounts bounds it
		s.emit(&instruction.AccountOpened{ID: instruction.Account(len(s.accounts)), Ref: i.Ref, Parent: i.Parent})
	}
}

func (s *State) credit(i *instruction.Credit) {
	in, _ := s.ledger.Came(i.Asset)
	switch {
	case s.Account(i.Account) == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case i.Amount <= 0, i.Amount > money.MaxAmount-in:
		s.refuseWhole(instruction.AmountOutOfRange)
	case !plain(i.Ref):
		s.refuseWhole(instruction.MalformedDefinition)
	default:
		s.emit(&instruction.CameIn{Account: i.Account, Asset: i.Asset, Amount: i.Amount, Ref: i.Ref})
	}
}
