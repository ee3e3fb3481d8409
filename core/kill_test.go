package core

import (
	"testing"

	"portcullis/core/instruction"
)

// TestFOKPastItsOwn: an order that must be filled whole and has its account's own orders expire is looked at past those, as it
// is matched past them: what they offer fills nothing of it. Else a maker behind them whose budget does not bear his part
// would leave it filled in part.
func TestFOKPastItsOwn(t *testing.T) {
	v := bounded(t)
	v.by(house, &instruction.CancelAll{Market: 1})
	v.want(v.order(victim, instruction.Sell, instruction.GTC, 10_010, 90_000), 0)
	v.want(v.order(house, instruction.Buy, instruction.GTC, 9_999, 1_000), 0)
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: usdt(100_000_000)}})
	v.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Refer{Market: 1, Price: usd(12_000), Dated: v.s.Clock().Now})
	v.want(v.order(house, instruction.Sell, instruction.GTC, 10_001, 1_000), 0)
	v.want(v.order(other, instruction.Sell, instruction.GTC, 10_005, 60_000), 0)
	coins := v.total(other, 1)
	v.want(v.by(other, &instruction.PlaceOrder{
		Market: 1, Side: instruction.Buy, Type: instruction.Limit, TIF: instruction.FOK, Price: usd(10_020), Qty: milli(50_000),
		ClientID: v.clientID(), SelfTrade: instruction.ExpireMaker,
	}), 0)
	if got := v.total(other, 1) - coins; got != 0 {
		t.Errorf("%s of 50 BTC were filled, and the rest was not", got.Text(8))
	}
}
