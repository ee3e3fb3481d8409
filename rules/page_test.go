package rules

import (
	"os"
	"strings"
	"testing"
)

// TestPage: the page in the docs is what the files say now, and each rule says why its thresholds lie where they do.
func TestPage(t *testing.T) {
	var b strings.Builder
	if err := Page(&b); err != nil {
		t.Fatal(err)
	}
	is, err := os.ReadFile("../docs/RULES-DEFAULT.md")
	if err != nil {
		t.Fatal(err)
	}
	if string(is) != b.String() {
		t.Error("docs/RULES-DEFAULT.md is not what the pack says: portcullis rules default --page > docs/RULES-DEFAULT.md")
	}
	text, err := DefaultText()
	if err != nil {
		t.Fatal(err)
	}
	list, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	why := reasons(text)
	for i := range list {
		if x := &list[i]; len(why[x.Name]) < 40 || x.Measured == "not yet" {
			t.Errorf("%s says %q, and was measured: %q", x.Name, why[x.Name], x.Measured)
		}
	}
}
