package signer

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// TestSign: what is signed is what was planned, byte for byte the same whenever it is asked for.
func TestSign(t *testing.T) {
	b := newBank(t)
	s := b.signer(b.cap(200e8, 1000e8))
	payouts := []instruction.PayoutID{b.owe(1e8, b.to(1)), b.owe(150e8, b.to(2)), b.owe(30_000, b.to(1))}
	id := b.plan(b.free(3), 5_000, 0, payouts...)
	raw, tx := b.signs(s, id)
	other := b.signer(b.cap(150e8, 151e8+35_000))
	for _, s := range []*Signer{s, other, other} {
		again, name := b.signs(s, id)
		if !bytes.Equal(raw, again) || name != tx {
			t.Error("other bytes")
		}
	}
	b.wallet(&instruction.SignSpend{Asset: ltc, Spend: id, Tx: tx, Raw: raw})
	if again, _ := b.signs(s, id); !bytes.Equal(raw, again) {
		t.Error("other bytes, once it is on record")
	}
	b.wallet(&instruction.SeeSpends{Asset: ltc, Spends: []instruction.SpendID{id}})
	child := b.plan([]instruction.Outpoint{{Tx: tx, Index: 3}}, 7_000, 0) // what is left of it, back to the hot address
	b.signs(s, child)
}

// TestCapsToTheUnit: what is exactly a cap is signed, what is one unit more is not.
func TestCapsToTheUnit(t *testing.T) {
	b := newBank(t)
	one := b.pay(5e8) // 5 coins, and 1000 of fee
	size := money.Amount(coin.Size(1, mustOuts(b, one)))
	for _, c := range []struct {
		cap  Cap
		says string
	}{
		{Cap{Payout: 5e8, Hour: 5e8 + 1000, FeeRate: 1e6}, ""},
		{Cap{Payout: 5e8 - 1, Hour: 5e8 + 1000, FeeRate: 1e6}, "payout 1 brings 5.00000000 LTC to its address, and the cap is 4.99999999"},
		{Cap{Payout: 5e8, Hour: 5e8 + 999, FeeRate: 1e6}, "lets 5.00001000 LTC leave is over the cap for an hour, 5.00000999"},
		{Cap{Payout: 5e8, Hour: 6e8, FeeRate: 1000 * 1000 / size}, ""}, // rounded up to what is paid
		{Cap{Payout: 5e8, Hour: 6e8, FeeRate: 999 * 1000 / size}, "a fee of 0.00001000 LTC"},
	} {
		c.cap.Asset, c.cap.Network = "LTC", b.network
		s := b.signer(c.cap)
		if c.says == "" {
			b.signs(s, one)
		} else {
			b.refuses(s, one, c.says)
		}
	}
}

func mustOuts(b *bank, id instruction.SpendID) []coin.Out {
	_, outs := b.parts(id)
	return outs
}

// TestRefused: what does not fit is not signed, and the reason says what to do.
func TestRefused(t *testing.T) {
	b := newBank(t)
	id := b.pay(1e8)
	s := b.signer(b.cap(10e8, 100e8))
	refuse := func(x instruction.Asset, id instruction.SpendID, says string) {
		t.Helper()
		_, _, err := s.Sign(t.Context(), x, id, 0)
		refuses(t, err, says)
	}
	refuse(9, id, "asset 9 has no chain on record")
	refuse(0, id, "asset 0 has no chain on record")
	refuse(ltc, id+1, "spend 2 of LTC is not on record: the last one there is 1")
	refuse(ltc, 0, "spend 0 of LTC is not on record")
	refuse(ltc, 1<<63, "is not on record")
	b.operator(&instruction.AddAsset{Symbol: "DOGE", Scale: 8})
	refuse(2, 1, "asset 2 has no chain on record")
	shore := b.terms // not that of LTC
	shore.Genesis[0]++
	b.operator(&instruction.SetChain{Asset: 2, Terms: shore})
	refuse(2, 1, "no cap is set for DOGE")
	s, err := New(testSeed(t, "8"), []Cap{b.cap(10e8, 100e8)}, b.Read)
	if err != nil {
		t.Fatal(err)
	}
	b.refuses(s, id, "account key for LTC is not this seed's")
	lite, _ := coin.NetworkNamed("litecoin")
	other := b.cap(10e8, 100e8)
	other.Network = lite
	b.refuses(b.signer(other), id, `the record has LTC on "litecoin-regtest", and this signer signs for litecoin`)
	down := errors.New("the record cannot be read")
	s, err = New(b.seed, []Cap{b.cap(10e8, 100e8)}, func(func(*core.State)) error { return down })
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Sign(t.Context(), ltc, id, 0); !errors.Is(err, down) || errors.As(err, new(*Refused)) {
		t.Errorf("a record that cannot be read: %v", err)
	}
}

