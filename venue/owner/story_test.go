package owner

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// by is who gives an instruction with a key, from the bot's own network.
func (k *testKey) by() *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByCredential, Credential: k.number, Addr: netip.MustParseAddr("203.0.113.9")}
}

// keyOf is a key as its owner sees it.
func (h *house) keyOf(n instruction.Credential) Key {
	h.t.Helper()
	list := into[Keys](h.t, h.get(h.alice, "keys")).Keys
	i := slices.IndexFunc(list, func(k Key) bool { return k.Key == uint32(n) })
	if i < 0 {
		h.t.Fatalf("key %d is not among %+v", n, list)
	}
	return list[i]
}

// TestChange: what a change takes away is gone at once, what it adds waits, a no stops it, and what is not said stays.
func TestChange(t *testing.T) {
	h := newHouse(t)
	change := func(mandate string) Done {
		t.Helper()
		return into[Done](t, h.post(h.alice, "keys/change", fmt.Sprintf(`{"key":%d,"mandate":%s}`, h.bot.number, mandate)))
	}
	done := change(`{"networks":["203.0.113.0/24"],"trades":[{"asset":"USDT","per_order":"100","per_day":"1000"}]}`)
	if len(done.Waiting) != 0 || len(done.Done) != 1 || !strings.Contains(done.Done[0], "orders at most USDT 100.000000 at once and 1000.000000 in 24 hours") {
		t.Errorf("narrower: %+v", done)
	}
	k := h.keyOf(h.bot.number)
	if !slices.Equal(k.Networks, []string{"203.0.113.0/24"}) || len(k.Trades) != 1 || !slices.Equal(k.Rights, []string{"READ", "TRADE"}) {
		t.Errorf("narrower: %+v", k)
	}
	done = change(`{"networks":["203.0.113.0/24","198.51.100.7"]}`)
	if len(done.Waiting) != 1 || done.Waiting[0].Kind != "WIDENING" || done.Waiting[0].Key != uint32(h.bot.number) || !strings.Contains(done.Waiting[0].What, "198.51.100.7/32") {
		t.Errorf("wider: %+v", done)
	}
	if k := h.keyOf(h.bot.number); len(k.Networks) != 1 || len(k.Trades) != 1 {
		t.Errorf("what is to come holds already: %+v", k)
	}
	into[Done](t, h.post(h.alice, "answer", fmt.Sprintf(`{"matter":%d,"yes":false}`, done.Waiting[0].Matter)))
	if list := into[Waiting](t, h.get(h.alice, "waiting")).Waiting; len(list) != 0 {
		t.Errorf("after the no: %+v", list)
	}
	if a := h.post(h.alice, "keys/change", fmt.Sprintf(`{"key":%d,"mandate":{}}`, h.bot.number)); a.code() != "mandate-same" {
		t.Errorf("nothing said: %s", a.body)
	}
}

// TestStand: renewing, quarantine and locks, as the owner says them and sees them.
func TestStand(t *testing.T) {
	h := newHouse(t)
	key := fmt.Sprintf(`{"key":%d}`, h.bot.number)
	before := h.keyOf(h.bot.number).Ages
	h.clock.Add(instruction.Second)
	into[Done](t, h.post(h.alice, "keys/renew", key))
	if after := h.keyOf(h.bot.number).Ages; after <= before || !strings.HasPrefix(after, "2027-03-01") {
		t.Errorf("renewed, its year ends %s, and before %s", after, before)
	}
	into[Done](t, h.post(h.alice, "keys/quarantine", key))
	if k := h.keyOf(h.bot.number); k.Quarantine != "WORD" {
		t.Errorf("%+v", k)
	}
	if a := h.post(h.alice, "keys/quarantine", key); a.status != 422 || a.code() != "already-quarantined" {
		t.Errorf("twice: %s", a.body)
	}
	into[Done](t, h.post(h.alice, "keys/restore", key))
	if k := h.keyOf(h.bot.number); k.Quarantine != "" {
		t.Errorf("%+v", k)
	}
	locked := into[Done](t, h.post(h.alice, "accounts/lock", `{"reason":"travelling"}`))
	if len(locked.Done) != 1 || !strings.HasPrefix(locked.Done[0], "Account 2 is locked") {
		t.Errorf("%+v", locked)
	}
	if list := into[Accounts](t, h.get(h.alice, "accounts")).Accounts; list[0].Locked == "" || list[0].Why != "travelling" {
		t.Errorf("%+v", list)
	}
	into[Done](t, h.post(h.alice, "accounts/unlock", `{}`))
	if a := h.post(h.alice, "accounts/unlock", `{}`); a.code() != "not-locked" {
		t.Errorf("twice: %s", a.body)
	}
	if a := h.post(h.alice, "keys/revoke", fmt.Sprintf(`{"key":%d}`, h.alice.number)); a.code() != "last-owner-key" {
		t.Errorf("the last owner's key: %s", a.body)
	}
}

