package venue

import (
	"bytes"
	"html"
	"os"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/venue/reference"
)

// TestFeaturesText: the committed list of features is what the code says, with each of them in it, and the venue serves it.
func TestFeaturesText(t *testing.T) {
	const path = "../docs/FEATURES.md"
	want := reference.FeaturesText()
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil { // #nosec G306 -- a page of the repository
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is not what the code says (%v): go test ./venue -run TestFeaturesText -update", path, err)
	}
	h := newHouse(t)
	served := html.UnescapeString(string(h.served(reference.FeaturesPath)))
	for _, f := range instruction.Features() {
		if !bytes.Contains(want, []byte("`"+f.String()+"`")) {
			t.Errorf("the list has no %v: does its name begin with another word than the groups do?", f)
		}
		if x := f.Facts(); !strings.Contains(served, x.Sentence) || !strings.Contains(served, x.Example) || !strings.Contains(served, x.Unit) {
			t.Errorf("the page served says nothing of %v", f)
		}
	}
}
