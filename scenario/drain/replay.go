package drain

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// Options of a replay.
type Options struct {
	Gate      house.Gate
	Seed      uint64
	Customers int                // honest ones beside the makers; 0 for 300, else MinCustomers to MaxCustomers
	Say       func(line string)  // told the transcript, line by line; nil for nobody
	Rules     []instruction.Rule // with DetectorsOnly the pack in force; nil for that of a venue by default
	First     bool               // only the first evening, where there are several
}

// Bounds of the number of honest customers.
const (
	MinCustomers = 50
	MaxCustomers = 5_000
)

const (
	minute = 60 * instruction.Second
	hour   = 60 * minute
	before = 8 * instruction.Day // how long the honest are alone
	ready  = 12 * hour           // of that, until budgets hold: what an illiquid coin is worth takes a history to tell
	window = instruction.Day     // in which a thief's take is counted
)

// replay is one under way.
type replay struct {
	*Incident
	o          Options
	house      *house.Venue
	tale       house.Transcript
	agenda     house.Agenda[task]
	fair       fair
	rng        *rand.Rand // of the honest
	thin       int        // the market that the thief uses
	makers     []maker
	rungs      map[instruction.Order]*rung
	crowd      []customer
	locals     []customer // those who know the illiquid market
	thief      thief
	raids      []raid
	robs       map[instruction.Account]*raid
	tape       tape
	curve      []money.Amount // what the first robbed account is worth, by samples
	orders     int            // asked for
	keys       int            // made
	references *rand.Rand
	result     Result
	err        error
}

// task is something that somebody is going to do.
type task struct {
	kind taskKind
	who  int // a maker, a raid; by kind
}

type taskKind uint8

const (
	makerTurn taskKind = iota + 1 // maker who looks at a market of his
	crowdTurn                     // one of the honest customers does something
	localTurn                     // one of those who know the illiquid market does
	raidTurn                      // the thief goes on with raid who
	marksSet                      // the operator says how prices are taken; from then on budgets hold
	referTurn                     // an outside reference speaks
	sampling                      // the worth of the first robbed account is noted
)

// Replay replays the incident. The error is ctx's, or says that options or venue do not hold what a replay needs.
func (i *Incident) Replay(ctx context.Context, o Options) (Result, error) {
	x, err := i.stage(o)
	if err != nil {
		return Result{}, err
	}
	x.opening()
	x.tale.Phase("Before: the honest are alone")
	if err := x.run(ctx, x.raids[0].at-hour); err != nil {
		return Result{}, err
	}
	x.calm()
	for n := range x.raids {
		r := &x.raids[n]
		x.tale.Phase(r.at.Std().Format("Monday, 2 January 2006"))
		until := r.at + window
		if n+1 < len(x.raids) {
			until = min(until, x.raids[n+1].at-1)
		}
		if err := x.run(ctx, until); err != nil {
			return Result{}, err
		}
		x.evening(r)
	}
	x.finish()
	x.summary()
	return x.result, x.house.State.Check()
}

// stage is the replay before anything happens.
func (i *Incident) stage(o Options) (*replay, error) {
	if o.Customers == 0 {
		o.Customers = 300
	}
	if o.Customers < MinCustomers || o.Customers > MaxCustomers {
		return nil, fmt.Errorf("drain: %d customers; there must be %d to %d", o.Customers, MinCustomers, MaxCustomers)
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	begin := i.robbed[0].at - before
	x := &replay{
		Incident: i, o: o, house: house.New(o.Gate, begin), tale: house.Transcript{Say: o.Say, Zone: time.UTC}, thin: i.thin(),
		fair: newFair(i, o.Seed, begin), rng: rand.New(rand.NewPCG(o.Seed, 2)),
		rungs: make(map[instruction.Order]*rung), robs: make(map[instruction.Account]*raid),
	}
	x.result = Result{Scenario: i.Name, Gate: o.Gate, Seed: o.Seed, HonestDenials: make(map[string]int)}
	x.house.Heard, x.house.Hosts, x.house.Thief = x.hears, hosts, x.stolen
	if o.Gate == house.DetectorsOnly {
		x.err = x.house.Rules(o.Rules)
	}
	x.found()
	x.hire()
	x.people()
	x.plan()
	if o.Gate != house.Off {
		x.agenda.Add(begin+ready, task{kind: marksSet})
	}
	return x, x.err
}

// found defines the coins and the markets, and how their prices are taken.
func (x *replay) found() {
	for _, c := range x.coins {
		x.must("an asset", x.house.Operate(&instruction.AddAsset{Symbol: c.symbol, Scale: scale}))
	}
	for i := range x.pairs {
		p := &x.pairs[i]
		x.must("a market", x.house.Operate(&instruction.AddMarket{Base: asset(p.base), Quote: asset(p.quote), Terms: p.terms()}))
	}
}

// asset and market are the venue's numbers.
func asset(c int) instruction.Asset   { return instruction.Asset(c + 1) }  // #nosec G115 -- a handful
func market(p int) instruction.Market { return instruction.Market(p + 1) } // #nosec G115 -- a handful

// must is for what a replay itself sets up: that it is not carried out is a fault of the replay.
func (x *replay) must(what string, a house.Answer) {
	if x.err == nil && !a.Did() {
		x.err = fmt.Errorf("drain: %s: %v, %v", what, a.Verdict.Reason(), a.Refused)
	}
}

// run lets everything happen that is due until then.
func (x *replay) run(ctx context.Context, until instruction.Time) error {
	if x.err != nil {
		return x.err
	}
	return x.agenda.Run(ctx, x.house, until, func(at instruction.Time, t task) error {
		x.fair.advance(at)
		x.do(at, t)
		return x.err
	})
}

// do is a task whose time has come, and enters the next of its kind.
func (x *replay) do(at instruction.Time, t task) {
	next := at
	switch t.kind {
	case makerTurn:
		next += x.makerTurn(t.who)
	case crowdTurn:
		next += x.crowdTurn()
	case localTurn:
		next += x.localTurn()
	case raidTurn:
		next += x.raidTurn(&x.raids[t.who])
	case marksSet:
		x.marks()
	case referTurn:
		next += x.referTurn()
	case sampling:
		x.sample()
		next += samples
	}
	if next > at {
		x.agenda.Add(next, t)
	}
}

// within is a span between two.
func within(r *rand.Rand, least, most instruction.Time) instruction.Time {
	return least + instruction.Time(r.Int64N(int64(most-least)))
}
