package chain

import (
	"bytes"
	"testing"

	"portcullis/core/instruction"
)

// sane says of bytes that they are refused, or are a chain that holds and is written as they are.
func sane(t testing.TB, b []byte) (refused bool) {
	t.Helper()
	c, err := read(b)
	if err != nil {
		return true
	}
	if !bytes.Equal(written(t, c), b) {
		t.Error("what was read is written in another way")
	}
	return false
}

// TestDamage: bytes that end early or have one more are refused, and so are most that have one bit turned; the others are another
// chain that holds.
func TestDamage(t *testing.T) {
	good := written(t, full(t).c)
	for n := range good {
		if _, err := read(good[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes were read", n, len(good))
		}
	}
	if !sane(t, append(bytes.Clone(good), 0)) {
		t.Error("a byte too many was read")
	}
	refused := 0
	for i := range good {
		for bit := range 8 {
			b := bytes.Clone(good)
			if b[i] ^= 1 << bit; sane(t, b) {
				refused++
			}
		}
		if t.Failed() {
			t.Fatalf("byte %d", i)
		}
	}
	t.Logf("%d of %d were refused", refused, 8*len(good))
}

// TestRefusedFields: what no chain has is not read.
func TestRefusedFields(t *testing.T) {
	for what, bend := range map[string]func(*Chain){
		"blocks out of order":     func(c *Chain) { c.blocks[0], c.blocks[1] = c.blocks[1], c.blocks[0] },
		"a block at height 0":     func(c *Chain) { c.blocks[0].Height = 0 },
		"a coin twice":            func(c *Chain) { c.all = append(c.all, c.all[len(c.all)-1]) },
		"a coin of nothing":       func(c *Chain) { c.free.first().Amount = 0 },
		"a coin of too much":      func(c *Chain) { c.free.first().Amount = 1<<61 + 1 },
		"a coin of nobody":        func(c *Chain) { c.free.first().Account = 0 },
		"a coin above the tip":    func(c *Chain) { c.free.first().Height = 1000 },
		"a spend without coins":   func(c *Chain) { c.spends[0].Inputs = nil },
		"a spend twice":           func(c *Chain) { c.spends = append(c.spends, c.spends[len(c.spends)-1]) },
		"a number not yet given":  func(c *Chain) { c.last = 1 },
		"signed without bytes":    func(c *Chain) { c.spends[0].Raw = nil },
		"an address twice":        func(c *Chain) { c.addresses[ann] = c.addresses[bob] },
		"the hot address":         func(c *Chain) { c.addresses[ann] = "hot" },
		"an account twice":        func(c *Chain) { c.issued[1] = c.issued[0] },
		"a debt of nothing":       func(c *Chain) { c.debts[ann] = 0 },
		"a debt below nothing":    func(c *Chain) { c.debts[ann] = -1 },
		"a coin of a dead spend":  func(c *Chain) { c.free.first().By = 99 },
		"a spend of another coin": func(c *Chain) { c.spends[0].Inputs = []instruction.Outpoint{{Index: 99}} },
		"mined in another block":  func(c *Chain) { c.mined.first().Height++ },
		"a spend that pays more":  func(c *Chain) { c.spends[0].Paid++ },
		"a transaction that two have": func(c *Chain) {
			c.spends[0].Tx = c.spends[1].Tx
		},
	} {
		l := full(t)
		bend(l.c)
		x := instruction.Writer(nil)
		l.c.Fields(&x)
		if _, err := read(x.Bytes()); err == nil && x.Err() == nil {
			t.Errorf("%s: it was read", what)
		}
	}
}

func FuzzFields(f *testing.F) {
	f.Add(written(f, full(f).c))
	f.Add(written(f, newLine(f).c))
	l, o := rich(f, 500, 400)
	l.plan(100, 0, o[0])
	l.sign(1)
	l.plan(100, 1, o[0], o[1])
	l.block(instruction.Spent{Coin: o[0], By: l.tx()})
	f.Add(written(f, l.c))
	f.Fuzz(func(t *testing.T, b []byte) { sane(t, b) })
}
