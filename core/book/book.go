package book

import (
	"hash/maphash"
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Order is what the book knows of an order. It holds no pointer. Whoever holds the *Order of At may change Held; the
// rest is the book's.
type Order struct {
	ID         instruction.Order
	Account    instruction.Account
	Credential instruction.Credential
	Price      money.Price  // 0 for market orders
	Qty        money.Amount // as asked, in base units; 0 for market orders by QuoteQty
	Done       money.Amount // filled so far, in base units
	Paid       money.Amount // filled so far, in quote units
	Held       money.Amount // what is still held for it: quote units of a buy, base units of a sell; core keeps it
	Updated    instruction.Time
	Placed     instruction.Time
	QuoteQty   money.Amount // as asked, in quote units
	ClientID   instruction.ClientID
	Side       instruction.Side
	Type       instruction.OrderType
	TIF        instruction.TimeInForce
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
type Handle = int32

// MaxOrders is how many orders one book can hold.
const MaxOrders = 1 << 24

// kept is an order in its slab, padded to two cache lines.
type kept struct {
	Order
	_ [8]byte
}

// links is what binds an order into the queues and tables; apart from the order, so that following a queue touches few
// cache lines.
type links struct {
	next, prev   Handle // in the queue of its level
	anext, aprev Handle // among its account's orders, in order of placement
	owner        int32  // place of its account in accounts
	page         int32  // where it rests; 0 when it does not rest
	client       uint32 // hash of account and client order id
	level        uint8  // within the page
	here         bool
}

// Book is one market's orders. New makes one; the zero Book is not usable.
type Book struct {
	tick    uint64
	odd     uint8  // how often two divides tick
	inverse uint64 // of what is left of tick then, modulo 2^64
	ranks   uint64 // the highest price in ticks

	sides  [2]ladder
	orders slab[kept]
	links  slab[links]
	last   instruction.Order // the newest id that was placed
	n      int

	byID     table
	byClient table
	seed     maphash.Seed

	byAccount table
	accounts  slab[account]
}

// New is an empty book of a market whose prices are multiples of tick. It panics when tick is not positive, which no
// checked definition of a market allows.
func New(tick money.Price) *Book {
	if tick <= 0 {
		panic("book: a tick must be positive")
	}
	b := &Book{tick: uint64(tick), odd: uint8(bits.TrailingZeros64(uint64(tick))), ranks: uint64(money.MaxAmount) / uint64(tick),
		seed: maphash.MakeSeed(), byID: newTable(), byClient: newTable(), byAccount: newTable()}
	// Newton's iteration for the inverse of an odd number: right bits double from 3 to 96.
	d := uint64(tick) >> b.odd
	b.inverse = d
	for range 5 {
		b.inverse *= 2 - d*b.inverse
	}
	return b
}

// rank is where a price stands on its side. Not ok: it is no multiple of the tick, not positive, or above MaxAmount.
//
// Multiplying by the inverse divides exactly where there is no remainder, and gives a number above any quotient where
// there is one; a division would take ten times as long.
func (b *Book) rank(side instruction.Side, p money.Price) (uint64, bool) {
	u := bits.RotateLeft64(uint64(p)*b.inverse, -int(b.odd)) // low bits that should be zero end up on top
	if side == instruction.Buy {
		return topRank - u, u-1 < b.ranks
	}
	return u, u-1 < b.ranks
}

// price is the price that has this rank.
func (b *Book) price(side instruction.Side, rank uint64) money.Price {
	if side == instruction.Buy {
		rank = topRank - rank
	}
	return money.Price(rank * b.tick)
}

func (b *Book) side(s instruction.Side) *ladder { return &b.sides[(s-1)&1] }

// Place copies an order into the book. One that rests goes behind all others of its price at once, a crossing taker
// too; one that does not rest (market, IOC, FOK) is only kept by id until it is removed, and is found in no other way.
//
// It returns 0 and changes nothing when the order cannot be kept: its id is not above all earlier ones, its account is
// 0, its side is none, the book is full; or it is to rest and is no GTC limit order, its price is no multiple of the
// tick from 1 tick to MaxAmount, its amounts are out of range or nothing is left to fill, or the account has its client
// order id resting here already.
func (b *Book) Place(o *Order, rests bool) Handle {
	if o.ID <= b.last || b.n >= MaxOrders || b.fault(o, rests) != "" {
		return 0
	}
	h := b.keep(o)
	if rests {
		b.rest(h)
		b.join(h)
	}
	b.last = o.ID
	return h
}

// fault is what is wrong with an order in itself, or "".
func (b *Book) fault(o *Order, rests bool) string {
	if o.ID == 0 || o.Account == 0 {
		return "an order without id or account"
	}
	if o.Side != instruction.Buy && o.Side != instruction.Sell {
		return "an order on no side"
	}
	if !rests {
		return ""
	}
	if _, ok := b.rank(o.Side, o.Price); !ok {
		return "a price off the tick or out of range"
	}
	if o.Qty <= 0 || o.Qty > money.MaxAmount || o.QuoteQty != 0 || o.Done < 0 || o.Done >= o.Qty || o.Paid < 0 || o.Held < 0 {
		return "a quantity out of range"
	}
	if o.Type != instruction.Limit && o.Type != instruction.LimitMaker || o.TIF != instruction.GTC {
		return "a kind of order that does not rest"
	}
	if !o.ClientID.IsZero() && b.FindClient(o.Account, o.ClientID) != 0 {
		return "a client order id twice"
	}
	return ""
}

// keep copies the order and makes it known by id.
func (b *Book) keep(o *Order) Handle {
	h := b.orders.take()
	if b.links.take() != h {
		panic("book: the slabs of orders and links differ")
	}
	b.orders.at(h).Order = *o
	*b.links.at(h) = links{here: true}
	b.byID.add(hashID(o.ID), h)
	b.n++
	return h
}

// rest puts an order into its side, and makes it known by client order id.
func (b *Book) rest(h Handle) {
	o, k := b.orders.at(h), b.links.at(h)
	l := b.side(o.Side)
	rank, _ := b.rank(o.Side, o.Price)
	k.page, k.level = l.open(rank>>pageBits), uint8(rank%pageLen)
	p := l.pages.at(k.page)
	v := &p.levels[rank%pageLen]
	if v.tail == 0 {
		p.full |= 1 << (rank % pageLen)
		v.head = h
	} else {
		b.links.at(v.tail).next = h
	}
	k.prev, v.tail = v.tail, h
	v.orders++
	v.grow(o.Left())
	l.n++
	if !o.ClientID.IsZero() {
		k.client = b.hashClient(o.Account, o.ClientID)
		b.byClient.add(k.client, h)
	}
}

// Best is the first order of a side in priority, or 0.
func (b *Book) Best(side instruction.Side) Handle { return b.side(side).first() }

// At is the order that h names; the pointer is valid until the order is removed. h must be in the book.
func (b *Book) At(h Handle) *Order { return &b.orders.at(h).Order }

// Len is how many orders are here.
func (b *Book) Len() int { return b.n }

// Find is the order with this id, or 0.
func (b *Book) Find(id instruction.Order) Handle {
	hash := hashID(id)
	for i, h := b.byID.first(hash); h != 0; i, h = b.byID.next(i, hash) {
		if b.orders.at(h).ID == id {
			return h
		}
	}
	return 0
}

// FindClient is the account's resting order with this client order id, or 0.
func (b *Book) FindClient(a instruction.Account, c instruction.ClientID) Handle {
	hash := b.hashClient(a, c)
	for i, h := b.byClient.first(hash); h != 0; i, h = b.byClient.next(i, hash) {
		if o := b.orders.at(h); o.Account == a && o.ClientID == c {
			return h
		}
	}
	return 0
}

// hashID spreads sequential ids evenly: 2^64 by the golden ratio.
func hashID(id instruction.Order) uint32 { return uint32(uint64(id) * 0x9E3779B97F4A7C15 >> 32) }

type clientKey struct {
	account instruction.Account
	id      instruction.ClientID
}

func (b *Book) hashClient(a instruction.Account, c instruction.ClientID) uint32 {
	return uint32(maphash.Comparable(b.seed, clientKey{a, c}))
}

// Fill notes that qty base units of the order were filled for quote units. It does not remove the order, even when
// nothing is left. It reports false and changes nothing when qty is not positive or more than is left, or quote is
// negative or too much.
func (b *Book) Fill(h Handle, qty, quote money.Amount, now instruction.Time) bool {
	o := b.orders.at(h)
	paid := o.Paid + quote
	if qty <= 0 || quote < 0 || paid < o.Paid || o.Qty != 0 && qty > o.Qty-o.Done || o.Qty == 0 && paid > o.QuoteQty {
		return false
	}
	o.Done += qty
	o.Paid = paid
	o.Updated = now
	if k := b.links.at(h); k.page != 0 {
		b.side(o.Side).pages.at(k.page).levels[k.level%pageLen].shrink(qty)
	}
	return true
}

// Remove takes an order out. It reports false when h names none.
func (b *Book) Remove(h Handle) bool {
	k := b.links.at(h)
	if !k.here {
		return false
	}
	o := b.orders.at(h)
	b.byID.drop(hashID(o.ID), h)
	if k.page != 0 {
		b.unlink(o, k)
		b.leave(k)
		if !o.ClientID.IsZero() {
			b.byClient.drop(k.client, h)
		}
	}
	k.here = false
	b.orders.give(h)
	b.links.give(h)
	b.n--
	return true
}

// unlink takes an order out of its level.
func (b *Book) unlink(o *kept, k *links) {
	l := b.side(o.Side)
	p := l.pages.at(k.page)
	v := &p.levels[k.level%pageLen]
	if k.next != 0 {
		b.links.at(k.next).prev = k.prev
	} else {
		v.tail = k.prev
	}
	if k.prev != 0 {
		b.links.at(k.prev).next = k.next
	} else {
		v.head = k.next
	}
	v.orders--
	v.shrink(o.Left())
	l.n--
	if v.head == 0 {
		if p.full &^= 1 << (k.level % pageLen); p.full == 0 {
			l.shut(k.page)
		}
	}
}
