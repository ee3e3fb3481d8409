package operator

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/internal/mandate"
)

func bounds(asset, order, day string) mandate.Cap {
	return mandate.Cap{Asset: asset, PerOrder: order, PerDay: day}
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
		{CreateKey{Scheme: "ED25519", Symbols: []string{"BTCUSDT", "BTCUSDT"}}, "malformed-mandate"},
		{CreateKey{Scheme: "ED25519", Networks: []string{"192.0.2.0/24", "192.0.2.1"}}, "malformed-network"},
		{CreateKey{Scheme: "ED25519", Networks: []string{"192.0.2.1", "192.0.2.0/24"}}, "malformed-network"},
		{CreateKey{Scheme: "ED25519", Rights: []string{"OWN", "TRADE"}}, "unsafe-owning"},
		{CreateKey{Scheme: "ED25519", Trades: []mandate.Cap{bounds("NIX", "1", "")}}, "unknown-asset"},
		{CreateKey{Scheme: "ED25519", Trades: []mandate.Cap{bounds("BTC", "", "")}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Trades: []mandate.Cap{bounds("BTC", "0", "1")}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Withdrawals: []mandate.Cap{bounds("BTC", "-1", "")}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Withdrawals: []mandate.Cap{bounds("BTC", "0.000000001", "")}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Withdrawals: []mandate.Cap{bounds("BTC", "1", ""), bounds("BTC", "", "2")}}, "malformed-caps"},
		{CreateKey{Scheme: "ED25519", Trades: []mandate.Cap{bounds("BTC", "2", "1")}}, "malformed-caps"},
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
