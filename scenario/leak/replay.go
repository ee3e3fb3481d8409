package leak

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/netip"
	"time"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
	"portcullis/inquest/evidence"
	"portcullis/scenario/house"
)

// Options of a replay.
type Options struct {
	Seed      uint64
	Keys      int               // MinKeys to MaxKeys; 0 for 100,000
	Platforms int               // 0 for 40, else 10 to 100
	Margin    float64           // from which on the venue acts by itself, in nats; 0 for ln 1000, below 0 for never
	Say       func(line string) // told the transcript, line by line; nil for nobody
}

// Bounds of the number of keys.
const (
	MinKeys = 5_000
	MaxKeys = 300_000
)

// Result is what came of it.
type Result struct {
	Seed      uint64  `json:"seed"`
	Keys      int     `json:"keys"`
	Platforms int     `json:"platforms"`
	Leaked    int     `json:"leaked_living"` // living keys that the platform gave away, those pasted there from others too
	Margin    float64 `json:"automatic_margin"`

	FirstAt     int     `json:"first_at_victim"`    // from this victim on the true source came first, to the end; 0: never
	NamedAt     int     `json:"named_at_victim"`    // at which it was named to people
	ShutAt      int     `json:"shut_at_victim"`     // at which the venue shut it by itself
	ShutMargin  float64 `json:"shut_margin"`        // with which margin
	WrongNamed  int     `json:"wrongly_named"`      // times that another source was named
	WrongShut   int     `json:"wrongly_shut"`       // times that another was shut
	Victims     int     `json:"victims"`            // noticed
	Thefts      int     `json:"thefts"`             // tried by the thief with keys of the leak
	Through     int     `json:"thefts_let_through"` // whose order was taken up
	After       int     `json:"thefts_after_shut"`  // tried after the source was shut
	AfterLet    int     `json:"let_through_after"`  // of them
	Staged      int     `json:"staged"`             // by people who robbed themselves
	CohortShut  float64 `json:"share_cohort_shut"`  // of the leaked living keys
	CohortAsked float64 `json:"share_cohort_asked"` // that wait for their owners' confirmation
	OthersShut  float64 `json:"share_others_shut"`  // of all other living keys
	OthersAsked float64 `json:"share_others_asked"`
}

// replay is one under way.
type replay struct {
	o Options
	world
	house  *house.Venue
	used   []bool
	tried  map[netip.Addr]bool
	tale   house.Transcript
	result Result
}

func (x *replay) name(what string, i int) string { return fmt.Sprint(what, i) }

func (x *replay) tell(format string, args ...any) { x.tale.Tell(x.house.Time, format, args...) }

