// Package orderstream is a fixed stream of orders, and a bare reference book, to measure the venue's book by.
//
// The stream is the same for ever: 10,000 orders to start with, spread evenly over 998 prices, then 1,000,000
// operations: 60% new orders near the middle, 30% cancels of any living order, 10% market orders. Every correct book
// gives the Totals after the start. The reference book is a ceiling and no product: a bounded band of prices, ids in
// sequence, neither accounts nor events.
//
// The package is for tests and benchmarks; it owns no state that outlives a call.
package orderstream

import (
	"math"
	"math/rand"
)

// Kind is what an operation does.
type Kind uint8

const (
	Add    Kind = iota // a limit order that rests
	Cancel             // of the living order ID
	Market             // a market order by quantity
)

// Op is one operation. Sides are 0 for buy, 1 for sell; prices and quantities are plain counts.
type Op struct {
	Kind  Kind
	Side  uint8
	ID    uint64
	Price int64
	Qty   int64
}

// Size of the stream, and the band that its prices lie in: above Base, below Base+Band.
const (
	Start = 10_000
	Ops   = 1_000_000
	Base  = 9_500
	Band  = 1_024

	middle = 10_000
	reach  = 499 // no price is further from the middle
	seed   = 20260101
)

// Totals are what a book did.
type Totals struct {
	Fills, Volume, Notional int64
}

// Want is what every correct book does after the start.
var Want = Totals{Fills: 388_549, Volume: 3_134_106, Notional: 31_340_927_419}

// generator makes the stream beside a reference book, which tells it which orders are alive to be cancelled.
type generator struct {
	r    *rand.Rand
	book *Reference
	ops  []Op
	id   uint64
	live []uint64
	pos  []int32 // where in live an order is, by id
}

// Make makes the stream: Start operations, then Ops.
func Make() []Op {
	g := &generator{
		r:    rand.New(rand.NewSource(seed)),
		book: NewReference(),
		ops:  make([]Op, 0, Start+Ops),
		pos:  make([]int32, Start+Ops+1),
	}
	g.book.filled = func(maker uint64, left int64) {
		if left == 0 {
			g.forget(maker)
		}
	}
	for range Start {
		g.add(func() int64 { return int64(g.r.Intn(reach)) + 1 })
	}
	for i := range Ops {
		switch x := g.r.Intn(10); {
		case x < 6:
			g.add(func() int64 { return int64(math.Min(g.r.ExpFloat64()*60, reach-1)) + 1 })
		case x < 9:
			id := g.live[g.r.Intn(len(g.live))]
			g.forget(id)
			g.emit(Op{Kind: Cancel, ID: id})
		default:
			side := uint8(g.r.Intn(2))
			g.emit(Op{Kind: Market, Side: side, ID: uint64(Start + Ops + i + 1), Qty: int64(g.r.Intn(62)) + 1})
		}
	}
	return g.ops
}

// add emits a new order; away draws its distance from the middle.
func (g *generator) add(away func() int64) {
	g.id++
	o := Op{Kind: Add, ID: g.id, Side: uint8(g.r.Intn(2))}
	o.Price = away()
	if o.Side == 0 {
		o.Price = -o.Price
	}
	o.Price += middle
	o.Qty = int64(g.r.Intn(20)) + 1
	g.pos[o.ID] = int32(len(g.live))
	g.live = append(g.live, o.ID)
	g.emit(o)
}

func (g *generator) emit(o Op) {
	g.book.Do(&o)
	g.ops = append(g.ops, o)
}

func (g *generator) forget(id uint64) {
	last := g.live[len(g.live)-1]
	g.live[g.pos[id]] = last
	g.pos[last] = g.pos[id]
	g.live = g.live[:len(g.live)-1]
}
