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

// truth is what a chain is found to be by whoever reads all its blocks and its mempool through coin.Chain, from the start
// and without any index.
type truth struct {
	coins map[instruction.Outpoint]coin.Out
	mined map[instruction.TxID]uint32
	pool  []*naive // in order of arrival
}

// naive is a transaction of the mempool.
type naive struct {
	*coin.Tx
	fee, size   int64
	replaceable bool
}

// recount reads everything, holds the chain's laws, and compares what the chain says of itself.
func recount(t *testing.T, c *Chain) *truth {
	t.Helper()
	m := &truth{coins: map[instruction.Outpoint]coin.Out{}, mined: map[instruction.TxID]uint32{}}
	info, err := c.Info(ctx)
	ok(t, err)
	prev := info.Genesis
	brought := int64(endowed * endowedEach)
	for height := uint32(1); height <= info.Height; height++ {
		hash, err := c.HashAt(ctx, height)
		ok(t, err)
		b, err := c.Block(ctx, hash, height)
		ok(t, err)
		if b.Prev != prev || b.Hash != hash || b.Height != height {
			t.Fatalf("block %d is %v on %v, want %v on %v", height, b.Hash, b.Prev, hash, prev)
		}
		if prev = hash; height > 1 {
			brought += Subsidy
		}
		for i := range b.Txs {
			m.take(t, &b.Txs[i], m.coins, i == 0)
			m.mined[b.Txs[i].ID] = height
		}
	}
	if prev != info.Best {
		t.Fatalf("the last block is %v, the best is said to be %v", prev, info.Best)
	}
	sum := int64(0)
	for o, out := range m.coins {
		sum += out.Value
		if got, is := c.Unspent(o); !is || got.Value != out.Value || !bytes.Equal(got.Script, out.Script) {
			t.Fatalf("%v holds %d; the chain says %d, %v", o, out.Value, got.Value, is)
		}
	}
	if sum != brought || c.Supply() != sum {
		t.Fatalf("all coins hold %d, blocks brought %d, the chain says %d", sum, brought, c.Supply())
	}
	m.mempool(t, c)
	return m
}

// take carries a transaction out on coins: each input is there, once.
func (m *truth) take(t *testing.T, tx *coin.Tx, coins map[instruction.Outpoint]coin.Out, coinbase bool) (fee int64) {
	t.Helper()
	for _, in := range tx.Ins {
		out, is := coins[in]
		if coinbase {
			continue
		}
		if !is {
			t.Fatalf("transaction %v spends %v, which is spent or never was", tx.ID, in)
		}
		fee += out.Value
		delete(coins, in)
	}
	for i, o := range tx.Outs {
		coins[instruction.Outpoint{Tx: tx.ID, Index: uint32(i)}] = o // #nosec G115 -- small
		fee -= o.Value
	}
	return fee
}

// mempool reads what waits: it could all be mined as it stands.
func (m *truth) mempool(t *testing.T, c *Chain) {
	t.Helper()
	coins := maps.Clone(m.coins)
	for _, id := range c.Mempool() {
		raw, _ := c.Raw(id)
		w := look(t, raw)
		if w.ID != id || m.mined[id] != 0 {
			t.Fatalf("%v waits, and is %v, mined at height %d", id, w.ID, m.mined[id])
		}
		if w.fee = m.take(t, w.Tx, coins, false); w.fee < 0 {
			t.Fatalf("%v pays %d", id, w.fee)
		}
		m.pool = append(m.pool, w)
	}
	for _, w := range m.pool {
		if up, down := m.family(w, true), m.family(w, false); up > 25 || down > 25 {
			t.Fatalf("%v hangs on %d and holds %d", w.ID, up, down)
		}
	}
}

func look(t *testing.T, raw []byte) *naive {
	t.Helper()
	tx, err := coin.ParseTx(raw)
	ok(t, err)
	var msg wire.MsgTx
	ok(t, msg.Deserialize(bytes.NewReader(raw)))
	w := &naive{Tx: tx, size: (int64(3*msg.SerializeSizeStripped()+msg.SerializeSize()) + 3) / 4}
	for _, in := range msg.TxIn {
		w.replaceable = w.replaceable || in.Sequence <= 0xfffffffd
	}
	return w
}

