package core

import (
	"bytes"
	"net/netip"
	"testing"

	"portcullis/core/instruction"
)

const (
	read     = instruction.MayRead
	trade    = instruction.MayTrade
	withdraw = instruction.MayWithdraw
	own      = instruction.MayOwn
	day      = instruction.Day
)

func networks(list ...string) (out []netip.Prefix) {
	for _, n := range list {
		out = append(out, netip.MustParsePrefix(n))
	}
	return out
}

// create is a key of account 2, of that name.
func create(name byte, scheme instruction.Scheme, m instruction.Mandate) *instruction.CreateKey {
	return &instruction.CreateKey{Account: 2, ID: instruction.KeyID{0xcc, name}, Scheme: scheme, Material: bytes.Repeat([]byte{0xcc, name}, 16), Mandate: m}
}

var byOperator = instruction.Principal{Giver: instruction.ByOperator}

// TestNewKeys: which mandates a new key may have, and a legacy one.
func TestNewKeys(t *testing.T) {
	const ed, hmac = instruction.Ed25519, instruction.HMAC
	list := networks("10.0.0.0/8")
	caps := []instruction.Cap{{Asset: 2, PerDay: 5}}
	for name, c := range map[string]struct {
		scheme instruction.Scheme
		m      instruction.Mandate
		want   instruction.Reason
		legacy instruction.Reason
	}{
		"no right":               {ed, instruction.Mandate{}, instruction.NoRights, instruction.NoRights},
		"reads":                  {hmac, instruction.Mandate{Rights: read}, 0, 0},
		"trades, HMAC":           {hmac, instruction.Mandate{Rights: read | trade}, instruction.UnsafeTrading, 0},
		"withdraws, HMAC":        {hmac, instruction.Mandate{Rights: withdraw, Networks: list}, instruction.UnsafeWithdrawing, 0},
		"withdraws from all":     {ed, instruction.Mandate{Rights: withdraw}, instruction.UnsafeWithdrawing, 0},
		"withdraws":              {ed, instruction.Mandate{Rights: withdraw, Networks: list}, 0, 0},
		"transfers, HMAC":        {hmac, instruction.Mandate{Rights: instruction.MayTransfer}, instruction.UnsafeTransfers, 0},
		"ended":                  {ed, instruction.Mandate{Rights: read, Expires: start}, instruction.EndNotAhead, instruction.EndNotAhead},
		"all networks":           {ed, instruction.Mandate{Rights: read, Networks: networks("0.0.0.0/0")}, instruction.NetworkUnbounded, instruction.NetworkUnbounded},
		"one in another":         {ed, instruction.Mandate{Rights: read, Networks: networks("10.0.0.0/8", "10.1.0.0/16")}, instruction.NetworksMalformed, instruction.NetworksMalformed},
		"v4 in v6":               {ed, instruction.Mandate{Rights: read, Networks: networks("::ffff:10.0.0.0/104")}, instruction.NetworksMalformed, instruction.NetworksMalformed},
		"no such market":         {ed, instruction.Mandate{Rights: read, Markets: []instruction.Market{1, 7}}, instruction.UnknownMarket, instruction.UnknownMarket},
		"capped":                 {ed, instruction.Mandate{Rights: read | trade, Trades: caps, Withdrawals: caps}, 0, 0},
		"capped in no asset":     {ed, instruction.Mandate{Rights: read, Trades: []instruction.Cap{{Asset: 7, PerDay: 1}}}, instruction.UnknownAsset, instruction.UnknownAsset},
		"a cap of nothing":       {ed, instruction.Mandate{Rights: read, Withdrawals: []instruction.Cap{{Asset: 2}}}, instruction.CapsMalformed, instruction.CapsMalformed},
		"a day below an order":   {ed, instruction.Mandate{Rights: read, Trades: []instruction.Cap{{Asset: 2, PerOrder: 2, PerDay: 1}}}, instruction.CapsMalformed, instruction.CapsMalformed},
		"owns":                   {ed, instruction.Mandate{Rights: read | own}, 0, instruction.UnsafeOwning},
		"owns from there":        {ed, instruction.Mandate{Rights: read | own, Networks: list}, 0, instruction.UnsafeOwning},
		"owns, HMAC":             {hmac, instruction.Mandate{Rights: read | own}, instruction.UnsafeOwning, instruction.UnsafeOwning},
		"owns and trades":        {ed, instruction.Mandate{Rights: read | trade | own}, instruction.UnsafeOwning, instruction.UnsafeOwning},
		"owns and does not read": {ed, instruction.Mandate{Rights: own}, instruction.UnsafeOwning, instruction.UnsafeOwning},
		"owns with an end":       {ed, instruction.Mandate{Rights: read | own, Expires: start + day}, instruction.UnsafeOwning, instruction.UnsafeOwning},
		"owns one market":        {ed, instruction.Mandate{Rights: read | own, Markets: []instruction.Market{1}}, instruction.UnsafeOwning, instruction.UnsafeOwning},
		"owns with caps":         {ed, instruction.Mandate{Rights: read | own, Withdrawals: caps}, instruction.UnsafeOwning, instruction.UnsafeOwning},
	} {
		v := newVenue(t, 1)
		in := create(1, c.scheme, c.m)
		t.Log(name)
		v.want(v.step(byOperator, in), c.want)
		in.ID[1], in.Legacy = 2, true
		v.want(v.step(byOperator, in), c.legacy)
	}
	v := newVenue(t, 1)
	decoy := create(1, ed, instruction.Mandate{Rights: read | own})
	decoy.Canary = true
	v.want(v.step(byOperator, decoy), instruction.UnsafeOwning)
	decoy.Canary, decoy.Integrator = false, "grid"
	v.want(v.step(byOperator, decoy), instruction.UnsafeOwning)
	old := create(2, hmac, instruction.Mandate{Rights: read | trade | withdraw})
	old.Legacy, old.Created = true, start-900*day
	v.operator(old)
	if k := v.s.Key(2); k.Created != start-900*day || k.Renewed != v.s.clock.Waits() || !k.Legacy {
		t.Errorf("a legacy key was created %v, renewed %v", k.Created.Std(), k.Renewed.Std())
	}
}

