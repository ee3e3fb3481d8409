package venue

import (
	"fmt"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

func TestPlaceCancelQuery(t *testing.T) {
	h := newHouse(t)
	o := h.order(h.ed, append(limitOrder("BUY", "0.5", "20000"), "newClientOrderId=first")...)
	if o["status"] != "NEW" || o["clientOrderId"] != "first" || o["price"] != "20000.000000" || o["origQty"] != "0.50000000" {
		t.Errorf("placed: %v", o)
	}
	if o["type"] != "LIMIT" || o["timeInForce"] != "GTC" || o["side"] != "BUY" || len(o["fills"].([]any)) != 0 {
		t.Errorf("placed: %v", o)
	}
	if free, held := h.balance(h.alice, 2); held != 10_000_000_000 || free != 990_000_000_000 {
		t.Errorf("free %d, held %d", free, held)
	}
	id := fmt.Sprintf("orderId=%.0f", o["orderId"])
	if q := h.do(h.hmac, "GET", "/api/v3/order", "symbol=BTCUSDT", id).fields(t); q["status"] != "NEW" || q["clientOrderId"] != "first" {
		t.Errorf("queried: %v", q)
	}
	if a := h.do(h.bobs, "GET", "/api/v3/order", "symbol=BTCUSDT", id); a.code() != -2013 {
		t.Errorf("somebody else's order: %s", a.body)
	}
	if a := h.do(h.bobs, "DELETE", "/api/v3/order", "symbol=BTCUSDT", id); a.code() != -2011 {
		t.Errorf("somebody else's order: %s", a.body)
	}
	c := h.do(h.rsa, "DELETE", "/api/v3/order", "symbol=BTCUSDT", "origClientOrderId=first", "newClientOrderId=gone").fields(t)
	if c["status"] != "CANCELED" || c["origClientOrderId"] != "first" || c["clientOrderId"] != "gone" || c["origQty"] != "0.50000000" {
		t.Errorf("cancelled: %v", c)
	}
	if a := h.do(h.ed, "DELETE", "/api/v3/order", "symbol=BTCUSDT", id); a.status != 400 || a.code() != -2011 {
		t.Errorf("cancelled twice: %d %s", a.status, a.body)
	}
	if free, held := h.balance(h.alice, 2); held != 0 || free != 1_000_000_000_000 {
		t.Errorf("free %d, held %d", free, held)
	}
}

func TestFills(t *testing.T) {
	h := newHouse(t)
	h.order(h.bobs, limitOrder("SELL", "1", "20000")...)
	h.order(h.bobs, limitOrder("SELL", "1", "20010")...)
	o := h.order(h.ed, limitOrder("BUY", "1.5", "20010")...)
	fills := o["fills"].([]any)
	if o["status"] != "FILLED" || o["executedQty"] != "1.50000000" || o["cummulativeQuoteQty"] != "30005.000000" || len(fills) != 2 {
		t.Fatalf("%v", o)
	}
	f := fills[0].(map[string]any)
	if f["price"] != "20000.000000" || f["qty"] != "1.00000000" || f["commission"] != "0.00200000" || f["commissionAsset"] != "BTC" {
		t.Errorf("%v", f)
	}
	s := h.order(h.ed, "symbol=BTCUSDT", "side=BUY", "type=MARKET", "quoteOrderQty=2001")
	if s["status"] != "FILLED" || s["executedQty"] != "0.10000000" || s["origQty"] != "0.10000000" ||
		s["origQuoteOrderQty"] != "2001.000000" || s["timeInForce"] != "GTC" || s["price"] != "0.000000" {
		t.Errorf("%v", s)
	}
	h.order(h.bobs, limitOrder("BUY", "0.2", "19000")...)
	sold := h.order(h.ed, "symbol=BTCUSDT", "side=SELL", "type=MARKET", "quantity=0.1")
	if f := sold["fills"].([]any)[0].(map[string]any); f["commission"] != "3.800000" || f["commissionAsset"] != "USDT" || f["price"] != "19000.000000" {
		t.Errorf("%v", f)
	}
	m := h.order(h.ed, append(limitOrder("BUY", "1", "20010"), "newOrderRespType=RESULT")...)
	if m["status"] != "PARTIALLY_FILLED" || m["executedQty"] != "0.40000000" || m["fills"] != nil {
		t.Errorf("%v", m)
	}
}

// TestExpiryReasons: who asks, and who is told at once, hears why an order expired.
func TestExpiryReasons(t *testing.T) {
	h := newHouse(t)
	for _, x := range []struct {
		params []string
		why    string
	}{
		{[]string{"type=LIMIT", "timeInForce=IOC", "quantity=0.1", "price=10000"}, "UNFILLED_IOC_QUANTITY_EXPIRED"},
		{[]string{"type=LIMIT", "timeInForce=FOK", "quantity=0.1", "price=10000"}, "UNFILLED_FOK_ORDER_EXPIRED"},
		{[]string{"type=MARKET", "quantity=0.1"}, "INSUFFICIENT_LIQUIDITY"},
	} {
		told := h.order(h.ed, append(x.params, "symbol=BTCUSDT", "side=BUY")...)
		asked := h.do(h.ed, "GET", orderPath, "symbol=BTCUSDT", fmt.Sprintf("orderId=%v", told["orderId"])).fields(t)
		if told["expiryReason"] != x.why || asked["expiryReason"] != x.why || asked["status"] != "EXPIRED" {
			t.Errorf("%v: told %v, asked %v", x.params, told, asked)
		}
	}
	if o := h.order(h.ed, limitOrder("BUY", "0.1", "10000")...); o["expiryReason"] != nil {
		t.Errorf("an open order: %v", o)
	}
}

// TestCancelRestrictions: a cancel may be meant only for unfilled orders, or only for partly filled ones.
func TestCancelRestrictions(t *testing.T) {
	h := newHouse(t)
	cancel := func(id any, only string) answer {
		return h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT", fmt.Sprintf("orderId=%v", id), "cancelRestrictions="+only)
	}
	id := h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)["orderId"]
	if a := cancel(id, "ONLY_PARTIALLY_FILLED"); a.code() != -2011 || !strings.Contains(a.body, binance.MsgCancelRestricted) {
		t.Errorf("unfilled: %d %s", a.status, a.body)
	}
	h.order(h.bobs, limitOrder("SELL", "0.05", "10000")...)
	if a := cancel(id, "ONLY_NEW"); a.code() != -2011 {
		t.Errorf("partly filled: %d %s", a.status, a.body)
	}
	both := h.do(h.ed, "POST", "/api/v3/order/cancelReplace", append(limitOrder("BUY", "0.1", "10000"), "cancelReplaceMode=STOP_ON_FAILURE",
		fmt.Sprintf("cancelOrderId=%v", id), "cancelRestrictions=ONLY_NEW")...)
	if both.status != 400 || both.code() != -2022 {
		t.Errorf("replaced: %d %s", both.status, both.body)
	}
	if a := cancel(id, "ONLY_PARTIALLY_FILLED"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := cancel(id, "ALWAYS"); a.code() != -1145 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

func TestOpenOrdersAndCancelAll(t *testing.T) {
	h := newHouse(t)
	if a := h.do(h.ed, "GET", "/api/v3/openOrders"); a.status != 200 || a.body != "[]" {
		t.Errorf("%d %s", a.status, a.body)
	}
	for i := range 3 {
		h.order(h.ed, limitOrder("BUY", "0.1", fmt.Sprint(10000+i))...)
	}
	var list []map[string]any
	h.do(h.ed, "GET", "/api/v3/openOrders", "symbol=BTCUSDT").into(t, &list)
	if len(list) != 3 || list[0]["price"] != "10000.000000" {
		t.Errorf("%v", list)
	}
	h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").into(t, &list)
	if len(list) != 3 || list[2]["status"] != "CANCELED" || list[2]["price"] != "10002.000000" {
		t.Errorf("%v", list)
	}
	if a := h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT"); a.code() != -2011 {
		t.Errorf("nothing to cancel: %s", a.body)
	}
}

// TestOutcome: an order that the new one filled is over, but was not cancelled.
func TestOutcome(t *testing.T) {
	var o outcome
	for _, e := range []instruction.Event{
		&instruction.OrderClosed{Order: 3, Cause: instruction.ByCancel},
		&instruction.OrderPlaced{Order: 9},
		&instruction.Filled{Taker: 9, Maker: 5, Qty: 2, Quote: 40},
		&instruction.OrderClosed{Order: 5, Cause: instruction.ByFill},
		&instruction.OrderClosed{Order: 9, Cause: instruction.ByExpiry},
	} {
		o.take(e)
	}
	if len(o.cancelled) != 1 || o.cancelled[0] != 3 || o.over != instruction.ByExpiry || o.done != 2 || o.paid != 40 {
		t.Errorf("%+v", o)
	}
}
