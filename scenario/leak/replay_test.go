package leak

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// run replays and is the transcript.
func run(t *testing.T, o Options) (Result, []string) {
	t.Helper()
	var lines []string
	o.Say = func(l string) { lines = append(lines, l) }
	r, err := Cohort2022(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r, lines
}

// TestCohort2022: with thefts of other kinds among them the platform is named, and shut by the venue itself; most of what
// leaked is shut or waits for its owners, nearly nothing of anybody else's, and nothing gets through after that but what
// nobody knew was there.
func TestCohort2022(t *testing.T) {
	for seed := range uint64(3) {
		r, lines := run(t, Options{Seed: seed, Keys: 6_000})
		t.Logf("seed %d: %+v", seed, r)
		if r.FirstAt == 0 || r.FirstAt > 12 || r.NamedAt == 0 || r.NamedAt > 15 || r.ShutAt == 0 || r.ShutAt > 20 || r.WrongShut != 0 {
			t.Errorf("seed %d: first at %d, named at %d, shut at %d; another %d times named and %d shut", seed, r.FirstAt, r.NamedAt, r.ShutAt, r.WrongNamed, r.WrongShut)
		}
		if r.CohortShut+r.CohortAsked < 0.7 || r.OthersShut > 0.01 || r.Staged == 0 || r.Victims < 30 || r.After == 0 {
			t.Errorf("seed %d: %+v", seed, r)
		}
		if !slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, "the venue shuts keys given to 3commas") }) {
			t.Errorf("seed %d: the transcript does not tell of the shutting:\n%s", seed, strings.Join(lines, "\n"))
		}
	}
}

// TestSameAgain: the same options give the same transcript and result; without a margin nothing is shut, and the same is named.
func TestSameAgain(t *testing.T) {
	a, said := run(t, Options{Seed: 7, Keys: 6_000})
	b, again := run(t, Options{Seed: 7, Keys: 6_000})
	if a != b || !slices.Equal(said, again) {
		t.Error("the same seed gives another replay")
	}
	never, _ := run(t, Options{Seed: 7, Keys: 6_000, Margin: -1})
	if never.ShutAt != 0 || never.CohortShut != 0 || never.OthersShut != 0 || never.NamedAt != a.NamedAt || never.Through < a.Through {
		t.Errorf("%+v", never)
	}
	for _, bad := range []Options{{Keys: 10}, {Platforms: 3}, {Margin: 2000}} {
		if _, err := Cohort2022(context.Background(), bad); err == nil {
			t.Errorf("%+v was replayed", bad)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Cohort2022(ctx, Options{Keys: 6_000}); err == nil {
		t.Error("it goes on when it should stop")
	}
}
