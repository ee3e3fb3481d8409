//go:build !race

// One goroutine works here, and the race detector would take minutes to say so.

package adversary

import (
	"context"
	"os"
	"reflect"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// TestAble: where there are no budgets the thief takes nearly all there is, so that what he does not get with budgets is theirs.
func TestAble(t *testing.T) {
	for _, tier := range floor.Tiers {
		res, err := Search(context.Background(), Options{Tier: tier, Fees: floor.Normal, Seed: 1, Tries: 1, Short: true})
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("seed 1, %v: %.2f%% in 24 h, by %v", tier, percent(res.Worst.Day), &res.Plan)
		if res.Worst.Day < 900_000 {
			t.Errorf("%v: at most %v ppm of equity were lost in 24 h", tier, res.Worst.Day)
		}
	}
}

// soak says that there is time.
var soak = os.Getenv("PORTCULLIS_DEPTH") == "soak"

// depths are the searches of TestBounded in each market and at each fee: how many plans, and whether only short ones.
func depths() []Options {
	switch {
	case soak:
		return []Options{{Tries: 300, Short: true}, {Tries: 40}}
	case testing.Short():
		return []Options{{Tries: 2, Short: true}}
	}
	return []Options{{Tries: 6, Short: true}}
}

// fees are those of the searches of TestBounded: where a rebate is paid, or nothing, a thief may trade on and on.
func fees() []floor.Fees {
	if soak {
		return floor.AllFees
	}
	return []floor.Fees{floor.Free, floor.Rebate}
}

// TestBounded: where there are, nothing that was thought of or drawn breaks a bound.
func TestBounded(t *testing.T) {
	for _, tier := range floor.Tiers {
		for _, fees := range fees() {
			for _, o := range depths() {
				o.Tier, o.Fees, o.Budgets, o.Seed = tier, fees, true, 1
				bounded(t, o)
			}
		}
	}
}

func bounded(t *testing.T, o Options) {
	t.Helper()
	res, err := Search(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	w := &res.Worst
	t.Logf("seed %d, %v, %v fees, %d tries: %.3f%% in 24 h, %.3f%% between confirmations, %.3f%% in 30 days, by %q",
		o.Seed, o.Tier, o.Fees, res.Tries, percent(w.Day), percent(w.Confirmed), percent(w.Month), res.Plan.Name)
	for _, b := range res.Breaks {
		t.Errorf("seed %d, %v, %v fees, try %d with seed %d: %s, by %v", o.Seed, o.Tier, o.Fees, b.Try, b.Seed, b.What, &b.Plan)
	}
}

// TestCapital: the thief's helpers buy no more coins than his capital is worth, whatever they ask for, and sell no more beyond them.
func TestCapital(t *testing.T) {
	o := Options{Tier: floor.Referred, Fees: floor.Free, Budgets: true, Seed: 3}
	s, err := o.set()
	if err != nil {
		t.Fatal(err)
	}
	f := s.floor.Clone(1)
	x := &thief{f: f, s: s, harm: harm{f: f}}
	holds := func() money.Amount { return f.Fair.Worth(floor.BTC, s.holds(f, floor.BTC)-s.stock[floor.BTC]) }
	for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
		for i := range 100 {
			price := f.Fair.In(floor.BTCUSDT, 300_000-int64(side-instruction.Buy)*600_000)
			x.helper(i%helpers, x.order(floor.BTCUSDT, side, instruction.IOC, price, floor.Lots(floor.BTCUSDT, f.Fair.Buys(floor.BTC, 5*Capital))))
			f.Live(instruction.Second)
			if n := holds(); max(n, -n) > Capital+Capital/50 { // prices walk
				t.Fatalf("seed 3: the helpers hold %s of coins", usdt(n))
			}
		}
		if n := holds(); max(n, -n) < Capital/10*9 {
			t.Errorf("seed 3: of his capital only %s were used", usdt(n))
		}
	}
}

// TestSame: the same seed gives the same tries.
func TestSame(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run")
	}
	var results [2]*Result
	for i := range results {
		var err error
		if results[i], err = Search(context.Background(), Options{Tier: floor.Named, Fees: floor.Rebate, Budgets: true, Seed: 7, Tries: 6, Short: true}); err != nil {
			t.Fatal(err)
		}
	}
	if !reflect.DeepEqual(results[0], results[1]) {
		t.Errorf("seed 7: %+v, then %+v", results[0], results[1])
	}
}
