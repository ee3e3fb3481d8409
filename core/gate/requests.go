package gate

import (
	"hash/maphash"

	"portcullis/core/instruction"
)

// maxRequests bounds the memory of requests, at about 30 bytes each; it is reached at 70,000 requests a second that all
// ask for the longest window.
const maxRequests = 1 << 22

// slots is the number of whole seconds that a request can still be open: 60 s of window, 1 s ahead, and the one under
// way, rounded up to a power of two.
const slots = 64

// requests remembers the requests whose window is open, in slots of one second by when it closes. A request is looked for in
// its slot alone: when it was sent, and for how long, is part of what was signed, so that the same digest is always of the same
// slot. Whoever could say another time with it could as well wait until it is forgotten.
type requests struct {
	slot  [slots]*heard // nil where there is none
	spare []*heard      // without any
	n     int
	last  int64 // second up to which everything is forgotten
	seed  maphash.Seed
}

func newRequests() requests { return requests{seed: maphash.MakeSeed()} }

// slotOf is where a request lies whose window closes then.
func slotOf(closes instruction.Time) int64 { return second(closes) & (slots - 1) }

func (r *requests) has(d *instruction.Digest, closes instruction.Time) bool {
	h := r.slot[slotOf(closes)]
	return h != nil && h.has(r.hash(d), d)
}

func (r *requests) full() bool { return r.n >= maxRequests }

func second(t instruction.Time) int64 { return int64(t / instruction.Second) }

// hash is seeded, since strangers choose what they sign. It decides where a request lies, and never what is found.
func (r *requests) hash(d *instruction.Digest) uint64 { return maphash.Bytes(r.seed, d[:]) }

// add remembers d until its window closes, and says whether that is news.
func (r *requests) add(d *instruction.Digest, closes instruction.Time) bool {
	if second(closes) <= r.last {
		return false
	}
	p := &r.slot[slotOf(closes)]
	if *p == nil {
		*p = r.another()
	}
	h := r.hash(d)
	if (*p).has(h, d) {
		return false
	}
	(*p).add(h, d, r.hash)
	r.n++
	return true
}

// another is a slot's memory, one of before where there is any.
func (r *requests) another() *heard {
	last := len(r.spare) - 1
	if last < 0 {
		return &heard{table: make([]uint32, leastTable)}
	}
	h := r.spare[last]
	r.spare = r.spare[:last]
	return h
}

// forget drops what closed before this second.
func (r *requests) forget(now instruction.Time) {
	upTo := second(now) - 1
	if upTo <= r.last {
		return
	}
	for s := max(r.last+1, upTo-slots+1); s <= upTo; s++ {
		if h := r.slot[s%slots]; h != nil {
			r.n -= len(h.list)
			h.list = h.list[:0]
			clear(h.table)
			r.slot[s%slots], r.spare = nil, append(r.spare, h)
		}
	}
	if r.last = upTo; r.n == 0 {
		r.spare = nil // after a busy hour it is a lot
	}
}

// fields is the persisted form: slots from the oldest, each in the order of arrival.
func (r *requests) fields(c *instruction.Codec) {
	if c.Reading() {
		*r = newRequests()
	}
	instruction.Num64(c, &r.last)
	if r.last < 0 || r.last > 1<<40 {
		c.Fail("second %d", r.last)
		return
	}
	for s := r.last + 1; s <= r.last+slots; s++ {
		var list []instruction.Digest
		if h := r.slot[s%slots]; h != nil {
			list = h.list
		}
		n := c.Count(len(list), maxRequests)
		for i := range n {
			c.Pause()
			var d instruction.Digest
			if !c.Reading() {
				d = list[i]
			}
			c.Fixed(d[:])
			if c.Err() == nil && c.Reading() && !r.add(&d, instruction.Time(s)*instruction.Second) {
				c.Fail("request %x twice", d[:])
			}
			if c.Err() != nil {
				return
			}
		}
	}
}

// heard is what one slot remembers: digests by when they came, and a hash table of where they lie, which is at most half full.
// Nothing is ever taken out of it but all, so that a look ends at the first place that is free.
type heard struct {
	list  []instruction.Digest
	table []uint32 // of places in list, from 1 on, in the lower bits; above them bits of the hash. A power of two long
}

const (
	leastTable = 64
	// placeBits is how many bits a place takes: up to maxRequests, itself among them.
	placeBits = 23
	places    = 1<<placeBits - 1
)

// entry is what stands in the table for a digest of that hash, without its place.
func entry(hash uint64) uint32 { return uint32(hash>>32) &^ places } // #nosec G115 -- the upper half

func (h *heard) has(hash uint64, d *instruction.Digest) bool {
	mask, want := uint64(len(h.table)-1), entry(hash) // #nosec G115 -- a table is never empty
	for i := hash & mask; ; i = (i + 1) & mask {
		e := h.table[i]
		if e == 0 {
			return false
		}
		if e&^places == want && h.list[e&places-1] == *d {
			return true
		}
	}
}

// add adds a digest that is not there.
func (h *heard) add(hash uint64, d *instruction.Digest, of func(*instruction.Digest) uint64) {
	h.list = append(h.list, *d)
	if 2*len(h.list) <= len(h.table) {
		h.enter(hash, len(h.list))
		return
	}
	h.table = make([]uint32, 2*len(h.table))
	for i := range h.list {
		h.enter(of(&h.list[i]), i+1)
	}
}

func (h *heard) enter(hash uint64, place int) {
	mask := uint64(len(h.table) - 1) // #nosec G115 -- a table is never empty
	i := hash & mask
	for h.table[i] != 0 {
		i = (i + 1) & mask
	}
	h.table[i] = entry(hash) | uint32(place) // #nosec G115 -- at most maxRequests
}
