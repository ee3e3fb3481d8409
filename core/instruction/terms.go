package instruction

import "portcullis/core/money"

// Terms are the trading terms of a market. Prices are quote units for one whole base asset; see money.Price.
type Terms struct {
	Tick        money.Price  // prices are multiples of it
	MinPrice    money.Price  // at which one lot is worth at least one unit of quote
	MaxPrice    money.Price  // highest price
	Lot         money.Amount // quantities are multiples of it, in base units
	MaxQty      money.Amount // largest quantity of one order, in base units
	MinNotional money.Amount // least price times quantity, in quote units
	MakerFee    money.PPM    // of the maker's side, in FeeIn; below zero, a rebate out of the taker's fee
	TakerFee    money.PPM    // of the taker's side, in FeeIn
	// Since layout version 2:
	FeeIn   Asset // what fees are charged in: base, quote, or 0 for what each side receives
	Filters Filters
}

// Filters are what a market asks of orders beyond tick, lot and least notional. Zero leaves a bound to its default, which
// is what every market had before there were filters.
type Filters struct {
	MinQty          money.Amount // least quantity, in base units; 0: one lot
	MarketMinQty    money.Amount // least quantity of a market order; 0: as MinQty
	MarketMaxQty    money.Amount // largest quantity of a market order; 0: as MaxQty
	MaxNotional     money.Amount // largest price times quantity, in quote units; 0: none
	MaxToMarket     bool         // MaxNotional counts for market orders too, at the last price
	MinSparesMarket bool         // MinNotional does not count for market orders
	MaxPosition     money.Amount // most that an account has of the base asset and bids for; 0: no bound
	BidUp, BidDown  Multiplier   // bounds of a buy's price, in parts of the last price; 0: no bound
	AskUp, AskDown  Multiplier   // bounds of a sell's price; 0: no bound
	IcebergParts    uint16       // most parts of an iceberg order; 0: DefaultParts
	MaxOrders       uint16       // open orders of an account; 0: DefaultOrders, which is the most
	MaxAlgo         uint16       // of them with a trigger that has not started them; 0: DefaultAlgo
	MaxIcebergs     uint16       // of them icebergs; 0: DefaultIcebergs
	MaxLists        uint16       // open lists of an account; 0: DefaultLists
	MaxAmends       uint16       // amendments of one order; 0: DefaultAmends
	TrailAboveMin   uint16       // bounds of a trailing distance whose stop lies above the market, in basis points;
	TrailAboveMax   uint16       // 0: DefaultTrailMin and DefaultTrailMax
	TrailBelowMin   uint16       // the same below the market
	TrailBelowMax   uint16
}

// Multiplier is a factor in parts of ten thousand: 50000 is five times.
type Multiplier uint32

// One is a Multiplier of one.
const One = 10_000

// What zero stands for in Filters.
const (
	DefaultParts    = 10
	DefaultOrders   = 200
	DefaultAlgo     = 5
	DefaultIcebergs = 5
	DefaultLists    = 20
	DefaultAmends   = 10
	DefaultTrailMin = 10
	DefaultTrailMax = 2_000
)

// Fields is the persisted layout.
func (t *Terms) Fields(c *Codec) {
	c.price(&t.Tick)
	c.price(&t.MinPrice)
	c.price(&t.MaxPrice)
	c.amount(&t.Lot)
	c.amount(&t.MaxQty)
	c.amount(&t.MinNotional)
	Num32(c, &t.MakerFee)
	Num32(c, &t.TakerFee)
	if c.since(2) {
		Num16(c, &t.FeeIn)
		t.Filters.fields(c)
	}
}

func (f *Filters) fields(c *Codec) {
	c.amount(&f.MinQty)
	c.amount(&f.MarketMinQty)
	c.amount(&f.MarketMaxQty)
	c.amount(&f.MaxNotional)
	c.Bool(&f.MaxToMarket)
	c.Bool(&f.MinSparesMarket)
	c.amount(&f.MaxPosition)
	Num32(c, &f.BidUp)
	Num32(c, &f.BidDown)
	Num32(c, &f.AskUp)
	Num32(c, &f.AskDown)
	for _, n := range [...]*uint16{&f.IcebergParts, &f.MaxOrders, &f.MaxAlgo, &f.MaxIcebergs, &f.MaxLists, &f.MaxAmends,
		&f.TrailAboveMin, &f.TrailAboveMax, &f.TrailBelowMin, &f.TrailBelowMax} {
		Num16(c, n)
	}
}

// SetTerms gives a market other trading terms. Its tick and lot stay: open orders are multiples of them.
type SetTerms struct {
	Market Market
	Terms  Terms
}

// TermsSet follows SetTerms.
type TermsSet struct {
	Market Market
	Terms  Terms
}

func (*SetTerms) Kind() Kind           { return KindSetTerms }
func (*TermsSet) EventKind() EventKind { return KindTermsSet }

func (i *SetTerms) fields(c *Codec) {
	Num16(c, &i.Market)
	i.Terms.Fields(c)
}

func (e *TermsSet) fields(c *Codec) {
	Num16(c, &e.Market)
	e.Terms.Fields(c)
}
