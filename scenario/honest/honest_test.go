//go:build !race

// One goroutine works here, and the race detector would take minutes to say so.

package honest

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/scenario/floor"
)

// recorded reads the recorded prices, or skips the test where there are none.
func recorded(t *testing.T) Prices {
	t.Helper()
	dir := os.Getenv("PORTCULLIS_DATA")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "data")
	}
	p, err := Read(os.DirFS(dir))
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no recorded prices (%v): set PORTCULLIS_DATA to the folder that has %s", err, strings.Join(Sources(), ", "))
	}
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// few are the groups of a tier, with a part of the customers each.
func few(t floor.Tier, part int) (list []Group) {
	for _, g := range Groups(t) {
		if g.Customers = (g.Customers + part - 1) / part; limit(g.Kind, g.Turnover) < 1 {
			list = append(list, g)
		}
	}
	return list
}

func measure(t *testing.T, o Options) *Result {
	t.Helper()
	r, err := Measure(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range r.Cells {
		t.Logf("seed %d, %v: %+v", o.Seed, o.Tier, c)
	}
	return r
}

// TestHonest: a budget that nobody asked for stops nobody who trades as most people do. So few instructions cannot tell rates
// that small: none at all may be stopped here. The page in the docs tells of a million of each tier.
func TestHonest(t *testing.T) {
	prices := recorded(t)
	for _, tier := range Tiers {
		o := Options{Tier: tier, Seed: 1, Days: 1, Prices: prices, Groups: few(tier, 20), Enough: 6_000}
		if testing.Short() {
			o.Enough = 1_000
		}
		if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
			o.Groups, o.Days, o.Enough = Groups(tier), 500, 200_000
		}
		r := measure(t, o)
		for _, c := range r.Promised {
			if c.Rate > c.Limit {
				t.Errorf("seed %d, %v, %v: %d of %d instructions were denied and %d orders ended: %v", o.Seed, tier, c.Kind, c.Denied, c.Instructions, c.Ended, c.Reasons)
			}
		}
		if x := &r.Rules; x.Rate > x.Limit || x.Instructions < r.Instructions {
			t.Errorf("seed %d, %v: rules stopped %d of %d instructions: %+v", o.Seed, tier, x.Stopped, x.Instructions, x.Fired)
		}
		if r.Instructions < 100 {
			t.Errorf("%v: only %d instructions", tier, r.Instructions)
		}
	}
}

// TestRulesAreCounted: a rule that stops people is seen, and what it stops is counted; one in shadow stops nobody.
func TestRulesAreCounted(t *testing.T) {
	program := []instruction.Op{{Do: instruction.OpFeature, Value: int64(instruction.RequestOrder)}}
	rule := instruction.Rule{
		Name: "everybody", Catches: "Whoever places an order.", Condition: "request.order == 1", When: instruction.WhenOrder,
		Severity: instruction.Low, Response: instruction.RespondDeny, Program: program,
	}
	for _, shadow := range []bool{false, true} {
		rule.Shadow = shadow
		r := measure(t, Options{Tier: floor.Referred, Seed: 3, Days: 1, Enough: 200, Groups: []Group{{Taker, 500, 40}}, Rules: []instruction.Rule{rule}})
		x, want := &r.Rules, r.Rules.Instructions
		if shadow {
			want = 0
		}
		if x.Stopped != want || len(x.Fired) != 1 || x.Fired[0].Honest != x.Instructions || x.Fired[0].Stopped != want {
			t.Errorf("shadow %v: %+v", shadow, x)
		}
	}
}

// TestBusy: who trades its equity fifty times a day is stopped, so that it would be seen if others were; and the same seed
// gives the same people.
func TestBusy(t *testing.T) {
	if testing.Short() {
		t.Skip("not in a short run")
	}
	o := Options{Tier: floor.Referred, Seed: 2, Days: 1, Enough: 5_000, Groups: []Group{{Taker, 5_000, 6}, {Maker, 100, 1}}}
	r := measure(t, o)
	if c := r.Cells[0]; c.Denied < 100 || c.Ended == 0 || c.Stopped != 6 {
		t.Errorf("of 6 who trade too much, %d were stopped: %d denied, %d ended", c.Stopped, c.Denied, c.Ended)
	}
	if again := measure(t, o); !reflect.DeepEqual(r, again) {
		t.Errorf("seed 2: %+v, then %+v", r, again)
	}
}

// TestUpper: where the bound has a closed form, that is it.
func TestUpper(t *testing.T) {
	for _, n := range []int{1, 10, 1_000, 30_000, 1_000_000} {
		near(t, upper(0, n), 1-math.Pow(0.05, 1/float64(n)))
		near(t, upper(n-1, n), math.Pow(0.95, 1/float64(n)))
		near(t, upper(n, n), 1)
	}
	near(t, atMost(1, 3, 0.5), 0.5)
	near(t, atMost(2, 4, 0.25), (81+4*27+6*9)/256.0)
}

func near(t *testing.T, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Abs(want)+1e-15 {
		t.Errorf("%v, not %v", got, want)
	}
}

// TestPath: prices follow candles: the open is where each begins, and in between they stay within its low and high, but for the
// wobble.
func TestPath(t *testing.T) {
	list := Synthetic(3, 50)
	p := newPath(&Prices{Candles: map[instruction.Asset][]Candle{floor.BTC: list}}, floor.BTC, list[0].Open, 3)
	for s := range len(list) * int(blockSeconds) {
		c := &list[s/int(blockSeconds)]
		got, room := p.price(instruction.Time(s+1)*instruction.Second), c.High/10_000+1
		if got < c.Low-room || got > c.High+room || s%int(blockSeconds) == 0 && (got < c.Open-room || got > c.Open+room) {
			t.Fatalf("seed 3, second %d: %d, in a candle of %+v", s, got, *c)
		}
	}
}

// TestRefused: what is no file of candles says in which line and why.
func TestRefused(t *testing.T) {
	for _, c := range []struct{ text, says string }{
		{"", "none"},
		{"time,open\n", "line 1"},
		{CandleHeader + "\n1,2,3\n", "line 2: 3 fields"},
		{CandleHeader + "\n1,2,3,1,x,1\n", "line 2"},
		{CandleHeader + "\n1,2,3,0,2,1\n", "line 2: a price of 0"},
	} {
		if _, err := ReadCandles(strings.NewReader(c.text)); !errors.Is(err, ErrCandles) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, not %q", c.text, err, c.says)
		}
	}
}
