package core

import (
	"net/netip"
	"testing"

	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
)

// issueKey of account 2 may withdraw, and issue codes of BTC by itself: 2 at once, 5 a day.
const issueKey = instruction.Credential(9)

// giver is a venue whose account 2 has a key that issues codes.
func giver(t testing.TB) *venue {
	v := treasury(t)
	v.operator(&instruction.CreateKey{
		Account: 2, ID: instruction.KeyID{0xdd, 9}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{
			Rights:   instruction.MayRead | instruction.MayWithdraw,
			Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")},
			Codes:    []instruction.Cap{{Asset: 1, PerOrder: 2e8, PerDay: 5e8}},
		},
	})
	return v
}

// hashes are those of new codes, from one number on.
func hashes(from, n int) (list []instruction.NewCode) {
	for i := range n {
		h := instruction.CodeHash{1, byte((from + i) >> 8), byte(from + i)}
		list = append(list, instruction.NewCode{Hash: h, Message: []byte("sealed")})
	}
	return list
}

// issue has a key issue codes that last a day.
func (v *venue) issue(c instruction.Credential, amount money.Amount, list []instruction.NewCode) instruction.Record {
	v.t.Helper()
	i := &instruction.IssueCodes{Asset: 1, Amount: amount, Expires: v.now + instruction.Day, Codes: list}
	if c == ownKey {
		i.Account = 2
	}
	return v.key(c, i)
}

// bring has somebody bring a code for an address outside, from the n-th network.
func (v *venue) bring(n int, h instruction.CodeHash, to instruction.Destination) instruction.Record {
	v.t.Helper()
	addr := netip.AddrFrom4([4]byte{198, 51, byte(n), 1})
	return v.step(instruction.Principal{Giver: instruction.ByBearer, Addr: addr}, &instruction.ClaimCode{Hash: h, To: to})
}

// keeps is what the venue's own account holds of BTC.
func (v *venue) keeps(n money.Amount) {
	v.t.Helper()
	if b := v.s.Balance(instruction.Fees, 1); b.Held != n || b.Free != 0 {
		v.t.Fatalf("the venue's account has %d free and holds %d, want %d", b.Free, b.Held, n)
	}
}

// TestCodeIntoAnAccount: value leaves at issue, arrives by the first claim, and is told again to who claims it again.
func TestCodeIntoAnAccount(t *testing.T) {
	v := giver(t)
	list := hashes(1, 2)
	r := v.issue(issueKey, 1e8, list)
	v.want(r, 0)
	if e := events[*instruction.CodesIssued](r); len(e) != 1 || e[0].First != 1 || e[0].Account != 2 || e[0].Credential != issueKey {
		t.Fatalf("%+v", e)
	}
	v.balance(0, 1, 98e8, 0)
	v.keeps(2e8)
	claim := &instruction.ClaimCode{Hash: list[1].Hash}
	v.want(v.by(1, claim), 0)
	v.balance(1, 1, 101e8, 0)
	v.keeps(1e8)
	if c := v.s.Code(list[1].Hash); c.State != instruction.ClaimedCode || c.Into != 3 || len(c.Message) != 0 {
		t.Errorf("%+v", c)
	}
	again := v.by(1, claim)
	v.want(again, 0)
	if len(events[*instruction.CodeKnown](again)) != 1 {
		t.Error("a repeated claim is not answered as one")
	}
	v.balance(1, 1, 101e8, 0)
	v.want(v.by(0, claim), instruction.UnknownCode)
	v.want(v.bring(1, list[1].Hash, tent), instruction.UnknownCode)
	v.want(v.by(0, &instruction.ClaimCode{Hash: instruction.CodeHash{9}}), instruction.UnknownCode)
	v.want(v.by(1, &instruction.ClaimCode{Hash: list[0].Hash, To: tent}), instruction.MalformedAddress)
	v.keeps(1e8)
}

