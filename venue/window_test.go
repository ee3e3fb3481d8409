package venue

import (
	"testing"

	"portcullis/core/instruction"
)

// tradeAt has Bob sell to Alice.
func (h *house) tradeAt(qty, price string) {
	h.t.Helper()
	h.order(h.ed, limitOrder("BUY", qty, price)...)
	h.order(h.bobs, limitOrder("SELL", qty, price)...)
}

// TestWindows: statistics over a window have what was traded in it, to the minute, and tell its ends.
func TestWindows(t *testing.T) {
	h := newHouse(t)
	h.tradeAt("0.1", "10000")
	h.clock.Add(90 * minute)
	h.tradeAt("0.2", "11000")
	h.tradeAt("0.3", "10500")
	h.clock.Add(10 * instruction.Second)
	now := h.clock.Now()
	hour := h.get("/api/v3/ticker", "symbol=BTCUSDT", "windowSize=1h").fields(t)
	want := map[string]any{
		"symbol": "BTCUSDT", "openPrice": "11000.000000", "highPrice": "11000.000000", "lowPrice": "10500.000000",
		"lastPrice": "10500.000000", "priceChange": "-500.000000", "priceChangePercent": "-4.545",
		"weightedAvgPrice": "10700.000000", "volume": "0.50000000", "quoteVolume": "5350.000000",
		"openTime": float64((now - 60*minute - (now-60*minute)%minute).Milli()), "closeTime": float64(now.Milli()),
		"firstId": 2.0, "lastId": 3.0, "count": 2.0,
	}
	for name, value := range want {
		if hour[name] != value {
			t.Errorf("%s is %v, want %v", name, hour[name], value)
		}
	}
	if len(hour) != len(want) {
		t.Errorf("fields: %v", hour)
	}
	day := h.get("/api/v3/ticker", "symbol=BTCUSDT", "type=MINI").fields(t)
	if day["count"] != 3.0 || day["openPrice"] != "10000.000000" || day["priceChange"] != nil {
		t.Errorf("a day: %v", day)
	}
	quiet := h.get("/api/v3/ticker", "symbol=ETHBTC", "windowSize=5m").fields(t)
	if quiet["count"] != 0.0 || quiet["firstId"] != -1.0 || quiet["lastPrice"] != "0.00000000" || quiet["volume"] != "0.00000000" {
		t.Errorf("a market without trades: %v", quiet)
	}
	for _, bad := range []string{"windowSize=60m", "windowSize=0m", "windowSize=1d2h", "windowSize=8d", "windowSize=m", "windowSize=24h", "windowSize=1"} {
		if a := h.get("/api/v3/ticker", "symbol=BTCUSDT", bad); a.code() != -1130 {
			t.Errorf("%s: %d %s", bad, a.status, a.body)
		}
	}
	if a := h.get("/api/v3/ticker"); a.code() != -1102 {
		t.Errorf("no symbol: %s", a.body)
	}
}

// TestTradingDay: the day is the client's.
func TestTradingDay(t *testing.T) {
	h := newHouse(t)
	h.clock.Set(start + 15*60*minute)
	h.tradeAt("0.1", "10000")
	h.clock.Set(start + 17*60*minute) // past midnight eight hours east
	h.tradeAt("0.1", "10100")
	for zone, count := range map[string]float64{"0": 2, "8": 1, "-1:00": 2} {
		day := h.get("/api/v3/ticker/tradingDay", "symbol=BTCUSDT", "timeZone="+zone).fields(t)
		if day["count"] != count || day["closeTime"].(float64)-day["openTime"].(float64) != float64(instruction.Day.Milli()-1) {
			t.Errorf("timeZone %s: %v", zone, day)
		}
	}
	var list []struct{ Symbol string }
	h.get("/api/v3/ticker/tradingDay", `symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D`, "symbolStatus=TRADING", "type=MINI").into(t, &list)
	if len(list) != 2 {
		t.Errorf("%v", list)
	}
	h.operator(&instruction.SetMarket{Market: h.ethbtc, State: instruction.Halted})
	h.get("/api/v3/ticker/tradingDay", `symbols=%5B%22BTCUSDT%22,%22ETHBTC%22%5D`, "symbolStatus=TRADING").into(t, &list)
	if len(list) != 1 || list[0].Symbol != "BTCUSDT" {
		t.Errorf("those that do not trade are left out: %v", list)
	}
	if a := h.get("/api/v3/ticker/tradingDay", "symbol=ETHBTC", "symbolStatus=TRADING"); a.code() != -1220 {
		t.Errorf("one that does not trade: %s", a.body)
	}
}
