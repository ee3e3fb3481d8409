package money

import "math/bits"

// Total is a sum of very many amounts, none of them negative, that cannot run over. The zero Total is nothing.
type Total struct{ hi, lo uint64 }

// Plus is the total and n, which is not negative.
func (t Total) Plus(n Amount) Total {
	lo, carry := bits.Add64(t.lo, uint64(n), 0) // #nosec G115 -- not negative
	return Total{t.hi + carry, lo}
}

// Minus is the total without n, which is not negative and was added before.
func (t Total) Minus(n Amount) Total {
	lo, borrow := bits.Sub64(t.lo, uint64(n), 0) // #nosec G115 -- not negative
	return Total{t.hi - borrow, lo}
}

// Amount is the total, or MaxAmount where it is more.
func (t Total) Amount() Amount {
	if t.hi != 0 || t.lo > uint64(MaxAmount) {
		return MaxAmount
	}
	return Amount(t.lo) // #nosec G115 -- at most MaxAmount
}

// Less says whether the total is less than n, which is not negative.
func (t Total) Less(n Amount) bool { return t.hi == 0 && t.lo < uint64(n) } // #nosec G115 -- not negative