// TestCodeOutside: one payout, whoever brings the code.
func TestCodeOutside(t *testing.T) {
	venueItself := instruction.Principal{Giver: instruction.ByVenue}
	v := giver(t)
	list := hashes(1, 3)
	v.want(v.issue(ownKey, 1e8, list), 0)
	v.want(v.bring(1, list[0].Hash, instruction.Destination{}), instruction.MalformedAddress)
	v.want(v.bring(1, list[0].Hash, tent), 0)
	p := v.s.Payout(1)
	if p == nil || p.Account != instruction.Fees || p.Credential != 0 || p.Amount != 1e8 || p.State != instruction.PayoutClaimed || v.s.CodePaid(1).ID != 1 {
		t.Fatalf("%+v", p)
	}
	v.keeps(3e8)
	if known := events[*instruction.CodeKnown](v.bring(2, list[0].Hash, tent)); len(known) != 1 || known[0].ID != 1 {
		t.Error("a repeated claim is not answered as one")
	}
	for _, r := range []instruction.Record{v.bring(2, list[0].Hash, cold), v.by(0, &instruction.ClaimCode{Hash: list[0].Hash}), v.bring(1, list[0].Hash, instruction.Destination{Chain: tent.Chain, Address: tent.Address})} {
		v.want(r, instruction.UnknownCode)
	}
	if v.s.LastPayout() != 1 {
		t.Fatal("it is paid twice")
	}
	v.want(v.step(venueItself, &instruction.Settle{Payout: 1}), 0)
	v.keeps(2e8)
	if known := events[*instruction.CodeKnown](v.bring(2, list[0].Hash, tent)); len(known) != 1 || v.s.CodePaid(1).Paying {
		t.Error("a claim that was paid is not answered as one")
	}
	v.reread()
}

// TestCodeReturns: by its issuer, by the owner, by time; each once, and for nobody else.
func TestCodeReturns(t *testing.T) {
	v := giver(t)
	list := hashes(1, 5)
	v.want(v.issue(ownKey, 1e8, list), 0)
	v.want(v.key(othersKey, &instruction.ReturnCode{ID: 1}), instruction.UnknownCode)
	v.want(v.key(othersOwn, &instruction.ReturnCode{ID: 1}), instruction.UnknownCode)
	v.want(v.key(payKey, &instruction.ReturnCode{ID: 9}), instruction.UnknownCode)
	v.want(v.key(payKey, &instruction.ReturnCode{}), instruction.UnknownCode)
	v.want(v.by(0, &instruction.ReturnCode{ID: 1}), instruction.RightMissing)
	v.want(v.key(payKey, &instruction.ReturnCode{ID: 1}), 0)
	v.want(v.key(ownKey, &instruction.ReturnCode{ID: 2}), 0)
	v.balance(0, 1, 97e8, 0)
	v.want(v.key(ownKey, &instruction.ReturnCode{ID: 2}), instruction.CodeOver)
	v.want(v.bring(1, list[0].Hash, tent), instruction.UnknownCode)
	v.want(v.bring(1, list[2].Hash, tent), 0)
	v.want(v.key(ownKey, &instruction.ReturnCode{ID: 3}), instruction.CodeOver)
	v.want(v.by(1, &instruction.ClaimCode{Hash: list[3].Hash}), 0)
	v.pass(instruction.Day)
	back := 0
	for id := instruction.CodeID(1); id <= 5; id++ {
		if c := v.s.CodeNumbered(id); c.State == instruction.ReturnedCode && c.Expired {
			back++
		}
	}
	if back != 1 || v.s.CodeNumbered(5).Expired != true {
		t.Errorf("%d codes expired", back)
	}
	v.balance(0, 1, 98e8, 0)
	v.keeps(1e8) // the payout of the third
	v.want(v.bring(1, list[4].Hash, tent), instruction.UnknownCode)
	v.reread()
	v.pass(payout.Remembered)
	if v.s.CodeNumbered(3) == nil || v.s.CodeNumbered(1) != nil || v.s.CodeNumbered(4) != nil || v.s.CodeNumbered(5) != nil {
		t.Error("not those are forgotten that are over, with their payouts, for long")
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: 1}), 0)
	v.tick()
	if v.s.CodeNumbered(3) != nil || v.s.Codes(2) != nil {
		t.Error("a code that was paid long ago is not forgotten")
	}
	v.reread()
}

// TestCodeExpiresAtOnce: past its end nobody has it, though no tick has come yet; a clock that jumped ends nothing.
func TestCodeExpiresAtOnce(t *testing.T) {
	v := giver(t)
	list := hashes(1, 1)
	v.want(v.issue(ownKey, 1e8, list), 0)
	v.now += 2 * instruction.Day // which no operator confirmed
	v.want(v.bring(1, instruction.CodeHash{7}, tent), instruction.UnknownCode)
	v.tick()
	if c := v.s.CodeNumbered(1); c.State != instruction.LiveCode {
		t.Fatal("a clock that jumped ended a code")
	}
	v.operator(&instruction.ConfirmClock{})
	v.s.clock.Now += instruction.Day - instruction.Second
	v.twin.clock.Now = v.s.clock.Now
	v.now += instruction.Day
	v.want(v.bring(1, list[0].Hash, tent), instruction.UnknownCode)
	v.keeps(1e8)
	v.tick()
	v.keeps(0)
}

