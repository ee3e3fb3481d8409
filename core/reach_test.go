package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// marketSell is a market order.
func (v *venue) marketSell(qty money.Amount) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{Market: 1, Side: instruction.Sell, Type: instruction.MarketType, TIF: instruction.IOC, Qty: qty, ClientID: v.clientID()}
}

// TestSellOfAllIntoParts: a market sell whose fee is in what it gives, of all that its owner has, meets an iceberg: each part's
// fee is rounded up, and together they come to more than what is held. It sells what it can pay the fees of.
func TestSellOfAllIntoParts(t *testing.T) {
	charged := terms
	charged.FeeIn, charged.MakerFee, charged.TakerFee = 1, 0, 1500
	v := newVenueOf(t, 2, charged)
	v.operator(&instruction.OpenAccount{Ref: "poor"})
	v.operator(&instruction.CreateKey{Account: 4, ID: instruction.KeyID{9}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayTrade}})
	v.operator(&instruction.Credit{Account: 4, Asset: 1, Amount: 10_015})
	bid := v.ask(instruction.Buy, 100_000, 0)
	bid.Qty, bid.Visible = 10_000, 1_000
	v.want(v.by(0, bid), 0)
	r := v.by(2, v.marketSell(10_000)) // in one piece it would pay 15
	v.want(r, 0)
	if n := len(fills(r)); n != 9 {
		t.Errorf("%d fills", n)
	}
	v.balance(2, 1, 10_015-9*1002, 0)
}

// TestSellPastMaxFills: a market sell is foreseen to take more fills than it does, since a part of them is foreseen where two
// icebergs take turns; it sells no more than what is held for it.
func TestSellPastMaxFills(t *testing.T) {
	free := terms
	free.MinNotional = 0
	v := newVenueOf(t, 60, free)
	n := 0
	for ; n < MaxFills-5; n++ {
		p := v.ask(instruction.Buy, 100, 0)
		p.Qty = 1000
		v.quiet(n/199, p)
	}
	p := v.ask(instruction.Buy, 99, 0)
	p.Qty, p.Visible = 10_000, 1_000
	v.quiet(58, p)
	p = v.ask(instruction.Buy, 99, 0)
	p.Qty = 1_000_000
	v.quiet(58, p)
	r := v.by(59, v.marketSell(1_000*(MaxFills-5)+500_000))
	v.want(r, 0)
	sold := money.Amount(0)
	for _, f := range fills(r) {
		sold += f.Qty
	}
	if want := money.Amount(1_000*(MaxFills-5) + 10_000 + 2*MaxFills); sold != want { // with what is held for rounding
		t.Errorf("%d sold, want %d", sold, want)
	}
}
