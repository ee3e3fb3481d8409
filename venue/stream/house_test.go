package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"

	"github.com/coder/websocket"
)

// start is 2018-01-06 00:00:00 UTC.
const start = instruction.Time(1_515_196_800_000_000)

// house is a venue with a Hub, on a real journal, by a clock and a beat that stand still unless moved.
type house struct {
	*engine.Engine
	t     testing.TB
	clock *clock.Hand
	hub   *Hub
	beats chan time.Time
	at    time.Time // of the last beat
	url   string
	next  int // of client order ids
}

// seed gives the seed of a random test, printed, and set by PORTCULLIS_SEED to do it again.
func seed(t testing.TB) *rand.Rand {
	n := uint64(time.Now().UnixNano())
	if s := os.Getenv("PORTCULLIS_SEED"); s != "" {
		var err error
		if n, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("PORTCULLIS_SEED=%d", n)
	return rand.New(rand.NewPCG(n, 1))
}

func newEngine(t testing.TB, hand *clock.Hand, dir string) *engine.Engine {
	log, err := journal.Open(dir, journal.Options{SegmentSize: 4 << 20})
	if err != nil {
		t.Fatal(err)
	}
	e, err := engine.Open(engine.Config{Log: log, Clock: hand})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	return e
}

// newHouse is a venue with two markets and some funded accounts, whose credentials have the same order.
func newHouse(t testing.TB, accounts int, change ...func(*Config)) *house {
	h := &house{t: t, clock: clock.NewHand(start), beats: make(chan time.Time), at: start.Std()}
	h.Engine = newEngine(t, h.clock, t.TempDir())
	h.furnish(accounts)
	cfg := Config{Beat: h.beats, ClientAddr: func(*http.Request) netip.Addr { return netip.MustParseAddr("192.0.2.1") }}
	for _, c := range change {
		c(&cfg)
	}
	hub, err := New(h.Engine, cfg)
	if err != nil {
		t.Fatal(err)
	}
	h.hub = hub
	s := httptest.NewServer(hub)
	h.url = "ws" + strings.TrimPrefix(s.URL, "http")
	t.Cleanup(func() {
		hub.Close()
		s.Close()
	})
	return h
}

func (h *house) furnish(n int) {
	h.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	h.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 6})
	h.operator(&instruction.AddAsset{Symbol: "ETH", Scale: 8})
	terms := instruction.Terms{Tick: 1e4, MinPrice: 1e5, MaxPrice: 1e13, Lot: 1e3, MaxQty: 1e12, MakerFee: 1000, TakerFee: 2000}
	h.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: terms})
	h.operator(&instruction.AddMarket{Base: 3, Quote: 2, Terms: terms})
	for i := range n {
		h.operator(&instruction.OpenAccount{})
		a := instruction.Account(i + 2)
		for x, amount := range map[instruction.Asset]money.Amount{1: 1000e8, 2: 10_000_000e6, 3: 10_000e8} {
			h.operator(&instruction.Credit{Account: a, Asset: x, Amount: amount})
		}
		h.operator(&instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i), byte(i >> 8), 1},
			Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}})
	}
}

func (h *house) operator(in instruction.Instruction) {
	h.t.Helper()
	r, err := h.Do(&instruction.Principal{Giver: instruction.ByOperator}, in)
	var ev instruction.Events
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
		h.t.Fatalf("%T: %v, %v, %v", in, r.Verdict, r.Refused(&ev), err)
	}
}

// give has a credential give an instruction, whatever comes of it.
func (h *house) give(k instruction.Credential, in instruction.Instruction) instruction.Record {
	h.t.Helper()
	r, err := h.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: k}, in)
	if err != nil {
		h.t.Fatal(err)
	}
	return r
}

// limit is an order at a price in whole quote units, of so many lots.
func (h *house) limit(side instruction.Side, price, lots int64) *instruction.PlaceOrder {
	h.next++
	id, _ := instruction.ClientIDOf(fmt.Sprintf("o-%d", h.next))
	return &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC,
		Price: money.Price(price * 1e6), Qty: money.Amount(lots * 1e3), ClientID: id}
}

