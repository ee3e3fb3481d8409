package venue

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"

	"github.com/coder/websocket"
)

// TestReadYourWrites: whoever was told of an order finds it in every query, at once.
func TestReadYourWrites(t *testing.T) {
	h := newHouse(t)
	for i := range 50 {
		own := fmt.Sprintf("newClientOrderId=n%d", i)
		o := h.order(h.bobs, append(limitOrder("SELL", "0.1", "20000"), own)...)
		h.order(h.ed, limitOrder("BUY", "0.1", "20000")...)
		q := h.do(h.bobs, "GET", orderPath, "symbol=BTCUSDT", fmt.Sprintf("origClientOrderId=n%d", i)).fields(t)
		if q["status"] != "FILLED" || q["orderId"] != o["orderId"] || q["executedQty"] != "0.10000000" || q["cummulativeQuoteQty"] != "2000.000000" {
			t.Fatalf("%d: %v", i, q)
		}
		var trades []map[string]any
		h.do(h.bobs, "GET", "/api/v3/myTrades", "symbol=BTCUSDT", fmt.Sprintf("orderId=%.0f", o["orderId"])).into(t, &trades)
		if len(trades) != 1 || trades[0]["isMaker"] != true || trades[0]["isBuyer"] != false || trades[0]["commissionAsset"] != "USDT" || trades[0]["commission"] != "2.000000" {
			t.Fatalf("%d: %v", i, trades)
		}
		var list []map[string]any
		h.get("/api/v3/trades", "symbol=BTCUSDT", "limit=1000").into(t, &list)
		if len(list) != i+1 {
			t.Fatalf("%d trades after %d", len(list), i+1)
		}
	}
}

func TestAllOrders(t *testing.T) {
	h := newHouse(t)
	var ids []float64
	for i := range 5 {
		o := h.order(h.ed, append(limitOrder("BUY", "0.1", fmt.Sprint(10000+i)), fmt.Sprintf("newClientOrderId=c%d", i))...)
		ids = append(ids, o["orderId"].(float64))
		h.clock.Add(instruction.Second)
	}
	h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT", "origClientOrderId=c3")
	second := func(n int) string { return fmt.Sprint((start + instruction.Time(n)*instruction.Second).Milli()) }
	for _, x := range []struct {
		params []string
		want   string
	}{
		{nil, "c0 c1 c2 c3 c4"},
		{[]string{"limit=2"}, "c3 c4"},
		{[]string{fmt.Sprintf("orderId=%.0f", ids[2])}, "c2 c3 c4"},
		{[]string{fmt.Sprintf("orderId=%.0f", ids[1]), "limit=2"}, "c1 c2"},
		{[]string{"startTime=" + second(2)}, "c2 c3 c4"},
		{[]string{"endTime=" + second(2), "limit=1"}, "c1"},
		{[]string{"startTime=" + second(1), "endTime=" + second(3)}, "c1 c2"},
	} {
		var list []map[string]any
		h.do(h.ed, "GET", "/api/v3/allOrders", append(x.params, "symbol=BTCUSDT")...).into(t, &list)
		var got []string
		for _, o := range list {
			got = append(got, o["clientOrderId"].(string))
		}
		if strings.Join(got, " ") != x.want {
			t.Errorf("%v: %v, want %s", x.params, got, x.want)
		}
	}
	a := h.do(h.ed, "GET", "/api/v3/allOrders", "symbol=BTCUSDT", "startTime="+second(0), "endTime="+second(86401))
	if a.code() != -1127 {
		t.Errorf("more than a day: %s", a.body)
	}
	var none []any
	h.do(h.bobs, "GET", "/api/v3/allOrders", "symbol=BTCUSDT").into(t, &none)
	if len(none) != 0 {
		t.Errorf("somebody else's orders: %v", none)
	}
	if a := h.do(h.ed, "GET", orderPath, "symbol=ETHBTC", fmt.Sprintf("orderId=%.0f", ids[0])); a.code() != -2013 {
		t.Errorf("an order of another market: %s", a.body)
	}
	if a := h.do(h.ed, "GET", orderPath, "symbol=BTCUSDT", fmt.Sprintf("orderId=%.0f", ids[3]), "origClientOrderId=c2"); a.code() != -2013 {
		t.Errorf("id and name of two orders: %s", a.body)
	}
}

