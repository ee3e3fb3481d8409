package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// maxStored is how many stored candles, or trades, one request may go through. It shortens only lists of days, weeks and
// months in time zones that are not whole days, or whole hours, off UTC, and of seconds with very many trades.
const maxStored = 50_000

// klineQuery is which klines are wanted. Times are in milliseconds, ids in the client's time zone.
type klineQuery struct {
	market   *market
	interval binance.Interval
	zone     int64
	from, to int64 // first and last open time
	limit    int
}

func (q *klineQuery) open(t int64) int64    { return q.interval.Open(t, q.zone) }
func (q *klineQuery) next(open int64) int64 { return q.interval.Next(open, q.zone) }

func klines(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	q := klineQuery{market: a.market(v)}
	interval, err := a.p.Interval()
	q.interval = got(a, interval, err)
	zone, err := a.p.OptTimeZone()
	q.zone = got(a, zone, err)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("orderId", "fromId")
	if err != nil {
		return nil, err
	}
	q.limit = q.affordable(r.Limit)
	list, err := ask(v.history, c, func(ctx context.Context) ([]binance.Kline, error) {
		if err := q.place(ctx, v.history.archive, &r, v.engine.Now().Milli()); err != nil || q.to < q.from {
			return nil, err
		}
		return q.list(ctx, c, v.history.archive)
	})
	if err != nil {
		return nil, err
	}
	return written(func(dst []byte) []byte { return binance.AppendKlines(dst, list) }), nil
}

// span is the longest stored candle that klines of the interval and zone are made of; 0 where trades are needed.
func (q *klineQuery) span() archive.Span {
	const hour, day = 3_600_000, 24 * 3_600_000
	length := q.interval.Next(0, 0)
	switch {
	case q.interval == binance.Second1:
		return 0
	case length >= day && q.zone%day == 0:
		return archive.Day
	case length >= hour && q.zone%hour == 0:
		return archive.Hour
	}
	return archive.Minute
}

// affordable cuts the number of klines so that at most maxStored candles go into them.
func (q *klineQuery) affordable(limit int) int {
	span := q.span().Length().Milli()
	if span == 0 {
		return limit
	}
	each := int64(31 * 24 * 3_600_000) // a month is the longest
	if q.interval != binance.Month1 {
		each = q.interval.Next(0, 0)
	}
	return int(max(1, min(int64(limit), maxStored*span/each)))
}

// place finds the first and last kline: those that open in the range, not before the market's first trade, not after now,
// and at most as many as wanted; without a start, the newest.
func (q *klineQuery) place(ctx context.Context, a *archive.Archive, r *binance.Range, now int64) error {
	first, err := a.Trades(ctx, q.market.id, archive.Range{From: 1, Limit: 1})
	if err != nil {
		return err
	}
	q.from, q.to = 1, 0
	if len(first) == 0 {
		return nil
	}
	last := now
	if r.End != 0 {
		last = min(last, r.End)
	}
	q.to = q.open(last)
	oldest := q.open(first[0].Time.Milli())
	if r.Start != 0 {
		start := min(r.Start, now+1)
		if q.from = q.open(start); q.from < start {
			q.from = q.next(q.from)
		}
		q.from = max(q.from, oldest)
		return nil
	}
	q.from = q.to
	for n := 1; n < q.limit && q.from > oldest; n++ {
		q.from = q.open(q.from - 1)
	}
	q.from = max(q.from, oldest)
	return nil
}

