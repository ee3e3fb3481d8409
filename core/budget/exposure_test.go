package budget

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	hour  = 3600 * instruction.Second
	day1  = instruction.Day
	start = 20_000 * day1
)

// at is what so much of the base asset is worth at a price.
func at(price money.Amount) func(money.Amount) money.Amount {
	return func(base money.Amount) money.Amount { return base * price }
}

// victim is a customer whose key a thief has, in a thin market where something is worth 10 and the thief is on the other side
// of each trade, at any price that it likes. The loss budget is left out: in a market that was pumped for long it sees no loss.
type victim struct {
	cash, base money.Amount
	high       money.Amount
}

func (v *victim) lost() money.Amount { return 100_000 - v.cash - 10*v.base }

// trade does as much as the rule allows, of as much as there is.
func (v *victim) trade(price money.Amount, buy bool, allows func(f Flow) bool) (f Flow) {
	v.high = max(v.high, price)
	most, sign := v.base, money.Amount(-1)
	if buy {
		most, sign = v.cash/price, 1
	}
	for n := most; n > 0; n-- {
		if f = (Flow{sign * n, sign * n * price}); allows(f) {
			v.base += f.Base
			v.cash -= f.Worth
			return f
		}
	}
	return Flow{}
}

// TestCycles: a thief pumps the price to 1,000, lets its victim buy, dumps it to 1, and lets it sell. Where purchases and sales
// are netted by their quantity, each cycle makes room for the next, until nothing is left. Here each leaves the worth that went
// out behind, and all of them together get what one did.
func TestCycles(t *testing.T) {
	const limit = 10_000 // a tenth of the victim's equity
	netted := victim{cash: 100_000}
	var position money.Amount
	for range 50 {
		byQuantity := func(f Flow) bool { return max(position+f.Base, -position-f.Base)*netted.high <= limit }
		position += netted.trade(1_000, true, byQuantity).Base
		position += netted.trade(1, false, byQuantity).Base
	}
	if netted.lost() < 9*limit {
		t.Errorf("netted by quantity, %d is lost: the thief of this test is none", netted.lost())
	}

	b, whole := New(), victim{cash: 100_000}
	for d := range instruction.Time(30) {
		waits := start + d*day1
		for range 5 {
			for _, price := range []money.Amount{1_000, 1} {
				f := whole.trade(price, price > 10, func(f Flow) bool {
					e := b.Exposure(waits, master1, 1).With(f.Base, f.Worth)
					return e.Net(at(whole.high)) <= limit
				})
				b.Expose(waits, master1, 1, f.Base, f.Worth)
			}
		}
	}
	if whole.lost() > limit || whole.lost() < limit*8/10 {
		t.Errorf("%d is lost, where %d may be", whole.lost(), limit)
	}
	t.Logf("lost: %d netted by quantity, %d by what went out", netted.lost(), whole.lost())
}

