package stream

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

var (
	decimals = regexp.MustCompile(`"[0-9]+\.[0-9]+"`)
	numbers  = regexp.MustCompile(`:[0-9]+`)
	booleans = regexp.MustCompile(`true|false`)
	pairs    = regexp.MustCompile(`(\[D,D\],?)+`)
)

// shape is the text of an event with its numbers left out, and lists of levels as one.
func shape(text string) string {
	text = decimals.ReplaceAllString(text, "D")
	text = numbers.ReplaceAllString(text, ":N")
	text = booleans.ReplaceAllString(text, "B")
	return pairs.ReplaceAllString(text, "L")
}

// captures are the shapes of recorded events by stream.
func captures(t testing.TB) map[string]map[string]bool {
	t.Helper()
	dir := os.Getenv("PORTCULLIS_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	f, err := os.Open(filepath.Join(dir, "market", "streams", "btcusdt-2024-08-08.jsonl.gz"))
	if err != nil {
		t.Skipf("recorded streams are needed: set PORTCULLIS_DATA (%v)", err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]map[string]bool{}
	lines := bufio.NewScanner(z)
	lines.Buffer(nil, 16<<20)
	for range 5000 { // all shapes are among the first
		if !lines.Scan() {
			break
		}
		_, text, _ := strings.Cut(lines.Text(), " ")
		var event struct{ Stream string }
		if err := json.Unmarshal([]byte(text), &event); err != nil {
			t.Fatal(err)
		}
		if event.Stream == "" {
			continue // a snapshot
		}
		if found[event.Stream] == nil {
			found[event.Stream] = map[string]bool{}
		}
		found[event.Stream][shape(text)] = true
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestCaptures: what the Hub sends has the shapes that were recorded, member by member.
func TestCaptures(t *testing.T) {
	known := captures(t)
	if len(known) != 3 {
		t.Fatalf("%d kinds of streams were recorded", len(known))
	}
	r := seed(t)
	h := newHouse(t, 3)
	for stream, shapes := range known {
		c := h.dial("/stream?streams=" + stream)
		h.listening(1)
		h.trade(r, 3, 100)
		h.give(1, h.limit(instruction.Buy, 20_000, 20_000)) // there is a trade, and both sides of the book change
		h.give(2, h.limit(instruction.Sell, 20_000, 10))
		h.give(2, h.limit(instruction.Sell, 30_000, 10))
		h.beat()
		text := c.text()
		if got := shape(text); !shapes[got] {
			t.Errorf("%s: recorded are %v, not\n%s", stream, slices.Collect(maps.Keys(shapes)), got)
		}
		c.CloseNow()
		h.empty()
	}
}
