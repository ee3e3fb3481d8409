package book

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// state is the stage of an order, and what kind of More it has.
type state uint8

const (
	stages  state = 3      // the bits of the stage
	iceberg state = 1 << 2 // only a part of it shows
	member  state = 1 << 3 // it is of a list
	extra   state = 1 << 4 // it has a More at all: asked on every removal, and more lies in another cache line
)

// Stage is how far an order has come. The numbers are in snapshots.
type Stage uint8

const (
	Working Stage = 0 // it is in the book, or passing
	Waiting Stage = 1 // for its stop price, or to start since that was reached
	Pending Stage = 2 // for another order of its list
)

// Stage is how far the order has come.
func (o *Order) Stage() Stage { return Stage(o.state & stages) }

// Member says that the order is one of a list.
func (o *Order) Member() bool { return o.state&member != 0 }

// listed says that the order is in its account's list: all are that are not only passing.
func (o *Order) listed() bool { return o.level != 0 || o.state&stages != 0 }

// More is what few orders have. Whoever holds the *More of a Book must not change it.
type More struct {
	Trigger   instruction.Trigger
	Shape     instruction.Shape // of its list; 0 for none
	Leg       uint8             // its number in the list, from 0
	Capped    bool              // it rests at another price than it asked for, and follows the mark towards that; see Cap
	Trail     uint16            // basis points
	Amends    uint16            // how often it was amended
	Stop      money.Price
	Best      money.Price      // since it tracks the price: the highest for a sell, the lowest for a buy; 0 before
	Tracks    instruction.Time // since when it tracks the price, 0 before
	Works     instruction.Time // since when it works, where that is later than its placing; 0 before
	Visible   money.Amount     // of an iceberg
	Prevented money.Amount     // what it lost to its own account's orders; its Qty is less by that
	Match     instruction.Match
	List      instruction.List
	Name      instruction.ClientID // of the list
	// What it was before it was capped first; see Asked. All are 0 where it never was.
	AskedType instruction.OrderType
	AskedTIF  instruction.TimeInForce
	Asked     money.Price // 0 for market orders
}

// More is what the order has beyond what every order has, or nil. It is valid until the order is removed.
func (b *Book) More(o *Order) *More {
	if o.more == 0 {
		return nil
	}
	return b.mores.at(o.more)
}

// PlaceMore is Place for an order that has more to it. One that waits or is pending is found like one that rests,
// but for the levels. last is the price of the last trade, 0 before the first.
func (b *Book) PlaceMore(o *Order, m *More, stage Stage, rests bool, last money.Price) Handle {
	listed := rests || stage != Working
	name, ok := b.admits(o, rests && stage == Working)
	if !ok || stage != Working && !b.canWait(o, m) {
		return 0
	}
	if listed && !o.ClientID.IsZero() {
		name = b.hashName(o.Account, &o.ClientID)
		if b.named(name, o.Account, &o.ClientID) != 0 {
			return 0
		}
	}
	h, k := b.keep(o)
	k.state = state(stage)
	*b.addMore(k) = *m
	b.mark(k)
	if !listed {
		return h
	}
	b.enlist(h, k)
	if name != 0 {
		b.addName(h, k, name)
	}
	switch stage {
	case Working:
		b.show(h, k)
	case Waiting:
		b.wait(h, k, last)
	}
	return h
}

// canWait says that an order may wait for its stop price or another order.
func (b *Book) canWait(o *Order, m *More) bool {
	switch {
	case o.Qty <= 0, o.Qty > money.MaxAmount, o.Done|o.Paid|o.Held < 0, o.Done >= o.Qty, o.QuoteQty != 0:
		return false
	case m.Trigger == instruction.NoTrigger:
		return m.Stop == 0 && m.Trail == 0
	case m.Trail > instruction.MaxTrail:
		return false
	}
	return b.ticks.fits(m.Stop) || m.Stop == 0 && m.Trail != 0
}

