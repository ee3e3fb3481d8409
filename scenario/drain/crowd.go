package drain

import (
	"strconv"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// customer is an honest one beside the makers.
type customer struct {
	person
	worth   money.Amount // in the beginning
	saves   bool         // buys a little now and then, and does nothing else
	resting bool         // has left an order somewhere
	where   int          // the market in which
}

// Habits of customers.
const (
	savers     = 4  // one of so many
	locals     = 12 // of all; but never fewer than this
	crowdPause = 4 * instruction.Second
	localPause = 10 * minute
)

// people makes the customers. Each has half of what he has in the first coin, the rest in the others of the liquid markets.
func (x *replay) people() {
	n := x.o.Customers
	for i := range n {
		worth := money.Amount(2_000+x.rng.Int64N(98_000)) * whole
		x.crowd = append(x.crowd, x.customer(i, worth, false))
	}
	for i := range max(locals, n/25) {
		worth := money.Amount(4_000+x.rng.Int64N(16_000)) * whole
		x.locals = append(x.locals, x.customer(n+i, worth, true))
	}
	x.agenda.Add(x.house.Time+10*instruction.Second, task{kind: crowdTurn})
	x.agenda.Add(x.house.Time+20*instruction.Second, task{kind: localTurn})
}

// customer makes one; a local has a tenth in the illiquid coin beside.
func (x *replay) customer(i int, worth money.Amount, local bool) customer {
	has := make([]money.Amount, len(x.coins))
	thin := x.pairs[x.thin].base
	for c := range x.coins {
		share := worth / money.Amount(2*(len(x.coins)-2))
		switch {
		case c == 0:
			share = worth / 2
		case c == thin && !local:
			continue
		case c == thin:
			share = worth / 10
		}
		has[c] = amount(part(int64(share), whole, int64(x.fair.price[c])))
	}
	p := x.open("customer-"+strconv.Itoa(i), has, home(i), instruction.Time(1+x.rng.IntN(300))*instruction.Day)
	if local {
		x.names(&p)
	}
	return customer{person: p, worth: worth, saves: i%savers == 0}
}

// honest is an instruction that an honest program sends. What is denied, and what a budget ends, is counted.
func (x *replay) honest(p *person, in instruction.Instruction) house.Answer {
	a := x.house.Send(house.By(p.key, p.from), in)
	x.result.HonestInstructions++
	if a.Verdict.Decision == instruction.Deny {
		x.result.denied(a.Verdict)
	}
	return a
}

// crowdTurn has one of the customers do something, and says when the next one does.
func (x *replay) crowdTurn() instruction.Time {
	c := &x.crowd[x.rng.IntN(len(x.crowd))]
	m := x.rng.IntN(len(x.pairs) - 1)
	if m >= x.thin {
		m++
	}
	slice := c.worth * money.Amount(5+x.rng.IntN(46)) / 1000
	n := x.rng.IntN(100)
	off := 300 + x.rng.Int64N(20_000)
	switch side := x.toss(); {
	case c.saves && n < 20:
		x.takes(c, m, instruction.Buy, c.worth/200, 5_000)
	case c.saves:
	case n < 55:
		x.takes(c, m, side, slice, 5_000)
	case n < 80:
		x.leaves(c, m, side, slice, off)
	default:
		x.cancels(c)
	}
	pause := crowdPause/2 + within(x.rng, 0, crowdPause)
	if x.quiet() {
		pause *= 4
	}
	return pause
}

// localTurn has one of those who know the illiquid market trade there. They keep about a tenth of what they have in it.
func (x *replay) localTurn() instruction.Time {
	c := &x.locals[x.rng.IntN(len(x.locals))]
	thin := x.pairs[x.thin].base
	size := x.pairs[x.thin].clip * money.Amount(40+x.rng.IntN(120)) / 100
	n := x.rng.IntN(100)
	off := 30_000 + x.rng.Int64N(400_000)
	side := x.toss()
	switch off := x.fair.worth(thin, x.has(&c.person, thin)) - c.worth/10; {
	case off > c.worth/25:
		side = instruction.Sell
	case off < -c.worth/25:
		side = instruction.Buy
	}
	switch {
	case n < 70:
		x.takes(c, x.thin, side, size, 80_000)
	case n < 85:
		x.leaves(c, x.thin, side, 2*size, off)
	default:
		x.cancels(c)
	}
	return localPause/2 + within(x.rng, 0, localPause)
}

func (x *replay) toss() instruction.Side {
	if x.rng.IntN(2) == 0 {
		return instruction.Buy
	}
	return instruction.Sell
}

// takes has a customer take from the book, at most so many millionths off the fair price.
func (x *replay) takes(c *customer, m int, side instruction.Side, worth money.Amount, off int64) {
	if side == instruction.Sell {
		off = -off
	}
	x.asks(c, m, side, instruction.IOC, worth, off)
}

// leaves has a customer leave an order in the book, so many millionths off the fair price.
func (x *replay) leaves(c *customer, m int, side instruction.Side, worth money.Amount, off int64) {
	if side == instruction.Buy {
		off = -off
	}
	if x.cancels(c); x.asks(c, m, side, instruction.GTC, worth, off) {
		c.resting, c.where = true, m
	}
}

// asks has a customer place an order for what he has the money for, and says whether it was placed.
func (x *replay) asks(c *customer, m int, side instruction.Side, tif instruction.TimeInForce, worth money.Amount, off int64) bool {
	price := x.fair.off(m, off)
	qty := x.affords(&c.person, m, side, price, x.fair.lots(m, worth))
	if x.pairs[m].trifle(price, qty) {
		return false
	}
	a := x.honest(&c.person, x.order(m, side, tif, price, qty))
	return a.Orders > 0
}

// cancels has a customer take back what he left.
func (x *replay) cancels(c *customer) {
	if c.resting {
		c.resting = false
		x.honest(&c.person, &instruction.CancelAll{Market: market(c.where)})
	}
}
