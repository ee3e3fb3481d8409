package stream

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

// tape makes random trades, from a few a second to none for days.
func tape(r *rand.Rand, n int) []archive.Trade {
	list := make([]archive.Trade, n)
	at := start
	for i := range list {
		at += instruction.Time(r.Int64N([]int64{2e6, 2e6, 90e6, 90e6, 3e9, 9e10}[r.IntN(6)]))
		list[i] = archive.Trade{ID: instruction.Trade(i + 1), Price: money.Price(1 + r.Int64N(1000)), Qty: money.Amount(1 + r.Int64N(1e9)),
			Quote: money.Amount(1 + r.Int64N(1e9)), Time: at, BuyerMaker: r.IntN(2) == 0}
	}
	return list
}

// join is one candle of the trades from a time to before another, made in the plainest way.
func join(list []archive.Trade, from, to instruction.Time) (v archive.Candle) {
	v.Open = from
	for _, t := range list {
		if t.Time < from || t.Time >= to {
			continue
		}
		one := archive.Candle{First: t.Price, High: t.Price, Low: t.Price, Last: t.Price, Trades: 1, FirstTrade: t.ID, LastTrade: t.ID,
			Base: archive.VolumeOf(t.Qty), Quote: archive.VolumeOf(t.Quote)}
		if !t.BuyerMaker {
			one.TakerBase, one.TakerQuote = one.Base, one.Quote
		}
		v.Join(&one)
	}
	return v
}

func allSpans() (list []span) {
	for x := range span(spans) {
		if x.interval().Valid() {
			list = append(list, x)
		}
	}
	return list
}

// TestChart: at every moment the current candle of every length, and what the last 24 hours came to, are those that all
// trades give.
func TestChart(t *testing.T) {
	r := seed(t)
	m := market{baseScale: 8}
	c := &m.chart
	list := tape(r, 600)
	for i := range list {
		c.add(&list[i])
		now := list[i].Time + instruction.Time(r.Int64N(100e6))
		if i+1 < len(list) {
			now = min(now, list[i+1].Time)
		}
		if i%7 != 0 {
			continue
		}
		seen := list[:i+1]
		for _, x := range allSpans() {
			from := x.start(now)
			if got, want := c.at(x, from), join(seen, from, x.next(from)); got != want {
				t.Fatalf("trade %d, %v at zone %d: got %+v, want %+v", i, x.interval(), x.zone(), got, want)
			}
		}
		from := dayStart(now)
		sum, before := c.since(from)
		if want := join(seen, from, now+1); sum != want {
			t.Fatalf("trade %d: the day is %+v, want %+v", i, sum, want)
		}
		if want := join(seen, 0, from); before.Last != want.Last {
			t.Fatalf("trade %d: before the day %d, want %d", i, before.Last, want.Last)
		}
		want := seen[i].Price
		if five := join(seen, now-now%minute-4*minute, now+1); five.Trades > 0 {
			want = Average(&five, 8)
		}
		if got := m.avgPrice(now); got != want {
			t.Fatalf("trade %d: the average of five minutes is %d, want %d", i, got, want)
		}
	}
}

// TestPast: a chart that is filled from the archive up to some trade, and goes on with what was seen since, is the one that
// has seen all; wherever the one ends and the other begins, and however much further the archive is.
func TestPast(t *testing.T) {
	r := seed(t)
	h := newHouse(t, 2)
	a, err := archive.Open(archive.Memory)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- a.Follow(ctx, h.Engine) }()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	for range 250 { // over a month
		h.clock.Add(instruction.Time(r.Int64N([]int64{2e6, 90e6, 3e9, 5e10}[r.IntN(4)])))
		n := 1 + r.Int64N(3)
		for i := range n {
			h.give(1, h.limit(instruction.Sell, 100+i, 1+r.Int64N(50)))
		}
		h.give(2, h.limit(instruction.Buy, 110, 200))
		h.give(1, &instruction.CancelAll{Market: 1})
		h.give(2, &instruction.CancelAll{Market: 1})
	}
	if err := a.Wait(t.Context(), h.Durable()); err != nil {
		t.Fatal(err)
	}
	all := h.tape(a)
	if len(all) < 250 {
		t.Fatalf("only %d trades", len(all))
	}
	for range 15 {
		cut, end := 1+r.IntN(len(all)-1), 0
		end = cut + r.IntN(len(all)-cut+1)
		now := all[cut-1].Time
		var past, live chart
		if err := past.recall(t.Context(), a, 1, now, all[cut-1].ID); err != nil {
			t.Fatal(err)
		}
		for i := cut; i < end; i++ {
			live.add(&all[i])
			now = all[i].Time
		}
		past.goOn(&live)
		for _, x := range allSpans() {
			from := x.start(now)
			if x.interval() == binance.Second1 {
				continue // the current second is only what was seen
			}
			if got, want := past.at(x, from), join(all[:end], from, x.next(from)); got != want {
				t.Fatalf("trades to %d, then to %d, %v at zone %d: got %+v, want %+v", cut, end, x.interval(), x.zone(), got, want)
			}
		}
		from := dayStart(now)
		if sum, before := past.since(from); sum != join(all[:end], from, now+1) || before.Last != join(all[:end], 0, from).Last {
			t.Fatalf("trades to %d, then to %d: the day is %+v, want %+v", cut, end, sum, join(all[:end], from, now+1))
		}
		if past.last != all[end-1] {
			t.Fatalf("the last trade is %+v, want %+v", past.last, all[end-1])
		}
	}
	h.recalled(a, all)
}

