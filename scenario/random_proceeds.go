package scenario

import (
	"portcullis/core"
	"portcullis/core/instruction"
)

// hold has what others gained from a key held, at times for an incident that is open, at times until that is closed. Mostly it is
// a key that lost something.
func (r *Random) hold(s *core.State, key instruction.Credential) *instruction.HoldProceeds {
	i := &instruction.HoldProceeds{Credential: key, Keep: r.one(2)}
	all := max(int(s.Keys()), 1)
	first := r.rng.IntN(all)
	for n := range all {
		c := instruction.Credential(1 + (first+n)%all) // #nosec G115 -- a few thousand
		for _, m := range s.Markets() {
			if lost, _ := s.Lost(c, m.ID); lost > 0 && !r.one(4) {
				i.Credential = c
			}
		}
	}
	for _, x := range s.Incidents() {
		if x.Closed == 0 && r.one(2) {
			i.Incident = x.ID
		}
	}
	return i
}

// held is the number of something that is held, mostly.
func (r *Random) held(s *core.State) instruction.ProceedsID {
	if list := s.Proceeds(); len(list) > 0 && !r.one(5) {
		return list[r.rng.IntN(len(list))].ID
	}
	return instruction.ProceedsID(r.rng.IntN(4))
}

// appeal is the word of an owner of whom something is held, where there is one, and at times of another.
func (r *Random) appeal(s *core.State) (instruction.Principal, instruction.Instruction) {
	by, _ := r.owner(s)
	i := &instruction.AppealProceeds{ID: r.held(s), Text: "it was my price"}
	for c := instruction.Credential(1); c <= s.Keys() && !r.one(5000); c++ {
		k := s.Key(c)
		if list := s.ProceedsOf(s.Customer(k.Account)); len(list) > 0 && k.Owner() && k.Revoked == 0 && k.Quarantine == 0 && !k.Listed() {
			by.Credential, i.ID = c, list[r.rng.IntN(len(list))].ID
			break
		}
	}
	if r.one(3) {
		i.Text = ""
	}
	return by, i
}
