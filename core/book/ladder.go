package book

import (
	"math"
	"math/bits"

	"portcullis/core/instruction"
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

// ladders holds the levels of both sides by rank; see ticks. Levels lie in pages of pageLen neighbouring ranks. A page
// exists while one of its levels has orders. Page p has the levels p*pageLen and up; page 0 and its levels are nobody's.
type ladders struct {
	levels slab[level]
	pages  slab[page]
	used   uint32 // pages ever used
	free   uint32 // the page that was freed last
	sides  [2]ladder
}

// ladder is one side.
type ladder struct {
	first uint32 // the first level that has orders, or 0
	best  uint32 // the first page, or 0
	tree  tree
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

func (s *ladders) init() {
	s.levels.reach(0)
	s.pages.reach(0)
	for i := range s.sides {
		for j := range s.sides[i].recent {
			s.sides[i].recent[j].key = noKey
		}
	}
}

// number is 0 for bids and 1 for asks.
func number(side instruction.Side) uint8 { return uint8(side-instruction.Buy) & 1 }

func (s *ladders) side(side instruction.Side) *ladder { return &s.sides[number(side)] }

// known is the page with this key, or 0 when it has to be looked for.
func (l *ladder) known(key uint64) uint32 {
	if r := &l.recent[key%recentLen]; r.key == key {
		return r.page
	}
	return 0
}

// wake notes that a level has orders now.
func (s *ladders) wake(l *ladder, at uint32) {
	s.pages.at(at >> pageBits).full |= 1 << (at % pageLen)
	s.refresh(l)
}

// shut notes that a level has no orders left.
func (s *ladders) shut(l *ladder, at uint32) {
	g := s.pages.at(at >> pageBits)
	if g.full &^= 1 << (at % pageLen); g.full == 0 {
		s.drop(l, at>>pageBits, g)
	}
	s.refresh(l)
}

// refresh finds the first level anew.
func (s *ladders) refresh(l *ladder) {
	l.first = 0
	if l.best != 0 {
		l.first = l.best<<pageBits | uint32(bits.TrailingZeros32(s.pages.at(l.best).full))
	}
}

// find is the level of a rank, or level 0, which is always empty.
func (s *ladders) find(side instruction.Side, rank uint64) *level {
	key := rank >> pageBits
	p := s.side(side).tree.near(key)
	if p == 0 || s.pages.at(p).key != key {
		return s.levels.at(0)
	}
	return s.levels.at(p<<pageBits | uint32(rank%pageLen))
}

// turnTo is the page with this key, which is made if it is not there.
func (s *ladders) turnTo(l *ladder, key uint64) uint32 {
	p := l.tree.near(key)
	if p == 0 || s.pages.at(p).key != key {
		p = s.add(l, key, p)
	}
	r := &l.recent[key%recentLen]
	r.key, r.page = key, p
	return p
}

// add makes the page with this key; near is what the tree has nearest to it.
func (s *ladders) add(l *ladder, key uint64, near uint32) uint32 {
	p := s.free
	if p == 0 {
		s.used++
		p = s.used
		s.pages.reach(p)
		s.levels.reach(p << pageBits)
	}
	g := s.pages.at(p)
	s.free = g.next
	*g = page{key: key}
	neighbour, before := l.tree.add(key, p, s.pages.at(near).key)
	switch {
	case neighbour == 0:
	case before:
		g.prev, g.next = neighbour, s.pages.at(neighbour).next
	default:
		g.prev, g.next = s.pages.at(neighbour).prev, neighbour
	}
	if g.next != 0 {
		s.pages.at(g.next).prev = p
	}
	if g.prev != 0 {
		s.pages.at(g.prev).next = p
	} else {
		l.best = p
	}
	return p
}

// drop removes a page that has no orders left.
func (s *ladders) drop(l *ladder, p uint32, g *page) {
	if g.next != 0 {
		s.pages.at(g.next).prev = g.prev
	}
	if g.prev != 0 {
		s.pages.at(g.prev).next = g.next
	} else {
		l.best = g.next
	}
	l.tree.drop(g.key)
	if r := &l.recent[g.key%recentLen]; r.page == p {
		r.key = noKey
	}
	g.next, s.free = s.free, p
}

// each calls f with every level of a side that has orders and its rank, best first, until f says no.
func (s *ladders) each(side instruction.Side, f func(rank uint64, v *level) bool) {
	for p := s.side(side).best; p != 0; {
		g := s.pages.at(p)
		for full := g.full; full != 0; full &= full - 1 {
			i := uint32(bits.TrailingZeros32(full))
			if !f(g.key<<pageBits|uint64(i), s.levels.at(p<<pageBits|i)) {
				return
			}
		}
		p = g.next
	}
}
