package incident

import (
	"slices"

	"portcullis/core/instruction"
)

const (
	// MaxOpen is how many incidents can be open at once; what would open another joins the newest.
	MaxOpen = 64
	// MaxClosed is how many closed ones are kept; past it the oldest is forgotten here, and history has it.
	MaxClosed = 256
	// MaxNotes is how many records one incident notes, and MaxEach how many of one credential.
	MaxNotes = 10_000
	MaxEach  = 500
	// MaxNetworks and MaxCredentials are how many an incident names.
	MaxNetworks    = 1024
	MaxCredentials = 10_000
	// visitors is how many of those that were seen at a network before are taken in when an incident opens.
	visitors = 100
)

// Incident is what is taken for a theft.
type Incident struct {
	ID      instruction.IncidentID
	Cause   instruction.IncidentCause
	Network instruction.Network // where it opened
	Opened  instruction.Time
	Closed  instruction.Time // 0 while it is open
	Reason  string           // it was closed for

	Networks    []instruction.Network // where deleted keys were used, by when they joined
	Credentials []Concerned           // by when they joined
	Notes       uint32                // records that were noted
}

// Concerned is a credential that an incident concerns: deleted, or living and used where it was not at home.
type Concerned struct {
	Credential instruction.Credential
	Notes      uint16 // records of it that were noted
}

// Last is the last number given to an incident.
func (w *Watch) Last() instruction.IncidentID { return w.last }

// Open is how many incidents are open.
func (w *Watch) Open() int { return w.open }

// Incidents are the incidents that are kept, by ascending number. They must not be changed.
func (w *Watch) Incidents() []Incident { return w.incidents }

// Incident is the one of that number, or nil. It must not be changed.
func (w *Watch) Incident(id instruction.IncidentID) *Incident {
	i, ok := slices.BinarySearchFunc(w.incidents, id, func(x Incident, id instruction.IncidentID) int { return int(x.ID) - int(id) })
	if !ok {
		return nil
	}
	return &w.incidents[i]
}

// Concerns is the open incident that an alarm belongs to: that of the network, or else of the credential; 0 for none.
func (w *Watch) Concerns(n instruction.Network, c instruction.Credential) instruction.IncidentID {
	if p := w.place(n); p != nil && p.incident != 0 {
		return p.incident
	}
	return w.of[c]
}

// Of is the open incident that concerns the credential, or 0.
func (w *Watch) Of(c instruction.Credential) instruction.IncidentID { return w.of[c] }

// Settled is the closed incident that knew of this credential at this network, or 0.
func (w *Watch) Settled(n instruction.Network, c instruction.Credential) instruction.IncidentID {
	x := w.Incident(w.settled[n])
	if x == nil || x.concerned(c) == nil {
		return 0
	}
	return x.ID
}

func (x *Incident) concerned(c instruction.Credential) *Concerned {
	for i := range x.Credentials {
		if x.Credentials[i].Credential == c {
			return &x.Credentials[i]
		}
	}
	return nil
}

// Newest is the open incident of the highest number, or 0.
func (w *Watch) Newest() instruction.IncidentID {
	for i := len(w.incidents) - 1; i >= 0; i-- {
		if w.incidents[i].Closed == 0 {
			return w.incidents[i].ID
		}
	}
	return 0
}

// Opened takes note of an incident. It has what was used at its network so far, and who visited there.
func (w *Watch) Opened(e *instruction.IncidentOpened, at instruction.Time, now Hour) error {
	if e.ID != w.last+1 || w.open >= MaxOpen || e.Cause == 0 {
		return errIncident
	}
	w.last = e.ID
	w.open++
	w.incidents = append(w.incidents, Incident{ID: e.ID, Cause: e.Cause, Network: e.Network, Opened: at})
	x := &w.incidents[len(w.incidents)-1]
	if p := w.place(e.Network); p == nil || p.incident != 0 {
		return nil
	}
	w.join(x, e.Network)
	w.visits.at(e.Network, since(now), visitors, func(v *visit) bool {
		w.concern(x, v.Credential)
		return true
	})
	return nil
}

// join gives an incident a network with alarms that no open one has, where it has room for it, and with it the keys that were
// used there, and with them the other networks where those were used.
func (w *Watch) join(x *Incident, n instruction.Network) {
	p := w.place(n)
	if p == nil || p.incident != 0 || len(x.Networks) >= MaxNetworks {
		return
	}
	x.Networks, p.incident = append(x.Networks, n), x.ID
	w.joined++
	for _, c := range p.Keys { // nothing below moves a place
		w.concern(x, c)
	}
}

// concern gives an incident a credential that no open one has, where it has room for it; a deleted one brings the networks
// where it was used.
func (w *Watch) concern(x *Incident, c instruction.Credential) {
	if w.of[c] != 0 || len(x.Credentials) >= MaxCredentials {
		return
	}
	x.Credentials = append(x.Credentials, Concerned{Credential: c})
	w.of[c] = x.ID
	for _, n := range w.used[c] { // nothing below adds to it
		w.join(x, n)
	}
}

// Room says whether an incident takes note of one more record of the credential, at the network.
func (w *Watch) Room(id instruction.IncidentID, c instruction.Credential, n instruction.Network, act instruction.IncidentAct) bool {
	x := w.Incident(id)
	if x == nil {
		return false
	}
	if x.Closed == 0 {
		p := w.place(n)
		if w.of[c] == 0 && len(x.Credentials) < MaxCredentials || alarm(act) && p != nil && p.incident == 0 && len(x.Networks) < MaxNetworks {
			return true // it joins
		}
	}
	if x.Notes >= MaxNotes {
		return false
	}
	y := x.concerned(c)
	return y == nil || y.Notes < MaxEach
}

// alarm says whether the act spreads the incident over the network. What a living credential does must not: it is its
// owner's too, and others are at home where that one goes.
func alarm(act instruction.IncidentAct) bool {
	return act == instruction.UsedTombstone || act == instruction.UsedCanary
}

// Noted takes note of a record that belongs to an incident.
func (w *Watch) Noted(e *instruction.IncidentNoted) error {
	x := w.Incident(e.ID)
	if x == nil || e.Credential == 0 {
		return errIncident
	}
	if x.Closed == 0 {
		w.concern(x, e.Credential)
		if alarm(e.Act) {
			w.join(x, e.Network)
		}
	}
	x.Notes++
	if y := x.concerned(e.Credential); y != nil {
		y.Notes++
	}
	return nil
}

// Closed takes note that an incident is over. The alarms at its networks have been looked into, and count no more.
func (w *Watch) Closed(e *instruction.IncidentClosed, at instruction.Time) error {
	x := w.Incident(e.ID)
	if x == nil || x.Closed != 0 {
		return errIncident
	}
	x.Closed, x.Reason = at, e.Reason
	w.open--
	for _, n := range x.Networks {
		w.drop(n)
		w.settled[n] = max(w.settled[n], x.ID)
	}
	for _, c := range x.Credentials {
		delete(w.of, c.Credential)
	}
	if len(w.incidents)-w.open > MaxClosed {
		w.forgetClosed()
	}
	return nil
}

// forgetClosed drops the closed incident of the lowest number.
func (w *Watch) forgetClosed() {
	i := slices.IndexFunc(w.incidents, func(x Incident) bool { return x.Closed != 0 })
	for _, n := range w.incidents[i].Networks {
		if w.settled[n] == w.incidents[i].ID {
			delete(w.settled, n)
		}
	}
	w.incidents = slices.Delete(w.incidents, i, i+1)
}
