package stream

import (
	"math/big"

	"portcullis/archive"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// percentScale is how many places a change in percent has.
const percentScale = 3

// ticker is the market's last 24 hours.
func (m *market) ticker(b *book.Book, now instruction.Time) binance.Ticker {
	sum, before := m.chart.since(dayStart(now))
	last := m.chart.last
	t := binance.Ticker{
		Symbol: m.symbol, OpenTime: sum.Open.Milli(), CloseTime: now.Milli(), FirstID: -1, LastID: -1, Count: sum.Trades,
		LastPrice: m.price(last.Price), LastQty: m.base(last.Qty), Volume: sum.Base.Text(m.baseScale), QuoteVolume: sum.Quote.Text(m.quoteScale),
		WeightedAvgPrice: m.price(Average(&sum, m.baseScale)),
	}
	if sum.Trades == 0 { // the price stood still
		sum.First, sum.High, sum.Low = last.Price, last.Price, last.Price
	} else {
		t.FirstID, t.LastID = binance.ID(sum.FirstTrade), binance.ID(sum.LastTrade)
	}
	if before.Trades == 0 {
		before.Last = sum.First
	}
	t.OpenPrice, t.HighPrice, t.LowPrice, t.PrevClosePrice = m.price(sum.First), m.price(sum.High), m.price(sum.Low), m.price(before.Last)
	t.PriceChange, t.PriceChangePercent = m.price(last.Price-sum.First), Percent(last.Price-sum.First, sum.First)
	q := bestOf(b)
	t.BidPrice, t.BidQty, t.AskPrice, t.AskQty = m.price(q.bid), m.base(q.bidQty), m.price(q.ask), m.base(q.askQty)
	return t
}

// window is what the market traded in a window up to now, which opens on a minute: the part of a ticker that windows tell.
func (m *market) window(length, now instruction.Time) binance.Ticker {
	from := now - length
	sum, _ := m.chart.since(from - from%minute)
	last := m.chart.last.Price
	t := binance.Ticker{
		Symbol: m.symbol, OpenTime: sum.Open.Milli(), CloseTime: now.Milli(), FirstID: -1, LastID: -1, Count: sum.Trades,
		LastPrice: m.price(last), Volume: sum.Base.Text(m.baseScale), QuoteVolume: sum.Quote.Text(m.quoteScale),
		WeightedAvgPrice: m.price(Average(&sum, m.baseScale)),
	}
	if sum.Trades == 0 { // the price stood still
		sum.First, sum.High, sum.Low = last, last, last
	} else {
		t.FirstID, t.LastID = binance.ID(sum.FirstTrade), binance.ID(sum.LastTrade)
	}
	t.OpenPrice, t.HighPrice, t.LowPrice = m.price(sum.First), m.price(sum.High), m.price(sum.Low)
	t.PriceChange, t.PriceChangePercent = m.price(last-sum.First), Percent(last-sum.First, sum.First)
	return t
}

// Average is the price at which a candle's volumes were traded, rounded down; 0 where nothing was.
func Average(v *archive.Candle, base money.Scale) money.Price {
	if v.Base.IsZero() {
		return 0
	}
	n := v.Quote.Big()
	n.Mul(n, big.NewInt(base.One()))
	n.Quo(n, v.Base.Big())
	return money.Price(n.Int64()) // no average is above the highest price
}

// Percent is change in percent of from, rounded towards zero; 0 where there is no from, or where it does not fit.
func Percent(change, from money.Price) binance.Decimal {
	d := binance.Decimal{Scale: percentScale}
	if from == 0 {
		return d
	}
	n, err := money.MulDiv(max(int64(change), -int64(change)), 100_000, int64(from), money.Down)
	if err != nil {
		return d
	}
	if change < 0 {
		n = -n
	}
	d.Units = n
	return d
}

// avgPrice is the average price of the last five minutes, or the last price where there were no trades.
func (m *market) avgPrice(now instruction.Time) money.Price {
	from := now - now%minute - 4*minute
	var sum archive.Candle
	c := &m.chart
	for i := len(c.day) - 1; i >= 0 && c.day[i].Open >= from; i-- {
		sum.Base, sum.Quote = sum.Base.Plus(c.day[i].Base), sum.Quote.Plus(c.day[i].Quote)
	}
	if c.minute.Open >= from {
		sum.Base, sum.Quote = sum.Base.Plus(c.minute.Base), sum.Quote.Plus(c.minute.Quote)
	}
	if sum.Base.IsZero() {
		return c.last.Price
	}
	return Average(&sum, m.baseScale)
}

func (m *market) avgEvent(to *topic, now instruction.Time) *binance.AvgPriceEvent {
	return &binance.AvgPriceEvent{
		EventTime: to.time(now), Symbol: m.symbol, Interval: "5m",
		AvgPrice: m.price(m.avgPrice(now)), LastTradeTime: to.time(m.chart.last.Time),
	}
}

func tickerEvent(to *topic, t *binance.Ticker) binance.TickerEvent {
	return binance.TickerEvent{
		EventTime: to.milli(t.CloseTime), Symbol: t.Symbol, PriceChange: t.PriceChange, PriceChangePercent: t.PriceChangePercent,
		WeightedAvgPrice: t.WeightedAvgPrice, PrevClosePrice: t.PrevClosePrice, LastPrice: t.LastPrice, LastQty: t.LastQty,
		BidPrice: t.BidPrice, BidQty: t.BidQty, AskPrice: t.AskPrice, AskQty: t.AskQty,
		OpenPrice: t.OpenPrice, HighPrice: t.HighPrice, LowPrice: t.LowPrice, Volume: t.Volume, QuoteVolume: t.QuoteVolume,
		OpenTime: to.milli(t.OpenTime), CloseTime: to.milli(t.CloseTime), FirstID: t.FirstID, LastID: t.LastID, Count: t.Count,
	}
}

func miniEvent(to *topic, t *binance.Ticker) binance.MiniTickerEvent {
	return binance.MiniTickerEvent{
		EventTime: to.milli(t.CloseTime), Symbol: t.Symbol, Close: t.LastPrice, Open: t.OpenPrice, High: t.HighPrice, Low: t.LowPrice,
		Volume: t.Volume, QuoteVolume: t.QuoteVolume,
	}
}

func windowEvent(to *topic, t *binance.Ticker) binance.WindowEvent {
	return binance.WindowEvent{
		Event: binance.WindowEventName(to.stream.Interval), EventTime: to.milli(t.CloseTime), Symbol: t.Symbol,
		PriceChange: t.PriceChange, PriceChangePercent: t.PriceChangePercent, OpenPrice: t.OpenPrice, HighPrice: t.HighPrice,
		LowPrice: t.LowPrice, LastPrice: t.LastPrice, WeightedAvgPrice: t.WeightedAvgPrice, Volume: t.Volume, QuoteVolume: t.QuoteVolume,
		OpenTime: to.milli(t.OpenTime), CloseTime: to.milli(t.CloseTime), FirstID: t.FirstID, LastID: t.LastID, Count: t.Count,
	}
}

// tickers is the event of !ticker@arr, miniTickers that of !miniTicker@arr, windows that of !ticker_1h@arr and its like.
type (
	windows     []binance.WindowEvent
	tickers     []binance.TickerEvent
	miniTickers []binance.MiniTickerEvent
)

// AppendJSON writes the list.
func (l windows) AppendJSON(dst []byte) []byte { return binance.AppendWindows(dst, l) }

// AppendJSON writes the list.
func (l tickers) AppendJSON(dst []byte) []byte { return binance.AppendTickers(dst, l) }

// AppendJSON writes the list.
func (l miniTickers) AppendJSON(dst []byte) []byte { return binance.AppendMiniTickers(dst, l) }
