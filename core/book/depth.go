package book

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Levels calls f for every price of a side that has orders, best first, until f says no. A quantity above what an
// amount can hold is given as the largest one. The book must not be changed meanwhile.
func (b *Book) Levels(side instruction.Side, f func(price money.Price, qty money.Amount, orders int) bool) {
	b.each(side, func(rank uint64, v *level) bool {
		return f(b.ticks.price(side, rank), v.qty(), int(v.orders))
	})
}

// Walk calls f for the resting orders of a side in priority, until f says no. The book must not be changed meanwhile.
func (b *Book) Walk(side instruction.Side, f func(h Handle) bool) { b.walkLevels(&b.ladders, side, f) }

func (b *Book) walkLevels(s *ladders, side instruction.Side, f func(h Handle) bool) {
	s.each(side, func(_ uint64, v *level) bool { return b.walkLevel(v, f) })
}

// walkLevel calls f for the orders of a queue until f says no, and says whether it never did.
func (b *Book) walkLevel(v *level, f func(h Handle) bool) bool {
	for h := v.head; h != 0; h = b.At(h).next {
		if !f(h) {
			return false
		}
	}
	return true
}

// Level is the quantity at a price, in base units; 0 where there are no orders, or could not be any.
func (b *Book) Level(side instruction.Side, price money.Price) money.Amount {
	if !b.ticks.fits(price) {
		return 0
	}
	return b.find(side, b.ticks.rank(side, price)).qty()
}

// Crossed says that the best bid meets the best ask: true only while a taker is being matched.
func (b *Book) Crossed() bool {
	bid, ask := b.Best(instruction.Buy), b.Best(instruction.Sell)
	return bid != 0 && ask != 0 && b.At(bid).Price >= b.At(ask).Price
}

// Each calls f for all orders but those that are only passing, until f says no. The book must not be changed meanwhile.
func (b *Book) Each(f func(h Handle) bool) {
	for q, on := 0, true; q < queues && on; q++ {
		b.walk(q, func(h Handle) bool {
			on = f(h)
			return on
		})
	}
}