// tape is all trades of market 1 as the archive has them.
func (h *house) tape(a *archive.Archive) (all []archive.Trade) {
	h.t.Helper()
	for {
		list, err := a.Trades(h.t.Context(), 1, archive.Range{From: uint64(len(all) + 1), Limit: archive.MaxLimit})
		if err != nil {
			h.t.Fatal(err)
		}
		if len(list) == 0 {
			return all
		}
		all = append(all, list...)
	}
}

// recalled holds a Hub that comes late, and has the archive, against the one that has seen all.
func (h *house) recalled(a *archive.Archive, all []archive.Trade) {
	t := h.t
	t.Helper()
	late, err := New(h.Engine, Config{Beat: make(chan time.Time), ClientAddr: h.hub.cfg.ClientAddr, Archive: a})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(late.Close)
	for waits := true; waits; runtime.Gosched() { // until the archive was read
		_ = h.Read(func(*core.State) { waits = late.feed.past.Load() == nil && late.feed.markets[1].chart.last.ID == 0 })
	}
	h.give(1, h.limit(instruction.Buy, 99, 10))
	h.give(2, h.limit(instruction.Sell, 99, 10)) // one more trade, in a record that comes after the past is there
	got, err := late.Ticker(1)
	if err != nil {
		t.Fatal(err)
	}
	want, err := h.hub.Ticker(1)
	if err != nil {
		t.Fatal(err)
	}
	if got != want || want.LastID != int64(len(all)+1) {
		t.Errorf("late %+v, want %+v", got, want)
	}
	p, _ := late.AvgPrice(1)
	if q, _ := h.hub.AvgPrice(1); p != q {
		t.Errorf("late %+v, want %+v", p, q)
	}
}

// TestKline: the candles of a stream follow on each other without a gap; each is told as over once, as all its trades make
// it, and the current one as it stands.
func TestKline(t *testing.T) {
	r := seed(t)
	h := newHouse(t, 2)
	var got [2][]binance.StreamCandle
	names := [2]string{"btcusdt@kline_1m", "btcusdt@kline_1s"}
	var c [2]*client
	trade := func() {
		price, lots := 100+r.Int64N(10), 1+r.Int64N(5)
		h.give(1, h.limit(instruction.Sell, price, lots))
		h.give(2, h.limit(instruction.Buy, price, lots))
	}
	trade() // so that there is a price
	for i, name := range names {
		c[i] = h.dial("/ws/" + name)
	}
	h.listening(2)
	frames := [2]<-chan string{c[0].frames(), c[1].frames()}
	var all []archive.Trade
	for range 60 {
		for range r.IntN(3) {
			trade()
		}
		h.clock.Add(instruction.Time(1+r.Int64N(8)) * 1e5)
		if r.IntN(3) == 0 {
			h.second()
			h.answered(2)
		}
		if r.IntN(10) == 0 {
			h.clock.Add(instruction.Time(r.Int64N(90)) * instruction.Second)
		}
	}
	h.clock.Add(2 * minute)
	trade()
	h.second()
	h.second()
	trades, _ := h.hub.LastTrades(1, 1000)
	all = append(all, trades...)
	end := all[len(all)-1].Time
	for i := range c {
		for {
			var e binance.KlineEvent
			if err := strict(<-frames[i], &e); err != nil {
				t.Fatal(err)
			}
			k := e.Kline
			if n := len(got[i]); n > 0 && got[i][n-1].Closed && k.OpenTime != got[i][n-1].CloseTime+1 || n > 0 && !got[i][n-1].Closed && k.OpenTime != got[i][n-1].OpenTime {
				t.Fatalf("%+v follows on %+v", k, got[i][n-1])
			}
			got[i] = append(got[i], k)
			v := join(all, instruction.Time(k.OpenTime)*1000, instruction.Time(k.CloseTime+1)*1000)
			if k.Closed && (k.Trades != v.Trades || v.Trades > 0 && (k.Open.Units != int64(v.First) || k.High.Units != int64(v.High) ||
				k.Low.Units != int64(v.Low) || k.Close.Units != int64(v.Last) || k.Volume != v.Base.Text(8) || k.QuoteVolume != v.Quote.Text(6) ||
				k.TakerVolume != v.TakerBase.Text(8) || k.LastTradeID != int64(v.LastTrade))) {
				t.Fatalf("got %+v, want %+v", k, v)
			}
			stood := join(all, 0, v.Open).Last
			if k.Trades == 0 && (k.Open.Units != int64(stood) || k.High != k.Open || k.Low != k.Open || k.Close != k.Open || k.FirstTradeID != -1) {
				t.Fatalf("without trades, after %d: %+v", stood, k)
			}
			if k.OpenTime <= end.Milli() && k.CloseTime >= end.Milli() && k.Trades == v.Trades {
				break
			}
		}
		if len(got[i]) < 4 {
			t.Errorf("%s: only %d events", names[i], len(got[i]))
		}
	}
}

