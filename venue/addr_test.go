package venue

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
)

func prefixes(list ...string) (out []netip.Prefix) {
	for _, p := range list {
		out = append(out, netip.MustParsePrefix(p))
	}
	return out
}

func TestClientAddr(t *testing.T) {
	proxies := prefixes("10.0.0.0/8", "2001:db8:ff::/48")
	for _, x := range []struct {
		peer    string
		forward []string
		want    string
	}{
		{"192.0.2.1:5", nil, "192.0.2.1"},
		{"192.0.2.1:5", []string{"198.51.100.7"}, "192.0.2.1"}, // no proxy: what it says is nothing
		{"10.1.2.3:5", []string{"198.51.100.7"}, "198.51.100.7"},
		{"10.1.2.3:5", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},           // what the client wrote itself comes first
		{"10.1.2.3:5", []string{"203.0.113.9, 198.51.100.7, 10.9.9.9"}, "198.51.100.7"}, // two proxies
		{"10.1.2.3:5", []string{"203.0.113.9", "198.51.100.7"}, "198.51.100.7"},         // two headers
		{"10.1.2.3:5", []string{"198.51.100.7, nonsense"}, "10.1.2.3"},
		{"10.1.2.3:5", []string{""}, "10.1.2.3"},
		{"10.1.2.3:5", nil, "10.1.2.3"},
		{"10.1.2.3:5", []string{"10.4.4.4"}, "10.1.2.3"},
		{"10.1.2.3:5", []string{strings.Repeat("198.51.100.7,", 1000) + "10.0.0.1"}, "198.51.100.7"},
		{"10.1.2.3:5", []string{"198.51.100.7" + strings.Repeat(",10.0.0.1", 1000)}, "10.1.2.3"},
		{"[2001:db8:ff::1]:5", []string{"2001:db8::7%eth0"}, "2001:db8::7"},
		{"[::ffff:10.1.2.3]:5", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		{"@", nil, "invalid IP"},
	} {
		r := &http.Request{RemoteAddr: x.peer, Header: http.Header{"X-Forwarded-For": x.forward}}
		if got := ClientAddr(r, proxies); got.String() != x.want {
			t.Errorf("%s %v: %s, want %s", x.peer, x.forward, got, x.want)
		}
	}
	r := &http.Request{RemoteAddr: "10.1.2.3:5", Header: http.Header{"X-Forwarded-For": {"198.51.100.7"}}}
	if got := ClientAddr(r, nil); got.String() != "10.1.2.3" {
		t.Errorf("without proxies: %s", got)
	}
}

// TestForgedAddress: a key's network list holds against a header that anybody can write.
func TestForgedAddress(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Proxies = prefixes("10.0.0.0/8") })
	m := tradeHere
	m.Networks = prefixes("192.0.2.0/24")
	k := h.key(h.alice, 1, m)
	r, _ := http.NewRequest("GET", h.server.URL+"/api/v3/account?"+h.signed(k), nil)
	r.Header.Set("X-MBX-APIKEY", k.text)
	r.Header.Set("X-Forwarded-For", "192.0.2.7")
	if a := h.roundTrip(r); a.code() != -2015 {
		t.Errorf("%d %s", a.status, a.body)
	}
	h = newHouse(t, func(c *Config) { c.Proxies = prefixes("127.0.0.0/8") })
	k = h.key(h.alice, 1, m)
	r, _ = http.NewRequest("GET", h.server.URL+"/api/v3/account?"+h.signed(k), nil)
	r.Header.Set("X-MBX-APIKEY", k.text)
	r.Header.Set("X-Forwarded-For", "192.0.2.7")
	if a := h.roundTrip(r); a.status != 200 {
		t.Errorf("behind a listed proxy: %d %s", a.status, a.body)
	}
}

// proxyBlock is a header of version 2.
func proxyBlock(command, family byte, addresses []byte) []byte {
	b := append(bytes.Clone(proxySignature), 0x20|command, family)
	b = binary.BigEndian.AppendUint16(b, uint16(len(addresses)))
	return append(b, addresses...)
}

