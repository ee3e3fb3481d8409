package rules

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// Bounds of a file.
const (
	MaxFile  = 256 << 10 // bytes
	MaxTests = 64        // of one rule
	maxNodes = 20_000    // values and names of fields
)

// Rule is a rule as its file has it.
type Rule struct {
	instruction.Rule
	Measured  string // how often it fires, in its author's words
	Tests     []Test
	Compiled  *Condition
	File      string
	Line      int
	condition position
}

// Test is a case that a rule's author thought of: values of features, and whether the rule fires on them.
type Test struct {
	Name  string
	Given Given
	Fires bool
	Line  int
}

// position is where a text stands in its file.
type position struct{ line, column int } // of its first character; columns of later lines are as in the text, moved by what they are indented

// File reads the rules of one file. The name is for what is wrong with it. It stops at the first fault.
func File(name string, text []byte) ([]Rule, error) {
	r := reader{file: name, lines: bytes.Split(text, []byte("\n"))}
	if len(text) > MaxFile {
		return nil, &Fault{File: name, What: fmt.Sprintf("the file has %d bytes, where %d are allowed", len(text), MaxFile)}
	}
	d := yaml.NewDecoder(bytes.NewReader(text))
	var doc, more yaml.Node
	if err := d.Decode(&doc); err != nil {
		return nil, r.broken(err)
	}
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, &Fault{File: name, Line: max(more.Line, 1), What: "a second document begins here: a file has one"}
	}
	if fault := r.plain(&doc, 0); fault != nil {
		return nil, fault
	}
	list, fault := r.document(doc.Content[0])
	if fault != nil {
		return nil, fault
	}
	return list, nil
}

// reader reads one file.
type reader struct {
	file  string
	lines [][]byte
	nodes int
}

var yamlLine = regexp.MustCompile(`^yaml: line (\d+): (.*)$`)

// broken is what the YAML reader found.
func (r *reader) broken(err error) *Fault {
	if errors.Is(err, io.EOF) {
		return &Fault{File: r.file, Line: 1, What: "the file is empty: it begins with rules:"}
	}
	if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
		n, _ := strconv.Atoi(m[1])
		return &Fault{File: r.file, Line: n, What: "not YAML: " + m[2]}
	}
	return &Fault{File: r.file, Line: 1, What: "not YAML: " + strings.TrimPrefix(err.Error(), "yaml: ")}
}

func (r *reader) at(n *yaml.Node, format string, args ...any) *Fault {
	return &Fault{File: r.file, Line: n.Line, Column: n.Column, What: fmt.Sprintf(format, args...)}
}

// plain refuses what a file of rules needs not, and what could make little text much: aliases, anchors, tags of one's own, depth.
func (r *reader) plain(n *yaml.Node, depth int) *Fault {
	r.nodes++
	switch {
	case n.Kind == yaml.AliasNode, n.Anchor != "":
		return r.at(n, "anchors and aliases are not read: write it out")
	case n.Style&yaml.TaggedStyle != 0:
		return r.at(n, "tags are not read: leave %s out", n.Tag)
	case depth > 8:
		return r.at(n, "nested deeper than a rule is")
	case r.nodes > maxNodes:
		return r.at(n, "more than %d values in one file", maxNodes)
	}
	for _, x := range n.Content {
		if fault := r.plain(x, depth+1); fault != nil {
			return fault
		}
	}
	return nil
}

// fields calls read for each field of an object, whose names are unique and known to it.
func (r *reader) fields(n *yaml.Node, what string, known string, read func(name string, v *yaml.Node) *Fault) *Fault {
	if n.Kind != yaml.MappingNode {
		return r.at(n, "%s is an object with the fields %s", what, known)
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		switch {
		case k.Kind != yaml.ScalarNode || !strings.Contains(", "+known+",", ", "+k.Value+","):
			return r.at(k, "%s has no field %q: there are %s", what, k.Value, known)
		case seen[k.Value]:
			return r.at(k, "the field %s is given twice", k.Value)
		}
		seen[k.Value] = true
		if fault := read(k.Value, v); fault != nil {
			return fault
		}
	}
	return nil
}

func (r *reader) document(n *yaml.Node) (list []Rule, fault *Fault) {
	fault = r.fields(n, "a file", "rules", func(_ string, v *yaml.Node) *Fault {
		if v.Kind != yaml.SequenceNode {
			return r.at(v, "rules is a list")
		}
		for _, x := range v.Content {
			if len(list) >= instruction.MaxRules {
				return r.at(x, "more than %d rules", instruction.MaxRules)
			}
			one, fault := r.rule(x)
			if fault != nil {
				return fault
			}
			list = append(list, one)
		}
		return nil
	})
	if fault == nil && list == nil && (n.Content == nil || len(n.Content[1].Content) == 0) {
		return []Rule{}, nil
	}
	return list, fault
}

const ruleFields = "name, catches, when, severity, verdict, measures, shadow, condition, measured, tests"

func (r *reader) rule(n *yaml.Node) (Rule, *Fault) {
	x := Rule{File: r.file, Line: n.Line}
	fault := r.fields(n, "a rule", ruleFields, func(name string, v *yaml.Node) *Fault { return r.field(&x, name, v) })
	if fault == nil {
		fault = r.whole(n, &x)
	}
	if fault != nil && fault.Rule == "" {
		fault.Rule = x.Name
	}
	return x, fault
}

