package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
	"portcullis/venue/stream"
)

// maxWindowSymbols is how many markets one request for statistics over a window may name.
const maxWindowSymbols = 100

// window is a span of time up to now, in the venue's time; to is what is told as its end.
type window struct{ from, to instruction.Time }

// rolling answers with what was traded in a window that the client chooses. It opens on a minute.
func rolling(v *Venue, c *call) (reply, *binance.Error) {
	size, err := c.params.OptWindow()
	if err != nil {
		return nil, err
	}
	now := v.engine.Now()
	from := now - micros(size)
	return v.windows(c, window{from - from%minute, now})
}

// tradingDay answers with what was traded since midnight in the client's time zone.
func tradingDay(v *Venue, c *call) (reply, *binance.Error) {
	zone, err := c.params.OptTimeZone()
	if err != nil {
		return nil, err
	}
	open := binance.Day1.Open(v.engine.Now().Milli(), zone)
	return v.windows(c, window{micros(open), micros(binance.Day1.Next(open, zone)) - 1})
}

// windows answers for each market that is named.
func (v *Venue) windows(c *call, w window) (reply, *binance.Error) {
	a := c.args()
	if !a.p.Has("symbol") && !a.p.Has("symbols") {
		a.fail(binance.ErrEither("symbol", "symbols"))
	}
	s := v.selected(a)
	kind, err := a.p.OptTickerType()
	got(a, kind, err)
	if len(s.markets) > maxWindowSymbols {
		a.fail(binance.ErrInvalidData("symbols", "It has at most 100 symbols."))
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	sums, err := ask(v.history, c, func(ctx context.Context) ([]archive.Candle, error) {
		list := make([]archive.Candle, len(s.markets))
		for i, m := range s.markets {
			var err error
			if list[i], err = v.history.archive.Summary(ctx, m.id, max(w.from, 0)); err != nil {
				return nil, err
			}
		}
		return list, nil
	})
	if err != nil {
		return nil, err
	}
	last := map[instruction.Market]money.Price{}
	if err := v.read(func(state *core.State) {
		for _, m := range s.markets {
			last[m.id] = state.Market(m.id).LastPrice
		}
	}); err != nil {
		return nil, err
	}
	list := make([]binance.WindowTicker, len(s.markets))
	for i, m := range s.markets {
		list[i] = windowTicker(c, m, w, &sums[i], last[m.id])
	}
	return windowAnswer(list, s.one, kind), nil
}

// windowTicker tells a window; where nothing was traded in it the price stood still.
func windowTicker(c *call, m *market, w window, sum *archive.Candle, last money.Price) binance.WindowTicker {
	t := binance.WindowTicker{
		Symbol: m.symbol, OpenTime: c.time(w.from), CloseTime: c.time(w.to), FirstID: -1, LastID: -1, Count: sum.Trades,
		Volume: sum.Base.Text(m.baseScale), QuoteVolume: sum.Quote.Text(m.quoteScale),
		WeightedAvgPrice: m.price(stream.Average(sum, m.baseScale)),
	}
	if sum.Trades == 0 {
		sum.First, sum.High, sum.Low, sum.Last = last, last, last, last
	} else {
		t.FirstID, t.LastID = binance.ID(sum.FirstTrade), binance.ID(sum.LastTrade)
	}
	t.OpenPrice, t.HighPrice, t.LowPrice, t.LastPrice = m.price(sum.First), m.price(sum.High), m.price(sum.Low), m.price(sum.Last)
	t.PriceChange, t.PriceChangePercent = m.price(sum.Last-sum.First), stream.Percent(sum.Last-sum.First, sum.First)
	return t
}

// windowAnswer is one object or a list, whole or short.
func windowAnswer(list []binance.WindowTicker, one bool, kind binance.TickerType) reply {
	short := make([]binance.MiniTicker, len(list))
	for i := range list {
		short[i] = list[i].Mini()
	}
	switch {
	case one && kind == binance.TickerMini:
		return object{short[0]}
	case one:
		return object{list[0]}
	case kind == binance.TickerMini:
		return object{short}
	}
	return object{list}
}
