package operator

import (
	"net/netip"
	"strings"
	"testing"

	"portcullis/core/instruction"
)

func TestParseNetwork(t *testing.T) {
	for text, want := range map[string]string{
		"203.0.113.7":       "203.0.113.7/32",
		"203.0.113.0/24":    "203.0.113.0/24",
		"2001:db8::1":       "2001:db8::1/128",
		"2001:db8::/48":     "2001:db8::/48",
		"128.0.0.0/1":       "128.0.0.0/1",
		"2001:DB8:0:0::/48": "2001:db8::/48",
	} {
		if p, err := ParseNetwork(text); err != nil || p.String() != want {
			t.Errorf("%s: %v, %v", text, p, err)
		}
	}
	for text, want := range map[string]string{
		"":                   "is no network",
		"203.0.113":          "is no network",
		"203.0.113.7/33":     "is no network",
		"203.0.113.7/024":    "is no network",
		"203.0.113.07":       "is no network",
		" 203.0.113.7":       "is no network",
		"203.0.113.7-9":      "is no network",
		"203.0.113.7/24":     "write 203.0.113.0/24 for the network, or 203.0.113.7",
		"2001:db8::1/48":     "write 2001:db8::/48 for the network, or 2001:db8::1",
		"0.0.0.0/0":          "every address",
		"1.2.3.4/0":          "every address",
		"::/0":               "every address",
		"::ffff:1.2.3.4":     "write 1.2.3.4",
		"::ffff:1.2.3.0/120": "write 1.2.3.0/24",
		"::ffff:1.2.3.4/120": "write 1.2.3.0/24",
		"::ffff:0:0/95":      "mixes IPv4 and IPv6",
		"fe80::1%eth0":       "leave out %eth0",
		"fe80::%eth0/64":     "names an interface",
	} {
		if p, err := ParseNetwork(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v, want %q", text, p, err, want)
		}
	}
}

// FuzzParseNetwork: what is accepted survives the journal's codec, limits something, and means the same when written out.
func FuzzParseNetwork(f *testing.F) {
	for _, s := range []string{"203.0.113.7", "203.0.113.0/24", "::1", "2001:db8::/48", "::ffff:1.2.3.4/128", "0.0.0.0/0", "fe80::1%x", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParseNetwork(text)
		if err != nil {
			return
		}
		if p.Bits() == 0 || p.Addr().Is4In6() || p.Addr().Zone() != "" {
			t.Fatalf("%q was read as %v", text, p)
		}
		c := instruction.Writer(nil)
		c.Prefix(&p)
		r := instruction.Reader(c.Bytes())
		var back netip.Prefix
		r.Prefix(&back)
		if err := r.End(); err != nil || c.Err() != nil || back != p {
			t.Fatalf("%q: %v comes back as %v, %v, %v", text, p, back, c.Err(), err)
		}
		if again, err := ParseNetwork(p.String()); err != nil || again != p {
			t.Fatalf("%q: %v is read as %v, %v", text, p, again, err)
		}
	})
}

