package binance

import (
	"crypto"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
)

// The published example key of the dialect's documents.
const exampleSecret = "NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j"

const (
	examplePayload = "symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
	exampleHMAC    = "c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71"
	widePayload    = "symbol=%EF%BC%91%EF%BC%92%EF%BC%93%EF%BC%94%EF%BC%95%EF%BC%96&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559"
	wideHMAC       = "e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3"
)

func macOf(payload []byte) string {
	mac := hmac.New(sha256.New, []byte(exampleSecret))
	mac.Write(payload)
	return hex.EncodeToString(mac.Sum(nil))
}

func mustParse(t *testing.T, query, body string) Params {
	t.Helper()
	p, err := Parse(query, body)
	if err != nil {
		t.Fatalf("Parse(%q, %q): %v", query, body, err)
	}
	return p
}

// Three clients put the signature in three places; the payload is the same.
func TestPayloadOfForms(t *testing.T) {
	half := len("symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&")
	cut := func(s string) (string, string) { return s[:half-1], s[half:] }
	first, second := cut(examplePayload)
	for name, c := range map[string]struct{ query, body, payload, sig string }{
		"all in the query":       {examplePayload + "&signature=" + exampleHMAC, "", examplePayload, exampleHMAC},
		"all in the body":        {"", examplePayload + "&signature=" + exampleHMAC, examplePayload, exampleHMAC},
		"first":                  {"signature=" + exampleHMAC + "&" + examplePayload, "", examplePayload, exampleHMAC},
		"middle":                 {first + "&signature=" + exampleHMAC + "&" + second, "", examplePayload, exampleHMAC},
		"not ASCII":              {widePayload, "signature=" + wideHMAC, widePayload, wideHMAC},
		"alone in the query":     {"signature=" + exampleHMAC, examplePayload, examplePayload, exampleHMAC},
		"query and body, joined": {first + "&signature=ab", second, first + second, "ab"},
		"first of the body":      {first, "signature=ab&" + second, first + second, "ab"},
		"empty segment kept":     {"a=1&&signature=ab", "", "a=1&", "ab"},
		"a name that ends so":    {"mysignature=1&signature=ab", "", "mysignature=1", "ab"},
		"plus and slash":         {"a=1&signature=a%2Bb%2fc%3D", "", "a=1", "a+b/c="},
		"plus not escaped":       {"a=1&signature=a+b/c=", "", "a=1", "a+b/c="},
	} {
		p := mustParse(t, c.query, c.body)
		if got := string(p.AppendPayload(nil)); got != c.payload {
			t.Errorf("%s: payload %q, want %q", name, got, c.payload)
		}
		sig, err := p.Signature()
		if err != nil || sig != c.sig {
			t.Errorf("%s: signature %q, %v, want %q", name, sig, err, c.sig)
		}
		if len(c.sig) == 64 && macOf(p.AppendPayload(nil)) != c.sig {
			t.Errorf("%s: the payload does not verify", name)
		}
	}
	p := mustParse(t, "a=1", "b=2")
	if got := string(p.AppendPayload([]byte("x"))); got != "xa=1b=2" {
		t.Errorf("without a signature: %q", got)
	}
	if _, err := p.Signature(); err == nil || err.Code != -1102 {
		t.Errorf("a missing signature: %v", err)
	}
}

