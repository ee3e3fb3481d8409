package venue

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

func ping(_ *Venue, c *call) (reply, *binance.Error) {
	return literal(binance.EmptyObject), c.args().end()
}

func serverTime(v *Venue, c *call) (reply, *binance.Error) {
	return object{binance.ServerTime{ServerTime: c.time(v.engine.Now())}}, c.args().end()
}

// spot is the one permission that there is here.
const spot = "SPOT"

// infoFilter is which markets a client wants to hear of.
type infoFilter struct {
	symbols    []*market // nil: any
	status     binance.SymbolStatus
	permission bool // spot markets are among them
	sets       bool // permissionSets are told
}

func (v *Venue) readInfo(a *args) infoFilter {
	f := infoFilter{permission: true}
	names, _, err := a.p.OptSymbols()
	for _, name := range got(a, names, err) {
		m, err := v.market(name)
		f.symbols = append(f.symbols, got(a, m, err))
	}
	if text := a.text("permissions"); text != "" {
		f.permission = slices.Contains(got2(a, "permissions", text), spot)
	}
	f.sets = a.flag("showPermissionSets", true)
	f.status, err = a.p.OptSymbolStatus()
	got(a, f.status, err)
	if f.symbols != nil && (f.status != "" || a.p.Has("permissions")) {
		a.fail(binance.ErrBadCombination("Send symbols alone, without 'permissions' and 'symbolStatus'."))
	}
	return f
}

// got2 reads a text that is one word, or a JSON list of words.
func got2(a *args, name, text string) []string {
	if !strings.HasPrefix(text, "[") {
		return []string{text}
	}
	var list []string
	if json.Unmarshal([]byte(text), &list) != nil {
		a.fail(binance.ErrInvalidJSONParam(name))
	}
	return list
}

func exchangeInfo(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	f := v.readInfo(a)
	if err := a.end(); err != nil {
		return nil, err
	}
	info := binance.ExchangeInfo{
		Timezone: "UTC", ServerTime: c.time(v.engine.Now()), RateLimits: v.limits.list(),
		ExchangeFilters: binance.Filters{}, Symbols: []binance.SymbolInfo{},
	}
	err := v.read(func(s *core.State) {
		for _, m := range s.Markets() {
			if f.wants(m) {
				x := symbolInfo(s, m)
				if !f.sets {
					x.PermissionSets = [][]string{}
				}
				info.Symbols = append(info.Symbols, x)
			}
		}
	})
	return object{info}, err
}

func (f *infoFilter) wants(m *core.Market) bool {
	if f.symbols != nil {
		return slices.ContainsFunc(f.symbols, func(x *market) bool { return x.id == m.ID })
	}
	return f.permission && (f.status == "" || f.status == symbolStatus(m.State))
}

// symbolStatus tells a market's state in the dialect.
func symbolStatus(s instruction.MarketState) binance.SymbolStatus {
	switch s {
	case instruction.Open:
		return binance.Trading
	case instruction.CancelOnly:
		return binance.Break
	}
	return binance.Halt
}

func symbolInfo(s *core.State, x *core.Market) binance.SymbolInfo {
	m := marketOf(s, x)
	base, quote := int(m.baseScale), int(m.quoteScale)
	return binance.SymbolInfo{
		Symbol: m.symbol, Status: symbolStatus(x.State), BaseAsset: m.base, BaseAssetPrecision: base,
		QuoteAsset: m.quote, QuotePrecision: quote, QuoteAssetPrecision: quote,
		BaseCommissionPrecision: base, QuoteCommissionPrecision: quote,
		OrderTypes:     binance.OrderTypes(),
		IcebergAllowed: true, OCOAllowed: true, OTOAllowed: true, AllowTrailingStop: true, AmendAllowed: true,
		QuoteOrderQtyMarketAllowed: true, CancelReplaceAllowed: true, IsSpotTradingAllowed: true,
		Filters: filtersOf(m, &x.Terms), Permissions: []string{}, PermissionSets: [][]string{{spot}},
		DefaultSTPMode: binance.STPNone, AllowedSTPModes: stpModes,
	}
}

// filtersOf are a market's trading terms as the dialect lists them. Where a bound is the default, that is listed.
func filtersOf(m *market, t *instruction.Terms) binance.Filters {
	f := t.Filters
	least := max(f.MinQty, t.Lot)
	list := binance.Filters{
		binance.PriceFilter{MinPrice: m.price(t.MinPrice), MaxPrice: m.price(t.MaxPrice), TickSize: m.price(t.Tick)},
		binance.LotSize{MinQty: m.baseAmount(least), MaxQty: m.baseAmount(t.MaxQty), StepSize: m.baseAmount(t.Lot)},
		binance.MarketLotSize{
			MinQty: m.baseAmount(cmp.Or(f.MarketMinQty, least)), MaxQty: m.baseAmount(cmp.Or(f.MarketMaxQty, t.MaxQty)), StepSize: m.baseAmount(t.Lot),
		},
		binance.Notional{
			MinNotional: m.quoteAmount(t.MinNotional), ApplyMinToMarket: !f.MinSparesMarket,
			MaxNotional: m.quoteAmount(cmp.Or(f.MaxNotional, money.MaxAmount)), ApplyMaxToMarket: f.MaxToMarket, AvgPriceMins: 0,
		},
		binance.IcebergParts{Limit: bound(f.IcebergParts, instruction.DefaultParts)},
		binance.TrailingDelta{
			MinTrailingAboveDelta: bound(f.TrailAboveMin, instruction.DefaultTrailMin), MaxTrailingAboveDelta: bound(f.TrailAboveMax, instruction.DefaultTrailMax),
			MinTrailingBelowDelta: bound(f.TrailBelowMin, instruction.DefaultTrailMin), MaxTrailingBelowDelta: bound(f.TrailBelowMax, instruction.DefaultTrailMax),
		},
		binance.MaxNumOrders{MaxNumOrders: bound(f.MaxOrders, core.MaxOpenOrders)},
		binance.MaxNumAlgoOrders{MaxNumAlgoOrders: bound(f.MaxAlgo, instruction.DefaultAlgo)},
		binance.MaxNumIcebergOrders{MaxNumIcebergOrders: bound(f.MaxIcebergs, instruction.DefaultIcebergs)},
		binance.MaxNumOrderLists{MaxNumOrderLists: bound(f.MaxLists, instruction.DefaultLists)},
		binance.MaxNumOrderAmends{MaxNumOrderAmends: bound(f.MaxAmends, instruction.DefaultAmends)},
	}
	if f.MaxPosition != 0 {
		list = append(list, binance.MaxPosition{MaxPosition: m.baseAmount(f.MaxPosition)})
	}
	if f.BidUp|f.BidDown|f.AskUp|f.AskDown != 0 {
		list = append(list, binance.PercentPriceBySide{
			BidMultiplierUp: upTo(f.BidUp), BidMultiplierDown: factor(f.BidDown), AskMultiplierUp: upTo(f.AskUp), AskMultiplierDown: factor(f.AskDown),
		})
	}
	return list
}

// bound is what a bound of a market's filters means.
func bound(n uint16, absent int) int { return cmp.Or(int(n), absent) }

// factor is a multiplier as a decimal.
func factor(n instruction.Multiplier) binance.Decimal {
	return binance.Decimal{Units: int64(n), Scale: 4}
}

// upTo is factor for an upper bound: none is told as the largest there is.
func upTo(n instruction.Multiplier) binance.Decimal { return factor(cmp.Or(n, math.MaxUint32)) }
