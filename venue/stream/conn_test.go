package stream

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

// TestRequests is what a client may ask on one connection, and what it hears.
func TestRequests(t *testing.T) {
	h := newHouse(t, 1)
	c := h.dial("/ws/1")
	for _, x := range []struct{ send, want string }{
		{`{"method":"SUBSCRIBE","params":["btcusdt@depth","ethusdt@kline_1m@+08:00"],"id":1}`, `{"result":null,"id":1}`},
		{`{"method":"LIST_SUBSCRIPTIONS","id":"x-2"}`, `{"result":["btcusdt@depth","ethusdt@kline_1m@+08:00"],"id":"x-2"}`},
		{`{"method":"UNSUBSCRIBE","params":["btcusdt@depth","btcusdt@trade"],"id":null}`, `{"result":null,"id":null}`},
		{`{"method":"LIST_SUBSCRIPTIONS","id":3}`, `{"result":["ethusdt@kline_1m@+08:00"],"id":3}`},
		{`{"method":"SET_PROPERTY","params":["combined",true],"id":4}`, `{"result":null,"id":4}`},
		{`{"method":"GET_PROPERTY","params":["combined"],"id":5}`, `{"result":true,"id":5}`},
		{`{"method":"SUBSCRIBE","params":["btcusdt@trade","nousdt@trade"],"id":6}`, `{"error":{"code":2,"msg":"Invalid request: unknown symbol in stream nousdt@trade"},"id":6}`},
		{`{"method":"SUBSCRIBE","params":["` + strings.Repeat("k", 64) + `"],"id":7}`, `{"error":{"code":2,"msg":"Invalid request: this listenKey is unknown or has expired; ask for a new one"},"id":7}`},
		{`{"method":"LIST_SUBSCRIPTIONS","id":8}`, `{"result":["ethusdt@kline_1m@+08:00"],"id":8}`}, // all or none
		{`{"method":"SUBSCRIBE"`, `{"error":{"code":3,"msg":"Invalid JSON: the object is not closed"},"id":null}`},
		{`[]`, `{"error":{"code":3,"msg":"Invalid JSON: expected an object"},"id":null}`},
		{`{"method":"SUBSCRIBE","params":["BTCUSDT@trade"],"id":9}`, `{"error":{"code":2,"msg":"Invalid request: unknown stream \"BTCUSDT@trade\"; expected a symbol in small letters and a kind, as in btcusdt@trade"},"id":9}`},
	} {
		h.clock.Add(instruction.Second)
		c.send("%s", x.send)
		got := c.text()
		if got != x.want {
			t.Errorf("%s\n got %s\nwant %s", x.send, got, x.want)
		}
	}
}

// TestCombined: events of a combined stream name their stream, and one connection may have several.
func TestCombined(t *testing.T) {
	h := newHouse(t, 1)
	c := h.dial("/stream?streams=btcusdt@bookTicker/ethusdt@bookTicker")
	h.listening(1)
	p := h.limit(instruction.Buy, 100, 1)
	h.give(1, p)
	c.expect(fmt.Sprintf(`{"stream":"btcusdt@bookTicker","data":{"u":%d,"s":"BTCUSDT","b":"100.000000","B":"0.00001000","a":"0.000000","A":"0.00000000"}}`, h.Durable()))
	p = h.limit(instruction.Sell, 100, 1)
	p.Market = 2
	h.give(1, p)
	c.expect(fmt.Sprintf(`{"stream":"ethusdt@bookTicker","data":{"u":%d,"s":"ETHUSDT","b":"0.000000","B":"0.00000000","a":"100.000000","A":"0.00001000"}}`, h.Durable()))
}

