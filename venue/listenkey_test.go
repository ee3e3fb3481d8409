package venue

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"portcullis/core/instruction"

	"github.com/coder/websocket"
)

const listenPath = "/api/v3/userDataStream"

// listenKey asks for a listenKey.
func (h *house) listenKey(k *testKey) string {
	h.t.Helper()
	var x struct{ ListenKey string }
	h.send("POST", listenPath, "", "", k.text).into(h.t, &x)
	if len(x.ListenKey) != 64 {
		h.t.Fatalf("listenKey %q", x.ListenKey)
	}
	return x.ListenKey
}

// listen connects to a path of the streams; the status is 101 where it could.
func (h *house) listen(path string) (*websocket.Conn, int) {
	h.t.Helper()
	ws, r, err := websocket.Dial(h.t.Context(), "ws"+strings.TrimPrefix(h.server.URL, "http")+path, nil)
	if err == nil {
		h.t.Cleanup(func() { ws.CloseNow() })
	}
	return ws, r.StatusCode
}

// TestListenKeys: a listenKey is made for a key that may read, goes on when it is asked for again or kept alive, and ends
// after an hour without, or when it is closed. Who knows no key of its account can do nothing to it.
func TestListenKeys(t *testing.T) {
	h := newHouse(t)
	word := h.listenKey(h.ed)
	if again := h.listenKey(h.ed); again != word {
		t.Errorf("asked again it is another: %s, %s", word, again)
	}
	if other := h.listenKey(h.hmac); other == word {
		t.Error("two keys have one listenKey")
	}
	of := func(method string, k *testKey, word string) answer {
		return h.send(method, listenPath, "listenKey="+word, "", k.text)
	}
	if a := of("PUT", h.bobs, word); a.code() != -1125 {
		t.Errorf("kept alive by another account: %d %s", a.status, a.body)
	}
	if a := of("DELETE", h.bobs, word); a.code() != -1125 {
		t.Errorf("closed by another account: %d %s", a.status, a.body)
	}
	h.clock.Add(59 * minute)
	if a := of("PUT", h.rsa, word); a.status != 200 || a.body != "{}" {
		t.Errorf("kept alive: %d %s", a.status, a.body)
	}
	h.clock.Add(listenKeyLife - 1)
	if _, status := h.listen("/ws/" + word); status != 101 {
		t.Errorf("in time: %d", status)
	}
	h.clock.Add(1)
	if _, status := h.listen("/ws/" + word); status != 400 {
		t.Errorf("an hour later: %d", status)
	}
	if a := of("PUT", h.ed, word); a.code() != -1125 {
		t.Errorf("kept alive too late: %d %s", a.status, a.body)
	}
	fresh := h.listenKey(h.ed)
	if fresh == word {
		t.Error("an expired listenKey came back")
	}
	if a := of("DELETE", h.ed, fresh); a.status != 200 {
		t.Errorf("closed: %d %s", a.status, a.body)
	}
	if _, status := h.listen("/stream?streams=" + fresh); status != 400 {
		t.Errorf("after it was closed: %d", status)
	}
	for name, a := range map[string]answer{
		"no key": h.send("POST", listenPath, "", "", ""), "malformed key": h.send("POST", listenPath, "", "", "no key"),
		"unknown key": h.send("POST", listenPath, "", "", strings.Repeat("A", 64)),
	} {
		if a.status != 401 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
}

// TestListenKeysAreBounded: one to a key, and so many to an account; those that expired make room.
func TestListenKeysAreBounded(t *testing.T) {
	h := newHouse(t)
	l := NewListenKeys(h.engine)
	for c := range instruction.Credential(maxListenKeys) {
		if _, err := l.start(start, 2, c+1); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.start(start, 2, maxListenKeys+1); err == nil {
		t.Error("one too many was made")
	}
	if _, err := l.start(start, 3, maxListenKeys+2); err != nil {
		t.Errorf("another account is shut out: %v", err)
	}
	if _, err := l.start(start+listenKeyLife, 2, maxListenKeys+1); err != nil || len(l.open) != 1 || len(l.byKey) != 1 || len(l.accounts) != 1 {
		t.Errorf("after an hour: %v, %d are kept of %d keys, %d accounts", err, len(l.open), len(l.byKey), len(l.accounts))
	}
}

// TestListenKeyEndsWithItsKey: it opens events plain and combined; once the API key is deleted not one more event is told,
// and nothing opens.
func TestListenKeyEndsWithItsKey(t *testing.T) {
	h := newHouse(t)
	word := h.listenKey(h.hmac)
	plain, status := h.listen("/ws/" + word)
	wrapped, other := h.listen("/stream?streams=" + word)
	if status != 101 || other != 101 {
		t.Fatal(status, other)
	}
	for _, ws := range []*websocket.Conn{plain, wrapped} { // an answer says that the connection stands
		if err := ws.Write(t.Context(), websocket.MessageText, []byte(`{"method":"LIST_SUBSCRIPTIONS","id":1}`)); err != nil {
			t.Fatal(err)
		}
		if _, text, err := ws.Read(t.Context()); err != nil || string(text) != fmt.Sprintf(`{"result":[%q],"id":1}`, word) {
			t.Fatalf("%s %v", text, err)
		}
	}
	h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
	event := map[string]any{}
	var inside struct {
		Stream string
		Data   json.RawMessage
	}
	if _, text, err := plain.Read(t.Context()); err != nil || json.Unmarshal(text, &event) != nil || event["e"] != "executionReport" {
		t.Fatalf("%s %v", text, err)
	}
	if _, text, err := wrapped.Read(t.Context()); err != nil || json.Unmarshal(text, &inside) != nil || inside.Stream != word {
		t.Fatalf("%s %v", text, err)
	}
	h.operator(&instruction.RevokeKey{Credential: h.hmac.number})
	h.order(h.ed, limitOrder("BUY", "0.1", "10001")...)
	_, text, err := plain.Read(t.Context()) // the position of the first order
	if err == nil {
		_, text, err = plain.Read(t.Context())
	}
	if websocket.CloseStatus(err) != websocket.StatusPolicyViolation {
		t.Errorf("after the key was deleted: %s %v", text, err)
	}
	if _, status := h.listen("/ws/" + word); status != 400 {
		t.Errorf("a deleted key's listenKey: %d", status)
	}
	if a := h.send("PUT", listenPath, "listenKey="+word, "", h.hmac.text); a.code() != -2015 || !strings.Contains(a.body, "deleted") {
		t.Errorf("kept alive with a deleted key: %d %s", a.status, a.body)
	}
}

// TestListenKeyKeepsToNetworks: whoever finds a listenKey can do no more with it than with the key.
func TestListenKeyKeepsToNetworks(t *testing.T) {
	h := newHouse(t)
	word := h.listenKey(h.hmac)
	keys := h.venue.listenKeys
	if a, ok := keys.Owner(word, netip.MustParseAddr("127.0.0.1")); !ok || a != h.alice {
		t.Error("its own network is not admitted")
	}
	if _, ok := keys.Owner(word, netip.MustParseAddr("192.0.2.1")); ok {
		t.Error("an address that the key does not list may listen")
	}
	if _, ok := keys.Owner(word[1:]+"x", netip.MustParseAddr("127.0.0.1")); ok {
		t.Error("another word opens something")
	}
}

// TestListenKeyWS: the same on the WebSocket API, for who names a key and for who is logged on.
func TestListenKeyWS(t *testing.T) {
	h := newHouse(t)
	s := h.dial("")
	var x struct{ ListenKey string }
	if a := s.ask("userDataStream.start", "apiKey="+h.hmac.text); a.Status != 200 || json.Unmarshal(a.Result, &x) != nil || len(x.ListenKey) != 64 {
		t.Fatalf("%+v", a)
	}
	if a := s.ask("userDataStream.ping", "apiKey="+h.hmac.text, "listenKey="+x.ListenKey); a.Status != 200 || string(a.Result) != "{}" {
		t.Errorf("%+v", a)
	}
	if a := s.ask("userDataStream.ping", "listenKey="+x.ListenKey); a.code() != -2014 {
		t.Errorf("without a key: %+v", a)
	}
	if a := s.signed(h.ed, "session.logon"); a.Status != 200 {
		t.Fatalf("%+v", a)
	}
	if a := s.ask("userDataStream.stop", "listenKey="+x.ListenKey); a.Status != 200 {
		t.Errorf("logged on: %+v", a)
	}
	if a := s.ask("userDataStream.stop", "listenKey="+x.ListenKey); a.code() != -1125 {
		t.Errorf("twice: %+v", a)
	}
}
