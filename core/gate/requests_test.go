package gate

import (
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
)

// TestRequestsModel holds the memory of requests against a map, over days of busy and of quiet seconds.
//
// It was seen red where a look went on past the end of a table without coming back to its start, where a grown table was not filled
// anew, and where a slot's table was not cleared.
func TestRequestsModel(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 1))
	r, naive := newRequests(), map[instruction.Digest]instruction.Time{}
	at := instruction.Time(1_700_000_000 * instruction.Second)
	var old []instruction.Digest
	for range 60_000 {
		if at += instruction.Time(rng.Int64N(5 * int64(instruction.Millisecond))); rng.IntN(2000) == 0 {
			at += instruction.Time(rng.Int64N(100 * int64(instruction.Second)))
		}
		r.forget(at)
		d, closes := instruction.Digest{byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32())}, at+instruction.Time(rng.Int64N(61*int64(instruction.Second)))
		if len(old) > 0 && rng.IntN(3) == 0 {
			d = old[rng.IntN(len(old))]
		}
		c, ok := naive[d]
		if ok = ok && second(c) >= second(at); ok {
			closes = c
		}
		if got := r.has(&d, closes); got != ok {
			t.Fatalf("%x, open until %d at %d: known %v, want %v", d[:3], closes, at, got, ok)
		}
		if r.add(&d, closes) == ok {
			t.Fatalf("%x is news: %v", d[:3], ok)
		}
		naive[d], old = closes, append(old, d)
	}
	live := 0
	for _, closes := range naive {
		if second(closes) >= second(at) {
			live++
		}
	}
	if r.n != live || live == 0 {
		t.Errorf("%d are remembered, want %d", r.n, live)
	}
}

// TestRequestsTwice: bytes that say a request twice are none.
func TestRequestsTwice(t *testing.T) {
	r := newRequests()
	for i := range byte(2) {
		r.add(&instruction.Digest{i}, 5*instruction.Second)
	}
	w := instruction.Writer(nil)
	r.fields(&w)
	b := w.Bytes()
	back := newRequests()
	c := instruction.Reader(b)
	if back.fields(&c); c.End() != nil || back.n != 2 {
		t.Fatalf("%d: %v", back.n, c.Err())
	}
	i := len(b) - 1
	for b[i] == 0 { // after the second digest there are empty slots
		i--
	}
	b[i] = 0
	c = instruction.Reader(b)
	if back.fields(&c); c.End() == nil {
		t.Error("one request twice is read")
	}
}
