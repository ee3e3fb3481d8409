package coin

import (
	"bytes"
	"encoding/hex"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/btcsuite/btcd/chaincfg/v2"
	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
)

// mwebBlock is block 433 of a regtest chain of litecoind 0.21.2.1, with a payment into its extension block.
func mwebBlock(t testing.TB) []byte {
	t.Helper()
	text, err := os.ReadFile("testdata/mweb-block.hex")
	if err != nil {
		t.Fatal(err)
	}
	b, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// wireBlock is a block of n random transactions, as the library writes it.
func wireBlock(r *rand.Rand, n int) []byte {
	b := wire.NewMsgBlock(wire.NewBlockHeader(0x20000000, &chainhash.Hash{1}, &chainhash.Hash{}, 0x207fffff, r.Uint32()))
	var txs []Tx
	for range n {
		ins, outs := plan(r, 1+r.IntN(3), 1+r.IntN(3))
		tx := wire.NewMsgTx(2)
		for _, in := range ins {
			tx.AddTxIn(wire.NewTxIn(&wire.OutPoint{Hash: chainhash.Hash(in.Coin.Tx), Index: in.Coin.Index}, make([]byte, r.IntN(300)), nil))
		}
		for _, o := range outs {
			tx.AddTxOut(wire.NewTxOut(o.Value, o.Script))
		}
		if r.IntN(4) > 0 {
			tx.TxIn[0].Witness = wire.TxWitness{make([]byte, 72), make([]byte, 33)}
		}
		b.AddTransaction(tx)
		txs = append(txs, Tx{ID: instruction.TxID(tx.TxHash())})
	}
	root, _ := merkle(txs)
	b.Header.MerkleRoot = root
	var raw bytes.Buffer
	if err := b.Serialize(&raw); err != nil {
		panic(err)
	}
	return raw.Bytes()
}

// sameAsWire holds a block against what the library reads in it.
func sameAsWire(t *testing.T, raw []byte, b *Block) {
	t.Helper()
	var w wire.MsgBlock
	if err := w.Deserialize(bytes.NewReader(raw)); err != nil {
		t.Fatal(err)
	}
	if b.Hash != instruction.BlockHash(w.BlockHash()) || b.Prev != instruction.BlockHash(w.Header.PrevBlock) || len(b.Txs) != len(w.Transactions) {
		t.Fatalf("%v, %v, %d transactions", b.Hash, b.Prev, len(b.Txs))
	}
	for i, tx := range w.Transactions {
		sameTx(t, tx, &b.Txs[i])
	}
}

func sameTx(t *testing.T, want *wire.MsgTx, got *Tx) {
	t.Helper()
	if got.ID != instruction.TxID(want.TxHash()) || len(got.Ins) != len(want.TxIn) || len(got.Outs) != len(want.TxOut) {
		t.Fatalf("%v is read as %v, %d, %d", want.TxHash(), got.ID, len(got.Ins), len(got.Outs))
	}
	for i, in := range want.TxIn {
		if p := in.PreviousOutPoint; got.Ins[i] != (instruction.Outpoint{Tx: instruction.TxID(p.Hash), Index: p.Index}) {
			t.Fatalf("%v: input %d is read as %v", want.TxHash(), i, got.Ins[i])
		}
	}
	for i, o := range want.TxOut {
		if got.Outs[i].Value != o.Value || !bytes.Equal(got.Outs[i].Script, o.PkScript) {
			t.Fatalf("%v: output %d is read as %v", want.TxHash(), i, got.Outs[i])
		}
	}
}

func TestParseBlock(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 0))
	for _, n := range []int{1, 2, 3, 4, 7, 300} {
		raw := wireBlock(r, n)
		b, err := network(t, "monacoin").ParseBlock(raw)
		if err != nil {
			t.Fatalf("%d transactions: %v", n, err)
		}
		sameAsWire(t, raw, b)
	}
	for name, params := range map[string]*chaincfg.Params{"bitcoin": &chaincfg.MainNetParams, "bitcoin-testnet": &chaincfg.TestNet3Params, "bitcoin-regtest": &chaincfg.RegressionNetParams} {
		var raw bytes.Buffer
		params.GenesisBlock.Serialize(&raw)
		b, err := network(t, name).ParseBlock(raw.Bytes())
		if err != nil || b.Hash != network(t, name).Genesis() || !b.Prev.IsZero() || b.Txs[0].Ins[0].Index != 1<<32-1 || b.Txs[0].Outs[0].Value != 50e8 {
			t.Errorf("%s: %+v, %v", name, b, err)
		}
	}
}

