package demochain

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

var ctx = context.Background()

// start is when every chain of these tests begins.
var start = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// clock gives a second more each time that it is asked.
func clock() func() time.Time {
	now := start
	return func() time.Time { now = now.Add(time.Second); return now }
}

func network(t testing.TB, name string) *coin.Network {
	t.Helper()
	n, err := coin.NetworkNamed(name)
	ok(t, err)
	return n
}

// fresh is a demo chain as the demo has it: with replacement.
func fresh(t testing.TB) *Chain {
	t.Helper()
	c, err := New(Options{Replaces: true, Now: clock(), Seed: 7, FeeRate: 5000})
	ok(t, err)
	return c
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// purse is somebody with keys on a chain.
type purse struct {
	c       *Chain
	keys    *coin.Keys
	address string
	script  []byte
}

func purseOf(t testing.TB, c *Chain) *purse {
	t.Helper()
	seed, err := coin.ParseSeed(strings.Repeat("5e", 32))
	ok(t, err)
	keys, err := seed.Account(c.Network())
	ok(t, err)
	address, script, err := keys.Public().Address(false, 1)
	ok(t, err)
	return &purse{c, keys, address, script}
}

// receive pays the purse and mines it.
func (p *purse) receive(t testing.TB, amount int64) coin.Input {
	t.Helper()
	id, err := p.c.Pay(p.address, amount)
	ok(t, err)
	ok(t, p.c.Mine(1))
	return p.coin(id, 0, amount)
}

func (p *purse) coin(id instruction.TxID, index uint32, value int64) coin.Input {
	return coin.Input{Coin: instruction.Outpoint{Tx: id, Index: index}, Value: value, Index: 1}
}

// spend signs a transaction that pays the purse itself, all but a fee.
func (p *purse) spend(t testing.TB, fee int64, ins ...coin.Input) (raw []byte, id instruction.TxID, change coin.Input) {
	t.Helper()
	total := -fee
	for _, in := range ins {
		total += in.Value
	}
	raw, id, err := coin.Sign(p.c.Network(), p.keys, ins, []coin.Out{{Script: p.script, Value: total}})
	ok(t, err)
	return raw, id, p.coin(id, 0, total)
}

// spent is spend, taken by the mempool.
func (p *purse) spent(t testing.TB, fee int64, ins ...coin.Input) (id instruction.TxID, change coin.Input) {
	t.Helper()
	raw, id, change := p.spend(t, fee, ins...)
	p.accepted(t, raw)
	return id, change
}

func (p *purse) accepted(t testing.TB, raw []byte) {
	t.Helper()
	if r := p.c.Send(ctx, raw); r.Outcome != coin.Accepted {
		t.Fatalf("not accepted: %+v", r)
	}
}

// altered is a transaction with something else in it. Its signatures are left as they were.
func altered(t testing.TB, raw []byte, change func(*wire.MsgTx)) []byte {
	t.Helper()
	var tx wire.MsgTx
	ok(t, tx.Deserialize(bytes.NewReader(raw)))
	change(&tx)
	var out bytes.Buffer
	ok(t, tx.Serialize(&out))
	return out.Bytes()
}

// confirmations fails unless a transaction lies so deep; -1: nowhere.
func (p *purse) confirmations(t testing.TB, id instruction.TxID, want int) {
	t.Helper()
	n, known := p.c.Confirmations(id)
	got := int(n)
	if !known {
		got = -1
	}
	if got != want {
		t.Errorf("%v has %d confirmations, want %d", id, got, want)
	}
	if pending, err := p.c.Pending(ctx, id); err != nil || pending != (want == 0) {
		t.Errorf("%v pending: %v, %v; want %v", id, pending, err, want == 0)
	}
}
