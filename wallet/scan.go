package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// Why a node is not believed.
var (
	ErrOtherChain = errors.New("wallet: the node is on another chain")
	ErrBehind     = errors.New("wallet: the node is behind; start it, or wait until it has caught up")
	ErrDeep       = errors.New("wallet: the node's chain leaves the one on record further back than anything is undone; nothing goes on until the venue's operator has looked into it")
	ErrLies       = errors.New("wallet: the node contradicts itself")
)

// staleAfter is how old the best block may be, and headersAhead how many headers a node may know whose blocks it has not.
const (
	staleAfter   = 6 * time.Hour
	headersAhead = 2
)

// skipped is how many blocks with nothing for the venue are passed over before one is on record, so that a scan that is interrupted
// does not begin where it began.
const skipped = 1000

// Scan tells the engine of all that the node's best chain has and the record has not, and is the best block that it found.
func (l *Line) Scan(ctx context.Context) (instruction.BlockHash, error) {
	info, err := l.Node.Info(ctx)
	if err != nil {
		return info.Best, err
	}
	l.change(func(s *Status) { s.Node = info })
	switch {
	case info.Genesis != l.network.Genesis():
		return info.Best, fmt.Errorf("%w: its first block is %v, and should be %v", ErrOtherChain, info.Genesis, l.network.Genesis())
	case info.Syncing && !l.Stale, info.Headers > info.Height+headersAhead:
		return info.Best, fmt.Errorf("%w: it has %d of %d blocks", ErrBehind, info.Height, info.Headers)
	case !l.Stale && time.Since(info.Time) > staleAfter:
		return info.Best, fmt.Errorf("%w: its best block is of %s", ErrBehind, info.Time.UTC().Format(time.RFC3339))
	}
	if err := l.fork(ctx, info.Height); err != nil {
		return info.Best, err
	}
	tip, from, err := l.next()
	if err != nil {
		return info.Best, err
	}
	for h := from; h <= info.Height; h++ {
		if tip, err = l.block(ctx, tip, h, h == info.Height || tip.Height == 0 || h-tip.Height >= skipped || info.Height-h < chain.Bury); err != nil {
			return info.Best, err
		}
	}
	return info.Best, nil
}

// next is the last block that is whole on record, and the height of the one to look at.
func (l *Line) next() (tip chain.Block, from uint32, err error) {
	err = l.read(func(_ *core.State, c *chain.Chain) {
		from = max(c.Terms.Start, 1)
		t, part, ok := c.Tip()
		if !ok {
			return
		}
		if from = t.Height + 1; part { // begin it again: what is told twice counts once
			from = t.Height
		}
		tip = t
	})
	l.change(func(s *Status) { s.Tip = tip })
	return tip, from, err
}

// fork goes back to the last block that the record and the node's best chain share. A node that has less of the same chain is behind:
// nothing is undone for that.
func (l *Line) fork(ctx context.Context, height uint32) error {
	var blocks []chain.Block
	if err := l.read(func(_ *core.State, c *chain.Chain) { blocks = slices.Clone(c.Blocks()) }); err != nil {
		return err
	}
	for i := len(blocks) - 1; i >= 0; i-- {
		b := blocks[i]
		if b.Height > height {
			continue
		}
		there, err := l.Node.HashAt(ctx, b.Height)
		if err != nil {
			return err
		}
		if there != b.Hash {
			continue
		}
		last := len(blocks) - 1
		if i == last {
			return nil
		}
		// What the node has at the height of the next one on record says which it is: less, or another.
		if next := blocks[i+1]; next.Height > height {
			return fmt.Errorf("%w: it has %d blocks, of which %d are known", ErrBehind, height, blocks[last].Height)
		}
		return l.rewind(b, blocks[last])
	}
	if len(blocks) == 0 {
		return nil
	}
	if blocks[0].Height > height {
		return fmt.Errorf("%w: it has %d blocks, of which %d are known", ErrBehind, height, blocks[len(blocks)-1].Height)
	}
	return ErrDeep
}