// TestTickers: who comes hears how things stand, then what changed, and of all markets only those that did.
func TestTickers(t *testing.T) {
	h := newHouse(t, 2)
	h.give(1, h.limit(instruction.Sell, 100, 10))
	h.give(2, h.limit(instruction.Buy, 100, 4))
	one, all, mini := h.dial("/ws/btcusdt@ticker"), h.dial("/ws/!ticker@arr"), h.dial("/ws/!miniTicker@arr")
	h.listening(3)
	h.second()
	var e binance.TickerEvent
	one.into(&e)
	want, err := h.hub.Ticker(1)
	if err != nil {
		t.Fatal(err)
	}
	if x := tickerEvent(new(topic), &want); e.LastPrice != x.LastPrice || e.Volume != "0.00004000" || e.QuoteVolume != "0.004000" || e.Count != 1 ||
		e.AskQty.String() != "0.00006000" || e.OpenTime != dayStart(start).Milli() || e.WeightedAvgPrice.String() != "100.000000" {
		t.Errorf("got %+v, want %+v", e, x)
	}
	var list []binance.TickerEvent
	if all.into(&list); len(list) != 2 || list[0] != e || list[1].FirstID != -1 {
		t.Errorf("all: %+v", list)
	}
	var minis []binance.MiniTickerEvent
	if mini.into(&minis); len(minis) != 2 || minis[0].Close != e.LastPrice || minis[0].Volume != e.Volume {
		t.Errorf("minis: %+v", minis)
	}
	h.second() // nothing changed
	h.give(2, h.limit(instruction.Buy, 50, 4))
	h.second() // the best bid did
	one.into(&e)
	if all.into(&list); len(list) != 1 || list[0] != e || e.BidPrice.String() != "50.000000" {
		t.Errorf("a new bid: %+v", list)
	}
	h.give(2, h.limit(instruction.Buy, 150, 10)) // takes the 6 that are left
	h.second()
	one.into(&e)
	if mini.into(&minis); len(minis) != 1 || minis[0].Volume != "0.00010000" || e.PriceChange.Units != 0 || e.LastQty.String() != "0.00006000" {
		t.Errorf("a trade: %+v, %+v", minis, e)
	}
	h.clock.Add(instruction.Day)
	h.give(1, h.limit(instruction.Sell, 90, 10)) // at 150, a day later
	h.second()
	if one.into(&e); e.Count != 1 || e.PrevClosePrice.String() != "100.000000" || e.OpenPrice.String() != "150.000000" {
		t.Errorf("a day later: %+v", e)
	}
}

