package demochain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/core/instruction"
)

// TestNew: a chain begins with its network's first block and a full treasury.
func TestNew(t *testing.T) {
	c := fresh(t)
	n := network(t, "demo")
	info, err := c.Info(ctx)
	ok(t, err)
	if c.Network() != n || info.Genesis != n.Genesis() || info.Height != 1 || info.Headers != 1 || info.Syncing || info.Warnings != "" {
		t.Errorf("it begins as %+v", info)
	}
	if info.Time.Before(start) || info.Time.After(start.Add(time.Minute)) {
		t.Errorf("its best block is of %v, the clock stood at %v", info.Time, start)
	}
	b, err := c.Block(ctx, info.Genesis, 0)
	if err != nil || b.Hash != info.Genesis || !b.Prev.IsZero() || len(b.Txs) != 0 {
		t.Errorf("its first block: %+v, %v", b, err)
	}
	if got := c.Balance(c.treasury.script); got != endowed*endowedEach {
		t.Errorf("the treasury begins with %d", got)
	}
	if rate, err := c.FeeRate(ctx, 2); rate != 5000 || err != nil {
		t.Errorf("fee rate %d, %v", rate, err)
	}
	c.SetFeeRate(0)
	if rate, err := c.FeeRate(ctx, 2); rate != 0 || err != nil {
		t.Errorf("fee rate %d, %v; it cannot tell", rate, err)
	}
	if _, err := New(Options{}); err == nil {
		t.Error("a chain without a clock")
	}
}

// TestWhatIsNotThere is an error, never an empty answer.
func TestWhatIsNotThere(t *testing.T) {
	c := fresh(t)
	if h, err := c.HashAt(ctx, 2); err == nil {
		t.Errorf("the block above the best is %v", h)
	}
	if b, err := c.Block(ctx, instruction.BlockHash{1}, 1); err == nil {
		t.Errorf("a block of no chain is %+v", b)
	}
	if _, known := c.Confirmations(instruction.TxID{1}); known {
		t.Error("a transaction of no chain is known")
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	_, err1 := c.Info(gone)
	_, err2 := c.HashAt(gone, 1)
	_, err3 := c.Block(gone, c.network.Genesis(), 0)
	_, err4 := c.Pending(gone, instruction.TxID{})
	_, err5 := c.FeeRate(gone, 1)
	err6 := c.Wait(gone, c.tip().hash)
	for i, err := range []error{err1, err2, err3, err4, err5, err6} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("call %d with a context that has ended: %v", i+1, err)
		}
	}
}

// TestSameCallsSameBytes: a chain has no clock and no chance of its own.
func TestSameCallsSameBytes(t *testing.T) {
	run := func(seed uint64) (best instruction.BlockHash) {
		c, err := New(Options{Replaces: true, Seed: seed, Now: clock()})
		ok(t, err)
		p := purseOf(t, c)
		in := p.receive(t, Coin)
		for range 20 {
			_, err := c.Pay(p.address, 5000)
			ok(t, err)
		}
		_, change := p.spent(t, 1000, in)
		ok(t, c.Mine(2))
		p.spent(t, 1000, change)
		ok(t, c.Reorg(2, Instead{}))
		ok(t, c.Mine(1))
		if len(c.Mempool()) != 0 {
			t.Fatal("something is left")
		}
		info, err := c.Info(ctx)
		ok(t, err)
		return info.Best
	}
	if a, b := run(1), run(1); a != b {
		t.Errorf("once %v, once %v", a, b)
	}
	if a, b := run(1), run(2); a == b {
		t.Error("another seed, the same blocks")
	}
}

// TestTimes of blocks never go back, whatever the clock does.
func TestTimes(t *testing.T) {
	now := start
	c, err := New(Options{Now: func() time.Time { return now }})
	ok(t, err)
	for _, row := range []struct{ clock, want time.Time }{
		{start.Add(1500 * time.Millisecond), start.Add(time.Second)},
		{start.Add(-time.Hour), start.Add(time.Second)},
		{start.Add(time.Hour), start.Add(time.Hour)},
	} {
		now = row.clock
		ok(t, c.Mine(1))
		if info, _ := c.Info(ctx); !info.Time.Equal(row.want) {
			t.Errorf("with the clock at %v a block is of %v, want %v", row.clock, info.Time, row.want)
		}
	}
}

// TestWait ends with the next block, and not before.
func TestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := fresh(t)
		info, _ := c.Info(ctx)
		ok(t, c.Wait(ctx, instruction.BlockHash{}))
		woken := make(chan error, 2)
		go func() { woken <- c.Wait(ctx, info.Best) }()
		synctest.Wait()
		_, err := c.Pay(purseOf(t, c).address, Coin)
		ok(t, err)
		synctest.Wait()
		if len(woken) > 0 {
			t.Errorf("woken without a block: %v", <-woken)
		}
		ok(t, c.Mine(1))
		ok(t, <-woken)
		limited, cancel := context.WithTimeout(ctx, time.Hour)
		defer cancel()
		info, _ = c.Info(ctx)
		if err := c.Wait(limited, info.Best); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after an hour: %v", err)
		}
	})
}