// TestAddresses: an address is added after the wait, is shown then, and is gone at once when it is removed.
func TestAddresses(t *testing.T) {
	h := newHouse(t, func(h *house) {
		h.give(h.alice.by(), &instruction.AddAddress{Account: 2, Asset: 1, To: instruction.Destination{Chain: "BTC", Address: "bc1qcold"}, Label: "cold"})
		h.days(1)
		h.give(h.alice.by(), &instruction.AddAddress{Account: 4, Asset: 1, To: instruction.Destination{Chain: "BTC", Address: "bc1qnew", Tag: "7"}})
	})
	list := into[Addresses](t, h.get(h.alice, "addresses")).Addresses
	if len(list) != 1 || list[0].Address.Address != "bc1qcold" || list[0].Label != "cold" || list[0].Account != 2 || list[0].Since == "" || list[0].Asset != "BTC" {
		t.Fatalf("%+v", list)
	}
	waits := into[Waiting](t, h.get(h.alice, "waiting")).Waiting
	if len(waits) != 1 || waits[0].Kind != "NEW_ADDRESS" || waits[0].What != "Account 4 is to be allowed withdrawals of BTC to bc1qnew on BTC, tag 7." {
		t.Errorf("%+v", waits)
	}
	if list := into[Addresses](t, h.get(h.bob, "addresses")).Addresses; len(list) != 0 {
		t.Errorf("another owner sees %+v", list)
	}
	if a := h.post(h.alice, "addresses/add", `{"asset":"BTC","chain":"BTC","address":"bc1qcold"}`); a.code() != "address-known" {
		t.Errorf("twice: %s", a.body)
	}
	for _, body := range []string{`{"asset":"BTC","chain":"BTC","address":"bc1qcold"}`, `{"account":4,"asset":"BTC","chain":"BTC","address":"bc1qnew","tag":"7"}`} {
		into[Done](t, h.post(h.alice, "addresses/remove", body))
	}
	if list := into[Addresses](t, h.get(h.alice, "addresses")).Addresses; len(list) != 0 {
		t.Errorf("removed, and there: %+v", list)
	}
	if waits := into[Waiting](t, h.get(h.alice, "waiting")).Waiting; len(waits) != 0 {
		t.Errorf("removed, and waiting: %+v", waits)
	}
}

// TestStolenOwnersKey: with an owner's key that is deleted ends what it had asked for, as the answer says and the list shows; what
// another had asked for waits on.
func TestStolenOwnersKey(t *testing.T) {
	var thief *testKey
	h := newHouse(t, func(h *house) {
		thief = h.key(2, ownRights)
		h.days(1)
	})
	into[Done](t, h.post(thief, "addresses/add", `{"asset":"BTC","chain":"BTC","address":"bc1qthief"}`))
	into[Done](t, h.post(h.alice, "addresses/add", `{"asset":"BTC","chain":"BTC","address":"bc1qcold"}`))
	waits := into[Waiting](t, h.get(h.alice, "waiting")).Waiting
	if len(waits) != 2 || waits[0].By != uint32(thief.number) || waits[1].By != uint32(h.alice.number) {
		t.Fatalf("%+v", waits)
	}
	done := into[Done](t, h.post(h.alice, "keys/revoke", fmt.Sprintf(`{"key":%d}`, thief.number)))
	if want := fmt.Sprintf("Matter %d is over: the key that asked for it no longer may.", waits[0].Matter); !slices.Contains(done.Done, want) {
		t.Errorf("%+v, without %q", done, want)
	}
	if left := into[Waiting](t, h.get(h.alice, "waiting")).Waiting; len(left) != 1 || left[0].Matter != waits[1].Matter {
		t.Errorf("%+v", left)
	}
}

// TestOutgoing: a withdrawal that waits is shown with what it sends where; a no frees it, a yes lets it go.
func TestOutgoing(t *testing.T) {
	legacy := &testKey{}
	h := newHouse(t, func(h *house) {
		h.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 3e8})
		h.operator(&instruction.CreateKey{Account: 4, ID: instruction.KeyID{9}, Scheme: instruction.HMAC, Material: []byte("sealed"), Legacy: true,
			Label: "old bot", Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayWithdraw}})
		h.state(func(s *core.State) { legacy.number = s.Keys() })
	})
	for _, name := range []string{"a", "b"} {
		id, _ := instruction.ClientIDOf(name)
		r, err := h.engine.Do(legacy.by(), &instruction.Withdraw{Asset: 1, Amount: 1e8, To: instruction.Destination{Chain: "BTC", Address: "bc1qthief"}, Client: id})
		if err != nil || r.Verdict.Decision != instruction.Hold {
			t.Fatalf("%v: %v, %v", err, r.Verdict.Decision, r.Verdict.Reason())
		}
	}
	waits := into[Waiting](t, h.get(h.alice, "waiting")).Waiting
	want := fmt.Sprintf("A withdrawal of 1.00000000 BTC to bc1qthief on BTC (payout 1) by API key %d (old bot).", legacy.number)
	if len(waits) != 2 || waits[0].What != want || waits[0].Unanswered != "HOLDS" || !slices.Equal(waits[0].Answers, []string{"no", "yes"}) || waits[0].Payout != 1 ||
		!strings.Contains(waits[0].How, "It is sent then.") {
		t.Fatalf("%+v", waits)
	}
	balance := func() (free, held money.Amount) {
		h.state(func(s *core.State) { free, held = s.Balance(4, 1).Free, s.Balance(4, 1).Held })
		return free, held
	}
	no := into[Done](t, h.post(h.alice, "answer", fmt.Sprintf(`{"matter":%d,"yes":false}`, waits[0].Matter)))
	if free, held := balance(); free != 2e8 || held != 1e8 || !slices.Contains(no.Done, "Payout 1 is cancelled: nothing is sent, and its amount is free again.") {
		t.Errorf("after the no: %d free, %d held, %+v", free, held, no)
	}
	yes := into[Done](t, h.post(h.alice, "answer", fmt.Sprintf(`{"matter":%d,"yes":true}`, waits[1].Matter)))
	if free, held := balance(); free != 2e8 || held != 1e8 || !slices.Contains(yes.Done, "Payout 2 goes out.") {
		t.Errorf("after the yes: %d free, %d held, %+v", free, held, yes)
	}
}
