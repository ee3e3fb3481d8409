package book

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// An order that started, and that its owner's budget does not bear at what it asked for, is capped: it rests at another
// price, never one that is better for others than its own limit, and core has it follow the mark towards what it asked.
// While it does, its Type, TIF and Price are those of an order that rests, which is what matching, depth and reservation
// go by; its More keeps what it asked for, which is what its owner is told.

// Cap has an order that works, passing or resting, rest at a price from now on, behind all others of that price. One that
// was only passing is found by account and client order id again. Only core sees to it that no order is met there.
//
// It returns false and changes nothing when the order does not work, has no More, must be filled whole at once, has nothing
// left or could not rest; the price is no multiple of the tick from 1 tick to MaxAmount, or beyond the order's own limit; or
// its account has its client order id here already.
func (b *Book) Cap(h Handle, price money.Price, now instruction.Time) bool {
	o := b.At(h)
	m := b.More(o)
	if m == nil {
		return false
	}
	want, as := *o, *m
	if as.AskedType == 0 {
		as.AskedType, as.AskedTIF, as.Asked = o.Type, o.TIF, o.Price
	}
	as.Capped = true
	want.Type, want.TIF, want.Price = as.restsAs(), instruction.GTC, price
	if !want.canRest() || !b.ticks.fits(price) || !b.asks(&want, &as) {
		return false
	}
	passing := !o.listed()
	name := b.hashName(o.Account, &o.ClientID)
	if passing && name != 0 && b.named(name, o.Account, &o.ClientID) != 0 {
		return false
	}
	if passing {
		b.relist(h, o)
		if name != 0 {
			b.addName(h, o, name)
		}
	} else {
		b.dequeue(o)
	}
	o.Type, o.TIF, o.Price, o.Updated = want.Type, want.TIF, price, now
	if !m.Capped {
		at, _ := b.cappedAt(o.ID)
		b.capped = slices.Insert(b.capped, at, h)
	}
	*m = as
	b.show(h, o)
	return true
}

// Uncap notes that a capped order rests at what it asked for, and follows no more. It reports false and changes nothing when
// it does not: an order that asked for the market never does.
func (b *Book) Uncap(h Handle) bool {
	o := b.At(h)
	m := b.More(o)
	if m == nil || !m.Capped || o.Price != m.Asked {
		return false
	}
	m.Capped = false
	b.dropCapped(o.ID)
	return true
}

// EachCapped calls f for the orders that are capped, in order of their ids, until f says no. f may change the book.
func (b *Book) EachCapped(f func(Handle) bool) {
	for h := b.NextCapped(0); h != 0; {
		id := b.At(h).ID
		if !f(h) {
			return
		}
		h = b.NextCapped(id)
	}
}

// NextCapped is the capped order with the lowest id above this one, or 0.
func (b *Book) NextCapped(after instruction.Order) Handle {
	at, found := b.cappedAt(after)
	if found {
		at++
	}
	if at == len(b.capped) {
		return 0
	}
	return b.capped[at]
}

// Capped is how many orders are capped, and CappedAt the one at a place among them by id, counted from 0.
func (b *Book) Capped() int { return len(b.capped) }

// CappedAt is the capped order at a place: see Capped.
func (b *Book) CappedAt(i int) Handle { return b.capped[i] }

// Asked is what the order was asked as, which is what its owner is told: its Type, TIF and Price are others while, or since,
// it was capped.
func (b *Book) Asked(o *Order) (instruction.OrderType, instruction.TimeInForce, money.Price) {
	if m := b.More(o); m != nil && m.AskedType != 0 {
		return m.AskedType, m.AskedTIF, m.Asked
	}
	return o.Type, o.TIF, o.Price
}

// cappedAt is where a capped order is in the list of them, or would be.
func (b *Book) cappedAt(id instruction.Order) (at int, found bool) {
	return slices.BinarySearchFunc(b.capped, id, func(h Handle, id instruction.Order) int {
		switch x := b.At(h).ID; {
		case x < id:
			return -1
		case x > id:
			return 1
		}
		return 0
	})
}

func (b *Book) dropCapped(id instruction.Order) {
	if at, found := b.cappedAt(id); found {
		b.capped = slices.Delete(b.capped, at, at+1)
	}
}

// restsAs is the type that an order of the asked type rests as.
func (m *More) restsAs() instruction.OrderType {
	if m.AskedType == instruction.LimitMaker {
		return instruction.LimitMaker
	}
	return instruction.Limit
}

// asks says that what an order asked for, if it was ever capped, makes sense with what it is now.
func (b *Book) asks(o *Order, m *More) bool {
	if m.AskedType == 0 {
		return !m.Capped && m.Asked == 0 && m.AskedTIF == 0
	}
	market := m.AskedType == instruction.MarketType
	switch {
	case o.Stage() != Working, m.AskedType > instruction.LimitMaker, o.Type != m.restsAs(), o.TIF != instruction.GTC:
		return false
	case m.AskedTIF != instruction.GTC && m.AskedTIF != instruction.IOC, m.AskedType == instruction.LimitMaker && m.AskedTIF != instruction.GTC:
		return false
	case market:
		return m.Capped && m.Asked == 0 && m.AskedTIF == instruction.IOC
	case !b.ticks.fits(m.Asked):
		return false
	case !m.Capped:
		return o.Price == m.Asked
	case o.Side == instruction.Buy:
		return o.Price <= m.Asked
	}
	return o.Price >= m.Asked
}