// TestPercent is the change in percent at its edges.
// TestWindows: a window holds what was traded in it, opens on a minute, and is told when anything in it changes.
func TestWindows(t *testing.T) {
	h := newHouse(t, 2)
	h.give(1, h.limit(instruction.Sell, 100, 10))
	h.give(2, h.limit(instruction.Buy, 100, 4))
	h.clock.Add(90*minute + 30*instruction.Second)
	h.give(1, h.limit(instruction.Sell, 50, 1)) // changes nothing that a window tells
	one, four, all := h.dial("/ws/btcusdt@ticker_1h"), h.dial("/ws/btcusdt@ticker_4h"), h.dial("/stream?streams=!ticker_1h@arr")
	h.listening(3)
	h.second()
	var e binance.WindowEvent
	if one.into(&e); e.Event != "1hTicker" || e.Count != 0 || e.LastPrice.String() != "100.000000" || e.OpenTime != (start+30*minute).Milli() {
		t.Errorf("an hour without trades: %+v", e)
	}
	if four.into(&e); e.Event != "4hTicker" || e.Count != 1 || e.Volume != "0.00004000" || e.OpenTime != (start-150*minute).Milli() {
		t.Errorf("four hours: %+v", e)
	}
	all.text()
	h.give(2, h.limit(instruction.Buy, 80, 1)) // at 50
	h.second()
	if one.into(&e); e.Count != 1 || e.OpenPrice.String() != "50.000000" || e.FirstID != 2 || e.PriceChange.Units != 0 {
		t.Errorf("after a trade: %+v", e)
	}
	if four.into(&e); e.Count != 2 || e.PriceChangePercent.String() != "-50.000" || e.HighPrice.String() != "100.000000" {
		t.Errorf("four hours after a trade: %+v", e)
	}
	var list struct {
		Stream string
		Data   []binance.WindowEvent
	}
	if all.into(&list); list.Stream != "!ticker_1h@arr" || len(list.Data) != 1 || list.Data[0].Symbol != "BTCUSDT" {
		t.Errorf("all: %+v", list)
	}
}

// TestDayWindow: the oldest minute of a window of a day is not forgotten before it is over.
func TestDayWindow(t *testing.T) {
	h := newHouse(t, 2)
	trade := func() {
		h.give(1, h.limit(instruction.Sell, 100, 1))
		h.give(2, h.limit(instruction.Buy, 100, 1))
	}
	h.clock.Add(50 * instruction.Second)
	trade()
	h.clock.Add(instruction.Day - minute)
	trade()
	h.clock.Add(30 * instruction.Second)
	trade()
	c := h.dial("/ws/btcusdt@ticker_1d")
	h.listening(1)
	h.second()
	var e binance.WindowEvent
	if c.into(&e); e.Count != 3 || e.OpenTime != start.Milli() {
		t.Errorf("%+v", e)
	}
}

// TestMicros: who asks for it is told times in microseconds, and nobody else.
func TestMicros(t *testing.T) {
	h := newHouse(t, 2)
	h.clock.Add(123)
	fine, plain := h.dial("/stream?streams=btcusdt@trade/btcusdt@aggTrade&timeUnit=MICROSECOND"), h.dial("/ws/btcusdt@trade")
	candle := h.dial("/ws/btcusdt@kline_1m?timeUnit=microsecond")
	h.listening(3)
	h.give(1, h.limit(instruction.Sell, 100, 1))
	h.give(2, h.limit(instruction.Buy, 100, 1))
	var e binance.TradeEvent
	if plain.into(&e); e.EventTime != start.Milli() || e.TradeTime != start.Milli() {
		t.Errorf("in milliseconds: %+v", e)
	}
	for range 2 {
		if text := fine.text(); !strings.Contains(text, fmt.Sprintf(`"E":%d,`, start+123)) || !strings.Contains(text, fmt.Sprintf(`"T":%d,`, start+123)) {
			t.Errorf("in microseconds: %s", text)
		}
	}
	h.second()
	if text := candle.text(); !strings.Contains(text, fmt.Sprintf(`"t":%d,"T":%d,`, start, start+minute-1)) {
		t.Errorf("a candle: %s", text)
	}
	candle.send(`{"method":"UNSUBSCRIBE","params":["btcusdt@kline_1m"],"id":1}`)
	candle.expect(`{"result":null,"id":1}`)
	if n := h.topics(); n != 3 {
		t.Errorf("%d topics are left", n)
	}
	if _, r, err := websocket.Dial(t.Context(), h.url+"/ws/btcusdt@trade?timeUnit=HOUR", nil); err == nil || r.StatusCode != 400 {
		t.Errorf("another unit: %v %v", r, err)
	}
}

func TestPercent(t *testing.T) {
	for _, x := range []struct {
		change, from money.Price
		want         string
	}{
		{0, 0, "0.000"}, {5, 0, "0.000"}, {50, 100, "50.000"}, {-50, 100, "-50.000"}, {1, 3, "33.333"}, {-1, 3, "-33.333"},
		{1 << 61, 1, "0.000"}, {-(1 << 61), 1 << 61, "-100.000"},
	} {
		if got := Percent(x.change, x.from).String(); got != x.want {
			t.Errorf("%d of %d: %s, want %s", x.change, x.from, got, x.want)
		}
	}
}
