package backtest

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// most is how many accounts are named that were hit most.
const most = 10

// known takes over the keys that incidents of a snapshot had noted, as if their records had been read.
func (r *run) known() {
	for _, x := range r.state.Incidents() {
		for _, c := range x.Credentials {
			k := r.state.Key(c.Credential)
			restored := k.Quarantine == 0 && k.Incident == x.ID
			if c.Notes > 0 && x.Cause != instruction.RuleIncident && x.Cause != instruction.Shortage && !restored {
				r.noted.add(c.Credential, x.ID)
			}
		}
	}
}

// lose adds up what labelled keys lost in the record under way. What had stopped something of a key by then would have prevented it.
func (r *run) lose() {
	for _, l := range r.asked.lost {
		add := func(s *Sum) { s.Amount = s.Amount.AddSaturated(l.amount) }
		add(&r.report.Lost)
		for i := range r.report.Rules {
			if l.key.stops>>i&1 == 1 {
				add(&r.report.Rules[i].Prevented)
			}
		}
		for i, p := range r.packs() {
			if l.key.stopped[i] {
				add(&p.Prevented)
			}
		}
	}
}

func (r *run) packs() [2]*Pack { return [2]*Pack{&r.report.Candidate, &r.report.Record} }

// end is the report.
func (r *run) end() *Report {
	x := &r.report
	switch {
	case r.labels != nil:
		x.Labels = "file"
	case len(r.thieves) > 0:
		x.Labels = "incidents"
	default:
		x.Labels = "none"
	}
	r.endThieves()
	for i := range x.Rules {
		u := &x.Rules[i]
		u.Judged, u.Theft = *x.Judged.of(u.When), *x.Theft.of(u.When)
		u.Measure = measure(u.Fired.Fired, u.Caught, u.Judged, u.Theft)
	}
	for i := range x.Old {
		u := &x.Old[i]
		u.Precision = part(u.Caught, u.Fired.Fired, 1)
	}
	for i, p := range r.packs() {
		r.endPack(p, &r.sides[i])
	}
	r.units()
	return x
}

// endThieves counts labelled keys, and those of which something was met.
func (r *run) endThieves() {
	for _, t := range r.thieves { // sums: in any order
		if t.judged {
			r.report.Keys++
		}
		for i := range r.report.Rules {
			r.report.Rules[i].Keys += t.fired >> i & 1
		}
		for i, p := range r.packs() {
			if t.stopped[i] {
				p.Keys++
			}
		}
	}
}

func (r *run) endPack(p *Pack, s *sides) {
	p.Measure = measure(p.Stopped(), p.Caught, r.report.Judged.All(), r.report.Theft.All())
	p.HonestKeys = uint64(len(s.honest))
	for _, shut := range s.honest {
		if shut {
			p.Shut++
		}
	}
	p.Most = []Hit{}
	for a, n := range s.hits {
		p.Most = append(p.Most, Hit{a, n})
	}
	slices.SortFunc(p.Most, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(b.Stopped, a.Stopped), cmp.Compare(a.Account, b.Account))
	})
	p.Most = p.Most[:min(len(p.Most), most)]
}

// units says of which asset amounts are.
func (r *run) units() {
	scale := money.Scale(0)
	if a := r.state.Asset(r.state.Valuation()); a != nil {
		r.report.Asset, scale = a.Symbol, a.Scale
	}
	r.report.Lost.Scale = scale
	for i := range r.report.Rules {
		r.report.Rules[i].Prevented.Scale = scale
	}
	for _, p := range r.packs() {
		p.Prevented.Scale = scale
	}
}
