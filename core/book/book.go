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
	// What cancelling touches comes first, with the book's own links, in one cache line.
	ID      instruction.Order
	Qty     money.Amount // as asked, in base units; 0 for market orders by QuoteQty
	Done    money.Amount // filled so far, in base units
	Held    money.Amount // what is still held for it: quote units of a buy, base units of a sell; core keeps it
	Account instruction.Account
	links

	Price      money.Price  // 0 for market orders
	Paid       money.Amount // filled so far, in quote units
	Updated    instruction.Time
	Placed     instruction.Time
	QuoteQty   money.Amount // as asked, in quote units
	Credential instruction.Credential
	ClientID   instruction.ClientID
	Side       instruction.Side
	Type       instruction.OrderType
	TIF        instruction.TimeInForce
}

// links bind an order into the queues and tables.
type links struct {
	next, prev   Handle // in the queue of its level; next links free places too
	anext, aprev Handle // among its account's orders, in order of placement
	owner        int32  // place of its account in accounts
	where        where  // it rests; 0 when it does not rest
	client       uint32 // hash of account and client order id
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

// kept is an order in its slab, padded to three cache lines.
type kept struct {
	Order
	_ [40]byte
}

// Book is one market's orders. New makes one; the zero Book is not usable.
type Book struct {
	pages  pages
	orders slab[kept]
	free   Handle            // the place that was freed last, since it is still in the cache
	last   instruction.Order // the newest id that was placed
	n      int

	byID     table
	byClient table
	seed     maphash.Seed

	byAccount   table
	accounts    slab[account]
	freeAccount int32

	ticks ticks
}

// ticks counts prices in ticks.
type ticks struct {
	tick    uint64
	twos    uint8  // how often two divides tick
	inverse uint64 // of what is left of tick then, modulo 2^64
	top     uint64 // the highest price in ticks
}

func newTicks(tick money.Price) ticks {
	t := ticks{tick: uint64(tick), twos: uint8(bits.TrailingZeros64(uint64(tick))), top: uint64(money.MaxAmount) / uint64(tick)}
	// Newton's iteration for the inverse of an odd number: right bits double from 3 to 96.
	d := t.tick >> t.twos
	t.inverse = d
	for range 5 {
		t.inverse *= 2 - d*t.inverse
	}
	return t
}

// rank is where a price stands on its side. Not ok: it is no multiple of the tick, not positive, or above MaxAmount.
//
// Multiplying by the inverse divides exactly where there is no remainder, and gives a number above any quotient where
// there is one; a division would take several times as long.
func (t *ticks) rank(side instruction.Side, p money.Price) (rank uint64, ok bool) {
	n := bits.RotateLeft64(uint64(p)*t.inverse, -int(t.twos)) // low bits that should be zero end up on top
	rank = n
	if side == instruction.Buy {
		rank = topRank - n
	}
	return rank, n-1 < t.top
}

// price is the price that has this rank.
func (t *ticks) price(side instruction.Side, rank uint64) money.Price {
	if side == instruction.Buy {
		rank = topRank - rank
	}
	return money.Price(rank * t.tick)
}

// New is an empty book of a market whose prices are multiples of tick. It panics when tick is not positive, which no
// checked definition of a market allows.
func New(tick money.Price) *Book {
	if tick <= 0 {
		panic("book: a tick must be positive")
	}
	return &Book{ticks: newTicks(tick), seed: maphash.MakeSeed(), byID: newTable(), byClient: newTable(), byAccount: newTable()}
}

// index is a side's number.
func index(s instruction.Side) uint8 { return uint8(s-instruction.Buy) & 1 }

// Place copies an order into the book. One that rests goes behind all others of its price at once, a crossing taker
// too; one that does not rest (market, IOC, FOK) is only kept by id until it is removed, and is found in no other way.
//
// It returns 0 and changes nothing when the order cannot be kept: its id is not above all earlier ones, its account is
// 0, its side is none, the book is full; or it is to rest and is no GTC limit order, its price is no multiple of the
// tick from 1 tick to MaxAmount, its amounts are out of range or nothing is left to fill, or the account has its client
// order id resting here already.
func (b *Book) Place(o *Order, rests bool) Handle {
	if o.ID <= b.last || b.n >= MaxOrders || o.fault(rests) != "" {
		return 0
	}
	var rank uint64
	if rests {
		var ok bool
		if rank, ok = b.ticks.rank(o.Side, o.Price); !ok || !o.ClientID.IsZero() && b.FindClient(o.Account, o.ClientID) != 0 {
			return 0
		}
	}
	h, k := b.keep(o)
	if rests {
		b.rest(h, k, rank)
		b.join(h, k)
	}
	b.last = o.ID
	return h
}

// fault is what is wrong with an order in itself, but for its price, or "".
func (o *Order) fault(rests bool) string {
	switch {
	case o.ID == 0 || o.Account == 0:
		return "an order without id or account"
	case o.Side != instruction.Buy && o.Side != instruction.Sell:
		return "an order on no side"
	case !rests:
		return ""
	case o.Qty <= 0 || o.Qty > money.MaxAmount || o.QuoteQty != 0 || o.Done < 0 || o.Done >= o.Qty || o.Paid < 0 || o.Held < 0:
		return "a quantity out of range"
	case o.Type != instruction.Limit && o.Type != instruction.LimitMaker || o.TIF != instruction.GTC:
		return "a kind of order that does not rest"
	}
	return ""
}

// keep copies the order and makes it known by id.
func (b *Book) keep(o *Order) (Handle, *Order) {
	h := b.free
	var k *Order
	if h != 0 {
		k = &b.orders.at(h).Order
		b.free = k.next
	} else {
		h = b.orders.add()
		k = &b.orders.at(h).Order
	}
	*k = *o
	k.links = links{}
	b.byID.add(hashID(o.ID), h)
	b.n++
	return h, k
}

// rest puts an order into its side, and makes it known by client order id.
func (b *Book) rest(h Handle, o *Order, rank uint64) {
	s := index(o.Side)
	key := rank >> pageBits
	at := b.pages.find(&b.pages.sides[s], key)
	if at == 0 {
		at = b.pages.open(s, key)
	}
	p := b.pages.at(at)
	i := uint32(rank % pageLen)
	o.where = where(uint32(at)<<pageBits | i)
	v := &p.levels[i]
	if v.tail == 0 {
		p.full |= 1 << i
		v.head = h
	} else {
		b.orders.at(v.tail).next = h
	}
	o.prev, v.tail = v.tail, h
	v.orders++
	v.grow(o.Qty - o.Done)
	if !o.ClientID.IsZero() {
		o.client = b.hashClient(o.Account, o.ClientID)
		b.byClient.add(o.client, h)
	}
}

// Best is the first order of a side in priority, or 0.
func (b *Book) Best(side instruction.Side) Handle { return b.pages.first(index(side)) }

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
	return uint32(maphash.Comparable(b.seed, clientKey{a, c})) | 1 // 0 says that there is no client order id
}

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
	if o.where != 0 {
		b.pages.level(o.where).shrink(qty)
	}
	return true
}

// Remove takes an order out. It reports false when h names none.
func (b *Book) Remove(h Handle) bool {
	o := b.At(h)
	if o.ID == 0 {
		return false
	}
	b.byID.drop(hashID(o.ID), h)
	if o.where != 0 {
		b.unlink(o)
		b.leave(o)
		if o.client != 0 {
			b.byClient.drop(o.client, h)
		}
	}
	o.ID = 0
	o.next, b.free = b.free, h
	b.n--
	return true
}

// unlink takes an order out of its level.
func (b *Book) unlink(o *Order) {
	p := b.pages.at(o.where.page())
	v := &p.levels[o.where.level()]
	if o.next != 0 {
		b.orders.at(o.next).prev = o.prev
	} else {
		v.tail = o.prev
	}
	if o.prev != 0 {
		b.orders.at(o.prev).next = o.next
	} else {
		v.head = o.next
	}
	v.orders--
	v.shrink(o.Qty - o.Done)
	if v.orders == 0 {
		if p.full &^= 1 << o.where.level(); p.full == 0 {
			b.pages.shut(o.where.page())
		}
	}
}
