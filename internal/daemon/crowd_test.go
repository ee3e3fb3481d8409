package daemon

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

// TestCrowd: one address can take a part of the room, all together the whole of it, and who leaves makes room.
func TestCrowd(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := newCrowd(l, 0, nil)
	c.max, c.each = 8, 2
	accepted := make(chan net.Conn, 8)
	go func() {
		for {
			conn, err := c.Accept()
			if err != nil {
				return
			}
			accepted <- conn
		}
	}()
	dial := func(from string) net.Conn {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}}
		conn, err := d.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		return conn
	}
	turnedAway := func(from string) {
		t.Helper()
		if _, err := dial(from).Read(make([]byte, 1)); !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s was let in: %v", from, err)
		}
	}
	var inside []net.Conn
	for _, from := range []string{"127.0.0.1", "127.0.0.2", "127.0.0.3", "127.0.0.4"} {
		for range 2 {
			dial(from)
			inside = append(inside, <-accepted)
		}
		turnedAway(from)
	}
	turnedAway("127.0.0.5")
	inside[0].Close()
	inside[0].Close() // twice is once
	dial("127.0.0.5")
	inside[0] = <-accepted
	turnedAway("127.0.0.6")
	for _, conn := range inside {
		conn.Close()
	}
	if open, turned := c.count(); open != 0 || turned != 6 || len(c.of) != 0 {
		t.Errorf("%d open, %d turned away, %v", open, turned, c.of)
	}
}

func TestCrowdWho(t *testing.T) {
	c := newCrowd(nil, 0, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	for text, want := range map[string]string{
		"203.0.113.7:1":          "203.0.113.7",
		"[::ffff:203.0.113.7]:1": "203.0.113.7",
		"[2001:db8:1:2:3::4]:1":  "2001:db8:1:2::",
		"10.1.2.3:1":             "invalid IP",
	} {
		if got := c.who(net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text))).String(); got != want {
			t.Errorf("%s counts for %s, want %s", text, got, want)
		}
	}
	for files, want := range map[uint64]int{0: maxOpen, 64: keptFiles, 1024: 1024 - keptFiles, 1 << 40: maxOpen} {
		if got := newCrowd(nil, files, nil).max; got != want {
			t.Errorf("with %d files: %d connections, want %d", files, got, want)
		}
	}
}