// TestIssueRefused: who may issue, how much, and of what.
func TestIssueRefused(t *testing.T) {
	good := instruction.IssueCodes{Asset: 1, Amount: 1e8, Codes: hashes(1, 1)}
	name, err := instruction.ClientIDOf("batch")
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		key    instruction.Credential
		change func(*venue, *instruction.IssueCodes)
		want   instruction.Reason
	}{
		"a key without caps":     {payKey, nil, instruction.CodesNotCapped},
		"a legacy key":           {oldKey, nil, instruction.CodesNotCapped},
		"a key that trades":      {1, nil, instruction.RightMissing},
		"another asset":          {issueKey, func(_ *venue, i *instruction.IssueCodes) { i.Asset = 2 }, instruction.CodesNotCapped},
		"over a batch's cap":     {issueKey, func(_ *venue, i *instruction.IssueCodes) { i.Amount++; i.Codes = hashes(1, 2) }, instruction.CodesOverCap},
		"far over":               {issueKey, func(_ *venue, i *instruction.IssueCodes) { i.Amount = money.MaxAmount; i.Codes = hashes(1, 100) }, instruction.CodesOverCap},
		"another's account":      {issueKey, func(_ *venue, i *instruction.IssueCodes) { i.Account = 3 }, instruction.AccountNotYours},
		"another owner":          {othersOwn, func(_ *venue, i *instruction.IssueCodes) { i.Account = 2 }, instruction.AccountNotYours},
		"an owner of no account": {ownKey, nil, instruction.AccountNotYours},
		"no such asset":          {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Asset = 2, 9 }, instruction.UnknownAsset},
		"nothing":                {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Amount = 2, 0 }, instruction.AmountOutOfRange},
		"less":                   {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Amount = 2, -1 }, instruction.AmountOutOfRange},
		"more than any amount": {ownKey, func(_ *venue, i *instruction.IssueCodes) {
			i.Account, i.Amount, i.Codes = 2, money.MaxAmount/2+1, hashes(1, 2)
		}, instruction.AmountOutOfRange},
		"no codes":           {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Codes = 2, nil }, instruction.AmountOutOfRange},
		"more than there is": {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Amount, i.Codes = 2, 50e8+1, hashes(1, 2) }, instruction.InsufficientBalance},
		"for too short":      {ownKey, func(v *venue, i *instruction.IssueCodes) { i.Account, i.Expires = 2, v.now+instruction.MinCodeLife-1 }, instruction.CodeExpiry},
		"for too long":       {ownKey, func(v *venue, i *instruction.IssueCodes) { i.Account, i.Expires = 2, v.now+instruction.MaxCodeLife+1 }, instruction.CodeExpiry},
		"long ago":           {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Expires = 2, -1<<63 }, instruction.CodeExpiry},
		"two of one hash": {ownKey, func(_ *venue, i *instruction.IssueCodes) {
			i.Account, i.Codes = 2, append(hashes(1, 1), hashes(1, 1)...)
		}, instruction.CodeTaken},
		"no hash":          {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Codes = 2, make([]instruction.NewCode, 1) }, instruction.CodeTaken},
		"a hash of before": {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Codes = 2, hashes(500, 1) }, instruction.CodeTaken},
		"a name of before": {ownKey, func(_ *venue, i *instruction.IssueCodes) { i.Account, i.Client = 2, name }, instruction.CodeTaken},
		"by a key that is dropped": {issueKey, func(v *venue, _ *instruction.IssueCodes) {
			v.operator(&instruction.Drop{Class: instruction.DropWithdrawals})
		}, instruction.WithdrawalsDropped},
		"an owner, dropped": {ownKey, func(v *venue, i *instruction.IssueCodes) {
			i.Account = 2
			v.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: 1}})
		}, instruction.WithdrawalsDropped},
		"an owner, locked": {ownKey, func(v *venue, i *instruction.IssueCodes) {
			i.Account = 2
			v.operator(&instruction.LockAccount{Account: 2})
		}, instruction.LockedAccount},
	} {
		v := giver(t)
		v.want(v.key(ownKey, &instruction.IssueCodes{Account: 2, Asset: 1, Amount: 1, Expires: v.now + instruction.Day, Client: name, Codes: hashes(500, 1)}), 0)
		i := good
		i.Expires = v.now + instruction.Day
		if c.change != nil {
			c.change(v, &i)
		}
		if r := v.key(c.key, &i); !t.Run(what, func(t *testing.T) { v.t = t; v.want(r, c.want) }) {
			continue
		}
		if v.s.LastCode() != 1 {
			t.Errorf("%s: something came of it", what)
		}
	}
}

