package core

import (
	"fmt"
	"net/netip"
	"testing"

	"portcullis/core/incident"
	"portcullis/core/instruction"
)

// Networks of the tests. Everybody is at home where he was first seen.
const (
	homeNet  = "192.0.2.10"
	cafeNet  = "198.51.100.20"
	otherNet = "203.0.113.30"
)

// at has a credential give an instruction from an address.
func (v *venue) at(c instruction.Credential, addr string, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	return v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: netip.MustParseAddr(addr)}, in)
}

// orderAt places a small order, which rests.
func (v *venue) orderAt(c instruction.Credential, addr string) instruction.Record {
	v.t.Helper()
	return v.at(c, addr, &instruction.PlaceOrder{
		Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 10_000e8, Qty: 1e5, ClientID: v.clientID(),
	})
}

// sees has the venue note a use of a credential.
func (v *venue) sees(c instruction.Credential, addr string, proven bool) instruction.Record {
	v.t.Helper()
	return v.step(instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr(addr), Sent: v.now},
		&instruction.Sight{Credential: c, Proven: proven})
}

// passes lets time go by in steps that no clock jumps by.
func (v *venue) passes(t instruction.Time) {
	v.t.Helper()
	v.now += t
	v.s.clock.Now, v.twin.clock.Now = v.now, v.now // as if by ticks that nobody wants to wait for
	v.tick()
}

// makeKey makes a key of the account with that index, and is its number.
func (v *venue) makeKey(account int, edit func(*instruction.CreateKey)) instruction.Credential {
	v.t.Helper()
	k := instruction.CreateKey{
		Account: instruction.Account(account + 2), ID: instruction.KeyID{9, byte(v.s.Keys()), byte(v.s.Keys() >> 8)}, Scheme: instruction.Ed25519,
		Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade},
	}
	copy(k.Material, k.ID[:])
	if edit != nil {
		edit(&k)
	}
	v.operator(&k)
	return v.s.Keys()
}

// deleted makes a key of the account and deletes it.
func (v *venue) deleted(account int) instruction.Credential {
	v.t.Helper()
	c := v.makeKey(account, nil)
	v.operator(&instruction.RevokeKey{Credential: c})
	return c
}

func decoy(k *instruction.CreateKey) { k.Canary = true }

func legacy(k *instruction.CreateKey) {
	k.Legacy, k.Created = true, 1_400_000_000_000_000
}

func events[E instruction.Event](r instruction.Record) (list []E) {
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if x, ok := e.(E); ok {
			list = append(list, x)
		}
	}
	return list
}

// wantIncident says how many incidents there are, and why the newest was opened.
func (v *venue) wantIncident(n int, cause instruction.IncidentCause) {
	v.t.Helper()
	list := v.s.Incidents()
	if len(list) != n {
		v.t.Fatalf("%d incidents, want %d: %+v", len(list), n, list)
	}
	if n > 0 && list[n-1].Cause != cause {
		v.t.Fatalf("the incident was opened for %v, want %v", list[n-1].Cause, cause)
	}
}

