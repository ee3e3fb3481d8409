package operator

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// every watches all orders; never denies them all.
const (
	every = `
  - name: every
    catches: Any order.
    when: order
    severity: low
    verdict: alarm
    shadow: true
    condition: request.order == 1
    tests: [{given: {request.order: 1}, fires: true}, {given: {}, fires: false}]
`
	never = `
  - name: never
    catches: Any order, and denies it.
    when: order
    severity: high
    verdict: deny
    condition: request.order >= 1
    tests: [{given: {request.order: 1}, fires: true}, {given: {}, fires: false}]
`
)

func packOf(rules ...string) LoadRules {
	return LoadRules{Reason: "as it should be", Files: []RuleFile{{Name: "pack.yaml", Text: "rules:" + strings.Join(rules, "")}}}
}

// word gives an instruction as an operator, and wants it carried out.
func (h *house) word(user uint32, in instruction.Instruction) {
	h.t.Helper()
	r, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByOperator, Operator: user}, in)
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(new(instruction.Events)) != 0 {
		h.t.Fatalf("%T: %v, %v, %v", in, r.Verdict, r.Refused(new(instruction.Events)), err)
	}
}

// agree has the second operator say yes.
func (h *house) agree(r RulesOutcome) {
	h.t.Helper()
	if r.Proposal == 0 {
		h.t.Fatalf("it waits for nobody: %+v", r)
	}
	h.word(second, &instruction.AnswerRules{Proposal: instruction.ProposalID(r.Proposal), Yes: true})
}

// trader has a key place orders that nobody takes, one after the other, until the context ends; it says when one came back. What the
// record of each said is given by its number.
func (h *house) trader(ctx context.Context, k instruction.Credential, went chan<- struct{}) (said map[uint64]instruction.Decision) {
	said = map[uint64]instruction.Decision{}
	for i := 0; ; i++ {
		id, _ := instruction.ClientIDOf(fmt.Sprintf("o-%d-%d", k, i))
		r, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: k}, &instruction.PlaceOrder{
			Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.IOC, Price: money.Price(1000e6), Qty: money.Amount(1e6), ClientID: id,
		})
		if err != nil {
			h.t.Errorf("order %d of key %d: %v", i, k, err)
			return said
		}
		said[r.Seq] = r.Verdict.Decision
		select {
		case went <- struct{}{}:
		case <-ctx.Done():
			return said
		}
	}
}

// inForce follows, record by record, what rules say of an order.
type inForce struct {
	pack    uint32
	names   []string
	snoozed bool // never is
	modes   map[instruction.RuleMode]int
}

// check holds a record against the rules that the records before it put in force.
func (f *inForce) check(t *testing.T, r *instruction.Record) {
	var fired []instruction.RuleMode
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		switch e := e.(type) {
		case *instruction.RuleFired:
			if fired = append(fired, e.Mode); e.Pack != f.pack {
				t.Errorf("record %d was judged by pack %d, where %d was in force", r.Seq, e.Pack, f.pack)
			}
		case *instruction.RulesSet:
			f.pack, f.names = e.Pack, nil
			for i := range e.Rules {
				f.names = append(f.names, e.Rules[i].Name)
			}
		case *instruction.RuleSnoozed:
			f.snoozed = e.Snooze.Until != 0
		}
	}
	if r.Kind() != instruction.KindPlaceOrder {
		return
	}
	want, decision := []instruction.RuleMode{}, instruction.Allow
	if slices.Contains(f.names, "every") {
		want = append(want, instruction.Shadowed)
	}
	switch {
	case !slices.Contains(f.names, "never"):
	case f.snoozed:
		want = append(want, instruction.Snoozed)
	default:
		want, decision = append(want, instruction.Enforced), instruction.Deny
	}
	if !slices.Equal(fired, want) || r.Verdict.Decision != decision {
		t.Errorf("record %d: %v fired and it said %v, want %v and %v: pack %d has %v", r.Seq, fired, r.Verdict.Decision, want, decision, f.pack, f.names)
	}
	for _, m := range fired {
		f.modes[m]++
	}
}

