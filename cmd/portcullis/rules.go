package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"

	"portcullis/core/instruction"
	"portcullis/rules"
)

type rulesCmd struct {
	Check    rulesCheckCmd    `cmd:"" help:"Check files of detection rules: nothing is changed anywhere."`
	Test     rulesTestCmd     `cmd:"" help:"Run the tests that stand beside the rules in their files."`
	Explain  rulesExplainCmd  `cmd:"" help:"Say clause by clause why a rule fires or does not: of given values, or of a record."`
	Features rulesFeaturesCmd `cmd:"" help:"List what conditions may name: the features, with unit, window and meaning."`
	Load     rulesLoadCmd     `cmd:"" help:"Put rules in force on the running venue, in place of those that are."`
	List     rulesListCmd     `cmd:"" help:"List the rules in force, and how often each fired."`
	Show     rulesShowCmd     `cmd:"" help:"Show a rule in force."`
	Waiting  rulesWaitingCmd  `cmd:"" help:"List changes that wait for another operator."`
	Yes      rulesYesCmd      `cmd:"" help:"Agree to what another operator proposed."`
	No       rulesNoCmd       `cmd:"" help:"End what was proposed."`
	Snooze   rulesSnoozeCmd   `cmd:"" help:"Propose to suspend a rule for a time: it still says when it fires."`
	Wake     rulesWakeCmd     `cmd:"" help:"End that, at once."`
	Revert   rulesRevertCmd   `cmd:"" help:"Go back to the rules before those in force; judged as any other change."`
	Default  rulesDefaultCmd  `cmd:"" help:"Print the rules that a venue starts with, as a file to begin from."`
}

// ruleFiles are files of rules, and folders of them.
type ruleFiles struct {
	Files []string `arg:"" name:"files" placeholder:"FILE" help:"Files of rules, or folders whose *.yaml are meant."`
}

const rulesHelp = `A file is YAML:

  rules:
    - name: stranger-who-loses
      catches: A key that is used from a new network, and loses money at once.
      when: order              # order, withdrawal or transfer
      severity: high           # info, low, medium, high, critical
      verdict: deny            # alarm, hold, challenge, deny; an order is never parked: it is denied
      measures: [quarantine]   # of quarantine, lock, halt
      shadow: false            # true: it only says what it would do
      condition: key.network_new == 1 && key.loss_1h >= 10
      measured: 2 in 100,000 honest orders
      tests:
        - {given: {key.network_new: 1, key.loss_1h: 12}, fires: true}
        - {given: {key.loss_1h: 12}, fires: false}

A condition is CEL over whole numbers: features, constants, + - * / %, comparisons, in [1, 2], &&, ||, ! and ? :. What a test does not give is 0.`

type rulesCheckCmd struct{ ruleFiles }

func (c *rulesCheckCmd) Help() string { return rulesHelp }

// checkedRule is what a check says of a rule that is sound.
type checkedRule struct {
	Rule     string                `json:"rule"`
	When     instruction.When      `json:"when"`
	Severity instruction.Severity  `json:"severity"`
	Verdict  instruction.Response  `json:"verdict"`
	Measures instruction.Measures  `json:"measures"`
	Shadow   bool                  `json:"shadow"`
	Steps    int                   `json:"steps"` // of its program
	Cost     uint64                `json:"cost"`  // at most, as CEL estimates it
	Reads    []instruction.Feature `json:"reads"`
	Tests    int                   `json:"tests"`
}

func (c *rulesCheckCmd) Run(o *output) error {
	list, err := rules.Load(c.Files)
	if err != nil {
		return err
	}
	all := []checkedRule{}
	for i := range list {
		x := &list[i]
		all = append(all, checkedRule{
			x.Name, x.When, x.Severity, x.Response, x.Measures, x.Shadow, len(x.Program), x.Compiled.Cost, x.Compiled.Program.Reads(), len(x.Tests),
		})
	}
	o.show(map[string]any{"rules": all}, func(w io.Writer) {
		row(w, "RULE", "WHEN", "SEVERITY", "VERDICT", "MEASURES", "SHADOW", "STEPS", "COST", "TESTS")
		for _, x := range all {
			row(w, x.Rule, x.When, x.Severity, x.Verdict, orDash(x.Measures.String()), yesNo(x.Shadow), x.Steps, x.Cost, x.Tests)
		}
		fmt.Fprintf(w, "%d rules are sound\n", len(all))
	})
	return nil
}

type rulesTestCmd struct{ ruleFiles }

func (c *rulesTestCmd) Help() string { return rulesHelp }

// tested is what became of a test.
type tested struct {
	Rule   string `json:"rule"`
	Test   string `json:"test"`
	File   string `json:"file"`
	Line   int    `json:"line"`
	Fires  bool   `json:"fires"` // it does
	Passes bool   `json:"passes"`
}

func (c *rulesTestCmd) Run(o *output) error {
	list, err := rules.LoadUntested(c.Files)
	if err != nil {
		return err
	}
	all, failed := []tested{}, 0
	for i := range list {
		x := &list[i]
		for j := range x.Tests {
			t := &x.Tests[j]
			ok := x.Passes(t)
			if !ok {
				failed++
			}
			all = append(all, tested{x.Name, t.Name, x.File, t.Line, t.Fires == ok, ok})
		}
	}
	o.show(map[string]any{"tests": all, "failed": failed}, func(w io.Writer) {
		for _, t := range all {
			if !t.Passes {
				row(w, fmt.Sprintf("%s:%d:", t.File, t.Line), "rule "+t.Rule, "test "+orDash(t.Test), "fires: "+yesNo(t.Fires), "and the test says otherwise")
			}
		}
		fmt.Fprintf(w, "%d passed, %d failed\n", len(all)-failed, failed)
	})
	if failed > 0 {
		return fmt.Errorf("%d of %d tests came out otherwise than they say", failed, len(all))
	}
	_, err = rules.Load(c.Files) // what is missing
	return err
}

