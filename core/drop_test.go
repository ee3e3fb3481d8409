package core

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

func (v *venue) tick() instruction.Record {
	v.t.Helper()
	return v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
}

// TestDropTrading: in force with the record that drops, open again with the one that raises; what rests stays, and can be
// cancelled.
func TestDropTrading(t *testing.T) {
	v := newVenue(t, 2)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), 0)
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), 0)
	v.operator(&instruction.Drop{Class: instruction.DropTrading, Reason: "we look into prices", Until: v.now + instruction.Day})
	v.want(v.order(0, instruction.Buy, instruction.GTC, 10_000, 1000), instruction.TradingDropped)
	v.tick()
	if n := v.s.Market(1).Book.Len(); n != 2 {
		t.Errorf("%d orders rest", n)
	}
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: 1}), 0)
	v.operator(&instruction.Raise{Drop: 1, Share: 100})
	v.want(v.order(1, instruction.Sell, instruction.GTC, 10_000, 1000), 0)
	if n := v.s.Market(1).Book.Len(); n != 0 {
		t.Errorf("%d orders rest", n)
	}
}

func TestDropRefusals(t *testing.T) {
	v := newVenue(t, 1)
	operator := instruction.Principal{Giver: instruction.ByOperator}
	for name, c := range map[string]struct {
		in   instruction.Instruction
		want instruction.Reason
	}{
		"asset":      {&instruction.Drop{Class: 3, Scope: instruction.Scope{Asset: 9}}, instruction.UnknownAsset},
		"reason":     {&instruction.Drop{Class: 3, Reason: strings.Repeat("x", 201)}, instruction.MalformedDefinition},
		"bent":       {&instruction.Drop{Class: 3, Reason: "a\u202eb"}, instruction.MalformedDefinition},
		"line":       {&instruction.Drop{Class: 3, Reason: "a\nb"}, instruction.MalformedDefinition},
		"until":      {&instruction.Drop{Class: 3, Until: v.now}, instruction.MalformedDefinition},
		"integrator": {&instruction.Drop{Class: 3, Scope: instruction.Scope{Integrator: "é"}}, instruction.MalformedDefinition},
		"none":       {&instruction.Raise{Drop: 1, Share: 100}, instruction.UnknownDrop},
	} {
		r := v.step(operator, c.in)
		var ev instruction.Events
		if got := r.Refused(&ev); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	v.operator(&instruction.Drop{Class: 3})
	v.want(v.step(operator, &instruction.Raise{Drop: 1, Share: 101}), instruction.ShareNotGrown)
	v.operator(&instruction.Raise{Drop: 1, Share: 10})
	v.want(v.step(operator, &instruction.Raise{Drop: 1, Share: 10}), instruction.ShareNotGrown)
	v.operator(&instruction.Raise{Drop: 1, Share: 100})
	v.want(v.step(operator, &instruction.Raise{Drop: 1, Share: 100}), instruction.UnknownDrop)
	for range 64 {
		v.operator(&instruction.Drop{Class: 3})
	}
	v.want(v.step(operator, &instruction.Drop{Class: 3}), instruction.TooMany)
}

// crowded is a venue of two markets whose two accounts have keys made for "grid", beside their own.
func crowded(t *testing.T, keys int) *venue {
	v := newVenue(t, 2)
	v.operator(&instruction.AddAsset{Symbol: "ETH", Scale: 8})
	v.operator(&instruction.AddMarket{Base: 3, Quote: 2, Terms: terms})
	for i := range keys {
		v.operator(&instruction.CreateKey{Account: instruction.Account(2 + i%2), ID: instruction.KeyID{7, byte(i), byte(i >> 8)}, Scheme: instruction.Ed25519,
			Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTrade}, Integrator: "grid", Created: start - 5})
	}
	return v
}

func (v *venue) rest(key instruction.Credential, m instruction.Market, price int64) {
	v.t.Helper()
	v.want(v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: key}, &instruction.PlaceOrder{
		Market: m, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: money.Price(price * 1e8), Qty: 1e6, ClientID: v.clientID(),
	}), 0)
}

