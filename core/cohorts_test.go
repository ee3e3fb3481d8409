package core

import (
	"testing"

	"portcullis/core/instruction"
)

// grid makes n keys for an integrator, for account 2, each a second after the other, and is the first of them.
func (v *venue) grid(n int) instruction.Credential {
	v.t.Helper()
	first := v.s.Keys() + 1
	for range n {
		v.now += instruction.Second
		v.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{8, byte(v.s.Keys())}, Scheme: instruction.Ed25519,
			Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTrade}, Integrator: "grid"})
	}
	return first
}

func (v *venue) tries(c instruction.Credential) instruction.Record {
	v.t.Helper()
	return v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: c}, &instruction.PlaceOrder{
		Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 1000e8, Qty: 1e6, ClientID: v.clientID(),
	})
}

// TestShutCohort: one record shuts the keys inside the window and asks for the rest; those of nobody else, and those made
// since, go on. A key that is renewed goes on where it was asked for, and not where it was shut; raised, all do.
func TestShutCohort(t *testing.T) {
	v := newVenue(t, 2)
	first := v.grid(6)
	v.want(v.tries(first+5), 0) // an order that rests
	v.want(v.tries(first+1), 0)
	from, to := v.s.Key(first+1).Created, v.s.Key(first+3).Created
	i := &instruction.ShutCohort{Inside: instruction.Scope{Integrator: "grid", After: from, Before: to}, Rest: instruction.Scope{Integrator: "grid"}, Reason: "leaked"}
	r := v.operator(i)
	var ev instruction.Events
	r.Events(&ev)
	var kinds []instruction.EventKind
	for e := ev.Next(); e != nil; e = ev.Next() {
		kinds = append(kinds, e.EventKind())
	}
	if len(kinds) != 3 || kinds[0] != instruction.KindDropped || kinds[1] != instruction.KindDropped || kinds[2] != instruction.KindCohortShut || len(v.s.Drops()) != 2 {
		t.Fatalf("%v, %d drops", kinds, len(v.s.Drops()))
	}
	want := map[instruction.Credential]instruction.Reason{
		first: instruction.StepUpAsked, first + 1: instruction.KeysDropped, first + 2: instruction.KeysDropped,
		first + 3: instruction.StepUpAsked, first + 5: instruction.StepUpAsked, 1: 0, 2: 0,
	}
	all := func() {
		t.Helper()
		for c, reason := range want {
			v.want(v.tries(c), reason)
		}
	}
	all()
	for v.s.Working() {
		v.tick()
	}
	resting := map[instruction.Credential]int{}
	for h := range v.s.Market(1).Book.Orders(2) {
		resting[v.s.Market(1).Book.At(h).Credential]++
	}
	if resting[first+1] != 0 || resting[first+5] != 1 {
		t.Errorf("orders of the window rest: %v", resting)
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: first + 5}, &instruction.CancelAll{Market: 1}), 0)

	v.now += instruction.Second
	for _, c := range []instruction.Credential{first, first + 1} {
		v.operator(&instruction.RenewKey{Credential: c})
	}
	want[first] = 0
	all()
	v.grid(1) // as young as can be
	want[v.s.Keys()] = 0
	all()
	again := v.reread()
	again.operator(&instruction.Raise{Drop: 1, Share: 100})
	again.operator(&instruction.Raise{Drop: 2, Share: 100})
	for c := range want {
		again.want(again.tries(c), 0)
	}
}

// reread is the venue with its state read back.
func (v *venue) reread() *venue {
	v.t.Helper()
	c := instruction.Writer(nil)
	v.s.Fields(&c)
	r := instruction.Reader(c.Bytes())
	again := New()
	if again.Fields(&r); r.End() != nil {
		v.t.Fatal(r.End())
	}
	if again.Hash() != v.s.Hash() {
		v.t.Fatal("the state read back is another")
	}
	v.s = again
	return v
}

