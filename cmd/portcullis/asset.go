package main

import (
	"context"
	"io"

	"portcullis/operator"
)

type assetCmd struct {
	Add  assetAddCmd  `cmd:"" help:"Define an asset."`
	List assetListCmd `cmd:"" help:"List assets, with what came in and went out."`
}

type assetAddCmd struct {
	Symbol string `arg:"" help:"1 to 12 of A-Z and 0-9, such as BTC."`
	Scale  uint8  `arg:"" help:"Decimals of its smallest unit, 0 to 12; most coins have 8."`
	venueFlags
}

func (c *assetAddCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AssetAdd, operator.AddAsset{Symbol: c.Symbol, Scale: c.Scale})
	if err == nil {
		o.done(r, r.Outcome, "asset %s is number %d", c.Symbol, r.Asset)
	}
	return err
}

type assetListCmd struct{ venueFlags }

func (c *assetListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AssetList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "ASSET", "SYMBOL", "SCALE", "CAME IN", "WENT OUT")
		for _, a := range r.Assets {
			row(w, a.Asset, a.Symbol, a.Scale, a.CameIn, a.WentOut)
		}
	})
	return nil
}
