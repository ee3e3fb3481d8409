package load

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// TestHistogram: percentiles are those of a sorted list, and at most 1/64 higher.
func TestHistogram(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for _, n := range []int{1, 2, 999, 1000, 100_000} {
		var parts [3]histogram
		list := make([]time.Duration, n)
		for i := range list {
			list[i] = time.Duration(r.Int64N(1 << (1 + r.IntN(40))))
			parts[i%3].add(list[i])
		}
		slices.Sort(list)
		var h histogram
		for i := range parts {
			h.merge(&parts[i])
		}
		for _, p := range []int{1, 500, 900, 990, 999, 1000} {
			want := list[(n*p+999)/1000-1]
			if got := h.at(uint64(p)); got < want || got > want+want/steps {
				t.Errorf("%d times, %d permille: %d, want %d", n, p, got, want)
			}
		}
		if h.most != list[n-1] {
			t.Errorf("most is %d, want %d", h.most, list[n-1])
		}
	}
	var h histogram
	h.add(1<<63 - 1)
	h.add(-5)
	if h.at(1000) != 1<<63-1 || h.at(1) != 0 {
		t.Errorf("%d, %d", h.at(1000), h.at(1))
	}
}
