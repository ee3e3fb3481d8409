package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"

	"portcullis/bench/load"
)

// httpFlight is how many connections send orders, each one at a time.
const httpFlight = 256

// HTTP measures signed orders over HTTP, each durable before its answer, against a bare net/http handler that verifies the
// same HMAC and answers the same JSON. Both get the same requests over the same number of kept connections.
func HTTP(ctx context.Context, report Report) error {
	h, err := load.NewHouse(ctx, httpFlight, false)
	if err != nil {
		return err
	}
	defer h.Remove()
	v := &openHouse{House: h}
	bare, err := newBareHandler(v)
	if err != nil {
		return err
	}
	defer bare.Close()
	var rates, bares, p99s, bareP99s []float64
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		rate, p99, err := v.round(v.Daemon.Addr().String())
		if err != nil {
			return err
		}
		base, baseP99, err := v.round(bare.addr)
		if err != nil {
			return err
		}
		rates, p99s = append(rates, rate), append(p99s, p99)
		bares, bareP99s = append(bares, base), append(bareP99s, baseP99)
	}
	const baseline = "bare net/http handler, same HMAC and JSON, nothing judged or kept"
	report(result(fmt.Sprintf("http: signed and durable orders, %d connections", httpFlight), median(rates), "1/s", baseline, median(bares)))
	report(result(fmt.Sprintf("http: 99th percentile of an order, %d connections", httpFlight), median(p99s), "ms", baseline, median(bareP99s)))
	return nil
}

// openHouse is a whole venue with a customer for each connection.
type openHouse struct {
	*load.House
	sent int64 // rounds: no two requests are the same
}

// round sends orders to an address for a span.
func (h *openHouse) round(addr string) (rate, p99 float64, err error) {
	h.sent++
	var lines []*line
	defer func() {
		for _, l := range lines {
			l.conn.Close()
		}
	}()
	for i := range httpFlight {
		l, err := newLine(addr, &h.Keys[i], fmt.Sprintf("b%d-%d", h.sent, i))
		if err != nil {
			return 0, 0, err
		}
		lines = append(lines, l)
	}
	return flightTest(httpFlight, func(i int) func() error { return func() error { return lines[i].order() } })
}

// line is one kept connection that sends orders. It reads and writes HTTP by itself: what the sender costs is taken from
// both sides of the comparison, so it must be little.
type line struct {
	conn net.Conn
	in   *responses
	key  *load.Key
	name string
	n    int
	out  []byte
}

func newLine(addr string, k *load.Key, name string) (*line, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	return &line{conn: conn, in: newResponses(conn), key: k, name: name}, nil
}

// order sends a limit order and waits for its answer. Sides take turns at one price, so that orders trade with those of the
// other customers and the book stays short.
func (l *line) order() error {
	l.n++
	side := [...]string{"BUY", "SELL"}[l.n%2]
	query := fmt.Sprintf("symbol=BTCUSDT&side=%s&type=LIMIT&timeInForce=GTC&quantity=0.001&price=60000&newClientOrderId=%s-%d&timestamp=%d",
		side, l.name, l.n, time.Now().UnixMilli())
	l.out = fmt.Appendf(l.out[:0], "POST /api/v3/order?%s&signature=%s HTTP/1.1\r\nHost: venue\r\nX-MBX-APIKEY: %s\r\nContent-Length: 0\r\n\r\n",
		query, hex.EncodeToString(sign(l.key.Secret.Reveal(), query)), l.key.APIKey)
	if _, err := l.conn.Write(l.out); err != nil {
		return err
	}
	status, body, err := l.in.next()
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("bench: an order was answered with %d: %s", status, body)
	}
	return err
}

func sign(secret []byte, payload string) []byte {
	h := hmac.New(sha256.New, secret)
	io.WriteString(h, payload)
	return h.Sum(nil)
}

// bareHandler is the baseline: it looks the key up, verifies the HMAC, and answers what the venue once answered.
type bareHandler struct {
	*http.Server
	addr    string
	secrets map[string][]byte
	answer  []byte
}

func newBareHandler(h *openHouse) (*bareHandler, error) {
	b := &bareHandler{secrets: map[string][]byte{}}
	for i := range h.Keys {
		b.secrets[h.Keys[i].APIKey] = h.Keys[i].Secret.Reveal()
	}
	one, err := newLine(h.Daemon.Addr().String(), &h.Keys[0], "sample")
	if err != nil {
		return nil, err
	}
	defer one.conn.Close()
	if err := one.order(); err != nil {
		return nil, err
	}
	b.answer = append(b.answer, one.in.body...)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	b.addr = l.Addr().String()
	b.Server = &http.Server{Handler: b, ReadHeaderTimeout: 10 * time.Second}
	go b.Serve(l)
	return b, nil
}

func (b *bareHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	payload, signature, _ := strings.Cut(r.URL.RawQuery, "&signature=")
	mac, err := hex.DecodeString(signature)
	secret := b.secrets[r.Header.Get("X-MBX-APIKEY")]
	if err != nil || secret == nil || !hmac.Equal(mac, sign(secret, payload)) {
		http.Error(w, "bad signature", http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(b.answer)))
	w.Write(b.answer)
}
