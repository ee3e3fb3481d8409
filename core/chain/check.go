package chain

import (
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Check counts everything anew, and is an error that names the first thing that is wrong.
func (c *Chain) Check() error {
	var confirmed, inFlight money.Amount
	free := 0
	for _, x := range c.all {
		if x.gone {
			continue
		}
		if c.coins[x.Coin] != x {
			return fmt.Errorf("chain: coin %v is not known by its name", x.Coin)
		}
		if x.counted() {
			confirmed += x.Amount
		}
		if x.usable() {
			free++
			if i, ok := slices.BinarySearchFunc(c.free, x, largest); !ok || c.free[i] != x {
				return fmt.Errorf("chain: coin %v is free, and not listed", x.Coin)
			}
		}
		if x.By != 0 && c.Spend(x.By) == nil && x.TakenAt == 0 {
			return fmt.Errorf("chain: coin %v is kept for spend %d, which is over", x.Coin, x.By)
		}
	}
	if free != len(c.free) || len(c.coins) != len(c.all)-c.gone {
		return fmt.Errorf("chain: %d coins are free, %d listed; %d are known, %d kept", free, len(c.free), len(c.coins), len(c.all)-c.gone)
	}
	taken := make(map[instruction.Outpoint]instruction.Outpoint)
	for _, s := range c.spends {
		if s.Height != 0 && !s.Settled {
			inFlight += s.Paid + s.Fee
		}
		if s.Height == 0 && s.Settled {
			inFlight -= s.Paid + s.Fee
		}
		for _, o := range s.Inputs {
			if anchor, is := taken[o]; is && anchor != s.Anchor() {
				return fmt.Errorf("chain: coin %v is taken by two families", o)
			}
			taken[o] = s.Anchor()
		}
	}
	if (Sums{confirmed, inFlight}) != c.sums {
		return fmt.Errorf("chain: the sums are %v, counted %v", c.sums, Sums{confirmed, inFlight})
	}
	return nil
}
