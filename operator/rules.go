package operator

import (
	"errors"
	"fmt"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/rule"
	"portcullis/rules"
)

func (s *Server) loadRules(c *caller, in *LoadRules) (RulesOutcome, *problem) {
	var list []rules.Rule
	var faults []error
	for _, f := range in.Files {
		more, err := rules.File(f.Name, []byte(f.Text))
		if err != nil {
			faults = append(faults, err)
		}
		list = append(list, more...)
	}
	if len(faults) == 0 {
		faults = rules.Check(list)
	}
	if err := errors.Join(faults...); err != nil {
		return RulesOutcome{}, &problem{400, refuse(instruction.RulesMalformed.String(), err.Error())}
	}
	return s.setRules(c, rules.Plain(list), in.Reason)
}

func (s *Server) revertRules(c *caller, in *RevertRules) (RulesOutcome, *problem) {
	var before []instruction.Rule
	var packs uint32
	if bad := s.read(func(st *core.State) { before, packs = st.Rules().Before(), st.Rules().Pack() }); bad != nil {
		return RulesOutcome{}, bad
	}
	if packs < 2 {
		return RulesOutcome{}, wrong("no-pack-before", "The pack in force is the first one: there is none to go back to.")
	}
	return s.setRules(c, before, in.Reason)
}

// setRules gives a pack to the venue, and says in what it differs from the one in force.
func (s *Server) setRules(c *caller, list []instruction.Rule, reason string) (RulesOutcome, *problem) {
	var r RulesOutcome
	if bad := s.read(func(st *core.State) { r.Changes = changes(rule.Compare(st.Rules().InForce(), list)) }); bad != nil {
		return r, bad
	}
	return s.changeRules(c, &instruction.SetRules{Reason: reason, Rules: list}, r)
}

// changeRules gives an instruction about rules, and says what came of it.
func (s *Server) changeRules(c *caller, in instruction.Instruction, r RulesOutcome) (RulesOutcome, *problem) {
	var due, until instruction.Time // by the clock of waits
	out, bad := s.do(c, in, func(e instruction.Event) {
		switch e := e.(type) {
		case *instruction.RulesSet:
			r.Pack = e.Pack
		case *instruction.RulesProposed:
			r.Proposal, due = uint32(e.ID), e.Due
		case *instruction.RuleSnoozed:
			until = e.Snooze.Until
		}
	})
	if bad != nil && bad.outcome.Refusal.Code == instruction.RulesMalformed.String() {
		bad.outcome.Refusal.Sentence = "A reason says why, in 1 to 500 bytes on one line."
	}
	r.Outcome = out
	if bad == nil && due+until != 0 {
		bad = s.read(func(st *core.State) { r.Due, r.Until = byCalendar(st, due), byCalendar(st, until) })
	}
	return r, bad
}

// byCalendar is a time of the clock of waits by the calendar, if waits do not stand still until then; empty for none.
func byCalendar(st *core.State, t instruction.Time) string {
	if t == 0 {
		return ""
	}
	return text(st.Clock().Wall(t))
}

func changes(list []rule.Difference) []RuleChange {
	out := []RuleChange{}
	for _, d := range list {
		out = append(out, RuleChange{d.Rule, d.What, d.Loosens})
	}
	return out
}

func (s *Server) listRules(*caller, *Nothing) (Rules, *problem) {
	r := Rules{Rules: []RuleLine{}}
	bad := s.read(func(st *core.State) {
		x := st.Rules()
		_, vouched := x.Snoozes()
		r.Pack, r.Waiting, r.Vouched = x.Pack(), len(x.Waiting()), len(vouched)
		active := x.Active()
		for i := range active {
			r.Rules = append(r.Rules, lineOf(st, &active[i]))
		}
	})
	return r, bad
}