// TestCohortsByThemselves: the venue shuts nothing by itself but by a margin that the operator set, for an open incident, with
// enough customers robbed, and once for each source; an operator may at any time.
func TestCohortsByThemselves(t *testing.T) {
	v := newVenue(t, 2)
	v.grid(3)
	self, people := instruction.Principal{Giver: instruction.ByVenue}, instruction.Principal{Giver: instruction.ByOperator}
	shut := func(p instruction.Principal, margin, victims uint32, id instruction.IncidentID, integrator string, want instruction.Reason) {
		t.Helper()
		v.want(v.step(p, &instruction.ShutCohort{Incident: id, Inside: instruction.Scope{Integrator: integrator, Before: v.now + 1}, Rest: instruction.Scope{Integrator: integrator},
			Margin: margin, Victims: victims}), want)
	}
	v.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{9}, Scheme: instruction.HMAC, Material: []byte("sealed"), Canary: true, Mandate: instruction.Mandate{Rights: instruction.MayRead}})
	v.step(self, &instruction.Sight{Credential: v.s.Keys()})
	if v.s.OpenIncidents() != 1 {
		t.Fatal("no incident")
	}
	shut(self, 100_000, 50, 1, "grid", instruction.CohortsOff)
	for margin, want := range map[uint32]instruction.Reason{0: instruction.MarginSame, 299: instruction.MarginOutOfRange, 100_001: instruction.MarginOutOfRange} {
		v.want(v.step(people, &instruction.SetCohorts{Margin: margin}), want)
	}
	v.want(v.step(self, &instruction.SetCohorts{Margin: 691}), instruction.NotForCredentials)
	v.operator(&instruction.SetCohorts{Margin: 691})
	if v.s.CohortMargin() != 691 {
		t.Error(v.s.CohortMargin())
	}
	shut(self, 690, 50, 1, "grid", instruction.CohortsOff)
	shut(self, 691, 4, 1, "grid", instruction.CohortTooFew)
	shut(self, 691, 5, 0, "grid", instruction.UnknownIncident)
	shut(self, 691, 5, 9, "grid", instruction.UnknownIncident)
	shut(self, 691, 5, 1, "grïd", instruction.MalformedDefinition)
	shut(self, 691, 5, 1, "grid", 0)
	shut(self, 5000, 50, 1, "grid", instruction.CohortShutBefore)
	v.reread()
	v.operator(&instruction.Raise{Drop: 1, Share: 100}) // only people raise it, and then it is theirs to shut again
	shut(self, 5000, 50, 1, "grid", instruction.CohortShutBefore)
	shut(people, 0, 0, 1, "grid", 0)
	shut(self, 691, 5, 1, "mesh", 0)
	v.want(v.step(people, &instruction.ShutCohort{Reason: "everybody"}), instruction.CohortBare)
	v.operator(&instruction.CloseIncident{Incident: 1, Reason: "done"})
	shut(self, 691, 5, 1, "swing", instruction.IncidentOver)
	v.want(v.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Raise{Drop: 2, Share: 100}), instruction.NotForCredentials)
	for len(v.s.Drops()) < 63 {
		v.operator(&instruction.Drop{Class: instruction.DropClaims})
	}
	shut(people, 0, 0, 0, "grid", instruction.TooMany) // two would be needed
}

// TestCohortOnceForAnyIncident: what people raised stays open while the incident for which it was shut does, whatever else comes.
// One theft of his own, which opens an incident, must not let a stranger have a source shut again, and again, until no drop is left.
func TestCohortOnceForAnyIncident(t *testing.T) {
	v := newVenue(t, 2)
	v.grid(3)
	self := instruction.Principal{Giver: instruction.ByVenue}
	decoys := [2]instruction.Credential{v.makeKey(0, decoy), v.makeKey(0, decoy)}
	v.operator(&instruction.SetCohorts{Margin: 691})
	shut := func(id instruction.IncidentID, want instruction.Reason) {
		t.Helper()
		v.want(v.step(self, &instruction.ShutCohort{Incident: id, Inside: instruction.Scope{Integrator: "grid"}, Margin: 691, Victims: 5}), want)
	}
	v.sees(decoys[0], "203.0.113.7", true)
	shut(1, 0)
	v.operator(&instruction.Raise{Drop: 1, Share: 100})
	v.sees(decoys[1], "198.51.100.7", true)
	if v.s.OpenIncidents() != 2 {
		t.Fatalf("%d incidents", v.s.OpenIncidents())
	}
	shut(2, instruction.CohortShutBefore)
	v.operator(&instruction.CloseIncident{Incident: 1, Reason: "done"})
	shut(2, 0) // what is found now is found without what was known then
}

// TestStepUpWhileWaitsStandStill: an owner's confirmation counts at once, also where the clock of waits stands still since before the drop;
// a key that nobody confirmed is asked for all the same.
func TestStepUpWhileWaitsStandStill(t *testing.T) {
	v := newVenue(t, 2)
	first := v.grid(2)
	v.passes(instruction.Second)
	v.now += 3600 * instruction.Second
	v.tick()
	if v.s.Clock().Frozen == 0 {
		t.Fatal("waits go on")
	}
	v.operator(&instruction.Drop{Class: instruction.DropStepUp, Scope: instruction.Scope{Integrator: "grid"}})
	v.operator(&instruction.RenewKey{Credential: first})
	v.want(v.tries(first), 0)
	v.want(v.tries(first+1), instruction.StepUpAsked)
	v.operator(&instruction.ConfirmClock{})
	v.want(v.tries(first), 0)
	v.want(v.tries(first+1), instruction.StepUpAsked)
}

// TestStepUpWithdrawals: a withdrawal whose wait is over does not leave while its key is not confirmed; with the owner's word
// for it it does.
func TestStepUpWithdrawals(t *testing.T) {
	v := newVenue(t, 1)
	first := v.grid(1)
	v.operator(&instruction.Drop{Class: instruction.DropStepUp, Scope: instruction.Scope{Integrator: "grid"}})
	if r := v.s.gate.Keeps(first, 1, false); r != instruction.StepUpAsked {
		t.Errorf("it leaves: %v", r)
	}
	if r := v.s.gate.Keeps(first, 1, true); r != 0 {
		t.Errorf("with the owner's word: %v", r)
	}
	v.now += instruction.Second
	v.operator(&instruction.RenewKey{Credential: first})
	if r := v.s.gate.Keeps(first, 1, false); r != 0 {
		t.Errorf("confirmed: %v", r)
	}
}