// TestChangeMandate: what is taken away is gone at once, what is added waits.
func TestChangeMandate(t *testing.T) {
	v, owner, other := owned(t)
	change := func(by int, m instruction.Mandate, want instruction.Reason) {
		t.Helper()
		v.want(v.by(by, &instruction.ChangeMandate{Credential: 1, Mandate: m}), want)
	}
	is := func(m instruction.Mandate, waiting int) {
		t.Helper()
		if got := v.s.Key(1).Mandate(); !got.Same(&m) || len(v.s.Matters(2)) != waiting {
			t.Fatalf("the mandate is %+v, and %d wait", got, len(v.s.Matters(2)))
		}
	}
	full := instruction.Mandate{Rights: read | trade}
	near := instruction.Mandate{Rights: read | trade, Networks: networks("10.0.0.0/8")}
	far := instruction.Mandate{Rights: read | trade, Networks: networks("11.0.0.0/8", "12.0.0.0/8")}
	shifted := instruction.Mandate{Rights: read | withdraw, Networks: networks("10.1.0.0/16", "11.0.0.0/8")}
	change(other, near, instruction.KeyNotYours)
	change(0, near, instruction.OwnerOnly)
	change(owner, full, instruction.MandateSame)
	change(owner, instruction.Mandate{Rights: read | trade, Expires: v.now}, instruction.EndNotAhead)
	change(owner, instruction.Mandate{Rights: read | withdraw}, instruction.UnsafeWithdrawing)
	change(owner, instruction.Mandate{}, instruction.NoRights)
	change(owner, near, 0) // narrower: at once
	is(near, 0)
	change(owner, far, instruction.MandateDisjoint)
	is(near, 0)
	change(owner, shifted, 0)
	is(instruction.Mandate{Rights: read, Networks: networks("10.1.0.0/16")}, 1)
	v.pass(day - 2*instruction.Second)
	is(instruction.Mandate{Rights: read, Networks: networks("10.1.0.0/16")}, 1)
	v.pass(2 * instruction.Second)
	is(shifted, 0)

	change(owner, near, 0) // another takes its place
	change(owner, full, 0)
	both := instruction.Mandate{Rights: read, Networks: networks("10.1.0.0/16")}
	is(both, 1)
	v.want(v.by(owner, &instruction.Answer{Matter: v.s.Matters(2)[0]}), 0)
	v.pass(2 * day)
	is(both, 0)
	change(owner, full, 0)
	is(both, 1)
	change(owner, both, 0) // as it is: what waits is over
	is(both, 0)
	v.want(v.step(byOperator, &instruction.ChangeMandate{Credential: 1, Mandate: full}), 0) // the operator's waits too
	is(both, 1)
	v.want(v.by(owner, &instruction.RevokeKey{Credential: 1}), 0)
	if len(v.s.Matters(2)) != 0 {
		t.Error("a wait outlives its key")
	}
	change(owner, both, instruction.AlreadyRevoked)
	v.pass(2 * day)
	v.want(v.step(byOperator, &instruction.ChangeMandate{Credential: 99, Mandate: full}), instruction.UnknownKey)
}

