package book

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Fields is the persisted form: for the bid side, then the ask side, the number of its orders and the orders, best
// first, in priority. The same orders give the same bytes, whatever happened before.
//
// Writing fails while an order is here that does not rest. Reading replaces what the book holds; it takes only what
// writing would have given, and after a failure the book is empty.
func (b *Book) Fields(c *instruction.Codec) {
	if c.Reading() {
		b.read(c)
		return
	}
	bids, asks := b.resting(instruction.Buy), b.resting(instruction.Sell)
	if bids+asks != b.n || b.Crossed() {
		c.Fail("a book in the middle of a match")
		return
	}
	for _, side := range bothSides {
		c.Count(b.resting(side), MaxOrders)
		b.Walk(side, func(h Handle) bool {
			c.Pause()
			b.At(h).fields(c, side)
			return c.Err() == nil
		})
	}
}

// fields is the persisted form of a resting order. Side is known from where it is; QuoteQty is always 0.
func (o *Order) fields(c *instruction.Codec, side instruction.Side) {
	o.Side = side
	instruction.Num64(c, &o.ID)
	instruction.Num32(c, &o.Account)
	instruction.Num32(c, &o.Credential)
	instruction.Num8(c, &o.Type)
	instruction.Num8(c, &o.TIF)
	instruction.Num64(c, &o.Price)
	instruction.Num64(c, &o.Qty)
	instruction.Num64(c, &o.Done)
	instruction.Num64(c, &o.Paid)
	instruction.Num64(c, &o.Held)
	c.ClientID(&o.ClientID)
	instruction.Num64(c, &o.Placed)
	instruction.Num64(c, &o.Updated)
}

func (b *Book) read(c *instruction.Codec) {
	*b = *New(money.Price(b.ticks.tick))
	var all []Order
	for _, side := range bothSides {
		n := c.Count(0, MaxOrders)
		all = slices.Grow(all, min(n, len(c.Bytes())/minOrder)) // of a damaged count, no more than bytes are at hand
		for i := range n {
			o := b.readOrder(c, side)
			if i > 0 && c.Err() == nil && !o.follows(&all[len(all)-1]) {
				c.Fail("order %d is out of its order", o.ID)
			}
			if c.Err() != nil {
				return
			}
			all = append(all, o)
		}
	}
	// Ids were given out in order of placement, and that is the order of every queue.
	slices.SortFunc(all, func(x, y Order) int { return cmp.Compare(x.ID, y.ID) })
	for i := range all {
		if b.Place(&all[i], true) == 0 {
			c.Fail("order %d is there twice, or has the client order id of another", all[i].ID)
			break
		}
	}
	if b.Crossed() {
		c.Fail("a bid that meets an ask")
	}
	if c.Err() != nil {
		*b = *New(money.Price(b.ticks.tick))
	}
}

// minOrder is less than the bytes of any order.
const minOrder = 64

// readOrder reads an order that may rest, or fails.
func (b *Book) readOrder(c *instruction.Codec, side instruction.Side) Order {
	c.Pause()
	var o Order
	o.fields(c, side)
	switch {
	case c.Err() != nil:
	case !o.sound():
		c.Fail("order %d of account %d", o.ID, o.Account)
	case !o.canRest():
		c.Fail("order %d is of a kind that does not rest, or its amounts are out of range", o.ID)
	case !b.ticks.fits(o.Price):
		c.Fail("order %d at %d, off the tick or out of range", o.ID, o.Price)
	}
	return o
}

// follows says that o comes after the order before it in priority.
func (o *Order) follows(before *Order) bool {
	if o.Price == before.Price {
		return o.ID > before.ID
	}
	return (o.Price > before.Price) == (o.Side == instruction.Sell)
}

var bothSides = [...]instruction.Side{instruction.Buy, instruction.Sell}

// resting is how many orders rest on a side.
func (b *Book) resting(side instruction.Side) int {
	n := 0
	b.each(side, func(_ uint64, v *level) bool {
		n += int(v.orders)
		return true
	})
	return n
}
