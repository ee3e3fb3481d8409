package venue

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// notOffered are the requests of the dialect that this venue refuses: whoever builds one takes it off.
var notOffered = map[string]bool{
	"POST /api/v3/sor/order":      true,
	"POST /api/v3/sor/order/test": true,
}

// otherwise are routes whose right answer is an error.
var otherwise = map[string]int{
	"GET /api/v3/referencePrice":             -2043,
	"GET /api/v3/referencePrice/calculation": -2043,
}

// good are parameters with which a route answers 200 on a furnished house that has an order "o" and a list "l" of Alice's.
var good = map[string][]string{
	"GET /api/v3/depth":                      {"symbol=BTCUSDT", "limit=5"},
	"GET /api/v3/trades":                     {"symbol=BTCUSDT"},
	"GET /api/v1/trades":                     {"symbol=BTCUSDT"},
	"GET /api/v3/historicalTrades":           {"symbol=BTCUSDT"},
	"GET /api/v3/aggTrades":                  {"symbol=BTCUSDT"},
	"GET /api/v3/klines":                     {"symbol=BTCUSDT", "interval=1m"},
	"GET /api/v3/uiKlines":                   {"symbol=BTCUSDT", "interval=1h"},
	"GET /api/v3/avgPrice":                   {"symbol=BTCUSDT"},
	"GET /api/v3/ticker":                     {"symbol=BTCUSDT", "windowSize=4h"},
	"GET /api/v3/ticker/tradingDay":          {"symbols=%5B%22BTCUSDT%22%5D", "timeZone=8"},
	"GET /api/v3/historicalBlockTrades":      {"symbol=BTCUSDT", "fromId=0"},
	"GET /api/v3/referencePrice":             {"symbol=BTCUSDT"},
	"GET /api/v3/referencePrice/calculation": {"symbol=BTCUSDT"},
	"PUT /api/v3/order/amend/keepPriority":   {"symbol=BTCUSDT", "origClientOrderId=o", "newQty=0.05"},
	"GET /api/v3/order/amendments":           {"symbol=BTCUSDT", "orderId=1"},
	"POST /api/v3/orderList/oco": {"symbol=BTCUSDT", "side=BUY", "quantity=0.1", "aboveType=STOP_LOSS_LIMIT", "abovePrice=22000",
		"aboveStopPrice=21000", "aboveTimeInForce=GTC", "belowType=LIMIT_MAKER", "belowPrice=8000"},
	"POST /api/v3/order/oco": {"symbol=BTCUSDT", "side=BUY", "quantity=0.1", "price=8000", "stopPrice=21000"},
	"POST /api/v3/orderList/oto": {"symbol=BTCUSDT", "workingType=LIMIT", "workingSide=BUY", "workingPrice=9000", "workingQuantity=0.1",
		"workingTimeInForce=GTC", "pendingType=MARKET", "pendingSide=SELL", "pendingQuantity=0.1"},
	"POST /api/v3/orderList/otoco": {"symbol=BTCUSDT", "workingType=LIMIT_MAKER", "workingSide=BUY", "workingPrice=9000", "workingQuantity=0.1",
		"pendingSide=SELL", "pendingQuantity=0.1", "pendingAboveType=LIMIT_MAKER", "pendingAbovePrice=12000", "pendingBelowType=STOP_LOSS",
		"pendingBelowStopPrice=8000"},
	"DELETE /api/v3/orderList":       {"symbol=BTCUSDT", "listClientOrderId=l"},
	"GET /api/v3/orderList":          {"origClientOrderId=l"},
	"GET /api/v3/myPreventedMatches": {"symbol=BTCUSDT", "orderId=1"},
	"GET /api/v3/myAllocations":      {"symbol=BTCUSDT"},
	"GET /api/v3/myFilters":          {"symbol=BTCUSDT"},
	"POST /sapi/v1/capital/withdraw/apply": {"coin=BTC", "address=bc1q", "addressTag=7", "amount=0.01", "network=BTC", "name=x", "walletType=0",
		"transactionFeeFlag=true"},
	"POST /sapi/v1/portcullis/gift/issue":            {"coin=BTC", "amount=0.01", "count=2", "expires=30d", "batchName=party", "message=hello"},
	"POST /sapi/v1/portcullis/gift/return":           {"id=2"},
	"POST /sapi/v1/portcullis/gift/claim":            {"code=" + giftText},
	"GET /sapi/v1/portcullis/gift/list":              {"giftStatus=LIVE", "fromId=1", "limit=5"},
	"GET /sapi/v1/capital/withdraw/history":          {"coin=BTC", "status=2", "idList=1,2"},
	"POST /api/v3/order":                             limitOrder("BUY", "0.1", "10000"),
	"POST /api/v3/order/test":                        limitOrder("BUY", "0.1", "10000"),
	"DELETE /api/v3/order":                           {"symbol=BTCUSDT", "origClientOrderId=o"},
	"DELETE /api/v3/openOrders":                      {"symbol=BTCUSDT"},
	"POST /api/v3/order/cancelReplace":               append(limitOrder("BUY", "0.1", "10000"), "cancelReplaceMode=STOP_ON_FAILURE", "cancelOrigClientOrderId=o"),
	"GET /api/v3/account/commission":                 {"symbol=BTCUSDT"},
	"GET /api/v3/order":                              {"symbol=BTCUSDT", "origClientOrderId=o"},
	"GET /api/v3/allOrders":                          {"symbol=BTCUSDT"},
	"GET /api/v3/myTrades":                           {"symbol=BTCUSDT"},
	"POST /sapi/v1/sub-account/universalTransfer":    {"toEmail=4%40sub.invalid", "fromAccountType=SPOT", "toAccountType=SPOT", "asset=BTC", "amount=0.1", "clientTranId=t"},
	"POST /sapi/v1/sub-account/transfer/subToMaster": {"asset=BTC", "amount=0.1"},
	"POST /sapi/v1/sub-account/transfer/subToSub":    {"toEmail=4%40sub.invalid", "asset=BTC", "amount=0.1"},
	"GET /sapi/v3/sub-account/assets":                {"email=4%40sub.invalid"},
	"GET /sapi/v4/sub-account/assets":                {"email=4%40sub.invalid"},
	"GET /sapi/v1/capital/deposit/hisrec":            {"coin=BTC", "status=1", "offset=0", "limit=10"},
	"GET /sapi/v1/capital/deposit/address":           {"coin=LTC", "network=LTC"},
}

