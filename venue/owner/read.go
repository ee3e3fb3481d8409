package owner

import (
	"portcullis/core"
	"portcullis/core/credential"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
)

const (
	// maxKeys is how many keys one answer has.
	maxKeys = 1000
	// lookAt is how many keys of the venue are looked at in one go: nobody waits for more than that.
	lookAt = 20_000
)

// text is a time as answers carry it.
func text(t instruction.Time) string {
	b, _ := t.MarshalText()
	return string(b)
}

// all are the accounts of a customer, the master first.
func all(st *core.State, customer instruction.Account) []instruction.Account {
	return append([]instruction.Account{customer}, st.SubAccounts(customer)...)
}

func (s *Server) waiting(c *call) (Waiting, *refusal) {
	r := Waiting{Waiting: []Matter{}}
	no := s.read(func(st *core.State) {
		r.Time, r.Frozen, r.Wait = text(st.Clock().Now), text(st.Clock().Frozen), hours(st.Wait(c.customer))
		for _, a := range all(st, c.customer) {
			for _, id := range st.Matters(a) {
				r.Waiting = append(r.Waiting, matter(st, id, st.Matter(id)))
			}
		}
	})
	return r, no
}

func (s *Server) accounts(c *call) (Accounts, *refusal) {
	r := Accounts{Customer: uint32(c.customer), Accounts: []Account{}}
	no := s.read(func(st *core.State) {
		r.Wait = hours(st.Wait(c.customer))
		for _, id := range all(st, c.customer) {
			a := st.Account(id)
			r.Accounts = append(r.Accounts, Account{Account: uint32(id), Ref: a.Ref, Master: id == c.customer, Locked: text(a.Locked), Why: a.Why})
		}
	})
	return r, no
}

func (s *Server) keys(c *call) (r Keys, no *refusal) {
	r.Keys = []Key{}
	r.More, no = s.eachKey(c, func(st *core.State, id instruction.Credential, k *credential.Key) bool {
		if len(r.Keys) == maxKeys {
			return false
		}
		r.Keys = append(r.Keys, shown(st, id, k))
		return true
	})
	return r, no
}

// eachKey gives out the customer's keys by their numbers until told to stop, and says whether it was. It looks at the venue's
// keys part by part, so that nobody waits for it. Decoys are nobody's.
func (s *Server) eachKey(c *call, yield func(*core.State, instruction.Credential, *credential.Key) bool) (stopped bool, no *refusal) {
	for next, last := instruction.Credential(1), instruction.Credential(1); next <= last && !stopped && no == nil; {
		no = s.read(func(st *core.State) {
			last = st.Keys()
			for until := min(last, next+lookAt-1); next <= until && !stopped; next++ {
				k := st.Key(next)
				stopped = !k.Canary && st.Customer(k.Account) == c.customer && !yield(st, next, k)
			}
		})
	}
	return stopped, no
}

// shown is one key as an answer has it.
func shown(st *core.State, c instruction.Credential, k *credential.Key) Key {
	m := k.Mandate()
	r := Key{
		Key: uint32(c), Name: k.ID.String(), Account: uint32(k.Account), Scheme: k.Scheme.String(), Label: k.Label(), Integrator: k.Integrator(),
		Owner: k.Owner(), Rights: mandate.Rights(m.Rights), Symbols: mandate.Symbols(st, m.Markets), Networks: mandate.Networks(m.Networks), Expires: text(m.Expires),
		Trades: mandate.Caps(st, m.Trades), Withdrawals: mandate.Caps(st, m.Withdrawals), Codes: mandate.Caps(st, m.Codes),
		Created: text(k.Created), Revoked: text(k.Revoked), Incident: uint32(k.Incident), Legacy: k.Legacy,
	}
	if k.Quarantine != 0 {
		r.Quarantine = k.Quarantine.String()
	}
	if k.Revoked == 0 && !k.Owner() {
		r.Ages = text(st.Clock().Wall(k.Renewed + instruction.Year))
	}
	return r
}

func (s *Server) addresses(c *call) (Addresses, *refusal) {
	r := Addresses{Addresses: []ListedAddress{}}
	no := s.read(func(st *core.State) {
		for _, a := range all(st, c.customer) {
			for _, x := range st.Addresses(a) {
				to := Address{Account: uint32(a), Asset: st.Asset(x.Asset).Symbol, Chain: x.To.Chain, Address: x.To.Address, Tag: x.To.Tag}
				r.Addresses = append(r.Addresses, ListedAddress{NewAddress{to, x.Label}, text(x.Since)})
			}
		}
	})
	return r, no
}
