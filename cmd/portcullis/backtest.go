package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/internal/daemon"
	"portcullis/journal"
	"portcullis/rules"
	"portcullis/rules/backtest"
)

// backtestCmd says what rules would have done. Nothing is changed anywhere.
type backtestCmd struct {
	Rules   []string `arg:"" optional:"" name:"rules" placeholder:"RULES" help:"Files of rules, or folders of them; the pack that a venue starts with where none is named."`
	Journal string   `placeholder:"DIR" default:"portcullis-data" help:"A venue's data directory, or its journal's folder; ${default} where nothing is said. A venue may be running on it."`
	Labels  string   `placeholder:"FILE" help:"Who was a thief, and when: see --example. Where none is named, the incidents on record say so."`
	From    string   `placeholder:"WHEN" help:"First record that is asked about: its number, or a time such as 2026-11-21T05:17:55Z."`
	To      string   `placeholder:"WHEN" help:"Last record, or the time that all of them lie before."`
	Example bool     `help:"Print a file of labels, and do nothing else."`
}

func (c *backtestCmd) Help() string {
	return `What rules would have done with what a journal has: how often each fires and on whom, what it stops of honest people, and what it catches of
thieves, beside what the rules in force did at the time. The rules are asked by the venue's own code, with the features as they were before each
record. Whose what was, labels say; docs/BACKTEST.md says what is counted.

  portcullis backtest my-rules.yaml --journal portcullis-data --labels thieves.csv`
}

func (c *backtestCmd) Run(ctx context.Context, o *output) error {
	if c.Example {
		_, err := io.WriteString(o.out, backtest.LabelsExample)
		return err
	}
	opts, err := c.options()
	if err != nil {
		return err
	}
	log, keep, err := openJournal(c.Journal)
	if err != nil {
		return err
	}
	defer log.Close()
	if opts.From, err = recordAt(log, "from", c.From); err != nil {
		return err
	}
	if opts.To, err = recordAt(log, "to", c.To); err != nil {
		return err
	}
	if c.To != "" && strings.ContainsAny(c.To, "-:") {
		opts.To-- // a time that all lie before
	}
	if last := log.Last(); opts.From > last || c.To != "" && opts.To < max(opts.From, log.First()) {
		return fmt.Errorf("%w: no record lies between --from %s and --to %s: the journal has %d to %d", errUsage, cmp.Or(c.From, "the first"), cmp.Or(c.To, "the last"), log.First(), last)
	}
	folded := progress{o: o, what: "records folded"}
	opts.Progress = func(done, total uint64) { folded.at(int64(done), int64(total)) } // #nosec G115 -- a journal has no 2^63 records
	r, err := backtest.Run(ctx, log, keep, opts)
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) { tellBacktest(w, r) })
	return nil
}

// options are the rules and the labels.
func (c *backtestCmd) options() (o backtest.Options, err error) {
	list, err := rules.Default()
	if len(c.Rules) > 0 {
		list, err = rules.Load(c.Rules)
	}
	if err != nil {
		return o, err
	}
	o.Rules = rules.Plain(list)
	if c.Labels == "" {
		return o, nil
	}
	f, err := os.Open(c.Labels)
	if err != nil {
		return o, err
	}
	defer f.Close()
	o.Labels, err = backtest.ReadLabels(c.Labels, f)
	return o, err
}

// openJournal opens a journal to be read, by its own folder or by the data directory that it lies in, and what snapshots lie beside it.
func openJournal(dir string) (*journal.Files, engine.Snapshots, error) {
	if segments, err := filepath.Glob(filepath.Join(dir, "*.seg")); err == nil && len(segments) > 0 {
		log, err := journal.OpenBeside(dir, journal.Options{})
		return log, daemon.Snapshots(filepath.Dir(filepath.Clean(dir))), err
	}
	log, err := directoryFlags{Data: dir}.open()
	if err != nil {
		err = fmt.Errorf("--journal %s: %w", dir, err)
	}
	return log, daemon.Snapshots(dir), err
}