// TestTermsNotOwn: a chain whose hot address or first block is another's is refused, though all else fits.
func TestTermsNotOwn(t *testing.T) {
	for says, change := range map[string]func(*bank){
		"the record's hot address":   func(b *bank) { b.terms.Hot = b.to(5) },
		"chain of LTC begins with":   func(b *bank) { b.terms.Genesis[3]++ },
		"account key for LTC is not": func(b *bank) { b.terms.Account += "x" },
	} {
		b := newBank(t)
		id := b.pay(1e8)
		change(b)
		b.look(func(_ *core.State, c *chain.Chain) { c.Terms = b.terms }) // as a record that somebody forged would have it
		b.refuses(b.signer(b.cap(10e8, 100e8)), id, says)
	}
}

// TestOver: what is over is not signed again.
func TestOver(t *testing.T) {
	b := newBank(t)
	s := b.signer(b.cap(10e8, 100e8))
	anchor := b.free(1)
	pay := b.owe(1e8, b.to(1))
	first := b.plan(anchor, 1000, 0, pay)
	raw, tx := b.signs(s, first)
	b.wallet(&instruction.SignSpend{Asset: ltc, Spend: first, Tx: tx, Raw: raw})
	second := b.plan(anchor, 2000, first, pay)
	b.block(nil, []instruction.Spent{{Coin: anchor[0], By: tx}})
	b.signs(s, second) // may be signed as long as nothing is settled
	b.block(nil, nil)
	b.block(nil, nil)
	b.refuses(s, first, "spend 1 of LTC is settled")
	b.refuses(s, second, "spend 2 of LTC is over")
}

// TestAnotherTransaction: a spend that is on record as signed with other bytes is not signed beside them.
func TestAnotherTransaction(t *testing.T) {
	b := newBank(t)
	id := b.pay(1e8)
	b.wallet(&instruction.SignSpend{Asset: ltc, Spend: id, Tx: instruction.TxID{31: 1}, Raw: []byte{1}})
	b.refuses(b.signer(b.cap(10e8, 100e8)), id, "is on record as signed")
}