// TestCodeCaps: what a key issues counts for a day, also what it takes back; what its owner issues does not.
func TestCodeCaps(t *testing.T) {
	v := giver(t)
	v.want(v.issue(issueKey, 2e8, hashes(1, 1)), 0)
	v.want(v.key(issueKey, &instruction.ReturnCode{ID: 1}), 0)
	v.want(v.issue(issueKey, 1e8, hashes(2, 2)), 0)
	v.want(v.issue(ownKey, 50e8, hashes(10, 1)), 0)
	r := v.issue(issueKey, 2e8, hashes(20, 1))
	v.want(r, instruction.CodesOverCap)
	if left := r.Verdict.Findings()[0].Value; left != 1e8 {
		t.Errorf("%d are said to be left", left)
	}
	v.want(v.issue(issueKey, 1e8, hashes(20, 1)), 0)
	v.want(v.issue(issueKey, 1, hashes(30, 1)), instruction.CodesOverCap)
	v.reread()
	v.pass(instruction.Day + 7200*instruction.Second)
	v.want(v.issue(issueKey, 2e8, hashes(30, 1)), 0)
	v.want(v.pay(issueKey, 1e8, cold, ""), 0)
}

// TestNoHMACIssues: caps for codes are for keys that may withdraw from networks that are listed, and never for an HMAC key, however old.
func TestNoHMACIssues(t *testing.T) {
	v := treasury(t)
	caps := []instruction.Cap{{Asset: 1, PerDay: 1e8}}
	networks := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	withdraw := instruction.MayRead | instruction.MayWithdraw
	for what, c := range map[string]struct {
		k    instruction.CreateKey
		want instruction.Reason
	}{
		"an HMAC key":         {instruction.CreateKey{Scheme: instruction.HMAC, Legacy: true, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks, Codes: caps}}, instruction.UnsafeIssuing},
		"from everywhere":     {instruction.CreateKey{Scheme: instruction.Ed25519, Legacy: true, Mandate: instruction.Mandate{Rights: withdraw, Codes: caps}}, instruction.UnsafeIssuing},
		"without the right":   {instruction.CreateKey{Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: instruction.MayRead, Networks: networks, Codes: caps}}, instruction.UnsafeIssuing},
		"an owner's key":      {instruction.CreateKey{Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn, Networks: networks, Codes: caps}}, instruction.UnsafeOwning},
		"of no asset":         {instruction.CreateKey{Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks, Codes: []instruction.Cap{{Asset: 9, PerDay: 1}}}}, instruction.UnknownAsset},
		"of no bound":         {instruction.CreateKey{Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks, Codes: []instruction.Cap{{Asset: 1}}}}, instruction.CapsMalformed},
		"one that may":        {instruction.CreateKey{Scheme: instruction.Ed25519, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks, Codes: caps}}, 0},
		"an old one that may": {instruction.CreateKey{Scheme: instruction.Ed25519, Legacy: true, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks, Codes: caps}}, 0},
	} {
		c.k.Account, c.k.ID, c.k.Material = 2, instruction.KeyID{0xcc, byte(len(what))}, make([]byte, 32)
		if r := v.s.TestKey(&c.k); r != c.want {
			t.Errorf("%s: %v, want %v", what, r, c.want)
		}
	}
	legacy := v.makeKey(0, func(k *instruction.CreateKey) {
		k.Scheme, k.Legacy, k.Mandate = instruction.HMAC, true, instruction.Mandate{Rights: withdraw, Networks: networks}
	})
	v.want(v.key(legacy, &instruction.IssueCodes{Asset: 1, Amount: 1, Expires: v.now + instruction.Day, Codes: hashes(1, 1)}), instruction.CodesNotCapped)
	v.want(v.key(ownKey, &instruction.ChangeMandate{Credential: payKey, Mandate: instruction.Mandate{Rights: instruction.MayRead, Networks: networks, Codes: caps}}), instruction.UnsafeIssuing)
	v.want(v.key(ownKey, &instruction.ChangeMandate{Credential: payKey, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks, Codes: caps}}), 0)
	if m := v.s.Key(payKey).Mandate(); len(m.Codes) != 0 {
		t.Error("a wider mandate did not wait")
	}
	v.pass(instruction.Day)
	if m := v.s.Key(payKey).Mandate(); len(m.Codes) != 1 {
		t.Error("a wider mandate does not come")
	}
	v.want(v.key(payKey, &instruction.IssueCodes{Asset: 1, Amount: 1e8, Expires: v.now + instruction.Day, Codes: hashes(1, 1)}), 0)
	v.want(v.key(ownKey, &instruction.ChangeMandate{Credential: payKey, Mandate: instruction.Mandate{Rights: withdraw, Networks: networks}}), 0)
	v.want(v.key(payKey, &instruction.IssueCodes{Asset: 1, Amount: 1, Expires: v.now + instruction.Day, Codes: hashes(2, 1)}), instruction.CodesNotCapped)
}

