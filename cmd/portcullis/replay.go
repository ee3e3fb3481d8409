package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"portcullis/core/instruction"
	"portcullis/scenario/drain"
	"portcullis/scenario/house"
	"portcullis/scenario/incident"
)

type replayCmd struct {
	Zaif2018 zaifCmd `cmd:"" name:"zaif-2018" help:"January 2018: old API keys, some of them deleted, used over one night for orders and withdrawals."`

	FtxDmg2022 ftxDmgCmd `cmd:"" name:"ftx-dmg-2022" help:"October 2022: an account traded empty through an illiquid pair against the thief's own."`
	SysUsd2022 sysUsdCmd `cmd:"" name:"sys-usd-2022" help:"The same at another venue, in SYS/USD."`
	NxtBtc2022 nxtBtcCmd `cmd:"" name:"nxt-btc-2022" help:"The same at a third venue, in NXT/BTC."`
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
	opts := incident.Options{Gate: g, Seed: c.Seed, Customers: c.Customers, Say: o.transcript()}
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

// drainCmd replays a drain. With --json the transcript goes to standard error, the result to standard output.
type drainCmd struct {
	Gate      string `default:"legacy" enum:"off,on,legacy" help:"off: a venue of the time; on: this one, with keys as it makes them; legacy: this one, with the careless keys of the time brought over as they were. ${default} where nothing is said."`
	Seed      uint64 `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	Customers int    `default:"300" help:"Honest customers around, 50 to 5000; ${default} where nothing is said."`
	First     bool   `help:"Only the first evening, where there are several."`
	Chart     string `type:"path" placeholder:"FILE" help:"Draw what the first account is worth hour by hour, without the gate and with it, as an SVG."`
}

type (
	ftxDmgCmd struct{ drainCmd }
	sysUsdCmd struct{ drainCmd }
	nxtBtcCmd struct{ drainCmd }
)

func (c *ftxDmgCmd) Run(ctx context.Context, o *output) error {
	return c.replay(ctx, o, &drain.FtxDmg2022)
}
func (c *sysUsdCmd) Run(ctx context.Context, o *output) error {
	return c.replay(ctx, o, &drain.SysUsd2022)
}
func (c *nxtBtcCmd) Run(ctx context.Context, o *output) error {
	return c.replay(ctx, o, &drain.NxtBtc2022)
}

func (c *drainCmd) replay(ctx context.Context, o *output, i *drain.Incident) error {
	g, err := house.ParseGate(c.Gate)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.Customers < drain.MinCustomers || c.Customers > drain.MaxCustomers {
		return fmt.Errorf("%w: --customers %d: must be %d to %d", errUsage, c.Customers, drain.MinCustomers, drain.MaxCustomers)
	}
	opts := drain.Options{Gate: g, Seed: c.Seed, Customers: c.Customers, First: c.First, Say: o.transcript()}
	r, err := i.Replay(ctx, opts)
	if err != nil {
		return err
	}
	if o.json {
		o.show(r, func(io.Writer) {})
	}
	if c.Chart == "" {
		return nil
	}
	return c.chart(ctx, i, opts, r.Curve)
}

// chart replays the first evening once more, without the gate, or with it where it was without, and draws both.
func (c *drainCmd) chart(ctx context.Context, i *drain.Incident, opts drain.Options, with drain.Curve) error {
	other := opts
	other.Gate, other.First, other.Say = house.Off, true, nil
	if opts.Gate == house.Off {
		other.Gate = house.On
	}
	r, err := i.Replay(ctx, other)
	if err != nil {
		return err
	}
	off, on := r.Curve, with
	if opts.Gate == house.Off {
		off, on = on, off
	}
	svg := drain.Chart(fmt.Sprintf("%s, seed %d: what the account is worth", i.Name, c.Seed), off, on)
	return os.WriteFile(c.Chart, svg, 0o644) // #nosec G306 -- a picture to be shown
}

// transcript is where the lines of a replay go: to standard error where the answer is JSON.
func (o *output) transcript() func(line string) {
	to := o.out
	if o.json {
		to = o.err
	}
	return func(line string) { fmt.Fprintln(to, line) }
}
