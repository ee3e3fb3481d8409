package demochain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
	"portcullis/wallet/regtest"
)

// world is a chain to which a story happens: this one, or a real node's.
type world interface {
	coin.Chain
	pay(t *testing.T, address string, amount int64) instruction.TxID // in a block
	mine(t *testing.T)                                               // a block with all that waits
	only(t *testing.T, raw ...[]byte)                                // a block with these alone
	reorg(t *testing.T, depth int, again bool)
	mempool(t *testing.T) int
}

type demoWorld struct{ *Chain }

func (w demoWorld) pay(t *testing.T, address string, amount int64) instruction.TxID {
	id, err := w.Pay(address, amount)
	ok(t, err)
	ok(t, w.MineOnly(id))
	return id
}
func (w demoWorld) mine(t *testing.T) { ok(t, w.Mine(1)) }
func (w demoWorld) only(t *testing.T, raw ...[]byte) {
	var ids []instruction.TxID
	for _, r := range raw {
		id, err := w.Hand(r)
		ok(t, err)
		ids = append(ids, id)
	}
	ok(t, w.MineOnly(ids...))
}
func (w demoWorld) reorg(t *testing.T, depth int, again bool) {
	if !again {
		ok(t, w.Reorg(depth, Instead{}))
		return
	}
	ok(t, w.Reorg(depth, Instead{Blocks: 1})) // a real node mines what waited with what fell out
	ok(t, w.Mine(depth))
}
func (w demoWorld) mempool(*testing.T) int { return len(w.Mempool()) }

type realWorld struct {
	coin.Chain
	n *regtest.Node
}

func (w realWorld) pay(t *testing.T, address string, amount int64) instruction.TxID {
	id, err := w.n.Fund(ctx, regtest.Payment{Address: address, Value: amount})
	ok(t, err)
	var raw string
	ok(t, w.n.Client().Call(ctx, "getrawtransaction", &raw, id.String()))
	var made any
	ok(t, w.n.Client().Call(ctx, "generateblock", &made, address, []string{raw}))
	return id
}
func (w realWorld) mine(t *testing.T) { _, err := w.n.MineNothing(ctx, 1); ok(t, err) }
func (w realWorld) only(t *testing.T, raw ...[]byte) {
	_, err := w.n.MineOnly(ctx, raw...)
	ok(t, err)
}
func (w realWorld) reorg(t *testing.T, depth int, again bool) {
	if again {
		ok(t, w.n.Reorg(ctx, depth))
	} else {
		ok(t, w.n.ReorgEmpty(ctx, depth))
	}
}
func (w realWorld) mempool(t *testing.T) int {
	var ids []string
	ok(t, w.n.Client().Call(ctx, "getrawmempool", &ids))
	return len(ids)
}

// teller tells a story to a world, and writes down what it is told.
type teller struct {
	t     *testing.T
	w     world
	p     *purse // only its keys and network are used
	lines []string
}

// say sends bytes and notes the answer.
func (s *teller) say(what string, raw []byte) {
	s.t.Helper()
	r := s.w.Send(ctx, raw)
	reason, _, _ := strings.Cut(r.Reason, ",") // what follows has names and amounts, which differ
	reason, _, _ = strings.Cut(reason, " (")
	if r.Outcome == coin.Accepted {
		reason = ""
	}
	s.lines = append(s.lines, fmt.Sprintf("%s: %v %d %s; %d wait", what, r.Outcome, r.Code, reason, s.w.mempool(s.t)))
}

// note writes down how many transactions wait, and whether one does.
func (s *teller) note(what string, id instruction.TxID) {
	s.t.Helper()
	pending, err := s.w.Pending(ctx, id)
	ok(s.t, err)
	s.lines = append(s.lines, fmt.Sprintf("%s: pending: %v; %d wait", what, pending, s.w.mempool(s.t)))
}

func (s *teller) receive(amount int64) coin.Input {
	s.t.Helper()
	return s.p.coin(s.w.pay(s.t, s.p.address, amount), s.index(amount), amount)
}

// index finds the output of that amount in the best block, since a real node puts its change anywhere.
func (s *teller) index(amount int64) uint32 {
	s.t.Helper()
	info, err := s.w.Info(ctx)
	ok(s.t, err)
	b, err := s.w.Block(ctx, info.Best, info.Height)
	ok(s.t, err)
	for i, o := range b.Txs[1].Outs {
		if o.Value == amount && bytes.Equal(o.Script, s.p.script) {
			return uint32(i) // #nosec G115 -- small
		}
	}
	s.t.Fatal("the payment is not in its block")
	return 0
}

// tell is the story. Each world gets the same one, with coins of its own.
func tell(t *testing.T, w world, n *coin.Network) []string {
	s := &teller{t: t, w: w, p: purseOf(t, &Chain{network: n})}
	s.alone()
	s.life()
	s.replaced()
	s.chained()
	s.reorged()
	return s.lines
}

