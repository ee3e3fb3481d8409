package floor

import (
	"fmt"
	"math/rand/v2"
	"strconv"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario"
)

// Options are how a floor is set up.
type Options struct {
	Tier    Tier
	Fees    Fees
	Budgets bool         // the venue is told in which asset worth is counted, so that loss budgets hold
	Depth   money.Amount // what makers quote within 5 basis points on each side of a liquid market, in units of USDT; declared too
	Rungs   int          // steps of the makers' ladders on each side; 0 for all
	Seed    uint64
}

// Floor is a venue with its markets and makers.
type Floor struct {
	scenario.Direct
	Options Options
	Fair    Fair
	Fed     bool                                         // references are fed; true in the beginning where the tier has them
	Heard   func(*instruction.Record, instruction.Event) // where it is not nil, sees each event
	Guide   func(*Fair, instruction.Time)                // where it is not nil, says what is fair from now on; else prices walk
	Before  func()                                       // where it is not nil, is called before each instruction but ticks
	Err     error                                        // the first fault; nothing is done after it
	Steps   int                                          // instructions given so far, ticks not among them

	rng    *rand.Rand
	crowd  crowd
	names  int
	ticked instruction.Time
	ev     instruction.Events
	saved  []byte // the state's persisted form, for Clone
}

// start is when a floor opens.
const start = 1_700_000_000 * instruction.Second

// Pool is far more, in units of USDT, than anyone on the floor but the victim ever needs of an asset.
const Pool money.Amount = 2_000_000_000 * Coin

// Open sets a floor up: assets, markets, tiers, makers. Thin markets but new ones have traded for eight days.
func Open(o Options) *Floor {
	f := &Floor{Options: o, Fair: begin, rng: rand.New(rand.NewPCG(o.Seed, 5)), Fed: o.Tier != Alone}
	f.State, f.Time, f.ticked = core.New(), start, start
	for x := USDT; x < lastAsset; x++ {
		f.Must(&instruction.AddAsset{Symbol: symbols[x], Scale: Scale})
	}
	for m := BTCUSDT; m < lastMarket; m++ {
		base, quote := Assets(m)
		f.Must(&instruction.AddMarket{Base: base, Quote: quote, Terms: terms(m, o.Fees)})
	}
	if o.Budgets {
		f.mark()
	}
	f.hire()
	f.drift(10*instruction.Second, o.Tier != New)
	if o.Tier != New {
		f.Drift(8 * instruction.Day)
	}
	return f
}

// mark says how the venue is to value assets.
func (f *Floor) mark() {
	f.Must(&instruction.SetValuation{Asset: USDT})
	for m := BTCUSDT; m < lastMarket; m++ {
		marks := instruction.Marks{Tier: instruction.Thin}
		if !IsThin(m) {
			marks = instruction.Marks{Tier: instruction.Liquid, Reference: f.Fed, Depth: f.Options.Depth}
		}
		f.Must(&instruction.SetMarks{Market: m, Marks: marks})
	}
	for x := BTC; x < lastAsset; x++ {
		f.Must(&instruction.SetRoute{Asset: x, Markets: []instruction.Market{routes[x]}})
	}
}

// Answer is what came of an instruction.
type Answer struct {
	Verdict  instruction.Verdict
	Refused  instruction.Reason // why what was allowed, or a part of it, came to nothing
	Order    instruction.Order  // the first that was placed
	Orders   int                // how many
	Traded   money.Amount       // base units of the fills
	ByBudget int                // orders that ended since a budget did not bear them
}

// Did says that it was allowed, and came to something.
func (a *Answer) Did() bool { return a.Verdict.Decision == instruction.Allow && a.Refused == 0 }

// Why is the reason that it came to nothing, 0 where it did.
func (a *Answer) Why() instruction.Reason {
	if a.Verdict.Decision != instruction.Allow {
		return a.Verdict.Reason()
	}
	return a.Refused
}

// Give has an instruction judged and carried out.
func (f *Floor) Give(p *instruction.Principal, in instruction.Instruction) Answer {
	if f.Err != nil {
		return Answer{Verdict: instruction.Say(instruction.Deny, instruction.UnknownCredential, 0)}
	}
	if p.Giver != instruction.ByEngine {
		f.Steps++
		if f.Before != nil {
			f.Before()
		}
	}
	r, err := f.Do(p, in)
	if err != nil {
		f.Err = fmt.Errorf("floor: %T: %w", in, err)
		return Answer{Verdict: instruction.Say(instruction.Deny, instruction.UnknownCredential, 0)}
	}
	a := Answer{Verdict: r.Verdict}
	r.Events(&f.ev)
	for e := f.ev.Next(); e != nil; e = f.ev.Next() {
		switch e := e.(type) {
		case *instruction.Refused:
			a.Refused = e.Reason
		case *instruction.OrderPlaced:
			if a.Orders++; a.Order == 0 {
				a.Order = e.Order
			}
		case *instruction.Filled:
			a.Traded += e.Qty
			f.crowd.filled(e)
		case *instruction.OrderClosed:
			if e.Cause == instruction.ByBudget {
				a.ByBudget++
			}
		}
		if f.Heard != nil {
			f.Heard(&r, e)
		}
	}
	if err := f.ev.Err(); err != nil && f.Err == nil {
		f.Err = fmt.Errorf("floor: %w", err)
	}
	return a
}

// Who gives instructions beside customers.
var (
	engine   = instruction.Principal{Giver: instruction.ByEngine}
	operator = instruction.Principal{Giver: instruction.ByOperator}
	venue    = instruction.Principal{Giver: instruction.ByVenue}
)

// By is a customer's key as the giver.
func By(c instruction.Credential) *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByCredential, Credential: c}
}

// Operate gives an instruction in the operator's name.
func (f *Floor) Operate(in instruction.Instruction) Answer { return f.Give(&operator, in) }

// Must is Operate for what has to be carried out.
func (f *Floor) Must(in instruction.Instruction) {
	if a := f.Operate(in); f.Err == nil && !a.Did() {
		f.Err = fmt.Errorf("floor: %T: %v", in, a.Why())
	}
}

// Name is a client's name for an order that nobody had before.
func (f *Floor) Name() instruction.ClientID {
	f.names++
	id, err := instruction.ClientIDOf("f" + strconv.Itoa(f.names))
	if err != nil {
		panic(err) // a letter and digits
	}
	return id
}

// Equity is what accounts have, free and held, by fair prices.
func (f *Floor) Equity(accounts ...instruction.Account) (n money.Amount) {
	for _, a := range accounts {
		for x, b := range f.State.Balances(a) {
			n += f.Fair.Worth(x, b.Free+b.Held)
		}
	}
	return n
}

// Mid is the middle of a market's best bid and ask, 0 where a side is empty.
func (f *Floor) Mid(m instruction.Market) money.Price {
	bid, ask := f.Best(m, instruction.Buy), f.Best(m, instruction.Sell)
	if bid == 0 || ask == 0 {
		return 0
	}
	return (bid + ask) / 2
}

// Best is the best price of a market's side, 0 where it is empty.
func (f *Floor) Best(m instruction.Market, s instruction.Side) money.Price {
	b := f.State.Market(m).Book
	h := b.Best(s)
	if h == 0 {
		return 0
	}
	return b.At(h).Price
}
