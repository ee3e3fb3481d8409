package reference

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"

	"github.com/prometheus/client_golang/prometheus"
)

// house is a venue with three markets: BTCUSDT and ETHUSDT expect a reference, ETHBTC expects none.
type house struct {
	t      *testing.T
	engine *engine.Engine
	hand   *clock.Hand
	log    bytes.Buffer
	feed   *Feed
	says   []func() (string, error) // by source, what it says next
}

func newHouse(t *testing.T, sources int) *house {
	t.Helper()
	h := &house{t: t, hand: clock.NewHand(noon)}
	log, err := journal.Open(t.TempDir(), journal.Options{SegmentSize: 1 << 16})
	if err != nil {
		t.Fatal(err)
	}
	if h.engine, err = engine.Open(engine.Config{Log: log, Clock: h.hand}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.engine.Close() })
	terms := instruction.Terms{Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MinNotional: 1e8}
	liquid := instruction.Marks{Tier: instruction.Liquid, Reference: true}
	for _, in := range []instruction.Instruction{
		&instruction.AddAsset{Symbol: "BTC", Scale: 8}, &instruction.AddAsset{Symbol: "ETH", Scale: 8}, &instruction.AddAsset{Symbol: "USDT", Scale: 8},
		&instruction.AddMarket{Base: 1, Quote: 3, Terms: terms}, &instruction.AddMarket{Base: 2, Quote: 3, Terms: terms}, &instruction.AddMarket{Base: 2, Quote: 1, Terms: terms},
		&instruction.SetValuation{Asset: 3}, &instruction.SetMarks{Market: 1, Marks: liquid}, &instruction.SetMarks{Market: 2, Marks: liquid},
	} {
		var ev instruction.Events
		if r, err := h.engine.Do(&instruction.Principal{Giver: instruction.ByOperator}, in); err != nil || r.Refused(&ev) != 0 {
			t.Fatal(err, r.Refused(&ev))
		}
	}
	var list []Source
	h.says = make([]func() (string, error), sources)
	for i := range sources {
		list = append(list, Source{fmt.Sprint("source ", i), func(context.Context) ([]byte, error) {
			text, err := h.says[i]()
			return []byte(text), err
		}})
	}
	h.use(list...)
	return h
}

func (h *house) use(list ...Source) {
	var err error
	if h.feed, err = New(h.engine, list, slog.New(slog.NewTextHandler(&h.log, nil)), prometheus.NewRegistry()); err != nil {
		h.t.Fatal(err)
	}
}

// hears has a source say something, and gives the problem that the operator sees and how long it is then left alone.
func (h *house) hears(source int, text string, err error) (problem string, wait time.Duration) {
	h.t.Helper()
	h.says[source] = func() (string, error) { return text, err }
	wait = h.feed.poll(context.Background(), h.feed.streams[source])
	return h.feed.Status()[source].Problem, wait
}

// reference is what the venue takes for a market's reference.
func (h *house) reference(symbol string) (price money.Price, dated instruction.Time) {
	h.t.Helper()
	if err := h.engine.Read(func(s *core.State) { price, dated = s.MarketNamed(symbol).Prices().Reference() }); err != nil {
		h.t.Fatal(err)
	}
	return price, dated
}

// at is a line of CSV, of a time beside the clock.
func (h *house) at(symbol, price string, beside instruction.Time) string {
	return fmt.Sprintf("%s,%s,%s\n", symbol, price, text(h.hand.Now()+beside))
}

// TestGiven: a price that is fresh becomes the market's reference; every other one is dropped, and the operator is told which.
func TestGiven(t *testing.T) {
	const sec = instruction.Second
	h := newHouse(t, 1)
	if problem, wait := h.hears(0, h.at("BTCUSDT", "60000.123456789", -sec), nil); problem != "" || wait != Every {
		t.Errorf("%q, %v", problem, wait)
	}
	if price, dated := h.reference("BTCUSDT"); price != 60_000_12345678 || dated != noon-sec {
		t.Errorf("%d of %d", price, dated)
	}
	for _, c := range []struct{ text, want string }{
		{h.at("BTCUSDT", "61000", -sec), ""},   // of the same time
		{h.at("BTCUSDT", "61000", -5*sec), ""}, // older, and still fresh
		{h.at("BTCUSDT", "61000", -11*sec), "BTCUSDT: its price is of 2026-03-01T11:59:49.000000Z, which is too long ago"},
		{h.at("BTCUSDT", "61000", 2*sec), "after the venue's clock, which says 2026-03-01T12:00:00"},
		{h.at("XRPUSDT", "1", 0), "XRPUSDT: there is no such market"},
		{h.at("ETHBTC", "0.05", 0), "portcullis market tier ETHBTC liquid --reference"},
		{h.at("BTCUSDT", "0.000000001", 0), "BTCUSDT: "},                  // less than a unit
		{h.at("BTCUSDT", "0.001", 0), "BTCUSDT: "},                        // below the market's least price
		{h.at("BTCUSDT", "99999999999999999999", 0), "BTCUSDT: "},         // above what there is
		{h.at("BTCUSDT", "1", 0) + h.at("BTCUSDT", "2", 0), "two prices"}, // whichever it means
	} {
		if problem, _ := h.hears(0, c.text, nil); (problem == "") != (c.want == "") || !strings.Contains(problem, c.want) {
			t.Errorf("%s: %q, want %q", c.text, problem, c.want)
		}
		if price, dated := h.reference("BTCUSDT"); price != 60_000_12345678 || dated != noon-sec {
			t.Fatalf("%s: it was taken, %d of %d", c.text, price, dated)
		}
	}
	// One bad price does not keep the others out; what is said of it lasts until it is well.
	if problem, _ := h.hears(0, h.at("XRPUSDT", "1", 0)+h.at("ETHUSDT", "3000", 0)+"what?\n"+h.at("BTCUSDT", "61000", 0), nil); !strings.Contains(problem, "line 3: ") {
		t.Error(problem)
	}
	for symbol, want := range map[string]money.Price{"BTCUSDT": 61_000e8, "ETHUSDT": 3_000e8} {
		if price, _ := h.reference(symbol); price != want {
			t.Errorf("%s: %d", symbol, price)
		}
	}
	if s := h.feed.Status()[0]; s.Taken != 3 || s.Dated != noon {
		t.Errorf("%+v", s)
	}
	h.hand.Add(sec)
	if problem, _ := h.hears(0, h.at("BTCUSDT", "61001", 0), nil); problem != "" {
		t.Errorf("well again: %q", problem)
	}
}

