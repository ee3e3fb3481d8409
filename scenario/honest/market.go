package honest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
	"portcullis/scenario/house"
)

// market is a measurement under way.
type market struct {
	o         Options
	f         *floor.Floor
	r         *rand.Rand
	paths     map[instruction.Asset]*path
	people    []person
	byAccount map[instruction.Account]int
	stopped   map[int]bool
	agenda    house.Agenda[int]
	cells     []Cell
	traded    []money.Amount // by group, in parts of a million of the trader's equity in the beginning
	begin     instruction.Time
	moves     *rand.Rand // of who goes elsewhere
	shares    house.Shares
	ruled     int // instructions that rules stopped
}

// Measure has people trade, and counts.
func Measure(ctx context.Context, o Options) (*Result, error) {
	x := &market{o: o, r: rand.New(rand.NewPCG(o.Seed, 7)), paths: make(map[instruction.Asset]*path),
		byAccount: make(map[instruction.Account]int), stopped: make(map[int]bool), traded: make([]money.Amount, len(o.Groups)),
		moves: rand.New(rand.NewPCG(o.Seed, 11))}
	x.f = floor.Open(floor.Options{Tier: o.Tier, Fees: floor.Normal, Budgets: true, Depth: 1_100_000 * floor.Coin, Seed: o.Seed, Rungs: 3})
	for a := floor.BTC; a <= floor.DMG; a++ {
		x.paths[a] = newPath(&o.Prices, a, x.f.Fair[a], o.Seed+uint64(a))
	}
	x.f.Guide = func(fair *floor.Fair, now instruction.Time) {
		for a := floor.BTC; a <= floor.DMG; a++ {
			fair[a] = x.paths[a].price(now)
		}
	}
	pack, err := house.Pack(o.Rules)
	if err != nil {
		return nil, err
	}
	x.f.Must(pack)
	x.f.Must(&instruction.SetFees{Tier: makers, Maker: 0, Taker: 1_000})
	x.f.Live(70 * instruction.Second)
	for i, g := range o.Groups {
		x.cells = append(x.cells, Cell{Kind: g.Kind, Turnover: g.Turnover, Customers: g.Customers, Limit: limit(g.Kind, g.Turnover), Reasons: make(map[string]int)})
		for range g.Customers {
			x.join(i)
		}
	}
	x.f.Heard = x.hear
	x.begin = x.f.Time
	for day := 0; day < o.Days && x.f.Err == nil && ctx.Err() == nil && !x.enough(); day++ {
		x.day(ctx)
		x.wander()
		if day%7 == 6 {
			x.confirm()
		}
		if o.Say != nil {
			o.Say("%v: %d days, %d instructions", o.Tier, day+1, x.instructions())
		}
	}
	if x.f.Err != nil {
		return nil, x.f.Err
	}
	if err := x.f.State.Check(); err != nil {
		return nil, fmt.Errorf("honest: %w", err)
	}
	return x.result(), ctx.Err()
}

// day lets a day go by, second by second.
func (x *market) day(ctx context.Context) {
	for s := range 86_400 {
		if x.f.Err != nil || s%1000 == 0 && (ctx.Err() != nil || x.enough()) {
			return
		}
		x.f.Live(instruction.Second)
		if s%60 == 0 {
			x.f.Dabble()
		}
		for {
			_, i, ok := x.agenda.Next(x.f.Time)
			if !ok {
				break
			}
			x.act(i)
			x.agenda.Add(x.f.Time+x.wait(&x.o.Groups[x.people[i].group]), i)
		}
	}
}

// confirm has all owners confirm what was lost.
func (x *market) confirm() {
	for i := range x.people {
		p := &x.people[i]
		x.f.Give(floor.By(p.Owner), &instruction.ConfirmBudget{Account: p.Account, Credential: p.Key})
	}
}

// give has a customer give an instruction, and counts what came of it.
func (x *market) give(p *person, in instruction.Instruction) floor.Answer {
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		i.ClientID = x.f.Name()
	case *instruction.ReplaceOrder:
		i.Place.ClientID = x.f.Name()
	}
	c := &x.cells[p.group]
	c.Instructions++
	a := x.f.Give(p.by(), in)
	if r := a.Verdict.Reason(); r == instruction.RuleSaid || r == instruction.QuarantinedKey {
		x.ruled++
		c.Ruled++
	}
	if a.Verdict.Decision == instruction.Deny {
		c.Reasons[reasons(&a.Verdict)]++
		if ofBudget(a.Verdict.Reason()) {
			c.Denied++
			x.stopped[x.byAccount[p.Account]] = true
		}
	} else if a.Refused != 0 {
		c.Reasons[a.Refused.String()]++
	}
	return a
}

// byCredential is which of the people has a key.
func (x *market) byCredential(c instruction.Credential) (int, bool) {
	k := x.f.State.Key(c)
	if k == nil {
		return 0, false
	}
	i, ok := x.byAccount[k.Account]
	return i, ok
}

// reasons are those of a verdict.
func reasons(v *instruction.Verdict) string {
	var list []string
	for _, f := range v.Findings() {
		list = append(list, f.Reason.String())
	}
	return strings.Join(list, " and ")
}

// ofBudget says that a reason is for the sake of a budget.
func ofBudget(r instruction.Reason) bool {
	return r >= instruction.LossOverBudget && r <= instruction.OutsideCollar
}

// hear counts what trades, and what a budget ended.
func (x *market) hear(r *instruction.Record, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.RuleFired:
		if _, ok := x.byCredential(r.Principal.Credential); ok {
			x.shares.Fired(x.f.State, e, false)
		}
	case *instruction.OrderClosed:
		if i, ok := x.byAccount[e.Account]; ok && e.Cause == instruction.ByBudget {
			x.cells[x.people[i].group].Ended++
			x.stopped[i] = true
		}
	case *instruction.Filled:
		for _, a := range []instruction.Account{e.TakerAccount, e.MakerAccount} {
			if i, ok := x.byAccount[a]; ok {
				_, quote := floor.Assets(e.Market)
				p := &x.people[i]
				x.traded[p.group] += x.f.Fair.Worth(quote, e.Quote) / (p.begin / 1_000_000)
			}
		}
	}
}

// instructions are those of customers who are promised something.
func (x *market) instructions() (n int) {
	for i := range x.cells {
		if x.cells[i].Limit < 1 {
			n += x.cells[i].Instructions
		}
	}
	return n
}

func (x *market) enough() bool { return x.o.Enough > 0 && x.instructions() >= x.o.Enough }