// TestExtendedBlock reads a block of litecoind with an extension block. Names are as the node gave them.
func TestExtendedBlock(t *testing.T) {
	raw := mwebBlock(t)
	b, err := network(t, "litecoin-regtest").ParseBlock(raw)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, tx := range b.Txs {
		ids = append(ids, tx.ID.String())
	}
	if want := []string{"782a6e84c83b382c0f68e6469cf21ddcccc711340790936e43fef9e8c650b8e9", "164adf11be6f79794e932aff91fac437c41d64c34a541892569b81f9327ce633",
		"7c1d5110d3bcc563ed1b83f8a31342007708fb6875217365dfbfd5801a63d045", "6c4b3ac976cdd531b523ff898307163fc299c3fd76fa7c973dbb98eebffdb24d"}; !slices.Equal(ids, want) {
		t.Error(ids)
	}
	if got := b.Hash.String(); got != "99625147bb9fa0007ed03c7e44db621b08c189fccfed80fc256d6e6e678e6026" {
		t.Error(got)
	}
	if _, err := network(t, "bitcoin").ParseBlock(raw); err == nil || !strings.Contains(err.Error(), "bitcoin has no extension blocks") {
		t.Error(err)
	}
	if err := new(wire.MsgBlock).Deserialize(bytes.NewReader(raw)); err == nil {
		t.Error("the library reads extended blocks now: is ours still needed?")
	}
}

