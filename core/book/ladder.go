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
	next, prev int32  // pages in order of rank; next links free ones too
	full       uint32 // which levels have orders
	ladder     uint8  // the side that it belongs to
	levels     [pageLen]level
}

// where names a level: its page, then its number in the page. 0 is nowhere.
type where int32

func (w where) page() int32   { return int32(w) >> pageBits }
func (w where) level() uint32 { return uint32(w) % pageLen }

// ladder is one side of the book.
type ladder struct {
	tree tree
	best int32 // the first page
	// Pages by the lowest bits of their keys, whichever was used last: those near the market are all here.
	recent [recentLen]struct {
		key  uint64
		page int32
	}
}

const recentLen = 64

// pages holds the pages of both sides.
type pages struct {
	slab[page]
	free  int32
	sides [2]ladder
}

// level is the level that w names.
func (s *pages) level(w where) *level { return &s.at(w.page()).levels[w.level()] }

// find is the page with this key, or 0.
func (s *pages) find(l *ladder, key uint64) int32 {
	r := &l.recent[key%recentLen]
	if r.page != 0 && r.key == key {
		return r.page
	}
	p := l.tree.near(key)
	if p == 0 || s.at(p).key != key {
		return 0
	}
	r.key, r.page = key, p
	return p
}

// open makes the page with this key, which is not there.
func (s *pages) open(side uint8, key uint64) int32 {
	h := s.free
	if h == 0 {
		h = s.add()
	}
	p := s.at(h)
	s.free = p.next
	*p = page{key: key, ladder: side}
	l := &s.sides[side]
	r := &l.recent[key%recentLen]
	r.key, r.page = key, h
	var nearKey uint64
	if near := l.tree.near(key); near != 0 {
		nearKey = s.at(near).key
	}
	neighbour, before := l.tree.add(key, h, nearKey)
	switch {
	case neighbour == 0:
	case before:
		p.prev, p.next = neighbour, s.at(neighbour).next
	default:
		p.prev, p.next = s.at(neighbour).prev, neighbour
	}
	if p.next != 0 {
		s.at(p.next).prev = h
	}
	if p.prev != 0 {
		s.at(p.prev).next = h
	} else {
		l.best = h
	}
	return h
}

// shut drops a page that has no orders left.
func (s *pages) shut(h int32) {
	p := s.at(h)
	l := &s.sides[p.ladder]
	if p.next != 0 {
		s.at(p.next).prev = p.prev
	}
	if p.prev != 0 {
		s.at(p.prev).next = p.next
	} else {
		l.best = p.next
	}
	l.tree.drop(p.key)
	if r := &l.recent[p.key%recentLen]; r.page == h {
		r.page = 0
	}
	p.next = s.free
	s.free = h
}

// first is the first order of a side, or 0.
func (s *pages) first(side uint8) Handle {
	best := s.sides[side].best
	if best == 0 {
		return 0
	}
	p := s.at(best)
	return p.levels[bits.TrailingZeros32(p.full)%pageLen].head
}

// each calls f with every level of a side that has orders and its rank, best first, until f says no.
func (s *pages) each(side uint8, f func(rank uint64, v *level) bool) {
	for h := s.sides[side].best; h != 0; {
		p := s.at(h)
		for full := p.full; full != 0; full &= full - 1 {
			i := bits.TrailingZeros32(full)
			if !f(p.key<<pageBits|uint64(i), &p.levels[i]) {
				return
			}
		}
		h = p.next
	}
}
