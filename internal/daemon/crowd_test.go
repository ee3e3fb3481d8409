package daemon

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"syscall"
	"testing"

	"portcullis/core/instruction"
)

// hall is a crowd on loopback, with few places, that serves requests which wait to be answered.
type hall struct {
	*crowd
	t        *testing.T
	begun    chan string   // a request's path, as it begins
	answer   chan struct{} // lets one request be answered
	accepted chan net.Conn
	clock    instruction.Time
}

func newHall(t *testing.T, places, each int) *hall {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &hall{t: t, begun: make(chan string), answer: make(chan struct{}), accepted: make(chan net.Conn, 100)}
	h.crowd = newCrowd(l, places, nil, func() instruction.Time { return h.clock })
	h.each = each
	s := &http.Server{
		ConnContext: withGuest,
		ConnState: func(c net.Conn, state http.ConnState) {
			answered(c, state)
			if state == http.StateNew {
				h.accepted <- c
			}
		},
		Handler: keeping(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			h.begun <- r.URL.Path
			<-h.answer
		})),
	}
	go s.Serve(h.crowd)
	t.Cleanup(func() { s.Close() })
	return h
}

func (h *hall) dial(from string) net.Conn {
	h.t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
	conn, err := d.Dial("tcp", h.Addr().String())
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { conn.Close() })
	return conn
}

// enters dials and is let in.
func (h *hall) enters(from string) net.Conn {
	h.t.Helper()
	conn := h.dial(from)
	<-h.accepted
	return conn
}

// asks dials, and sends a request that then waits to be answered.
func (h *hall) asks(from string) net.Conn {
	h.t.Helper()
	conn := h.enters(from)
	fmt.Fprint(conn, "GET /x HTTP/1.1\r\nHost: venue\r\n\r\n")
	<-h.begun
	return conn
}

// closed wants the venue to have closed a connection.
func (h *hall) closed(conn net.Conn) {
	h.t.Helper()
	if _, err := conn.Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
		h.t.Errorf("%v is not closed: %v", conn.LocalAddr(), err)
	}
}

func (h *hall) stands(open int, turned, yielded uint64) {
	h.t.Helper()
	if a, b, c := h.count(); a != open || b != turned || c != yielded {
		h.t.Errorf("%d open, %d turned away, %d yielded; want %d, %d, %d", a, b, c, open, turned, yielded)
	}
}

// TestCrowd: one network can take a part of the room; when there is none left, a newcomer takes the place of an idle
// connection of the largest, and never that of one with a request under way.
func TestCrowd(t *testing.T) {
	h := newHall(t, 8, 5)
	var flood []net.Conn // it sends nothing
	for i := range 5 {
		flood = append(flood, h.enters(fmt.Sprintf("127.0.0.%d", i+1)))
	}
	h.closed(h.dial("127.0.0.9"))
	h.stands(5, 1, 0)
	waits := []net.Conn{h.asks("127.0.1.1"), h.asks("127.0.1.1"), h.asks("127.0.1.2")}
	h.stands(8, 1, 0)
	for i := range 3 { // no room, and yet let in
		h.asks(fmt.Sprintf("127.0.%d.1", i+2))
	}
	h.stands(8, 1, 3)
	h.closed(h.dial("127.0.1.1")) // now no network has more than this one
	h.stands(8, 2, 3)
	if n := h.of[netip.MustParsePrefix("127.0.0.0/24")]; n != 2 {
		t.Errorf("%d of the flood are left", n)
	}
	for range len(waits) + 3 {
		h.answer <- struct{}{}
	}
	for _, conn := range waits { // whoever waited gets an answer, and is idle then
		if r, err := http.ReadResponse(bufio.NewReader(conn), nil); err != nil || r.StatusCode != 200 {
			t.Errorf("%v, %v", r, err)
		}
	}
	fmt.Fprint(waits[0], "GET /again HTTP/1.1\r\nHost: venue\r\n\r\n")
	if path := <-h.begun; path != "/again" {
		t.Error(path)
	}
	h.answer <- struct{}{}
	for _, conn := range flood {
		conn.Close()
	}
}

// TestDials: an address makes so many connections in a minute, and the next minute is another.
func TestDials(t *testing.T) {
	c := newCrowd(nil, 10, nil, func() instruction.Time { return 0 })
	now := instruction.Time(0)
	c.now = func() instruction.Time { return now }
	dial := func(text string) bool {
		g := &guest{crowd: c}
		g.addr, g.network = c.who(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text)))
		in, _ := c.enter(g)
		c.remove(g)
		return in
	}
	for range maxDials {
		if !dial("192.0.2.1:1") {
			t.Fatal("turned away too early")
		}
	}
	if dial("192.0.2.1:2") || !dial("192.0.2.2:1") {
		t.Error("it is the address that is bounded")
	}
	for i := range networkDials*maxDials + 1 {
		in := dial(fmt.Sprintf("[2001:db8:0:%x::1]:1", i%1000))
		if in != (i < networkDials*maxDials) {
			t.Fatalf("connection %d of a network: %t", i, in)
		}
	}
	now += 60 * instruction.Second
	if !dial("192.0.2.1:1") || !dial("[2001:db8::1]:1") {
		t.Error("a new minute")
	}
}

func TestCrowdWho(t *testing.T) {
	c := newCrowd(nil, 10, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, nil)
	for text, want := range map[string]string{
		"203.0.113.7:1":          "203.0.113.7/32 203.0.113.0/24",
		"[::ffff:203.0.113.7]:1": "203.0.113.7/32 203.0.113.0/24",
		"[2001:db8:1:2:3::4]:1":  "2001:db8:1:2::/64 2001:db8:1::/48",
		"10.1.2.3:1":             "invalid Prefix invalid Prefix",
	} {
		addr, network := c.who(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text)))
		if got := addr.String() + " " + network.String(); got != want {
			t.Errorf("%s counts for %s, want %s", text, got, want)
		}
	}
	for files, want := range map[uint64]int{0: maxOpen, 64: keptFiles, 1024: 1024 - keptFiles, 1 << 40: maxOpen} {
		if got := room(files); got != want {
			t.Errorf("with %d files: %d connections, want %d", files, got, want)
		}
	}
}
