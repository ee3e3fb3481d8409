package venue

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/dialect/binance"
	"portcullis/venue/backlog"
)

// requestSeeds are raw requests: method, path, query, body. KEY stands for a key's text, SIG for its signature over all
// that stands before it.
var requestSeeds = [][4]string{
	{"GET", "/api/v3/ping", "", ""},
	{"GET", "/api/v3/depth", "symbol=BTCUSDT&limit=5", ""},
	{"GET", "/api/v3/klines", "symbol=BTCUSDT&interval=1M&timeZone=05:45&startTime=0&endTime=9223372036854775807&limit=1000", ""},
	{"GET", "/api/v3/klines", "symbol=BTCUSDT&interval=1s&startTime=1", ""},
	{"GET", "/api/v3/aggTrades", "symbol=BTCUSDT&fromId=9223372036854775807", ""},
	{"GET", "/api/v3/historicalTrades", "symbol=BTCUSDT&fromId=0&limit=1000", ""},
	{"GET", "/api/v3/ticker/24hr", "symbols=%5B%22BTCUSDT%22%5D&type=MINI", ""},
	{"GET", "/api/v3/exchangeInfo", "permissions=%5B%22SPOT%22%5D&symbolStatus=TRADING", ""},
	{"POST", "/api/v3/order", "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=10000&timestamp=1772323200000&signature=SIG", ""},
	{"POST", "/api/v3/order", "", "symbol=BTCUSDT&side=SELL&type=MARKET&quoteOrderQty=100&timestamp=1772323200000&signature=SIG"},
	{"POST", "/api/v3/order/test", "timestamp=1772323200000&computeCommissionRates=true&signature=SIG", "symbol=BTCUSDT&side=SELL&type=MARKET&quoteOrderQty=100"},
	{"POST", "/api/v3/order/cancelReplace", "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.1&price=10000&cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1&timestamp=1772323200000&signature=SIG", ""},
	{"DELETE", "/api/v3/openOrders", "timestamp=1772323200000&symbol=BTCUSDT&signature=SIG", ""},
	{"GET", "/api/v3/myTrades", "symbol=BTCUSDT&orderId=18446744073709551615&timestamp=1772323200000000&recvWindow=4999.5&signature=SIG", ""},
	{"GET", "/api/v3/allOrders", "symbol=BTCUSDT&startTime=9223372036854775807&timestamp=1772323200000&signature=SIG", ""},
	{"GET", "/sapi/v1/capital/deposit/hisrec", "offset=9223372036854775807&limit=1&timestamp=1772323200000&signature=SIG", ""},
	{"POST", "/sapi/v1/capital/withdraw/apply", "", "coin=BTC&address=a&addressTag=x&amount=1&amount=2&timestamp=1772323200000&signature=SIG"},
	{"PATCH", "/api/v3/order", "a=b&&&c", "%zz=%"},
	{"GET", "//api/v3/../order", "signature=&signature=", "&"},
}

// fuzzHouse is a venue that is asked without a server, and without limits.
func fuzzHouse(f testing.TB) *house {
	return newHouse(f, func(c *Config) { c.Limits = Limits{WeightMinute: 1 << 60, OrdersTen: 1 << 60, OrdersDay: 1 << 60} })
}

// FuzzRequest: whatever a stranger or a customer sends, the answer is JSON of the dialect, and never a server error; and
// no order is there that was not signed.
func FuzzRequest(f *testing.F) {
	if len(requestSeeds) < 15 {
		f.Fatal("the seeds are gone")
	}
	h := fuzzHouse(f)
	for i, s := range requestSeeds {
		signed := h.hmac.sign([]byte(strings.NewReplacer("&signature=SIG", "", "signature=SIG", "").Replace(s[2] + s[3])))
		for j := 2; j < 4; j++ {
			s[j] = strings.Replace(s[j], "SIG", signed, 1)
		}
		r := h.raw(s[0], s[1], s[2], s[3], h.hmac.text)
		if strings.Contains(s[2]+s[3], signed) && r.code() == -1022 {
			f.Fatalf("seed %d is badly signed", i)
		}
		f.Add(s[0], s[1], s[2], s[3], true)
		f.Add(s[0], s[1], s[2], s[3], false)
	}
	f.Fuzz(func(t *testing.T, method, path, query, body string, known bool) {
		key := "nobody-has-such-a-key"
		if known {
			key = h.hmac.text
		}
		var before, after uint64
		if err := h.engine.Read(func(s *core.State) { before = uint64(s.LastOrder()) }); err != nil {
			t.Fatal(err)
		}
		a := h.raw(method, path, query, body, key)
		switch a.status {
		case 200, 400, 401, 404, 405, 409, 413:
		default:
			t.Fatalf("%d: %s", a.status, a.body)
		}
		if !json.Valid([]byte(a.body)) {
			t.Fatalf("no JSON: %q", a.body)
		}
		if err := h.engine.Read(func(s *core.State) { after = uint64(s.LastOrder()) }); err != nil {
			t.Fatal(err)
		}
		if after != before && (!known || !strings.Contains(query+body, "signature=")) {
			t.Fatalf("an order that nobody signed: %s %s?%s %s", method, path, query, body)
		}
	})
}

