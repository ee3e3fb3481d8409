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
	return w.homes.of(customer)
}

// homes are those of all customers. Most have one, which lies where it is looked for.
type homes struct {
	pages []*[homePage]Home // by customer: the only one
	more  map[instruction.Account][]Home
}

const homePage = 512

// several stands where the homes of a customer are in more.
var several = Home{First: 1}

func (x *homes) of(customer instruction.Account) []Home {
	if int(customer/homePage) >= len(x.pages) || x.pages[customer/homePage] == nil {
		return nil
	}
	i := customer % homePage
	switch page := x.pages[customer/homePage]; page[i] {
	case Home{}:
		return nil
	case several:
		return x.more[customer]
	default:
		return page[i : i+1 : i+1]
	}
}

// keep has a customer's homes be these, of which there is one at least.
func (x *homes) keep(customer instruction.Account, list []Home) {
	n := int(customer / homePage)
	for n >= len(x.pages) {
		x.pages = append(x.pages, nil)
	}
	if x.pages[n] == nil {
		x.pages[n] = new([homePage]Home)
	}
	if len(list) == 1 {
		x.pages[n][customer%homePage] = list[0]
		return
	}
	if x.more == nil {
		x.more = map[instruction.Account][]Home{}
	}
	x.pages[n][customer%homePage], x.more[customer] = several, list
}

// end is past the last customer that has any.
func (x *homes) end() instruction.Account {
	for n := len(x.pages) - 1; n >= 0; n-- {
		for i := homePage - 1; i >= 0 && x.pages[n] != nil; i-- {
			if x.pages[n][i] != (Home{}) {
				return instruction.Account(n*homePage + i + 1) // #nosec G115 -- core bounds accounts far below 2^32
			}
		}
	}
	return 0
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
	if len(list) > MaxHomes {
		list = slices.Delete(list, leaving(list, now), leaving(list, now)+1)
	}
	w.homes.keep(u.Customer, append(list, h))
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
