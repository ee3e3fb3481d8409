package core

import (
	"strings"

	"portcullis/core/instruction"
)

func (s *State) lockAccount(i *instruction.LockAccount) {
	switch x := s.Account(i.Account); {
	case x == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case x.Locked != 0:
		s.refuseWhole(instruction.AlreadyLocked)
	case len(i.Reason) > maxReason, strings.ContainsFunc(i.Reason, unprintable):
		s.refuseWhole(instruction.MalformedDefinition)
	default:
		s.emit(&instruction.AccountLocked{Account: i.Account, Reason: i.Reason})
	}
}

func (s *State) unlockAccount(i *instruction.UnlockAccount) {
	switch x := s.Account(i.Account); {
	case x == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case x.Locked == 0:
		s.refuseWhole(instruction.NotLocked)
	default:
		s.emit(&instruction.AccountUnlocked{Account: i.Account})
	}
}

func (s *State) foldLocked(e *instruction.AccountLocked) error {
	x := s.Account(e.Account)
	if x == nil || x.Locked != 0 {
		return errUnknown
	}
	s.setLock(e.Account, s.clock.Now, e.Reason)
	return nil
}

func (s *State) foldUnlocked(e *instruction.AccountUnlocked) error {
	x := s.Account(e.Account)
	if x == nil || x.Locked == 0 {
		return errUnknown
	}
	s.setLock(e.Account, 0, "")
	return nil
}

// setLock locks an account since then, or, at 0, unlocks it.
func (s *State) setLock(a instruction.Account, since instruction.Time, why string) {
	s.accounts[a].Locked, s.accounts[a].Why = since, why
	if s.traits[a] &^= locked; since != 0 {
		s.traits[a] |= locked
	}
}

// lockOf is the account whose lock holds for the account: itself, or its customer's master account; 0 for none.
func (s *State) lockOf(a instruction.Account) instruction.Account {
	if a == 0 || int64(a) >= int64(len(s.traits)) {
		return 0
	}
	for a := a; a != 0; a = s.parent(a) {
		if s.traits[a]&locked != 0 {
			return a
		}
	}
	return 0
}
