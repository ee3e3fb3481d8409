package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type keyFeaturesCmd struct {
	Key    string `arg:"" help:"The key's number, its name, or its text as the client sends it."`
	From   string `placeholder:"ADDRESS" help:"Also what is known of a network: that of this address, as of a request from there."`
	Symbol string `placeholder:"SYMBOL" help:"Also what is known of a market, as of an order there."`
	venueFlags
}

// Help is shown below the flags.
func (c *keyFeaturesCmd) Help() string {
	return `Examples:
  portcullis key features 7
  portcullis key features 7 --from 203.0.113.7 --symbol BTCUSDT --json

What each means is in docs/FEATURES.md, and at /docs/features on the venue.`
}

func (c *keyFeaturesCmd) Run(ctx context.Context, o *output) error {
	n, name := keyNamed(c.Key)
	r, err := call(ctx, c.venueFlags, operator.KeyFeatures, operator.ShowFeatures{Key: n, Name: name, From: c.From, Symbol: c.Symbol})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "key %d of account %d\n", r.Key, r.Account)
		row(w, "FEATURE", "VALUE", "UNIT", "WINDOW")
		for _, f := range r.Features {
			row(w, f.Feature, f.Value, f.Unit, f.Window)
		}
	})
	return nil
}
