package demochain

import (
	"bytes"
	"math/bits"
	"slices"

	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// Rules of relay, as nodes come. Rates are in smallest units per 1,000 virtual bytes.
const (
	RelayFee    = 1_000   // the least that the mempool takes, and by how much a replacement must pay more
	dustFee     = 3_000   // an output is dust if spending it at this rate would cost more than it holds
	maxWeight   = 400_000 // of one transaction
	maxSigBytes = 1_650   // of an input's signature script
	maxMoney    = int64(84_000_000 * Coin)
)

// transaction is one that the chain was given.
type transaction struct {
	id   instruction.TxID
	raw  []byte
	ins  []instruction.Outpoint
	outs []coin.Out
	msg  *wire.MsgTx
	size int64 // virtual bytes

	// proved says that the signatures in raw were found to be right; fee is known then. Both hang on the coins that are spent,
	// which the bytes name, so that neither can change.
	proved bool
	fee    int64
}

// parse reads a transaction and holds it against what no state of the chain could make right. The bytes are kept.
func parse(raw []byte) (*transaction, error) {
	if len(raw) > maxWeight {
		return nil, invalid("tx-size")
	}
	read, err := coin.ParseTx(raw)
	if err != nil {
		return nil, errDecode
	}
	t := &transaction{id: read.ID, raw: raw, ins: read.Ins, outs: read.Outs, msg: new(wire.MsgTx)}
	rest := bytes.NewReader(raw)
	if err := t.msg.Deserialize(rest); err != nil || rest.Len() != 0 {
		return nil, errDecode
	}
	t.size = int64(3*t.msg.SerializeSizeStripped()+len(raw)+3) / 4
	return t, t.sound()
}

// sound holds it against the rules of blocks.
func (t *transaction) sound() error {
	switch {
	case len(t.ins) == 0:
		return invalid("bad-txns-vin-empty")
	case len(t.outs) == 0:
		return invalid("bad-txns-vout-empty")
	case t.size*4 > maxWeight:
		return invalid("tx-size")
	}
	total := int64(0)
	for _, o := range t.outs {
		if o.Value < 0 {
			return invalid("bad-txns-vout-negative")
		}
		if o.Value > maxMoney {
			return invalid("bad-txns-vout-toolarge")
		}
		if total += o.Value; total > maxMoney {
			return invalid("bad-txns-txouttotal-toolarge")
		}
	}
	seen := make(map[instruction.Outpoint]bool, len(t.ins))
	for _, in := range t.ins {
		if in.Tx.IsZero() {
			return invalid("coinbase")
		}
		if seen[in] {
			return invalid("bad-txns-inputs-duplicate")
		}
		seen[in] = true
	}
	if t.locked() {
		return errLocked
	}
	return nil
}

// locked says whether it is held back by a lock time, of which this chain knows none.
func (t *transaction) locked() bool {
	if t.msg.LockTime != 0 {
		return true
	}
	return t.msg.Version >= 2 && slices.ContainsFunc(t.msg.TxIn, func(in *wire.TxIn) bool {
		return in.Sequence&wire.SequenceLockTimeDisabled == 0 && in.Sequence&wire.SequenceLockTimeMask != 0
	})
}

// standard holds it against the rules of relay, which blocks need not keep.
func (t *transaction) standard() error {
	if t.msg.Version < 1 || t.msg.Version > 2 {
		return invalid("version")
	}
	for _, in := range t.msg.TxIn {
		if len(in.SignatureScript) > maxSigBytes {
			return invalid("scriptsig-size")
		}
		if !txscript.IsPushOnlyScript(in.SignatureScript) {
			return invalid("scriptsig-not-pushonly")
		}
	}
	notes := 0
	for _, o := range t.outs {
		switch txscript.GetScriptClass(o.Script) {
		case txscript.NonStandardTy:
			return invalid("scriptpubkey")
		case txscript.NullDataTy:
			notes++
			continue
		}
		if o.Value < dust(o.Script) {
			return invalid("dust")
		}
	}
	if notes > 1 {
		return invalid("multi-op-return")
	}
	return nil
}

// dust is the least that an output may hold, so that spending it is worth while: 294 for P2WPKH.
func dust(script []byte) int64 {
	out := 8 + wire.VarIntSerializeSize(uint64(len(script))) + len(script)
	in := 148 // outpoint, sequence, signature and key
	if txscript.IsWitnessProgram(script) {
		in = 67 // a witness counts a quarter
	}
	return int64(out+in) * dustFee / 1000
}

// replaceable says whether its sender agreed to have it replaced (BIP 125).
func (t *transaction) replaceable() bool {
	return slices.ContainsFunc(t.msg.TxIn, func(in *wire.TxIn) bool { return in.Sequence < wire.MaxTxInSequenceNum-1 })
}

// pays learns its fee from the coins that it spends, in the order of its inputs.
func (t *transaction) pays(spent []coin.Out) error {
	fee := int64(0) // of coins that exist: all together are less than maxMoney
	for _, o := range spent {
		fee += o.Value
	}
	for _, o := range t.outs {
		fee -= o.Value
	}
	if fee < 0 {
		return invalid("bad-txns-in-belowout")
	}
	t.fee = fee
	return nil
}

// prove checks its signatures against the coins that it spends, in the order of its inputs.
func (t *transaction) prove(spent []coin.Out) error {
	if t.proved {
		return nil
	}
	fetcher := txscript.NewMultiPrevOutFetcher(nil)
	for i, o := range spent {
		fetcher.AddPrevOut(t.msg.TxIn[i].PreviousOutPoint, wire.NewTxOut(o.Value, o.Script))
	}
	hashes := txscript.NewTxSigHashes(t.msg, fetcher)
	for i, o := range spent {
		vm, err := txscript.NewEngine(o.Script, t.msg, i, txscript.StandardVerifyFlags, nil, hashes, o.Value, fetcher)
		if err == nil {
			err = vm.Execute()
		}
		if err != nil {
			return invalid("non-mandatory-script-verify-flag (" + err.Error() + ")")
		}
	}
	t.proved = true
	return nil
}

// relayFee is what relaying so many virtual bytes costs at least.
func relayFee(size int64) int64 { return size * RelayFee / 1000 }

// out names an output of a transaction.
func (t *transaction) out(i int) instruction.Outpoint {
	return instruction.Outpoint{Tx: t.id, Index: uint32(i)} // #nosec G115 -- a transaction of 400,000 bytes has no more
}

// less says whether a*b < c*d; none is negative.
func less(a, b, c, d int64) bool {
	h1, l1 := bits.Mul64(uint64(a), uint64(b)) // #nosec G115 -- none is negative
	h2, l2 := bits.Mul64(uint64(c), uint64(d)) // #nosec G115 -- none is negative
	return h1 < h2 || h1 == h2 && l1 < l2
}
