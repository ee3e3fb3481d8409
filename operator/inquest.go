package operator

import (
	"fmt"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/inquest/cohort"
	"portcullis/inquest/evidence"
	"portcullis/inquest/finding"
)

func (s *Server) showCohort(_ *caller, in *AskCohort) (r CohortShown, bad *problem) {
	id := instruction.IncidentID(in.Incident)
	if id != 0 {
		known := false
		if bad = s.read(func(st *core.State) { known = st.Incident(id) != nil }); bad != nil {
			return r, bad
		}
		if !known {
			return r, wrong(instruction.UnknownIncident.String(), "There is no incident %d that is kept; portcullis incident list shows those that are.", in.Incident)
		}
	}
	found, err := evidence.Of(s.cfg.Engine.Read, id)
	if err != nil {
		return r, s.failed(err)
	}
	keys := cohort.Of(found.Keys)
	report := keys.Report(found.Victims)
	r = CohortShown{Finding: finding.Of(keys, found.Victims, &report), Incidents: []uint32{}, Next: []Advice{}}
	for _, x := range found.Incidents {
		r.Incidents = append(r.Incidents, uint32(x))
	}
	if found.Margin != 0 {
		r.Automatic = money.Amount(found.Margin).Text(2)
	}
	if len(report.Ranked) > 0 && (report.Outcome == cohort.Named || report.Outcome == cohort.Undecided) {
		r.Next = append(r.Next, shutting(&report.Ranked[0].Hypothesis, id))
	}
	return r, nil
}

// shutting is the command that shuts a source.
func shutting(h *cohort.Hypothesis, id instruction.IncidentID) Advice {
	line := "portcullis inquest shut"
	add := func(flag, value string) {
		if value != "" {
			line += " " + flag + " " + value
		}
	}
	when := func(t instruction.Time) string {
		if t == 0 {
			return ""
		}
		return t.Std().Format(time.RFC3339Nano)
	}
	if h.Integrator != "" {
		add("--integrator", quoted(h.Integrator))
	}
	add("--created-after", when(h.After))
	add("--created-before", when(h.Before))
	add("--alive-at", when(h.AliveAt))
	if h.Network != 0 {
		add("--network", h.Network.String())
	}
	why := "shuts these keys, until you raise it"
	if _, rest := h.Rest(); rest {
		line += " --confirm-rest"
		why += "; the rest of this third party's keys reads and cancels until their owners confirm each"
	}
	if id != 0 {
		add("--incident", fmt.Sprint(id))
	}
	return Advice{Command: line + " " + reason, Why: why}
}

func (s *Server) shutCohort(c *caller, in *ShutCohort) (r CohortOutcome, bad *problem) {
	i := instruction.ShutCohort{Incident: instruction.IncidentID(in.Incident), Reason: in.Reason}
	if i.Inside, bad = s.scope(&in.Scope); bad != nil {
		return r, bad
	}
	if in.Rest {
		if i.Rest.Integrator = i.Inside.Integrator; i.Rest.Integrator == "" {
			return r, wrong("malformed-command", "The rest is an integrator's: name the integrator.")
		}
	}
	r.Outcome, bad = s.do(c, &i, func(e instruction.Event) {
		if e, ok := e.(*instruction.CohortShut); ok {
			r.Inside, r.Rest = uint32(e.Inside), uint32(e.Rest)
		}
	})
	if bad == nil {
		r.Reach = s.reach(&i.Inside)
	}
	return r, bad
}

func (s *Server) setAutomatic(c *caller, in *SetAutomatic) (Outcome, *problem) {
	i := instruction.SetCohorts{}
	if in.Margin != "off" {
		n, err := money.Parse(in.Margin, 2)
		if err != nil || n <= 0 || n > money.Amount(instruction.MostMargin) {
			return Outcome{}, wrong(instruction.MarginOutOfRange.String(), "%q is no margin: write nats, such as 6.91, which is odds of 1,000 to 1, from 3 to 1000; or off.", in.Margin)
		}
		i.Margin = uint32(n) // #nosec G115 -- just bounded
	}
	return s.do(c, &i, nil)
}
