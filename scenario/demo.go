package scenario

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"portcullis/core/instruction"
	"portcullis/engine"
)

// DemoRate is how many instructions a second the demo market gives, over all of its markets.
const DemoRate = 30

// patience is how long the demo market waits when the venue takes nothing up.
const patience = time.Second

// Demo runs the demo market in a venue until ctx ends, which is nil. It sets up what is missing (see Setup), cancels what
// an earlier run of it left in the books, goes on around the last prices, and gives DemoRate instructions a second. It
// waits while the venue is busy or its disk is full. Otherwise it ends with an error: one that wraps engine.ErrStopped or
// engine.ErrUnknown when the venue must be restarted, else one that says what is in the way. The house is an *engine.Engine.
func Demo(ctx context.Context, house House, seed uint64, log *slog.Logger) error {
	ticker := time.NewTicker(time.Second / DemoRate)
	defer ticker.Stop()
	return demo{house, seed, log, ticker.C}.run(ctx)
}

// demo is the demo market's driver.
type demo struct {
	house House
	seed  uint64
	log   *slog.Logger
	tick  <-chan time.Time // when the next instruction is due
}

func (d demo) run(ctx context.Context) error {
	var cast Cast
	err := d.persist(ctx, func() (err error) {
		cast, err = Setup(d.house, d.house)
		return err
	})
	if err == nil {
		err = d.sweep(ctx, &cast)
	}
	if err == nil {
		d.log.Info("the demo market is open", "markets", len(cast.Stalls), "customers", len(cast.Actors()), "seed", d.seed)
		err = d.trade(ctx, NewCrowd(cast, d.seed))
	}
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return nil
	}
	return err
}

// sweep cancels what an earlier run left in the books.
func (d demo) sweep(ctx context.Context, c *Cast) error {
	for _, s := range c.Stale {
		p := instruction.Principal{Giver: instruction.ByCredential, Credential: s.Actor.Credential}
		err := d.persist(ctx, func() error {
			_, err := d.house.Do(&p, &instruction.CancelAll{Market: s.Market})
			return err
		})
		if err != nil {
			return fmt.Errorf("scenario: cancelling old orders of %s: %w", s.Actor.Name, err)
		}
	}
	return nil
}

// trade gives one instruction at each tick.
func (d demo) trade(ctx context.Context, x *Crowd) error {
	for {
		select {
		case <-d.tick:
		case <-ctx.Done():
			return ctx.Err()
		}
		if err := d.persist(ctx, func() error { return x.Refer(d.house) }); err != nil {
			return err
		}
		if err := d.persist(ctx, func() error { return x.Trade(d.house, d.house.Now()) }); err != nil {
			return err
		}
	}
}

// persist tries again for as long as the venue says that nothing has happened and that it may be better later.
func (d demo) persist(ctx context.Context, do func() error) error {
	for told := false; ; told = true {
		err := do()
		if !errors.Is(err, engine.ErrBusy) && !errors.Is(err, engine.ErrFull) {
			return err
		}
		if !told {
			d.log.Warn("the demo market waits", "err", err)
		}
		wait := time.NewTimer(patience)
		select {
		case <-wait.C:
		case <-ctx.Done():
			wait.Stop()
			return ctx.Err()
		}
	}
}

// ErrNobody means that the keys of all customers of the demo market were revoked.
var ErrNobody = errors.New("scenario: no key of the demo market's customers works any more")

// Trade has the crowd give its next instruction at the venue's time now. After an error of Do the crowd takes it as
// not given.
func (x *Crowd) Trade(d Doer, now instruction.Time) error {
	m, ok := x.Next(now)
	if !ok {
		return ErrNobody
	}
	r, err := d.Do(&m.By, m.In)
	if err != nil {
		return err
	}
	x.Saw(&m, &r)
	return nil
}
