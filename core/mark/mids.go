package mark

import (
	"cmp"
	"math"
	"math/bits"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	// Window is over how long the mid price is averaged: the last whole 60 seconds, and the one under way.
	Window = 60 * instruction.Second
	// Settled is how much of that time both sides of the book must have stood for the average to count by itself.
	Settled = Window / 2
	// Stray is how far from the median of the window a second may average and still count for what it is, in the average that
	// is asked where most of the window lies elsewhere than the mark.
	Stray money.PPM = 10_000

	seconds = int64(Window / instruction.Second)
	ringed  = seconds + 1
)

// mids is what the mid price was in the last minute.
type mids struct {
	mid   uint64           // best bid and best ask together, twice the mid price; 0 while one of them is missing
	at    instruction.Time // since when; the ring is filled up to then, and has the window of that moment
	total stretch          // of all of the ring
	sums  [ringed]sum      // by second, modulo
	times [ringed]uint32   // microseconds of each second in which there was a mid price

	// The least and the most that a second of the ring averaged, but that of at: rounded down, and up. Derived.
	lowest, highest uint64

	// The marks from before the last two breaks of a settled window, newest first. Two are enough: a third one comes at least
	// 2 x Settled after the first, which does not count any more then. So breaks that follow each other closely neither
	// erase what was known nor keep it alive.
	before [2]past
}

// past is a mark that counts until then.
type past struct {
	mark  Mark
	until instruction.Time
}

func second(t instruction.Time) int64 { return int64(t / instruction.Second) }

// fill counts the mid price up to now. Its work does not grow with the time that passed.
func (q *mids) fill(now instruction.Time) {
	if second(now)-second(q.at) > seconds {
		q.at = instruction.Time(second(now)-seconds) * instruction.Second
		q.clear()
	}
	began := second(q.at)
	for q.at < now {
		i := second(q.at)
		end := min(now, instruction.Time(i+1)*instruction.Second)
		if q.mid != 0 {
			q.sums[i%ringed].add(q.mid, end-q.at)
			q.times[i%ringed] += uint32(end - q.at) // #nosec G115 -- at most a second
			q.total.add(q.mid, end-q.at)
		}
		q.at = end
		if n := second(end); n != i { // where the new second will stand, one lies that the window has left
			q.total.sub(q.sums[n%ringed], q.times[n%ringed])
			q.sums[n%ringed], q.times[n%ringed] = sum{}, 0
		}
	}
	if second(q.at) != began {
		q.extremes()
	}
}

// extremes looks for them, once in a second.
func (q *mids) extremes() {
	q.lowest, q.highest = math.MaxUint64, 0
	now := second(q.at) % ringed
	for i, t := range q.times {
		if int64(i) == now || t == 0 {
			continue
		}
		low, rest := q.sums[i].over(instruction.Time(t))
		high := low
		if rest {
			high++
		}
		q.lowest, q.highest = min(q.lowest, low), max(q.highest, high)
	}
}

func (q *mids) clear() {
	q.sums, q.times, q.total = [ringed]sum{}, [ringed]uint32{}, stretch{}
	q.lowest, q.highest = math.MaxUint64, 0
}

// window is what fill would make of the total.
func (q *mids) window(now instruction.Time) stretch {
	if now <= q.at {
		return q.total
	}
	t, newest := q.total, second(now)
	if newest-second(q.at) > seconds {
		t = stretch{}
	} else {
		i := second(q.at) % ringed
		for range newest - second(q.at) {
			if i++; i == ringed {
				i = 0
			}
			t.sub(q.sums[i], q.times[i])
		}
	}
	if q.mid != 0 {
		t.add(q.mid, now-max(q.at, instruction.Time(newest-seconds)*instruction.Second))
	}
	return t
}

// mark is the range of the mid price and its average, and whether there was one for long enough.
func (q *mids) mark(now instruction.Time) (m Mark, settled bool) {
	w := q.window(now)
	if q.mid != 0 {
		m = halved(q.mid, false)
	}
	if w.time > 0 {
		m = q.middle(now, m.and(halved(w.sum.over(w.time))))
	}
	return m, w.time >= Settled
}

