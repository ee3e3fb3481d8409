package book

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// The queues that orders lie in, in the order in which they are persisted.
const (
	bids = iota
	asks
	falling // stops
	rising
	trailing
	starting
	pending // in no queue: by account, then as placed
	queues
)

// Fields is the persisted form: for each queue the number of its orders and the orders, whichever is first first. The same
// orders give the same bytes, whatever happened before.
//
// Writing fails while an order is here that is in no queue and not pending. Reading replaces what the book holds; it
// takes only what writing would have given, and after a failure the book is empty.
func (b *Book) Fields(c *instruction.Codec) {
	if c.Reading() {
		b.read(c)
		return
	}
	n := 0
	for q := range queues {
		count := 0
		b.walk(q, func(Handle) bool { count++; return true })
		n += count
		c.Count(count, MaxOrders)
		b.walk(q, func(h Handle) bool {
			c.Pause()
			o := b.At(h)
			o.fields(c)
			if o.more != 0 {
				b.mores.at(o.more).fields(c, o)
			}
			return c.Err() == nil
		})
	}
	if n != b.n || b.Crossed() {
		c.Fail("a book in the middle of a match")
	}
}

// walk calls f for the orders of a queue, first to last, until f says no.
func (b *Book) walk(q int, f func(Handle) bool) {
	switch q {
	case bids, asks:
		b.Walk(bothSides[q], f)
	case falling, rising:
		b.walkLevels(&b.stops, bothSides[q-falling], f)
	case trailing:
		b.walkLevel(&b.trails, f)
	case starting:
		b.walkLevel(&b.due, f)
	case pending:
		for i := range b.accounts.chunks {
			if b.accounts.chunks[i] != nil && !b.walkPending(i, f) {
				return
			}
		}
	}
}

func (b *Book) walkPending(chunk int, f func(Handle) bool) bool {
	for i := range b.accounts.chunks[chunk] {
		for h := b.accounts.chunks[chunk][i].head; h != 0; h = b.At(h).young {
			if o := b.At(h); o.Stage() == Pending && o.level == 0 && !f(h) {
				return false
			}
		}
	}
	return true
}

// hasMore says, in the persisted form, that an order has a More.
const hasMore state = 1 << 7

// fields is the persisted form of an order. QuoteQty is always 0.
func (o *Order) fields(c *instruction.Codec) {
	s := o.state & stages
	if o.more != 0 {
		s |= hasMore
	}
	instruction.Num8(c, &s)
	if c.Reading() {
		o.state = s
	}
	instruction.Num64(c, &o.ID)
	instruction.Num32(c, &o.Account)
	instruction.Num32(c, &o.Credential)
	instruction.Num8(c, &o.Side)
	instruction.Num8(c, &o.Type)
	instruction.Num8(c, &o.TIF)
	instruction.Num8(c, &o.SelfTrade)
	instruction.Num64(c, &o.Price)
	instruction.Num64(c, &o.Qty)
	instruction.Num64(c, &o.Done)
	instruction.Num64(c, &o.Paid)
	instruction.Num64(c, &o.Held)
	c.ClientID(&o.ClientID)
	instruction.Num64(c, &o.Placed)
	instruction.Num64(c, &o.Updated)
	if c.Since(3) {
		instruction.Num64(c, &o.Risk)
	}
}

func (m *More) fields(c *instruction.Codec, o *Order) {
	instruction.Num8(c, &m.Trigger)
	instruction.Num8(c, &m.Shape)
	instruction.Num8(c, &m.Leg)
	instruction.Num16(c, &m.Trail)
	instruction.Num16(c, &m.Amends)
	instruction.Num64(c, &m.Stop)
	instruction.Num64(c, &m.Best)
	instruction.Num64(c, &m.Tracks)
	instruction.Num64(c, &m.Works)
	instruction.Num64(c, &m.Visible)
	if m.Visible != 0 {
		o.shownFields(c)
	}
	instruction.Num64(c, &m.Prevented)
	instruction.Num64(c, &m.Match)
	instruction.Num64(c, &m.List)
	c.ClientID(&m.Name)
	if c.Since(3) {
		m.askedFields(c)
	}
	if c.Err() == nil && !m.sound(o) {
		c.Fail("order %d has more than orders have", o.ID)
	}
}

// askedFields is the persisted form of what an order asked for before it was capped.
func (m *More) askedFields(c *instruction.Codec) {
	instruction.Num8(c, &m.AskedType)
	if m.AskedType == 0 {
		return
	}
	c.Bool(&m.Capped)
	instruction.Num8(c, &m.AskedTIF)
	instruction.Num64(c, &m.Asked)
}

// sound says that what an order has beyond others makes sense.
func (m *More) sound(o *Order) bool {
	switch {
	case m.Trigger > instruction.TakeProfit, m.Stop|m.Best < 0, m.Visible|m.Prevented < 0, m.Visible-m.Prevented > o.Qty, m.Trail > instruction.MaxTrail:
		return false
	case m.Shape > instruction.OTOCO, (m.Shape == 0) != (m.List == 0), m.Shape == 0 && m.Leg != 0, m.Shape != 0 && int(m.Leg) >= m.Shape.Legs():
		return false
	}
	return m.Visible == 0 || o.Stage() != Working || o.left > 0 && o.left <= m.Visible && o.left <= o.Left()
}

// shownFields is the persisted form of what shows of an iceberg; it is 0 before it works.
func (o *Order) shownFields(c *instruction.Codec) {
	shown := o.left
	if o.Stage() != Working {
		shown = 0
	}
	instruction.Num64(c, &shown)
	if o.Stage() != Working && shown != 0 {
		c.Fail("order %d shows %d before it works", o.ID, shown)
	}
	if c.Reading() {
		o.left = shown
	}
}

