package gate

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// slotSpan is how much time one slot of a window stands for, and windowSlots how many of them can count at once: those of
// 24 hours, and the one under way.
const (
	slotSpan    = 2 * 3600 * instruction.Second
	windowSlots = 13
)

// window sums what happened in the last 24 hours, by the clock of waits. It counts in slots of two hours, each of which
// expires whole once 24 full hours have passed since it ended. What counts is therefore never less than what happened in 24
// hours, and nothing refills bit by bit.
type window struct {
	slots [windowSlots]money.Amount // by their number, modulo
	last  int64                     // number of the newest slot that something was counted in
}

// sum is what counts at that time.
func (w *window) sum(waits instruction.Time) money.Amount {
	var n money.Amount
	for s := max(int64(waits/slotSpan)-windowSlots+1, w.last-windowSlots+1, 0); s <= w.last; s++ {
		n = plus(n, w.slots[s%windowSlots])
	}
	return n
}

// add counts n, which is not negative.
func (w *window) add(waits instruction.Time, n money.Amount) {
	now := max(int64(waits/slotSpan), w.last)
	for s := max(w.last+1, now-windowSlots+1); s <= now; s++ {
		w.slots[s%windowSlots] = 0
	}
	w.last = now
	w.slots[now%windowSlots] = plus(w.slots[now%windowSlots], n)
}

// plus is a sum that stops at the largest amount there is, which no cap reaches. Neither is negative.
func plus(a, b money.Amount) money.Amount {
	if a > money.MaxAmount-b {
		return money.MaxAmount
	}
	return a + b
}

// fields is the persisted form.
func (w *window) fields(c *instruction.Codec) {
	instruction.Num64(c, &w.last)
	for i := range w.slots {
		instruction.Num64(c, &w.slots[i])
		if w.slots[i] < 0 || w.slots[i] > money.MaxAmount {
			c.Fail("a slot of %d", w.slots[i])
		}
	}
	if w.last < 0 {
		c.Fail("slot %d", w.last)
	}
}
