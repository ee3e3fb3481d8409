package main

import (
	"context"

	"portcullis/operator"
)

// marketTermsCmd changes those terms of a market that are named.
type marketTermsCmd struct {
	Symbol          string `arg:"" help:"Symbol of the market, such as BTCUSDT."`
	MinPrice        string `name:"min-price" placeholder:"PRICE" help:"Lowest price and stop price."`
	MaxPrice        string `name:"max-price" placeholder:"PRICE" help:"Highest price and stop price."`
	MinNotional     string `name:"min-notional" placeholder:"AMOUNT" help:"Least price times quantity."`
	MaxNotional     string `name:"max-notional" placeholder:"AMOUNT" help:"Largest price times quantity."`
	MinQty          string `name:"min-qty" placeholder:"QTY" help:"Least quantity of one order."`
	MaxQty          string `name:"max-qty" placeholder:"QTY" help:"Largest quantity of one order."`
	MarketMinQty    string `name:"market-min-qty" placeholder:"QTY" help:"Least quantity of a market order."`
	MarketMaxQty    string `name:"market-max-qty" placeholder:"QTY" help:"Largest quantity of a market order."`
	MaxPosition     string `name:"max-position" placeholder:"QTY" help:"Most of the base asset that an account may have and bid for."`
	BidUp           string `name:"bid-up" placeholder:"FACTOR" help:"Highest price of a buy, as a factor of the last price; 1.2, for example."`
	BidDown         string `name:"bid-down" placeholder:"FACTOR" help:"Lowest price of a buy."`
	AskUp           string `name:"ask-up" placeholder:"FACTOR" help:"Highest price of a sell."`
	AskDown         string `name:"ask-down" placeholder:"FACTOR" help:"Lowest price of a sell."`
	MaxToMarket     string `name:"max-to-market" placeholder:"yes|no" help:"Whether the largest price times quantity counts for market orders."`
	MinSparesMarket string `name:"min-spares-market" placeholder:"yes|no" help:"Whether the least price times quantity does not count for market orders."`
	IcebergParts    string `name:"iceberg-parts" placeholder:"N" help:"Most parts of an iceberg order."`
	MaxOrders       string `name:"max-orders" placeholder:"N" help:"Open orders of an account."`
	MaxAlgo         string `name:"max-algo-orders" placeholder:"N" help:"Orders of an account that wait for a price."`
	MaxIcebergs     string `name:"max-iceberg-orders" placeholder:"N" help:"Iceberg orders of an account."`
	MaxLists        string `name:"max-order-lists" placeholder:"N" help:"Open lists of an account."`
	MaxAmends       string `name:"max-amends" placeholder:"N" help:"Amendments of one order."`
	TrailAboveMin   string `name:"trail-above-min" placeholder:"BPS" help:"Least trailing distance of a stop above the market, in basis points."`
	TrailAboveMax   string `name:"trail-above-max" placeholder:"BPS" help:"Largest one."`
	TrailBelowMin   string `name:"trail-below-min" placeholder:"BPS" help:"Least trailing distance of a stop below the market."`
	TrailBelowMax   string `name:"trail-below-max" placeholder:"BPS" help:"Largest one."`
	venueFlags
}

func (c *marketTermsCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MarketTerms, operator.SetTerms{
		Symbol:          c.Symbol,
		MinPrice:        c.MinPrice,
		MaxPrice:        c.MaxPrice,
		MinNotional:     c.MinNotional,
		MaxNotional:     c.MaxNotional,
		MinQty:          c.MinQty,
		MaxQty:          c.MaxQty,
		MarketMinQty:    c.MarketMinQty,
		MarketMaxQty:    c.MarketMaxQty,
		MaxPosition:     c.MaxPosition,
		BidUp:           c.BidUp,
		BidDown:         c.BidDown,
		AskUp:           c.AskUp,
		AskDown:         c.AskDown,
		MaxToMarket:     c.MaxToMarket,
		MinSparesMarket: c.MinSparesMarket,
		IcebergParts:    c.IcebergParts,
		MaxOrders:       c.MaxOrders,
		MaxAlgo:         c.MaxAlgo,
		MaxIcebergs:     c.MaxIcebergs,
		MaxLists:        c.MaxLists,
		MaxAmends:       c.MaxAmends,
		TrailAboveMin:   c.TrailAboveMin,
		TrailAboveMax:   c.TrailAboveMax,
		TrailBelowMin:   c.TrailBelowMin,
		TrailBelowMax:   c.TrailBelowMax,
	})
	if err == nil {
		o.done(r, r, "market %s has other terms; exchangeInfo lists them", c.Symbol)
	}
	return err
}
