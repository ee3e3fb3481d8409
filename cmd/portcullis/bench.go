package main

import (
	"context"
	"fmt"
	"slices"

	"portcullis/bench"

	"github.com/alecthomas/kong"
)

type benchCmd struct {
	Book     figuresCmd `cmd:"" help:"Matching, against a reference book."`
	Engine   figuresCmd `cmd:"" help:"Durable instructions in process, against bare writes."`
	Recover  figuresCmd `cmd:"" help:"Recovery of a journal, against reading it."`
	Snapshot figuresCmd `cmd:"" help:"Snapshots of a million accounts, keys and orders, and who waits for them."`
	HTTP     figuresCmd `cmd:"" name:"http" help:"Signed orders over HTTP, against a bare handler."`
	Memory   figuresCmd `cmd:"" help:"What a million accounts, open orders and credentials take in memory, against the bound."`
	Drop     figuresCmd `cmd:"" help:"How long it takes to shut a million keys at once, against the bound."`
	Gate     figuresCmd `cmd:"" help:"What judging costs with 10,000 and 1,000,000 credentials, against a gate that stands open."`
	Backtest figuresCmd `cmd:"" help:"Rules tried on a journal, against its plain recovery."`
	Payouts  figuresCmd `cmd:"" help:"Payouts to a coin daemon and blocks from it, against bare sending and the bound. Needs litecoind."`
	All      figuresCmd `cmd:"" help:"All of these. Each works in a directory of its own and on this machine only."`
	Load     loadCmd    `cmd:"" help:"Load on a venue: of its own, or one that runs."`
}

// figuresCmd measures what its name says.
type figuresCmd struct{}

// measurements are what there is to measure, in the order of all.
var measurements = []measurement{
	{"book", bench.Book}, {"engine", bench.Engine}, {"recover", bench.Recover},
	{"snapshot", func(ctx context.Context, r bench.Report) error { return bench.Snapshot(ctx, self(), r) }},
	{"http", bench.HTTP}, {"memory", bench.Memory}, {"drop", bench.Drop}, {"gate", bench.Gate}, {"backtest", bench.Backtest},
	{"payouts", func(ctx context.Context, r bench.Report) error { return bench.Payouts(ctx, self(), r) }},
}

type measurement struct {
	name string
	run  func(context.Context, bench.Report) error
}

func (c *figuresCmd) Run(ctx context.Context, call *kong.Context, o *output) error {
	name := call.Selected().Name
	all := slices.Clone(measurements)
	if name != "all" {
		all = slices.DeleteFunc(all, func(m measurement) bool { return m.name != name })
	}
	for _, m := range all {
		if err := m.run(ctx, o.figure); err != nil {
			return err
		}
	}
	return nil
}

// figure writes one figure as soon as it is there.
func (o *output) figure(r bench.Result) {
	if o.json {
		o.line(r)
		return
	}
	fmt.Fprintf(o.out, "%s\n  %14.4g %s\n  %14.4g %s  (%s)\n  %14.2f times\n", r.Name, r.Value, r.Unit, r.BaselineValue, r.Unit, r.BaselineName, r.Ratio)
}
