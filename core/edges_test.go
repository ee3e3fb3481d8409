package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestFirstAfterStandingStill: a reference from before the venue stood still vouches for nothing in the first record after
// that, which is judged before the clock has moved.
func TestFirstAfterStandingStill(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.SetMarks{Market: 1, Marks: instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: usdt(1_000)}})
	v.step(instruction.Principal{Giver: instruction.ByVenue}, &instruction.Refer{Market: 1, Price: usd(10_000), Dated: v.s.Clock().Now})
	v.want(v.order(victim, instruction.Sell, instruction.IOC, 9_999, 10), 0)
	v.now += 3600 * instruction.Second
	v.want(v.order(victim, instruction.Sell, instruction.IOC, 9_999, 10), instruction.WithoutMark)
}

// TestMoreThanCanBeCounted: what is given is worth more than any amount. What is received, which is cut at the same number,
// does not make up for it.
func TestMoreThanCanBeCounted(t *testing.T) {
	v := newVenue(t, 1)
	v.operator(&instruction.AddAsset{Symbol: "FINE", Scale: money.MaxScale})
	v.operator(&instruction.AddAsset{Symbol: "CENT", Scale: 2})
	huge := instruction.Terms{Tick: 1, MinPrice: 1e9, MaxPrice: money.Price(money.MaxAmount), Lot: 1, MaxQty: money.MaxAmount}
	v.operator(&instruction.AddMarket{Base: 1, Quote: 3, Terms: huge})
	v.operator(&instruction.AddMarket{Base: 4, Quote: 3, Terms: huge})
	v.operator(&instruction.AddMarket{Base: 1, Quote: 4, Terms: instruction.Terms{Tick: 1, MinPrice: 1e8, MaxPrice: 1e12, Lot: 1, MaxQty: money.MaxAmount}})
	v.operator(&instruction.SetValuation{Asset: 3})
	v.operator(&instruction.SetRoute{Asset: 1, Markets: []instruction.Market{2}})
	v.operator(&instruction.SetRoute{Asset: 4, Markets: []instruction.Market{3}})
	for m := range instruction.Market(2) {
		v.operator(&instruction.SetMarks{Market: m + 2, Marks: instruction.Marks{Tier: instruction.Liquid, Depth: money.MaxAmount}})
	}
	for m, price := range map[instruction.Market]money.Price{2: 10_000e12, 3: 1e12} {
		v.s.Market(m).mark.Quote(0, price-1, price+1)
	}
	v.s.clock.Now += 100 * instruction.Second
	p := &party{lens: lens{customer: 2, reader: true}, Party: v.s.partyOf(2, 1)}
	for _, d := range []deal{
		{v.s.Market(4), 1, 4, 1_000e8, 2_400_000_00}, // worth 10,000,000, for 2,400,000
		{v.s.Market(4), 4, 1, 10_000_000_00, 240e8},  // likewise
	} {
		if x, ok := v.s.price(p, d); !ok || x.loss < money.MaxAmount/2 {
			t.Errorf("%+v loses %d: %v", d, x.loss, ok)
		}
	}
}
