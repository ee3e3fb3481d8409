package gate

import (
	"net/netip"
	"testing"

	"portcullis/core/instruction"
)

// TestDetectors: where detectors stand alone nothing is promised: networks, markets, ends, age and a request that comes twice are
// no matter. What was shut is: by drops, quarantines and locks, which leave cancelling open; and whoever uses what was deleted
// is heard.
func TestDetectors(t *testing.T) {
	const homeAddr, suspect = "192.0.2.1", "198.51.100.1"
	g := NewDetectors(keys{
		1: {Known: true, Mandate: &full}, 2: {Known: true, Mandate: &reader}, 3: {Known: true, Mandate: &fenced}, 4: {Known: true, Mandate: &narrow},
		5: {Known: true, Mandate: &outdated}, 6: {Known: true, Mandate: &full, Renewed: 1}, 7: {Known: true, Mandate: &full, Quarantine: instruction.QuarantinedByWord},
		8: {Known: true, Mandate: &full, Quarantine: instruction.QuarantinedByAlarm}, 9: {Known: true, Mandate: &full, Locked: 9},
		11: {Known: true, Mandate: &full, Revoked: now - 5}, 12: {Known: true, Mandate: &full, Canary: true},
		13: {Known: true, Mandate: &full, Created: now - 100}, 14: {Known: true, Mandate: &full, Created: now - 100, Quarantine: instruction.QuarantinedByWord},
	})
	drop := instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Before: now - 50, Networks: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}}}
	if err := g.Drop(Now{Wall: now, Waits: now}, &instruction.Dropped{ID: 1, Drop: drop}, 10); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		by   instruction.Credential
		addr string
		in   instruction.Instruction
		want instruction.Reason
		does instruction.Measures
	}{
		"in full right":                  {1, suspect, trade, instruction.WithinMandate, 0},
		"without the right":              {2, homeAddr, trade, instruction.RightMissing, 0},
		"from another network":           {3, "203.0.114.9", trade, instruction.WithinMandate, 0},
		"in another market":              {4, homeAddr, trade, instruction.WithinMandate, 0},
		"after its end":                  {5, homeAddr, trade, instruction.WithinMandate, 0},
		"not renewed":                    {6, homeAddr, trade, instruction.WithinMandate, 0},
		"in quarantine":                  {7, homeAddr, trade, instruction.QuarantinedKey, 0},
		"in quarantine, its cancel":      {7, homeAddr, cancel, instruction.WithinMandate, 0},
		"by alarm, from home":            {8, homeAddr, trade, instruction.WithinMandate, 0},
		"by alarm, from elsewhere":       {8, suspect, trade, instruction.QuarantinedKey, 0},
		"locked":                         {9, homeAddr, trade, instruction.LockedAccount, 0},
		"locked, its cancel":             {9, homeAddr, cancel, instruction.WithinMandate, 0},
		"deleted":                        {11, homeAddr, trade, instruction.DeletedCredential, instruction.Alarm},
		"deleted, to cancel":             {11, homeAddr, cancel, instruction.DeletedCredential, instruction.Alarm},
		"a decoy":                        {12, homeAddr, trade, instruction.CanaryCredential, instruction.Alarm},
		"dropped":                        {13, "203.0.113.9", trade, instruction.KeysDropped, 0},
		"dropped, to cancel":             {13, "203.0.113.9", cancel, instruction.WithinMandate, 0},
		"dropped elsewhere":              {13, homeAddr, trade, instruction.WithinMandate, 0},
		"in quarantine, dropped besides": {14, "203.0.113.9", trade, instruction.KeysDropped, 0},
		"nobody's":                       {99, homeAddr, trade, instruction.UnknownCredential, 0},
		"what no key may":                {1, homeAddr, &instruction.AddAsset{}, instruction.NotForCredentials, 0},
	} {
		p := by(c.by, c.addr)
		p.Request, p.Sent, p.Window = instruction.Digest{1}, now-1, 1
		v := g.Judge(at(now), p, c.in)
		if v.Reason() != c.want || v.Measures != c.does {
			t.Errorf("%s: %v and %v, want %v and %v", name, v.Reason(), v.Measures, c.want, c.does)
		}
		g.Remember(now, p, &v)
	}
}
