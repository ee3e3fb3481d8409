package rule

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"portcullis/core/instruction"
)

// MaxPackOps is how many steps the programs of a pack have together: so many bound what judging one instruction costs.
const MaxPackOps = 2048

// ErrPack means that rules are no pack.
var ErrPack = errors.New("rule: not a pack")

// Active is a rule of a pack.
type Active struct {
	instruction.Rule
	ID      instruction.RuleID
	Fired   [4]uint64        // how often it did, by mode
	told    instruction.Time // when that was told last, by the clock of waits
	since   uint64           // how many had been judged of its kind when its condition came into force
	program Program
}

// Reads are the features that the rule's condition reads.
func (a *Active) Reads() []instruction.Feature { return a.program.reads }

// Holds says whether its condition does.
func (a *Active) Holds(v Values) bool { return a.program.Holds(v) }

// Sound says whether rules are a pack: bounded, each of a name of its own, with a condition whose program is whole.
func Sound(rules []instruction.Rule) error {
	if len(rules) > instruction.MaxRules {
		return fmt.Errorf("%w: %d rules, where %d are allowed", ErrPack, len(rules), instruction.MaxRules)
	}
	steps := 0
	for i := range rules {
		r := &rules[i]
		if err := sound(r); err != nil {
			return fmt.Errorf("%w: rule %d, %q: %w", ErrPack, i+1, r.Name, err)
		}
		if slices.ContainsFunc(rules[:i], func(x instruction.Rule) bool { return x.Name == r.Name }) {
			return fmt.Errorf("%w: two rules are called %q", ErrPack, r.Name)
		}
		steps += len(r.Program)
	}
	if steps > MaxPackOps {
		return fmt.Errorf("%w: the programs have %d steps, where all together have at most %d", ErrPack, steps, MaxPackOps)
	}
	return nil
}

func sound(r *instruction.Rule) error {
	switch {
	case !name(r.Name):
		return fmt.Errorf("a name is 1 to %d of a-z, 0-9 and -", instruction.MaxRuleName)
	case !line(r.Catches, instruction.MaxCatches):
		return fmt.Errorf("what it catches is told in 1 to %d bytes on one line", instruction.MaxCatches)
	case r.Condition == "" || len(r.Condition) > instruction.MaxCondition:
		return fmt.Errorf("a condition has 1 to %d bytes", instruction.MaxCondition)
	case r.Measures.Has(instruction.Alarm):
		return errors.New("every rule that fires is an alarm: its measures are quarantine, lock and halt")
	case r.Response == instruction.RespondAlarm && r.Measures&(instruction.Quarantine|instruction.Lock) != 0:
		return errors.New("a rule that shuts a key or an account lets nothing of it pass: its verdict is deny, challenge or hold")
	case r.Measures.Has(instruction.Halt) && r.When != instruction.WhenOrder:
		return errors.New("only a rule of orders halts a market")
	}
	_, err := New(r.Program)
	return err
}

// name says whether rules may be called so.
func name(s string) bool {
	return s != "" && len(s) <= instruction.MaxRuleName && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// line says whether a text is one line that people can read, of at most so many bytes.
func line(s string, most int) bool {
	return strings.TrimSpace(s) != "" && len(s) <= most && !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
}

// Difference is one thing in which a pack differs from another.
type Difference struct {
	Rule    string
	What    string
	Loosens bool
}

// Compare says what becomes other where one pack takes the place of another. What loosens is whatever lets something pass, or lets it
// pass with less noise, that would not have passed before. A rule in shadow stops nothing, so that nothing is lost with it; a rule
// whose condition is another may hold where the first did not and not where it did: nobody can tell, so that it loosens.
func Compare(from, to []instruction.Rule) (list []Difference) {
	for i := range from {
		a := &from[i]
		b := named(to, a.Name)
		if b == nil {
			list = append(list, Difference{a.Name, "is gone", !a.Shadow})
			continue
		}
		list = append(list, between(a, b)...)
	}
	for i := range to {
		if b := &to[i]; named(from, b.Name) == nil {
			what := "is new"
			if b.Shadow {
				what = "is new, in shadow"
			}
			list = append(list, Difference{b.Name, what + ": asks " + flat(b.Condition), false})
		}
	}
	return list
}

// between is in what two rules of one name differ.
func between(a, b *instruction.Rule) (list []Difference) {
	stops := !a.Shadow
	add := func(differs, loosens bool, format string, args ...any) {
		if differs {
			list = append(list, Difference{a.Name, fmt.Sprintf(format, args...), loosens && stops})
		}
	}
	add(a.Shadow && !b.Shadow, false, "leaves the shadow")
	add(!a.Shadow && b.Shadow, true, "goes into shadow")
	add(a.When != b.When, true, "judges %s and no longer %s", b.When, a.When)
	add(!slices.Equal(a.Program, b.Program), true, "asks %s and no longer %s", flat(b.Condition), flat(a.Condition))
	add(a.Response != b.Response, b.Response < a.Response, "says %s and no longer %s", b.Response, a.Response)
	add(a.Severity != b.Severity, b.Severity < a.Severity, "is of severity %s and no longer %s", b.Severity, a.Severity)
	add(a.Measures != b.Measures, !b.Measures.Has(a.Measures), "takes the measures %s and no longer %s", some(b.Measures), some(a.Measures))
	add(a.Catches != b.Catches || a.Condition != b.Condition && slices.Equal(a.Program, b.Program), false, "is worded otherwise")
	return list
}

// flat is a condition on one line: who is to agree to another one reads both.
func flat(condition string) string { return strings.Join(strings.Fields(condition), " ") }

func some(m instruction.Measures) string {
	if m == 0 {
		return "none"
	}
	return m.String()
}

// Loosens says whether one of the differences does.
func Loosens(list []Difference) bool {
	return slices.ContainsFunc(list, func(d Difference) bool { return d.Loosens })
}

func named(rules []instruction.Rule, name string) *instruction.Rule {
	for i := range rules {
		if rules[i].Name == name {
			return &rules[i]
		}
	}
	return nil
}
