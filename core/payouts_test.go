package core

import (
	"fmt"
	"net/netip"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/owner"
	"portcullis/core/payout"
)

// The keys of a treasury, by number.
const (
	ownKey    = instruction.Credential(3) // the owner's, of account 2
	othersOwn = instruction.Credential(4) // another customer's owner's, of account 3
	payKey    = instruction.Credential(5) // of account 2, may withdraw
	oldKey    = instruction.Credential(6) // likewise, and is a legacy key
	capKey    = instruction.Credential(7) // likewise, at most 2 BTC at once
	othersKey = instruction.Credential(8) // of account 3, may withdraw
)

var (
	cold = instruction.Destination{Chain: "BTC", Address: "bc1qcold"}
	tent = instruction.Destination{Chain: "BTC", Address: "bc1qtent", Tag: "7"}
)

// treasury is a venue whose accounts have owner's keys and keys that withdraw; cold is in account 2's address book.
func treasury(t testing.TB) *venue {
	v, _, _ := owned(t)
	for i, k := range []instruction.CreateKey{
		{Account: 2}, {Account: 2, Legacy: true},
		{Account: 2, Mandate: instruction.Mandate{Withdrawals: []instruction.Cap{{Asset: 1, PerOrder: 2e8}}}},
		{Account: 3},
	} {
		k.ID, k.Scheme, k.Material = instruction.KeyID{0xdd, byte(i)}, instruction.Ed25519, make([]byte, 32)
		k.Mandate.Rights = instruction.MayRead | instruction.MayWithdraw
		k.Mandate.Networks = []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
		v.operator(&k)
	}
	v.want(v.key(ownKey, &instruction.AddAddress{Account: 2, Asset: 1, To: cold, Label: "cold store"}), 0)
	v.pass(instruction.Day)
	if !v.s.owner.Listed(2, 1, &cold) {
		t.Fatal("the address was not added")
	}
	return v
}

// key has the key of that number give an instruction from where it may.
func (v *venue) key(c instruction.Credential, in instruction.Instruction) instruction.Record {
	v.t.Helper()
	return v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: netip.MustParseAddr("192.0.2.9")}, in)
}

// pay has the key ask for a withdrawal of so much BTC.
func (v *venue) pay(c instruction.Credential, n money.Amount, to instruction.Destination, name string) instruction.Record {
	v.t.Helper()
	id, err := instruction.ClientIDOf(name)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.key(c, &instruction.Withdraw{Asset: 1, Amount: n, To: to, Client: id})
}

// state is how the newest payout stands, 0 where it is over.
func (v *venue) state() instruction.PayoutState {
	if p := v.s.Payout(v.s.LastPayout()); p != nil {
		return p.State
	}
	return 0
}

func (v *venue) decided(r instruction.Record, d instruction.Decision, why instruction.Reason, state instruction.PayoutState) {
	v.t.Helper()
	v.want(r, 0)
	if r.Verdict.Decision != d || r.Verdict.Reason() != why || v.state() != state {
		v.t.Fatalf("%v for %v, and the payout is %v; want %v for %v, %v", r.Verdict.Decision, r.Verdict.Reason(), v.state(), d, why, state)
	}
}

func TestWithdrawToTheBook(t *testing.T) {
	v := treasury(t)
	v.decided(v.pay(payKey, 3e8, cold, "rent"), instruction.Allow, instruction.AddressListed, instruction.PayoutClaimed)
	v.balance(0, 1, 97e8, 3e8)
	operator := instruction.Principal{Giver: instruction.ByOperator}
	v.want(v.step(operator, &instruction.Settle{Payout: 1}), instruction.RightMissing)
	v.want(v.key(payKey, &instruction.Settle{Payout: 1}), instruction.NotForCredentials)
	venue := instruction.Principal{Giver: instruction.ByVenue}
	v.want(v.step(venue, &instruction.Settle{Payout: 0}), instruction.UnknownPayout)
	v.want(v.step(venue, &instruction.Settle{Payout: 2}), instruction.UnknownPayout)
	v.want(v.step(venue, &instruction.Settle{Payout: 1}), 0)
	v.balance(0, 1, 97e8, 0)
	if in, out := v.s.Came(1); in != 200e8 || out != 3e8 {
		t.Errorf("%d came in and %d went out", in, out)
	}
	v.want(v.step(venue, &instruction.Settle{Payout: 1}), instruction.PayoutNotClaimed)
}