var proxyHeaders = []struct{ header, addr string }{ // addr "" is the proxy's own, "-" is broken off
	{"GET / HTTP/1.1\r\n", ""},
	{"PROXY TCP4 198.51.100.7 10.0.0.1 4711 443\r\n", "198.51.100.7:4711"},
	{"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n", "[2001:db8::7]:4711"},
	{"PROXY UNKNOWN\r\n", ""},
	{"PROXY UNKNOWN whatever it says\r\n", ""},
	{"PROXY TCP4 2001:db8::7 10.0.0.1 4711 443\r\n", "-"},
	{"PROXY TCP4 198.51.100.7 10.0.0.1 70000 443\r\n", "-"},
	{"PROXY TCP4 198.51.100.7\r\n", "-"},
	{"PROXY UDP4 198.51.100.7 10.0.0.1 4711 443\r\n", "-"},
	{"PROXY TCP4 " + strings.Repeat("1", 200) + "\r\n", "-"},
	{string(proxyBlock(1, 0x11, []byte{198, 51, 100, 7, 10, 0, 0, 1, 0x12, 0x67, 1, 187})), "198.51.100.7:4711"},
	{string(proxyBlock(1, 0x11, append([]byte{198, 51, 100, 7, 10, 0, 0, 1, 0x12, 0x67, 1, 187}, "extension"...))), "198.51.100.7:4711"},
	{string(proxyBlock(1, 0x21, append(make([]byte, 15), append([]byte{1}, make([]byte, 20)...)...))), "[::1]:0"},
	{string(proxyBlock(0, 0x00, nil)), ""},
	{string(proxyBlock(1, 0x11, []byte{1, 2, 3})), "-"},
	{string(proxyBlock(1, 0x31, make([]byte, 216))), "-"},
	{string(proxyBlock(2, 0x11, make([]byte, 12))), "-"},
	{string(proxyBlock(1, 0x11, make([]byte, maxProxyBlock+1))), "-"},
	{"PROXY ", "-"},
}

func TestProxyHeader(t *testing.T) {
	const rest = "GET /rest HTTP/1.1\r\n\r\n"
	for _, x := range proxyHeaders {
		text := x.header + rest
		if x.header == "PROXY " {
			text = x.header // it ends early
		}
		r := bufio.NewReaderSize(strings.NewReader(text), maxProxyBlock)
		addr, err := readProxyHeader(r)
		got := ""
		switch {
		case err != nil:
			got = "-"
		case addr != nil:
			got = addr.String()
		}
		if got != x.addr {
			t.Errorf("%q: %s %v, want %s", x.header, got, err, x.addr)
		}
		if left, _ := io.ReadAll(r); err == nil && !strings.HasSuffix(x.header+rest, string(left)) || err == nil && !strings.HasSuffix(string(left), rest) {
			t.Errorf("%q: left %q", x.header, left)
		}
	}
}

// FuzzProxyHeader: no header makes it panic, or read without end.
func FuzzProxyHeader(f *testing.F) {
	for _, x := range proxyHeaders {
		f.Add([]byte(x.header))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(b), maxProxyBlock)
		addr, err := readProxyHeader(r)
		if addr != nil && err != nil {
			t.Fatalf("%v and %v", addr, err)
		}
		if addr != nil {
			if _, bad := netip.ParseAddrPort(addr.String()); bad != nil {
				t.Fatal(bad)
			}
		}
	})
}

// TestProxyListener: over real connections, from a listed proxy and from elsewhere.
func TestProxyListener(t *testing.T) {
	for _, x := range []struct {
		proxies []netip.Prefix
		want    string
	}{{prefixes("127.0.0.0/8"), "198.51.100.7:4711"}, {nil, "bad"}} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.RemoteAddr) })}
		go server.Serve(ProxyListener(l, x.proxies))
		c, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprint(c, "PROXY TCP4 198.51.100.7 10.0.0.1 4711 443\r\nGET / HTTP/1.0\r\n\r\n")
		answer, err := io.ReadAll(c)
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(answer), "\r\n\r\n")
		if x.want == "bad" {
			if !strings.HasPrefix(string(answer), "HTTP/1.1 400") {
				t.Errorf("from elsewhere: %s", answer)
			}
		} else if body != x.want {
			t.Errorf("%s, want %s", answer, x.want)
		}
		c.Close()
		server.Close()
	}
}
