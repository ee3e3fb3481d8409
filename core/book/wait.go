package book

import (
	"math"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Marks in place of a level.
const (
	inTrails = math.MaxUint32
	inDue    = math.MaxUint32 - 1
)

// MaxTrails is how many orders can track the price of a market at once: each trade at a new price looks at all of them.
const MaxTrails = 1000

// Trails is how many orders track the price, or will.
func (b *Book) Trails() int { return int(b.trails.orders) }

// EachTrail calls f for the orders that track the price, until f says no.
func (b *Book) EachTrail(f func(Handle) bool) { b.walk(trailing, f) }

// way is the side of the stops where an order waits: falling stops lie like bids, the highest first, rising ones like asks.
func way(o *Order, m *More) instruction.Side {
	if m.Trigger.Rising(o.Side) {
		return instruction.Sell
	}
	return instruction.Buy
}

// Reached says that the price is at the stop price of the order or past it.
func Reached(o *Order, m *More, p money.Price) bool {
	if m.Trigger.Rising(o.Side) {
		return p >= m.Stop
	}
	return p <= m.Stop
}

// wait has an order wait for its stop price.
func (b *Book) wait(h Handle, o *Order, last money.Price) {
	m := b.mores.at(o.more)
	o.state = o.state&^stages | state(Waiting)
	if m.Trail != 0 {
		if m.Stop == 0 && last != 0 {
			m.Best, m.Tracks = last, o.Updated
		}
		o.level = inTrails
		b.push(&b.trails, h, o)
		return
	}
	side := way(o, m)
	l := b.stops.side(side)
	rank := b.ticks.rank(side, m.Stop)
	p := b.stops.turnTo(l, rank>>pageBits)
	o.level = p<<pageBits | uint32(rank%pageLen)
	v := b.stops.levels.at(o.level)
	b.push(v, h, o)
	if v.orders == 1 {
		b.stops.wake(l, o.level)
	}
}

// push puts an order at the end of a queue.
func (b *Book) push(v *level, h Handle, o *Order) {
	if v.tail == 0 {
		v.head = h
	} else {
		b.At(v.tail).next = h
	}
	o.prev, o.next, v.tail = v.tail, 0, h
	v.orders++
}

// stopWaiting takes an order that waits, or is to start, out of its queue.
func (b *Book) stopWaiting(o *Order) {
	switch o.level {
	case inTrails:
		b.cut(&b.trails, o)
	case inDue:
		b.cut(&b.due, o)
	default:
		v := b.stops.levels.at(o.level)
		b.cut(v, o)
		if v.orders == 0 {
			b.stops.shut(b.stops.side(way(o, b.mores.at(o.more))), o.level)
		}
	}
}

// Ready makes an order that waits or is pending due to start, behind those that are already.
func (b *Book) Ready(h Handle) bool {
	o := b.At(h)
	if o.Stage() == Working || o.level == inDue {
		return false
	}
	b.dequeue(o)
	o.level = inDue
	b.push(&b.due, h, o)
	return true
}

// Traded makes due what a trade at this price starts: first rising stops, lowest first, then falling ones, highest first,
// then those that track the price; of the same stop price whichever waited first.
func (b *Book) Traded(p money.Price, now instruction.Time) {
	for _, side := range bothSides {
		for {
			h := b.stops.levels.at(b.stops.side(3 - side).first).head
			if h == 0 || !Reached(b.At(h), b.mores.at(b.At(h).more), p) {
				break
			}
			b.Ready(h)
		}
	}
	for h := b.trails.head; h != 0; {
		o := b.At(h)
		next := o.next
		if m := b.mores.at(o.more); m.track(o, p, now) {
			b.Ready(h)
		}
		h = next
	}
}

// track notes a price, and says whether it has turned back as far as the order waits for.
func (m *More) track(o *Order, p money.Price, now instruction.Time) bool {
	if m.Best == 0 {
		if m.Stop == 0 || Reached(o, m, p) {
			m.Best, m.Tracks = p, now
		}
		return false
	}
	if o.Side == instruction.Sell {
		m.Best = max(m.Best, p)
	} else {
		m.Best = min(m.Best, p)
	}
	return m.turned(o.Side, p)
}

// turned says that the price is back from its best by the trailing distance: at or below best*(1-trail) for a sell, at or
// above best*(1+trail) for a buy.
func (m *More) turned(side instruction.Side, p money.Price) bool {
	if side == instruction.Sell {
		at, err := money.MulDiv(int64(m.Best), int64(instruction.One-int64(m.Trail)), instruction.One, money.Down)
		return err == nil && int64(p) <= at
	}
	at, err := money.MulDiv(int64(m.Best), int64(instruction.One+int64(m.Trail)), instruction.One, money.Up)
	return err == nil && int64(p) >= at
}

// Due is the first order that is to start, or 0.
func (b *Book) Due() Handle { return b.due.head }

// Starting says that the order is one of those that are to start.
func (o *Order) Starting() bool { return o.level == inDue }

// Wait has an order that was pending wait for its stop price. last is the price of the last trade, 0 before the first.
func (b *Book) Wait(h Handle, last money.Price, now instruction.Time) bool {
	o := b.At(h)
	m := b.More(o)
	if o.Stage() != Pending || m == nil || m.Trigger == instruction.NoTrigger {
		return false
	}
	b.dequeue(o)
	o.Updated = now
	b.wait(h, o, last)
	return true
}

// Work has an order that waited or was pending work from now on: in the book, behind all others of its price, where it
// rests; else it is only passing, and found by its id alone.
func (b *Book) Work(h Handle, rests bool, now instruction.Time) bool {
	o := b.At(h)
	if o.Stage() == Working || rests && (!o.canRest() || !b.ticks.fits(o.Price)) {
		return false
	}
	b.dequeue(o)
	o.state &^= stages
	o.Updated = now
	b.mores.at(o.more).Works = now
	if rests {
		b.show(h, o)
	} else {
		b.delist(h, o)
	}
	return true
}