func TestWithdrawRefused(t *testing.T) {
	good := instruction.Withdraw{Asset: 1, Amount: 1e8, To: cold}
	for name, c := range map[string]struct {
		key    instruction.Credential
		change func(*instruction.Withdraw)
		want   instruction.Reason
	}{
		"elsewhere":           {payKey, func(i *instruction.Withdraw) { i.To = tent }, instruction.AddressNotListed},
		"another chain":       {payKey, func(i *instruction.Withdraw) { i.To.Chain = "LTC" }, instruction.AddressNotListed},
		"another tag":         {payKey, func(i *instruction.Withdraw) { i.To.Tag = "1" }, instruction.AddressNotListed},
		"another case":        {payKey, func(i *instruction.Withdraw) { i.To.Address = "BC1QCOLD" }, instruction.AddressNotListed},
		"another asset":       {payKey, func(i *instruction.Withdraw) { i.Asset = 2 }, instruction.AddressNotListed},
		"another's book":      {othersKey, func(*instruction.Withdraw) {}, instruction.AddressNotListed},
		"without the right":   {1, func(*instruction.Withdraw) {}, instruction.RightMissing},
		"the owner's key":     {ownKey, func(*instruction.Withdraw) {}, instruction.RightMissing},
		"nothing":             {payKey, func(i *instruction.Withdraw) { i.Amount = 0 }, instruction.AmountOutOfRange},
		"less":                {payKey, func(i *instruction.Withdraw) { i.Amount = -1e8 }, instruction.AmountOutOfRange},
		"too much":            {payKey, func(i *instruction.Withdraw) { i.Amount = 100e8 + 1 }, instruction.InsufficientBalance},
		"far too much":        {payKey, func(i *instruction.Withdraw) { i.Amount = money.MaxAmount + 1 }, instruction.AmountOutOfRange},
		"uncapped asset":      {capKey, func(i *instruction.Withdraw) { i.Asset = 2 }, instruction.AssetNotCapped},
		"over cap, elsewhere": {capKey, func(i *instruction.Withdraw) { i.Amount, i.To = 3e8, tent }, instruction.WithdrawalOverCap},
		"old, no address":     {oldKey, func(i *instruction.Withdraw) { i.To.Address = "" }, instruction.MalformedAddress},
		"old, a blank":        {oldKey, func(i *instruction.Withdraw) { i.To.Address = "bc1q old" }, instruction.MalformedAddress},
		"old, no such asset":  {oldKey, func(i *instruction.Withdraw) { i.Asset = 9 }, instruction.UnknownAsset},
		"old, too much":       {oldKey, func(i *instruction.Withdraw) { i.To, i.Amount = tent, 101e8 }, instruction.InsufficientBalance},
	} {
		v := treasury(t)
		i := good
		c.change(&i)
		v.want(v.key(c.key, &i), c.want)
		v.balance(0, 1, 100e8, 0)
		if v.s.LastPayout() != 0 || len(v.s.owner.Of(2)) != 0 {
			t.Errorf("%s: something came of it", name)
		}
	}
}

// TestWithdrawOfALegacyKey: to a new address it waits; time lets it go, and so does the owner's yes; the owner's no frees it.
func TestWithdrawOfALegacyKey(t *testing.T) {
	hold := func(t *testing.T) (*venue, instruction.MatterID) {
		v := treasury(t)
		v.key(ownKey, &instruction.SetWait{Account: 2, Wait: 3 * instruction.Day})
		r := v.pay(oldKey, 5e8, tent, "")
		v.decided(r, instruction.Hold, instruction.NewAddressHeld, instruction.PayoutHeld)
		if due := r.Verdict.Findings()[0].Value; due != int64(v.now+3*instruction.Day) {
			t.Errorf("the wait is said to be over at %d", due)
		}
		v.balance(0, 1, 95e8, 5e8)
		return v, v.s.owner.Last()
	}
	t.Run("time", func(t *testing.T) {
		v, _ := hold(t)
		v.pass(3*instruction.Day - instruction.Second)
		if v.state() != instruction.PayoutHeld {
			t.Fatal("it left before its wait was over")
		}
		v.pass(instruction.Second)
		if v.state() != instruction.PayoutClaimed {
			t.Fatal("it waits still")
		}
		v.balance(0, 1, 95e8, 5e8)
	})
	t.Run("jump", func(t *testing.T) { // law 5
		v, _ := hold(t)
		v.now += 30 * instruction.Day
		v.tick()
		v.now += 30 * instruction.Day
		v.tick()
		v.operator(&instruction.ConfirmClock{})
		v.pass(3*instruction.Day - instruction.Second)
		if v.state() != instruction.PayoutHeld {
			t.Fatal("a jump of the clock let it go")
		}
		v.pass(2 * instruction.Second)
		if v.state() != instruction.PayoutClaimed {
			t.Fatal("after a jump it waits for ever")
		}
	})
	t.Run("no", func(t *testing.T) {
		v, id := hold(t)
		v.want(v.key(othersOwn, &instruction.Answer{Matter: id}), instruction.UnknownMatter)
		v.want(v.key(oldKey, &instruction.Answer{Matter: id, Yes: true}), instruction.OwnerOnly)
		v.want(v.key(ownKey, &instruction.Answer{Matter: id}), 0)
		v.balance(0, 1, 100e8, 0)
		v.pass(5 * instruction.Day)
		if v.state() != 0 {
			t.Fatal("what was stopped left")
		}
	})
	t.Run("yes", func(t *testing.T) {
		v, id := hold(t)
		v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.Answer{Matter: id, Yes: true}), instruction.OwnerOnly)
		v.want(v.key(ownKey, &instruction.Answer{Matter: id, Yes: true}), 0)
		if v.state() != instruction.PayoutClaimed {
			t.Fatal("the owner's yes did not let it go")
		}
		v.want(v.key(ownKey, &instruction.Answer{Matter: id}), instruction.UnknownMatter)
	})
	t.Run("operator's no", func(t *testing.T) {
		v, id := hold(t)
		v.operator(&instruction.Answer{Matter: id})
		v.balance(0, 1, 100e8, 0)
	})
}