// TestTooManyNetworks: what two lists have in common may be longer than a mandate's list can be.
func TestTooManyNetworks(t *testing.T) {
	v := newVenue(t, 1)
	list := func(big, small byte) (out []netip.Prefix) {
		out = networks("0.0.0.0/8")
		out[0] = netip.PrefixFrom(netip.AddrFrom4([4]byte{big}), 8)
		for i := range byte(instruction.MaxMandateNetworks - 1) {
			out = append(out, netip.PrefixFrom(netip.AddrFrom4([4]byte{small, i}), 16))
		}
		return out
	}
	v.operator(create(1, instruction.Ed25519, instruction.Mandate{Rights: read, Networks: list(10, 11)}))
	in := &instruction.ChangeMandate{Credential: 2, Mandate: instruction.Mandate{Rights: read, Networks: list(11, 10)}}
	v.want(v.step(byOperator, in), instruction.TooMany)
}

// TestLegacyMandate: a legacy key may be narrowed as it is; what widens it goes by the rules for new ones.
func TestLegacyMandate(t *testing.T) {
	v := newVenue(t, 1)
	in := create(1, instruction.HMAC, instruction.Mandate{Rights: read | trade | withdraw})
	in.Legacy = true
	v.operator(in)
	change := func(m instruction.Mandate, want instruction.Reason) {
		t.Helper()
		v.want(v.step(byOperator, &instruction.ChangeMandate{Credential: 2, Mandate: m}), want)
	}
	change(instruction.Mandate{Rights: read | withdraw}, 0)
	change(instruction.Mandate{Rights: read | withdraw | trade}, instruction.UnsafeTrading)
	change(instruction.Mandate{Rights: read | own}, instruction.UnsafeOwning)
	change(instruction.Mandate{Rights: read | withdraw, Networks: networks("10.0.0.0/8")}, 0)
	change(instruction.Mandate{Rights: read, Networks: networks("10.0.0.0/8")}, 0)
	change(instruction.Mandate{Rights: read | trade, Networks: networks("10.0.0.0/8")}, 0)
	if len(v.s.Matters(2)) != 1 || v.s.Key(2).Rights() != read {
		t.Error("a legacy key was widened at once")
	}
}