// TestPaths: which paths are streams, and what others are told.
func TestPaths(t *testing.T) {
	h := newHouse(t, 1)
	for path, status := range map[string]int{
		"/ws": 101, "/ws/": 101, "/ws/0": 101, "/ws/17": 101, "/stream": 101, "/stream?streams=": 101,
		"/ws/btcusdt@depth": 101, "/ws/btcusdt@depth/!miniTicker@arr/ethusdt@aggTrade": 101, "/stream?streams=btcusdt@trade": 101,
		"/ws/btcusdt": 400, "/ws/xxxyyy@trade": 400, "/ws/12345678901": 400, "/stream?streams=a@b": 400,
		"/ws/" + strings.Repeat("a", 64): 400, "/ws/btcusdt@trade//": 400,
		"/": 404, "/wsx": 404, "/streams": 404,
	} {
		c, r, err := websocket.Dial(t.Context(), h.url+path, nil)
		if r.StatusCode != status {
			t.Errorf("%s: status %d, want %d", path, r.StatusCode, status)
		}
		if err == nil {
			c.CloseNow()
			continue
		}
		if body, _ := io.ReadAll(r.Body); !strings.HasPrefix(string(body), `{"error":{"code":2,"msg":"Invalid request: `) {
			t.Errorf("%s: %s", path, body)
		}
	}
	r, err := http.Get("http" + strings.TrimPrefix(h.url, "ws") + "/ws")
	if err != nil || r.StatusCode != http.StatusUpgradeRequired {
		t.Errorf("without a WebSocket: %v, %v", r, err)
	}
}

// TestMaxStreams: a connection may have 1024 streams, and not one more.
func TestMaxStreams(t *testing.T) {
	h := newHouse(t, 0)
	for i := range 80 { // 80 markets, 14 kinds of candles each
		h.operator(&instruction.AddAsset{Symbol: fmt.Sprintf("A%d", i), Scale: 8})
		h.operator(&instruction.AddMarket{Base: instruction.Asset(4 + i), Quote: 2,
			Terms: instruction.Terms{Tick: 1e5, MinPrice: 1e5, MaxPrice: 1e12, Lot: 1e3, MaxQty: 1e12}})
	}
	var names []string
	for i := range 80 {
		for _, x := range binance.Intervals()[:14] {
			names = append(names, fmt.Sprintf(`"a%dusdt@kline_%s"`, i, x))
		}
	}
	c := h.dial("/ws")
	c.send(`{"method":"SUBSCRIBE","params":[%s],"id":1}`, strings.Join(names[:1000], ","))
	c.expect(`{"result":null,"id":1}`)
	c.send(`{"method":"SUBSCRIBE","params":[%s],"id":2}`, strings.Join(names[1000:1025], ","))
	c.expect(`{"error":{"code":2,"msg":"Invalid request: too many parameters: at most 1024 streams on a connection"},"id":2}`)
	c.send(`{"method":"SUBSCRIBE","params":[%s],"id":3}`, strings.Join(names[990:1024], ","))
	c.expect(`{"result":null,"id":3}`)
	if n := h.topics(); n != 1024 {
		t.Errorf("%d topics", n)
	}
	c.Close(websocket.StatusNormalClosure, "")
	h.empty()
	if n := h.topics(); n != 0 {
		t.Errorf("%d topics are left", n)
	}
}

func (h *house) topics() int {
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	return len(h.hub.topics)
}

// empty waits until there are no connections.
func (h *house) empty() {
	for {
		h.hub.mu.Lock()
		n := len(h.hub.conns)
		h.hub.mu.Unlock()
		if n == 0 {
			return
		}
		h.beats <- h.at
	}
}

// TestTooFast: five frames in a second are served, the sixth ends the connection; pings count.
func TestTooFast(t *testing.T) {
	h := newHouse(t, 0)
	c := h.dial("/ws")
	for range 4 {
		h.clock.Add(instruction.Second)
		for range 5 {
			c.send(`{"method":"LIST_SUBSCRIPTIONS","id":1}`)
			c.expect(`{"result":[],"id":1}`)
		}
	}
	c.send(`{"method":"LIST_SUBSCRIPTIONS","id":1}`)
	if e := c.closed(); e.Code != websocket.StatusPolicyViolation || !strings.Contains(e.Reason, "5 a second") {
		t.Errorf("closed with %v", e)
	}
	c = h.dial("/ws")
	for i := range 6 {
		go func() { _ = c.Ping(t.Context()) }()
		if i < 5 {
			continue
		}
		if e := c.closed(); e.Code != websocket.StatusPolicyViolation {
			t.Errorf("closed with %v", e)
		}
	}
}

