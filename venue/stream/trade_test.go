package stream

import (
	"testing"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// matches are all trades of market 1 as its records tell them, each with its aggregate's first id.
func (h *house) matches() (trades []instruction.Filled, first []int64) {
	h.t.Helper()
	sub := h.Subscribe(1)
	var ev instruction.Events
	var rec instruction.Record
	last := h.Durable()
	for seen := uint64(0); seen < last; {
		err := sub.Next(h.t.Context(), func(seq uint64, b []byte) error {
			seen = seq
			if err := rec.Decode(seq, b); err != nil {
				return err
			}
			rec.Events(&ev)
			for e := ev.Next(); e != nil; e = ev.Next() {
				if x, ok := e.(*instruction.Filled); ok && x.Market == 1 {
					id := int64(x.Trade)
					if n := len(trades); n > 0 && trades[n-1].Taker == x.Taker && trades[n-1].Price == x.Price {
						id = first[n-1]
					}
					trades, first = append(trades, *x), append(first, id)
				}
			}
			return ev.Err()
		})
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return trades, first
}

// TestTrades: both trade streams tell every match of the market once, in order; aggregates are those of the package's rule.
func TestTrades(t *testing.T) {
	r := seed(t)
	h := newHouse(t, 4)
	each, agg := h.dial("/ws"), h.dial("/stream?streams=btcusdt@aggTrade/ethusdt@depth")
	each.subscribe("btcusdt@trade")
	h.listening(2)
	h.trade(r, 4, 300)
	h.give(1, h.limit(instruction.Buy, 20_000, 100_000)) // more than all that is for sale, so that two bids stand at one price
	h.give(2, h.limit(instruction.Buy, 20_000, 10))
	h.give(3, h.limit(instruction.Sell, 20_000, 200_000)) // at least one aggregate of two
	trades, first := h.matches()
	for i, x := range trades {
		var e binance.TradeEvent
		each.into(&e)
		want := binance.TradeEvent{
			Event: binance.EventTrade, EventTime: start.Milli(), Symbol: "BTCUSDT", TradeID: int64(x.Trade), TradeTime: start.Milli(),
			Price: binance.Decimal{Units: int64(x.Price), Scale: 6}, Qty: binance.Decimal{Units: int64(x.Qty), Scale: 8},
			IsBuyerMaker: x.TakerSide == instruction.Sell, IsBestMatch: true,
		}
		if e != want {
			t.Fatalf("trade %d: got %+v, want %+v", i, e, want)
		}
	}
	several := 0
	for i := 0; i < len(trades); {
		n := i
		for n < len(trades) && first[n] == first[i] {
			n++
		}
		var e struct {
			Stream string
			Data   binance.AggTradeEvent
		}
		agg.into(&e)
		qty := int64(0)
		for _, x := range trades[i:n] {
			qty += int64(x.Qty)
		}
		a := e.Data
		if e.Stream != "btcusdt@aggTrade" || a.AggTradeID != first[i] || a.FirstTradeID != first[i] || a.LastTradeID != int64(trades[n-1].Trade) ||
			a.Qty.Units != qty || a.Price.Units != int64(trades[i].Price) || a.IsBuyerMaker != (trades[i].TakerSide == instruction.Sell) {
			t.Fatalf("trades %d to %d: got %+v", i, n-1, e)
		}
		several += n - i - 1
		i = n
	}
	if several == 0 {
		t.Error("no aggregate had more than one trade")
	}
	list, err := h.hub.LastTrades(1, 3)
	if err != nil || len(list) != 3 || list[2].ID != trades[len(trades)-1].Trade || list[2].Taker != trades[len(trades)-1].Taker {
		t.Errorf("last trades %+v, %v", list, err)
	}
}

// TestBookTicker: every change of the best prices is told, with the record that made it, and nothing else is.
func TestBookTicker(t *testing.T) {
	r := seed(t)
	h := newHouse(t, 3)
	h.trade(r, 3, 50)
	c, all := h.dial("/ws/btcusdt@bookTicker"), h.dial("/ws/!bookTicker")
	h.listening(2)
	before := h.best()
	var want []binance.BookTickerEvent
	for range 200 {
		h.trade(r, 3, 1)
		if now := h.best(); now != before {
			before = now
			now.UpdateID = int64(h.Durable())
			want = append(want, now)
		}
	}
	if len(want) < 10 {
		t.Fatalf("only %d changes", len(want))
	}
	for i := range want {
		var e binance.BookTickerEvent
		if c.into(&e); e != want[i] {
			t.Fatalf("change %d: got %+v, want %+v", i, e, want[i])
		}
		for all.into(&e); e.Symbol != "BTCUSDT"; all.into(&e) {
		}
		if e != want[i] {
			t.Fatalf("change %d of all: got %+v, want %+v", i, e, want[i])
		}
	}
}

// best is the best of market 1, computed from all levels.
func (h *house) best() (e binance.BookTickerEvent) {
	h.t.Helper()
	_, bids, asks, err := h.hub.Depth(1, 1)
	if err != nil {
		h.t.Fatal(err)
	}
	zero := binance.Level{Price: binance.Decimal{Scale: 6}, Qty: binance.Decimal{Scale: 8}}
	bid, ask := zero, zero
	if len(bids) > 0 {
		bid = bids[0]
	}
	if len(asks) > 0 {
		ask = asks[0]
	}
	return binance.BookTickerEvent{Symbol: "BTCUSDT", BidPrice: bid.Price, BidQty: bid.Qty, AskPrice: ask.Price, AskQty: ask.Qty}
}

// TestQuotesAfterAPause: who comes after a time without listeners is told a change back to what was told last.
func TestQuotesAfterAPause(t *testing.T) {
	h := newHouse(t, 2)
	c := h.dial("/ws")
	c.subscribe("btcusdt@bookTicker")
	h.give(1, h.limit(instruction.Buy, 100, 1))
	var e binance.BookTickerEvent
	c.into(&e)
	c.send(`{"method":"UNSUBSCRIBE","params":["btcusdt@bookTicker"],"id":1}`)
	c.expect(`{"result":null,"id":1}`)
	better := h.limit(instruction.Buy, 101, 1)
	h.give(1, better)
	c.subscribe("btcusdt@bookTicker")
	h.give(1, &instruction.CancelOrder{Market: 1, Client: better.ClientID})
	var back binance.BookTickerEvent
	c.into(&back)
	e.UpdateID, back.UpdateID = 0, 0
	if e != back {
		t.Errorf("got %+v, want %+v", back, e)
	}
}

// TestNewMarket: a market that is added while the Hub runs has streams too.
func TestNewMarket(t *testing.T) {
	h := newHouse(t, 1)
	c := h.dial("/ws")
	h.operator(&instruction.AddAsset{Symbol: "XRP", Scale: 6})
	var m *core.Market
	h.operator(&instruction.AddMarket{Base: 4, Quote: 2, Terms: instruction.Terms{Tick: 1, MinPrice: 1000, MaxPrice: 1e12, Lot: 1e3, MaxQty: 1e12}})
	_ = h.Read(func(s *core.State) { m = s.MarketNamed("XRPUSDT") })
	c.subscribe("xrpusdt@depth@100ms")
	p := h.limit(instruction.Buy, 2, 1)
	p.Market = m.ID
	h.give(1, p)
	h.beat()
	var e binance.DepthUpdate
	c.into(&e)
	if e.Symbol != "XRPUSDT" || len(e.Bids) != 1 || text(e.Bids[0].Qty) != "0.001000" {
		t.Errorf("%+v", e)
	}
}

// TestRun: an aggregate ends where the taker order, the price or the sequence of ids changes.
func TestRun(t *testing.T) {
	trade := func(id instruction.Trade, taker instruction.Order, price money.Price) archive.Trade {
		return archive.Trade{ID: id, Price: price, Taker: taker}
	}
	for _, x := range []struct {
		list []archive.Trade
		want int
	}{
		{[]archive.Trade{trade(1, 5, 9)}, 1},
		{[]archive.Trade{trade(1, 5, 9), trade(2, 5, 9), trade(3, 5, 9)}, 3},
		{[]archive.Trade{trade(1, 5, 9), trade(2, 5, 9), trade(3, 6, 9)}, 2},
		{[]archive.Trade{trade(1, 5, 9), trade(2, 5, 8), trade(3, 5, 9)}, 1},
		{[]archive.Trade{trade(1, 5, 9), trade(3, 5, 9)}, 1},
	} {
		if got := runOf(x.list); got != x.want {
			t.Errorf("%+v: %d, want %d", x.list, got, x.want)
		}
	}
}

// TestRecent: of a market's trades at least the last thousand are kept, and few more, unless they still have to be told.
func TestRecent(t *testing.T) {
	var m market
	for i := range 10_000 {
		m.traded(&archive.Trade{ID: instruction.Trade(i + 1), Time: start, Price: 1, Qty: 1})
		if n := len(m.trades); n < min(i+1, recentTrades) || n > 2*recentTrades || m.trades[n-1].ID != instruction.Trade(i+1) {
			t.Fatalf("after %d trades %d are kept", i+1, n)
		}
	}
	m.wantTrades = 1
	for i := range 5000 {
		m.traded(&archive.Trade{ID: instruction.Trade(10_001 + i), Time: start, Price: 1, Qty: 1})
	}
	if m.fresh != 5000 || m.trades[len(m.trades)-m.fresh].ID != 10_001 {
		t.Errorf("%d of %d trades are to be told", m.fresh, len(m.trades))
	}
}
