package core

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestThinStands: a thin mark is looked at once in a record and account. Nothing that the record then does would have changed it.
func TestThinStands(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.CreateKey{
		Account: victim + 2, ID: instruction.KeyID{99}, Scheme: instruction.Ed25519, Material: append(make([]byte, 31), 9),
		Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn},
	})
	v.want(v.by(4, &instruction.NameMarket{Account: victim + 2, Market: 2}), 0)
	v.operator(&instruction.SetFees{Markets: []instruction.Market{2}, Taker: 10_000})
	for i := range int64(8 * 12) {
		v.want(v.in(2, house, instruction.Sell, instruction.GTC, 10+i%3, 1_000), 0)
		v.want(v.in(2, other, instruction.Buy, instruction.IOC, 10+i%3, 1_000), 0)
		v.pass(299 * instruction.Second)
	}
	m := v.s.Market(2)
	for price := range int64(30) {
		v.want(v.in(2, []int{house, other, thief}[price%3], instruction.Sell, instruction.GTC, 9+price, 1_000), 0)
	}
	r := v.in(2, victim, instruction.Buy, instruction.GTC, 39, 30_000)
	v.want(r, 0)
	for i, e := range events[*instruction.Charged](r) {
		if low, high := usdt(9)/100, usdt(13)/100; e.Fees < low || e.Fees > high { // of one coin that is worth 10 to 12
			t.Errorf("fill %d has a fee of %s, in a coin that only its thin market values", i, e.Fees.Text(8))
		}
	}
	for a := range instruction.Account(6) {
		for range 2 {
			got, want := v.s.thin(m, lens{customer: a}), m.mark.Thin(v.s.clock.Waits(), a)
			if got != want || a == victim+2 && !got.Known() {
				t.Errorf("for account %d the record goes by %v, and it is %v", a, got, want)
			}
		}
	}
}

// TestThinWithoutOwn: what a customer's accounts traded with each other, or with others, is left out of the thin mark of all
// of them.
func TestThinWithoutOwn(t *testing.T) {
	v := bounded(t)
	v.operator(&instruction.OpenAccount{Parent: victim + 2, Ref: "sub"})
	sub := v.s.Accounts()
	v.operator(&instruction.Credit{Account: sub, Asset: 3, Amount: 1_000e8})
	key := v.makeKey(int(sub)-2, nil)
	for range 8 * 12 {
		v.want(v.in(2, house, instruction.Sell, instruction.GTC, 10, 1_000), 0)
		v.want(v.in(2, other, instruction.Buy, instruction.IOC, 10, 1_000), 0)
		v.pass(299 * instruction.Second)
	}
	v.operator(&instruction.SetBudget{Account: victim + 2, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}})
	for range 7 * 12 {
		v.want(v.in(2, int(key)-1, instruction.Sell, instruction.GTC, 90, 1_000), 0)
		v.want(v.in(2, thief, instruction.Buy, instruction.IOC, 90, 1_000), 0)
		v.pass(299 * instruction.Second)
	}
	if k := v.s.thin(v.s.Market(2), lens{customer: victim + 2, reader: true}); k.Low != usd(10) || k.High != usd(90) {
		t.Errorf("a customer whose sub-account traded at 90, and nobody else but at 10, goes by %v", k)
	}
}
