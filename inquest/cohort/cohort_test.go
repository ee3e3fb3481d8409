//go:build !race

package cohort

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"portcullis/core/instruction"
)

// tally is what became of many runs.
type tally struct {
	runs, first, named, wrong, automatic, automaticWrong int
	in, out                                              float64
}

// run adds what a report says of a leak.
func (y *tally) run(w *world, l *leak, r *Report) {
	y.runs++
	right := len(r.Ranked) > 0 && r.Ranked[0].Source(&l.Hypothesis)
	if right {
		y.first++
	}
	if automatic(r) {
		y.automatic++
		if !r.Firm.Source(&l.Hypothesis) {
			y.automaticWrong++
		}
	}
	switch {
	case r.Outcome != Named:
	case !right:
		y.wrong++
	default:
		y.named++
		in, out := 0, 0
		for i := range w.list {
			if r.Ranked[0].Holds(&w.list[i]) {
				if l.Holds(&w.list[i]) {
					in++
				} else {
					out++
				}
			}
		}
		y.in += float64(in) / float64(len(l.keys))
		y.out += float64(out) / float64(len(w.list)-len(l.keys))
	}
}

// automatic says whether a venue acts by itself, where it was let to.
func automatic(r *Report) bool { return r.Firm != nil && r.FirmMargin >= Automatic }

// TestSource: with one victim in five unrelated, the true source comes first at 5 victims in at least 95% of runs, and is
// never named wrongly above the automatic margin; the window that is shut has most of the true cohort, and few others.
func TestSource(t *testing.T) {
	for _, share := range []int{0, 30} {
		for _, c := range []struct {
			victims int
			first   float64 // least share of runs
		}{{3, 0.80}, {5, 0.95}, {8, 0.98}, {20, 1}} {
			var y tally
			for seed := range uint64(10) {
				w := populate(seed, 10_000, 40, share)
				for range 20 {
					l := w.leaks(40)
					r := w.keys.Report(w.victims(&l, c.victims, 20))
					y.run(w, &l, &r)
				}
			}
			named := float64(max(y.named, 1))
			t.Logf("%d%% of the keys at two integrators, %d victims: first in %d of %d (seeds 0 to 9), named %d, wrongly %d, automatic %d; shut %.0f%% of the true cohort, %.2f%% of others",
				share, c.victims, y.first, y.runs, y.named, y.wrong, y.automatic, 100*y.in/named, 100*y.out/named)
			if float64(y.first) < c.first*float64(y.runs) || y.automaticWrong > 0 || y.wrong*100 > y.runs {
				t.Errorf("%+v", y)
			}
			if c.victims >= 8 && (y.in < 0.75*named || y.out > 0.01*named || y.automatic*10 < y.runs*8) {
				t.Errorf("%+v", y)
			}
		}
	}
}

// TestUnrelated: victims who have nothing in common name nobody, but for a few in a hundred by chance, and never above the
// automatic margin.
func TestUnrelated(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 5, 8, 20} {
		named, runs := 0, 0
		for seed := range uint64(10) {
			w := populate(seed, 5000, 40, 10)
			for range 25 {
				r := w.keys.Report(w.victims(nil, n, 100))
				runs++
				if r.Outcome == Named || r.Outcome == Undecided {
					named++
				}
				if automatic(&r) || r.Margin >= Automatic {
					t.Errorf("seed %d: %d unrelated victims name %v by %.1f", seed, n, r.Ranked[0].Hypothesis, r.Margin)
				}
				if n < MinFirm && r.Outcome != Named && r.Outcome != Undecided && r.Outcome != NotEnough && n > 0 {
					t.Errorf("%d victims: %v", n, r.Outcome)
				}
				if r.Outcome == NotEnough && r.More == 0 {
					t.Errorf("%d victims: not enough, and it does not say how many would be", n)
				}
			}
		}
		if t.Logf("%d unrelated victims: something named in %d of %d runs (seeds 0 to 9)", n, named, runs); named*50 > runs {
			t.Errorf("too often")
		}
	}
}

