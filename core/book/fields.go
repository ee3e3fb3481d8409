package book

import (
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
	var all []Handle
	for _, side := range bothSides {
		var before Handle
		for range c.Count(0, MaxOrders) {
			h := b.readOrder(c, side, before)
			if h == 0 {
				*b = *New(money.Price(b.ticks.tick))
				return
			}
			all = append(all, h)
			before = h
		}
	}
	if c.Err() == nil && b.Crossed() {
		c.Fail("a bid that meets an ask")
	}
	if c.Err() != nil {
		*b = *New(money.Price(b.ticks.tick))
		return
	}
	// Ids were given out in order of placement.
	slices.SortFunc(all, func(x, y Handle) int {
		if b.At(x).ID < b.At(y).ID {
			return -1
		}
		return 1
	})
	for _, h := range all {
		b.join(h, b.At(h))
		b.last = b.At(h).ID
	}
}

// readOrder reads the order that follows before on its side, or fails and returns 0.
func (b *Book) readOrder(c *instruction.Codec, side instruction.Side, before Handle) Handle {
	var o Order
	o.fields(c, side)
	if c.Err() != nil {
		return 0
	}
	switch fault := o.fault(true); {
	case fault != "":
		c.Fail("%s in order %d", fault, o.ID)
	case !b.ticks.fits(o.Price):
		c.Fail("order %d has price %d, off the tick or out of range", o.ID, o.Price)
	case !o.ClientID.IsZero() && b.FindClient(o.Account, o.ClientID) != 0:
		c.Fail("order %d has the client order id of another", o.ID)
	case b.Find(o.ID) != 0:
		c.Fail("order %d is there twice", o.ID)
	case b.n >= MaxOrders:
		c.Fail("more than %d orders", MaxOrders)
	case before != 0 && !b.follows(&o, b.At(before)):
		c.Fail("order %d is out of its order", o.ID)
	default:
		h := b.keep(&o)
		b.rest(h, b.At(h))
		return h
	}
	return 0
}

// follows says that o comes after the order before it in priority.
func (b *Book) follows(o, before *Order) bool {
	if o.Price == before.Price {
		return o.ID > before.ID
	}
	return (o.Price > before.Price) == (o.Side == instruction.Sell)
}

var bothSides = [...]instruction.Side{instruction.Buy, instruction.Sell}

// resting is how many orders rest on a side.
func (b *Book) resting(side instruction.Side) int {
	n := 0
	b.side(side).each(func(_ uint64, v *level) bool {
		n += int(v.orders)
		return true
	})
	return n
}
