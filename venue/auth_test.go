package venue

import (
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

const orderPath = "/api/v3/order"

func openCount(h *house, a instruction.Account) (n int) {
	h.t.Helper()
	if err := h.engine.Read(func(s *core.State) { n = s.Market(h.btcusdt).Book.Count(a) }); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// TestPlacements: the three ways in which clients place their parameters, and one in the middle.
func TestPlacements(t *testing.T) {
	h := newHouse(t)
	for _, k := range []*testKey{h.ed, h.rsa, h.hmac} {
		order := strings.Join(limitOrder("BUY", "0.1", "10000"), "&")
		all := order + "&" + h.stamp()
		sent := map[string]answer{"body": h.send("POST", orderPath, "", signedQuery(k, all), k.text)}

		all = order + "&" + h.stamp()
		sent["query"] = h.send("POST", orderPath, signedQuery(k, all), "", k.text)

		stamp := h.stamp()
		sig := url.QueryEscape(k.sign([]byte(stamp + order)))
		sent["signature in the query, rest in the body"] = h.send("POST", orderPath, stamp+"&signature="+sig, order, k.text)

		stamp = h.stamp()
		sig = url.QueryEscape(k.sign([]byte(order + stamp)))
		sent["signature in the body, order in the query"] = h.send("POST", orderPath, order, stamp+"&signature="+sig, k.text)

		stamp = h.stamp()
		sig = url.QueryEscape(k.sign([]byte(order + "&" + stamp)))
		sent["signature first"] = h.send("POST", orderPath, "signature="+sig+"&"+order+"&"+stamp, "", k.text)
		for how, a := range sent {
			if a.status != 200 {
				t.Errorf("%s, %s: %d %s", k.text[:16], how, a.status, a.body)
			}
		}
		if n := openCount(h, h.alice); n != len(sent) {
			t.Errorf("%d orders of %d", n, len(sent))
		}
		// A cancel with a body, as one client sends it.
		stamp = h.stamp()
		sig = url.QueryEscape(k.sign([]byte(stamp + "symbol=BTCUSDT")))
		if a := h.send("DELETE", "/api/v3/openOrders", stamp+"&signature="+sig, "symbol=BTCUSDT", k.text); a.status != 200 {
			t.Errorf("cancel with a body: %d %s", a.status, a.body)
		}
	}
}

func TestHexInAnyCase(t *testing.T) {
	h := newHouse(t)
	payload := h.stamp()
	if a := h.send("GET", "/api/v3/account", payload+"&signature="+strings.ToUpper(h.hmac.sign([]byte(payload))), "", h.hmac.text); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestRefusedSignatures: what is signed is what is read, to the byte.
func TestRefusedSignatures(t *testing.T) {
	h := newHouse(t)
	for _, k := range []*testKey{h.ed, h.rsa, h.hmac} {
		order := strings.Join(limitOrder("BUY", "0.1", "10000"), "&")
		payload := order + "&" + h.stamp()
		plain := k.sign([]byte(payload))
		signature := url.QueryEscape(plain)
		for what, query := range map[string]string{
			"another quantity":  strings.Replace(payload, "quantity=0.1", "quantity=0.2", 1) + "&signature=" + signature,
			"one more":          payload + "&newClientOrderId=x&signature=" + signature,
			"other escapes":     strings.Replace(payload, "BUY", "%42UY", 1) + "&signature=" + signature,
			"another order":     h.stampOf(payload) + "&" + order + "&signature=" + signature,
			"no such signature": payload + "&signature=" + url.QueryEscape(k.sign([]byte("else"))),
			"cut":               payload + "&signature=" + url.QueryEscape(plain[:20]),
			"not encoded":       payload + "&signature=%21%21",
		} {
			if a := h.send("POST", orderPath, query, "", k.text); a.status != 400 || a.code() != -1022 {
				t.Errorf("%s: %d %s", what, a.status, a.body)
			}
		}
		for what, want := range map[string]struct {
			query string
			code  int
		}{
			"no signature":    {payload, -1102},
			"empty signature": {payload + "&signature=", -1102},
			"two signatures":  {payload + "&signature=" + signature + "&signature=" + signature, -1101},
			"no timestamp":    {signedQuery(k, order), -1102},
			"two timestamps":  {signedQuery(k, payload+"&"+h.stamp()), -1101},
			"two symbols":     {signedQuery(k, payload+"&symbol=ETHBTC"), -1101},
			"unknown":         {signedQuery(k, payload+"&leverage=10"), -1104},
			"long window":     {signedQuery(k, payload+"&recvWindow=60001"), -1131},
		} {
			if a := h.send("POST", orderPath, want.query, "", k.text); a.status != 400 || a.code() != want.code {
				t.Errorf("%s: %d %s", what, a.status, a.body)
			}
		}
		if a := h.send("POST", orderPath, order+"&"+h.stampOf(payload), "symbol=BTCUSDT&signature="+signature, k.text); a.code() != -1101 {
			t.Errorf("a symbol in the query and in the body: %s", a.body)
		}
	}
	if n := openCount(h, h.alice); n != 0 {
		t.Errorf("%d orders were placed", n)
	}
}

// stampOf is the timestamp parameter in a payload.
func (h *house) stampOf(payload string) string { return payload[strings.Index(payload, "timestamp="):] }

// TestAddressTag: one client does not encode an address tag, so that whoever chooses the tag adds parameters that are
// validly signed. They are seen twice, and refused, and nothing is sent.
func TestAddressTag(t *testing.T) {
	h := newHouse(t)
	payload := "coin=BTC&address=abc&addressTag=x&amount=9999&network=BTC&amount=1&" + h.stamp()
	a := h.send("POST", "/sapi/v1/capital/withdraw/apply", "", signedQuery(h.hmac, payload), h.hmac.text)
	if a.status != 400 || a.code() != -1101 || !strings.Contains(a.body, "'amount'") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestReplay: the same signed request is carried out once, whoever sends it again, and wherever to.
func TestReplay(t *testing.T) {
	h := newHouse(t)
	for i, k := range []*testKey{h.ed, h.rsa, h.hmac} {
		payload := strings.Join(limitOrder("BUY", "0.1", "10000"), "&") + "&" + h.stamp()
		signature := "&signature=" + url.QueryEscape(k.sign([]byte(payload)))
		if a := h.send("POST", orderPath, payload+signature, "", k.text); a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		cut := strings.Index(payload, "&side")
		for what, a := range map[string]answer{
			"as it was":      h.send("POST", orderPath, payload+signature, "", k.text),
			"in the body":    h.send("POST", orderPath, "", payload+signature, k.text),
			"cut in two":     h.send("POST", orderPath, payload[:cut], payload[cut:]+signature, k.text),
			"signed anew":    h.send("POST", orderPath, signedQuery(k, payload), "", k.text),
			"signature last": h.send("POST", orderPath, signature[1:]+"&"+payload, "", k.text),
		} {
			if a.status != 400 || a.code() != -2010 || !strings.Contains(a.body, "taken up before") {
				t.Errorf("%s: %d %s", what, a.status, a.body)
			}
		}
		if n := openCount(h, h.alice); n != i+1 {
			t.Errorf("%d orders, want %d", n, i+1)
		}
	}
	// Two customers may well sign the same text.
	payload := strings.Join(limitOrder("BUY", "0.1", "10000"), "&") + "&" + h.stamp()
	for _, k := range []*testKey{h.hmac, h.bobs} {
		if a := h.send("POST", orderPath, signedQuery(k, payload), "", k.text); a.status != 200 {
			t.Errorf("%d %s", a.status, a.body)
		}
	}
	// After a restart's worth of time the request is out of its window.
	h.clock.Add(10 * instruction.Second)
	if a := h.send("POST", orderPath, signedQuery(h.hmac, payload), "", h.hmac.text); a.code() != -1021 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestOneSignatureOneRoute: what was signed as a question, or as a test, cannot be sent again as something that acts.
func TestOneSignatureOneRoute(t *testing.T) {
	h := newHouse(t)
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "newClientOrderId=mine")...)
	order := strings.Join(limitOrder("BUY", "0.1", "10000"), "&")
	for _, x := range []struct{ payload, method, path, method2, path2 string }{
		{"symbol=BTCUSDT&origClientOrderId=mine", "GET", orderPath, "DELETE", orderPath},
		{"symbol=BTCUSDT", "GET", "/api/v3/openOrders", "DELETE", "/api/v3/openOrders"},
		{order, "POST", "/api/v3/order/test", "POST", orderPath},
	} {
		q := signedQuery(h.ed, x.payload+"&"+h.stamp())
		for range 2 { // a question may be asked twice
			if a := h.send(x.method, x.path, q, "", h.ed.text); a.status != 200 {
				t.Errorf("%s %s: %d %s", x.method, x.path, a.status, a.body)
			}
		}
		h.clock.Add(4 * instruction.Second)
		if a := h.send(x.method2, x.path2, q, "", h.ed.text); a.status != 400 || a.code() != -2010 || !strings.Contains(a.body, "taken up before") {
			t.Errorf("%s %s: %d %s", x.method2, x.path2, a.status, a.body)
		}
	}
	if n := openCount(h, h.alice); n != 1 {
		t.Errorf("%d orders are open", n)
	}
	q := h.signed(h.ed)
	for _, path := range []string{"/api/v3/account", "/api/v3/openOrders", "/sapi/v1/asset/tradeFee"} { // in the same millisecond
		if a := h.send("GET", path, q, "", h.ed.text); a.status != 200 {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
}

// TestUsesAreBounded: a signature is remembered for as long as it can be in time, and not for ever.
func TestUsesAreBounded(t *testing.T) {
	var u uses
	one, two := binance.Route{Security: binance.SecUserData}, binance.Route{Security: binance.SecTrade}
	d := instruction.Digest{1}
	for _, x := range []struct {
		at   instruction.Time
		r    *binance.Route
		want bool
	}{
		{start, &one, true}, {start, &two, false}, {start + useSpan - 1, &two, false}, {start + useSpan, &two, false},
		{start + 2*useSpan - 1, &two, false}, {start + 2*useSpan, &two, true}, {start + 10*useSpan, &one, true},
	} {
		if got := u.bind(x.at, d, x.r); got != x.want {
			t.Errorf("%d spans later: %v", (x.at-start)/useSpan, got)
		}
	}
	for i := range maxUses + 10 {
		u.bind(start+10*useSpan, instruction.Digest{2, byte(i), byte(i >> 8), byte(i >> 16)}, &one)
	}
	if len(u.now) != maxUses || len(u.old) != 0 {
		t.Errorf("%d and %d are kept", len(u.now), len(u.old))
	}
}

func TestTiming(t *testing.T) {
	h := newHouse(t)
	now := h.clock.Now()
	for _, x := range []struct {
		stamp  string
		status int
	}{
		{fmt.Sprint(now.Milli()), 200},
		{fmt.Sprint(int64(now)), 200}, // microseconds
		{fmt.Sprint(now.Milli() - 5000), 200},
		{fmt.Sprint(now.Milli() - 5001), 400},
		{fmt.Sprint(now.Milli()-5001) + "&recvWindow=6000", 200},
		{fmt.Sprint(now.Milli()-60_001) + "&recvWindow=60000", 400},
		{fmt.Sprint(now.Milli() + 999), 200},
		{fmt.Sprint(now.Milli() + 1000), 400},
		{"0", 400},
	} {
		a := h.send("GET", "/api/v3/account", signedQuery(h.ed, "timestamp="+x.stamp), "", h.ed.text)
		if a.status != x.status || x.status == 400 && a.code() != -1021 {
			t.Errorf("%s: %d %s", x.stamp, a.status, a.body)
		}
	}
}

// TestDecoy: whoever names a decoy is refused, and the operator's log says which one, whatever was asked and whatever it was
// signed with.
func TestDecoy(t *testing.T) {
	h := newHouse(t)
	decoy := &testKey{text: strings.Repeat("d", 64), sign: h.hmac.sign}
	id := instruction.KeyIDOf(decoy.text)
	h.operator(&instruction.CreateKey{Account: h.bob, ID: id, Scheme: instruction.Ed25519, Material: make([]byte, 32), Canary: true,
		Mandate: instruction.Mandate{Rights: instruction.MayRead}})
	if a := h.do(decoy, "GET", "/api/v3/account"); a.status != 401 && a.status != 400 {
		t.Errorf("%d %s", a.status, a.body)
	}
	h.server.Close()
	if log := h.log.String(); !strings.Contains(log, "a decoy key was used") || !strings.Contains(log, id.String()) || strings.Contains(log, decoy.text) {
		t.Error(log)
	}
}

// TestKeyFaults: −2015 says in plain words which of key, address and right was at fault.
func TestKeyFaults(t *testing.T) {
	h := newHouse(t)
	elsewhere := netip.MustParsePrefix("192.0.2.0/24")
	all := instruction.MayRead | instruction.MayTrade
	readOnly := h.key(h.alice, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayRead})
	tradeOnly := h.key(h.alice, instruction.Ed25519, instruction.Mandate{Rights: instruction.MayTrade})
	away := h.key(h.alice, instruction.HMAC, instruction.Mandate{Rights: all, Networks: []netip.Prefix{elsewhere}})
	ethOnly := h.key(h.alice, instruction.RSA, instruction.Mandate{Rights: all, Networks: []netip.Prefix{loopback}, Markets: []instruction.Market{h.ethbtc}})
	expiring := h.key(h.alice, instruction.Ed25519, instruction.Mandate{Rights: all, Expires: h.clock.Now() + instruction.Second})
	goneEd, goneHMAC := h.key(h.alice, instruction.Ed25519, tradeHere), h.key(h.alice, instruction.HMAC, tradeHere)
	h.operator(&instruction.RevokeKey{Credential: goneEd.number})
	h.operator(&instruction.RevokeKey{Credential: goneHMAC.number})
	h.clock.Add(2 * instruction.Second)

	unknown := &testKey{text: strings.Repeat("u", 64), sign: h.hmac.sign}
	unknownEd := &testKey{text: strings.Repeat("v", 64), sign: h.ed.sign}
	unknownRSA := &testKey{text: strings.Repeat("w", 64), sign: h.rsa.sign}
	order := limitOrder("BUY", "0.1", "10000")
	for what, x := range map[string]struct {
		k      *testKey
		method string
		path   string
		params []string
		words  []string
	}{
		"unknown":           {unknown, "GET", "/api/v3/account", nil, []string{"key is at fault", "does not exist"}},
		"unknown Ed25519":   {unknownEd, "GET", "/api/v3/account", nil, []string{"key is at fault", "does not exist"}},
		"unknown RSA":       {unknownRSA, "POST", orderPath, order, []string{"key is at fault", "does not exist"}},
		"deleted Ed25519":   {goneEd, "POST", orderPath, order, []string{"key is at fault", "was deleted"}},
		"deleted, reading":  {goneEd, "GET", "/api/v3/account", nil, []string{"key is at fault", "was deleted"}},
		"deleted HMAC":      {goneHMAC, "POST", orderPath, order, []string{"key is at fault", "was deleted"}},
		"expired":           {expiring, "POST", orderPath, order, []string{"key is at fault", "has expired"}},
		"address, reading":  {away, "GET", "/api/v3/account", nil, []string{"address is at fault", "not be used from this IP"}},
		"address, trading":  {away, "POST", orderPath, order, []string{"address is at fault"}},
		"address, testing":  {away, "POST", "/api/v3/order/test", order, []string{"address is at fault"}},
		"no right to trade": {readOnly, "POST", orderPath, order, []string{"right is missing", "no right to do this"}},
		"no right to read":  {tradeOnly, "GET", "/api/v3/account", nil, []string{"right is missing"}},
		"symbol not listed": {ethOnly, "POST", orderPath, order, []string{"right is missing", "may not trade this symbol"}},
	} {
		a := h.do(x.k, x.method, x.path, x.params...)
		if a.status != 401 || a.code() != -2015 {
			t.Errorf("%s: %d %s", what, a.status, a.body)
		}
		for _, words := range x.words {
			if !strings.Contains(a.body, words) {
				t.Errorf("%s: %q is not in %s", what, words, a.body)
			}
		}
	}
	if a := h.do(expiring, "GET", "/api/v3/account"); a.status != 200 {
		t.Errorf("an expired key reads: %d %s", a.status, a.body)
	}
	if n := openCount(h, h.alice); n != 0 {
		t.Errorf("%d orders were placed", n)
	}
}

func TestKeyFormat(t *testing.T) {
	h := newHouse(t)
	r, _ := http.NewRequest("GET", h.server.URL+"/api/v3/account?"+h.signed(h.ed), nil)
	r.Header["X-MBX-APIKEY"] = []string{h.ed.text}
	r.Header["x-mbx-apikey"] = []string{h.bobs.text}
	if a := h.roundTrip(r); a.code() != -2014 {
		t.Errorf("two keys: %d %s", a.status, a.body)
	}
	for _, text := range []string{"", "short", strings.Repeat("x", 129), strings.Repeat("x", 30) + "$", strings.Repeat("x", 30) + " y"} {
		if a := h.send("GET", "/api/v3/account", h.signed(h.ed), "", text); a.status != 401 || a.code() != -2014 {
			t.Errorf("%q: %d %s", text, a.status, a.body)
		}
	}
}

// TestPrincipal: the record of an order says who gave it.
func TestPrincipal(t *testing.T) {
	h := newHouse(t)
	before := h.engine.Durable()
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "recvWindow=7000")...)
	h.order(h.ed, append(limitOrder("BUY", "0.1", "10000"), "recvWindow=7000")...)
	var seen []instruction.Principal
	for _, r := range h.records(before + 1) {
		if r.Kind() == instruction.KindPlaceOrder {
			seen = append(seen, r.Principal)
		}
	}
	if len(seen) != 2 {
		t.Fatalf("%d records", len(seen))
	}
	p := seen[0]
	if p.Giver != instruction.ByCredential || p.Credential != h.ed.number || p.Addr != netip.MustParseAddr("127.0.0.1") ||
		p.Client == 0 || p.Request.IsZero() || p.Sent != start+instruction.Millisecond || p.Window != 7*instruction.Second {
		t.Errorf("%+v", p)
	}
	if seen[1].Client != p.Client || seen[1].Request == p.Request {
		t.Error("the second request should be of the same client, and another")
	}
	if p.Hosting {
		t.Error("an address is hosted where nobody said so")
	}
}

// TestHosted: the record of an order says whether the client's address belongs to a hosting company.
func TestHosted(t *testing.T) {
	for _, hosted := range []string{"127.0.0.1", "192.0.2.1"} {
		h := newHouse(t, func(c *Config) { c.Hosting = func(a netip.Addr) bool { return a == netip.MustParseAddr(hosted) } })
		before := h.engine.Durable()
		h.order(h.ed, limitOrder("BUY", "0.1", "10000")...)
		orders := 0
		for _, r := range h.records(before + 1) {
			if r.Kind() != instruction.KindPlaceOrder {
				continue
			}
			if orders++; r.Principal.Hosting != (hosted == "127.0.0.1") {
				t.Errorf("where %s is hosted: %+v", hosted, r.Principal)
			}
		}
		if orders != 1 {
			t.Errorf("%d orders", orders)
		}
	}
}

// TestNothingSecretInLogs: neither keys nor signatures nor what clients sent end up in the log.
func TestNothingSecretInLogs(t *testing.T) {
	h := newHouse(t)
	q := h.signed(h.hmac, limitOrder("BUY", "0.1", "10000")...)
	h.send("POST", orderPath, q, "", h.hmac.text)
	h.send("GET", "/made/up/by/a/stranger", q, "", h.hmac.text)
	h.server.Close()
	log := h.log.String()
	if !strings.Contains(log, "route=/api/v3/order") {
		t.Fatalf("the log says nothing of the request: %s", log)
	}
	for _, secret := range []string{h.hmac.text, "secret of", q[strings.Index(q, "signature=")+10:], "stranger"} {
		if strings.Contains(log, secret) {
			t.Errorf("%q is in the log: %s", secret, log)
		}
	}
}
