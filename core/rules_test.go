package core

import (
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// ruleOf is a rule of orders with the condition that a feature is at least so much.
func ruleOf(name string, f instruction.Feature, least int64) instruction.Rule {
	return instruction.Rule{
		Name: name, Catches: "What " + name + " catches.", Condition: f.String() + " >= n", When: instruction.WhenOrder,
		Severity: instruction.High, Response: instruction.RespondDeny,
		Program: []instruction.Op{{Do: instruction.OpFeature, Value: int64(f)}, {Do: instruction.OpAtLeast, Value: least}},
	}
}

func pack(rules ...instruction.Rule) *instruction.SetRules {
	return &instruction.SetRules{Reason: "as it should be", Rules: rules}
}

func operatorOf(uid uint32) instruction.Principal {
	return instruction.Principal{Giver: instruction.ByOperator, Operator: uid}
}

func (v *venue) inForce() (names []string) {
	for _, r := range v.s.Rules().InForce() {
		names = append(names, r.Name)
	}
	return names
}

// TestTighter: what only makes stricter is in force with the record.
func TestTighter(t *testing.T) {
	v := newVenue(t, 1)
	a, b := ruleOf("a", instruction.KeyLoss1h, 20), ruleOf("b", instruction.KeyOrders1h, 90)
	b.Shadow = true
	v.want(v.step(instruction.Principal{Giver: instruction.ByVenue}, pack(a)), 0)
	v.want(v.step(instruction.Principal{Giver: instruction.ByVenue}, pack(a, b)), instruction.RulesAreSet)
	v.want(v.step(operatorOf(1), pack(a)), instruction.RulesSame)
	v.want(v.step(operatorOf(1), pack(a, b)), 0)
	b.Shadow, b.Measures, a.Severity = false, instruction.Quarantine, instruction.Critical
	v.want(v.step(operatorOf(1), pack(b, a)), 0)
	if got := v.inForce(); !slices.Equal(got, []string{"b", "a"}) || v.s.Rules().Pack() != 3 || len(v.s.Rules().Waiting()) != 0 {
		t.Errorf("%v in force, pack %d", got, v.s.Rules().Pack())
	}
	if a, b := v.s.Rules().Rule(1), v.s.Rules().Rule(2); a.Name != "a" || b.Name != "b" {
		t.Errorf("the rules have other numbers: %q, %q", a.Name, b.Name)
	}
}

// TestLoosens: each thing that loosens waits for another operator.
func TestLoosens(t *testing.T) {
	was := ruleOf("a", instruction.KeyLoss1h, 20)
	was.Measures = instruction.Quarantine
	for name, edit := range map[string]func(r *instruction.Rule){
		"shadow":    func(r *instruction.Rule) { r.Shadow = true },
		"condition": func(r *instruction.Rule) { r.Program[1].Value = 10 }, // even one that holds more often: nobody can tell
		"verdict":   func(r *instruction.Rule) { r.Response = instruction.RespondHold },
		"severity":  func(r *instruction.Rule) { r.Severity = instruction.Medium },
		"measures":  func(r *instruction.Rule) { r.Measures = instruction.Lock },
		"when":      func(r *instruction.Rule) { r.When = instruction.WhenTransfer },
		"gone":      func(r *instruction.Rule) { r.Name = "b" },
	} {
		v := newVenue(t, 1)
		v.want(v.step(operatorOf(1), pack(was)), 0)
		next := was
		next.Program = slices.Clone(was.Program)
		edit(&next)
		r := v.step(operatorOf(1), pack(next))
		v.want(r, 0)
		if n := len(events[*instruction.RulesProposed](r)); n != 1 || v.s.Rules().Pack() != 1 {
			t.Errorf("%s: %d proposals, pack %d", name, n, v.s.Rules().Pack())
			continue
		}
		v.want(v.step(operatorOf(1), &instruction.AnswerRules{Proposal: 1, Yes: true}), instruction.OwnProposal)
		v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 2, Yes: true}), instruction.UnknownProposal)
		v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), 0)
		if v.s.Rules().Pack() != 2 || len(v.s.Rules().Waiting()) != 0 {
			t.Errorf("%s: agreed to, and pack %d", name, v.s.Rules().Pack())
		}
		v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), instruction.UnknownProposal)
	}
}

