package binance

import (
	"strconv"
	"strings"
)

// Security is what a route asks of its caller.
type Security uint8

const (
	SecNone     Security = iota // public
	SecStream                   // a key, without a signature: listenKeys
	SecUserData                 // signed; reading
	SecTrade                    // signed; placing and cancelling
	SecWithdraw                 // signed; money leaves. The docs file it under USER_DATA
	SecClaim                    // signed; what is brought comes into the account
)

func (s Security) String() string {
	return [...]string{"NONE", "USER_STREAM", "USER_DATA", "TRADE", "WITHDRAW", "CLAIM"}[s]
}

// Signed reports whether the route wants timestamp and signature.
func (s Security) Signed() bool { return s >= SecUserData }

// Route is one request of the dialect.
type Route struct {
	Method   string // HTTP method
	Path     string
	WS       string // the same on the WebSocket API, or empty
	Security Security
	Orders   int // how much it adds to the unfilled order count
	weight   int
	weigh    func(p *Params) int // where the weight depends on the parameters
}

// Weight is what the request costs of REQUEST_WEIGHT. It marks nothing as read,
// and never fails: bad parameters cost as the documented default does.
func (r *Route) Weight(p *Params) int {
	if r.weigh == nil {
		return r.weight
	}
	return r.weigh(p)
}

// Connecting to the WebSocket API costs this.
const WSConnectWeight = 2

const (
	api  = "/api/v3/"
	sapi = "/sapi/v1/"
	sub  = sapi + "sub-account/"
)

