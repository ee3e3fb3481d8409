package venue

import (
	"bytes"
	"flag"
	"html"
	"os"
	"regexp"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/venue/reference"
)

var update = flag.Bool("update", false, "write docs/REASONS.md anew")

// TestReasonsText: the committed list of reasons is what the code says.
func TestReasonsText(t *testing.T) {
	const path = "../docs/REASONS.md"
	want := reference.ReasonsText(answersTo)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil { // #nosec G306 -- a page of the repository
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code says (%v): go test ./venue -run TestReasonsText -update", path, err)
	}
}

// TestReasonPages: each reason has a page with its sentence and what to do, which the list leads to; no other path has one;
// and every link leads somewhere.
func TestReasonPages(t *testing.T) {
	h := newHouse(t)
	list := string(h.served(reference.ReasonsPath))
	pages := []string{list}
	for _, r := range instruction.Reasons() {
		if !strings.Contains(list, `href="/docs/reasons/`+r.String()+`"`) {
			t.Errorf("the list does not lead to %v", r)
		}
		page := string(documents["/docs/reasons/"+r.String()].body())
		text := html.UnescapeString(page)
		if f := r.Facts(); !strings.Contains(text, r.Sentence()) || !strings.Contains(text, f.Do) || !strings.Contains(text, f.Value) || !strings.Contains(text, f.Who) {
			t.Errorf("the page of %v: %s", r, text)
		}
		pages = append(pages, page)
	}
	main := string(h.served("/docs"))
	for _, page := range pages {
		for _, m := range regexp.MustCompile(`href="([^"]+)"`).FindAllStringSubmatch(page, -1) {
			path, anchor, _ := strings.Cut(m[1], "#")
			if documents[path].body == nil || anchor != "" && !strings.Contains(main, `id="`+anchor+`"`) {
				t.Errorf("%s leads nowhere", m[1])
			}
		}
	}
	if a := h.get("/docs/reasons/aged-key"); a.status != 200 || !strings.Contains(a.body, "portcullis owner renew") || a.header.Get("Content-Security-Policy") == "" {
		t.Errorf("%d %s", a.status, a.body)
	}
	for _, path := range []string{"/docs/reasons/", "/docs/reasons/no-such", "/docs/reasons/../reasons/x"} {
		if a := h.get(path); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
	}
}
