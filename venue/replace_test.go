package venue

import (
	"encoding/json"
	"fmt"
	"testing"

	"portcullis/core/instruction"
)

type replaced struct {
	Code int
	Data *replaced

	CancelResult, NewOrderResult string
	CancelResponse               struct {
		Code          int
		Status        string
		ClientOrderID string
	}
	NewOrderResponse *struct {
		Code          int
		Status        string
		ClientOrderID string
	}
}

func TestCancelReplace(t *testing.T) {
	h := newHouse(t)
	const path = "/api/v3/order/cancelReplace"
	const poor = "1000" // more BTC than anyone can pay for
	for _, x := range []struct {
		mode, cancel, qty, more      string
		status, code                 int
		cancelResult, newOrderResult string
		cancelCode, newCode, open    int
	}{
		{"STOP_ON_FAILURE", "old", "0.1", "", 200, 0, "SUCCESS", "SUCCESS", 0, 0, 1},
		{"ALLOW_FAILURE", "old", "0.1", "", 200, 0, "SUCCESS", "SUCCESS", 0, 0, 1},
		{"STOP_ON_FAILURE", "none", "0.1", "", 400, -2022, "FAILURE", "NOT_ATTEMPTED", -2011, 0, 1},
		{"ALLOW_FAILURE", "none", "0.1", "", 409, -2021, "FAILURE", "SUCCESS", -2011, 0, 2},
		{"STOP_ON_FAILURE", "old", poor, "", 409, -2021, "SUCCESS", "FAILURE", 0, -2010, 0},
		{"ALLOW_FAILURE", "none", poor, "", 400, -2022, "FAILURE", "FAILURE", -2011, -2010, 1},
	} {
		h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=old")...)
		a := h.do(h.ed, "POST", path, append(limitOrder("BUY", x.qty, "10001"), "cancelReplaceMode="+x.mode,
			"cancelOrigClientOrderId="+x.cancel, "cancelNewClientOrderId=cancel", "newClientOrderId=new")...)
		var r replaced
		if err := json.Unmarshal([]byte(a.body), &r); err != nil {
			t.Fatalf("%v: %s", err, a.body)
		}
		name := fmt.Sprintf("%s, cancel %s, quantity %s", x.mode, x.cancel, x.qty)
		if a.status != x.status || r.Code != x.code {
			t.Errorf("%s: %d %s", name, a.status, a.body)
			continue
		}
		halves := &r
		if r.Data != nil {
			halves = r.Data
		}
		if halves.CancelResult != x.cancelResult || halves.NewOrderResult != x.newOrderResult || halves.CancelResponse.Code != x.cancelCode {
			t.Errorf("%s: %s", name, a.body)
		}
		if n := halves.NewOrderResponse; (n == nil) != (x.newOrderResult == "NOT_ATTEMPTED") || n != nil && n.Code != x.newCode {
			t.Errorf("%s: %s", name, a.body)
		}
		if x.cancelResult == "SUCCESS" && (halves.CancelResponse.Status != "CANCELED" || halves.CancelResponse.ClientOrderID != "cancel") {
			t.Errorf("%s: %s", name, a.body)
		}
		if n := openCount(h, h.alice); n != x.open {
			t.Errorf("%s: %d orders are open", name, n)
		}
		h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
	}
}

// TestCancelReplaceLimited: where the account may place no more orders, its old one is cancelled only if it says so.
func TestCancelReplaceLimited(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits = Limits{OrdersTen: 1} })
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=old")...)
	params := append(limitOrder("BUY", "0.1", "10001"), "cancelReplaceMode=STOP_ON_FAILURE", "cancelOrigClientOrderId=old")
	if a := h.do(h.ed, "POST", "/api/v3/order/cancelReplace", params...); a.status != 429 || a.code() != -1015 || openCount(h, h.alice) != 1 {
		t.Errorf("%d %s, %d open", a.status, a.body, openCount(h, h.alice))
	}
	a := h.do(h.ed, "POST", "/api/v3/order/cancelReplace", append(params, "orderRateLimitExceededMode=CANCEL_ONLY")...)
	if a.status != 429 || a.code() != -2021 || openCount(h, h.alice) != 0 {
		t.Errorf("%d %s, %d open", a.status, a.body, openCount(h, h.alice))
	}
}

// TestManyCancels: what was filled of an order is told with its cancel, one by one and all at once.
func TestManyCancels(t *testing.T) {
	h := newHouse(t)
	for i := range 4 {
		h.order(h.ed, append(limitOrder("BUY", "0.2", "10000"), fmt.Sprintf("newClientOrderId=m%d", i))...)
	}
	h.order(h.bobs, limitOrder("SELL", "0.25", "10000")...)
	c := h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT", "origClientOrderId=m1").fields(t)
	if c["executedQty"] != "0.05000000" || c["cummulativeQuoteQty"] != "500.000000" {
		t.Errorf("%v", c)
	}
	var list []map[string]any
	h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT").into(t, &list)
	if len(list) != 2 || list[0]["origClientOrderId"] != "m2" || list[1]["executedQty"] != "0.00000000" {
		t.Errorf("%v", list)
	}
}

// TestForgottenCancel: a cancelled order that is remembered no longer is told from history.
func TestForgottenCancel(t *testing.T) {
	h := newHouse(t)
	o := h.order(h.ed, limitOrder("BUY", "0.2", "10000")...)
	h.order(h.bobs, limitOrder("SELL", "0.05", "10000")...)
	id := instruction.Order(o["orderId"].(float64))
	h.do(h.ed, "DELETE", orderPath, "symbol=BTCUSDT", fmt.Sprintf("orderId=%d", id))
	was := h.venue.watch.find(id)
	if was == nil {
		t.Fatal("not remembered")
	}
	for i := range maxClosed {
		x := *was
		x.ID = instruction.Order(1000 + i)
		h.venue.watch.add(&x)
	}
	if h.venue.watch.find(id) != nil || len(h.venue.watch.orders) > maxClosed {
		t.Fatal("remembered for ever")
	}
	m, _ := h.venue.market("BTCUSDT")
	got, err := h.venue.closedOrder(&call{ctx: t.Context(), caller: caller{account: h.alice}}, m, id)
	if err != nil {
		t.Fatal(err)
	}
	if *got != *was {
		t.Errorf("%+v\nwant %+v", *got, *was)
	}
}
