package demochain

import (
	"bytes"
	"slices"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// What follows is for whoever tries a wallet: what is true of the chain, whatever any node shows of it.

// Height is that of the best block.
func (c *Chain) Height() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.height()
}

// Confirmations says how deep a transaction lies: 1 in the best block, 0 in the mempool; false where it is in neither.
func (c *Chain) Confirmations(id instruction.TxID) (n uint32, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if height, ok := c.mined[id]; ok {
		return c.height() - height + 1, true
	}
	return 0, c.pool.txs[id] != nil
}

// Unspent gives an output of the best chain that no block has spent. What waits in the mempool does not count.
func (c *Chain) Unspent(o instruction.Outpoint) (coin.Out, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	have, ok := c.coins[o]
	return coin.Out{Script: slices.Clone(have.Script), Value: have.Value}, ok
}

// Balance is what the unspent coins of a script are worth, in smallest units, without the mempool.
func (c *Chain) Balance(script []byte) (sum int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, have := range c.coins {
		if bytes.Equal(have.Script, script) {
			sum += have.Value
		}
	}
	return sum
}

// Supply is what all unspent coins are worth.
func (c *Chain) Supply() (sum int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, have := range c.coins {
		sum += have.Value
	}
	return sum
}

// Payment is an output that pays somebody.
type Payment struct {
	Coin   instruction.Outpoint
	Value  int64
	Height uint32 // of its block; 0 in the mempool
}

// Payments are all outputs that ever paid a script, spent since or not: those of the best chain in its order, then those
// of the mempool in order of arrival.
func (c *Chain) Payments(script []byte) (found []Payment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	look := func(t *transaction, height uint32) {
		for i, o := range t.outs {
			if bytes.Equal(o.Script, script) {
				found = append(found, Payment{t.out(i), o.Value, height})
			}
		}
	}
	for _, b := range c.best {
		for _, t := range b.txs {
			look(t, b.height)
		}
	}
	for _, w := range c.pool.arrived() {
		look(w.transaction, 0)
	}
	return found
}

// Mempool names what waits there, in order of arrival: parents before children.
func (c *Chain) Mempool() (ids []instruction.TxID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range c.pool.arrived() {
		ids = append(ids, w.id)
	}
	return ids
}

// Raw gives the bytes of any transaction that the chain ever took or was handed.
func (c *Chain) Raw(id instruction.TxID) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := c.known[id]
	if t == nil {
		return nil, false
	}
	return slices.Clone(t.raw), true
}
