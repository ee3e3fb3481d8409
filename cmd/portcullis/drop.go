package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"portcullis/operator"
)

type dropCmd struct {
	Withdrawals dropWithdrawalsCmd `cmd:"" help:"Shut withdrawals."`
	Claims      dropClaimsCmd      `cmd:"" help:"Shut claims of gift codes."`
	Trading     dropTradingCmd     `cmd:"" help:"Shut new orders. Resting orders stay, and can be cancelled."`
	Keys        dropKeysCmd        `cmd:"" help:"Shut all that API keys may do but reading and cancelling, and cancel their resting orders."`
	StepUp      dropStepUpCmd      `cmd:"" help:"Shut all that API keys may do but reading and cancelling, each until its owner confirms it."`
	List        dropListCmd        `cmd:"" help:"List what is shut."`
}

// dropFlags are what every drop is given with. Together they narrow it.
type dropFlags struct {
	Asset         string   `placeholder:"SYMBOL" help:"Only what moves this asset, or trades in its markets."`
	Network       []string `placeholder:"CIDR" help:"Only requests from this network; it may be given several times. A drop of keys by network cancels no orders."`
	Integrator    string   `placeholder:"NAME" help:"Only keys that were made for this third party."`
	CreatedBefore string   `placeholder:"TIME" help:"Only keys created before: 2027-01-31, which means its begin in UTC, or 2027-01-31T12:00:00Z."`
	CreatedAfter  string   `placeholder:"TIME" help:"Only keys created then or later, written alike."`
	AliveAt       string   `placeholder:"TIME" help:"Only keys that a copy of that moment has: created by then, and not deleted."`
	Reason        string   `placeholder:"TEXT" help:"Why, as customers are told; at most 200 bytes."`
	Until         string   `placeholder:"TIME" help:"Until when, as customers are told: 2027-01-31, 2027-01-31T12:00:00Z, or after 90m or 12h. It opens nothing: only raise does."`
	venueFlags
}

func (f *dropFlags) drop(ctx context.Context, o *output, class string) error {
	r, err := call(ctx, f.venueFlags, operator.DropNow, operator.Drop{
		Class: class, Reason: f.Reason, Until: f.Until,
		Scope: operator.Scope{Asset: f.Asset, Networks: f.Network, Integrator: f.Integrator, CreatedBefore: f.CreatedBefore, CreatedAfter: f.CreatedAfter, AliveAt: f.AliveAt},
	})
	if err == nil {
		o.show(r, func(w io.Writer) {
			fmt.Fprintf(w, "%s dropped: drop %d (record %d)\n", class, r.Drops[0], r.Seq)
			fmt.Fprintln(w, f.reach(class, r.Reach))
			fmt.Fprintf(w, "To open it again: %s\n", f.command("raise %d", r.Drops[0]))
		})
	}
	return err
}

// reach says whom a drop is for.
func (f *dropFlags) reach(class string, r *operator.Reach) string {
	if r == nil {
		return "The venue stopped before it said how many keys that shuts."
	}
	text := fmt.Sprintf("It shuts %d of %d living keys", r.Keys, r.Of)
	if r.Everyone {
		text = fmt.Sprintf("No scope is named, so it is for everyone: it shuts all %d living keys", r.Of)
	}
	switch class {
	case "KEYS":
	case "STEP_UP":
		text += ", each until its owner confirms it"
	default:
		text += " to " + strings.ToLower(class)
	}
	if f.Asset != "" {
		text += ", in what moves " + f.Asset
	}
	if len(f.Network) > 0 {
		text += ", where they are used from " + strings.Join(f.Network, " or ")
	}
	return text + "; owners' keys go on."
}

type (
	dropWithdrawalsCmd struct{ dropFlags }
	dropClaimsCmd      struct{ dropFlags }
	dropTradingCmd     struct{ dropFlags }
	dropKeysCmd        struct{ dropFlags }
	dropStepUpCmd      struct{ dropFlags }
)

func (c *dropWithdrawalsCmd) Run(ctx context.Context, o *output) error {
	return c.drop(ctx, o, "WITHDRAWALS")
}
func (c *dropClaimsCmd) Run(ctx context.Context, o *output) error  { return c.drop(ctx, o, "CLAIMS") }
func (c *dropTradingCmd) Run(ctx context.Context, o *output) error { return c.drop(ctx, o, "TRADING") }
func (c *dropKeysCmd) Run(ctx context.Context, o *output) error    { return c.drop(ctx, o, "KEYS") }
func (c *dropStepUpCmd) Run(ctx context.Context, o *output) error  { return c.drop(ctx, o, "STEP_UP") }

type dropListCmd struct{ venueFlags }

func (c *dropListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.DropList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "DROP", "CLASS", "SINCE", "RAISED FOR", "WHERE", "UNTIL", "REASON")
		for _, d := range r.Drops {
			row(w, d.Drop, d.Class, d.Since, fmt.Sprint(d.Share, "%"), where(&d), orDash(d.Until), orDash(d.Reason))
		}
	})
	return nil
}

// where is the scope of a drop for people.
func where(d *operator.Dropped) string {
	var parts []string
	for _, x := range []struct{ name, value string }{
		{"asset", d.Scope.Asset}, {"network", strings.Join(d.Scope.Networks, "|")}, {"integrator", d.Scope.Integrator},
		{"created-before", d.Scope.CreatedBefore}, {"created-after", d.Scope.CreatedAfter}, {"alive-at", d.Scope.AliveAt},
	} {
		if x.value != "" {
			parts = append(parts, x.name+"="+x.value)
		}
	}
	return list(parts, "everywhere")
}

// describe is a drop in one line.
func describe(d *operator.Dropped) string {
	text := fmt.Sprintf("%s %s (drop %d, raised for %d%%)", d.Class, where(d), d.Drop, d.Share)
	if d.Sweeping {
		text += "; orders of its keys are being cancelled"
	}
	return text
}

type raiseCmd struct {
	Which []string `arg:"" help:"Numbers of drops, or one class: withdrawals, claims, trading, keys or step-up."`
	Share uint     `default:"100" placeholder:"PERCENT" help:"Percent of the customers for whom it is opened; whoever is open stays open as the share grows. 100 where nothing is said."`
	venueFlags
}

func (c *raiseCmd) Run(ctx context.Context, o *output) error {
	if c.Share == 0 || c.Share > 100 {
		return fmt.Errorf("%w: --share is 1 to 100 percent", errUsage)
	}
	in := operator.Raise{Share: uint8(c.Share)} // #nosec G115 -- just checked
	for _, text := range c.Which {
		n, err := strconv.ParseUint(text, 10, 32)
		switch {
		case err == nil:
			in.Drops = append(in.Drops, uint32(n))
		case len(c.Which) == 1:
			in.Class = strings.ReplaceAll(text, "-", "_") // as the command that dropped it is called
		default:
			return fmt.Errorf("%w: name drops by their numbers, or one class; %q is no number", errUsage, text)
		}
	}
	r, err := call(ctx, c.venueFlags, operator.RaiseNow, in)
	if err == nil {
		o.done(r, r.Outcome, "raised for %d%% of the customers: %s", c.Share, drops(r.Drops))
	}
	return err
}

// drops names drops.
func drops(list []uint32) string {
	var out []string
	for _, n := range list {
		out = append(out, fmt.Sprint("drop ", n))
	}
	return strings.Join(out, " and ")
}
