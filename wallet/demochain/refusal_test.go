package demochain

import (
	"bytes"
	"context"
	"math"
	"testing"

	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// refused fails unless the answer is the one that real nodes give.
func refused(t *testing.T, c *Chain, what string, raw []byte, want coin.Reply) {
	t.Helper()
	before := c.Mempool()
	got := c.Send(ctx, raw)
	if len(got.Reason) > len(want.Reason) {
		got.Reason = got.Reason[:len(want.Reason)]
	}
	if got != want {
		t.Errorf("%s: %+v, want %+v", what, got, want)
	}
	if after := c.Mempool(); want.Outcome != coin.Accepted && len(after) != len(before) {
		t.Errorf("%s: the mempool went from %d to %d transactions", what, len(before), len(after))
	}
}

// TestRefusals has what a node says to a transaction by itself.
func TestRefusals(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	good, _, _ := p.spend(t, 1000, in)
	with := func(change func(*wire.MsgTx)) []byte { return altered(t, good, change) }
	for _, row := range []struct {
		what string
		raw  []byte
		want coin.Reply
	}{
		{"nothing", nil, coin.Reply{Outcome: coin.Invalid, Code: -22, Reason: "TX decode failed"}},
		{"noise", []byte("not a transaction"), coin.Reply{Outcome: coin.Invalid, Code: -22, Reason: "TX decode failed"}},
		{"a byte too many", append(bytes.Clone(good), 0), coin.Reply{Outcome: coin.Invalid, Code: -22, Reason: "TX decode failed"}},
		{"a byte too few", good[:len(good)-1], coin.Reply{Outcome: coin.Invalid, Code: -22, Reason: "TX decode failed"}},
		{"too long", make([]byte, maxWeight+1), coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "tx-size"}},
		{"a large witness does not make room for many outputs", with(func(tx *wire.MsgTx) {
			for range 3500 {
				tx.AddTxOut(wire.NewTxOut(1, p.script))
			}
		}), coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "tx-size"}},
		{"an unknown input", with(func(tx *wire.MsgTx) { tx.TxIn[0].PreviousOutPoint.Hash[0] ^= 1 }),
			coin.Reply{Outcome: coin.Ambiguous, Code: -25, Reason: "bad-txns-inputs-missingorspent"}},
		{"an output that its parent has not", with(func(tx *wire.MsgTx) { tx.TxIn[0].PreviousOutPoint.Index = math.MaxUint32 - 1 }),
			coin.Reply{Outcome: coin.Ambiguous, Code: -25, Reason: "bad-txns-inputs-missingorspent"}},
		{"another amount than was signed", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value-- }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "non-mandatory-script-verify-flag"}},
		{"a wrong signature", with(func(tx *wire.MsgTx) { tx.TxIn[0].Witness[0][20] ^= 1 }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "non-mandatory-script-verify-flag"}},
		{"another's key", with(func(tx *wire.MsgTx) { tx.TxIn[0].Witness[1][20] ^= 1 }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "non-mandatory-script-verify-flag"}},
		{"no signature", with(func(tx *wire.MsgTx) { tx.TxIn[0].Witness = nil }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "non-mandatory-script-verify-flag"}},
		{"more out than in", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = Coin + 1 }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "bad-txns-in-belowout"}},
		{"more than there is", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = maxMoney + 1 }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "bad-txns-vout-toolarge"}},
		{"together more than there is", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = maxMoney; tx.AddTxOut(wire.NewTxOut(1, p.script)) }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "bad-txns-txouttotal-toolarge"}},
		{"one coin twice", with(func(tx *wire.MsgTx) { tx.AddTxIn(tx.TxIn[0]) }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "bad-txns-inputs-duplicate"}},
		{"a coinbase", with(func(tx *wire.MsgTx) {
			tx.TxIn[0].PreviousOutPoint = wire.OutPoint{Index: wire.MaxPrevOutIndex}
		}), coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "coinbase"}},
		{"a lock time", with(func(tx *wire.MsgTx) { tx.LockTime = 1 }),
			coin.Reply{Outcome: coin.Unsent, Code: -26, Reason: "non-final"}},
		{"a relative lock time", with(func(tx *wire.MsgTx) { tx.TxIn[0].Sequence = 5 }),
			coin.Reply{Outcome: coin.Unsent, Code: -26, Reason: "non-final"}},
		{"a version of the future", with(func(tx *wire.MsgTx) { tx.Version = 3 }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "version"}},
		{"a script of no form", with(func(tx *wire.MsgTx) { tx.TxOut[0].PkScript = []byte{0x51} }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "scriptpubkey"}},
		{"more than pushes", with(func(tx *wire.MsgTx) { tx.TxIn[0].SignatureScript = []byte{0x75} }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "scriptsig-not-pushonly"}},
		{"a long script", with(func(tx *wire.MsgTx) { tx.TxIn[0].SignatureScript = make([]byte, maxSigBytes+1) }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "scriptsig-size"}},
		{"two notes", with(func(tx *wire.MsgTx) {
			for range 2 {
				tx.AddTxOut(wire.NewTxOut(0, []byte{0x6a, 1, 'x'}))
			}
		}), coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "multi-op-return"}},
		{"dust", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = 293 }),
			coin.Reply{Outcome: coin.Invalid, Code: -26, Reason: "dust"}},
	} {
		refused(t, c, row.what, row.raw, row.want)
	}
	refused(t, c, "the same, unaltered", good, coin.Reply{Outcome: coin.Accepted})
}

