package incident

import "portcullis/core/instruction"

const (
	maxVisits = 1 << 18 // past it the oldest are forgotten, before their time
	// maxAlike is how far back a visit is looked for that says the same.
	maxAlike = 8
)

// visit is that a living credential was used at a network where its customer is not at home.
type visit struct {
	Network    instruction.Network
	Credential instruction.Credential
	At         Hour
	before     uint64 // the visit before it at the network, by its number; 0 for none
}

// visits are the newest visits, in a ring. A visit's number is that of its entry, from 1 on.
type visits struct {
	ring []visit
	next uint64                         // the number that the next one gets
	last map[instruction.Network]uint64 // the newest at each network
}

func newVisits() visits { return visits{next: 1, last: map[instruction.Network]uint64{}} }

// get is the visit of that number, or nil where it is forgotten.
func (v *visits) get(n uint64) *visit {
	if n == 0 || n >= v.next || n+uint64(len(v.ring)) < v.next {
		return nil
	}
	return &v.ring[n%maxVisits]
}

func (v *visits) add(x visit) {
	if v.next == 1 {
		v.ring = append(v.ring, visit{}) // number 0 is of none
	}
	n := v.next
	switch old := v.get(n - maxVisits); {
	case len(v.ring) < maxVisits:
		v.ring = append(v.ring, visit{})
	case old != nil && v.last[old.Network] == n-maxVisits:
		delete(v.last, old.Network)
	}
	x.before = v.last[x.Network]
	v.ring[n%maxVisits], v.last[x.Network], v.next = x, n, n+1
}

// at shows the visits of a network since a time, the newest first, until yield says no.
func (v *visits) at(n instruction.Network, since Hour, most int, yield func(*visit) bool) {
	for i, x := 0, v.get(v.last[n]); x != nil && i < most; i, x = i+1, v.get(x.before) {
		if x.At < since || !yield(x) {
			return
		}
	}
}

// visit takes note that a customer is somewhere else than at home, unless its owner has said that it may be.
func (w *Watch) visit(u *Use, now Hour) {
	if u.Listed {
		return
	}
	same := false
	w.visits.at(u.Network, now-min(now, day), maxAlike, func(x *visit) bool {
		same = x.Credential == u.Credential
		return !same
	})
	if !same {
		w.visits.add(visit{Network: u.Network, Credential: u.Credential, At: now})
	}
}

// Visited says whether a living credential was used within the window at the network, where its customer was not at home.
func (w *Watch) Visited(n instruction.Network, now Hour) bool {
	found := false
	w.visits.at(n, since(now), 1, func(*visit) bool {
		found = true
		return false
	})
	return found
}

func since(now Hour) Hour { return now - min(now, Window) }
