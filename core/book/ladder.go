package book

import (
	"math"
	"math/bits"

	"portcullis/core/money"
)

// level is the queue of all orders at one price.
type level struct {
	head, tail Handle
	orders     int32
	carry      int32  // how often the sum below went past 64 bits
	sum        uint64 // of what is left of the orders, in base units
}

func (v *level) grow(qty money.Amount) {
	var c uint64
	v.sum, c = bits.Add64(v.sum, uint64(qty), 0)
	v.carry += int32(c)
}

func (v *level) shrink(qty money.Amount) {
	var c uint64
	v.sum, c = bits.Sub64(v.sum, uint64(qty), 0)
	v.carry -= int32(c)
}

// qty is the level's quantity; what does not fit an amount is the largest one.
func (v *level) qty() money.Amount {
	if v.carry != 0 || v.sum > math.MaxInt64 {
		return math.MaxInt64
	}
	return money.Amount(v.sum)
}

// ladder is one side of the book: its levels by rank; see ticks. Levels lie in pages of pageLen neighbouring ranks. A
// page exists while one of its levels has orders. Page p has the levels p*pageLen and up; page 0 is nobody's.
type ladder struct {
	levels slab[level]
	pages  slab[page]
	used   uint32 // pages ever used
	free   uint32 // the page that was freed last
	best   uint32 // the first page
	first  uint32 // the first level that has orders, or 0
	tree   tree
	// Pages by the lowest bits of their keys, whichever was used last: those near the market are all here.
	recent [recentLen]struct {
		key  uint64
		page uint32
	}
}

const (
	pageBits  = 4
	pageLen   = 1 << pageBits
	recentLen = 64
	noKey     = math.MaxUint64 // no page has it: keys have 60 bits
)

type page struct {
	key        uint64 // the rank of its first level by pageLen
	next, prev uint32 // in order of rank; next links free pages too
	full       uint32 // which levels have orders
}

func (l *ladder) init() {
	l.levels.reach(0)
	l.pages.reach(0)
	for i := range l.recent {
		l.recent[i].key = noKey
	}
}

// open is the level of a rank, made ready for an order if it is empty.
func (l *ladder) open(rank uint64) uint32 {
	key := rank >> pageBits
	p := uint32(0)
	if r := &l.recent[key%recentLen]; r.key == key {
		p = r.page
	} else {
		p = l.turnTo(key)
	}
	at := p<<pageBits | uint32(rank%pageLen)
	if l.levels.at(at).head == 0 {
		l.pages.at(p).full |= 1 << (rank % pageLen)
		l.refresh()
	}
	return at
}

// shut notes that a level has no orders left.
func (l *ladder) shut(at uint32) {
	p := at >> pageBits
	g := l.pages.at(p)
	if g.full &^= 1 << (at % pageLen); g.full == 0 {
		l.drop(p, g)
	}
	l.refresh()
}

// refresh finds the first level anew.
func (l *ladder) refresh() {
	l.first = 0
	if l.best != 0 {
		l.first = l.best<<pageBits | uint32(bits.TrailingZeros32(l.pages.at(l.best).full))
	}
}

// find is the level of a rank, or level 0, which is always empty.
func (l *ladder) find(rank uint64) *level {
	key := rank >> pageBits
	p := l.tree.near(key)
	if p == 0 || l.pages.at(p).key != key {
		return l.levels.at(0)
	}
	return l.levels.at(p<<pageBits | uint32(rank%pageLen))
}

// turnTo is the page with this key, which is made if it is not there.
func (l *ladder) turnTo(key uint64) uint32 {
	p := l.tree.near(key)
	if p == 0 || l.pages.at(p).key != key {
		p = l.add(key, p)
	}
	r := &l.recent[key%recentLen]
	r.key, r.page = key, p
	return p
}

// add makes the page with this key. near is the page nearest to it, as the tree says.
func (l *ladder) add(key uint64, near uint32) uint32 {
	p := l.free
	if p == 0 {
		l.used++
		p = l.used
		l.pages.reach(p)
		l.levels.reach(p << pageBits)
	}
	g := l.pages.at(p)
	l.free = g.next
	*g = page{key: key}
	neighbour, before := l.tree.add(key, p, l.pages.at(near).key)
	switch {
	case neighbour == 0:
	case before:
		g.prev, g.next = neighbour, l.pages.at(neighbour).next
	default:
		g.prev, g.next = l.pages.at(neighbour).prev, neighbour
	}
	if g.next != 0 {
		l.pages.at(g.next).prev = p
	}
	if g.prev != 0 {
		l.pages.at(g.prev).next = p
	} else {
		l.best = p
	}
	return p
}

// drop removes a page that has no orders left.
func (l *ladder) drop(p uint32, g *page) {
	if g.next != 0 {
		l.pages.at(g.next).prev = g.prev
	}
	if g.prev != 0 {
		l.pages.at(g.prev).next = g.next
	} else {
		l.best = g.next
	}
	l.tree.drop(g.key)
	if r := &l.recent[g.key%recentLen]; r.page == p {
		r.key = noKey
	}
	g.next, l.free = l.free, p
}

// each calls f with every level that has orders and its rank, best first, until f says no.
func (l *ladder) each(f func(rank uint64, v *level) bool) {
	for p := l.best; p != 0; {
		g := l.pages.at(p)
		for full := g.full; full != 0; full &= full - 1 {
			i := uint32(bits.TrailingZeros32(full))
			if !f(g.key<<pageBits|uint64(i), l.levels.at(p<<pageBits|i)) {
				return
			}
		}
		p = g.next
	}
}
