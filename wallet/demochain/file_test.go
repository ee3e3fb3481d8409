package demochain

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// kept is a chain in a file, with all that can lie in one: payments, a reorg to more blocks and one to fewer.
func kept(t *testing.T, name string) *Chain {
	t.Helper()
	c, err := New(Options{Replaces: true, Now: func() time.Time { return start }, Seed: 7, File: name})
	ok(t, err)
	if c.Height() > 1 {
		return c
	}
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	p.spent(t, 1000, in)
	ok(t, c.Mine(5))
	ok(t, c.Reorg(3, Instead{}))
	ok(t, c.Reorg(5, Instead{Blocks: 2, Again: All}))
	p.spent(t, 1000, p.receive(t, Coin))
	ok(t, c.Mine(2))
	return c
}

// TestFile: a chain goes on where it was, and makes the same blocks as one that never ended.
func TestFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "chain")
	c := kept(t, name)
	p := purseOf(t, c)
	was, _ := c.Info(ctx)
	balance, paid := c.Balance(p.script), c.Payments(p.script)
	waits, err := c.Pay(p.address, Coin)
	ok(t, err)
	ok(t, c.Close())
	if err := c.Mine(1); err == nil {
		t.Error("a block was made after the file was closed")
	}
	p.confirmations(t, waits, 0)

	again := kept(t, name)
	p.c = again
	if is, _ := again.Info(ctx); is != was || again.Balance(p.script) != balance || len(again.Payments(p.script)) != len(paid) {
		t.Errorf("it was %+v, and is %+v", was, is)
	}
	p.confirmations(t, waits, -1) // as with a node that was killed
	recount(t, again)
	never := kept(t, filepath.Join(t.TempDir(), "other"))
	for _, c := range []*Chain{again, never} {
		_, err := c.Pay(p.address, Coin)
		ok(t, err)
		ok(t, c.Reorg(2, Instead{Again: All}))
		ok(t, c.Mine(1))
	}
	a, _ := again.Info(ctx)
	b, _ := never.Info(ctx)
	if a != b {
		t.Errorf("one that ended is %+v, one that did not %+v", a, b)
	}
	ok(t, again.Close())
	ok(t, never.Close())
}

// TestKilled: whatever a killed process wrote of the last block is cut off, and the chain goes on from the one before.
func TestKilled(t *testing.T) {
	name := filepath.Join(t.TempDir(), "chain")
	c := kept(t, name)
	before, _ := c.Info(ctx)
	whole := c.file.size
	_, err := c.Pay(purseOf(t, c).address, Coin) // so that the next block is longer than the one that is made instead
	ok(t, err)
	ok(t, c.Mine(1))
	after, _ := c.Info(ctx)
	ok(t, c.Close())
	all, err := os.ReadFile(name)
	ok(t, err)
	step := int64(1)
	if testing.Short() {
		step = 23
	}
	for cut := whole; cut <= int64(len(all)); cut += min(step, max(1, int64(len(all))-cut)) {
		ok(t, os.WriteFile(name, all[:cut], 0o600))
		c := kept(t, name)
		want := before
		if cut == int64(len(all)) {
			want = after
		}
		if is, _ := c.Info(ctx); is != want {
			t.Fatalf("%d bytes of %d: %+v, want %+v", cut, len(all), is, want)
		}
		ok(t, c.Mine(1))
		ok(t, c.Close())
		ok(t, kept(t, name).Close())
	}
	for cut := 0; cut < len(title)+32; cut += int(step) { // killed while it began
		ok(t, os.WriteFile(name, all[:cut], 0o600))
		ok(t, kept(t, name).Close())
		if begun, _ := os.ReadFile(name); !bytes.Equal(begun, all[:whole]) {
			t.Fatalf("begun anew from %d bytes it has %d, want %d", cut, len(begun), whole)
		}
	}
}

