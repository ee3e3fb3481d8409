package engine

import (
	"context"
	"errors"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// until reads durable records from a sequence on until one pleases.
func (h *house) until(from uint64, pleases func(*instruction.Record) bool) {
	h.t.Helper()
	seen := errors.New("seen")
	sub := h.Subscribe(from)
	defer sub.Close()
	for {
		err := sub.Next(context.Background(), func(seq uint64, b []byte) error {
			var r instruction.Record
			if err := r.Decode(seq, b); err != nil {
				return err
			}
			if pleases(&r) {
				return seen
			}
			return nil
		})
		if errors.Is(err, seen) {
			return
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
}

// TestSweep: what the core does by slices goes on by itself while the clock stands still, and after a crash from where it
// was.
func TestSweep(t *testing.T) {
	h := newHouse(t)
	const keys = 300 // each with an order, which is more than a slice cancels
	h.furnish(keys)
	for i := range keys {
		if _, err := h.order(instruction.Credential(1+i), 0); err != nil {
			t.Fatal(err)
		}
	}
	from := h.Durable()
	h.operator(&instruction.Drop{Class: instruction.DropKeys})
	h.until(from+1, func(r *instruction.Record) bool { return r.Kind() == instruction.KindTick })
	h.disk.PowerLoss()
	h.open()
	h.until(from+1, func(r *instruction.Record) bool {
		var ev instruction.Events
		r.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			if e, ok := e.(*instruction.Swept); ok && e.Next > keys {
				return true
			}
		}
		return false
	})
	if err := h.Read(func(s *core.State) {
		if n := s.Market(1).Book.Len(); n != 0 || s.Working() {
			t.Errorf("%d orders rest; still at work: %v", n, s.Working())
		}
	}); err != nil {
		t.Error(err)
	}
}

// TestIdle: time that records tell needs no ticks; without records a second of it gives one.
func TestIdle(t *testing.T) {
	h := newHouse(t)
	h.operator(&instruction.OpenAccount{})
	before := h.Durable()
	const rounds = 50
	for range rounds {
		h.clock.Add(500 * instruction.Millisecond)
		h.operator(&instruction.OpenAccount{})
	}
	if n := h.Durable() - before - rounds; n != 0 {
		t.Errorf("%d ticks between records half a second apart", n)
	}
	before = h.Durable()
	h.clock.Add(instruction.Second)
	h.until(before+1, func(r *instruction.Record) bool {
		if r.Kind() != instruction.KindTick || r.Time != h.clock.Now() {
			t.Errorf("after a second without records: kind %d at %v", r.Kind(), r.Time.Std())
		}
		return true
	})
}
