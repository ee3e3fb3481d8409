package backtest

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/rule"
)

// The two that are held against each other.
const (
	candidate = 0
	onRecord  = 1
)

// asked is what the record under way was asked about, and what came of it.
type asked struct {
	counts  bool
	when    instruction.When
	account instruction.Account
	fired   [2][]rule.Fired // in any mode
	says    [2]instruction.Verdict
	lost    []lost
}

// lost is what a labelled key lost by a fill.
type lost struct {
	key    *thief
	amount money.Amount
}

// reset forgets the record before. What was said then is left lying: it is of rules that fired.
func (a *asked) reset(counts bool) {
	a.counts, a.when, a.account = counts, 0, 0
	a.fired[candidate], a.fired[onRecord], a.lost = a.fired[candidate][:0], a.fired[onRecord][:0], a.lost[:0]
}

// stops says that rules that fired do not let the instruction go on.
func (a *asked) stops(side int) bool {
	return len(a.fired[side]) > 0 && a.says[side].Decision != instruction.Allow
}

// shuts says that a verdict asks for a key or an account to be shut.
func shuts(v *instruction.Verdict) bool {
	return v.Measures&(instruction.Quarantine|instruction.Lock) != 0
}

// thief is a labelled key.
type thief struct {
	judged  bool    // rules were asked about something of it
	fired   uint64  // the candidate's rules that fired on something of it, a bit each
	stops   uint64  // those that would have stopped something of it
	stopped [2]bool // by all together
}

// sides is what one of the two did to those who are no thieves.
type sides struct {
	honest map[instruction.Credential]bool // keys of which something was stopped; true: it was shut
	hits   map[instruction.Account]uint64  // instructions that were stopped
}

// ask asks the candidate about an instruction, as things stand before its record is folded.
func (r *run) ask(x *item) {
	a := &r.asked
	a.when, a.fired[candidate] = r.state.Try(&r.trial, &x.rec, x.in, a.fired[candidate])
	if a.when == 0 {
		return
	}
	c := x.rec.Principal.Credential
	a.account = r.state.Key(c).Account
	if len(a.fired[candidate]) > 0 {
		a.says[candidate] = r.state.Sentence(a.fired[candidate], c, x.rec.Kind())
	}
}

// count counts what came of it, when the record is folded and all is known that it says.
func (r *run) count(x *item) {
	a, c := &r.asked, x.rec.Principal.Credential
	*r.report.Judged.of(a.when)++
	var t *thief
	if r.thief(c, a.account, x.rec.Time) {
		*r.report.Theft.of(a.when)++
		t = r.need(c)
		t.judged = true
	}
	if len(a.fired[candidate])+len(a.fired[onRecord]) == 0 {
		return
	}
	if len(a.fired[onRecord]) > 0 {
		a.says[onRecord] = r.state.Sentence(a.fired[onRecord], c, x.rec.Kind())
	}
	r.countRules(t)
	r.countOld(t)
	r.report.Stopped.add(a.stops(candidate), a.stops(onRecord))
	for i, p := range r.packs() {
		if a.stops(i) {
			r.countStop(i, p, c, t)
		}
	}
}

// countRules counts which rules fired, on a thief's instruction or on another.
func (r *run) countRules(t *thief) {
	for i := range r.report.Rules {
		x := &r.report.Rules[i]
		named := func(f rule.Fired) bool { return f.Rule.Name == x.Name }
		fired := slices.ContainsFunc(r.asked.fired[candidate], named)
		x.Fires.add(fired, slices.ContainsFunc(r.asked.fired[onRecord], named))
		if !fired {
			continue
		}
		x.Fired.add(t)
		if t != nil {
			t.fired |= 1 << i
			if x.Response > instruction.RespondAlarm {
				t.stops |= 1 << i
			}
		}
	}
}

// countOld counts which rules fired at the time.
func (r *run) countOld(t *thief) {
	for _, f := range r.asked.fired[onRecord] {
		x := r.oldOf(f.Rule)
		if x == nil {
			continue
		}
		x.Fired.add(t)
		if f.Mode == instruction.Enforced && f.Rule.Response > instruction.RespondAlarm {
			x.Stopped++
		}
	}
}

// oldOf is what is counted of a rule on record, nil for one too many.
func (r *run) oldOf(a *rule.Active) *Old {
	i := slices.IndexFunc(r.report.Old, func(x Old) bool { return x.ID == a.ID })
	if i < 0 && len(r.report.Old) == maxOld {
		return nil
	}
	if i < 0 {
		i = len(r.report.Old)
		r.report.Old = append(r.report.Old, Old{ID: a.ID, Name: a.Name})
	}
	return &r.report.Old[i]
}

// add counts one more, on a thief's instruction or, where that is nil, on another.
func (f *Fired) add(t *thief) {
	if f.Fired++; t != nil {
		f.Caught++
	}
}

// countStop counts what one of the two stopped.
func (r *run) countStop(side int, p *Pack, c instruction.Credential, t *thief) {
	says := &r.asked.says[side]
	switch says.Decision {
	case instruction.Challenge:
		p.Challenged++
	case instruction.Hold:
		p.Held++
	default:
		p.Denied++
	}
	if t != nil {
		p.Caught++
		t.stopped[side] = true
		return
	}
	p.Honest++
	x := &r.sides[side]
	x.honest[c] = x.honest[c] || shuts(says)
	x.hits[r.asked.account]++
}

// thief says whether what a key does at a time is a thief's.
func (r *run) thief(c instruction.Credential, a instruction.Account, at instruction.Time) bool {
	if r.labels != nil {
		return r.labels.Thief(c, a, at)
	}
	return r.noted[c].thief
}

func (r *run) need(c instruction.Credential) *thief {
	t := r.thieves[c]
	if t == nil {
		t = new(thief)
		r.thieves[c] = t
	}
	return t
}
