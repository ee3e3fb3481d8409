package book

import (
	"math"
	"math/bits"

	"portcullis/core/money"
)

// Ranks order the prices of a side: the lower the rank, the earlier it trades. They are tick counts; the bid side
// counts down from topRank, so that one code serves both sides.
const topRank = uint64(money.MaxAmount)

// A page covers pageLen neighbouring ranks.
const (
	pageBits = 4
	pageLen  = 1 << pageBits
)

// level is the queue of all orders at one price.
type level struct {
	head, tail Handle
	orders     int32
	carry      int32  // how often the sum below went past 64 bits
	sum        uint64 // of what is left of the orders, in base units
}

func (l *level) grow(qty money.Amount) {
	var c uint64
	l.sum, c = bits.Add64(l.sum, uint64(qty), 0)
	l.carry += int32(c)
}

func (l *level) shrink(qty money.Amount) {
	var c uint64
	l.sum, c = bits.Sub64(l.sum, uint64(qty), 0)
	l.carry -= int32(c)
}

// qty is the level's quantity; what does not fit an amount is the largest one.
func (l *level) qty() money.Amount {
	if l.carry != 0 || l.sum > math.MaxInt64 {
		return math.MaxInt64
	}
	return money.Amount(l.sum)
}

// page holds the levels of pageLen ranks, key*pageLen and up. It exists while one of them has orders.
type page struct {
	key        uint64
	next, prev int32  // pages in order of rank
	full       uint32 // which levels have orders
	levels     [pageLen]level
}

// ladder is one side of the book.
type ladder struct {
	pages slab[page]
	tree  tree
	best  int32 // the first page
	n     int32 // orders
	// Pages by the lowest bits of their keys, whichever was used last: those near the market are all here.
	recent [recentLen]struct {
		key  uint64
		page int32
	}
}

const recentLen = 64

// find is the page with this key, or 0.
func (l *ladder) find(key uint64) int32 {
	r := &l.recent[key%recentLen]
	if r.page != 0 && r.key == key {
		return r.page
	}
	p := l.tree.near(key)
	if p == 0 || l.pages.at(p).key != key {
		return 0
	}
	r.key, r.page = key, p
	return p
}

// open finds the page with this key, or makes it.
func (l *ladder) open(key uint64) int32 {
	r := &l.recent[key%recentLen]
	if r.page != 0 && r.key == key {
		return r.page
	}
	near := l.tree.near(key)
	var nearKey uint64
	if near != 0 {
		if nearKey = l.pages.at(near).key; nearKey == key {
			r.key, r.page = key, near
			return near
		}
	}
	h := l.pages.take()
	r.key, r.page = key, h
	p := l.pages.at(h)
	*p = page{key: key}
	neighbour, before := l.tree.add(key, h, nearKey)
	switch {
	case neighbour == 0:
	case before:
		p.prev, p.next = neighbour, l.pages.at(neighbour).next
	default:
		p.prev, p.next = l.pages.at(neighbour).prev, neighbour
	}
	if p.next != 0 {
		l.pages.at(p.next).prev = h
	}
	if p.prev != 0 {
		l.pages.at(p.prev).next = h
	} else {
		l.best = h
	}
	return h
}

// shut drops a page that has no orders left.
func (l *ladder) shut(h int32) {
	p := l.pages.at(h)
	if p.next != 0 {
		l.pages.at(p.next).prev = p.prev
	}
	if p.prev != 0 {
		l.pages.at(p.prev).next = p.next
	} else {
		l.best = p.next
	}
	l.tree.drop(p.key)
	if r := &l.recent[p.key%recentLen]; r.page == h {
		r.page = 0
	}
	l.pages.give(h)
}

// first is the first order of the side, or 0.
func (l *ladder) first() Handle {
	if l.best == 0 {
		return 0
	}
	p := l.pages.at(l.best)
	return p.levels[bits.TrailingZeros32(p.full)%pageLen].head
}

// each calls f with every level that has orders and its rank, best first, until f says no.
func (l *ladder) each(f func(rank uint64, v *level) bool) {
	for h := l.best; h != 0; {
		p := l.pages.at(h)
		for full := p.full; full != 0; full &= full - 1 {
			i := bits.TrailingZeros32(full)
			if !f(p.key<<pageBits|uint64(i), &p.levels[i]) {
				return
			}
		}
		h = p.next
	}
}
