// Package evidence is what a venue's own state says of stolen keys: all keys there are, and those that thieves used, as
// package cohort asks for them.
//
// It owns nothing and changes nothing. A victim is a key that an open incident concerns and that is deleted, is a decoy, or
// is in quarantine. A living key that is none of those may be its owner's own use, and counts for nothing.
// What a venue's state does not keep, with which program a key is used, is not there.
package evidence

import (
	"fmt"
	"slices"

	"portcullis/core"
	"portcullis/core/incident"
	"portcullis/core/instruction"
	"portcullis/inquest/cohort"
)

// page is how many keys are looked at in one go: nobody waits for more than that.
const page = 20_000

// Found is what a state says.
type Found struct {
	Keys      []cohort.Key // by credential, from 1 on
	Victims   []cohort.Victim
	Incidents []instruction.IncidentID // those open that the victims are of
	Now       instruction.Time
	Margin    uint32 // from which on the venue acts by itself, in hundredths of a nat; 0: never
}

// Of gathers what a state says of one incident, or of all that are open where it is 0. read shows the state, once for each
// page of keys, and fails where there is none any more.
func Of(read func(func(*core.State)) error, id instruction.IncidentID) (*Found, error) {
	f := new(Found)
	for next, last := instruction.Credential(1), instruction.Credential(1); next <= last; {
		if err := read(func(st *core.State) {
			last = st.Keys()
			if f.Keys == nil {
				f.Keys = make([]cohort.Key, 0, last)
			}
			for until := min(last, next+page-1); next <= until; next++ {
				f.Keys = append(f.Keys, key(st, next))
			}
			if next > last {
				f.finish(st, id)
			}
		}); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// key is one key. Where its customer's keys are used from is his; an incident's networks are taken out at the end.
func key(st *core.State, c instruction.Credential) cohort.Key {
	k := st.Key(c)
	x := cohort.Key{Name: fmt.Sprint("key ", c), Customer: uint64(st.Customer(k.Account)), Created: k.Created, Deleted: k.Revoked}
	if k.Canary { // nobody's, and each by itself
		x.Customer = 0
	}
	if name := k.Integrator(); name != "" {
		x.Links = []cohort.Link{{Integrator: name, At: k.Created}}
	}
	for _, h := range st.Homes(st.Customer(k.Account)) {
		x.Networks = append(x.Networks, h.Network)
	}
	return x
}

// finish finds the victims.
func (f *Found) finish(st *core.State, id instruction.IncidentID) {
	f.Now, f.Margin = st.Clock().Now, st.CohortMargin()
	var strange []instruction.Network
	for i := range st.Incidents() {
		x := &st.Incidents()[i]
		if id == 0 && x.Closed != 0 || id != 0 && x.ID != id {
			continue
		}
		before := len(f.Victims)
		for _, c := range x.Credentials {
			if v, ok := victim(st, x, c.Credential); ok && int(v.Key) < len(f.Keys) {
				f.Victims = append(f.Victims, v)
			}
		}
		if len(f.Victims) > before {
			f.Incidents = append(f.Incidents, x.ID)
		}
		strange = append(strange, x.Networks...)
	}
	if len(strange) == 0 {
		return
	}
	slices.Sort(strange)
	for i := range f.Keys {
		f.Keys[i].Networks = slices.DeleteFunc(f.Keys[i].Networks, func(n instruction.Network) bool {
			_, is := slices.BinarySearch(strange, n)
			return is
		})
	}
}

// victim is what an incident says of a key that it concerns.
func victim(st *core.State, x *incident.Incident, c instruction.Credential) (cohort.Victim, bool) {
	k := st.Key(c)
	v := cohort.Victim{Key: int(c) - 1, At: x.Opened}
	switch {
	case k.Canary, k.Revoked != 0 && k.Revoked <= x.Opened:
		v.Kind = cohort.Tombstone
	case k.Revoked != 0: // it was used after that, or its owner deleted it for what it had done
		v.Kind, v.At = cohort.Abused, k.Revoked
	case k.Quarantine != 0:
		v.Kind = cohort.Abused
		v.At = max(v.At, k.Shut+st.Clock().Now-st.Clock().Waits()) // when it was shut, by the calendar
	default:
		return v, false
	}
	return v, true
}

// Changed says by a number whether a state may have other victims than before: it is another whenever something was noted in
// an open incident, or one was opened or closed.
func Changed(st *core.State) (mark uint64) {
	for i := range st.Incidents() {
		if x := &st.Incidents()[i]; x.Closed == 0 {
			mark = mark*1_000_003 + uint64(x.ID)<<40 + uint64(len(x.Credentials))<<20 + uint64(x.Notes)
		}
	}
	return mark
}

// Tiers are the scopes of the drops that shut a candidate: all that its keys may do, and, where its source has more keys than
// the window, those until they are confirmed. ok is false where no drop says what it says, as for keys that are used with a
// client: that is known of requests, and not of keys.
func Tiers(h *cohort.Hypothesis) (inside, rest instruction.Scope, ok bool) {
	inside = instruction.Scope{Integrator: h.Integrator, After: h.After, Before: h.Before, AliveAt: h.AliveAt, Client: h.Client}
	if p := h.Network.Prefix(); p.IsValid() {
		inside.Networks = append(inside.Networks, p)
	}
	if r, more := h.Rest(); more {
		rest.Integrator = r.Integrator
	}
	return inside, rest, h.Family == cohort.Integrator || h.Family == cohort.Created || h.Family == cohort.AliveAt
}
