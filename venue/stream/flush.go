package stream

import (
	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// maxLate is how many candles of one topic are told at once when time jumped.
const maxLate = 1000

// flush makes the events of an interval: of 100 milliseconds, and of a second where slow is set. h.mu is held.
func (h *Hub) flush(slow bool) error {
	return h.engine.Read(func(s *core.State) {
		for _, m := range h.feed.markets[1:] {
			if m.wantDepth > 0 {
				h.flushDepth(s, m, slow)
			}
		}
		if slow {
			h.flushSlow(s)
		}
	})
}

// flushDepth tells one market's changes.
func (h *Hub) flushDepth(s *core.State, m *market, slow bool) {
	changed := distinct(m.changed)
	m.changed, m.compact = nil, compactAt
	m.slow = append(m.slow, changed...)
	if slow || len(m.slow) >= compactAt {
		m.slow = distinct(m.slow)
	}
	for _, t := range m.depths {
		switch {
		case t.stream.Fast:
			h.tellDepth(s, t, changed)
		case slow:
			h.tellDepth(s, t, m.slow)
		}
	}
	if slow {
		m.slow = m.slow[:0]
	}
}

// tellDepth tells one topic the levels that changed.
func (h *Hub) tellDepth(s *core.State, t *topic, changed []level) {
	m, b, seq := t.market, s.Market(t.market.id).Book, h.feed.seq
	if t.stream.Kind == binance.StreamPartialDepth {
		if len(changed) > 0 || t.force {
			n := int(t.stream.Levels)
			h.emit(t, &binance.Depth{LastUpdateID: binance.ID(seq), Bids: m.top(b, instruction.Buy, n), Asks: m.top(b, instruction.Sell, n)})
			t.force = false
		}
		return
	}
	if len(changed) == 0 {
		return // the next update covers these records too
	}
	e := &binance.DepthUpdate{
		EventTime: t.time(s.Clock().Now), Symbol: m.symbol, FirstUpdateID: binance.ID(t.last) + 1, FinalUpdateID: binance.ID(seq),
	}
	e.Bids, e.Asks = m.quantities(b, changed)
	h.emit(t, e)
	t.last = seq
}

// flushSlow tells candles and tickers.
func (h *Hub) flushSlow(s *core.State) {
	now := s.Clock().Now
	for _, t := range h.topics {
		switch t.stream.Kind {
		case binance.StreamKline:
			h.flushCandle(t, now)
		case binance.StreamMiniTicker, binance.StreamTicker, binance.StreamWindow:
			h.flushTicker(s, t, now)
		case binance.StreamAllMiniTicker, binance.StreamAllTicker, binance.StreamAllWindow:
			h.flushTickers(s, t, now)
		case binance.StreamAvgPrice:
			h.emit(t, t.market.avgEvent(t, now))
		}
		if t.stream.Kind != binance.StreamPartialDepth {
			t.force = false
		}
	}
	for _, m := range h.feed.markets[1:] {
		m.chart.over = nil
	}
}

// flushCandle tells the candles that are over since the last time, then the current one if it changed.
func (h *Hub) flushCandle(t *topic, now instruction.Time) {
	c, current := &t.market.chart, t.span.start(now)
	for n := 0; t.start < current && n < maxLate; n++ {
		v := c.find(t.span, t.start)
		h.tellCandle(t, v, now, true)
		if v.Trades > 0 {
			t.close = v.Last
		}
		t.start = t.span.next(t.start)
	}
	t.start = current
	if v := c.at(t.span, current); v != t.sent || t.force {
		h.tellCandle(t, v, now, false)
		t.sent = v
	}
}

// tellCandle tells one candle; before a market's first trade there is none.
func (h *Hub) tellCandle(t *topic, v archive.Candle, now instruction.Time, over bool) {
	m := t.market
	k := binance.StreamCandle{
		OpenTime: t.time(v.Open), CloseTime: t.time(t.span.next(v.Open) - 1), Symbol: m.symbol, Interval: t.stream.Interval.String(),
		FirstTradeID: -1, LastTradeID: -1, Trades: v.Trades, Closed: over, Unused: "0",
		Volume: v.Base.Text(m.baseScale), QuoteVolume: v.Quote.Text(m.quoteScale),
		TakerVolume: v.TakerBase.Text(m.baseScale), TakerQuote: v.TakerQuote.Text(m.quoteScale),
	}
	switch {
	case v.Trades > 0:
		k.FirstTradeID, k.LastTradeID = binance.ID(v.FirstTrade), binance.ID(v.LastTrade)
	case t.close == 0:
		return
	default: // the price stood still
		v.First, v.High, v.Low, v.Last = t.close, t.close, t.close, t.close
	}
	k.Open, k.High, k.Low, k.Close = m.price(v.First), m.price(v.High), m.price(v.Low), m.price(v.Last)
	h.emit(t, &binance.KlineEvent{EventTime: t.time(now), Symbol: m.symbol, Kline: k})
}

// flushTicker tells one market's last 24 hours if anything in it changed.
func (h *Hub) flushTicker(s *core.State, t *topic, now instruction.Time) {
	n := t.look(s, t.market, now)
	t.tell(1)
	if !t.differs(0, &n) && !t.force {
		return
	}
	switch t.stream.Kind {
	case binance.StreamTicker:
		e := tickerEvent(t, &n)
		h.emit(t, &e)
	case binance.StreamWindow:
		e := windowEvent(t, &n)
		h.emit(t, &e)
	default:
		e := miniEvent(t, &n)
		h.emit(t, &e)
	}
}

// look is what a topic tells of a market's last hours.
func (t *topic) look(s *core.State, m *market, now instruction.Time) binance.Ticker {
	if k := t.stream.Kind; k == binance.StreamWindow || k == binance.StreamAllWindow {
		return m.window(instruction.Time(t.stream.Interval.Next(0, 0))*instruction.Millisecond, now)
	}
	return m.ticker(s.Market(m.id).Book, now)
}

// flushTickers tells the last 24 hours of all markets in which anything changed.
func (h *Hub) flushTickers(s *core.State, t *topic, now instruction.Time) {
	var full tickers
	var mini miniTickers
	var window windows
	t.tell(len(h.feed.markets))
	for _, m := range h.feed.markets[1:] {
		n := t.look(s, m, now)
		switch {
		case !t.differs(int(m.id), &n) && !t.force:
		case t.stream.Kind == binance.StreamAllTicker:
			full = append(full, tickerEvent(t, &n))
		case t.stream.Kind == binance.StreamAllWindow:
			window = append(window, windowEvent(t, &n))
		default:
			mini = append(mini, miniEvent(t, &n))
		}
	}
	switch {
	case len(full) > 0:
		h.emit(t, full)
	case len(window) > 0:
		h.emit(t, window)
	case len(mini) > 0:
		h.emit(t, mini)
	}
}

// tell makes room for n tickers that were told last.
func (t *topic) tell(n int) {
	for len(t.told) < n {
		t.told = append(t.told, binance.Ticker{})
	}
}

// differs says whether a ticker differs, in what the topic tells but times, from what was told last; it is told now.
func (t *topic) differs(i int, n *binance.Ticker) bool {
	x := *n
	x.OpenTime, x.CloseTime = 0, 0
	if k := t.stream.Kind; k == binance.StreamMiniTicker || k == binance.StreamAllMiniTicker {
		x = binance.Ticker{LastPrice: x.LastPrice, OpenPrice: x.OpenPrice, HighPrice: x.HighPrice, LowPrice: x.LowPrice,
			Volume: x.Volume, QuoteVolume: x.QuoteVolume}
	}
	if x == t.told[i] {
		return false
	}
	t.told[i] = x
	return true
}
