package demochain

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"github.com/btcsuite/btcd/chainhash/v2"
	"github.com/btcsuite/btcd/txscript/v2"
	"github.com/btcsuite/btcd/wire/v2"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// blockSize is what a block has room for besides its coinbase, in virtual bytes.
const blockSize = 990_000

var errNoRoom = fmt.Errorf("the block has room for %d virtual bytes", blockSize)

// block is one that was made, in the best chain or beside it.
type block struct {
	hash, prev instruction.BlockHash
	height     uint32
	time       time.Time
	raw        []byte         // nil for the first
	txs        []*transaction // the coinbase first
	spent      [][]unspent    // what each took, in the order of its inputs; none for the coinbase
}

// extend makes a block on top of the best one, with all that must be in it and what else fits. The reward gets the fees
// too, in its first output. If something that must be in it does not fit the chain, nothing has changed.
func (c *Chain) extend(must, may []*transaction, reward []coin.Out) error {
	b := &block{prev: c.tip().hash, height: c.height() + 1, time: c.tip().time, txs: []*transaction{{}}, spent: [][]unspent{nil}}
	if now := c.now().UTC().Truncate(time.Second); now.After(b.time) {
		b.time = now
	}
	room := int64(blockSize)
	for i, t := range slices.Concat(must, may) {
		spent, err := c.spend(t, b.height, room)
		if err != nil && i < len(must) {
			c.undo(b)
			return fmt.Errorf("transaction %v does not fit block %d: %w", t.id, b.height, err)
		}
		if err != nil {
			continue
		}
		room -= t.size
		reward[0].Value += t.fee
		b.txs, b.spent = append(b.txs, t), append(b.spent, spent)
	}
	c.made++
	b.txs[0] = coinbase(b.height, c.seed, c.made, reward)
	b.seal(c.made)
	if err := c.file.write(b.raw); err != nil {
		c.undo(b)
		return err
	}
	c.top(b)
	return nil
}

// top makes a block the best one. All but its coinbase is carried out.
func (c *Chain) top(b *block) {
	c.bring(b.txs[0], b.height, true)
	c.best, c.blocks[b.hash] = append(c.best, b), b
	for _, t := range b.txs {
		c.mined[t.id], c.known[t.id] = b.height, t
		c.yield(t)
	}
}

// retract takes the best block off.
func (c *Chain) retract() *block {
	b := c.tip()
	c.undo(b)
	c.best = c.best[:len(c.best)-1]
	for _, t := range b.txs {
		delete(c.mined, t.id)
	}
	return b
}

// restore puts a block back that was retracted.
func (c *Chain) restore(b *block) {
	for _, t := range b.txs[1:] {
		if _, err := c.spend(t, b.height, blockSize); err != nil {
			panic(fmt.Sprintf("block %v does not fit where it was: %v", b.hash, err)) // a fault of this package
		}
	}
	c.bring(b.txs[0], b.height, true)
	c.best = append(c.best, b)
	for _, t := range b.txs {
		c.mined[t.id] = b.height
	}
}

// undo gives back what a block's transactions took, the last one first.
func (c *Chain) undo(b *block) {
	for i := len(b.txs) - 1; i >= 0; i-- {
		c.unspend(b.txs[i], b.spent[i])
	}
}

// spend carries a transaction out in the best chain, in a block with so much room left.
func (c *Chain) spend(t *transaction, height uint32, room int64) ([]unspent, error) {
	switch {
	case len(t.ins) == 0:
		return nil, invalid("coinbase")
	case t.size > room:
		return nil, errNoRoom
	}
	spent, outs := make([]unspent, len(t.ins)), make([]coin.Out, len(t.ins))
	for i, in := range t.ins {
		have, ok := c.coins[in]
		if !ok {
			return nil, errMissing
		}
		if have.immature(height) {
			return nil, errImmature
		}
		spent[i], outs[i] = have, have.Out
	}
	if err := t.pays(outs); err != nil {
		return nil, err
	}
	if err := t.prove(outs); err != nil {
		return nil, err
	}
	for _, in := range t.ins {
		delete(c.coins, in)
	}
	c.bring(t, height, false)
	return spent, nil
}

// bring adds the outputs of a transaction.
func (c *Chain) bring(t *transaction, height uint32, coinbase bool) {
	for i, o := range t.outs {
		if !txscript.IsUnspendable(o.Script) {
			c.coins[t.out(i)] = unspent{o, height, coinbase}
		}
	}
}

// unspend is the opposite of spend.
func (c *Chain) unspend(t *transaction, spent []unspent) {
	for i := range t.outs {
		delete(c.coins, t.out(i))
	}
	for i, s := range spent {
		c.coins[t.ins[i]] = s
	}
}

// yield takes a transaction that was mined out of the mempool, with what can no longer be mined beside it.
func (c *Chain) yield(t *transaction) {
	if w := c.pool.txs[t.id]; w != nil {
		c.pool.remove(w)
		return
	}
	c.pool.evict(c.pool.conflicts(t))
}

// seal writes a block's bytes and its name.
func (b *block) seal(nonce uint32) {
	header := wire.BlockHeader{Version: 0x20000000, PrevBlock: chainhash.Hash(b.prev), MerkleRoot: merkle(b.txs),
		Timestamp: b.time, Bits: 0x207fffff, Nonce: nonce}
	var raw bytes.Buffer
	must(header.Serialize(&raw))
	b.hash = instruction.BlockHash(chainhash.DoubleHashH(raw.Bytes()))
	must(wire.WriteVarInt(&raw, 0, uint64(len(b.txs))))
	for _, t := range b.txs {
		raw.Write(t.raw)
	}
	b.raw = raw.Bytes()
}

// merkle is what a header has of its transactions.
func merkle(txs []*transaction) chainhash.Hash {
	row := make([]chainhash.Hash, len(txs), len(txs)+1)
	for i, t := range txs {
		row[i] = chainhash.Hash(t.id)
	}
	var pair [2 * chainhash.HashSize]byte
	for len(row) > 1 {
		if len(row)%2 != 0 {
			row = append(row, row[len(row)-1])
		}
		for i := 0; i < len(row); i += 2 {
			copy(pair[:chainhash.HashSize], row[i][:])
			copy(pair[chainhash.HashSize:], row[i+1][:])
			row[i/2] = chainhash.DoubleHashH(pair[:])
		}
		row = row[:len(row)/2]
	}
	return row[0]
}

// coinbase is the transaction that brings a block's reward. The chain's seed and the number of blocks made so far are in
// it, so that no two are the same (BIP 34 has only the height).
func coinbase(height uint32, seed uint64, made uint32, reward []coin.Out) *transaction {
	script := binary.LittleEndian.AppendUint32([]byte{4}, height)
	script = binary.LittleEndian.AppendUint64(append(script, 12), seed)
	script = binary.LittleEndian.AppendUint32(script, made)
	msg := wire.NewMsgTx(2)
	msg.AddTxIn(&wire.TxIn{PreviousOutPoint: wire.OutPoint{Index: wire.MaxPrevOutIndex}, SignatureScript: script, Sequence: wire.MaxTxInSequenceNum})
	for _, o := range reward {
		msg.AddTxOut(wire.NewTxOut(o.Value, o.Script))
	}
	var raw bytes.Buffer
	must(msg.Serialize(&raw))
	return &transaction{id: instruction.TxID(msg.TxHash()), raw: raw.Bytes(), outs: reward}
}

// must is for writing into memory, which cannot fail.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
