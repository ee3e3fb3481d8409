package giftcode

import (
	"context"
	"errors"
	"fmt"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// raid is four days of claims.
func (y *ours) raid(ctx context.Context) error {
	y.tale.Phase(fmt.Sprintf("29 August to 1 September: %d claims; from now on %d of 100 calls that send go wrong, and %d of all others", y.plan.claims, sickSends, sickReads))
	y.ground.sick(y.plan.seed, func(n uint64) bool {
		dies := n == uint64(y.plan.killed) // #nosec G115 -- a few
		if dies {
			y.living.Load().end()
		}
		return dies
	})
	for i := range y.plan.bursts {
		if err := y.burst(ctx, i); err != nil {
			return err
		}
		y.step()
	}
	return nil
}

// hands are how many claims are under way at once.
const hands = 16

// burst has claims come while the wallet works, and mines a block.
func (y *ours) burst(ctx context.Context, i int) error {
	b := &y.plan.bursts[i]
	if err := y.pass(ctx, b.at); err != nil {
		return err
	}
	worker := make(chan error, 1)
	done, stop := context.WithCancel(ctx)
	go func() {
		var err error
		for err == nil && done.Err() == nil {
			err = y.venue.work(ctx)
		}
		worker <- err
	}()
	seen, err := y.attack.burst(ctx, hands, y.attack.next(b), func(ctx context.Context, c *claim) (answer, error) {
		return y.claimed(ctx, &y.plan.codes[c.code], y.attack.to[c.code][c.variant], c.from)
	})
	stop()
	if worked := <-worker; worked != nil && !errors.Is(worked, errKilled) {
		err = errors.Join(err, worked)
	}
	if err != nil {
		return err
	}
	y.tellBurst(b, seen)
	if err := y.mishaps(ctx, i); err != nil {
		return err
	}
	if err := y.block(ctx, i == y.plan.empty || i == y.plan.empty+1); err != nil {
		return err
	}
	return y.tellBlock()
}

// mishaps are what happens before the block that follows a burst.
func (y *ours) mishaps(ctx context.Context, i int) error {
	if i == y.plan.again {
		y.life.end()
	}
	if err := y.work(ctx); err != nil {
		return err
	}
	if i == y.plan.died {
		if err := y.ground.restart(ctx); err != nil {
			return err
		}
		y.tell("the node is killed and started again; what waited there for a block is lost")
	}
	if i == y.plan.reorg {
		if err := y.ground.reorg(ctx, y.plan.depth, y.plan.without); err != nil {
			return err
		}
		had := "the next one has what they had"
		if y.plan.without {
			had = "what they had waits again"
		}
		y.tell("the chain's last %d blocks are not the best ones any more; %s", y.plan.depth, had)
	}
	return nil
}

// work has the wallet work, and its process start again where it is killed at that.
func (y *ours) work(ctx context.Context) error {
	for {
		err := y.venue.work(ctx)
		if !errors.Is(err, errKilled) {
			return err
		}
		x, err := y.standing()
		if err == nil {
			err = y.again(ctx)
		}
		if err != nil {
			return err
		}
		y.kills++
		y.tell("the venue's process is killed and started again: it goes on from its journal, with %d payouts on their way in %d transactions", x.sending, x.unmined)
	}
}

// after is how many blocks come after the last claims, at most, and how far apart.
const (
	after = 30
	apart = 1800 * instruction.Second
)

// finish mines blocks until all is settled.
func (y *ours) finish(ctx context.Context) error {
	y.tale.Phase("1 September: nothing more is claimed")
	y.tellAll()
	for range after {
		x, err := y.standing()
		if err != nil {
			return err
		}
		if x.settled == len(y.plan.codes) {
			y.tell("block %d: all %d payouts are settled, %d blocks deep", x.tip, x.settled, settleDepth)
			return nil
		}
		if err := y.pass(ctx, y.venue.clock.stands()+apart); err != nil {
			return err
		}
		if err := y.block(ctx, false); err != nil {
			return err
		}
	}
	return fmt.Errorf("giftcode: %d blocks after the last claims not all is settled", after)
}

// hold holds the chain against what was owed, and the books against themselves.
func (y *ours) hold(ctx context.Context) error {
	t, err := newTally(y.ground.network(), y.attack.to)
	if err != nil {
		return err
	}
	if err := t.read(ctx, y.ground.truth()); err != nil {
		return err
	}
	r := &y.result.Outcome
	var paid money.Amount
	paid, _, r.Double = t.sum()
	r.Paid, r.Claims = Coins(paid), y.attack.made
	var unsound error
	err = y.look(func(s *core.State, _ *chain.Chain) {
		for i := range y.plan.codes {
			if c := s.Code(y.plan.codes[i].hash()); c != nil && c.Payout != 0 {
				r.Owed += Coins(c.Amount)
			}
		}
		if s.Shortage(asset) > 0 || s.Halted(asset) {
			r.ShortAt = new(int)
		}
		if s.Clock().Frozen != 0 {
			unsound = errors.New("giftcode: the venue's clock jumped")
		}
		unsound = errors.Join(unsound, s.Check())
	})
	return errors.Join(err, unsound)
}
