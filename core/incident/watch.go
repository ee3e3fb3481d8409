// Package incident keeps what tells a theft from a customer at work: where each customer is at home, where deleted keys and
// decoys were used, who visited there, and the incidents that follow from that.
//
// It owns these lists, knows what a network saw and never what a key may do: what comes of it is the gate's to judge and
// package core's to carry out. It refuses events that do not fit. Everything in it is bounded: homes by customer, alarms and
// visits by their number and age, incidents by number and by what each may name; what goes first is said at each bound.
//
// All times that something rests on are of the clock of waits, in whole hours, so that no jump of a clock makes a home or
// ends a window. What it says is a fold of events and of instructions that were allowed; the indexes beside its lists are
// derived, and rebuilt when it is read back. One goroutine uses a Watch at a time.
package incident

import (
	"errors"

	"portcullis/core/due"
	"portcullis/core/instruction"
)

// Hour is a time of the clock of waits in whole hours.
type Hour uint32

const (
	day = 24
	// Window is how long a use of a deleted key, and a visit, speak for an incident.
	Window Hour = 30 * day
)

// HourOf is the hour of a time of the clock of waits.
func HourOf(waits instruction.Time) Hour {
	return Hour(max(waits, 0) / (instruction.Day / day)) // #nosec G115 -- hours since 1970 fit for half a million years
}

// errIncident means that an event speaks of an incident or an alarm that does not fit.
var errIncident = errors.New("incident: an event that does not fit")

// Watch is all that is watched. The zero Watch is not ready; see New.
type Watch struct {
	homes  homes
	visits visits

	places []place                                          // in no order
	at     map[instruction.Network]int                      // of places, derived
	used   map[instruction.Credential][]instruction.Network // places of each key, ascending, derived
	joined int                                              // of places: those of an open incident, derived
	oldest due.Queue                                        // of places that no open incident has joined, by when they were last used, derived

	last      instruction.IncidentID
	incidents []Incident                                        // by ascending number; of the closed ones the newest
	open      int                                               // of incidents, derived
	of        map[instruction.Credential]instruction.IncidentID // the open incident that concerns it, derived
	settled   map[instruction.Network]instruction.IncidentID    // the newest closed incident that has it, derived
}

// New is a watch that has seen nothing.
func New() *Watch {
	return &Watch{
		at: map[instruction.Network]int{}, used: map[instruction.Credential][]instruction.Network{}, of: map[instruction.Credential]instruction.IncidentID{},
		settled: map[instruction.Network]instruction.IncidentID{}, visits: newVisits(),
	}
}

// Calm says that no deleted key was used anywhere of late and no incident is open: then nobody is suspect.
func (w *Watch) Calm() bool { return len(w.places) == 0 && w.open == 0 }
