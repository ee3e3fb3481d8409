package binance

import (
	"strings"
	"testing"
)

func TestWeights(t *testing.T) {
	symbols := func(n int) string {
		return `symbols=["A"` + strings.Repeat(`,"A"`, n-1) + `]`
	}
	for _, c := range []struct {
		method, path, query string
		weight, orders      int
		security            string
	}{
		{"GET", "/api/v3/ping", "", 1, 0, "NONE"},
		{"GET", "/api/v3/exchangeInfo", "", 20, 0, "NONE"},
		{"GET", "/api/v3/depth", "symbol=A", 5, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=100", 5, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=101", 25, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=500", 25, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=501", 50, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=1000", 50, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=1001", 250, 0, "NONE"},
		{"GET", "/api/v3/depth", "limit=x", 5, 0, "NONE"},
		{"GET", "/api/v3/trades", "", 25, 0, "NONE"},
		{"GET", "/api/v3/aggTrades", "", 4, 0, "NONE"},
		{"GET", "/api/v3/ticker/24hr", "symbol=A", 2, 0, "NONE"},
		{"GET", "/api/v3/ticker/24hr", "", 80, 0, "NONE"},
		{"GET", "/api/v3/ticker/24hr", symbols(20), 2, 0, "NONE"},
		{"GET", "/api/v3/ticker/24hr", symbols(21), 40, 0, "NONE"},
		{"GET", "/api/v3/ticker/24hr", symbols(100), 40, 0, "NONE"},
		{"GET", "/api/v3/ticker/24hr", symbols(101), 80, 0, "NONE"},
		{"GET", "/api/v3/ticker/price", "symbol=A", 2, 0, "NONE"},
		{"GET", "/api/v3/ticker/price", symbols(2), 4, 0, "NONE"},
		{"GET", "/api/v3/ticker/bookTicker", "", 4, 0, "NONE"},
		{"POST", "/api/v3/order", "", 1, 1, "TRADE"},
		{"POST", "/api/v3/order/test", "", 1, 0, "TRADE"},
		{"POST", "/api/v3/order/test", "computeCommissionRates=true", 20, 0, "TRADE"},
		{"POST", "/api/v3/order/cancelReplace", "", 1, 1, "TRADE"},
		{"POST", "/api/v3/orderList/oco", "", 1, 2, "TRADE"},
		{"DELETE", "/api/v3/order", "", 1, 0, "TRADE"},
		{"GET", "/api/v3/order", "", 4, 0, "USER_DATA"},
		{"GET", "/api/v3/openOrders", "symbol=A", 6, 0, "USER_DATA"},
		{"GET", "/api/v3/openOrders", "", 80, 0, "USER_DATA"},
		{"GET", "/api/v3/myTrades", "symbol=A", 20, 0, "USER_DATA"},
		{"GET", "/api/v3/myTrades", "symbol=A&orderId=1", 5, 0, "USER_DATA"},
		{"GET", "/api/v3/account", "", 20, 0, "USER_DATA"},
		{"POST", "/api/v3/userDataStream", "", 2, 0, "USER_STREAM"},
		{"POST", "/sapi/v1/capital/withdraw/apply", "", 30, 0, "WITHDRAW"},
		{"GET", "/sapi/v1/capital/config/getall", "", 10, 0, "USER_DATA"},
		{"GET", "/fapi/v1/exchangeInfo", "", 1, 0, "NONE"},
	} {
		r, ok := FindRoute(c.method, c.path)
		if !ok {
			t.Errorf("no %s %s", c.method, c.path)
			continue
		}
		p := mustParse(t, c.query, "")
		if w := r.Weight(&p); w != c.weight || r.Orders != c.orders || r.Security.String() != c.security {
			t.Errorf("%s %s?%.30s: weight %d, orders %d, %s; want %d, %d, %s", c.method, c.path, c.query, w, r.Orders, r.Security, c.weight, c.orders, c.security)
		}
		if p.Len() > 0 && p.Unread() == nil {
			t.Errorf("%s: weighing marked parameters as read", c.path)
		}
	}
	if _, ok := FindRoute("PUT", "/api/v3/order"); ok {
		t.Error("PUT /api/v3/order is a route")
	}
}

func TestRoutesAreWhole(t *testing.T) {
	seen := map[string]bool{}
	var empty Params
	for _, r := range Routes() {
		for _, key := range []string{r.Method + " " + r.Path, r.WS} {
			if len(key) > 1 && seen[key] {
				t.Errorf("%s is there twice", key)
			}
			seen[key] = true
		}
		if r.Weight(&empty) <= 0 {
			t.Errorf("%s %s %s weighs nothing", r.Method, r.Path, r.WS)
		}
		if (r.Method == "") != (r.Path == "") || r.Path == "" && r.WS == "" {
			t.Errorf("%+v has no name", r)
		}
		if r.Orders > 0 && r.Security != SecTrade {
			t.Errorf("%s %s orders without TRADE", r.Method, r.Path)
		}
		writes := r.Method == "POST" || r.Method == "DELETE"
		if writes && strings.HasPrefix(r.Path, "/api") && r.Security < SecTrade && r.Security != SecStream {
			t.Errorf("%s %s changes something without TRADE", r.Method, r.Path)
		}
	}
	for _, name := range []string{"session.logon", "userDataStream.subscribe", "userDataStream.subscribe.signature", "order.place", "order.cancel", "account.status"} {
		if _, ok := FindMethod(name); !ok {
			t.Errorf("no method %s", name)
		}
	}
	for s, signed := range map[Security]bool{SecNone: false, SecStream: false, SecUserData: true, SecTrade: true, SecWithdraw: true} {
		if s.Signed() != signed {
			t.Errorf("%s signed: %v", s, s.Signed())
		}
	}
}
