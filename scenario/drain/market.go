package drain

import (
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// maker is somebody who quotes both sides of one market.
type maker struct {
	person
	market int
	rungs  []rung
}

// rung is one order of a maker's ladder.
type rung struct {
	side  instruction.Side
	off   int64             // from the fair price, in millionths
	size  money.Amount      // what it is worth
	order instruction.Order // 0: none
	price money.Price       // of the order
	shy   instruction.Time  // not before then, once somebody ate it
}

// ladder is how a maker quotes each side: how far from the fair price, in millionths, and how much, in thousandths of the
// market's size.
var ladder = [...]struct{ off, size int64 }{{300, 200}, {700, 350}, {1500, 1000}}

// What makers of liquid and of illiquid markets do.
const (
	makersEach  = 2
	liquidSize  = 200_000 * whole
	thinSize    = 150 * whole
	thinSpread  = 33 // times the liquid one
	liquidPause = 5 * instruction.Second
	calmPause   = 120 * instruction.Second // while no thief is about, to save time
	thinPause   = 45 * instruction.Second
	thinShy     = 10 * minute // who quotes little steps back when somebody ran over him
	shy         = hour        // and any program when the venue says no
)

// hire makes the makers, who begin at once.
func (x *replay) hire() {
	for m := range x.pairs {
		for n := range makersEach {
			x.makers = append(x.makers, x.maker(m, n))
			x.agenda.Add(x.house.Time+instruction.Time(n+1)*instruction.Second, task{makerTurn, len(x.makers) - 1})
		}
	}
}

func (x *replay) maker(m, n int) maker {
	p := &x.pairs[m]
	has := make([]money.Amount, len(x.coins))
	size, spread, money := int64(liquidSize), int64(1), int64(20_000_000*whole)
	if p.thin {
		size, spread, money = thinSize, thinSpread, 250_000*whole
	}
	has[p.base] = x.fair.lots(m, amount(money))
	has[p.quote] += amount(part(money, whole, int64(x.fair.price[p.quote])))
	mk := maker{person: x.open("maker-"+strconv.Itoa(m)+"-"+strconv.Itoa(n), has, makerAddr, 100*instruction.Day), market: m}
	if p.thin {
		x.names(&mk.person)
	}
	for _, l := range ladder {
		for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
			off := l.off * spread
			if side == instruction.Buy {
				off = -off
			}
			mk.rungs = append(mk.rungs, rung{side: side, off: off, size: amount(l.size * size / 1000)})
		}
	}
	return mk
}

func amount(n int64) money.Amount { return money.Amount(n) }

// makerTurn has a maker bring his orders to where the fair price is, and says when he looks again.
func (x *replay) makerTurn(k int) instruction.Time {
	mk := &x.makers[k]
	thin := x.pairs[mk.market].thin
	noise := x.rng.Int64N(101) - 50 // nobody knows the fair price to the last digit
	for i := range mk.rungs {
		r := &mk.rungs[i]
		price := x.fair.off(mk.market, r.off+noise)
		if r.order != 0 && near(r.price, price, max(r.off, -r.off)/4) || x.house.Time < r.shy {
			continue
		}
		x.requote(mk, r, price)
	}
	switch {
	case thin:
		return thinPause + within(x.rng, 0, thinPause)
	case x.quiet():
		return calmPause
	}
	return liquidPause
}

// near says that two prices lie no further apart than so many millionths.
func near(a, b money.Price, ppm int64) bool { return max(a-b, b-a) <= signed(a, ppm, 1_000_000) }

// requote places an order, in the place of the one that is there. Where somebody's forgotten order keeps it from being a
// maker's, that one is taken first: else the price would run away from a market in which nobody can quote any more.
func (x *replay) requote(mk *maker, r *rung, price money.Price) {
	qty := x.fair.lots(mk.market, r.size)
	if x.quotes(mk, r, price, qty) || x.pairs[mk.market].thin {
		return
	}
	x.honest(&mk.person, x.order(mk.market, r.side, instruction.IOC, price, qty))
	x.quotes(mk, r, price, qty)
}

// quotes places a rung's order and says whether there was nothing in its way.
func (x *replay) quotes(mk *maker, r *rung, price money.Price, qty money.Amount) bool {
	order := x.order(mk.market, r.side, instruction.GTC, price, qty)
	order.Type = instruction.LimitMaker
	var in instruction.Instruction = order
	if r.order != 0 {
		in = &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: order.Market, Order: r.order}, Place: *order, AllowFails: true}
	}
	last := x.house.State.LastOrder()
	a := x.honest(&mk.person, in)
	switch {
	case a.Orders > 0:
		r.order, r.price = last+1, price
		x.rungs[r.order] = r
	case a.Verdict.Decision == instruction.Deny:
		r.shy = x.house.Time + shy
	}
	return a.Orders > 0 || !a.Allowed()
}

// eaten notes that a maker's order is no more.
func (x *replay) eaten(e *instruction.OrderClosed) {
	r := x.rungs[e.Order]
	if r == nil {
		return
	}
	delete(x.rungs, e.Order)
	r.order = 0
	if e.Cause == instruction.ByFill && x.pairs[int(e.Market)-1].thin {
		r.shy = x.house.Time + thinShy
	}
}
