package core

import (
	"fmt"

	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
)

// Gift codes. What a code is worth leaves its issuer's balance when it is issued: the venue's own account (instruction.Fees) holds it
// until somebody claims it, it expires, or its issuer takes it back. Outside it goes by a payout of that account, which is bound to the
// code for as long as it is not over.

// issueCodes turns balance into codes.
func (s *State) issueCodes(p *instruction.Principal, i *instruction.IssueCodes) {
	k := s.keys.Key(p.Credential)
	a := k.Account
	if k.Owner() {
		a = i.Account
	}
	if r := s.unissuable(a, i); r != 0 {
		s.refuseWhole(r)
		return
	}
	s.emit(&instruction.CodesIssued{
		First: s.codes.Last() + 1, Account: a, Credential: p.Credential, Asset: i.Asset, Amount: i.Amount, Expires: i.Expires, Client: i.Client, Codes: i.Codes,
	})
}

// unissuable is why codes that the gate let pass cannot be issued, or 0.
func (s *State) unissuable(a instruction.Account, i *instruction.IssueCodes) instruction.Reason {
	sum, life := gate.Worth(i.Amount, len(i.Codes)), i.Expires-s.clock.Now
	switch {
	case s.Asset(i.Asset) == nil:
		return instruction.UnknownAsset
	case i.Amount <= 0, sum <= 0, sum > money.MaxAmount:
		return instruction.AmountOutOfRange
	case i.Expires <= s.clock.Now, life < instruction.MinCodeLife, life > instruction.MaxCodeLife:
		return instruction.CodeExpiry
	case s.codes.Named(a, i.Client), s.doubled(i.Codes):
		return instruction.CodeTaken
	case !s.codes.Room(a, len(i.Codes)):
		return instruction.TooMany
	case s.ledger.Balance(a, i.Asset).Free < sum:
		return s.short(a, i.Asset, sum)
	case s.indebted(a):
		return instruction.DepositOwed
	}
	return 0
}

// doubled says that there is a code already with the hash of a new one, or two of the new ones have one.
func (s *State) doubled(list []instruction.NewCode) bool {
	seen := make(map[instruction.CodeHash]bool, len(list))
	for i := range list {
		h := list[i].Hash
		if h == (instruction.CodeHash{}) || seen[h] || s.codes.Hashed(h) != nil {
			return true
		}
		seen[h] = true
	}
	return false
}

// claimCode gives what a code is worth to who brings it first. Whoever brings it again for the same receiver is told of that; to
// everybody else a code that is claimed, expired or back where it came from is one that never was.
func (s *State) claimCode(p *instruction.Principal, i *instruction.ClaimCode) {
	into := instruction.Account(0)
	if p.Giver == instruction.ByCredential {
		into = s.keys.Key(p.Credential).Account
	}
	c := s.codes.Hashed(i.Hash)
	switch {
	case c != nil && c.Went(into, &i.To):
		s.emit(&instruction.CodeKnown{ID: c.ID})
	case c == nil, c.State != instruction.LiveCode, c.Due <= s.clock.Waits():
		s.refuseWhole(instruction.UnknownCode)
	case into != 0 && i.To != instruction.Destination{}:
		s.refuseWhole(instruction.MalformedAddress)
	case into != 0:
		s.emit(&instruction.CodeClaimed{ID: c.ID, Issuer: c.Account, Account: into})
	default:
		fee, r := s.payable(c.Asset, c.Amount, &i.To)
		if r != 0 {
			s.refuseWhole(r)
			return
		}
		made := instruction.PayoutMade{
			ID: s.payouts.Last() + 1, Account: instruction.Fees, Asset: c.Asset, Amount: c.Amount, To: i.To, State: instruction.PayoutClaimed, Fee: fee,
		}
		s.emit(&made)
		s.emit(&instruction.CodeClaimed{ID: c.ID, Issuer: c.Account, Payout: made.ID})
	}
}

// returnCode gives a code back to its issuer.
func (s *State) returnCode(i *instruction.ReturnCode) {
	switch c := s.codes.Code(i.ID); {
	case c == nil:
		s.refuseWhole(instruction.UnknownCode)
	case c.State != instruction.LiveCode:
		s.refuseWhole(instruction.CodeOver)
	default:
		s.emit(&instruction.CodeReturned{ID: i.ID, Issuer: c.Account})
	}
}

