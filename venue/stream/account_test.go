package stream

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// inbox collects an account's events.
type inbox struct {
	mu     sync.Mutex
	events []string
	more   chan struct{} // has room for one
}

func (h *house) inbox(a instruction.Account) (*inbox, func()) {
	h.t.Helper()
	b := &inbox{more: make(chan struct{}, 1)}
	cancel, err := h.hub.SubscribeAccount(a, false, b.add)
	if err != nil {
		h.t.Fatal(err)
	}
	return b, cancel
}

func (b *inbox) add(event []byte) bool {
	b.mu.Lock()
	if event == nil {
		b.events = append(b.events, "end")
	} else {
		b.events = append(b.events, string(event))
	}
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
	return true
}

// next waits for n events, and takes them.
func (b *inbox) next(t testing.TB, n int) []string {
	t.Helper()
	for {
		b.mu.Lock()
		if len(b.events) >= n {
			list := b.events[:n:n]
			b.events = b.events[n:]
			b.mu.Unlock()
			return list
		}
		b.mu.Unlock()
		select {
		case <-b.more:
		case <-t.Context().Done():
			t.Fatalf("waited for %d events", n)
		}
	}
}

// until waits for an event that is, or contains the balance of, what done says.
func (b *inbox) until(t testing.TB, done func(event string) bool) (list []string) {
	t.Helper()
	for {
		list = append(list, b.next(t, 1)...)
		if done(list[len(list)-1]) {
			return list
		}
	}
}

