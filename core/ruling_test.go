package core

import (
	"fmt"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/rule"
)

// always is a rule that fires on every order.
func always(edit func(*instruction.Rule)) instruction.Rule {
	r := ruleOf("always", instruction.RequestOrder, 1)
	if edit != nil {
		edit(&r)
	}
	return r
}

func (v *venue) rules(list ...instruction.Rule) {
	v.t.Helper()
	v.want(v.step(operatorOf(1), pack(list...)), 0)
}

// TestRuleDenies: an order that a rule is against is denied and on record with what the rule saw; cancels are not judged.
func TestRuleDenies(t *testing.T) {
	for _, response := range []instruction.Response{instruction.RespondHold, instruction.RespondChallenge, instruction.RespondDeny} {
		v := newVenue(t, 2)
		v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), 0)
		v.rules(always(func(r *instruction.Rule) { r.Response = response }))
		r := v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
		v.want(r, instruction.RuleSaid)
		if r.Verdict.Decision != instruction.Deny || r.Verdict.Findings()[0].Value != 1 || !r.Verdict.Measures.Has(instruction.Alarm) {
			t.Errorf("%s: %+v", response, r.Verdict)
		}
		e := events[*instruction.RuleFired](r)
		if len(e) != 1 || e[0].Rule != 1 || e[0].Pack != 1 || e[0].Mode != instruction.Enforced || !e[0].Tell || len(e[0].Values) != 1 ||
			e[0].Values[0] != (instruction.FeatureValue{Feature: instruction.RequestOrder, Value: 1}) {
			t.Errorf("%s: %+v", response, e)
		}
		if e := events[*instruction.RuleFired](v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)); len(e) != 1 || e[0].Tell {
			t.Errorf("%s: told at once again: %+v", response, e)
		}
		v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 1}), 0)
		a := &v.s.Rules().Active()[0]
		if a.Fired[instruction.Enforced] != 2 || v.s.Rules().Judged(a) != 2 {
			t.Errorf("%s: fired %v of %d", response, a.Fired, v.s.Rules().Judged(a))
		}
	}
}

// TestRulesWatch: an alarm, a shadow and a snooze say that a rule fired, and stop nothing.
func TestRulesWatch(t *testing.T) {
	v := newVenue(t, 2)
	v.rules(always(func(r *instruction.Rule) { r.Response = instruction.RespondAlarm }),
		always(func(r *instruction.Rule) { r.Name, r.Shadow, r.Measures = "shadow", true, instruction.Quarantine }),
		always(func(r *instruction.Rule) { r.Name, r.When = "other", instruction.WhenTransfer }),
		always(func(r *instruction.Rule) {
			r.Name, r.Measures = "snoozed", instruction.Quarantine|instruction.Lock|instruction.Halt
		}))
	v.want(v.step(operatorOf(1), &instruction.SnoozeRule{Rule: 4, Account: 2, For: instruction.Day, Reason: "tests"}), 0)
	v.want(v.step(operatorOf(2), &instruction.AnswerRules{Proposal: 1, Yes: true}), 0)
	r := v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000)
	v.want(r, 0)
	var modes []instruction.RuleMode
	for _, e := range events[*instruction.RuleFired](r) {
		modes = append(modes, e.Mode)
	}
	if len(modes) != 3 || modes[0] != instruction.Enforced || modes[1] != instruction.Shadowed || modes[2] != instruction.Snoozed {
		t.Errorf("%v", modes)
	}
	v.want(v.order(1, instruction.Sell, instruction.GTC, 20_000, 1000), instruction.RuleSaid) // for whom it is not suspended
}

// TestRuleMeasures: quarantine, lock and halt are taken in the record in which a rule fired, and a critical rule opens an incident.
func TestRuleMeasures(t *testing.T) {
	v := newVenue(t, 2)
	owner := v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayOwn | instruction.MayRead })
	v.rules(always(func(r *instruction.Rule) {
		r.Severity, r.Measures = instruction.Critical, instruction.Quarantine|instruction.Lock|instruction.Halt
	}))
	r := v.orderAt(1, "203.0.113.7")
	v.want(r, instruction.RuleSaid)
	k := v.s.Key(1)
	if k.Quarantine != instruction.QuarantinedByRule || k.Incident != 1 || v.s.Account(2).Locked == 0 || v.s.Market(1).State != instruction.Halted {
		t.Errorf("quarantine %v of incident %d, locked %v, market %v", k.Quarantine, k.Incident, v.s.Account(2).Locked, v.s.Market(1).State)
	}
	v.wantIncident(1, instruction.RuleIncident)
	v.want(v.orderAt(1, "203.0.113.7"), instruction.QuarantinedKey)

	// The owner's word is the way back: for a day no rule stops the key.
	v.want(v.at(owner, "203.0.113.7", &instruction.RestoreKey{Credential: 1}), 0)
	v.want(v.at(owner, "203.0.113.7", &instruction.UnlockAccount{Account: 2}), 0)
	v.operator(&instruction.SetMarket{Market: 1, State: instruction.Open})
	v.want(v.orderAt(1, "203.0.113.7"), 0)
	v.passes(instruction.Vouched + instruction.Second)
	v.want(v.orderAt(1, "203.0.113.7"), instruction.RuleSaid)

	// That of the operator alone lets nothing loose.
	v.want(v.step(operatorOf(1), &instruction.RestoreKey{Credential: 1}), 0)
	v.operator(&instruction.UnlockAccount{Account: 2})
	v.want(v.orderAt(1, "203.0.113.7"), instruction.RuleSaid)
}