// trade makes one trade of a quantity at a price.
func (h *house) trade(qty, price string) {
	h.t.Helper()
	h.order(h.bobs, limitOrder("SELL", qty, price)...)
	h.order(h.ed, limitOrder("BUY", qty, price)...)
}

func TestKlines(t *testing.T) {
	h := newHouse(t)
	if a := h.get("/api/v3/klines", "symbol=BTCUSDT", "interval=1m"); a.body != "[]" {
		t.Fatalf("before any trade: %s", a.body)
	}
	h.clock.Set(start + 30*instruction.Second)
	h.trade("0.1", "20000")
	h.trade("0.3", "20100")
	h.trade("0.1", "19900")
	h.clock.Set(start + 3*minute + 10*instruction.Second)
	h.trade("0.2", "20050")
	h.clock.Set(start + 26*60*minute)
	h.trade("0.1", "21000")

	rows := func(params ...string) [][]any {
		var list [][]any
		h.get("/api/v3/klines", append([]string{"symbol=BTCUSDT"}, params...)...).into(t, &list)
		return list
	}
	from := fmt.Sprintf("startTime=%d", start.Milli())
	list := rows("interval=1m", from, "limit=4")
	want := []string{
		"[1.7723232e+12 20000.000000 20100.000000 19900.000000 19900.000000 0.50000000 1.772323259999e+12 10020.000000 3 0.50000000 10020.000000 0]",
		"[1.77232326e+12 19900.000000 19900.000000 19900.000000 19900.000000 0.00000000 1.772323319999e+12 0.000000 0 0.00000000 0.000000 0]",
		"[1.77232332e+12 19900.000000 19900.000000 19900.000000 19900.000000 0.00000000 1.772323379999e+12 0.000000 0 0.00000000 0.000000 0]",
		"[1.77232338e+12 20050.000000 20050.000000 20050.000000 20050.000000 0.20000000 1.772323439999e+12 4010.000000 1 0.20000000 4010.000000 0]",
	}
	if len(list) != len(want) {
		t.Fatalf("%d klines: %v", len(list), list)
	}
	for i := range want {
		if got := fmt.Sprint(list[i]); got != want[i] {
			t.Errorf("%d: %s\nwant %s", i, got, want[i])
		}
	}
	for interval, want := range map[string]string{ // how many up to now, and the trades in the first
		"1m": "500 0", "5m": "313 4", "1h": "27 4", "12h": "3 4", "1d": "2 4", "3d": "2 4", "1w": "2 4", "1M": "1 5", "1s": "500 0",
	} {
		list := rows("interval=" + interval)
		if got := fmt.Sprintf("%d %.0f", len(list), list[0][8]); got != want {
			t.Errorf("%s: %s, want %s", interval, got, want)
		}
	}
	// 1 March 2026 is a Sunday: at UTC+8 it begins on Saturday evening, UTC.
	if list := rows("interval=1d", "timeZone=8"); len(list) != 2 || list[0][0] != float64((start-8*60*minute).Milli()) || list[0][8] != 4.0 {
		t.Errorf("days at UTC+8: %v", list)
	}
	if list := rows("interval=1d", "timeZone=05:45"); len(list) != 2 || list[1][8] != 1.0 {
		t.Errorf("days at UTC+5:45: %v", list)
	}
	if list := rows("interval=1s", from, "limit=40"); len(list) != 40 || list[0][0] != float64((start+30*instruction.Second).Milli()) || list[0][8] != 3.0 {
		t.Errorf("seconds: %v", list)
	}
	if a := h.get("/api/v3/klines", "symbol=BTCUSDT", "interval=7m"); a.code() != -1120 {
		t.Errorf("%s", a.body)
	}
	if list := rows("interval=1m", fmt.Sprintf("endTime=%d", (start+4*minute).Milli()-1), "limit=2"); len(list) != 2 || list[1][8] != 1.0 {
		t.Errorf("the newest before an end: %v", list)
	}
	if list := rows("interval=1m", "startTime=9007199254740993"); len(list) != 0 {
		t.Errorf("in the far future: %v", list)
	}
}

