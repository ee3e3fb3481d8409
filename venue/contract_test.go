package venue

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/gift"

	"github.com/coder/websocket"
	"github.com/getkin/kin-openapi/openapi3"
)

// served loads a document as the venue serves it.
func (h *house) served(path string) []byte {
	h.t.Helper()
	r, err := http.Get(h.server.URL + path)
	if err != nil {
		h.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != 200 {
		h.t.Fatalf("%s: %d %v", path, r.StatusCode, err)
	}
	return b
}

func load(t testing.TB, b []byte) *openapi3.T {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(b)
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// fits holds a JSON text against a schema: each member that there must be, and none that is not described.
func fits(s *openapi3.Schema, text []byte) error {
	var v any
	if err := json.Unmarshal(text, &v); err != nil {
		return err
	}
	return s.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors())
}

// contract is the document of the REST requests beside the house that must keep it.
type contract struct {
	*house
	doc    *openapi3.T
	called map[string]map[int]bool // statuses by operation
}

// hold sends a request, and holds it and its answer against the document.
func (c *contract) hold(k *testKey, method, path string, params ...string) answer {
	c.t.Helper()
	name := method + " " + path
	op := c.doc.Paths.Find(path).GetOperation(method)
	for _, p := range params {
		key, value, _ := strings.Cut(p, "=")
		_, err := url.QueryUnescape(value)
		x := op.Parameters.GetByInAndName("query", key)
		switch {
		case err != nil:
			c.t.Fatal(err)
		case x == nil && key != "nonsense":
			c.t.Errorf("%s takes %s, which is not described", name, key)
		}
	}
	a := c.do(k, method, path, params...)
	if op.Security == nil { // public
		a = c.send(method, path, strings.Join(params, "&"), "", "")
	}
	c.keeps(name, op, a)
	return a
}

// keeps holds an answer against the document.
func (c *contract) keeps(name string, op *openapi3.Operation, a answer) {
	c.t.Helper()
	if c.called[name] == nil {
		c.called[name] = map[int]bool{}
	}
	c.called[name][a.status] = true
	r := op.Responses.Status(a.status)
	if r == nil {
		c.t.Errorf("%s answers %d, which is not described: %s", name, a.status, a.body)
		return
	}
	media := r.Value.Content[a.header.Get("Content-Type")]
	if media == nil {
		c.t.Errorf("%s answers %d as %s", name, a.status, a.header.Get("Content-Type"))
		return
	}
	if err := fits(media.Schema.Value, []byte(a.body)); err != nil {
		c.t.Errorf("%s answers %d otherwise than described: %v\n%s", name, a.status, err, a.body)
	}
	for header := range a.header {
		if strings.HasPrefix(header, "X-Mbx-") || header == "Retry-After" {
			known := slices.ContainsFunc(slices.Collect(maps.Keys(r.Value.Headers)), func(n string) bool { return http.CanonicalHeaderKey(n) == header })
			if !known {
				c.t.Errorf("%s answers %d with the header %s, which is not described", name, a.status, header)
			}
		}
	}
}

// busy makes a past: trades, orders of every standing, a deposit.
func (h *house) busy() {
	h.t.Helper()
	h.order(h.bobs, limitOrder("SELL", "0.3", "20000")...)
	h.order(h.ed, limitOrder("BUY", "0.1", "20000")...)
	h.order(h.ed, "symbol=BTCUSDT", "side=BUY", "type=MARKET", "quoteOrderQty=1000")
	h.order(h.ed, "symbol=BTCUSDT", "side=BUY", "type=LIMIT", "timeInForce=IOC", "quantity=0.1", "price=10000")
	h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
	h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
}

// more are other ways to ask, by operation: each must be answered as described too.
var more = map[string][][]string{
	"GET /api/v3/exchangeInfo":      {{"symbol=BTCUSDT"}, {"symbols=%5B%22BTCUSDT%22%5D"}, {"permissions=SPOT", "showPermissionSets=false"}, {"symbol=NOSUCH"}},
	"GET /api/v3/ticker/24hr":       {{"symbol=BTCUSDT"}, {"symbol=BTCUSDT", "type=MINI"}, {"type=MINI"}, {"type=HUGE"}},
	"GET /api/v3/ticker":            {{"symbol=BTCUSDT", "type=MINI"}, {"symbols=%5B%22BTCUSDT%22%5D"}, {"symbol=BTCUSDT", "windowSize=8d"}},
	"GET /api/v3/ticker/tradingDay": {{"symbol=BTCUSDT", "type=MINI"}},
	"GET /api/v3/ticker/price":      {{"symbol=BTCUSDT"}},
	"GET /api/v3/ticker/bookTicker": {{"symbol=BTCUSDT"}},
	"GET /api/v3/executionRules":    {{"symbol=BTCUSDT"}},
	"POST /api/v3/order": {append(limitOrder("SELL", "0.1", "30000"), "newOrderRespType=ACK"), append(limitOrder("SELL", "0.1", "30000"), "newOrderRespType=RESULT"),
		{"symbol=BTCUSDT", "side=BUY", "type=MARKET", "quantity=0.01"}, limitOrder("BUY", "100", "30000"), limitOrder("BUY", "0.1", "30000.001"),
		append(limitOrder("BUY", "0.1", "10000"), "strategyId=1", "strategyType=1000000"), {"symbol=BTCUSDT", "side=BUY", "type=LIMIT", "timeInForce=FOK", "quantity=9", "price=10000"}},
	"POST /api/v3/order/test": {append(limitOrder("BUY", "0.1", "10000"), "computeCommissionRates=true")},
	"POST /api/v3/order/cancelReplace": {
		append(limitOrder("BUY", "0.1", "10000"), "cancelReplaceMode=STOP_ON_FAILURE", "cancelOrigClientOrderId=none"),
		append(limitOrder("BUY", "0.1", "10000"), "cancelReplaceMode=ALLOW_FAILURE", "cancelOrigClientOrderId=none")},
	"GET /api/v3/order":                    {{"symbol=BTCUSDT", "orderId=2"}, {"symbol=BTCUSDT", "orderId=4"}, {"symbol=BTCUSDT", "orderId=999"}},
	"GET /api/v3/account":                  {{"omitZeroBalances=true"}},
	"GET /api/v3/allOrders":                {{"symbol=BTCUSDT", "orderId=1", "limit=3"}},
	"GET /sapi/v1/portcullis/gift/list":    {{}, {"giftStatus=GONE"}, {"batchName=party"}},
	"POST /sapi/v1/portcullis/gift/claim":  {{"code=nonsense"}, {"code=" + gift.NewCode().Reveal()}},
	"GET /api/v3/myTrades":                 {{"symbol=BTCUSDT", "fromId=1", "limit=3"}, {"symbol=BTCUSDT", "orderId=2"}},
	"GET /api/v3/depth":                    {{"symbol=BTCUSDT", "limit=0"}},
	"GET /sapi/v1/capital/deposit/address": {{"coin=LTC"}, {"coin=BTC"}, {"coin=XYZ"}, {"coin=LTC", "network=BTC"}},
	"GET /api/v3/klines":                   {{"symbol=BTCUSDT", "interval=1h", "timeZone=8", "limit=2"}, {"symbol=BTCUSDT", "interval=7m"}},
}

// ofPayers are more of those by a key that withdraws.
var ofPayers = map[string][][]string{
	"POST /sapi/v1/capital/withdraw/apply": {{"coin=BTC", "address=bc1q", "amount=11"}},
	"POST /sapi/v1/portcullis/gift/issue":  {{"coin=BTC", "amount=0.5", "expires=30d"}, {"coin=BTC", "amount=0", "expires=30d"}, {"coin=USDT", "amount=1", "expires=1h"}, {"coin=BTC", "amount=0.01"}},
	"POST /sapi/v1/portcullis/gift/return": {{"id=2"}, {"id=99"}, {"id=0"}},
	"POST /sapi/v1/portcullis/gift/claim":  {{"code=0"}},
}

// TestContract: each request of the OpenAPI document is called, asked rightly and wrongly, and answered as described; and
// every request that the venue knows is in the document.
func TestContract(t *testing.T) {
	h := newHouse(t, walleted(testKeys(t)))
	h.chained(testKeys(t))
	c := &contract{h, load(t, h.served("/openapi.json")), map[string]map[int]bool{}}
	h.busy()
	h.operator(&instruction.OpenAccount{Parent: h.alice}) // number 4
	h.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 1e8})
	subs := h.key(4, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayRead | instruction.MayTransfer})
	payer := h.legacy(h.alice)
	h.gifted(payer)
	for _, r := range binance.Routes() {
		if r.Path != "" && (c.doc.Paths.Find(r.Path) == nil || c.doc.Paths.Find(r.Path).GetOperation(r.Method) == nil) {
			t.Fatalf("%s %s is not described", r.Method, r.Path)
		}
	}
	for path, item := range c.doc.Paths.Map() {
		if strings.HasPrefix(path, gift.Path) { // which has tests of its own
			continue
		}
		for method, op := range item.Operations() {
			name := method + " " + path
			route, ok := binance.FindRoute(method, path)
			if !ok {
				t.Errorf("%s is described, and there is no such request", name)
				continue
			}
			h.clock.Add(minute)
			h.standing()
			params := good[name]
			if route.Security == binance.SecStream && method != "POST" {
				params = append(params, "listenKey="+h.listenKey(h.ed))
			}
			c.hold(h.ed, method, path, append([]string{"nonsense=1"}, params...)...)
			if route.Security != binance.SecNone {
				c.keeps(name, op, h.send(method, path, strings.Join(append(params, h.stamp()), "&"), "", ""))
			}
			c.keeps(name, op, h.send(method, path, strings.Repeat("x", binance.MaxParamsBytes+1), "", ""))
			c.hold(h.ed, method, path, params...)
			for _, x := range more[name] {
				h.clock.Add(instruction.Second)
				c.hold(h.ed, method, path, x...)
			}
			if strings.HasSuffix(path, "/subToMaster") {
				c.hold(subs, method, path, params...)
			}
			if route.Security == binance.SecWithdraw {
				c.hold(payer, method, path, params...)
				for _, x := range ofPayers[name] {
					h.clock.Add(instruction.Second)
					c.hold(payer, method, path, x...)
				}
			}
			want := 200
			if op.Responses.Status(200) == nil {
				want = 400
			}
			if !c.called[name][want] {
				t.Errorf("%s was never answered %d", name, want)
			}
		}
	}
	for name := range more {
		if c.called[name] == nil {
			t.Errorf("%s is asked in several ways, and there is no such request", name)
		}
	}
	if !c.called["POST /api/v3/order/cancelReplace"][409] {
		t.Error("no replacement was done by half")
	}
}