// TestBrokenBlocks: no part of a block is lost without notice. Witnesses alone may differ: a header commits to them
// elsewhere, and the scanner has no use for them.
func TestBrokenBlocks(t *testing.T) {
	n := network(t, "litecoin")
	raw := wireBlock(rand.New(rand.NewPCG(1, 0)), 3)
	good, err := n.ParseBlock(raw)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		if _, err := n.ParseBlock(raw[:i]); err == nil {
			t.Errorf("takes %d of %d bytes", i, len(raw))
		}
		b := bytes.Clone(raw)
		b[i] ^= 0x80
		if got, err := n.ParseBlock(b); err == nil && i >= headerSize && !slices.EqualFunc(got.Txs, good.Txs, func(a, b Tx) bool { return a.ID == b.ID }) {
			t.Errorf("takes another transaction at byte %d", i)
		}
	}
	doubled := wireBlock(rand.New(rand.NewPCG(1, 0)), 3)
	var w wire.MsgBlock
	if err := w.Deserialize(bytes.NewReader(doubled)); err != nil {
		t.Fatal(err)
	}
	w.AddTransaction(w.Transactions[2]) // the same hash in the header
	var b bytes.Buffer
	w.Serialize(&b)
	summing, _ := hex.DecodeString("02000000" + "0008" + "01" + strings.Repeat("0", 72) + "00ffffffff" + "01" + "01000000000000000151" + "00" + "00000000")
	for name, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"more":                {append(bytes.Clone(raw), 0), "1 bytes follow"},
		"doubled":             {b.Bytes(), "commits to other transactions"},
		"none":                {append(bytes.Clone(raw[:80]), 0), "commits to other transactions"},
		"a count of too many": {append(bytes.Clone(raw[:80]), 0xff, 0, 0, 0, 0, 1, 0, 0, 0), "ends too early"},
		"an overlong count":   {append(bytes.Clone(raw[:80]), append([]byte{0xfd, 3, 0}, raw[81:]...)...), "ends too early"},
		"nothing":             {nil, "ends too early"},
		"one after the last":  {slices.Concat(raw[:80], []byte{2}, summing, summing), "transaction 1: follows"},
	} {
		if _, err := n.ParseBlock(c.raw); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

func TestParseTxRefuses(t *testing.T) {
	const in = "0000000000000000000000000000000000000000000000000000000000000000ffffffff00ffffffff"
	const out = "01000000000000000151"
	good := "02000000" + "01" + in + "01" + out + "00000000"
	if b, _ := hex.DecodeString(good); len(b) < minTx {
		t.Fatal("a transaction may be shorter than is held")
	} else if tx, err := ParseTx(b); err != nil || tx.Outs[0].Value != 1 {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ text, want string }{
		"more":          {good + "00", "1 bytes follow"},
		"no inputs":     {"02000000" + "00" + "01" + out + "00000000", "ends too early"},
		"no flags":      {"02000000" + "0000" + "00000000", "unknown kind"},
		"other flags":   {"02000000" + "0002" + "01" + in + "01" + out + "00000000", "unknown kind"},
		"no outputs":    {"02000000" + "01" + in + "00" + "00000000", "without inputs or outputs"},
		"negative":      {"02000000" + "01" + in + "01" + "00000000000000800151" + "00000000", "value -9223372036854775808"},
		"empty witness": {"02000000" + "0001" + "01" + in + "01" + out + "00" + "00000000", "witnesses that are none"},
		"extension":     {"02000000" + "0008" + "01" + in + "01" + out + "01" + "00000000", "extension block"},
		"summing up":    {"02000000" + "0008" + "01" + in + "01" + out + "00" + "00000000", "unknown kind"},
		"short":         {"020000", "ends too early"},
		"shorter":       {"0200", "ends too early"},
	} {
		b, err := hex.DecodeString(c.text)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ParseTx(b); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
}

// FuzzParseBlock: what is read is what the library reads, where it can read it.
func FuzzParseBlock(f *testing.F) {
	f.Add(mwebBlock(f))
	r := rand.New(rand.NewPCG(1, 0))
	for _, n := range []int{1, 2, 5} {
		f.Add(wireBlock(r, n))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if b, err := network(t, "bitcoin").ParseBlock(raw); err == nil {
			sameAsWire(t, raw, b)
		}
		if b, err := network(t, "litecoin").ParseBlock(raw); err == nil && (b.Hash != doubleHash(raw[:80]) || len(b.Txs) == 0) {
			t.Errorf("%+v", b)
		}
	})
}

func FuzzParseTx(f *testing.F) {
	r := rand.New(rand.NewPCG(1, 0))
	for range 3 {
		raw := wireBlock(r, 1)
		f.Add(raw[81:])
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		tx, err := ParseTx(raw)
		if err != nil {
			return
		}
		var w wire.MsgTx
		if rest := bytes.NewReader(raw); w.Deserialize(rest) != nil || rest.Len() > 0 {
			t.Fatalf("only we read %x", raw)
		}
		sameTx(t, &w, tx)
	})
}

// BenchmarkParseBlock reads a block of 1,000 transactions, and looks all its scripts up among a million.
func BenchmarkParseBlock(b *testing.B) {
	raw := wireBlock(rand.New(rand.NewPCG(1, 0)), 1000)
	n := network(b, "litecoin")
	b.Run("ours", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			n.ParseBlock(raw)
		}
	})
	b.Run("ours and a million scripts", func(b *testing.B) {
		watched := map[string]uint32{}
		r := rand.New(rand.NewPCG(2, 0))
		for i := range uint32(1e6) {
			_, outs := plan(r, 1, 1)
			watched[string(outs[0].Script)] = i
		}
		for b.Loop() {
			block, _ := n.ParseBlock(raw)
			for i := range block.Txs {
				for _, o := range block.Txs[i].Outs {
					if _, ok := watched[string(o.Script)]; ok {
						b.Fatal("a random script is watched")
					}
				}
			}
		}
	})
	b.Run("library", func(b *testing.B) {
		b.SetBytes(int64(len(raw)))
		b.ReportAllocs()
		for b.Loop() {
			var w wire.MsgBlock
			if err := w.Deserialize(bytes.NewReader(raw)); err != nil {
				b.Fatal(err)
			}
			for _, tx := range w.Transactions {
				tx.TxHash()
			}
		}
	})
}
