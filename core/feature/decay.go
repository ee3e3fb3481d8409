package feature

import "math/bits"

// window is a time over which something counts. What happened counts for e^(-age/window), so that a steady rate reads as what
// it makes in one window. Time is counted in quanta of 2^shift seconds, so that one step is large enough not to be lost in
// rounding, and no time is kept beside the last second that anything was told.
type window struct {
	shift  uint
	powers [24]uint64 // what 2^i quanta leave, in parts of one
}

// one is the whole, for what time leaves of something.
const one = 1 << 32

// Of e^(-quantum/window), in parts of one.
var (
	minutes5 = windowOf(0, 4280674573) // 300 s in steps of 1 s
	hour1    = windowOf(2, 4290197760) // 3,600 s in steps of 4 s
	hours24  = windowOf(6, 4291787017) // 86,400 s in steps of 64 s
	days7    = windowOf(9, 4291332883) // 604,800 s in steps of 512 s
)

func windowOf(shift uint, step uint64) (w window) {
	w.shift, w.powers[0] = shift, step
	for i := 1; i < len(w.powers); i++ {
		w.powers[i] = w.powers[i-1] * w.powers[i-1] >> 32
	}
	return w
}

// seconds is the window's length, which is a multiple of its quantum.
func (w *window) seconds() uint64 { return one << w.shift / (one - w.powers[0]) }

// left is what of one is left after the time that passed.
func (w *window) left(from, to Second) uint64 {
	n := to>>w.shift - from>>w.shift
	if to <= from || n == 0 {
		return one
	}
	f := uint64(one)
	for i := 0; n != 0 && f != 0; i++ {
		if i == len(w.powers) {
			return 0
		}
		if n&1 != 0 {
			f = f * w.powers[i] >> 32
		}
		n >>= 1
	}
	return f
}

// count is a number of things, decayed, in parts of a thing.
type count uint32

const thing = 1 << 12 // parts

// add counts one more; a count stays at the largest there is.
func (c *count) add() { *c = min(*c, 1<<32-1-thing) + thing }

func (c *count) decay(left uint64) { *c = c.after(left) }

// after is the count when time has left so much of it.
func (c count) after(left uint64) count {
	return count((uint64(c)*left + one/2) >> 32) // #nosec G115 -- left is at most one
}

// things is the count in whole things, rounded.
func (c count) things() int64 { return (int64(c) + thing/2) / thing }

// amount is what something was worth, decayed, in units of the valuation asset.
type amount uint64

// maxAmount is the largest, so that two of them can be added.
const maxAmount = 1<<62 - 1

func (a *amount) add(n uint64) { *a = min(*a+amount(min(n, maxAmount)), maxAmount) }

func (a *amount) decay(left uint64) { *a = a.after(left) }

func (a amount) after(left uint64) amount {
	hi, lo := bits.Mul64(uint64(a), left)
	lo, carry := bits.Add64(lo, one/2, 0)
	return amount((hi+carry)<<32 | lo>>32)
}
