package venue

import (
	"sync"
	"sync/atomic"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
)

// maxClosed is how many cancelled orders are remembered until their cancel is answered, which takes microseconds.
const maxClosed = 1 << 14

// watch sees what the follower folds. It remembers orders as they were when they were cancelled: the record of a cancel says
// which order is over, not what had been filled of it; the follower sees the order in the book just before it leaves, and
// so does whoever answers. It also tells that a key was revoked, and tells the limits of an order's first fill.
type watch struct {
	limits  *limits
	revoked atomic.Pointer[chan struct{}] // closed when a key is revoked, and replaced

	mu     sync.Mutex
	orders map[instruction.Order]*archive.Order
	ring   [maxClosed]instruction.Order // what is in orders, oldest at next
	next   int
}

func newWatch(e *engine.Engine, l *limits) (*watch, error) {
	w := &watch{limits: l, orders: map[instruction.Order]*archive.Order{}}
	w.nextRevoked()
	return w, e.Follow(func(*core.State) {}, w)
}

// Before remembers an order that is cancelled, and sees first fills.
func (w *watch) Before(s *core.State, r *instruction.Record, e instruction.Event) {
	if x, ok := e.(*instruction.Filled); ok {
		w.filled(s, r, x)
		return
	}
	over, ok := e.(*instruction.OrderClosed)
	if !ok || over.Cause != instruction.ByCancel {
		return
	}
	m := s.Market(over.Market)
	if m == nil {
		return
	}
	if h := m.Book.Find(over.Order); h != 0 {
		x := seen(m, m.Book.At(h))
		x.Status, x.Updated, x.Cause = archive.Cancelled, r.Time, over.Cause
		w.add(&x)
	}
}

// filled tells the limits of orders that had nothing filled before.
func (w *watch) filled(s *core.State, r *instruction.Record, x *instruction.Filled) {
	m := s.Market(x.Market)
	if m == nil {
		return
	}
	if h := m.Book.Find(x.Taker); h != 0 && m.Book.At(h).Done == 0 {
		w.limits.filled(r.Time, x.TakerAccount, takerCredit)
	}
	if h := m.Book.Find(x.Maker); h != 0 && m.Book.At(h).Done == 0 {
		w.limits.filled(r.Time, x.MakerAccount, makerCredit)
	}
}

// After tells that a key was revoked.
func (w *watch) After(_ *core.State, _ *instruction.Record, e instruction.Event) {
	if _, ok := e.(*instruction.KeyRevoked); ok {
		close(*w.nextRevoked())
	}
}

// nextRevoked replaces the channel, and gives the one that there was.
func (w *watch) nextRevoked() *chan struct{} {
	next := make(chan struct{})
	return w.revoked.Swap(&next)
}

// revocation is closed when the next key is revoked.
func (w *watch) revocation() <-chan struct{} { return *w.revoked.Load() }

// Folded has nothing to see.
func (*watch) Folded(*core.State, *instruction.Record) {}

func (w *watch) add(o *archive.Order) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.orders, w.ring[w.next])
	w.ring[w.next] = o.ID
	w.next = (w.next + 1) % maxClosed
	w.orders[o.ID] = o
}

// find is the order as it was when it was cancelled, or nil. It must not be changed.
func (w *watch) find(id instruction.Order) *archive.Order {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.orders[id]
}
