package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"portcullis/operator"
)

type statusCmd struct {
	Hash bool `help:"Only the hash of the state at its last record, to be held against journal check --to."`
	venueFlags
}

// hash shows what identifies the state.
func (c *statusCmd) hash(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.StateShow, operator.Nothing{})
	if err == nil {
		o.show(r, func(w io.Writer) { row(w, r.Seq, r.Hash) })
	}
	return err
}

func (c *statusCmd) Run(ctx context.Context, o *output) error {
	if c.Hash {
		return c.hash(ctx, o)
	}
	r, err := call(ctx, c.venueFlags, operator.StatusShow, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		health := "takes orders"
		if !r.Healthy {
			health = "takes no orders: " + r.Problem
		}
		row(w, "venue", health)
		row(w, "address", r.BaseURL)
		row(w, "version", r.Version)
		row(w, "process", r.PID)
		row(w, "started", r.Started)
		row(w, "data", r.Data)
		row(w, "operators", operators(&r))
		row(w, "records", r.Seq)
		row(w, "history up to", r.Archived)
		row(w, "venue's time", r.Time)
		if r.Frozen != "" {
			row(w, "waits stand still at", r.Frozen+": the venue stood still or its clock jumped; if the clock is right, run "+c.command("clock confirm"))
		}
		row(w, "accounts", r.Accounts)
		row(w, "keys", fmt.Sprintf("%d, revoked ones included", r.Keys))
		row(w, "assets", r.Assets)
		row(w, "markets", list(r.Markets, "none"))
		c.budgets(w, &r)
		for _, x := range r.References {
			row(w, "reference", x.Source+": "+referring(&x))
		}
		for _, x := range r.Chains {
			row(w, "chain of "+x.Asset, following(&x))
		}
		for _, d := range r.Drops {
			row(w, "dropped", describe(&d))
		}
		for _, x := range r.Incidents {
			row(w, "incident", fmt.Sprintf("%d is open since %s: %s at %s, %d keys (%s)", x.Incident, x.Opened, x.Cause, x.Network, x.Credentials, c.command("incident show %d", x.Incident)))
		}
	})
	return nil
}

// operators says who may give commands.
func operators(r *operator.Status) string {
	users := make([]string, len(r.Operators))
	for i, u := range r.Operators {
		users[i] = strconv.FormatUint(uint64(u), 10)
	}
	said := "users " + strings.Join(users, ", ")
	if len(users) == 1 {
		said = "user " + users[0]
	}
	if r.Socket != "" {
		return said + "; others than the venue's own reach it with --socket " + pasted(r.Socket)
	}
	return said
}

// budgets says whether loss budgets are in force, and what the operator has not said yet that they rest on.
func (c *statusCmd) budgets(w io.Writer, r *operator.Status) {
	if r.Valuation == "" {
		row(w, "loss budgets", "not in force: what a leaked key loses is not bounded. Say in which asset worth is counted: "+c.command("market valuation ASSET"))
		return
	}
	row(w, "loss budgets", "in force; worth is counted in "+r.Valuation)
	if len(r.Unmarked) > 0 {
		row(w, "without a tier", some(r.Unmarked)+": what is received there counts for nothing ("+c.command("market tier SYMBOL liquid|thin")+")")
	}
	if len(r.Unrouted) > 0 {
		row(w, "without a route", some(r.Unrouted)+": they count for nothing ("+c.command("market route ASSET SYMBOL…")+")")
	}
	if len(r.Stale) > 0 {
		row(w, "reference missing", some(r.Stale)+": liquid for customers worth up to the depth alone ("+c.command("market marks")+", run --reference)")
	}
	if len(r.Cooling) > 0 {
		row(w, "cooling", some(r.Cooling)+": halted, since price and volume broke out together ("+c.command("market marks")+")")
	}
}

// trouble says under a table what keeps deposits and payouts waiting, of the asset named or of all.
func trouble(w io.Writer, chains []operator.ChainState, asset string) {
	for _, x := range chains {
		if (asset == "" || x.Asset == asset) && x.Problem+x.Sending != "" {
			fmt.Fprintf(w, "Chain of %s: %s\n", x.Asset, following(&x))
		}
	}
}

// following says how a chain is.
func following(x *operator.ChainState) string {
	said := fmt.Sprintf("block %d of %d", x.Height, x.Node)
	if x.Problem != "" {
		said += "; nothing is credited or sent since " + x.Since + ": " + x.Problem
	} else if x.Sending != "" {
		said += "; payouts wait: " + x.Sending
	}
	return said
}

// referring says how an outside reference is.
func referring(x *operator.Reference) string {
	said := "nothing was taken of it yet"
	if x.Taken > 0 {
		said = fmt.Sprintf("%d prices taken, the last of %s", x.Taken, x.Dated)
	}
	if x.Problem != "" {
		said = x.Problem + "; " + said
	}
	return said
}

// some lists the first of many.
func some(names []string) string {
	const most = 20
	if n := len(names) - most; n > 0 {
		return fmt.Sprintf("%s and %d more", list(names[:most], ""), n)
	}
	return list(names, "")
}