// TestChallenge: over its cap a key may withdraw to the book with the owner's yes alone.
func TestChallenge(t *testing.T) {
	v := treasury(t)
	v.decided(v.pay(capKey, 2e8, cold, ""), instruction.Allow, instruction.AddressListed, instruction.PayoutClaimed)
	r := v.pay(capKey, 3e8, cold, "")
	v.decided(r, instruction.Challenge, instruction.WithdrawalOverCap, instruction.PayoutChallenged)
	v.balance(0, 1, 95e8, 5e8)
	v.want(v.key(ownKey, &instruction.Answer{Matter: v.s.owner.Last(), Yes: true}), 0)
	if v.state() != instruction.PayoutClaimed {
		t.Fatal("the yes did not let it go")
	}
	v.decided(v.pay(capKey, 4e8, cold, ""), instruction.Challenge, instruction.WithdrawalOverCap, instruction.PayoutChallenged)
	v.pass(instruction.Day)
	if v.state() != 0 {
		t.Fatal("silence let it go")
	}
	v.balance(0, 1, 95e8, 5e8)
	v.operator(&instruction.RevokeKey{Credential: ownKey}) // then there is nobody to ask
	v.want(v.pay(capKey, 3e8, cold, ""), instruction.WithdrawalOverCap)
}

// TestReleaseIsJudged: what is locked, in quarantine, deleted, dropped or without its right when its wait is over does not go.
func TestReleaseIsJudged(t *testing.T) {
	both := func(v *venue, f func(*State)) {
		f(v.s)
		f(v.twin)
	}
	for name, c := range map[string]struct {
		before func(*venue)
		want   instruction.PayoutState
	}{
		"locked": {func(v *venue) { both(v, func(s *State) { s.setLock(2, 1, "") }) }, 0},
		"in quarantine": {func(v *venue) {
			both(v, func(s *State) { s.keys.Key(oldKey).Quarantine = instruction.QuarantinedByAlarm })
		}, 0},
		"deleted": {func(v *venue) { v.operator(&instruction.RevokeKey{Credential: oldKey}) }, 0},
		"by a key that its owner lets withdraw no more": {func(v *venue) {
			m := v.s.Key(oldKey).Mandate()
			m.Rights = instruction.MayRead
			v.want(v.key(ownKey, &instruction.ChangeMandate{Credential: oldKey, Mandate: m}), 0)
		}, 0},
		"dropped": {func(v *venue) { v.operator(&instruction.Drop{Class: instruction.DropWithdrawals}) }, instruction.PayoutHeld},
		"of a dropped asset": {func(v *venue) {
			v.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: 1}})
		}, instruction.PayoutHeld},
		"of another asset": {func(v *venue) {
			v.operator(&instruction.Drop{Class: instruction.DropWithdrawals, Scope: instruction.Scope{Asset: 2}})
		}, instruction.PayoutClaimed},
		"by a dropped key": {func(v *venue) {
			v.operator(&instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Before: v.now}})
		}, instruction.PayoutHeld},
		"by a later key": {func(v *venue) {
			v.operator(&instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Before: 1}})
		}, instruction.PayoutClaimed},
		"trading is dropped": {func(v *venue) { v.operator(&instruction.Drop{Class: instruction.DropTrading}) }, instruction.PayoutClaimed},
	} {
		v := treasury(t)
		v.decided(v.pay(oldKey, 5e8, tent, ""), instruction.Hold, instruction.NewAddressHeld, instruction.PayoutHeld)
		c.before(v)
		v.pass(instruction.Day)
		if v.state() != c.want {
			t.Errorf("%s: it is %v, want %v", name, v.state(), c.want)
		}
		if c.want == 0 {
			v.balance(0, 1, 100e8, 0)
		}
	}
}

