package honest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario"
	"portcullis/scenario/floor"
)

// Prices are what fair prices follow: candles say where they go in five minutes, wobbles how they get there, second by second.
// An asset without one of them has a synthetic one.
type Prices struct {
	Candles map[instruction.Asset][]Candle
	Wobbles map[instruction.Asset][]Wobble
}

// sources are the recorded files. None of them is of the pair that it stands for: what is taken from them is how prices move.
// The candles are of twenty days in which these coins lost a third and won half of it back.
var sources = []struct {
	asset         instruction.Asset
	candles, tape string
}{
	{floor.BTC, "market/candles/DASHBTC-5m-2018-01.csv", "market/trades/BTCUSDT-2024-08-08.csv"},
	{floor.ETH, "market/candles/ETHBTC-5m-2018-01.csv", "market/trades/ETHUSDT-2024-08-08.csv"},
	{floor.DMG, "market/candles/NXTBTC-5m-2018-01.csv", "market/trades/XRPETH-2019-10.csv"},
}

// Sources are the names of the recorded files within the folder of data.
func Sources() (names []string) {
	for _, s := range sources {
		names = append(names, s.candles, s.tape)
	}
	return names
}

// Read reads recorded prices from a folder of data. The error wraps fs.ErrNotExist where one of the Sources is missing, and
// ErrCandles or scenario.ErrTape where it is not what it should be.
func Read(dir fs.FS) (p Prices, err error) {
	p.Candles, p.Wobbles = make(map[instruction.Asset][]Candle), make(map[instruction.Asset][]Wobble)
	for _, s := range sources {
		if err = read(dir, s.candles, func(r io.Reader) (err error) {
			p.Candles[s.asset], err = ReadCandles(r)
			return err
		}); err != nil {
			return Prices{}, err
		}
		if err = read(dir, s.tape, func(r io.Reader) error {
			t, err := scenario.ReadTape(r, floor.Scale, floor.Scale)
			if err != nil {
				return err
			}
			p.Wobbles[s.asset] = wobbles(t.Trades)
			return nil
		}); err != nil {
			return Prices{}, err
		}
	}
	return p, nil
}

func read(dir fs.FS, name string, as func(io.Reader) error) error {
	f, err := dir.Open(name)
	if err != nil {
		return fmt.Errorf("honest: recorded prices: %w", err)
	}
	if err := as(f); err != nil {
		return errors.Join(fmt.Errorf("honest: %s: %w", name, err), f.Close())
	}
	return f.Close()
}

// blockSeconds is how many seconds a Wobble has: those of a candle.
const blockSeconds = int64(candleSpan / instruction.Second)

// Wobble is how far a price is off the straight line from the beginning of five minutes to their end, at each second, in parts of
// a thousand million.
type Wobble [blockSeconds]int64

// wobbleStep is how many seconds lie between the beginnings of two wobbles: they overlap, since some tapes are short.
const wobbleStep = 20

// wobbles are those of a tape, second by second by the last trade. A stretch in which nobody traded for a minute is none: it
// would be a straight line.
func wobbles(trades []scenario.Trade) (list []Wobble) {
	begin := trades[0].Time
	second := func(t *scenario.Trade) int64 { return int64((t.Time - begin) / instruction.Second) }
	last := second(&trades[len(trades)-1])
	prices, at, quiet := make([]money.Price, last+1), make([]int64, last+1), 0
	for s := range last + 1 {
		for quiet < len(trades) && second(&trades[quiet]) <= s {
			quiet++
		}
		prices[s], at[s] = trades[quiet-1].Price, second(&trades[quiet-1])
	}
	for from := int64(0); from+blockSeconds <= last; from += wobbleStep {
		if w, ok := wobble(prices[from:from+blockSeconds+1], at[from:from+blockSeconds+1], from); ok {
			list = append(list, w)
		}
	}
	return list
}

func wobble(prices []money.Price, at []int64, from int64) (w Wobble, ok bool) {
	for s := range blockSeconds {
		if from+s-at[s] >= 60 {
			return w, false
		}
		line := prices[0] + (prices[blockSeconds]-prices[0])*money.Price(s)/money.Price(blockSeconds)
		off := int64(prices[s] - line)
		n, err := money.MulDiv(max(off, -off), 1e9, int64(line), money.Down)
		if err != nil {
			return w, false
		}
		if off < 0 {
			n = -n
		}
		w[s] = n
	}
	return w, true
}
