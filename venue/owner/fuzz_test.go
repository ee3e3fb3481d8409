package owner

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// FuzzWord: whatever an owner sends, the answer is JSON of this API, no 5xx, and what was refused before the gate left no
// record; and money is where it was.
func FuzzWord(f *testing.F) {
	for n := range routes {
		f.Add(uint8(n), "{}") // #nosec G115 -- there are few
		f.Add(uint8(n), `{"key":6,"account":4,"matter":1,"yes":true,"wait":"7d","asset":"BTC"}`)
	}
	for _, x := range bodies {
		for n := range routes {
			if routes[n].Path == "/owner/v1/"+x.what {
				f.Add(uint8(n), strings.ReplaceAll(x.body, "%d", "3")) // #nosec G115
			}
		}
	}
	h := newHouse(f)
	f.Fuzz(func(t *testing.T, n uint8, body string) {
		h.t = t
		route := routes[int(n)%len(routes)]
		before := h.engine.Durable()
		r := httptest.NewRequest(route.Method, route.Path, strings.NewReader(body))
		r.Header = h.alice.sign(h.stamp(), route.Method, route.Path, body)
		w := httptest.NewRecorder()
		h.api.ServeHTTP(w, r)
		var no Failure
		if err := json.Unmarshal(w.Body.Bytes(), &no); err != nil || w.Code >= 500 || (w.Code != http.StatusOK) != (no.Code != "" && no.Message != "" && no.Page != "") {
			t.Fatalf("%s %q: %d %s", route.Path, body, w.Code, w.Body)
		}
		if n := h.given(before + 1); n > 1 || n == 1 && (w.Code == 400 || w.Code == 413 || route.Kind == 0) {
			t.Errorf("%s %q: %d, and %d records", route.Path, body, w.Code, n)
		}
		h.state(func(s *core.State) {
			if err := s.Check(); err != nil {
				t.Error(fmt.Errorf("%s %q: %w", route.Path, body, err))
			}
		})
	})
}

// given is how many of the durable records from a sequence on a key gave; the venue's own clock gives some between.
func (h *house) given(from uint64) (n int) {
	h.t.Helper()
	sub := h.engine.Subscribe(from)
	defer sub.Close()
	for last := h.engine.Durable(); from <= last; {
		if err := sub.Next(context.Background(), func(seq uint64, b []byte) error {
			var r instruction.Record
			err := r.Decode(seq, b)
			if from = seq + 1; r.Principal.Giver == instruction.ByCredential {
				n++
			}
			return err
		}); err != nil {
			h.t.Fatal(err)
		}
	}
	return n
}

// FuzzHeaders: nobody gets in by headers that the owner did not write.
func FuzzHeaders(f *testing.F) {
	h := newHouse(f)
	right := h.alice.sign("1772323200001", "GET", "/owner/v1/keys", "")
	f.Add(h.alice.text, "1772323200001", right.Get(headSignature)+"=")
	f.Add(h.bob.text, "1772323200001", right.Get(headSignature))
	f.Add("", "", "")
	f.Add(h.alice.text, "-1", strings.Repeat("A", 86)+"==")
	f.Add(strings.Repeat("k", 200), "99999999999999999999", "\x00")
	f.Fuzz(func(t *testing.T, key, at, signature string) {
		r := httptest.NewRequest("GET", "/owner/v1/keys", nil)
		r.Header = http.Header{headKey: {key}, headTime: {at}, headSignature: {signature}}
		w := httptest.NewRecorder()
		h.api.ServeHTTP(w, r)
		if w.Code != http.StatusUnauthorized {
			t.Errorf("%q %q %q: %d %s", key, at, signature, w.Code, w.Body)
		}
	})
}
