package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/seal"
	"portcullis/internal/secret"
	"portcullis/journal"
	"portcullis/journal/diskfault"
	"portcullis/venue"
	"portcullis/venue/stream"
)

// theatre is a whole venue, as it is run, but for its clock.
type theatre struct {
	*engine.Engine
	t     testing.TB
	clock *clock.Hand
	seal  seal.KEK
	url   string
}

func newTheatre(t testing.TB, at instruction.Time) *theatre {
	h := &theatre{t: t, clock: clock.NewHand(at)}
	// On a disk in memory: a tape of days is hundreds of thousands of ticks, each of which would wait for a real one.
	log, err := journal.Open("journal", journal.Options{FS: diskfault.New(1), SegmentSize: 16 << 20})
	if err != nil {
		t.Fatal(err)
	}
	if h.Engine, err = engine.Open(engine.Config{Log: log, Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.Close() })
	if h.seal, err = seal.New(secret.New(bytes.Repeat([]byte{5}, 32))); err != nil {
		t.Fatal(err)
	}
	return h
}

// open serves the venue, with its archive and streams.
func (h *theatre) open() {
	h.t.Helper()
	a, err := archive.Open(filepath.Join(h.t.TempDir(), "history.sqlite"))
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { a.Close() })
	ctx, cancel := context.WithCancel(context.Background())
	followed := make(chan error, 1)
	go func() { followed <- a.Follow(ctx, h) }()
	beat := time.NewTicker(100 * time.Millisecond)
	keys := venue.NewListenKeys(h.Engine)
	hub, err := stream.New(h.Engine, stream.Config{Beat: beat.C, ClientAddr: func(*http.Request) netip.Addr { return netip.Addr{} }, ListenKey: keys.Owner})
	if err != nil {
		h.t.Fatal(err)
	}
	v, err := venue.New(venue.Config{
		Engine: h.Engine, Archive: a, Streams: hub, ListenKeys: keys, Secrets: h.seal, Log: slog.New(slog.DiscardHandler),
		// A tape is traded by few, and from one address.
		Limits: venue.Limits{WeightMinute: 1e9, OrdersTen: 1e9, OrdersDay: 1e9},
	})
	if err != nil {
		h.t.Fatal(err)
	}
	server := httptest.NewServer(v.Handler())
	h.url = server.URL
	h.t.Cleanup(func() {
		server.Close()
		v.Close()
		hub.Close()
		beat.Stop()
		cancel()
		if err := <-followed; err != context.Canceled {
			h.t.Errorf("the archive ended with %v", err)
		}
	})
}

