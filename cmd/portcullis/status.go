package main

import (
	"context"
	"fmt"
	"io"

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
		for _, d := range r.Drops {
			row(w, "dropped", describe(&d))
		}
		for _, x := range r.Incidents {
			row(w, "incident", fmt.Sprintf("%d is open since %s: %s at %s, %d keys (%s)", x.Incident, x.Opened, x.Cause, x.Network, x.Credentials, c.command("incident show %d", x.Incident)))
		}
	})
	return nil
}
