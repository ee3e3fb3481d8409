package giftcode

import (
	"context"
	"errors"
	"time"

	"portcullis/wallet/coin"
	"portcullis/wallet/regtest"
)

// payment is what somebody pays to an address.
type payment struct {
	address string
	value   int64
}

// ground is a chain on which all happens that a replay asks for, and one node of it, whose calls go wrong once it is sick. It is for one
// goroutine, but for what it gives.
type ground interface {
	name() string // as the result has it
	network() *coin.Network
	node() coin.Chain  // through the faults
	truth() coin.Chain // past them
	// sick has calls go wrong from now on. Sending is told the number of each call that sends, before it is carried out, and says
	// whether that was the end of who sends.
	sick(seed uint64, sending func(n uint64) (gone bool))
	height(ctx context.Context) (uint32, error)
	fund(ctx context.Context, list []payment) error // from coins of nobody's; the next block has it
	mine(ctx context.Context, empty bool) error     // one block, with what waits or with nothing
	reorg(ctx context.Context, depth int, empty bool) error
	restart(ctx context.Context) error                               // after a kill, with an empty mempool
	purse(ctx context.Context, seed uint64, dust int) (purse, error) // of the node's own, that takes dust
	close() error
}

// open starts a litecoind; where there is none, a demo chain, whose blocks have that time.
func open(ctx context.Context, seed uint64, now func() time.Time) (ground, error) {
	l, err := startLitecoind(ctx)
	if errors.Is(err, regtest.ErrMissing) {
		return newDemo(seed, now)
	}
	if err != nil {
		return nil, err
	}
	return l, nil
}