// TestIncidentOpens: each rule by which an incident opens, and what comes close to it and opens none. Account 0 is at home,
// accounts 1 and 2 have a deleted key each, account 3 was never seen.
func TestIncidentOpens(t *testing.T) {
	const none = instruction.IncidentCause(0)
	for name, c := range map[string]struct {
		do   func(v *venue, dead [2]instruction.Credential)
		want instruction.IncidentCause
	}{
		"nothing":              {func(*venue, [2]instruction.Credential) {}, none},
		"a proven deleted key": {func(v *venue, d [2]instruction.Credential) { v.sees(d[0], cafeNet, true) }, instruction.TombstoneProven},
		"a decoy":              {func(v *venue, _ [2]instruction.Credential) { v.sees(v.makeKey(0, decoy), cafeNet, false) }, instruction.CanaryUsed},
		"one deleted key":      {func(v *venue, d [2]instruction.Credential) { v.sees(d[0], cafeNet, false) }, none},
		"the same deleted key, often": {func(v *venue, d [2]instruction.Credential) {
			for range 5 {
				v.passes(instruction.Day)
				v.sees(d[0], cafeNet, false)
			}
		}, none},
		"two deleted keys": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.sees(d[1], cafeNet, false)
		}, instruction.TwoTombstones},
		"two, of neighbours in the network": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], "198.51.100.1", false)
			v.sees(d[1], "198.51.100.254", false)
		}, instruction.TwoTombstones},
		"two, from two networks": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.sees(d[1], otherNet, false)
		}, none},
		"two, 29 days apart": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.passes(29 * instruction.Day)
			v.sees(d[1], cafeNet, false)
		}, instruction.TwoTombstones},
		"two, 31 days apart": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.passes(31 * instruction.Day)
			v.sees(d[1], cafeNet, false)
		}, none},
		"one, then a stranger's order": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.want(v.orderAt(1, cafeNet), instruction.SuspectNetwork)
		}, instruction.TombstoneWithLive},
		"one, then a stranger who reads": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.sees(1, cafeNet, true)
		}, instruction.TombstoneWithLive},
		"one, then a stranger's name without a signature": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.sees(1, cafeNet, false)
		}, none},
		"one, then a stranger whose networks are listed": {func(v *venue, d [2]instruction.Credential) {
			c := v.makeKey(0, func(k *instruction.CreateKey) {
				k.Mandate.Networks = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
			})
			v.sees(d[0], cafeNet, false)
			v.want(v.orderAt(c, cafeNet), 0)
		}, none},
		"one, then a stranger who is not in his list": {func(v *venue, d [2]instruction.Credential) {
			c := v.makeKey(0, func(k *instruction.CreateKey) {
				k.Mandate.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
			})
			v.sees(d[0], cafeNet, false)
			v.want(v.orderAt(c, cafeNet), instruction.NetworkNotListed)
		}, instruction.TombstoneWithLive},
		"one, then who is at home there": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], homeNet, false)
			v.want(v.orderAt(1, homeNet), 0)
		}, none},
		"one, then who was never seen": {func(v *venue, d [2]instruction.Credential) {
			v.sees(d[0], cafeNet, false)
			v.want(v.orderAt(4, cafeNet), 0)
		}, none},
		"one, then a legacy key that was never seen": {func(v *venue, d [2]instruction.Credential) {
			c := v.makeKey(3, legacy)
			v.sees(d[0], cafeNet, false)
			v.want(v.orderAt(c, cafeNet), 0) // it is new here
		}, instruction.TombstoneWithLive},
		"a stranger, then one": {func(v *venue, d [2]instruction.Credential) {
			v.want(v.orderAt(1, cafeNet), 0)
			v.passes(29 * instruction.Day)
			v.sees(d[0], cafeNet, false)
		}, instruction.TombstoneWithLive},
		"a stranger, then one after 31 days": {func(v *venue, d [2]instruction.Credential) {
			v.want(v.orderAt(1, cafeNet), 0)
			v.passes(31 * instruction.Day)
			v.sees(d[0], cafeNet, false)
		}, none},
		"a stranger who is denied, then one": {func(v *venue, d [2]instruction.Credential) {
			v.want(v.at(1, cafeNet, &instruction.AddAsset{}), instruction.NotForCredentials)
			v.sees(d[0], cafeNet, false)
		}, none},
		"a deleted key in the writer": {func(v *venue, d [2]instruction.Credential) {
			v.want(v.orderAt(d[0], cafeNet), instruction.DeletedCredential)
		}, instruction.TombstoneProven},
		"a deleted key in the writer, sent while it lived": {func(v *venue, d [2]instruction.Credential) {
			p := instruction.Principal{Giver: instruction.ByCredential, Credential: d[0], Addr: netip.MustParseAddr(cafeNet),
				Request: instruction.Digest{1}, Sent: v.now - 1, Window: instruction.Second}
			v.want(v.step(p, &instruction.CancelAll{Market: 1}), instruction.DeletedCredential)
		}, none},
		"a deleted key seen while it lived": {func(v *venue, d [2]instruction.Credential) {
			v.step(instruction.Principal{Giver: instruction.ByVenue, Addr: netip.MustParseAddr(cafeNet), Sent: v.now - 1},
				&instruction.Sight{Credential: d[0], Proven: true})
		}, none},
		"a forged name": {func(v *venue, _ [2]instruction.Credential) {
			v.want(v.sees(99, cafeNet, false), instruction.UnknownKey)
			v.want(v.orderAt(99, cafeNet), instruction.UnknownCredential)
		}, none},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVenue(t, 4)
			v.want(v.orderAt(1, homeNet), 0)
			v.passes(instruction.Second)
			c.do(v, [2]instruction.Credential{v.deleted(1), v.deleted(2)})
			n := 0
			if c.want != none {
				n = 1
			}
			v.wantIncident(n, c.want)
		})
	}
}

