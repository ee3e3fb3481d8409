package main

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"portcullis/internal/daemon"
	"portcullis/journal"
	"portcullis/operator"
)

type snapshotCmd struct {
	Apart string `hidden:"" help:"The place (sequence:hash) to make a snapshot of, in this process; a venue calls itself so."`
	venueFlags
}

// Run takes a snapshot. The venue takes them by itself too; one by hand makes the next start as quick as can be.
func (c *snapshotCmd) Run(ctx context.Context, o *output) error {
	if c.Apart != "" {
		return c.apart(ctx, o)
	}
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

// apart makes a snapshot beside the venue that called this process, from files alone. It ends when the venue does.
func (c *snapshotCmd) apart(ctx context.Context, o *output) error {
	at, err := parsePlace(c.Apart)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	yield()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // ends when the venue does, and tells nothing before
		cancel()
	}()
	log, err := journal.OpenBeside(daemon.JournalDir(c.Data), journal.Options{From: at.Seq})
	if err != nil {
		return err
	}
	defer log.Close()
	t := daemon.Snapshots(c.Data).Make(ctx, log, at)
	for _, p := range t.Passed {
		o.say("%v", p.Err)
	}
	return t.Err
}

func parsePlace(text string) (p journal.Place, err error) {
	seq, hash, _ := strings.Cut(text, ":")
	if p.Seq, err = strconv.ParseUint(seq, 10, 64); err != nil {
		return p, err
	}
	b, err := hex.DecodeString(hash)
	if err == nil && len(b) != len(p.Hash) {
		err = fmt.Errorf("a hash has %d bytes", len(p.Hash))
	}
	copy(p.Hash[:], b)
	return p, err
}