// trade does n random things in the markets: orders of all kinds, cancels and replacements by all accounts.
func (h *house) trade(r *rand.Rand, accounts, n int) {
	for range n {
		k := instruction.Credential(1 + r.IntN(accounts))
		side := instruction.Side(1 + r.IntN(2))
		away := int64(r.IntN(40) - 8) // from the middle; below 0 it is likely to match
		if side == instruction.Buy {
			away = -away
		}
		p := h.limit(side, 10_000+away, 1+int64(r.IntN(200)))
		p.Market = instruction.Market(1 + r.IntN(2))
		p.TIF = instruction.TimeInForce([]int{1, 1, 1, 1, 2, 3}[r.IntN(6)])
		switch r.IntN(12) {
		case 0:
			p.Type, p.TIF, p.Price = instruction.MarketType, instruction.IOC, 0
		case 1:
			p.Type, p.TIF, p.Price, p.Qty, p.QuoteQty = instruction.MarketType, instruction.IOC, 0, 0, money.Amount(1+r.Int64N(20e6))
		case 2:
			p.Type, p.TIF = instruction.LimitMaker, instruction.GTC
		case 3, 4:
			c := instruction.CancelOrder{Market: p.Market, Order: h.open(p.Market, k, r), ClientID: p.ClientID}
			if c.Order == 0 {
				c.Order = 1
			}
			if r.IntN(2) == 0 {
				h.give(k, &c)
			} else {
				h.give(k, &instruction.ReplaceOrder{Cancel: c, Place: *p, AllowFails: r.IntN(2) == 0})
			}
			continue
		case 5:
			if r.IntN(8) == 0 {
				h.give(k, &instruction.CancelAll{Market: p.Market})
				continue
			}
		}
		h.give(k, p)
	}
}

// open is one of the open orders of a credential's account, or 0.
func (h *house) open(m instruction.Market, k instruction.Credential, r *rand.Rand) (id instruction.Order) {
	skip := r.IntN(4)
	_ = h.Read(func(s *core.State) {
		b := s.Market(m).Book
		for o := range b.Orders(instruction.Account(k + 1)) {
			id = b.At(o).ID
			if skip--; skip < 0 {
				break
			}
		}
	})
	return id
}

// beat lets the Hub send what is due at intervals; when it returns the Hub has done so.
func (h *house) beat() {
	h.at = h.at.Add(100 * time.Millisecond)
	h.beats <- h.at
	h.beats <- h.at // is received only when the one before is done; in the same tenth nothing changes
}

// second beats until a second is over.
func (h *house) second() {
	for range 10 {
		h.beat()
	}
}

// client is a connection to the Hub.
type client struct {
	*websocket.Conn
	t testing.TB
}

func (h *house) dial(path string, by ...*http.Client) *client {
	h.t.Helper()
	o := &websocket.DialOptions{}
	for _, o.HTTPClient = range by {
	}
	c, _, err := websocket.Dial(h.t.Context(), h.url+path, o)
	if err != nil {
		h.t.Fatal(err)
	}
	c.SetReadLimit(64 << 20)
	h.t.Cleanup(func() { c.CloseNow() })
	return &client{c, h.t}
}

func (c *client) send(format string, args ...any) {
	c.t.Helper()
	if err := c.Write(c.t.Context(), websocket.MessageText, fmt.Appendf(nil, format, args...)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) text() string {
	c.t.Helper()
	_, b, err := c.Read(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	return string(b)
}

// into reads the next frame as JSON; its fields must be those of v.
func (c *client) into(v any) {
	c.t.Helper()
	text := c.text()
	if err := strict(text, v); err != nil {
		c.t.Fatalf("%v: %s", err, text)
	}
}

func strict(text string, v any) error {
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	return d.Decode(v)
}

// frames reads on and on, so that pings are answered.
func (c *client) frames() <-chan string {
	list := make(chan string, 10_000)
	go func() {
		defer close(list)
		for {
			_, b, err := c.Read(context.Background())
			if err != nil {
				return
			}
			list <- string(b)
		}
	}()
	return list
}

func (c *client) expect(want string) {
	c.t.Helper()
	if got := c.text(); got != want {
		c.t.Fatalf("got  %s\nwant %s", got, want)
	}
}

// subscribe asks for streams and waits for the answer.
func (c *client) subscribe(streams ...string) {
	c.t.Helper()
	list, _ := json.Marshal(streams)
	c.send(`{"method":"SUBSCRIBE","params":%s,"id":7}`, list)
	c.expect(`{"result":null,"id":7}`)
}

// closed reads until the connection is closed, and is how.
func (c *client) closed() websocket.CloseError {
	c.t.Helper()
	for {
		if _, _, err := c.Read(context.Background()); err != nil {
			var how websocket.CloseError
			if e, ok := err.(websocket.CloseError); ok {
				return e
			}
			if !asClose(err, &how) {
				c.t.Fatalf("not closed but: %v", err)
			}
			return how
		}
	}
}

func asClose(err error, how *websocket.CloseError) bool {
	for err != nil {
		if e, ok := err.(websocket.CloseError); ok {
			*how = e
			return true
		}
		u, ok := err.(interface{ Unwrap() error })
		if !ok {
			return false
		}
		err = u.Unwrap()
	}
	return false
}

func levels(s *core.State, id instruction.Market) (bids, asks map[string]string) {
	m := s.Market(id)
	base, quote := s.Scales(m)
	side := func(x instruction.Side) map[string]string {
		list := map[string]string{}
		m.Book.Levels(x, func(p money.Price, q money.Amount, _ int) bool {
			list[p.Text(quote)] = q.Text(base)
			return true
		})
		return list
	}
	return side(instruction.Buy), side(instruction.Sell)
}

func text(d binance.Decimal) string { return d.String() }
