package stream

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

const (
	minuteMs = 60_000
	dayMs    = 1440 * minuteMs
	zone8Ms  = 8 * 60 * minuteMs // UTC+8
)

// Trade is one match of a market.
type Trade struct {
	ID         instruction.Trade
	Price      money.Price
	Qty, Quote money.Amount
	Time       instruction.Time
	Taker      instruction.Order
	BuyerMaker bool
}

// Candle is what a market traded in a span of time. One without trades has First 0; its prices, if it has any, are those
// of the last trade before.
type Candle struct {
	Start                  int64 // milliseconds
	Open, High, Low, Close money.Price
	First, Last            instruction.Trade // ids between them are of this candle
	Base, Quote            Sum
	TakerBase, TakerQuote  Sum // where the taker bought
}

// Empty says that nothing was traded.
func (c *Candle) Empty() bool { return c.First == 0 }

// Trades is how many trades there were: a market's ids have no gaps.
func (c *Candle) Trades() int64 {
	if c.Empty() {
		return 0
	}
	return int64(c.Last-c.First) + 1
}

// Add counts a trade in.
func (c *Candle) Add(t *Trade) {
	one := Candle{Open: t.Price, High: t.Price, Low: t.Price, Close: t.Price, First: t.ID, Last: t.ID,
		Base: SumOf(t.Qty), Quote: SumOf(t.Quote)}
	if !t.BuyerMaker {
		one.TakerBase, one.TakerQuote = one.Base, one.Quote
	}
	c.merge(&one)
}

// merge appends a later candle with trades.
func (c *Candle) merge(d *Candle) {
	if c.Empty() {
		start := c.Start
		*c = *d
		c.Start = start
		return
	}
	c.High, c.Low, c.Close = max(c.High, d.High), min(c.Low, d.Low), d.Close
	c.Last = d.Last
	c.Base, c.Quote = c.Base.Plus(d.Base), c.Quote.Plus(d.Quote)
	c.TakerBase, c.TakerQuote = c.TakerBase.Plus(d.TakerBase), c.TakerQuote.Plus(d.TakerQuote)
}

// span is a kind of candle: its length, and the zone whose midnights count.
type span uint8

const spans = 2 * (int(binance.Month1) + 1)

func spanOf(i binance.Interval, zone8 bool) span {
	if zone8 {
		return span(2*i + 1)
	}
	return span(2 * i)
}

func (x span) interval() binance.Interval { return binance.Interval(x / 2) }

func (x span) zone() int64 { return int64(x%2) * zone8Ms }

// start is when the candle that holds t opened, in milliseconds.
func (x span) start(t int64) int64 { return x.interval().Open(t, x.zone()) }

func (x span) next(start int64) int64 { return x.interval().Next(start, x.zone()) }

// chart has the candles of one market. A trade only goes into the current second and the current minute; longer candles
// are put together when a minute is over, or when someone looks.
type chart struct {
	second, minute Candle
	long           [spans]Candle // what the minutes before the current one come to
	day            []Candle      // minutes with trades of the last 24 hours but the current one, ascending
	before         money.Price   // of the last trade before day
	wanted         [spans]int    // how many topics there are
	over           []closed      // wanted candles that are over; Hub takes them
}

type closed struct {
	span   span
	candle Candle
}

// add counts a trade in.
func (c *chart) add(t *Trade) {
	ms := t.Time.Milli()
	if s := ms - ms%1000; s != c.second.Start {
		c.close(spanOf(binance.Second1, false), &c.second)
		c.close(spanOf(binance.Second1, true), &c.second)
		c.second = Candle{Start: s}
	}
	if s := ms - ms%minuteMs; s != c.minute.Start {
		if !c.minute.Empty() {
			c.closeMinute()
		}
		c.minute = Candle{Start: s}
	}
	c.second.Add(t)
	c.minute.Add(t)
}

func (c *chart) close(x span, v *Candle) {
	if c.wanted[x] > 0 && !v.Empty() {
		c.over = append(c.over, closed{x, *v})
	}
}

// closeMinute puts the current minute, which is over, into the longer candles.
func (c *chart) closeMinute() {
	for x := spanOf(binance.Minute1, false); int(x) < spans; x++ {
		v := &c.long[x]
		if s := x.start(c.minute.Start); s != v.Start {
			c.close(x, v)
			*v = Candle{Start: s}
		}
		v.merge(&c.minute)
	}
	c.day = append(c.day, c.minute)
	c.trim(c.minute.Start)
}

// trim drops the minutes that no 24 hours which end at now or later cover.
func (c *chart) trim(now int64) {
	n := 0
	for n < len(c.day) && c.day[n].Start < dayStart(now) {
		c.before = c.day[n].Close
		n++
	}
	c.day = slices.Delete(c.day, 0, n)
}

// dayStart is the first of the 1,440 minutes up to now.
func dayStart(now int64) int64 { return now - now%minuteMs - dayMs + minuteMs }

// last is the price of the last trade, 0 before the first.
func (c *chart) last() money.Price { return c.minute.Close }

// at is the candle that opened at start, as far as it is still known here: the current one always is.
func (c *chart) at(x span, start int64) Candle {
	if x.interval() == binance.Second1 {
		if c.second.Start == start {
			return c.second
		}
		return Candle{Start: start}
	}
	v := Candle{Start: start}
	if c.long[x].Start == start {
		v = c.long[x]
	}
	if !c.minute.Empty() && x.start(c.minute.Start) == start {
		v.merge(&c.minute)
	}
	return v
}

// load starts the chart from history: minutes with trades, ascending.
func (c *chart) load(minutes []Candle) {
	for i := range minutes {
		if !c.minute.Empty() {
			c.closeMinute()
		}
		c.minute = minutes[i]
	}
}