// TestContractOfLimits: who asks for too much is told as described.
func TestContractOfLimits(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits = Limits{WeightMinute: 60, OrdersTen: 1} })
	c := &contract{h, load(t, h.served("/openapi.json")), map[string]map[int]bool{}}
	h.clock.Add(minute)
	c.hold(h.ed, "POST", "/api/v3/order", limitOrder("BUY", "0.1", "10000")...)
	c.hold(h.ed, "POST", "/api/v3/order", limitOrder("BUY", "0.1", "10000")...)
	for range patience + 70 {
		c.hold(h.ed, "GET", "/api/v3/ping")
	}
	if !c.called["POST /api/v3/order"][429] || !c.called["GET /api/v3/ping"][429] || !c.called["GET /api/v3/ping"][418] {
		t.Errorf("%v", c.called)
	}
}

// TestContractIsStrict: what is not described does not pass.
func TestContractIsStrict(t *testing.T) {
	h := newHouse(t)
	doc := load(t, h.served("/openapi.json"))
	s := doc.Paths.Find("/api/v3/order").GetOperation("GET").Responses.Status(200).Value.Content["application/json;charset=UTF-8"].Schema.Value
	o := h.order(h.ed, append(limitOrder("BUY", "0.1", "9000"), "newClientOrderId=o")...)
	a := h.do(h.ed, "GET", orderPath, "symbol=BTCUSDT", fmt.Sprintf("orderId=%v", o["orderId"]))
	if err := fits(s, []byte(a.body)); err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{
		"one more":  strings.Replace(a.body, `{`, `{"more":1,`, 1),
		"one less":  strings.Replace(a.body, `"isWorking":true,`, ``, 1),
		"a number":  strings.Replace(a.body, `"price":"9000.000000"`, `"price":9000`, 1),
		"no status": strings.Replace(a.body, `"status":"NEW"`, `"status":"FRESH"`, 1),
	} {
		if text == a.body || fits(s, []byte(text)) == nil {
			t.Errorf("%s passes: %s", what, text)
		}
	}
}

