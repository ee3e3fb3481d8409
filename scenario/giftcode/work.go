package giftcode

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/wallet"
)

const (
	scans   = 400 // attempts to follow the chain before the replay gives up
	sending = 15  // attempts to hand over what is signed before the next block
	breath  = 5 * time.Millisecond
)

// work has the wallet do what there is to do, as often as it takes on such a node: follow the chain, plan, sign, and hand over until the
// node has all of it, or will not have it before there is another block.
func (v *venue) work(ctx context.Context) error {
	life, line := v.life, v.line
	scanned, sent := 0, 0
	for {
		_, err := line.Scan(life.ctx)
		scanned++
		if err == nil {
			var busy bool
			busy, err = line.Send(life.ctx)
			if sent++; !busy && (err == nil || errors.Is(err, wallet.ErrNoCoins)) && (sent >= sending || v.handed()) {
				return nil
			}
		}
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case life.dead.Load():
			return errKilled
		case scanned >= scans:
			return fmt.Errorf("giftcode: the wallet does not get on: %w", err)
		case err != nil:
			pause(ctx)
		}
	}
}

func pause(ctx context.Context) {
	t := time.NewTimer(breath)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// handed says that the node took one of each family of transactions.
func (v *venue) handed() bool {
	has := map[instruction.Outpoint]bool{}
	err := v.look(func(_ *core.State, c *chain.Chain) {
		for _, s := range c.Spends() {
			has[s.Anchor()] = has[s.Anchor()] || s.Signed() && (s.Seen || s.Height != 0)
		}
	})
	for _, there := range has {
		if !there {
			return false
		}
	}
	return err == nil
}

// look shows the state and the chain.
func (v *venue) look(f func(*core.State, *chain.Chain)) error {
	return v.engine.Read(func(s *core.State) { f(s, s.Chain(asset)) })
}

// standing is how far the wallet has come.
type standing struct {
	tip                         uint32
	owed, sending, settled      int // payouts
	planned, unmined, replacing int // transactions; of them those of families that no block has, and replacements
}

func (v *venue) standing() (x standing, err error) {
	err = v.look(func(s *core.State, c *chain.Chain) {
		tip, _, _ := c.Tip()
		x.tip = tip.Height
		x.owed = len(s.Payable(asset))
		for _, p := range s.Payouts(instruction.Fees) {
			if p.State == instruction.PayoutSending {
				x.sending++
			}
		}
		x.settled = int(s.LastPayout()) - len(s.Payouts(instruction.Fees)) // #nosec G115 -- one for each code
		x.planned = int(c.LastSpend())                                     // #nosec G115 -- a few dozen
		mined := map[instruction.Outpoint]bool{}
		for _, p := range c.Spends() {
			mined[p.Anchor()] = mined[p.Anchor()] || p.Height != 0
			if p.Replaces != 0 {
				x.replacing++
			}
		}
		for _, is := range mined {
			if !is {
				x.unmined++
			}
		}
	})
	return x, err
}
