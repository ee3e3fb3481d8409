package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/owner"
)

// owned is a venue where the last key is an owner's key of account 0's customer, and another is one of account 1's.
func owned(t testing.TB) (v *venue, own, other int) {
	v = newVenue(t, 2)
	for i := range 2 {
		v.operator(&instruction.CreateKey{
			Account: instruction.Account(2 + i), ID: instruction.KeyID{0xee, byte(i)}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
		})
	}
	return v, 2, 3
}

// pass lets time pass in steps that need no confirmation, without a record for each.
func (v *venue) pass(d instruction.Time) {
	v.t.Helper()
	v.s.clock.Now += d - instruction.Second // as if ticks had come all the while
	v.twin.clock.Now = v.s.clock.Now
	v.now += d
	v.tick()
}

// TestWaitOfACustomer: longer at once, shorter after the longer one, and who may say so.
func TestWaitOfACustomer(t *testing.T) {
	const day = instruction.Day
	v, own, other := owned(t)
	set := func(by int, a instruction.Account, w instruction.Time, want instruction.Reason) {
		t.Helper()
		v.want(v.by(by, &instruction.SetWait{Account: a, Wait: w}), want)
	}
	set(own, 2, day, instruction.WaitSame)
	set(own, 2, day-1, instruction.WaitOutOfRange)
	set(own, 2, 91*day, instruction.WaitOutOfRange)
	set(other, 2, 3*day, instruction.AccountNotYours)
	set(own, 99, 3*day, instruction.AccountNotYours)
	set(0, 2, 3*day, instruction.OwnerOnly)
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetWait{Account: 2, Wait: 3 * day}), instruction.RightMissing)
	set(own, 2, 3*day, 0)
	if v.s.owner.Wait(2) != 3*day {
		t.Fatal("a longer wait does not hold at once")
	}
	set(own, 2, day, 0)
	v.pass(2 * day)
	if v.s.owner.Wait(2) != 3*day {
		t.Fatal("a wait was shortened before the longer one was over")
	}
	set(own, 2, 2*day, 0) // which begins anew
	v.pass(2 * day)
	if v.s.owner.Wait(2) != 3*day || len(v.s.owner.Of(2)) != 1 {
		t.Fatal("one that was superseded came true")
	}
	v.pass(day)
	if v.s.owner.Wait(2) != 2*day || len(v.s.owner.Of(2)) != 0 {
		t.Fatal("the wait was not shortened after the longer one")
	}
}

// TestAnswer: who may answer what, and that a no is the end.
func TestAnswer(t *testing.T) {
	const day = instruction.Day
	v, own, other := owned(t)
	v.want(v.by(own, &instruction.SetWait{Account: 2, Wait: 2 * day}), 0)
	v.want(v.by(own, &instruction.SetWait{Account: 2, Wait: day}), 0)
	id := v.s.owner.Last()
	operator := instruction.Principal{Giver: instruction.ByOperator}
	v.want(v.by(other, &instruction.Answer{Matter: id}), instruction.UnknownMatter)
	v.want(v.by(own, &instruction.Answer{Matter: id + 1}), instruction.UnknownMatter)
	v.want(v.by(0, &instruction.Answer{Matter: id}), instruction.OwnerOnly)
	v.want(v.by(own, &instruction.Answer{Matter: id, Yes: true}), instruction.NoAnswerNeeded)
	v.want(v.step(operator, &instruction.Answer{Matter: id, Yes: true}), instruction.OwnerOnly)
	v.want(v.by(own, &instruction.Answer{Matter: id}), 0)
	v.pass(3 * day)
	if v.s.owner.Wait(2) != 2*day {
		t.Fatal("what was refused came true")
	}
	v.want(v.by(own, &instruction.Answer{Matter: id}), instruction.UnknownMatter)
}

// TestJumpFreesNoWait is law 5: however far the clock jumps, and whenever that is confirmed, what waits waits as long.
func TestJumpFreesNoWait(t *testing.T) {
	const day = instruction.Day
	v, own, _ := owned(t)
	v.want(v.by(own, &instruction.SetWait{Account: 2, Wait: 2 * day}), 0)
	v.want(v.by(own, &instruction.SetWait{Account: 2, Wait: day}), 0) // due in two days
	v.now += 400 * day
	v.tick()
	v.want(v.by(own, &instruction.SetWait{Account: 2, Wait: 3 * day}), 0) // at once; what waited is over
	v.want(v.by(own, &instruction.SetWait{Account: 2, Wait: day}), 0)     // begun while time stands still, due in three days
	v.now += day
	v.tick()
	v.operator(&instruction.ConfirmClock{})
	v.tick()
	if v.s.owner.Wait(2) != 3*day {
		t.Fatal("a jump of the clock freed a wait")
	}
	v.pass(3*day - instruction.Second)
	if v.s.owner.Wait(2) != 3*day {
		t.Fatal("the wait was over too early")
	}
	v.pass(2 * instruction.Second)
	if v.s.owner.Wait(2) != day {
		t.Fatal("the wait did not go on after the confirmation")
	}
}

// TestManyMatters: one account has no more than so many, and many that are due at once come true by slices.
func TestManyMatters(t *testing.T) {
	v, _, _ := owned(t)
	for a := instruction.Account(2); a <= 3; a++ {
		for range owner.MaxMatters {
			v.s.emit(&instruction.MatterOpened{ID: v.s.owner.Last() + 1, Matter: instruction.Matter{
				Kind: instruction.ShorterWait, Account: a, Due: v.now + instruction.Day, Wait: instruction.Day}})
		}
	}
	if v.s.err != nil {
		t.Fatal(v.s.err)
	}
	v.s.clock.Now += instruction.Day
	for _, left := range []int{2*owner.MaxMatters - maxMatured, 0} {
		if v.s.mature(); len(v.s.owner.Of(2))+len(v.s.owner.Of(3)) != left {
			t.Fatalf("%d and %d still wait, want %d together", len(v.s.owner.Of(2)), len(v.s.owner.Of(3)), left)
		}
	}
	for range owner.MaxMatters + 1 {
		v.s.emit(&instruction.MatterOpened{ID: v.s.owner.Last() + 1, Matter: instruction.Matter{Kind: instruction.ShorterWait, Account: 2}})
	}
	if v.s.err == nil {
		t.Fatal("more matters of an account than may be")
	}
}
