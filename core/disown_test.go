package core

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/owner"
)

// stolen is a treasury where account 2's customer has a second owner's key, which is stolen, and sub-account 4.
func stolen(t testing.TB) (v *venue, thief instruction.Credential) {
	v = treasury(t)
	v.operator(&instruction.OpenAccount{Ref: "bots", Parent: 2})
	thief = v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = own | read })
	v.want(v.key(ownKey, &instruction.SetWait{Account: 2, Wait: 2 * day}), 0)
	v.pass(3 * day)
	if !v.s.Key(thief).Owner() {
		t.Fatal("the second owner's key is none")
	}
	return v, thief
}

// place is an address of that number.
func place(n int) instruction.Destination {
	return instruction.Destination{Chain: "BTC", Address: fmt.Sprint("bc1q", n)}
}

// disowned are the matters that a record ended because of who asked for them.
func disowned(r instruction.Record) (list []instruction.MatterID) {
	for _, e := range events[*instruction.MatterClosed](r) {
		if e.End == instruction.ByDisowning {
			list = append(list, e.ID)
		}
	}
	return list
}

// ways are how an owner's key c is shut.
func ways(c instruction.Credential) map[string]func(*venue) instruction.Record {
	revoke, shut := &instruction.RevokeKey{Credential: c}, &instruction.QuarantineKey{Credential: c}
	reads := &instruction.ChangeMandate{Credential: c, Mandate: instruction.Mandate{Rights: read}}
	all := map[string]func(*venue) instruction.Record{}
	for what, in := range map[string]instruction.Instruction{"deleted": revoke, "put into quarantine": shut, "narrowed to reading": reads} {
		all[what+" by another owner's key"] = func(v *venue) instruction.Record { return v.key(ownKey, in) }
		all[what+" by itself"] = func(v *venue) instruction.Record { return v.key(c, in) }
		all[what+" by the operator"] = func(v *venue) instruction.Record { return v.step(byOperator, in) }
	}
	return all
}

// TestStolenOwnersKey: whoever shuts an owner's key, and how, nothing that it had asked for comes true, in any of its
// customer's accounts and even if it is restored; what others had asked for does.
func TestStolenOwnersKey(t *testing.T) {
	wide := instruction.Mandate{Rights: read | trade | withdraw, Networks: networks("192.0.2.0/24", "203.0.113.0/24")}
	for name, shut := range ways(9) {
		t.Run(name, func(t *testing.T) {
			v, thief := stolen(t)
			asks := func(by instruction.Credential, in instruction.Instruction) instruction.MatterID {
				t.Helper()
				r := v.key(by, in)
				v.want(r, 0)
				return events[*instruction.MatterOpened](r)[0].ID
			}
			his := []instruction.MatterID{
				asks(thief, &instruction.AddAddress{Account: 2, Asset: 1, To: place(1)}),
				asks(thief, &instruction.AddAddress{Account: 4, Asset: 1, To: place(1)}),
				asks(thief, &instruction.ChangeMandate{Credential: 1, Mandate: wide}),
				asks(thief, &instruction.SetWait{Account: 2, Wait: day}),
			}
			others := []instruction.MatterID{
				asks(ownKey, &instruction.AddAddress{Account: 2, Asset: 1, To: place(2)}),
				asks(oldKey, &instruction.Withdraw{Asset: 1, Amount: 5e8, To: tent}),
				events[*instruction.MatterOpened](v.operator(&instruction.ChangeMandate{Credential: payKey, Mandate: wide}))[0].ID,
			}
			r := shut(v)
			v.want(r, 0)
			if got := disowned(r); !slices.Equal(got, his) || !slices.Equal(v.s.Matters(2), others) || len(v.s.Matters(4)) != 0 {
				t.Fatalf("ended %v of %v, and %v wait of %v", got, his, v.s.Matters(2), others)
			}
			restored(v)
			if v.s.Key(thief).Quarantine != 0 {
				v.operator(&instruction.RestoreKey{Credential: thief})
			}
			v.pass(3 * day)
			first, second := place(1), place(2)
			if v.s.owner.Listed(2, 1, &first) || v.s.owner.Listed(4, 1, &first) || v.s.Key(1).Rights().Has(withdraw) || v.s.Wait(2) != 2*day {
				t.Error("what the thief asked for came true")
			}
			if !v.s.owner.Listed(2, 1, &second) || v.state() != instruction.PayoutClaimed || !wide.Same(v.s.Key(payKey).Terms()) {
				t.Error("what others asked for did not come true")
			}
		})
	}
}