// messages are the schemas of the AsyncAPI document's messages.
func messages(t testing.TB, b []byte) (map[string]*openapi3.Schema, map[string]any) {
	t.Helper()
	var doc struct {
		AsyncAPI   string
		Channels   map[string]any
		Operations map[string]any
		Components struct {
			Schemas  map[string]any
			Messages map[string]struct{ Payload any }
		}
	}
	if err := json.Unmarshal(b, &doc); err != nil || doc.AsyncAPI != "3.0.0" {
		t.Fatal(doc.AsyncAPI, err)
	}
	var whole any
	_ = json.Unmarshal(b, &whole)
	resolves(t, whole, whole)
	all := map[string]any{}
	maps.Copy(all, doc.Components.Schemas)
	for name, m := range doc.Components.Messages {
		all["message."+name] = m.Payload
	}
	text, err := json.Marshal(map[string]any{"openapi": "3.1.0", "info": map[string]any{"title": "x", "version": "1"}, "paths": map[string]any{}, "components": map[string]any{"schemas": all}})
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]*openapi3.Schema{}
	for name, s := range load(t, text).Components.Schemas {
		if m, is := strings.CutPrefix(name, "message."); is {
			list[m] = s.Value
		}
	}
	return list, doc.Operations
}

// resolves follows every reference of a document.
func resolves(t testing.TB, whole, part any) {
	t.Helper()
	switch x := part.(type) {
	case []any:
		for _, v := range x {
			resolves(t, whole, v)
		}
	case map[string]any:
		if ref, ok := x["$ref"].(string); ok {
			at := whole
			for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
				m, _ := at.(map[string]any)
				at = m[step]
			}
			if at == nil {
				t.Errorf("%s leads nowhere", ref)
			}
		}
		for _, v := range x {
			resolves(t, whole, v)
		}
	}
}

