package coin

import (
	"bytes"
	"errors"
	"fmt"
	"math"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
)

// MaxSize is the virtual size of a transaction that nodes still relay.
const MaxSize = 100_000

// Sequence numbers: whether nodes may take another transaction for this one (BIP 125).
const (
	sequenceReplaceable = 0xfffffffd
	sequenceFinal       = 0xffffffff
)

// Input is a coin of ours that is spent.
type Input struct {
	Coin   instruction.Outpoint
	Value  int64  // more than 0
	Change bool   // which of our keys it is locked to: a change address, or an account's
	Index  uint32 // see Public.Address
}

// Unsigned is the transaction that spends ins to outs, without its signatures, and its name: signatures do not change it.
// It fails where there is nothing to spend or to pay, where an input stands twice, a value is not above 0, more is paid
// than spent, or the transaction would be larger than MaxSize.
func Unsigned(n *Network, ins []Input, outs []Out) (raw []byte, id instruction.TxID, err error) {
	tx, err := build(n, ins, outs)
	if err != nil {
		return nil, id, err
	}
	return encode(tx), instruction.TxID(tx.TxHash()), nil
}

// Sign is Unsigned with its signatures. The same arguments give the same bytes.
func Sign(n *Network, keys *Keys, ins []Input, outs []Out) (raw []byte, id instruction.TxID, err error) {
	tx, err := build(n, ins, outs)
	if err != nil {
		return nil, id, err
	}
	scripts, err := locks(n, keys.public, ins)
	if err != nil {
		return nil, id, err
	}
	hashes := txscript.NewTxSigHashes(tx, spent(ins, scripts))
	known := map[place]pair{} // many inputs are of one address
	for i, in := range ins {
		at := place{in.Change, in.Index}
		key, ok := known[at]
		if !ok {
			if key, err = keys.pair(in.Change, in.Index); err != nil {
				return nil, id, err
			}
			known[at] = key
		}
		signature, err := txscript.RawTxInWitnessSignature(tx, hashes, i, in.Value, scripts[i], txscript.SigHashAll, key.private)
		if err != nil {
			return nil, id, fmt.Errorf("signing input %d: %w", i, err)
		}
		tx.TxIn[i].Witness = wire.TxWitness{signature, key.public}
	}
	return encode(tx), instruction.TxID(tx.TxHash()), nil
}

// Check says whether raw spends ins to outs and nothing else, with signatures that every node takes. Whoever sends what
// another process signed asks it first.
func Check(n *Network, public *Public, ins []Input, outs []Out, raw []byte) (id instruction.TxID, err error) {
	want, id, err := Unsigned(n, ins, outs)
	if err != nil {
		return id, err
	}
	tx := wire.NewMsgTx(2)
	rest := bytes.NewReader(raw)
	if err := tx.Deserialize(rest); err != nil || rest.Len() > 0 {
		return id, errors.New("these bytes are no transaction")
	}
	var bare bytes.Buffer
	if err := tx.SerializeNoWitness(&bare); err != nil || !bytes.Equal(bare.Bytes(), want) {
		return id, fmt.Errorf("transaction %v is not the one that was planned, %v", tx.TxHash(), id)
	}
	scripts, err := locks(n, public, ins)
	if err != nil {
		return id, err
	}
	all := spent(ins, scripts)
	hashes := txscript.NewTxSigHashes(tx, all)
	for i, in := range ins {
		engine, err := txscript.NewEngine(scripts[i], tx, i, txscript.StandardVerifyFlags, nil, hashes, in.Value, all)
		if err == nil {
			err = engine.Execute()
		}
		if err != nil {
			return id, fmt.Errorf("transaction %v, input %d: %w", id, i, err)
		}
	}
	return id, nil
}

// Size is the most that a signed transaction can weigh, in virtual bytes: a signature is sometimes a byte shorter.
func Size(ins int, outs []Out) int {
	const (
		input   = 32 + 4 + 1 + 4      // outpoint, empty script, sequence
		witness = 1 + 1 + 72 + 1 + 33 // two items: signature, key
	)
	bare := 4 + varSize(ins) + ins*input + varSize(len(outs)) + 4
	for _, o := range outs {
		bare += 8 + varSize(len(o.Script)) + len(o.Script)
	}
	return bare + (2+ins*witness+3)/4
}

func varSize(n int) int { return wire.VarIntSerializeSize(uint64(n)) } // #nosec G115 -- a length

// place is where one of our keys stands.
type place struct {
	change bool
	index  uint32
}

func build(n *Network, ins []Input, outs []Out) (*wire.MsgTx, error) {
	if err := sound(ins, outs); err != nil {
		return nil, err
	}
	sequence := uint32(sequenceFinal)
	if n.replaces {
		sequence = sequenceReplaceable
	}
	tx := wire.NewMsgTx(2)
	for _, in := range ins {
		tx.AddTxIn(&wire.TxIn{PreviousOutPoint: point(in.Coin), Sequence: sequence})
	}
	for _, o := range outs {
		tx.AddTxOut(wire.NewTxOut(o.Value, o.Script))
	}
	return tx, nil
}

func sound(ins []Input, outs []Out) error {
	if len(ins) == 0 || len(outs) == 0 {
		return fmt.Errorf("a transaction of %d inputs and %d outputs: it needs both", len(ins), len(outs))
	}
	if size := Size(len(ins), outs); size > MaxSize {
		return fmt.Errorf("a transaction of %d virtual bytes: nodes relay at most %d", size, MaxSize)
	}
	seen := map[instruction.Outpoint]bool{}
	var in, out int64
	for _, i := range ins {
		if seen[i.Coin] {
			return fmt.Errorf("coin %v is spent twice", i.Coin)
		}
		seen[i.Coin] = true
		if i.Value <= 0 || in > math.MaxInt64-i.Value {
			return fmt.Errorf("coin %v cannot be worth %d", i.Coin, i.Value)
		}
		in += i.Value
	}
	for k, o := range outs {
		if o.Value <= 0 || out > math.MaxInt64-o.Value || len(o.Script) == 0 {
			return fmt.Errorf("output %d pays %d to a script of %d bytes", k, o.Value, len(o.Script))
		}
		out += o.Value
	}
	if out > in {
		return fmt.Errorf("outputs of %d, but the inputs hold %d", out, in)
	}
	return nil
}

// locks are the scripts that the inputs are locked with.
func locks(n *Network, public *Public, ins []Input) ([][]byte, error) {
	if public.network != n {
		return nil, fmt.Errorf("these are keys of %s, not of %s", public.network.Name, n.Name)
	}
	known := map[place][]byte{}
	scripts := make([][]byte, len(ins))
	for i, in := range ins {
		at := place{in.Change, in.Index}
		if known[at] == nil {
			script, err := public.script(in.Change, in.Index)
			if err != nil {
				return nil, err
			}
			known[at] = script
		}
		scripts[i] = known[at]
	}
	return scripts, nil
}

func spent(ins []Input, scripts [][]byte) *txscript.MultiPrevOutFetcher {
	all := txscript.NewMultiPrevOutFetcher(nil)
	for i, in := range ins {
		all.AddPrevOut(point(in.Coin), wire.NewTxOut(in.Value, scripts[i]))
	}
	return all
}

func point(o instruction.Outpoint) wire.OutPoint {
	return wire.OutPoint{Hash: chainhash.Hash(o.Tx), Index: o.Index}
}

func encode(tx *wire.MsgTx) []byte {
	var b bytes.Buffer
	b.Grow(tx.SerializeSize())
	if err := tx.Serialize(&b); err != nil {
		panic(err) // a buffer takes all
	}
	return b.Bytes()
}
