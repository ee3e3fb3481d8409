package venue

import (
	"sync"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

const (
	// useSpan is longer than any signature can stay in time.
	useSpan = 62 * instruction.Second
	// maxUses bounds the memory of one span, at about 40 bytes each. Past it signatures go unremembered: the gate still
	// takes up each of them once.
	maxUses = 1 << 19
)

// uses remembers which route a signature was first used for. The dialect signs neither method nor path, so that who sees a
// signed query for an order, or a test of one, could send it again as a cancel, or as an order. What acts takes no signature
// that was used for something else. Questions may share one: two of the same millisecond often have the same parameters.
// That a signature trades only once is the gate's to see to.
type uses struct {
	mu       sync.Mutex
	began    instruction.Time // of now
	now, old map[instruction.Digest]*binance.Route
}

// bind says whether the signed request may use the route, and remembers that it did.
func (u *uses) bind(t instruction.Time, d instruction.Digest, r *binance.Route) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if t-u.began >= useSpan || u.now == nil {
		u.old = u.now
		if t-u.began >= 2*useSpan {
			u.old = nil
		}
		u.began, u.now = t, map[instruction.Digest]*binance.Route{}
	}
	for _, seen := range []map[instruction.Digest]*binance.Route{u.now, u.old} {
		if first := seen[d]; first != nil {
			return first == r || !acts(r)
		}
	}
	if len(u.now) < maxUses {
		u.now[d] = r
	}
	return true
}
