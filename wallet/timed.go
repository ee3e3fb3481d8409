package wallet

import (
	"context"
	"time"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// timed is a node whose calls end: one that keeps an answer back would else keep the wallet from all that it has to do. What a call
// came to that was given up is not known.
type timed struct {
	coin.Chain
	limit time.Duration
}

func (n timed) Info(ctx context.Context) (coin.Info, error) {
	ctx, cancel := context.WithTimeout(ctx, n.limit)
	defer cancel()
	return n.Chain.Info(ctx)
}

func (n timed) HashAt(ctx context.Context, height uint32) (instruction.BlockHash, error) {
	ctx, cancel := context.WithTimeout(ctx, n.limit)
	defer cancel()
	return n.Chain.HashAt(ctx, height)
}

func (n timed) Block(ctx context.Context, h instruction.BlockHash, height uint32) (*coin.Block, error) {
	ctx, cancel := context.WithTimeout(ctx, n.limit)
	defer cancel()
	return n.Chain.Block(ctx, h, height)
}

func (n timed) Send(ctx context.Context, raw []byte) coin.Reply {
	ctx, cancel := context.WithTimeout(ctx, n.limit)
	defer cancel()
	return n.Chain.Send(ctx, raw)
}

func (n timed) Pending(ctx context.Context, id instruction.TxID) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, n.limit)
	defer cancel()
	return n.Chain.Pending(ctx, id)
}

func (n timed) FeeRate(ctx context.Context, blocks int) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, n.limit)
	defer cancel()
	return n.Chain.FeeRate(ctx, blocks)
}
