package core

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Limits of what one venue opens.
const (
	maxAccounts = 1 << 30
	maxSubs     = 1000 // sub-accounts of one customer
)

// Account is one owner of balances.
type Account struct {
	Ref    string
	Opened instruction.Time
	Parent instruction.Account // the customer's master account; 0 where this is one
	Tier   instruction.Tier    // of the account and its sub-accounts; 0 for a sub-account
	Locked instruction.Time    // since when; 0 while it is not
	Why    string              // it is locked
	Spent  instruction.Time    // when its owner was told last that a budget is spent, by the clock of waits; 0 for never
}

func (s *State) openAccount(i *instruction.OpenAccount) {
	switch {
	case !plain(i.Ref):
		s.refuseWhole(instruction.MalformedDefinition)
	case i.Ref != "" && s.refs[i.Ref] != 0:
		s.refuseWhole(instruction.ReferenceTaken)
	case i.Parent != 0 && (s.Account(i.Parent) == nil || i.Parent == instruction.Fees):
		s.refuseWhole(instruction.UnknownAccount)
	case i.Parent != 0 && s.accounts[i.Parent].Parent != 0:
		s.refuseWhole(instruction.SubAccount)
	case len(s.accounts) > maxAccounts, len(s.subs[i.Parent]) >= maxSubs:
		s.refuseWhole(instruction.TooMany)
	default:
		// #nosec G115 -- maxAccounts bounds it
		s.emit(&instruction.AccountOpened{ID: instruction.Account(len(s.accounts)), Ref: i.Ref, Parent: i.Parent})
	}
}

func (s *State) foldAccount(e *instruction.AccountOpened) error {
	if int64(e.ID) != int64(len(s.accounts)) {
		return errUnknown
	}
	if e.Parent != 0 && (s.Account(e.Parent) == nil || s.accounts[e.Parent].Parent != 0) {
		return errUnknown
	}
	s.accounts = append(s.accounts, Account{Ref: e.Ref, Opened: s.clock.Now, Parent: e.Parent})
	s.listAccount(e.ID)
	return nil
}

// trait is what an account is that nearly every instruction asks for. Few accounts are anything, and a byte of each stays in a
// processor's cache where a million accounts do not.
type trait uint8

const (
	locked trait = 1 << iota
	sub          // it is one of a customer's further accounts
	master       // it has some
)

// parent is the master account of an account that there is, 0 where it is none of a customer's further ones.
func (s *State) parent(a instruction.Account) instruction.Account {
	if s.traits[a]&sub == 0 {
		return 0
	}
	return s.accounts[a].Parent
}

// listAccount adds a new account to what accounts are found by.
func (s *State) listAccount(a instruction.Account) {
	x := &s.accounts[a]
	for int(a) >= len(s.traits) {
		s.traits = append(s.traits, 0)
	}
	if x.Locked != 0 {
		s.traits[a] |= locked
	}
	if x.Ref != "" && s.refs[x.Ref] == 0 {
		s.refs[x.Ref] = a
	}
	if x.Parent != 0 {
		s.traits[a] |= sub
		s.traits[x.Parent] |= master
		s.subs[x.Parent] = append(s.subs[x.Parent], a)
		s.ledger.Join(a, x.Parent)
	}
}

func (s *State) credit(i *instruction.Credit) {
	in, _ := s.ledger.Came(i.Asset)
	switch {
	case s.Account(i.Account) == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case i.Amount <= 0, i.Amount > money.MaxAmount-in:
		s.refuseWhole(instruction.AmountOutOfRange)
	case !plain(i.Ref):
		s.refuseWhole(instruction.MalformedDefinition)
	default:
		s.emit(&instruction.CameIn{Account: i.Account, Asset: i.Asset, Amount: i.Amount, Ref: i.Ref})
	}
}