// TestDroppedStays: while withdrawals are dropped a held one stays, whatever its owner says but no; then it goes.
func TestDroppedStays(t *testing.T) {
	v := treasury(t)
	v.pay(oldKey, 5e8, tent, "")
	id := v.s.owner.Last()
	v.operator(&instruction.Drop{Class: instruction.DropWithdrawals})
	for range 30 {
		v.pass(instruction.Day / 24)
		v.want(v.key(ownKey, &instruction.Answer{Matter: id, Yes: true}), instruction.WithdrawalsDropped)
	}
	if due := v.s.owner.Matter(id).Due; v.state() != instruction.PayoutHeld || due <= v.s.clock.Waits() {
		t.Fatalf("it is %v, due %v", v.state(), due.Std())
	}
	v.operator(&instruction.Raise{Drop: 1, Share: 100})
	v.operator(&instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Before: v.now}})
	v.want(v.key(ownKey, &instruction.Answer{Matter: id, Yes: true}), 0) // a drop of keys is against what leaked
	if v.state() != instruction.PayoutClaimed {
		t.Fatal("it was not let go")
	}
	v.pay(oldKey, 5e8, tent, "")
	v.operator(&instruction.Raise{Drop: 2, Share: 100})
	v.pay(oldKey, 6e8, tent, "")
	v.operator(&instruction.Drop{Class: instruction.DropWithdrawals})
	v.pass(instruction.Day)
	v.operator(&instruction.Raise{Drop: 3, Share: 100})
	v.pass(postponed)
	if v.state() != instruction.PayoutClaimed {
		t.Fatal("once it was raised, it did not go")
	}
}

// TestLockedSaysNo: the owner's yes does not reach past the owner's own lock, but past a quarantine.
func TestLockedSaysNo(t *testing.T) {
	v := treasury(t)
	v.pay(oldKey, 5e8, tent, "")
	yes := &instruction.Answer{Matter: v.s.owner.Last(), Yes: true}
	for _, s := range []*State{v.s, v.twin} {
		s.setLock(2, 1, "")
		s.keys.Key(oldKey).Quarantine = instruction.QuarantinedByAlarm
	}
	v.want(v.key(ownKey, yes), instruction.LockedAccount)
	for _, s := range []*State{v.s, v.twin} {
		s.setLock(2, 0, "")
	}
	v.want(v.key(ownKey, yes), 0)
	if v.state() != instruction.PayoutClaimed {
		t.Fatal("the owner's yes did not let it go")
	}
}

// TestWithdrawOnce: under one name an account pays once, live or over, and even where a second one would not be let through.
func TestWithdrawOnce(t *testing.T) {
	v := treasury(t)
	known := func(r instruction.Record, id instruction.PayoutID) {
		t.Helper()
		v.want(r, 0)
		var ev instruction.Events
		r.Events(&ev)
		if e, ok := ev.Next().(*instruction.PayoutKnown); !ok || e.ID != id {
			t.Fatalf("given again it became %+v", e)
		}
	}
	v.pay(capKey, 2e8, cold, "a")
	known(v.pay(capKey, 2e8, cold, "a"), 1)
	known(v.pay(payKey, 2e8, cold, "a"), 1) // the name is the account's
	v.want(v.pay(capKey, 1e8, cold, "a"), instruction.WithdrawNameTaken)
	v.want(v.pay(capKey, 2e8, tent, "a"), instruction.WithdrawNameTaken)
	v.want(v.pay(othersKey, 2e8, cold, "a"), instruction.AddressNotListed) // another account's names are its own
	v.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: 1})
	known(v.pay(capKey, 2e8, cold, "a"), 1)
	v.pay(oldKey, 7e8, tent, "b")
	known(v.pay(oldKey, 7e8, tent, "b"), 2)
	v.key(ownKey, &instruction.Answer{Matter: v.s.owner.Last()})
	known(v.pay(oldKey, 7e8, tent, "b"), 2) // cancelled: a new one takes a new name
	v.pay(payKey, 1e8, cold, "")
	v.pay(payKey, 1e8, cold, "")
	v.balance(0, 1, 96e8, 2e8)
}

