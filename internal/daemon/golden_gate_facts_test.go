package daemon

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
)

// gateFacts are what came with layout version 4.
type gateFacts struct {
	Pack     string   `json:"pack"`
	Rules    []string `json:"rules"`
	Before   []string `json:"rules_before"`
	Waiting  []string `json:"proposals"`
	Snoozes  []string `json:"snoozes"`
	Margin   uint32   `json:"cohort_margin"`
	Drops    []string `json:"drops"`
	Proceeds []string `json:"proceeds"`
	Lost     []string `json:"lost"`
	Features []string `json:"features"`
}

// gateOf is nil where a state has no rules, which layout version 4 brought.
func gateOf(s *core.State) *gateFacts {
	r := s.Rules()
	if r.Pack() == 0 {
		return nil
	}
	f := gateFacts{Pack: fmt.Sprint(r.Pack(), r.LastProposal()), Margin: s.CohortMargin(), Features: featureFacts(s)}
	for i := range r.Active() {
		a := &r.Active()[i]
		f.Rules = append(f.Rules, fmt.Sprint(a.ID, " ", ruleFacts(&a.Rule), " fired", a.Fired, " of ", r.Judged(a)))
	}
	for _, x := range r.Before() {
		f.Before = append(f.Before, ruleFacts(&x))
	}
	for _, w := range r.Waiting() {
		text := fmt.Sprint(w.ID, w.Operator, int64(w.Due), " ", w.Reason, snoozeFacts(w.Snooze))
		for i := range w.Rules {
			text += " " + ruleFacts(&w.Rules[i])
		}
		f.Waiting = append(f.Waiting, text)
	}
	operators, owners := r.Snoozes()
	for _, x := range append(operators[:len(operators):len(operators)], owners...) {
		f.Snoozes = append(f.Snoozes, snoozeFacts(x))
	}
	for _, d := range s.Drops() {
		x := &d.Scope
		f.Drops = append(f.Drops, fmt.Sprint(d.ID, int64(x.After), int64(x.AliveAt), x.Client, int64(d.Waits), s.CohortShutBefore(2, x)))
	}
	for _, h := range s.Proceeds() {
		f.Proceeds = append(f.Proceeds, fmt.Sprint(h.ID, h.Customer, h.Credential, h.Incident, h.Market, h.Of, h.Gain, h.Missing,
			int64(h.Since), int64(h.Until), h.Kept, h.Closed, h.Indirect, h.Appeals, " ", h.Appeal, h.Parts))
	}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		for _, m := range s.Markets() {
			if lost, unnamed := s.Lost(c, m.ID); lost+unnamed != 0 {
				f.Lost = append(f.Lost, fmt.Sprint(c, m.ID, lost, unnamed))
			}
		}
	}
	return &f
}

func ruleFacts(r *instruction.Rule) string {
	text := fmt.Sprintf("%s %q %q", r.Name, r.Catches, r.Condition) + fmt.Sprint(" ", r.When, r.Severity, r.Response, r.Measures, r.Shadow)
	for _, o := range r.Program {
		text += fmt.Sprint(" ", o.Do, o.To, o.Value)
	}
	return text
}

func snoozeFacts(x instruction.Snooze) string {
	return fmt.Sprint(" ", uint32(x.Rule), uint32(x.Account), uint32(x.Credential), int64(x.Until))
}

// featureFacts are what is remembered of each key, its account and the third party that it was made for; what is 0 is left out. What
// rules make of a request is none of it: that may become another with the same data.
func featureFacts(s *core.State) (list []string) {
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		v := s.Values(&instruction.Principal{Giver: instruction.ByCredential, Credential: c}, nil)
		text := fmt.Sprint(c)
		for _, x := range instruction.Features() {
			if n := v.Value(x); n != 0 {
				text += fmt.Sprint(" ", x, "=", n)
			}
		}
		list = append(list, text)
	}
	return list
}