// TestSecondReads: who is to agree to another condition reads it, and the one that it takes the place of.
func TestSecondReads(t *testing.T) {
	was, next := ruleOf("a", instruction.KeyLoss1h, 20), ruleOf("a", instruction.KeyLoss1h, 2000)
	was.Condition, next.Condition = "key.loss_1h >= 20", "key.loss_1h >=\n  2000"
	fresh := ruleOf("b", instruction.KeyOrders1h, 90)
	list := rule.Compare([]instruction.Rule{was}, []instruction.Rule{next, fresh})
	if len(list) != 2 || list[0].What != "asks key.loss_1h >= 2000 and no longer key.loss_1h >= 20" || list[1].What != "is new: asks "+fresh.Condition {
		t.Errorf("%+v", list)
	}
}

// TestShadowLoosensNothing: what stops nothing may go.
func TestShadowLoosensNothing(t *testing.T) {
	v := newVenue(t, 1)
	r := ruleOf("a", instruction.KeyLoss1h, 20)
	r.Shadow = true
	v.want(v.step(operatorOf(1), pack(r)), 0)
	v.want(v.step(operatorOf(1), pack()), 0)
	if v.s.Rules().Pack() != 2 || len(v.s.Rules().Active()) != 0 {
		t.Errorf("pack %d has %v", v.s.Rules().Pack(), v.inForce())
	}
}

// TestProposalEnds: by its maker's word, by another pack, and after a day of the clock of waits.
func TestProposalEnds(t *testing.T) {
	v := newVenue(t, 1)
	a, b := ruleOf("a", instruction.KeyLoss1h, 20), ruleOf("b", instruction.KeyOrders1h, 90)
	v.want(v.step(operatorOf(1), pack(a)), 0)
	ends := func(r instruction.Record, want instruction.MatterEnd) {
		t.Helper()
		if e := events[*instruction.RulesRejected](r); len(e) != 1 || e[0].End != want {
			t.Errorf("%+v, want %s", e, want)
		}
	}
	v.want(v.step(operatorOf(1), pack()), 0)
	ends(v.step(operatorOf(1), &instruction.AnswerRules{Proposal: 1}), instruction.ByNo)
	v.want(v.step(operatorOf(1), pack()), 0)
	ends(v.step(operatorOf(2), pack(a, b)), instruction.BySuccessor)
	v.want(v.step(operatorOf(1), pack()), 0)
	v.passes(instruction.ProposalWait - instruction.Second)
	if len(v.s.Rules().Waiting()) != 1 {
		t.Fatal("it ended too soon")
	}
	v.passes(2 * instruction.Second)
	v.tick()
	if len(v.s.Rules().Waiting()) != 0 || v.s.Rules().Pack() != 2 {
		t.Error("it waits for ever")
	}
	for range 8 {
		v.want(v.step(operatorOf(1), pack()), 0)
	}
	v.want(v.step(operatorOf(1), pack()), instruction.TooMany)
}

// TestSnoozes: two suspend a rule, one ends that, and time does.
func TestSnoozes(t *testing.T) {
	v := newVenue(t, 2)
	v.want(v.step(operatorOf(1), pack(ruleOf("a", instruction.KeyLoss1h, 20), ruleOf("b", instruction.KeyOrders1h, 90))), 0)
	ask := instruction.SnoozeRule{Rule: 1, Account: 3, For: instruction.Day, Reason: "market making"}
	for want, edit := range map[instruction.Reason]func(i *instruction.SnoozeRule){
		instruction.UnknownRule:      func(i *instruction.SnoozeRule) { i.Rule = 9 },
		instruction.UnknownAccount:   func(i *instruction.SnoozeRule) { i.Account = 99 },
		instruction.RulesMalformed:   func(i *instruction.SnoozeRule) { i.Reason = "\n" },
		instruction.SnoozeOutOfRange: func(i *instruction.SnoozeRule) { i.For = 7*instruction.Day + 1 },
		instruction.NotSnoozed:       func(i *instruction.SnoozeRule) { i.For = 0 },
	} {
		i := ask
		edit(&i)
		v.want(v.step(operatorOf(1), &i), want)
	}
	v.want(v.step(operatorOf(1), &ask), 0)
	suspended := func() bool { return v.s.Rules().Snoozed(1, 3, v.s.Clock().Waits()) != 0 }
	if suspended() {
		t.Error("by one operator's word")
	}
	v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), 0)
	if !suspended() || v.s.Rules().Snoozed(1, 2, v.s.Clock().Waits()) != 0 || v.s.Rules().Snoozed(2, 3, v.s.Clock().Waits()) != 0 {
		t.Error("not suspended, or for too many")
	}
	v.want(v.step(operatorOf(1), &instruction.SnoozeRule{Rule: 1, Account: 3, Reason: "over"}), 0)
	if suspended() {
		t.Error("not ended")
	}
	v.want(v.step(operatorOf(1), &ask), 0)
	v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 2, Yes: true}), 0)
	v.passes(instruction.Day + instruction.Second)
	if suspended() {
		t.Error("for longer than a day")
	}
}