// TestNoTwoBlocksAreTheSame, though the clock stands and nothing else differs.
func TestNoTwoBlocksAreTheSame(t *testing.T) {
	c, err := New(Options{Now: func() time.Time { return start }})
	ok(t, err)
	ok(t, c.Mine(1))
	seen := map[instruction.BlockHash]bool{}
	rewards := map[instruction.TxID]bool{}
	for range 20 {
		ok(t, c.Reorg(1, Instead{Blocks: 1}))
		info, _ := c.Info(ctx)
		b, err := c.Block(ctx, info.Best, info.Height)
		ok(t, err)
		if seen[b.Hash] || rewards[b.Txs[0].ID] {
			t.Fatalf("block %v again, or its reward", b.Hash)
		}
		seen[b.Hash], rewards[b.Txs[0].ID] = true, true
	}
}

// TestHandedIsCheckedWhenMined: miners do not take what is wrong either, and a right one with the same name still may come.
func TestHandedIsCheckedWhenMined(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	raw, id, _ := p.spend(t, 0, p.receive(t, Coin)) // no fee: only miners take it
	forged := bytes.Clone(raw)
	forged[len(forged)-60] ^= 1 // in the witness
	if got, err := c.Hand(forged); err != nil || got != id {
		t.Fatalf("%v, %v", got, err)
	}
	if err := c.MineOnly(id); err == nil {
		t.Fatal("a forged transaction was mined")
	}
	_, err := c.Hand(raw)
	ok(t, err)
	_, err = c.Hand(forged)
	ok(t, err)
	_, err = c.Hand(raw)
	ok(t, err)
	ok(t, c.MineOnly(id))
	p.confirmations(t, id, 1)
	_, err = c.Hand(forged) // too late: the right one is known to be right
	ok(t, err)
	ok(t, c.Reorg(1, Instead{First: []instruction.TxID{id}}))
	if _, err := c.Hand([]byte("noise")); err == nil {
		t.Error("noise is handed to miners")
	}
	if err := c.MineOnly(instruction.TxID{9}); err == nil {
		t.Error("a transaction that nobody ever saw was mined")
	}
}

// TestManyGoroutines use a chain and a node at once; under the race detector this is what holds the lock to its fields.
func TestManyGoroutines(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	n := NewNode(c, Seeded(3, 200))
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			for k := range 25 {
				if _, err := c.Pay(p.address, 5000); err != nil {
					t.Error(err)
				}
				info, err := n.Info(ctx)
				if err == nil {
					n.HashAt(ctx, info.Height)
					n.Block(ctx, info.Best, info.Height)
				}
				for _, id := range c.Mempool() {
					n.Pending(ctx, id)
					raw, _ := c.Raw(id)
					n.Send(ctx, raw)
					break
				}
				c.Payments(p.script)
				n.Become(View{Behind: uint32(k % 3), Lies: k%5 == 0}) // #nosec G115 -- small
				gone, cancel := context.WithCancel(ctx)
				cancel()
				n.Wait(gone, info.Best)
				switch (i + k) % 4 {
				case 0:
					err = c.Mine(1)
				case 1:
					c.Restart(true)
				case 2:
					if c.Height() > 3 {
						err = c.Reorg(1, Instead{Again: All})
					}
				}
				if err != nil && !errors.Is(err, errFault) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	ok(t, c.Mine(1))
	recount(t, c)
	if got := len(c.Payments(p.script)); got != 100 {
		t.Errorf("100 payments, %d found", got)
	}
}

// TestClose: a chain without a file has nothing to let go of.
func TestClose(t *testing.T) {
	c := fresh(t)
	ok(t, c.Close())
	recount(t, c)
}

// BenchmarkSchedule is what a simulation asks of a chain: 20 payments, 40 blocks that are read, and a reorg. Most of it goes
// into making and checking signatures.
func BenchmarkSchedule(b *testing.B) {
	for b.Loop() {
		schedule(b, 20, 40)
	}
}

// BenchmarkScheduleWithoutTransactions is the same with blocks alone.
func BenchmarkScheduleWithoutTransactions(b *testing.B) {
	for b.Loop() {
		schedule(b, 0, 40)
	}
}

func schedule(t testing.TB, payments, blocks int) {
	c := fresh(t)
	address, _ := c.network.Address(c.treasury.script)
	for i := range blocks {
		if i < payments {
			_, err := c.Pay(address, Coin)
			ok(t, err)
		}
		ok(t, c.Mine(1))
		info, err := c.Info(ctx)
		ok(t, err)
		_, err = c.Block(ctx, info.Best, info.Height)
		ok(t, err)
		if i == blocks/2 {
			ok(t, c.Reorg(3, Instead{}))
		}
	}
}

// BenchmarkEmptyBlock shows what a block costs in time and memory.
func BenchmarkEmptyBlock(b *testing.B) {
	c := fresh(b)
	b.ReportAllocs()
	for b.Loop() {
		ok(b, c.Mine(1))
	}
}

// TestLookups has what model tests cannot name.
func TestLookups(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	if c.Height() != 1 || len(c.Payments(p.script)) != 0 || c.Balance(p.script) != 0 {
		t.Error("a new chain has something for somebody")
	}
	in := p.receive(t, Coin)
	id, _ := p.spent(t, 1000, in)
	want := []Payment{{in.Coin, Coin, 2}, {instruction.Outpoint{Tx: id}, Coin - 1000, 0}}
	if got := c.Payments(p.script); !slices.Equal(got, want) {
		t.Errorf("payments: %+v, want %+v", got, want)
	}
	if _, is := c.Unspent(in.Coin); !is || c.Balance(p.script) != Coin {
		t.Error("a coin is spent by what only waits")
	}
	if got := fmt.Sprint(None, WrongBlock, Fault(99)); got != "none wrong block fault 99" {
		t.Error(got)
	}
}
