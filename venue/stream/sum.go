package stream

import (
	"math/big"
	"math/bits"

	"portcullis/core/money"
)

// Sum is a sum of amounts of one asset, in its units: what a market trades in a month may be more than an amount can hold.
// It is never negative, and has 128 bits.
type Sum struct{ hi, lo uint64 }

// SumOf is a sum of one amount, which must not be negative.
func SumOf(a money.Amount) Sum { return Sum{lo: uint64(a)} }

// Plus is s + t.
func (s Sum) Plus(t Sum) Sum {
	lo, carry := bits.Add64(s.lo, t.lo, 0)
	return Sum{s.hi + t.hi + carry, lo}
}

// Text is the sum as a decimal with exactly so many places.
func (s Sum) Text(scale money.Scale) string {
	if s.hi == 0 && s.lo < 1<<63 {
		return money.Amount(s.lo).Text(scale)
	}
	digits := s.big().String()
	point := len(digits) - int(scale) // a sum past 63 bits has more digits than any scale
	if scale == 0 {
		return digits
	}
	return digits[:point] + "." + digits[point:]
}

func (s Sum) big() *big.Int {
	n := new(big.Int).SetUint64(s.hi)
	return n.Lsh(n, 64).Or(n, new(big.Int).SetUint64(s.lo))
}

// average is the price of base units traded for quote units, rounded down; 0 where nothing was traded.
func average(quote, base Sum, scale money.Scale) money.Price {
	if base == (Sum{}) {
		return 0
	}
	n := quote.big()
	n.Mul(n, big.NewInt(scale.One()))
	n.Quo(n, base.big())
	if !n.IsInt64() { // no average is above the highest price, which fits
		return 0
	}
	return money.Price(n.Int64())
}
