package core

import (
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/owner"
)

// wait lets something that was asked for wait for as long as its customer's additions do.
func (s *State) wait(p *instruction.Principal, m instruction.Matter) {
	m.By = asker(p)
	m.Due = s.clock.Waits() + s.owner.Wait(s.Customer(m.Account))
	s.emit(&instruction.MatterOpened{ID: s.owner.Last() + 1, Matter: m})
}

// asker is the credential that gives an instruction, or 0.
func asker(p *instruction.Principal) instruction.Credential {
	if p.Giver == instruction.ByCredential {
		return p.Credential
	}
	return 0
}

// full says that nothing more of the account, or nothing more that its giver asks for, can wait. What takes the place of
// something in the account makes its list no longer.
func (s *State) full(p *instruction.Principal, a instruction.Account, replaces bool) bool {
	return !replaces && len(s.owner.Of(a)) >= owner.MaxMatters || len(s.owner.AskedBy(asker(p))) >= owner.MaxAsked
}

// disown ends whatever a credential asked for that waits: whoever shuts one that was stolen is rid of what it was stolen for.
// Nobody can tell what its thief had asked for from what its owner had, so that the owner asks again, with another.
func (s *State) disown(c instruction.Credential) {
	for _, id := range slices.Clone(s.owner.AskedBy(c)) {
		s.closeMatter(id, instruction.ByDisowning)
	}
}

// checkAskers says that nothing waits that a credential asked for which is deleted, or in quarantine by somebody's word. In
// one by an alarm it may ask from where its customer was at home.
func (s *State) checkAskers() error {
	var err error
	s.owner.Each(func(w *owner.Waiting) bool {
		k := s.keys.Key(w.By)
		if w.By != 0 && (k == nil || k.Revoked != 0 || k.Quarantine == instruction.QuarantinedByWord) {
			err = fmt.Errorf("%w: matter %d waits, which key %d had asked for", ErrBroken, w.ID, w.By)
		}
		return err == nil
	})
	return err
}

// supersede ends what waits of the account and is of a kind that another is about to take the place of.
func (s *State) supersede(a instruction.Account, same func(*instruction.Matter) bool) {
	s.endMatters(a, instruction.BySuccessor, same)
}

// endMatters ends what waits of the account and is of a kind.
func (s *State) endMatters(a instruction.Account, end instruction.MatterEnd, same func(*instruction.Matter) bool) {
	for _, id := range slices.Clone(s.owner.Of(a)) {
		if same(s.owner.Matter(id)) {
			s.closeMatter(id, end)
		}
	}
}

// maxMatured is how many waits end with one tick.
const maxMatured = 100

// mature ends waits that are over.
func (s *State) mature() {
	for range maxMatured {
		id := s.owner.Due(s.clock.Waits())
		if id == 0 {
			return
		}
		switch m := s.owner.Matter(id); {
		case m.Ask:
			s.closeMatter(id, instruction.BySilence)
		case m.Kind == instruction.Outgoing:
			s.ripen(id, m)
		default:
			s.closeMatter(id, instruction.ByTime)
		}
	}
}

// closeMatter ends a wait, and lets come of it what then comes.
func (s *State) closeMatter(id instruction.MatterID, end instruction.MatterEnd) {
	m := *s.owner.Matter(id)
	s.emit(&instruction.MatterClosed{ID: id, End: end, Kind: m.Kind, Account: m.Account})
	if m.Kind == instruction.Outgoing {
		s.decide(&m, end)
	}
	if end != instruction.ByTime && end != instruction.ByYes {
		return
	}
	switch m.Kind {
	case instruction.NewAddress:
		s.emit(&instruction.AddressAdded{Account: m.Account, Asset: m.Asset, To: m.To, Label: m.Label})
	case instruction.Widening:
		s.emit(&instruction.MandateSet{Credential: m.Credential, Mandate: m.Mandate})
	case instruction.ShorterWait:
		s.emit(&instruction.WaitSet{Account: m.Account, Wait: m.Wait})
	case instruction.HigherBudget:
		s.emit(&instruction.BudgetSet{Account: m.Account, Credential: m.Credential, Budget: m.Budget})
	}
}

// answer is somebody's yes or no to what waits.
func (s *State) answer(p *instruction.Principal, i *instruction.Answer) {
	switch m := s.owner.Matter(i.Matter); {
	case m == nil:
		s.refuseWhole(instruction.UnknownMatter)
	case i.Yes && p.Giver == instruction.ByOperator:
		s.refuseWhole(instruction.OwnerOnly)
	case i.Yes && m.Kind != instruction.Outgoing:
		s.refuseWhole(instruction.NoAnswerNeeded)
	case i.Yes:
		if r := s.bars(m); r != 0 {
			s.refuseWhole(r)
			return
		}
		s.closeMatter(i.Matter, instruction.ByYes)
	default:
		s.closeMatter(i.Matter, instruction.ByNo)
	}
}

// setWait makes a customer's wait longer at once, and shorter after the longer one.
func (s *State) setWait(p *instruction.Principal, i *instruction.SetWait) {
	now := s.owner.Wait(i.Account)
	switch {
	case s.Customer(i.Account) != i.Account:
		s.refuseWhole(instruction.SubAccount)
	case i.Wait < instruction.MinWait, i.Wait > instruction.MaxWait:
		s.refuseWhole(instruction.WaitOutOfRange)
	case i.Wait == now:
		s.refuseWhole(instruction.WaitSame)
	case i.Wait < now && s.full(p, i.Account, false):
		s.refuseWhole(instruction.TooMany)
	default:
		s.supersede(i.Account, func(m *instruction.Matter) bool { return m.Kind == instruction.ShorterWait })
		if i.Wait > now {
			s.emit(&instruction.WaitSet{Account: i.Account, Wait: i.Wait})
			return
		}
		s.wait(p, instruction.Matter{Kind: instruction.ShorterWait, Account: i.Account, Wait: i.Wait})
	}
}
