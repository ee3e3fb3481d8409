package clock

import (
	"testing"

	"portcullis/core/instruction"
)

// TestEnd: the ways to write an end, and what is none.
func TestEnd(t *testing.T) {
	const now = instruction.Time(1_772_323_200_000_000) // 2026-03-01 00:00 UTC
	for text, want := range map[string]instruction.Time{
		"":                          0,
		"2026-03-01":                now + instruction.Day - 1,
		"2026-03-01T00:00:01Z":      now + instruction.Second,
		"2026-03-01T09:00:01+09:00": now + instruction.Second,
		"90d":                       now + 90*instruction.Day,
		"12h":                       now + instruction.Day/2,
		"1h30m":                     now + 5400*instruction.Second,
	} {
		if got, err := End(text, now); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"soon", "0d", "-1d", "1e3d", "99999999d", "0s", "-5h", "10ms", "2026-13-01", "2026-02-30", "2026-3-1", "d", " 90d"} {
		if got, err := End(text, now); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}
