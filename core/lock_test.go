package core

import (
	"testing"

	"portcullis/core/instruction"
)

// TestLock: a lock leaves reading and cancelling, of sub-accounts too; orders rest on, the owner's word goes on, and
// nothing is moved out of the account from outside either.
func TestLock(t *testing.T) {
	v := newVenue(t, 2)
	v.operator(&instruction.OpenAccount{Parent: 2})
	sub := v.makeKey(2, func(k *instruction.CreateKey) { k.Mandate.Rights |= instruction.MayTransfer })
	master := v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights |= instruction.MayTransfer })
	owner := v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = instruction.MayOwn | instruction.MayRead })
	v.want(v.at(master, homeNet, &instruction.Transfer{From: 2, To: 4, Asset: 2, Amount: 1e12}), 0)
	v.want(v.orderAt(sub, homeNet), 0)
	v.want(v.orderAt(1, homeNet), 0)

	v.want(v.at(owner, homeNet, &instruction.LockAccount{Account: 4, Reason: "lost a laptop"}), 0)
	v.want(v.orderAt(sub, homeNet), instruction.LockedAccount)
	v.want(v.orderAt(1, homeNet), 0)
	v.want(v.at(master, homeNet, &instruction.Transfer{From: 4, To: 2, Asset: 2, Amount: 1}), instruction.LockedAccount)
	v.want(v.at(owner, homeNet, &instruction.UnlockAccount{Account: 4}), 0)

	v.want(v.at(owner, homeNet, &instruction.LockAccount{Account: 2}), 0)
	v.want(v.orderAt(1, homeNet), instruction.LockedAccount)
	v.want(v.orderAt(sub, homeNet), instruction.LockedAccount)
	v.want(v.at(owner, homeNet, &instruction.LockAccount{Account: 2}), instruction.AlreadyLocked)
	v.want(v.at(owner, homeNet, &instruction.UnlockAccount{Account: 4}), instruction.NotLocked)
	v.want(v.at(owner, homeNet, &instruction.LockAccount{Account: 3}), instruction.AccountNotYours)
	if n := v.s.Market(1).Book.Len(); n != 3 {
		t.Errorf("%d orders rest", n)
	}
	v.want(v.at(sub, homeNet, &instruction.CancelAll{Market: 1}), 0)
	v.want(v.at(owner, homeNet, &instruction.UnlockAccount{Account: 2}), 0)
	v.want(v.orderAt(sub, homeNet), 0)

	operator := instruction.Principal{Giver: instruction.ByOperator}
	for _, x := range []struct {
		in   instruction.Instruction
		want instruction.Reason
	}{
		{&instruction.LockAccount{Account: 99}, instruction.UnknownAccount},
		{&instruction.LockAccount{Account: instruction.Fees}, instruction.UnknownAccount},
		{&instruction.LockAccount{Account: 3, Reason: "a\nb"}, instruction.MalformedDefinition},
		{&instruction.UnlockAccount{Account: 99}, instruction.UnknownAccount},
		{&instruction.QuarantineKey{Credential: 99}, instruction.UnknownKey},
		{&instruction.RestoreKey{Credential: 99}, instruction.UnknownKey},
		{&instruction.CloseIncident{Incident: 1, Reason: "x"}, instruction.UnknownIncident},
	} {
		v.want(v.step(operator, x.in), x.want)
	}
	dead := v.deleted(1)
	v.want(v.step(operator, &instruction.QuarantineKey{Credential: dead}), instruction.AlreadyRevoked)
	v.want(v.step(operator, &instruction.RestoreKey{Credential: dead}), instruction.AlreadyRevoked)
}

// TestTraits: what accounts are is known in short as it is at length, and again when a state is read back.
//
// It was seen red where an unlocked account stayed locked, and where a state that was read back knew of no lock.
func TestTraits(t *testing.T) {
	v := newVenue(t, 2)
	for _, parent := range []instruction.Account{0, 2, 2, 3} {
		v.operator(&instruction.OpenAccount{Parent: parent})
	}
	for a := instruction.Account(2); a <= v.s.Accounts(); a++ {
		v.operator(&instruction.LockAccount{Account: a})
		if a%2 == 0 {
			v.operator(&instruction.UnlockAccount{Account: a})
		}
	}
	w := instruction.Writer(nil)
	v.s.Fields(&w)
	back, r := New(), instruction.Reader(w.Bytes())
	if back.Fields(&r); r.End() != nil {
		t.Fatal(r.Err())
	}
	for _, s := range []*State{v.s, back} {
		seen := 0
		for a := instruction.Account(1); a <= s.Accounts(); a++ {
			x, want := s.Account(a), trait(0)
			if x.Locked != 0 {
				want |= locked
			}
			if x.Parent != 0 {
				want |= sub
			}
			if len(s.SubAccounts(a)) > 0 {
				want |= master
			}
			if s.traits[a] != want || s.parent(a) != x.Parent {
				t.Errorf("account %d is %b of %d, want %b of %d", a, s.traits[a], s.parent(a), want, x.Parent)
			}
			seen |= 1 << want
		}
		if len(s.traits) != int(s.Accounts())+1 || seen&(1<<sub) == 0 || seen&(1<<(sub|locked)) == 0 || seen&(1<<master) == 0 {
			t.Errorf("%d traits, of %d accounts: %b were seen", len(s.traits), s.Accounts(), seen)
		}
	}
}
