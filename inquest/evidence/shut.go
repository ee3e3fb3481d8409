package evidence

import (
	"math"

	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
)

// told is what customers are told of keys that the venue shut by itself. It names nobody: they are told by a machine.
const told = "these keys may have leaked together; the venue is looking into it"

// Shut is what the venue gives by itself of what was found, if anything: the source that is named without claims and young
// keys, by the operator's margin at least, in the newest incident that its victims are of.
func Shut(f *Found, r *cohort.Report) (*instruction.ShutCohort, bool) {
	if f.Margin == 0 || r.Firm == nil || len(f.Incidents) == 0 {
		return nil, false
	}
	margin := uint32(min(math.Floor(100*r.FirmMargin), float64(instruction.MostMargin))) // #nosec G115 -- above 0: it is named
	inside, rest, ok := Tiers(&r.Firm.Hypothesis)
	if !ok || margin < f.Margin {
		return nil, false
	}
	return &instruction.ShutCohort{
		Incident: f.Incidents[len(f.Incidents)-1], Inside: inside, Rest: rest, Margin: margin, Victims: uint32(r.FirmCount), Reason: told, // #nosec G115 -- at most the keys there are
	}, true
}