// realTape reads recorded trades, or skips the test where there are none.
func realTape(t *testing.T, name string) *Tape {
	t.Helper()
	dir := os.Getenv("PORTCULLIS_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	path := filepath.Join(dir, "market", "trades", name)
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("no recorded trades at %s: set PORTCULLIS_DATA to the folder that has market/trades/%s", path, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	x, err := ReadTape(f, 8, 8)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// shortened is as much of a tape as there is time for under the race detector. Without it, and at soak, it is the whole.
func shortened(t *testing.T, x *Tape) *Tape {
	all := len(x.Trades)
	if n := all / 20; raced && os.Getenv("PORTCULLIS_DEPTH") != "soak" {
		t.Logf("under the race detector: the first %d of %d trades", n, all)
		return &Tape{Base: x.Base, Quote: x.Quote, Trades: x.Trades[:n]}
	}
	return x
}

// TestReplay plays recorded trades in whole venues, by signed requests. Afterwards the venue's trades are the tape, its
// candles are the tape's, its clock never froze, and money is conserved.
func TestReplay(t *testing.T) {
	for file, pair := range map[string][2]string{
		"BTCUSDT-2024-08-08.csv": {"BTC", "USDT"},
		"ETHUSDT-2024-08-08.csv": {"ETH", "USDT"},
		"XRPETH-2019-10.csv":     {"XRP", "ETH"},
		"BCHEUR-2023-01-01.csv":  {"BCH", "EUR"},
	} {
		t.Run(pair[0]+pair[1], func(t *testing.T) {
			t.Parallel()
			replay(t, shortened(t, realTape(t, file)), pair[0], pair[1])
		})
	}
}

// TestReplaySmall is TestReplay on a tape that everybody has: same moments, long gaps, a fill of one lot.
func TestReplaySmall(t *testing.T) {
	replay(t, tape(t,
		"1723161255342,61837.63,0.02,sell", "1723161255342,61837.63,0.02,sell", "1723161255342,61837.64,0.00001,",
		"1723161255343,61837.60,5,", "1723161318000,61900,0.5,buy", "1723161318000,61900,0.5,sell",
		"1723165200000,61000.01,1,buy", "1723165200999,62000,1.00001,sell",
	), "BTC", "USDT")
}

func replay(t *testing.T, x *Tape, base, quote string) {
	t.Helper()
	h := newTheatre(t, x.Trades[0].Time-instruction.Second)
	stage := Stage{Base: base, Quote: quote, Customers: 5, Seal: h.seal}
	customers, err := stage.Set(h, h, x)
	if err != nil {
		t.Fatal(err)
	}
	h.open()
	told := 0
	r := Replay{
		Tape: x, Symbol: base + quote, URL: h.url, HTTP: http.DefaultClient, Customers: customers, Clock: h.clock, Journal: h,
		Progress: func(done, total int) {
			if told++; done != told || total != len(x.Trades) {
				t.Errorf("progress %d of %d after %d trades", done, total, told)
			}
		},
	}
	begun := time.Now()
	done, err := r.Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%+v in %v, %d records", done, time.Since(begun), h.Durable())
	want := Replayed{Trades: len(x.Trades), Orders: 2 * len(x.Trades), Steps: done.Steps, From: x.Trades[0].Time, To: x.Trades[len(x.Trades)-1].Time}
	if done != want || told != len(x.Trades) || done.Steps < int((done.To-done.From)/maxStep) {
		t.Errorf("%+v, told %d times", done, told)
	}
	if err := h.Read(func(s *core.State) {
		if err := s.Check(); err != nil {
			t.Error(err)
		}
		if c := s.Clock(); c.Frozen != 0 || c.Now != done.To {
			t.Errorf("the clock: %+v", c)
		}
		if n := s.Market(1).Book.Len(); n != 0 {
			t.Errorf("%d orders are left", n)
		}
	}); err != nil {
		t.Fatal(err)
	}
	h.sameTrades(x, base+quote)
	for name, interval := range map[string]instruction.Time{"1m": 60, "5m": 300, "1h": 3600, "1d": 86400} {
		h.sameKlines(x, base+quote, name, interval*instruction.Second)
	}
}

// sameTrades holds the venue's public trades against the tape.
func (h *theatre) sameTrades(x *Tape, symbol string) {
	h.t.Helper()
	c := Client{URL: h.url, HTTP: http.DefaultClient}
	n := 0
	for {
		var page []struct {
			ID           int
			Price, Qty   string
			QuoteQty     string
			Time         int64
			IsBuyerMaker bool
		}
		if err := c.Get(h.t.Context(), "/api/v3/historicalTrades", &page, "symbol", symbol, "fromId", strconv.Itoa(n+1), "limit", "1000"); err != nil {
			h.t.Fatal(err)
		}
		for _, p := range page {
			if n == len(x.Trades) {
				h.t.Fatalf("the venue has more trades than the tape: %+v", p)
			}
			y := &x.Trades[n]
			n++
			amount, _ := money.Notional(y.Price, y.Qty, x.Base, money.Down)
			if p.ID != n || p.Price != y.Price.Text(x.Quote) || p.Qty != y.Qty.Text(x.Base) || p.QuoteQty != amount.Text(x.Quote) ||
				p.Time != y.Time.Milli() || p.IsBuyerMaker != (y.Side == instruction.Sell) {
				h.t.Fatalf("trade %d: the venue has %+v, the tape %+v", n, p, y)
			}
		}
		if len(page) == 0 {
			break
		}
	}
	if n != len(x.Trades) {
		h.t.Errorf("the venue has %d trades, the tape %d", n, len(x.Trades))
	}
}

// sameKlines holds the venue's candles against those straight from the tape.
func (h *theatre) sameKlines(x *Tape, symbol, name string, interval instruction.Time) {
	h.t.Helper()
	all, err := x.Klines(interval)
	if err != nil {
		h.t.Fatal(err)
	}
	c := Client{URL: h.url, HTTP: http.DefaultClient}
	for left := all; len(left) > 0; {
		var page []json.RawMessage
		err := c.Get(h.t.Context(), "/api/v3/klines", &page, "symbol", symbol, "interval", name,
			"startTime", strconv.FormatInt(left[0].Open.Milli(), 10), "limit", "1000")
		if err != nil {
			h.t.Fatal(err)
		}
		if len(page) != min(1000, len(left)) {
			h.t.Fatalf("%d candles of %s from %v, want %d", len(page), name, left[0].Open.Std(), min(1000, len(left)))
		}
		for i, got := range page {
			if want := left[i].wire(x, interval); string(got) != want {
				h.t.Fatalf("candle of %s at %v: %s, the tape's is %s", name, left[i].Open.Std(), got, want)
			}
		}
		left = left[len(page):]
	}
}

// wire is the candle as the API tells it.
func (k *Kline) wire(x *Tape, interval instruction.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, `[%d`, k.Open.Milli())
	for _, p := range []money.Price{k.First, k.High, k.Low, k.Last} {
		fmt.Fprintf(&b, `,"%s"`, p.Text(x.Quote))
	}
	fmt.Fprintf(&b, `,"%s",%d,"%s",%d,"%s","%s","0"]`, k.Base.Text(x.Base), (k.Open+interval).Milli()-1,
		k.Quote.Text(x.Quote), k.Trades, k.TakerBase.Text(x.Base), k.TakerQuote.Text(x.Quote))
	return b.String()
}

// TestReplayRefuses: a book that is not clear, a clock that is ahead, and too few customers end a replay with a reason.
func TestReplayRefuses(t *testing.T) {
	x := tape(t, "1723161255342,100,1,buy", "1723161255343,101,1,sell")
	h := newTheatre(t, x.Trades[0].Time)
	stage := Stage{Base: "BTC", Quote: "USDT", Customers: 3, Seal: h.seal}
	customers, err := stage.Set(h, h, x)
	if err != nil {
		t.Fatal(err)
	}
	h.open()
	r := Replay{Tape: x, Symbol: "BTCUSDT", URL: h.url, HTTP: http.DefaultClient, Customers: customers[:1], Clock: h.clock, Journal: h}
	wants := func(what string, trades int) {
		t.Helper()
		done, err := r.Run(t.Context())
		if err == nil || !strings.Contains(err.Error(), what) || done.Trades != trades {
			t.Errorf("%v after %d trades, want %q after %d", err, done.Trades, what, trades)
		}
	}
	wants("takes 2 customers", 0)
	r.Customers = customers[:2]
	c := Client{URL: h.url, HTTP: http.DefaultClient, Key: customers[2].Key}
	var o placed
	err = c.Post(t.Context(), h.clock.Now(), "/api/v3/order", &o, "symbol", "BTCUSDT", "side", "SELL", "type", "LIMIT",
		"timeInForce", "GTC", "quantity", "1", "price", "101")
	if err != nil {
		t.Fatal(err)
	}
	wants("the book is not clear", 1)
	wants("the venue's clock stands at", 0)
}
