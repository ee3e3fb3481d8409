package stream

import (
	"net/netip"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// TestPayoutEvents: who watches an account is told when a withdrawal takes its amount away and when it is free again; once it
// has left, only the balance is told, for the amount was told before.
func TestPayoutEvents(t *testing.T) {
	h := newHouse(t, 1)
	for i, m := range []instruction.Mandate{
		{Rights: instruction.MayRead | instruction.MayOwn},
		{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}},
	} {
		h.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{9, byte(i)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: m, Legacy: i == 1})
	}
	box, _ := h.inbox(2)
	by := func(p instruction.Principal, in instruction.Instruction) {
		t.Helper()
		r, err := h.Engine.Do(&p, in)
		if err != nil || r.Verdict.Decision == instruction.Deny || r.Refused(new(instruction.Events)) != 0 {
			t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), err)
		}
	}
	withdraw := func() {
		t.Helper()
		by(instruction.Principal{Giver: instruction.ByCredential, Credential: 3, Addr: netip.MustParseAddr("192.0.2.1")},
			&instruction.Withdraw{Asset: 1, Amount: 5e7, To: instruction.Destination{Chain: "BTC", Address: "a"}})
	}
	answer := func(yes bool) {
		t.Helper()
		var id instruction.MatterID
		if err := h.Engine.Read(func(s *core.State) { id = s.Matters(2)[0] }); err != nil {
			t.Fatal(err)
		}
		by(instruction.Principal{Giver: instruction.ByCredential, Credential: 2}, &instruction.Answer{Matter: id, Yes: yes})
	}
	withdraw()
	answer(false)
	withdraw()
	answer(true) // which moves nothing
	by(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: 2})
	for i, got := range box.next(t, 7) {
		want := []string{
			`"a":"BTC","d":"-0.50000000"`, `"f":"999.50000000","l":"0.50000000"`,
			`"a":"BTC","d":"0.50000000"`, `"f":"1000.00000000","l":"0.00000000"`,
			`"a":"BTC","d":"-0.50000000"`, `"f":"999.50000000","l":"0.50000000"`,
			`"f":"999.50000000","l":"0.00000000"`,
		}[i]
		if !strings.Contains(got, want) {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
}