// The weights of /api are the documented ones. Those of /sapi that are counted
// per account there (withdraw/apply, withdraw/history) count here per address
// like all others, with a number of our own.
var routes = [...]Route{
	{Method: "GET", Path: api + "ping", WS: "ping", weight: 1},
	{Method: "GET", Path: api + "time", WS: "time", weight: 1},
	{Method: "GET", Path: api + "exchangeInfo", WS: "exchangeInfo", weight: 20},
	{Method: "GET", Path: api + "depth", WS: "depth", weigh: depthWeight},
	{Method: "GET", Path: api + "trades", WS: "trades.recent", weight: 25},
	{Method: "GET", Path: "/api/v1/trades", weight: 25}, // one client never left it
	{Method: "GET", Path: api + "historicalTrades", WS: "trades.historical", weight: 25},
	{Method: "GET", Path: api + "aggTrades", WS: "trades.aggregate", weight: 4},
	{Method: "GET", Path: api + "klines", WS: "klines", weight: 2},
	{Method: "GET", Path: api + "uiKlines", WS: "uiKlines", weight: 2},
	{Method: "GET", Path: api + "avgPrice", WS: "avgPrice", weight: 2},
	{Method: "GET", Path: api + "ticker", WS: "ticker", weigh: windowWeight},
	{Method: "GET", Path: api + "ticker/tradingDay", WS: "ticker.tradingDay", weigh: windowWeight},
	{Method: "GET", Path: api + "executionRules", WS: "executionRules", weigh: rulesWeight},
	{Method: "GET", Path: api + "historicalBlockTrades", WS: "blockTrades.historical", weight: 25},
	{Method: "GET", Path: api + "referencePrice", WS: "referencePrice", weight: 2},
	{Method: "GET", Path: api + "referencePrice/calculation", WS: "referencePrice.calculation", weight: 2},
	{Method: "GET", Path: api + "ticker/24hr", WS: "ticker.24hr", weigh: ticker24Weight},
	{Method: "GET", Path: api + "ticker/price", WS: "ticker.price", weigh: symbolWeight(2, 4)},
	{Method: "GET", Path: api + "ticker/bookTicker", WS: "ticker.book", weigh: symbolWeight(2, 4)},

	{Method: "POST", Path: api + "order", WS: "order.place", Security: SecTrade, Orders: 1, weight: 1},
	{Method: "POST", Path: api + "order/test", WS: "order.test", Security: SecTrade, weigh: testWeight},
	{Method: "DELETE", Path: api + "order", WS: "order.cancel", Security: SecTrade, weight: 1},
	{Method: "DELETE", Path: api + "openOrders", WS: "openOrders.cancelAll", Security: SecTrade, weight: 1},
	{Method: "POST", Path: api + "order/cancelReplace", WS: "order.cancelReplace", Security: SecTrade, Orders: 1, weight: 1},
	{Method: "POST", Path: api + "orderList/oco", WS: "orderList.place.oco", Security: SecTrade, Orders: 2, weight: 1},
	{Method: "POST", Path: api + "order/oco", WS: "orderList.place", Security: SecTrade, Orders: 2, weight: 1},
	{Method: "POST", Path: api + "orderList/oto", WS: "orderList.place.oto", Security: SecTrade, Orders: 2, weight: 1},
	{Method: "POST", Path: api + "orderList/otoco", WS: "orderList.place.otoco", Security: SecTrade, Orders: 3, weight: 1},
	{Method: "PUT", Path: api + "order/amend/keepPriority", WS: "order.amend.keepPriority", Security: SecTrade, weight: 4},
	{Method: "DELETE", Path: api + "orderList", WS: "orderList.cancel", Security: SecTrade, weight: 1},

	{Method: "POST", Path: api + "sor/order", WS: "sor.order.place", Security: SecTrade, weight: 1},
	{Method: "POST", Path: api + "sor/order/test", WS: "sor.order.test", Security: SecTrade, weigh: testWeight},

	{Method: "GET", Path: api + "account", WS: "account.status", Security: SecUserData, weight: 20},
	{Method: "GET", Path: api + "order", WS: "order.status", Security: SecUserData, weight: 4},
	{Method: "GET", Path: api + "openOrders", WS: "openOrders.status", Security: SecUserData, weigh: symbolWeight(6, 80)},
	{Method: "GET", Path: api + "allOrders", WS: "allOrders", Security: SecUserData, weight: 20},
	{Method: "GET", Path: api + "order/amendments", WS: "order.amendments", Security: SecUserData, weight: 4},
	{Method: "GET", Path: api + "orderList", WS: "orderList.status", Security: SecUserData, weight: 4},
	{Method: "GET", Path: api + "allOrderList", WS: "allOrderLists", Security: SecUserData, weight: 20},
	{Method: "GET", Path: api + "openOrderList", WS: "openOrderLists.status", Security: SecUserData, weight: 6},
	{Method: "GET", Path: api + "myTrades", WS: "myTrades", Security: SecUserData, weigh: myTradesWeight},
	{Method: "GET", Path: api + "rateLimit/order", WS: "account.rateLimits.orders", Security: SecUserData, weight: 40},
	{Method: "GET", Path: api + "myPreventedMatches", WS: "myPreventedMatches", Security: SecUserData, weigh: preventedWeight},
	{Method: "GET", Path: api + "myAllocations", WS: "myAllocations", Security: SecUserData, weight: 20},
	{Method: "GET", Path: api + "myFilters", WS: "myFilters", Security: SecUserData, weight: 40},
	{Method: "GET", Path: api + "account/commission", WS: "account.commission", Security: SecUserData, weight: 20},

	{Method: "POST", Path: api + "userDataStream", WS: "userDataStream.start", Security: SecStream, weight: 2},
	{Method: "PUT", Path: api + "userDataStream", WS: "userDataStream.ping", Security: SecStream, weight: 2},
	{Method: "DELETE", Path: api + "userDataStream", WS: "userDataStream.stop", Security: SecStream, weight: 2},

	{WS: "session.logon", Security: SecUserData, weight: 2},
	{WS: "session.status", weight: 2},
	{WS: "session.logout", weight: 2},
	{WS: "session.subscriptions", weight: 2},
	{WS: "userDataStream.subscribe", Security: SecStream, weight: 2},
	{WS: "userDataStream.subscribe.signature", Security: SecUserData, weight: 2},
	{WS: "userDataStream.unsubscribe", weight: 2},

	{Method: "GET", Path: sapi + "system/status", weight: 1},
	{Method: "GET", Path: sapi + "capital/config/getall", Security: SecUserData, weight: 10},
	{Method: "POST", Path: sapi + "capital/withdraw/apply", Security: SecWithdraw, weight: 30},
	{Method: "POST", Path: sapi + "portcullis/gift/issue", Security: SecWithdraw, weight: 30}, // this venue's own, in the dialect's form
	{Method: "POST", Path: sapi + "portcullis/gift/return", Security: SecWithdraw, weight: 2},
	{Method: "POST", Path: sapi + "portcullis/gift/claim", Security: SecClaim, weight: 20},
	{Method: "GET", Path: sapi + "portcullis/gift/list", Security: SecUserData, weight: 10},
	{Method: "GET", Path: sapi + "capital/withdraw/history", Security: SecUserData, weight: 30},
	{Method: "GET", Path: sapi + "capital/withdraw/address/list", Security: SecUserData, weight: 10},
	{Method: "GET", Path: sapi + "capital/deposit/hisrec", Security: SecUserData, weight: 1},
	{Method: "GET", Path: sapi + "capital/deposit/address", Security: SecUserData, weight: 10},
	{Method: "GET", Path: sapi + "asset/assetDetail", Security: SecUserData, weight: 1},
	{Method: "GET", Path: sapi + "account/status", Security: SecUserData, weight: 1},
	{Method: "GET", Path: sapi + "account/info", Security: SecUserData, weight: 1},
	{Method: "GET", Path: sapi + "asset/tradeFee", Security: SecUserData, weight: 1},
	{Method: "GET", Path: sapi + "account/apiRestrictions", Security: SecUserData, weight: 1},
	{Method: "POST", Path: "/sapi/v3/asset/getUserAsset", Security: SecUserData, weight: 5},
	{Method: "POST", Path: sub + "universalTransfer", Security: SecTrade, weight: 60},
	{Method: "GET", Path: sub + "universalTransfer", Security: SecUserData, weight: 1},
	{Method: "POST", Path: sub + "transfer/subToMaster", Security: SecTrade, weight: 1},
	{Method: "POST", Path: sub + "transfer/subToSub", Security: SecTrade, weight: 1},
	{Method: "GET", Path: sub + "transfer/subUserHistory", Security: SecUserData, weight: 1},
	{Method: "GET", Path: sub + "list", Security: SecUserData, weight: 1},
	{Method: "GET", Path: "/sapi/v3/sub-account/assets", Security: SecUserData, weight: 60},
	{Method: "GET", Path: "/sapi/v4/sub-account/assets", Security: SecUserData, weight: 60},
	{Method: "GET", Path: sapi + "margin/allPairs", weight: 1},
	{Method: "GET", Path: sapi + "margin/isolated/allPairs", weight: 10},
	{Method: "GET", Path: "/fapi/v1/exchangeInfo", weight: 1},
	{Method: "GET", Path: "/dapi/v1/exchangeInfo", weight: 1},
}

