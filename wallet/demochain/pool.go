package demochain

import (
	"cmp"
	"maps"
	"slices"

	"portcullis/core/instruction"
)

// maxFamily is the most transactions of the mempool that may hang together upwards or downwards, itself included.
const maxFamily = 25

// pool is the mempool: transactions that wait for a block. It knows who spends whose outputs; whether that is allowed
// is decided in admit.go.
type pool struct {
	txs   map[instruction.TxID]*waiting
	spent map[instruction.Outpoint]*waiting // who spends it
	seq   uint64
}

// waiting is a transaction of the mempool.
type waiting struct {
	*transaction
	seq               uint64 // order of arrival: parents before children
	parents, children []*waiting
}

func newPool() *pool {
	return &pool{txs: map[instruction.TxID]*waiting{}, spent: map[instruction.Outpoint]*waiting{}}
}

// add takes a transaction in. Nobody else in the pool spends what it does.
func (p *pool) add(t *transaction) {
	p.seq++
	w := &waiting{transaction: t, seq: p.seq, parents: p.parents(t)}
	for _, parent := range w.parents {
		parent.children = append(parent.children, w)
	}
	p.txs[t.id] = w
	for _, in := range t.ins {
		p.spent[in] = w
	}
}

// remove takes one transaction out. Its children stay: it was mined, or they go too.
func (p *pool) remove(w *waiting) {
	for _, parent := range w.parents {
		parent.children = slices.DeleteFunc(parent.children, func(c *waiting) bool { return c == w })
	}
	for _, child := range w.children {
		child.parents = slices.DeleteFunc(child.parents, func(p *waiting) bool { return p == w })
	}
	for _, in := range w.ins {
		delete(p.spent, in)
	}
	delete(p.txs, w.id)
}

// evict takes transactions out with all that hang on them.
func (p *pool) evict(some []*waiting) {
	for _, w := range descendants(some) {
		p.remove(w)
	}
}

// parents are the transactions of the pool whose outputs this one spends.
func (p *pool) parents(t *transaction) (found []*waiting) {
	for _, in := range t.ins {
		if w := p.txs[in.Tx]; w != nil && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// conflicts are the transactions of the pool that spend what this one does.
func (p *pool) conflicts(t *transaction) (found []*waiting) {
	for _, in := range t.ins {
		if w := p.spent[in]; w != nil && w.id != t.id && !slices.Contains(found, w) {
			found = append(found, w)
		}
	}
	return found
}

// arrived are all in order of arrival, which puts parents before children.
func (p *pool) arrived() []*waiting { return inOrder(slices.Collect(maps.Values(p.txs))) }

func inOrder(all []*waiting) []*waiting {
	slices.SortFunc(all, func(a, b *waiting) int { return cmp.Compare(a.seq, b.seq) })
	return all
}

// ancestors are the given ones and all in the pool that they hang on.
func ancestors(of []*waiting) []*waiting {
	return reach(of, func(w *waiting) []*waiting { return w.parents })
}

// descendants are the given ones and all in the pool that hang on them.
func descendants(of []*waiting) []*waiting {
	return reach(of, func(w *waiting) []*waiting { return w.children })
}

func reach(from []*waiting, next func(*waiting) []*waiting) []*waiting {
	found := slices.Clone(from)
	seen := make(map[*waiting]bool, len(from))
	for _, w := range from {
		seen[w] = true
	}
	for i := 0; i < len(found); i++ {
		for _, w := range next(found[i]) {
			if !seen[w] {
				seen[w] = true
				found = append(found, w)
			}
		}
	}
	return found
}

// pick chooses what a miner takes who asks for a rate, in smallest units per 1,000 virtual bytes: transactions that pay it
// together with what they hang on, as long as a block has room. A child may so pay for its parents.
func (p *pool) pick(rate int64) []*transaction {
	var block []*transaction
	taken, room := map[*waiting]bool{}, int64(blockSize)
	all := p.arrived()
	for again := true; again; {
		again = false
		for _, w := range all {
			if taken[w] {
				continue
			}
			bundle := slices.DeleteFunc(ancestors([]*waiting{w}), func(w *waiting) bool { return taken[w] })
			fee, size := int64(0), int64(0)
			for _, b := range bundle {
				fee, size = fee+b.fee, size+b.size
			}
			if size > room || less(fee, 1000, rate, size) {
				continue
			}
			for _, b := range inOrder(bundle) {
				taken[b] = true
				block = append(block, b.transaction)
			}
			room, again = room-size, rate > 0
		}
	}
	return block
}
