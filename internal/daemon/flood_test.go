package daemon

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"portcullis/core/instruction"
	"portcullis/operator"
)

// from dials the venue from an address of this machine.
func from(t *testing.T, d *Daemon, addr string) net.Conn {
	t.Helper()
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(addr)}}
	conn, err := dialer.Dial("tcp", d.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// TestFloodOfStrangers: while strangers hold connections open in every way that there is, and send what is malformed, a
// customer's orders are all carried out, and are on record.
func TestFloodOfStrangers(t *testing.T) {
	const honest = 50
	cfg, _ := config(t)
	d := run(t, cfg)
	key := furnish(t, d)
	for i := range 40 {
		addr := fmt.Sprintf("127.0.%d.2", 1+i%8)
		from(t, d, addr)                                                                                                  // says nothing
		fmt.Fprint(from(t, d, addr), "GET /api/v3/time HTTP/1.1\r\nHost: venue\r\nX-Slow: ")                              // never ends its header
		fmt.Fprint(from(t, d, addr), "POST /api/v3/order HTTP/1.1\r\nHost: venue\r\nContent-Length: 100\r\n\r\nsymbol=B") // nor its body
		unfinished := from(t, d, addr)                                                                                    // nor its message, of which two frames are there
		upgradeTo(t, unfinished, "/ws-api/v3")
		fmt.Fprint(unfinished, "\x01\x82\x00\x00\x00\x00{\"", "\x00\x82\x00\x00\x00\x00id")
		fmt.Fprint(from(t, d, addr), "GET /ws/btcusdt@trade HTTP/1.1\r\nConnection: Upgrade\r\n") // nor its handshake
	}
	for i := range honest {
		name := fmt.Sprintf("honest-%d", i)
		order := "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=60000&newClientOrderId=" + name
		if status, body := signed(t, d, key, order); status != 200 || !strings.Contains(body, name) {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if i%5 == 0 {
			malformed(t, d)
		}
	}
	if n, turned, yielded := d.listener.count(); n < 200 || turned+yielded != 0 {
		t.Errorf("%d connections, %d turned away, %d made room: the flood was not there", n, turned, yielded)
	}
	found := map[string]bool{}
	sub := d.Engine().Subscribe(1)
	defer sub.Close()
	for last := d.Engine().Durable(); ; {
		seen := uint64(0)
		if err := sub.Next(t.Context(), func(seq uint64, b []byte) error {
			seen = seq
			var r instruction.Record
			if err := r.Decode(seq, b); err != nil {
				return err
			}
			in, err := r.Instruction()
			if p, ok := in.(*instruction.PlaceOrder); ok {
				found[p.ClientID.String()] = true
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if seen >= last {
			break
		}
	}
	if len(found) != honest {
		t.Errorf("%d of %d acknowledged orders are on record", len(found), honest)
	}
}

// malformed sends what is no request, or too much of one, and wants a refusal.
func malformed(t *testing.T, d *Daemon) {
	t.Helper()
	for _, x := range []struct {
		name, text string
		status     int
	}{
		{"a header that is too long", "GET / HTTP/1.1\r\nHost: venue\r\nX: " + strings.Repeat("x", 30<<10) + "\r\n\r\n", 431},
		{"a query that is too long", "GET /api/v3/ping?" + strings.Repeat("x", 30<<10) + " HTTP/1.1\r\nHost: venue\r\n\r\n", 431},
		{"a thousand parameters", "GET /api/v3/depth?" + strings.Repeat("a=1&", 1000) + " HTTP/1.1\r\nHost: venue\r\n\r\n", 400},
		{"a body that is too long", "POST /api/v3/order HTTP/1.1\r\nHost: venue\r\nContent-Length: 40000\r\n\r\n" + strings.Repeat("x", 40_000), 413},
		{"another protocol", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400},
		{"two lengths", "POST /api/v3/order HTTP/1.1\r\nHost: venue\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx", 400},
		{"an unknown key with a wrong signature", "GET /api/v3/account?timestamp=1&signature=00 HTTP/1.1\r\nHost: venue\r\nX-MBX-APIKEY: " +
			strings.Repeat("k", 64) + "\r\n\r\n", 400},
	} {
		conn := from(t, d, "127.0.9.9")
		fmt.Fprint(conn, x.text)
		r, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Errorf("%s: %v", x.name, err)
			continue
		}
		if r.StatusCode != x.status {
			t.Errorf("%s: %s", x.name, r.Status)
		}
		conn.Close()
	}
}

// TestPipelining: requests sent all at once are answered one after the other, each with its weight.
func TestPipelining(t *testing.T) {
	cfg, _ := config(t)
	cfg.Limits.WeightMinute = 1 << 30
	d := run(t, cfg)
	conn := from(t, d, "127.0.0.1")
	const n = 200
	go fmt.Fprint(conn, strings.Repeat("GET /api/v3/ping HTTP/1.1\r\nHost: venue\r\n\r\n", n))
	in := bufio.NewReader(conn)
	for i := range n {
		r, err := http.ReadResponse(in, nil)
		if err != nil {
			t.Fatalf("after %d answers: %v", i, err)
		}
		if body, err := io.ReadAll(r.Body); err != nil || string(body) != "{}" || r.Header.Get("X-MBX-USED-WEIGHT-1M") == "" {
			t.Fatalf("%d: %s, %v", i, body, err)
		}
	}
}

// upgradeTo makes a connection one of WebSocket.
func upgradeTo(t *testing.T, conn net.Conn, path string) {
	t.Helper()
	fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: venue\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n", path)
	r, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil || r.StatusCode != http.StatusSwitchingProtocols {
		t.Fatalf("%v, %v", r, err)
	}
}

// failing is a listener that finds no free files at first.
type failing struct {
	net.Listener
	times atomic.Int32
}

func (f *failing) Accept() (net.Conn, error) {
	if f.times.Add(-1) >= 0 {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return f.Listener.Accept()
}

// TestNoFiles: when the system has no file for a connection, the venue waits and goes on.
func TestNoFiles(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &failing{Listener: l}
	f.times.Store(3)
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "served") })}
	go s.Serve(newCrowd(f, 10, nil, func() instruction.Time { return 0 }))
	defer s.Close()
	r, err := http.Get("http://" + l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if b, _ := io.ReadAll(r.Body); string(b) != "served" {
		t.Errorf("%s", b)
	}
}

// furnish defines a market, and a customer with money and a key.
func furnish(t *testing.T, d *Daemon) DemoKey {
	t.Helper()
	for _, symbol := range []string{"BTC", "USDT"} {
		call(t, d, operator.AssetAdd, operator.AddAsset{Symbol: symbol, Scale: 8})
	}
	call(t, d, operator.MarketAdd, operator.AddMarket{Base: "BTC", Quote: "USDT", Tick: "0.01", MinPrice: "0.01",
		MaxPrice: "1000000", Lot: "0.00001", MaxQty: "9000", MinNotional: "5", MakerFee: "0.001", TakerFee: "0.001"})
	a := call(t, d, operator.AccountCreate, operator.CreateAccount{})
	call(t, d, operator.AccountCredit, operator.CreditAccount{Account: a.Account, Asset: "USDT", Amount: "1000000"})
	k := call(t, d, operator.KeyCreate, operator.CreateKey{
		Account: a.Account, Scheme: "HMAC", Rights: []string{"READ", "TRADE"}, Networks: []string{"127.0.0.0/8"},
	})
	return DemoKey{APIKey: k.APIKey, Secret: k.Secret}
}
