package demochain

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// TestReplacement: a higher fee pushes out what spends the same coin, with all that hangs on it.
func TestReplacement(t *testing.T) {
	low := coin.Reply{Outcome: coin.FeeTooLow, Code: -26, Reason: "insufficient fee"}
	c := fresh(t)
	p := purseOf(t, c)
	in, other := p.receive(t, Coin), p.receive(t, Coin)
	raw1, id1, change := p.spend(t, 1000, in)
	p.accepted(t, raw1)
	child, _ := p.spent(t, 5000, change)

	same, _, _ := p.spend(t, 1000, in, other)
	refused(t, c, "no higher rate", same, low)
	more, _, _ := p.spend(t, 5900, in)
	refused(t, c, "less than both pay", more, low)
	bit, _, _ := p.spend(t, 6001, in)
	refused(t, c, "not enough for its own way", bit, low)
	raw2, id2, _ := p.spend(t, 8000, in)
	p.accepted(t, raw2)
	p.confirmations(t, id1, -1)
	p.confirmations(t, child, -1)
	p.confirmations(t, id2, 0)
	refused(t, c, "the original again", raw1, low)

	ok(t, c.MineOnly(id1)) // another miner still had it
	p.confirmations(t, id1, 1)
	p.confirmations(t, id2, -1)
	refused(t, c, "the replacement after that", raw2, coin.Reply{Outcome: coin.Ambiguous, Code: -25, Reason: "bad-txns-inputs-missingorspent"})
}

// TestReplacementHangsOnNothingNew has the rules about what a replacement spends besides.
func TestReplacementHangsOnNothingNew(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	in, other := p.receive(t, Coin), p.receive(t, Coin)
	_, change := p.spent(t, 1000, in)
	_, foreign := p.spent(t, 1000, other)
	own, _, _ := p.spend(t, 50_000, in, change)
	refused(t, c, "spends what it pushes out", own, coin.Reply{Outcome: coin.Conflict, Code: -26, Reason: "bad-txns-spends-conflicting-tx"})
	own, _, _ = p.spend(t, 1000, other, in, change)
	refused(t, c, "spends what it pushes out, which pays more besides", own, coin.Reply{Outcome: coin.Conflict, Code: -26, Reason: "bad-txns-spends-conflicting-tx"})
	new, _, _ := p.spend(t, 50_000, in, foreign)
	refused(t, c, "hangs on something unconfirmed", new, coin.Reply{Outcome: coin.Conflict, Code: -26, Reason: "replacement-adds-unconfirmed"})
	both, id, _ := p.spend(t, 50_000, change, foreign)
	p.accepted(t, both)
	again, _, _ := p.spend(t, 80_000, change, foreign) // the parents are not new to it
	p.accepted(t, again)
	p.confirmations(t, id, -1)
}

// TestTooManyReplaced: at most 100 are pushed out by one.
func TestTooManyReplaced(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	var ins []coin.Input
	for range 5 {
		ins = append(ins, p.receive(t, Coin))
	}
	for i, in := range ins {
		for range maxReplaced/5 + min(i, 1) { // 20 and four times 21
			_, in = p.spent(t, 1000, in)
		}
	}
	raw, _, _ := p.spend(t, Coin, ins...)
	refused(t, c, "104 at once", raw, coin.Reply{Outcome: coin.Conflict, Code: -26, Reason: "too many potential replacements"})
	raw, _, _ = p.spend(t, Coin, ins[:4]...)
	p.accepted(t, raw)
	if n := len(c.Mempool()); n != maxReplaced/5+1+1 {
		t.Errorf("%d are left", n)
	}
}

// TestNoReplacement: where the node or the sender does not agree to it, a conflict is a conflict at any fee.
func TestNoReplacement(t *testing.T) {
	for _, o := range []Options{{Replaces: false}, {Replaces: true, Network: network(t, "litecoin")}} { // which signs as final
		o.Now = clock()
		c, err := New(o)
		ok(t, err)
		p := purseOf(t, c)
		in := p.receive(t, Coin)
		raw, id, change := p.spend(t, 200, in)
		p.accepted(t, raw)
		other, second, _ := p.spend(t, 90_000, in)
		refused(t, c, "a higher fee", other, coin.Reply{Outcome: coin.Conflict, Code: -26, Reason: "txn-mempool-conflict"})

		ok(t, c.MineAbove(5000))
		p.confirmations(t, id, 0) // too cheap for this miner
		child, _ := p.spent(t, 3000, change)
		ok(t, c.MineAbove(20_000))
		p.confirmations(t, id, 0)
		ok(t, c.MineAbove(10_000))
		p.confirmations(t, id, 1) // its child pays for both
		p.confirmations(t, child, 1)
		p.confirmations(t, second, -1)
	}
}

// TestMineAboveLooksAgain: a parent that a second child paid for is no burden on the first any more.
func TestMineAboveLooksAgain(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	raw, parent, err := coin.Sign(c.Network(), p.keys, []coin.Input{in}, []coin.Out{{Script: p.script, Value: Coin / 2}, {Script: p.script, Value: Coin/2 - 200}})
	ok(t, err)
	p.accepted(t, raw)
	poor, _ := p.spent(t, 700, p.coin(parent, 0, Coin/2))
	rich, _ := p.spent(t, 90_000, p.coin(parent, 1, Coin/2-200))
	ok(t, c.MineAbove(5000))
	for _, id := range []instruction.TxID{parent, poor, rich} {
		p.confirmations(t, id, 1)
	}
}
