package stream

import (
	"strings"
	"testing"

	"portcullis/core/instruction"
)

// TestDepositEvents: who watches an account is told when a deposit is credited, and when it is taken back.
func TestDepositEvents(t *testing.T) {
	h := newHouse(t, 1)
	h.operator(&instruction.AddAsset{Symbol: "LTC", Scale: 8})
	const ltc = 4
	h.operator(&instruction.SetChain{Asset: ltc, Terms: instruction.ChainTerms{Network: "litecoin-regtest", Genesis: instruction.BlockHash{1}, Account: "xpub", Hot: "hot",
		Start: 1, CreditDepth: 1, SettleDepth: 1, MinDeposit: 1, MinWithdraw: 2, WithdrawFee: 1, MaxFeeRate: 1}})
	box, _ := h.inbox(2)
	wallet := func(in instruction.Instruction) {
		t.Helper()
		r, err := h.Engine.Do(&instruction.Principal{Giver: instruction.ByWallet}, in)
		if err != nil || r.Refused(new(instruction.Events)) != 0 {
			t.Fatalf("%T: %v %v", in, r.Refused(new(instruction.Events)), err)
		}
	}
	block := func(height uint32, hash byte, received ...instruction.Received) {
		t.Helper()
		wallet(&instruction.Advance{Asset: ltc, Height: height, Hash: instruction.BlockHash{hash}, Prev: instruction.BlockHash{1}, Received: received, Whole: true})
	}
	coin := func(tx byte) instruction.Received {
		return instruction.Received{Coin: instruction.Outpoint{Tx: instruction.TxID{tx}}, Amount: 5e7, Account: 2}
	}
	block(1, 1)
	block(2, 2, coin(1))
	wallet(&instruction.Rewind{Asset: ltc, Height: 1, Hash: instruction.BlockHash{1}})
	block(2, 3, coin(2))
	for i, got := range box.next(t, 6) {
		want := []string{
			`"a":"LTC","d":"0.50000000"`, `"a":"LTC","f":"0.50000000"`, `"a":"LTC","d":"-0.50000000"`, `"a":"LTC","f":"0.00000000"`,
			`"a":"LTC","d":"0.50000000"`, `"a":"LTC","f":"0.50000000"`,
		}[i]
		if !strings.Contains(got, want) {
			t.Errorf("event %d is %s, want %s", i, got, want)
		}
	}
}
