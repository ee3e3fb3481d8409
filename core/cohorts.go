package core

import (
	"slices"

	"portcullis/core/instruction"
)

// cohorts is what the operator lets the venue shut by itself, and what it did.
type cohorts struct {
	margin uint32   // hundredths of a nat; 0: nothing
	shut   []source // by the venue itself, the oldest first
}

// source is what was shut for an incident. Windows of time do not tell sources apart.
type source struct {
	incident   instruction.IncidentID
	integrator string
	client     uint64
}

// maxSources is how many are remembered. There is one for each incident and source, so that this is years.
const maxSources = 256

// CohortMargin is from which margin on, in hundredths of a nat, the venue shuts a leak's cohort by itself; 0: never.
func (s *State) CohortMargin() uint32 { return s.cohorts.margin }

// CohortShutBefore says whether the venue has shut a source by itself, for an incident or for another that is open still. It does so
// once: only people raise what is shut, and what they raised is theirs to shut again. What was found for the one is found again for
// each that is opened beside it, so that who opens incidents, by thefts of his own, could have a source shut for ever.
func (s *State) CohortShutBefore(id instruction.IncidentID, x *instruction.Scope) bool {
	return slices.ContainsFunc(s.cohorts.shut, func(y source) bool {
		of := s.watch.Incident(y.incident)
		return y.integrator == x.Integrator && y.client == x.Client && (y.incident == id || of != nil && of.Closed == 0)
	})
}

func (s *State) setCohorts(i *instruction.SetCohorts) {
	switch {
	case i.Margin != 0 && (i.Margin < instruction.LeastMargin || i.Margin > instruction.MostMargin):
		s.refuseWhole(instruction.MarginOutOfRange)
	case i.Margin == s.cohorts.margin:
		s.refuseWhole(instruction.MarginSame)
	default:
		s.emit(&instruction.CohortsSet{Margin: i.Margin})
	}
}

func (s *State) shutCohort(p *instruction.Principal, i *instruction.ShutCohort) {
	venue := p.Giver == instruction.ByVenue
	if r := s.uncalled(i, venue); r != 0 {
		s.refuseWhole(r)
		return
	}
	e := instruction.CohortShut{Incident: i.Incident, Margin: i.Margin, Victims: i.Victims, ByVenue: venue, Inside: s.gate.LastDrop() + 1}
	s.emit(&instruction.Dropped{ID: e.Inside, Drop: instruction.Drop{Class: instruction.DropKeys, Scope: i.Inside, Reason: i.Reason}})
	if !i.Rest.Bare() {
		e.Rest = e.Inside + 1
		s.emit(&instruction.Dropped{ID: e.Rest, Drop: instruction.Drop{Class: instruction.DropStepUp, Scope: i.Rest, Reason: i.Reason}})
	}
	s.emit(&e)
}

// uncalled is why a cohort is not shut, or 0.
func (s *State) uncalled(i *instruction.ShutCohort, venue bool) instruction.Reason {
	x := s.watch.Incident(i.Incident)
	drops := 1
	if !i.Rest.Bare() {
		drops = 2
	}
	for _, scope := range [...]*instruction.Scope{&i.Inside, &i.Rest} {
		if r := s.unfit(scope, i.Reason); r != 0 {
			return r
		}
	}
	switch {
	case i.Inside.Bare():
		return instruction.CohortBare
	case (venue || i.Incident != 0) && x == nil:
		return instruction.UnknownIncident
	case x != nil && x.Closed != 0:
		return instruction.IncidentOver
	case venue && (s.cohorts.margin == 0 || i.Margin < s.cohorts.margin):
		return instruction.CohortsOff
	case venue && i.Victims < instruction.LeastVictims:
		return instruction.CohortTooFew
	case venue && s.CohortShutBefore(i.Incident, &i.Inside):
		return instruction.CohortShutBefore
	case len(s.gate.Drops())+drops > maxDrops:
		return instruction.TooMany
	}
	return 0
}

func (s *State) foldCohortShut(e *instruction.CohortShut) error {
	d := s.gate.Live(e.Inside)
	if d == nil || e.Rest != 0 && s.gate.Live(e.Rest) == nil {
		return errUnknown
	}
	if e.ByVenue {
		if len(s.cohorts.shut) >= maxSources {
			s.cohorts.shut = slices.Delete(s.cohorts.shut, 0, 1)
		}
		s.cohorts.shut = append(s.cohorts.shut, source{e.Incident, d.Scope.Integrator, d.Scope.Client})
	}
	return nil
}

// fields is the persisted form.
func (x *cohorts) fields(c *instruction.Codec) {
	instruction.Num32(c, &x.margin)
	n := c.Count(len(x.shut), maxSources)
	for i := range n {
		if c.Reading() {
			x.shut = append(x.shut, source{})
		}
		y := &x.shut[i]
		instruction.Num32(c, &y.incident)
		c.Text(&y.integrator)
		instruction.Num64(c, &y.client)
	}
}
