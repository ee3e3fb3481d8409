package mandate

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
)

// venue is a state with the market BTCUSDT; BTC has 8 decimals and USDT 6.
func venue(t *testing.T) *core.State {
	t.Helper()
	st := core.New()
	for _, in := range []instruction.Instruction{
		&instruction.AddAsset{Symbol: "BTC", Scale: 8}, &instruction.AddAsset{Symbol: "USDT", Scale: 6},
		&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{Tick: 1e4, Lot: 1e4, MinPrice: 1e4, MaxPrice: 1e12, MaxQty: 1e10}},
	} {
		if _, err := st.Step(1, &instruction.Principal{Giver: instruction.ByOperator}, in, nil); err != nil {
			t.Fatal(err)
		}
	}
	if st.MarketNamed("BTCUSDT") == nil {
		t.Fatal("no market")
	}
	return st
}

func say[T any](x ...T) *[]T { return &x }

// TestRoundTrip: what was read is written as it was given, caps by their assets' numbers; what is not said stays.
func TestRoundTrip(t *testing.T) {
	st, end := venue(t), "2027-01-31T12:00:00.000000Z"
	first := []Cap{{Asset: "BTC", PerDay: "0.50000000"}, {Asset: "USDT", PerOrder: "1000.000000", PerDay: "1000.000000"}}
	all := Mandate{
		Rights: say("READ", "TRADE"), Symbols: say("BTCUSDT"), Networks: say("203.0.113.7/32", "2001:db8::/48"), Expires: &end,
		Trades: say(first[1], first[0]), Withdrawals: say(Cap{Asset: "BTC", PerOrder: "2.00000000"}), Codes: say(Cap{Asset: "BTC", PerOrder: "0.10000000", PerDay: "0.50000000"}),
	}
	var m instruction.Mandate
	if err := all.Over(st, 0, &m); err != nil {
		t.Fatal(err)
	}
	if err := (&Mandate{}).Over(st, 0, &m); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct{ got, want any }{
		{Rights(m.Rights), *all.Rights}, {Symbols(st, m.Markets), *all.Symbols}, {Networks(m.Networks), *all.Networks},
		{Caps(st, m.Trades), first}, {Caps(st, m.Withdrawals), *all.Withdrawals}, {Caps(st, m.Codes), *all.Codes},
		{Words(st, &m), "READ, TRADE; symbols BTCUSDT; from 203.0.113.7/32, 2001:db8::/48; until " + end +
			"; orders at most BTC 0.50000000 in 24 hours; orders at most USDT 1000.000000 at once and 1000.000000 in 24 hours; withdrawals at most BTC 2.00000000 at once" +
			"; gift codes at most BTC 0.10000000 at once and 0.50000000 in 24 hours"},
	} {
		if !reflect.DeepEqual(x.got, x.want) {
			t.Errorf("%v, want %v", x.got, x.want)
		}
	}
	never := ""
	none := Mandate{Rights: say[string](), Symbols: say[string](), Networks: say[string](), Expires: &never, Trades: say[Cap](), Withdrawals: say[Cap](), Codes: say[Cap]()}
	if err := none.Over(st, 0, &m); err != nil || !reflect.DeepEqual(m, instruction.Mandate{}) || Words(st, &m) != "nothing; symbols all; from anywhere" {
		t.Errorf("%v: %+v, %s", err, m, Words(st, &m))
	}
}

// TestMistakes: each has its code, and says what is wrong and not all of what a stranger sent.
func TestMistakes(t *testing.T) {
	st, soon := venue(t), "soon"
	many := func(n int) *[]string { list := make([]string, n); return &list }
	for _, c := range []struct {
		in         Mandate
		code, says string
	}{
		{Mandate{Rights: say("FLY")}, "malformed-mandate", "no right"},
		{Mandate{Networks: say("0.0.0.0/0")}, "malformed-network", "no limit"},
		{Mandate{Networks: say("10.0.0.1", "10.0.0.1/32")}, "malformed-network", "listed twice"},
		{Mandate{Networks: say("10.0.0.0/8", "10.0.0.1")}, "malformed-network", "10.0.0.1/32 lies in 10.0.0.0/8"},
		{Mandate{Networks: say("10.0.0.1", "10.0.0.0/8")}, "malformed-network", "10.0.0.1/32 lies in 10.0.0.0/8"},
		{Mandate{Networks: many(instruction.MaxMandateNetworks + 1)}, "malformed-mandate", "networks"},
		{Mandate{Expires: &soon}, "malformed-expiry", "no end"},
		{Mandate{Symbols: say(strings.Repeat("X", 5000))}, "unknown-market", "no market"},
		{Mandate{Symbols: say("BTCUSDT", "BTCUSDT")}, "malformed-mandate", "listed twice"},
		{Mandate{Symbols: many(instruction.MaxMandateMarkets + 1)}, "malformed-mandate", "symbols"},
		{Mandate{Trades: say(Cap{Asset: strings.Repeat("X", 5000), PerDay: "1"})}, "unknown-asset", "no asset"},
		{Mandate{Trades: say(Cap{Asset: "BTC"})}, "malformed-caps", "name one of them"},
		{Mandate{Trades: say(Cap{Asset: "BTC", PerOrder: "0"})}, "malformed-caps", "above 0"},
		{Mandate{Trades: say(Cap{Asset: "USDT", PerDay: "0.0000001"})}, "malformed-caps", "at most 6 decimals"},
		{Mandate{Trades: say(Cap{Asset: "BTC", PerDay: strings.Repeat("9", 5000)})}, "malformed-caps", "no amount"},
		{Mandate{Withdrawals: say(Cap{Asset: "BTC", PerOrder: "2", PerDay: "1.5"})}, "malformed-caps", "2 in one order and only 1.5 in a day"},
		{Mandate{Withdrawals: say(Cap{Asset: "BTC", PerOrder: "1"}, Cap{Asset: "BTC", PerDay: "1"})}, "malformed-caps", "two caps"},
		{Mandate{Withdrawals: say(make([]Cap, instruction.MaxCaps+1)...)}, "malformed-caps", "at most 16"},
	} {
		var m instruction.Mandate
		err := c.in.Over(st, 0, &m)
		if no := (*Mistake)(nil); !errors.As(err, &no) || no.Code != c.code || !strings.Contains(no.Error(), c.says) || len(no.Error()) > 250 {
			t.Errorf("%v, want %s: %s", err, c.code, c.says)
		}
	}
}
