package venue

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/backlog"

	"github.com/coder/websocket"
)

// socket is a client of the WebSocket API.
type socket struct {
	h      *house
	ws     *websocket.Conn
	ctx    context.Context
	id     int
	events []wsAnswer // that came while waiting for an answer
}

type wsAnswer struct {
	ID     json.RawMessage
	Status int
	Result json.RawMessage
	Error  *struct {
		Code int
		Msg  string
	}
	RateLimits     []binance.RateLimit
	SubscriptionID *int
	Event          map[string]any
}

func (a wsAnswer) code() int {
	if a.Error == nil {
		return 0
	}
	return a.Error.Code
}

func (h *house) dial(query string) *socket {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	h.t.Cleanup(cancel)
	ws, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(h.server.URL, "http")+"/ws-api/v3"+query, nil)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { ws.CloseNow() })
	return &socket{h: h, ws: ws, ctx: ctx}
}

func (s *socket) read() wsAnswer {
	s.h.t.Helper()
	_, text, err := s.ws.Read(s.ctx)
	if err != nil {
		s.h.t.Fatal(err)
	}
	var a wsAnswer
	if err := json.Unmarshal(text, &a); err != nil {
		s.h.t.Fatalf("%v: %s", err, text)
	}
	return a
}

// send sends a frame and gives the answer to it.
func (s *socket) send(frame string) wsAnswer {
	s.h.t.Helper()
	if err := s.ws.Write(s.ctx, websocket.MessageText, []byte(frame)); err != nil {
		s.h.t.Fatal(err)
	}
	for {
		if a := s.read(); a.Event == nil {
			return a
		} else {
			s.events = append(s.events, a)
		}
	}
}

// event is the next event, whether it has come or not.
func (s *socket) event() wsAnswer {
	s.h.t.Helper()
	if len(s.events) > 0 {
		a := s.events[0]
		s.events = s.events[1:]
		return a
	}
	a := s.read()
	if a.Event == nil {
		s.h.t.Fatalf("an answer where an event was due: %+v", a)
	}
	return a
}

// ask sends a request with parameters "name=value".
func (s *socket) ask(method string, params ...string) wsAnswer {
	s.h.t.Helper()
	m := map[string]string{}
	for _, p := range params {
		name, value, _ := strings.Cut(p, "=")
		m[name] = value
	}
	s.id++
	frame, _ := json.Marshal(map[string]any{"id": s.id, "method": method, "params": m})
	a := s.send(string(frame))
	if string(a.ID) != fmt.Sprint(s.id) {
		s.h.t.Fatalf("answer to %s, not to %d", a.ID, s.id)
	}
	return a
}

// signed is ask with a key's signature over the sorted parameters.
func (s *socket) signed(k *testKey, method string, params ...string) wsAnswer {
	s.h.t.Helper()
	params = append(slices.Clone(params), "apiKey="+k.text, s.h.stamp())
	slices.Sort(params)
	return s.ask(method, append(params, "signature="+k.sign([]byte(strings.Join(params, "&"))))...)
}