// TestDust has the thresholds that real nodes have.
func TestDust(t *testing.T) {
	n := network(t, "bitcoin-regtest")
	for address, want := range map[string]int64{
		"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080":                     294,
		"bcrt1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqc8gma6": 330,
		"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn":                               546,
		"2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc":                              540,
	} {
		script, err := n.Script(address)
		ok(t, err)
		if got := dust(script); got != want {
			t.Errorf("%s: less than %d is dust, want %d", address, got, want)
		}
	}
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, 294+200)
	p.spent(t, 200, in) // 294 is none
}

// TestRelayFee: a transaction pays 1 for each virtual byte, or is refused.
func TestRelayFee(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	raw, _, _ := p.spend(t, 0, in)
	parsed, err := parse(raw)
	ok(t, err)
	for low := parsed.size - 1; low >= 0; low -= 27 {
		raw, _, _ = p.spend(t, low, in)
		again, err := parse(raw)
		ok(t, err)
		if low >= again.size {
			continue // a signature is sometimes a byte shorter
		}
		refused(t, c, "a low fee", raw, coin.Reply{Outcome: coin.FeeTooLow, Code: -26, Reason: "min relay fee not met"})
	}
	p.spent(t, parsed.size+1, in)
}

// TestLife follows one transaction through all that a node says to its bytes.
func TestLife(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	raw, id, change := p.spend(t, 1000, in)
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if r := c.Send(gone, raw); r.Outcome != coin.Unsent {
		t.Errorf("with a context that has ended: %+v", r)
	}
	p.confirmations(t, id, -1)
	p.accepted(t, raw)
	p.confirmations(t, id, 0)
	refused(t, c, "in the mempool already", raw, coin.Reply{Outcome: coin.Accepted})
	if n := len(c.Mempool()); n != 1 {
		t.Errorf("the mempool has it %d times", n)
	}
	ok(t, c.Mine(3))
	p.confirmations(t, id, 3)
	refused(t, c, "mined", raw, coin.Reply{Outcome: coin.Accepted, Code: -27, Reason: "Transaction already in block chain"})
	p.spent(t, 1000, change)
	refused(t, c, "mined, its output spent in the mempool", raw, coin.Reply{Outcome: coin.Accepted, Code: -27, Reason: "Transaction already in block chain"})
	ok(t, c.Mine(1))
	refused(t, c, "mined and spent", raw, coin.Reply{Outcome: coin.Ambiguous, Code: -25, Reason: "bad-txns-inputs-missingorspent"})
	p.confirmations(t, id, 4)
	other, _, _ := p.spend(t, 2000, in)
	refused(t, c, "a real conflict looks the same", other, coin.Reply{Outcome: coin.Ambiguous, Code: -25, Reason: "bad-txns-inputs-missingorspent"})
}

