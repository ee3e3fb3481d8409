package wallet

import (
	"errors"
	"testing"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
)

// TestLargeHoldsUpNone: a payout that no coins cover, or more coins than a transaction takes, waits by itself. Those behind it leave.
//
// It was seen red: everything behind it waited, so that one withdrawal of somebody who had deposited dust stopped the venue's.
func TestLargeHoldsUpNone(t *testing.T) {
	coins := []int64{}
	for range 400 {
		coins = append(coins, 600_000)
	}
	h, n := hookedHouse(t, coins...)
	for range 3 { // one record credits some of them
		h.block(n, 1)
	}
	h.operator(&instruction.Credit{Account: firstOf, Asset: ltc, Amount: 0.5e8})
	h.owes(1, 130_000_000) // more than 200 coins hold, and less than all
	h.owes(3, 100_000)
	for range 3 {
		if _, err := h.line.Send(t.Context()); err != nil && !errors.Is(err, ErrNoCoins) {
			t.Error(err)
		}
	}
	h.chain(func(s *core.State, c *chain.Chain) {
		if left := s.Payable(ltc); len(left) != 1 || left[0].ID != 1 {
			t.Errorf("%d payouts are left, want the first alone", len(left))
		}
	})
	if _, err := h.line.Send(t.Context()); !errors.Is(err, ErrNoCoins) {
		t.Errorf("what is left is nobody's concern: %v", err)
	}
}
