package venue

import (
	"fmt"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/engine"
	"portcullis/venue/stream"
)

// TestOrderErrors: what can be wrong with an order, and how it is told.
func TestOrderErrors(t *testing.T) {
	h := newHouse(t)
	base := map[string]string{"symbol": "BTCUSDT", "side": "BUY", "type": "LIMIT", "timeInForce": "GTC", "quantity": "0.1", "price": "10000"}
	h.order(h.bobs, limitOrder("SELL", "0.1", "20000")...)
	for _, x := range []struct {
		change string // "name=value name=" …; an empty value leaves the parameter out
		code   int
		msg    string // where clients look at it
	}{
		{"symbol=NOPE", -1121, "Invalid symbol."},
		{"symbol=btcusdt", -1100, ""},
		{"symbol=", -1102, ""},
		{"side=HOLD", -1117, "Invalid side."},
		{"type=PEGGED", -1116, "Invalid orderType."},
		{"type=STOP_LOSS_LIMIT stopPrice=9000 trailingDelta=9", -1013, "Filter failure: TRAILING_DELTA"},
		{"type=STOP_LOSS_LIMIT stopPrice=9000.001", -1013, "Filter failure: PRICE_FILTER"},
		{"type=STOP_LOSS_LIMIT", -1102, ""},
		{"timeInForce=GTD", -1115, "Invalid timeInForce."},
		{"timeInForce=", -1102, ""},
		{"price=", -1102, ""},
		{"price=1e4", -1100, ""},
		{"price=-1", -1100, ""},
		{"price=0", -1013, ""},
		{"price=10000.0000001", -1111, ""},
		{"quantity=0.100000001", -1111, ""},
		{"quantity=99999999999999999999", -1108, ""},
		{"quantity=30000000000", -1108, ""},
		{"price=10000.001", -1013, "Filter failure: PRICE_FILTER"},
		{"price=0.5", -1013, "Filter failure: PRICE_FILTER"},
		{"price=1000000.01", -1013, "Filter failure: PRICE_FILTER"},
		{"quantity=0.000011", -1013, "Filter failure: LOT_SIZE"},
		{"quantity=1001", -1013, "Filter failure: LOT_SIZE"},
		{"quantity=0.0004", -1013, "Filter failure: NOTIONAL"},
		{"quantity=1000", -2010, "Account has insufficient balance for requested action."},
		{"type=LIMIT_MAKER timeInForce= price=20000", -2010, "Order would immediately match and take."},
		{"type=LIMIT_MAKER", -1106, ""},
		{"type=MARKET timeInForce= price= quantity=", -1102, ""},
		{"type=MARKET timeInForce= price= quoteOrderQty=5", -1106, ""},
		{"type=MARKET timeInForce= price= quantity= quoteOrderQty=1", -1013, "Filter failure: NOTIONAL"},
		{"quoteOrderQty=5", -1106, ""},
		{"stopPrice=5", -1106, ""},
		{"icebergQty=0.009", -1013, "Filter failure: ICEBERG_PARTS"},
		{"icebergQty=0.2", -2010, "IcebergQty exceeds QTY."},
		{"selfTradePreventionMode=TRANSFER", -1130, ""},
		{"strategyType=5", -1134, ""},
		{"newClientOrderId=%C3%BC", -1100, ""},
		{"newClientOrderId=" + strings.Repeat("x", 37), -1100, ""},
		{"newOrderRespType=SHORT", -1130, ""},
		{"recvWindow=x", -1100, ""},
	} {
		var params []string
		change := map[string]string{}
		for _, c := range strings.Fields(x.change) {
			name, value, _ := strings.Cut(c, "=")
			change[name] = value
		}
		for name, value := range base {
			if _, changed := change[name]; !changed {
				params = append(params, name+"="+value)
			}
		}
		for name, value := range change {
			if value != "" {
				params = append(params, name+"="+value)
			}
		}
		a := h.do(h.ed, "POST", orderPath, params...)
		if a.status != 400 || a.code() != x.code || !strings.Contains(a.body, x.msg) {
			t.Errorf("%s: %d %s, want %d %s", x.change, a.status, a.body, x.code, x.msg)
		}
	}
	if n := openCount(h, h.alice); n != 0 {
		t.Errorf("%d orders were placed", n)
	}
	if _, held := h.balance(h.alice, 2); held != 0 {
		t.Errorf("%d is held", held)
	}
}

// TestMarketStates: a market that is not open says so, and lets its orders be cancelled.
func TestMarketStates(t *testing.T) {
	h := newHouse(t)
	for state, want := range map[instruction.MarketState]struct{ status, msg string }{
		instruction.CancelOnly: {"BREAK", "cancels only"}, instruction.Halted: {"HALT", "Market is closed."},
	} {
		h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=s")...)
		h.operator(&instruction.SetMarket{Market: h.btcusdt, State: state})
		if a := h.do(h.ed, "POST", orderPath, limitOrder("BUY", "0.1", "10000")...); a.code() != -2010 || !strings.Contains(a.body, want.msg) {
			t.Errorf("%s: %s", state, a.body)
		}
		info := h.get("/api/v3/exchangeInfo", "symbol=BTCUSDT").fields(t)
		if got := info["symbols"].([]any)[0].(map[string]any)["status"]; got != want.status {
			t.Errorf("%s: %v", state, got)
		}
		if a := h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT", "origClientOrderId=s"); a.status != 200 {
			t.Errorf("%s: %s", state, a.body)
		}
		h.operator(&instruction.SetMarket{Market: h.btcusdt, State: instruction.Open})
	}
}

