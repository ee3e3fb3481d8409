package main

import (
	"context"
	"io"

	"portcullis/operator"
)

type feesCmd struct {
	Tier feesTierCmd `cmd:"" help:"Set what the accounts of a tier pay, and list it."`
}

type feesTierCmd struct {
	Set  feesTierSetCmd  `cmd:"" help:"Set what the accounts of a tier pay from now on."`
	List feesTierListCmd `cmd:"" help:"List what each tier pays in each market."`
}

type feesTierSetCmd struct {
	Tier    uint8    `arg:"" help:"The tier, 1 to 32; 0 sets the markets' own fees, which accounts without a tier pay."`
	Maker   string   `required:"" placeholder:"FRACTION" help:"The maker's fee; 0.0008, for example, is 0.08%. Below 0 it is a rebate out of the taker's fee."`
	Taker   string   `required:"" placeholder:"FRACTION" help:"The taker's fee."`
	Symbols []string `placeholder:"SYMBOL" help:"Markets in which; every market that there is where none are named."`
	venueFlags
}

func (c *feesTierSetCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.FeesSet, operator.SetFees{Tier: c.Tier, Symbols: c.Symbols, Maker: c.Maker, Taker: c.Taker})
	if err == nil {
		o.done(r, r, "tier %d pays %s as a maker and %s as a taker in: %s", c.Tier, c.Maker, c.Taker, list(c.Symbols, "every market"))
	}
	return err
}

type feesTierListCmd struct{ venueFlags }

func (c *feesTierListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.FeesList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "SYMBOL", "TIER", "MAKER FEE", "TAKER FEE", "FEE IN")
		for _, f := range r.Fees {
			row(w, f.Symbol, f.Tier, f.Maker, f.Taker, f.FeeIn)
		}
	})
	return nil
}
