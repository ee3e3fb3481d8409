package venue

import (
	"encoding/json"
	"strings"
	"testing"

	"portcullis/core/instruction"

	"github.com/prometheus/client_golang/prometheus"
)

func TestExchangeInfo(t *testing.T) {
	h := newHouse(t)
	if a := h.get("/api/v3/exchangeInfo", "showPermissionSets=false"); !strings.Contains(a.body, `"permissionSets":[],`) || strings.Contains(a.body, `[["SPOT"]]`) {
		t.Errorf("without permission sets: %s", a.body)
	}
	var info struct {
		Timezone   string
		RateLimits []struct {
			RateLimitType, Interval string
			IntervalNum, Limit      int
		}
		Symbols []struct {
			Symbol, Status, BaseAsset, QuoteAsset string
			BaseAssetPrecision, QuotePrecision    int
			OrderTypes                            []string
			PermissionSets                        [][]string
			Filters                               []map[string]any
		}
	}
	h.get("/api/v3/exchangeInfo").into(t, &info)
	if info.Timezone != "UTC" || len(info.Symbols) != 2 || len(info.RateLimits) != 3 || info.RateLimits[0].Limit != 6000 {
		t.Fatalf("%+v", info)
	}
	s := info.Symbols[0]
	if s.Symbol != "BTCUSDT" || s.Status != "TRADING" || s.BaseAsset != "BTC" || s.QuoteAsset != "USDT" || s.BaseAssetPrecision != 8 ||
		s.QuotePrecision != 6 || strings.Join(s.OrderTypes, " ") != "LIMIT LIMIT_MAKER MARKET STOP_LOSS STOP_LOSS_LIMIT TAKE_PROFIT TAKE_PROFIT_LIMIT" || s.PermissionSets[0][0] != "SPOT" {
		t.Errorf("%+v", s)
	}
	filters, _ := json.Marshal(s.Filters)
	for _, want := range []string{
		`{"filterType":"PRICE_FILTER","maxPrice":"1000000.000000","minPrice":"1.000000","tickSize":"0.010000"}`,
		`{"filterType":"LOT_SIZE","maxQty":"1000.00000000","minQty":"0.00001000","stepSize":"0.00001000"}`,
		`"filterType":"MARKET_LOT_SIZE"`, `"minNotional":"5.000000"`, `{"filterType":"MAX_NUM_ORDERS","maxNumOrders":200}`,
	} {
		if !strings.Contains(string(filters), want) {
			t.Errorf("%s is not in %s", want, filters)
		}
	}
	for params, want := range map[string]int{
		"symbol=ETHBTC": 1, "symbols=%5B%22ETHBTC%22,%22BTCUSDT%22%5D": 2, "permissions=SPOT": 2, "permissions=%5B%22SPOT%22%5D": 2,
		"permissions=MARGIN": 0, "symbolStatus=TRADING": 2, "symbolStatus=HALT": 0, "showPermissionSets=false": 2,
	} {
		info.Symbols = nil
		h.get("/api/v3/exchangeInfo", params).into(t, &info)
		if len(info.Symbols) != want {
			t.Errorf("%s: %d symbols, want %d", params, len(info.Symbols), want)
		}
	}
	for params, code := range map[string]int{
		"symbol=NOPE": -1121, "symbols=x": -1135, "symbol=ETHBTC&permissions=SPOT": -1128, "symbolStatus=OPEN": -1122,
		"symbols=%5B%22ETHBTC%22,%22ETHBTC%22%5D": -1151, "permissions=%5B1%5D": -1135,
	} {
		if a := h.get("/api/v3/exchangeInfo", params); a.code() != code {
			t.Errorf("%s: %s, want %d", params, a.body, code)
		}
	}
}

