package owner

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// gained is a past, after traded, in which somebody's key bought half a BTC of Alice's for 20,000 each, and what she gained
// is held: 10,000 less 5,000.5, since the mean is 10,001.
func gained(h *house) {
	h.operator(&instruction.OpenAccount{Ref: "careless"})
	const careless = 6
	h.operator(&instruction.Credit{Account: careless, Asset: 2, Amount: 200_000e6})
	h.operator(&instruction.SetBudget{Account: careless, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	k := h.key(careless, instruction.MayRead|instruction.MayTrade)
	order := func(by *testKey, name string, side instruction.Side, price money.Price, qty money.Amount) {
		id, _ := instruction.ClientIDOf(name)
		h.give(by.by(), &instruction.PlaceOrder{
			Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: price * 1e6, Qty: qty, ClientID: id,
		})
	}
	h.operator(&instruction.Credit{Account: 2, Asset: 1, Amount: 1e8})
	order(h.key(2, instruction.MayRead|instruction.MayTrade), "dear", instruction.Sell, 20_000, 5e7)
	order(k, "pump", instruction.Buy, 20_000, 95e7)
	h.operator(&instruction.HoldProceeds{Credential: k.number})
}

// TestProceeds: what is held is shown to who gained it, with what it is for, and to nobody else; an appeal is taken up and shown.
func TestProceeds(t *testing.T) {
	h := newHouse(t, traded, gained)
	list := into[Proceeds](t, h.get(h.alice, "proceeds")).Proceeds
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	p := list[0]
	if p.Hold != 1 || p.Market != "BTCUSDT" || p.Asset != "USDT" || p.Gain != "4999.500000" || p.Missing != "0.000000" || p.Indirect || p.Until != "2026-03-04T00:01:02.000000Z" {
		t.Errorf("%+v", p)
	}
	if len(p.Held) != 1 || (p.Held[0] != ProceedsPart{2, "USDT", "4999.500000"}) {
		t.Errorf("held is %+v", p.Held)
	}
	if other := into[Proceeds](t, h.get(h.bob, "proceeds")).Proceeds; len(other) != 0 {
		t.Errorf("a stranger is shown %+v", other)
	}
	done := into[Done](t, h.post(h.alice, "proceeds/appeal", `{"hold":1,"text":"an order of last week"}`))
	if len(done.Done) != 1 || done.Done[0] != "Your appeal against hold 1 is with the venue." {
		t.Errorf("%+v", done)
	}
	if p := into[Proceeds](t, h.get(h.alice, "proceeds")).Proceeds[0]; p.Appeals != 1 || p.Appeal != "an order of last week" {
		t.Errorf("%+v", p)
	}
	for body, code := range map[string]string{
		`{"hold":0,"text":"x"}`: "malformed-request", `{"hold":1,"text":""}`: "malformed-request", `{"hold":2,"text":"x"}`: "unknown-proceeds",
		`{"hold":1,"text":"a\u0007b"}`: "malformed-definition",
	} {
		if a := h.post(h.alice, "proceeds/appeal", body); a.code() != code {
			t.Errorf("%s: %s", body, a.body)
		}
	}
	if a := h.post(h.bob, "proceeds/appeal", `{"hold":1,"text":"x"}`); a.status != 404 || a.code() != "unknown-proceeds" {
		t.Errorf("a stranger appeals: %s", a.body)
	}
}
