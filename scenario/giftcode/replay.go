package giftcode

import (
	"context"
	"errors"
	"time"

	"portcullis/core/money"
	"portcullis/scenario/house"
)

// Options of a replay.
type Options struct {
	Seed     uint64
	Naive    bool                  // replay the site of that summer too
	Say      func(line string)     // told the transcript, line by line; nil for nobody
	Progress func(done, total int) // told how far it is; nil for nobody
}

// opener starts a chain to replay on.
type opener func(ctx context.Context, seed uint64, now func() time.Time) (ground, error)

// replay is one under way.
type replay struct {
	o      Options
	open   opener
	plan   *plan
	clock  *clock
	tale   house.Transcript
	dir    string // of the venue, gone when it is over
	done   int
	total  int
	result Result
}

// Monappy2018 replays what was done with gift codes in August and September 2018. On a litecoind it takes half a minute or less where
// nothing else keeps the machine, on the demo chain a few seconds.
func Monappy2018(ctx context.Context, o Options) (Result, error) {
	return newReplay(o, published, open).run(ctx)
}

func newReplay(o Options, s size, open opener) *replay {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Progress == nil {
		o.Progress = func(int, int) {}
	}
	x := &replay{o: o, open: open, plan: newPlan(o.Seed, s), clock: &clock{now: opening, target: opening}}
	x.tale = house.Transcript{Say: o.Say, Zone: japan}
	x.total = s.bursts + 1
	if o.Naive {
		x.total += 2
	}
	x.result = Result{Scenario: "monappy-2018", Seed: o.Seed, Outcome: Outcome{Codes: s.codes}}
	return x
}

func (x *replay) tell(format string, args ...any) { x.tale.Tell(x.clock.stands(), format, args...) }

// step notes that a part of the work is done.
func (x *replay) step() {
	x.done = min(x.done+1, x.total)
	x.o.Progress(x.done, x.total)
}

func (x *replay) run(ctx context.Context) (Result, error) {
	if x.o.Naive {
		n, err := x.naive(ctx)
		if err != nil {
			return x.result, err
		}
		x.result.Naive = n
		x.clock = &clock{now: opening, target: opening}
	}
	if err := x.ours(ctx); err != nil {
		return x.result, err
	}
	x.o.Progress(x.total, x.total)
	x.summary()
	return x.result, nil
}

// ours is the replay at this venue.
func (x *replay) ours(ctx context.Context) (err error) {
	g, err := x.open(ctx, x.plan.seed, x.std)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	x.result.Node = g.name()
	seed, err := seedOf(x.plan.seed, "venue")
	if err != nil {
		return err
	}
	v, err := newVenue(g, x.clock, seed, x.plan.worth())
	if v != nil {
		x.dir = v.dir
		defer func() { err = errors.Join(err, v.close()) }()
	}
	if err != nil {
		return err
	}
	to, err := targets(g.network(), x.plan.seed, len(x.plan.codes))
	if err != nil {
		return err
	}
	y := &ours{replay: x, venue: v, attack: newAttack(x.plan, to)}
	return y.run(ctx)
}

func (x *replay) std() time.Time { return x.clock.stands().Std() }

// worth is what all codes are worth.
func (p *plan) worth() (sum money.Amount) {
	for i := range p.codes {
		sum += p.codes[i].amount
	}
	return sum
}