// records calls fn with each record that is durable.
func (h *house) records(fn func(*instruction.Record)) {
	h.t.Helper()
	sub := h.engine.Subscribe(1)
	defer sub.Close()
	for seq, last := uint64(0), h.engine.Durable(); seq < last; {
		err := sub.Next(context.Background(), func(at uint64, b []byte) error {
			var r instruction.Record
			if err := r.Decode(at, b); err != nil {
				return err
			}
			seq = at
			fn(&r)
			return nil
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestRulesUnderLoad: while orders come from all sides, packs are loaded, taken back and suspended. No order is lost, each is judged by
// one pack, the one that the records before it put in force, and a pack that is faulty leaves the old one.
func TestRulesUnderLoad(t *testing.T) {
	h := newHouse(t)
	h.customer()
	const traders, rounds, between = 4, 5, 10
	for k := range traders {
		h.word(0, &instruction.OpenAccount{})
		a := instruction.Account(k + 3)
		h.word(0, &instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000e6})
		h.word(0, &instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(k), 1}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}})
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	went := make(chan struct{})
	said := make([]map[uint64]instruction.Decision, traders)
	var all sync.WaitGroup
	for k := range traders {
		all.Go(func() {
			defer stop() // one that fails ends the test
			said[k] = h.trader(ctx, instruction.Credential(k+1), went)
		})
	}
	wait := func() {
		for range between {
			select {
			case <-went:
			case <-ctx.Done():
				t.Fatal("orders are not taken up any more")
			}
		}
	}
	must(h, RulesLoad, packOf(every))
	for round := range rounds {
		for _, step := range []func(){
			func() { must(h, RulesLoad, packOf(every, never)) },
			func() { h.faulty() },
			func() { h.agree(must(h, RulesSnooze, SnoozeRule{Rule: "never", For: "2h", Reason: "tests"})) },
			func() { must(h, RulesSnooze, SnoozeRule{Rule: "never", Reason: "over"}) },
			func() { h.agree(must(h, RulesRevert, RevertRules{Reason: "too loud"})) },
		} {
			wait()
			step()
		}
		if got := must(h, RulesList, Nothing{}); len(got.Rules) != 1 || got.Rules[0].Rule != "every" || got.Pack != uint32(2*round+3) {
			t.Errorf("round %d ends with pack %d: %+v", round, got.Pack, got.Rules)
		}
	}
	wait()
	stop()
	all.Wait()
	h.holdAgainst(said)
}

// faulty loads packs that are wrong in the file, and by what they say; the one in force stays.
func (h *house) faulty() {
	h.t.Helper()
	before := must(h, RulesList, Nothing{}).Pack
	for want, in := range map[string]LoadRules{
		"pack.yaml:16:23: rule never: there is no": packOf(every, strings.Replace(never, "request.order", "request.other", 1)),
		"there is another rule of this name":       packOf(every, every),
	} {
		_, err := Call(context.Background(), h.client, RulesLoad, in)
		if no := new(Refused); !errors.As(err, &no) || no.Refusal.Code != instruction.RulesMalformed.String() || !strings.Contains(err.Error(), want) {
			h.t.Errorf("got %v, want %s", err, want)
		}
	}
	r, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetRules{Reason: "a program of nothing", Rules: []instruction.Rule{{
		Name: "none", Catches: "Nothing.", Condition: "0", When: instruction.WhenOrder, Severity: instruction.High, Response: instruction.RespondDeny,
		Program: []instruction.Op{{Do: instruction.OpAnd}},
	}}})
	if err != nil || r.Refused(new(instruction.Events)) != instruction.RulesMalformed {
		h.t.Errorf("a program that is none: %v, %v", r.Refused(new(instruction.Events)), err)
	}
	if after := must(h, RulesList, Nothing{}).Pack; after != before {
		h.t.Errorf("pack %d is in force, and was %d", after, before)
	}
}

// holdAgainst holds what the callers were told against the records, and these against the rules in force.
func (h *house) holdAgainst(said []map[uint64]instruction.Decision) {
	h.t.Helper()
	told := map[uint64]instruction.Decision{}
	n := 0
	for _, m := range said {
		n += len(m)
		for seq, d := range m {
			told[seq] = d
		}
	}
	if len(told) != n {
		h.t.Errorf("%d orders have %d records", n, len(told))
	}
	f, orders := inForce{modes: map[instruction.RuleMode]int{}}, 0
	h.records(func(r *instruction.Record) {
		if f.check(h.t.(*testing.T), r); r.Kind() != instruction.KindPlaceOrder {
			return
		}
		orders++
		if d, ok := told[r.Seq]; !ok || d != r.Verdict.Decision {
			h.t.Errorf("record %d says %v, and its caller was told %v", r.Seq, r.Verdict.Decision, d)
		}
	})
	if orders != n {
		h.t.Errorf("%d orders on record, %d were answered", orders, n)
	}
	for _, m := range []instruction.RuleMode{instruction.Shadowed, instruction.Enforced, instruction.Snoozed} {
		if f.modes[m] == 0 {
			h.t.Errorf("nothing fired %s: the orders and the changes did not meet", m)
		}
	}
	var judged uint64
	if err := h.engine.Read(func(s *core.State) { x := s.Rules(); judged = x.Judged(&x.Active()[0]) }); err != nil || judged != uint64(f.modes[instruction.Shadowed]) {
		h.t.Errorf("%d orders were judged by the rule that all meet, and it says %d: %v", f.modes[instruction.Shadowed], judged, err)
	}
}