// raw sends a request past the server, which would refuse some of it.
func (h *house) raw(method, path, query, body, key string) answer {
	w := httptest.NewRecorder()
	h.venue.serveREST(w, &http.Request{
		Method: method, URL: &url.URL{Path: path, RawQuery: query}, Header: http.Header{"X-Mbx-Apikey": {key}},
		Body: io.NopCloser(strings.NewReader(body)), RemoteAddr: "127.0.0.1:9",
	})
	return answer{w.Code, w.Header(), w.Body.String()}
}

var frameSeeds = []string{
	`{"id":1,"method":"ping"}`,
	`{"id":"x","method":"depth","params":{"symbol":"BTCUSDT","limit":5}}`,
	`{"id":null,"method":"ticker.24hr","params":{"symbols":["BTCUSDT"],"returnRateLimits":false}}`,
	`{"id":1,"method":"order.place","params":{"apiKey":"KEY","symbol":"BTCUSDT","timestamp":1772323200000,"signature":"00"}}`,
	`{"id":1,"method":"userDataStream.subscribe.signature","params":{"apiKey":"KEY","timestamp":1772323200000,"signature":"SIG"}}`,
	`{"id":1,"method":"session.logon","params":{"apiKey":"KEY","timestamp":1772323200000,"signature":"SIG"}}`,
	`{"id":1,"method":"userDataStream.unsubscribe","params":{"subscriptionId":0}}`,
	`{"id":1,"method":"session.subscriptions"}`,
	`{"id":{},"method":7,"params":[]}`,
	`{"method":"v3/klines","params":{"symbol":"BTCUSDT","interval":"1w"}}`,
}

// FuzzFrame: the same for the WebSocket API. Every frame is answered once, with a status of its own.
func FuzzFrame(f *testing.F) {
	if len(frameSeeds) < 8 {
		f.Fatal("the seeds are gone")
	}
	h := fuzzHouse(f)
	sig := h.hmac.sign([]byte("apiKey=" + h.hmac.text + "&timestamp=1772323200000"))
	for _, s := range frameSeeds {
		f.Add([]byte(strings.NewReplacer("KEY", h.hmac.text, "SIG", sig).Replace(s)))
	}
	s := &session{v: h.venue, out: newOutbox(backlog.New(backlog.Limit)), addr: loopback.Addr(), limits: true, since: start, subs: map[int64]*subscription{}}
	f.Fuzz(func(t *testing.T, frame []byte) {
		if done := s.answer(context.Background(), frame); done != nil {
			done()
		}
		frames, over := s.out.take()
		s.out.mu.Lock()
		for _, text := range frames {
			s.out.count(-len(text) - frameCost) // written, as far as this client goes
		}
		s.out.mu.Unlock()
		if over || len(frames) == 0 {
			t.Fatalf("%d answers, over %v", len(frames), over)
		}
		answers := 0
		for _, text := range frames {
			var a binance.WSResponse
			if err := json.Unmarshal(text, &a); err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			if a.Event != nil {
				continue
			}
			answers++
			switch a.Status {
			case 200, 400, 401, 409:
			default:
				t.Fatalf("%s", text)
			}
		}
		if answers != 1 {
			t.Fatalf("%d answers", answers)
		}
	})
}
