package venue

import (
	"sync"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/engine"
)

// maxClosings is how many cancelled orders are remembered until their cancel is answered, which takes microseconds.
const maxClosings = 1 << 14

// closings remembers orders as they were when they were cancelled. The record of a cancel says which order is over, not
// what had been filled of it; the follower sees the order in the book just before it leaves, and so does whoever answers.
type closings struct {
	mu     sync.Mutex
	orders map[instruction.Order]book.Order
	ring   [maxClosings]instruction.Order // what is in orders, oldest at next
	next   int
}

func newClosings() *closings { return &closings{orders: map[instruction.Order]book.Order{}} }

func (x *closings) follow(e *engine.Engine) error {
	return e.Follow(func(*core.State) {}, x)
}

// Before remembers an order that is cancelled.
func (x *closings) Before(s *core.State, _ *instruction.Record, e instruction.Event) {
	over, ok := e.(*instruction.OrderClosed)
	if !ok || over.Cause != instruction.ByCancel {
		return
	}
	m := s.Market(over.Market)
	if m == nil {
		return
	}
	if h := m.Book.Find(over.Order); h != 0 {
		x.add(m.Book.At(h))
	}
}

func (x *closings) add(o *book.Order) {
	x.mu.Lock()
	defer x.mu.Unlock()
	delete(x.orders, x.ring[x.next])
	x.ring[x.next] = o.ID
	x.next = (x.next + 1) % maxClosings
	x.orders[o.ID] = *o
}

// After and Folded have nothing to see.
func (*closings) After(*core.State, *instruction.Record, instruction.Event) {}
func (*closings) Folded(*core.State, *instruction.Record)                   {}

// find is the order as it was when it was cancelled.
func (x *closings) find(id instruction.Order) (book.Order, bool) {
	x.mu.Lock()
	defer x.mu.Unlock()
	o, ok := x.orders[id]
	return o, ok
}
