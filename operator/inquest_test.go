package operator

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestInquest: what an operator is told of a leak, and what the command that he is advised does.
func TestInquest(t *testing.T) {
	h := newHouse(t)
	var keys []uint32
	for i := range 60 {
		a := must(h, AccountCreate, CreateAccount{Ref: fmt.Sprint("c-", i)}).Account
		keys = append(keys, must(h, KeyCreate, CreateKey{Account: a, Scheme: "ED25519", Integrator: fmt.Sprint("maker ", i%6)}).Key)
		h.clock.Set(h.clock.Now() + instruction.Second)
	}
	if r := must(h, InquestCohort, AskCohort{}); r.Outcome != "NOT_ENOUGH" || r.Keys != 60 || r.Victims != 0 || r.Automatic != "" || len(r.Next) != 0 {
		t.Errorf("before anything happened: %+v", r.Finding)
	}
	for i := 2; i < 60; i += 6 {
		must(h, KeyRevoke, RevokeKey{Key: keys[i]})
		p := instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr("203.0.113.9")}
		if _, err := h.engine.Do(&p, &instruction.Sight{Credential: instruction.Credential(keys[i]), Proven: true}); err != nil {
			t.Fatal(err)
		}
		if i > 40 {
			break
		}
	}
	r := must(h, InquestCohort, AskCohort{})
	if r.Outcome != "NAMED" || r.Sources[0].Integrator != "maker 2" || len(r.Incidents) != 1 || len(r.Next) != 1 || !strings.Contains(r.Next[0].Command, "--integrator 'maker 2'") {
		t.Fatalf("%+v, %+v", r.Finding, r.Next)
	}
	if r.Firm != nil { // the keys are as young as can be
		t.Errorf("the venue would act by itself: %+v", r.Firm)
	}
	if again := must(h, InquestCohort, AskCohort{Incident: 1}); again.Outcome != "NAMED" {
		t.Errorf("%+v", again)
	}
	must(h, InquestAutomatic, SetAutomatic{Margin: "6.91"})
	if r := must(h, InquestCohort, AskCohort{}); r.Automatic != "6.91" {
		t.Errorf("%q", r.Automatic)
	}
	done := must(h, InquestShut, ShutCohort{Incident: 1, Scope: Scope{Integrator: "maker 2", CreatedBefore: "2001-01-01"}, Rest: true, Reason: "keys leaked"})
	if done.Inside != 1 || done.Rest != 2 || done.Reach == nil || done.Reach.Keys != 0 {
		t.Errorf("%+v", done)
	}
	list := must(h, DropList, Nothing{}).Drops
	if len(list) != 2 || list[0].Class != "KEYS" || list[1].Class != "STEP_UP" || list[1].Scope.Integrator != "maker 2" || list[1].Scope.CreatedBefore != "" {
		t.Errorf("%+v", list)
	}
	refusedFor(t, h, InquestCohort, AskCohort{Incident: 9}, "unknown-incident")
	refusedFor(t, h, InquestShut, ShutCohort{}, "cohort-bare")
	refusedFor(t, h, InquestShut, ShutCohort{Scope: Scope{CreatedBefore: "2001-01-01"}, Rest: true}, "malformed-command")
	refusedFor(t, h, InquestShut, ShutCohort{Scope: Scope{CreatedAfter: "soon"}}, "malformed-time")
	for _, m := range []string{"", "2.99", "1000.01", "-7", "6.911", "never"} {
		refusedFor(t, h, InquestAutomatic, SetAutomatic{Margin: m}, "margin-out-of-range")
	}
	must(h, InquestAutomatic, SetAutomatic{Margin: "off"})
	refusedFor(t, h, InquestAutomatic, SetAutomatic{Margin: "off"}, "margin-same")
}

// refusedFor holds a command to its refusal.
func refusedFor[Request, Reply any](t *testing.T, h *house, c Command[Request, Reply], in Request, code string) {
	t.Helper()
	if got := refused(h, c, in); got != code {
		t.Errorf("%+v is refused as %q, want %q", in, got, code)
	}
}
