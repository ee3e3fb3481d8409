package stream

import (
	"portcullis/core/book"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// percentScale is how many places a change in percent has.
const percentScale = 3

// span24 puts together what was traded since start, which is not long ago; before is the price of the last trade before.
func (c *chart) span24(start int64) (sum Candle, before money.Price) {
	sum, before = Candle{Start: start}, c.before
	for i := range c.day {
		c.count(&sum, &before, &c.day[i])
	}
	if !c.minute.Empty() {
		c.count(&sum, &before, &c.minute)
	}
	return sum, before
}

func (c *chart) count(sum *Candle, before *money.Price, minute *Candle) {
	if minute.Start < sum.Start {
		*before = minute.Close
		return
	}
	sum.merge(minute)
}

// ticker is the market's last 24 hours; now is in milliseconds.
func (m *market) ticker(b *book.Book, now int64) binance.Ticker {
	sum, before := m.chart.span24(dayStart(now))
	last := m.chart.last()
	t := binance.Ticker{
		Symbol: m.symbol, OpenTime: sum.Start, CloseTime: now, FirstID: -1, LastID: -1, Count: sum.Trades(),
		LastPrice: m.price(last), LastQty: m.qty(0), Volume: sum.Base.Text(m.baseScale), QuoteVolume: sum.Quote.Text(m.quoteLike),
		WeightedAvgPrice: m.price(average(sum.Quote, sum.Base, m.baseScale)),
	}
	if sum.Empty() { // the price stood still
		sum.Open, sum.High, sum.Low = last, last, last
	} else {
		t.FirstID, t.LastID = int64(sum.First), int64(sum.Last)
	}
	if before == 0 {
		before = sum.Open
	}
	if n := len(m.trades); n > 0 {
		t.LastQty = m.qty(m.trades[n-1].Qty)
	}
	t.OpenPrice, t.HighPrice, t.LowPrice, t.PrevClosePrice = m.price(sum.Open), m.price(sum.High), m.price(sum.Low), m.price(before)
	t.PriceChange, t.PriceChangePercent = m.price(last-sum.Open), percent(last-sum.Open, sum.Open)
	q := bestOf(b)
	t.BidPrice, t.BidQty, t.AskPrice, t.AskQty = m.price(q.bid), m.qty(q.bidQty), m.price(q.ask), m.qty(q.askQty)
	return t
}

// percent is change in percent of from, rounded towards zero; 0 where there is no from, or it does not fit.
func percent(change, from money.Price) binance.Decimal {
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

// avgPrice is the average price of the last five minutes, or the last price before them, and when the last trade was.
func (m *market) avgPrice(now int64) (p money.Price, last int64) {
	sum := Candle{}
	start := now - now%minuteMs - 4*minuteMs
	for i := len(m.chart.day) - 1; i >= 0 && m.chart.day[i].Start >= start; i-- {
		sum.Base, sum.Quote = sum.Base.Plus(m.chart.day[i].Base), sum.Quote.Plus(m.chart.day[i].Quote)
	}
	if m.chart.minute.Start >= start {
		sum.Base, sum.Quote = sum.Base.Plus(m.chart.minute.Base), sum.Quote.Plus(m.chart.minute.Quote)
	}
	if n := len(m.trades); n > 0 {
		last = m.trades[n-1].Time.Milli()
	}
	if sum.Base == (Sum{}) {
		return m.chart.last(), last
	}
	return average(sum.Quote, sum.Base, m.baseScale), last
}

func tickerEvent(t *binance.Ticker) *binance.TickerEvent {
	return &binance.TickerEvent{
		EventTime: t.CloseTime, Symbol: t.Symbol, PriceChange: t.PriceChange, PriceChangePercent: t.PriceChangePercent,
		WeightedAvgPrice: t.WeightedAvgPrice, PrevClosePrice: t.PrevClosePrice, LastPrice: t.LastPrice, LastQty: t.LastQty,
		BidPrice: t.BidPrice, BidQty: t.BidQty, AskPrice: t.AskPrice, AskQty: t.AskQty,
		OpenPrice: t.OpenPrice, HighPrice: t.HighPrice, LowPrice: t.LowPrice, Volume: t.Volume, QuoteVolume: t.QuoteVolume,
		OpenTime: t.OpenTime, CloseTime: t.CloseTime, FirstID: t.FirstID, LastID: t.LastID, Count: t.Count,
	}
}

func miniEvent(t *binance.Ticker) *binance.MiniTickerEvent {
	return &binance.MiniTickerEvent{
		EventTime: t.CloseTime, Symbol: t.Symbol, Close: t.LastPrice, Open: t.OpenPrice, High: t.HighPrice, Low: t.LowPrice,
		Volume: t.Volume, QuoteVolume: t.QuoteVolume,
	}
}