// TestFrames: frames that are no requests at all end the connection.
func TestFrames(t *testing.T) {
	h := newHouse(t, 0)
	c := h.dial("/ws")
	if err := c.Write(t.Context(), websocket.MessageBinary, []byte(`{"method":"LIST_SUBSCRIPTIONS","id":1}`)); err != nil {
		t.Fatal(err)
	}
	if e := c.closed(); e.Code != websocket.StatusUnsupportedData {
		t.Errorf("binary: closed with %v", e)
	}
	c = h.dial("/ws")
	_ = c.Write(t.Context(), websocket.MessageText, make([]byte, binance.MaxStreamRequestBytes+1))
	if e := c.closed(); e.Code != websocket.StatusMessageTooBig {
		t.Errorf("too big: closed with %v", e)
	}
}

// TestSlow: who does not read is closed, and told why; who reads goes on without a gap.
func TestSlow(t *testing.T) {
	h := newHouse(t, 2)
	h.hub.queue = 256 << 10
	h.hub.patience = time.Hour
	pipe := h.pipe()
	slow, fast := h.dial("/ws/btcusdt@trade", pipe), h.dial("/ws/btcusdt@trade", pipe)
	h.listening(2)
	stop, read := context.WithCancel(t.Context())
	seen := make(chan int64, 1)
	go func() { // reads all, in order
		defer close(seen)
		for last := int64(0); ; seen <- last {
			_, b, err := fast.Read(stop)
			if err != nil {
				return
			}
			var e binance.TradeEvent
			if err := strict(string(b), &e); err != nil || e.TradeID != last+1 {
				t.Errorf("trade %d follows %d: %v", e.TradeID, last, err)
				return
			}
			last = e.TradeID
		}
	}()
	for last := int64(0); h.waiting() > 1; {
		for trades := last + h.burst(); last < trades; {
			last = <-seen
		}
	}
	read()
	for range seen {
	}
	if e := slow.closed(); e.Code != websocket.StatusPolicyViolation || !strings.HasPrefix(e.Reason, "too slow") {
		t.Errorf("closed with %v", e)
	}
}

// pipes is a listener whose connections hold nothing that was not read.
type pipes chan net.Conn

func (l pipes) Accept() (net.Conn, error) {
	if c, ok := <-l; ok {
		return c, nil
	}
	return nil, net.ErrClosed
}
func (l pipes) Close() error   { return nil }
func (l pipes) Addr() net.Addr { return &net.UnixAddr{} }

// pipe serves the Hub over pipes, and is how to get there.
func (h *house) pipe() *http.Client {
	l := make(pipes)
	s := &http.Server{Handler: h.hub}
	go func() { _ = s.Serve(l) }()
	h.t.Cleanup(func() { close(l) })
	return &http.Client{Transport: &http.Transport{
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			here, there := net.Pipe()
			l <- there
			return here, nil
		},
	}}
}

// burst makes many trades in one record, and says how many.
func (h *house) burst() int64 {
	h.t.Helper()
	var wg sync.WaitGroup
	for range core.MaxOpenOrders {
		p := h.limit(instruction.Sell, 100, 1)
		wg.Go(func() {
			if _, err := h.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: 1}, p); err != nil {
				h.t.Error(err)
			}
		})
	}
	wg.Wait()
	h.give(2, h.limit(instruction.Buy, 100, core.MaxOpenOrders))
	return core.MaxOpenOrders
}

