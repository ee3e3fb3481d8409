package sighting

import "portcullis/core/instruction"

// use is what is told of once. A proven one says more than one that is not, and is told after it all the same.
type use struct {
	credential instruction.Credential
	network    instruction.Network
	proven     bool
}

// recent remembers what was told in the span under way. The zero maps are empty.
type recent struct {
	span  instruction.Time
	limit int // of what is remembered

	began  int64 // number of the span
	uses   map[use]struct{}
	counts map[instruction.Credential]uint8 // of uses
}

// has says whether a use was told of in this span; if not, whether there is room for it.
func (r *recent) has(now instruction.Time, u use) (known, room bool) {
	if n := int64(now / r.span); n != r.began || r.uses == nil {
		r.began, r.uses, r.counts = n, map[use]struct{}{}, map[instruction.Credential]uint8{}
	}
	if _, known = r.uses[u]; !known && !u.proven {
		u.proven = true
		_, known = r.uses[u]
	}
	return known, len(r.uses) < r.limit && r.counts[u.credential] < MaxNetworks
}

func (r *recent) add(u use) {
	r.uses[u] = struct{}{}
	r.counts[u.credential]++
}

// remove forgets a use, so that it is told of again. That of a span before is forgotten already.
func (r *recent) remove(u use) {
	if _, ok := r.uses[u]; ok {
		delete(r.uses, u)
		r.counts[u.credential]--
	}
}

// bucket lets so many through in a second, and a burst more after a time without any.
type bucket struct {
	rate, burst int64
	used        int64            // millionths; refilled by rate of them each microsecond
	last        instruction.Time // when it was refilled
}

const whole = 1_000_000

// take says whether one more goes through, and counts it.
func (b *bucket) take(now instruction.Time) bool {
	if passed := now - b.last; passed > 0 {
		if b.used -= min(int64(passed), b.burst*whole) * b.rate; b.used < 0 {
			b.used = 0
		}
		b.last = now
	}
	if b.used > (b.burst-1)*whole {
		return false
	}
	b.used += whole
	return true
}