// middle widens a mark that most of the window lies outside of, to what the window averages if no second counts for more than
// Stray beyond the median. An average alone can be had in a moment: whoever buys a side of the book empty and asks for a
// thousand times the price doubles that of a minute in 60 milliseconds, and is where he wants the mid price to be in the next.
// What strays less is what prices do; the median itself would lag behind them, and cost honest people more than it is worth.
func (q *mids) middle(now instruction.Time, m Mark) Mark {
	if q.steady(now, m) || q.mostly(now, m) {
		return m // as nearly always
	}
	all, n := q.parts(now)
	k := weighed(all[:n])
	if m.Low <= k.Low && k.High <= m.High {
		return m
	}
	return m.and(held(all[:n], k))
}

// held is the average of stretches, each held within Stray of the median.
func held(all []stretch, median Mark) Mark {
	low, _ := (money.Whole - Stray).Of(money.Amount(median.Low), money.Down)
	high, _ := (money.Whole + Stray).Of(money.Amount(median.High), money.Up)
	least, most := twice(money.Price(low)), twice(money.Price(high))
	var whole stretch
	for _, x := range all {
		mean, _ := x.sum.over(x.time)
		switch {
		case mean < least:
			whole.add(least, x.time)
		case mean >= most:
			whole.add(most, x.time)
		default:
			whole.sum.plus(x.sum)
			whole.time += x.time
		}
	}
	return halved(whole.sum.over(whole.time))
}

// steady says that no second of the window averaged so far from the mark that it could be further than Stray from the median:
// then none is held, and what they average is in the mark.
func (q *mids) steady(now instruction.Time, m Mark) bool {
	down, _ := (Stray / 4).Of(money.Amount(m.Low), money.Down)
	up, err := (Stray / 4).Of(money.Amount(m.High), money.Down)
	least, most := m.Low-money.Price(down), m.High+money.Price(up)
	room, _ := Stray.Of(money.Amount(least), money.Down)
	if err != nil || most-least > money.Price(room) {
		return false
	}
	low, high := sum{}, sum{} // of a whole second
	low.add(twice(least), instruction.Second)
	high.add(twice(most), instruction.Second)
	i := second(q.at)
	at, n := i%ringed, i-max(second(now)-seconds, 0)+1
	switch all := q.lowest >= twice(least) && q.highest <= twice(most); {
	case all: // of the others
		n = min(n, 1)
	case second(now) == i: // they are the others still
		return false
	}
	for ; n > 0; n-- {
		s, t := &q.sums[at], q.times[at]
		l, h := low, high
		if t != uint32(instruction.Second) {
			l, h = sum{}, sum{}
			l.add(twice(least), instruction.Time(t))
			h.add(twice(most), instruction.Time(t))
		}
		if s.less(&l) || h.less(s) {
			return false
		}
		if at--; at < 0 {
			at = seconds
		}
	}
	return true
}

// mostly says that most of the window's time lies in seconds that averaged within the mark: so does their median then. The
// second in which the mid price changed last, which has two parts, is left out.
func (q *mids) mostly(now instruction.Time, m Mark) bool {
	low, high := sum{}, sum{} // of a whole second
	low.add(twice(m.Low), instruction.Second)
	high.add(twice(m.High), instruction.Second)
	need := q.window(now).time / 2
	in, i := instruction.Time(0), second(q.at)
	if q.mid >= twice(m.Low) && q.mid <= twice(m.High) {
		in = max(now-max(instruction.Time(i+1), instruction.Time(second(now)-seconds))*instruction.Second, 0)
	}
	at := i % ringed
	for n := min(seconds-(second(now)-i), i); n > 0 && in <= need; n-- {
		if at--; at < 0 {
			at = seconds
		}
		s, t := &q.sums[at], q.times[at]
		l, h := low, high
		if t != uint32(instruction.Second) {
			l, h = sum{}, sum{}
			l.add(twice(m.Low), instruction.Time(t))
			h.add(twice(m.High), instruction.Time(t))
		}
		if !s.less(&l) && !h.less(s) {
			in += instruction.Time(t)
		}
	}
	return in > need
}

