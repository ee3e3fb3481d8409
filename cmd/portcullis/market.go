package main

import (
	"context"
	"io"
	"strings"

	"portcullis/operator"
)

type marketCmd struct {
	Add        marketAddCmd    `cmd:"" help:"Define a market between two assets; it starts open."`
	List       marketListCmd   `cmd:"" help:"List markets with their terms."`
	Terms      marketTermsCmd  `cmd:"" help:"Change a market's trading terms: those that are named. 0 takes a bound away."`
	Open       marketOpenCmd   `cmd:"" help:"Let a market take orders and cancels."`
	CancelOnly marketCancelCmd `cmd:"" help:"Let a market take cancels only."`
	Halt       marketHaltCmd   `cmd:"" help:"Halt a market: cancels only, and its prices count for nothing."`

	Valuation marketValuationCmd `cmd:"" help:"Say in which asset worth is counted, once; from then on loss budgets are in force."`
	Route     marketRouteCmd     `cmd:"" help:"Say by which markets an asset is valued."`
	Tier      marketTierCmd      `cmd:"" help:"Say how far a market's prices are trusted. What is not named stays."`
	Depth     marketDepthCmd     `cmd:"" help:"Say how much stands near a market's mid price: for whom it is liquid without a reference."`
	Bands     marketBandsCmd     `cmd:"" help:"Set what stops a market's price from running away. What is not named stays."`
	Marks     marketMarksCmd     `cmd:"" help:"Show what prices count for now, and why."`
}

type marketAddCmd struct {
	Base        string `arg:"" help:"Symbol of what is traded, such as BTC."`
	Quote       string `arg:"" help:"Symbol of what it is priced in, such as USDT."`
	Tick        string `required:"" placeholder:"PRICE" help:"Prices are multiples of it; 0.01, for example."`
	MinPrice    string `required:"" placeholder:"PRICE" help:"Lowest price. One lot at it must be worth a unit of quote."`
	MaxPrice    string `required:"" placeholder:"PRICE" help:"Highest price."`
	Lot         string `required:"" placeholder:"QTY" help:"Quantities are multiples of it; 0.00001, for example."`
	MaxQty      string `required:"" placeholder:"QTY" help:"Largest quantity of one order."`
	MinNotional string `default:"0" placeholder:"AMOUNT" help:"Least price times quantity; 0 where nothing is said."`
	MakerFee    string `default:"0.001" placeholder:"FRACTION" help:"Of the maker's side; 0.001, which is 0.1%, where nothing is said. Below 0 it is a rebate out of the taker's fee."`
	TakerFee    string `default:"0.001" placeholder:"FRACTION" help:"Of the taker's side; 0.001 where nothing is said."`
	FeeIn       string `default:"received" enum:"received,base,quote" placeholder:"WHAT" help:"What fees are charged in: received (what each side receives; where nothing is said), base or quote. Rebates need base or quote."`
	venueFlags
}

func (c *marketAddCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarketAdd, operator.AddMarket{
		Base: c.Base, Quote: c.Quote, Tick: c.Tick, MinPrice: c.MinPrice, MaxPrice: c.MaxPrice, Lot: c.Lot, MaxQty: c.MaxQty,
		MinNotional: c.MinNotional, MakerFee: c.MakerFee, TakerFee: c.TakerFee, FeeIn: strings.ToUpper(c.FeeIn),
	})
	if err == nil {
		o.done(r, r.Outcome, "market %s is number %d, and open", r.Symbol, r.Market)
	}
	return err
}

type marketListCmd struct{ venueFlags }

func (c *marketListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarketList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "MARKET", "SYMBOL", "STATE", "LAST PRICE", "OPEN ORDERS", "TICK", "LOT", "MIN NOTIONAL", "MAKER FEE", "TAKER FEE", "FEE IN")
		for _, m := range r.Markets {
			row(w, m.Market, m.Symbol, m.State, orDash(m.LastPrice), m.OpenOrders, m.Tick, m.Lot, m.MinNotional, m.MakerFee, m.TakerFee, m.FeeIn)
		}
	})
	return nil
}

// marketSet is what open, cancel-only and halt have in common.
type marketSet struct {
	Symbol string `arg:"" help:"Symbol of the market, such as BTCUSDT."`
	venueFlags
}

func (c *marketSet) set(ctx context.Context, o *output, state string) error {
	r, err := call(ctx, c.venueFlags, operator.MarketSet, operator.SetMarket{Symbol: c.Symbol, State: state})
	if err == nil {
		o.done(r, r, "market %s is now %s", c.Symbol, state)
	}
	return err
}

type (
	marketOpenCmd   struct{ marketSet }
	marketCancelCmd struct{ marketSet }
	marketHaltCmd   struct{ marketSet }
)

func (c *marketOpenCmd) Run(ctx context.Context, o *output) error { return c.set(ctx, o, "OPEN") }
func (c *marketCancelCmd) Run(ctx context.Context, o *output) error {
	return c.set(ctx, o, "CANCEL_ONLY")
}
func (c *marketHaltCmd) Run(ctx context.Context, o *output) error { return c.set(ctx, o, "HALTED") }
