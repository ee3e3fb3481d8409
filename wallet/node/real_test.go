package node_test

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
	"portcullis/wallet/regtest"
)

// fee is what each transaction here pays, of a minimum of some 200 for the smallest.
const fee = 10_000

// rig is a real node, and keys of ours that it knows nothing of.
type rig struct {
	*testing.T
	*regtest.Node
	chain   coin.Chain
	network *coin.Network
	keys    *coin.Keys
}

func newRig(t *testing.T, args ...string) *rig {
	t.Helper()
	n, err := regtest.Start(t.Context(), regtest.Options{Args: args})
	if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	keys, err := coin.NewSeed().Account(n.Client().Network())
	if err != nil {
		t.Fatal(err)
	}
	return &rig{t, n, n.Client(), n.Client().Network(), keys}
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

func (r *rig) ask(result any, method string, params ...any) {
	r.Helper()
	r.must(r.Client().Call(r.Context(), method, result, params...))
}

func (r *rig) address(index uint32) (string, []byte) {
	address, script, err := r.keys.Public().Address(false, index)
	r.must(err)
	return address, script
}

func (r *rig) mine(blocks int) {
	r.Helper()
	_, err := r.MineNothing(r.Context(), blocks)
	r.must(err)
}

// best is the best block, as a scanner reads it.
func (r *rig) best() *coin.Block {
	r.Helper()
	info, err := r.chain.Info(r.Context())
	r.must(err)
	b, err := r.chain.Block(r.Context(), info.Best, info.Height)
	r.must(err)
	return b
}

// deposit pays us value for each index, in one mined transaction, and finds the coins in its block.
func (r *rig) deposit(value int64, indices ...uint32) (coins []coin.Input) {
	r.Helper()
	var payments []regtest.Payment
	owner := map[string]uint32{}
	for _, i := range indices {
		address, script := r.address(i)
		payments = append(payments, regtest.Payment{Address: address, Value: value})
		owner[string(script)] = i
	}
	_, err := r.Fund(r.Context(), payments...)
	r.must(err)
	r.mine(1)
	for _, tx := range r.best().Txs {
		for k, out := range tx.Outs {
			if i, ok := owner[string(out.Script)]; ok && out.Value == value {
				coins = append(coins, coin.Input{Coin: instruction.Outpoint{Tx: tx.ID, Index: uint32(k)}, Value: value, Index: i})
			}
		}
	}
	if len(coins) != len(indices) {
		r.Fatalf("found %d of %d deposits", len(coins), len(indices))
	}
	return coins
}

func (r *rig) sign(ins []coin.Input, outs ...coin.Out) ([]byte, instruction.TxID) {
	r.Helper()
	raw, id, err := coin.Sign(r.network, r.keys, ins, outs)
	r.must(err)
	return raw, id
}

func (r *rig) send(raw []byte, want coin.Outcome, reason string) {
	r.Helper()
	if got := r.chain.Send(r.Context(), raw); got.Outcome != want || !strings.Contains(got.Reason, reason) {
		r.Errorf("%v (%d %s); want %v %s", got.Outcome, got.Code, got.Reason, want, reason)
	}
}

func (r *rig) pending(id instruction.TxID, want bool) {
	r.Helper()
	if got, err := r.chain.Pending(r.Context(), id); err != nil || got != want {
		r.Errorf("pending: %v, %v; want %v", got, err, want)
	}
}

// TestRealNode takes coins from a deposit to a payment in a block, and sends it at every stage.
func TestRealNode(t *testing.T) {
	r := newRig(t)
	info, err := r.chain.Info(r.Context())
	if err != nil || info.Genesis != r.network.Genesis() || info.Best != info.Genesis || info.Height != 0 || info.Time.Year() != 2011 {
		t.Fatalf("%+v, %v", info, err)
	}
	r.derivation()
	r.addresses()
	coins := r.deposit(1e8, 0, 1, 2, 3, 4, 5)

	hot, script, err := r.keys.Public().Address(true, 0)
	r.must(err)
	raw, id := r.sign(coins[:2], r.everyForm(script, 2e8-fee)...)
	r.pending(id, false)
	r.send(raw, coin.Accepted, "")
	r.send(raw, coin.Accepted, "")
	r.pending(id, true)
	r.size(raw, 2)
	r.mine(1)
	r.pending(id, false)
	r.send(raw, coin.Accepted, "") // -27
	last := r.best().Txs[1]
	if address, ok := r.network.Address(last.Outs[5].Script); last.ID != id || !ok || address != hot {
		t.Errorf("mined as %v with change to %s", last.ID, address)
	}
	r.rejects(coins[2:], script)
	r.conflict(coins[3], script)
	r.waits()
}

// everyForm pays a little to each form of address, and the rest to change.
func (r *rig) everyForm(change []byte, sum int64) (outs []coin.Out) {
	hash := strings.Repeat("5a", 32)
	for _, text := range []string{"76a914" + hash[:40] + "88ac", "a914" + hash[:40] + "87", "0014" + hash[:40], "0020" + hash, "5120" + hash} {
		script, err := hex.DecodeString(text)
		r.must(err)
		outs = append(outs, coin.Out{Script: script, Value: 1e6})
	}
	return append(outs, coin.Out{Script: change, Value: sum - 5e6})
}

// size: the node weighs a transaction no heavier than we said before it was signed.
func (r *rig) size(raw []byte, ins int) {
	var tx struct {
		Size int `json:"vsize"`
	}
	r.ask(&tx, "decoderawtransaction", hex.EncodeToString(raw))
	parsed, err := coin.ParseTx(raw)
	r.must(err)
	if most := coin.Size(ins, parsed.Outs); tx.Size > most || tx.Size < most-ins {
		r.Errorf("the node counts %d virtual bytes, we at most %d", tx.Size, most)
	}
}

// derivation: the node derives the same addresses from the public key.
func (r *rig) derivation() {
	for branch, change := range []bool{false, true} {
		var described struct {
			Descriptor string `json:"descriptor"`
		}
		r.ask(&described, "getdescriptorinfo", fmt.Sprintf("wpkh(%s/%d/*)", r.keys.Public(), branch))
		var want []string
		r.ask(&want, "deriveaddresses", described.Descriptor, 20)
		for i, w := range want {
			if got, _, err := r.keys.Public().Address(change, uint32(i)); err != nil || got != w {
				r.Errorf("%d/%d: %s, %v; the node derives %s", branch, i, got, err, w)
			}
		}
		if len(want) != 21 {
			r.Errorf("the node derives %d addresses", len(want))
		}
	}
}

// addresses: the node writes and reads all forms as we do.
func (r *rig) addresses() {
	for _, out := range r.everyForm(nil, 0)[:5] {
		address, ok := r.network.Address(out.Script)
		var says struct {
			Valid  bool   `json:"isvalid"`
			Script string `json:"scriptPubKey"`
		}
		r.ask(&says, "validateaddress", address)
		if !ok || !says.Valid || says.Script != hex.EncodeToString(out.Script) {
			r.Errorf("%x is %s to us, which is %+v to the node", out.Script, address, says)
		}
	}
}

// rejects sends what the node does not take.
func (r *rig) rejects(coins []coin.Input, change []byte) {
	spend := func(out coin.Out, ins ...coin.Input) []byte {
		r.Helper()
		raw, _ := r.sign(ins, out)
		return raw
	}
	r.send(spend(coin.Out{Script: change, Value: 1e8}, coins[0]), coin.FeeTooLow, "min relay fee not met")
	r.send(spend(coin.Out{Script: change, Value: 1}, coins[0]), coin.Invalid, "dust")
	pkh := append(append([]byte{0x76, 0xa9, 20}, make([]byte, 20)...), 0x88, 0xac) // of nobody
	for least, want := range map[int64]bool{r.network.Dust() - 1: false, r.network.Dust(): true} {
		raw, _ := r.sign(coins[:1], coin.Out{Script: pkh, Value: least}, coin.Out{Script: change, Value: 1e8 - fee - least})
		var takes []struct {
			Allowed bool `json:"allowed"`
		}
		if r.ask(&takes, "testmempoolaccept", []string{hex.EncodeToString(raw)}); len(takes) != 1 || takes[0].Allowed != want {
			r.Errorf("an output of %d: %+v", least, takes)
		}
	}
	odd := append([]byte{0x51}, change...)
	r.send(spend(coin.Out{Script: odd, Value: 1e8 - fee}, coins[0]), coin.Invalid, "scriptpubkey")
	r.send(spend(coin.Out{Script: change, Value: 5e7}, coins[0]), coin.Invalid, "") // half of it as a fee
	bad := spend(coin.Out{Script: change, Value: 1e8 - fee}, coins[0])
	bad[len(bad)-4-33-1-10] ^= 1 // of the signature
	r.send(bad, coin.Invalid, "")
	unknown := coins[0]
	unknown.Coin.Tx[0] ^= 1
	r.send(spend(coin.Out{Script: change, Value: 1e8 - fee}, unknown), coin.Ambiguous, "missingorspent")

	// One higher fee replaces another, and the first is too low then; mined it is in conflict with nothing that can be seen.
	low, lowID := r.sign(coins[:1], coin.Out{Script: change, Value: 1e8 - fee})
	high, highID := r.sign(coins[:1], coin.Out{Script: change, Value: 1e8 - 3*fee})
	r.send(low, coin.Accepted, "")
	r.send(high, coin.Accepted, "")
	r.pending(lowID, false)
	r.pending(highID, true)
	r.send(low, coin.FeeTooLow, "insufficient fee")
	r.mine(1)
	r.send(low, coin.Ambiguous, "missingorspent")

	// The 26th of a row must wait until others are mined.
	next := coin.Input{Coin: instruction.Outpoint{Tx: highID}, Value: 1e8 - 3*fee, Change: true}
	for i := range 26 {
		raw, id := r.sign([]coin.Input{next}, coin.Out{Script: change, Value: next.Value - fee})
		if i < 25 {
			r.send(raw, coin.Accepted, "")
			next.Coin.Tx, next.Value = id, next.Value-fee
			continue
		}
		r.send(raw, coin.Unsent, "too-long-mempool-chain")
		r.mine(1)
		r.send(raw, coin.Accepted, "")
	}

	address, script := r.address(9)
	_, err := r.Mine(r.Context(), 1, address)
	r.must(err)
	if coinbase := r.best().Txs[0]; string(coinbase.Outs[0].Script) == string(script) {
		young := coin.Input{Coin: instruction.Outpoint{Tx: coinbase.ID}, Value: coinbase.Outs[0].Value, Index: 9}
		r.send(spend(coin.Out{Script: change, Value: young.Value - fee}, young), coin.Unsent, "premature-spend")
	} else {
		r.Error("newly mined coins went elsewhere")
	}
}

// conflict: what was mined in place of another that waits, and then both after a reorganization.
func (r *rig) conflict(in coin.Input, change []byte) {
	waiting, waitingID := r.sign([]coin.Input{in}, coin.Out{Script: change, Value: 1e8 - fee})
	mined, minedID := r.sign([]coin.Input{in}, coin.Out{Script: change, Value: 1e8 - 2*fee})
	r.send(waiting, coin.Accepted, "")
	_, err := r.MineOnly(r.Context(), mined)
	r.must(err)
	r.pending(waitingID, false)
	r.send(waiting, coin.Ambiguous, "")
	r.send(mined, coin.Accepted, "")
	r.must(r.ReorgEmpty(r.Context(), 1))
	r.pending(minedID, true)
}

// waits: Wait ends with the next block, with a reorganization of the same height, and with its context.
func (r *rig) waits() {
	wait := func(act func()) {
		r.Helper()
		info, err := r.chain.Info(r.Context())
		r.must(err)
		done := make(chan error, 1)
		go func() { done <- r.chain.Wait(r.Context(), info.Best) }()
		act()
		r.must(<-done)
		if now, err := r.chain.Info(r.Context()); err != nil || now.Best == info.Best {
			r.Errorf("waited for %v, %v", now.Best, err)
		}
	}
	wait(func() { r.mine(1) })
	wait(func() { r.must(r.Reorg(r.Context(), 1)) })
	info, err := r.chain.Info(r.Context())
	r.must(err)
	if err := r.chain.Wait(r.Context(), instruction.BlockHash{}); err != nil {
		r.Error(err)
	}
	ctx, cancel := context.WithCancel(r.Context())
	done := make(chan error, 1)
	go func() { done <- r.chain.Wait(ctx, info.Best) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		r.Errorf("ended with %v", err)
	}
	if rate, err := r.chain.FeeRate(r.Context(), 2); err != nil || rate != 0 {
		r.Errorf("a fee of %d from an empty history, %v", rate, err)
	}
	if _, err := r.chain.HashAt(r.Context(), 1e6); err == nil {
		r.Error("a block a million high")
	}
	if _, err := r.chain.Block(r.Context(), instruction.BlockHash{1}, 1); err == nil {
		r.Error("a block of nobody's")
	}
}

// TestNoReplacement: a node that does not replace, as litecoin's come, calls a second spend of one coin a conflict.
func TestNoReplacement(t *testing.T) {
	r := newRig(t, "-mempoolreplacement=0")
	coins := r.deposit(1e8, 0)
	_, script := r.address(1)
	low, _ := r.sign(coins, coin.Out{Script: script, Value: 1e8 - fee})
	high, _ := r.sign(coins, coin.Out{Script: script, Value: 1e8 - 5*fee})
	r.send(low, coin.Accepted, "")
	r.send(high, coin.Conflict, "txn-mempool-conflict")
	r.Kill()
	r.send(low, coin.Unsent, "refused")
	if _, err := r.chain.Info(r.Context()); err == nil {
		t.Error("a node that was killed answers")
	}
	r.must(r.Restart(r.Context()))
	r.send(low, coin.Accepted, "")
}

// BenchmarkBlock asks for a block of 1,000 transactions, each with two outputs, and reads it.
func BenchmarkBlock(b *testing.B) {
	n, err := regtest.Start(b.Context(), regtest.Options{})
	if err != nil {
		b.Skip(err)
	}
	defer n.Close()
	keys, _ := coin.NewSeed().Account(n.Client().Network())
	var payments []regtest.Payment
	for i := range uint32(1000) {
		address, _, _ := keys.Public().Address(false, i)
		payments = append(payments, regtest.Payment{Address: address, Value: 1e7})
	}
	id, err := n.Fund(b.Context(), payments...)
	if err != nil {
		b.Fatal(err)
	}
	n.MineNothing(b.Context(), 1)
	_, hot, _ := keys.Public().Address(true, 0)
	info, _ := n.Client().Info(b.Context())
	funded, _ := n.Client().Block(b.Context(), info.Best, info.Height)
	index := map[string]uint32{}
	for i := range uint32(1000) {
		_, script, _ := keys.Public().Address(false, i)
		index[string(script)] = i
	}
	for _, tx := range funded.Txs {
		for k, out := range tx.Outs {
			i, ours := index[string(out.Script)]
			if tx.ID != id || !ours {
				continue
			}
			in := coin.Input{Coin: instruction.Outpoint{Tx: id, Index: uint32(k)}, Value: out.Value, Index: i}
			raw, _, err := coin.Sign(n.Client().Network(), keys, []coin.Input{in}, []coin.Out{{Script: hot, Value: 5e6}, {Script: out.Script, Value: 5e6 - fee}})
			if err != nil {
				b.Fatal(err)
			}
			if r := n.Client().Send(b.Context(), raw); r.Outcome != coin.Accepted {
				b.Fatal(r)
			}
		}
	}
	n.MineNothing(b.Context(), 1)
	info, _ = n.Client().Info(b.Context())
	for b.Loop() {
		block, err := n.Client().Block(b.Context(), info.Best, info.Height)
		if err != nil || len(block.Txs) != 1001 {
			b.Fatal(err)
		}
	}
}