// standing leaves Alice with an order "o" and a list "l", and nothing else in the market.
func (h *house) standing() {
	h.t.Helper()
	h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
	h.order(h.ed, append(limitOrder("BUY", "0.1", "9000"), "newClientOrderId=o")...)
	if a := h.do(h.ed, "POST", "/api/v3/orderList/oco", append(good["POST /api/v3/orderList/oco"], "listClientOrderId=l")...); a.status != 200 {
		h.t.Fatalf("%d %s", a.status, a.body)
	}
}

// TestRoutes walks the dialect's table: every request has a handler and answers, or is refused as not offered; it asks for
// a key where it should; and it refuses a parameter that it does not know before it does anything.
func TestRoutes(t *testing.T) {
	h := newHouse(t, walleted(testKeys(t)))
	h.chained(testKeys(t))
	h.operator(&instruction.OpenAccount{Parent: h.alice}) // number 4
	h.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 1e8})
	subs := h.key(4, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayRead | instruction.MayTransfer})
	payer := h.legacy(h.alice)
	h.gifted(payer)
	walked := 0
	for _, r := range binance.Routes() {
		if r.Path == "" {
			if sessionHandlers[r.WS] == nil {
				t.Errorf("%s has no handler", r.WS)
			}
			continue
		}
		name := r.Method + " " + r.Path
		walked++
		h.clock.Add(minute) // each route within its own weight
		h.standing()
		send := func(params ...string) answer {
			if r.Security == binance.SecNone {
				return h.send(r.Method, r.Path, strings.Join(params, "&"), "", "")
			}
			if strings.HasSuffix(r.Path, "/subToMaster") {
				return h.do(subs, r.Method, r.Path, params...)
			}
			if r.Security == binance.SecWithdraw {
				return h.do(payer, r.Method, r.Path, params...)
			}
			return h.do(h.ed, r.Method, r.Path, params...)
		}
		params := good[name]
		if notOffered[name] {
			if a := send(params...); a.status != 400 || a.code() != -1020 {
				t.Errorf("%s is not offered, and answers %d %s", name, a.status, a.body)
			}
			continue
		}
		if r.Security == binance.SecStream && r.Method != "POST" {
			params = append(params, "listenKey="+h.listenKey(h.ed))
		}
		if r.Security.Signed() {
			if a := h.send(r.Method, r.Path, strings.Join(append(params, h.stamp()), "&"), "", ""); a.status != 401 || a.code() != -2014 {
				t.Errorf("%s without a key: %d %s", name, a.status, a.body)
			}
			if a := h.send(r.Method, r.Path, strings.Join(append(params, h.stamp(), "signature=00"), "&"), "", h.ed.text); a.code() != -1022 {
				t.Errorf("%s with a wrong signature: %d %s", name, a.status, a.body)
			}
		}
		if a := send(append([]string{"nonsense=1"}, params...)...); a.status != 400 || a.code() != -1104 {
			t.Errorf("%s with a parameter that nobody knows: %d %s", name, a.status, a.body)
		}
		if want := otherwise[name]; want != 0 {
			if a := send(params...); a.status != 400 || a.code() != want {
				t.Errorf("%s: %d %s, want %d", name, a.status, a.body, want)
			}
			continue
		}
		if a := send(params...); a.status != 200 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		} else if a.header.Get("X-MBX-USED-WEIGHT-1M") == "" || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: headers %v", name, a.header)
		}
	}
	if walked < 45 {
		t.Errorf("walked only %d routes", walked)
	}
}

