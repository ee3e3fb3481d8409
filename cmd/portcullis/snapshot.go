package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type snapshotCmd struct{ venueFlags }

// Run takes a snapshot. The venue takes them by itself too; one by hand makes the next start as quick as can be.
func (c *snapshotCmd) Run(ctx context.Context, o *output) error {
	r, err := longCall(ctx, c.venueFlags, operator.SnapshotTake, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "the state as of record %d is on disk\n", r.Seq)
		row(w, "file", "snapshots/"+r.File)
		row(w, "bytes", r.Bytes)
		row(w, "journal", r.Head)
		row(w, "state", r.State)
	})
	return nil
}