// TestDamage stops the start, says where it is and what to do, and leaves the file alone.
func TestDamage(t *testing.T) {
	name := filepath.Join(t.TempDir(), "chain")
	c := kept(t, name)
	last := c.tip().raw
	stale := c.blocks
	for _, b := range c.best {
		delete(stale, b.hash)
	}
	var beside instruction.BlockHash
	for h := range stale {
		beside = h
	}
	ok(t, c.Close())
	all, err := os.ReadFile(name)
	ok(t, err)
	framed := func(raw []byte) []byte {
		l := file{f: must1(os.Create(filepath.Join(t.TempDir(), "frame")))}
		defer l.close()
		ok(t, l.write(raw))
		b, err := os.ReadFile(l.f.Name())
		ok(t, err)
		return b
	}
	forged := func(change func(*wire.MsgBlock)) []byte {
		var b wire.MsgBlock
		ok(t, b.Deserialize(bytes.NewReader(last)))
		b.Header.PrevBlock = [32]byte(coinHash(last))
		change(&b)
		txs := []*transaction{}
		for _, tx := range b.Transactions {
			txs = append(txs, &transaction{id: instruction.TxID(tx.TxHash())})
		}
		b.Header.MerkleRoot = merkle(txs)
		var out bytes.Buffer
		ok(t, b.Serialize(&out))
		return framed(out.Bytes())
	}
	flip := func(at int) []byte { b := bytes.Clone(all); b[at] ^= 0x40; return b }
	head := len(title) + 32
	for _, row := range []struct {
		what, want string
		file       []byte
	}{
		{"another file", "not a demo chain", []byte(strings.Repeat("something else ", 10))},
		{"a short other file", "not a demo chain", []byte("some")},
		{"another network's", "not a demo chain", flip(len(title))},
		{"a byte of a block", "at byte 56: a block with a wrong checksum", flip(head + frameHead + 100)},
		{"a checksum", "at byte 56: a block with a wrong checksum", flip(head + 5)},
		{"a length", "at byte 56: a block of", flip(head + 3)},
		{"zeros", "a block of 0 bytes", append(bytes.Clone(all), make([]byte, 4096)...)},
		{"no block", "block of 5 bytes", append(bytes.Clone(all), framed([]byte("block"))...)},
		{"a block that hangs on nothing", "not of the best chain", append(bytes.Clone(all), forged(func(b *wire.MsgBlock) { b.Header.PrevBlock[3] ^= 1 })...)},
		{"a block beside the chain", "not of the best chain", append(bytes.Clone(all), forged(func(b *wire.MsgBlock) { b.Header.PrevBlock = [32]byte(beside) })...)},
		{"a reward too high", "which should be 5000000000", append(bytes.Clone(all), forged(func(b *wire.MsgBlock) { b.Transactions[0].TxOut[0].Value++ })...)},
		{"a coin spent twice", "missingorspent", append(bytes.Clone(all), forged(func(b *wire.MsgBlock) { b.Transactions = append(b.Transactions, spentIn(t, c)) })...)},
	} {
		ok(t, os.WriteFile(name, row.file, 0o600))
		c, err := New(Options{Now: clock(), File: name})
		if err == nil || !strings.Contains(err.Error(), row.want) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v, want %q and the file's name", row.what, err, row.want)
		}
		if c != nil {
			t.Errorf("%s: there is a chain nevertheless", row.what)
		}
		if left, _ := os.ReadFile(name); !bytes.Equal(left, row.file) {
			t.Errorf("%s: the file was changed", row.what)
		}
	}
	if _, err := New(Options{Now: clock(), File: filepath.Join(name, "below a file")}); err == nil {
		t.Error("a file that cannot be there was opened")
	}
}

func must1[T any](v T, err error) T { must(err); return v }

// coinHash is the name of a block, of its bytes.
func coinHash(raw []byte) instruction.BlockHash {
	n, _ := coin.NetworkNamed("demo")
	return must1(n.ParseBlock(raw)).Hash
}

// spentIn is a transaction that the best chain has already.
func spentIn(t *testing.T, c *Chain) *wire.MsgTx {
	for _, b := range c.best[2:] {
		if len(b.txs) > 1 {
			return b.txs[1].msg
		}
	}
	t.Fatal("nothing was spent")
	return nil
}

// TestFullDisk: a block that cannot be written is not made, and nothing else is other than before.
func TestFullDisk(t *testing.T) {
	name := filepath.Join(t.TempDir(), "chain")
	c := kept(t, name)
	p := purseOf(t, c)
	id, err := c.Pay(p.address, Coin)
	ok(t, err)
	before, _ := c.Info(ctx)
	well := c.file.f
	c.file.f = must1(os.Open(name)) // which cannot be written
	if err := c.Mine(2); err == nil {
		t.Error("blocks were made")
	}
	if err := c.Reorg(2, Instead{}); err == nil {
		t.Error("other blocks were made")
	}
	if after, _ := c.Info(ctx); after != before {
		t.Errorf("it was %+v, and is %+v", before, after)
	}
	p.confirmations(t, id, 0)
	recount(t, c)
	ok(t, c.file.f.Close())
	c.file.f = well
	ok(t, c.Mine(1))
	p.confirmations(t, id, 1)
	ok(t, c.Close())
	again := kept(t, name)
	p.c = again
	p.confirmations(t, id, 1)
	ok(t, again.Close())
}
