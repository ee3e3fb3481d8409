package gate

import (
	"net/netip"
	"testing"

	"portcullis/core/instruction"
)

// TestStanding: quarantine by word and by alarm, locks, deleted keys, and networks that are suspect; whom each stops, and what
// it asks for besides. Everybody is at home at 192.0.2.1, and 198.51.100.1 is suspect.
func TestStanding(t *testing.T) {
	const homeAddr, suspect, elsewhere = "192.0.2.1", "198.51.100.1", "203.0.113.1"
	own := instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}
	listed := instruction.Mandate{Rights: full.Rights, Networks: []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}}
	old := instruction.Mandate{Rights: full.Rights, Expires: now - 1}
	g := New(keys{
		1: {Known: true, Mandate: &full}, 2: {Known: true, Mandate: &full, Quarantine: instruction.QuarantinedByWord},
		3: {Known: true, Mandate: &full, Quarantine: instruction.QuarantinedByAlarm, Incident: 7}, 4: {Known: true, Mandate: &own, Account: 10, Locked: 10},
		5: {Known: true, Mandate: &listed}, 6: {Known: true, Mandate: &full, Legacy: true, Imported: now - Learning + 1},
		7: {Known: true, Mandate: &full, Legacy: true, Imported: now - Learning}, 8: {Known: true, Mandate: &full, Account: 8},
		9: {Known: true, Mandate: &full, Locked: 9}, 10: {Known: true, Mandate: &old}, 11: {Known: true, Mandate: &full, Revoked: now - 5},
		12: {Known: true, Mandate: &full, Canary: true}, 13: {Known: true, Mandate: &own, Account: 10, Quarantine: instruction.QuarantinedByWord},
	})
	const both = instruction.Quarantine | instruction.Alarm
	lock := &instruction.LockAccount{Account: 10}
	for name, c := range map[string]struct {
		by   instruction.Credential
		addr string
		in   instruction.Instruction
		sent instruction.Time
		want instruction.Reason
		does instruction.Measures
	}{
		"a stranger there":            {1, suspect, trade, 0, instruction.SuspectNetwork, both},
		"its cancel":                  {1, suspect, cancel, 0, instruction.WithinMandate, 0},
		"from elsewhere":              {1, elsewhere, trade, 0, instruction.WithinMandate, 0},
		"by word":                     {2, homeAddr, trade, 0, instruction.QuarantinedKey, 0},
		"by word, its cancel":         {2, suspect, cancel, 0, instruction.WithinMandate, 0},
		"by alarm, from home":         {3, homeAddr, trade, 0, instruction.WithinMandate, 0},
		"by alarm, from elsewhere":    {3, elsewhere, trade, 0, instruction.QuarantinedKey, 0},
		"by alarm, from there":        {3, suspect, trade, 0, instruction.QuarantinedKey, 0},
		"an owner's key, locked":      {4, suspect, lock, 0, instruction.OwnerSaid, 0},
		"an owner's key, by word":     {13, homeAddr, lock, 0, instruction.QuarantinedKey, 0},
		"within its list":             {5, suspect, trade, 0, instruction.WithinMandate, 0},
		"imported lately":             {6, suspect, trade, 0, instruction.WithinMandate, 0},
		"imported a week ago":         {7, suspect, trade, 0, instruction.SuspectNetwork, both},
		"whose own deleted keys":      {8, suspect, trade, 0, instruction.WithinMandate, 0},
		"locked":                      {9, homeAddr, trade, 0, instruction.LockedAccount, 0},
		"locked, there":               {9, suspect, trade, 0, instruction.LockedAccount, 0},
		"expired, there":              {10, suspect, trade, 0, instruction.ExpiredCredential, 0},
		"deleted":                     {11, homeAddr, trade, 0, instruction.DeletedCredential, instruction.Alarm},
		"deleted, to cancel":          {11, homeAddr, cancel, now, instruction.DeletedCredential, instruction.Alarm},
		"deleted after it was sent":   {11, homeAddr, trade, now - 6, instruction.DeletedCredential, 0},
		"a decoy":                     {12, homeAddr, cancel, now - 6, instruction.CanaryCredential, instruction.Alarm},
		"out of a locked account":     {1, homeAddr, &instruction.Transfer{From: 9, To: 9}, 0, instruction.RightMissing, 0},
		"what no key may, from there": {1, suspect, &instruction.AddAsset{}, 0, instruction.NotForCredentials, 0},
	} {
		p := by(c.by, c.addr)
		p.Sent = c.sent
		if v := g.Judge(at(now), p, c.in); v.Reason() != c.want || v.Measures != c.does {
			t.Errorf("%s: %v and %v, want %v and %v", name, v.Reason(), v.Measures, c.want, c.does)
		}
	}
	if err := g.Drop(Now{Wall: now, Waits: now}, &instruction.Dropped{ID: 1, Drop: instruction.Drop{Class: instruction.DropTrading}}, 0); err != nil {
		t.Fatal(err)
	}
	if v := g.Judge(at(now), by(1, suspect), trade); v.Reason() != instruction.TradingDropped || v.Measures != both {
		t.Errorf("while trading is dropped: %v and %v", v.Reason(), v.Measures)
	}
}
