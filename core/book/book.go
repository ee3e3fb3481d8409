package book

import (
	"hash/maphash"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Order is what the book knows of an order. It holds no pointer. Whoever holds the *Order of At may change Held and Risk;
// the rest is the book's.
type Order struct {
	// What finding and cancelling touch comes first: with the book's own links it is one cache line.
	ID   instruction.Order
	Held money.Amount // what is still held for it: quote units of a buy, base units of a sell; core keeps it
	links
	Account instruction.Account
	Side    instruction.Side
	Type    instruction.OrderType
	TIF     instruction.TimeInForce
	state   state

	Price      money.Price  // 0 for market orders
	Qty        money.Amount // as asked, in base units; 0 for market orders by QuoteQty
	Done       money.Amount // filled so far, in base units
	Paid       money.Amount // filled so far, in quote units
	Updated    instruction.Time
	Risk       money.Amount // what of its owner's loss budget is reserved for what is left of it; core sets it, the book scales it
	Placed     instruction.Time
	QuoteQty   money.Amount // as asked, in quote units
	Credential instruction.Credential
	ClientID   instruction.ClientID
	SelfTrade  instruction.SelfTrade
	more       uint32 // place of its More
}

// links bind an order into queues and indexes.
type links struct {
	left             money.Amount // what of it shows, as its level counts it
	next, prev       Handle       // in the queue that it is in; next links free places too
	young, old       Handle       // the account's orders that were placed next after it and last before it
	sameID, sameName Handle       // the next in its chain of byID and of byName
	name             uint32       // hash of account and client order id; 0 when there is none, or the order is only passing
	level            uint32       // where it queues; 0 when it is in no queue
}

// Left is what is still to be filled, in base units; 0 for orders by QuoteQty.
func (o *Order) Left() money.Amount {
	if o.Qty == 0 {
		return 0
	}
	return o.Qty - o.Done
}

// Handle names an order that is in the book, until it is removed; 0 names none. Handles are not persisted: the same
// order may have another one after recovery.
type Handle int32

// MaxOrders is how many orders one book can hold.
const MaxOrders = 1 << 24

// MaxAccount is the highest number of an account that can have orders.
const MaxAccount instruction.Account = 1 << 30

// kept is an order in its slab, padded to three cache lines.
type kept struct {
	Order
	_ [16]byte
}

// Book is one market's orders. New makes one; the zero Book is not usable.
type Book struct {
	ladders          // orders that work, by price
	stops    ladders // orders that wait, by stop price: falling on the bid side, rising on the ask side
	trails   level   // orders that wait for the price to turn back, whichever began to first
	due      level   // orders that are to start, whichever is to first
	mores    slab[More]
	moreUsed uint32   // places of mores ever used; place 0 is nobody's
	moreFree uint32   // the place that was freed last
	capped   []Handle // orders that are, by id
	ticks    ticks
	orders   slab[kept]
	places   uint32 // places of orders ever used; place 0 is nobody's
	vacant   Handle // the place that was freed last, since it is still in the cache
	n        int
	last     instruction.Order // the newest id that was placed
	byID     index
	byName   index
	seed     maphash.Seed
	accounts slab[account]
}

// New is an empty book of a market whose prices are multiples of tick. It panics when tick is not positive, which no
// checked definition of a market allows.
func New(tick money.Price) *Book {
	if tick <= 0 {
		panic("book: a tick must be positive")
	}
	b := &Book{ticks: newTicks(tick), seed: maphash.MakeSeed(), byID: newIndex(), byName: newIndex()}
	b.orders.reach(0)
	b.ladders.init()
	b.stops.init()
	b.mores.reach(0)
	return b
}

// Place copies an order into the book. One that rests goes behind all others of its price at once, a crossing taker
// too; one that does not rest (market, IOC, FOK) is only kept by id until it is removed, and is found in no other way.
//
// It returns 0 and changes nothing when the order cannot be kept: its id is not above all earlier ones, its account is
// 0 or above MaxAccount, its side is none, its risk is negative, the book is full; or it is to rest and is no GTC limit order, its price is no
// multiple of the tick from 1 tick to MaxAmount, its amounts are out of range or nothing is left to fill, or the account
// has its client order id here already.
func (b *Book) Place(o *Order, rests bool) Handle {
	name, ok := b.admits(o, rests)
	if !ok {
		return 0
	}
	h, k := b.keep(o)
	if !rests {
		return h
	}
	b.enqueue(h, k)
	b.enlist(h, k)
	if name != 0 {
		b.addName(h, k, name)
	}
	return h
}

// keep copies an order into a place, where it is found by id.
func (b *Book) keep(o *Order) (Handle, *Order) {
	b.last = o.ID
	h := b.vacant
	if h == 0 {
		b.places++
		h = Handle(b.places)
		b.orders.reach(b.places)
	}
	k := b.At(h)
	b.vacant = k.next
	*k = *o
	if b.n++; 2*b.n > len(b.byID.heads) {
		b.growIDs()
	}
	head := b.byID.head(hashID(o.ID))
	k.links, k.state, k.more = links{left: o.Left(), sameID: *head}, 0, 0
	*head = h
	return h, k
}

// enqueue puts an order behind all others of its price.
func (b *Book) enqueue(h Handle, k *Order) {
	v := b.reach(k, b.ticks.rank(k.Side, k.Price))
	if v.tail == 0 {
		v.head = h
		b.wake(b.side(k.Side), k.level)
	} else {
		b.At(v.tail).next = h
	}
	k.prev, v.tail = v.tail, h
	v.orders++
	v.grow(k.left)
}

// reach is the level where an order is to work.
func (b *Book) reach(k *Order, rank uint64) *level {
	l := b.side(k.Side)
	p := l.known(rank >> pageBits)
	if p == 0 {
		p = b.turnTo(l, rank>>pageBits)
	}
	k.level = p<<pageBits | uint32(rank%pageLen)
	return b.levels.at(k.level)
}

// admits says whether Place keeps an order, and the hash of its client order id if that is to be indexed.
func (b *Book) admits(o *Order, rests bool) (name uint32, ok bool) {
	if o.ID <= b.last || b.n >= MaxOrders || !o.sound() {
		return 0, false
	}
	if !rests {
		return 0, true
	}
	if !o.canRest() || !b.ticks.fits(o.Price) {
		return 0, false
	}
	if o.ClientID.IsZero() {
		return 0, true
	}
	name = b.hashName(o.Account, &o.ClientID)
	return name, b.named(name, o.Account, &o.ClientID) == 0
}

// sound says that the order has an id, an account and a side, and no less than nothing at risk.
func (o *Order) sound() bool {
	return o.ID != 0 && o.Account-1 < MaxAccount && o.Side-instruction.Buy <= instruction.Sell-instruction.Buy && o.Risk >= 0
}

// canRest says that the order is of a kind that may rest, with amounts that make sense and something left to fill.
func (o *Order) canRest() bool {
	return o.Type|2 == instruction.LimitMaker && o.TIF == instruction.GTC && o.Qty <= money.MaxAmount && o.Done < o.Qty &&
		o.Done|o.Paid|o.Held >= 0 && o.QuoteQty == 0
}

// Best is the first order of a side in priority, or 0.
func (b *Book) Best(side instruction.Side) Handle {
	return b.levels.at(b.side(side).first).head
}

// At is the order that h names; the pointer is valid until the order is removed. h must be in the book.
func (b *Book) At(h Handle) *Order { return &b.orders.at(uint32(h)).Order }

// Len is how many orders are here.
func (b *Book) Len() int { return b.n }

// Fill notes that qty base units of the order were filled for quote units. It does not remove the order, even when
// nothing is left. It reports false and changes nothing when qty is not positive or more than is left, or quote is
// negative or too much.
func (b *Book) Fill(h Handle, qty, quote money.Amount, now instruction.Time) bool {
	o := b.At(h)
	paid := o.Paid + quote
	if qty <= 0 || quote < 0 || paid < o.Paid || o.Qty != 0 && qty > o.Qty-o.Done || o.Qty == 0 && paid > o.QuoteQty {
		return false
	}
	o.Done += qty
	o.Paid = paid
	o.Updated = now
	if o.Risk != 0 {
		o.rescale(qty, quote)
	}
	b.gone(h, o, qty)
	return true
}

// rescale has the risk of an order shrink as what is left of it just did, by qty base units or, where it was asked in quote
// units, by quote: rounded up, so that what is reserved never falls short.
func (o *Order) rescale(qty, quote money.Amount) {
	left, less := o.Left(), qty
	if o.Qty == 0 {
		left, less = o.QuoteQty-o.Paid, quote
	}
	if left == 0 {
		o.Risk = 0
		return
	}
	n, _ := money.MulDiv(int64(o.Risk), int64(left), int64(left+less), money.Up) // never above Risk
	o.Risk = money.Amount(n)
}

// gone notes that an order has less left by qty.
func (b *Book) gone(h Handle, o *Order, qty money.Amount) {
	switch {
	case o.state&iceberg != 0:
		b.reshow(h, o, qty)
	case o.level == 0 || o.Stage() != Working:
		o.left = o.Left()
	default:
		o.left = o.Left()
		b.levels.at(o.level).shrink(qty)
	}
}

// Remove takes an order out. It reports false when h names none.
func (b *Book) Remove(h Handle) bool {
	if uint32(h) > b.places {
		return false
	}
	o := b.At(h)
	if o.ID == 0 {
		return false
	}
	head := b.byID.head(hashID(o.ID))
	for *head != h {
		head = &b.At(*head).sameID
	}
	*head = o.sameID
	if o.listed() {
		b.dequeue(o)
		b.delist(h, o)
	}
	if o.state&extra != 0 {
		b.dropMore(o)
	}
	o.ID = 0
	o.next, b.vacant = b.vacant, h
	b.n--
	return true
}

// dequeue takes an order out of the queue that it is in, if any.
func (b *Book) dequeue(o *Order) {
	switch {
	case o.level == 0:
	case o.Stage() == Working:
		v := b.levels.at(o.level)
		b.cut(v, o)
		v.shrink(o.left)
		if v.orders == 0 {
			b.shut(b.side(o.Side), o.level)
		}
	default:
		b.stopWaiting(o)
	}
	o.level, o.next, o.prev = 0, 0, 0
}

// cut takes an order out of the middle of a queue.
func (b *Book) cut(v *level, o *Order) {
	if o.next != 0 {
		b.At(o.next).prev = o.prev
	} else {
		v.tail = o.prev
	}
	if o.prev != 0 {
		b.At(o.prev).next = o.next
	} else {
		v.head = o.next
	}
	v.orders--
}
