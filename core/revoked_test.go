package core

import (
	"bytes"
	"testing"

	"portcullis/core/instruction"
)

// TestDeadMaterial: a public key that was deleted, or is a decoy's, makes no key again, under whatever name; one that lives
// may, and journals of before that rule are still read.
func TestDeadMaterial(t *testing.T) {
	const ed, hmac = instruction.Ed25519, instruction.HMAC
	v, m := newVenue(t, 2), instruction.Mandate{Rights: read}
	key := func(name, material byte, scheme instruction.Scheme) *instruction.CreateKey {
		k := create(name, scheme, m)
		k.Material = bytes.Repeat([]byte{material}, 32)
		return k
	}
	v.want(v.step(byOperator, key(1, 7, ed)), 0)
	c := v.s.Keys()
	v.want(v.step(byOperator, key(2, 7, ed)), 0)
	v.want(v.step(byOperator, key(3, 8, hmac)), 0)
	v.operator(&instruction.RevokeKey{Credential: c})
	v.operator(&instruction.RevokeKey{Credential: c + 2})
	bait := key(4, 9, ed)
	bait.Canary = true
	v.want(v.step(byOperator, bait), 0)

	other, legacy := key(5, 7, ed), key(6, 7, ed)
	other.Account, legacy.Legacy = 3, true
	for _, k := range []*instruction.CreateKey{key(7, 7, ed), other, legacy, key(8, 9, ed)} {
		if r := v.s.TestKey(k); r != instruction.KeyTaken {
			t.Errorf("tried, it is %v", r)
		}
		v.want(v.step(byOperator, k), instruction.KeyTaken)
	}
	back := restored(v)
	for material, want := range map[byte]instruction.Reason{7: instruction.KeyTaken, 9: instruction.KeyTaken, 6: 0} {
		if r := back.TestKey(key(9, material, ed)); r != want {
			t.Errorf("read back, the material %d is %v, want %v", material, r, want)
		}
	}
	v.want(v.step(byOperator, key(10, 6, ed)), 0)
	v.want(v.step(byOperator, key(11, 8, hmac)), 0) // what is sealed is not compared

	v.s.fold(&instruction.KeyCreated{ID: v.s.keys.Next(), Key: *key(12, 7, ed)})
	if err := v.s.Check(); err != nil || v.s.Key(v.s.Keys()).Revoked != 0 {
		t.Error("an older journal is not read", err)
	}
}

// TestRevokedOrders: the orders of a deleted key are cancelled, slice by slice, and nobody else's.
func TestRevokedOrders(t *testing.T) {
	v := newVenue(t, 2)
	v.operator(&instruction.AddAsset{Symbol: "DOGE", Scale: 8})
	v.operator(&instruction.AddMarket{Base: 3, Quote: 2, Terms: v.s.Market(1).Terms})
	key, other := v.makeKey(0, nil), v.makeKey(0, nil)
	const n = sliceWork/orderWork + 20
	bid := func(by instruction.Credential, m instruction.Market) {
		v.want(v.at(by, homeNet, &instruction.PlaceOrder{
			Market: m, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 10_000e8, Qty: 1e5, ClientID: v.clientID(),
		}), 0)
	}
	for range n {
		bid(key, 2)
	}
	bid(other, 1)
	bid(other, 2)
	bid(2, 2)
	swept := func(r instruction.Record, market instruction.Market, left int, working bool) {
		t.Helper()
		e := events[*instruction.KeySwept](r)
		if len(e) != 1 || e[0].Credential != key || e[0].Market != market || v.s.Market(2).Book.Len() != left+2 || v.s.Working() != working {
			t.Fatalf("swept %+v, %d orders rest, more to do %v", e, v.s.Market(2).Book.Len(), v.s.Working())
		}
	}
	swept(v.operator(&instruction.RevokeKey{Credential: key}), 2, n, true)
	r := v.tick()
	left := n - len(events[*instruction.OrderClosed](r))
	if left <= 0 || left >= n {
		t.Fatalf("a slice leaves %d of %d", left, n)
	}
	swept(r, 2, left, true)
	restored(v)
	swept(v.tick(), 0, 0, false)
	if v.s.Market(1).Book.Len() != 1 {
		t.Error("another key's order is gone")
	}
}

// TestRevokedSweeps: a deletion begins a sweep only where there is something to cancel and none is under way, and the record
// of it alone, as older journals have it, begins none.
func TestRevokedSweeps(t *testing.T) {
	v := newVenue(t, 2)
	begins := func(c instruction.Credential, want int) {
		t.Helper()
		if e := events[*instruction.KeySwept](v.operator(&instruction.RevokeKey{Credential: c})); len(e) != want {
			t.Fatalf("%+v", e)
		}
	}
	begins(v.makeKey(0, nil), 0)
	if v.s.Working() {
		t.Error("there is something to do for a key without orders")
	}
	key := v.makeKey(0, nil)
	v.want(v.orderAt(key, homeNet), 0)
	v.operator(&instruction.QuarantineKey{Credential: key})
	begins(key, 0)
	v.tick()
	if v.s.Market(1).Book.Len() != 0 || v.s.Working() {
		t.Error("a key that is deleted in quarantine keeps its orders")
	}
	v.want(v.orderAt(1, homeNet), 0)
	v.s.fold(&instruction.KeyRevoked{Credential: 1})
	if err := v.s.Check(); err != nil || v.s.Working() {
		t.Error("an older record begins a sweep", err)
	}
	for _, e := range []*instruction.KeySwept{{Credential: 2, Market: 1}, {Credential: 1}} { // it lives; nothing is under way
		back := restored(v)
		if back.fold(e); back.err == nil {
			t.Errorf("%+v begins a sweep", e)
		}
	}
}

// TestLastOwnerShutsHimself: by his own word no customer loses the last key that can say one; the operator's does it.
func TestLastOwnerShutsHimself(t *testing.T) {
	v := newVenue(t, 2)
	owns := func(k *instruction.CreateKey) { k.Mandate.Rights = own | read }
	first := v.makeKey(0, owns)
	second := v.makeKey(0, owns)
	only := func(list ...string) *instruction.ChangeMandate {
		return &instruction.ChangeMandate{Credential: first, Mandate: instruction.Mandate{Rights: own | read, Networks: networks(list...)}}
	}
	shut := &instruction.QuarantineKey{Credential: first}
	v.want(v.at(first, homeNet, shut), instruction.LastOwnerKey) // the second one still waits
	v.want(v.at(first, homeNet, only("203.0.113.0/24")), instruction.LastOwnerKey)
	v.want(v.at(first, homeNet, only("192.0.2.0/24", "203.0.113.0/24")), 0)
	v.passes(2 * day)
	v.operator(&instruction.QuarantineKey{Credential: second})
	v.want(v.at(first, homeNet, shut), instruction.LastOwnerKey) // the second one cannot act
	v.operator(&instruction.RestoreKey{Credential: second})
	v.want(v.at(first, homeNet, only("203.0.113.0/24")), 0)
	v.want(v.at(second, homeNet, shut), 0)
	v.want(v.at(second, homeNet, &instruction.QuarantineKey{Credential: second}), instruction.LastOwnerKey)
	v.want(v.step(byOperator, &instruction.QuarantineKey{Credential: second}), 0)
	v.want(v.step(byOperator, &instruction.RestoreKey{Credential: second}), 0)
	away := instruction.Mandate{Rights: own | read, Networks: networks("203.0.113.0/24")}
	v.want(v.step(byOperator, &instruction.ChangeMandate{Credential: second, Mandate: away}), 0)
}