// TestHandlersAreOfTheDialect: a slip in a path would leave a handler that nobody can reach.
func TestHandlersAreOfTheDialect(t *testing.T) {
	for name := range handlers {
		method, path, _ := strings.Cut(name, " ")
		if _, ok := binance.FindRoute(method, path); !ok {
			t.Errorf("%s is no request of the dialect", name)
		}
	}
	for name := range sessionHandlers {
		if _, ok := binance.FindMethod(name); !ok {
			t.Errorf("%s is no request of the dialect", name)
		}
	}
}

func TestNoSuchRoute(t *testing.T) {
	h := newHouse(t)
	for _, x := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{"GET", "/", 404, ""},
		{"GET", "/api/v3/order/", 404, ""},
		{"GET", "/api/v3/Account", 404, ""},
		{"GET", "/api/v3/%61ccount", 401, ""}, // the same path
		{"PUT", "/api/v3/order", 405, "DELETE, GET, POST"},
		{"HEAD", "/api/v3/ping", 405, "GET"},
		{"OPTIONS", "/api/v3/ping", 405, "GET"},
	} {
		a := h.send(x.method, x.path, "", "", "")
		if a.status != x.status || a.header.Get("Allow") != x.allow {
			t.Errorf("%s %s: %d %q %s", x.method, x.path, a.status, a.header.Get("Allow"), a.body)
		}
		if x.method != "HEAD" && a.code() == 0 {
			t.Errorf("%s %s: no error of the dialect: %s", x.method, x.path, a.body)
		}
	}
}

// TestReasons: every reason there is says something in the dialect, or is one to allow.
func TestReasons(t *testing.T) {
	allows := map[instruction.Reason]bool{instruction.WithinMandate: true, instruction.OperatorWord: true, instruction.EngineClock: true,
		instruction.OwnerSaid: true, instruction.VenueSaw: true, instruction.AddressListed: true, instruction.NewAddressHeld: true, // it waits
		instruction.WalletSaw: true, instruction.Brought: true,
	}
	known := 0
	for r := range instruction.Reason(10_000) {
		if r.Sentence() == "" {
			if refusals[r] != nil {
				t.Errorf("reason %d is unknown, and yet mapped", r)
			}
			continue
		}
		known++
		if allows[r] {
			if refusals[r] != nil {
				t.Errorf("%s is no refusal", r)
			}
			continue
		}
		if refusals[r] == nil {
			t.Errorf("%s has no answer in the dialect; add it to refusals", r)
			continue
		}
		for _, cancels := range []bool{false, true} {
			if e := refused(r, cancels); e.Code >= 0 || e.Msg == "" || e.Status < 400 || e.Code == -1000 {
				t.Errorf("%s: %+v", r, e)
			}
		}
	}
	if known < 40 {
		t.Errorf("only %d reasons are known", known)
	}
}

// TestDifferencesAreListed: the page of differences lists exactly the requests that are refused.
func TestDifferencesAreListed(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "DIALECT-DIFFERENCES.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{}
	for _, m := range regexp.MustCompile("(?m)^- `([A-Z]+ /[^`]+)`:").FindAllStringSubmatch(string(text), -1) {
		listed[m[1]] = true
	}
	for name := range notOffered {
		if !listed[name] {
			t.Errorf("%s is refused, and the page of differences does not say so", name)
		}
	}
	for name := range otherwise {
		if !listed[name] {
			t.Errorf("%s is refused, and the page of differences does not say so", name)
		}
	}
	for name := range listed {
		if !notOffered[name] && otherwise[name] == 0 {
			t.Errorf("the page of differences lists %s as refused, and it is not", name)
		}
	}
}
