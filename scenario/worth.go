package scenario

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// demoWorth is the asset in which the demo counts worth, and demoDepth what its makers keep near the mid price, in its units.
const (
	demoWorth = "USDT"
	demoDepth = 5_000 * whole
)

// unbounded is the budget of who may lose all that he has.
var unbounded = instruction.Budget{Loss: money.Whole, Fees: money.Whole}

// worth says how the demo's assets are valued, where nobody has said it. Whoever counts worth in another asset is left alone.
func (b *builder) worth(stalls []Stall) {
	var valuation, usdt instruction.Asset
	b.read(func(s *core.State) { valuation, usdt = s.Valuation(), s.AssetNamed(demoWorth) })
	switch {
	case b.err != nil || valuation != 0 && valuation != usdt:
		return
	case valuation == 0:
		b.do("counting worth in "+demoWorth, &instruction.SetValuation{Asset: usdt})
	}
	for _, stall := range stalls {
		var m core.Market
		routed := true
		b.read(func(s *core.State) {
			m = *s.Market(stall.Market)
			routed = m.Quote != usdt || len(s.Asset(m.Base).Route) > 0
		})
		if !routed {
			b.do("the route of "+stall.Symbol, &instruction.SetRoute{Asset: m.Base, Markets: []instruction.Market{m.ID}})
		}
		if m.Marks.Tier == instruction.Unmarked {
			b.do("the marks of "+stall.Symbol, &instruction.SetMarks{Market: m.ID, Marks: instruction.Marks{
				Tier: instruction.Liquid, Reference: true, Depth: demoDepth,
			}})
		}
	}
}

// unbind lets an actor lose what it likes: it trades day and night, and nobody else can have its key.
func (b *builder) unbind(a Actor) {
	var now instruction.Budget
	b.read(func(s *core.State) { _, now, _ = s.Budgets(a.Account, 0) })
	if now != unbounded {
		b.do("the budget of "+a.Name, &instruction.SetBudget{Account: a.Account, Budget: unbounded})
	}
}

// referEvery is how often the demo refers to its fair prices: often enough that each is fresh when the next comes.
const referEvery = 3 * instruction.Second

// Refer gives the last price of each market as what an outside reference says. The demo's fair prices are made up, and so
// are its references; with them, whoever comes can trade from the first order on, however much he has.
func (c *Cast) Refer(h House) error {
	x := NewCrowd(*c, 0)
	return x.refer(h, h.Now())
}

// Refer gives the fair prices, when it is time to.
func (x *Crowd) Refer(h House) error {
	now := h.Now()
	if x.referred != 0 && now < x.referred+referEvery {
		return nil
	}
	x.walk.advance(x.rng, now)
	if err := x.refer(h, now); err != nil {
		return err
	}
	x.referred = now
	return nil
}

// refer gives the fair prices of markets for which nobody else refers. An operator who wants none has them refused, which is
// well.
func (x *Crowd) refer(h House, now instruction.Time) error {
	for i, s := range x.stalls {
		var dated instruction.Time
		if err := h.Read(func(st *core.State) { dated = st.Market(s.Market).Prices().Dated() }); err != nil {
			return err
		}
		if dated != x.dated[i] && now-dated < 2*referEvery {
			continue
		}
		p := instruction.Principal{Giver: instruction.ByVenue}
		if _, err := h.Do(&p, &instruction.Refer{Market: s.Market, Price: x.walk.fair[i], Dated: now}); err != nil {
			return err
		}
		x.dated[i] = now
	}
	return nil
}