func lineOf(st *core.State, a *rule.Active) RuleLine {
	x, clock := st.Rules(), st.Clock()
	l := RuleLine{
		Number: uint32(a.ID), Rule: a.Name, When: a.When.String(), Severity: a.Severity.String(), Verdict: a.Response.String(),
		Measures: a.Measures.String(), Shadow: a.Shadow, Judged: x.Judged(a),
		Enforced: a.Fired[instruction.Enforced], Shadowed: a.Fired[instruction.Shadowed], Snoozed: a.Fired[instruction.Snoozed],
	}
	l.Share = share(l.Enforced+l.Shadowed+l.Snoozed, l.Judged)
	by, _ := x.Snoozes()
	for _, z := range by {
		if z.Rule == a.ID && z.Until > clock.Waits() {
			l.Snoozes = append(l.Snoozes, Snooze{uint32(z.Account), text(clock.Wall(z.Until))})
		}
	}
	return l
}

// share is a part of a whole in percent, with as many digits as one in a million has.
func share(part, of uint64) string {
	if of == 0 {
		return "-"
	}
	n := part * 1_000_000 / of
	return fmt.Sprintf("%d.%04d%%", n/10_000, n%10_000)
}

// ruleNamed calls fn with the rule of a name that is in force.
func (s *Server) ruleNamed(name string, fn func(*core.State, *rule.Active)) *problem {
	found := false
	bad := s.read(func(st *core.State) {
		active := st.Rules().Active()
		for i := range active {
			if active[i].Name == name {
				found = true
				fn(st, &active[i])
			}
		}
	})
	if bad == nil && !found {
		bad = wrong(instruction.UnknownRule.String(), "There is no rule %q in force. portcullis rules list shows those that are.", name)
	}
	return bad
}

func (s *Server) showRule(_ *caller, in *ShowRule) (r RuleShown, bad *problem) {
	bad = s.ruleNamed(in.Rule, func(st *core.State, a *rule.Active) {
		r = RuleShown{RuleLine: lineOf(st, a), Catches: a.Catches, Condition: a.Condition}
		for _, f := range a.Reads() {
			r.Reads = append(r.Reads, f.String())
		}
	})
	return r, bad
}

func (s *Server) listProposals(*caller, *Nothing) (Proposals, *problem) {
	r := Proposals{Waiting: []Proposal{}}
	bad := s.read(func(st *core.State) {
		x := st.Rules()
		for _, w := range x.Waiting() {
			p := Proposal{Proposal: uint32(w.ID), By: w.Operator, Due: text(st.Clock().Wall(w.Due)), Reason: w.Reason}
			if w.Snooze.Rule == 0 {
				p.Changes = changes(rule.Compare(x.InForce(), w.Rules))
			} else {
				p.Account, p.For = uint32(w.Snooze.Account), span(w.Snooze.Until)
				if a := x.Rule(w.Snooze.Rule); a != nil {
					p.Rule = a.Name
				}
			}
			r.Waiting = append(r.Waiting, p)
		}
	})
	return r, bad
}

func (s *Server) answerRules(c *caller, in *AnswerRules) (RulesOutcome, *problem) {
	return s.changeRules(c, &instruction.AnswerRules{Proposal: instruction.ProposalID(in.Proposal), Yes: in.Yes}, RulesOutcome{})
}

func (s *Server) snoozeRule(c *caller, in *SnoozeRule) (RulesOutcome, *problem) {
	i := instruction.SnoozeRule{Account: instruction.Account(in.Account), Reason: in.Reason}
	if bad := s.ruleNamed(in.Rule, func(_ *core.State, a *rule.Active) { i.Rule = a.ID }); bad != nil {
		return RulesOutcome{}, bad
	}
	if in.For != "" {
		d, err := spanOf(in.For)
		if err != nil {
			return RulesOutcome{}, wrong("malformed-time", "%q is no time. Write it as 90m, 12h or 7d.", in.For)
		}
		i.For = max(d, 1) // 0 would end it
	}
	return s.changeRules(c, &i, RulesOutcome{})
}

// spanOf reads a time such as 90m, 12h or 7d.
func spanOf(t string) (instruction.Time, error) {
	var days int64
	if n, err := fmt.Sscanf(t, "%dd", &days); err == nil && n == 1 && t == fmt.Sprintf("%dd", days) && days >= 0 && days < 10_000 {
		return instruction.Time(days) * instruction.Day, nil
	}
	d, err := time.ParseDuration(t)
	if err == nil && d < 0 {
		err = errors.New("it is below zero")
	}
	return instruction.Time(d.Microseconds()), err
}