func TestAggTrades(t *testing.T) {
	h := newHouse(t)
	h.order(h.bobs, limitOrder("SELL", "0.1", "20000")...)
	h.order(h.bobs, limitOrder("SELL", "0.2", "20000")...)
	h.order(h.bobs, limitOrder("SELL", "0.3", "20010")...)
	h.order(h.ed, limitOrder("BUY", "0.4", "20010")...) // trades 1 and 2 at 20000, 3 at 20010
	h.order(h.ed, limitOrder("BUY", "0.2", "20010")...) // trade 4
	rows := func(params ...string) string {
		var list []struct {
			A, F, L int
			Q       string
		}
		h.get("/api/v3/aggTrades", append([]string{"symbol=BTCUSDT"}, params...)...).into(t, &list)
		var got []string
		for _, x := range list {
			got = append(got, fmt.Sprintf("%d:%d-%d %s", x.A, x.F, x.L, x.Q))
		}
		return strings.Join(got, ", ")
	}
	for params, want := range map[string]string{
		"":                 "1:1-2 0.30000000, 3:3-3 0.10000000, 4:4-4 0.20000000",
		"fromId=0":         "1:1-2 0.30000000, 3:3-3 0.10000000, 4:4-4 0.20000000",
		"fromId=2":         "3:3-3 0.10000000, 4:4-4 0.20000000",
		"limit=1":          "4:4-4 0.20000000",
		"fromId=1&limit=1": "1:1-2 0.30000000",
		"fromId=5":         "",
	} {
		if got := rows(strings.Split(params, "&")...); params != "" && got != want {
			t.Errorf("%s: %s, want %s", params, got, want)
		}
	}
	if got := rows(); got != "1:1-2 0.30000000, 3:3-3 0.10000000, 4:4-4 0.20000000" {
		t.Error(got)
	}
}

func TestTickers(t *testing.T) {
	h := newHouse(t)
	h.trade("0.1", "20000")
	h.clock.Add(minute)
	h.trade("0.1", "21000")
	h.order(h.ed, limitOrder("BUY", "0.7", "20900")...)
	x := h.get("/api/v3/ticker/24hr", "symbol=BTCUSDT").fields(t)
	for name, want := range map[string]any{
		"openPrice": "20000.000000", "lastPrice": "21000.000000", "priceChange": "1000.000000", "priceChangePercent": "5.000",
		"volume": "0.20000000", "quoteVolume": "4100.000000", "bidPrice": "20900.000000", "bidQty": "0.70000000", "count": 2.0,
	} {
		if x[name] != want {
			t.Errorf("%s: %v, want %v", name, x[name], want)
		}
	}
	if mini := h.get("/api/v3/ticker/24hr", "symbol=BTCUSDT", "type=MINI").fields(t); mini["lastPrice"] != "21000.000000" || mini["bidPrice"] != nil {
		t.Errorf("%v", mini)
	}
	var list []map[string]any
	h.get("/api/v3/ticker/24hr").into(t, &list)
	if len(list) != 2 {
		t.Errorf("all markets: %v", list)
	}
	h.get("/api/v3/ticker/price", "symbols=%5B%22ETHBTC%22%5D").into(t, &list)
	if len(list) != 1 || list[0]["price"] != "0.00000000" {
		t.Errorf("%v", list)
	}
	h.get("/api/v3/ticker/bookTicker", "symbolStatus=HALT").into(t, &list)
	if len(list) != 0 {
		t.Errorf("no market is halted: %v", list)
	}
	if a := h.get("/api/v3/ticker/price", "symbol=BTCUSDT", "symbolStatus=HALT"); a.code() != -1220 {
		t.Error(a.body)
	}
	if a := h.get("/api/v3/avgPrice", "symbol=BTCUSDT").fields(t); a["price"] != "20500.000000" {
		t.Errorf("%v", a)
	}
}

