package coin

import (
	"context"
	"fmt"
	"time"

	"portcullis/core/instruction"
)

// Info is what a node says of itself.
type Info struct {
	Genesis, Best   instruction.BlockHash
	Height, Headers uint32    // of the best block, and of the longest chain of headers that the node has seen
	Time            time.Time // of the best block, as its miner wrote it
	Syncing         bool      // the node itself holds that it is behind
	Warnings        string    // what it would tell its operator; empty if nothing
}

// Outcome is what may be concluded from an answer to Send. None of them says that a transaction will never confirm: what
// was sent once may lie in somebody's mempool, whatever this node thinks of it.
type Outcome uint8

const (
	Accepted  Outcome = 1 // in the mempool, or mined
	Ambiguous Outcome = 2 // an input is unknown or spent: mined long ago, or a real conflict. Only the chain can tell
	Conflict  Outcome = 3 // another transaction in the mempool spends an input
	FeeTooLow Outcome = 4 // less than this node asks for, or than what would be replaced pays
	Invalid   Outcome = 5 // this node will never take it
	Unsent    Outcome = 6 // not executed; may be sent again at once or after a while
	Unknown   Outcome = 7 // whether it was executed cannot be told; send the same bytes again
)

var outcomes = [...]string{Accepted: "accepted", Ambiguous: "ambiguous", Conflict: "conflict", FeeTooLow: "fee too low",
	Invalid: "invalid", Unsent: "unsent", Unknown: "unknown"}

func (o Outcome) String() string {
	if int(o) < len(outcomes) && o != 0 {
		return outcomes[o]
	}
	return fmt.Sprintf("outcome %d", uint8(o))
}

// Reply is the answer to Send.
type Reply struct {
	Outcome Outcome
	Code    int    // the node's error, such as -26; 0 if it gave none
	Reason  string // the node's words, or of what came between; may be empty when accepted
}

// Chain is what the wallet asks of a node. All methods may be called from several goroutines at once; each ends when its
// context does. An error says that the answer is not known, never that something is not there.
type Chain interface {
	Info(ctx context.Context) (Info, error)
	// HashAt is the hash of the block at a height of the best chain.
	HashAt(ctx context.Context, height uint32) (instruction.BlockHash, error)
	// Block is the block with that hash; height is what the caller knows of it, since a block does not carry it.
	Block(ctx context.Context, h instruction.BlockHash, height uint32) (*Block, error)
	// Send hands a signed transaction to the network. It sends at most once.
	Send(ctx context.Context, raw []byte) Reply
	// Pending says whether the node's mempool has the transaction.
	Pending(ctx context.Context, id instruction.TxID) (bool, error)
	// FeeRate is what is likely to confirm within so many blocks, in smallest units per 1,000 virtual bytes; 0 where the
	// node cannot tell yet.
	FeeRate(ctx context.Context, blocks int) (perKVB int64, err error)
	// Wait returns once the best block is another than the given one.
	Wait(ctx context.Context, best instruction.BlockHash) error
}
