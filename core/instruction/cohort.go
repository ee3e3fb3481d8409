package instruction

// SetCohorts says, by the operator, from which margin on the venue shuts a leak's cohort by itself.
type SetCohorts struct {
	Margin uint32 // hundredths of a nat over any other explanation: 691 is 1,000 to 1. LeastMargin to MostMargin; 0: never by itself
}

const (
	// LeastMargin is odds of about 20 to 1, by which a source is named to people at all.
	LeastMargin uint32 = 300
	// MostMargin is further than any margin gets.
	MostMargin uint32 = 100_000
	// LeastVictims is how many customers must have been robbed before the venue shuts anything by itself: two or three can be
	// one person with as many accounts.
	LeastVictims = 5
)

// ShutCohort shuts a leak's cohort at once, in two tiers: all that the keys inside may do but reading and cancelling, until
// the operator raises it; and the rest of the source's keys, until their owners confirm each. By the operator's word, or by
// the venue itself where its margin is what SetCohorts asks for; the venue does so once for each incident and source.
type ShutCohort struct {
	Incident IncidentID // it belongs to, open; 0 for none, by the operator's word
	Inside   Scope      // of a drop of keys; it names something
	Rest     Scope      // of a drop until confirmed; where it names nothing there is none
	Margin   uint32     // of the source over any other explanation, in hundredths of a nat; 0 where a person decided
	Victims  uint32     // customers that were robbed
	Reason   string     // for customers; at most 200 bytes
}

// CohortsSet follows SetCohorts.
type CohortsSet struct {
	Margin uint32
}

// CohortShut follows ShutCohort, and both drops that it made.
type CohortShut struct {
	Incident IncidentID
	Inside   DropID
	Rest     DropID // 0 for none
	Margin   uint32
	Victims  uint32
	ByVenue  bool
}

func (*SetCohorts) Kind() Kind           { return KindSetCohorts }
func (*ShutCohort) Kind() Kind           { return KindShutCohort }
func (*CohortsSet) EventKind() EventKind { return KindCohortsSet }
func (*CohortShut) EventKind() EventKind { return KindCohortShut }

func (i *SetCohorts) fields(c *Codec) { Num32(c, &i.Margin) }

func (i *ShutCohort) fields(c *Codec) {
	Num32(c, &i.Incident)
	i.Inside.fields(c)
	i.Rest.fields(c)
	Num32(c, &i.Margin)
	Num32(c, &i.Victims)
	c.Text(&i.Reason)
}

func (e *CohortsSet) fields(c *Codec) { Num32(c, &e.Margin) }

func (e *CohortShut) fields(c *Codec) {
	Num32(c, &e.Incident)
	Num32(c, &e.Inside)
	Num32(c, &e.Rest)
	Num32(c, &e.Margin)
	Num32(c, &e.Victims)
	c.Bool(&e.ByVenue)
}
