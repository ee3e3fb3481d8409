package owner

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"portcullis/core/instruction"

	"github.com/getkin/kin-openapi/openapi3"
)

// bodies are what each request that acts is asked with rightly, in the order in which it works.
var bodies = []struct{ what, body string }{
	{"keys/change", `{"key":%d,"mandate":{"networks":["203.0.113.0/24"],"expires":"90d","trades":[{"asset":"USDT","per_order":"100","per_day":"1000"}]}}`},
	{"keys/renew", `{"key":%d}`},
	{"keys/quarantine", `{"key":%d}`},
	{"keys/restore", `{"key":%d}`},
	{"keys/revoke", `{"key":%d}`},
	{"accounts/lock", `{"account":4,"reason":"travelling"}`},
	{"accounts/unlock", `{"account":4}`},
	{"wait", `{"wait":"7d"}`},
	{"wait", `{"wait":"2d"}`},
	{"answer", `{"matter":1,"yes":false}`},
	{"budgets/set", `{"key":%d,"loss":"1%%"}`},
	{"budgets/set", `{"loss":"9%","fees":"9%"}`},
	{"budgets/confirm", `{"key":%d}`},
	{"markets/name", `{"symbol":"BTCUSDT"}`},
	{"markets/unname", `{"symbol":"BTCUSDT"}`},
	{"proceeds/appeal", `{"hold":1,"text":"I sold at my price"}`},
	{"codes/issue", `{"asset":"BTC","amount":"0.001","count":2,"expires":"30d","name":"party","message":"hello"}`},
	{"codes/return", `{"number":1}`},
	{"addresses/add", `{"asset":"BTC","chain":"BTC","address":"bc1qexample","label":"cold"}`},
	{"addresses/remove", `{"asset":"BTC","chain":"BTC","address":"bc1qexample"}`},
}

// TestContract: every request of the document is asked rightly and wrongly, and answered as described; and every request that
// there is stands in the document.
func TestContract(t *testing.T) {
	h := newHouse(t, traded, gained)
	served := h.send("GET", documentPath, "", http.Header{})
	if served.status != 200 {
		t.Fatalf("%d %s", served.status, served.body)
	}
	doc, err := openapi3.NewLoader().LoadFromData([]byte(served.body))
	if err == nil {
		err = doc.Validate(context.Background())
	}
	if err != nil {
		t.Fatal(err)
	}
	called := map[string]bool{}
	codes, _ := doc.Extensions["x-codes"].(map[string]any)
	for _, r := range instruction.Reasons() {
		codes[r.String()] = r.Sentence()
	}
	keeps := func(method, path, body string, a answer) {
		t.Helper()
		op := doc.Paths.Find(path).GetOperation(method)
		called[fmt.Sprint(method, " ", path, " ", a.status)] = true
		if body != "" && a.status == 200 {
			fits(t, method+" "+path+" asked", op.RequestBody.Value.Content["application/json"].Schema.Value, body)
		}
		if _, known := codes[a.code()]; a.status != 200 && !known {
			t.Errorf("%s %s is refused with the code %q, which is not described", method, path, a.code())
		}
		answer := op.Responses.Status(a.status)
		if answer == nil {
			t.Errorf("%s %s answers %d, which is not described: %s", method, path, a.status, a.body)
			return
		}
		fits(t, fmt.Sprint(method, " ", path, " ", a.status), answer.Value.Content[a.header.Get("Content-Type")].Schema.Value, a.body)
	}
	for _, r := range Routes() {
		if x := doc.Paths.Find(r.Path); x == nil || x.GetOperation(r.Method) == nil {
			t.Fatalf("%s %s is not described", r.Method, r.Path)
		}
		what := strings.TrimPrefix(r.Path, "/owner/v1/")
		keeps(r.Method, r.Path, "", h.send(r.Method, r.Path, "", http.Header{}))
		keeps(r.Method, r.Path, "", h.send(r.Method, r.Path, strings.Repeat("x", maxBody+1), http.Header{}))
		if r.Kind == 0 {
			keeps(r.Method, r.Path, "", h.get(h.alice, what))
			keeps(r.Method, r.Path, "", h.get(h.bot, what))
			continue
		}
		for _, body := range []string{"{}", `{"nonsense":1}`} {
			keeps(r.Method, r.Path, "", h.post(h.alice, what, body))
		}
		keeps(r.Method, r.Path, "", h.post(h.bot, what, "{}"))
	}
	for _, x := range bodies {
		body := x.body
		if strings.Contains(body, "%d") {
			body = fmt.Sprintf(body, h.bot.number)
		}
		keeps("POST", "/owner/v1/"+x.what, body, h.post(h.alice, x.what, body))
		keeps("POST", "/owner/v1/"+x.what, "", h.post(h.bob, x.what, body))
	}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			for _, status := range []int{200, 401, 403} {
				if name := fmt.Sprint(method, " ", path, " ", status); !called[name] && !(status == 403 && (strings.HasSuffix(path, "answer") || strings.HasSuffix(path, "appeal"))) {
					t.Errorf("never: %s", name)
				}
			}
			known := false
			for _, r := range Routes() {
				known = known || r.Method == method && r.Path == path
			}
			if !known {
				t.Errorf("%s %s is described, and there is no such request", method, path)
			}
		}
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

// TestKinds: the route's instruction is of the kind that its table says, and only an owner's key may give that.
func TestKinds(t *testing.T) {
	h := newHouse(t)
	for _, x := range bodies {
		body := x.body
		if strings.Contains(body, "%d") {
			body = fmt.Sprintf(body, h.bot.number)
		}
		before := h.engine.Durable()
		h.post(h.alice, x.what, body)
		var r instruction.Record
		sub := h.engine.Subscribe(before + 1)
		for r.Principal.Giver != instruction.ByCredential { // a tick may come between: orders of keys in quarantine are cancelled
			if err := sub.Next(t.Context(), func(seq uint64, b []byte) error {
				if r.Principal.Giver == instruction.ByCredential {
					return nil
				}
				return r.Decode(seq, append([]byte(nil), b...))
			}); err != nil {
				t.Fatal(err)
			}
		}
		sub.Close()
		in, err := r.Instruction()
		if err != nil {
			t.Fatal(err)
		}
		for _, y := range Routes() {
			if y.Path == "/owner/v1/"+x.what && y.Kind != in.Kind() {
				t.Errorf("%s is recorded as kind %d, and said to be %d", y.Path, in.Kind(), y.Kind)
			}
		}
	}
}
