// Package finding puts a report of package cohort into words, numbers for scripts, and a picture in text.
//
// It owns nothing and decides nothing: what is named, and how surely, is in the report. A Finding carries all that its text
// is made of, so that it can be told far from where the keys are.
package finding

import (
	"math"
	"slices"
	"time"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
)

// Finding is a report as scripts get it. Times are RFC 3339; scores and margins are in nats.
type Finding struct {
	Keys        int      `json:"keys"`
	Integrators int      `json:"integrators"`
	Victims     int      `json:"victims"`             // keys that a thief used
	Customers   float64  `json:"customers"`           // to whom those belong
	Claims      int      `json:"claims"`              // of the victims, those of which only their owners say so
	Looked      int      `json:"hypotheses"`          // that were looked at
	Outcome     string   `json:"outcome"`             // NOTHING, NOT_ENOUGH, UNDECIDED or NAMED
	Margin      float64  `json:"margin"`              // of the first source over the next and over chance
	Enough      float64  `json:"margin_enough"`       // to name a source
	More        int      `json:"victims_more"`        // that would name one, as they came so far; −1: more than a hundred
	Sources     []Source `json:"sources"`             // best first
	Same        []Source `json:"same_by_other_names"` // nearly the same keys as the first
	Rival       *Source  `json:"rival,omitempty"`     // the best that is really another
	Firm        *Source  `json:"firm,omitempty"`      // what the venue could act on by itself: named without claims and young keys
	FirmMargin  float64  `json:"firm_margin,omitempty"`
	FirmCount   float64  `json:"firm_customers"`
	Rest        *Source  `json:"rest,omitempty"` // of the first source, all keys: outside its window a confirmation by the owner is enough

	Copy     Copy   `json:"one_copy"`
	Makers   []Bar  `json:"by_integrator"`          // those with most victims first
	Over     []Bar  `json:"over_time"`              // keys of the first source by when they were given to it, or created
	OverWhat string `json:"over_time_of,omitempty"` // whose keys Over has
}

// Source is one candidate.
type Source struct {
	What       string  `json:"what"`
	Family     string  `json:"family"` // INTEGRATOR, CREATED, ALIVE_AT, NETWORK or CLIENT
	Integrator string  `json:"integrator,omitempty"`
	After      string  `json:"after,omitempty"`
	Before     string  `json:"before,omitempty"`
	AliveAt    string  `json:"alive_at,omitempty"`
	Until      string  `json:"until,omitempty"`
	Network    string  `json:"network,omitempty"`
	Client     uint64  `json:"client,omitempty"`
	Keys       int     `json:"keys"`
	Living     int     `json:"living"`
	Victims    float64 `json:"customers"` // of it that were robbed
	Ratio      float64 `json:"log_likelihood_ratio"`
	Penalty    float64 `json:"scan_penalty"`
	Score      float64 `json:"score"`
}

// Copy is what the dates say of one copy of the living keys.
type Copy struct {
	Keys      int    `json:"keys"` // whose dates are known
	Possible  bool   `json:"possible"`
	From      string `json:"max_created,omitempty"`
	FromKey   string `json:"max_created_key,omitempty"`
	To        string `json:"to,omitempty"` // the oldest deletion, or the first use where that was earlier
	ToKey     string `json:"to_key,omitempty"`
	ByUse     bool   `json:"to_is_first_use,omitempty"`
	Deleted   int    `json:"deleted_keys"`
	MinDelete string `json:"min_deleted,omitempty"`
	Fewest    []Span `json:"fewest_copies"`
	Explained int    `json:"best_single_explains"`
	Best      Span   `json:"best_single"`
}

// Span is when a copy was taken: From or later, and before To where there is one.
type Span struct {
	From string `json:"from"`
	To   string `json:"to,omitempty"`
	Keys int    `json:"keys"`
}

// Bar is one bar of a picture.
type Bar struct {
	Name    string  `json:"name"`
	Keys    int     `json:"keys"`
	Victims float64 `json:"victims"`
	Inside  bool    `json:"inside,omitempty"` // the bar lies within the window of the first source, in part at least
}

const (
	// maxMakers is how many integrators are drawn, and maxMonths how many months.
	maxMakers = 12
	maxMonths = 60
	// maxCopies is how many copies are named.
	maxCopies = 10
)

// Of is what a report says of keys and victims.
func Of(k *cohort.Keys, victims []cohort.Victim, r *cohort.Report) *Finding {
	f := &Finding{
		Keys: r.Keys, Integrators: k.Integrators(), Victims: r.Victims, Customers: round(r.Customers), Looked: r.Looked, Outcome: r.Outcome.String(),
		Margin: round(r.Margin), Enough: round(cohort.Enough), More: r.More, FirmMargin: round(r.FirmMargin), FirmCount: round(r.FirmCount),
		Sources: []Source{}, Same: []Source{}, Makers: []Bar{}, Over: []Bar{},
	}
	for _, v := range victims {
		if v.Kind == cohort.Claimed {
			f.Claims++
		}
	}
	for i := range r.Ranked {
		f.Sources = append(f.Sources, source(&r.Ranked[i]))
	}
	for i := range r.Same {
		f.Same = append(f.Same, source(&r.Same[i]))
	}
	if r.Rival != nil {
		f.Rival = new(source(r.Rival))
	}
	if r.Firm != nil {
		f.Firm = new(source(r.Firm))
	}
	f.rest(k, r)
	f.Copy = copyOf(k, &r.Snapshot)
	f.Makers = makers(k, victims)
	f.over(k, victims, r)
	return f
}

