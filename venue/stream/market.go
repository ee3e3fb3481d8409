package stream

import (
	"cmp"
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

const (
	// recentTrades is how many of a market's trades are kept for LastTrades.
	recentTrades = 1000
	// maxFresh is how many trades or quotes of a market may wait to be made into events. More wait only where the Hub does
	// not keep up at all; then the streams that would miss some are closed.
	maxFresh = 1 << 17
	// compactAt is how long a list of changed levels may grow before doubles are looked for.
	compactAt = 4096
)

// level names a price of a book.
type level struct {
	side  instruction.Side
	price money.Price
}

// quote is the best of both sides of a book.
type quote struct {
	bid, ask       money.Price
	bidQty, askQty money.Amount
}

type quoteAt struct {
	quote
	seq uint64
}

// market is what the feed knows of one market.
type market struct {
	id                    instruction.Market
	symbol                string
	baseScale, quoteScale money.Scale // prices have that of quote

	// Changed by the follower only.
	trades []archive.Trade // the newest, ascending; at least recentTrades where there were so many
	chart  chart           // but for wanted, which is as wantTrades is, and over, which is as fresh is
	quote  quote           // as of the last record, while quotes are wanted; as wantQuotes is where they begin to be

	// Added to by the follower, taken by the Hub inside engine.Read.
	fresh   int       // how many of trades, at the end, are not yet events
	quotes  []quoteAt // changes of quote
	changed []level   // changed since the last fast flush
	compact int       // length of changed at which doubles are taken out
	lost    bool      // more than maxFresh were waiting
	listed  bool      // in feed.news

	// How many topics want what; changed by who holds Hub.mu, inside engine.Read.
	wantTrades, wantQuotes, wantDepth int

	// Guarded by Hub.mu.
	depths []*topic // of depth
	slow   []level  // changed since the last slow flush
}

func newMarket(s *core.State, m *core.Market) *market {
	base, quote := s.Scales(m)
	return &market{id: m.ID, symbol: m.Symbol, baseScale: base, quoteScale: quote, compact: compactAt}
}

func (m *market) price(p money.Price) binance.Decimal {
	return binance.Decimal{Units: int64(p), Scale: uint8(m.quoteScale)}
}

func (m *market) base(a money.Amount) binance.Decimal {
	return binance.Decimal{Units: int64(a), Scale: uint8(m.baseScale)}
}

// traded notes a trade.
func (m *market) traded(t *archive.Trade) {
	if len(m.trades) >= 2*recentTrades && m.fresh < recentTrades {
		m.trades = slices.Delete(m.trades, 0, len(m.trades)-recentTrades)
	}
	m.trades = append(m.trades, *t)
	m.chart.add(t)
	if m.wantTrades == 0 {
		return
	}
	if m.fresh++; m.fresh > maxFresh {
		m.lost = true
		m.trades = slices.Delete(m.trades, 0, len(m.trades)-recentTrades)
		m.fresh = 0
	}
}

// change notes that the quantity at a price may be another.
func (m *market) change(side instruction.Side, p money.Price) {
	if m.wantDepth == 0 {
		return
	}
	m.changed = append(m.changed, level{side, p})
	if len(m.changed) >= m.compact {
		m.changed = distinct(m.changed)
		m.compact = max(compactAt, 2*len(m.changed))
	}
}

// requote notes the best prices after a record.
func (m *market) requote(b *book.Book, seq uint64) {
	q := bestOf(b)
	if q == m.quote {
		return
	}
	m.quote = q
	if len(m.quotes) >= maxFresh {
		m.lost = true
		m.quotes = m.quotes[:0]
	}
	m.quotes = append(m.quotes, quoteAt{q, seq})
}

func bestOf(b *book.Book) (q quote) {
	if h := b.Best(instruction.Buy); h != 0 {
		q.bid = b.At(h).Price
		q.bidQty = b.Level(instruction.Buy, q.bid)
	}
	if h := b.Best(instruction.Sell); h != 0 {
		q.ask = b.At(h).Price
		q.askQty = b.Level(instruction.Sell, q.ask)
	}
	return q
}

// distinct sorts levels, bids first and the best ones first, and takes out doubles.
func distinct(list []level) []level {
	slices.SortFunc(list, func(a, b level) int {
		switch {
		case a.side != b.side:
			return cmp.Compare(a.side, b.side)
		case a.side == instruction.Buy:
			return cmp.Compare(b.price, a.price)
		}
		return cmp.Compare(a.price, b.price)
	})
	return slices.Compact(list)
}

// quantities are the book's quantities at the levels, which are distinct.
func (m *market) quantities(b *book.Book, list []level) (bids, asks binance.Levels) {
	for _, l := range list {
		at := binance.Level{Price: m.price(l.price), Qty: m.base(b.Level(l.side, l.price))}
		if l.side == instruction.Buy {
			bids = append(bids, at)
		} else {
			asks = append(asks, at)
		}
	}
	return bids, asks
}

// top are the best levels of a side, at most limit.
func (m *market) top(b *book.Book, side instruction.Side, limit int) binance.Levels {
	list := make(binance.Levels, 0, min(limit, 128))
	if limit <= 0 {
		return list
	}
	b.Levels(side, func(p money.Price, qty money.Amount, _ int) bool {
		list = append(list, binance.Level{Price: m.price(p), Qty: m.base(qty)})
		return len(list) < limit
	})
	return list
}
