package binance

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Real streams, read into our types and written again, come back to the byte:
// names, their order, types, and the number of places.
func TestCapturedStreams(t *testing.T) {
	root := os.Getenv("PORTCULLIS_DATA")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared", "data")
	}
	files, err := filepath.Glob(filepath.Join(root, "market", "streams", "*.jsonl.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("no captured streams: set PORTCULLIS_DATA to the data folder")
	}
	kinds := map[string]int{}
	for _, file := range files {
		eachFrame(t, file, func(frame []byte) { checkFrame(t, frame, kinds) })
	}
	t.Logf("frames: %v", kinds)
	for _, kind := range []string{"depth@100ms", "trade", "bookTicker", "snapshot"} {
		if kinds[kind] == 0 {
			t.Errorf("the captures have no %s", kind)
		}
	}
}

func eachFrame(t *testing.T, file string, do func(frame []byte)) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	unzip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(unzip)
	lines.Buffer(nil, 1<<22)
	for n := 0; lines.Scan(); n++ {
		if testing.Short() && n == 2000 {
			return
		}
		_, frame, ok := bytes.Cut(lines.Bytes(), []byte(" "))
		if !ok {
			t.Fatalf("%s: a line without a time", file)
		}
		do(frame)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

func checkFrame(t *testing.T, frame []byte, kinds map[string]int) {
	t.Helper()
	var combined struct {
		Stream string          `json:"stream"`
		Data   json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(frame, &combined); err != nil {
		t.Fatalf("%v: %.200s", err, frame)
	}
	if combined.Stream == "" {
		kinds["snapshot"]++
		back := readBack(t, frame, &Depth{})
		same(t, frame, back.AppendJSON(nil))
		return
	}
	stream, err := ParseStream(combined.Stream)
	if err != nil {
		t.Fatal(err)
	}
	_, kind, _ := strings.Cut(combined.Stream, "@")
	kinds[kind]++
	into := map[StreamKind]func() Appender{
		StreamDepth:      func() Appender { return &DepthUpdate{} },
		StreamTrade:      func() Appender { return &TradeEvent{} },
		StreamAggTrade:   func() Appender { return &AggTradeEvent{} },
		StreamBookTicker: func() Appender { return &BookTickerEvent{} },
	}[stream.Kind]
	if into == nil {
		t.Fatalf("no type for %s", combined.Stream)
	}
	back := readBack(t, combined.Data, into())
	same(t, frame, AppendCombined(nil, stream.String(), back))
}

func readBack(t *testing.T, raw []byte, into Appender) Appender {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		t.Fatalf("%v: %.200s", err, raw)
	}
	return into
}

func same(t *testing.T, want, got []byte) {
	t.Helper()
	if !bytes.Equal(got, want) {
		t.Fatalf("written\n%.300s\ncaptured\n%.300s", got, want)
	}
}