// rest is the first source without its window.
func (f *Finding) rest(k *cohort.Keys, r *cohort.Report) {
	if len(r.Ranked) == 0 {
		return
	}
	h, ok := r.Ranked[0].Rest()
	if !ok {
		return
	}
	c := cohort.Candidate{Hypothesis: h}
	for i := range k.Len() {
		if x := k.Key(i); h.Holds(x) {
			c.Keys++
			if x.Deleted == 0 {
				c.Living++
			}
		}
	}
	f.Rest = new(source(&c))
}

func source(c *cohort.Candidate) Source {
	s := Source{
		What: c.String(), Family: c.Family.String(), Integrator: c.Integrator, After: date(c.After), Before: date(c.Before), AliveAt: date(c.AliveAt), Until: date(c.Until),
		Client: c.Client, Keys: c.Keys, Living: c.Living, Victims: round(c.Victims), Ratio: round(c.Ratio), Penalty: round(c.Penalty), Score: round(c.Score),
	}
	if c.Network != 0 {
		s.Network = c.Network.String()
	}
	return s
}

func copyOf(k *cohort.Keys, r *cohort.Inference) Copy {
	c := Copy{Keys: r.Keys, Possible: r.Possible, From: date(r.From), To: date(r.To), ByUse: r.ByUse, Deleted: r.Deleted, MinDelete: date(r.OldestDeleted),
		Fewest: []Span{}, Explained: r.Explained, Best: span(r.Best)}
	if r.Newest >= 0 {
		c.FromKey = k.Key(r.Newest).Name
	}
	if r.Earliest >= 0 {
		c.ToKey = k.Key(r.Earliest).Name
	}
	for _, x := range r.Copies[:min(len(r.Copies), maxCopies)] {
		c.Fewest = append(c.Fewest, span(x))
	}
	return c
}

func span(c cohort.Copy) Span { return Span{date(c.From), date(c.To), c.Keys} }

// makers are the integrators with the most victims, and those without any.
func makers(k *cohort.Keys, victims []cohort.Victim) []Bar {
	places := map[string]int{}
	bars := []Bar{}
	bar := func(name string) *Bar {
		i, ok := places[name]
		if !ok {
			i = len(bars)
			places[name] = i
			bars = append(bars, Bar{Name: name})
		}
		return &bars[i]
	}
	each := func(x *cohort.Key, do func(*Bar)) {
		for _, l := range x.Links {
			do(bar(l.Integrator))
		}
		if len(x.Links) == 0 {
			do(bar(""))
		}
	}
	for i := range k.Len() {
		each(k.Key(i), func(b *Bar) { b.Keys++ })
	}
	for _, v := range victims {
		each(k.Key(v.Key), func(b *Bar) { b.Victims++ })
	}
	slices.SortStableFunc(bars, func(a, b Bar) int {
		switch {
		case a.Victims != b.Victims:
			return int(b.Victims - a.Victims)
		case a.Keys != b.Keys:
			return b.Keys - a.Keys
		case a.Name < b.Name:
			return -1
		}
		return 1
	})
	return bars[:min(len(bars), maxMakers)]
}

// over draws the first source's keys by month.
func (f *Finding) over(k *cohort.Keys, victims []cohort.Victim, r *cohort.Report) {
	h := cohort.Hypothesis{Family: cohort.Created}
	if len(r.Ranked) > 0 {
		h = r.Ranked[0].Hypothesis
	}
	when := func(x *cohort.Key) instruction.Time { return x.Created }
	f.OverWhat = "all keys, by creation"
	if h.Family == cohort.Integrator {
		f.OverWhat = "keys given to " + h.Integrator + ", by when"
		when = func(x *cohort.Key) instruction.Time {
			for _, l := range x.Links {
				if l.Integrator == h.Integrator {
					return l.At
				}
			}
			return 0
		}
	}
	var months []Bar
	place := map[string]int{}
	first, last := time.Time{}, time.Time{}
	for i := range k.Len() {
		if t := when(k.Key(i)); t != 0 {
			if x := t.Std(); first.IsZero() || x.Before(first) {
				first = x
			}
			if x := t.Std(); x.After(last) {
				last = x
			}
		}
	}
	if first.IsZero() {
		return
	}
	for x := month(first); !x.After(last); x = x.AddDate(0, 1, 0) {
		from, to := instruction.TimeOf(x), instruction.TimeOf(x.AddDate(0, 1, 0))
		place[x.Format("2006-01")] = len(months)
		months = append(months, Bar{Name: x.Format("2006-01"), Inside: h.Windowed() && to > h.After && (h.Before == 0 || from < h.Before)})
	}
	for i := range k.Len() {
		if t := when(k.Key(i)); t != 0 {
			months[place[t.Std().Format("2006-01")]].Keys++
		}
	}
	for _, v := range victims {
		if t := when(k.Key(v.Key)); t != 0 {
			months[place[t.Std().Format("2006-01")]].Victims++
		}
	}
	f.Over = months[max(len(months)-maxMonths, 0):]
}

func month(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) }

func date(t instruction.Time) string {
	if t == 0 {
		return ""
	}
	return t.Std().Format(time.RFC3339)
}

// round leaves two digits behind the point: what is behind them is no knowledge.
func round(x float64) float64 { return math.Round(100*x) / 100 }