func (l *Line) rewind(to, from chain.Block) error {
	l.Log.Warn("the best chain has changed; what its blocks brought is taken back", "to height", to.Height, "from", from.Height)
	_, why, err := l.give(&instruction.Rewind{Asset: l.Asset, Height: to.Height, Hash: to.Hash})
	if err == nil && why != 0 {
		err = fmt.Errorf("wallet: going back to block %d: %s", to.Height, why.Sentence())
	}
	return err
}

// block looks at the block of a height, and is the last block on record then. What has nothing for the venue is told of only where
// that is wanted.
func (l *Line) block(ctx context.Context, tip chain.Block, height uint32, wanted bool) (chain.Block, error) {
	hash, err := l.Node.HashAt(ctx, height)
	if err != nil {
		return tip, err
	}
	b, err := l.Node.Block(ctx, hash, height)
	if err != nil {
		return tip, err
	}
	if b.Hash != hash {
		return tip, fmt.Errorf("%w: asked for block %v it gave %v", ErrLies, hash, b.Hash)
	}
	moves, err := l.find(b)
	if err != nil || !wanted && len(moves.received)+len(moves.spent) == 0 {
		return tip, err
	}
	if tip.Height+1 == height && b.Prev != tip.Hash && tip.Height != 0 {
		return tip, fmt.Errorf("%w: block %d does not follow block %d any more", ErrLies, height, tip.Height)
	}
	for _, in := range moves.parts(l.Asset, b) {
		_, why, err := l.give(in)
		if err == nil && why != 0 {
			err = fmt.Errorf("wallet: block %d: %s", height, why.Sentence())
		}
		if err != nil {
			return tip, err
		}
	}
	tip = chain.Block{Height: height, Hash: hash}
	l.change(func(s *Status) { s.Tip = tip })
	return tip, nil
}

// moves are what of a block is the venue's.
type moves struct {
	received []instruction.Received
	spent    []instruction.Spent
}

// find looks for the venue's addresses and coins in a block.
func (l *Line) find(b *coin.Block) (m moves, err error) {
	own := map[instruction.Outpoint]bool{}
	l.watched.mu.RLock()
	for i := range b.Txs {
		for n, out := range b.Txs[i].Outs {
			if p, ok := program(out.Script); ok && out.Value > 0 {
				if a, ok := l.watched.of[p]; ok {
					o := instruction.Outpoint{Tx: b.Txs[i].ID, Index: uint32(n)} // #nosec G115 -- outputs of one block
					own[o] = true
					m.received = append(m.received, instruction.Received{Coin: o, Amount: money.Amount(out.Value), Account: a})
				}
			}
		}
	}
	l.watched.mu.RUnlock()
	err = l.read(func(_ *core.State, c *chain.Chain) {
		for i := range b.Txs {
			for _, o := range b.Txs[i].Ins {
				if own[o] || c.Coin(o) != nil {
					m.spent = append(m.spent, instruction.Spent{Coin: o, By: b.Txs[i].ID})
				}
			}
		}
	})
	return m, err
}

// parts are the instructions that tell of a block: what came in first, since what went out may have come in the same block.
func (m *moves) parts(x instruction.Asset, b *coin.Block) (list []*instruction.Advance) {
	next := func() *instruction.Advance {
		in := &instruction.Advance{Asset: x, Height: b.Height, Hash: b.Hash, Prev: b.Prev}
		list = append(list, in)
		return in
	}
	for part := range slices.Chunk(m.received, instruction.MaxMoves) {
		next().Received = part
	}
	for part := range slices.Chunk(m.spent, instruction.MaxMoves) {
		in := next
		if n := len(list); n > 0 && len(list[n-1].Spent) == 0 {
			in = func() *instruction.Advance { return list[n-1] }
		}
		in().Spent = part
	}
	if len(list) == 0 {
		next()
	}
	list[len(list)-1].Whole = true
	return list
}
