package owner

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// TestSigned: who is let in, and why others are not; what a refusal tells, and who is told of the use.
func TestSigned(t *testing.T) {
	h := newHouse(t)
	const path = "/owner/v1/accounts"
	gone := h.key(2, ownRights)
	h.operator(&instruction.RevokeKey{Credential: gone.number})
	stranger := *h.alice
	stranger.text = "no-such-key-as-this-one"
	thief := *h.bob
	thief.text, thief.number = h.alice.text, h.alice.number
	tomb := *gone
	tomb.private = h.bob.private
	with := func(k *testKey, change func(http.Header)) http.Header {
		x := k.sign(h.stamp(), "GET", path, "")
		change(x)
		return x
	}
	now := func(d instruction.Time) string { return strconv.FormatInt((h.clock.Now() + d).Milli(), 10) }
	for _, c := range []struct {
		name   string
		header http.Header
		status int
		code   string
		saw    []sighting
	}{
		{"an owner", with(h.alice, func(http.Header) {}), 200, "", []sighting{{h.alice.number, true}}},
		{"no key", with(h.alice, func(x http.Header) { x.Del(headKey) }), 401, "key-missing", nil},
		{"two keys", with(h.alice, func(x http.Header) { x.Add(headKey, h.bob.text) }), 401, "key-missing", nil},
		{"a key with blanks", with(h.alice, func(x http.Header) { x.Set(headKey, "not a key at all, is it") }), 401, "key-missing", nil},
		{"no time", with(h.alice, func(x http.Header) { x.Del(headTime) }), 401, "time-missing", nil},
		{"a time with a sign", with(h.alice, func(x http.Header) { x.Set(headTime, "+"+x.Get(headTime)) }), 401, "time-missing", nil},
		{"a time with a nought", with(h.alice, func(x http.Header) { x.Set(headTime, "0"+x.Get(headTime)) }), 401, "time-missing", nil},
		{"a time out of range", with(h.alice, func(x http.Header) { x.Set(headTime, "9223372036854775807") }), 401, "time-missing", nil},
		{"no signature", with(h.alice, func(x http.Header) { x.Del(headSignature) }), 401, "signature-missing", nil},
		{"a short signature", with(h.alice, func(x http.Header) { x.Set(headSignature, "AAAA") }), 401, "signature-missing", nil},
		{"late", h.alice.sign(now(-window-instruction.Second), "GET", path, ""), 401, "request-too-old", nil},
		{"early", h.alice.sign(now(5*instruction.Second), "GET", path, ""), 401, "request-too-early", nil},
		{"unknown", with(&stranger, func(http.Header) {}), 401, "unknown-key", nil},
		{"another's signature", with(&thief, func(http.Header) {}), 401, "wrong-signature", nil},
		{"another method's", h.alice.sign(h.stamp(), "POST", path, ""), 401, "wrong-signature", nil},
		{"another path's", h.alice.sign(h.stamp(), "GET", "/owner/v1/keys", ""), 401, "wrong-signature", nil},
		{"another body's", h.alice.sign(h.stamp(), "GET", path, "{}"), 401, "wrong-signature", nil},
		{"a key that trades", with(h.bot, func(http.Header) {}), 403, "owner-only", []sighting{{h.bot.number, true}}},
		{"a deleted key", with(gone, func(http.Header) {}), 401, "deleted-key", []sighting{{gone.number, true}}},
		{"a deleted key, unproven", with(&tomb, func(http.Header) {}), 401, "deleted-key", nil}, // who does not sign with it does not have it
	} {
		h.saw = nil
		a := h.send("GET", path, "", c.header)
		if a.status != c.status || a.code() != c.code || !slices.Equal(h.saw, c.saw) {
			t.Errorf("%s: %d %q, saw %v; want %d %q, %v\n%s", c.name, a.status, a.code(), h.saw, c.status, c.code, c.saw, a.body)
		}
		if f := into[Failure](t, answer{200, nil, a.body}); a.status != 200 && (f.Message == "" || !strings.HasPrefix(f.Page, "/")) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// TestDecoy: a decoy looks like any deleted key to who holds it, whatever it signs with, and its use is told.
func TestDecoy(t *testing.T) {
	h := newHouse(t)
	h.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyIDOf("decoy-decoy-decoy-decoy"), Scheme: instruction.HMAC,
		Material: []byte("sealed"), Canary: true, Mandate: instruction.Mandate{Rights: instruction.MayRead}})
	k := *h.bob
	k.text = "decoy-decoy-decoy-decoy"
	a := h.get(&k, "keys")
	if a.status != 401 || a.code() != "deleted-key" || strings.Contains(a.body, "canary") || len(h.saw) != 1 || !h.saw[0].proven {
		t.Errorf("%d %s, saw %v", a.status, a.body, h.saw)
	}
	if list := into[Keys](t, h.get(h.alice, "keys")); len(list.Keys) != 2 {
		t.Errorf("the owner sees %+v", list.Keys)
	}
}

