package incident

import (
	"slices"

	"portcullis/core/due"
	"portcullis/core/instruction"
)

const (
	// maxPlaces is how many networks with alarms are kept, beside those of open incidents; past it the one goes whose last
	// alarm is the oldest.
	maxPlaces = 1 << 14
	// maxHere is how many deleted keys and decoys are told apart at one network. Two are enough to open an incident.
	maxHere = 8
)

// place is a network where deleted keys or decoys were used.
type place struct {
	Network  instruction.Network
	First    Hour // of the alarms that it is kept for
	Last     Hour
	Keys     []instruction.Credential // used there, by first use
	Customer instruction.Account      // of the first of them; 0 where they are of several
	incident instruction.IncidentID   // the open incident that has it, 0 for none; derived
}

// Place is what is known of a network where deleted keys were used.
type Place struct {
	Since    Hour                   // when the first was used
	Keys     int                    // how many were, at most 8
	Key      instruction.Credential // the first of them
	Customer instruction.Account    // whose all of them are; 0 where they are of several, or nobody's
	Incident instruction.IncidentID // the open one that has the network; 0 for none
}

// Place is what is known of a network; ok is false where nothing is that still counts.
func (w *Watch) Place(n instruction.Network, now Hour) (p Place, ok bool) {
	x := w.place(n)
	if x == nil || x.incident == 0 && x.Last < since(now) {
		return Place{}, false
	}
	return Place{x.First, len(x.Keys), x.Keys[0], x.Customer, x.incident}, true
}

func (w *Watch) place(n instruction.Network) *place {
	if i, ok := w.at[n]; ok {
		return &w.places[i]
	}
	return nil
}

// Alarmed takes note that a deleted key, or a decoy, of the customer was used at a network; the customer of a decoy is 0.
// What a closed incident has settled counts no more.
func (w *Watch) Alarmed(e *instruction.Alarmed, customer instruction.Account, now Hour) error {
	w.forget(now)
	if e.Credential == 0 {
		return errIncident
	}
	if e.Network == 0 || w.Concerns(e.Network, e.Credential) == 0 && w.Settled(e.Network, e.Credential) != 0 {
		return nil
	}
	p := w.place(e.Network)
	if p != nil && p.incident == 0 && p.Last < since(now) { // its time is over, and its turn to go has not come
		w.drop(e.Network)
		p = nil
	}
	if p == nil {
		w.put(place{Network: e.Network, First: now, Last: now, Keys: []instruction.Credential{e.Credential}, Customer: customer})
		return nil
	}
	p.Last = now
	if !slices.Contains(p.Keys, e.Credential) {
		if len(p.Keys) < maxHere {
			p.Keys = append(p.Keys, e.Credential)
			w.usedAt(e.Credential, e.Network)
		}
		if customer != p.Customer {
			p.Customer = 0
		}
	}
	return nil
}

func (w *Watch) put(p place) {
	w.at[p.Network] = len(w.places)
	w.places = append(w.places, p)
	w.oldest.Add(due.Entry{At: instruction.Time(p.Last), ID: uint64(p.Network)})
	for _, c := range p.Keys {
		w.usedAt(c, p.Network)
	}
}

// usedAt enters a network where a key was used.
func (w *Watch) usedAt(c instruction.Credential, n instruction.Network) {
	if i, known := slices.BinarySearch(w.used[c], n); !known {
		w.used[c] = slices.Insert(w.used[c], i, n)
	}
}

// drop forgets a network.
func (w *Watch) drop(n instruction.Network) {
	i, last := w.at[n], len(w.places)-1
	if w.places[i].incident != 0 {
		w.joined--
	}
	for _, c := range w.places[i].Keys {
		x, known := slices.BinarySearch(w.used[c], n)
		if known {
			w.used[c] = slices.Delete(w.used[c], x, x+1)
		}
		if len(w.used[c]) == 0 {
			delete(w.used, c)
		}
	}
	w.places[i] = w.places[last]
	w.at[w.places[i].Network] = i
	w.places[last] = place{}
	w.places = w.places[:last]
	delete(w.at, n)
}

// forget drops networks that nothing was heard of for too long, and those that are too many.
func (w *Watch) forget(now Hour) {
	for e, ok := w.oldest.First(); ok; e, ok = w.oldest.First() {
		p := w.place(instruction.Network(e.ID))
		switch {
		case p == nil || p.incident != 0:
			w.oldest.Drop()
		case instruction.Time(p.Last) != e.At:
			w.oldest.Drop()
			w.oldest.Add(due.Entry{At: instruction.Time(p.Last), ID: e.ID})
		case p.Last < since(now), len(w.places)-w.joined > maxPlaces:
			w.oldest.Drop()
			w.drop(p.Network)
		default:
			return
		}
	}
}
