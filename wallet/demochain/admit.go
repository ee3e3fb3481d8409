package demochain

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// maxReplaced is the most transactions that one may push out of the mempool.
const maxReplaced = 100

// admit takes a transaction into the mempool, in the order in which real nodes ask. What was in a block or in the mempool
// before comes back: its fee is not asked about again, and it replaces nobody.
func (c *Chain) admit(t *transaction, back bool) error {
	if err := t.standard(); err != nil {
		return err
	}
	conflicts := c.pool.conflicts(t)
	if len(conflicts) > 0 && (back || !c.mayReplace(conflicts)) {
		return errConflict
	}
	spent, err := c.inputs(t)
	if err != nil {
		return err
	}
	if err := c.crowded(t); err != nil {
		return err
	}
	if err := t.pays(spent); err != nil {
		return err
	}
	if !back && t.fee < relayFee(t.size) {
		return errRelayFee
	}
	if err := c.outbids(t, conflicts); err != nil {
		return err
	}
	if err := t.prove(spent); err != nil {
		return err
	}
	c.pool.evict(conflicts)
	c.pool.add(t)
	c.known[t.id] = t
	return nil
}

// inputs are the coins that a transaction spends, in blocks or in the mempool, in its own order.
func (c *Chain) inputs(t *transaction) ([]coin.Out, error) {
	spent := make([]coin.Out, len(t.ins))
	for i, in := range t.ins {
		if have, ok := c.coins[in]; ok {
			if have.immature(c.height() + 1) {
				return nil, errImmature
			}
			spent[i] = have.Out
			continue
		}
		parent := c.pool.txs[in.Tx]
		if parent == nil || int64(in.Index) >= int64(len(parent.outs)) {
			return nil, errMissing
		}
		spent[i] = parent.outs[in.Index]
	}
	return spent, nil
}

// crowded refuses what would make a family in the mempool too large, upwards or downwards.
func (c *Chain) crowded(t *transaction) error {
	above := ancestors(c.pool.parents(t))
	if len(above) >= maxFamily {
		return errLongChain
	}
	for _, a := range above {
		if len(descendants([]*waiting{a})) >= maxFamily {
			return errLongChain
		}
	}
	return nil
}

// mayReplace says whether all of them agreed to be replaced, at a node that lets them.
func (c *Chain) mayReplace(conflicts []*waiting) bool {
	return c.replaces && !slices.ContainsFunc(conflicts, func(w *waiting) bool { return !w.replaceable() })
}

// outbids holds a replacement against BIP 125: it hangs on nothing that it pushes out and on no other unconfirmed coin than
// these did, pays a higher rate than each, and more than all that go together.
func (c *Chain) outbids(t *transaction, conflicts []*waiting) error {
	if len(conflicts) == 0 {
		return nil
	}
	above := ancestors(c.pool.parents(t))
	if slices.ContainsFunc(conflicts, func(w *waiting) bool { return slices.Contains(above, w) }) {
		return errOwnPrey // before any talk of fees, as at real nodes
	}
	old := map[instruction.TxID]bool{} // what they hang on directly
	for _, w := range conflicts {
		if !less(w.fee, t.size, t.fee, w.size) {
			return errReplaceFee
		}
		for _, in := range w.ins {
			old[in.Tx] = true
		}
	}
	gone := descendants(conflicts)
	if len(gone) > maxReplaced {
		return errTooMany
	}
	for _, parent := range c.pool.parents(t) {
		if !old[parent.id] {
			return errUnsettled
		}
	}
	fees := int64(0)
	for _, w := range gone {
		fees += w.fee
	}
	if t.fee < fees+relayFee(t.size) {
		return errReplaceFee
	}
	return nil
}
