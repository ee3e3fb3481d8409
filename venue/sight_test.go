package venue

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// sightings waits until so many are on record from a sequence on, and is what they say.
func (h *house) sightings(from uint64, n int) (list []string) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	sub := h.engine.Subscribe(from)
	defer sub.Close()
	for len(list) < n {
		if err := sub.Next(ctx, func(seq uint64, b []byte) error {
			var r instruction.Record
			if err := r.Decode(seq, b); err != nil {
				return err
			}
			in, err := r.Instruction()
			if s, ok := in.(*instruction.Sight); ok {
				list = append(list, fmt.Sprint(s.Credential, " ", r.Principal.Addr, " ", s.Proven))
			}
			return err
		}); err != nil {
			h.t.Fatalf("%v after %v", err, list)
		}
	}
	slices.Sort(list)
	return list
}

// TestSightings: reads, deleted keys of each kind, decoys, listenKeys and logins leave sightings; orders, forged names and wrong
// signatures leave none; and no deleted key's request reaches the engine.
func TestSightings(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Proxies = []netip.Prefix{loopback} })
	anywhere := func(s instruction.Scheme, r instruction.Rights) *testKey {
		return h.key(h.bob, s, instruction.Mandate{Rights: r, Networks: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), loopback}})
	}
	reads := anywhere(instruction.HMAC, instruction.MayRead)
	logs := anywhere(instruction.Ed25519, instruction.MayRead|instruction.MayTrade)
	dead := []*testKey{anywhere(instruction.HMAC, instruction.MayRead), anywhere(instruction.Ed25519, instruction.MayRead|instruction.MayTrade),
		anywhere(instruction.RSA, instruction.MayRead), anywhere(instruction.Ed25519, instruction.MayRead)}
	for _, k := range dead {
		h.operator(&instruction.RevokeKey{Credential: k.number})
	}
	h.clock.Add(instruction.Second) // what was sent while a key lived is no alarm
	before := h.engine.Durable() + 1
	from := func(k *testKey, method, path, signed string) {
		t.Helper()
		r, _ := http.NewRequest(method, h.server.URL+path+"?"+signed, nil)
		r.Header.Set("X-MBX-APIKEY", k.text)
		r.Header.Set("X-Forwarded-For", "203.0.113.7")
		h.roundTrip(r)
	}
	for range 2 {
		from(reads, "GET", "/api/v3/account", h.signed(reads))
		from(dead[0], "GET", "/api/v3/account", h.signed(dead[0]))
		from(dead[1], "POST", orderPath, h.signed(dead[1], limitOrder("BUY", "0.1", "10000")...))
		from(dead[2], "GET", "/api/v3/account", h.signed(dead[2]))
		from(dead[3], "GET", "/api/v3/account", h.signed(dead[2])) // another's signature
		from(&testKey{text: "a-name-that-nobody-ever-had"}, "GET", "/api/v3/account", h.signed(reads))
		from(logs, "POST", "/api/v3/userDataStream", "")
		from(logs, "POST", orderPath, h.signed(logs, limitOrder("BUY", "0.1", "10000")...))
		from(logs, "POST", "/api/v3/order/test", h.signed(logs, limitOrder("BUY", "0.1", "10000")...))
	}
	want := []string{
		fmt.Sprint(reads.number, " 203.0.113.7 true"), fmt.Sprint(logs.number, " 203.0.113.7 false"), fmt.Sprint(logs.number, " 203.0.113.7 true"),
		fmt.Sprint(dead[0].number, " 203.0.113.7 false"), fmt.Sprint(dead[1].number, " 203.0.113.7 true"), fmt.Sprint(dead[2].number, " 203.0.113.7 true"),
	}
	slices.Sort(want)
	if got := h.sightings(before, len(want)); !slices.Equal(got, want) {
		t.Errorf("sightings %v\nwant %v", got, want)
	}
	for _, r := range h.records(before) {
		if r.Verdict.Reason() == instruction.DeletedCredential {
			t.Errorf("record %d: a deleted key's request reached the engine", r.Seq)
		}
	}
	if err := h.engine.Read(func(s *core.State) {
		if list := s.Incidents(); len(list) != 1 || list[0].Cause != instruction.TombstoneProven || list[0].Network != instruction.NetworkOf(netip.MustParseAddr("203.0.113.7")) {
			t.Errorf("incidents %+v", list)
		}
		if home := s.Homes(h.bob); len(home) != 1 || home[0].First != 0 {
			t.Errorf("homes %+v", home)
		}
	}); err != nil {
		t.Fatal(err)
	}
}