func TestDuplicateClientID(t *testing.T) {
	h := newHouse(t)
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=d")...)
	if a := h.do(h.ed, "POST", orderPath, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=d")...); a.code() != -2010 || !strings.Contains(a.body, binance.MsgDuplicateOrder) {
		t.Error(a.body)
	}
	if a := h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT"); a.code() != -1102 {
		t.Error(a.body)
	}
}

func TestTooManyOpenOrders(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits.OrdersTen = 1000 })
	for range 200 {
		h.order(h.ed, limitOrder("BUY", "0.001", "10000")...)
	}
	if a := h.do(h.ed, "POST", orderPath, limitOrder("BUY", "0.001", "10000")...); a.code() != -1013 || !strings.Contains(a.body, "MAX_NUM_ORDERS") {
		t.Error(a.body)
	}
}

// TestBody: what is too large is refused, and what is left of it is not read on.
func TestBody(t *testing.T) {
	h := newHouse(t)
	if a := h.send("POST", orderPath, "", strings.Repeat("x", binance.MaxParamsBytes+1), h.ed.text); a.status != 413 || a.code() != -1101 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.send("POST", orderPath, strings.Repeat("a=1&", 3000), strings.Repeat("b", binance.MaxParamsBytes-100), h.ed.text); a.status != 400 || a.code() != -1101 {
		t.Errorf("%d %s", a.status, a.body)
	}
	var many []string
	for i := range binance.MaxParams + 1 {
		many = append(many, fmt.Sprintf("p%d=1", i))
	}
	if a := h.do(h.ed, "POST", orderPath, many...); a.status != 400 || a.code() != -1101 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestSilences: what the engine cannot say is never told as a failure, and what did not happen is told as that.
func TestSilences(t *testing.T) {
	h := newHouse(t)
	for _, x := range []struct {
		err          error
		status, code int
		words        string
	}{
		{engine.ErrBusy, 503, -1008, "overloaded"},
		{engine.ErrFull, 503, -1008, "not carried out"},
		{engine.ErrStopped, 503, -1016, "not carried out"},
		{engine.ErrUnknown, 502, -1006, "Execution status unknown"},
		{stream.ErrClosed, 503, -1016, "not carried out"},
		{fmt.Errorf("field: %w", instruction.ErrCodec), 400, -1013, "not carried out"},
		{fmt.Errorf("something else"), 500, -1000, "unknown error"},
	} {
		e := h.venue.unavailable(fmt.Errorf("wrapped: %w", x.err))
		if e.Status != x.status || e.Code != x.code || !strings.Contains(e.Msg, x.words) {
			t.Errorf("%v: %+v", x.err, e)
		}
	}
}

// TestStopped: an engine that has stopped takes up nothing, and is read on.
func TestStopped(t *testing.T) {
	h := newHouse(t)
	h.engine.Close()
	if a := h.do(h.ed, "POST", orderPath, limitOrder("BUY", "0.1", "10000")...); a.status != 503 || a.code() != -1016 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.do(h.ed, "GET", "/api/v3/account"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.get("/sapi/v1/system/status"); !strings.Contains(a.body, `"status":1`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestCancelledUntold: a list that was cancelled is never told as one that nothing was done to, though history cannot say what
// it was.
func TestCancelledUntold(t *testing.T) {
	h := newHouse(t)
	h.lastTrade("20000")
	a := h.do(h.ed, "POST", "/api/v3/orderList/oco", "symbol=BTCUSDT", "side=SELL", "quantity=0.1", "aboveType=LIMIT_MAKER", "abovePrice=21000",
		"belowType=STOP_LOSS", "belowStopPrice=19000", "listClientOrderId=l")
	if a.status != 200 {
		t.Fatal(a.body)
	}
	h.venue.history.lag = 0
	h.archive.Close()
	if a := h.do(h.ed, "DELETE", "/api/v3/orderList", "symbol=BTCUSDT", "listClientOrderId=l"); a.status != 502 || a.code() != -1006 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if n := openCount(h, h.alice); n != 0 {
		t.Errorf("%d orders are open", n)
	}
}

// TestHistoryLags: where history cannot catch up, a query says so in the end; trading goes on.
func TestHistoryLags(t *testing.T) {
	h := newHouse(t)
	h.venue.history.lag = 0
	h.archive.Close()
	if a := h.do(h.ed, "GET", "/api/v3/allOrders", "symbol=BTCUSDT"); a.status != 503 || a.code() != -1008 || a.header.Get("Retry-After") != "1" {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=l")...)
	if a := h.do(h.ed, "GET", orderPath, "symbol=BTCUSDT", "origClientOrderId=l"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}
