package stream

import (
	"bytes"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

// maxLate is how many candles of one topic are told at once when time jumped.
const maxLate = 1000

// news is what one market's streams have to tell at once.
type news struct {
	market *market
	trades []Trade
	quotes []quoteAt
	lost   bool
}

// mail is what one account's readers have to be told.
type mail struct {
	subs    []*subscription
	letters []letter
	lost    bool
}

// publish sends what the feed has collected since the last time.
func (h *Hub) publish() {
	h.mu.Lock()
	var list []news
	var mails []mail
	err := h.read(func(*core.State) { list, mails = h.collect() })
	if err != nil {
		h.fail()
		return
	}
	for i := range list {
		h.tell(&list[i])
	}
	h.deliver()
	h.mu.Unlock()
	for i := range mails { // without the lock: a sink may have locks of its own
		mails[i].send()
	}
}

// fail ends everything when the engine can no longer be followed; it lets go of h.mu.
func (h *Hub) fail() {
	var subs []*subscription
	if !h.stopped {
		subs = h.stop(websocket.StatusInternalError, "the venue has stopped; connect again later")
	}
	h.mu.Unlock()
	for _, sub := range subs {
		sub.end()
	}
}

// collect takes what is new out of the feed.
func (h *Hub) collect() (list []news, mails []mail) {
	f := h.feed
	for _, m := range f.news {
		if m.fresh == 0 && len(m.quotes) == 0 && !m.lost {
			continue // it was in the list twice
		}
		n := news{market: m, quotes: m.quotes, lost: m.lost}
		n.trades = append(n.trades, m.trades[len(m.trades)-m.fresh:]...)
		m.fresh, m.quotes, m.lost = 0, nil, false
		list = append(list, n)
	}
	f.news = f.news[:0]
	for _, w := range f.letters {
		if len(w.letters) == 0 && !w.lost {
			continue
		}
		w.subs = living(w.subs)
		mails = append(mails, mail{append([]*subscription(nil), w.subs...), w.letters, w.lost})
		w.letters, w.lost = nil, false
		if len(w.subs) == 0 || mails[len(mails)-1].lost {
			delete(f.watched, w.account)
		}
	}
	f.letters = f.letters[:0]
	return list, mails
}

func living(list []*subscription) []*subscription {
	kept := list[:0]
	for _, sub := range list {
		if !sub.over.Load() {
			kept = append(kept, sub)
		}
	}
	return kept
}

// send gives letters to who reads them.
func (m *mail) send() {
	if m.lost {
		for _, sub := range m.subs {
			sub.end()
		}
		return
	}
	for _, l := range m.letters {
		var text []byte
		for _, sub := range m.subs {
			if l.seq <= sub.from || sub.over.Load() {
				continue
			}
			if text == nil {
				text = l.event.AppendJSON(nil)
			}
			if !sub.sink(text) {
				sub.over.Store(true)
			}
		}
	}
}

// end tells a reader that there is no more, unless it knows.
func (s *subscription) end() {
	if !s.over.Swap(true) {
		s.sink(nil)
	}
}

// tell makes the events of one market's news.
func (h *Hub) tell(n *news) {
	of := func(kind binance.StreamKind) *topic {
		return h.topics[binance.Stream{Kind: kind, Symbol: n.market.symbol}]
	}
	if n.lost {
		for _, kind := range []binance.StreamKind{binance.StreamTrade, binance.StreamAggTrade, binance.StreamBookTicker} {
			h.abandon(binance.Stream{Kind: kind, Symbol: n.market.symbol})
		}
		h.abandon(binance.Stream{Kind: binance.StreamAllBookTicker})
		return
	}
	if t := of(binance.StreamTrade); t != nil {
		for i := range n.trades {
			h.emit(t, n.market.tradeEvent(&n.trades[i]))
		}
	}
	if t := of(binance.StreamAggTrade); t != nil {
		for rest := n.trades; len(rest) > 0; {
			run := Run(rest)
			h.emit(t, n.market.aggEvent(rest[:run]))
			rest = rest[run:]
		}
	}
	one, all := of(binance.StreamBookTicker), h.topics[binance.Stream{Kind: binance.StreamAllBookTicker}]
	for i := range n.quotes {
		e := n.market.quoteEvent(&n.quotes[i])
		if one != nil {
			h.emit(one, e)
		}
		if all != nil {
			h.emit(all, e)
		}
	}
}

// Run is how many of the trades, which are ascending and not empty, make up the first aggregate: those of the same taker
// order at the same price, with nothing between them.
func Run(trades []Trade) int {
	n := 1
	for n < len(trades) && trades[n].Taker == trades[0].Taker && trades[n].Price == trades[0].Price &&
		trades[n].ID == trades[n-1].ID+1 {
		n++
	}
	return n
}

func (m *market) tradeEvent(t *Trade) *binance.TradeEvent {
	return &binance.TradeEvent{
		EventTime: t.Time.Milli(), Symbol: m.symbol, TradeID: int64(t.ID), Price: m.price(t.Price), Qty: m.qty(t.Qty),
		TradeTime: t.Time.Milli(), IsBuyerMaker: t.BuyerMaker, IsBestMatch: true,
	}
}

// aggEvent is one aggregate.
func (m *market) aggEvent(run []Trade) *binance.AggTradeEvent {
	first := &run[0]
	e := &binance.AggTradeEvent{
		EventTime: first.Time.Milli(), Symbol: m.symbol, AggTradeID: int64(first.ID), Price: m.price(first.Price),
		FirstTradeID: int64(first.ID), LastTradeID: int64(run[len(run)-1].ID), TradeTime: first.Time.Milli(),
		IsBuyerMaker: first.BuyerMaker, IsBestMatch: true,
	}
	qty := first.Qty
	for i := range run[1:] {
		qty += run[i+1].Qty // no more than the taker's order
	}
	e.Qty = m.qty(qty)
	return e
}

func (m *market) quoteEvent(q *quoteAt) *binance.BookTickerEvent {
	return &binance.BookTickerEvent{
		UpdateID: int64(q.seq), Symbol: m.symbol,
		BidPrice: m.price(q.bid), BidQty: m.qty(q.bidQty), AskPrice: m.price(q.ask), AskQty: m.qty(q.askQty),
	}
}

// flush makes and sends the events of an interval: of 100 milliseconds, or of a second where slow is set. h.mu is held.
func (h *Hub) flush(slow bool) {
	err := h.read(func(s *core.State) {
		for _, m := range h.feed.markets[1:] {
			if m.wantDepth > 0 {
				h.flushDepth(s, m, slow)
			}
		}
		if slow {
			h.flushSlow(s)
		}
	})
	if err != nil && !h.stopped {
		subs := h.stop(websocket.StatusInternalError, "the venue has stopped; connect again later")
		for _, sub := range subs {
			go sub.end() // h.mu is held, and a sink may have locks of its own
		}
		return
	}
	h.deliver()
}

// flushDepth tells one market's changes.
func (h *Hub) flushDepth(s *core.State, m *market, slow bool) {
	changed := distinct(m.changed)
	m.changed, m.compact = nil, compactAt
	m.slow = append(m.slow, changed...)
	if slow {
		m.slow = distinct(m.slow)
	}
	b, now := s.Market(m.id).Book, s.Clock().Now.Milli()
	for _, t := range m.depths {
		list := changed
		if !t.stream.Fast {
			list = m.slow
		}
		if !t.stream.Fast && !slow || len(list) == 0 && !t.force {
			continue
		}
		if t.stream.Kind == binance.StreamPartialDepth {
			t.force = false
			n := int(t.stream.Levels)
			h.emit(t, &binance.Depth{LastUpdateID: int64(h.feed.seq), Bids: m.top(b, instruction.Buy, n), Asks: m.top(b, instruction.Sell, n)})
			continue
		}
		if len(list) == 0 {
			continue
		}
		e := &binance.DepthUpdate{EventTime: now, Symbol: m.symbol, FirstUpdateID: int64(t.last) + 1, FinalUpdateID: int64(h.feed.seq)}
		e.Bids, e.Asks = m.quantities(b, list)
		h.emit(t, e)
		t.last = h.feed.seq
	}
	if slow {
		m.slow = m.slow[:0]
	}
}

// flushSlow tells candles and tickers.
func (h *Hub) flushSlow(s *core.State) {
	now := s.Clock().Now.Milli()
	for _, t := range h.topics {
		switch t.stream.Kind {
		case binance.StreamKline:
			h.flushCandle(t, now)
		case binance.StreamMiniTicker, binance.StreamTicker:
			h.flushTicker(s, t, now)
		case binance.StreamAllMiniTicker, binance.StreamAllTicker:
			h.flushTickers(s, t, now)
		case binance.StreamAvgPrice:
			price, at := t.market.avgPrice(now)
			h.emit(t, &binance.AvgPriceEvent{EventTime: now, Symbol: t.market.symbol, Interval: "5m", AvgPrice: t.market.price(price), LastTradeTime: at})
		}
		t.force = false
	}
	for _, m := range h.feed.markets[1:] {
		m.chart.over = nil
	}
}

// flushCandle tells the candles that are over since the last time, then the current one if it changed.
func (h *Hub) flushCandle(t *topic, now int64) {
	current := t.span.start(now)
	for n := 0; t.start < current && n < maxLate; n++ {
		h.candle(t, t.market.chart.find(t.span, t.start), now, true)
		t.start = t.span.next(t.start)
	}
	t.start = current
	v := t.market.chart.at(t.span, current)
	if v != t.sent || t.force {
		h.candle(t, v, now, false)
		t.sent = v
	}
}

// find is at, or the candle that was put aside because it was over.
func (c *chart) find(x span, start int64) Candle {
	for i := range c.over {
		if v := &c.over[i]; v.span == x && v.candle.Start == start {
			return v.candle
		}
	}
	return c.at(x, start)
}

// candle tells one candle; before a market's first trade there is none.
func (h *Hub) candle(t *topic, v Candle, now int64, over bool) {
	m := t.market
	k := binance.StreamCandle{
		OpenTime: v.Start, CloseTime: t.span.next(v.Start) - 1, Symbol: m.symbol, Interval: t.stream.Interval.String(),
		FirstTradeID: -1, LastTradeID: -1, Trades: v.Trades(), Closed: over, Unused: "0",
		Volume: v.Base.Text(m.baseScale), QuoteVolume: v.Quote.Text(m.quoteLike),
		TakerVolume: v.TakerBase.Text(m.baseScale), TakerQuote: v.TakerQuote.Text(m.quoteLike),
	}
	if v.Empty() {
		v.Open, v.High, v.Low, v.Close = t.close, t.close, t.close, t.close
	} else {
		k.FirstTradeID, k.LastTradeID = int64(v.First), int64(v.Last)
	}
	if v.Close == 0 {
		return
	}
	if over {
		t.close = v.Close
	}
	k.Open, k.High, k.Low, k.Close = m.price(v.Open), m.price(v.High), m.price(v.Low), m.price(v.Close)
	h.emit(t, &binance.KlineEvent{EventTime: now, Symbol: m.symbol, Kline: k})
}

// flushTicker tells one market's last 24 hours if anything in it changed.
func (h *Hub) flushTicker(s *core.State, t *topic, now int64) {
	n := t.market.ticker(s.Market(t.market.id).Book, now)
	if t.tickers == nil {
		t.tickers = make([]binance.Ticker, 1)
	}
	if !t.news(0, &n) && !t.force {
		return
	}
	if t.stream.Kind == binance.StreamTicker {
		h.emit(t, tickerEvent(&n))
	} else {
		h.emit(t, miniEvent(&n))
	}
}

// news says whether a ticker differs, in what the topic tells but times, from what was told last; it is told now.
func (t *topic) news(i int, n *binance.Ticker) bool {
	x := *n
	x.OpenTime, x.CloseTime = 0, 0
	if k := t.stream.Kind; k == binance.StreamMiniTicker || k == binance.StreamAllMiniTicker {
		x = binance.Ticker{Symbol: x.Symbol, LastPrice: x.LastPrice, OpenPrice: x.OpenPrice, HighPrice: x.HighPrice, LowPrice: x.LowPrice,
			Volume: x.Volume, QuoteVolume: x.QuoteVolume}
	}
	if x == t.tickers[i] {
		return false
	}
	t.tickers[i] = x
	return true
}

// flushTickers tells the last 24 hours of all markets in which anything changed.
func (h *Hub) flushTickers(s *core.State, t *topic, now int64) {
	var list []byte
	for len(t.tickers) < len(h.feed.markets) {
		t.tickers = append(t.tickers, binance.Ticker{})
	}
	for _, m := range h.feed.markets[1:] {
		n := m.ticker(s.Market(m.id).Book, now)
		if !t.news(int(m.id), &n) && !t.force {
			continue
		}
		list = append(list, ',')
		if t.stream.Kind == binance.StreamAllTicker {
			list = tickerEvent(&n).AppendJSON(list)
		} else {
			list = miniEvent(&n).AppendJSON(list)
		}
	}
	if len(list) > 0 {
		list[0] = '['
		h.emit(t, raw(bytes.Clone(append(list, ']'))))
	}
}