// TestRuleOrderHidesNothing: a critical rule opens its incident whichever rule was put before it, which takes one operator's word.
func TestRuleOrderHidesNothing(t *testing.T) {
	v := newVenue(t, 2)
	v.rules(always(func(r *instruction.Rule) {
		r.Name, r.Severity, r.Measures = "first", instruction.Low, instruction.Quarantine
	}),
		always(func(r *instruction.Rule) { r.Severity, r.Measures = instruction.Critical, instruction.Quarantine }))
	v.want(v.orderAt(1, "203.0.113.7"), instruction.RuleSaid)
	v.wantIncident(1, instruction.RuleIncident)
	if k := v.s.Key(1); k.Incident != 1 {
		t.Errorf("quarantine %v of incident %d", k.Quarantine, k.Incident)
	}
}

// TestVouchesOfOthers: whoever confirms keys of his own by the thousand ends nobody else's word, neither with accounts of his nor as
// many customers.
func TestVouchesOfOthers(t *testing.T) {
	v := newVenue(t, 2)
	owner := v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayOwn | instruction.MayRead })
	v.rules(always(nil))
	v.want(v.at(owner, "203.0.113.7", &instruction.RenewKey{Credential: 1}), 0)
	v.want(v.orderAt(1, "203.0.113.7"), 0)

	other := v.makeKey(1, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayOwn | instruction.MayRead })
	for i := range rule.MaxVouches + 1 {
		v.operator(&instruction.OpenAccount{Ref: fmt.Sprint("sub ", i), Parent: 3})
		c := v.makeKey(0, func(k *instruction.CreateKey) { k.Account = v.s.Accounts() })
		v.want(v.at(other, "203.0.113.8", &instruction.RenewKey{Credential: c}), 0)
	}
	if _, owners := v.s.Rules().Snoozes(); len(owners) != 1+rule.MaxVouches {
		t.Errorf("%d are kept of two customers", len(owners))
	}
	for i := range rule.MaxVouched + rule.MaxVouches { // by as many customers as have the most each
		e := &instruction.RuleSnoozed{Snooze: instruction.Snooze{
			Account: instruction.Account(100 + i/rule.MaxVouches), Credential: instruction.Credential(1000 + i), Until: v.s.Clock().Waits() + instruction.Vouched + 1,
		}}
		v.s.fold(e)
		v.twin.fold(e)
	}
	v.want(v.orderAt(1, "203.0.113.7"), 0)
}

// TestRulesReadOnly: who asks what would be said leaves nothing behind.
func TestRulesReadOnly(t *testing.T) {
	v := newVenue(t, 2)
	v.rules(always(nil))
	before := v.s.Hash()
	in := instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 1000e8, Qty: 1e6, ClientID: v.clientID()}
	verdict := v.s.Judge(v.now, &instruction.Principal{Giver: instruction.ByCredential, Credential: 1}, &in)
	if verdict.Reason() != instruction.RuleSaid || v.s.Hash() != before || len(v.s.fired) != 0 {
		t.Errorf("%+v, %d fired", verdict, len(v.s.fired))
	}
}

// TestRulesAllocateNothing: judging by a pack allocates nothing.
func TestRulesAllocateNothing(t *testing.T) {
	v := newVenue(t, 2)
	var list []instruction.Rule
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		list = append(list, always(func(r *instruction.Rule) { r.Name, r.Response = name, instruction.RespondAlarm }))
	}
	v.rules(list...)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), 0)
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: 1}
	in := &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 1000e8, Qty: 1e6}
	allow := instruction.Say(instruction.Allow, instruction.WithinMandate, 0)
	n := testing.AllocsPerRun(100, func() {
		v.s.fired = v.s.fired[:0]
		view{s: v.s}.Ruled(&p, in, allow)
	})
	if n != 0 || len(v.s.fired) != 5 {
		t.Errorf("%v allocations, %d fired", n, len(v.s.fired))
	}
}
