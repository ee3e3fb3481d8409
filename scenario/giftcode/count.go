package giftcode

import (
	"context"

	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// tally is what a chain has paid for the codes: every output of every transaction of every block that goes to an address of theirs.
type tally struct {
	of      map[string]int // codes by output script
	paid    [][]int64      // by code
	next    uint32         // height of the block to look at
	doubled uint32         // height of the first block with a payment too many; 0 for none
}

// newTally counts from the first block on.
func newTally(n *coin.Network, to [][variants]string) (*tally, error) {
	t := &tally{of: map[string]int{}, paid: make([][]int64, len(to)), next: 1}
	for i := range to {
		for _, address := range to[i] {
			script, err := n.Script(address)
			if err != nil {
				return nil, err
			}
			t.of[string(script)] = i
		}
	}
	return t, nil
}

// read goes on to the best block.
func (t *tally) read(ctx context.Context, c coin.Chain) error {
	info, err := c.Info(ctx)
	for ; err == nil && t.next <= info.Height; t.next++ {
		hash, e := c.HashAt(ctx, t.next)
		if e != nil {
			return e
		}
		b, e := c.Block(ctx, hash, t.next)
		if e != nil {
			return e
		}
		t.block(b)
	}
	return err
}

func (t *tally) block(b *coin.Block) {
	for i := range b.Txs {
		for _, out := range b.Txs[i].Outs {
			if code, ok := t.of[string(out.Script)]; ok {
				if t.paid[code] = append(t.paid[code], out.Value); len(t.paid[code]) > 1 && t.doubled == 0 {
					t.doubled = b.Height
				}
			}
		}
	}
}

// sum is what was paid in all, in how many payments, and how many of them were too many.
func (t *tally) sum() (sum money.Amount, payments, double int) {
	for _, list := range t.paid {
		for _, n := range list {
			sum += money.Amount(n)
		}
		payments += len(list)
		double += max(0, len(list)-1)
	}
	return sum, payments, double
}