// waiting is how many connections are not ending.
func (h *house) waiting() (n int) {
	h.hub.mu.Lock()
	defer h.hub.mu.Unlock()
	for c := range h.hub.conns {
		c.mu.Lock()
		if !c.over {
			n++
		}
		c.mu.Unlock()
	}
	return n
}

// TestDead: a peer that answers no ping is dropped, one that does is kept, and none for longer than a day.
func TestDead(t *testing.T) {
	h := newHouse(t, 0)
	dead, alive := h.dial("/ws"), h.dial("/ws") // nobody reads the first, so that it does not answer
	var how websocket.CloseError
	var wg sync.WaitGroup
	wg.Go(func() { how = alive.closed() })
	h.pinging(2)
	for range 3 {
		h.pass(20 * instruction.Second)
		h.answered(1)
		if n := h.waiting(); n != 2 {
			t.Fatalf("%d connections are left", n)
		}
	}
	h.pass(20 * instruction.Second)
	if e := dead.closed(); e.Code != websocket.StatusPolicyViolation || e.Reason != "no pong came back" {
		t.Errorf("closed with %v", e)
	}
	h.answered(1)
	h.pass(instruction.Day)
	wg.Wait()
	if how.Code != websocket.StatusGoingAway || !strings.HasPrefix(how.Reason, "24 hours") {
		t.Errorf("closed with %v", how)
	}
}

// pinging waits for n connections.
func (h *house) pinging(n int) {
	for h.waiting() < n {
		h.beats <- h.at
	}
}

// pass lets time pass for connections.
func (h *house) pass(d instruction.Time) {
	h.clock.Add(d)
	h.at = h.at.Add(time.Duration(d) * time.Microsecond)
	h.beat()
}

// answered waits until n connections have answered to the last ping.
func (h *house) answered(n int) {
	for {
		h.hub.mu.Lock()
		heard := 0
		for c := range h.hub.conns {
			if c.answered.Load() {
				heard++
			}
		}
		h.hub.mu.Unlock()
		if heard >= n {
			return
		}
		h.beats <- h.at
	}
}

// TestAdmission: 300 connections of one address in 5 minutes, and 300 open at a time; others are not concerned.
func TestAdmission(t *testing.T) {
	a := newAdmission()
	one, two := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	for i := range 300 {
		if why := a.admit(one, start); why != "" {
			t.Fatalf("connection %d: %s", i, why)
		}
	}
	if a.admit(one, start+admitSpan-1) == "" {
		t.Error("301 in 5 minutes")
	}
	if why := a.admit(two, start); why != "" {
		t.Error(why)
	}
	if a.admit(one, start+admitSpan) == "" {
		t.Error("301 open")
	}
	a.leave(one)
	if why := a.admit(one, start+admitSpan); why != "" {
		t.Error(why)
	}
	for _, x := range [][2]string{
		{"::ffff:192.0.2.1", "192.0.2.1"}, {"2001:db8:1:2:3::4", "2001:db8:1:2::"}, {"192.0.2.7", "192.0.2.7"}, {"fe80::1%eth0", "fe80::"},
	} {
		if got := block(netip.MustParseAddr(x[0])).String(); got != x[1] {
			t.Errorf("%s counts as %s, want %s", x[0], got, x[1])
		}
	}
	block(netip.Addr{}) // an address that nobody knows counts too
}

// TestTooManyConnections: the 301st is refused with 429, and says when to come back.
func TestTooManyConnections(t *testing.T) {
	h := newHouse(t, 0)
	for range maxPerAddr {
		h.hub.gate.admit(netip.MustParseAddr("192.0.2.1"), start)
	}
	_, r, err := websocket.Dial(t.Context(), h.url+"/ws", nil)
	if err == nil || r.StatusCode != http.StatusTooManyRequests || r.Header.Get("Retry-After") != "300" {
		t.Errorf("%v, %v", r, err)
	}
}

