package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"portcullis/operator"
	"portcullis/rules"
)

// reasonFlag is why a change is made, for the other operators and for the record.
type reasonFlag struct {
	Reason string `required:"" placeholder:"TEXT" help:"Why, for other operators and the record; at most 500 bytes."`
}

type rulesLoadCmd struct {
	Files []string `arg:"" optional:"" name:"files" placeholder:"FILE" help:"Files of rules, or folders whose *.yaml are meant: all rules that are to be in force."`
	None  bool     `help:"Load no rules at all."`
	reasonFlag
	venueFlags
}

func (c *rulesLoadCmd) Help() string {
	return "The rules of these files take the place of all that are in force. What only makes stricter is in force at once; what loosens anything waits 24 hours for another operator (rules waiting, rules yes). Rules that are wrong change nothing: the old ones stay."
}

func (c *rulesLoadCmd) Run(ctx context.Context, o *output) error {
	if c.None == (len(c.Files) > 0) {
		return fmt.Errorf("%w: name files of rules, or --none for no rules", errUsage)
	}
	if _, err := rules.Load(c.Files); err != nil { // told with lines before anything is sent
		return err
	}
	names, err := rules.Files(c.Files)
	if err != nil {
		return err
	}
	in := operator.LoadRules{Reason: c.Reason, Files: []operator.RuleFile{}}
	size := 0
	for _, name := range names {
		text, err := os.ReadFile(name) // #nosec G304 -- the operator names it
		if err != nil {
			return err
		}
		size += len(text)
		in.Files = append(in.Files, operator.RuleFile{Name: name, Text: string(text)})
	}
	if size > operator.MaxRequest*3/4 {
		return fmt.Errorf("the files have %d bytes together, where %d fit into one command: leave out comments, or tests that say the same", size, operator.MaxRequest*3/4)
	}
	r, err := call(ctx, c.venueFlags, operator.RulesLoad, in)
	return o.changed(r, err, c.venueFlags)
}

// changed tells what became of a change of rules.
func (o *output) changed(r operator.RulesOutcome, err error, f venueFlags) error {
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		tellChanges(w, r.Changes)
		switch {
		case r.Proposal != 0:
			fmt.Fprintf(w, "It loosens something, so that it waits for another operator: proposal %d (record %d)\n", r.Proposal, r.Seq)
			fmt.Fprintf(w, "He looks at it with: %s\nand agrees with: %s\n", f.command("rules waiting"), f.command("rules yes %d", r.Proposal))
		case r.Pack != 0:
			fmt.Fprintf(w, "pack %d is in force (record %d)\n", r.Pack, r.Seq)
		default:
			fmt.Fprintf(w, "done (record %d)\n", r.Seq)
		}
	})
	return nil
}

func tellChanges(w io.Writer, list []operator.RuleChange) {
	for _, c := range list {
		mark := ""
		if c.Loosens {
			mark = "LOOSENS"
		}
		row(w, c.Rule, c.What, mark)
	}
}

type rulesRevertCmd struct {
	reasonFlag
	venueFlags
}

func (c *rulesRevertCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesRevert, operator.RevertRules{Reason: c.Reason})
	return o.changed(r, err, c.venueFlags)
}

type rulesListCmd struct{ venueFlags }

func (c *rulesListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesList, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "RULE", "WHEN", "SEVERITY", "VERDICT", "MEASURES", "SHADOW", "JUDGED", "FIRED", "IN SHADOW", "SNOOZED", "SHARE")
		for _, x := range r.Rules {
			row(w, x.Rule, x.When, x.Severity, x.Verdict, orDash(x.Measures), yesNo(x.Shadow), x.Judged, x.Enforced, x.Shadowed, x.Snoozed, x.Share)
		}
		for _, x := range r.Rules {
			for _, z := range x.Snoozes {
				who := "for everybody"
				if z.Account != 0 {
					who = fmt.Sprintf("for account %d", z.Account)
				}
				fmt.Fprintf(w, "%s is suspended %s until %s\n", x.Rule, who, z.Until)
			}
		}
		fmt.Fprintf(w, "pack %d, %d rules; %d proposals wait; owners vouch for %d keys\n", r.Pack, len(r.Rules), r.Waiting, r.Vouched)
	})
	return nil
}

type rulesShowCmd struct {
	Rule string `arg:"" help:"Name of the rule."`
	venueFlags
}

func (c *rulesShowCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesShow, operator.ShowRule{Rule: c.Rule})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "rule", fmt.Sprintf("%s (number %d)", r.Rule, r.Number))
		row(w, "catches", r.Catches)
		row(w, "judges", r.When)
		row(w, "condition", strings.Join(strings.Fields(r.Condition), " "))
		row(w, "severity", r.Severity)
		row(w, "verdict", r.Verdict)
		row(w, "measures", orDash(r.Measures))
		row(w, "in shadow", yesNo(r.Shadow))
		row(w, "reads", strings.Join(r.Reads, ", "))
		row(w, "fired", fmt.Sprintf("%d enforced, %d in shadow, %d suspended, of %d judged (%s)", r.Enforced, r.Shadowed, r.Snoozed, r.Judged, r.Share))
	})
	return nil
}

type rulesWaitingCmd struct{ venueFlags }

func (c *rulesWaitingCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesWaiting, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		for _, p := range r.Waiting {
			fmt.Fprintf(w, "proposal %d, by user %d, until %s: %s\n", p.Proposal, p.By, p.Due, p.Reason)
			if p.Rule != "" {
				who := "everybody"
				if p.Account != 0 {
					who = fmt.Sprintf("account %d", p.Account)
				}
				fmt.Fprintf(w, "  suspends %s for %s, %s long\n", p.Rule, who, p.For)
			}
			tellChanges(w, p.Changes)
		}
		fmt.Fprintf(w, "%d wait\n", len(r.Waiting))
	})
	return nil
}

type rulesYesCmd struct {
	Proposal uint32 `arg:"" help:"Number of the proposal."`
	venueFlags
}

func (c *rulesYesCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesAnswer, operator.AnswerRules{Proposal: c.Proposal, Yes: true})
	return o.changed(r, err, c.venueFlags)
}

type rulesNoCmd struct {
	Proposal uint32 `arg:"" help:"Number of the proposal."`
	venueFlags
}

func (c *rulesNoCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesAnswer, operator.AnswerRules{Proposal: c.Proposal})
	return o.changed(r, err, c.venueFlags)
}

type rulesSnoozeCmd struct {
	Rule    string `arg:"" help:"Name of the rule."`
	Account uint32 `placeholder:"ACCOUNT" help:"For this account alone."`
	For     string `required:"" placeholder:"TIME" help:"For how long: 1h to 7d, from when another operator agrees."`
	reasonFlag
	venueFlags
}

func (c *rulesSnoozeCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesSnooze, operator.SnoozeRule{Rule: c.Rule, Account: c.Account, For: c.For, Reason: c.Reason})
	return o.changed(r, err, c.venueFlags)
}

type rulesWakeCmd struct {
	Rule    string `arg:"" help:"Name of the rule."`
	Account uint32 `placeholder:"ACCOUNT" help:"The account for which it is suspended, where it is for one."`
	reasonFlag
	venueFlags
}

func (c *rulesWakeCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.RulesSnooze, operator.SnoozeRule{Rule: c.Rule, Account: c.Account, Reason: c.Reason})
	return o.changed(r, err, c.venueFlags)
}