func TestAccount(t *testing.T) {
	h := newHouse(t)
	h.order(h.ed, limitOrder("BUY", "0.5", "20000")...)
	var x struct {
		AccountType     string
		CommissionRates struct{ Maker, Taker string }
		MakerCommission int
		Balances        []struct{ Asset, Free, Locked string }
	}
	h.do(h.ed, "GET", "/api/v3/account").into(t, &x)
	if x.AccountType != "SPOT" || x.CommissionRates.Maker != "0.00100000" || x.CommissionRates.Taker != "0.00200000" || x.MakerCommission != 10 || len(x.Balances) != 3 {
		t.Errorf("%+v", x)
	}
	if b := x.Balances[1]; b.Asset != "USDT" || b.Free != "990000.000000" || b.Locked != "10000.000000" {
		t.Errorf("%+v", b)
	}
	h.do(h.ed, "GET", "/api/v3/account", "omitZeroBalances=true").into(t, &x)
	if len(x.Balances) != 2 {
		t.Errorf("%+v", x.Balances)
	}
	if f := h.do(h.ed, "GET", "/api/v3/account/commission", "symbol=ETHBTC").fields(t); f["standardCommission"].(map[string]any)["taker"] != "0.00100000" {
		t.Errorf("%v", f)
	}
}