// TestExposure holds what counts against a list of all trades. As long as only what Net allows is done, no worth that the
// asset may really have, up to the high, makes it a loss of more than the cap, since whichever day that counts.
func TestExposure(t *testing.T) {
	const limit = 10_000
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	type trade struct {
		day int64
		Flow
	}
	allowed, refused := 0, 0
	for range 8 {
		b, high, waits := New(), money.Amount(100), instruction.Time(r.Int64N(int64(5*day1)))
		var all []trade
		// naive is the net of all trades of the days that count, and of those since each of them, once one more has come to them.
		naive := func(f Flow, worth money.Amount) (net, most money.Amount) {
			all = slices.DeleteFunc(all, func(x trade) bool { return x.day < day(waits)-30 })
			for from := day(waits) - 30; from <= day(waits); from++ {
				sum := f
				for _, x := range all {
					if x.day >= from {
						sum.Base, sum.Worth = sum.Base+x.Base, sum.Worth+x.Worth
					}
				}
				given := max(-sum.Base, 0) * high
				if from == day(waits)-30 {
					net = max(sum.Worth, 0) + given
				}
				net, most = max(net, sum.Worth+given), max(most, sum.Worth-worth*sum.Base)
			}
			return net, most
		}
		for range 500 {
			waits += instruction.Time(r.Int64N(int64(12 * hour)))
			if r.IntN(100) == 0 {
				waits += instruction.Time(r.Int64N(int64(40 * day1)))
			}
			high = max(1, high+money.Amount(r.IntN(21)-10))
			price := money.Amount(r.Int64N(int64(3*high)/2) + 1)
			qty := 1 + money.Amount(r.Int64N(int64(limit/2/price+1)))
			f := Flow{qty, qty * price}
			if r.IntN(2) == 0 {
				f = Flow{-qty, -qty * price}
			}
			e := b.Exposure(waits, master1, 1).With(f.Base, f.Worth)
			want, _ := naive(f, 0)
			if got := e.Net(at(high)); got != want {
				t.Fatalf("%d counts, not %d", got, want)
			}
			if want > limit {
				refused++
				continue
			}
			allowed++
			for _, worth := range []money.Amount{0, high / 3, high} {
				if _, lost := naive(f, worth); lost > limit {
					t.Fatalf("%d is lost since a day that counts, if it is worth %d", lost, worth)
				}
			}
			b.Expose(waits, master1, 1, f.Base, f.Worth)
			all = append(all, trade{day(waits), f})
			if err := b.Check(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if allowed < 500 || refused < 500 {
		t.Errorf("%d allowed, %d refused", allowed, refused)
	}
}

// TestNotStored: what a sale brought is not there to be lost again once the asset has really become cheaper.
func TestNotStored(t *testing.T) {
	b := New()
	b.Expose(start, master1, 1, -1_000, -10_000) // at 10, which was its high
	later := b.Exposure(start+10*day1, master1, 1)
	for worth, want := range map[money.Amount]money.Amount{10_000: 10_000, 10_001: 10_001, 19_000: 19_000} {
		x := later.With(0, worth) // for nothing, while the high is 1
		if got := x.Net(at(1)); got != want {
			t.Errorf("%d of it counts as %d", worth, got)
		}
	}
	if x := later.With(1_000, 10_500); x.Net(at(10)) != 10_500 || x.Whole() != (Flow{0, 500}) {
		t.Errorf("bought back: %d, %+v", x.Net(at(10)), x.Whole())
	}
}

// TestExposureEnds: a day counts until 30 full days have passed since it ended, whoever asks, and whether the clock stands
// still or not.
func TestExposureEnds(t *testing.T) {
	b := New()
	b.Expose(start+hour, master1, 1, 5, 50)
	b.Expose(start+day1, master1, 1, -3, -20)
	for _, c := range []struct {
		at   instruction.Time
		want Flow
	}{
		{start, Flow{2, 30}}, {start + 2*day1, Flow{2, 30}}, {start + 31*day1 - 1, Flow{2, 30}},
		{start + 31*day1, Flow{-3, -20}}, {start + 32*day1 - 1, Flow{-3, -20}}, {start + 32*day1, Flow{}}, {math.MaxInt64, Flow{}},
	} {
		e := b.Exposure(c.at, master1, 1)
		if e.Whole() != c.want {
			t.Errorf("after %d hours %+v", (c.at-start)/hour, e.Whole())
		}
	}
	if x, y := b.Exposure(start, 3, 1), b.Exposure(start, master1, 2); x.Whole() != y.Whole() || x.Whole() != (Flow{}) {
		t.Error("others are exposed by it")
	}
	b.Expose(start+100*day1, master1, 1, 1, 1)
	if e := b.Exposure(start+100*day1, master1, 1); e.Whole() != (Flow{1, 1}) {
		t.Errorf("%+v", e.Whole())
	}
}

// TestExposureHuge: nothing wraps, and what stopped at the largest amount stays until it expires.
func TestExposureHuge(t *testing.T) {
	b := New()
	for d := range instruction.Time(31) {
		b.Expose(start+d*day1, master1, 1, math.MinInt64, math.MaxInt64)
		b.Expose(start+d*day1, master1, 1, math.MaxInt64, math.MinInt64)
		b.Expose(start+d*day1, master1, 2, math.MaxInt64, math.MinInt64)
	}
	now := start + 30*day1
	e, f := b.Exposure(now, master1, 1), b.Exposure(now, master1, 2)
	if e.Whole() != (Flow{-money.MaxAmount, money.MaxAmount}) || f.Whole() != (Flow{money.MaxAmount, -money.MaxAmount}) {
		t.Errorf("%+v, %+v", e.Whole(), f.Whole())
	}
	wild := func(money.Amount) money.Amount { return math.MaxInt64 }
	negative := func(money.Amount) money.Amount { return math.MinInt64 }
	e = e.With(math.MinInt64, math.MaxInt64)
	f = f.With(math.MaxInt64, math.MinInt64)
	if e.Net(wild) != money.MaxAmount || e.Net(negative) != money.MaxAmount || f.Net(wild) != 0 || b.Check() != nil {
		t.Errorf("%d, %d, %d: %v", e.Net(wild), e.Net(negative), f.Net(wild), b.Check())
	}
	var zero Exposure
	if zero.Net(wild) != 0 || zero.Whole() != (Flow{}) {
		t.Error("nothing counts")
	}
	if x := zero.With(-1, 3); x.Net(at(2)) != 5 {
		t.Errorf("%d", x.Net(at(2)))
	}
	if Cap(1_000) != 100 || Cap(-1) != 0 || Cap(math.MaxInt64) != money.MaxAmount/10 {
		t.Errorf("%d, %d, %d", Cap(1_000), Cap(-1), Cap(math.MaxInt64))
	}
}

// TestNames: which markets are named.
func TestNames(t *testing.T) {
	b := New()
	for _, m := range []instruction.Market{5, 3, 9, 3} {
		b.Name(master1, m, false)
	}
	b.Name(master1, 9, true)
	b.Name(master1, 7, true)
	b.Name(0, 7, false)
	b.Name(master1, 0, false)
	if !b.Named(master1, 3) || b.Named(master1, 9) || b.Named(3, 3) || b.Named(0, 7) {
		t.Error("named")
	}
}
