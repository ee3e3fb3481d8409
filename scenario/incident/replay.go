package incident

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
)

// Options of a replay.
type Options struct {
	Gate      house.Gate
	Seed      uint64
	Customers int                // honest ones; 0 for 3,000, else MinCustomers to MaxCustomers
	Pace      instruction.Time   // from one doing of an honest customer to the next, about; 0 for 2 s
	Rules     []instruction.Rule // with DetectorsOnly the pack in force; nil for that of a venue by default
	Say       func(line string)  // told the transcript, line by line; nil for nobody
}

// Bounds of the number of honest customers: each of the keys at risk has an owner of its own, and there are networks for so
// many, who may move once.
const (
	MinCustomers = 1_200
	MaxCustomers = 30_000
)

// actor is who does what is being done.
type actor uint8

const (
	theHonest actor = iota
	theThief
	theOther // thief, of the unrelated theft
	theOwner // whose account was robbed
	theOperator
)

// replay is one under way.
type replay struct {
	o         Options
	house     *house.Venue
	seed      *rand.PCG
	rng       *rand.Rand
	agenda    house.Agenda[task]
	fair      fair
	makers    []maker
	customers []customer
	names     int                                         // given to orders and withdrawals
	keys      int                                         // made
	accounts  map[instruction.Account]int                 // customers by account
	backups   map[instruction.Credential]instruction.Time // when keys were deleted before the replay, as backups still show
	thief     thief
	other     stolen // the key of the unrelated theft
	acting    actor
	haste     instruction.Time               // by which people answer faster than they would; 1 but in tests
	asleep    bool                           // nobody answers anything; false but in tests
	payouts   map[instruction.PayoutID]actor // who asked for them
	seen      seen
	tale      house.Transcript
	result    Result
	err       error
}

func newReplay(o Options) (*replay, error) {
	if o.Customers == 0 {
		o.Customers = 3_000
	}
	if o.Pace == 0 {
		o.Pace = usualPace
	}
	if o.Customers < MinCustomers || o.Customers > MaxCustomers {
		return nil, fmt.Errorf("incident: %d customers; there must be %d to %d", o.Customers, MinCustomers, MaxCustomers)
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	x := &replay{
		o: o, tale: house.Transcript{Say: o.Say, Zone: japan}, seed: rand.NewPCG(o.Seed, 2018), payouts: make(map[instruction.PayoutID]actor), accounts: make(map[instruction.Account]int), backups: make(map[instruction.Credential]instruction.Time), fair: newFair(), haste: 1}
	x.rng = rand.New(x.seed)
	x.result = Result{Gate: o.Gate, Seed: o.Seed, HonestDenials: make(map[string]int)}
	return x, nil
}

// must is for what a replay itself sets up: that it is not carried out is a fault of the replay.
func (x *replay) must(what string, a house.Answer) {
	if x.err == nil && !a.Did() {
		x.err = fmt.Errorf("incident: %s: %v, %v", what, a.Verdict.Reason(), a.Refused)
	}
}

// run lets everything happen that is due until then.
func (x *replay) run(ctx context.Context, until instruction.Time) error {
	if x.err != nil {
		return x.err
	}
	return x.agenda.Run(ctx, x.house, until, func(at instruction.Time, t task) error {
		x.do(at, t)
		return x.err
	})
}

// do is a task whose time has come.
func (x *replay) do(at instruction.Time, t task) {
	switch t.kind {
	case makerTurn:
		x.makerTurn(t.who)
		x.agenda.Add(at+makerPace*x.o.Pace/usualPace, task{kind: makerTurn, who: t.who})
	case crowdTurn:
		x.crowdTurn()
		x.agenda.Add(at+x.pace(), task{kind: crowdTurn})
	case rotation:
		x.rotates(t.who)
	case leftover:
		x.goesOn(t.who)
	case relocation:
		x.moves(t.who)
	case theftCall:
		x.steal(t.who)
	case stranger:
		x.stealElse(t.who)
	case ownerAnswer:
		x.answers(t.who, instruction.MatterID(t.what))
	case operatorNo:
		x.stops(t.who, instruction.MatterID(t.what))
	case cleanup:
		x.cleansUp(t.who, instruction.Credential(t.what))
	case response:
		x.responds()
	case falseClosing:
		x.closes(instruction.IncidentID(t.what))
	case settlement:
		x.house.Give(&instruction.Principal{Giver: instruction.ByVenue}, &instruction.Settle{Payout: instruction.PayoutID(t.what)})
	}
}

const (
	usualPace = 2 * instruction.Second
	makerPace = 10 * instruction.Second // at the usual one
)

// pace is the time to the next doing of an honest customer: from a half to one and a half of the usual.
func (x *replay) pace() instruction.Time {
	return x.o.Pace/2 + instruction.Time(x.rng.Int64N(int64(x.o.Pace)))
}

// clone is the same replay again, to go on in another way. The state is its persisted form read back.
func (x *replay) clone() (*replay, error) {
	y := *x
	seed := *x.seed
	y.seed = &seed
	y.rng = rand.New(y.seed)
	y.agenda = x.agenda.Clone()
	y.makers = slices.Clone(x.makers)
	y.customers = slices.Clone(x.customers)
	y.payouts = maps.Clone(x.payouts)
	y.thief = x.thief.clone()
	y.seen = x.seen.clone()
	y.tale = x.tale.Clone()
	y.result.HonestDenials = maps.Clone(x.result.HonestDenials)
	venue, err := x.house.Clone()
	y.house = venue
	if err == nil {
		y.house.Heard = y.hears
	}
	return &y, err
}
