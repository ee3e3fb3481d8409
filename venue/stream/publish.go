package stream

import (
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

// news is what one market's streams have to tell at once.
type news struct {
	market *market
	trades []archive.Trade
	quotes []quoteAt
	lost   bool
}

// publish sends what the feed has collected since the last time.
func (h *Hub) publish() {
	var list []news
	var mails []mail
	h.mu.Lock()
	err := h.engine.Read(func(*core.State) { list, mails = h.feed.collect() })
	if err != nil {
		h.fail(err)
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

// collect takes out what is new; Hub.mu is held, inside engine.Read.
func (f *feed) collect() (list []news, mails []mail) {
	for _, m := range f.news {
		n := news{market: m, quotes: m.quotes, lost: m.lost}
		n.trades = slices.Clone(m.trades[len(m.trades)-m.fresh:])
		m.fresh, m.quotes, m.lost, m.listed = 0, nil, false, false
		list = append(list, n)
	}
	f.news = f.news[:0]
	for _, w := range f.letters {
		mails = append(mails, w.collect(f))
	}
	f.letters = f.letters[:0]
	return list, mails
}

// tell makes the events of one market's news.
func (h *Hub) tell(n *news) {
	for _, micros := range []bool{false, true} {
		h.tellIn(n, micros)
	}
}

// tellIn is tell for the topics of one unit of time.
func (h *Hub) tellIn(n *news, micros bool) {
	named := func(kind binance.StreamKind, symbol string) *topic {
		return h.topics[binance.Stream{Kind: kind, Symbol: symbol, Micros: micros}]
	}
	symbol := n.market.symbol
	trades, aggregates := named(binance.StreamTrade, symbol), named(binance.StreamAggTrade, symbol)
	quotes, allQuotes := named(binance.StreamBookTicker, symbol), named(binance.StreamAllBookTicker, "")
	if n.lost {
		for _, t := range []*topic{trades, aggregates, quotes, allQuotes} {
			t.abandon()
		}
		return
	}
	if trades != nil {
		for i := range n.trades {
			h.emit(trades, n.market.tradeEvent(trades, &n.trades[i]))
		}
	}
	if aggregates != nil {
		for rest := n.trades; len(rest) > 0; {
			one := runOf(rest)
			h.emit(aggregates, n.market.aggEvent(aggregates, rest[:one]))
			rest = rest[one:]
		}
	}
	for i := range n.quotes {
		e := n.market.quoteEvent(&n.quotes[i])
		if quotes != nil {
			h.emit(quotes, e)
		}
		if allQuotes != nil {
			h.emit(allQuotes, e)
		}
	}
}

// abandon closes everyone on a topic, where it is one: they would miss events.
func (t *topic) abandon() {
	if t == nil {
		return
	}
	for c := range t.conns {
		c.end(websocket.StatusTryAgainLater, "the venue could not keep up; connect again")
	}
}

// runOf is how many of the trades, which are ascending and not empty, make up the first aggregate: those of the same taker
// order at the same price, with nothing between them.
func runOf(trades []archive.Trade) int {
	n := 1
	for n < len(trades) && trades[n].Taker == trades[0].Taker && trades[n].Price == trades[0].Price &&
		trades[n].ID == trades[n-1].ID+1 {
		n++
	}
	return n
}

func (m *market) tradeEvent(to *topic, t *archive.Trade) *binance.TradeEvent {
	return &binance.TradeEvent{
		EventTime: to.time(t.Time), Symbol: m.symbol, TradeID: binance.ID(t.ID), Price: m.price(t.Price), Qty: m.base(t.Qty),
		TradeTime: to.time(t.Time), IsBuyerMaker: t.BuyerMaker, IsBestMatch: true,
	}
}

// aggEvent is one aggregate.
func (m *market) aggEvent(to *topic, run []archive.Trade) *binance.AggTradeEvent {
	first := &run[0]
	qty := first.Qty
	for i := range run[1:] {
		qty += run[i+1].Qty // no more than the taker's order
	}
	return &binance.AggTradeEvent{
		EventTime: to.time(first.Time), Symbol: m.symbol, AggTradeID: binance.ID(first.ID), Price: m.price(first.Price), Qty: m.base(qty),
		FirstTradeID: binance.ID(first.ID), LastTradeID: binance.ID(run[len(run)-1].ID), TradeTime: to.time(first.Time),
		IsBuyerMaker: first.BuyerMaker, IsBestMatch: true,
	}
}

func (m *market) quoteEvent(q *quoteAt) *binance.BookTickerEvent {
	return &binance.BookTickerEvent{
		UpdateID: binance.ID(q.seq), Symbol: m.symbol,
		BidPrice: m.price(q.bid), BidQty: m.base(q.bidQty), AskPrice: m.price(q.ask), AskQty: m.base(q.askQty),
	}
}
