package stream

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/backlog"

	"github.com/coder/websocket"
)

// TestSlowTogether: many readers that read nothing never hold more than all may, though none lets wait what one may. They
// are cut off; who reads goes on without a gap; and when all are gone nothing is counted as waiting.
func TestSlowTogether(t *testing.T) {
	const slow, limit = 20, 8 << 20
	h := newHouse(t, 2)
	h.hub.patience = time.Hour
	h.hub.backlog = backlog.New(limit)
	pipe := h.pipe()
	var list []*client
	for i := range slow { // half of them get frames of their own form
		path := "/ws/btcusdt@trade"
		if i%2 == 0 {
			path = "/stream?streams=btcusdt@trade"
		}
		list = append(list, h.dial(path, pipe))
	}
	fast := h.dial("/ws/btcusdt@trade", pipe)
	h.listening(slow + 1)
	last := int64(0)
	for bursts := 0; h.waiting() > 1; bursts++ {
		for trades := last + h.burst(); last < trades; {
			var e binance.TradeEvent
			fast.into(&e)
			if e.TradeID != last+1 {
				t.Fatalf("trade %d follows %d", e.TradeID, last)
			}
			last = e.TradeID
		}
		if used := h.hub.backlog.Used(); used > limit {
			t.Fatalf("%d bytes wait", used)
		}
		if bursts > 100 {
			t.Fatal("slow readers are never cut off")
		}
	}
	if alone, pressed := h.hub.backlog.Dropped(); alone != 0 || pressed != slow {
		t.Errorf("%d were cut off by their own bound, %d by that of all", alone, pressed)
	}
	for h.hub.backlog.Used() != 0 { // what they held is let go of without their doing anything
		runtime.Gosched()
	}
	runtime.KeepAlive(list)
}

// TestSharedFrames: what many wait to send counts once, however many they are.
func TestSharedFrames(t *testing.T) {
	room := backlog.New(1 << 20)
	f := &frame{text: make([]byte, 1000)}
	var conns []*conn
	for range 10 {
		c := &conn{cork: &cork{}, limit: 1 << 20, room: room, wake: make(chan struct{}, 1)}
		if !c.push(f, f) {
			t.Fatal("cut off")
		}
		conns = append(conns, c)
	}
	if want := int64(1000 + 2*10*frameCost); room.Used() != want {
		t.Errorf("%d bytes, want %d", room.Used(), want)
	}
	for _, c := range conns {
		hand, _ := c.take()
		c.written(hand)
		if c.size != 0 {
			t.Errorf("%d bytes wait for a connection", c.size)
		}
	}
	if room.Used() != 0 {
		t.Errorf("%d bytes are left", room.Used())
	}
}

// TestChurn: subscribing and unsubscribing again and again has an end, until the next minute.
func TestChurn(t *testing.T) {
	h := newHouse(t, 0)
	names := make([]string, 0, 1024)
	for len(names) < cap(names) {
		names = append(names, `"btcusdt@trade"`)
	}
	c := h.dial("/ws")
	change := func(method, want string) {
		t.Helper()
		h.clock.Add(instruction.Second)
		c.send(`{"method":"%s","params":[%s],"id":1}`, method, strings.Join(names, ","))
		c.expect(want)
	}
	for range 2 {
		change("SUBSCRIBE", `{"result":null,"id":1}`)
		change("UNSUBSCRIBE", `{"result":null,"id":1}`)
	}
	change("SUBSCRIBE", `{"error":{"code":2,"msg":"Invalid request: too many streams subscribed and unsubscribed: at most 4096 in a minute"},"id":1}`)
	h.clock.Add(60 * instruction.Second)
	change("SUBSCRIBE", `{"result":null,"id":1}`)
}

// TestNoCompression: compressed frames are neither agreed on nor taken, so that a small frame never becomes a large one.
func TestNoCompression(t *testing.T) {
	h := newHouse(t, 0)
	c, r, err := websocket.Dial(t.Context(), h.url+"/ws", &websocket.DialOptions{CompressionMode: websocket.CompressionContextTakeover})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if x := r.Header.Get("Sec-WebSocket-Extensions"); x != "" {
		t.Errorf("agreed on %s", x)
	}
	raw, in := h.raw("/ws")
	fmt.Fprint(raw, "\xc1\x82\x00\x00\x00\x00{}") // a text frame with the bit that says it is compressed
	if code := closeCode(t, in); code != int(websocket.StatusProtocolError) {
		t.Errorf("closed with %d", code)
	}
}

// raw is a connection to the Hub on which frames can be written byte by byte.
func (h *house) raw(path string) (net.Conn, *bufio.Reader) {
	h.t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(h.url, "ws://"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: venue\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", path)
	in := bufio.NewReader(conn)
	r, err := http.ReadResponse(in, nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		h.t.Fatalf("%v, %v", r, err)
	}
	return conn, in
}

// closeCode reads one frame, which must be a close, and is its code.
func closeCode(t *testing.T, in *bufio.Reader) int {
	t.Helper()
	head := make([]byte, 4)
	if _, err := io.ReadFull(in, head); err != nil || head[0] != 0x88 || head[1] < 2 {
		t.Fatalf("% x, %v", head, err)
	}
	return int(head[2])<<8 | int(head[3])
}

// TestPatience: a write that takes too long ends a connection, and counts as a slow reader's.
func TestPatience(t *testing.T) {
	h := newHouse(t, 2)
	slow := h.dial("/ws/btcusdt@trade", h.pipe())
	h.listening(1)
	h.hub.mu.Lock()
	for c := range h.hub.conns {
		c.cork.patience = 1 // no write over a pipe is as fast as that
	}
	h.hub.mu.Unlock()
	h.burst()
	for h.hub.backlog.Used() != 0 || h.waiting() > 0 {
		runtime.Gosched()
	}
	if alone, pressed := h.hub.backlog.Dropped(); alone != 1 || pressed != 0 {
		t.Errorf("%d were cut off by their own bound, %d by that of all", alone, pressed)
	}
	runtime.KeepAlive(slow)
}
