package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"portcullis/core/money"
	"portcullis/scenario/adversary"
	"portcullis/scenario/floor"
)

// adversaryCmd searches for the worst that a thief can do. Progress goes to standard error, the results to standard output.
type adversaryCmd struct {
	Seed          uint64 `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	BudgetSeconds int    `default:"60" help:"How long to search, all tiers together, in seconds; ${default} where nothing is said."`
	Tries         int    `help:"At most so many plans in each tier; as many as there is time for where nothing is said."`
	Tier          string `default:"all" enum:"all,liquid-referred,liquid-alone,thin-named,thin-unnamed,thin-new" help:"Which markets; ${enum}."`
	Fees          string `default:"all" enum:"all,normal,zero,rebate" help:"What trading costs; ${enum}."`
	Budgets       string `default:"on" enum:"on,off" help:"off: a venue without loss budgets, to see what the thief is able to."`
	Short         bool   `help:"Only plans of a few days, of which there is time for many."`
	Out           string `help:"Folder for what is found, made where it is missing: for each search the result as JSON, and the transcript of the best plan, each instruction of it."`
}

func (c *adversaryCmd) Run(ctx context.Context, o *output) error {
	if c.BudgetSeconds < 1 || c.Tries < 0 {
		return fmt.Errorf("%w: --budget-seconds is at least 1, and --tries is not below 0", errUsage)
	}
	worlds, err := c.worlds()
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	var results []*adversary.Result
	broken := 0
	for _, w := range worlds {
		r, err := c.search(ctx, o, w, time.Duration(c.BudgetSeconds)*time.Second/time.Duration(len(worlds)))
		if err != nil {
			return err
		}
		results = append(results, r)
		broken += len(r.Breaks)
	}
	o.show(results, func(w io.Writer) { tellSearch(w, results) })
	if broken > 0 {
		return errors.New("a bound did not hold; the plans that broke it are in the output of --json, and go with their seeds")
	}
	return nil
}

// worlds are the tiers and fees that are meant, each pair a search of its own.
func (c *adversaryCmd) worlds() (list []adversary.Options, err error) {
	tiers, fees := floor.Tiers, floor.AllFees
	if c.Tier != "all" {
		t, err := floor.ParseTier(c.Tier)
		if err != nil {
			return nil, err
		}
		tiers = []floor.Tier{t}
	}
	if c.Fees != "all" {
		f, err := floor.ParseFees(c.Fees)
		if err != nil {
			return nil, err
		}
		fees = []floor.Fees{f}
	}
	for _, t := range tiers {
		for _, f := range fees {
			list = append(list, adversary.Options{Tier: t, Fees: f, Budgets: c.Budgets == "on", Seed: c.Seed, Tries: c.Tries, Short: c.Short})
		}
	}
	return list, nil
}

// search is one search, and the transcript of its best.
func (c *adversaryCmd) search(ctx context.Context, o *output, w adversary.Options, budget time.Duration) (*adversary.Result, error) {
	if w.Tries == 0 {
		w.Tries = 1 << 40
	}
	w.Say = func(format string, args ...any) {
		o.say("%v, %v fees: %s", w.Tier, w.Fees, fmt.Sprintf(format, args...))
	}
	timed, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	r, err := adversary.Search(timed, w)
	switch {
	case err != nil:
		return nil, err
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c.Out != "":
		err = c.write(w, r)
	}
	return r, err
}

// write writes a result, and the transcript of its best plan, which is carried out again for that.
func (c *adversaryCmd) write(w adversary.Options, r *adversary.Result) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil { // #nosec G301 -- there is no secret in it
		return err
	}
	name := filepath.Join(c.Out, fmt.Sprintf("%v-%v", r.Tier, r.Fees))
	b, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(name+".json", append(b, '\n'), 0o644); err != nil { // #nosec G306 -- as above
		return err
	}
	f, err := os.Create(name + ".txt")
	if err != nil {
		return err
	}
	to := bufio.NewWriter(f)
	fmt.Fprintf(to, "%v, %v fees, seed %d, try %d: %v\n\n", r.Tier, r.Fees, r.Seed, r.TrySeed, &r.Plan)
	_, _, err = adversary.Replay(w, &r.Plan, r.TrySeed, func(line string) { fmt.Fprintln(to, line) })
	return errors.Join(err, to.Flush(), f.Close())
}

// percent is a share as people read it.
func percent(p money.PPM) string { return fmt.Sprintf("%.3f%%", float64(p)/10_000) }

// tellSearch is the table of results.
func tellSearch(w io.Writer, results []*adversary.Result) {
	row(w, "TIER", "FEES", "TRIES", "WORST 24 H", "LIMIT", "BETWEEN CONFIRMATIONS", "LIMIT", "30 DAYS", "ALL", "BREAKS", "BEST PLAN")
	for _, r := range results {
		row(w, r.Tier, r.Fees, r.Tries, percent(r.Worst.Day), percent(r.Limits.Day), percent(r.Worst.Confirmed), percent(r.Limits.Confirmed),
			percent(r.Worst.Month), percent(r.Worst.All), len(r.Breaks), r.Plan.Name)
	}
	for _, r := range results {
		fmt.Fprintf(w, "\n%v, %v fees, the plan that came nearest to its limit, to %.3f of it: %v\n", r.Tier, r.Fees, r.Strain, &r.Plan)
	}
}
