package scenario

import (
	"net/netip"

	"portcullis/core"
	"portcullis/core/instruction"
)

// public is an address somewhere, in one of a few networks in which strangers meet.
func (r *Random) public() netip.Addr {
	return netip.AddrFrom4([4]byte{203, 0, byte(113 + r.rng.IntN(3)), byte(r.rng.IntN(256))})
}

// saw is what the venue's edge sees: reads, and deleted keys in use.
func (r *Random) saw(s *core.State) (instruction.Principal, instruction.Instruction) {
	p := instruction.Principal{Giver: instruction.ByVenue, Addr: r.public(), Client: r.rng.Uint64()}
	if r.one(4) {
		p.Addr = r.addr()
	}
	if r.one(2) {
		p.Sent = r.now - instruction.Time(r.rng.Int64N(int64(instruction.Second)))
	}
	i := &instruction.Sight{Credential: instruction.Credential(r.number(int(s.Keys()))), Proven: r.one(2)}
	if r.one(3) { // one that was deleted, mostly
		i.Credential = instruction.Credential(1 + r.rng.IntN(max(int(s.Keys()), 1)))
	}
	return p, i
}

// standing is what an operator may say of keys, accounts and incidents. What is shut is opened again soon, so that the venue
// trades most of the time.
func (r *Random) standing(s *core.State) instruction.Instruction {
	account := instruction.Account(r.number(int(s.Accounts())))
	key := instruction.Credential(r.number(int(s.Keys())))
	switch r.rng.IntN(15) {
	case 0:
		return &instruction.QuarantineKey{Credential: key}
	case 1:
		return &instruction.LockAccount{Account: account, Reason: "drill"}
	case 2, 3:
		for a := instruction.Account(1); a <= min(s.Accounts(), 2*founders); a++ {
			if s.Account(a).Locked != 0 {
				account = a
			}
		}
		return &instruction.UnlockAccount{Account: account}
	case 4, 5:
		id := instruction.IncidentID(r.rng.IntN(4))
		for _, x := range s.Incidents() {
			if x.Closed == 0 && !r.one(3) {
				id = x.ID
			}
		}
		i := &instruction.CloseIncident{Incident: id, Reason: "drill"}
		if r.one(10) {
			i.Reason = ""
		}
		return i
	case 12, 13:
		return r.hold(s, key)
	case 14:
		return &instruction.ReleaseProceeds{ID: r.held(s)}
	}
	for c := range min(s.Keys(), 2*founders) {
		if s.Key(c+1).Quarantine != 0 {
			key = c + 1
		}
	}
	return &instruction.RestoreKey{Credential: key}
}
