package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"portcullis/identity/notice"
	"portcullis/internal/daemon"
)

type noticesCmd struct {
	Follow  bool   `help:"Go on with what comes, until it is stopped."`
	Account uint32 `placeholder:"N" help:"Only those of this account, and of its customer's accounts where it is a master account."`
	directoryFlags
}

// lookAgain is how often who follows looks for more.
const lookAgain = 250 * time.Millisecond

// Run shows what customers and the operator are told, as it lies in the data directory.
func (c *noticesCmd) Run(ctx context.Context, o *output) error {
	if _, err := os.Stat(daemon.JournalDir(c.Data)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no venue's data in %s: name its data directory with --data", c.Data)
	}
	r := notice.NewReader(c.Data, notice.ID{})
	defer r.Close()
	for ctx.Err() == nil {
		n, line, err := r.Next()
		switch {
		case err == nil:
			c.show(o, &n, line)
		case errors.Is(err, fs.ErrNotExist), errors.Is(err, io.EOF): // nothing yet, or nothing more
			if !c.Follow {
				return nil
			}
			select {
			case <-time.After(lookAgain):
			case <-ctx.Done():
			}
		default:
			return err
		}
	}
	return nil
}

func (c *noticesCmd) show(o *output, n *notice.Notice, line []byte) {
	if c.Account != 0 && n.Account != c.Account && n.Customer != c.Account {
		return
	}
	if o.json {
		fmt.Fprintf(o.out, "%s\n", line)
		return
	}
	to := string(n.To)
	if n.Account != 0 {
		to = fmt.Sprintf("account %d", n.Account)
	}
	fmt.Fprintf(o.out, "%s  %s  to %s  (%s)\n  %s\n  %s\n", n.Time.Format("2006-01-02 15:04:05 UTC"), n.Type, to, n.ID, n.Subject, n.Text)
}

type webhookCmd struct {
	Keygen webhookKeygenCmd `cmd:"" help:"Make a secret that notices are signed with, for the venue and whoever receives them."`
}

type webhookKeygenCmd struct {
	File string `arg:"" help:"File to write; it must not be there yet."`
}

func (c *webhookKeygenCmd) Run(o *output) error {
	_, err := newFile(c.File, func(w io.Writer) error {
		_, err := w.Write(append(notice.NewSecret().Reveal(), '\n'))
		return err
	})
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%s is there already, and a secret never replaces anything: name another file", c.File)
	}
	if err != nil {
		return err
	}
	path, err := filepath.Abs(c.File)
	if err != nil {
		path = c.File
	}
	o.show(map[string]string{"file": c.File}, func(w io.Writer) {
		fmt.Fprintf(w, "The secret is in %s. Give it to who receives the notices, and run the venue with\n\n  --webhook https://… --webhook-secret %s\n", path, c.File)
	})
	return nil
}
