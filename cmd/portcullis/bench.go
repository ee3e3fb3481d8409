package main

import (
	"context"
	"fmt"
	"slices"

	"portcullis/bench"
)

type benchCmd struct {
	What string `arg:"" enum:"book,engine,recover,http,all" help:"${enum}. Each works in a directory of its own and on this machine only."`
}

// measurements are what there is to measure, in the order of all.
var measurements = []struct {
	name string
	run  func(context.Context, bench.Report) error
}{
	{"book", bench.Book}, {"engine", bench.Engine}, {"recover", bench.Recover}, {"http", bench.HTTP},
}

func (c *benchCmd) Run(ctx context.Context, o *output) error {
	all := slices.Clone(measurements)
	if c.What != "all" {
		all = slices.DeleteFunc(all, func(m struct {
			name string
			run  func(context.Context, bench.Report) error
		}) bool {
			return m.name != c.What
		})
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
