//go:build !race

package demochain

import (
	"bytes"
	"errors"
	"testing"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// TestPay: the treasury pays amounts of any size, many times between two blocks, and never more than it has.
func TestPay(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	const payments = endowed + 60 // the last ones hang on changes that wait themselves
	total := int64(0)
	for i := range payments {
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
	if got := len(c.Payments(p.script)); got != payments+1 {
		t.Errorf("%d payments, %d found", payments+1, got)
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

// TestRewardsAreNotSpent: what the treasury pays survives any reorg in which everything is mined again.
func TestRewardsAreNotSpent(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	const payments = endowed + 20 // more than it began with, so that it looks for others
	for range payments {
		_, err := c.Pay(p.address, Coin)
		ok(t, err)
		ok(t, c.Mine(1))
	}
	ok(t, c.Reorg(payments, Instead{Again: All}))
	if got := c.Balance(p.script); got != payments*Coin {
		t.Errorf("of %d payments %d are left", payments, got/Coin)
	}
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

// TestTreasury: what it has goes down by what it pays and the fee at once, blocks or none, and no reward counts.
func TestTreasury(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	began := c.Treasury()
	if began != endowed*endowedEach {
		t.Fatalf("it begins with %d", began)
	}
	for range 3 {
		_, err := c.Pay(p.address, Coin)
		ok(t, err)
	}
	waits := c.Treasury()
	ok(t, c.Mine(2))
	if mined := c.Treasury(); waits != mined || began-waits <= 3*Coin || began-waits > 3*Coin+Coin/100 {
		t.Errorf("%d, with three payments of a coin waiting %d, and once they are mined %d", began, waits, mined)
	}
}
