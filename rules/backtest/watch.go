package backtest

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/rule"
)

// maxOld is how many rules on record are told apart; packs may have changed often.
const maxOld = 1024

// watch sees the events of records while they are folded.
type watch run

// Before implements core.Observer.
func (w *watch) Before(*core.State, *instruction.Record, instruction.Event) {}

// After implements core.Observer.
func (w *watch) After(s *core.State, r *instruction.Record, e instruction.Event) {
	switch x := e.(type) {
	case *instruction.Filled:
		w.filled(s, x, r.Time)
	case *instruction.IncidentNoted:
		if i := s.Incident(x.ID); i != nil && i.Cause != instruction.RuleIncident && i.Cause != instruction.Shortage {
			w.noted.add(x.Credential, x.ID)
		}
	case *instruction.KeyRestored:
		w.noted.restored(x.Credential, newest(s))
	case *instruction.RuleFired:
		if a := s.Rules().Rule(x.Rule); a != nil {
			w.asked.fired[onRecord] = append(w.asked.fired[onRecord], rule.Fired{Rule: a, Mode: x.Mode})
		}
	}
}

// newest is the incident that opened last.
func newest(s *core.State) instruction.IncidentID {
	if list := s.Incidents(); len(list) > 0 {
		return list[len(list)-1].ID
	}
	return 0
}

// filled notes what labelled keys lose by a fill.
func (w *watch) filled(s *core.State, e *instruction.Filled, at instruction.Time) {
	if !w.asked.counts || w.labels == nil && len(w.noted) == 0 {
		return
	}
	for _, x := range s.Slipped(e) {
		if r := (*run)(w); x.Lost > 0 && r.thief(x.Credential, x.Account, at) {
			w.asked.lost = append(w.asked.lost, lost{r.need(x.Credential), money.Amount(x.Lost)})
		}
	}
}
