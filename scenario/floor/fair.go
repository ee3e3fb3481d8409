package floor

import (
	"math"
	"math/rand/v2"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Fair are the prices by which loss is told: what a whole asset is worth in units of USDT.
type Fair [lastAsset]money.Price

// Worth is the value of an amount, in units of USDT, rounded down; below 0 where the amount is.
func (f *Fair) Worth(x instruction.Asset, n money.Amount) money.Amount {
	if n < 0 {
		return -f.Worth(x, -n)
	}
	w, err := money.Notional(f[x], n, Scale, money.Down)
	if err != nil {
		panic(err) // nobody on the floor has so much
	}
	return w
}

// Buys is how much of an asset a value buys, rounded down.
func (f *Fair) Buys(x instruction.Asset, worth money.Amount) money.Amount {
	n, err := money.Buys(worth, f[x], Scale)
	if err != nil {
		panic(err) // fair prices are above 0, and nobody has so much
	}
	return n
}

// In is a market's fair price, moved by so many hundredths of a basis point (parts of a million), on a tick.
func (f *Fair) In(m instruction.Market, off int64) money.Price {
	p, err := money.MulDiv(int64(f[listing[m].base]), Coin, int64(f[listing[m].quote]), money.Down)
	if err != nil {
		panic(err) // as above
	}
	p, err = money.MulDiv(p, max(0, 1_000_000+off), 1_000_000, money.Down)
	if err != nil {
		p = int64(money.MaxAmount)
	}
	return Tick(m, money.Price(p))
}

// walk lets the prices walk for a span of time: by a standard deviation of one basis point in a second, 3% in a day, 56% in a
// year. The coin of little trade walks twice as fast. A price turns back where it is half or twice what it was in the beginning.
func (f *Fair) walk(r *rand.Rand, span instruction.Time) {
	root := int64(100 * math.Sqrt(float64(span)/float64(instruction.Second))) // of the seconds, in hundredths
	for x := BTC; x < lastAsset; x++ {
		var throw int64 // a sum of four even throws: standard deviation 1155
		for range 4 {
			throw += r.Int64N(2001) - 1000
		}
		if x == DMG {
			throw *= 2
		}
		f.step(x, throw*root)
	}
}

// step moves a price by a number of which 1,155,000,000 is all of it.
func (f *Fair) step(x instruction.Asset, by int64) {
	d, err := money.MulDiv(int64(f[x]), max(by, -by), 1_155_000_000, money.Down)
	if err != nil {
		return
	}
	if by < 0 {
		d = -d
	}
	p := f[x] + money.Price(d)
	if p < begin[x]/2 || p > 2*begin[x] {
		p = min(max(f[x]-money.Price(d), begin[x]/2), 2*begin[x])
	}
	f[x] = p
}
