package coin

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"portcullis/core/instruction"
)

// Out is an output of a transaction.
type Out struct {
	Script []byte
	Value  int64
}

// Tx is what the scanner needs of a transaction. Scripts are parts of the bytes that were parsed.
type Tx struct {
	ID   instruction.TxID
	Ins  []instruction.Outpoint
	Outs []Out
}

// Block is what the scanner needs of a block.
type Block struct {
	Hash, Prev instruction.BlockHash
	Height     uint32 // as its caller knows it: the bytes do not have it
	Txs        []Tx
}

// The smallest encodings of what is counted, so that a count is held against what is left before memory is taken for it.
const (
	minTx  = 60
	minIn  = 41
	minOut = 9
)

const headerSize = 80

// Flags that a transaction has where its inputs would be counted (BIP 144; litecoin's LIP 3).
const (
	flagWitness = 0x01
	flagMWEB    = 0x08
)

var (
	errShort = errors.New("ends too early")
	errFlags = errors.New("flags of an unknown kind")
)

// ParseBlock reads a block as nodes give it. Its hash and those of its transactions are computed here, and the header must
// commit to exactly these transactions. Litecoin's extension block, which follows the transactions, is left out: none of
// our coins lies in it, and what leaves it is an output of the last transaction like any other. Height stays 0.
func (n *Network) ParseBlock(raw []byte) (*Block, error) {
	b, err := n.parseBlock(raw)
	if err != nil {
		return nil, fmt.Errorf("block of %d bytes: %w", len(raw), err)
	}
	return b, nil
}

func (n *Network) parseBlock(raw []byte) (*Block, error) {
	r := reader{raw: raw}
	header := r.take(headerSize)
	count := r.count(minTx)
	if r.short {
		return nil, errShort
	}
	b := &Block{Hash: doubleHash(header), Prev: instruction.BlockHash(header[4:36]), Txs: make([]Tx, count)}
	extended := false
	for i := range b.Txs {
		if extended {
			return nil, fmt.Errorf("transaction %d: follows the one that sums up the extension block", i)
		}
		flags, err := r.tx(&b.Txs[i])
		if err != nil {
			return nil, fmt.Errorf("transaction %d: %w", i, err)
		}
		extended = flags&flagMWEB != 0
		if extended && n.mweb == "" {
			return nil, fmt.Errorf("transaction %d: %w: %s has no extension blocks", i, errFlags, n.Name)
		}
	}
	if !extended && r.at != len(raw) {
		return nil, fmt.Errorf("%d bytes follow its last transaction", len(raw)-r.at)
	}
	if root, ok := merkle(b.Txs); !ok || root != [32]byte(header[36:68]) {
		return nil, errors.New("its header commits to other transactions")
	}
	return b, nil
}

// ParseTx reads one transaction, signed or not, and nothing that follows it.
func ParseTx(raw []byte) (*Tx, error) {
	r, tx := reader{raw: raw}, &Tx{}
	flags, err := r.tx(tx)
	switch {
	case err == nil && flags&flagMWEB != 0:
		err = errFlags
	case err == nil && r.at != len(raw):
		err = fmt.Errorf("%d bytes follow it", len(raw)-r.at)
	}
	if err != nil {
		return nil, fmt.Errorf("transaction of %d bytes: %w", len(raw), err)
	}
	return tx, nil
}

// reader walks over bytes in the chain's encoding. Once short it gives nothing any more.
type reader struct {
	raw     []byte
	at      int
	short   bool
	scratch []byte // of what a transaction's name is the hash of
}

func (r *reader) take(n int) []byte {
	if r.short || n > len(r.raw)-r.at {
		r.short = true
		return nil
	}
	b := r.raw[r.at : r.at+n : r.at+n]
	r.at += n
	return b
}

// count reads a number of things of at least least bytes each. It never gives more than can still follow. A number in
// more bytes than it needs is refused, as nodes do: one transaction has one encoding.
func (r *reader) count(least int) int {
	first := r.take(1)
	if r.short {
		return 0
	}
	n, floor := uint64(first[0]), uint64(0)
	switch first[0] {
	case 0xfd:
		n, floor = r.number(2), 0xfd
	case 0xfe:
		n, floor = r.number(4), 1<<16
	case 0xff:
		n, floor = r.number(8), 1<<32
	}
	if r.short || n < floor || n > uint64((len(r.raw)-r.at)/least) { // #nosec G115 -- what is left
		r.short = true
		return 0
	}
	return int(n) // #nosec G115 -- at most what is left
}

