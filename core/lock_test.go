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
