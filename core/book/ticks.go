package book

import (
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

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

// count is p in ticks. Multiplying by the inverse divides exactly where there is no remainder, and gives a number above
// any quotient where there is one; a division would take several times as long.
func (t *ticks) count(p money.Price) uint64 {
	return bits.RotateLeft64(uint64(p)*t.inverse, -int(t.twos)) // low bits that should be zero end up on top
}

// fits says that p is a multiple of the tick, from 1 tick to MaxAmount.
func (t *ticks) fits(p money.Price) bool { return t.count(p)-1 < t.top }

// rank is where a price that fits stands on its side: the lower, the earlier it trades. It is the price in ticks; on the
// bid side, counted down from the largest number, so that one code serves both sides.
func (t *ticks) rank(side instruction.Side, p money.Price) uint64 { return t.count(p) ^ flip(side) }

// price is the price that has this rank.
func (t *ticks) price(side instruction.Side, rank uint64) money.Price {
	return money.Price((rank ^ flip(side)) * t.tick)
}

// flip is all ones for the bid side, and zero for the ask side.
func flip(side instruction.Side) uint64 { return uint64(number(side)) - 1 }
