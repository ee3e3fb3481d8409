package bench

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/rand/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// anyone pays from coins that everybody may spend: without signatures blocks are made as fast as the node takes them, and as large as
// with signatures, since what shows that a coin may be spent has as many bytes.
type anyone struct {
	mint    *mint
	size    blockSize
	rng     *rand.Rand
	witness []byte // a script that pushes as many bytes as a signature and a key have, drops them, and is content
	script  []byte // what coins of it are locked with
	coins   []coin.Input
}

// anyoneValue is what a coin of anyone's is worth in the beginning, and anyoneFee what each transaction leaves to miners.
const (
	anyoneValue = 4_900_000
	anyoneFee   = 500
)

func newAnyone(ctx context.Context, m *mint, size blockSize) (*anyone, error) {
	a := &anyone{mint: m, size: size, rng: rand.New(rand.NewPCG(20180827, 1))} // #nosec G404 -- which addresses get deposits
	const push, bytes, drop, content = 0x4c, 104, 0x75, 0x51
	a.witness = append(append([]byte{push, bytes}, make([]byte, bytes)...), drop, content)
	hash := sha256.Sum256(a.witness)
	a.script = append([]byte{0x00, 32}, hash[:]...)
	id, err := m.pay(ctx, a.script, stack{size.txs, anyoneValue})
	for i := range size.txs {
		a.coins = append(a.coins, coin.Input{Coin: instruction.Outpoint{Tx: id, Index: uint32(i)}, Value: anyoneValue}) // #nosec G115 -- a thousand
	}
	return a, err
}

// watched is the script of the address of that number.
func watched(i int) []byte {
	script := append(make([]byte, 0, 22), 0x00, 20)
	script = append(script, "a customer's"...)
	return binary.LittleEndian.AppendUint64(script, uint64(i)) // #nosec G115 -- a count
}

// block makes a block in which each coin pays a deposit, and gives its bytes.
func (a *anyone) block(ctx context.Context) ([]byte, error) {
	txs := make([][]byte, len(a.coins))
	for i := range a.coins {
		in := &a.coins[i]
		in.Value -= deposited + anyoneFee
		txs[i] = a.tx(in, watched(a.rng.IntN(a.size.addresses)))
		tx, err := coin.ParseTx(txs[i])
		if err != nil {
			return nil, err
		}
		in.Coin = instruction.Outpoint{Tx: tx.ID, Index: 1}
	}
	hash, err := a.mint.MineOnly(ctx, txs...)
	if err != nil {
		return nil, err
	}
	var text string
	if err := a.mint.Client().Call(ctx, "getblock", &text, hash.String(), 0); err != nil {
		return nil, err
	}
	return hex.DecodeString(text)
}

// tx is a transaction that pays a deposit and what is left back.
func (a *anyone) tx(in *coin.Input, to []byte) []byte {
	b := []byte{2, 0, 0, 0, 0, 1, 1} // version, that there are witnesses, one input
	b = append(b, in.Coin.Tx[:]...)
	b = binary.LittleEndian.AppendUint32(b, in.Coin.Index)
	b = append(b, 0, 0xff, 0xff, 0xff, 0xff, 2) // no script, final, two outputs
	for _, out := range []coin.Out{{Script: to, Value: deposited}, {Script: a.script, Value: in.Value}} {
		b = binary.LittleEndian.AppendUint64(b, uint64(out.Value)) // #nosec G115 -- above 0
		b = append(append(b, byte(len(out.Script))), out.Script...)
	}
	b = append(append(b, 1, byte(len(a.witness))), a.witness...)
	return append(b, 0, 0, 0, 0)
}
