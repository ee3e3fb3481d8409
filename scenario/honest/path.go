package honest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// CandleHeader is the first line of a file of candles. Each line below is one of five minutes.
const CandleHeader = "time_s,open,high,low,close,volume"

// candleSpan is how long a candle lasts.
const candleSpan = 300 * instruction.Second

// ErrCandles means that a file has no candles; the error says in which line and why.
var ErrCandles = errors.New("honest: not candles")

// Candle is what a price did in five minutes, in units of 10^-8 of whatever it is quoted in.
type Candle struct{ Open, High, Low, Close money.Price }

// ReadCandles reads a file of candles. The error wraps ErrCandles, or is the reader's.
func ReadCandles(r io.Reader) ([]Candle, error) {
	var list []Candle
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		if n == 1 {
			if lines.Text() != CandleHeader {
				return nil, fmt.Errorf("%w: line 1: it must be %q", ErrCandles, CandleHeader)
			}
			continue
		}
		f := strings.Split(lines.Text(), ",")
		if len(f) != 6 {
			return nil, fmt.Errorf("%w: line %d: %d fields, not 6", ErrCandles, n, len(f))
		}
		var c Candle
		for i, p := range []*money.Price{&c.Open, &c.High, &c.Low, &c.Close} {
			var err error
			if *p, err = money.ParsePrice(f[i+1], 8); err != nil {
				return nil, fmt.Errorf("%w: line %d: %w", ErrCandles, n, err)
			}
		}
		// Some recorded candles do not hold their own ends: then they are taken to.
		c.High, c.Low = max(c.High, c.Open, c.Close), min(c.Low, c.Open, c.Close)
		if c.Low <= 0 {
			return nil, fmt.Errorf("%w: line %d: a price of 0", ErrCandles, n)
		}
		list = append(list, c)
	}
	switch err := lines.Err(); {
	case err != nil:
		return nil, fmt.Errorf("honest: reading candles: %w", err)
	case len(list) == 0:
		return nil, fmt.Errorf("%w: none", ErrCandles)
	}
	return list, nil
}

// Synthetic are candles of a price that walks at random, 0.3% in five minutes, for where there are no recorded ones.
func Synthetic(seed uint64, n int) []Candle {
	r := rand.New(rand.NewPCG(seed, 300))
	price := money.Price(1e8)
	var list []Candle
	for range n {
		c := Candle{Open: price, High: price, Low: price}
		for range 10 {
			step := price / 1000 * money.Price(r.Int64N(3_001)-1_500) / 1000
			price = max(price+step, 1e6)
			c.High, c.Low = max(c.High, price), min(c.Low, price)
		}
		c.Close = price
		list = append(list, c)
	}
	return list
}

// flat is a wobble of at most a basis point, for where there is no recorded one.
func flat(r *rand.Rand) (w Wobble) {
	for s := range w {
		w[s] = r.Int64N(200_001) - 100_000
	}
	return w
}

// path walks along candles, second by second: from open by low and high, or by high and low, to close, in straight lines between
// moments that chance says, and off them by a wobble that chance takes from those recorded. After the last candle comes the
// first.
type path struct {
	candles []Candle
	wobbles []Wobble
	r       *rand.Rand
	at      int         // the candle
	knots   [4]knot     // of it
	wobble  Wobble      // on the way
	begin   money.Price // what the first candle's open stands for
	first   instruction.Time
}

type knot struct {
	at    int64 // seconds into the candle
	price money.Price
}

// newPath walks from a price on along an asset's candles, synthetic ones where none are recorded.
func newPath(from *Prices, a instruction.Asset, begin money.Price, seed uint64) *path {
	p := &path{candles: from.Candles[a], wobbles: from.Wobbles[a], r: rand.New(rand.NewPCG(seed, 301)), at: -1, begin: begin}
	if len(p.candles) == 0 {
		p.candles = Synthetic(seed, 5_760)
	}
	return p
}

// price is the price at a time that is not before the one it was asked for last.
func (p *path) price(now instruction.Time) money.Price {
	if p.first == 0 {
		p.first = now
	}
	for i := int((now - p.first) / candleSpan); p.at < i; {
		p.at++
		p.shape(&p.candles[p.at%len(p.candles)])
	}
	s := int64((now - p.first) % candleSpan / instruction.Second)
	price := p.line(s)
	price += price / 100_000 * money.Price(p.wobble[s]) / 10_000
	n, err := money.MulDiv(int64(price), int64(p.begin), int64(p.candles[0].Open), money.Down)
	if err != nil {
		panic(err) // candles are of one price, and begin is not large
	}
	return money.Price(max(n, int64(p.begin)/100))
}

// line is where the straight lines are, so many seconds into the candle.
func (p *path) line(s int64) money.Price {
	for k := 1; k < len(p.knots); k++ {
		a, b := p.knots[k-1], p.knots[k]
		if s <= b.at && b.at > a.at {
			return a.price + (b.price-a.price)*money.Price(s-a.at)/money.Price(b.at-a.at)
		}
	}
	return p.knots[3].price
}

// shape says how a candle is walked.
func (p *path) shape(c *Candle) {
	a, b := c.Low, c.High
	if p.r.IntN(2) == 0 {
		a, b = b, a
	}
	x, y := 1+p.r.Int64N(298), 1+p.r.Int64N(298)
	p.knots = [4]knot{{0, c.Open}, {min(x, y), a}, {max(x, y), b}, {blockSeconds, c.Close}}
	if p.wobble = flat(p.r); len(p.wobbles) > 0 {
		p.wobble = p.wobbles[p.r.IntN(len(p.wobbles))]
	}
}