// TestDropKeys: one record shuts the keys, the ticks after it cancel their orders and nobody else's, slice by slice, and a
// state read back in the middle goes on where it was.
func TestDropKeys(t *testing.T) {
	const keys, each = 30, 40
	v := crowded(t, keys)
	for i := range keys {
		for n := range each / 2 {
			v.rest(instruction.Credential(3+i), instruction.Market(1+n%2), 1000+int64(i))
		}
		if i%5 == 0 {
			v.rest(1, 1, 2000+int64(i)) // of an account that has such keys, by a key of its own
		}
	}
	v.rest(2, 2, 900)
	mine := func() (grid, others int) {
		for _, m := range v.s.Markets() {
			for _, a := range []instruction.Account{2, 3} {
				for h := range m.Book.Orders(a) {
					if m.Book.At(h).Credential >= 3 {
						grid++
					} else {
						others++
					}
				}
			}
		}
		return grid, others
	}
	// The scan of 30 keys with 600 orders takes more than one slice.
	v.operator(&instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Integrator: "grid", Before: start}})
	if grid, others := mine(); grid != keys*each/2 || others != 7 || !v.s.Working() {
		t.Fatalf("with the drop: %d and %d, working: %v", grid, others, v.s.Working())
	}
	place := &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.GTC, Price: 1000e8, Qty: 1e6, ClientID: v.clientID()}
	v.want(v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: 3}, place), instruction.KeysDropped)
	v.want(v.step(instruction.Principal{Giver: instruction.ByCredential, Credential: 3}, &instruction.CancelOrder{Market: 1, Order: 9999}), instruction.UnknownOrder)
	slices := 0
	for ; v.s.Working(); slices++ {
		v.tick()
		if slices == 0 { // a restart in the middle
			c := instruction.Writer(nil)
			v.s.Fields(&c)
			r := instruction.Reader(c.Bytes())
			again := New()
			if again.Fields(&r); r.End() != nil {
				t.Fatal(r.End())
			}
			v.s = again
			if grid, _ := mine(); grid == 0 || !v.s.Working() {
				t.Fatalf("the first slice left %d", grid)
			}
		}
	}
	if grid, others := mine(); grid != 0 || others != 7 || slices < 2 {
		t.Errorf("after %d slices %d and %d", slices, grid, others)
	}
	v.want(v.order(0, instruction.Buy, instruction.GTC, 1000, 10), 0) // the account's own key
}

// TestDropKeysOfAsset: only orders in markets of the asset are cancelled; a drop by network cancels none, since an order
// does not say where it came from.
func TestDropKeysOfAsset(t *testing.T) {
	v := crowded(t, 1)
	v.rest(3, 1, 1000)
	v.rest(3, 2, 1000)
	v.operator(&instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Asset: 3}})
	for v.s.Working() {
		v.tick()
	}
	if a, b := v.s.Market(1).Book.Len(), v.s.Market(2).Book.Len(); a != 1 || b != 0 {
		t.Errorf("%d and %d orders rest", a, b)
	}
}

// TestRaisedWhileSweeping: for whom a drop is raised, the rest of the orders stays.
func TestRaisedWhileSweeping(t *testing.T) {
	v := crowded(t, 30)
	for i := range 30 {
		v.rest(instruction.Credential(3+i), 1, 1000)
	}
	v.operator(&instruction.Drop{Class: instruction.DropKeys})
	v.operator(&instruction.Raise{Drop: 1, Share: 100})
	before := v.s.Market(1).Book.Len()
	v.tick()
	if v.s.Working() || v.s.Market(1).Book.Len() != before || before == 0 {
		t.Errorf("%d orders became %d", before, v.s.Market(1).Book.Len())
	}
}

