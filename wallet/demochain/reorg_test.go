package demochain

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// scene is a chain in which a deposit, a spend of it and an empty block were mined one after the other, and a spend of that
// waits.
func scene(t *testing.T) (c *Chain, p *purse, ids []instruction.TxID, in coin.Input) {
	c = fresh(t)
	p = purseOf(t, c)
	in = p.receive(t, Coin)
	mined, change := p.spent(t, 1000, in)
	ok(t, c.Mine(1))
	ok(t, c.MineOnly())
	waits, _ := p.spent(t, 1000, change)
	return c, p, []instruction.TxID{in.Coin.Tx, mined, waits}, in
}

// TestReorg: what falls out is back in the mempool or mined again, as asked; what was there stays.
func TestReorg(t *testing.T) {
	for _, row := range []struct {
		what string
		how  Instead
		want []int // confirmations of the deposit, its spend and what waits
		grow uint32
	}{
		{"without what was mined", Instead{}, []int{0, 0, 0}, 1},
		{"with all of it", Instead{Again: All}, []int{4, 4, 0}, 1},
		{"much longer", Instead{Blocks: 9}, []int{0, 0, 0}, 6},
		{"shorter, as when a block is refused", Instead{Blocks: 1, Again: All}, []int{1, 1, 0}, ^uint32(1)},
	} {
		c, p, ids, _ := scene(t)
		was, before := c.Height(), c.Supply()
		old, err := c.HashAt(ctx, was)
		ok(t, err)
		ok(t, c.Reorg(3, row.how))
		if c.Height() != was+row.grow {
			t.Errorf("%s: from height %d to %d", row.what, was, c.Height())
		}
		for i, id := range ids {
			p.confirmations(t, id, row.want[i])
		}
		if got, want := c.Supply(), before+int64(int32(row.grow))*Subsidy; got != want { // #nosec G115 -- small, either way
			t.Errorf("%s: all coins are worth %d, want %d", row.what, got, want)
		}
		if b, err := c.Block(ctx, old, was); err != nil || b.Hash != old {
			t.Errorf("%s: the block that fell out: %v, %v", row.what, b, err)
		}
		ok(t, c.Mine(1))
		recount(t, c)
	}
}

// TestReorgLeavesSome: a transaction whose parent is not mined again cannot be either.
func TestReorgLeavesSome(t *testing.T) {
	c, p, ids, _ := scene(t)
	ok(t, c.Reorg(3, Instead{Again: func(id instruction.TxID) bool { return id == ids[1] }}))
	for _, id := range ids {
		p.confirmations(t, id, 0)
	}
	if got := c.Mempool(); !slices.Equal(got, ids) {
		t.Errorf("the mempool has %v, want %v", got, ids)
	}
	ok(t, c.Mine(1))
	ok(t, c.Reorg(1, Instead{Again: func(id instruction.TxID) bool { return id == ids[0] }}))
	p.confirmations(t, ids[0], 2)
	p.confirmations(t, ids[1], 0)
}

// TestReorgOfADeposit: the payer takes it back, and what hung on it is nowhere.
func TestReorgOfADeposit(t *testing.T) {
	c, p, ids, _ := scene(t)
	raw, err := c.TakeBack(ids[0])
	ok(t, err)
	back, err := c.Hand(raw)
	ok(t, err)
	ok(t, c.Reorg(3, Instead{First: []instruction.TxID{back}, Again: All}))
	p.confirmations(t, back, 4)
	for _, id := range ids {
		p.confirmations(t, id, -1)
	}
	if got := c.Balance(p.script); got != 0 {
		t.Errorf("%d are left of a deposit that was taken back", got)
	}
	if err := c.MineOnly(ids[0]); err == nil {
		t.Error("a transaction whose input is spent was mined")
	}
}

// TestReorgThatFails changes nothing.
func TestReorgThatFails(t *testing.T) {
	c, p, ids, in := scene(t)
	_, false1, _ := p.spend(t, 1000, in)
	raw, _, _ := p.spend(t, 1000, coin.Input{Coin: instruction.Outpoint{Tx: false1, Index: 7}, Value: 5000, Index: 1})
	stray, err := c.Hand(raw)
	ok(t, err)
	before, _ := c.Info(ctx)
	for what, how := range map[string]Instead{
		"an unknown transaction":        {First: []instruction.TxID{{1}}},
		"a transaction that cannot fit": {First: []instruction.TxID{stray}, Again: All},
		"less than no blocks":           {Blocks: -1},
	} {
		if err := c.Reorg(2, how); err == nil {
			t.Errorf("%s: done", what)
		}
	}
	for _, depth := range []int{-1, 0, int(c.Height()), 1000} {
		if err := c.Reorg(depth, Instead{}); err == nil {
			t.Errorf("%d blocks taken off", depth)
		}
	}
	if after, _ := c.Info(ctx); after != before {
		t.Errorf("it was %+v, and is %+v", before, after)
	}
	p.confirmations(t, ids[1], 2)
	recount(t, c)
	ok(t, c.Reorg(int(c.Height())-1, Instead{Again: All}))
	recount(t, c)
}

// TestRestart: a node that starts again has its mempool or not, and whoever waited is told.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, p, ids, _ := scene(t)
		info, err := c.Info(ctx)
		ok(t, err)
		for _, keep := range []bool{true, false} {
			done := make(chan error)
			go func() { done <- c.Wait(ctx, info.Best) }()
			synctest.Wait()
			c.Restart(keep)
			if err := <-done; !errors.Is(err, errRestarted) {
				t.Errorf("who waited was told %v", err)
			}
			p.confirmations(t, ids[2], map[bool]int{true: 0, false: -1}[keep])
		}
		raw, known := c.Raw(ids[2])
		if !known {
			t.Fatal("nobody has its bytes any more")
		}
		p.accepted(t, raw)
	})
}
