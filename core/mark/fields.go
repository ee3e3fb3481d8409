package mark

import (
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Fields is the persisted form: what was told gives one state, and the state one form. Reading replaces what the market
// holds; it refuses what nothing that is told could have led to, as far as the state itself shows it, and after a failure
// the market is to be thrown away. It is some words for a market that never quoted nor traded, and less than 16 KiB for any.
func (m *Market) Fields(c *instruction.Codec) {
	r := &m.reference
	instruction.Num64(c, &r.price)
	instruction.Num64(c, &r.dated)
	if c.Reading() && (r.price < 0 || r.dated < 0 || (r.price == 0) != (r.dated == 0)) {
		c.Fail("a reference of %d as of %d", r.price, r.dated)
	}
	if here(c, &m.mids) {
		m.mids.fields(c)
	}
	if here(c, &m.prints) {
		m.prints.fields(c)
	}
}

// here says whether there is a part of the state, and makes room for one that is to be read.
func here[T any](c *instruction.Codec, p **T) bool {
	has := *p != nil
	c.Bool(&has)
	if c.Reading() {
		*p = nil
		if has && c.Err() == nil {
			*p = new(T)
		}
	}
	return *p != nil
}

func (q *mids) fields(c *instruction.Codec) {
	instruction.Num64(c, &q.mid)
	instruction.Num64(c, &q.at)
	if c.Reading() && (q.at < 0 || !doubled(sum{0, q.mid}, min(q.mid, 1))) {
		c.Fail("twice a mid price of %d since %d", q.mid, q.at)
	}
	for i := range q.before {
		p := &q.before[i]
		instruction.Num64(c, &p.mark.Low)
		instruction.Num64(c, &p.mark.High)
		instruction.Num64(c, &p.until)
	}
	if c.Reading() {
		q.broken(c)
	}
	from := q.before[0].until - Window // of the newest break that is known of
	for i := second(q.at) - seconds; i <= second(q.at) && c.Err() == nil; i++ {
		if i < 0 {
			continue
		}
		s, t := &q.sums[i%ringed], &q.times[i%ringed]
		instruction.Num32(c, t)
		if *t > 0 {
			instruction.Num64(c, &s.hi)
			instruction.Num64(c, &s.lo)
		}
		begins := instruction.Time(i) * instruction.Second
		room := min(q.at, begins+instruction.Second) - max(from, begins)
		if c.Reading() && (instruction.Time(*t) > max(room, 0) || !doubled(*s, uint64(*t))) {
			c.Fail("%d microseconds of a mid price in second %d", *t, i)
		}
		if c.Reading() {
			q.total.sum.plus(*s)
			q.total.time += instruction.Time(*t)
		}
	}
	if c.Reading() && c.Err() == nil {
		q.extremes()
	}
}

// doubled says that a sum can be one of doubled mid prices over so many microseconds: each of at least 2 and of at most
// twice the largest price.
func doubled(s sum, micros uint64) bool {
	least, _ := bits.Add64(micros, micros, 0)
	hi, lo := bits.Mul64(micros, 1<<64-2)
	return (s.hi > 0 || s.lo >= least) && (s.hi < hi || s.hi == hi && s.lo <= lo)
}

// broken refuses marks that no breaks leave behind.
func (q *mids) broken(c *instruction.Codec) {
	for i, p := range q.before {
		switch {
		case p == past{}:
			continue
		case p.mark.Low <= 0 || p.mark.Low > p.mark.High || p.until < Window || p.until-Window > q.at,
			i > 0 && q.before[0].until-p.until < Settled:
			c.Fail("a mark of %v that counts until %d", p.mark, p.until)
		}
	}
}

func (p *prints) fields(c *instruction.Codec) {
	instruction.Num64(c, &p.first)
	instruction.Num64(c, &p.at)
	instruction.Num64(c, &p.last)
	if c.Reading() && (p.first < 0 || p.first > p.at) {
		c.Fail("prints from %d to %d", p.first, p.at)
		return
	}
	instruction.Num64(c, &p.minuteSize)
	instruction.Num64(c, &p.fiveSize)
	p.buckets(c, minute, minutes, func(i int) bool { return p.minutes[i].price != 0 }, func(i int) {
		p.minutes[i].fields(c)
		p.hour[i].fields(c)
	})
	p.buckets(c, five, fives, func(i int) bool { return p.fives[i].price != 0 }, func(i int) { p.fives[i].fields(c) })
	p.buckets(c, hour, hours, func(i int) bool { return p.hours[i].high != 0 }, func(i int) { p.hours[i].fields(c) })
	p.minutePast.fields(c, p.at/minute-p.first/minute > minutes)
	p.fivePast.fields(c, p.at/five-p.first/five > fives)
	if c.Reading() && c.Err() == nil && !p.sound() {
		c.Fail("prints that contradict each other")
	}
}

// buckets are those of a ring that have prints, by descending age, of which n are whole. Those of the first print and of the
// newest have.
func (p *prints) buckets(c *instruction.Codec, span instruction.Time, n int, has func(int) bool, fields func(int)) {
	newest := p.at / span
	oldest := min(newest-p.first/span, instruction.Time(n))
	at := func(age instruction.Time) int { return int((newest - age) % instruction.Time(n+1)) }
	count := uint8(0)
	for age := range oldest + 1 {
		if !c.Reading() && has(at(age)) {
			count++
		}
	}
	instruction.Num8(c, &count)
	before := oldest + 1
	for age := oldest; count > 0 && c.Err() == nil; age-- {
		if !c.Reading() && !has(at(age)) {
			continue
		}
		a := uint8(age) // #nosec G115 -- 0 to 168
		instruction.Num8(c, &a)
		age = instruction.Time(a)
		if c.Reading() && (age >= before || before > oldest && oldest == newest-p.first/span && age != oldest) {
			c.Fail("a bucket of %d before one of %d", before, age)
			return
		}
		fields(at(age))
		before = age
		count--
	}
	if c.Reading() && c.Err() == nil && before != 0 {
		c.Fail("no print in the newest bucket")
	}
}

func (t *trade) fields(c *instruction.Codec) {
	instruction.Num64(c, &t.price)
	instruction.Num32(c, &t.taker)
	instruction.Num32(c, &t.maker)
	if c.Reading() && t.price <= 0 {
		c.Fail("a print at %d", t.price)
	}
}

func (x *candle) fields(c *instruction.Codec) {
	instruction.Num64(c, &x.low)
	instruction.Num64(c, &x.high)
	instruction.Num64(c, &x.volume)
	if c.Reading() && (x.low <= 0 || x.high < x.low || x.volume <= 0 || x.volume > money.MaxAmount) {
		c.Fail("a minute from %d to %d with a volume of %d", x.low, x.high, x.volume)
	}
}

func (x *hourly) fields(c *instruction.Codec) {
	instruction.Num64(c, &x.high)
	instruction.Num64(c, &x.volume)
	if c.Reading() && (x.high <= 0 || x.volume <= 0 || x.volume > money.MaxAmount) {
		c.Fail("an hour up to %d with a volume of %d", x.high, x.volume)
	}
}

// fields are there when something fell out of the ring: then at least the first print.
func (x *carried) fields(c *instruction.Codec, some bool) {
	if !some {
		return
	}
	n := uint8(0)
	for n < uint8(len(x)) && x[n].price != 0 {
		n++
	}
	instruction.Num8(c, &n)
	if c.Reading() && (n == 0 || n > uint8(len(x))) {
		c.Fail("%d prints from before", n)
		return
	}
	for i := range n {
		x[i].fields(c)
	}
	var again carried
	for i := range x {
		again.push(x[len(x)-1-i])
	}
	if c.Reading() && again != *x {
		c.Fail("prints from before that nobody needs")
	}
}

// sound says that the rings tell of the same prints, as far as they reach alike.
func (p *prints) sound() bool {
	newest := p.hour[p.at/minute%(minutes+1)]
	var fiveVolume money.Amount
	for b := max(0, p.at/minute-minutes); b <= p.at/minute; b++ {
		x, t := p.hour[b%(minutes+1)], p.minutes[b%(minutes+1)]
		if t.price == 0 {
			continue
		}
		if b/5 == p.at/five {
			fiveVolume = fiveVolume.AddSaturated(x.volume)
		}
		h := p.hours[b/60%(hours+1)]
		if t.price < x.low || t.price > x.high || p.fives[b/5%(fives+1)].price == 0 || x.high > h.high || x.volume > h.volume {
			return false
		}
	}
	for b := max(0, p.at/five-fives); b <= p.at/five; b++ {
		t := p.fives[b%(fives+1)]
		if t.price > p.hours[b/12%(hours+1)].high {
			return false
		}
		if t.price != 0 && b*5 >= p.at/minute-minutes && !p.among(t, b*5) {
			return false
		}
	}
	return newest.low <= p.last && p.last <= newest.high &&
		0 < p.minuteSize && p.minuteSize <= newest.volume && p.minuteSize <= p.fiveSize && p.fiveSize <= fiveVolume
}

// among says that it is one of the prints of five minutes.
func (p *prints) among(t trade, from instruction.Time) bool {
	for b := from; b < from+5; b++ {
		if b <= p.at/minute && p.minutes[b%(minutes+1)] == t {
			return true
		}
	}
	return false
}