type rulesFeaturesCmd struct{}

func (c *rulesFeaturesCmd) Run(o *output) error {
	type named struct {
		Feature string `json:"feature"`
		Unit    string `json:"unit"`
		Window  string `json:"window"`
		Meaning string `json:"meaning"`
		Example string `json:"example"`
	}
	var all []named
	for _, f := range instruction.Features() {
		x := f.Facts()
		all = append(all, named{x.Name, x.Unit, x.Window, x.Sentence, x.Example})
	}
	o.show(map[string]any{"features": all}, func(w io.Writer) {
		row(w, "FEATURE", "UNIT", "WINDOW", "WHAT IT IS")
		for _, x := range all {
			row(w, x.Feature, x.Unit, x.Window, x.Meaning)
		}
	})
	return nil
}

type rulesDefaultCmd struct {
	Page bool `help:"Write the page of the docs, in Markdown."`
}

func (c *rulesDefaultCmd) Run(o *output) error {
	if c.Page {
		return rules.Page(o.out)
	}
	text, err := rules.DefaultText()
	if err == nil {
		_, err = io.WriteString(o.out, text)
	}
	return err
}

type rulesExplainCmd struct {
	Files []string `arg:"" optional:"" name:"files" placeholder:"FILE" help:"Files of rules, or folders whose *.yaml are meant; the rules that a venue starts with where none is named."`
	Rule  []string `placeholder:"NAME" help:"Only this rule; it may be given several times."`
	Given []string `placeholder:"FEATURE=N" help:"What a feature is, such as key.loss_1h=60; it may be given several times. The others are 0."`
	Seq   uint64   `placeholder:"SEQ" help:"Explain what fired in this record of a venue's journal, on the values of that moment."`
	Data  string   `help:"Data directory whose journal has the record; a venue may be running on it." default:"portcullis-data" placeholder:"DIR"`
}

func (c *rulesExplainCmd) Help() string {
	return `Examples:

  portcullis rules explain my-rules.yaml --rule stranger-who-loses --given key.network_new=1 --given key.loss_1h=12
  portcullis rules explain --seq 40112 --data portcullis-data`
}

// explained is a rule, and why it fires or does not.
type explained struct {
	Rule   string               `json:"rule"`
	Pack   uint32               `json:"pack,omitempty"` // of a record
	Mode   instruction.RuleMode `json:"mode,omitzero"`  // likewise: how the rule stood
	Fires  bool                 `json:"fires"`
	Clause rules.Clause         `json:"condition"`
}

func (c *rulesExplainCmd) Run(ctx context.Context, o *output) error {
	var all []explained
	var err error
	switch {
	case c.Seq != 0 && (len(c.Files) > 0 || len(c.Given) > 0):
		return fmt.Errorf("%w: a record has rules and values of its own: leave out files and --given", errUsage)
	case c.Seq != 0:
		all, err = explainRecord(ctx, directoryFlags{c.Data}, c.Seq)
	default:
		all, err = c.given()
	}
	if err != nil {
		return err
	}
	o.show(map[string]any{"rules": all}, func(w io.Writer) {
		for _, x := range all {
			fires := "does not fire"
			if x.Fires {
				fires = "fires"
			}
			if x.Mode != 0 {
				fires = fmt.Sprintf("fired, %s, of pack %d", strings.ToLower(x.Mode.String()), x.Pack)
			}
			fmt.Fprintf(w, "%s: %s\n", x.Rule, fires)
			tellClause(w, &x.Clause, "  ")
		}
	})
	return nil
}

// tellClause writes a clause with its parts below it, each with the values that it rests on.
func tellClause(w io.Writer, x *rules.Clause, indent string) {
	mark := "no "
	if x.Holds {
		mark = "yes"
	}
	text := strings.Join(strings.Fields(x.Text), " ")
	switch x.Joined {
	case "ALL":
		text = "all of:"
	case "ANY":
		text = "any of:"
	case "NOT":
		text = "not:"
	}
	for i, v := range x.Values {
		sep := ", "
		if i == 0 {
			sep = "    "
		}
		text += fmt.Sprintf("%s%s is %d", sep, v.Feature, v.Value)
	}
	fmt.Fprintf(w, "%s%s %s\n", indent, mark, text)
	for i := range x.Parts {
		tellClause(w, &x.Parts[i], indent+"  ")
	}
}

// given explains rules of files on values that were given.
func (c *rulesExplainCmd) given() ([]explained, error) {
	values := rules.Given{}
	for _, g := range c.Given {
		name, number, _ := strings.Cut(g, "=")
		f, err := instruction.FeatureNamed(strings.TrimSpace(name))
		if err != nil {
			return nil, fmt.Errorf("%w: --given %s: %w", errUsage, g, err)
		}
		if values[f], err = strconv.ParseInt(strings.TrimSpace(number), 10, 64); err != nil {
			return nil, fmt.Errorf("%w: --given %s: a feature is a whole number, such as %s=12", errUsage, g, name)
		}
	}
	list, err := rules.Default()
	if len(c.Files) > 0 {
		list, err = rules.LoadUntested(c.Files)
	}
	if err != nil {
		return nil, err
	}
	var all []explained
	for i := range list {
		x := &list[i]
		if len(c.Rule) > 0 && !contains(c.Rule, x.Name) {
			continue
		}
		all = append(all, explained{Rule: x.Name, Fires: x.Compiled.Program.Holds(values), Clause: x.Compiled.Explain(values)})
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there is no rule %s in these files", strings.Join(c.Rule, ", "))
	}
	return all, nil
}
