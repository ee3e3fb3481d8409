package archive

import (
	"context"

	"portcullis/core/instruction"
)

// Sighting is what was seen of a credential at a network in one day, in UTC.
type Sighting struct {
	Network    instruction.Network
	Credential instruction.Credential
	Act        instruction.IncidentAct // UsedLive: it was used for reading; UsedTombstone: it was deleted, or is a decoy
	Seq        uint64                  // of the first record
	First      instruction.Time
	Last       instruction.Time
	Times      int
}

func (s *Sighting) fields() []any {
	return []any{&s.Network, &s.Credential, &s.Act, &s.Seq, &s.First, &s.Last, &s.Times}
}

// seen adds a use to those of its day.
func (w *writer) seen(r *instruction.Record, c instruction.Credential, n instruction.Network, act instruction.IncidentAct) error {
	return w.exec(addSighting, int64(n), int64(r.Time/instruction.Day), int64(c), int64(act), int64(r.Seq), int64(r.Time)) // #nosec G115 -- a network's kind is below 8, and records are counted from 1
}

const sightingsQuery = "SELECT network, credential, act, first_seq, first, last, times FROM sightings" +
	" WHERE network = ?1 AND day BETWEEN ?2 AND ?3 AND first <= ?4 ORDER BY day DESC, credential DESC, act DESC LIMIT ?5"

// Sightings are what was seen at a network between two moments, the newest days first, at most limit.
func (a *Archive) Sightings(ctx context.Context, n instruction.Network, from, to instruction.Time, limit int) (rows []Sighting, err error) {
	err = a.look(ctx, func(q query) error {
		rows, err = list(q, (*Sighting).fields, sightingsQuery, int64(n), int64(from/instruction.Day), int64(to/instruction.Day), int64(to), limit) // #nosec G115 -- see seen
		return err
	})
	return rows, err
}

// Noted is one record of an incident.
type Noted struct {
	Seq        uint64
	Time       instruction.Time
	Credential instruction.Credential
	Network    instruction.Network
	Act        instruction.IncidentAct
	Kind       instruction.Kind
	Decision   instruction.Decision
	Reason     instruction.Reason
}

func (n *Noted) fields() []any {
	return []any{&n.Seq, &n.Time, &n.Credential, &n.Network, &n.Act, &n.Kind, &n.Decision, &n.Reason}
}

const timelineQuery = "SELECT seq, time, credential, network, act, kind, decision, reason FROM incident_records" +
	" WHERE incident = ?1 AND seq BETWEEN ?2 AND 9223372036854775807 ORDER BY seq LIMIT ?3"

// Timeline is what an incident noted, from a record on, at most limit records.
func (a *Archive) Timeline(ctx context.Context, id instruction.IncidentID, from uint64, limit int) (rows []Noted, err error) {
	err = a.look(ctx, func(q query) error {
		rows, err = list(q, (*Noted).fields, timelineQuery, int64(id), int64(min(from, 1<<62)), limit) // #nosec G115 -- cut to fit
		return err
	})
	return rows, err
}
