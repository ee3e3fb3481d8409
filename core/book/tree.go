package book

import "math/bits"

// tree is a crit-bit tree over the keys of one ladder's pages. A fork says in which bit the two halves below it first
// differ, so that there is one fork less than there are pages, nothing is ever rebalanced, and no path is longer than
// a key has bits.
type tree struct {
	root  branch
	forks slab[fork]
	used  uint32 // forks ever used; fork 0 is nobody's
	free  uint32 // the fork that was freed last; below[0] leads to the one freed before
}

// branch leads to a page (positive), to a fork (negative) or nowhere.
type branch int32

type fork struct {
	below [2]branch
	bit   uint8 // bits above it are the same in all keys below
}

func (f *fork) way(key uint64) *branch { return &f.below[key>>(f.bit&63)&1] }

func (t *tree) fork(b branch) *fork { return t.forks.at(uint32(-b)) }

// near is the page whose key differs from key in the lowest bits, or 0 in an empty tree. Where key is there, it is its page.
func (t *tree) near(key uint64) uint32 {
	at := t.root
	for at < 0 {
		at = *t.fork(at).way(key)
	}
	return uint32(at)
}

// add enters a page whose key is not in the tree; nearKey is the key of what near said. It says which page is next to
// the new one in order, 0 when it is the first, and whether that page comes before it.
func (t *tree) add(key uint64, page uint32, nearKey uint64) (neighbour uint32, before bool) {
	if t.root == 0 {
		t.root = branch(page)
		return 0, false
	}
	bit := uint8(63 - bits.LeadingZeros64(key^nearKey))
	at := &t.root
	for *at < 0 {
		f := t.fork(*at)
		if f.bit < bit {
			break
		}
		at = f.way(key)
	}
	// The key is above all keys of the half that it forks off from, or below them all.
	side := key >> (bit & 63) & 1
	edge := *at
	for edge < 0 {
		edge = t.fork(edge).below[side]
	}
	n := t.free
	if n == 0 {
		t.used++
		n = t.used
		t.forks.reach(n)
	}
	f := t.forks.at(n)
	t.free = uint32(f.below[0])
	f.bit = bit
	f.below[side], f.below[1-side] = branch(page), *at
	*at = -branch(n)
	return uint32(edge), side == 1
}

// drop removes the page with this key, which must be there.
func (t *tree) drop(key uint64) {
	var above *branch
	at := &t.root
	for *at < 0 {
		above = at
		at = t.fork(*at).way(key)
	}
	if above == nil {
		t.root = 0
		return
	}
	n := *above
	f := t.fork(n)
	*above = f.below[1-key>>(f.bit&63)&1]
	f.below[0] = branch(t.free)
	t.free = uint32(-n)
}
