package instruction

import (
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// TxID names a transaction of a chain: its hash in the order in which the chain's own messages carry it. People and nodes
// write it the other way round; see String.
type TxID [32]byte

// BlockHash names a block of a chain, in the same order.
type BlockHash [32]byte

// Outpoint names an output of a transaction: a coin that somebody may spend once.
type Outpoint struct {
	Tx    TxID
	Index uint32
}

// SpendID counts the transactions that the venue planned on one chain.
type SpendID uint64

// CodeID counts the gift codes. It is public: who knows it cannot claim anything.
type CodeID uint64

var errHash = errors.New("a hash of a chain has 64 hexadecimal digits")

func (h TxID) String() string      { return reversed(h) }
func (h BlockHash) String() string { return reversed(h) }
func (o Outpoint) String() string {
	return o.Tx.String() + ":" + strconv.FormatUint(uint64(o.Index), 10)
}
func (h TxID) IsZero() bool                      { return h == TxID{} }
func (h BlockHash) IsZero() bool                 { return h == BlockHash{} }
func (h TxID) MarshalText() ([]byte, error)      { return []byte(h.String()), nil }
func (h BlockHash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }
func (o Outpoint) MarshalText() ([]byte, error)  { return []byte(o.String()), nil }

// ParseTxID reads what String writes.
func ParseTxID(s string) (TxID, error) {
	h, err := unreversed(s)
	return TxID(h), err
}

// ParseBlockHash reads what String writes.
func ParseBlockHash(s string) (BlockHash, error) {
	h, err := unreversed(s)
	return BlockHash(h), err
}

// Compare orders outpoints.
func (o *Outpoint) Compare(p *Outpoint) int {
	if d := slices.Compare(o.Tx[:], p.Tx[:]); d != 0 {
		return d
	}
	return int(min(max(int64(o.Index)-int64(p.Index), -1), 1))
}

func reversed(h [32]byte) string {
	slices.Reverse(h[:])
	return hex.EncodeToString(h[:])
}

func unreversed(s string) (h [32]byte, err error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != len(h) {
		return h, fmt.Errorf("%q: %w", s, errHash)
	}
	slices.Reverse(b)
	return [32]byte(b), nil
}