// TestManyPayouts: what one account can have waiting, live and remembered is bounded, and what waits leaves its owner room.
func TestManyPayouts(t *testing.T) {
	v := treasury(t)
	for i := range maxOutgoing {
		v.want(v.pay(oldKey, 1, tent, fmt.Sprint("h", i)), 0)
	}
	v.want(v.pay(oldKey, 1, tent, ""), instruction.TooMany)
	v.want(v.key(ownKey, &instruction.AddAddress{Account: 2, Asset: 1, To: tent}), 0)
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: payKey, Addr: netip.MustParseAddr("192.0.2.9")}
	for range payout.MaxLive - maxOutgoing {
		if _, err := v.s.Step(v.now, &p, &instruction.Withdraw{Asset: 1, Amount: 1, To: cold}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(v.s.Payouts(2)); n != payout.MaxLive {
		t.Fatalf("%d are live", n)
	}
	v.twin = v.s // what was not folded there one by one
	v.want(v.pay(payKey, 1, cold, ""), instruction.TooMany)
}

func TestAddressBook(t *testing.T) {
	v := treasury(t)
	add := func(by instruction.Credential, a instruction.Account, to instruction.Destination, label string, want instruction.Reason) {
		t.Helper()
		v.want(v.key(by, &instruction.AddAddress{Account: a, Asset: 1, To: to, Label: label}), want)
	}
	v.operator(&instruction.OpenAccount{Ref: "sub", Parent: 2})
	long := instruction.Destination{Chain: "BTC", Address: string(make([]byte, 129))}
	add(payKey, 2, tent, "", instruction.OwnerOnly)
	add(ownKey, 3, tent, "", instruction.AccountNotYours)
	add(ownKey, 99, tent, "", instruction.AccountNotYours)
	add(ownKey, 2, cold, "", instruction.AddressKnown)
	add(ownKey, 2, long, "", instruction.MalformedAddress)
	add(ownKey, 2, instruction.Destination{Chain: "btc", Address: "x"}, "", instruction.MalformedAddress)
	add(ownKey, 2, instruction.Destination{Address: "x"}, "", instruction.MalformedAddress)
	add(ownKey, 2, instruction.Destination{Chain: "BTC", Address: "x\u00e9"}, "", instruction.MalformedAddress)
	add(ownKey, 2, instruction.Destination{Chain: "BTC", Address: "x", Tag: "a b"}, "", instruction.MalformedAddress)
	add(ownKey, 2, tent, "line\nbreak", instruction.MalformedDefinition)
	v.want(v.key(ownKey, &instruction.AddAddress{Account: 2, Asset: 9, To: tent}), instruction.UnknownAsset)
	add(ownKey, 4, tent, "", 0) // a sub-account has a book of its own
	add(ownKey, 2, tent, "", 0)
	add(ownKey, 2, tent, "", instruction.AddressKnown)
	r := v.pay(oldKey, 1e8, tent, "")
	v.want(r, instruction.AddressWaits)
	if due := r.Verdict.Findings()[0].Value; due != int64(v.now+instruction.Day) {
		t.Errorf("its wait is said to be over at %d", due)
	}
	v.pass(instruction.Day)
	v.decided(v.pay(payKey, 1e8, tent, ""), instruction.Allow, instruction.AddressListed, instruction.PayoutClaimed)

	remove := func(to instruction.Destination, want instruction.Reason) {
		t.Helper()
		v.want(v.key(ownKey, &instruction.RemoveAddress{Account: 2, Asset: 1, To: to}), want)
	}
	remove(cold, 0)
	remove(cold, instruction.UnknownAddress)
	v.want(v.pay(payKey, 1e8, cold, ""), instruction.AddressNotListed)
	add(ownKey, 2, cold, "", 0)
	remove(cold, 0) // while it waits
	v.pass(2 * instruction.Day)
	v.want(v.pay(payKey, 1e8, cold, ""), instruction.AddressNotListed)
	if len(v.s.Addresses(2)) != 1 || len(v.s.Addresses(4)) != 1 {
		t.Errorf("books of %d and %d", len(v.s.Addresses(2)), len(v.s.Addresses(4)))
	}
	for i := range owner.MaxAddresses - 1 {
		add(ownKey, 2, instruction.Destination{Chain: "BTC", Address: fmt.Sprint("a", i)}, "", 0)
		if i%owner.MaxMatters == owner.MaxMatters-1 {
			v.pass(instruction.Day)
		}
	}
	add(ownKey, 2, cold, "", instruction.TooMany)
	v.pass(instruction.Day)
	add(ownKey, 2, cold, "", instruction.TooMany)
}
