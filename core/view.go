package core

import (
	"portcullis/core/gate"
	"portcullis/core/instruction"
)

// view is what the gate sees of the state: a gate.Venue.
type view struct {
	s      *State
	reader bool // several look at once, outside any record: nothing may be noted
}

func (x view) Standing(c instruction.Credential) gate.Standing {
	k := x.s.keys.Key(c)
	if k == nil {
		return gate.Standing{}
	}
	st := gate.Standing{
		Known: true, Revoked: k.Revoked, Canary: k.Canary, Mandate: k.Terms(), Expires: k.Expires, Network: k.Network(),
		Legacy: k.Legacy, HMAC: k.Scheme == instruction.HMAC, Account: k.Account, Integrator: k.Integrator(), Created: k.Created, Renewed: k.Renewed,
		Quarantine: k.Quarantine, Locked: x.s.lockOf(k.Account),
	}
	if k.Legacy { // these lie apart, and most keys have neither
		st.Imported = k.Imported
	}
	if k.Quarantine != 0 {
		st.Incident = k.Incident
	}
	return st
}

func (x view) Matter(id instruction.MatterID) instruction.Account {
	if m := x.s.owner.Matter(id); m != nil {
		return m.Account
	}
	return 0
}

func (x view) Gainer(id instruction.ProceedsID) instruction.Account {
	if h := x.s.proceeds.Hold(id); h != nil {
		return h.Customer
	}
	return 0
}

func (x view) Withdrawal(a instruction.Account, i *instruction.Withdraw) gate.Outgoing {
	o := x.s.owner
	out := gate.Outgoing{
		Known:  x.s.payouts.Named(a, &i.Client) != nil,
		Listed: o.Listed(a, i.Asset, &i.To),
		Wait:   o.Wait(x.s.Customer(a)),
	}
	if m := o.Matter(o.Awaited(a, i.Asset, &i.To)); m != nil {
		out.Due = m.Due
	}
	return out
}

func (x view) Owned(a instruction.Account) bool { return x.s.hasOwner(a, 0) }

func (x view) Locked(a instruction.Account) instruction.Account { return x.s.lockOf(a) }

func (x view) AtHome(p *instruction.Principal) bool { return x.s.atHomeBefore(p) }

func (x view) Suspect(p *instruction.Principal) int { return x.s.suspect(p) }

func (x view) Customer(a instruction.Account) instruction.Account { return x.s.Customer(a) }

func (x view) Assets(m instruction.Market) (base, quote instruction.Asset) {
	if m := x.s.Market(m); m != nil {
		return m.Base, m.Quote
	}
	return 0, 0
}

func (x view) Asks(c instruction.Credential, in instruction.Instruction) gate.Asks {
	a := x.s.keys.Key(c).Account
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		if m := x.s.Market(i.Market); m != nil {
			n := m.worth(i, a, 0)
			return gate.Asks{Quote: m.Quote, Most: n, All: n}
		}
	case *instruction.ReplaceOrder:
		return x.s.asksInstead(c, a, i)
	case *instruction.PlaceList:
		return x.s.asksList(a, i)
	}
	return gate.Asks{}
}