// TestStrangersOverHTTP: from the network that customers share, a stranger names deleted keys, forged ones and a decoy. Who is
// at home there trades on over HTTP and the WebSocket API; a visitor is stopped there, trades on from home, and there too
// once its owner says so.
func TestStrangersOverHTTP(t *testing.T) {
	h := newHouse(t, func(c *Config) { c.Proxies = []netip.Prefix{loopback} })
	anywhere := instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}
	order := func(k *testKey, addr string) answer {
		t.Helper()
		r, _ := http.NewRequest("POST", h.server.URL+orderPath+"?"+h.signed(k, limitOrder("BUY", "0.001", "10000")...), nil)
		r.Header.Set("X-MBX-APIKEY", k.text)
		r.Header.Set("X-Forwarded-For", addr)
		return h.roundTrip(r)
	}
	var neighbours []*testKey
	for i := range 20 {
		h.operator(&instruction.OpenAccount{Ref: fmt.Sprint("neighbour ", i)})
		a := instruction.Account(4 + i)
		h.operator(&instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000 * 1_000_000, Ref: "seed"})
		neighbours = append(neighbours, h.key(a, instruction.Ed25519, anywhere))
	}
	visitor, owner := neighbours[0], h.key(4, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn})
	const home, cafe = "203.0.113.5", "198.51.100.66"
	for i, k := range neighbours {
		addr := fmt.Sprint("198.51.100.", i)
		if k == visitor {
			addr = home
		}
		if a := order(k, addr); a.status != 200 {
			t.Fatalf("neighbour %d: %s", i, a.body)
		}
	}
	var dead []*testKey
	for range 2 {
		k := h.key(h.bob, instruction.HMAC, tradeHere)
		h.operator(&instruction.RevokeKey{Credential: k.number})
		dead = append(dead, k)
	}
	h.clock.Add(instruction.Second)
	before := h.engine.Durable() + 1
	for _, name := range []string{dead[0].text, "a-name-that-nobody-ever-had", dead[1].text, dead[1].text} {
		r, _ := http.NewRequest("POST", h.server.URL+"/api/v3/userDataStream", nil)
		r.Header.Set("X-MBX-APIKEY", name)
		r.Header.Set("X-Forwarded-For", cafe)
		h.roundTrip(r)
	}
	h.sightings(before, 2)
	for i, k := range neighbours[1:] {
		if a := order(k, fmt.Sprint("198.51.100.", i+1)); a.status != 200 {
			t.Errorf("neighbour %d: %s", i+1, a.body)
		}
	}
	if a := order(visitor, cafe); a.status != 401 || !strings.Contains(a.body, "Deleted keys of others are being used from your network") {
		t.Errorf("the visitor: %d %s", a.status, a.body)
	}
	if a := order(visitor, cafe); a.status != 401 || !strings.Contains(a.body, "quarantine") {
		t.Errorf("the visitor again: %d %s", a.status, a.body)
	}
	if a := order(visitor, home); a.status != 200 {
		t.Errorf("the visitor at home: %d %s", a.status, a.body)
	}
	p := instruction.Principal{Giver: instruction.ByCredential, Credential: owner.number, Addr: netip.MustParseAddr(cafe)}
	r, err := h.engine.Do(&p, &instruction.RestoreKey{Credential: visitor.number})
	if err != nil || r.Verdict.Decision != instruction.Allow {
		t.Fatal(r.Verdict.Reason(), err)
	}
	if a := order(visitor, cafe); a.status != 200 {
		t.Errorf("the visitor, restored: %d %s", a.status, a.body)
	}
}

// TestSightingsOfSessions: a login, a listenKey that is made and one that is listened with leave sightings; what goes on in a
// session whose key was deleted is no alarm, since it signed while it lived, and a login after that is one.
func TestSightingsOfSessions(t *testing.T) {
	h := newHouse(t)
	before := h.engine.Durable() + 1
	s := h.dial("")
	if a := s.signed(h.ed, "session.logon"); a.Status != 200 {
		t.Fatalf("%+v", a)
	}
	if got, want := h.sightings(before, 1), fmt.Sprint(h.ed.number, " 127.0.0.1 true"); got[0] != want {
		t.Errorf("a login left %v, want %s", got, want)
	}
	before = h.engine.Durable() + 1
	h.listenKey(h.rsa)
	if got, want := h.sightings(before, 1), fmt.Sprint(h.rsa.number, " 127.0.0.1 false"); got[0] != want {
		t.Errorf("a listenKey left %v, want %s", got, want)
	}
	h.clock.Add(30 * minute) // it lives on
	h.clock.Add(31 * minute) // another hour
	word := h.listenKey(h.hmac)
	before = h.engine.Durable() + 1
	h.clock.Add(59 * minute)
	if _, status := h.listen("/ws/" + word); status != 101 {
		t.Fatal(status)
	}
	if got, want := h.sightings(before, 1), fmt.Sprint(h.hmac.number, " 127.0.0.1 false"); got[0] != want {
		t.Errorf("a listener left %v, want %s", got, want)
	}

	h.operator(&instruction.RevokeKey{Credential: h.ed.number})
	h.clock.Add(instruction.Second)
	before = h.engine.Durable() + 1
	if a := s.ask("account.status", "timestamp="+fmt.Sprint(h.clock.Now().Milli())); a.Status != 401 {
		t.Errorf("%+v", a)
	}
	h.clock.Add(2 * minute)
	if a := s.signed(h.ed, "session.logon"); a.Status != 401 {
		t.Errorf("%+v", a)
	}
	if got, want := h.sightings(before, 1), fmt.Sprint(h.ed.number, " 127.0.0.1 true"); got[0] != want {
		t.Errorf("a login with a deleted key left %v, want %s", got, want)
	}
	for _, r := range h.records(before) {
		if r.Kind() == instruction.KindSight && r.Time < h.clock.Now()-minute {
			t.Error("what a session asked was an alarm")
		}
	}
}