// TestQuarantine: which key is put into quarantine where an incident is open, and which is not.
func TestQuarantine(t *testing.T) {
	for name, c := range map[string]struct {
		key  func(k *instruction.CreateKey) // of account 0
		do   func(v *venue, c instruction.Credential) instruction.Record
		want instruction.Reason
	}{
		"a stranger's order": {nil, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, cafeNet) }, instruction.SuspectNetwork},
		"a stranger's cancel": {nil, func(v *venue, c instruction.Credential) instruction.Record {
			return v.at(c, cafeNet, &instruction.CancelAll{Market: 1})
		}, 0},
		"from home":      {nil, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, homeNet) }, 0},
		"from elsewhere": {nil, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, otherNet) }, 0},
		"where he has been since before": {nil, func(v *venue, c instruction.Credential) instruction.Record {
			return v.orderAt(c, "198.18.0.1")
		}, 0},
		"where he came after the alarm, though long ago": {nil, func(v *venue, c instruction.Credential) instruction.Record {
			v.sees(c, cafeNet, true)
			v.passes(3 * instruction.Day)
			return v.orderAt(c, cafeNet)
		}, instruction.SuspectNetwork},
		"a list of networks": {func(k *instruction.CreateKey) {
			k.Mandate.Networks = []netip.Prefix{netip.MustParsePrefix("198.51.100.0/24")}
		}, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, cafeNet) }, 0},
		"imported lately": {legacy, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, cafeNet) }, 0},
		"imported a week ago": {legacy, func(v *venue, c instruction.Credential) instruction.Record {
			v.passes(7 * instruction.Day)
			return v.orderAt(c, cafeNet)
		}, instruction.SuspectNetwork},
		"a loopback address": {nil, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, "127.0.0.1") }, 0},
		"a private address":  {nil, func(v *venue, c instruction.Credential) instruction.Record { return v.orderAt(c, "10.1.2.3") }, 0},
		"an owner's key": {func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayOwn | instruction.MayRead }, func(v *venue, c instruction.Credential) instruction.Record {
			return v.at(c, cafeNet, &instruction.LockAccount{Account: 2})
		}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			v := newVenue(t, 4)
			v.want(v.orderAt(1, homeNet), 0)
			v.want(v.orderAt(1, "198.18.0.1"), 0)
			v.passes(2 * instruction.Day)
			id := v.makeKey(0, c.key)
			for i, net := range []string{cafeNet, "127.0.0.1", "10.1.2.3", "198.18.0.1"} {
				v.sees(v.deleted(1+i%3), net, true)
			}
			v.wantIncident(4, instruction.TombstoneProven)
			v.want(c.do(v, id), c.want)
			quarantined := v.s.Key(id).Quarantine == instruction.QuarantinedByAlarm
			if quarantined != (c.want == instruction.SuspectNetwork) {
				t.Errorf("in quarantine: %v", quarantined)
			}
		})
	}
}

// TestQuarantineOwn: who uses the deleted keys of his own, such as a bot that was forgotten, is not taken for a thief.
func TestQuarantineOwn(t *testing.T) {
	v := newVenue(t, 3)
	v.want(v.orderAt(1, homeNet), 0)
	v.sees(v.deleted(0), cafeNet, false)
	v.sees(v.deleted(0), cafeNet, false)
	v.wantIncident(1, instruction.TwoTombstones)
	v.want(v.orderAt(1, cafeNet), 0)
	v.want(v.orderAt(2, homeNet), 0)
	v.want(v.orderAt(2, cafeNet), instruction.SuspectNetwork) // another's
	v.sees(v.deleted(2), cafeNet, false)
	v.want(v.orderAt(1, cafeNet), instruction.SuspectNetwork) // now they are not all his own
}

// TestQuarantineEnds: orders are cancelled, the key still trades from home and reads and cancels from anywhere, a restore is
// one step, and the same incident does not take the key again.
func TestQuarantineEnds(t *testing.T) {
	v := newVenue(t, 2)
	owner := v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayOwn | instruction.MayRead })
	v.want(v.orderAt(1, homeNet), 0)
	v.want(v.orderAt(2, otherNet), 0)
	v.passes(2 * instruction.Day)
	v.sees(v.deleted(1), cafeNet, true)
	r := v.orderAt(1, cafeNet)
	v.want(r, instruction.SuspectNetwork)
	if m := r.Verdict.Measures; m != instruction.Quarantine|instruction.Alarm || r.Verdict.Findings()[0].Value != 1 {
		t.Errorf("measures %v, findings %v", m, r.Verdict.Findings())
	}
	if q := events[*instruction.KeyQuarantined](r); len(q) != 1 || q[0].Incident != 1 {
		t.Errorf("%+v", q)
	}
	if !v.s.Working() {
		t.Error("nothing is swept")
	}
	r = v.tick()
	if e := events[*instruction.KeySwept](r); len(e) != 1 || e[0].Credential != 1 || e[0].Market != 0 || v.s.Market(1).Book.Len() != 1 || v.s.Working() {
		t.Errorf("swept %+v, %d orders rest", e, v.s.Market(1).Book.Len())
	}
	v.want(v.orderAt(1, cafeNet), instruction.QuarantinedKey)
	v.want(v.orderAt(1, "198.18.0.1"), instruction.QuarantinedKey)
	v.want(v.at(1, cafeNet, &instruction.CancelAll{Market: 1}), instruction.UnknownOrder)
	v.passes(3 * instruction.Day)
	v.want(v.orderAt(1, "198.18.0.1"), instruction.QuarantinedKey) // no home is made in quarantine
	v.want(v.orderAt(1, homeNet), 0)

	v.want(v.at(owner, cafeNet, &instruction.RestoreKey{Credential: 1}), 0)
	v.want(v.orderAt(1, cafeNet), 0)
	v.want(v.at(owner, cafeNet, &instruction.RestoreKey{Credential: 1}), instruction.NotQuarantined)

	v.want(v.at(owner, homeNet, &instruction.QuarantineKey{Credential: 1}), 0)
	v.want(v.orderAt(1, homeNet), instruction.QuarantinedKey) // the owner's word leaves no home
	v.want(v.at(owner, homeNet, &instruction.QuarantineKey{Credential: 1}), instruction.AlreadyQuarantined)
	v.want(v.at(owner, homeNet, &instruction.QuarantineKey{Credential: 2}), instruction.KeyNotYours)
	v.operator(&instruction.RestoreKey{Credential: 1})
	v.want(v.orderAt(1, homeNet), 0)
}

