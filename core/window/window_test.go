package window_test

import (
	"math/rand/v2"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

const hour = 3600 * instruction.Second

// TestWindow holds the window against a list of all that was counted: it never says less than what happened in 24 hours,
// never more than what happened in 26, and what counted does not fade before it expires whole.
func TestWindow(t *testing.T) {
	seed := rand.Uint64()
	r := rand.New(rand.NewPCG(seed, 1))
	type entry struct {
		at instruction.Time
		n  money.Amount
	}
	for range 50 {
		var w window.Window
		var all []entry
		at := instruction.Time(r.Int64N(int64(3 * instruction.Day)))
		for range 300 {
			at += instruction.Time(r.Int64N(int64(5 * hour)))
			if r.IntN(30) == 0 {
				at += instruction.Time(r.Int64N(int64(4 * instruction.Day)))
			}
			if r.IntN(3) > 0 {
				e := entry{at, money.Amount(r.Int64N(1000))}
				all = append(all, e)
				w.Add(e.at, e.n)
			}
			var least, slots, most money.Amount
			for _, e := range all {
				if at-e.at <= instruction.Day {
					least += e.n
				}
				if at/window.Span-e.at/window.Span < window.Slots {
					slots += e.n
				}
				if at-e.at < instruction.Day+2*hour {
					most += e.n
				}
			}
			if got := w.Sum(at); got != slots || got < least || got > most {
				t.Fatalf("seed %d: %d at %d; want %d, from %d to %d", seed, got, at, slots, least, most)
			}
		}
	}
}

// TestWindowEnds: a slot counts for as long as it has an end less than 24 hours ago, and then it is gone whole.
func TestWindowEnds(t *testing.T) {
	var w window.Window
	start := 100 * instruction.Day
	w.Add(start, 3)
	w.Add(start+2*hour-1, 4)
	for _, c := range []struct {
		at   instruction.Time
		want money.Amount
	}{{start + instruction.Day, 7}, {start + 26*hour - 1, 7}, {start + 26*hour, 0}} {
		if got := w.Sum(c.at); got != c.want {
			t.Errorf("after %d hours %d count, not %d", (c.at-start)/hour, got, c.want)
		}
	}
	w.Add(start, money.MaxAmount)
	w.Add(start, money.MaxAmount)
	if got := w.Sum(start); got != money.MaxAmount {
		t.Errorf("%d", got)
	}
}