// TestClaimLimits: one network is stopped before all are, by claims that fail as by others, for ten minutes of the clock of waits.
func TestClaimLimits(t *testing.T) {
	v := giver(t)
	list := hashes(1, 1)
	v.want(v.issue(ownKey, 1e8, list), 0)
	for range gate.ClaimsPerSite {
		v.want(v.bring(1, instruction.CodeHash{7}, tent), instruction.UnknownCode)
	}
	v.want(v.bring(1, list[0].Hash, tent), instruction.TooManyClaims)
	v.reread()
	v.want(v.bring(1, list[0].Hash, tent), instruction.TooManyClaims)
	v.pass(600 * instruction.Second)
	v.want(v.bring(1, list[0].Hash, tent), 0)
	v.want(v.bring(2, list[0].Hash, tent), 0)
}

// TestClaimsDropped: everywhere, of an asset, from a network; drops that name keys or shut them are no matter of whoever brings a code.
func TestClaimsDropped(t *testing.T) {
	dropped := instruction.ClaimsDropped
	for what, c := range map[string]struct {
		drop         instruction.Drop
		bearer, into instruction.Reason
	}{
		"everywhere":      {instruction.Drop{Class: instruction.DropClaims}, dropped, dropped},
		"of the asset":    {instruction.Drop{Class: instruction.DropClaims, Scope: instruction.Scope{Asset: 1}}, dropped, dropped},
		"of another":      {instruction.Drop{Class: instruction.DropClaims, Scope: instruction.Scope{Asset: 2}}, 0, 0},
		"there":           {instruction.Drop{Class: instruction.DropClaims, Scope: instruction.Scope{Networks: []netip.Prefix{netip.MustParsePrefix("198.51.0.0/16")}}}, dropped, 0},
		"elsewhere":       {instruction.Drop{Class: instruction.DropClaims, Scope: instruction.Scope{Networks: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}}, 0, dropped},
		"of older keys":   {instruction.Drop{Class: instruction.DropClaims, Scope: instruction.Scope{Before: start + instruction.Year}}, 0, dropped},
		"of keys":         {instruction.Drop{Class: instruction.DropKeys}, 0, instruction.KeysDropped},
		"of withdrawals":  {instruction.Drop{Class: instruction.DropWithdrawals}, 0, 0},
		"of some clients": {instruction.Drop{Class: instruction.DropClaims, Scope: instruction.Scope{Client: 5}}, 0, 0},
	} {
		v := giver(t)
		list := hashes(1, 2)
		v.want(v.issue(ownKey, 1e8, list), 0)
		v.operator(&c.drop)
		bearer, into := v.bring(1, list[0].Hash, tent), v.key(payKey, &instruction.ClaimCode{Hash: list[1].Hash})
		t.Run(what, func(t *testing.T) {
			v.t = t
			v.want(bearer, c.bearer)
			v.want(into, c.into)
		})
	}
	v := giver(t)
	v.want(v.issue(ownKey, 1e8, hashes(1, 1)), 0)
	v.operator(&instruction.Drop{Class: instruction.DropClaims})
	open := 0
	for share := uint8(1); share < 100 && open == 0; share++ {
		v.operator(&instruction.Raise{Drop: 1, Share: share})
		if r := v.bring(1, hashes(1, 1)[0].Hash, tent); r.Verdict.Decision == instruction.Allow {
			open++
		}
	}
	if open == 0 {
		t.Error("a drop that is raised by and by never opens for a code")
	}
}