// TestContradiction: a record whose sums do not agree is not signed.
func TestContradiction(t *testing.T) {
	for name, forge := range map[string]func(*chain.Chain, *chain.Spend){
		"more change":  func(_ *chain.Chain, x *chain.Spend) { x.Change++ },
		"less change":  func(_ *chain.Chain, x *chain.Spend) { x.Change-- },
		"below zero":   func(_ *chain.Chain, x *chain.Spend) { x.Fee += x.Change + 5; x.Change = -5 },
		"another fee":  func(_ *chain.Chain, x *chain.Spend) { x.Fee++ },
		"paid":         func(_ *chain.Chain, x *chain.Spend) { x.Paid-- },
		"coin of more": func(c *chain.Chain, x *chain.Spend) { c.Coin(x.Anchor()).Amount += 1e8 },
		"huge coin":    func(c *chain.Chain, x *chain.Spend) { c.Coin(x.Anchor()).Amount = 1<<63 - 1 },
	} {
		b := newBank(t)
		id := b.pay(1e8)
		b.look(func(_ *core.State, c *chain.Chain) { forge(c, c.Spend(id)) })
		s := b.signer(b.cap(10e8, 100e8))
		if raw, _, err := s.Sign(t.Context(), ltc, id, 0); raw != nil || !errors.As(err, new(*Refused)) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestForgedAmounts: whoever has one transaction signed twice, each time with another lie about what its coins hold, gets one of
// them. The signature of an input vouches for that input's amount alone.
func TestForgedAmounts(t *testing.T) {
	b := newBank(t)
	id := b.plan(b.free(2), 1000, 0, b.owe(1e8, b.to(1)))
	s := b.signer(b.cap(10e8, 100e8))
	b.signs(s, id)
	b.look(func(_ *core.State, c *chain.Chain) {
		x := c.Spend(id)
		c.Coin(x.Inputs[0]).Amount -= 5e8
		c.Coin(x.Inputs[1]).Amount += 5e8
	})
	b.refuses(s, id, "was signed before with coins of other amounts")
}

// TestNoCaps: a signer that could sign nothing, or too much, does not start.
func TestNoCaps(t *testing.T) {
	b := newBank(t)
	good := b.cap(1, 2)
	zero, upside, nameless, nowhere := good, good, good, good
	zero.Payout, upside.Payout, nameless.Asset, nowhere.Network = 0, 3, "", nil
	for _, caps := range [][]Cap{nil, {zero}, {upside}, {nameless}, {nowhere}, {good, good}} {
		if _, err := New(b.seed, caps, b.Read); err == nil {
			t.Errorf("%+v", caps)
		}
	}
}

// TestParseCap: caps as they are written.
func TestParseCap(t *testing.T) {
	lite, _ := coin.NetworkNamed("litecoin")
	demo, _ := coin.NetworkNamed("demo")
	for text, want := range map[string]Cap{
		"LTC:payout=10,hour=100":                              {"LTC", lite, 10e8, 100e8, 1e6},
		"X:hour=0.5,payout=0.00000001,fee=0.001,network=demo": {"X", demo, 1, 5e7, 1e5},
	} {
		if c, err := ParseCap(text, lite); err != nil || c != want {
			t.Errorf("%s: %+v, %v", text, c, err)
		}
	}
	for text, says := range map[string]string{
		"":                              "it must say payout and hour",
		"LTC":                           "it must say payout and hour",
		"LTC:payout=10":                 "it must say payout and hour",
		"LTC:payout=10,hour=9":          "the first must be the larger one",
		"LTC:payout=0,hour=9":           "above 0",
		"LTC:payout=-1,hour=9":          "payout:",
		"LTC:payout=1,hour=9,fee=0":     "above 0",
		"LTC:payout=1,payout=2,hour=9":  `"payout" is said twice`,
		"LTC:payout=1e3,hour=9":         "payout:",
		"LTC:payout=1,hour=9,day=3":     `there is no part "day=3"`,
		"LTC:payout=1,hour=9,network=x": "no network is called",
		":payout=1,hour=9":              "name its symbol",
	} {
		if _, err := ParseCap(text, lite); err == nil || !bytes.Contains([]byte(err.Error()), []byte(says)) {
			t.Errorf("%s: %v; want %q", text, err, says)
		}
	}
	if _, err := ParseCap("LTC:payout=1,hour=9", nil); err == nil {
		t.Error("a cap for no network")
	}
}

// TestSecretsStayOut: nothing of a signer prints its keys.
func TestSecretsStayOut(t *testing.T) {
	b := newBank(t)
	s := b.signer(b.cap(1e8, 2e8))
	var out bytes.Buffer
	log := slog.New(slog.NewTextHandler(&out, nil))
	log.Info("x", "seed", b.seed, "signer", fmt.Sprintf("%+v %#v", s.chains["LTC"].keys, b.seed))
	if bytes.Contains(out.Bytes(), []byte("777777")) || !bytes.Contains(out.Bytes(), []byte("[redacted]")) {
		t.Error(out.String())
	}
}
