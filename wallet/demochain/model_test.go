package demochain

import (
	"bytes"
	"maps"
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