// list makes the klines from q.from on. A kline without trades stands at the price of the trade before.
func (q *klineQuery) list(ctx context.Context, c *call, a *archive.Archive) ([]binance.Kline, error) {
	before, err := a.Candles(ctx, q.market.id, archive.Minute, archive.Range{End: micros(q.from) - 1, Limit: 1})
	if err != nil {
		return nil, err
	}
	var price money.Price
	if q.interval == binance.Second1 {
		price, err = q.priceBefore(ctx, a)
	} else if len(before) > 0 {
		price = before[0].Last
	}
	if err != nil {
		return nil, err
	}
	end := q.to // of the last kline that may be wanted
	for n, open := 1, q.from; open <= q.to; n, open = n+1, q.next(open) {
		if end = open; n == q.limit {
			break
		}
	}
	sums, full, err := q.sums(ctx, a, end)
	if err != nil {
		return nil, err
	}
	list := make([]binance.Kline, 0, q.limit)
	for open := q.from; open <= end && open < full; open = q.next(open) {
		sum := sums[open]
		if sum == nil {
			sum = &archive.Candle{First: price, High: price, Low: price, Last: price}
		}
		price = sum.Last
		list = append(list, q.kline(c, open, sum))
	}
	return list, nil
}

func micros(ms int64) instruction.Time { return instruction.Time(ms) * instruction.Millisecond }

// priceBefore is the price of the last trade before the first kline.
func (q *klineQuery) priceBefore(ctx context.Context, a *archive.Archive) (money.Price, error) {
	rows, err := a.Trades(ctx, q.market.id, archive.Range{End: micros(q.from) - 1, Limit: 1})
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	return rows[0].Price, nil
}

// sums joins what is stored into klines, by open time, up to the one that opens at end. Those that open before full are
// whole.
func (q *klineQuery) sums(ctx context.Context, a *archive.Archive, end int64) (sums map[int64]*archive.Candle, full int64, err error) {
	sums, full = map[int64]*archive.Candle{}, q.next(end)
	past := micros(full) - 1
	from := micros(q.from)
	trade := uint64(0)
	for range maxStored / archive.MaxLimit {
		var page []archive.Candle
		if span := q.span(); span != 0 {
			page, err = a.Candles(ctx, q.market.id, span, archive.Range{Start: from, End: past, Limit: archive.MaxLimit})
		} else {
			page, err = q.trades(ctx, a, archive.Range{From: trade, Start: from, End: past, Limit: archive.MaxLimit})
		}
		if err != nil {
			return nil, 0, err
		}
		for i := range page {
			open := q.open(page[i].Open.Milli())
			if sums[open] == nil {
				sums[open] = &archive.Candle{}
			}
			sums[open].Join(&page[i])
		}
		if len(page) < archive.MaxLimit {
			return sums, q.next(end), nil
		}
		last := &page[len(page)-1]
		trade = uint64(last.LastTrade) + 1
		if q.span() != 0 {
			from = last.Open + 1
		}
		full = q.open(last.Open.Milli())
	}
	return sums, full, nil
}

// trades gives trades as candles of one trade each.
func (q *klineQuery) trades(ctx context.Context, a *archive.Archive, r archive.Range) ([]archive.Candle, error) {
	rows, err := a.Trades(ctx, q.market.id, r)
	list := make([]archive.Candle, len(rows))
	for i, t := range rows {
		list[i] = archive.Candle{
			Open: t.Time, First: t.Price, High: t.Price, Low: t.Price, Last: t.Price,
			Base: archive.VolumeOf(t.Qty), Quote: archive.VolumeOf(t.Quote), Trades: 1, FirstTrade: t.ID, LastTrade: t.ID,
		}
		if !t.BuyerMaker {
			list[i].TakerBase, list[i].TakerQuote = list[i].Base, list[i].Quote
		}
	}
	return list, err
}

func (q *klineQuery) kline(c *call, open int64, x *archive.Candle) binance.Kline {
	m := q.market
	last := micros(q.next(open)) - 1 // the kline's last microsecond, so that a client's unit rounds it as it should
	return binance.Kline{
		OpenTime: c.milli(open), Open: m.price(x.First), High: m.price(x.High), Low: m.price(x.Low), Close: m.price(x.Last),
		Volume: x.Base.Text(m.baseScale), CloseTime: c.time(last), QuoteVolume: x.Quote.Text(m.quoteScale), Trades: x.Trades,
		TakerVolume: x.TakerBase.Text(m.baseScale), TakerQuote: x.TakerQuote.Text(m.quoteScale),
	}
}