// TestOnce: the same request is taken up once, whether it asks or acts.
func TestOnce(t *testing.T) {
	h := newHouse(t)
	ask := h.alice.sign(h.stamp(), "GET", "/owner/v1/keys", "")
	body := `{"wait":"48h"}`
	act := h.alice.sign(h.stamp(), "POST", "/owner/v1/wait", body)
	for i, want := range []string{"", "request-seen", "request-seen"} {
		if a := h.send("GET", "/owner/v1/keys", "", ask); a.code() != want {
			t.Errorf("asked %d times: %s", i+1, a.body)
		}
		if a := h.send("POST", "/owner/v1/wait", body, act); a.code() != want {
			t.Errorf("said %d times: %s", i+1, a.body)
		}
		h.clock.Add(20 * instruction.Second)
	}
	h.clock.Add(window)
	if a := h.send("GET", "/owner/v1/keys", "", ask); a.code() != "request-too-old" {
		t.Errorf("asked a minute later: %s", a.body)
	}
}

// TestSeen holds the memory of questions against a map: for as long as a signature is in time, it is never new twice.
func TestSeen(t *testing.T) {
	var x seen
	last := map[instruction.Digest]instruction.Time{}
	for i := range 2000 {
		now := start + instruction.Time(i)*instruction.Second
		d := instruction.Digest{byte(i * 7 % 64)}
		before, known := last[d]
		first := x.first(now, d)
		if known && now-before <= window && first {
			t.Fatalf("%v is new again after %v", d, now-before)
		}
		if !known && !first {
			t.Fatalf("%v is not new", d)
		}
		if first {
			last[d] = now
		}
	}
}

// TestShape: what a request may look like.
func TestShape(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/owner/v1/keys?after=1", "", 400, "no-parameters"},
		{"GET", "/owner/v1/keys", "{}", 400, "malformed-request"},
		{"GET", "/owner/v1/nothing", "", 404, "no-such-path"},
		{"GET", "/owner/", "", 404, "no-such-path"},
		{"GET", "/owner/v1/wait", "", 405, "method-not-allowed"},
		{"HEAD", "/owner/v1/keys", "", 405, ""},
		{"POST", "/owner/v1/wait", "", 400, "malformed-request"},
		{"POST", "/owner/v1/wait", "[]", 400, "malformed-request"},
		{"POST", "/owner/v1/wait", `{"wait":"48h","wait":"24h"}`, 400, "malformed-request"},
		{"POST", "/owner/v1/wait", `{"Wait":"48h"}`, 400, "malformed-request"},
		{"POST", "/owner/v1/wait", `{"wait":"48h"} {}`, 400, "malformed-request"},
		{"POST", "/owner/v1/wait", `{"wait":"soon"}`, 400, "malformed-request"},
		{"POST", "/owner/v1/wait", `{"wait":"1h"}`, 422, "wait-out-of-range"},
		{"POST", "/owner/v1/wait", strings.Repeat(" ", maxBody+1), 413, "too-long"},
	} {
		if a := h.send(c.method, c.path, c.body, h.alice.sign(h.stamp(), c.method, c.path, c.body)); a.status != c.status || a.code() != c.code {
			t.Errorf("%s %s %.40q: %d %s", c.method, c.path, c.body, a.status, a.body)
		}
	}
	h.full = true
	if a := h.get(h.alice, "keys"); a.status != 429 || a.header.Get("Retry-After") != "31" || a.code() != "too-many-requests" {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestRecorded: what the owner says is on record with who said it, from where, and when.
func TestRecorded(t *testing.T) {
	h := newHouse(t)
	done := into[Done](t, h.post(h.alice, "wait", `{"wait":"72h"}`))
	if len(done.Done) != 1 || done.Done[0] != "What you add waits for 72h." || len(done.Waiting) != 0 {
		t.Errorf("%+v", done)
	}
	var r instruction.Record
	sub := h.engine.Subscribe(done.Seq)
	defer sub.Close()
	err := sub.Next(t.Context(), func(seq uint64, b []byte) error { return r.Decode(seq, slices.Clone(b)) })
	p := r.Principal
	if err != nil || p.Giver != instruction.ByCredential || p.Credential != h.alice.number || p.Addr.String() != "203.0.113.9" || p.Client != 7 ||
		p.Request.IsZero() || p.Sent == 0 || p.Window != window || r.Verdict.Reason() != instruction.OwnerSaid {
		t.Errorf("%v: %+v, %v", err, p, r.Verdict.Reason())
	}
	h.state(func(s *core.State) {
		if s.Wait(2) != 3*instruction.Day {
			t.Errorf("the wait is %v", s.Wait(2))
		}
	})
	if len(h.saw) != 0 {
		t.Errorf("what is on record was told besides: %v", h.saw)
	}
}
