package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/alecthomas/kong"

	"portcullis/core/instruction"
	"portcullis/rules"
	"portcullis/scenario/drain"
	"portcullis/scenario/giftcode"
	"portcullis/scenario/house"
	"portcullis/scenario/incident"
	"portcullis/scenario/leak"
)

type replayCmd struct {
	List replayListCmd `cmd:"" default:"1" help:"List the incidents that can be replayed. Also where nothing is said."`

	Zaif2018 zaifCmd `cmd:"" name:"zaif-2018" help:"January 2018: old API keys, some of them deleted, used over one night for orders and withdrawals."`

	Monappy2018 monappyCmd `cmd:"" name:"monappy-2018" help:"August and September 2018: 56 gift codes, claimed some 8,200 times, and paid over and over by a site that took a daemon's silence for a failure."`

	Commas2022 commasCmd `cmd:"" name:"3commas-2022" help:"October to December 2022: a bot platform's key store leaks; from the first victims its name, and what is shut."`

	FtxDmg2022 ftxDmgCmd `cmd:"" name:"ftx-dmg-2022" help:"October 2022: an account of $1.6 million traded empty against the thief's own in DMG/USD, an illiquid pair."`
	SysUsd2022 sysUsdCmd `cmd:"" name:"sys-usd-2022" help:"October 2022: the same at another venue, in SYS/USD; 1,053 ETH were lost."`
	NxtBtc2022 nxtBtcCmd `cmd:"" name:"nxt-btc-2022" help:"October 2022: the same at a third venue, in NXT/BTC; 301 ETH were lost."`
}

// replayListCmd lists its own siblings: what there is to replay is said once, in their help.
type replayListCmd struct{}

func (c *replayListCmd) Run(k *kong.Context, o *output) error {
	type scenario struct {
		Scenario string `json:"scenario"`
		What     string `json:"what"`
	}
	var all []scenario
	for _, n := range k.Selected().Parent.Children {
		if n != k.Selected() {
			all = append(all, scenario{n.Name, n.Help})
		}
	}
	o.show(all, func(w io.Writer) {
		for _, s := range all {
			row(w, s.Scenario, s.What)
		}
	})
	return nil
}

// zaifCmd replays the incident. With --json the transcript goes to standard error, the result to standard output.
type zaifCmd struct {
	Gate string `default:"legacy" enum:"off,on,legacy,detectors-only" help:"off: a venue of the time; on: this one, with keys as it makes them; legacy: this one, with the careless keys of the time brought over as they were; detectors-only: a venue of the time with detectors behind it, and no guarantee. ${default} where nothing is said."`
	Seed uint64 `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	replayRules
	Customers int `default:"3000" help:"Honest customers around, 1200 to 30000; ${default} where nothing is said."`
}

func (c *zaifCmd) Run(ctx context.Context, o *output) error {
	g, err := house.ParseGate(c.Gate)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if c.Customers < incident.MinCustomers || c.Customers > incident.MaxCustomers {
		return fmt.Errorf("%w: --customers %d: must be %d to %d", errUsage, c.Customers, incident.MinCustomers, incident.MaxCustomers)
	}
	pack, err := c.pack(g)
	if err != nil {
		return err
	}
	opts := incident.Options{Gate: g, Seed: c.Seed, Customers: c.Customers, Rules: pack, Say: o.transcript()}
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

// replayRules are files of detection rules to be tried against a theft.
type replayRules struct {
	Rules []string `placeholder:"FILE" help:"With --gate=detectors-only, files of rules, or folders of them, in place of the ones that a venue has by default."`
}

// pack is what the files have; nil where none are named.
func (r *replayRules) pack(g house.Gate) ([]instruction.Rule, error) {
	if len(r.Rules) == 0 {
		return nil, nil
	}
	if g != house.DetectorsOnly {
		return nil, fmt.Errorf("%w: --rules is for --gate=detectors-only, and the gate is %v", errUsage, g)
	}
	list, err := rules.Load(r.Rules)
	return rules.Plain(list), err
}

// commasCmd replays the naming and shutting of a leak's source. With --json the transcript goes to standard error.
type commasCmd struct {
	Part   string  `default:"cohort" enum:"cohort" help:"cohort: from the first victims, the source is named and shut. ${default} where nothing is said."`
	Seed   uint64  `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	Keys   int     `default:"100000" help:"API keys that there are, 5000 to 300000; ${default} where nothing is said."`
	Margin float64 `default:"6.91" help:"From which margin on the venue shuts a source by itself, in nats, 3 to 1000; below 0: never. ${default} where nothing is said."`
}

