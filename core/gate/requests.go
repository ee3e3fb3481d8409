package gate

import "portcullis/core/instruction"

// maxRequests bounds the memory of requests, at about 60 bytes each; it is reached at 70,000 requests a second that all
// ask for the longest window.
const maxRequests = 1 << 22

// slots is the number of whole seconds that a request can still be open: 60 s of window, 1 s ahead, and the one under
// way, rounded up to a power of two.
const slots = 64

// requests remembers the requests whose window is open, in slots of one second by when it closes.
type requests struct {
	seen map[instruction.Digest]struct{}
	slot [slots][]instruction.Digest
	last int64 // second up to which everything is forgotten
}

func newRequests() requests {
	return requests{seen: make(map[instruction.Digest]struct{})}
}

func (r *requests) has(d instruction.Digest) bool {
	_, ok := r.seen[d]
	return ok
}

func (r *requests) full() bool { return len(r.seen) >= maxRequests }

func second(t instruction.Time) int64 { return int64(t / instruction.Second) }

// add remembers d until its window closes.
func (r *requests) add(d instruction.Digest, closes instruction.Time) {
	s := second(closes)
	if s <= r.last {
		return
	}
	n := len(r.seen)
	if r.seen[d] = struct{}{}; len(r.seen) == n { // it was there: two look-ups would cost as much as all else here
		return
	}
	r.slot[s%slots] = append(r.slot[s%slots], d)
}

// forget drops what closed before this second.
func (r *requests) forget(now instruction.Time) {
	upTo := second(now) - 1
	if upTo <= r.last {
		return
	}
	for s := max(r.last+1, upTo-slots+1); s <= upTo; s++ {
		for _, d := range r.slot[s%slots] {
			delete(r.seen, d)
		}
		r.slot[s%slots] = r.slot[s%slots][:0]
	}
	r.last = upTo
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
		list := r.slot[s%slots]
		n := c.Count(len(list), maxRequests)
		for i := range n {
			c.Pause()
			if c.Reading() {
				list = append(list, instruction.Digest{})
			}
			c.Fixed(list[i][:])
			if c.Err() != nil {
				return
			}
			r.seen[list[i]] = struct{}{}
		}
		r.slot[s%slots] = list
	}
}
