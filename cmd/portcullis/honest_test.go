package main

import (
	"strings"
	"testing"

	"portcullis/scenario/floor"
	"portcullis/scenario/honest"
)

// TestUnheld: too few instructions to promise anything are not told as a promise that is broken, nor the other way round.
func TestUnheld(t *testing.T) {
	few := honest.Cell{Rate: 0, Upper: 0.03, Limit: 1e-3}
	broken := honest.Cell{Rate: 0.0025, Upper: 0.003, Limit: 1e-3}
	for want, promised := range map[string][]honest.Cell{
		"too few instructions":                                  {few},
		"thin-named markets 25.00 were stopped, and at most 10": {few, broken},
	} {
		if err := unheld([]*honest.Result{{Tier: floor.Named, Promised: promised}}); !strings.Contains(err.Error(), want) {
			t.Errorf("%v: want %s", err, want)
		}
	}
}
