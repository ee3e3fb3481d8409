package cohort

import (
	"math"
	"slices"

	"portcullis/core/instruction"
)

// Enough is the margin by which a source is named to people: odds of twenty to one.
var Enough = math.Log(20)

// Automatic is the margin by which a venue may be let to act by itself: a thousand to one.
var Automatic = math.Log(1000)

const (
	// MinFirm is how many customers must have been robbed, by what was seen and not by what they say, before a venue acts by
	// itself: two or three can be one person with as many accounts.
	MinFirm = instruction.LeastVictims
	// Young is how old a key must have been when it was seen to be abused, to count for that. Whoever wants an innocent
	// integrator shut has to have waited that long with keys of it.
	Young = 30 * instruction.Day
	// Most is how many candidates a report lists.
	Most = 10
	// alike is how much of two sets must be common, of all that is in either, to be one source by two names.
	alike = 0.8
	// honest is the share of victims that a true source is expected to explain.
	honest = 0.8
	// maxMore is how many victims more are thought of.
	maxMore = 100
)

// Outcome is what can be said.
type Outcome uint8

const (
	Nothing   Outcome = 1 // the victims have nothing in common that chance does not explain
	NotEnough Outcome = 2 // there may be something, with fewer odds than Enough against chance
	Undecided Outcome = 3 // there is something, and another source explains it nearly as well
	Named     Outcome = 4 // the first candidate is the source, by more than Enough
)

var outcomeNames = [...]string{"", "NOTHING", "NOT_ENOUGH", "UNDECIDED", "NAMED"}

func (x Outcome) String() string { return outcomeNames[min(int(x), len(outcomeNames)-1)] }

// MarshalText is String.
func (x Outcome) MarshalText() ([]byte, error) { return []byte(x.String()), nil }

// Report is what the victims have in common.
type Report struct {
	Keys      int     // that there are
	Victims   int     // keys among them that were used by a thief
	Customers float64 // to whom those belong
	Looked    int     // hypotheses that were looked at

	Outcome Outcome
	Ranked  []Candidate // the best of each source, best first
	Same    []Candidate // the first of them by other names: nearly the same keys
	Rival   *Candidate  // the best of those that are really another source; nil where there is none
	Margin  float64     // of the first over the rival, and over chance, in nats
	More    int         // victims more, as they came so far, that name a source; 0 where one is named; −1: more than a hundred

	// What a venue may act on by itself: what is named without claims and without young keys, by MinFirm customers at least.
	Firm       *Candidate // nil where nothing is
	FirmMargin float64    // its margin
	FirmCount  float64    // customers that are left

	Snapshot Inference // of the keys that the first candidate explains, or of all where none is named
}

// Report ranks what may have leaked the victims' keys.
func (k *Keys) Report(victims []Victim) Report {
	r := k.rank(victims)
	var firm []Victim
	for _, v := range victims {
		if k.firm(v) {
			firm = append(firm, v)
		}
	}
	f := r
	if len(firm) < len(victims) {
		f = k.rank(firm)
	}
	r.FirmCount = f.Customers
	if f.Outcome == Named && f.Customers >= MinFirm {
		r.Firm, r.FirmMargin = &f.Ranked[0], f.Margin
	}
	r.Snapshot = k.Snapshot(k.explained(&r, victims))
	return r
}

// firm says whether a venue may act by itself on a victim.
func (k *Keys) firm(v Victim) bool {
	x := &k.list[v.Key]
	since := x.Created
	for _, l := range x.Links {
		since = max(since, l.At)
	}
	return v.Kind != Claimed && (v.At == 0 || since+Young <= v.At)
}

// explained are the victims in the first candidate where it is named, else all.
func (k *Keys) explained(r *Report, victims []Victim) []Victim {
	if r.Outcome != Named || r.Ranked[0].Family == AliveAt {
		return victims
	}
	h := r.Ranked[0].Hypothesis
	h.After, h.Before = 0, 0
	if h.Family == Created {
		h = r.Ranked[0].Hypothesis
	}
	var list []Victim
	for _, v := range victims {
		if h.Holds(&k.list[v.Key]) {
			list = append(list, v)
		}
	}
	return list
}

