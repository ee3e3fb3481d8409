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

// TestCodeEvents: who watches an account is told when gift codes take balance away, when it comes back, and when somebody else's came in.
func TestCodeEvents(t *testing.T) {
	h := newHouse(t, 2)
	h.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{9}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}})
	giver, _ := h.inbox(2)
	taker, _ := h.inbox(3)
	by := func(p instruction.Principal, in instruction.Instruction) {
		t.Helper()
		r, err := h.Engine.Do(&p, in)
		if err != nil || r.Verdict.Decision == instruction.Deny || r.Refused(new(instruction.Events)) != 0 {
			t.Fatalf("%T: %v %v", in, r.Verdict.Reason(), err)
		}
	}
	var owner instruction.Credential
	var now instruction.Time
	if err := h.Engine.Read(func(s *core.State) { owner, now = s.Keys(), s.Clock().Now }); err != nil {
		t.Fatal(err)
	}
	own := instruction.Principal{Giver: instruction.ByCredential, Credential: owner}
	var codes []instruction.NewCode
	for i := range 3 {
		codes = append(codes, instruction.NewCode{Hash: instruction.CodeHash{byte(i + 1)}})
	}
	by(own, &instruction.IssueCodes{Account: 2, Asset: 1, Amount: 5e7, Expires: now + instruction.Day, Codes: codes})
	by(own, &instruction.ReturnCode{ID: 1})
	by(instruction.Principal{Giver: instruction.ByCredential, Credential: 2}, &instruction.ClaimCode{Hash: codes[1].Hash})
	by(instruction.Principal{Giver: instruction.ByBearer}, &instruction.ClaimCode{Hash: codes[2].Hash, To: instruction.Destination{Chain: "BTC", Address: "a"}})
	by(instruction.Principal{Giver: instruction.ByOperator}, &instruction.StopPayout{Payout: 1})
	for i, got := range giver.next(t, 6) {
		want := []string{
			`"a":"BTC","d":"-1.50000000"`, `"f":"998.50000000","l":"0.00000000"`,
			`"a":"BTC","d":"0.50000000"`, `"f":"999.00000000","l":"0.00000000"`,
			`"a":"BTC","d":"0.50000000"`, `"f":"999.50000000","l":"0.00000000"`,
		}[i]
		if !strings.Contains(got, want) {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
	for i, got := range taker.next(t, 2) {
		want := []string{`"a":"BTC","d":"0.50000000"`, `"f":"1000.50000000","l":"0.00000000"`}[i]
		if !strings.Contains(got, want) {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
}
