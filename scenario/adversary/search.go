package adversary

import (
	"context"
	"fmt"
	"math/rand/v2"

	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// Options of a search.
type Options struct {
	Tier    floor.Tier
	Fees    floor.Fees
	Budgets bool // without, the venue has no budgets, so that it can be seen what the thief is able to
	Seed    uint64
	Tries   int                              // how many plans; the search also ends with its context
	Short   bool                             // only plans of a few days, of which there is time for many
	Say     func(format string, args ...any) // told whenever a plan is better than all before; nil for nobody
}

// Break is something that did not hold.
type Break struct {
	Try  int    `json:"try"`
	Seed uint64 `json:"seed"` // of the try
	Plan Plan   `json:"plan"`
	What string `json:"what"`
}

// Result of a search.
type Result struct {
	Tier    floor.Tier `json:"tier"`
	Fees    floor.Fees `json:"fees"`
	Budgets bool       `json:"budgets"`
	Seed    uint64     `json:"seed"`
	Tries   int        `json:"tries"`
	Steps   int        `json:"instructions"`

	Limits  Limits  `json:"limits"`
	Worst   Score   `json:"worst"`  // each share the worst of any plan; the other numbers are the best plan's
	Best    Score   `json:"best"`   // of the plan that strained the limits most
	Strain  float64 `json:"strain"` // of the best plan: the greatest share as a part of its limit
	Plan    Plan    `json:"plan"`
	TrySeed uint64  `json:"try_seed"`
	Breaks  []Break `json:"breaks"`
}

// Depth is what makers quote within 5 basis points of the middle of a liquid market: as much as the victim has.
const Depth money.Amount = Equity + Equity/10

// elite is how many plans a search goes on from.
const elite = 8

type ranked struct {
	plan  Plan
	merit int64
}

// set sets the stage of all tries.
func (o *Options) set() (*stage, error) {
	s, err := set(floor.Options{Tier: o.Tier, Fees: o.Fees, Budgets: o.Budgets, Depth: Depth, Seed: o.Seed})
	if err == nil && o.Short {
		s.steps = fewSteps
	}
	return s, err
}

// Search tries plan after plan.
func Search(ctx context.Context, o Options) (*Result, error) {
	s, err := o.set()
	if err != nil {
		return nil, err
	}
	r := rand.New(rand.NewPCG(o.Seed, uint64(o.Tier)<<8|uint64(o.Fees)))
	d := drawer{r: r, tier: o.Tier, short: o.Short}
	res := &Result{Tier: o.Tier, Fees: o.Fees, Budgets: o.Budgets, Seed: o.Seed, Limits: limits(o.Tier)}
	var best []ranked
	known := opening(o.Tier)
	r.Shuffle(len(known)-1, func(i, k int) { known[i+1], known[k+1] = known[k+1], known[i+1] }) // what takes everything comes first
	for ; res.Tries < o.Tries && ctx.Err() == nil; res.Tries++ {
		var p Plan
		switch {
		case res.Tries < len(known):
			p = known[res.Tries]
			if o.Short {
				p.Span = min(p.Span, 50*hour)
			}
		case len(best) == 0 || r.IntN(3) == 0:
			p = d.plan()
		default:
			p = d.change(&best[r.IntN(len(best))].plan, &best[r.IntN(len(best))].plan)
		}
		seed := r.Uint64()
		score, broken, err := s.try(&p, seed, nil)
		res.Steps += score.steps
		if err != nil {
			broken = append(broken, err.Error())
		}
		res.count(&p, seed, score, broken, o.Say)
		best = rank(best, ranked{p, score.strain(&res.Limits)})
	}
	return res, nil
}

// count adds a try to the result.
func (res *Result) count(p *Plan, seed uint64, s Score, broken []string, say func(string, ...any)) {
	w := &res.Worst
	strain := s.strain(&res.Limits)
	if strain > 1_000_000 {
		broken = append(broken, fmt.Sprintf("lost %v ppm in 24 h, %v between confirmations, %v in 30 days; the limits are %v, %v, %v",
			s.Day, s.Confirmed, s.Month, res.Limits.Day, res.Limits.Confirmed, res.Limits.Month))
	}
	for _, what := range broken {
		if res.Budgets && len(res.Breaks) < 100 {
			res.Breaks = append(res.Breaks, Break{res.Tries, seed, *p, what})
		}
	}
	better := float64(strain)/1e6 > res.Strain
	if better {
		res.Strain, res.Plan, res.TrySeed, res.Best = float64(strain)/1e6, *p, seed, s
	}
	w.Day, w.Confirmed, w.Month, w.All = max(w.Day, s.Day), max(w.Confirmed, s.Confirmed), max(w.Month, s.Month), max(w.All, s.All)
	if say != nil && (better || len(broken) > 0) {
		say("try %d: %.3f of its limit (24 h %.3f%%, between confirmations %.3f%%, 30 days %.3f%%, all %.3f%%; helpers lost %s to the honest; %d trades): %v",
			res.Tries, float64(strain)/1e6, percent(s.Day), percent(s.Confirmed), percent(s.Month), percent(s.All), usdt(s.Cost), s.Trades, p)
		for _, b := range broken {
			say("BROKEN: %s", b)
		}
	}
}

func percent(p money.PPM) float64 { return float64(p) / 10_000 }

// rank keeps the best few, best first.
func rank(list []ranked, x ranked) []ranked {
	i := 0
	for i < len(list) && list[i].merit >= x.merit {
		i++
	}
	list = append(list[:i], append([]ranked{x}, list[i:]...)...)
	return list[:min(len(list), elite)]
}

// Replay carries out one plan of a search again, and tells each instruction.
func Replay(o Options, p *Plan, trySeed uint64, say func(string)) (Score, []string, error) {
	s, err := o.set()
	if err != nil {
		return Score{}, nil, err
	}
	return s.try(p, trySeed, say)
}
