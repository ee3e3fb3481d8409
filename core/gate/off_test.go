package gate

import (
	"net/netip"
	"testing"

	"portcullis/core/instruction"
)

// TestOff: an open gate asks whether the key lives and has the right, and lets pass what the gate would stop: any network,
// any market, after a key's end, unrenewed, in quarantine, under a lock, dropped, and the same request twice.
func TestOff(t *testing.T) {
	all := instruction.Mandate{Rights: full.Rights | instruction.MayTransfer | instruction.MayWithdraw}
	g := NewOff(keys{
		1: {Known: true, Mandate: &all, Account: 10}, 2: {Known: true, Mandate: &reader}, 3: {Known: true, Mandate: &fenced},
		4: {Known: true, Mandate: &narrow}, 5: {Known: true, Mandate: &outdated}, 6: {Known: true, Revoked: now - 1, Mandate: &full},
		7: {Known: true, Canary: true, Mandate: &full}, 8: {Known: true, Mandate: &full, Quarantine: instruction.QuarantinedByWord},
		9: {Known: true, Mandate: &full, Locked: 9}, 10: {Known: true, Mandate: &full, Renewed: 1},
	})
	if err := g.Drop(Now{Wall: now, Waits: now}, &instruction.Dropped{ID: 1, Drop: instruction.Drop{Class: instruction.DropKeys}}, 10); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name string
		by   instruction.Credential
		in   instruction.Instruction
		want instruction.Reason
	}{
		{"in full right", 1, trade, instruction.WithinMandate},
		{"a withdrawal", 1, &instruction.Withdraw{Asset: 1, Amount: 1}, instruction.WithinMandate},
		{"without the right", 2, trade, instruction.RightMissing},
		{"from elsewhere", 3, trade, instruction.WithinMandate},
		{"in another market", 4, trade, instruction.WithinMandate},
		{"after its end", 5, trade, instruction.WithinMandate},
		{"deleted", 6, trade, instruction.DeletedCredential},
		{"deleted, to cancel", 6, cancel, instruction.DeletedCredential},
		{"a decoy", 7, trade, instruction.DeletedCredential},
		{"in quarantine", 8, trade, instruction.WithinMandate},
		{"under a lock", 9, trade, instruction.WithinMandate},
		{"not renewed", 10, trade, instruction.WithinMandate},
		{"unknown", 99, trade, instruction.UnknownCredential},
		{"an operator's matter", 1, &instruction.AddAsset{}, instruction.NotForCredentials},
		{"within the customer", 1, &instruction.Transfer{From: 10, To: 11}, instruction.WithinMandate},
		{"out of another customer", 1, &instruction.Transfer{From: 20, To: 10}, instruction.AccountNotYours},
		{"without an owner's word", 1, &instruction.SetWait{Account: 10}, instruction.RightMissing},
	} {
		p := instruction.Principal{
			Giver: instruction.ByCredential, Credential: x.by, Addr: netip.MustParseAddr("203.0.113.9"),
			Request: instruction.Digest{1}, Sent: 1, Window: 1,
		}
		v := g.Judge(at(now), &p, x.in)
		if v.Reason() != x.want {
			t.Errorf("%s: %v, want %v", x.name, v.Reason(), x.want)
		}
		g.Remember(now, &p, &v)
	}
	for c, want := range map[instruction.Credential]instruction.Reason{
		1: instruction.WithinMandate, 3: instruction.WithinMandate, 6: instruction.DeletedCredential, 99: instruction.UnknownCredential,
	} {
		p := instruction.Principal{Giver: instruction.ByCredential, Credential: c}
		if v := g.MayRead(at(now), &p); v.Reason() != want {
			t.Errorf("key %d reads: %v, want %v", c, v.Reason(), want)
		}
	}
	op := instruction.Principal{Giver: instruction.ByOperator}
	if v := g.Judge(at(now), &op, &instruction.AddAsset{}); v.Reason() != instruction.OperatorWord {
		t.Errorf("the operator: %v", v.Reason())
	}
	engine := instruction.Principal{Giver: instruction.ByEngine}
	if v := g.Judge(at(now), &engine, trade); v.Reason() != instruction.NotForCredentials {
		t.Errorf("the clock, with an order: %v", v.Reason())
	}
}