// alone sends what is wrong in itself.
func (s *teller) alone() {
	in := s.receive(Coin)
	good, _, _ := s.p.spend(s.t, 10_000, in)
	with := func(change func(*wire.MsgTx)) []byte { return altered(s.t, good, change) }
	s.say("an unknown input", with(func(tx *wire.MsgTx) { tx.TxIn[0].PreviousOutPoint.Hash[0] ^= 1 }))
	s.say("another amount than was signed", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value-- }))
	s.say("no signature", with(func(tx *wire.MsgTx) { tx.TxIn[0].Witness = nil }))
	s.say("more out than in", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = Coin + 1 }))
	s.say("more than there is", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = maxMoney + 1 }))
	s.say("one coin twice", with(func(tx *wire.MsgTx) { tx.AddTxIn(tx.TxIn[0]) }))
	s.say("a lock time", with(func(tx *wire.MsgTx) { tx.LockTime = 1_000_000; tx.TxIn[0].Sequence = 0 }))
	s.say("a version of the future", with(func(tx *wire.MsgTx) { tx.Version = 7 }))
	s.say("a script of no form", with(func(tx *wire.MsgTx) { tx.TxOut[0].PkScript = bytes.Repeat([]byte{0x51}, 30) }))
	s.say("more than pushes", with(func(tx *wire.MsgTx) { tx.TxIn[0].SignatureScript = []byte{0x75} }))
	s.say("two notes", with(func(tx *wire.MsgTx) {
		for range 2 {
			tx.AddTxOut(wire.NewTxOut(0, []byte{0x6a, 1, 'x'}))
		}
	}))
	s.say("dust", with(func(tx *wire.MsgTx) { tx.TxOut[0].Value = 100 }))
	low, _, _ := s.p.spend(s.t, 50, in)
	s.say("a low fee", low)
	s.say("low fee, wrong signature", altered(s.t, low, func(tx *wire.MsgTx) { tx.TxIn[0].Witness[0][20] ^= 1 }))
	s.say("good", good)
	s.w.mine(s.t)
}

// life follows one transaction.
func (s *teller) life() {
	in := s.receive(Coin)
	raw, id, change := s.p.spend(s.t, 1000, in)
	s.say("the first time", raw)
	s.note("sent", id)
	s.say("in the mempool", raw)
	s.w.mine(s.t)
	s.note("mined", id)
	s.say("mined", raw)
	next, _, _ := s.p.spend(s.t, 1000, change)
	s.say("spends it", next)
	s.say("mined, spent in the mempool", raw)
	s.w.mine(s.t)
	s.say("mined and spent", raw)
	other, _, _ := s.p.spend(s.t, 2000, in)
	s.say("a real conflict", other)
}

// replaced has replacements, and a miner who had not heard of them.
func (s *teller) replaced() {
	in, other := s.receive(Coin), s.receive(Coin)
	first, id1, change := s.p.spend(s.t, 1000, in)
	s.say("first", first)
	child, _, _ := s.p.spend(s.t, 5000, change)
	s.say("its child", child)
	for _, fee := range []int64{900, 5900, 6001} {
		raw, _, _ := s.p.spend(s.t, fee, in)
		s.say(fmt.Sprintf("replacement at %d", fee), raw)
	}
	own, _, _ := s.p.spend(s.t, 50_000, in, change)
	s.say("spends what it pushes out", own)
	waits, _, foreign := s.p.spend(s.t, 1000, other)
	s.say("unrelated", waits)
	new, _, _ := s.p.spend(s.t, 50_000, in, foreign)
	s.say("hangs on something unconfirmed", new)
	own, _, _ = s.p.spend(s.t, 1000, other, in, change)
	s.say("spends what it pushes out, at a low fee", own)
	second, id2, _ := s.p.spend(s.t, 8000, in)
	s.say("replacement at 8000", second)
	s.note("replaced", id1)
	s.say("the original again", first)
	s.w.only(s.t, first)
	s.note("another miner had the original", id2)
	s.say("the replacement after that", second)
	s.say("the original after that", first)
	s.w.mine(s.t)
}

// chained has long chains.
func (s *teller) chained() {
	in := s.receive(Coin)
	first, _, next := s.p.spend(s.t, 1000, in)
	s.say("first of a row", first)
	for i := range maxFamily {
		raw, _, change := s.p.spend(s.t, 1000, next)
		s.say(fmt.Sprintf("%d of a row", i+2), raw)
		next = change
	}
	raw, _, _ := s.p.spend(s.t, 90_000, in)
	s.say("pushes out the whole row", raw)
	s.w.mine(s.t)
}

// reorged has reorgs, with and without what was mined, and one in which a conflict is mined instead.
func (s *teller) reorged() {
	in := s.receive(Coin)
	raw, id, change := s.p.spend(s.t, 1000, in)
	s.say("to be mined", raw)
	s.w.mine(s.t)
	next, waits, _ := s.p.spend(s.t, 1000, change)
	s.say("waits", next)
	s.w.reorg(s.t, 1, true)
	s.note("mined again", id)
	s.note("waited, and was mined too", waits)
	s.w.mine(s.t)
	s.w.reorg(s.t, 3, false)
	s.note("not mined again", id)
	s.note("waits again", waits)
	s.say("sent again", raw)
	other, id2, _ := s.p.spend(s.t, 700, in)
	s.say("a conflict that pays less", other)
	s.w.only(s.t, other)
	s.note("the conflict was mined", id2)
	s.note("its like is gone", id)
	s.note("and what hung on it", waits)
	s.say("sent again after that", raw)
}

// TestAsLitecoind tells one story to a demo chain and to a real node, with replacement and without: they answer alike, to
// the word.
func TestAsLitecoind(t *testing.T) {
	n := network(t, "litecoin-regtest")
	for _, replaces := range []bool{true, false} {
		limited, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		args := []string{"-mempoolreplacement=0"}
		if replaces {
			args = nil
		}
		node, err := regtest.Start(limited, regtest.Options{Args: args})
		if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") != "true" {
			t.Skip(err)
		}
		ok(t, err)
		defer node.Close()
		c, err := New(Options{Network: n, Replaces: replaces, Now: clock()})
		ok(t, err)
		got, want := tell(t, demoWorld{c}, n), tell(t, realWorld{node.Client(), node}, n)
		for i := range want {
			if got[i] != want[i] {
				t.Errorf("replacement: %v; the demo chain and a real node differ:\n\t%s\n\t%s", replaces, got[i], want[i])
			}
		}
		t.Logf("replacement: %v; %d answers compared", replaces, len(want))
	}
}