func newReplay(o Options) (*replay, error) {
	if o.Keys == 0 {
		o.Keys = 100_000
	}
	if o.Platforms == 0 {
		o.Platforms = 40
	}
	if o.Margin == 0 {
		o.Margin = cohort.Automatic
	}
	if o.Keys < MinKeys || o.Keys > MaxKeys || o.Platforms < 10 || o.Platforms > 100 || o.Margin > 1000 {
		return nil, fmt.Errorf("leak: %d keys of %d platforms, a margin of %v; there must be %d to %d of 10 to 100, and at most 1000", o.Keys, o.Platforms, o.Margin, MinKeys, MaxKeys)
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
	x := &replay{o: o, tried: map[netip.Addr]bool{}, tale: house.Transcript{Say: o.Say, Zone: time.UTC}}
	x.rng = rand.New(rand.NewPCG(20221014, o.Seed))
	x.house = house.New(house.On, begin)
	x.result = Result{Seed: o.Seed, Keys: o.Keys, Platforms: o.Platforms, Margin: max(o.Margin, 0)}
	return x, nil
}

// Cohort2022 replays the naming and shutting of the source.
func Cohort2022(ctx context.Context, o Options) (Result, error) {
	x, err := newReplay(o)
	if err != nil {
		return Result{}, err
	}
	x.tale.Phase(fmt.Sprintf("%d keys of %d platforms; %s's store was copied on 20 September", x.o.Keys, x.o.Platforms, platform))
	x.populate()
	x.used = make([]bool, len(x.keys))
	for i := range x.keys {
		if x.keys[i].leaked && !x.keys[i].gone {
			x.result.Leaked++
		}
	}
	if x.o.Margin > 0 {
		x.house.Operate(&instruction.SetCohorts{Margin: uint32(math.Floor(100 * x.o.Margin))}) // #nosec G115 -- at most 100,000
		x.tell("the operator lets the venue shut a source by itself from a margin of %.2f nats on", x.o.Margin)
	}
	x.tale.Phase("The waves")
	for _, t := range x.plan() {
		if err := ctx.Err(); err != nil {
			return x.result, err
		}
		x.house.Pass(t.at)
		x.happens(&t)
		if err := x.house.Err(); err != nil {
			return x.result, err
		}
	}
	x.count()
	x.summary()
	return x.result, x.house.Err()
}

// happens has one theft happen, and the venue think about it.
func (x *replay) happens(t *theft) {
	shut, let := x.result.ShutAt != 0, x.result.Through
	i, noticed := x.commit(t)
	if t.kind == byThief && shut {
		x.result.After++
		x.result.AfterLet += x.result.Through - let
	}
	k := x.house.State.Key(instruction.Credential(i + 1)) // #nosec G115 -- a hundred thousand
	if !noticed {
		x.tell("%s uses key %d, given to %s: the venue sees nothing in it", kindNames[t.kind], i+1, k.Integrator())
		return
	}
	x.result.Victims++
	x.think(fmt.Sprintf("victim %d: %s uses key %d, given to %s", x.result.Victims, kindNames[t.kind], i+1, k.Integrator()))
}

// think works out what the venue knows, as a live one does when an incident has something new, and acts on it.
func (x *replay) think(what string) {
	f, err := evidence.Of(x.house.Read, 0)
	if err != nil {
		return
	}
	r := cohort.Of(f.Keys).Report(f.Victims)
	x.tell("%s; %s", what, said(&r))
	x.note(&r)
	in, ok := evidence.Shut(f, &r)
	if !ok || x.house.State.CohortShutBefore(in.Incident, &in.Inside) || x.shutHas(&in.Inside) {
		return
	}
	a := x.house.Give(&instruction.Principal{Giver: instruction.ByVenue}, in)
	x.tell("the venue shuts %v by itself, by a margin of %.2f with %.0f customers robbed: %s", r.Firm, r.FirmMargin, r.FirmCount, x.tale.Outcome(&a))
	switch {
	case !a.Did():
	case in.Inside.Integrator != platform:
		x.result.WrongShut++
	case x.result.ShutAt == 0:
		x.result.ShutAt, x.result.ShutMargin = x.result.Victims, math.Round(100*r.FirmMargin)/100
	}
}

// shutHas says whether a source is shut already, for another incident.
func (x *replay) shutHas(s *instruction.Scope) bool {
	for _, d := range x.house.State.Drops() {
		if d.Class == instruction.DropKeys && d.Scope.Integrator == s.Integrator && d.Scope.Integrator != "" {
			return true
		}
	}
	return false
}

// note keeps from when on the source came first, was named, and what was named wrongly.
func (x *replay) note(r *cohort.Report) {
	right := len(r.Ranked) > 0 && r.Ranked[0].Family == cohort.Integrator && r.Ranked[0].Integrator == platform
	switch {
	case !right:
		x.result.FirstAt = 0
	case x.result.FirstAt == 0:
		x.result.FirstAt = x.result.Victims
	}
	if r.Outcome == cohort.Named && right && x.result.NamedAt == 0 {
		x.result.NamedAt = x.result.Victims
	}
	if r.Outcome == cohort.Named && !right {
		x.result.WrongNamed++
	}
}

// said is a report in a line.
func said(r *cohort.Report) string {
	if len(r.Ranked) == 0 || r.Ranked[0].Score <= 0 {
		return fmt.Sprintf("%v", r.Outcome)
	}
	return fmt.Sprintf("%v, margin %.1f: %v", r.Outcome, r.Margin, r.Ranked[0].Hypothesis)
}

// count counts which living keys are shut, and which wait for their owners.
func (x *replay) count() {
	var cohortAll, cohortShut, cohortAsked, all, shut, asked int
	for i := range x.keys {
		c := instruction.Credential(i + 1) // #nosec G115 -- a hundred thousand
		k := x.house.State.Key(c)
		if k.Revoked != 0 {
			continue
		}
		v := x.house.State.Dropped(house.By(c, netip.Addr{}), instruction.DropTrading, 0)
		isShut, isAsked := v.Reason() == instruction.KeysDropped, v.Reason() == instruction.StepUpAsked
		n, s, a := &all, &shut, &asked
		if x.keys[i].leaked {
			n, s, a = &cohortAll, &cohortShut, &cohortAsked
		}
		*n++
		if isShut {
			*s++
		} else if isAsked {
			*a++
		}
	}
	share := func(n, of int) float64 { return math.Round(1e4*float64(n)/float64(max(of, 1))) / 1e4 }
	r := &x.result
	r.CohortShut, r.CohortAsked, r.OthersShut, r.OthersAsked = share(cohortShut, cohortAll), share(cohortAsked, cohortAll), share(shut, all), share(asked, all)
}

func (x *replay) summary() {
	r := &x.result
	percent := func(s float64) string { return fmt.Sprintf("%.2f%%", 100*s) }
	at := func(n int) string {
		if n == 0 {
			return "never"
		}
		return fmt.Sprint("victim ", n)
	}
	x.tale.Phase("What came of it")
	for _, l := range []struct{ what, value string }{
		{"the true source comes first from", at(r.FirstAt)}, {"it is named to people at", at(r.NamedAt)}, {"the venue shuts it by itself at", at(r.ShutAt)},
		{"another source is named / shut", fmt.Sprint(r.WrongNamed, " / ", r.WrongShut)},
		{"living keys that leaked", fmt.Sprint(r.Leaked)}, {"of them shut", percent(r.CohortShut)}, {"of them waiting for their owners", percent(r.CohortAsked)},
		{"of all other living keys shut", percent(r.OthersShut)}, {"of all others waiting for their owners", percent(r.OthersAsked)},
		{"thefts tried / let through", fmt.Sprint(r.Thefts, " / ", r.Through)}, {"after the source was shut", fmt.Sprint(r.After, " / ", r.AfterLet)},
		{"people who robbed themselves", fmt.Sprint(r.Staged)},
	} {
		x.o.Say(fmt.Sprintf("%-42s %14s", l.what, l.value))
	}
}
