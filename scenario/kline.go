package scenario

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Kline is what the trades of one interval amount to.
type Kline struct {
	Open                  instruction.Time // when it begins
	First, High, Low      money.Price
	Last                  money.Price
	Base, Quote           money.Amount // of all trades
	TakerBase, TakerQuote money.Amount // of those whose taker bought
	Trades                int
}

// Klines are the tape's candles, straight from its trades: from the first trade's interval to the last one's without a
// gap. One without a trade stands at the price of the trade before. Intervals begin at multiples of interval since 1970. A
// trade's quote amount is rounded down, as the venue does. The error is a sum that does not fit.
func (t *Tape) Klines(interval instruction.Time) ([]Kline, error) {
	var all []Kline
	for i := range t.Trades {
		x := &t.Trades[i]
		open := x.Time - x.Time%interval
		if i == 0 {
			all = append(all, Kline{Open: open})
		}
		for k := all[len(all)-1]; k.Open < open; {
			k = Kline{Open: k.Open + interval, First: k.Last, High: k.Last, Low: k.Last, Last: k.Last}
			all = append(all, k)
		}
		if err := all[len(all)-1].add(x, t.Base); err != nil {
			return nil, fmt.Errorf("scenario: trade %d: %w", i+1, err)
		}
	}
	return all, nil
}

// add counts one trade more.
func (k *Kline) add(x *Trade, base money.Scale) error {
	quote, err := money.Notional(x.Price, x.Qty, base, money.Down)
	if err != nil {
		return err
	}
	if k.Trades == 0 {
		k.First, k.High, k.Low = x.Price, x.Price, x.Price
	}
	k.High, k.Low, k.Last = max(k.High, x.Price), min(k.Low, x.Price), x.Price
	k.Trades++
	if k.Base, err = k.Base.Add(x.Qty); err != nil {
		return err
	}
	if k.Quote, err = k.Quote.Add(quote); err != nil {
		return err
	}
	if x.Side == instruction.Buy { // parts of sums that fit
		k.TakerBase += x.Qty
		k.TakerQuote += quote
	}
	return nil
}