// TestStolenWithdrawals: what a key asked for that is deleted, put into quarantine, by word or by an alarm, or withdraws no
// more, is cancelled with the same record, and its amount is free; a key restored brings none of it back.
func TestStolenWithdrawals(t *testing.T) {
	caps := []instruction.Cap{{Asset: 1, PerOrder: 2e8}}
	for name, shut := range map[string]func(*venue, instruction.Credential) instruction.Record{
		"deleted": func(v *venue, c instruction.Credential) instruction.Record {
			return v.key(ownKey, &instruction.RevokeKey{Credential: c})
		},
		"put into quarantine": func(v *venue, c instruction.Credential) instruction.Record {
			return v.key(ownKey, &instruction.QuarantineKey{Credential: c})
		},
		"put into quarantine by the operator": func(v *venue, c instruction.Credential) instruction.Record {
			return v.operator(&instruction.QuarantineKey{Credential: c})
		},
		"narrowed": func(v *venue, c instruction.Credential) instruction.Record {
			return v.key(ownKey, &instruction.ChangeMandate{Credential: c, Mandate: instruction.Mandate{Rights: read, Withdrawals: caps}})
		},
		"used by a thief": func(v *venue, c instruction.Credential) instruction.Record {
			v.sees(v.deleted(1), cafeNet, true)
			r := v.orderAt(c, cafeNet)
			if v.s.Key(c).Quarantine != instruction.QuarantinedByAlarm {
				v.t.Fatal("there was no alarm")
			}
			return r
		},
	} {
		t.Run(name, func(t *testing.T) {
			v := treasury(t)
			c := v.makeKey(0, func(k *instruction.CreateKey) {
				legacy(k)
				k.Mandate.Rights = read | trade | withdraw
				k.Mandate.Withdrawals = caps
			})
			v.orderAt(1, homeNet) // whose customer is at home there
			v.pass(10 * day)
			v.decided(v.pay(c, 1e8, tent, ""), instruction.Hold, instruction.NewAddressHeld, instruction.PayoutHeld)
			v.decided(v.pay(c, 5e8, cold, ""), instruction.Challenge, instruction.WithdrawalOverCap, instruction.PayoutChallenged)
			v.pay(oldKey, 7e8, tent, "")
			held := v.s.Balance(2, 1).Held
			r := shut(v, c)
			if moved := events[*instruction.PayoutMoved](r); len(disowned(r)) != 2 || len(moved) != 2 || moved[0].State != instruction.PayoutCancelled ||
				v.s.Balance(2, 1).Held != held-6e8 || len(v.s.Matters(2)) != 1 {
				t.Fatalf("ended %v, moved %+v, %d held of %d", disowned(r), moved, v.s.Balance(2, 1).Held, held)
			}
			if v.s.Key(c).Quarantine != 0 {
				v.operator(&instruction.RestoreKey{Credential: c})
			}
			v.pass(2 * day)
			if v.state() != instruction.PayoutClaimed || len(v.s.Payouts(2)) != 1 {
				t.Errorf("the other key's is %v, and %d are live", v.state(), len(v.s.Payouts(2)))
			}
		})
	}
}

