// Package window sums what happened in the last 24 hours, by the clock of waits: what a key traded, withdrew, lost or paid.
//
// A Window counts in slots of two hours, each of which expires whole once 24 full hours have passed since it ended. So what
// counts is never less than what happened in 24 hours, nor more than what happened in 26, and nothing refills bit by bit:
// what a bucket that refills lets out again within the day, a window does not. A clock that stands still frees nothing.
//
// The state belongs to whoever keeps the Window, one goroutine at a time. Asking never changes it, so that who asks decides
// nothing. Its running sum is derived: it is counted anew when a Window is read, and Check holds it against the slots.
//
// Sums stop at money.MaxAmount, which no limit reaches, and never wrap. A slot that stopped there is not known any more:
// nothing is taken out of it until it expires.
package window

import (
	"fmt"
	"iter"
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Span is how much time one slot stands for, and Slots how many of them count at once: those of 24 hours, and the one
// under way.
const (
	Span  = 2 * 3600 * instruction.Second
	Slots = 13
)

// maxSlot is the last slot there is, some 240,000 years from now; what comes later is counted in it.
const maxSlot = 1 << 30

// Window is a sum over slots. The zero Window has counted nothing.
type Window struct {
	total money.Total // of all slots, as of the newest
	last  int64       // number of the newest slot that something was counted in
	slots [Slots]money.Amount
}

// Slot is the number of the slot that a time lies in: while it stays the same, so does what a Window says.
func Slot(waits instruction.Time) int64 { return min(max(int64(waits/Span), 0), maxSlot) }

// Sum is what counts at that time.
func (w *Window) Sum(waits instruction.Time) money.Amount {
	if Slot(waits) <= w.last {
		return w.total.Amount()
	}
	return w.left(Slot(waits))
}

// left is what counts once slots have passed since the newest.
func (w *Window) left(now int64) money.Amount {
	if now-w.last >= Slots {
		return 0
	}
	n := w.total
	for s := max(w.last-Slots+1, 0); s <= now-Slots; s++ {
		n = n.Minus(w.slots[s%Slots])
	}
	return n.Amount()
}

// Add counts n, which is not negative.
func (w *Window) Add(waits instruction.Time, n money.Amount) {
	if now := Slot(waits); now > w.last {
		w.turn(now)
	}
	p := &w.slots[w.last%Slots]
	n = max(min(n, money.MaxAmount-*p), 0)
	*p += n
	w.total = w.total.Plus(n)
}

// turn makes room for a new slot; those expire whose place it and the skipped ones take.
func (w *Window) turn(now int64) {
	for s := max(w.last+1, now-Slots+1); s <= now; s++ {
		p := &w.slots[s%Slots]
		w.total = w.total.Minus(*p)
		*p = 0
	}
	w.last = now
}

// Less takes up to n, not negative, out of what counts at that time, of the newest slots first, and says how much it took.
// What does not find anything to take is gone: it is not stored against what comes later.
func (w *Window) Less(waits instruction.Time, n money.Amount) money.Amount {
	var taken money.Amount
	for s := w.last; s >= w.first(waits) && taken < n; s-- {
		p := &w.slots[s%Slots]
		if *p == money.MaxAmount {
			continue
		}
		m := min(*p, n-taken)
		*p -= m
		taken += m
	}
	w.total = w.total.Minus(taken)
	return taken
}

// first is the oldest slot that counts at that time.
func (w *Window) first(waits instruction.Time) int64 {
	return max(max(Slot(waits), w.last)-Slots+1, 0)
}

// Comes has what counts at that time, the oldest first: when it will count no more, by the clock of waits, and how much it
// is. Slots with nothing in them are left out.
func (w *Window) Comes(waits instruction.Time) iter.Seq2[instruction.Time, money.Amount] {
	return func(yield func(instruction.Time, money.Amount) bool) {
		for s := w.first(waits); s <= w.last; s++ {
			if n := w.slots[s%Slots]; n != 0 && !yield(instruction.Time(s+Slots)*Span, n) {
				return
			}
		}
	}
}

// Next is when the oldest of what counts comes back, by the clock of waits, and how much that is; ok is false where nothing
// counts.
func (w *Window) Next(waits instruction.Time) (at instruction.Time, n money.Amount, ok bool) {
	for at, n = range w.Comes(waits) {
		return at, n, true
	}
	return 0, 0, false
}

// Check counts the sum anew.
func (w *Window) Check() error {
	var sum money.Total
	for i, n := range w.slots {
		if n < 0 || n > money.MaxAmount || n != 0 && int64(i) > w.last {
			return fmt.Errorf("window: a slot of %d", n)
		}
		sum = sum.Plus(n)
	}
	if w.last < 0 || w.last > maxSlot {
		return fmt.Errorf("window: slot %d", w.last)
	}
	if sum != w.total {
		return fmt.Errorf("window: slots of %d in all, and a sum of %d", sum.Amount(), w.total.Amount())
	}
	return nil
}

// Fields is the persisted form: the newest slot's number, a bit for each slot that has something, and what those have.
func (w *Window) Fields(c *instruction.Codec) {
	var has uint16
	for i, n := range w.slots {
		if n != 0 {
			has |= 1 << i
		}
	}
	instruction.Num64(c, &w.last)
	instruction.Num16(c, &has)
	if c.Reading() {
		w.slots, w.total = [Slots]money.Amount{}, money.Total{}
	}
	if has >= 1<<Slots {
		c.Fail("slots %b of a window", has)
		return
	}
	for ; has != 0; has &= has - 1 {
		p := &w.slots[bits.TrailingZeros16(has)]
		instruction.Num64(c, p)
		if *p <= 0 || *p > money.MaxAmount {
			c.Fail("a slot of %d", *p)
			return
		}
		if c.Reading() {
			w.total = w.total.Plus(*p)
		}
	}
	if err := w.Check(); err != nil {
		c.Fail("%v", err)
	}
}