// TestOrderTest: it reads an order as the real thing does, and leaves nothing behind but that the key was seen.
func TestOrderTest(t *testing.T) {
	h := newHouse(t)
	before := h.engine.Durable()
	const path = "/api/v3/order/test"
	if a := h.do(h.ed, "POST", path, limitOrder("BUY", "0.1", "10000")...); a.status != 200 || a.body != "{}" {
		t.Errorf("%d %s", a.status, a.body)
	}
	a := h.do(h.ed, "POST", path, append(limitOrder("BUY", "0.1", "10000"), "computeCommissionRates=true")...)
	if a.status != 200 || !strings.Contains(a.body, `"standardCommissionForOrder":{"maker":"0.00100000","taker":"0.00200000"}`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := h.do(h.ed, "POST", path, limitOrder("BUY", "0.1", "10000.0000001")...); a.code() != -1111 {
		t.Error(a.body)
	}
	for filter, order := range map[string][]string{
		"PRICE_FILTER": limitOrder("BUY", "0.1", "10000.001"), "LOT_SIZE": limitOrder("BUY", "0.000001", "10000"),
		"NOTIONAL": limitOrder("BUY", "0.0001", "10000"),
	} {
		if a := h.do(h.ed, "POST", path, order...); a.code() != -1013 || !strings.Contains(a.body, filter) {
			t.Errorf("%s: %s", filter, a.body)
		}
	}
	for _, r := range h.records(before + 1) {
		if k := r.Kind(); k != instruction.KindTick && k != instruction.KindSight {
			t.Errorf("it left a record: %v", r.Kind())
		}
	}
}

func TestWallet(t *testing.T) {
	h := newHouse(t)
	h.order(h.ed, limitOrder("BUY", "0.5", "20000")...)
	var coins []struct {
		Coin, Free, Locked string
		NetworkList        []any
	}
	h.do(h.hmac, "GET", "/sapi/v1/capital/config/getall").into(t, &coins)
	if len(coins) != 3 || coins[1].Coin != "USDT" || coins[1].Locked != "10000.000000" || coins[1].NetworkList == nil {
		t.Errorf("%+v", coins)
	}
	var assets []struct{ Asset, Free, Locked string }
	h.do(h.hmac, "POST", "/sapi/v3/asset/getUserAsset").into(t, &assets)
	if len(assets) != 2 {
		t.Errorf("%+v", assets)
	}
	h.do(h.hmac, "POST", "/sapi/v3/asset/getUserAsset", "asset=BTC", "needBtcValuation=true").into(t, &assets)
	if len(assets) != 1 || assets[0].Free != "10.00000000" {
		t.Errorf("%+v", assets)
	}
	var deposits []struct{ Coin, Amount, TxID string }
	h.do(h.hmac, "GET", "/sapi/v1/capital/deposit/hisrec").into(t, &deposits)
	if len(deposits) != 2 || deposits[0].Coin != "USDT" || deposits[0].Amount != "1000000.000000" {
		t.Errorf("the newest first: %+v", deposits)
	}
	for params, want := range map[string]int{
		"coin=BTC": 1, "coin=XYZ": 0, "status=0": 0, "status=1": 2, "offset=1": 1, "offset=9": 0, "limit=1": 1, "txId=seed": 2, "txId=x": 0,
		"endTime=1": 0,
	} {
		h.do(h.hmac, "GET", "/sapi/v1/capital/deposit/hisrec", params).into(t, &deposits)
		if len(deposits) != want {
			t.Errorf("%s: %d deposits, want %d", params, len(deposits), want)
		}
	}
	x := h.do(h.hmac, "GET", "/sapi/v1/account/apiRestrictions").fields(t)
	if x["ipRestrict"] != true || x["enableReading"] != true || x["enableSpotAndMarginTrading"] != true || x["enableWithdrawals"] != false {
		t.Errorf("%v", x)
	}
	var fees []struct{ Symbol, TakerCommission string }
	h.do(h.hmac, "GET", "/sapi/v1/asset/tradeFee", "symbol=BTCUSDT").into(t, &fees)
	if len(fees) != 1 || fees[0].TakerCommission != "0.00200000" {
		t.Errorf("%v", fees)
	}
	if a := h.do(h.hmac, "POST", "/sapi/v1/capital/withdraw/apply", "coin=BTC", "address=x", "amount=1"); a.code() != -2015 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if free, _ := h.balance(h.alice, 1); free != 1_000_000_000 {
		t.Errorf("%d BTC units", free)
	}
}

func TestTimeUnits(t *testing.T) {
	h := newHouse(t)
	if x := h.get("/api/v3/time").fields(t); x["serverTime"] != float64(start.Milli()) {
		t.Errorf("%v", x)
	}
	for unit, want := range map[string]any{"MICROSECOND": float64(start), "microsecond": float64(start), "MILLISECOND": float64(start.Milli())} {
		if x := h.withHeader("X-MBX-TIME-UNIT", unit, "/api/v3/time").fields(t); x["serverTime"] != want {
			t.Errorf("%s: %v", unit, x)
		}
	}
	if a := h.withHeader("X-MBX-TIME-UNIT", "HOUR", "/api/v3/time"); a.code() != -1194 {
		t.Error(a.body)
	}
}

// TestMetrics: answers are counted by route; what strangers make up is one series.
func TestMetrics(t *testing.T) {
	reg := prometheus.NewRegistry()
	h := newHouse(t, func(c *Config) { c.Metrics = reg })
	h.get("/api/v3/ping")
	h.get("/made/up")
	h.get("/made/up/again")
	h.do(h.ed, "POST", orderPath, limitOrder("BUY", "0.1", "10000.0000001")...)
	s := h.dial("")
	s.ask("ping")
	s.ws.CloseNow()
	h.engine.Close()
	h.do(h.ed, "POST", orderPath, limitOrder("BUY", "0.1", "10000")...)
	h.server.Close() // so that all are counted
	h.venue.Close()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.Metric {
			name := f.GetName()
			for _, l := range m.Label {
				name += " " + l.GetValue()
			}
			got[name] = m.GetCounter().GetValue()
		}
	}
	for name, want := range map[string]float64{
		"portcullis_venue_requests_total /api/v3/ping 200 rest":  1,
		"portcullis_venue_requests_total unknown 404 rest":       2,
		"portcullis_venue_requests_total /api/v3/order 400 rest": 1,
		"portcullis_venue_requests_total /api/v3/order 503 rest": 1,
		"portcullis_venue_requests_total ping 200 ws":            1,
		"portcullis_venue_engine_errors_total stopped":           1,
	} {
		if got[name] != want {
			t.Errorf("%s: %v, want %v", name, got[name], want)
		}
	}
	if _, err := New(Config{Engine: h.engine, Metrics: reg}); err == nil {
		t.Error("metrics of two venues in one registry")
	}
}