// TestCodesOverTime: an account has so many live codes and no more, and expired ones go back in slices.
func TestCodesOverTime(t *testing.T) {
	v := giver(t)
	n := 0
	for ; n < payout.MaxLiveCodes; n += instruction.MaxCodes {
		b, err := v.s.Step(v.now, &instruction.Principal{Giver: instruction.ByCredential, Credential: ownKey, Addr: netip.MustParseAddr("192.0.2.9")},
			&instruction.IssueCodes{Account: 2, Asset: 1, Amount: 1, Expires: v.now + instruction.Day, Codes: hashes(n, instruction.MaxCodes)}, nil)
		var r instruction.Record
		if err != nil || r.Decode(1, b) != nil || v.twin.Fold(&r, nil) != nil {
			t.Fatal(err)
		}
	}
	v.want(v.issue(ownKey, 1, hashes(n, 1)), instruction.TooMany)
	v.keeps(money.Amount(n))
	v.pass(instruction.Day)
	if live := v.s.codes.Live(2); live != n-codesAtOnce {
		t.Errorf("with one tick %d of %d expired", n-live, n)
	}
	v.reread()
}

// TestCodePayoutCancelled: what was claimed to an address and never sent goes back to the issuer, and nobody claims it anew.
func TestCodePayoutCancelled(t *testing.T) {
	v := giver(t)
	list := hashes(1, 2)
	v.want(v.issue(ownKey, 1e8, list), 0)
	v.want(v.bring(1, list[1].Hash, tent), 0)
	v.keeps(2e8)
	v.operator(&instruction.StopPayout{Payout: 1})
	v.keeps(1e8)
	v.balance(0, 1, 99e8, 0)
	if c := v.s.Code(list[1].Hash); c.State != instruction.ReturnedCode || c.Payout != 1 || c.Paying || c.Expired {
		t.Errorf("%+v", c)
	}
	if len(events[*instruction.CodeKnown](v.bring(1, list[1].Hash, tent))) != 1 {
		t.Error("who claimed it is not told of the payout that was cancelled")
	}
	v.want(v.bring(1, list[1].Hash, cold), instruction.UnknownCode)
	v.want(v.key(ownKey, &instruction.ReturnCode{ID: 2}), instruction.CodeOver)
	v.reread()
	v.pass(payout.Remembered)
	v.pass(instruction.Day)
	if v.s.CodeNumbered(2) != nil {
		t.Error("it is not forgotten")
	}
}

// TestCodeOnAChain: what a withdrawal of the asset costs and needs holds for a claim to an address too; into an account nothing does.
func TestCodeOnAChain(t *testing.T) {
	v := giver(t)
	v.operator(&instruction.SetChain{Asset: 1, Terms: instruction.ChainTerms{
		Network: "demo", Genesis: instruction.BlockHash{1}, Account: "xpub", Hot: "bc1qhot", Start: 1, CreditDepth: 1, SettleDepth: 1,
		MinDeposit: 1000, MinWithdraw: 50_000, WithdrawFee: 10_000, MaxFeeRate: 1000,
	}})
	v.want(v.step(instruction.Principal{Giver: instruction.ByWallet}, &instruction.IssueAddress{Asset: 1, Account: 3, Address: "bc1qours"}), 0)
	list := hashes(1, 2)
	v.want(v.issue(ownKey, 49_999, list), 0)
	plain := instruction.Destination{Chain: "BTC", Address: "bc1qtent"}
	v.want(v.bring(1, list[0].Hash, plain), instruction.WithdrawTooSmall)
	v.want(v.by(1, &instruction.ClaimCode{Hash: list[0].Hash}), 0)
	more := hashes(10, 1)
	v.want(v.issue(ownKey, 50_000, more), 0)
	v.want(v.bring(1, more[0].Hash, tent), instruction.TagUnknown)
	v.want(v.bring(1, more[0].Hash, instruction.Destination{Chain: "BTC", Address: "bc1qours"}), instruction.AddressOfVenue)
	v.want(v.bring(1, more[0].Hash, plain), 0)
	if p := v.s.Payout(1); p.Fee != 10_000 || p.Arrives() != 40_000 {
		t.Errorf("%+v", p)
	}
	if owed := v.s.Owed(1); owed != 200e8 {
		t.Errorf("%d are owed: what codes hold is their issuers' or who claims them", owed)
	}
	v.operator(&instruction.StopPayout{Payout: 1})
	v.keeps(49_999)
	v.reread()
}