func (r *reader) number(size int) uint64 {
	var b [8]byte
	copy(b[:], r.take(size))
	return binary.LittleEndian.Uint64(b[:])
}

// tx reads a transaction into tx and gives its flags. Its name is the hash of version, inputs, outputs and lock time,
// which lie in the bytes as they are hashed.
func (r *reader) tx(tx *Tx) (flags byte, err error) {
	version := r.take(4)
	if r.short {
		return 0, errShort
	}
	if r.at+2 <= len(r.raw) && r.raw[r.at] == 0 {
		if flags = r.take(2)[1]; flags == 0 || flags&^(flagWitness|flagMWEB) != 0 {
			return 0, errFlags
		}
	}
	from := r.at
	if err := r.body(tx); err != nil {
		return 0, err
	}
	body := r.raw[from:r.at]
	if flags&flagWitness != 0 && !r.witnesses(len(tx.Ins)) {
		return 0, errors.New("witnesses that are none, or too long")
	}
	if flags&flagMWEB != 0 && (r.number(1) != 0 || r.short) { // only a transaction that waits for a block has a part of its own
		return 0, errors.New("a part for the extension block, which no block carries here")
	}
	lock := r.take(4)
	if r.short {
		return 0, errShort
	}
	r.scratch = append(append(append(r.scratch[:0], version...), body...), lock...)
	tx.ID = doubleHash(r.scratch)
	return flags, nil
}

func (r *reader) body(tx *Tx) error {
	tx.Ins = make([]instruction.Outpoint, r.count(minIn))
	for i := range tx.Ins {
		coin := r.take(36)
		r.take(r.count(1)) // the script that unlocks it
		r.take(4)          // sequence
		if r.short {
			return errShort
		}
		tx.Ins[i] = instruction.Outpoint{Tx: instruction.TxID(coin[:32]), Index: binary.LittleEndian.Uint32(coin[32:])}
	}
	tx.Outs = make([]Out, r.count(minOut))
	for i := range tx.Outs {
		value := int64(r.number(8)) // #nosec G115 -- held against 0 below
		script := r.take(r.count(1))
		if r.short {
			return errShort
		}
		if value < 0 {
			return fmt.Errorf("output %d: value %d", i, value)
		}
		tx.Outs[i] = Out{script, value}
	}
	if r.short {
		return errShort
	}
	if len(tx.Ins) == 0 || len(tx.Outs) == 0 {
		return errors.New("without inputs or outputs")
	}
	return nil
}

// witnesses skips what unlocks each input. One at least must have something: else there is no flag.
func (r *reader) witnesses(ins int) bool {
	any := false
	for range ins {
		items := r.count(1)
		any = any || items > 0
		for range items {
			r.take(r.count(1))
		}
	}
	return any && !r.short
}

// merkle is the hash that a header has of its transactions; false where two neighbours are the same, for then a shorter
// list of transactions has the same hash (CVE-2012-2459).
func merkle(txs []Tx) (root [32]byte, ok bool) {
	row := make([][32]byte, len(txs), len(txs)+1)
	for i := range txs {
		row[i] = txs[i].ID
	}
	var pair [64]byte
	for len(row) > 1 {
		odd := len(row)%2 != 0
		if odd {
			row = append(row, row[len(row)-1])
		}
		for i := 0; i < len(row); i += 2 {
			if row[i] == row[i+1] && !(odd && i == len(row)-2) {
				return root, false
			}
			copy(pair[:32], row[i][:])
			copy(pair[32:], row[i+1][:])
			row[i/2] = doubleHash(pair[:])
		}
		row = row[:len(row)/2]
	}
	if len(row) == 0 {
		return root, false
	}
	return row[0], true
}

func doubleHash(b []byte) [32]byte {
	once := sha256.Sum256(b)
	return sha256.Sum256(once[:])
}