// TestAskedInAnyOrder holds what waits against the plainest model of it: by whom each thing was asked for. Keys ask, are shut
// and come back in any order.
func TestAskedInAnyOrder(t *testing.T) {
	for seed := range uint64(100) {
		rng := rand.New(rand.NewPCG(20180106, seed))
		v, thief := stolen(t)
		third := v.makeKey(0, func(k *instruction.CreateKey) { k.Mandate.Rights = own | read })
		v.pass(2 * day)
		keys := []instruction.Credential{thief, third, oldKey, capKey}
		model, ended := map[instruction.MatterID]instruction.Credential{}, 0
		for step := range 40 {
			c := keys[rng.IntN(len(keys))]
			var r instruction.Record
			shuts := false
			switch {
			case rng.IntN(12) == 0:
				r, shuts = v.operator(&instruction.RevokeKey{Credential: c}), true
				keys = slices.DeleteFunc(keys, func(x instruction.Credential) bool { return x == c })
			case v.s.Key(c).Quarantine != 0:
				r = v.key(ownKey, &instruction.RestoreKey{Credential: c})
			case rng.IntN(6) == 0:
				r, shuts = v.key(ownKey, &instruction.QuarantineKey{Credential: c}), true
			case v.s.Key(c).Owner():
				r = v.key(c, &instruction.AddAddress{Account: 2 + 2*instruction.Account(rng.IntN(2)), Asset: 1, To: place(step)})
			case c == oldKey:
				r = v.pay(c, 1, place(step), "")
			default:
				r = v.pay(c, 3e8, cold, "")
			}
			v.want(r, 0)
			if shuts {
				for id, by := range model {
					if by == c {
						delete(model, id)
						ended++
					}
				}
			}
			for _, e := range events[*instruction.MatterOpened](r) {
				model[e.ID] = c
			}
			if n := len(v.s.Matters(2)) + len(v.s.Matters(4)); n != len(model) {
				t.Fatalf("seed %d, step %d: %d wait, by the model %d", seed, step, n, len(model))
			}
			for id, by := range model {
				if m := v.s.Matter(id); m == nil || m.By != by {
					t.Fatalf("seed %d, step %d: matter %d is %+v, and was asked for by key %d", seed, step, id, m, by)
				}
			}
			if len(keys) == 0 {
				break
			}
		}
		if restored(v); ended == 0 && seed == 0 {
			t.Fatal("no key was shut that had asked for something")
		}
	}
}

// TestAskedIsBounded: one key has no more than so much waiting in all accounts of its customer, so that one record ends it;
// other keys go on, and a longer wait holds however full the list is.
func TestAskedIsBounded(t *testing.T) {
	v, thief := stolen(t)
	asks := func(c instruction.Credential, a instruction.Account, n int, want instruction.Reason) {
		t.Helper()
		r := v.quick(instruction.Principal{Giver: instruction.ByCredential, Credential: c}, &instruction.AddAddress{Account: a, Asset: 1, To: place(n)})
		v.want(r, want)
	}
	for i := range owner.MaxAsked / owner.MaxMatters {
		a := instruction.Account(2)
		if i > 0 {
			v.operator(&instruction.OpenAccount{Parent: 2})
			a = v.s.Accounts()
		}
		for n := range owner.MaxMatters {
			asks(thief, a, n, 0)
		}
	}
	asks(thief, 4, 0, instruction.TooMany)
	wider := &instruction.ChangeMandate{Credential: 1, Mandate: instruction.Mandate{Rights: read | trade, Networks: networks("10.0.0.0/8")}}
	v.want(v.key(thief, wider), 0)
	wider = &instruction.ChangeMandate{Credential: 1, Mandate: instruction.Mandate{Rights: read | trade}}
	v.want(v.key(thief, wider), instruction.TooMany)
	v.want(v.key(thief, &instruction.SetWait{Account: 2, Wait: day}), instruction.TooMany)
	v.want(v.key(ownKey, &instruction.SetWait{Account: 2, Wait: 4 * day}), 0)
	asks(ownKey, 2, 1000, instruction.TooMany) // the account's list is full
	asks(ownKey, 4, 0, 0)
	r := v.key(ownKey, &instruction.RevokeKey{Credential: thief})
	if n := len(disowned(r)); n != owner.MaxAsked {
		t.Fatalf("%d of %d ended", n, owner.MaxAsked)
	}
	asks(ownKey, 2, 1000, 0)
	restored(v)
	v.s.emit(&instruction.MatterOpened{ID: v.s.owner.Last() + 1, Matter: instruction.Matter{Kind: instruction.ShorterWait, Account: 2, By: thief}})
	if v.s.Check() == nil {
		t.Error("something waits that a deleted key asks for")
	}
}
