package core

import (
	"testing"

	"portcullis/core/instruction"
)

// TestChainGoesOn: what a block brings beyond one record's room goes on with each tick, as fast as the writer makes them, and not only
// once nobody asks for anything: an hour of deposits would else wait for a quiet second each.
//
// It was seen red without the line of settleChain that says so.
func TestChainGoesOn(t *testing.T) {
	const coins = 2*sliceCoins + 50
	v := newVenue(t, 1)
	v.operator(&instruction.SetChain{Asset: 1, Terms: instruction.ChainTerms{
		Network: "demo", Genesis: instruction.BlockHash{1}, Account: "tpub", Hot: "demo1hot", CreditDepth: 1, SettleDepth: 1,
		MinDeposit: 1, MinWithdraw: 2, WithdrawFee: 1, MaxFeeRate: 1,
	}})
	wallet := instruction.Principal{Giver: instruction.ByWallet}
	block := instruction.Advance{Asset: 1, Height: 1, Hash: instruction.BlockHash{2}, Prev: instruction.BlockHash{1}, Whole: true}
	for i := range uint32(coins) {
		block.Received = append(block.Received, instruction.Received{Coin: instruction.Outpoint{Tx: instruction.TxID{3}, Index: i}, Amount: 1000, Account: 2})
	}
	credited := func(r instruction.Record) int { return len(events[*instruction.DepositCredited](r)) }
	r := v.step(wallet, &block)
	v.want(r, 0)
	for n, want := range []int{sliceCoins, sliceCoins, coins - 2*sliceCoins} {
		if got := credited(r); got != want || v.s.Working() != (n < 2) {
			t.Fatalf("record %d credits %d deposits, and there is more: %v; want %d", r.Seq, got, v.s.Working(), want)
		}
		r = v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	if got := credited(r); got != 0 || v.s.Working() {
		t.Errorf("%d more are credited, and there is more: %v", got, v.s.Working())
	}
}
