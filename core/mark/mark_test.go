package mark

import (
	"testing"

	"portcullis/core/instruction"
)

// TestSettles: a market has no mark before it has quoted for half a minute, to the microsecond.
func TestSettles(t *testing.T) {
	var m Market
	m.Quote(1_000_000, 100, 103)
	for _, x := range []struct {
		now  instruction.Time
		want Mark
	}{
		{1_000_000, Mark{}},
		{1_000_000 + Settled - 1, Mark{}},
		{1_000_000 + Settled, Mark{101, 102}},
	} {
		if got, referred := m.Liquid(x.now); got != x.want || referred {
			t.Errorf("at %d: %v, %v; want %v", x.now, got, referred, x.want)
		}
	}
}