// TestIncidentLife: what an incident gathers, how others join it, and what comes after its end.
func TestIncidentLife(t *testing.T) {
	v := newVenue(t, 4)
	for c := range instruction.Credential(4) {
		v.want(v.orderAt(c+1, homeNet), 0)
	}
	v.passes(2 * instruction.Day)
	v.want(v.orderAt(3, cafeNet), 0)
	a, b := v.deleted(0), v.deleted(1)
	v.sees(a, cafeNet, false)
	v.wantIncident(1, instruction.TombstoneWithLive)
	v.sees(a, otherNet, false) // by the credential
	v.sees(b, otherNet, false) // by the network
	v.want(v.orderAt(4, otherNet), instruction.SuspectNetwork)
	v.want(v.orderAt(4, otherNet), instruction.QuarantinedKey)
	v.wantIncident(1, instruction.TombstoneWithLive)
	x := v.s.Incident(1)
	if got := fmt.Sprint(x.Networks, x.Credentials, x.Notes); got != "[198.51.100.0/24 203.0.113.0/24] [{5 2} {3 0} {6 1} {4 2}] 5" {
		t.Errorf("it has %s", got)
	}
	if r := v.orderAt(3, homeNet); len(events[*instruction.IncidentNoted](r)) != 1 {
		t.Error("what a concerned key did is not noted")
	}
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.CloseIncident{Incident: 1}), instruction.MalformedDefinition)
	v.operator(&instruction.CloseIncident{Incident: 1, Reason: "keys from a stolen laptop; all were deleted"})
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.CloseIncident{Incident: 1, Reason: "x"}), instruction.IncidentOver)

	if r := v.sees(a, cafeNet, true); len(events[*instruction.IncidentNoted](r)) != 1 {
		t.Error("what was looked into is not noted silently")
	}
	v.want(v.orderAt(2, cafeNet), 0)
	v.want(v.orderAt(4, homeNet), 0)
	v.want(v.orderAt(4, otherNet), instruction.QuarantinedKey) // it stays until somebody says so
	v.wantIncident(1, instruction.TombstoneWithLive)
	v.sees(v.deleted(2), cafeNet, true) // another one
	v.wantIncident(2, instruction.TombstoneProven)
}

// TestRestoredAtAFullIncident: a key that its owner vouched for stays out of quarantine at networks that its incident had no
// room for, too. Else who uses one deleted key at many networks would shut it there again after each word of its owner.
func TestRestoredAtAFullIncident(t *testing.T) {
	v := newVenue(t, 2)
	sees := func(c instruction.Credential, a netip.Addr) {
		v.quick(instruction.Principal{Giver: instruction.ByVenue, Addr: a, Sent: v.now}, &instruction.Sight{Credential: c, Proven: true})
	}
	network := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{45, byte(i >> 8), byte(i), 1}) }
	sees(2, netip.MustParseAddr(homeNet))
	v.passes(2 * instruction.Day)
	dead := v.deleted(0)
	for i := range incident.MaxNetworks + 1 {
		sees(dead, network(i))
	}
	order := func(i int) instruction.Reason {
		r := v.quickOrder(2, network(i))
		return r.Verdict.Reason()
	}
	if got := order(0); got != instruction.SuspectNetwork {
		t.Fatalf("at one of the networks: %v", got)
	}
	v.operator(&instruction.RestoreKey{Credential: 2})
	for _, i := range []int{0, incident.MaxNetworks} {
		if got := order(i); got != instruction.WithinMandate || v.s.Key(2).Quarantine != 0 {
			t.Errorf("restored, at network %d: %v, in quarantine for %v", i, got, v.s.Key(2).Quarantine)
		}
	}
	if len(v.s.Incidents()) != 1 {
		t.Errorf("%d incidents", len(v.s.Incidents()))
	}
}