// codesAtOnce is how many codes expire, or are forgotten, with one tick.
const codesAtOnce = 50

// tendCodes gives expired codes back, and forgets those that have been over for long.
func (s *State) tendCodes() {
	for range codesAtOnce {
		c := s.codes.Due(s.clock.Waits())
		switch {
		case c == nil:
			return
		case c.State == instruction.LiveCode:
			s.emit(&instruction.CodeReturned{ID: c.ID, Issuer: c.Account, Expired: true})
		default:
			s.emit(&instruction.CodeForgotten{ID: c.ID})
		}
	}
}

func (s *State) foldCodesIssued(e *instruction.CodesIssued) error {
	sum := gate.Worth(e.Amount, len(e.Codes))
	if s.Account(e.Account) == nil || s.Asset(e.Asset) == nil || s.keys.Key(e.Credential) == nil {
		return errUnknown
	}
	if err := s.codes.Issue(e, s.clock.Now, s.clock.Waits()); err != nil {
		return err
	}
	s.gate.Issued(s.clock.Waits(), e.Credential, e.Asset, sum)
	return s.ledger.Entrust(e.Account, instruction.Fees, e.Asset, sum)
}

func (s *State) foldCodeClaimed(e *instruction.CodeClaimed) error {
	var to instruction.Destination
	p := s.payouts.Live(e.Payout)
	switch {
	case e.Payout == 0 && s.Account(e.Account) == nil, e.Payout != 0 && (p == nil || p.Account != instruction.Fees):
		return errUnknown
	case p != nil:
		to = p.To
	}
	c, err := s.codes.Claim(e, to, s.clock.Waits())
	if err != nil {
		return err
	}
	if p != nil { // held already, until the payout is settled
		if p.Asset != c.Asset || p.Amount != c.Amount {
			return errUnknown
		}
		return nil
	}
	return s.ledger.Pay(instruction.Fees, e.Account, c.Asset, c.Amount, 0)
}

func (s *State) foldCodeReturned(e *instruction.CodeReturned) error {
	c, err := s.codes.Return(e, s.clock.Waits())
	if err != nil {
		return err
	}
	return s.ledger.Pay(instruction.Fees, c.Account, c.Asset, c.Amount, 0)
}

// giveBack gives back what was held for a payout that was cancelled: of a gift code, to who issued it.
func (s *State) giveBack(p *payout.Payout) error {
	if p.Account != instruction.Fees {
		return s.ledger.Release(p.Account, p.Asset, p.Amount)
	}
	c, err := s.codes.Ended(p.ID, true)
	if err != nil {
		return err
	}
	return s.ledger.Pay(instruction.Fees, c.Account, p.Asset, p.Amount, 0)
}

// arrived notes that a payout is settled.
func (s *State) arrived(p *payout.Payout) error {
	if p.Account != instruction.Fees {
		return nil
	}
	_, err := s.codes.Ended(p.ID, false)
	return err
}

// checkCodes holds the codes against the payouts of the venue's own account.
func (s *State) checkCodes() error {
	if err := s.codes.Check(s.payouts); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return nil
}

// Code is the gift code with that hash, or nil.
func (s *State) Code(h instruction.CodeHash) *payout.Code { return s.codes.Hashed(h) }

// CodeNumbered is the gift code of that number, or nil.
func (s *State) CodeNumbered(id instruction.CodeID) *payout.Code { return s.codes.Code(id) }

// Codes are the account's gift codes that are known, by ascending number.
func (s *State) Codes(a instruction.Account) []*payout.Code { return s.codes.Of(a) }

// CodePaid is the gift code that a payout is for, or nil.
func (s *State) CodePaid(id instruction.PayoutID) *payout.Code { return s.codes.Paid(id) }

// Gifts is how many gift codes there are that somebody may claim still, or claim again.
func (s *State) Gifts() int { return s.codes.Known() }

// LastCode is the highest number given to a gift code.
func (s *State) LastCode() instruction.CodeID { return s.codes.Last() }

func (x view) Code(h instruction.CodeHash) (instruction.Asset, instruction.Account) {
	if c := x.s.codes.Hashed(h); c != nil {
		return c.Asset, c.Account
	}
	return 0, 0
}

func (x view) Issuer(id instruction.CodeID) instruction.Account {
	if c := x.s.codes.Code(id); c != nil {
		return c.Account
	}
	return 0
}
