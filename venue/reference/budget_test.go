package reference

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"portcullis/docs"
)

// TestBudgetPage: the page has all that its Markdown has, as HTML, and no Markdown.
func TestBudgetPage(t *testing.T) {
	page := string(Budget())
	_, body, ok := strings.Cut(page, "</style>")
	if !ok {
		t.Fatal("no page")
	}
	var text strings.Builder
	d := xml.NewDecoder(strings.NewReader("<html>" + body + "</html>"))
	depth := map[string]int{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("it is not well formed: %v", err)
		}
		switch x := token.(type) {
		case xml.StartElement:
			depth[x.Name.Local]++
		case xml.CharData:
			text.Write(x)
		}
	}
	for _, mark := range []string{"**", "`", "](", "| ", "## ", "<!--"} {
		if strings.Contains(text.String(), mark) {
			t.Errorf("%q is left", mark)
		}
	}
	for name, n := range map[string]int{"h1": 1, "h2": strings.Count(docs.Budget, "\n## "), "li": strings.Count(docs.Budget, "\n- "), "table": 2, "pre": 1, "a": 2} {
		if depth[name] != n {
			t.Errorf("%d of %s, want %d", depth[name], name, n)
		}
	}
	words := strings.Join(strings.Fields(text.String()), " ")
	for _, want := range []string{"What the budget bounds, and what it does not", "portcullis owner budget set 7 --loss 0.5%", "until you confirm", "Your owner's key."} {
		if !strings.Contains(words, want) {
			t.Errorf("%q is not there", want)
		}
	}
}
