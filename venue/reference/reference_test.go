package reference

import (
	"html"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"portcullis/dialect/binance"
)

// TestEveryRequestIsDescribed: the dialect's table and the operations have the same requests, and every word of an operation
// is known.
func TestEveryRequestIsDescribed(t *testing.T) {
	seen := map[string]bool{}
	for r := range requests() {
		seen[r.name] = true
		if r.group == "" || r.summary == "" {
			t.Errorf("%s is not described", r.name)
		}
		if r.group != "" && !slices.Contains(groups, r.group) {
			t.Errorf("%s is in the group %s, which there is not", r.name, r.group)
		}
		for _, name := range strings.Fields(r.params) {
			if p := parameters[strings.TrimSuffix(name, "!")]; p.about == "" || p.schema == nil {
				t.Errorf("%s has the parameter %s, which is not described", r.name, name)
			}
		}
		for _, n := range r.codes() {
			if codeOf(n) == nil {
				t.Errorf("%s has the error %d, which is not described", r.name, n)
			}
		}
	}
	for name := range operations {
		if !seen[name] {
			t.Errorf("%s is described, and there is no such request", name)
		}
	}
	if len(seen) < 65 {
		t.Errorf("only %d requests", len(seen))
	}
}

// TestEveryFieldIsDescribed: whatever is on the wire has words.
func TestEveryFieldIsDescribed(t *testing.T) {
	s := newSchemas()
	buildOpenAPI(s)
	buildAsyncAPI(s)
	for _, f := range s.missing {
		t.Errorf("%s has no words in the glossary", f)
	}
	if len(s.components) < 50 {
		t.Errorf("only %d schemas", len(s.components))
	}
}

// TestEveryErrorIsDescribed: the codes that the dialect and the venue make are those of the table, in order.
func TestEveryErrorIsDescribed(t *testing.T) {
	made := regexp.MustCompile(`(?:refuse\(|Code: )(-\d{4})`)
	files, err := filepath.Glob("../../dialect/binance/*.go")
	more, err2 := filepath.Glob("../*.go")
	if err != nil || err2 != nil || len(files) < 10 || len(more) < 10 {
		t.Fatal(err, err2, len(files), len(more))
	}
	found := 0
	for _, name := range append(files, more...) {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range made.FindAllStringSubmatch(string(text), -1) {
			n, _ := strconv.Atoi(m[1])
			if found++; codeOf(n) == nil {
				t.Errorf("%s makes the error %d, which is not described", name, n)
			}
		}
	}
	if found < 40 {
		t.Errorf("only %d errors were found", found)
	}
	if !slices.IsSortedFunc(codes, func(a, b code) int { return b.number - a.number }) {
		t.Error("the table is not in order")
	}
}

// TestEveryStreamIsDescribed: each kind of stream has a line, whose example the dialect reads.
func TestEveryStreamIsDescribed(t *testing.T) {
	kinds := map[binance.StreamKind]bool{}
	for _, f := range feeds {
		if f.example == "" {
			continue
		}
		s, err := binance.ParseStream(f.example)
		if err != nil {
			t.Errorf("%s: %v", f.name, err)
		}
		kinds[s.Kind] = true
	}
	for k := binance.StreamDepth; k <= binance.StreamAllWindow; k++ {
		if k != binance.StreamUser && !kinds[k] {
			t.Errorf("kind %d of streams is not described", k)
		}
	}
}

// TestPage: the page names every request, stream and error, leads only where something is, and brings nothing from elsewhere.
func TestPage(t *testing.T) {
	text := html.UnescapeString(string(Page()))
	for r := range requests() {
		if r.Path != "" && !strings.Contains(text, "<code>"+r.Method+" "+r.Path+"</code>") || r.WS != "" && !strings.Contains(text, "<code>"+r.WS+"</code>") {
			t.Errorf("%s is not on the page", r.name)
		}
	}
	for _, f := range feeds {
		if !strings.Contains(text, "<code>"+f.name+"</code>") {
			t.Errorf("%s is not on the page", f.name)
		}
	}
	for _, x := range codes {
		if !strings.Contains(text, "<code>"+strconv.Itoa(x.number)+"</code>") {
			t.Errorf("%d is not on the page", x.number)
		}
	}
	for _, m := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(text, `id="`+m[1]+`"`) {
			t.Errorf("#%s leads nowhere", m[1])
		}
	}
	for _, foreign := range []string{"<script", "<link", "<img", "src=", "http://", "https://", "@import", "url("} {
		if strings.Contains(text, foreign) {
			t.Errorf("the page has %s", foreign)
		}
	}
	if !strings.Contains(text, `name="viewport"`) {
		t.Error("the page is not made for small screens")
	}
}
