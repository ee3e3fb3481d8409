package mark

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// How long the buckets of prints are, and how many whole ones count.
const (
	minute = 60 * instruction.Second
	five   = 5 * minute
	hour   = 60 * minute

	minutes = 60  // one hour
	fives   = 72  // six hours
	hours   = 168 // seven days

	// History is how long after its first print a thin market has a mark.
	History = fives * five
)

// trade is what one print said; price 0: nothing.
type trade struct {
	price        money.Price
	taker, maker instruction.Account
}

// of says that the account is on a side of it. Nobody is account 0.
func (t trade) of(a instruction.Account) bool { return a != 0 && (t.taker == a || t.maker == a) }

// candle is what happened in a minute. Low 0: nothing.
type candle struct {
	low, high money.Price
	volume    money.Amount
}

// hourly is what happened in an hour. High 0: nothing.
type hourly struct {
	high   money.Price // of its prints, and of the price that it began with
	volume money.Amount
}

// prints is what was traded in the last days. Every ring has one bucket more than count as whole ones: the one under way.
type prints struct {
	first, at instruction.Time // of the first print and of the newest, by the clock of waits
	last      money.Price      // of the newest

	minutes [minutes + 1]trade  // the largest print of each minute
	fives   [fives + 1]trade    // of each five minutes
	hour    [minutes + 1]candle // by minute
	hours   [hours + 1]hourly
	// how large the largest prints of the buckets under way are
	minuteSize, fiveSize money.Amount
	// what fell out of the rings
	minutePast, fivePast carried
}

// Print tells a trade at that time of the clock of waits: its price, its size as a quote amount, and the accounts on its two
// sides; an account of a customer goes by the name under which Thin will be asked. A trade that moved not one unit of quote
// says nothing of a price.
func (m *Market) Print(waits instruction.Time, price money.Price, quote money.Amount, taker, maker instruction.Account) {
	if price <= 0 || quote <= 0 {
		return
	}
	if m.prints == nil {
		m.prints = &prints{first: max(waits, 0), at: max(waits, 0)}
	}
	p, quote := m.prints, min(quote, money.MaxAmount)
	p.turn(max(waits, p.at))
	x := trade{price, taker, maker}
	put(&p.minutes[p.at/minute%(minutes+1)], &p.minuteSize, x, quote)
	put(&p.fives[p.at/five%(fives+1)], &p.fiveSize, x, quote)
	p.hour[p.at/minute%(minutes+1)].count(price, quote)
	h := &p.hours[p.at/hour%(hours+1)]
	if h.high == 0 {
		h.high = p.last
	}
	h.high = max(h.high, price)
	h.volume = h.volume.AddSaturated(quote)
	p.last = price
}

// put lets a bucket have the larger print.
func put(at *trade, size *money.Amount, x trade, quote money.Amount) {
	if quote > *size {
		*at, *size = x, quote
	}
}

func (c *candle) count(price money.Price, quote money.Amount) {
	if c.low == 0 || price < c.low {
		c.low = price
	}
	c.high = max(c.high, price)
	c.volume = c.volume.AddSaturated(quote)
}

// turn makes room for the buckets of a time that is not before the newest. Its work does not grow with the time that passed.
func (p *prints) turn(to instruction.Time) {
	from := p.at
	p.at = to
	if m := to / minute; m != from/minute {
		for i := range skipped(from/minute, m, minutes+1) {
			at := &p.minutes[i]
			p.minutePast.push(*at)
			*at, p.hour[i] = trade{}, candle{}
		}
		p.minuteSize = 0
	}
	if f := to / five; f != from/five {
		for i := range skipped(from/five, f, fives+1) {
			p.fivePast.push(p.fives[i])
			p.fives[i] = trade{}
		}
		p.fiveSize = 0
	}
	for i := range skipped(from/hour, to/hour, hours+1) {
		p.hours[i] = hourly{}
	}
}

// skipped yields the places, in a ring of n, of the buckets after from up to and with to: what stands there is n buckets
// older, and comes oldest first.
func skipped(from, to, n instruction.Time) func(func(instruction.Time) bool) {
	return func(yield func(instruction.Time) bool) {
		for b := from + 1; b <= min(to, from+n); b++ {
			if !yield(b % n) {
				return
			}
		}
	}
}

// carried is what fell out of a ring, as far as anybody needs it: the newest print, and for each of its two accounts the
// newest print without it. For every account the newest print without it is among them.
type carried [3]trade

// push enters a newer print.
func (c *carried) push(x trade) {
	if x.price == 0 {
		return
	}
	old, n := *c, 1
	*c = carried{x}
	taker, maker := old.without(x.taker), old.without(x.maker)
	for _, t := range old { // newest first, as they were
		if t.price != 0 && (x.of(x.taker) && t == taker || x.of(x.maker) && t == maker) { // nobody needs none
			c[n] = t
			n++
		}
	}
}

// without is the newest print that the account has no part in.
func (c *carried) without(a instruction.Account) trade {
	for _, t := range c {
		if !t.of(a) {
			return t // which may be none
		}
	}
	return trade{}
}
