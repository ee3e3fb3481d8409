package due

import (
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
)

// TestOrder: entries come out by time and number, in whatever order they went in.
func TestOrder(t *testing.T) {
	rng := rand.New(rand.NewPCG(20180106, 4))
	for range 200 {
		var q Queue
		var want []Entry
		for range rng.IntN(60) {
			e := Entry{instruction.Time(rng.IntN(8)), uint64(rng.IntN(50))}
			want = append(want, e)
			q.Add(e)
		}
		slices.SortFunc(want, func(a, b Entry) int {
			switch {
			case a.before(b):
				return -1
			case b.before(a):
				return 1
			}
			return 0
		})
		for i, e := range want {
			if got, ok := q.First(); !ok || got != e || q.Len() != len(want)-i {
				t.Fatalf("%d of %d: %v, %v; want %v", i, len(want), got, ok, e)
			}
			q.Drop()
		}
		if _, ok := q.First(); ok {
			t.Fatal("something is left")
		}
	}
}
