package drain

import (
	"math/rand/v2"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// What the operator says before budgets hold, and detectors see what is lost: in what worth is counted, by which markets each coin is valued, and how far
// those are trusted. With the gate on there are collars too, as a careful operator sets them. With the keys of the time nothing
// else is set, so that budgets are tried alone: a collar is no bound, since a patient thief moves the mark that it lies around.

const (
	depth      = 100_000 * whole // that a liquid market is said to have
	referring  = 5 * instruction.Second
	calmRefers = 9 * instruction.Second
	wide       = 500_000 // the collar of the illiquid market, in millionths
	narrow     = 100_000 // and of the others
	reference  = 150     // how far the outside reference may be off the fair price, in millionths
)

// marks has the operator say how prices are taken.
func (x *replay) marks() {
	x.must("a valuation", x.house.Operate(&instruction.SetValuation{Asset: asset(0)}))
	for c := 1; c < len(x.coins); c++ {
		x.must("a route", x.house.Operate(&instruction.SetRoute{Asset: asset(c), Markets: x.route(c)}))
	}
	for m := range x.pairs {
		k := instruction.Marks{Tier: instruction.Liquid, Reference: true, Depth: depth}
		collar := money.PPM(narrow)
		if m == x.thin {
			k, collar = instruction.Marks{Tier: instruction.Thin}, wide
		}
		if x.o.Gate == house.On {
			k.Bands.Collar = collar
		}
		x.must("marks", x.house.Operate(&instruction.SetMarks{Market: market(m), Marks: k}))
	}
	x.references = rand.New(rand.NewPCG(x.o.Seed, 4))
	x.agenda.Add(x.house.Time, task{kind: referTurn})
}

// route is by which markets a coin is valued: each coin is the base of one.
func (x *replay) route(c int) (list []instruction.Market) {
	for m := 0; c != 0; m++ {
		if x.pairs[m].base == c {
			list = append(list, market(m))
			c, m = x.pairs[m].quote, -1
		}
	}
	return list
}

// referTurn has the venue note what an outside reference says of the liquid markets, and says when it looks again.
func (x *replay) referTurn() instruction.Time {
	for m := range x.pairs {
		if m == x.thin {
			continue
		}
		price := x.fair.off(m, x.references.Int64N(2*reference+1)-reference)
		x.must("a reference", x.house.Give(&instruction.Principal{Giver: instruction.ByVenue},
			&instruction.Refer{Market: market(m), Price: price, Dated: x.house.Time}))
	}
	if x.quiet() {
		return calmRefers
	}
	return referring
}

// names has somebody say, with an owner's key, that he trades in the illiquid market. Where there are no budgets, there is
// nothing to say.
func (x *replay) names(p *person) {
	if !x.o.Gate.Promises() {
		return
	}
	x.must("a name", x.house.Give(x.owns(p), &instruction.NameMarket{Account: p.account, Market: market(x.thin)}))
}

// frees has the thief say, with an owner's key, that his own account and key may lose all that they have: from a day later on,
// no budget of his own is in his way.
func (x *replay) frees(p *person) {
	if !x.o.Gate.Promises() {
		return
	}
	for _, c := range []instruction.Credential{0, p.key} {
		x.must("the thief's own budget", x.house.Give(x.owns(p), &instruction.SetBudget{
			Account: p.account, Credential: c, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole},
		}))
	}
}