// TestPages: what lies on more than one page of history is told whole.
func TestPages(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits = Limits{WeightMinute: 1 << 40, OrdersTen: 1 << 40} })
	const trades = 2100
	h.order(h.bobs, limitOrder("SELL", "2.1", "20000")...)
	for i := range trades {
		h.clock.Set(start + instruction.Time(i)*minute)
		if a := h.raw("POST", orderPath, h.signed(h.hmac, limitOrder("BUY", "0.001", "20000")...), "", h.hmac.text); a.status != 200 {
			t.Fatal(a.body)
		}
	}
	for _, x := range []struct {
		params        string
		klines, count int
	}{
		{"interval=5m&limit=1000", trades / 5, trades},
		{"interval=5m&limit=1000&startTime=1", trades / 5, trades},
		{"interval=3m&limit=500", 500, 1500},
		{"interval=3m&limit=500&startTime=1", 500, 1500},
		{"interval=30m", trades / 30, trades},
		{"interval=1d&timeZone=05:45", 2, trades}, // of minutes, since its days begin between hours
	} {
		var list [][]any
		h.get("/api/v3/klines", "symbol=BTCUSDT", x.params).into(t, &list)
		count := 0
		for _, k := range list {
			count += int(k[8].(float64))
		}
		if len(list) != x.klines || count != x.count {
			t.Errorf("%s: %d klines of %d trades, want %d of %d", x.params, len(list), count, x.klines, x.count)
		}
	}
	for params, want := range map[string][2]int{ // first id and number
		"limit=1000": {trades - 999, 1000}, "fromId=1&limit=1000": {1, 1000}, "fromId=1500&limit=1000": {1500, 601},
	} {
		for _, path := range []string{"aggTrades", "historicalTrades"} {
			var list []map[string]any
			h.get("/api/v3/"+path, "symbol=BTCUSDT", params).into(t, &list)
			id := "id"
			if path == "aggTrades" {
				id = "a"
			}
			if len(list) != want[1] || list[0][id] != float64(want[0]) {
				t.Errorf("%s %s: %d from %v, want %d from %d", path, params, len(list), list[0][id], want[1], want[0])
			}
		}
	}
}

// TestAggTradesAgree: what the stream told as one aggregate, history tells as one, member by member, also where several
// orders take at one price in the same moment.
func TestAggTradesAgree(t *testing.T) {
	const seed = 20260301
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, seed))
	h := newHouse(t)
	ws, status := h.listen("/ws/btcusdt@aggTrade")
	if status != 101 {
		t.Fatal(status)
	}
	if err := ws.Write(t.Context(), websocket.MessageText, []byte(`{"method":"LIST_SUBSCRIPTIONS","id":1}`)); err != nil {
		t.Fatal(err)
	}
	if _, text, err := ws.Read(t.Context()); err != nil || !strings.Contains(string(text), "btcusdt@aggTrade") {
		t.Fatalf("%s %v", text, err)
	}
	place := func(k *testKey, side instruction.Side, tif instruction.TimeInForce, price, lots int64) {
		t.Helper()
		id, err := instruction.ClientIDOf(rand36(r))
		if err == nil {
			_, err = h.engine.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: k.number, Addr: loopback.Addr()}, &instruction.PlaceOrder{
				Market: h.btcusdt, Side: side, Type: instruction.Limit, TIF: tif, Price: money.Price(price * 1e6), Qty: money.Amount(lots * 1e5), ClientID: id,
			})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 150 { // the clock stands still
		for range 1 + r.IntN(4) {
			place(h.bobs, instruction.Sell, instruction.GTC, 20000+r.Int64N(3), 1+r.Int64N(3))
		}
		for range 1 + r.IntN(3) {
			place(h.ed, instruction.Buy, instruction.IOC, 20003, 1+r.Int64N(6))
		}
		if r.IntN(10) == 0 {
			h.clock.Add(instruction.Millisecond)
		}
	}
	var told []map[string]any
	h.get("/api/v3/aggTrades", "symbol=BTCUSDT", "fromId=1", "limit=1000").into(t, &told)
	if len(told) < 150 {
		t.Fatalf("only %d aggregates", len(told))
	}
	several := 0
	for i, want := range told {
		_, text, err := ws.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var e map[string]any
		if err := json.Unmarshal(text, &e); err != nil {
			t.Fatal(err)
		}
		for name, v := range want {
			if e[name] != v {
				t.Fatalf("aggregate %d: %s is %v in history, and was %v in the stream: %s", i, name, v, e[name], text)
			}
		}
		if want["f"] != want["l"] {
			several++
		}
	}
	if several < 20 {
		t.Errorf("only %d aggregates of several trades", several)
	}
}

// rand36 is a name for an order.
func rand36(r *rand.Rand) string { return fmt.Sprintf("r-%x", r.Uint64()) }
