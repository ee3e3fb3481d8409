package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
	"portcullis/scenario/incident"
)

type replayCmd struct {
	Zaif2018 zaifCmd `cmd:"" name:"zaif-2018" help:"January 2018: old API keys, some of them deleted, used over one night for orders and withdrawals."`
}

// zaifCmd replays the incident. With --json the transcript goes to standard error, the result to standard output.
type zaifCmd struct {
	Gate      string `default:"legacy" enum:"off,on,legacy" help:"off: a venue of the time; on: this one, with keys as it makes them; legacy: this one, with the careless keys of the time brought over as they were. ${default} where nothing is said."`
	Seed      uint64 `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	Customers int    `default:"3000" help:"Honest customers around, 1200 to 30000; ${default} where nothing is said."`
}

func (c *zaifCmd) Run(ctx context.Context, o *output) error {
	g, err := house.ParseGate(c.Gate)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.Customers < incident.MinCustomers || c.Customers > incident.MaxCustomers {
		return fmt.Errorf("%w: --customers %d: must be %d to %d", errUsage, c.Customers, incident.MinCustomers, incident.MaxCustomers)
	}
	opts := incident.Options{Gate: g, Seed: c.Seed, Customers: c.Customers, Say: func(line string) { fmt.Fprintln(o.out, line) }}
	if o.json {
		opts.Say = func(line string) { fmt.Fprintln(o.err, line) }
	}
	// As much each, whatever their number.
	opts.Pace = 2 * instruction.Second * 3000 / instruction.Time(c.Customers)
	r, err := incident.Zaif2018(ctx, opts)
	if err != nil {
		return err
	}
	if o.json {
		o.show(r, func(io.Writer) {})
	}
	return nil
}
