package stream

import (
	"slices"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

const (
	minute = 60 * instruction.Second
	hour   = 60 * minute
	// zone8 is UTC+8 in milliseconds.
	zone8 = 8 * 3_600_000
)

// span is a kind of candle: its length, and the zone whose midnights count.
type span uint8

const spans = 2 * (int(binance.Month1) + 1)

func spanOf(i binance.Interval, inZone8 bool) span {
	if inZone8 {
		return span(2*i + 1)
	}
	return span(2 * i)
}

func (x span) interval() binance.Interval { return binance.Interval(x / 2) }

func (x span) zone() int64 { return int64(x%2) * zone8 }

// start is when the candle that holds t opened.
func (x span) start(t instruction.Time) instruction.Time {
	return instruction.Time(x.interval().Open(t.Milli(), x.zone())) * instruction.Millisecond
}

// next is when the candle opens that follows the one that opened at start.
func (x span) next(start instruction.Time) instruction.Time {
	return instruction.Time(x.interval().Next(start.Milli(), x.zone())) * instruction.Millisecond
}

// chart has the candles of one market. A trade only goes into the current second and the current minute; longer candles
// are put together when a minute is over, or when someone looks. A candle without trades is zero but for Open.
type chart struct {
	second, minute archive.Candle
	long           [spans]archive.Candle // what the minutes before the current one come to
	day            []archive.Candle      // minutes of the last 24 hours and one more, but the current one, ascending
	before         archive.Candle        // the last one before day
	last           archive.Trade         // the newest
	wanted         [spans]int            // how many topics there are
	over           []closed              // wanted candles that are over; the Hub takes them
}

type closed struct {
	span   span
	candle archive.Candle
}

// add counts a trade in.
func (c *chart) add(t *archive.Trade) {
	one := archive.Candle{
		Open: t.Time - t.Time%minute, First: t.Price, High: t.Price, Low: t.Price, Last: t.Price,
		Base: archive.VolumeOf(t.Qty), Quote: archive.VolumeOf(t.Quote), Trades: 1, FirstTrade: t.ID, LastTrade: t.ID,
	}
	if !t.BuyerMaker {
		one.TakerBase, one.TakerQuote = one.Base, one.Quote
	}
	if s := t.Time - t.Time%instruction.Second; s != c.second.Open {
		c.close(spanOf(binance.Second1, false), &c.second)
		c.close(spanOf(binance.Second1, true), &c.second)
		c.second = archive.Candle{Open: s}
	}
	c.second.Join(&one)
	c.join(&one)
	c.last = *t
}

// join counts in what was traded in a minute, or since it was last told.
func (c *chart) join(m *archive.Candle) {
	if m.Open != c.minute.Open {
		c.closeMinute()
		c.minute = archive.Candle{Open: m.Open}
	}
	c.minute.Join(m)
}

func (c *chart) close(x span, v *archive.Candle) {
	if c.wanted[x] > 0 && v.Trades > 0 {
		c.over = append(c.over, closed{x, *v})
	}
}

// closeMinute puts the current minute, which is over, into the longer candles.
func (c *chart) closeMinute() {
	if c.minute.Trades == 0 {
		return
	}
	for x := spanOf(binance.Minute1, false); int(x) < spans; x++ {
		v := &c.long[x]
		if s := x.start(c.minute.Open); s != v.Open {
			c.close(x, v)
			*v = archive.Candle{Open: s}
		}
		v.Join(&c.minute)
	}
	c.day = append(c.day, c.minute)
	n, from := 0, dayStart(c.minute.Open)-minute // a window of a day opens up to a minute before the ticker's
	for n < len(c.day) && c.day[n].Open < from {
		c.before = c.day[n]
		n++
	}
	c.day = slices.Delete(c.day, 0, n)
}

// dayStart is the first of the 1,440 minutes up to now.
func dayStart(now instruction.Time) instruction.Time {
	return now - now%minute - instruction.Day + minute
}

// at is the candle that opened at start, as far as it is still known here: the current one always is.
func (c *chart) at(x span, start instruction.Time) archive.Candle {
	v := archive.Candle{Open: start}
	if x.interval() == binance.Second1 {
		if c.second.Open == start {
			v = c.second
		}
		return v
	}
	if c.long[x].Open == start {
		v = c.long[x]
	}
	if c.minute.Trades > 0 && x.start(c.minute.Open) == start {
		v.Join(&c.minute)
	}
	return v
}

// find is at, or the candle that was put aside because it was over.
func (c *chart) find(x span, start instruction.Time) archive.Candle {
	for i := range c.over {
		if v := &c.over[i]; v.span == x && v.candle.Open == start {
			return v.candle
		}
	}
	return c.at(x, start)
}

// since is what was traded from start on, and the candle before that; start is at most a day and a minute ago.
func (c *chart) since(start instruction.Time) (sum, before archive.Candle) {
	sum, before = archive.Candle{Open: start}, c.before
	for i := range c.day {
		c.count(&sum, &before, &c.day[i])
	}
	c.count(&sum, &before, &c.minute)
	return sum, before
}

func (c *chart) count(sum, before, m *archive.Candle) {
	switch {
	case m.Trades == 0:
	case m.Open < sum.Open:
		*before = *m
	default:
		sum.Join(m)
	}
}

// goOn lets c, which has the past, go on with what was seen since. A minute that both have a part of is there twice then,
// which is as good: everything here is summed up.
func (c *chart) goOn(live *chart) {
	c.closeMinute()
	for x := range live.long {
		switch v := &live.long[x]; {
		case v.Open == c.long[x].Open:
			c.long[x].Join(v)
		case v.Trades > 0:
			c.long[x] = *v
		}
	}
	if live.before.Trades > 0 {
		c.day, c.before = nil, live.before
	}
	c.day = append(c.day, live.day...)
	if live.last.ID != 0 {
		c.last = live.last
	}
	c.minute, c.second, c.wanted, c.over = live.minute, live.second, live.wanted, live.over
}
