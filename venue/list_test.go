package venue

import (
	"fmt"
	"strings"
	"testing"
)

// lastTrade has the two customers trade a little at a price.
func (h *house) lastTrade(price string) {
	h.t.Helper()
	h.order(h.bobs, limitOrder("SELL", "0.001", price)...)
	h.order(h.ed, "symbol=BTCUSDT", "side=BUY", "type=LIMIT", "timeInForce=IOC", "quantity=0.001", "price="+price)
}

// query is an order of Alice's as the venue tells it.
func (h *house) query(name string) map[string]any {
	h.t.Helper()
	return h.do(h.ed, "GET", "/api/v3/order", "symbol=BTCUSDT", "origClientOrderId="+name).fields(h.t)
}

// holds compares members of an answer.
func holds(t *testing.T, what string, got map[string]any, want map[string]any) {
	t.Helper()
	for name, x := range want {
		if fmt.Sprint(got[name]) != fmt.Sprint(x) {
			t.Errorf("%s: %s is %v, want %v", what, name, got[name], x)
		}
	}
}

// TestStopOrders: each type that waits is told as it is, before and after the price reached it.
func TestStopOrders(t *testing.T) {
	h := newHouse(t)
	h.lastTrade("20000")
	stop := func(name, side, kind string, more ...string) map[string]any {
		return h.order(h.ed, append([]string{"symbol=BTCUSDT", "side=" + side, "type=" + kind, "quantity=0.1", "newClientOrderId=" + name,
			"newOrderRespType=RESULT"}, more...)...)
	}
	o := stop("a", "BUY", "STOP_LOSS_LIMIT", "timeInForce=GTC", "price=21100", "stopPrice=21000")
	holds(t, "placed", o, map[string]any{"type": "STOP_LOSS_LIMIT", "status": "NEW", "stopPrice": "21000.000000", "workingTime": -1})
	holds(t, "placed", stop("b", "BUY", "TAKE_PROFIT", "stopPrice=19000"), map[string]any{"type": "TAKE_PROFIT", "timeInForce": "GTC"})
	holds(t, "placed", stop("c", "BUY", "STOP_LOSS", "trailingDelta=100"), map[string]any{"trailingDelta": 100})
	holds(t, "queried", h.query("a"), map[string]any{"isWorking": false, "workingTime": -1, "stopPrice": "21000.000000"})
	for _, x := range [][]string{
		{"side=BUY", "type=STOP_LOSS", "stopPrice=20000"}, {"side=BUY", "type=TAKE_PROFIT", "stopPrice=20001"},
	} {
		a := h.do(h.ed, "POST", orderPath, append([]string{"symbol=BTCUSDT", "quantity=0.1"}, x...)...)
		if a.code() != -2010 || !strings.Contains(a.body, "Order would trigger immediately.") {
			t.Errorf("%v: %s", x, a.body)
		}
	}
	var open []map[string]any
	if h.do(h.ed, "GET", "/api/v3/openOrders", "symbol=BTCUSDT").into(t, &open); len(open) != 3 {
		t.Errorf("%d orders are open", len(open))
	}
	h.lastTrade("21000")
	holds(t, "working", h.query("a"), map[string]any{"status": "NEW", "isWorking": true, "type": "STOP_LOSS_LIMIT"})
	holds(t, "a trail with nothing to buy", h.query("c"), map[string]any{"status": "EXPIRED", "expiryReason": "INSUFFICIENT_LIQUIDITY"})
}