// TestSendKeepsItsOwnBytes: what the caller does with the bytes afterwards is nothing to the chain.
func TestSendKeepsItsOwnBytes(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	raw, id, _ := p.spend(t, 1000, p.receive(t, Coin))
	mine := bytes.Clone(raw)
	p.accepted(t, mine)
	clear(mine)
	if kept, known := c.Raw(id); !known || !bytes.Equal(kept, raw) {
		t.Error("the chain has other bytes than it was sent")
	}
	ok(t, c.Mine(1))
	p.confirmations(t, id, 1)
}

// TestLongChains: at most 25 transactions of the mempool hang together, upwards or downwards, until something is mined.
func TestLongChains(t *testing.T) {
	wait := coin.Reply{Outcome: coin.Unsent, Code: -26, Reason: "too-long-mempool-chain"}
	c := fresh(t)
	p := purseOf(t, c)
	in := p.receive(t, Coin)
	var first instruction.TxID
	for i := range maxFamily {
		id, change := p.spent(t, 1000, in)
		if i == 0 {
			first = id
		}
		in = change
	}
	raw, _, _ := p.spend(t, 1000, in)
	refused(t, c, "the 26th in a row", raw, wait)
	ok(t, c.MineOnly(first))
	p.accepted(t, raw)

	id, err := c.PayAll([]coin.Out{{Script: p.script, Value: Coin}})
	ok(t, err)
	ok(t, c.Mine(1))
	outs := make([]coin.Out, 30)
	for i := range outs {
		outs[i] = coin.Out{Script: p.script, Value: Coin / 40}
	}
	fan, fanned, err := coin.Sign(c.Network(), p.keys, []coin.Input{p.coin(id[0], 0, Coin)}, outs)
	ok(t, err)
	p.accepted(t, fan)
	for i := range uint32(maxFamily - 1) {
		p.spent(t, 1000, p.coin(fanned, i, Coin/40))
	}
	raw, _, _ = p.spend(t, 1000, p.coin(fanned, maxFamily, Coin/40))
	refused(t, c, "the 25th that hangs on one", raw, wait)
	ok(t, c.MineOnly(fanned))
	p.accepted(t, raw)
}

// TestCoinbase: a reward is spent in the next block at the earliest, which is when anybody can name it.
func TestCoinbase(t *testing.T) {
	c := fresh(t)
	p := purseOf(t, c)
	ok(t, c.MineTo(p.address, 1))
	paid := c.Payments(p.script)
	if len(paid) != 1 || paid[0].Value != Subsidy || paid[0].Height != c.Height() {
		t.Fatalf("the reward: %+v", paid)
	}
	reward := p.coin(paid[0].Coin.Tx, paid[0].Coin.Index, Subsidy)
	id, _ := p.spent(t, 1000, reward)
	ok(t, c.Reorg(1, Instead{}))
	p.confirmations(t, id, -1) // its coin is of a block that is none any more
	raw, _, _ := p.spend(t, 1000, reward)
	refused(t, c, "the reward of a block that fell out", raw, coin.Reply{Outcome: coin.Ambiguous, Code: -25, Reason: "bad-txns-inputs-missingorspent"})
	if err := c.MineOnly(reward.Coin.Tx); err == nil {
		t.Error("a coinbase was mined by itself")
	}
	young := unspent{height: 5, coinbase: true}
	if !young.immature(5) || young.immature(6) || (unspent{height: 5}).immature(5) {
		t.Error("rewards ripen at another height")
	}
}