// weighed is the range of the medians of stretches, weighted by time; it sorts them.
func weighed(all []stretch) (m Mark) {
	var whole, before instruction.Time
	for _, x := range all {
		whole += x.time
	}
	slices.SortFunc(all, func(a, b stretch) int {
		x, y := halved(a.sum.over(a.time)), halved(b.sum.over(b.time))
		return cmp.Or(cmp.Compare(x.Low, y.Low), cmp.Compare(x.High, y.High))
	})
	for _, x := range all {
		k := halved(x.sum.over(x.time))
		if 2*before < whole && 2*(before+x.time) >= whole {
			m.Low = k.Low
		}
		if 2*before <= whole {
			m.High = k.High
		}
		before += x.time
	}
	return m
}

// parts are the window's seconds that had a mid price; those since it last changed, which have one and the same, are one.
func (q *mids) parts(now instruction.Time) (all [ringed + 1]stretch, n int) {
	now = max(now, q.at)
	first, last := second(now)-seconds, second(q.at)
	rest := now - max(q.at, instruction.Time(first)*instruction.Second)
	for i := max(first, 0); i <= last; i++ {
		x := stretch{q.sums[i%ringed], instruction.Time(q.times[i%ringed])}
		if i == last && q.mid != 0 {
			t := min(rest, instruction.Time(last+1)*instruction.Second-q.at)
			x.add(q.mid, t)
			rest -= t
		}
		if x.time > 0 {
			all[n] = x
			n++
		}
	}
	if q.mid != 0 && rest > 0 {
		all[n].add(q.mid, rest)
		n++
	}
	return all, n
}

// past is the range of what was before the breaks that are not over.
func (q *mids) past(now instruction.Time) Mark {
	var m Mark
	for _, p := range q.before {
		if now < p.until {
			m = m.and(p.mark)
		}
	}
	return m
}

// breaks begins the window anew. Nobody knows how much of the time since the mid price last changed was lost: what the mark
// was at that moment counts as well.
func (q *mids) breaks(now instruction.Time) {
	now = max(now, q.at)
	if m, settled := q.mark(now); settled {
		if then, settled := q.mark(q.at); settled {
			m = m.and(then)
		}
		q.before = [2]past{{m, now + Window}, q.before[0]}
	}
	q.clear()
	q.at = now
}

// twice is double a price, as mid prices are kept.
func twice(p money.Price) uint64 { return 2 * uint64(p) } // #nosec G115 -- never negative

// halved is the price of which double is twice, with something left or not: rounded down, and up.
func halved(double uint64, rest bool) Mark {
	high := double/2 + double%2
	if rest && double%2 == 0 {
		high++
	}
	return Mark{money.Price(double / 2), money.Price(high)} // #nosec G115 -- the average of two prices is one
}

// stretch is a sum of mid prices over time, and how much time.
type stretch struct {
	sum  sum
	time instruction.Time
}

func (s *stretch) add(mid uint64, t instruction.Time) {
	s.sum.add(mid, t)
	s.time += t
}

func (s *stretch) sub(x sum, micros uint32) {
	s.sum.sub(x)
	s.time -= instruction.Time(micros)
}

// sum is a sum of doubled prices times microseconds.
type sum struct{ hi, lo uint64 }

func (s *sum) add(mid uint64, t instruction.Time) {
	hi, lo := bits.Mul64(mid, uint64(t)) // #nosec G115 -- never negative
	s.plus(sum{hi, lo})
}

func (s *sum) plus(x sum) {
	var c uint64
	s.lo, c = bits.Add64(s.lo, x.lo, 0)
	s.hi += x.hi + c
}

func (s *sum) sub(x sum) {
	var b uint64
	s.lo, b = bits.Sub64(s.lo, x.lo, 0)
	s.hi -= x.hi + b
}

func (s *sum) less(x *sum) bool { return s.hi < x.hi || s.hi == x.hi && s.lo < x.lo }

// over is the sum divided by a time above 0, rounded down, and whether something was left.
func (s sum) over(t instruction.Time) (q uint64, rest bool) {
	q, r := bits.Div64(s.hi, s.lo, uint64(t)) // #nosec G115 -- above 0; an average of doubled prices is one
	return q, r != 0
}