var byPath, byMethod = indexRoutes()

func indexRoutes() (map[[2]string]*Route, map[string]*Route) {
	paths, methods := map[[2]string]*Route{}, map[string]*Route{}
	for i := range routes {
		r := &routes[i]
		if r.Path != "" {
			paths[[2]string{r.Method, r.Path}] = r
		}
		if r.WS != "" {
			methods[r.WS] = r
		}
	}
	return paths, methods
}

// FindRoute finds a request of the REST API. The Route is shared: do not change it.
func FindRoute(method, path string) (*Route, bool) {
	r, ok := byPath[[2]string{method, path}]
	return r, ok
}

// FindMethod finds a request of the WebSocket API.
func FindMethod(name string) (*Route, bool) {
	r, ok := byMethod[name]
	return r, ok
}

// Routes are all requests, in a fixed order.
func Routes() []Route { return append([]Route(nil), routes[:]...) }

func depthWeight(p *Params) int {
	text, _ := p.peek("limit")
	limit, err := strconv.Atoi(text)
	switch {
	case err != nil || limit <= 100:
		return 5
	case limit <= 500:
		return 25
	case limit <= 1000:
		return 50
	}
	return 250
}

// symbolWeight: one symbol named, or more than that.
func symbolWeight(one, more int) func(*Params) int {
	return func(p *Params) int {
		if p.Has("symbol") {
			return one
		}
		return more
	}
}

func ticker24Weight(p *Params) int {
	if p.Has("symbol") {
		return 2
	}
	list, sent := p.peek("symbols")
	switch n := 1 + strings.Count(list, ","); {
	case !sent || n > 100:
		return 80
	case n > 20:
		return 40
	}
	return 2
}

// symbolsNamed is how many symbols a request names, 0 where none.
func symbolsNamed(p *Params) int {
	if p.Has("symbol") {
		return 1
	}
	list, sent := p.peek("symbols")
	if !sent {
		return 0
	}
	return 1 + strings.Count(list, ",")
}

func windowWeight(p *Params) int { return min(4*max(symbolsNamed(p), 1), 200) }

func rulesWeight(p *Params) int {
	if n := symbolsNamed(p); n > 0 {
		return min(2*n, 40)
	}
	return 40
}

func preventedWeight(p *Params) int {
	if p.Has("orderId") {
		return 20
	}
	return 2
}

func testWeight(p *Params) int {
	if v, _ := p.peek("computeCommissionRates"); v == "true" {
		return 20
	}
	return 1
}

func myTradesWeight(p *Params) int {
	if p.Has("orderId") {
		return 5
	}
	return 20
}
