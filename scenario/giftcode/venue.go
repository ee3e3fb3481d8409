package giftcode

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/journal"
	"portcullis/wallet"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

// The venue's one asset, which is the first, and its first customer: account 1 is the venue's own.
const (
	asset         = instruction.Asset(1)
	symbol        = "LTC"
	firstCustomer = instruction.Account(2)
)

// Terms of the chain. A code costs who brings it nothing, so that what is owed is what the codes say.
const (
	creditDepth = 2
	settleDepth = 6
	minDeposit  = 10_000
	maxFeeRate  = 200_000
)

// venue is an engine over a journal, and the wallet of a process that may be killed.
type venue struct {
	dir    string
	clock  *clock
	ground ground
	seed   *coin.Seed
	caps   signer.Cap
	engine *engine.Engine
	life   *life
	living atomic.Pointer[life] // the same, for other goroutines
	line   *wallet.Line
}

// life is that of a process: killed, it puts nothing more on record and hears no answer.
type life struct {
	*engine.Engine
	ctx  context.Context
	kill context.CancelFunc
	dead atomic.Bool
}

var errKilled = errors.New("giftcode: the process was killed")

func (l *life) end() {
	l.dead.Store(true)
	l.kill()
}

func (l *life) Do(p *instruction.Principal, in instruction.Instruction) (instruction.Record, error) {
	if l.dead.Load() {
		return instruction.Record{}, errKilled
	}
	return l.Engine.Do(p, in)
}

func (l *life) Read(f func(*core.State)) error {
	if l.dead.Load() {
		return errKilled
	}
	return l.Engine.Read(f)
}

// newVenue is a venue in a directory of its own, in memory where there is any, with a coin on the ground's chain and nobody there yet.
func newVenue(g ground, c *clock, seed *coin.Seed, owed money.Amount) (v *venue, err error) {
	v = &venue{clock: c, ground: g, seed: seed, caps: signer.Cap{
		Asset: symbol, Network: g.network(), Payout: 2e8, Hour: 2 * owed, FeeRate: maxFeeRate,
	}}
	const name = "portcullis-replay-*"
	if v.dir, err = os.MkdirTemp("/dev/shm", name); err != nil {
		v.dir, err = os.MkdirTemp("", name)
	}
	if err == nil {
		err = v.open()
	}
	if err == nil {
		err = v.furnish()
	}
	return v, err
}

// open recovers the venue from its journal.
func (v *venue) open() error {
	log, err := journal.Open(filepath.Join(v.dir, "journal"), journal.Options{SegmentSize: 8 << 20})
	if err != nil {
		return err
	}
	if v.engine, err = engine.Open(engine.Config{Log: log, Clock: v.clock}); err != nil {
		log.Close()
	}
	return err
}

// furnish defines the coin and its chain.
func (v *venue) furnish() error {
	keys, err := v.seed.Account(v.ground.network())
	if err != nil {
		return err
	}
	hot, _, err := keys.Public().Address(true, 0)
	if err != nil {
		return err
	}
	if err := v.operate(&instruction.AddAsset{Symbol: symbol, Scale: coinScale}); err != nil {
		return err
	}
	return v.operate(&instruction.SetChain{Asset: asset, Terms: instruction.ChainTerms{
		Network: v.ground.network().Name, Genesis: v.ground.network().Genesis(), Account: keys.Public().String(), Hot: hot, Start: 1,
		CreditDepth: creditDepth, SettleDepth: settleDepth, MinDeposit: minDeposit, MinWithdraw: minDeposit, MaxFeeRate: maxFeeRate,
	}})
}

// begin starts the wallet, as a process does that has just started.
func (v *venue) begin(ctx context.Context) error {
	v.life = &life{Engine: v.engine}
	v.life.ctx, v.life.kill = context.WithCancel(ctx)
	v.living.Store(v.life)
	s, err := signer.New(v.seed, []signer.Cap{v.caps}, v.life.Read)
	if err != nil {
		return err
	}
	v.line, err = wallet.NewLine(wallet.Config{
		Engine: v.life, Asset: asset, Node: v.ground.node(), Signer: s, Log: slog.New(slog.DiscardHandler),
		Batch: 4, BumpAfter: 2, Patience: patience, Stale: true,
	})
	return err
}

// again is the venue after its process was killed: what is known is what the journal has.
func (v *venue) again(ctx context.Context) error {
	v.life.end()
	if err := v.engine.Close(); err != nil {
		return err
	}
	if err := v.open(); err != nil {
		return err
	}
	return v.begin(ctx)
}

func (v *venue) close() error {
	var err error
	if v.life != nil {
		v.life.end()
	}
	if v.engine != nil {
		err = v.engine.Close()
	}
	return errors.Join(err, os.RemoveAll(v.dir))
}

// must gives an instruction that the replay itself sets up: that it is not carried out is a fault of the replay.
func (v *venue) must(p instruction.Principal, in instruction.Instruction) error {
	r, err := v.engine.Do(&p, in)
	if err != nil {
		return err
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		return fmt.Errorf("giftcode: %T: %v, %v", in, r.Verdict.Reason(), why)
	}
	return nil
}

func (v *venue) operate(in instruction.Instruction) error {
	return v.must(instruction.Principal{Giver: instruction.ByOperator}, in)
}

// ticking is how many ticks are given at once, so that one write to the disk is for many.
const ticking = 256

// pass lets time pass until then, tick by tick.
func (v *venue) pass(ctx context.Context, until instruction.Time) error {
	v.clock.run(until)
	p := instruction.Principal{Giver: instruction.ByEngine}
	errs := make([]error, ticking)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() {
			for !v.clock.there() && errs[i] == nil {
				if errs[i] = ctx.Err(); errs[i] == nil {
					_, errs[i] = v.engine.Do(&p, &instruction.Tick{})
				}
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}
