//go:build !race

package demochain

import (
	"bytes"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// TestAgainstRecount does at random all that can be done to a chain. After each step everything is read anew and counted:
// no coin is spent twice, all are worth what blocks brought, the mempool fits the chain; and what a node answers is
// what somebody answers who only looks.
func TestAgainstRecount(t *testing.T) {
	seeds := uint64(24)
	switch {
	case os.Getenv("PORTCULLIS_DEPTH") == "soak":
		seeds = 2000
	case testing.Short():
		seeds = 8
	}
	outcomes := map[coin.Outcome]int{}
	for seed := range seeds {
		g := newGame(t, seed)
		for range 120 {
			g.step()
			if t.Failed() {
				t.Fatalf("seed %d", seed)
			}
		}
		for o, n := range g.outcomes {
			outcomes[o] += n
		}
	}
	t.Logf("outcomes of %d seeds: %v", seeds, outcomes)
	for _, o := range []coin.Outcome{coin.Accepted, coin.Ambiguous, coin.Conflict, coin.FeeTooLow, coin.Invalid, coin.Unsent} {
		if outcomes[o] == 0 {
			t.Errorf("no transaction was ever %v: the test does too little", o)
		}
	}
}

// game is one chain to which things are done.
type game struct {
	t        *testing.T
	r        *rand.Rand
	options  Options
	c        *Chain
	p        *purse
	replaces bool
	most     int // how many things are done for each block
	m        *truth
	sent     [][]byte // all that the purse ever signed
	ids      []instruction.TxID
	coins    []coin.Input // all that the purse ever had
	forged   map[string]bool
	outcomes map[coin.Outcome]int
}

func newGame(t *testing.T, seed uint64) *game {
	r := rand.New(rand.NewPCG(seed, 11)) // #nosec G404 -- a test
	g := &game{t: t, r: r, replaces: r.IntN(4) > 0, forged: map[string]bool{}, outcomes: map[coin.Outcome]int{}}
	name := []string{"demo", "demo", "demo", "litecoin"}[r.IntN(4)]
	g.most = []int{15, 20, 40, 150}[r.IntN(4)]
	g.options = Options{Network: network(t, name), Replaces: g.replaces, Seed: seed, Now: clock()}
	if r.IntN(3) == 0 {
		g.options.File = filepath.Join(t.TempDir(), "chain")
	}
	c, err := New(g.options)
	ok(t, err)
	t.Cleanup(func() { ok(t, g.c.Close()) })
	g.c, g.p, g.m = c, purseOf(t, c), recount(t, c)
	return g
}

// reopen ends the process, so to speak, and begins another: all but the mempool is as it was.
func (g *game) reopen() {
	before, _ := g.c.Info(ctx)
	ok(g.t, g.c.Close())
	c, err := New(g.options)
	ok(g.t, err)
	g.c, g.p.c = c, c
	if after, _ := c.Info(ctx); after != before || len(c.Mempool()) != 0 {
		g.t.Errorf("it was %+v, and is %+v with %d in the mempool", before, after, len(c.Mempool()))
	}
	if m := recount(g.t, c); !maps.EqualFunc(m.coins, g.m.coins, func(a, b coin.Out) bool { return a.Value == b.Value }) {
		g.t.Error("there are other coins than before")
	}
}

// step does one thing, and counts again.
func (g *game) step() {
	switch k := g.r.IntN(g.most); {
	case k < 4 || len(g.coins) < 3:
		g.deposit()
	case k == 4:
		g.mine()
	case k == 5:
		g.reorg()
	case k == 6 && g.options.File != "":
		g.reopen()
	case k == 6:
		g.c.Restart(g.r.IntN(4) > 0)
	case k < 10:
		g.send(g.sent)
	default:
		g.spend()
	}
	g.m = recount(g.t, g.c)
	g.indexes()
}

func (g *game) deposit() {
	amount := int64(1000 + g.r.IntN(Coin))
	id, err := g.c.Pay(g.p.address, amount)
	ok(g.t, err)
	g.ids = append(g.ids, id)
	g.coins = append(g.coins, g.p.coin(id, 0, amount))
}

// coin is one that the purse has or had: mostly a live one, and often the newest, so that long chains come about.
func (g *game) coin() coin.Input {
	live := slices.DeleteFunc(slices.Clone(g.coins), func(in coin.Input) bool {
		_, is := g.m.coins[in.Coin]
		return !is && !slices.ContainsFunc(g.m.pool, func(w *naive) bool { return w.ID == in.Coin.Tx })
	})
	if k := g.r.IntN(10); len(live) > 0 && k < 9 {
		return live[len(live)-1-g.r.IntN(min(len(live), 1+2*k))]
	}
	return g.coins[g.r.IntN(len(g.coins))]
}

// spend sends a transaction of one to three coins that were there at some time, at a fee that may be too low or too high,
// and sometimes forged.
func (g *game) spend() {
	var ins []coin.Input
	total := int64(0)
	for range 1 + g.r.IntN(3)*g.r.IntN(2) {
		in := g.coin()
		if !slices.ContainsFunc(ins, func(have coin.Input) bool { return have.Coin == in.Coin }) {
			ins = append(ins, in)
			total += in.Value
		}
	}
	fee := []int64{int64(g.r.IntN(400)), 500, 3000, int64(g.r.IntN(40_000))}[g.r.IntN(4)]
	parts := int64(1 + g.r.IntN(3))
	each := (total - fee) / parts
	if each <= 0 {
		return
	}
	outs := make([]coin.Out, parts)
	for i := range outs {
		outs[i] = coin.Out{Script: g.p.script, Value: each}
	}
	raw, id, err := coin.Sign(g.c.Network(), g.p.keys, ins, outs)
	ok(g.t, err)
	if g.r.IntN(12) == 0 {
		raw = altered(g.t, raw, func(tx *wire.MsgTx) { tx.TxIn[0].Witness[0][10] ^= 1 })
		g.forged[string(raw)] = true
	}
	g.sent, g.ids = append(g.sent, raw), append(g.ids, id)
	for i := range outs {
		g.coins = append(g.coins, g.p.coin(id, uint32(i), each)) // #nosec G115 -- small
	}
	g.send([][]byte{raw})
}

// send sends one of them and compares the answer.
func (g *game) send(raws [][]byte) {
	if len(raws) == 0 {
		return
	}
	raw := raws[g.r.IntN(len(raws))]
	w := look(g.t, raw)
	want := g.m.foresee(w, g.replaces, g.forged[string(raw)])
	r := g.c.Send(ctx, raw)
	g.outcomes[r.Outcome]++
	if r.Outcome != want {
		g.t.Errorf("transaction %v: %+v, want %v", w.ID, r, want)
	}
}

// some picks names of whatever was ever seen.
func (g *game) some() (ids []instruction.TxID) {
	for range g.r.IntN(4) {
		if len(g.ids) > 0 {
			ids = append(ids, g.ids[len(g.ids)-1-min(g.r.IntN(len(g.ids)), g.r.IntN(len(g.ids)))])
		}
	}
	return ids
}

func (g *game) mine() {
	height := g.c.Height()
	switch g.r.IntN(4) {
	case 0:
		ok(g.t, g.c.Mine(1+g.r.IntN(2)))
		if n := len(g.c.Mempool()); n != 0 {
			g.t.Errorf("%d are left after a block with all", n)
		}
	case 1:
		ok(g.t, g.c.MineAbove(int64(g.r.IntN(20_000))))
	case 2:
		ok(g.t, g.c.MineOnly())
	default:
		ids := g.some()
		err := g.c.MineOnly(ids...)
		if err != nil && g.c.Height() != height {
			g.t.Errorf("%v, and the height went from %d to %d", err, height, g.c.Height())
		}
		for _, id := range ids {
			if _, mined := g.c.Confirmations(id); err == nil && !mined {
				g.t.Errorf("%v should have been mined", id)
			}
		}
	}
}

func (g *game) reorg() {
	if g.c.Height() < 3 {
		return
	}
	depth := 1 + g.r.IntN(min(6, int(g.c.Height())-1))
	how := Instead{Blocks: g.r.IntN(depth + 4)}
	if g.r.IntN(3) > 0 {
		how.Again = func(instruction.TxID) bool { return g.r.IntN(3) > 0 }
	}
	if g.r.IntN(3) == 0 {
		how.First = g.some()
	}
	if raw, err := g.c.TakeBack(g.ids[g.r.IntN(len(g.ids))]); err == nil && g.r.IntN(2) == 0 {
		id, err := g.c.Hand(raw)
		ok(g.t, err)
		g.ids, how.First = append(g.ids, id), []instruction.TxID{id}
	}
	before, _ := g.c.Info(ctx)
	err := g.c.Reorg(depth, how)
	if after, _ := g.c.Info(ctx); (err != nil) != (after == before) {
		g.t.Errorf("a reorg: %v; it was %+v, and is %+v", err, before, after)
	}
	g.kept()
}

// kept: what was mined or waited before a reorg and is nowhere now could not be anywhere.
func (g *game) kept() {
	was := g.m
	g.m = recount(g.t, g.c)
	before := slices.Collect(maps.Keys(was.mined))
	for _, w := range was.pool {
		before = append(before, w.ID)
	}
	for _, id := range before {
		raw, _ := g.c.Raw(id)
		w := look(g.t, raw)
		if _, known := g.c.Confirmations(id); known || w.Ins[0].Tx.IsZero() { // a coinbase goes with its block
			continue
		}
		if o := g.m.foresee(w, false, false); o == coin.Accepted {
			g.t.Errorf("%v was lost in a reorg, and would be %v", id, o)
		}
	}
}

// indexes compares what the chain says quickly with what was counted.
func (g *game) indexes() {
	info, _ := g.c.Info(ctx)
	for _, id := range g.ids {
		n, known := g.c.Confirmations(id)
		height := g.m.mined[id]
		waits := slices.ContainsFunc(g.m.pool, func(w *naive) bool { return w.ID == id })
		if known != (height > 0 || waits) || height > 0 && n != info.Height-height+1 || waits && n != 0 {
			g.t.Errorf("%v: %d confirmations, known: %v; mined at height %d of %d, waits: %v", id, n, known, height, info.Height, waits)
		}
	}
	balance := int64(0)
	for _, o := range g.m.coins {
		if bytes.Equal(o.Script, g.p.script) {
			balance += o.Value
		}
	}
	if got := g.c.Balance(g.p.script); got != balance {
		g.t.Errorf("the purse has %d, the chain says %d", balance, got)
	}
	for _, in := range g.coins {
		_, want := g.m.coins[in.Coin]
		if _, got := g.c.Unspent(in.Coin); got != want {
			g.t.Errorf("%v is unspent: %v, the chain says %v", in.Coin, want, got)
		}
	}
	paid := map[instruction.Outpoint]bool{}
	for _, pay := range g.c.Payments(g.p.script) {
		waits := slices.ContainsFunc(g.m.pool, func(w *naive) bool { return w.ID == pay.Coin.Tx })
		if paid[pay.Coin] || pay.Height != g.m.mined[pay.Coin.Tx] || (pay.Height == 0) != waits {
			g.t.Errorf("%+v is named twice, or is elsewhere: mined at %d, waits: %v", pay, g.m.mined[pay.Coin.Tx], waits)
		}
		paid[pay.Coin] = true
	}
	for _, in := range g.coins {
		waits := slices.ContainsFunc(g.m.pool, func(w *naive) bool { return w.ID == in.Coin.Tx })
		if (g.m.mined[in.Coin.Tx] > 0 || waits) != paid[in.Coin] {
			g.t.Errorf("%v is there: %v, named as a payment: %v", in.Coin, !paid[in.Coin], paid[in.Coin])
		}
	}
}