// TestContractWS: each method of the WebSocket API is called, and request, answer and refusal are as described.
func TestContractWS(t *testing.T) {
	h := newHouse(t)
	schemas, operations := messages(t, h.served("/asyncapi.json"))
	h.busy()
	s := h.dial("")
	s.ws.SetReadLimit(1 << 20) // all that the routes before have placed
	check := func(name string, frame []byte) {
		t.Helper()
		if schemas[name] == nil {
			t.Errorf("%s is not described", name)
		} else if err := fits(schemas[name], frame); err != nil {
			t.Errorf("%s is otherwise than described: %v\n%s", name, err, frame)
		}
	}
	ask := func(method string, params map[string]any) (status int) {
		t.Helper()
		s.id++
		frame, _ := json.Marshal(map[string]any{"id": s.id, "method": method, "params": params})
		if params["nonsense"] == nil {
			check(method, frame)
		}
		if err := s.ws.Write(s.ctx, websocket.MessageText, frame); err != nil {
			t.Fatal(err)
		}
		for {
			_, text, err := s.ws.Read(s.ctx)
			if err != nil {
				t.Fatal(err)
			}
			var a struct{ Status int }
			if _ = json.Unmarshal(text, &a); a.Status == 0 {
				check("event", text)
				continue
			}
			if a.Status == 200 {
				check(method+"-result", text)
			} else {
				check("failed", text)
			}
			return a.Status
		}
	}
	walked := 0
	for _, r := range binance.Routes() {
		if r.WS == "" {
			continue
		}
		if operations[r.WS] == nil {
			t.Errorf("%s is not described", r.WS)
			continue
		}
		walked++
		h.clock.Add(minute)
		h.standing()
		params := map[string]any{}
		for _, p := range good[r.Method+" "+r.Path] {
			name, value, _ := strings.Cut(p, "=")
			params[name], _ = url.QueryUnescape(value)
		}
		if r.Security == binance.SecStream && r.Path != "" {
			params["apiKey"] = h.ed.text
			if r.Method != "POST" {
				params["listenKey"] = h.listenKey(h.ed)
			}
		}
		if r.WS == "userDataStream.subscribe" {
			ask("session.logon", s.sign(h.ed, map[string]any{}))
		}
		ask(r.WS, map[string]any{"nonsense": "1"})
		if r.Security.Signed() {
			k := h.ed
			if r.WS == "userDataStream.subscribe.signature" {
				k = h.bobs // Alice is listened to already
			}
			params = s.sign(k, params)
		}
		status := ask(r.WS, params)
		if want := schemas[r.WS+"-result"] != nil; want != (status == 200) {
			t.Errorf("%s is answered %d", r.WS, status)
		}
	}
	if walked < 50 {
		t.Errorf("only %d methods", walked)
	}
	go h.venue.Close()
	shut := 0
	for {
		_, text, err := s.ws.Read(s.ctx)
		switch {
		case err != nil && shut != 1:
			t.Fatalf("that the venue stops was said %d times", shut)
		case err != nil:
			return
		case strings.Contains(string(text), "serverShutdown"):
			shut++
			check("shutdown", text)
		default:
			check("event", text)
		}
	}
}

// sign adds key, time and signature to parameters.
func (s *socket) sign(k *testKey, params map[string]any) map[string]any {
	signed := map[string]any{"apiKey": k.text}
	maps.Copy(signed, params)
	_, stamp, _ := strings.Cut(s.h.stamp(), "=")
	signed["timestamp"] = json.RawMessage(stamp)
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(signed)) {
		parts = append(parts, fmt.Sprintf("%s=%s", name, signed[name]))
	}
	signed["signature"] = k.sign([]byte(strings.Join(parts, "&")))
	return signed
}