// TestOverlapping: an integrator that shares most of its keys with the one that leaked is told apart, or it is undecided;
// never is it named above the automatic margin. Where both have the same keys, no victim ever decides it.
func TestOverlapping(t *testing.T) {
	for _, c := range []struct {
		common, victims int
		decided         float64 // at least
	}{{50, 12, 0.9}, {80, 12, 0.2}, {80, 40, 0.9}, {100, 40, 0}} {
		right, wrong, undecided, runs := 0, 0, 0, 0
		for seed := range uint64(40) {
			w := populate(seed, 8000, 40, 0)
			for i := range w.list {
				if k := &w.list[i]; len(k.Links) > 0 && k.Links[0].Integrator == name(3) && w.rng.IntN(100) < c.common {
					k.Links = append(k.Links, Link{name(40), k.Links[0].At})
				} else if len(k.Links) == 0 && c.common < 100 && w.rng.IntN(100) < 10 {
					k.Links = append(k.Links, Link{name(40), k.Created})
				}
			}
			w.keys = Of(w.list)
			l := w.leak(Hypothesis{Family: Integrator, Integrator: name(3)})
			r := w.keys.Report(w.victims(&l, c.victims, 20))
			runs++
			switch {
			case r.Outcome != Named:
				undecided++
			case r.Ranked[0].Source(&l.Hypothesis):
				right++
			default:
				wrong++
			}
			if automatic(&r) && !r.Firm.Source(&l.Hypothesis) {
				t.Errorf("seed %d: the venue shuts %v by itself", seed, r.Firm.Hypothesis)
			}
			if c.common == 100 && (r.Outcome != Undecided || r.More != -1) {
				t.Errorf("seed %d: two integrators with the same keys, and it says %v (%d more) of %v", seed, r.Outcome, r.More, r.Ranked[0].Hypothesis)
			}
		}
		t.Logf("%d%% in common, %d victims: right %d, undecided %d, wrong %d of %d (seeds 0 to 39)", c.common, c.victims, right, undecided, wrong, runs)
		if wrong > 0 || float64(right) < c.decided*float64(runs) {
			t.Error("see above")
		}
	}
}

// TestCopied: customers gave a third integrator keys that were made for another, and the third leaks. Where the venue knows
// of that, the third is named; where it does not, nobody else is named for it above the automatic margin.
func TestCopied(t *testing.T) {
	for _, known := range []bool{true, false} {
		right, undecided, runs := 0, 0, 0
		for seed := range uint64(60) {
			w := populate(seed, 8000, 40, 0)
			third := leak{Hypothesis: Hypothesis{Family: Integrator, Integrator: name(40)}}
			for i := range w.list {
				k := &w.list[i]
				own := len(k.Links) == 0 && w.rng.IntN(100) < 20
				if own || len(k.Links) > 0 && k.Links[0].Integrator == name(0) && w.rng.IntN(100) < 15 {
					third.keys = append(third.keys, i)
					if own || known {
						k.Links = append(k.Links, Link{name(40), k.Created + instruction.Day})
					}
				}
			}
			w.keys = Of(w.list)
			r := w.keys.Report(w.victims(&third, 12, 20))
			runs++
			switch {
			case r.Outcome != Named:
				undecided++
			case r.Ranked[0].Source(&third.Hypothesis):
				right++
			case known:
				t.Errorf("seed %d: %v is named by %.1f", seed, r.Ranked[0].Hypothesis, r.Margin)
			}
			if automatic(&r) && !r.Firm.Source(&third.Hypothesis) {
				t.Errorf("seed %d: the venue shuts %v by itself", seed, r.Firm.Hypothesis)
			}
		}
		t.Logf("copied, known %v: right %d, undecided %d of %d (seeds 0 to 59)", known, right, undecided, runs)
		if known && right*10 < runs*9 {
			t.Error("too few are right")
		}
	}
}

// TestSelfThieves: people who rob themselves, to have an innocent integrator shut, need as many customers as MinFirm, each with
// a key of it that is as old as Young, and uses that the venue sees; claims alone never do it, nor do young keys. With
// all of that it can be done, which is why the venue acts by itself only where an operator said so.
func TestSelfThieves(t *testing.T) {
	stage := func(w *world, n int, kind Kind, age instruction.Time) []Victim {
		var list []Victim
		for i := range n {
			at := lastDay + 40*instruction.Day
			k := Key{Name: "staged", Customer: 1_000_000 + uint64(i), Created: at - age, Links: []Link{{name(7), at - age}}}
			w.list = append(w.list, k)
			list = append(list, Victim{Key: len(w.list) - 1, Kind: kind, At: at})
		}
		w.keys = Of(w.list)
		return list
	}
	for what, c := range map[string]struct {
		n     int
		kind  Kind
		age   instruction.Time
		shuts bool
	}{
		"few":      {MinFirm - 1, Abused, 60 * instruction.Day, false},
		"claims":   {50, Claimed, 60 * instruction.Day, false},
		"young":    {50, Abused, Young - 1, false},
		"patience": {2 * MinFirm, Tombstone, Young, true},
	} {
		for seed := range uint64(10) {
			w := populate(seed, 5000, 40, 10)
			r := w.keys.Report(stage(w, c.n, c.kind, c.age))
			if got := automatic(&r); got != c.shuts {
				t.Errorf("%s, seed %d: %d staged thefts shut an innocent integrator: %v (margin %.1f, firm %.1f)", what, seed, c.n, got, r.Margin, r.FirmMargin)
			}
			if c.n >= MinFirm && r.Margin < Automatic { // people are shown it all the same
				t.Errorf("%s, seed %d: margin %.1f", what, seed, r.Margin)
			}
		}
	}
	// Among true victims, young keys neither hide the true source nor keep the venue from shutting it.
	for seed := range uint64(20) {
		w := populate(seed, 8000, 40, 0)
		l := w.leak(Hypothesis{Family: Integrator, Integrator: name(3)})
		r := w.keys.Report(append(w.victims(&l, 15, 20), stage(w, 5, Abused, 10*instruction.Day)...))
		if !automatic(&r) || !r.Firm.Source(&l.Hypothesis) || r.FirmCount > 15 {
			t.Errorf("seed %d: five staged thefts among fifteen true ones hide the true source: %v first, %v firm", seed, r.Ranked[0].Hypothesis, r.Firm)
		}
	}
}

