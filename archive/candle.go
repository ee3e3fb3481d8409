package archive

import (
	"context"
	"errors"
	"math"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Span is the length of a stored candle. The numbers are stored: append-only.
type Span uint8

const (
	Minute Span = 1
	Hour   Span = 2
	Day    Span = 3
)

var spans = [...]Span{Minute, Hour, Day}

// Length is how long a candle of the span lasts, 0 for an unknown span.
func (s Span) Length() instruction.Time {
	switch s {
	case Minute:
		return 60 * instruction.Second
	case Hour:
		return 3600 * instruction.Second
	case Day:
		return instruction.Day
	}
	return 0
}

// open is the beginning of the candle that a moment falls into. Candles begin at whole minutes, hours and days of UTC.
func (s Span) open(t instruction.Time) instruction.Time { return t - t%s.Length() }

// Candle is what the trades of some time amount to. One without a trade is zero but for Open.
type Candle struct {
	Open                   instruction.Time // where it begins
	First, High, Low, Last money.Price
	Base, Quote            Volume // of all trades
	TakerBase, TakerQuote  Volume // of the trades whose taker bought
	Trades                 int64
	FirstTrade, LastTrade  instruction.Trade
}

// Join adds what came after: c becomes the candle of both times. Candles of a longer interval are made so from stored ones.
func (c *Candle) Join(later *Candle) {
	if later.Trades == 0 {
		return
	}
	if c.Trades == 0 {
		open := c.Open
		*c = *later
		c.Open = open
		return
	}
	c.High, c.Low, c.Last = max(c.High, later.High), min(c.Low, later.Low), later.Last
	c.Base, c.Quote = c.Base.Plus(later.Base), c.Quote.Plus(later.Quote)
	c.TakerBase, c.TakerQuote = c.TakerBase.Plus(later.TakerBase), c.TakerQuote.Plus(later.TakerQuote)
	c.Trades += later.Trades
	c.LastTrade = later.LastTrade
}

// candleOf is the candle of one trade.
func candleOf(t *Trade) Candle {
	c := Candle{
		Open: t.Time, First: t.Price, High: t.Price, Low: t.Price, Last: t.Price,
		Base: VolumeOf(t.Qty), Quote: VolumeOf(t.Quote),
		Trades: 1, FirstTrade: t.ID, LastTrade: t.ID,
	}
	if !t.BuyerMaker {
		c.TakerBase, c.TakerQuote = c.Base, c.Quote
	}
	return c
}

// The columns of a candle, in one order for writing and reading.
const candleColumns = "open, first, high, low, last, base_hi, base_lo, quote_hi, quote_lo, " +
	"taker_base_hi, taker_base_lo, taker_quote_hi, taker_quote_lo, trades, first_trade, last_trade"

// fields are where the columns are read into.
func (c *Candle) fields() []any {
	return []any{&c.Open, &c.First, &c.High, &c.Low, &c.Last, &c.Base.hi, &c.Base.lo, &c.Quote.hi, &c.Quote.lo,
		&c.TakerBase.hi, &c.TakerBase.lo, &c.TakerQuote.hi, &c.TakerQuote.lo, &c.Trades, &c.FirstTrade, &c.LastTrade}
}

// values are what is written into the columns.
func (c *Candle) values() []any {
	return []any{int64(c.Open), int64(c.First), int64(c.High), int64(c.Low), int64(c.Last),
		c.Base.hi, c.Base.lo, c.Quote.hi, c.Quote.lo, c.TakerBase.hi, c.TakerBase.lo, c.TakerQuote.hi, c.TakerQuote.lo,
		c.Trades, int64(c.FirstTrade), int64(c.LastTrade)}
}

// Candles are the market's candles of the span, where there was a trade, by when they begin; the range's times are of
// that too. They have no id, so From must be 0.
func (a *Archive) Candles(ctx context.Context, market instruction.Market, span Span, r Range) (rows []Candle, err error) {
	switch {
	case span.Length() == 0:
		return nil, errors.New("archive: candles are kept by the minute, the hour and the day")
	case r.From != 0:
		return nil, errors.New("archive: candles have no id to begin from, but a time")
	}
	end := r.End
	if end == 0 {
		end = math.MaxInt64
	}
	err = a.look(ctx, func(q query) error {
		rows, err = q.candles(market, span, r.Start, end, r.order(), r.limit())
		return err
	})
	return turn(r, rows), err
}

// candles are those that begin from start to end; a limit of -1 is none.
func (q query) candles(m instruction.Market, s Span, start, end instruction.Time, order string, limit int) ([]Candle, error) {
	return list(q, (*Candle).fields, "SELECT "+candleColumns+" FROM candles"+
		" WHERE market = ? AND span = ? AND open BETWEEN ? AND ? ORDER BY open "+order+" LIMIT ?",
		int64(m), int64(s), int64(start), int64(end), limit)
}

// farAhead is later than any record, and far enough from the greatest Time that whole days can be added.
const farAhead instruction.Time = math.MaxInt64 / 2

// Summary is one candle of all trades from a moment until now; it has no Trades where there were none. It reads the trades
// of at most one minute, and beyond that candles: up to 59 of minutes, 23 of hours, and the days.
func (a *Archive) Summary(ctx context.Context, market instruction.Market, since instruction.Time) (Candle, error) {
	since = min(max(since, 0), farAhead)
	sum := Candle{Open: since}
	minute := Minute.next(since)
	hour := Hour.next(minute)
	day := Day.next(hour)
	err := a.look(ctx, func(q query) error {
		err := q.joinTrades(&sum, market, since, minute)
		if err == nil {
			err = q.joinCandles(&sum, market, Minute, minute, hour)
		}
		if err == nil {
			err = q.joinCandles(&sum, market, Hour, hour, day)
		}
		if err == nil {
			err = q.joinCandles(&sum, market, Day, day, math.MaxInt64)
		}
		return err
	})
	return sum, err
}

// next is the first beginning of a candle at t or later.
func (s Span) next(t instruction.Time) instruction.Time { return s.open(t + s.Length() - 1) }

// joinCandles joins the candles that begin from start to before end.
func (q query) joinCandles(sum *Candle, m instruction.Market, s Span, start, end instruction.Time) error {
	rows, err := q.candles(m, s, start, end-1, "ASC", -1)
	for i := range rows {
		sum.Join(&rows[i])
	}
	return err
}

// joinTrades joins the trades from start to before end.
func (q query) joinTrades(sum *Candle, m instruction.Market, start, end instruction.Time) error {
	if start == end {
		return nil
	}
	first, err := q.find(tradeTimes(m), int64(start))
	if err != nil {
		return err
	}
	past, err := q.find(tradeTimes(m), int64(end))
	if err != nil || first == past {
		return err
	}
	c := Candle{Trades: past - first, FirstTrade: instruction.Trade(first), LastTrade: instruction.Trade(past - 1)}
	ends := "SELECT (SELECT price FROM trades WHERE market = ?1 AND id = ?2), (SELECT price FROM trades WHERE market = ?1 AND id = ?3)"
	if err := q.one(ends, []any{int64(m), first, past - 1}, &c.First, &c.Last); err != nil {
		return err
	}
	var v [4]splitSum
	err = q.one(tradeSums, []any{int64(m), first, past - 1, int64(splitBy)}, &c.High, &c.Low,
		&v[0].hi, &v[0].lo, &v[1].hi, &v[1].lo, &v[2].hi, &v[2].lo, &v[3].hi, &v[3].lo)
	c.Base, c.Quote, c.TakerBase, c.TakerQuote = v[0].volume(), v[1].volume(), v[2].volume(), v[3].volume()
	sum.Join(&c)
	return err
}

// tradeSums lets SQLite add up trades, three times as fast as reading them. Amounts are added up in two parts, since SQLite
// has no sum past an int64, and fails there: neither part gets past it in a minute of less than 900 million trades.
const tradeSums = "SELECT max(price), min(price), sum(qty / ?4), sum(qty % ?4), sum(quote / ?4), sum(quote % ?4)," +
	" sum(iif(taker_side = 1, qty / ?4, 0)), sum(iif(taker_side = 1, qty % ?4, 0))," +
	" sum(iif(taker_side = 1, quote / ?4, 0)), sum(iif(taker_side = 1, quote % ?4, 0))" +
	" FROM trades WHERE market = ?1 AND id BETWEEN ?2 AND ?3"

// splitBy is the square root of volumeBase.
const splitBy = 1_000_000_000

// splitSum is hi*splitBy + lo.
type splitSum struct{ hi, lo int64 }

func (s splitSum) volume() Volume {
	return Volume{s.hi / splitBy, s.hi % splitBy * splitBy}.Plus(VolumeOf(money.Amount(s.lo)))
}