// TestUnsoundPack: what is no pack is refused, and the one in force stays.
func TestUnsoundPack(t *testing.T) {
	v := newVenue(t, 1)
	good := ruleOf("a", instruction.KeyLoss1h, 20)
	v.want(v.step(operatorOf(1), pack(good)), 0)
	for name, edit := range map[string]func(r *instruction.Rule){
		"program":   func(r *instruction.Rule) { r.Program = r.Program[1:] },
		"name":      func(r *instruction.Rule) { r.Name = "A rule" },
		"twice":     func(r *instruction.Rule) { r.Name = "a" },
		"catches":   func(r *instruction.Rule) { r.Catches = "" },
		"condition": func(r *instruction.Rule) { r.Condition = "" },
		"alarm":     func(r *instruction.Rule) { r.Measures = instruction.Alarm },
		"let go":    func(r *instruction.Rule) { r.Response, r.Measures = instruction.RespondAlarm, instruction.Quarantine },
		"locked":    func(r *instruction.Rule) { r.Response, r.Measures = instruction.RespondAlarm, instruction.Lock },
		"halt":      func(r *instruction.Rule) { r.Measures, r.When = instruction.Halt, instruction.WhenTransfer },
	} {
		bad := ruleOf("b", instruction.KeyLoss1h, 20)
		edit(&bad)
		r := v.step(operatorOf(1), pack(good, bad))
		var ev instruction.Events
		if got := r.Refused(&ev); got != instruction.RulesMalformed {
			t.Errorf("%s: %v", name, got)
		}
	}
	if v.s.Rules().Pack() != 1 {
		t.Errorf("pack %d", v.s.Rules().Pack())
	}
}

// TestRulesPersist: rules, what waits and what is suspended come back from a snapshot as they were, and go on.
func TestRulesPersist(t *testing.T) {
	v := newVenue(t, 2)
	v.want(v.step(operatorOf(1), pack(ruleOf("a", instruction.KeyLoss1h, 20), ruleOf("b", instruction.KeyOrders1h, 90))), 0)
	v.want(v.step(operatorOf(1), &instruction.SnoozeRule{Rule: 1, For: instruction.Day, Reason: "market making"}), 0)
	v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), 0)
	v.want(v.step(operatorOf(2), pack()), 0)
	var back State
	w := instruction.Writer(nil)
	v.s.Fields(&w)
	r := instruction.Reader(w.Bytes())
	if back.Fields(&r); r.End() != nil {
		t.Fatal(r.Err())
	}
	if back.Hash() != v.s.Hash() || back.rules.Snoozed(1, 3, v.s.Clock().Waits()) != 0 || back.rules.Snoozed(1, 0, v.s.Clock().Waits()) == 0 {
		t.Error("it came back as another")
	}
	v.s = &back
	v.want(v.step(operatorOf(1), &instruction.AnswerRules{Proposal: 2, Yes: true}), 0)
	if back.rules.Pack() != 2 || len(back.rules.InForce()) != 0 {
		t.Errorf("pack %d", back.rules.Pack())
	}
}

// TestSnoozesRunOut: as many as there may be are over, and another one is agreed to.
func TestSnoozesRunOut(t *testing.T) {
	v := newVenue(t, 2)
	v.want(v.step(operatorOf(1), pack(ruleOf("a", instruction.KeyLoss1h, 20))), 0)
	for a := range rule.MaxSnoozes {
		v.s.fold(&instruction.RuleSnoozed{Snooze: instruction.Snooze{Rule: 1, Account: instruction.Account(a + 1), Until: v.s.Clock().Waits() + 1}})
		v.twin.fold(&instruction.RuleSnoozed{Snooze: instruction.Snooze{Rule: 1, Account: instruction.Account(a + 1), Until: v.twin.Clock().Waits() + 1}})
	}
	ask := &instruction.SnoozeRule{Rule: 1, For: instruction.Day, Reason: "market making"}
	v.want(v.step(operatorOf(1), ask), 0)
	v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), instruction.TooMany)
	v.passes(instruction.Second)
	v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), 0)
}
