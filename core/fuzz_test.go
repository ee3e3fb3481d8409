package core

import (
	"bytes"
	"testing"

	"portcullis/core/instruction"
)

// FuzzState reads a state's persisted form from any bytes. What it takes it writes down as the very same bytes: there is one
// form for each state, or the hash of a state would mean nothing.
func FuzzState(f *testing.F) {
	seeds := seedStates(f)
	if len(seeds) < 2 {
		f.Fatal("no seeds")
	}
	for _, b := range seeds {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := instruction.Reader(b)
		s := New()
		s.Fields(&r)
		if r.End() != nil {
			return
		}
		w := instruction.Writer(nil)
		s.Fields(&w)
		if w.Err() != nil || !bytes.Equal(w.Bytes(), b) {
			t.Fatalf("read and written down, a state is another: %v\n%x\n%x", w.Err(), b, w.Bytes())
		}
	})
}

// seedStates are an empty venue, and one with a market, accounts, keys, orders and trades.
func seedStates(f *testing.F) [][]byte {
	written := func(s *State) []byte {
		w := instruction.Writer(nil)
		s.Fields(&w)
		return w.Bytes()
	}
	s := New()
	list := [][]byte{written(s)}
	v := newVenue(f, 3)
	v.order(1, instruction.Sell, instruction.GTC, 100, 500)
	v.order(2, instruction.Buy, instruction.GTC, 100, 200)
	v.order(3, instruction.Buy, instruction.GTC, 90, 200)
	return append(list, written(v.s))
}