func (c *commasCmd) Run(ctx context.Context, o *output) error {
	if c.Keys < leak.MinKeys || c.Keys > leak.MaxKeys || c.Margin >= 0 && c.Margin < 3 || c.Margin > 1000 {
		return fmt.Errorf("%w: --keys is %d to %d, and --margin 3 to 1000, or below 0", errUsage, leak.MinKeys, leak.MaxKeys)
	}
	r, err := leak.Cohort2022(ctx, leak.Options{Seed: c.Seed, Keys: c.Keys, Margin: c.Margin, Say: o.transcript()})
	if err != nil {
		return err
	}
	if o.json {
		o.show(r, func(io.Writer) {})
	}
	return nil
}

// monappyCmd replays the claims of gift codes. With --json the transcript goes to standard error, the result to standard output.
type monappyCmd struct {
	Seed  uint64 `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	Naive bool   `help:"Replay the site of that summer too, on a node of its own, with a watch over what it owes."`
}

func (c *monappyCmd) Run(ctx context.Context, o *output) error {
	steps := progress{o: o, what: "steps"}
	r, err := giftcode.Monappy2018(ctx, giftcode.Options{
		Seed: c.Seed, Naive: c.Naive, Say: o.transcript(),
		Progress: func(done, total int) { steps.tell(int64(done), int64(total)) },
	})
	if err != nil {
		return err
	}
	if o.json {
		o.show(r, func(io.Writer) {})
	}
	if r.Paid != r.Owed || r.Double > 0 {
		return fmt.Errorf("this venue owed %s and paid %s, %d times too often", r.Owed, r.Paid, r.Double)
	}
	return nil
}

// drainCmd replays a drain. With --json the transcript goes to standard error, the result to standard output.
type drainCmd struct {
	Gate string `default:"legacy" enum:"off,on,legacy,detectors-only" help:"off: a venue of the time; on: this one, with keys as it makes them, loss budgets and price collars; legacy: this one, with the careless keys of the time brought over as they were and loss budgets as they are by default, which hold alone; detectors-only: a venue of the time with detectors behind it, and no guarantee. ${default} where nothing is said."`
	Seed uint64 `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	replayRules
	Customers int    `default:"300" help:"Honest customers around, 50 to 5000; ${default} where nothing is said."`
	First     bool   `help:"Only the first evening, where there are several."`
	Chart     string `type:"path" placeholder:"FILE" help:"Draw what the first account is worth hour by hour, without the gate and with it, as an SVG. Replays the first evening twice."`
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
	if d, err := os.Stat(filepath.Dir(c.Chart)); c.Chart != "" && (err != nil || !d.IsDir()) { // said before minutes of work
		return fmt.Errorf("%w: --chart %s: there is no folder %s; make it first", errUsage, c.Chart, filepath.Dir(c.Chart))
	}
	pack, err := c.pack(g)
	if err != nil {
		return err
	}
	opts := drain.Options{Gate: g, Seed: c.Seed, Customers: c.Customers, Rules: pack, First: c.First, Say: o.transcript()}
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
	return c.chart(ctx, i, opts, r)
}

// chart replays the first evening once more, without the gate, or with it where what is done was without, and draws both.
func (c *drainCmd) chart(ctx context.Context, i *drain.Incident, opts drain.Options, done drain.Result) error {
	opts.First, opts.Say = true, nil
	if opts.Gate == house.Off {
		opts.Gate = house.On
	} else {
		opts.Gate = house.Off
	}
	other, err := i.Replay(ctx, opts)
	if err != nil {
		return err
	}
	off, on := other, done
	if opts.Gate == house.On {
		off, on = done, other
	}
	return os.WriteFile(c.Chart, drain.Chart(off, on), 0o644) // #nosec G306 -- a picture to be shown
}

// transcript is where the lines of a replay go: to standard error where the answer is JSON. A bar gives way to them.
func (o *output) transcript() func(line string) {
	to := o.out
	if o.json {
		to = o.err
	}
	return func(line string) {
		o.wipe()
		fmt.Fprintln(to, line)
	}
}
