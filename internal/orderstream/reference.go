package orderstream

import "math/bits"

// Reference is the bare book: an array of levels with a bitmap of those in use, orders in one slab with links by index,
// and an array from id to order. It does nothing that the stream does not need.
type Reference struct {
	Totals
	orders []order
	free   []int32
	byID   []int32
	sides  [2]levels
	filled func(maker uint64, left int64) // told of every fill, where set
}

type order struct {
	qty        int64
	id         uint64
	next, prev int32
	level      int32
	side       uint8
}

type level struct {
	head, tail int32
	qty        int64
	n          int32
}

type levels struct {
	at   []level
	used []uint64
	best int32 // -1 where there is none
}

// NewReference is an empty reference book.
func NewReference() *Reference {
	r := &Reference{orders: make([]order, 1, 1<<16), byID: make([]int32, Start+Ops+1)}
	for i := range r.sides {
		r.sides[i] = levels{at: make([]level, Band), used: make([]uint64, Band/64+1), best: -1}
	}
	return r
}

// Do carries out one operation of the stream.
func (r *Reference) Do(o *Op) {
	switch o.Kind {
	case Add:
		r.add(o.ID, o.Side, o.Price, o.Qty)
	case Cancel:
		if h := r.byID[o.ID]; h != 0 {
			r.unlink(h)
		}
	default:
		r.market(o.Side, o.Qty)
	}
}

func (r *Reference) add(id uint64, side uint8, price, qty int64) {
	at := int32(price - Base)
	var h int32
	if k := len(r.free); k > 0 {
		h = r.free[k-1]
		r.free = r.free[:k-1]
	} else {
		r.orders = append(r.orders, order{})
		h = int32(len(r.orders) - 1)
	}
	n := &r.orders[h]
	*n = order{qty: qty, id: id, level: at, side: side}
	r.byID[id] = h
	s := &r.sides[side]
	s.used[at>>6] |= 1 << uint(at&63)
	if s.best < 0 || side == 0 && at > s.best || side == 1 && at < s.best {
		s.best = at
	}
	l := &s.at[at]
	n.prev = l.tail
	if l.tail != 0 {
		r.orders[l.tail].next = h
	} else {
		l.head = h
	}
	l.tail = h
	l.qty += qty
	l.n++
}

func (r *Reference) unlink(h int32) {
	n := &r.orders[h]
	s := &r.sides[n.side]
	l := &s.at[n.level]
	if n.prev != 0 {
		r.orders[n.prev].next = n.next
	} else {
		l.head = n.next
	}
	if n.next != 0 {
		r.orders[n.next].prev = n.prev
	} else {
		l.tail = n.prev
	}
	l.qty -= n.qty
	if l.n--; l.n == 0 {
		s.used[n.level>>6] &^= 1 << uint(n.level&63)
		if n.level == s.best {
			if n.side == 0 {
				s.best = s.below(n.level)
			} else {
				s.best = s.above(n.level)
			}
		}
	}
	r.byID[n.id] = 0
	r.free = append(r.free, h)
}

// below is the highest level in use below at.
func (s *levels) below(at int32) int32 {
	w := at >> 6
	x := s.used[w] & (1<<uint(at&63) - 1)
	for x == 0 {
		if w--; w < 0 {
			return -1
		}
		x = s.used[w]
	}
	return w<<6 + int32(63-bits.LeadingZeros64(x))
}

// above is the lowest level in use above at.
func (s *levels) above(at int32) int32 {
	w := at >> 6
	x := s.used[w] &^ (2<<uint(at&63) - 1)
	for x == 0 {
		if w++; int(w) >= len(s.used) {
			return -1
		}
		x = s.used[w]
	}
	return w<<6 + int32(bits.TrailingZeros64(x))
}

func (r *Reference) market(side uint8, qty int64) {
	s := &r.sides[1-side]
	for qty > 0 && s.best >= 0 {
		at := s.best
		h := s.at[at].head
		n := &r.orders[h]
		f := min(qty, n.qty)
		qty -= f
		r.Fills++
		r.Volume += f
		r.Notional += f * (int64(at) + Base)
		id, left := n.id, n.qty-f
		if left == 0 {
			r.unlink(h)
		} else {
			n.qty = left
			s.at[at].qty -= f
		}
		if r.filled != nil {
			r.filled(id, left)
		}
	}
}