// addMore gives an order a More, if it has none.
func (b *Book) addMore(o *Order) *More {
	if o.more == 0 {
		o.more = b.moreFree
		if o.more == 0 {
			b.moreUsed++
			o.more = b.moreUsed
			b.mores.reach(o.more)
		}
		m := b.mores.at(o.more)
		b.moreFree = uint32(m.Works)
		*m = More{}
		o.state |= extra
	}
	return b.mores.at(o.more)
}

func (b *Book) dropMore(o *Order) {
	if b.mores.at(o.more).Capped {
		b.dropCapped(o.ID)
	}
	*b.mores.at(o.more) = More{Works: instruction.Time(b.moreFree)} // links free places
	b.moreFree, o.more = o.more, 0
	o.state &^= extra
}

// mark notes in an order what kind of More it has.
func (b *Book) mark(o *Order) {
	m := b.mores.at(o.more)
	o.state = o.state&stages | extra
	if m.Visible != 0 {
		o.state |= iceberg
	}
	if m.List != 0 {
		o.state |= member
	}
}

// Shown is what others see of an order that is in the book, and what a taker can have of it before its next turn.
func (o *Order) Shown() money.Amount { return o.left }

// show puts an order into the book, behind all others of its price.
func (b *Book) show(h Handle, k *Order) {
	if k.left = k.Left(); k.state&iceberg != 0 {
		k.left = min(b.mores.at(k.more).Visible, k.left)
	}
	b.enqueue(h, k)
}

// reshow notes that qty of an iceberg is gone. When nothing is left of the part that showed, the next part goes behind
// all others of its price.
func (b *Book) reshow(h Handle, o *Order, qty money.Amount) {
	if o.level == 0 || o.Stage() != Working {
		return // it shows when it starts
	}
	v := b.levels.at(o.level)
	v.shrink(o.left)
	if o.left -= qty; o.left <= 0 {
		o.left = min(b.mores.at(o.more).Visible, o.Left())
		if o.left > 0 && v.tail != h {
			b.cut(v, o)
			b.At(v.tail).next = h
			o.prev, o.next, v.tail = v.tail, 0, h
			v.orders++
		}
	}
	v.grow(o.left)
}

// Prevent notes that qty of an order, at most what is left, is not to be filled any more, by the match of that number.
func (b *Book) Prevent(h Handle, qty money.Amount, match instruction.Match, now instruction.Time) bool {
	o := b.At(h)
	if qty <= 0 || qty > o.Left() {
		return false
	}
	m := b.addMore(o)
	m.Prevented += qty
	m.Match = match
	o.Qty -= qty
	o.Updated = now
	if o.Risk != 0 {
		o.rescale(qty, 0)
	}
	b.gone(h, o, qty)
	return true
}

// Amend makes an order ask for qty, which is less than before and more than what was filled, and gives it another name,
// which must be its own already or nobody's of its account.
func (b *Book) Amend(h Handle, qty money.Amount, name instruction.ClientID, now instruction.Time) bool {
	o := b.At(h)
	if qty >= o.Qty || qty <= o.Done || !o.listed() {
		return false
	}
	if name != o.ClientID {
		if b.FindClient(o.Account, name) != 0 {
			return false
		}
		if o.name != 0 {
			b.dropName(h, o)
			o.name = 0
		}
		o.ClientID = name
		if n := b.hashName(o.Account, &name); n != 0 {
			b.addName(h, o, n)
		}
	}
	less := o.Qty - qty
	m := b.addMore(o)
	m.Amends++
	o.Qty, o.Updated = qty, now
	if o.Risk != 0 {
		o.rescale(less, 0)
	}
	if o.state&iceberg == 0 {
		b.gone(h, o, less)
		return true
	}
	m.Visible = min(m.Visible, qty)
	if shown := min(o.left, m.Visible, o.Left()); o.level != 0 && o.Stage() == Working {
		b.levels.at(o.level).shrink(o.left - shown)
		o.left = shown
	}
	return true
}
