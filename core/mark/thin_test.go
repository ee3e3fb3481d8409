package mark

import (
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// day is where the tests of prints begin: every bucket begins with it.
const day = 20_000 * instruction.Day

// The accounts of the tests.
const (
	nobody = instruction.Account(0)
	alice  = instruction.Account(2) // trade with each other
	bob    = instruction.Account(3)
	victim = instruction.Account(4) // whose key a thief has
	thief  = instruction.Account(5) // trades with himself by two accounts
	helper = instruction.Account(6)
)

func wantThin(t *testing.T, m *Market, waits instruction.Time, a instruction.Account, want Mark) {
	t.Helper()
	if got := m.Thin(waits, a); got != want {
		t.Errorf("after %d s, for account %d: %v, want %v", (waits-day)/sec, a, got, want)
	}
}

// TestHistory: known six hours after the first print, to the microsecond; one print is enough and stays.
func TestHistory(t *testing.T) {
	for _, first := range []instruction.Time{day, day + 1, day + 4*minute, day + five - 1} {
		var m Market
		wantThin(t, &m, first, nobody, Mark{})
		m.Print(first, 100, 1, alice, bob)
		wantThin(t, &m, first+History-1, nobody, Mark{})
		wantThin(t, &m, first+History, nobody, Mark{100, 100})
		wantThin(t, &m, first+100*instruction.Year, victim, Mark{100, 100})
		wantThin(t, &m, first+History, alice, Mark{}) // who knows of no price but her own
		wantThin(t, &m, first+History, bob, Mark{})
	}
}

// TestHalf: whoever decides half of the buckets reaches the middle from one side only, and needs one more for the other;
// in the long ring and in the short one.
func TestHalf(t *testing.T) {
	for _, x := range []struct {
		held instruction.Time // the last buckets of five minutes
		want Mark
	}{
		{0, Mark{100, 100}},
		{5, Mark{100, 100}}, // 25 minutes
		{6, Mark{100, 200}}, // 30 minutes of 60
		{35, Mark{100, 200}},
		{36, Mark{100, 200}},
		{37, Mark{200, 200}},
		{72, Mark{200, 200}},
	} {
		var m Market
		for i := range instruction.Time(360) {
			price := money.Price(100)
			if i >= 360-x.held*5 {
				price = 200
			}
			m.Print(day+i*minute, price, 1, alice, bob)
		}
		wantThin(t, &m, day+History, victim, x.want)
		wantThin(t, again(t, &m), day+History, victim, x.want)
	}
}

// TestUnderWay: a bucket counts when it is over, since until then a larger print may still decide it.
func TestUnderWay(t *testing.T) {
	var m Market
	m.Print(day, 100, 1, alice, bob)
	now := day + 2*History
	m.Print(now, 200, 1, thief, helper)
	for _, x := range []struct {
		after instruction.Time
		want  Mark
	}{
		{0, Mark{100, 100}},
		{30*minute - 1, Mark{100, 100}},
		{30 * minute, Mark{100, 200}},
		{36*five - 1, Mark{100, 200}},
		{36 * five, Mark{100, 200}},
		{37*five - 1, Mark{100, 200}},
		{37 * five, Mark{200, 200}},
	} {
		wantThin(t, &m, now+x.after, victim, x.want)
	}
}

// TestDust: a thousand prints in a bucket are one, the largest, and the first of equals.
func TestDust(t *testing.T) {
	var m Market
	for i := range instruction.Time(361) {
		for j := range instruction.Time(100) {
			m.Print(day+i*minute+j, 200, 49, thief, helper)
		}
		m.Print(day+i*minute+100, 100, 50, alice, bob)
		m.Print(day+i*minute+100, 300, 50, thief, helper)
		for j := range instruction.Time(100) {
			m.Print(day+(i+1)*minute-100+j, 200, 49, thief, helper)
		}
		m.Print(day+(i+1)*minute-1, 1<<60, 0, thief, helper) // moved nothing
	}
	wantThin(t, &m, day+History, victim, Mark{100, 100})
	wantThin(t, &m, day+History, thief, Mark{100, 100})
}

// TestOwn: who holds a key moves the mark by its trades to neither side that would serve him.
func TestOwn(t *testing.T) {
	fair := func(i instruction.Time) money.Price {
		if i < 400 {
			return 100
		}
		return 50 // the price fell, and stays
	}
	var moves, stays Market
	for i := range instruction.Time(800) {
		now := day + i*minute
		moves.Print(now, 100, 10, alice, bob)
		stays.Print(now, fair(i), 10, alice, bob)
		if i >= 400 {
			moves.Print(now, 300, 1000, victim, thief)
			stays.Print(now, fair(i), 1000, victim, bob) // so that only he trades, and the price of before would stay
		}
	}
	now := day + 800*minute
	wantThin(t, &moves, now, victim, Mark{100, 300}) // nothing received counts for more than others paid
	wantThin(t, &stays, now, victim, Mark{50, 100})  // nor for what nobody pays any more
	wantThin(t, &stays, now, alice, Mark{50, 50})
}

// TestBefore: an account left out of everything in the rings has the newest print without it from before, however often who
// it was changed.
func TestBefore(t *testing.T) {
	var m Market
	for i, p := range []struct{ a, b instruction.Account }{{7, 8}, {alice, bob}, {bob, thief}, {bob, helper}, {alice, thief}, {alice, helper}} {
		m.Print(day+instruction.Time(i)*hour, money.Price(10+i), 1, p.a, p.b)
	}
	now := day + 10*instruction.Day
	for _, again := range []*Market{&m, again(t, &m)} {
		wantThin(t, again, now, 9, Mark{15, 15})
		wantThin(t, again, now, alice, Mark{13, 15}) // with her own prints 15
		wantThin(t, again, now, helper, Mark{14, 15})
		wantThin(t, again, now, bob, Mark{15, 15})
	}
	m.Print(now, 16, 1, alice, bob)
	m.Print(now+hour, 17, 1, alice, bob)
	wantThin(t, &m, now+instruction.Day, alice, Mark{13, 17})
	wantThin(t, &m, now+instruction.Day, bob, Mark{15, 17})
}

// TestHours: the bounds of the last hour and of seven days.
func TestHours(t *testing.T) {
	var m Market
	m.Print(day, 500, 7, alice, bob)
	m.Print(day+hour, 100, 5, alice, bob)
	for _, x := range []struct {
		after instruction.Time
		high  money.Price
	}{{0, 500}, {7*instruction.Day + 2*hour - 1, 500}, {7*instruction.Day + 2*hour, 100}, {instruction.Year, 100}} {
		if got := m.High7(day + x.after); got != x.high {
			t.Errorf("after %d s: high of seven days %d, want %d", x.after/sec, got, x.high)
		}
	}
	m.Print(day+instruction.Year, 50, 5, alice, bob) // which until then was 100
	if got := m.High7(day + instruction.Year); got != 100 {
		t.Errorf("high of seven days %d where they began with 100", got)
	}
	m.Print(day+2*instruction.Year, 60, 5, alice, bob)
	m.Print(day+2*instruction.Year+minute, 40, 6, alice, bob)
	for _, x := range []struct {
		after     instruction.Time
		low, high money.Price
		volume    money.Amount
	}{{0, 40, 60, 11}, {61*minute - 1, 40, 60, 11}, {61 * minute, 40, 40, 6}, {62*minute - 1, 40, 40, 6}, {62 * minute, 0, 0, 0}} {
		low, high, volume := m.Hour(day + 2*instruction.Year + x.after)
		if low != x.low || high != x.high || volume != x.volume {
			t.Errorf("after %d s: hour %d to %d, %d; want %v", x.after/sec, low, high, volume, x)
		}
	}
}

// TestUsual: the median takes hours without trades in, and none from before the first trade.
func TestUsual(t *testing.T) {
	var m Market
	for _, x := range []struct {
		hour instruction.Time
		add  money.Amount
		want money.Amount
	}{{0, 10, 0}, {1, 30, 10}, {2, 20, 10}, {3, 0, 20}, {5, 0, 10}, {7, 0, 0}, {168, 1, 0}} {
		now := day + x.hour*hour
		m.Print(now, 5, x.add, alice, bob)
		if got := m.Usual(now + hour - 1); got != x.want {
			t.Errorf("in hour %d: usual %d, want %d", x.hour, got, x.want)
		}
	}
	var steady Market
	for i := range instruction.Time(400) {
		steady.Print(day+i*hour, 5, money.Amount(1+i), alice, bob)
	}
	if got := steady.Usual(day + 400*hour); got != 400-84 {
		t.Errorf("usual %d, want the lower middle of 233 to 400", got)
	}
}

// rule makes a bucket's price of its prints.
type rule func([]printed) money.Price

func last(p []printed) money.Price { return p[len(p)-1].price }

// weighted is the volume-weighted average: all quote amounts over all base amounts.
func weighted(p []printed) money.Price {
	var quote, base float64 // a rule that was not taken
	for _, x := range p {
		quote += float64(x.quote)
		base += float64(x.quote) / float64(x.price)
	}
	return money.Price(quote / base)
}

// medians is the range of the two middle prices of n buckets, the last of which ends at that time.
func medians(all []printed, by rule, end, span instruction.Time, n int) Mark {
	var prices []money.Price
	price := money.Price(0)
	for from := end - instruction.Time(n)*span; from < end; from += span {
		var in []printed
		for _, p := range all {
			if p.waits >= from && p.waits < from+span {
				in = append(in, p)
			}
		}
		if len(in) > 0 {
			price = by(in)
		}
		prices = append(prices, price)
	}
	slices.Sort(prices)
	return Mark{prices[(n-1)/2], prices[n/2]}
}

// TestRules is why the largest print decides a bucket: two cheap attacks on the rules that were not taken, in a market that
// trades about three times in two minutes at 10,000, from 1 to 100 units each, for seven hours.
func TestRules(t *testing.T) {
	const seed, fair = 20180106, money.Price(10_000)
	t.Logf("seed %d", seed)
	type attack struct {
		name  string
		print func(rng *rand.Rand, minute instruction.Time) printed // one in each minute
		moves string                                                // the rule that gives way to it
	}
	for _, x := range []attack{
		{"dust when the minute ends", func(_ *rand.Rand, from instruction.Time) printed {
			return printed{from + minute - 1, 2 * fair, 1, thief, helper}
		}, "last"},
		{"a tenth of the volume at a price without bounds", func(rng *rand.Rand, from instruction.Time) printed {
			return printed{from + instruction.Time(rng.Int64N(int64(minute)/2)), 1 << 50, 75_000, thief, helper}
		}, "weighted"},
	} {
		rng := rand.New(rand.NewPCG(seed, 5))
		var all []printed
		honest, dishonest := money.Amount(0), money.Amount(0)
		for from := day; from < day+7*hour; from += minute {
			for range rng.IntN(4) {
				p := fair + money.Price(rng.IntN(101)-50)
				q := money.Amount(p) * money.Amount(1+rng.IntN(100))
				all = append(all, printed{from + instruction.Time(rng.Int64N(int64(minute)-1)), p, q, alice, bob})
				honest += q
			}
			all = append(all, x.print(rng, from))
			dishonest += all[len(all)-1].quote
		}
		slices.SortStableFunc(all, func(a, b printed) int { return int(a.waits - b.waits) })
		var m Market
		for _, p := range all {
			m.Print(p.waits, p.price, p.quote, p.taker, p.maker)
		}
		end := day + 7*hour
		got := map[string]Mark{"largest": m.Thin(end, victim)}
		for name, by := range map[string]rule{"last": last, "weighted": weighted} {
			got[name] = medians(all, by, end, minute, minutes).and(medians(all, by, end, five, fives))
		}
		t.Logf("%s, %d of %d: %v", x.name, dishonest, honest, got)
		off := func(m Mark) money.Price { return max(m.High-fair, fair-m.Low) }
		if n := off(got["largest"]); n > fair/200 {
			t.Errorf("%s: the largest print gives way by %d of %d", x.name, n, fair)
		}
		if n := off(got[x.moves]); n < fair/20 {
			t.Errorf("%s: the %s rule stands it, with %d of %d: the attack is none", x.name, x.moves, n, fair)
		}
	}
}
