package gift_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"portcullis/venue/gift"
	"portcullis/venue/reference"

	"github.com/getkin/kin-openapi/openapi3"
)

// TestContract: every request of the JSON API is in the venue's OpenAPI document, and asked rightly and wrongly it is answered as described.
func TestContract(t *testing.T) {
	doc, err := openapi3.NewLoader().LoadFromData(reference.OpenAPI())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, a := range gift.Answers(t) {
		name := fmt.Sprint(a.Method, " ", a.Path, " ", a.Status)
		seen[name] = true
		item := doc.Paths.Find(a.Path)
		if item == nil || item.GetOperation(a.Method) == nil {
			t.Errorf("%s is not described", name)
			continue
		}
		op := item.GetOperation(a.Method)
		answer := op.Responses.Status(a.Status)
		if answer == nil {
			t.Errorf("%s is not described: %s", name, a.Body)
			continue
		}
		fits(t, name, answer.Value.Content[a.Type].Schema.Value, a.Body)
		if a.Status == 200 && op.RequestBody != nil {
			fits(t, name+" asked", op.RequestBody.Value.Content["application/json"].Schema.Value, a.Asked)
		}
	}
	described := 0
	for path, item := range doc.Paths.Map() {
		if !strings.HasPrefix(path, gift.Path) {
			continue
		}
		for method := range item.Operations() {
			described++
			for _, status := range []int{200, 404, 418, 429} {
				if name := fmt.Sprint(method, " ", path, " ", status); !seen[name] {
					t.Errorf("never: %s", name)
				}
			}
		}
	}
	if described != 3 {
		t.Errorf("%d requests are described", described)
	}
}

// fits holds a JSON text against a schema: each member that there must be, and none that is not described.
func fits(t *testing.T, name string, s *openapi3.Schema, text string) {
	t.Helper()
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	if err := s.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
		t.Errorf("%s is otherwise than described: %v\n%s", name, err, text)
	}
}