func (a wsAnswer) fields(t testing.TB) map[string]any {
	t.Helper()
	if a.Status != 200 {
		t.Fatalf("%d %+v", a.Status, a.Error)
	}
	var m map[string]any
	if err := json.Unmarshal(a.Result, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestWSPublic(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	if a := s.send(`{"id":"x1","method":"ping"}`); a.Status != 200 || string(a.ID) != `"x1"` || string(a.Result) != "{}" ||
		len(a.RateLimits) != 1 || *a.RateLimits[0].Count != 3 { // connecting counts 2
		t.Errorf("%+v", a)
	}
	if x := s.ask("time").fields(t); x["serverTime"] != float64(h.clock.Now().Milli()) {
		t.Errorf("%v", x)
	}
	if x := s.ask("exchangeInfo", "symbol=BTCUSDT").fields(t); len(x["symbols"].([]any)) != 1 {
		t.Errorf("%v", x)
	}
	if x := s.ask("depth", "symbol=BTCUSDT", "limit=5").fields(t); x["bids"] == nil {
		t.Errorf("%v", x)
	}
	if a := s.send(`{"id":1,"method":"ticker.price","params":{"symbols":["BTCUSDT"]}}`); a.Status != 200 {
		t.Errorf("%+v", a.Error)
	}
	if a := s.send(`{"id":2,"method":"ping","params":{"returnRateLimits":false}}`); a.RateLimits != nil || a.Status != 200 {
		t.Errorf("%+v", a)
	}
	for frame, code := range map[string]int{
		`{"id":1,"method":"no.such"}`:                                    -1020,
		`{"id":1,"method":"ping","params":{"x":1}}`:                      -1104,
		`{"id":1,"method":"depth","params":{"symbol":"A","symbol":"B"}}`: -1101,
		`{"id":1,"method":"depth"}`:                                      -1102,
		`{"id":1,"method":"depth","params":{"symbol":"NOPE"}}`:           -1121,
		`nonsense`: -1135,
		`{"id":1,"method":"account.status","params":{"timestamp":1}}`: -2014,
		`{"id":1,"method":"userDataStream.subscribe"}`:                -1002,
		`{"id":1,"method":"userDataStream.unsubscribe"}`:              -2036,
	} {
		if a := s.send(frame); a.Status != 400 && a.Status != 401 || a.code() != code {
			t.Errorf("%s: %+v %+v, want %d", frame, a, a.Error, code)
		}
	}
	micro := h.dial("?timeUnit=MICROSECOND&returnRateLimits=false")
	if a := micro.ask("time"); a.fields(t)["serverTime"] != float64(h.clock.Now()) || a.RateLimits != nil {
		t.Errorf("%+v", a)
	}
}

func TestWSOrders(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	for _, k := range []*testKey{h.ed, h.rsa, h.hmac} {
		a := s.signed(k, "order.place", append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=w")...)
		if o := a.fields(t); o["status"] != "NEW" || len(a.RateLimits) != 3 {
			t.Errorf("%v %+v", o, a.RateLimits)
		}
		if o := s.signed(k, "order.status", "symbol=BTCUSDT", "origClientOrderId=w").fields(t); o["status"] != "NEW" {
			t.Errorf("%v", o)
		}
		if a := s.signed(k, "openOrders.status"); a.Status != 200 || !strings.Contains(string(a.Result), `"clientOrderId":"w"`) {
			t.Errorf("%+v", a)
		}
		r := s.signed(k, "order.cancelReplace", append(limitOrder("BUY", "0.1", "10001"), "cancelOrigClientOrderId=none", "cancelReplaceMode=STOP_ON_FAILURE")...)
		if r.Status != 400 || r.code() != -2022 {
			t.Errorf("%+v", r)
		}
		if o := s.signed(k, "order.cancel", "symbol=BTCUSDT", "origClientOrderId=w").fields(t); o["status"] != "CANCELED" {
			t.Errorf("%v", o)
		}
		if x := s.signed(k, "account.status").fields(t); x["accountType"] != "SPOT" {
			t.Errorf("%v", x)
		}
	}
	payload := []string{"apiKey=" + h.ed.text, h.stamp()}
	if a := s.ask("account.status", append(payload, "signature="+h.ed.sign([]byte("else")))...); a.Status != 400 || a.code() != -1022 {
		t.Errorf("%+v", a)
	}
	frame := append(limitOrder("BUY", "0.1", "10000"), "apiKey="+h.ed.text, h.stamp())
	slices.Sort(frame)
	frame = append(frame, "signature="+h.ed.sign([]byte(strings.Join(frame, "&"))))
	if a := s.ask("order.place", frame...); a.Status != 200 {
		t.Errorf("%+v", a)
	}
	if a := s.ask("order.place", frame...); a.Status != 400 || a.code() != -2010 || openCount(h, h.alice) != 1 {
		t.Errorf("a replay: %+v", a)
	}
}

func TestSession(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	if x := s.ask("session.status").fields(t); x["apiKey"] != nil || x["connectedSince"] != float64(start.Milli()) {
		t.Errorf("%v", x)
	}
	if a := s.signed(h.hmac, "session.logon"); a.code() != -1020 {
		t.Errorf("an HMAC key logs on: %+v", a)
	}
	if x := s.signed(h.ed, "session.logon").fields(t); x["apiKey"] != h.ed.text || x["authorizedSince"] == nil {
		t.Errorf("%v", x)
	}
	if a := s.ask("order.place", limitOrder("BUY", "0.1", "10000")...); a.code() != -1102 {
		t.Errorf("without a timestamp: %+v", a)
	}
	if a := s.ask("order.place", append(limitOrder("BUY", "0.1", "10000"), h.stamp())...); a.Status != 200 {
		t.Errorf("%+v", a.Error)
	}
	if a := s.ask("order.place", append(limitOrder("BUY", "0.1", "10000"), "timestamp=1")...); a.code() != -1021 {
		t.Errorf("%+v", a)
	}
	// Another account's key, for one request.
	if x := s.signed(h.bobs, "account.status").fields(t); x["uid"] != float64(h.bob) {
		t.Errorf("%v", x)
	}
	if x := s.ask("account.status", h.stamp()).fields(t); x["uid"] != float64(h.alice) {
		t.Errorf("%v", x)
	}
	if x := s.ask("session.logout").fields(t); x["apiKey"] != nil {
		t.Errorf("%v", x)
	}
	if a := s.ask("account.status", h.stamp()); a.code() != -2014 {
		t.Errorf("after logging out: %+v", a)
	}
}

// TestUserDataInMicros: who connects for microseconds has the record's time to the microsecond, and older times in that unit.
func TestUserDataInMicros(t *testing.T) {
	h := newHouse(t)
	s := h.dial("?timeUnit=MICROSECOND")
	s.signed(h.hmac, "userDataStream.subscribe.signature").fields(t)
	h.clock.Add(123)
	params := limitOrder("BUY", "0.1", "10000")
	placed := h.clock.Now() + instruction.Millisecond // the stamp's
	h.order(h.ed, params...)
	if e := s.event(); e.Event["E"] != float64(placed) || e.Event["O"] != float64(placed) || e.Event["t"] != -1.0 {
		t.Errorf("placed at %d: %v", placed, e.Event)
	}
	if e := s.event(); e.Event["u"] != float64(placed) {
		t.Errorf("balances: %v", e.Event)
	}
	h.clock.Add(instruction.Second)
	h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
	if e := s.event(); e.Event["E"] != float64(h.clock.Now()) || e.Event["O"] != float64(placed-123) {
		t.Errorf("cancelled at %d: %v", h.clock.Now(), e.Event)
	}
}

func TestUserData(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	if x := s.signed(h.hmac, "userDataStream.subscribe.signature").fields(t); x["subscriptionId"] != 0.0 {
		t.Errorf("%v", x)
	}
	if a := s.signed(h.ed, "userDataStream.subscribe.signature"); a.code() != -2035 {
		t.Errorf("twice: %+v", a)
	}
	if x := s.signed(h.bobs, "userDataStream.subscribe.signature").fields(t); x["subscriptionId"] != 1.0 {
		t.Errorf("%v", x)
	}
	if a := s.ask("session.subscriptions"); string(a.Result) != `[{"subscriptionId":0},{"subscriptionId":1}]` {
		t.Errorf("%s", a.Result)
	}
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=seen")...)
	if e := s.event(); *e.SubscriptionID != 0 || e.Event["e"] != "executionReport" || e.Event["c"] != "seen" || e.Event["X"] != "NEW" {
		t.Errorf("%+v", e)
	}
	if e := s.event(); *e.SubscriptionID != 0 || e.Event["e"] != "outboundAccountPosition" {
		t.Errorf("%+v", e)
	}
	h.order(h.bobs, limitOrder("SELL", "0.1", "10000")...)
	kinds := map[string]int{}
	for range 5 { // Alice: a trade and her balances; Bob: new, a trade, and his balances
		e := s.event()
		kinds[fmt.Sprintf("%d %v", *e.SubscriptionID, e.Event["e"])]++
	}
	if kinds["0 executionReport"] != 1 || kinds["1 executionReport"] != 2 || kinds["0 outboundAccountPosition"] != 1 || kinds["1 outboundAccountPosition"] != 1 {
		t.Errorf("%v", kinds)
	}
	if a := s.ask("userDataStream.unsubscribe", "subscriptionId=1"); a.Status != 200 {
		t.Errorf("%+v", a)
	}
	if e := s.event(); *e.SubscriptionID != 1 || e.Event["e"] != "eventStreamTerminated" {
		t.Errorf("%+v", e)
	}
	h.order(h.bobs, limitOrder("SELL", "0.1", "10000")...)
	h.order(h.ed, append(limitOrder("BUY", "0.1", "9000"), "newClientOrderId=next")...)
	if e := s.event(); *e.SubscriptionID != 0 || e.Event["c"] != "next" {
		t.Errorf("after the end of Bob's: %+v", e)
	}
}

// TestListenerOfDeadKey: whoever only listens hears nothing more once the key is dead.
func TestListenerOfDeadKey(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	s.signed(h.hmac, "userDataStream.subscribe.signature").fields(t)
	s.signed(h.bobs, "userDataStream.subscribe.signature").fields(t)
	h.operator(&instruction.RevokeKey{Credential: h.hmac.number})
	if e := s.event(); *e.SubscriptionID != 0 || e.Event["e"] != "eventStreamTerminated" {
		t.Errorf("%+v", e)
	}
	h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
	h.order(h.bobs, limitOrder("BUY", "0.1", "10000")...)
	if e := s.event(); *e.SubscriptionID != 1 {
		t.Errorf("%+v", e)
	}
}

// TestSessionOfDeadKey: a session dies with its key at its next request, and its events end.
func TestSessionOfDeadKey(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	s.signed(h.ed, "session.logon").fields(t)
	s.ask("userDataStream.subscribe").fields(t)
	if a := s.ask("userDataStream.subscribe"); a.code() != -2035 {
		t.Errorf("%+v", a)
	}
	h.operator(&instruction.RevokeKey{Credential: h.ed.number})
	a := s.ask("order.place", append(limitOrder("BUY", "0.1", "10000"), h.stamp())...)
	if a.Status != 401 || a.code() != -2015 || !strings.Contains(a.Error.Msg, "was deleted") {
		t.Errorf("%+v", a)
	}
	if e := s.event(); e.Event["e"] != "eventStreamTerminated" {
		t.Errorf("%+v", e)
	}
	if x := s.ask("session.status").fields(t); x["apiKey"] != nil || x["userDataStream"] != false {
		t.Errorf("%v", x)
	}
	if n := openCount(h, h.alice); n != 0 {
		t.Errorf("%d orders", n)
	}
}

func TestWSLimits(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Limits = Limits{WeightMinute: 22} })
	h.clock.Set(start + minute)
	s := h.dial("")
	if a := s.ask("exchangeInfo"); a.Status != 200 || *a.RateLimits[0].Count != 22 {
		t.Errorf("%+v", a)
	}
	if a := s.ask("ping"); a.Status != 429 || a.code() != -1003 {
		t.Errorf("%+v", a)
	}
	resp, err := http.Get(h.server.URL + "/ws-api/v3")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 429 {
		t.Errorf("a connection past the limit: %d", resp.StatusCode)
	}
}

// TestConnectionLimit: 300 connections in five minutes from one address, and so many of all.
func TestConnectionLimit(t *testing.T) {
	l := newLimits(Limits{})
	addr := loopback.Addr()
	for i := range maxDials {
		if err := l.connect(start, addr); err != nil {
			t.Fatal(i, err)
		}
		l.leave(addr)
	}
	if err := l.connect(start, addr); err == nil || err.Code != -1034 || err.Status != 429 {
		t.Errorf("%+v", err)
	}
	if err := l.connect(start+dialSpan, addr); err != nil {
		t.Error(err)
	}
	if l.open != 1 {
		t.Errorf("%d are open", l.open)
	}
	l = newLimits(Limits{Sessions: 1})
	if err := l.connect(start, addr); err != nil {
		t.Fatal(err)
	}
	if err := l.connect(start, addr.Next()); err == nil || err.Code != -1008 || err.Status != 503 {
		t.Errorf("there is no room for anybody, which is not this address's fault: %+v", err)
	}
}

// TestSlowClient: a client that does not read is cut off, and holds up nobody.
func TestSlowClient(t *testing.T) {
	o := newOutbox(backlog.New(backlog.Limit))
	frame := make([]byte, 1<<20)
	for i := range 7 {
		if !o.put(frame) {
			t.Fatalf("cut off after %d MiB", i)
		}
	}
	if o.put(frame) || o.put(nil) {
		t.Error("it takes more than it may")
	}
	if frames, over := o.take(); len(frames) != 0 || !over || o.code != websocket.StatusPolicyViolation {
		t.Errorf("%d frames, %v, %v", len(frames), over, o.code)
	}
}

// TestClose: stopping the venue tells who is connected.
func TestClose(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	s.ask("ping")
	done := make(chan error)
	go func() { done <- h.venue.Close() }()
	if _, text, err := s.ws.Read(s.ctx); err != nil || string(text) != fmt.Sprintf(`{"event":{"e":"serverShutdown","E":%d}}`, h.clock.Now().Milli()) {
		t.Errorf("%s %v", text, err)
	}
	_, _, err := s.ws.Read(s.ctx)
	if websocket.CloseStatus(err) != websocket.StatusGoingAway {
		t.Errorf("%v", err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
	if a := h.get("/ws-api/v3"); a.status != 503 || a.code() != -1016 {
		t.Errorf("after the end: %d %s", a.status, a.body)
	}
}

// TestOrderOfSubscribing: a client hears of its subscription before its events, and nothing of a key that died meanwhile.
func TestOrderOfSubscribing(t *testing.T) {
	h := newHouse(t)
	s := &session{v: h.venue, out: newOutbox(backlog.New(backlog.Limit)), addr: loopback.Addr(), since: start, subs: map[int64]*subscription{}}
	subscribe := func(k *testKey) func() {
		stamp := h.stamp()
		frame := fmt.Sprintf(`{"id":1,"method":"userDataStream.subscribe.signature","params":{"apiKey":%q,"timestamp":%s,"signature":%q}}`,
			k.text, strings.TrimPrefix(stamp, "timestamp="), k.sign([]byte("apiKey="+k.text+"&"+stamp)))
		return s.answer(t.Context(), []byte(frame))
	}
	sent := func() string {
		frames, _ := s.out.take()
		return string(slices.Concat(frames...))
	}
	answered := subscribe(h.hmac)
	if got := sent(); !strings.Contains(got, `"subscriptionId":0`) || answered == nil {
		t.Fatal(got)
	}
	passed := make(chan []byte, 100)
	cancel, err := h.streams.SubscribeAccount(h.alice, false, func(event []byte) bool { passed <- event; return true }) // is told after the session
	if err != nil {
		t.Fatal(err)
	}
	defer cancel()
	h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
	for range 2 {
		select {
		case <-passed:
		case <-time.After(within):
			t.Fatal("no event")
		}
	}
	if got := sent(); got != "" {
		t.Errorf("before the answer was on its way: %s", got)
	}
	answered()
	if got := sent(); strings.Count(got, `"subscriptionId":0`) != 2 {
		t.Errorf("after it: %s", got)
	}
	answered = subscribe(h.bobs)
	sent()
	h.operator(&instruction.RevokeKey{Credential: h.bobs.number})
	answered()
	if got := sent(); !strings.Contains(got, "eventStreamTerminated") || !strings.Contains(got, `"subscriptionId":1`) {
		t.Errorf("of a key that died meanwhile: %s", got)
	}
}