// recordAt reads the number of a record, or is the first of a time or later.
func recordAt(log journal.Log, flag, text string) (uint64, error) {
	if text == "" {
		return 0, nil
	}
	if n, err := strconv.ParseUint(text, 10, 64); err == nil && n > 0 {
		return n, nil
	}
	for _, form := range []string{time.RFC3339, time.DateOnly} {
		if t, err := time.Parse(form, text); err == nil {
			return backtest.From(log, instruction.TimeOf(t))
		}
	}
	return 0, fmt.Errorf("%w: --%s %q is neither a record's number, from 1 on, nor a time such as 2026-11-21T05:17:55Z or 2026-11-21", errUsage, flag, text)
}

// tellBacktest is the report for people.
func tellBacktest(w io.Writer, r *backtest.Report) {
	begun, _ := r.Begun.MarshalText()
	ended, _ := r.Ended.MarshalText()
	fmt.Fprintf(w, "records\t%d to %d, %s to %s\n", r.First, r.Last, begun, ended)
	if r.Older > 0 {
		fmt.Fprintf(w, "\t%d of them are of an older layout, which teaches no features: not asked about\n", r.Older)
	}
	fmt.Fprintf(w, "judged\t%d orders, %d withdrawals, %d transfers\n", r.Judged.Orders, r.Judged.Withdrawals, r.Judged.Transfers)
	switch r.Labels {
	case "none":
		fmt.Fprintf(w, "thieves\tnone are known: no incident is on record, and no --labels are given\n\n")
	default:
		fmt.Fprintf(w, "thieves\t%d keys, by the %s; %d of what was judged; they lost %s\n\n", r.Keys, r.Labels, r.Theft.All(), amount(r.Lost, r.Asset))
	}
	row(w, "RULE", "WHEN", "SAYS", "FIRED", "PER 10,000", "PRECISION", "RECALL", "KEYS", "HONEST", "PREVENTED", "ON RECORD: SAME", "NEW", "GONE")
	for i := range r.Rules {
		x := &r.Rules[i]
		says := x.Response.String()
		if x.Shadow {
			says += " (shadow)"
		}
		row(w, x.Name, x.When, says, x.Fired.Fired, ratio(x.Rate, 1), ratio(x.Precision, 100), ratio(x.Recall, 100), x.Keys, x.Honest(),
			amount(x.Prevented, ""), x.Fires.Both, x.Fires.Candidate, x.Fires.Record)
	}
	fmt.Fprintln(w)
	row(w, "TOGETHER", "DENIED", "CHALLENGED", "HELD", "PRECISION", "RECALL", "KEYS", "HONEST", "PER 10,000", "HONEST KEYS", "SHUT", "PREVENTED")
	tellPack(w, "these rules", &r.Candidate)
	tellPack(w, "on record", &r.Record)
	fmt.Fprintf(w, "\nstopped by both %d, by these rules alone %d, on record alone %d\n", r.Stopped.Both, r.Stopped.Candidate, r.Stopped.Record)
	if len(r.Candidate.Most) > 0 {
		var hits []string
		for _, h := range r.Candidate.Most {
			hits = append(hits, fmt.Sprintf("%d (%d)", h.Account, h.Stopped))
		}
		fmt.Fprintf(w, "honest accounts stopped most\t%s\n", strings.Join(hits, ", "))
	}
	tellOld(w, r.Old)
}

func tellPack(w io.Writer, name string, p *backtest.Pack) {
	row(w, name, p.Denied, p.Challenged, p.Held, ratio(p.Precision, 100), ratio(p.Recall, 100), p.Keys, p.Honest, ratio(p.Blocked, 1), p.HonestKeys, p.Shut, amount(p.Prevented, ""))
}

// tellOld is what rules did that were in force.
func tellOld(w io.Writer, old []backtest.Old) {
	if len(old) == 0 {
		return
	}
	fmt.Fprintln(w)
	row(w, "ON RECORD", "NUMBER", "FIRED", "STOPPED", "HONEST", "PRECISION")
	for i := range old {
		x := &old[i]
		row(w, x.Name, x.ID, x.Fired.Fired, x.Stopped, x.Honest(), ratio(x.Precision, 100))
	}
}

// ratio is a share as people read it: of so many.
func ratio(x *float64, of float64) string {
	if x == nil {
		return "-"
	}
	text := strconv.FormatFloat(*x*of, 'f', 2, 64)
	if of == 100 {
		text += "%"
	}
	return text
}

func amount(s backtest.Sum, asset string) string {
	return strings.TrimSpace(s.String() + " " + asset)
}