// TestPauses: a source that fails is left alone for longer and longer, and at once no more when it is well.
func TestPauses(t *testing.T) {
	h := newHouse(t, 1)
	broken := errors.New("it answered 502 Bad Gateway")
	for _, want := range []time.Duration{4, 8, 16, 32, 60, 60, 60} {
		if problem, wait := h.hears(0, "", broken); wait != want*time.Second || problem != broken.Error() {
			t.Fatalf("%v, %q; want %d s", wait, problem, want)
		}
	}
	for range 100 { // nothing overflows
		h.hears(0, "garbage", nil)
	}
	if _, wait := h.hears(0, "garbage", nil); wait != MaxPause {
		t.Errorf("garbage is read again after %v", wait)
	}
	if _, wait := h.hears(0, h.at("BTCUSDT", "1000", 0), nil); wait != Every {
		t.Errorf("well, it is left alone for %v", wait)
	}
	if _, wait := h.hears(0, "", broken); wait != 2*Every {
		t.Errorf("after it was well, it is left alone for %v", wait)
	}
}

// TestTold: the log says when something goes wrong and when it is well, and is not filled by a source that changes its mind.
func TestTold(t *testing.T) {
	h := newHouse(t, 1)
	broken := errors.New("it answered 502 Bad Gateway")
	for i := range 1000 {
		h.hand.Add(100 * instruction.Millisecond)
		if i%2 == 0 {
			h.hears(0, "", broken)
		} else {
			h.hears(0, h.at("BTCUSDT", "1000", 0), nil)
		}
	}
	if n := strings.Count(h.log.String(), "\n"); n < 5 || n > 11 {
		t.Errorf("%d lines in 100 seconds:\n%s", n, h.log.String())
	}
	h.hand.Add(20 * instruction.Second)
	h.log.Reset()
	h.hears(0, "", broken)
	h.hand.Add(20 * instruction.Second)
	h.hears(0, h.at("BTCUSDT", "1000", 0), nil)
	if log := h.log.String(); strings.Count(log, "\n") == 0 || !strings.HasSuffix(log, "well again\" source=\"source 0\"\n") {
		t.Error(log)
	}
}

// TestPrecedence: the source that was named first speaks; the next does when the first has fallen silent, and no longer.
func TestPrecedence(t *testing.T) {
	h := newHouse(t, 2)
	step := func(source int, price string, want money.Price) {
		t.Helper()
		h.hand.Add(instruction.Second)
		if problem, _ := h.hears(source, h.at("BTCUSDT", price, 0), nil); problem != "" {
			t.Fatal(problem)
		}
		if got, _ := h.reference("BTCUSDT"); got != want*1e8 {
			t.Fatalf("source %d says %s, and %d is taken", source, price, got)
		}
	}
	step(1, "100", 100)
	step(0, "200", 200)
	for range 3 {
		step(1, "101", 200)
	}
	h.hand.Add(8 * instruction.Second)
	step(1, "102", 102)
	step(1, "103", 103)
	step(0, "201", 201)
	step(1, "104", 201)
}

// TestRun: sources are read again and again, each at its own pace, and one that hangs holds up neither another nor the end.
func TestRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, 2)
		read := 0
		h.says[0] = func() (string, error) {
			read++
			return h.at("BTCUSDT", fmt.Sprint(1000+read), instruction.Time(read)), nil
		}
		h.feed.streams[1].read = func(ctx context.Context) ([]byte, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute+time.Second)
		defer cancel()
		h.feed.Run(ctx)
		if read != 31 {
			t.Errorf("read %d times in a minute and the second after it", read)
		}
		if price, _ := h.reference("BTCUSDT"); price != 1031e8 {
			t.Errorf("%d", price)
		}
		if s := h.feed.Status()[1]; s.Problem == "" || s.Taken != 0 {
			t.Errorf("what hangs is told as %+v", s)
		}
		h.engine.Close()
	})
}

// TestOverHTTP: what a server on this machine says becomes a market's reference.
func TestOverHTTP(t *testing.T) {
	h := newHouse(t, 0)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, `{"symbol":"BTCUSDT","price":"60000","time":"%s"}`, text(h.hand.Now()))
	}))
	defer server.Close()
	h.use(source(t, server.URL))
	h.feed.poll(context.Background(), h.feed.streams[0])
	if price, dated := h.reference("BTCUSDT"); price != 60_000e8 || dated != noon {
		t.Errorf("%d of %d, %+v", price, dated, h.feed.Status())
	}
}
