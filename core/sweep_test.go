package core

import (
	"testing"

	"portcullis/core/instruction"
)

// TestSweepRounding: a market order by quote quantity that takes a part of an order ends there, though rounding has left
// enough for one lot more. What is held is then what the match spends: two parts of one order, each rounded down, would
// cost less than both together.
func TestSweepRounding(t *testing.T) {
	v := newVenue(t, 2)
	v.operator(&instruction.AddAsset{Symbol: "WEI", Scale: 12})
	v.operator(&instruction.AddMarket{Base: 2, Quote: 3, Terms: instruction.Terms{
		Tick: 1e6, MinPrice: 1e8, MaxPrice: 1e15, Lot: 3, MaxQty: 3e12}})
	v.operator(&instruction.Credit{Account: 3, Asset: 3, Amount: 1000})
	for range 2 {
		v.want(v.by(0, &instruction.PlaceOrder{Market: 2, Side: instruction.Sell, Type: instruction.Limit, TIF: instruction.GTC,
			Price: 7.91e8, Qty: 30, ClientID: v.clientID()}), 0)
	}
	// 12 cost 94.92, so 94. 24 are left then, and 3 more would cost 23.73; but 15 cost 118.65, not 94 and 23.
	v.want(v.by(1, &instruction.PlaceOrder{Market: 2, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC,
		QuoteQty: 118, ClientID: v.clientID()}), 0)
	v.balance(1, 3, 1000-94, 0)
	v.balance(1, 2, 1_000_000e8+12, 0)
}