// TestOrderLists: the way of each kind of list, as its answers, queries and cancels tell it.
func TestOrderLists(t *testing.T) {
	h := newHouse(t)
	h.lastTrade("20000")
	oco := h.do(h.ed, "POST", "/api/v3/orderList/oco", "symbol=BTCUSDT", "side=BUY", "quantity=0.1", "listClientOrderId=pair",
		"aboveType=STOP_LOSS", "aboveStopPrice=21000", "aboveClientOrderId=up", "belowType=LIMIT_MAKER", "belowPrice=19000", "belowClientOrderId=low").fields(t)
	holds(t, "OCO", oco, map[string]any{"contingencyType": "OCO", "listStatusType": "EXEC_STARTED", "listOrderStatus": "EXECUTING", "listClientOrderId": "pair"})
	holds(t, "its stop", oco["orderReports"].([]any)[0].(map[string]any), map[string]any{"type": "STOP_LOSS", "clientOrderId": "up", "orderListId": oco["orderListId"]})
	if _, held := h.balance(h.alice, 2); held != 2_100_000_000 {
		t.Errorf("%d is held for the pair", held)
	}
	h.order(h.bobs, limitOrder("SELL", "0.04", "19000")...)
	holds(t, "the stop of a limit that works", h.query("up"), map[string]any{"status": "EXPIRED", "expiryReason": "OCO_TRIGGER"})
	holds(t, "the limit", h.query("low"), map[string]any{"status": "PARTIALLY_FILLED", "orderListId": oco["orderListId"]})
	cancelled := h.do(h.ed, "DELETE", "/api/v3/orderList", "symbol=BTCUSDT", "listClientOrderId=pair").fields(t)
	holds(t, "cancelled", cancelled, map[string]any{"listOrderStatus": "ALL_DONE"})
	if n := len(cancelled["orderReports"].([]any)); n != 1 {
		t.Errorf("%d orders were cancelled", n)
	}
	list := h.do(h.ed, "GET", "/api/v3/orderList", "origClientOrderId=pair").fields(t)
	holds(t, "queried", list, map[string]any{"listOrderStatus": "ALL_DONE", "orderListId": oco["orderListId"]})

	oto := h.do(h.ed, "POST", "/api/v3/orderList/otoco", "symbol=BTCUSDT", "workingType=LIMIT", "workingSide=BUY", "workingPrice=18000",
		"workingQuantity=0.1", "workingTimeInForce=GTC", "workingClientOrderId=first", "pendingSide=SELL", "pendingQuantity=0.05",
		"pendingAboveType=LIMIT_MAKER", "pendingAbovePrice=22000", "pendingAboveClientOrderId=gain", "pendingBelowType=STOP_LOSS_LIMIT",
		"pendingBelowStopPrice=17000", "pendingBelowPrice=16900", "pendingBelowTimeInForce=GTC", "pendingBelowClientOrderId=loss").fields(t)
	holds(t, "OTOCO", oto, map[string]any{"contingencyType": "OTO"})
	holds(t, "what follows", h.query("gain"), map[string]any{"status": "PENDING_NEW", "isWorking": false})
	h.order(h.bobs, limitOrder("SELL", "0.1", "18000")...)
	holds(t, "what followed", h.query("gain"), map[string]any{"status": "NEW", "isWorking": true})
	holds(t, "its partner", h.query("loss"), map[string]any{"status": "NEW", "isWorking": false})
	var all []map[string]any
	if h.do(h.ed, "GET", "/api/v3/openOrderList").into(t, &all); len(all) != 1 || all[0]["orderListId"] != oto["orderListId"] {
		t.Errorf("open: %v", all)
	}
	h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT", "origClientOrderId=loss")
	holds(t, "the other of a cancelled one", h.query("gain"), map[string]any{"status": "CANCELED"})
	if h.do(h.ed, "GET", "/api/v3/allOrderList").into(t, &all); len(all) != 2 {
		t.Errorf("all: %v", all)
	}
	bad := h.do(h.ed, "POST", "/api/v3/orderList/oco", "symbol=BTCUSDT", "side=BUY", "quantity=0.1", "aboveType=STOP_LOSS", "aboveStopPrice=15000",
		"belowType=LIMIT_MAKER", "belowPrice=14000")
	if bad.code() != -2010 || !strings.Contains(bad.body, "The relationship of the prices for the orders is not correct.") {
		t.Errorf("%s", bad.body)
	}
}

// TestOwnOrders: self-trade prevention, icebergs and amendments, as clients see them.
func TestOwnOrders(t *testing.T) {
	h := newHouse(t)
	h.order(h.ed, append(limitOrder("BUY", "0.3", "20000"), "newClientOrderId=ice", "icebergQty=0.1")...)
	var depth struct{ Bids [][2]string }
	if h.get("/api/v3/depth", "symbol=BTCUSDT").into(t, &depth); depth.Bids[0][1] != "0.10000000" {
		t.Errorf("%v shows", depth.Bids)
	}
	amended := h.do(h.ed, "PUT", "/api/v3/order/amend/keepPriority", "symbol=BTCUSDT", "origClientOrderId=ice", "newQty=0.2", "newClientOrderId=ice2").fields(t)
	holds(t, "amended", amended["amendedOrder"].(map[string]any), map[string]any{"qty": "0.20000000", "clientOrderId": "ice2", "origClientOrderId": "ice", "icebergQty": "0.10000000"})
	if _, held := h.balance(h.alice, 2); held != 4_000_000_000 {
		t.Errorf("%d is held", held)
	}
	if a := h.do(h.ed, "PUT", "/api/v3/order/amend/keepPriority", "symbol=BTCUSDT", "origClientOrderId=ice2", "newQty=0.2"); a.code() != -2038 {
		t.Errorf("not less: %s", a.body)
	}
	var changes []map[string]any
	id := fmt.Sprintf("orderId=%.0f", h.query("ice2")["orderId"])
	if h.do(h.ed, "GET", "/api/v3/order/amendments", "symbol=BTCUSDT", id).into(t, &changes); len(changes) != 1 || changes[0]["origQty"] != "0.30000000" {
		t.Errorf("%v", changes)
	}
	h.order(h.ed, append(limitOrder("BUY", "0.1", "21000"), "newClientOrderId=mine")...)
	o := h.order(h.ed, append(limitOrder("SELL", "0.05", "21000"), "newClientOrderId=yours", "selfTradePreventionMode=EXPIRE_BOTH")...)
	holds(t, "prevented", o, map[string]any{"status": "EXPIRED_IN_MATCH", "preventedQuantity": "0.05000000", "executedQty": "0.00000000", "selfTradePreventionMode": "EXPIRE_BOTH"})
	if len(o["preventedMatches"].([]any)) != 1 {
		t.Errorf("%v", o)
	}
	holds(t, "the other", h.query("mine"), map[string]any{"status": "EXPIRED_IN_MATCH", "preventedQuantity": "0.10000000", "origQty": "0.10000000"})
	var matches []map[string]any
	mine := fmt.Sprintf("orderId=%.0f", h.query("mine")["orderId"])
	if h.do(h.ed, "GET", "/api/v3/myPreventedMatches", "symbol=BTCUSDT", mine).into(t, &matches); len(matches) != 1 {
		t.Fatalf("%v", matches)
	}
	holds(t, "the match", matches[0], map[string]any{"price": "21000.000000", "makerPreventedQuantity": "0.10000000", "takerPreventedQuantity": "0.05000000"})
}
