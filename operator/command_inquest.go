package operator

import "portcullis/inquest/finding"

// AskCohort asks what stolen keys have in common.
type AskCohort struct {
	Incident uint32 `json:"incident"` // 0: all that are open
}

// CohortShown answers AskCohort.
type CohortShown struct {
	*finding.Finding
	Incidents []uint32 `json:"incidents"`           // that the victims are of
	Automatic string   `json:"automatic,omitempty"` // margin in nats from which on the venue shuts a source by itself; empty: never
	Next      []Advice `json:"next"`
}

// ShutCohort shuts keys in two tiers: those in the scope, and, where Rest is set, the integrator's others until their owners
// confirm each.
type ShutCohort struct {
	Incident uint32 `json:"incident"` // it belongs to; 0: none
	Scope    Scope  `json:"scope"`
	Rest     bool   `json:"rest"`
	Reason   string `json:"reason"` // for customers; at most 200 bytes
}

// CohortOutcome answers ShutCohort.
type CohortOutcome struct {
	Outcome
	Inside uint32 `json:"inside"`         // the drop of keys
	Rest   uint32 `json:"rest,omitempty"` // the drop until confirmed
	Reach  *Reach `json:"reach,omitempty"`
}

// SetAutomatic says from which margin on the venue shuts a source by itself.
type SetAutomatic struct {
	Margin string `json:"margin"` // in nats, two digits behind the point at most; "off": never
}