// field reads one field of a rule.
func (r *reader) field(x *Rule, name string, v *yaml.Node) *Fault {
	if name == "measures" {
		return r.measures(x, v)
	}
	if name == "tests" {
		return r.tests(x, v)
	}
	if v.Kind != yaml.ScalarNode {
		return r.at(v, "%s is one value", name)
	}
	var err error
	switch name {
	case "name":
		x.Name = v.Value
	case "catches":
		x.Catches = strings.TrimSpace(v.Value)
	case "measured":
		x.Measured = strings.TrimSpace(v.Value)
	case "when":
		x.When, err = instruction.ParseWhen(v.Value)
	case "severity":
		x.Severity, err = instruction.ParseSeverity(v.Value)
	case "verdict":
		x.Response, err = instruction.ParseResponse(v.Value)
	case "shadow":
		err = v.Decode(&x.Shadow)
		if err != nil || v.Value != "true" && v.Value != "false" {
			return r.at(v, "shadow is true or false")
		}
	case "condition":
		x.Condition, x.condition = strings.TrimRight(v.Value, "\n"), r.begin(v)
		if v.Style&yaml.FoldedStyle != 0 {
			return r.at(v, "write a condition of several lines behind |, so that its lines stay")
		}
	}
	if err != nil {
		return r.at(v, "%v", err)
	}
	return nil
}

// begin is where the first character of a text stands.
func (r *reader) begin(v *yaml.Node) position {
	switch {
	case v.Style&yaml.LiteralStyle != 0 && v.Line < len(r.lines):
		line := r.lines[v.Line] // the one behind
		return position{v.Line + 1, len(line) - len(bytes.TrimLeft(line, " ")) + 1}
	case v.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		return position{v.Line, v.Column + 1}
	}
	return position{v.Line, v.Column}
}

func (r *reader) measures(x *Rule, v *yaml.Node) *Fault {
	if v.Kind != yaml.SequenceNode {
		return r.at(v, "measures is a list of quarantine, lock and halt, such as [quarantine]")
	}
	for _, m := range v.Content {
		one := map[string]instruction.Measures{"quarantine": instruction.Quarantine, "lock": instruction.Lock, "halt": instruction.Halt}[m.Value]
		if one == 0 || x.Measures.Has(one) {
			return r.at(m, "%q is no measure, or named twice: measures are quarantine, lock and halt", m.Value)
		}
		x.Measures |= one
	}
	return nil
}

func (r *reader) tests(x *Rule, v *yaml.Node) *Fault {
	if v.Kind != yaml.SequenceNode || len(v.Content) > MaxTests {
		return r.at(v, "tests is a list of at most %d", MaxTests)
	}
	for _, n := range v.Content {
		t, says := Test{Given: Given{}, Line: n.Line}, false
		fault := r.fields(n, "a test", "name, given, fires", func(name string, v *yaml.Node) *Fault {
			switch name {
			case "name":
				t.Name = v.Value
			case "fires":
				if says = true; v.Decode(&t.Fires) != nil || v.Value != "true" && v.Value != "false" {
					return r.at(v, "fires is true or false")
				}
			case "given":
				return r.given(t.Given, v)
			}
			return nil
		})
		if fault == nil && !says {
			fault = r.at(n, "the test does not say whether the rule fires: fires: true, or false")
		}
		if fault != nil {
			return fault
		}
		x.Tests = append(x.Tests, t)
	}
	return nil
}

func (r *reader) given(g Given, v *yaml.Node) *Fault {
	if v.Kind != yaml.MappingNode {
		return r.at(v, "given names features and what they are, such as {key.loss_1h: 60}")
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		k, n := v.Content[i], v.Content[i+1]
		f, err := instruction.FeatureNamed(k.Value)
		if err != nil {
			return r.at(k, "%v", err)
		}
		if _, twice := g[f]; twice {
			return r.at(k, "%s is given twice", k.Value)
		}
		if g[f], err = strconv.ParseInt(n.Value, 10, 64); err != nil || n.Kind != yaml.ScalarNode {
			return r.at(n, "%q is not a whole number", n.Value)
		}
	}
	return nil
}

// whole compiles a rule, and says whether anything is missing.
func (r *reader) whole(n *yaml.Node, x *Rule) *Fault {
	for _, y := range []struct {
		name    string
		missing bool
	}{
		{"name", x.Name == ""}, {"catches", x.Catches == ""}, {"when", x.When == 0}, {"severity", x.Severity == 0},
		{"verdict", x.Response == 0}, {"condition", x.Condition == ""},
	} {
		if y.missing {
			return r.at(n, "the rule has no %s", y.name)
		}
	}
	c, fault := Compile(x.Condition)
	if fault != nil {
		fault.File = r.file
		fault.Line, fault.Column = fault.Line-1+x.condition.line, fault.Column-1+x.condition.column
		return fault
	}
	x.Compiled, x.Program = c, c.Program.Ops()
	if err := rule.Sound([]instruction.Rule{x.Rule}); err != nil {
		return r.at(n, "%v", err)
	}
	return nil
}
