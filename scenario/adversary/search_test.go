package adversary

import (
	"context"
	"testing"

	"portcullis/scenario/floor"
)

// TestAble: where there are no budgets the thief takes nearly all there is, so that what he does not get with budgets is theirs.
func TestAble(t *testing.T) {
	for _, tier := range floor.Tiers {
		res, err := Search(context.Background(), Options{Tier: tier, Fees: floor.Normal, Seed: 1, Tries: 4, Short: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed 1, %v: %.2f%% in 24 h, by %v", tier, percent(res.Worst.Day), &res.Plan)
		if res.Worst.Day < 900_000 {
			t.Errorf("%v: at most %v ppm of equity were lost in 24 h", tier, res.Worst.Day)
		}
	}
}
