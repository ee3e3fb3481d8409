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
	"portcullis/operator"
)

type inquestCmd struct {
	Cohort    inquestCohortCmd    `cmd:"" help:"What the keys of open incidents have in common, and what could be shut."`
	Shut      inquestShutCmd      `cmd:"" help:"Shut a source's keys, and ask owners to confirm the rest of them."`
	Automatic inquestAutomaticCmd `cmd:"" help:"Let the venue shut a source by itself from a margin on, or end that."`
	Import    inquestImportCmd    `cmd:"" help:"What stolen keys have in common, from a log of any venue: CSV or JSON lines of key use, creation and deletion."`
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

type inquestCohortCmd struct {
	Incident uint32 `placeholder:"NUMBER" help:"Only the victims of this incident; all that are open where nothing is said."`
	venueFlags
}

func (c *inquestCohortCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.InquestCohort, operator.AskCohort{Incident: c.Incident})
	if err != nil {
		return err
	}
	for i := range r.Next {
		r.Next[i].Command = c.here(r.Next[i].Command)
	}
	o.show(r, func(w io.Writer) {
		r.Text(w)
		if r.Automatic == "" {
			fmt.Fprintln(w, "\nThe venue shuts no source by itself; portcullis inquest automatic lets it.")
		} else {
			fmt.Fprintf(w, "\nThe venue shuts a source by itself from a margin of %s on.\n", r.Automatic)
		}
		if len(r.Next) > 0 {
			fmt.Fprintln(w, "\nWhat you can do next:")
		}
		for _, a := range r.Next {
			row(w, "  "+a.Command)
			row(w, "      "+a.Why)
		}
	})
	return nil
}

type inquestShutCmd struct {
	Integrator    string   `placeholder:"NAME" help:"Keys that were made for this third party."`
	CreatedBefore string   `placeholder:"TIME" help:"Keys created before: 2027-01-31, which means its begin in UTC, or 2027-01-31T12:00:00Z."`
	CreatedAfter  string   `placeholder:"TIME" help:"Keys created then or later."`
	AliveAt       string   `placeholder:"TIME" help:"Keys that a copy of that moment has: created by then, and not deleted."`
	Network       []string `placeholder:"CIDR" help:"Only requests from this network; it may be given several times."`
	ConfirmRest   bool     `help:"The rest of the third party's keys reads and cancels until their owners confirm each."`
	Incident      uint32   `placeholder:"NUMBER" help:"The incident that it belongs to."`
	Reason        string   `placeholder:"TEXT" help:"Why, as customers are told; at most 200 bytes."`
	venueFlags
}

func (c *inquestShutCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.InquestShut, operator.ShutCohort{
		Incident: c.Incident, Rest: c.ConfirmRest, Reason: c.Reason,
		Scope: operator.Scope{Integrator: c.Integrator, CreatedBefore: c.CreatedBefore, CreatedAfter: c.CreatedAfter, AliveAt: c.AliveAt, Networks: c.Network},
	})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		fmt.Fprintf(w, "shut: drop %d (record %d)", r.Inside, r.Seq)
		if r.Rest != 0 {
			fmt.Fprintf(w, "; until confirmed: drop %d", r.Rest)
		}
		fmt.Fprintln(w)
		if r.Reach != nil {
			fmt.Fprintf(w, "It shuts %d of %d living keys; owners' keys go on.\n", r.Reach.Keys, r.Reach.Of)
		}
		open := fmt.Sprint(r.Inside)
		if r.Rest != 0 {
			open += fmt.Sprint(" ", r.Rest)
		}
		fmt.Fprintf(w, "To open it again: %s\n", c.command("raise %s", open))
	})
	return nil
}

type inquestAutomaticCmd struct {
	Margin string `arg:"" help:"In nats, from 3 to 1000: 6.91 is odds of 1,000 to 1; or off."`
	venueFlags
}

func (c *inquestAutomaticCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.InquestAutomatic, operator.SetAutomatic{Margin: c.Margin})
	if err != nil {
		return err
	}
	if c.Margin == "off" {
		o.done(r, r, "the venue shuts no source by itself")
	} else {
		o.done(r, r, "from a margin of %s nats on the venue shuts a source by itself; only you raise it", c.Margin)
	}
	return nil
}
