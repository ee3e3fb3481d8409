package backlog

import "testing"

// TestFits: whatever connections do, each alone taking all that it may, they never take more than there is, and one that
// lets little wait is not cut off for the others.
func TestFits(t *testing.T) {
	for _, n := range []int{1, 10, 1000, 20_000} {
		b := New(Limit)
		own := make([]int, n)
		const step = 1 << 10
		for grown := true; grown; {
			grown = false
			for i := range own {
				if b.Add(step); b.Fits(own[i] + step) {
					own[i] += step
					grown = true
				} else {
					b.Add(-step)
				}
			}
		}
		if used := b.Used(); used > Limit {
			t.Errorf("%d connections let %d bytes wait", n, used)
		}
		if least := Limit / (n + part); own[n-1] < least-2*step*part {
			t.Errorf("of %d connections the last may let %d bytes wait, want about %d", n, own[n-1], least)
		}
		if !b.Fits(step) {
			t.Errorf("%d slow connections leave no %d bytes to one that reads", n, step)
		}
	}
}
