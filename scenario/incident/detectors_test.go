//go:build !race

package incident

import (
	"testing"

	"portcullis/scenario/house"
)

// stopped is how many honest instructions rules stopped. What the key of a customer is denied while it is shut for the thief's sake is
// not among them.
func stopped(r *Result) (n int) {
	for _, s := range r.Rules {
		n += s.Stopped
	}
	return n
}

// TestShut: from the keys that were used the operator learns which others are at risk, and shuts nearly all of them and next to
// none else; the dates refute that one copy of the living keys leaked, as those that were published do; and the theft of two days
// later is another. With detectors alone rules hold nearly all that the thief wants to withdraw.
func TestShut(t *testing.T) {
	for _, g := range []house.Gate{house.Legacy, house.DetectorsOnly} {
		for seed := range uint64(3) {
			r, text := replayed(t, small(g, 40+seed))
			thieving(t, &r)
			if r.AtRiskLiving < 300 || r.AtRiskShut*100 < r.AtRiskLiving*95 || r.OthersLiving < 300 || r.OthersShut*100 > r.OthersLiving {
				t.Errorf("gate %v, seed %d: shut %d of %d living keys at risk, and %d of %d others", g, r.Seed, r.AtRiskShut, r.AtRiskLiving, r.OthersShut, r.OthersLiving)
			}
			if s := r.Snapshot; s.Possible || s.Keys < 90 || s.Newest != Published.NewestCreated || s.Deleted != Published.OldestDeletion || s.Copies < 2 {
				t.Errorf("gate %v, seed %d: %+v\n%s", g, r.Seed, s, text)
			}
			if stopped := stopped(&r); g == house.DetectorsOnly && (r.WithdrawalsExecuted > 5 || r.WithdrawalsHeld == 0 || stopped > r.HonestInstructions/10_000) {
				t.Errorf("seed %d: %d withdrawals went out, %d waited; of %d honest instructions rules stopped %d: %+v", r.Seed, r.WithdrawalsExecuted, r.WithdrawalsHeld,
					r.HonestInstructions, stopped, r.Rules)
			}
			if r.UnrelatedInIncident {
				t.Errorf("gate %v, seed %d: the unrelated theft is taken for a part of it", g, r.Seed)
			}
		}
	}
}