// TestOneCustomer: whoever has fifty keys of one integrator counts as one, and one customer names nobody.
func TestOneCustomer(t *testing.T) {
	w := populate(1, 5000, 40, 0)
	var list []Victim
	for range 50 {
		w.list = append(w.list, Key{Customer: 999_999, Created: firstDay, Links: []Link{{name(5), firstDay}}})
		list = append(list, Victim{Key: len(w.list) - 1, Kind: Abused})
	}
	w.keys = Of(w.list)
	if r := w.keys.Report(list); r.Outcome == Named || math.Abs(r.Customers-1) > 1e-9 || r.Victims != 50 {
		t.Errorf("%v, %v customers, %d keys", r.Outcome, r.Customers, r.Victims)
	}
	if r := w.keys.Report(append(list, list...)); r.Victims != 50 {
		t.Errorf("told twice: %d", r.Victims)
	}
}

// TestCounts: what a candidate says of its set is what the hypothesis holds, one key at a time; and the same victims in
// another order give the same report.
func TestCounts(t *testing.T) {
	for seed := range uint64(30) {
		w := populate(seed, 3000, 12, 30)
		l := w.leaks(12)
		victims := w.victims(&l, 12, 30)
		r := w.keys.Report(victims)
		for _, c := range append(r.Ranked, r.Same...) {
			m, k := 0, 0.0
			for i := range w.list {
				if c.Holds(&w.list[i]) {
					m++
				}
			}
			for _, v := range victims {
				if c.Holds(&w.list[v.Key]) {
					k++
				}
			}
			if c.Family == AliveAt && k < c.Victims || c.Family != AliveAt && k != c.Victims || m != c.Keys {
				t.Errorf("seed %d: %v: %d keys and %v victims, where it says %d and %v", seed, c.Hypothesis, m, k, c.Keys, c.Victims)
			}
			if got := ratio(c.Victims, r.Customers, m, len(w.list)); math.Abs(got-c.Ratio) > 1e-9 || c.Score != c.Ratio-c.Penalty {
				t.Errorf("seed %d: %v: ratio %v, %v", seed, c.Hypothesis, c.Ratio, got)
			}
		}
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(victims), func(i, j int) { victims[i], victims[j] = victims[j], victims[i] })
		if again := w.keys.Report(victims); !reflect.DeepEqual(r, again) {
			t.Errorf("seed %d: another order of the same victims gives another report", seed)
		}
	}
}

// TestOtherFamilies: leaks that no integrator explains are named by what they are.
func TestOtherFamilies(t *testing.T) {
	from := firstDay + instruction.Year
	for what, h := range map[string]Hypothesis{
		"creation": {Family: Created, After: from, Before: from + 60*instruction.Day},
		"client":   {Family: Client, Client: 17},
		"oldest":   {Family: Created, Before: firstDay + 60*instruction.Day},
	} {
		right := 0
		for seed := range uint64(20) {
			w := populate(seed, 10_000, 40, 10)
			l := w.leak(h)
			r := w.keys.Report(w.victims(&l, 15, 20))
			for _, c := range append(r.Ranked[:1:1], r.Same...) { // what was created first was also what was alive early on
				if r.Outcome == Named && c.Source(&h) {
					right++
				}
			}
		}
		if t.Logf("%s: named in %d of 20 runs (seeds 0 to 19)", what, right); right < 18 {
			t.Error("too few")
		}
	}
}

// TestTwoNames: an integrator whose keys are all used from its own servers is one source by two names, no doubt between two.
func TestTwoNames(t *testing.T) {
	w := populate(2, 8000, 40, 0)
	for i := range w.list {
		if k := &w.list[i]; len(k.Links) > 0 && k.Links[0].Integrator == name(3) {
			k.Networks, k.Client = []instruction.Network{99_999}, 7777
		}
	}
	w.keys = Of(w.list)
	l := w.leak(Hypothesis{Family: Integrator, Integrator: name(3), Before: firstDay + instruction.Year})
	if r := w.keys.Report(w.victims(&l, 12, 20)); r.Outcome != Named || len(r.Same) != 2 || !automatic(&r) {
		t.Errorf("%v by %.1f, also known as %v", r.Outcome, r.Margin, r.Same)
	}
}

// BenchmarkReport is one report on 100,000 keys of 40 integrators, and 50 victims; and to make them ready before.
func BenchmarkReport(b *testing.B) {
	w := populate(1, 100_000, 40, 10)
	l := w.leaks(40)
	victims := w.victims(&l, 50, 20)
	b.Run("keys", func(b *testing.B) {
		for b.Loop() {
			Of(w.list)
		}
	})
	b.Run("report", func(b *testing.B) {
		for b.Loop() {
			w.keys.Report(victims)
		}
	})
}
