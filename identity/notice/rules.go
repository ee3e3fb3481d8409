package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
)

// rules tells operators what rules do, and what becomes of them.
func (t *teller) rules(s *core.State, e instruction.Event) {
	p := &t.record.Principal
	switch e := e.(type) {
	case *instruction.RuleFired:
		t.fired(s, e)
	case *instruction.RulesProposed:
		what := "Other detection rules were proposed"
		if e.Snooze.Rule != 0 {
			what = fmt.Sprintf("To suspend the detection rule %s was proposed", ruleName(s, e.Snooze.Rule))
		}
		t.add(s, 0, RulesProposed, fmt.Sprintf("Proposal %d waits for another operator", e.ID),
			fmt.Sprintf("%s by user %d, which loosens: %q. It needs the word of another operator until %s: `portcullis rules waiting`, then "+
				"`portcullis rules yes %d` or `no`.", what, e.Operator, e.Reason, calendar(s.Clock().Wall(e.Due)), e.ID),
			map[string]any{"proposal": e.ID, "by": e.Operator, "due": stamp(s.Clock().Wall(e.Due)), "reason": e.Reason})
	case *instruction.RulesSet:
		if p.Giver == instruction.ByVenue { // what a venue begins with is no news
			return
		}
		t.add(s, 0, RulesSet, fmt.Sprintf("Pack %d of detection rules is in force", e.Pack),
			fmt.Sprintf("Pack %d of detection rules, with %d of them, was put in force %s: %q. `portcullis rules list` shows them.", e.Pack, len(e.Rules), who(p), e.Reason),
			map[string]any{"pack": e.Pack, "rules": len(e.Rules), "by": by(p), "reason": e.Reason})
	case *instruction.RuleSnoozed:
		name, whom := ruleName(s, e.Snooze.Rule), "for everybody"
		if e.Snooze.Account != 0 {
			whom = fmt.Sprintf("for account %d", e.Snooze.Account)
		}
		data := map[string]any{"rule": name, "account": e.Snooze.Account, "until": "", "by": by(p)}
		if e.Snooze.Until == 0 {
			t.add(s, 0, RuleSnoozed, "The detection rule "+name+" stops again", fmt.Sprintf("The detection rule %s is no longer suspended %s.", name, whom), data)
			return
		}
		until := s.Clock().Wall(e.Snooze.Until)
		data["until"] = stamp(until)
		t.add(s, 0, RuleSnoozed, "The detection rule "+name+" is suspended", fmt.Sprintf("The detection rule %s is suspended %s until %s. It still says when it fires.",
			name, whom, calendar(until)), data)
	}
}

// fired tells of a rule that matters, where it is to be told.
func (t *teller) fired(s *core.State, e *instruction.RuleFired) {
	r := s.Rules().Rule(e.Rule)
	if r == nil || !e.Tell || r.Severity < instruction.High {
		return
	}
	c := t.record.Principal.Credential
	t.add(s, 0, RuleFired, fmt.Sprintf("The detection rule %s fired", r.Name),
		fmt.Sprintf("The detection rule %s fired on what key %d did: %s `portcullis rules explain --seq %d` says why. For ten minutes no more is told of it.",
			r.Name, c, r.Catches, t.record.Seq),
		map[string]any{"rule": r.Name, "severity": r.Severity, "key": c, "verdict": t.record.Verdict.Decision})
}

// ruleName is what a rule is called; its number where it is long gone.
func ruleName(s *core.State, id instruction.RuleID) string {
	if r := s.Rules().Rule(id); r != nil {
		return r.Name
	}
	return fmt.Sprintf("number %d", id)
}

// ruledOut tells that rules put a key into quarantine, and what they are against.
func (t *teller) ruledOut(s *core.State, e *instruction.KeyQuarantined, tell tellKey, back string) {
	against := ""
	for _, x := range t.found {
		if f, ok := x.(*instruction.RuleFired); ok {
			if r := s.Rules().Rule(f.Rule); r != nil && r.Measures.Has(instruction.Quarantine) {
				against += " What it is against: " + r.Catches
			}
		}
	}
	data := map[string]any{"cause": e.Cause, "by": "venue"}
	tell(e.Credential, KeyQuarantined, "Key %d is in quarantine", "A detection rule fired on what key %d did, so that it may be in strange hands. It may only read and "+
		"cancel, and its open orders are cancelled."+against+" If it was you, your word ends it, and lets rules be for 24 hours; if it was not, delete the key."+back, data)
	if k := s.Key(e.Credential); k != nil {
		t.add(s, 0, AlarmQuarantined, fmt.Sprintf("Key %d of account %d was quarantined", e.Credential, k.Account),
			fmt.Sprintf("Key %d of account %d was put into quarantine by a detection rule.%s `portcullis rules explain --seq %d` says why. Its owner, or `portcullis key "+
				"restore`, ends that; after the latter the rule goes on to judge it.", e.Credential, k.Account, against, t.record.Seq),
			map[string]any{"key": e.Credential, "account": k.Account, "incident": e.Incident})
	}
}
