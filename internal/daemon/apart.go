package daemon

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"time"

	"portcullis/engine"
	"portcullis/journal"
)

// Apart gives a maker of snapshots that runs the program itself, as snapshot --apart, beside the venue. The venue shares
// nothing with it but the machine, and the memory for a copy of the state is gone with it.
func Apart(self, dir string) func(context.Context, journal.Place) engine.Taken {
	return func(ctx context.Context, at journal.Place) engine.Taken {
		began := time.Now()
		keep := Snapshots(dir)
		var t engine.Taken
		t.From, _ = newest(keep) // what cannot be listed fails below
		complaints, err := apart(ctx, self, dir, at)
		for line := range strings.Lines(complaints) {
			t.Passed = append(t.Passed, engine.Passed{Err: errors.New(strings.TrimSpace(line))})
		}
		var unlisted error
		if t.Snapshot, unlisted = newest(keep); err == nil && t.Snapshot.Place != at {
			err = errors.Join(fmt.Errorf("daemon: the snapshot of record %d is not there", at.Seq), unlisted)
		}
		t.Took, t.Err = time.Since(began), err
		return t
	}
}

// apart runs the process, and gives what it complained of: a line for each snapshot that it could not use.
func apart(ctx context.Context, self, dir string, at journal.Place) (string, error) {
	// The process ends when this pipe does, and so with the venue, however that ends.
	r, w, err := os.Pipe()
	if err != nil {
		return "", fmt.Errorf("daemon: %w", err)
	}
	defer w.Close()
	defer r.Close()
	// #nosec G204 -- the program itself, with a directory that its operator named
	cmd := exec.CommandContext(ctx, self, "snapshot", "--data", dir, "--apart", fmt.Sprintf("%d:%s", at.Seq, at.Hash))
	cmd.Args[0] = os.Args[0] // the name that people know it by
	var complaints bytes.Buffer
	cmd.Stdin, cmd.Stderr = r, &complaints
	cmd.Env = append(os.Environ(), "GOMAXPROCS=1") // there is no hurry
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("daemon: the process that makes snapshots: %w: %s", err, strings.TrimSpace(complaints.String()))
	}
	return complaints.String(), nil
}