// family counts what of the mempool w hangs on, or what hangs on it, itself included.
func (m *truth) family(w *naive, up bool) int {
	in, n := map[instruction.TxID]bool{w.ID: true}, 1
	if !up {
		for _, p := range m.pool { // parents come before children
			if !in[p.ID] && slices.ContainsFunc(p.Ins, func(o instruction.Outpoint) bool { return in[o.Tx] }) {
				in[p.ID] = true
				n++
			}
		}
		return n
	}
	asked := map[instruction.TxID]bool{}
	ask := func(w *naive) {
		for _, o := range w.Ins {
			asked[o.Tx] = true
		}
	}
	ask(w)
	for _, p := range slices.Backward(m.pool) {
		if p.ID != w.ID && asked[p.ID] {
			ask(p)
			n++
		}
	}
	return n
}

// foresee says what a node will answer to a transaction of P2WPKH outputs; forged: its signature is wrong.
func (m *truth) foresee(w *naive, replaces, forged bool) coin.Outcome {
	is := func(p *naive) bool { return p.ID == w.ID }
	for i := range w.Outs {
		if _, unspent := m.coins[instruction.Outpoint{Tx: w.ID, Index: uint32(i)}]; unspent { // #nosec G115 -- small
			return coin.Accepted
		}
	}
	if slices.ContainsFunc(m.pool, is) {
		return coin.Accepted
	}
	if slices.ContainsFunc(w.Outs, func(o coin.Out) bool { return o.Value < 294 }) {
		return coin.Invalid
	}
	var against []*naive
	for _, p := range m.pool {
		if slices.ContainsFunc(p.Ins, func(o instruction.Outpoint) bool { return slices.Contains(w.Ins, o) }) {
			against = append(against, p)
		}
	}
	if slices.ContainsFunc(against, func(p *naive) bool { return !replaces || !p.replaceable }) {
		return coin.Conflict
	}
	w.fee = 0
	for _, in := range w.Ins {
		out, is := m.coins[in]
		if !is {
			i := slices.IndexFunc(m.pool, func(p *naive) bool { return p.ID == in.Tx })
			if i < 0 || int(in.Index) >= len(m.pool[i].Outs) {
				return coin.Ambiguous
			}
			out = m.pool[i].Outs[in.Index]
		}
		w.fee += out.Value
	}
	for _, o := range w.Outs {
		w.fee -= o.Value
	}
	if m.family(w, true) > 25 || slices.ContainsFunc(m.pool, func(p *naive) bool { return m.above(p, w) && m.family(p, false) >= 25 }) {
		return coin.Unsent
	}
	switch {
	case w.fee < 0:
		return coin.Invalid
	case w.fee < w.size:
		return coin.FeeTooLow
	}
	if o := m.bid(w, against); o != coin.Accepted {
		return o
	}
	if forged {
		return coin.Invalid
	}
	return coin.Accepted
}

// above says whether w, which is not in the mempool, hangs on p.
func (m *truth) above(p, w *naive) bool {
	return slices.ContainsFunc(w.Ins, func(o instruction.Outpoint) bool {
		if o.Tx == p.ID {
			return true
		}
		i := slices.IndexFunc(m.pool, func(q *naive) bool { return q.ID == o.Tx })
		return i >= 0 && m.above(p, m.pool[i])
	})
}

// bid is what BIP 125 says of a replacement.
func (m *truth) bid(w *naive, against []*naive) coin.Outcome {
	if len(against) == 0 {
		return coin.Accepted
	}
	fees, gone := int64(0), 0
	for _, p := range m.pool {
		if slices.ContainsFunc(against, func(a *naive) bool { return a == p || m.above(a, p) }) {
			fees += p.fee
			gone++
		}
	}
	if slices.ContainsFunc(against, func(a *naive) bool { return m.above(a, w) }) {
		return coin.Conflict
	}
	if slices.ContainsFunc(against, func(a *naive) bool { return w.fee*a.size <= a.fee*w.size }) {
		return coin.FeeTooLow
	}
	fresh := func(o instruction.Outpoint) bool {
		waits := slices.ContainsFunc(m.pool, func(p *naive) bool { return p.ID == o.Tx })
		return waits && !slices.ContainsFunc(against, func(a *naive) bool {
			return slices.ContainsFunc(a.Ins, func(i instruction.Outpoint) bool { return i.Tx == o.Tx })
		})
	}
	switch {
	case gone > 100, slices.ContainsFunc(w.Ins, fresh):
		return coin.Conflict
	case w.fee < fees+w.size:
		return coin.FeeTooLow
	}
	return coin.Accepted
}

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