func (k *Keys) rank(victims []Victim) Report {
	s := scan{keys: k}
	s.victims, s.n = k.weigh(victims)
	r := Report{Keys: len(k.list), Victims: len(s.victims), Customers: s.n}
	if len(s.victims) > 0 {
		s.integrators()
		s.created()
		s.copies()
		s.places()
	}
	r.Looked = s.looked
	slices.SortFunc(s.found, func(a, b Candidate) int { return better(&a, &b) })
	for i := range s.found {
		c := &s.found[i]
		switch {
		case i == 0:
		case len(r.Same) < Most && i <= 2*Most && k.same(&s.found[0], c):
			r.Same = append(r.Same, *c)
			continue
		case r.Rival == nil:
			r.Rival = c
		}
		if len(r.Ranked) < Most {
			r.Ranked = append(r.Ranked, *c)
		}
	}
	if len(r.Ranked) > 0 {
		r.Margin = margin(r.Ranked[0].Score, r.Rival)
	}
	r.Outcome = outcome(&r)
	for i := range r.Ranked {
		r.Ranked[i].Living = k.living(&r.Ranked[i].Hypothesis)
	}
	if r.Outcome != Named {
		r.More = k.more(&r)
	}
	return r
}

func margin(score float64, rival *Candidate) float64 {
	if rival == nil {
		return score
	}
	return min(score, score-rival.Score)
}

func outcome(r *Report) Outcome {
	score := 0.0
	if len(r.Ranked) > 0 {
		score = r.Ranked[0].Score
	}
	switch {
	case r.Margin >= Enough:
		return Named
	case score >= Enough:
		return Undecided
	case score > 0 || r.Customers < MinFirm:
		return NotEnough
	}
	return Nothing
}

// same says whether two candidates are one source by two names: as they are, or with all keys of an integrator whatever the
// window. Two integrators are always two.
func (k *Keys) same(a, b *Candidate) bool {
	if a.Family == Integrator && b.Family == Integrator {
		return false
	}
	if k.much(&a.Hypothesis, &b.Hypothesis) {
		return true
	}
	one, other := a.whole(), b.whole()
	return (a.Windowed() || b.Windowed()) && k.much(&one, &other)
}

// much says whether two sets have nearly the same keys.
func (k *Keys) much(a, b *Hypothesis) bool {
	both, either := 0, 0
	for i := range k.list {
		x, y := a.Holds(&k.list[i]), b.Holds(&k.list[i])
		if x && y {
			both++
		}
		if x || y {
			either++
		}
	}
	return either > 0 && float64(both) >= alike*float64(either)
}

func (k *Keys) living(h *Hypothesis) (n int) {
	for i := range k.list {
		if x := &k.list[i]; x.Deleted == 0 && h.Holds(x) {
			n++
		}
	}
	return n
}

// more is how many victims more would name a source, if of those to come four in five are of the first candidate, or of an
// integrator of middling size where there is none yet; −1 where not even a hundred would: two sets are too much alike.
func (k *Keys) more(r *Report) int {
	first := Candidate{Keys: len(k.list) / max(len(k.makers), 1), Penalty: math.Log(families * float64(max(len(k.makers), 1)))}
	if len(r.Ranked) > 0 && r.Ranked[0].Score > 0 {
		first = r.Ranked[0]
	}
	common := 0.0 // share of the first's keys that are the rival's too
	if r.Rival != nil && first.Family != 0 {
		n := 0
		for i := range k.list {
			if first.Holds(&k.list[i]) && r.Rival.Holds(&k.list[i]) {
				n++
			}
		}
		common = float64(n) / float64(max(first.Keys, 1))
	}
	for x := 1; x <= maxMore; x++ {
		of, n := honest*float64(x), r.Customers+float64(x)
		next := first
		next.Score = ratio(first.Victims+of, n, first.Keys, len(k.list)) - first.Penalty
		var rival *Candidate
		if r.Rival != nil && first.Family != 0 {
			y := *r.Rival
			k := y.Victims + of*common + (float64(x)-of)*float64(y.Keys)/float64(r.Keys)
			y.Score = ratio(k, n, y.Keys, r.Keys) - y.Penalty
			rival = &y
		}
		if margin(next.Score, rival) >= Enough {
			return x
		}
	}
	return -1
}