// TestClose: every connection is told, and closed as it should be; new ones are not taken.
func TestClose(t *testing.T) {
	h := newHouse(t, 0)
	plain, combined := h.dial("/ws/btcusdt@trade"), h.dial("/stream?streams=btcusdt@trade")
	h.listening(2)
	var wg sync.WaitGroup
	wg.Go(func() {
		plain.expect(fmt.Sprintf(`{"e":"serverShutdown","E":%d}`, start.Milli()))
		if e := plain.closed(); e.Code != websocket.StatusGoingAway {
			t.Errorf("closed with %v", e)
		}
	})
	wg.Go(func() {
		combined.expect(fmt.Sprintf(`{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":%d}}`, start.Milli()))
		combined.closed()
	})
	h.hub.Close()
	wg.Wait()
	h.hub.Close() // once more is nothing
	late := h.dial("/ws")
	if e := late.closed(); e.Code != websocket.StatusTryAgainLater {
		t.Errorf("closed with %v", e)
	}
}

// TestListenKey: a connection by listenKey has the account's events, plain or combined, until the key opens nothing.
func TestListenKey(t *testing.T) {
	key := strings.Repeat("aB3", 21) + "x"
	var mu sync.Mutex
	valid := true
	h := newHouse(t, 1, func(c *Config) {
		c.ListenKey = func(k string, a netip.Addr) (instruction.Account, bool) {
			mu.Lock()
			defer mu.Unlock()
			return 2, k == key && valid && a == netip.MustParseAddr("192.0.2.1")
		}
	})
	c, wrapped := h.dial("/ws/"+key), h.dial("/stream?streams="+key)
	h.listening(2)
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 1})
	event := fmt.Sprintf(`{"e":"balanceUpdate","E":%d,"a":"BTC","d":"0.00000001","T":%d}`, start.Milli(), start.Milli())
	c.expect(event)
	wrapped.expect(`{"stream":"` + key + `","data":` + event + `}`)
	wrapped.text() // the position
	c.text()
	c.send(`{"method":"UNSUBSCRIBE","params":["%s"],"id":1}`, key)
	c.expect(`{"result":null,"id":1}`)
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 2}) // is not told
	c.subscribe(key)
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 3})
	c.expect(strings.Replace(event, "0.00000001", "0.00000003", 1))
	mu.Lock()
	valid = false
	mu.Unlock()
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 4}) // is not told any more
	if e := c.closed(); e.Code != websocket.StatusPolicyViolation {
		t.Errorf("at the next event: %v", e)
	}
	if _, r, err := websocket.Dial(t.Context(), h.url+"/ws/"+key, nil); err == nil || r.StatusCode != 400 {
		t.Errorf("a key that opens nothing: %v, %v", r, err)
	}
}

// TestCork: what is gathered is written at once and in order, and an error is not lost.
func TestCork(t *testing.T) {
	a, b := net.Pipe()
	c := &cork{Conn: a, patience: time.Hour}
	got := make(chan []byte)
	go func() {
		for {
			buf := make([]byte, 1<<20)
			n, err := b.Read(buf)
			if err != nil {
				close(got)
				return
			}
			got <- buf[:n]
		}
	}()
	c.gather()
	for _, s := range []string{"a", "bc", "", "def"} {
		if n, err := c.Write([]byte(s)); n != len(s) || err != nil {
			t.Fatal(n, err)
		}
	}
	go func() { _ = c.release() }()
	if s := <-got; string(s) != "abcdef" {
		t.Errorf("written: %q", s)
	}
	go func() { _, _ = c.Write([]byte("now")) }()
	if s := <-got; string(s) != "now" {
		t.Errorf("written: %q", s)
	}
	a.Close()
	c.gather()
	if _, err := c.Write([]byte("x")); err != nil {
		t.Error("what is only gathered cannot fail")
	}
	if err := c.release(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("releasing into a closed connection: %v", err)
	}
}