// TestAccountFold: balances and orders, put together from an account's events alone, are those of the state.
func TestAccountFold(t *testing.T) {
	r := seed(t)
	h := newHouse(t, 4)
	const account = instruction.Account(2)
	box, _ := h.inbox(account)
	balances := map[string]binance.AssetBalance{}
	h.trade(r, 4, 500)
	h.give(1, h.limit(instruction.Buy, 10_100, 10)) // from here on, one of each kind at least
	h.give(2, h.limit(instruction.Sell, 9_000, 10))
	cheap := h.limit(instruction.Buy, 1, 10)
	h.give(1, cheap)
	h.give(1, &instruction.CancelOrder{Market: 1, Client: cheap.ClientID})
	dear := h.limit(instruction.Sell, 1_000_000, 10)
	dear.TIF = instruction.IOC
	h.give(1, dear)
	h.operator(&instruction.Credit{Account: account, Asset: 1, Amount: 12345}) // its balanceUpdate is the last but one
	orders := map[int64]binance.ExecutionReport{}
	var last binance.EventName
	events := box.until(t, func(e string) bool {
		x := kindOf(t, e)
		end := last == binance.EventBalanceUpdate && x == binance.EventAccountPosition
		last = x
		return end
	})
	counts := map[string]int{}
	moved := false // by an event that no position has followed yet
	for _, text := range events {
		switch kindOf(t, text) {
		case binance.EventExecutionReport:
			var e binance.ExecutionReport
			if err := strict(text, &e); err != nil {
				t.Fatal(err)
			}
			counts[string(e.Execution)]++
			foldReport(t, orders, &e)
			moved = true
		case binance.EventAccountPosition:
			var e binance.AccountPosition
			if err := strict(text, &e); err != nil {
				t.Fatal(err)
			}
			if !moved {
				t.Fatalf("a position that follows on nothing: %s", text)
			}
			for _, b := range e.Balances {
				balances[b.Asset] = b
			}
			moved = false
		case binance.EventBalanceUpdate:
			moved = true
		default:
			t.Fatalf("unknown event %s", text)
		}
	}
	for _, x := range []string{"NEW", "TRADE", "CANCELED", "EXPIRED"} {
		if counts[x] == 0 {
			t.Errorf("no execution of type %s", x)
		}
	}
	err := h.Read(func(s *core.State) {
		for x, b := range s.Balances(account) {
			a := s.Asset(x)
			got := balances[a.Symbol]
			if got.Free.Units != int64(b.Free) || got.Locked.Units != int64(b.Held) || got.Free.Scale != uint8(a.Scale) {
				t.Errorf("%s: got %v and %v, want %v and %v", a.Symbol, got.Free, got.Locked, b.Free.Text(a.Scale), b.Held.Text(a.Scale))
			}
		}
		open := 0
		for _, m := range s.Markets() {
			for h := range m.Book.Orders(account) {
				open++
				o := m.Book.At(h)
				e := orders[int64(o.ID)]
				if e.CumQty.Units != int64(o.Done) || e.CumQuoteQty.Units != int64(o.Paid) || e.Qty.Units != int64(o.Qty) || e.ClientOrderID != o.ClientID.String() {
					t.Errorf("order %d: %+v, in the book %+v", o.ID, e, o)
				}
			}
		}
		if open != len(orders) {
			t.Errorf("%d orders are open, the events say %d", open, len(orders))
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// kindOf reads the kind of an event. Package json takes "E" for "e" where no other field is called so.
func kindOf(t testing.TB, event string) binance.EventName {
	t.Helper()
	var x struct {
		Kind binance.EventName `json:"e"`
		Time int64             `json:"E"`
	}
	if err := json.Unmarshal([]byte(event), &x); err != nil {
		t.Fatalf("%v: %s", err, event)
	}
	return x.Kind
}

// foldReport keeps the open orders by their reports, and holds each report against the one before.
func foldReport(t *testing.T, orders map[int64]binance.ExecutionReport, e *binance.ExecutionReport) {
	t.Helper()
	before, known := orders[e.OrderID]
	switch e.Execution {
	case binance.ExecNew:
		if known || e.Status != binance.StatusNew || e.TradeID != -1 || e.CommissionAsset != "" {
			t.Fatalf("new: %+v", e)
		}
	case binance.ExecTrade:
		left := e.Qty.Units - e.CumQty.Units
		if !known || e.CumQty.Units != before.CumQty.Units+e.LastQty.Units || e.CumQuoteQty.Units != before.CumQuoteQty.Units+e.LastQuoteQty.Units ||
			e.TradeID <= 0 || e.CommissionAsset == "" || (left == 0) != (e.Status == binance.StatusFilled) || left < 0 {
			t.Fatalf("trade: %+v after %+v", e, before)
		}
	case binance.ExecCanceled, binance.ExecExpired:
		if !known || e.CumQty != before.CumQty || string(e.Status) != string(e.Execution) ||
			e.Execution == binance.ExecCanceled && e.OrigClientOrderID != before.ClientOrderID {
			t.Fatalf("end: %+v after %+v", e, before)
		}
	default:
		t.Fatalf("execution %q", e.Execution)
	}
	orders[e.OrderID] = *e
	if e.Status != binance.StatusNew && e.Status != binance.StatusPartiallyFilled {
		delete(orders, e.OrderID)
	}
}

// TestReports is the exact text of each kind of event.
func TestReports(t *testing.T) {
	h := newHouse(t, 2)
	box, _ := h.inbox(2)
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 5e7})
	placed := h.give(1, h.limit(instruction.Buy, 100, 5))
	filled := h.give(2, h.limit(instruction.Sell, 90, 2))
	cancel := h.limit(instruction.Buy, 1, 1).ClientID // a name of its own
	gone := h.give(1, &instruction.CancelOrder{Market: 1, Order: 1, ClientID: cancel})
	market := h.limit(instruction.Sell, 0, 1)
	market.Type, market.TIF = instruction.MarketType, instruction.IOC
	expired := h.give(1, market)

	const now = `"E":1515196800000`
	const limit = `"S":"BUY","o":"LIMIT","f":"GTC","q":"0.00005000","p":"100.000000","P":"0.000000","F":"0.00000000","g":-1,`
	const sell = `"S":"SELL","o":"MARKET","f":"GTC","q":"0.00001000","p":"0.000000","P":"0.000000","F":"0.00000000","g":-1,`
	const stood = `"O":1515196800000,`
	const works = `"Q":"0.000000","W":1515196800000,"V":"NONE"}`
	head := func(client, order, orig, x string, id int) string {
		return fmt.Sprintf(`{"e":"executionReport",%s,"s":"BTCUSDT","c":"%s",%s"C":"%s",%s,"r":"NONE","i":%d,`, now, client, order, orig, x, id)
	}
	position := func(balances string) string {
		return `{"e":"outboundAccountPosition",` + now + `,"u":1515196800000,"B":[` + balances + `]}`
	}
	none := func(done string, seq uint64, book bool) string {
		return fmt.Sprintf(`"l":"0.00000000","z":"%s","L":"0.000000","n":"0","N":null,"T":1515196800000,"t":-1,"I":%d,"w":%v,"m":false,"M":false,`, done, seq, book)
	}
	want := []string{
		`{"e":"balanceUpdate",` + now + `,"a":"BTC","d":"0.50000000","T":1515196800000}`,
		position(`{"a":"BTC","f":"1000.50000000","l":"0.00000000"}`),
		head("o-1", limit, "", `"x":"NEW","X":"NEW"`, 1) + none("0.00000000", placed.Seq, true) + stood + `"Z":"0.000000","Y":"0.000000",` + works,
		position(`{"a":"USDT","f":"9999999.995000","l":"0.005000"}`),
		head("o-1", limit, "", `"x":"TRADE","X":"PARTIALLY_FILLED"`, 1) + `"l":"0.00002000","z":"0.00002000","L":"100.000000","n":"0.00000002","N":"BTC",` +
			fmt.Sprintf(`"T":1515196800000,"t":1,"I":%d,"w":true,"m":true,"M":false,`, filled.Seq) + stood + `"Z":"0.002000","Y":"0.002000",` + works,
		position(`{"a":"BTC","f":"1000.50001998","l":"0.00000000"},{"a":"USDT","f":"9999999.995000","l":"0.003000"}`),
		head(cancel.String(), limit, "o-1", `"x":"CANCELED","X":"CANCELED"`, 1) + none("0.00002000", gone.Seq, false) + stood + `"Z":"0.002000","Y":"0.000000",` + works,
		position(`{"a":"USDT","f":"9999999.998000","l":"0.000000"}`),
		head(market.ClientID.String(), sell, "", `"x":"NEW","X":"NEW"`, 3) + none("0.00000000", expired.Seq, true) + stood + `"Z":"0.000000","Y":"0.000000",` + works,
		head(market.ClientID.String(), sell, "", `"x":"EXPIRED","X":"EXPIRED"`, 3) + none("0.00000000", expired.Seq, false) + stood + `"Z":"0.000000","Y":"0.000000",` + works[:len(works)-1] + `,"eR":"INSUFFICIENT_LIQUIDITY"}`,
		position(`{"a":"BTC","f":"1000.50001998","l":"0.00000000"}`),
	}
	for i, got := range box.next(t, len(want)) {
		if got != want[i] {
			t.Errorf("event %d:\n got %s\nwant %s", i, got, want[i])
		}
	}
}

// TestSelf: an account that trades with itself hears of both sides, and of its balances once.
func TestSelf(t *testing.T) {
	h := newHouse(t, 1)
	h.give(1, h.limit(instruction.Buy, 100, 5))
	box, _ := h.inbox(2)
	h.give(1, h.limit(instruction.Sell, 100, 5))
	var kinds []string
	for _, text := range box.next(t, 4) {
		e := binance.ExecutionReport{Event: kindOf(t, text)}
		if e.Event == binance.EventExecutionReport {
			if err := strict(text, &e); err != nil {
				t.Fatal(err)
			}
		}
		kinds = append(kinds, fmt.Sprintf("%s %s %v", e.Event, e.Execution, e.IsMaker))
	}
	want := []string{"executionReport NEW false", "executionReport TRADE false", "executionReport TRADE true", "outboundAccountPosition  false"}
	if !slices.Equal(kinds, want) {
		t.Errorf("got %q", kinds)
	}
}

// TestSubscriptionEnds: by cancel, by a sink that takes no more, and by the Hub, which says so.
func TestSubscriptionEnds(t *testing.T) {
	h := newHouse(t, 1)
	stays, _ := h.inbox(2)
	cancelled, cancel := h.inbox(2)
	calls := 0
	if _, err := h.hub.SubscribeAccount(2, false, func([]byte) bool { calls++; return false }); err != nil {
		t.Fatal(err)
	}
	cancel()
	for range 3 {
		h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 1})
	}
	stays.next(t, 6)
	h.hub.Close()
	if got := stays.next(t, 1); got[0] != "end" {
		t.Errorf("the Hub's end is told as %s", got[0])
	}
	if calls != 1 || len(cancelled.events) != 0 {
		t.Errorf("the one that said no had %d events, the cancelled one %q", calls, cancelled.events)
	}
	if _, err := h.hub.SubscribeAccount(2, false, stays.add); err != ErrClosed {
		t.Errorf("subscribing after Close: %v", err)
	}
}

// TestForgotten: an account that was watched no more is no longer collected for.
func TestForgotten(t *testing.T) {
	h := newHouse(t, 1)
	_, cancel := h.inbox(2)
	cancel()
	h.second()
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	if n := len(h.hub.feed.watched); n != 0 {
		t.Errorf("%d accounts are watched", n)
	}
}
