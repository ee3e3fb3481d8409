package scenario

import (
	"math/rand/v2"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// walk is the fair price of each of the demo's markets: two walk at random, the third follows from them.
type walk struct {
	fair  []money.Price
	floor []money.Price // by market: a half of where it began
	top   []money.Price // and twice that
	last  instruction.Time
}

const (
	stride = 100 * instruction.Millisecond
	// maxStrides bounds what is made up for after a pause.
	maxStrides = 600
)

func newWalk(stalls []Stall) walk {
	var w walk
	for _, s := range stalls {
		w.fair = append(w.fair, s.Last)
		w.floor = append(w.floor, max(s.Last/2, s.Terms.MinPrice))
		w.top = append(w.top, min(2*s.Last, s.Terms.MaxPrice))
	}
	w.cross()
	return w
}

// advance lets the prices walk for the time since it was last called.
func (w *walk) advance(r *rand.Rand, now instruction.Time) {
	if w.last == 0 {
		w.last = now
	}
	for n := 0; now-w.last >= stride; n++ {
		if n == maxStrides {
			w.last = now
			break
		}
		w.last += stride
		w.step(r, btcusdt)
		w.step(r, ethusdt)
	}
	w.cross()
}

// step moves one price by a sum of four even throws of standard deviation 1155, which is about 32 millionths of the
// price: 100 in a second, 56% in a year. At its bounds the price turns back.
func (w *walk) step(r *rand.Rand, i int) {
	var throw int64
	for range 4 {
		throw += r.Int64N(2001) - 1000
	}
	d := part(w.fair[i], max(throw, -throw), 36_000_000)
	if throw < 0 {
		d = -d
	}
	p := w.fair[i] + d
	switch {
	case p < w.floor[i]:
		p = min(2*w.floor[i]-p, w.top[i])
	case p > w.top[i]:
		p = max(2*w.top[i]-p, w.floor[i])
	}
	w.fair[i] = p
}

// cross keeps the third market in line with the other two, so that nobody earns by going round.
func (w *walk) cross() {
	p, err := money.MulDiv(int64(w.fair[ethusdt]), demoScale.One(), int64(w.fair[btcusdt]), money.Down)
	if err == nil {
		w.fair[ethbtc] = money.Price(p)
	}
}

// part is p*n/d, and nothing where that does not fit.
func part(p money.Price, n, d int64) money.Price {
	x, err := money.MulDiv(int64(p), n, d, money.Down)
	if err != nil {
		return 0
	}
	return money.Price(x)
}
