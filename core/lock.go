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
	x.Locked, x.Why = s.clock.Now, e.Reason
	return nil
}

func (s *State) foldUnlocked(e *instruction.AccountUnlocked) error {
	x := s.Account(e.Account)
	if x == nil || x.Locked == 0 {
		return errUnknown
	}
	x.Locked, x.Why = 0, ""
	return nil
}

// lockOf is the account whose lock holds for the account: itself, or its customer's master account; 0 for none.
func (s *State) lockOf(a instruction.Account) instruction.Account {
	if x := s.Account(a); x != nil {
		if x.Locked != 0 {
			return a
		}
		if x.Parent != 0 && s.accounts[x.Parent].Locked != 0 {
			return x.Parent
		}
	}
	return 0
}
