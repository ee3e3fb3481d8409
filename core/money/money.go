// Package money holds the venue's number types: amounts of an asset, prices, and the checked arithmetic between them.
//
// Everything is an int64 count of the asset's smallest unit. How many decimals a unit stands for is the asset's Scale,
// and lives with the asset, not with the number. There are no floats here, nothing wraps around, and every operation
// that can lose a fraction names its rounding.
//
// The package owns no state. It refuses what does not fit: every checked operation returns ErrRange rather than a
// wrong number.
package money

import (
	"errors"
	"math/bits"
)

// Amount is a quantity of one asset, in units of 10^-Scale of it. Negative amounts appear only as differences and in
// the account that stands for the outside world.
type Amount int64

// Price is what one whole base asset (10^base scale units) costs, in units of the quote asset.
type Price int64

// Scale is the number of decimals of an asset: 0 to MaxScale. Most assets have 8; assets with huge supplies have fewer.
type Scale uint8

// MaxScale keeps 10^Scale, and one whole unit of anything, well within an int64.
const MaxScale Scale = 12

// MaxAmount bounds any single amount accepted from outside. Sums of two such amounts cannot overflow.
const MaxAmount Amount = 1 << 61

// ErrRange means that a result does not fit, or that an input is outside its documented range.
var ErrRange = errors.New("money: number out of range")

// Rounding names what happens to a fraction of a unit.
type Rounding uint8

const (
	// Down drops the fraction: what is paid out, or moved between two customers.
	Down Rounding = iota
	// Up takes the next whole unit: what must be covered, and fees.
	Up
)

var pow10 = [...]int64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12}

// One is the count of units in one whole asset of scale s. It panics when s is above MaxScale, which no checked
// definition of an asset allows.
func (s Scale) One() int64 { return pow10[s] }

// Add returns a+b, or ErrRange.
func (a Amount) Add(b Amount) (Amount, error) {
	c := a + b
	if (c > a) != (b > 0) {
		return 0, ErrRange
	}
	return c, nil
}

// AddSaturated is a+b, or MaxAmount where that is more. Neither may be beyond MaxAmount or -MaxAmount.
func (a Amount) AddSaturated(b Amount) Amount { return min(a+b, MaxAmount) }

// Sub returns a-b, or ErrRange.
func (a Amount) Sub(b Amount) (Amount, error) {
	c := a - b
	if (c < a) != (b > 0) {
		return 0, ErrRange
	}
	return c, nil
}

// MulDiv returns a*b/d by way of a 128-bit product. a and b must not be negative and d must be positive.
func MulDiv(a, b, d int64, r Rounding) (int64, error) {
	if a < 0 || b < 0 || d <= 0 {
		return 0, ErrRange
	}
	hi, lo := bits.Mul64(uint64(a), uint64(b))
	if hi >= uint64(d) {
		return 0, ErrRange
	}
	q, rem := bits.Div64(hi, lo, uint64(d))
	if r == Up && rem != 0 {
		q++
	}
	if q > 1<<63-1 {
		return 0, ErrRange
	}
	return int64(q), nil
}

// Notional is the quote amount of qty base units at price p: p*qty/10^base.
func Notional(p Price, qty Amount, base Scale, r Rounding) (Amount, error) {
	n, err := MulDiv(int64(p), int64(qty), base.One(), r)
	return Amount(n), err
}

// Buys is the greatest base amount whose notional, rounded down, is affordable with quote at price p:
// quote*10^base/p, rounded down.
func Buys(quote Amount, p Price, base Scale) (Amount, error) {
	if p <= 0 {
		return 0, ErrRange
	}
	n, err := MulDiv(int64(quote), base.One(), int64(p), Down)
	return Amount(n), err
}

// PPM is a fraction in parts per million: 1000 is 0.1%.
type PPM int32

// Whole is one whole in parts per million.
const Whole PPM = 1_000_000

// Of returns the part of a that f stands for. f must not be negative.
func (f PPM) Of(a Amount, r Rounding) (Amount, error) {
	n, err := MulDiv(int64(a), int64(f), int64(Whole), r)
	return Amount(n), err
}
