package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"portcullis/inquest/cohort"
	"portcullis/inquest/finding"
	"portcullis/inquest/foreign"
)

type inquestCmd struct {
	Import inquestImportCmd `cmd:"" help:"What stolen keys have in common, from a log of any venue: CSV or JSON lines of key use, creation and deletion."`
}

type inquestImportCmd struct {
	File    string `arg:"" optional:"" help:"The file (- is standard input)."`
	Example bool   `help:"Print a small file, and do nothing else."`
}

func (c *inquestImportCmd) Help() string {
	text := `Needs no venue: whoever keeps a log of API keys can ask it. A line is an event of a key, in any order; in the order of time it tells more. CSV begins with a line that names the columns, in any order; JSON lines have the same names.

  time         2022-10-14T21:05:00Z, 2022-10-14, or seconds or milliseconds since 1970
  event        what happened, see below
  key          the key's name; never its secret
  account      whose it is; one customer counts once
  integrator   the third party that the key was given to (create, link)
  network      address or network that it was used from (use, abuse)
  client       any name of the program that it was used with (use)

Events:

`
	for _, e := range foreign.Events {
		text += fmt.Sprintf("  %-12s %s\n", e[0], e[1])
	}
	return text + "\nAll keys belong in it, not only those that were stolen: what is common is held against what is usual. Lines that are wrong are told with their numbers, and left out."
}

// imported is the answer for scripts.
type imported struct {
	Lines    int `json:"lines"`    // with an event
	Rejected int `json:"rejected"` // of them
	*finding.Finding
}

func (c *inquestImportCmd) Run(ctx context.Context, o *output) error {
	if c.Example {
		_, err := io.WriteString(o.out, foreign.Example)
		return err
	}
	if c.File == "" {
		return fmt.Errorf("%w: name a file, - for standard input, or ask for --example", errUsage)
	}
	f, size := os.Stdin, int64(0)
	if c.File != "-" {
		var err error
		if f, err = os.Open(c.File); err != nil {
			return fmt.Errorf("the log: %w", err)
		}
		defer f.Close()
		if s, err := f.Stat(); err == nil && s.Mode().IsRegular() {
			size = s.Size()
		}
	}
	read := progress{o: o, what: "bytes read"}
	log, err := foreign.Read(ctx, f, foreign.Options{
		Problem:  func(line int, what string) { o.say("line %d: %s", line, what) },
		Progress: func(n int64) { read.at(n, size) },
	})
	if err != nil {
		return fmt.Errorf("the log: %w", err)
	}
	if len(log.Keys) == 0 {
		return errors.New("the log: no line of it tells of a key")
	}
	keys := cohort.Of(log.Keys)
	r := keys.Report(log.Victims)
	found := finding.Of(keys, log.Victims, &r)
	o.show(imported{log.Lines, log.Wrong, found}, found.Text)
	if log.Wrong > 0 {
		return fmt.Errorf("%d of %d lines are wrong and were left out", log.Wrong, log.Lines)
	}
	return nil
}
