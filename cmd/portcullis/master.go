package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type masterCmd struct {
	List   masterListCmd   `cmd:"" help:"List the master keys by name, with how many secrets are sealed under each."`
	Rotate masterRotateCmd `cmd:"" help:"Make a new master key and seal every secret under it. The older ones stay in the file."`
	Reseal masterResealCmd `cmd:"" help:"Seal under the newest key what is sealed under older ones, after a rotation that broke off."`
	Forget masterForgetCmd `cmd:"" help:"Take an older master key out of the file, for ever."`
}

type masterListCmd struct{ venueFlags }

func (c *masterListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MasterList, operator.Nothing{})
	if err == nil {
		o.master(r, "")
	}
	return err
}

type masterRotateCmd struct{ venueFlags }

func (c *masterRotateCmd) Run(ctx context.Context, o *output) error {
	r, err := longCall(ctx, c.venueFlags, operator.MasterRotate, operator.Nothing{})
	if err == nil {
		o.master(r, "A new master key seals everything from now on. Copy its file to where the old one is kept. Backups, and records of\n"+
			"before, still need the older ones: keep those, or forget them deliberately.\n")
	}
	return err
}

type masterResealCmd struct{ venueFlags }

func (c *masterResealCmd) Run(ctx context.Context, o *output) error {
	r, err := longCall(ctx, c.venueFlags, operator.MasterReseal, operator.Nothing{})
	if err == nil {
		o.master(r, "")
	}
	return err
}

type masterForgetCmd struct {
	ID string `arg:"" help:"The key's name, as list has it."`
	venueFlags
}

func (c *masterForgetCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.MasterForget, operator.ForgetMaster{ID: c.ID})
	if err == nil {
		o.master(r, "The key is gone from the venue's file. Secrets in backups and records of its time open only with other copies of it.\n")
	}
	return err
}

// master writes what master keys there are.
func (o *output) master(r operator.MasterKeys, then string) {
	o.show(r, func(w io.Writer) {
		row(w, "MASTER KEY", "SECRETS", "USE")
		for _, k := range r.Keys {
			use := "older"
			if k.Newest {
				use = "newest"
			}
			row(w, k.ID, k.Secrets, use)
		}
		if r.Resealed > 0 {
			fmt.Fprintf(w, "sealed anew: %d\n", r.Resealed)
		}
		fmt.Fprint(w, then)
	})
}
