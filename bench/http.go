package bench

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"portcullis/internal/daemon"
	"portcullis/operator"
	"portcullis/venue"
)

// httpFlight is how many connections send orders, each one at a time.
const httpFlight = 256

// HTTP measures signed orders over HTTP, each durable before its answer, against a bare net/http handler that verifies the
// same HMAC and answers the same JSON. Both get the same requests over the same number of kept connections.
func HTTP(ctx context.Context, report Report) error {
	v, err := newOpenHouse(ctx)
	if err != nil {
		return err
	}
	defer v.remove()
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
		rate, p99, err := v.round(v.daemon.Addr().String())
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

// openHouse is a whole venue in a temporary directory, with one funded customer and HMAC key for each connection.
type openHouse struct {
	dir    string
	daemon *daemon.Daemon
	keys   []operator.KeyCreated
	sent   int64 // rounds: no two requests are the same
}

func newOpenHouse(ctx context.Context) (*openHouse, error) {
	dir, err := os.MkdirTemp("", "portcullis-bench-*")
	if err != nil {
		return nil, err
	}
	h := &openHouse{dir: dir}
	const none = 1 << 40
	h.daemon, err = daemon.Start(ctx, daemon.Config{
		Dir: dir, Listen: "127.0.0.1:0", Log: slog.New(slog.DiscardHandler),
		Limits: venue.Limits{WeightMinute: none, OrdersTen: none, OrdersDay: none},
	})
	if err == nil {
		err = h.furnish(ctx)
	}
	if err != nil {
		h.remove()
		return nil, err
	}
	return h, nil
}

func (h *openHouse) remove() {
	if h.daemon != nil {
		h.daemon.Close()
	}
	os.RemoveAll(h.dir)
}

// furnish defines a market and the customers, as an operator does.
func (h *openHouse) furnish(ctx context.Context) error {
	c := operator.NewClient(h.daemon.Socket())
	defer c.Close()
	for _, symbol := range []string{"BTC", "USDT"} {
		if _, err := operator.Call(ctx, c, operator.AssetAdd, operator.AddAsset{Symbol: symbol, Scale: 8}); err != nil {
			return err
		}
	}
	_, err := operator.Call(ctx, c, operator.MarketAdd, operator.AddMarket{Base: "BTC", Quote: "USDT", Tick: "0.01", MinPrice: "0.01",
		MaxPrice: "1000000", Lot: "0.00001", MaxQty: "9000", MinNotional: "5", MakerFee: "0.001", TakerFee: "0.001"})
	if err != nil {
		return err
	}
	for range httpFlight {
		a, err := operator.Call(ctx, c, operator.AccountCreate, operator.CreateAccount{})
		if err != nil {
			return err
		}
		for _, symbol := range []string{"BTC", "USDT"} {
			in := operator.CreditAccount{Account: a.Account, Asset: symbol, Amount: "1000000"}
			if _, err := operator.Call(ctx, c, operator.AccountCredit, in); err != nil {
				return err
			}
		}
		k, err := operator.Call(ctx, c, operator.KeyCreate, operator.CreateKey{
			Account: a.Account, Scheme: "HMAC", Rights: []string{"READ", "TRADE"}, Networks: []string{"127.0.0.0/8"},
		})
		if err != nil {
			return err
		}
		h.keys = append(h.keys, k)
	}
	return nil
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
		l, err := newLine(addr, &h.keys[i], fmt.Sprintf("b%d-%d", h.sent, i))
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
	key  *operator.KeyCreated
	name string
	n    int
	out  []byte
}

func newLine(addr string, k *operator.KeyCreated, name string) (*line, error) {
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
	for i := range h.keys {
		b.secrets[h.keys[i].APIKey] = h.keys[i].Secret.Reveal()
	}
	one, err := newLine(h.daemon.Addr().String(), &h.keys[0], "sample")
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