// TestSweepManyMarkets: a key that is looked for in more markets than one slice takes is found in the last one, although
// the venue goes on from a snapshot after each slice.
func TestSweepManyMarkets(t *testing.T) {
	s := New()
	do := func(p instruction.Principal, in instruction.Instruction) {
		t.Helper()
		b, err := s.Step(start, &p, in, nil)
		var r instruction.Record
		if err == nil {
			err = r.Decode(1, b)
		}
		var ev instruction.Events
		if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
			t.Fatalf("%T: %v, %v", in, err, r.Refused(&ev))
		}
	}
	operator := instruction.Principal{Giver: instruction.ByOperator}
	const assets = 48
	for i := range assets {
		do(operator, &instruction.AddAsset{Symbol: string([]byte{'A' + byte(i/26), 'A' + byte(i%26), 'X'}), Scale: 8})
	}
	for i := range instruction.Asset(assets * assets) {
		if base, quote := 1+i/assets, 1+i%assets; base != quote {
			do(operator, &instruction.AddMarket{Base: base, Quote: quote, Terms: terms})
		}
	}
	do(operator, &instruction.OpenAccount{})
	do(operator, &instruction.Credit{Account: 2, Asset: assets, Amount: 1e10})
	do(operator, &instruction.CreateKey{Account: 2, Scheme: instruction.Ed25519, Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTrade}})
	last := s.Markets()[len(s.Markets())-1]
	if len(s.Markets()) < sliceWork+100 {
		t.Fatalf("%d markets fit into one slice", len(s.Markets()))
	}
	id, _ := instruction.ClientIDOf("c")
	do(instruction.Principal{Giver: instruction.ByCredential, Credential: 1}, &instruction.PlaceOrder{
		Market: last.ID, Side: instruction.Sell, Type: instruction.Limit, TIF: instruction.GTC, Price: 1e10, Qty: 1e8, ClientID: id})
	do(operator, &instruction.Drop{Class: instruction.DropKeys})
	for n := 0; s.Working(); n++ {
		if n == 5 {
			t.Fatal("the slices come to no end")
		}
		do(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
		c := instruction.Writer(nil)
		s.Fields(&c)
		r := instruction.Reader(c.Bytes())
		s = New()
		if s.Fields(&r); r.End() != nil {
			t.Fatal(r.End())
		}
	}
	if n := s.Market(last.ID).Book.Len(); n != 0 {
		t.Errorf("%d orders rest", n)
	}
}

// BenchmarkSweep measures a slice at its worst: nothing but keys that are not concerned, and nothing but orders.
func BenchmarkSweep(b *testing.B) {
	const keys = 200_000
	build := func(orders bool) *State {
		s := New()
		do := func(p instruction.Principal, in instruction.Instruction) {
			if _, err := s.Step(start, &p, in, nil); err != nil {
				b.Fatal(err)
			}
		}
		operator := instruction.Principal{Giver: instruction.ByOperator}
		do(operator, &instruction.AddAsset{Symbol: "BTC", Scale: 8})
		do(operator, &instruction.AddAsset{Symbol: "USDT", Scale: 8})
		do(operator, &instruction.AddMarket{Base: 1, Quote: 2, Terms: terms})
		for i := range keys {
			a := instruction.Account(2 + i)
			do(operator, &instruction.OpenAccount{})
			do(operator, &instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i), byte(i >> 8), byte(i >> 16)}, Scheme: instruction.Ed25519,
				Material: make([]byte, 32), Mandate: instruction.Mandate{Rights: instruction.MayTrade}})
			if orders {
				do(operator, &instruction.Credit{Account: a, Asset: 1, Amount: 1e10})
				id, _ := instruction.ClientIDOf("c")
				do(instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(i + 1)}, &instruction.PlaceOrder{
					Market: 1, Side: instruction.Sell, Type: instruction.Limit, TIF: instruction.GTC, Price: money.Price(1e10 + 1e6*int64(i%5000)), Qty: 1e8, ClientID: id})
			}
		}
		d := &instruction.Drop{Class: instruction.DropKeys}
		if !orders {
			d.Scope.Integrator = "grid"
		}
		do(operator, d)
		return s
	}
	for name, orders := range map[string]bool{"keys": false, "orders": true} {
		b.Run(name, func(b *testing.B) {
			var s *State
			buf := make([]byte, 0, 1<<20)
			for b.Loop() {
				if s == nil || !s.Working() {
					b.StopTimer()
					s = build(orders)
					b.StartTimer()
				}
				if _, err := s.Step(start, &instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{}, buf); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