// readOne is an order as it is read, before it lies in its queue.
type readOne struct {
	Order
	m      More
	queue  int
	handle Handle
}

func (b *Book) read(c *instruction.Codec) {
	*b = *New(money.Price(b.ticks.tick))
	var all []readOne
	for q := range queues {
		n := c.Count(0, MaxOrders)
		all = slices.Grow(all, c.Room(n, minOrder))
		var plain Order // the last one at its price that has no more to it
		for i := range n {
			x := b.readOrder(c, q)
			late := x.state&hasMore == 0 && x.Price == plain.Price && x.ID < plain.ID
			if i > 0 && c.Err() == nil && (late || !x.follows(&all[len(all)-1])) {
				c.Fail("order %d is out of its order", x.ID)
			}
			if x.state&hasMore == 0 {
				plain = x.Order
			}
			if c.Err() != nil {
				return
			}
			all = append(all, x)
		}
	}
	b.fill(c, all)
	if b.Crossed() {
		c.Fail("a bid that meets an ask")
	}
	if c.Err() != nil {
		*b = *New(money.Price(b.ticks.tick))
	}
}

// fill places the orders: into the lists of accounts by id, as they were placed, and then each queue in its order.
func (b *Book) fill(c *instruction.Codec, all []readOne) {
	byID := make([]int, len(all))
	for i := range byID {
		byID[i] = i
	}
	slices.SortFunc(byID, func(i, j int) int { return cmp.Compare(all[i].ID, all[j].ID) })
	for _, i := range byID {
		x := &all[i]
		var name uint32
		if !x.ClientID.IsZero() {
			name = b.hashName(x.Account, &x.ClientID)
		}
		if x.ID <= b.last || name != 0 && b.named(name, x.Account, &x.ClientID) != 0 {
			c.Fail("order %d is there twice, or has the client order id of another", x.ID)
			return
		}
		stage, more := x.state&stages, x.state&hasMore != 0
		shown := x.left
		h, k := b.keep(&x.Order)
		k.state, x.handle = stage, h
		if more {
			*b.addMore(k) = x.m
			b.mark(k)
			k.state |= stage
			if x.m.Capped {
				b.capped = append(b.capped, h)
			}
		}
		if k.state&iceberg != 0 && k.Stage() == Working {
			k.left = shown
		}
		b.enlist(h, k)
		if name != 0 {
			b.addName(h, k, name)
		}
	}
	for i := range all {
		b.requeue(all[i].handle, all[i].queue)
	}
}

// requeue puts an order that was read at the end of the queue that it was in.
func (b *Book) requeue(h Handle, q int) {
	o := b.At(h)
	switch q {
	case bids, asks:
		b.enqueue(h, o)
	case falling, rising, trailing:
		b.wait(h, o, 0)
	case starting:
		o.level = inDue
		b.push(&b.due, h, o)
	}
}

// minOrder is less than the bytes of any order.
const minOrder = 64

// readOrder reads an order that may lie in the queue, or fails.
func (b *Book) readOrder(c *instruction.Codec, q int) readOne {
	c.Pause()
	x := readOne{queue: q}
	x.fields(c)
	more := x.state&hasMore != 0
	if more && c.Err() == nil {
		x.m.fields(c, &x.Order)
	}
	if c.Err() != nil {
		return x
	}
	stage := Stage(x.state & stages)
	switch {
	case x.state&^(stages|hasMore) != 0, stage > Pending, x.SelfTrade > instruction.Decrement:
		c.Fail("order %d in no state that there is", x.ID)
	case x.Risk < 0:
		c.Fail("order %d with %d at risk", x.ID, x.Risk)
	case !x.sound():
		c.Fail("order %d of account %d", x.ID, x.Account)
	case !b.asks(&x.Order, &x.m):
		c.Fail("order %d asked for what it could not", x.ID)
	case q <= asks:
		if stage != Working || x.Side != bothSides[q] || !x.canRest() {
			c.Fail("order %d is of a kind that does not rest, or its amounts are out of range", x.ID)
		} else if !b.ticks.fits(x.Price) {
			c.Fail("order %d at %d, off the tick or out of range", x.ID, x.Price)
		}
	case !more || !b.canWait(&x.Order, &x.m):
		c.Fail("order %d is of a kind that does not wait", x.ID)
	case !x.lies(stage):
		c.Fail("order %d is in a queue that is not its own", x.ID)
	}
	return x
}

// lies says whether an order that waits or is pending may lie in its queue.
func (x *readOne) lies(stage Stage) bool {
	triggers, trails := x.m.Trigger != instruction.NoTrigger, x.m.Trail != 0
	switch x.queue {
	case falling, rising:
		return stage == Waiting && triggers && !trails && way(&x.Order, &x.m) == bothSides[x.queue-falling]
	case trailing:
		return stage == Waiting && triggers && trails
	case starting:
		return stage == Pending || stage == Waiting && triggers
	}
	return stage == Pending
}

// follows says that x may come after the order before it, in the same queue.
func (x *readOne) follows(before *readOne) bool {
	switch x.queue {
	case bids:
		return x.Price <= before.Price
	case asks:
		return x.Price >= before.Price
	case falling:
		return x.m.Stop <= before.m.Stop
	case rising:
		return x.m.Stop >= before.m.Stop
	case pending:
		return x.Account > before.Account || x.Account == before.Account && x.ID > before.ID
	}
	return true
}

var bothSides = [...]instruction.Side{instruction.Buy, instruction.Sell}
