package book

import "math/bits"

// tree is a crit-bit tree over the keys of one side's pages. A fork says in which bit the two halves below it first
// differ, so that there is one fork less than there are pages, nothing is ever rebalanced, and no path is longer than
// a key has bits.
type tree struct {
	forks slab[fork]
	free  int32 // the fork that was freed last; each leads to the one freed before
	root  branch
}

// branch leads to a page (positive), to a fork (negative) or nowhere.
type branch = int32

type fork struct {
	bit   uint8 // bits above it are the same in all keys below
	below [2]branch
}

func (f *fork) way(key uint64) *branch { return &f.below[key>>f.bit&1] }

// near is the page whose key differs from key in the lowest bits, or 0 in an empty tree. Where key is there, it is its page.
func (t *tree) near(key uint64) int32 {
	at := t.root
	for at < 0 {
		at = *t.forks.at(-at).way(key)
	}
	return at
}

// add enters a page whose key is not in the tree; nearKey is the key of what near said. It says which page is next to
// the new one in order, 0 when it is the first, and whether that page comes before it.
func (t *tree) add(key uint64, page int32, nearKey uint64) (neighbour int32, before bool) {
	if t.root == 0 {
		t.root = page
		return 0, false
	}
	bit := uint8(63 - bits.LeadingZeros64(key^nearKey))
	at := &t.root
	for *at < 0 {
		f := t.forks.at(-*at)
		if f.bit < bit {
			break
		}
		at = f.way(key)
	}
	// The key is above all keys of the half that it forks off from, or below them all.
	side := key >> bit & 1
	neighbour = *at
	for neighbour < 0 {
		neighbour = t.forks.at(-neighbour).below[side]
	}
	n := t.free
	if n == 0 {
		n = t.forks.add()
	}
	f := t.forks.at(n)
	t.free = f.below[0]
	f.bit = bit
	f.below[side], f.below[1-side] = page, *at
	*at = -n
	return neighbour, side == 1
}

// drop removes the page with this key, which must be there.
func (t *tree) drop(key uint64) {
	var above *branch
	at := &t.root
	for *at < 0 {
		above = at
		at = t.forks.at(-*at).way(key)
	}
	if above == nil {
		t.root = 0
		return
	}
	n := -*above
	f := t.forks.at(n)
	*above = f.below[1-key>>f.bit&1]
	*f = fork{below: [2]branch{t.free, 0}}
	t.free = n
}