func TestExpiry(t *testing.T) {
	const now = start
	for text, want := range map[string]instruction.Time{
		"":                          0,
		"2026-03-01":                now + instruction.Day - 1,
		"2026-03-01T00:00:01Z":      now + instruction.Second,
		"2026-03-01T09:00:01+09:00": now + instruction.Second,
		"90d":                       now + 90*instruction.Day,
		"12h":                       now + instruction.Day/2,
		"1h30m":                     now + 5400*instruction.Second,
	} {
		if got, err := expiry(text, now); err != nil || got != want {
			t.Errorf("%q: %d, %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"soon", "0d", "-1d", "1e3d", "99999999d", "0s", "-5h", "10ms", "2026-13-01", "2026-02-30", "2026-3-1", "d", " 90d"} {
		if got, err := expiry(text, now); err == nil {
			t.Errorf("%q was read as %d", text, got)
		}
	}
}

// TestMandates: what the gate would refuse, and what only the edge can see.
func TestMandates(t *testing.T) {
	h := newHouse(t)
	a := h.customer()
	many := func(n int, s string) (list []string) {
		for range n {
			list = append(list, s)
		}
		return list
	}
	for _, c := range []struct {
		in   CreateKey
		code string
	}{
		{CreateKey{Scheme: "HMAC", Rights: []string{"TRADE"}}, "unsafe-trading"},
		{CreateKey{Scheme: "RSA", PublicKey: "", Rights: []string{"WITHDRAW"}, Networks: []string{"192.0.2.1"}}, "unsafe-withdrawing"},
		{CreateKey{Scheme: "ED25519", Rights: []string{"READ", "WITHDRAW"}}, "unsafe-withdrawing"},
		{CreateKey{Scheme: "ED25519", Rights: []string{"SING"}}, "malformed-mandate"},
		{CreateKey{Scheme: "ED25519", Networks: []string{"0.0.0.0/0"}}, "malformed-network"},
		{CreateKey{Scheme: "ED25519", Networks: []string{"192.0.2.1", "192.0.2.1"}}, "malformed-network"},
		{CreateKey{Scheme: "ED25519", Networks: many(instruction.MaxMandateNetworks+1, "192.0.2.1")}, "malformed-mandate"},
		{CreateKey{Scheme: "ED25519", Symbols: many(instruction.MaxMandateMarkets+1, "BTCUSDT")}, "malformed-mandate"},
		{CreateKey{Scheme: "ED25519", Symbols: []string{"NIX"}}, "unknown-market"},
		{CreateKey{Scheme: "ED25519", Networks: []string{"192.0.2.0/24", "192.0.2.1"}}, "malformed-network"},
		{CreateKey{Scheme: "ED25519", Networks: []string{"192.0.2.1", "192.0.2.0/24"}}, "malformed-network"},
		{CreateKey{Scheme: "ED25519", Rights: []string{"OWN", "TRADE"}}, "unsafe-owning"},
		{CreateKey{Scheme: "ED25519", Trades: []Cap{{"NIX", "1", ""}}}, "unknown-asset"},
		{CreateKey{Scheme: "ED25519", Trades: []Cap{{"BTC", "", ""}}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Trades: []Cap{{"BTC", "0", "1"}}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Withdrawals: []Cap{{"BTC", "-1", ""}}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Withdrawals: []Cap{{"BTC", "0.000000001", ""}}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Withdrawals: []Cap{{"BTC", "1", ""}, {"BTC", "", "2"}}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Expires: "2026-02-28"}, "malformed-expiry"},
		{CreateKey{Scheme: "ED25519", Label: strings.Repeat("x", 65)}, "malformed-key"},
		{CreateKey{Scheme: ""}, "malformed-key"},
		{CreateKey{Scheme: "ED25519", PublicKey: "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----"}, "malformed-key"},
	} {
		c.in.Account = a
		if code := refused(h, KeyCreate, c.in); code != c.code {
			t.Errorf("%+v: %s, want %s", c.in, code, c.code)
		}
	}
	if n := len(must(h, KeyList, ListKeys{}).Keys); n != 0 {
		t.Errorf("%d keys were made", n)
	}
}

// TestRandomText: every letter and digit comes up, about as often as the others. The bound is at ten standard deviations.
func TestRandomText(t *testing.T) {
	count := map[byte]int{}
	const texts = 2000
	for range texts {
		s := randomText()
		if len(s) != keyText {
			t.Fatalf("%d characters", len(s))
		}
		for _, c := range s {
			count[c]++
		}
	}
	mean := texts * keyText / len(letters)
	for _, c := range []byte(letters) {
		if n := count[c]; n < mean-460 || n > mean+460 {
			t.Errorf("%c came %d times, on average it is %d", c, n, mean)
		}
	}
	if len(count) != len(letters) {
		t.Errorf("%d different characters", len(count))
	}
}
