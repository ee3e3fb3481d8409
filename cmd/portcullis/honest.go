package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"portcullis/core/instruction"
	"portcullis/rules"
	"portcullis/scenario/floor"
	"portcullis/scenario/honest"
)

// honestCmd measures how often honest people are stopped by budgets and by detection rules. Progress goes to standard error, the result to standard
// output.
type honestCmd struct {
	Seed         uint64   `default:"1" help:"What is random comes from it; ${default} where nothing is said."`
	Tier         string   `default:"all" enum:"all,liquid-referred,liquid-alone,thin-named" help:"Which markets; ${enum}."`
	Instructions int      `default:"1000000" help:"How many instructions of people who are promised something, in each tier; ${default} where nothing is said."`
	Data         string   `default:"../shared/data" env:"PORTCULLIS_DATA" help:"Folder of recorded prices; ${default} where nothing is said. Where it has none, prices are synthetic, and the result says so."`
	Rules        []string `placeholder:"FILE" help:"Files of detection rules, or folders of them, in place of the ones that a venue has by default."`
	Page         bool     `help:"Write the page of the docs, in Markdown."`
}

// mostDays is how long a measurement goes on at most, in simulated time: nobody needs so long.
const mostDays = 3_650

func (c *honestCmd) Run(ctx context.Context, o *output) error {
	if c.Instructions < 1 {
		return fmt.Errorf("%w: --instructions %d: must be at least 1", errUsage, c.Instructions)
	}
	tiers := honest.Tiers
	if c.Tier != "all" {
		t, err := floor.ParseTier(c.Tier)
		if err != nil {
			return fmt.Errorf("%w: %w", errUsage, err)
		}
		tiers = []floor.Tier{t}
	}
	var pack []instruction.Rule
	if len(c.Rules) > 0 {
		list, err := rules.Load(c.Rules)
		if err != nil {
			return err
		}
		pack = rules.Plain(list)
	}
	prices, err := honest.Read(os.DirFS(c.Data))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.say("not all recorded prices are in --data %s (%v), so prices are synthetic; recorded are %s", c.Data, err, strings.Join(honest.Sources(), ", "))
	case err != nil:
		return err
	}
	var results []*honest.Result
	held := true
	for _, t := range tiers {
		r, err := honest.Measure(ctx, honest.Options{Tier: t, Seed: c.Seed, Groups: honest.Groups(t), Days: mostDays, Enough: c.Instructions, Rules: pack, Prices: prices, Say: o.say})
		if err != nil {
			return err
		}
		results, held = append(results, r), held && r.Held() && r.Rules.Held()
	}
	if !c.Page || o.json {
		o.show(results, func(w io.Writer) { tellHonest(w, results) })
	} else if err := honest.Page(o.out, results); err != nil {
		return err
	}
	if !held {
		return unheld(results)
	}
	return nil
}

// unheld says whether more was stopped than is promised, or too little was measured to promise anything.
func unheld(results []*honest.Result) error {
	for _, r := range results {
		if x := &r.Rules; x.Rate > x.Limit {
			return fmt.Errorf("what is promised does not hold: of 10,000 instructions in %v markets rules stopped %.2f, and at most %.0f are to be", r.Tier, x.Rate*1e4, x.Limit*1e4)
		}
		for i := range r.Promised {
			if c := &r.Promised[i]; c.Rate > c.Limit {
				return fmt.Errorf("what is promised does not hold: of 10,000 instructions in %v markets %.2f were stopped, and at most %.0f are to be", r.Tier, c.Rate*1e4, c.Limit*1e4)
			}
		}
	}
	return errors.New("there were too few instructions to tell whether what is promised holds; --instructions says how many, and the million where nothing is said is enough")
}

// tellHonest is the table of results.
func tellHonest(w io.Writer, results []*honest.Result) {
	row(w, "TIER", "WHO", "TURNOVER A DAY", "TRADED", "CUSTOMERS", "STOPPED", "INSTRUCTIONS", "DENIED", "ENDED", "PER 10,000", "AT MOST (95%)", "PROMISED")
	line := func(r *honest.Result, c *honest.Cell, who string) {
		promised := "-"
		if c.Limit < 1 {
			promised = fmt.Sprintf("%.0f", c.Limit*1e4)
		}
		row(w, r.Tier, who, fmt.Sprintf("%d%%", c.Turnover), fmt.Sprintf("%d%%", c.Traded), c.Customers, c.Stopped, c.Instructions, c.Denied, c.Ended,
			fmt.Sprintf("%.3f", c.Rate*1e4), fmt.Sprintf("%.3f", c.Upper*1e4), promised)
	}
	for _, r := range results {
		for i := range r.Cells {
			line(r, &r.Cells[i], r.Cells[i].Kind.String())
		}
		for i := range r.Promised {
			line(r, &r.Promised[i], "all: "+r.Promised[i].Kind.String())
		}
	}
	tellRuled(w, results)
}

// tellRuled is what detection rules did, rule by rule.
func tellRuled(w io.Writer, results []*honest.Result) {
	fmt.Fprintln(w)
	row(w, "TIER", "RULE", "VERDICT", "FIRED", "STOPPED", "OF INSTRUCTIONS", "PER 10,000", "AT MOST (95%)", "PROMISED")
	for _, r := range results {
		x := &r.Rules
		for _, s := range x.Fired {
			verdict := s.Verdict.String()
			if s.Shadow {
				verdict += ", in shadow"
			}
			row(w, r.Tier, s.Rule, verdict, s.Honest, s.Stopped, x.Instructions, fmt.Sprintf("%.3f", float64(s.Honest)*1e4/float64(x.Instructions)), "-", "-")
		}
		row(w, r.Tier, "all rules", "-", "-", x.Stopped, x.Instructions, fmt.Sprintf("%.3f", x.Rate*1e4), fmt.Sprintf("%.3f", x.Upper*1e4), fmt.Sprintf("%.0f", x.Limit*1e4))
	}
}
