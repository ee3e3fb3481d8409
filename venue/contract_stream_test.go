package venue

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"portcullis/core/instruction"

	"github.com/coder/websocket"
	"github.com/getkin/kin-openapi/openapi3"
)

// streamed are streams and the message that describes their events.
var streamed = map[string]string{
	"btcusdt@aggTrade": "symbol-aggTrade", "btcusdt@trade": "symbol-trade", "btcusdt@kline_1m": "symbol-kline-interval",
	"btcusdt@kline_1d@+08:00": "symbol-kline-interval-08-00", "btcusdt@miniTicker": "symbol-miniTicker", "!miniTicker@arr": "miniTicker-arr",
	"btcusdt@ticker": "symbol-ticker", "!ticker@arr": "ticker-arr", "btcusdt@ticker_1h": "symbol-ticker-window", "!ticker_4h@arr": "ticker-window-arr",
	"btcusdt@bookTicker": "symbol-bookTicker", "!bookTicker": "bookTicker", "btcusdt@avgPrice": "symbol-avgPrice", "btcusdt@depth5": "symbol-depth-levels",
	"btcusdt@depth10@100ms": "symbol-depth-levels-100ms", "btcusdt@depth": "symbol-depth", "btcusdt@depth@100ms": "symbol-depth-100ms",
}

// TestContractOfStreams: what comes on each stream, alone and combined, is as described.
func TestContractOfStreams(t *testing.T) {
	h := newHouse(t)
	schemas, _ := messages(t, h.served("/asyncapi.json"))
	left := map[string]bool{}
	for name := range schemas {
		left[name] = strings.HasSuffix(name, "-combined") && name != "serverShutdown-combined"
	}
	fit := func(name string, text []byte) {
		t.Helper()
		if schemas[name] == nil {
			t.Fatalf("%s is not described", name)
		}
		if err := fits(schemas[name], text); err != nil {
			t.Errorf("%s is otherwise than described: %v\n%s", name, err, text)
		}
		left[name] = false
	}
	at := start.Std()
	for stream, name := range streamed {
		h.clock.Add(instruction.Second)
		plain, one := h.listen("/ws")
		combined, two := h.listen("/stream")
		if one != 101 || two != 101 {
			t.Fatal(one, two)
		}
		for _, ws := range []*websocket.Conn{plain, combined} {
			ask := `{"method":"SUBSCRIBE","params":["` + stream + `"],"id":1}`
			fit("SUBSCRIBE", []byte(ask))
			if err := ws.Write(t.Context(), websocket.MessageText, []byte(ask)); err != nil {
				t.Fatal(err)
			}
			_, text, err := ws.Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			fit("SUBSCRIBE-done", text)
		}
		h.order(h.bobs, limitOrder("SELL", "0.1", "20000")...)
		h.order(h.ed, limitOrder("BUY", "0.1", "20000")...)
		h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
		for range 11 { // one of them begins a second
			at = at.Add(100 * time.Millisecond)
			h.beats <- at
		}
		if _, text, err := plain.Read(t.Context()); err != nil {
			t.Errorf("%s: %v", stream, err)
		} else {
			fit(name, text)
		}
		if _, text, err := combined.Read(t.Context()); err != nil {
			t.Errorf("%s: %v", stream, err)
		} else {
			fit(name+"-combined", text)
		}
		plain.CloseNow()
		combined.CloseNow()
		h.do(h.ed, "DELETE", "/api/v3/openOrders", "symbol=BTCUSDT")
	}
	ws, status := h.listen("/stream?streams=" + h.listenKey(h.ed))
	if status != 101 {
		t.Fatal(status)
	}
	for _, x := range [][2]string{{`{"method":"NONE","id":1}`, "refused"}, {`{"method":"LIST_SUBSCRIPTIONS","id":2}`, "LIST_SUBSCRIPTIONS-done"},
		{`{"method":"GET_PROPERTY","params":["combined"],"id":"a"}`, "GET_PROPERTY-done"}, {`{"method":"SET_PROPERTY","params":["combined",true],"id":null}`, "SET_PROPERTY-done"}} {
		h.clock.Add(instruction.Second)
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(x[0])); err != nil {
			t.Fatal(err)
		}
		_, text, err := ws.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fit(x[1], text)
	}
	h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
	for range 2 { // the report and the balances
		_, text, err := ws.Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		fit("listenKey-combined", text)
	}
	for name, missing := range left {
		if missing {
			t.Errorf("%s is described, and was never told", name)
		}
	}
}

// TestRecordedStreams: events that were recorded elsewhere are as described here, so that a client for those reads ours.
func TestRecordedStreams(t *testing.T) {
	dir := os.Getenv("PORTCULLIS_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(dir, "market", "streams", "*.jsonl.gz"))
	if err != nil || len(files) == 0 {
		t.Skip("recorded streams are needed: set PORTCULLIS_DATA")
	}
	schemas, _ := messages(t, newHouse(t).served("/asyncapi.json"))
	counted := map[string]int{}
	for _, file := range files {
		recorded(t, file, 500, func(frame []byte) { hold(t, schemas, frame, counted) })
	}
	t.Logf("events: %v", counted)
	if len(counted) < 3 {
		t.Errorf("only %d kinds of streams were recorded", len(counted))
	}
}

func hold(t *testing.T, schemas map[string]*openapi3.Schema, frame []byte, counted map[string]int) {
	t.Helper()
	var e struct{ Stream string }
	if err := json.Unmarshal(frame, &e); err != nil {
		t.Fatal(err)
	}
	if e.Stream == "" {
		return // a snapshot
	}
	_, kind, _ := strings.Cut(e.Stream, "@")
	name := streamed["btcusdt@"+kind] + "-combined"
	if schemas[name] == nil {
		t.Fatalf("%s is not described", e.Stream)
	}
	if err := fits(schemas[name], frame); err != nil {
		t.Fatalf("%s was recorded otherwise than described: %v\n%s", e.Stream, err, frame)
	}
	counted[kind]++
}

// recorded gives the first frames of a file.
func recorded(t *testing.T, file string, most int, do func([]byte)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 1<<22)
	for range most {
		if !lines.Scan() {
			break
		}
		_, frame, _ := strings.Cut(lines.Text(), " ")
		do([]byte(frame))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}
