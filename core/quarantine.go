package core

import (
	"slices"

	"portcullis/core/instruction"
)

func (s *State) quarantineKey(p *instruction.Principal, i *instruction.QuarantineKey) {
	switch k := s.keys.Key(i.Credential); {
	case k == nil:
		s.refuseWhole(instruction.UnknownKey)
	case k.Revoked != 0:
		s.refuseWhole(instruction.AlreadyRevoked)
	case k.Quarantine == instruction.QuarantinedByWord:
		s.refuseWhole(instruction.AlreadyQuarantined)
	case s.lastOwner(p, i.Credential):
		s.refuseWhole(instruction.LastOwnerKey)
	default:
		s.shut(&instruction.KeyQuarantined{Credential: i.Credential, Cause: instruction.QuarantinedByWord})
	}
}

// shut puts a key into quarantine, and ends what it asked for.
func (s *State) shut(e *instruction.KeyQuarantined) {
	s.emit(e)
	s.disown(e.Credential)
	if e.Cause != instruction.QuarantinedByWord {
		s.holdProceeds(e.Credential, e.Incident)
	}
}

func (s *State) restoreKey(p *instruction.Principal, i *instruction.RestoreKey) {
	switch k := s.keys.Key(i.Credential); {
	case k == nil:
		s.refuseWhole(instruction.UnknownKey)
	case k.Revoked != 0:
		s.refuseWhole(instruction.AlreadyRevoked)
	case k.Quarantine == 0:
		s.refuseWhole(instruction.NotQuarantined)
	default:
		s.emit(&instruction.KeyRestored{Credential: i.Credential})
		s.vouch(p, i.Credential)
	}
}

func (s *State) foldQuarantined(e *instruction.KeyQuarantined) error {
	if err := s.keys.Quarantine(e, s.clock.Waits()); err != nil {
		return err
	}
	if !s.sweeping(e.Credential) {
		s.sweeps = append(s.sweeps, instruction.KeySwept{Credential: e.Credential, Market: 1})
	}
	return nil
}

// foldRestored: what was not cancelled yet stays.
func (s *State) foldRestored(e *instruction.KeyRestored) error {
	s.endSweep(e.Credential)
	return s.keys.Restore(e.Credential)
}

func (s *State) sweeping(c instruction.Credential) bool {
	return slices.ContainsFunc(s.sweeps, func(x instruction.KeySwept) bool { return x.Credential == c })
}

func (s *State) endSweep(c instruction.Credential) {
	s.sweeps = slices.DeleteFunc(s.sweeps, func(x instruction.KeySwept) bool { return x.Credential == c })
}

// sweepRevoked begins to cancel what a key that was just deleted has open, with an event of its own: older journals say only
// that it was deleted, and its orders stayed.
func (s *State) sweepRevoked(a instruction.Account, c instruction.Credential) {
	if s.sweeping(c) {
		return
	}
	for _, m := range s.Markets() {
		for h := range m.Book.Orders(a) {
			if m.Book.At(h).Credential == c {
				s.emit(&instruction.KeySwept{Credential: c, Market: m.ID})
				return
			}
		}
	}
}

// sweepKeys cancels orders of keys in quarantine, and of deleted ones, those first that have waited longest.
func (s *State) sweepKeys() {
	for work := 0; len(s.sweeps) > 0 && work < sliceWork; {
		e := s.sweeps[0]
		work++
		e.Market = s.sweepKey(s.keys.Key(e.Credential).Account, e.Credential, e.Market, func(*Market) bool { return true }, &work)
		if int(e.Market) >= len(s.markets) {
			e.Market = 0
			if s.holdSwept(e.Credential) {
				return
			}
		}
		s.emit(&e)
	}
}

// foldKeySwept: of a deleted key that is not being swept, it says where that begins.
func (s *State) foldKeySwept(e *instruction.KeySwept) error {
	if k := s.keys.Key(e.Credential); k != nil && k.Revoked != 0 && e.Market != 0 && !s.sweeping(e.Credential) {
		s.sweeps = append(s.sweeps, *e)
		return nil
	}
	if len(s.sweeps) == 0 || s.sweeps[0].Credential != e.Credential || e.Market != 0 && e.Market < s.sweeps[0].Market {
		return errUnknown
	}
	if e.Market == 0 {
		s.sweeps = slices.Delete(s.sweeps, 0, 1)
		return nil
	}
	s.sweeps[0].Market = e.Market
	return nil
}

func (s *State) sweepFields(c *instruction.Codec) {
	n := c.Count(len(s.sweeps), maxKeys)
	for i := range n {
		c.Pause()
		if c.Reading() {
			s.sweeps = append(s.sweeps, instruction.KeySwept{})
		}
		instruction.Num32(c, &s.sweeps[i].Credential)
		instruction.Num16(c, &s.sweeps[i].Market)
		if c.Reading() && c.Err() == nil && s.keys.Key(s.sweeps[i].Credential) == nil {
			c.Fail("the orders of key %d", s.sweeps[i].Credential)
		}
		if c.Err() != nil {
			return
		}
	}
}