// TestOwnersKeys: the first is one at once, further ones wait, and nobody is left without a way to act by an owner's word.
func TestOwnersKeys(t *testing.T) {
	v, owner, _ := owned(t)
	v.operator(&instruction.OpenAccount{Parent: 2})
	sub := v.s.Accounts()
	second := create(1, instruction.Ed25519, instruction.Mandate{Rights: read | own})
	second.Account = sub // another account of the same customer
	v.operator(second)
	c := v.s.Keys()
	if v.s.Key(c).Owner() || len(v.s.Matters(sub)) != 1 {
		t.Fatal("a second owner's key is one at once")
	}
	v.want(v.by(int(c)-1, &instruction.SetWait{Account: 2, Wait: 2 * day}), instruction.OwnerOnly)
	v.want(v.by(owner, &instruction.RevokeKey{Credential: 3}), instruction.LastOwnerKey)
	v.want(v.by(owner, &instruction.ChangeMandate{Credential: 3, Mandate: instruction.Mandate{Rights: read}}), instruction.LastOwnerKey)
	v.pass(day + instruction.Second)
	if !v.s.Key(c).Owner() || len(v.s.Matters(sub)) != 0 {
		t.Fatal("a second owner's key is none after the wait")
	}
	v.want(v.by(int(c)-1, &instruction.RevokeKey{Credential: 3}), 0) // by the other
	v.want(v.by(int(c)-1, &instruction.RevokeKey{Credential: c}), instruction.LastOwnerKey)
	v.want(v.step(byOperator, &instruction.RevokeKey{Credential: c}), 0)
	third := create(2, instruction.Ed25519, instruction.Mandate{Rights: read | own})
	v.operator(third) // none is left, so it is the first again
	if !v.s.Key(v.s.Keys()).Owner() {
		t.Error("the first owner's key waits")
	}
	restored(v)
}

// restored holds the state against itself as it is read back.
func restored(v *venue) *State {
	v.t.Helper()
	c := instruction.Writer(nil)
	v.s.Fields(&c)
	back := New()
	r := instruction.Reader(c.Bytes())
	if back.Fields(&r); r.End() != nil {
		v.t.Fatal(r.Err())
	}
	if back.Hash() != v.s.Hash() {
		v.t.Fatal("read back it is another state")
	}
	return back
}

// TestAging: a key is spoken of 30, 7 and 1 days before its year is over and when it is, and then may read and cancel.
func TestAging(t *testing.T) {
	v, owner, _ := owned(t)
	told := func() (days []uint16) {
		v.now += instruction.Second
		r := v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
		var ev instruction.Events
		r.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			if e, ok := e.(*instruction.KeyAging); ok && e.Credential == 1 {
				days = append(days, e.Days)
			} else if ok && v.s.Key(e.Credential).Owner() {
				t.Errorf("key %d is said to age", e.Credential)
			}
		}
		return days
	}
	until := func(d instruction.Time) { // of the first key's year, so many days are left
		t.Helper()
		v.now = v.s.Key(1).Renewed + instruction.Year - d - instruction.Second
		v.s.clock.Now, v.twin.clock.Now = v.now, v.now
	}
	want := func(d instruction.Time, days ...uint16) {
		t.Helper()
		until(d)
		got := told()
		if len(got) != len(days) || len(got) > 0 && got[0] != days[0] {
			t.Fatalf("%d days before the end: %v, want %v", d/day, got, days)
		}
	}
	want(31 * day)
	want(30*day + 1)
	want(30*day, 30)
	want(29 * day)
	want(7*day, 7)
	back := restored(v)
	v.s, v.twin = back, restored(v)
	want(6 * day)
	want(12*3600*instruction.Second, 1)
	want(0)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 9_000, 10), 0)
	want(-1, 0)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 9_000, 10), instruction.AgedKey)
	v.want(v.by(0, &instruction.CancelAll{Market: 1}), 0)
	if v.s.MayRead(v.now, &instruction.Principal{Giver: instruction.ByCredential, Credential: 1}).Decision != instruction.Allow {
		t.Error("an aged key may not read")
	}
	want(-day)
	v.want(v.by(owner, &instruction.RenewKey{Credential: 3}), instruction.NothingToRenew)
	v.want(v.by(owner, &instruction.RenewKey{Credential: 1}), 0)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 9_000, 10), 0)
	want(3*day, 7) // of notices that were missed only the last is given
	v.want(v.step(byOperator, &instruction.RenewKey{Credential: 1}), 0)
	v.want(v.by(owner, &instruction.RevokeKey{Credential: 1}), 0)
	v.want(v.by(owner, &instruction.RenewKey{Credential: 1}), instruction.NothingToRenew)
	want(-day)
	v.want(v.step(byOperator, &instruction.RenewKey{Credential: 99}), instruction.UnknownKey)
}
