package demochain

import (
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// Mine makes n blocks with what waits in the mempool, as far as they have room. Their rewards go to the treasury.
func (c *Chain) Mine(n int) error { return c.mine(n, 0, c.treasury.script) }

// MineTo is Mine, with the rewards to an address.
func (c *Chain) MineTo(address string, n int) error {
	script, err := c.network.Script(address)
	if err != nil {
		return fmt.Errorf("demo chain: %w", err)
	}
	return c.mine(n, 0, script)
}

// MineAbove makes one block with what pays a rate, in smallest units per 1,000 virtual bytes, by itself or through what
// hangs on it.
func (c *Chain) MineAbove(perKVB int64) error { return c.mine(1, perKVB, c.treasury.script) }

func (c *Chain) mine(n int, rate int64, script []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer c.tell()
	for range n {
		if err := c.extend(c.pool.pick(rate), nil, subsidy(script)); err != nil {
			return fmt.Errorf("demo chain: %w", err)
		}
	}
	return nil
}

// MineOnly makes one block with the named transactions, those of the mempool together with what they hang on there; without
// any it makes an empty block. They may be any that the chain ever took or that Hand told of, also such as were replaced
// since: another miner may still have them. What conflicts with them leaves the mempool.
func (c *Chain) MineOnly(ids ...instruction.TxID) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	txs, err := c.find(ids)
	if err != nil {
		return err
	}
	if err := c.extend(txs, nil, subsidy(c.treasury.script)); err != nil {
		return fmt.Errorf("demo chain: %w", err)
	}
	c.tell()
	return nil
}

// Hand gives a transaction to the miners past the mempool, so that MineOnly and Reorg may name it. Whether it fits the chain
// is asked when it is mined.
func (c *Chain) Hand(raw []byte) (instruction.TxID, error) {
	t, err := parse(slices.Clone(raw))
	if err != nil {
		return instruction.TxID{}, fmt.Errorf("demo chain: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if have := c.known[t.id]; have == nil || !have.proved {
		c.known[t.id] = t
	}
	return t.id, nil
}

// Instead says what takes the place of the blocks that a reorg takes off.
type Instead struct {
	// Blocks is how many there are; 0: one more than were taken off, the least that wins. Fewer is what a node shows that
	// was told to refuse a block.
	Blocks int
	// First are transactions that must be in the first of them; see MineOnly.
	First []instruction.TxID
	// Again says which of the transactions that fell out are mined again in the first of them, where they still fit; nil:
	// none, see All. It may not use the chain.
	Again func(instruction.TxID) bool
}

// All mines again whatever fell out.
func All(instruction.TxID) bool { return true }

// Reorg takes the last blocks off the best chain and makes others. What fell out and is not mined again is back in the
// mempool where it is still valid, before what waited there. If First does not fit, nothing has changed. The first two
// blocks stay.
func (c *Chain) Reorg(depth int, how Instead) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if depth < 1 || depth >= int(c.height()) || how.Blocks < 0 {
		return fmt.Errorf("demo chain: a reorg takes off 1 to %d blocks now, not %d, and makes a number of others, not %d", c.height()-1, depth, how.Blocks)
	}
	first, err := c.find(how.First)
	if err != nil {
		return err
	}
	var off []*block
	for range depth {
		off = append(off, c.retract())
	}
	slices.Reverse(off)
	var fell, again []*transaction
	for _, b := range off {
		for _, t := range b.txs[1:] {
			fell = append(fell, t)
			if how.Again != nil && how.Again(t.id) {
				again = append(again, t)
			}
		}
	}
	if err := c.extend(first, again, subsidy(c.treasury.script)); err != nil {
		for _, b := range off {
			c.restore(b)
		}
		return fmt.Errorf("demo chain: %w", err)
	}
	blocks := how.Blocks
	if blocks == 0 {
		blocks = depth + 1
	}
	for range blocks - 1 {
		if err = c.extend(nil, nil, subsidy(c.treasury.script)); err != nil { // the file cannot be written
			err = fmt.Errorf("demo chain: %w", err)
			break
		}
	}
	c.refill(fell)
	c.tell()
	return err
}

// refill makes the mempool anew: what fell out of blocks, then what was there, as far as it is still valid.
func (c *Chain) refill(fell []*transaction) {
	was := c.pool.arrived()
	c.pool = newPool()
	for _, t := range fell {
		_ = c.admit(t, true) // what is mined again or no longer valid is left out
	}
	for _, w := range was {
		_ = c.admit(w.transaction, true)
	}
}

// Restart starts the node anew: whoever waits is told. The mempool is kept, or lost as when the node was killed.
func (c *Chain) Restart(keep bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.starts++
	if !keep {
		c.pool = newPool()
	}
	c.tell()
}

// find gives transactions by name, parents before children.
func (c *Chain) find(ids []instruction.TxID) ([]*transaction, error) {
	var found []*transaction
	for _, id := range ids {
		if w := c.pool.txs[id]; w != nil {
			for _, a := range inOrder(ancestors([]*waiting{w})) {
				if !slices.Contains(found, a.transaction) {
					found = append(found, a.transaction)
				}
			}
			continue
		}
		t := c.known[id]
		if t == nil {
			return nil, fmt.Errorf("demo chain: no transaction %v was ever seen; Hand tells the miners of one", id)
		}
		if !slices.Contains(found, t) {
			found = append(found, t)
		}
	}
	return parentsFirst(found), nil
}

// parentsFirst keeps the order otherwise.
func parentsFirst(txs []*transaction) []*transaction {
	var sorted []*transaction
	placed := map[instruction.TxID]bool{}
	var place func(t *transaction)
	named := map[instruction.TxID]*transaction{}
	for _, t := range txs {
		named[t.id] = t
	}
	place = func(t *transaction) {
		if placed[t.id] {
			return
		}
		placed[t.id] = true
		for _, in := range t.ins {
			if parent := named[in.Tx]; parent != nil {
				place(parent)
			}
		}
		sorted = append(sorted, t)
	}
	for _, t := range txs {
		place(t)
	}
	return sorted
}

// subsidy is what a block brings, for one receiver.
func subsidy(script []byte) []coin.Out { return []coin.Out{{Script: script, Value: Subsidy}} }