// The WebSocket API signs names and values in order of the names.
func TestPayloadOfJSON(t *testing.T) {
	for _, c := range []struct{ params, payload, sig string }{
		{`{"symbol":"BTCUSDT","side":"SELL","type":"LIMIT","timeInForce":"GTC","quantity":"0.01000000",
		  "price":"52000.00","recvWindow":100,"timestamp":1645423376532,
		  "apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A",
		  "signature":"aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"}`,
			"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=52000.00&quantity=0.01000000&recvWindow=100&side=SELL&symbol=BTCUSDT&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
			"aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24"},
		{`{"signature":"b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd",
		  "symbol":"１２３４５６","side":"BUY","type":"LIMIT","timeInForce":"GTC","quantity":"1.00000000",
		  "price":"0.10000000","recvWindow":5000,"timestamp":1645423376532,
		  "apiKey":"vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A"}`,
			"apiKey=vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A&price=0.10000000&quantity=1.00000000&recvWindow=5000&side=BUY&symbol=１２３４５６&timeInForce=GTC&timestamp=1645423376532&type=LIMIT",
			"b33892ae8e687c939f4468c6268ddd4c40ac1af18ad19a064864c47bae0752cd"},
	} {
		p, err := ParseJSON([]byte(c.params))
		if err != nil {
			t.Fatal(err)
		}
		payload := p.AppendPayload(nil)
		if string(payload) != c.payload {
			t.Errorf("payload %q\nwant    %q", payload, c.payload)
		}
		if sig, _ := p.Signature(); sig != c.sig || macOf(payload) != sig {
			t.Errorf("the signature %q does not verify", sig)
		}
	}
	p, err := ParseJSON([]byte(`{"b":"\u0041\/","a":1.50,"c":true,"d":["X","Y"]}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(p.AppendPayload(nil)); got != `a=1.50&b=A/&c=true&d=["X","Y"]` {
		t.Errorf("values as sent: %q", got)
	}
}

// What a public key signs comes back to the byte, through base64 and escapes.
func TestPublicKeySignatures(t *testing.T) {
	const payload = "symbol=BTCUSDT&side=SELL&type=LIMIT&timeInForce=GTC&quantity=1&price=0.2&timestamp=1668481559918&recvWindow=5000"
	private := ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize))
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(payload))
	rsaSig, err := rsa.SignPKCS1v15(nil, rsaKey, crypto.SHA256, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	for name, signed := range map[string][]byte{"ed25519": ed25519.Sign(private, []byte(payload)), "rsa": rsaSig} {
		body := AppendParam([]byte(payload), "signature", base64.StdEncoding.EncodeToString(signed))
		p := mustParse(t, "", string(body))
		text, sigErr := p.Signature()
		if sigErr != nil {
			t.Fatal(sigErr)
		}
		sig, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		got := p.AppendPayload(nil)
		sum := sha256.Sum256(got)
		if name == "ed25519" && !ed25519.Verify(private.Public().(ed25519.PublicKey), got, sig) ||
			name == "rsa" && rsa.VerifyPKCS1v15(&rsaKey.PublicKey, crypto.SHA256, sum[:], sig) != nil {
			t.Errorf("%s does not verify over %q", name, got)
		}
	}
}

func TestTiming(t *testing.T) {
	const now = 1_700_000_000_000_000 // µs
	for _, c := range []struct {
		params string
		code   int // 0: in time
		msg    string
	}{
		{"timestamp=1700000000000", 0, ""},
		{"timestamp=1700000000000000", 0, ""},
		{"timestamp=1700000000999", 0, ""},
		{"timestamp=1700000000999999", 0, ""},
		{"timestamp=1700000001000", -1021, "ahead"},
		{"timestamp=1700000001000000", -1021, "ahead"},
		{"timestamp=1699999995000", 0, ""},
		{"timestamp=1699999994999", -1021, "outside"},
		{"timestamp=1699999994999999", -1021, "outside"},
		{"timestamp=1699999940000&recvWindow=60000", 0, ""},
		{"timestamp=1699999940000&recvWindow=60000.000", 0, ""},
		{"timestamp=1699999939999&recvWindow=60000", -1021, "outside"},
		{"timestamp=1699999999999000&recvWindow=1.000", 0, ""},
		{"timestamp=1699999999998999&recvWindow=1.000", -1021, "outside"},
		{"timestamp=1699999999999654&recvWindow=0.346", 0, ""},
		{"timestamp=1699999999999653&recvWindow=0.346", -1021, "outside"},
		{"timestamp=1700000000000&recvWindow=60000.001", -1131, "60000"},
		{"timestamp=1700000000000&recvWindow=60001", -1131, "60000"},
		{"timestamp=1700000000000&recvWindow=1.0001", -1111, "recvWindow"},
		{"timestamp=1700000000000&recvWindow=99999999999999999999", -1108, "recvWindow"},
		{"timestamp=1700000000000&recvWindow=9000000000000000000", -1108, "recvWindow"},
		{"timestamp=1700000000000&recvWindow=-1", -1100, "recvWindow"},
		{"timestamp=1700000000000&recvWindow=", -1105, "recvWindow"},
		{"recvWindow=5000", -1102, "timestamp"},
		{"timestamp=", -1102, "timestamp"},
		{"timestamp=1.7e12", -1100, "timestamp"},
		{"timestamp=-1", -1100, "timestamp"},
		{"timestamp=9223372036854775807", -1108, "timestamp"},
		{"timestamp=9223372036854775808", -1108, "timestamp"},
		{"timestamp=0", -1021, "outside"},
	} {
		p := mustParse(t, c.params, "")
		timing, err := p.Timing()
		if err == nil {
			err = timing.Check(now)
		}
		switch {
		case c.code == 0 && err != nil:
			t.Errorf("%s: %v", c.params, err)
		case c.code != 0 && (err == nil || err.Code != c.code || !strings.Contains(err.Msg, c.msg)):
			t.Errorf("%s: %v, want %d with %q", c.params, err, c.code, c.msg)
		}
	}
}
