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
	"portcullis/wallet/coin"
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
		for range 150 {
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

// TestPay: the treasury pays amounts of any size, many times between two blocks, and never more than it has.
func TestPay(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	total := int64(0)
	for i := range 1000 {
		amount := int64(1000 + i)
		id, err := c.Pay(p.address, amount)
		ok(t, err)
		p.confirmations(t, id, 0)
		total += amount
	}
	large := int64(3 * endowedEach)
	id, err := c.Pay(p.address, large)
	ok(t, err)
	ok(t, c.Mine(1))
	if o, is := c.Unspent(instruction.Outpoint{Tx: id}); !is || o.Value != large || !bytes.Equal(o.Script, p.script) {
		t.Errorf("the payment's first output: %+v, %v", o, is)
	}
	if got := c.Balance(p.script); got != total+large {
		t.Errorf("paid %d, arrived %d", total+large, got)
	}
	if got := len(c.Payments(p.script)); got != 1001 {
		t.Errorf("1001 payments, %d found", got)
	}
	for what, pay := range map[string]func() (instruction.TxID, error){
		"more than it has":    func() (instruction.TxID, error) { return c.Pay(p.address, 200*endowedEach) },
		"nothing":             func() (instruction.TxID, error) { return c.Pay(p.address, 0) },
		"dust":                func() (instruction.TxID, error) { return c.Pay(p.address, 200) },
		"to another network":  func() (instruction.TxID, error) { return c.Pay("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", Coin) },
		"more than there are": func() (instruction.TxID, error) { return c.Pay(p.address, maxMoney+1) },
	} {
		if id, err := pay(); err == nil {
			t.Errorf("the treasury pays %s: %v", what, id)
		}
	}
	_, err = c.Pay(p.address, 100*endowedEach)
	ok(t, err) // a refusal binds no coins
	ok(t, c.Mine(1))
	recount(t, c)
}

// TestPayWithManyCoins: a payment whose coins are found in two searches has each of them once.
func TestPayWithManyCoins(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	for range endowed - 1 {
		_, err := c.Pay(p.address, Coin)
		ok(t, err)
	}
	if len(c.treasury.queue) != 1 {
		t.Fatalf("%d coins are left of the first search", len(c.treasury.queue))
	}
	_, err := c.Pay(p.address, 5*endowedEach)
	ok(t, err)
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

// TestFlood pays 20,000 coins in one go.
func TestFlood(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	outs := make([]coin.Out, 20_000)
	for i := range outs {
		outs[i] = coin.Out{Script: p.script, Value: 1000 + int64(i)}
	}
	ids, err := c.PayAll(outs)
	ok(t, err)
	if len(ids) != 10 {
		t.Errorf("in %d transactions", len(ids))
	}
	ok(t, c.Mine(1))
	if n := len(c.Payments(p.script)); n != len(outs) {
		t.Errorf("%d of %d were paid", n, len(outs))
	}
	for i, o := range outs {
		got, is := c.Unspent(instruction.Outpoint{Tx: ids[i/maxPaid], Index: uint32(i % maxPaid)}) // #nosec G115 -- small
		if !is || got.Value != o.Value {
			t.Fatalf("payment %d is of %d, %v", i, got.Value, is)
		}
	}
}

// TestBlocksHaveRoom: what a block has no room for waits for the next, children after their parents.
func TestBlocksHaveRoom(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	outs := make([]coin.Out, 20*maxPaid)
	for i := range outs {
		outs[i] = coin.Out{Script: p.script, Value: 1000}
	}
	ids, err := c.PayAll(outs)
	ok(t, err)
	last := ids[len(ids)-1]
	child, _ := p.spent(t, 500, p.coin(last, 0, 1000))
	if err := c.MineOnly(ids...); err == nil {
		t.Error("1.2 million virtual bytes are in one block")
	}
	ok(t, c.Mine(1))
	info, err := c.Info(ctx)
	ok(t, err)
	if raw := c.blocks[info.Best].raw; len(raw) > 4*(blockSize+10_000) {
		t.Errorf("a block of %d bytes", len(raw))
	}
	p.confirmations(t, last, 0)
	p.confirmations(t, child, 0)
	recount(t, c)
	ok(t, c.Mine(1))
	p.confirmations(t, last, 1)
	p.confirmations(t, child, 1)
}

// TestTakeBack: a payer who pays more can have his payment back until it is mined.
func TestTakeBack(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	id, err := c.Pay(p.address, Coin)
	ok(t, err)
	raw, err := c.TakeBack(id)
	ok(t, err)
	if _, known := c.Raw(look(t, raw).ID); known {
		t.Error("the chain knows it before anybody sent it")
	}
	p.accepted(t, raw)
	p.confirmations(t, id, -1)
	ok(t, c.Mine(1))
	if n := c.Balance(p.script); n != 0 {
		t.Errorf("%d arrived", n)
	}
	mine, _, _ := p.spend(t, 1000, p.receive(t, Coin))
	stray, err := c.Hand(mine)
	ok(t, err)
	for _, id := range []instruction.TxID{{}, {1}, stray, c.best[1].txs[0].id} {
		if _, err := c.TakeBack(id); !errors.Is(err, errNotOurs) {
			t.Errorf("%v is taken back: %v", id, err)
		}
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

// BenchmarkSchedule is what a simulation asks of a chain: 20 payments, 40 blocks that are read, and a reorg. Signatures are
// made and checked too; without prints what is left without the time of those.
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
