package stream

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestTransferEvents: both accounts of a transfer are told, each of its own side; done again under its name, nobody is.
func TestTransferEvents(t *testing.T) {
	h := newHouse(t, 1)
	h.operator(&instruction.OpenAccount{Parent: 2}) // number 3
	h.operator(&instruction.CreateKey{Account: 2, ID: instruction.KeyID{9}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayTransfer}})
	master, _ := h.inbox(2)
	sub, _ := h.inbox(3)
	name, _ := instruction.ClientIDOf("once")
	for range 2 {
		h.give(2, &instruction.Transfer{From: 2, To: 3, Asset: 1, Amount: 5e7, Client: name})
	}
	h.operator(&instruction.Credit{Account: 2, Asset: 2, Amount: 1})
	h.operator(&instruction.Credit{Account: 3, Asset: 2, Amount: 1})
	const now = `"E":1515196800000`
	for box, want := range map[*inbox][]string{
		master: {`{"e":"balanceUpdate",` + now + `,"a":"BTC","d":"-0.50000000","T":1515196800000}`, `"f":"999.50000000"`, `"a":"USDT"`},
		sub:    {`{"e":"balanceUpdate",` + now + `,"a":"BTC","d":"0.50000000","T":1515196800000}`, `"f":"0.50000000"`, `"a":"USDT"`},
	} {
		for i, got := range box.next(t, 3) {
			if !strings.Contains(got, want[i]) {
				t.Errorf("event %d is %s, want %s", i, got, want[i])
			}
		}
	}
}

// TestRebateReport: a maker's rebate is told as a commission below zero, in the asset that fees are in; the taker's fee in
// that asset too.
func TestRebateReport(t *testing.T) {
	h := newHouse(t, 2)
	h.operator(&instruction.AddMarket{Base: 1, Quote: 3, Terms: instruction.Terms{
		Tick: 1e4, MinPrice: 1e5, MaxPrice: 1e13, Lot: 1e3, MaxQty: 1e12, MakerFee: -1000, TakerFee: 2000, FeeIn: 3}})
	maker, _ := h.inbox(2)
	taker, _ := h.inbox(3)
	order := func(k instruction.Credential, side instruction.Side) {
		p := h.limit(side, 1, 1)
		p.Market, p.Price, p.Qty = 3, 1e8, 1e8
		h.give(k, p)
	}
	order(1, instruction.Sell)
	order(2, instruction.Buy)
	for box, want := range map[*inbox]string{maker: `"n":"-0.00100000","N":"ETH"`, taker: `"n":"0.00200000","N":"ETH"`} {
		box.until(t, func(e string) bool {
			trade := strings.Contains(e, `"x":"TRADE"`)
			if trade && !strings.Contains(e, want) {
				t.Errorf("%s, want %s", e, want)
			}
			return trade
		})
	}
}
