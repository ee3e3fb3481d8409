package instruction

import (
	"strings"
	"testing"
)

// TestFacts: of each reason is said who meets it, with which decision, what its value counts and what to do; and of no other
// number.
func TestFacts(t *testing.T) {
	known := map[Reason]bool{}
	for _, r := range Reasons() {
		known[r] = true
		f := r.Facts()
		behind := r >= 100
		switch {
		case f.Who == "":
			t.Errorf("%v: who meets it?", r)
		case f.Do == "" || !strings.HasSuffix(f.Do, "."):
			t.Errorf("%v: what can be done? %q", r, f.Do)
		case !behind && len(f.Decisions) == 0:
			t.Errorf("%v: which decision has it?", r)
		case !behind && f.Value == "" && r != EngineClock && r != VenueSaw && r != WalletSaw && r != Brought:
			t.Errorf("%v: what does its value count?", r)
		case behind && len(f.Decisions) > 0 != (f.Value != ""):
			t.Errorf("%v: it is a verdict's with a value, or neither", r)
		}
	}
	if len(known) < 100 || Reason(0).Facts().Do != "" || Reason(65535).Facts().Do != "" {
		t.Errorf("%d reasons; something is said of numbers that are none", len(known))
	}
	for i := range facts {
		if facts[i].Do != "" && !known[Reason(i)] {
			t.Errorf("%d has facts and is no reason", i)
		}
	}
}
