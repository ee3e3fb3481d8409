package incident

import (
	"slices"

	"portcullis/core/instruction"
)

const (
	// MaxHomes is how many homes of one customer no newcomer pushes out. There is room for one network more.
	MaxHomes = 8
	// settling is how long a network is known before it is a home.
	settling Hour = day
	// away is how long a home stays one that nobody is seen at.
	away Hour = 90 * day
)

// Home is a network from which a customer's credentials are used.
type Home struct {
	Network instruction.Network
	First   Hour // when it was first seen; 0 for the customer's first network, which is a home from the beginning
	Last    Hour // when it was last seen
}

// settledBy says that the network was known for long enough at that time.
func (h *Home) settledBy(t Hour) bool { return h.First == 0 || h.First+settling <= t }

// Use is what matters of a credential that is used.
type Use struct {
	Customer   instruction.Account
	Credential instruction.Credential
	Network    instruction.Network
	Legacy     bool // it was brought from elsewhere: the first network that it is seen at may be anybody's
	Listed     bool // its owner has named the networks that it comes from
	Shut       bool // it is in quarantine: it makes no homes
}

// Homes are the customer's networks, homes or about to be. They must not be changed.
func (w *Watch) Homes(customer instruction.Account) []Home {
	if int64(customer) < int64(len(w.homes)) {
		return w.homes[customer]
	}
	return nil
}

// Home says whether the customer is at home at the network now, and had been by the time of asOf. Who was never seen
// anywhere is at home wherever it is first seen, unless by a legacy credential.
func (w *Watch) Home(u *Use, asOf, now Hour) bool {
	list := w.Homes(u.Customer)
	for i := range list {
		if h := &list[i]; h.Network == u.Network {
			return h.Last+away >= now && h.settledBy(asOf)
		}
	}
	return len(list) == 0 && !u.Legacy && !u.Shut
}

// Seen takes note of a use that was allowed, or of a reading one that is proven.
func (w *Watch) Seen(u *Use, now Hour) {
	list := w.Homes(u.Customer)
	for i := range list {
		if h := &list[i]; h.Network == u.Network {
			if h.Last != now && (!u.Shut || h.settledBy(now)) {
				w.again(u, h, now)
			}
			return
		}
	}
	if u.Network != 0 && u.Customer != 0 && !u.Shut {
		w.newcomer(u, list, now)
	}
}

// again notes that the customer is seen again at a network; after too long a time it is as new as any.
func (w *Watch) again(u *Use, h *Home, now Hour) {
	if h.Last+away < now {
		h.First = now
		w.visit(u, now)
	}
	h.Last = now
}

// newcomer adds a network to a customer's. Where there is no room it takes the place of the one that was not seen for
// longest, of those that are not homes yet where there are any.
func (w *Watch) newcomer(u *Use, list []Home, now Hour) {
	h := Home{Network: u.Network, First: now, Last: now}
	if len(list) == 0 && !u.Legacy {
		h.First = 0
	} else {
		w.visit(u, now)
	}
	if int64(u.Customer) >= int64(len(w.homes)) {
		w.homes = append(w.homes, make([][]Home, int(u.Customer)+1-len(w.homes))...)
	}
	if len(list) > MaxHomes {
		list = slices.Delete(list, leaving(list, now), leaving(list, now)+1)
	}
	w.homes[u.Customer] = append(list, h)
}

// leaving is which of the networks goes.
func leaving(list []Home, now Hour) (at int) {
	kept := func(h *Home) bool { return h.settledBy(now) && h.Last+away >= now }
	for i := range list {
		h, least := &list[i], &list[at]
		if kept(h) == kept(least) && h.Last < least.Last || !kept(h) && kept(least) {
			at = i
		}
	}
	return at
}
