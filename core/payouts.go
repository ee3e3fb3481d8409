package core

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/owner"
	"portcullis/core/payout"
)

// maxOutgoing is how many withdrawals of an account can wait for its owner at once. It leaves room for what the owner adds, so
// that nobody fills the list with a leaked key.
const maxOutgoing = owner.MaxMatters / 2

// postponed is how long a withdrawal stays, by the clock of waits, before it is looked at again whether it is dropped still.
const postponed = instruction.Day / 24

// withdraw takes up a withdrawal: as owed where it is allowed, else as one that waits for its owner. Its amount is held.
func (s *State) withdraw(p *instruction.Principal, i *instruction.Withdraw, v *instruction.Verdict) {
	a := s.keys.Key(p.Credential).Account
	if known := s.payouts.Named(a, &i.Client); known != nil {
		if !known.Asks(i) {
			s.refuseWhole(instruction.WithdrawNameTaken)
			return
		}
		s.emit(&instruction.PayoutKnown{ID: known.ID})
		return
	}
	if r := s.unpayable(p, a, i, v.Decision != instruction.Allow); r != 0 {
		s.refuseWhole(r)
		return
	}
	e := instruction.PayoutMade{
		ID: s.payouts.Last() + 1, Account: a, Credential: p.Credential, Asset: i.Asset, Amount: i.Amount, To: i.To, Client: i.Client,
		State: instruction.PayoutClaimed, Fee: s.cost(i.Asset),
	}
	switch v.Decision {
	case instruction.Challenge:
		e.State = instruction.PayoutChallenged
	case instruction.Hold:
		e.State = instruction.PayoutHeld
	}
	s.emit(&e)
	if e.State != instruction.PayoutClaimed {
		s.wait(p, instruction.Matter{
			Kind: instruction.Outgoing, Account: a, Credential: p.Credential, Asset: i.Asset, To: i.To, Payout: e.ID,
			Ask: e.State == instruction.PayoutChallenged,
		})
	}
}

// unpayable is why a withdrawal that was not denied cannot be taken up, or 0.
func (s *State) unpayable(p *instruction.Principal, a instruction.Account, i *instruction.Withdraw, waits bool) instruction.Reason {
	if _, r := s.payable(i.Asset, i.Amount, &i.To); r != 0 {
		return r
	}
	switch {
	case s.ledger.Balance(a, i.Asset).Free < i.Amount:
		return s.short(a, i.Asset, i.Amount)
	case s.indebted(a):
		return instruction.DepositOwed
	case len(s.payouts.Of(a)) >= payout.MaxLive,
		waits && s.owner.Count(a, instruction.Outgoing) >= maxOutgoing, waits && s.full(p, a, false):
		return instruction.TooMany
	}
	return 0
}

// settle says that what was owed has arrived. Of what moves on a chain only its blocks say so.
func (s *State) settle(i *instruction.Settle) {
	p := s.payouts.Live(i.Payout)
	switch {
	case i.Payout == 0, i.Payout > s.payouts.Last():
		s.refuseWhole(instruction.UnknownPayout)
	case p == nil, p.State != instruction.PayoutClaimed, s.Chain(p.Asset) != nil:
		s.refuseWhole(instruction.PayoutNotClaimed)
	default:
		s.emit(&instruction.PayoutMoved{ID: p.ID, Account: p.Account, State: instruction.PayoutSettled})
	}
}

// ripen ends the wait of a withdrawal that was held, once it is over: it goes out. But from a locked account, or by a key
// that is in quarantine, deleted, or may withdraw no more, nothing goes out by time alone, and what is dropped stays for as
// long as it is.
func (s *State) ripen(id instruction.MatterID, m *instruction.Matter) {
	k := s.keys.Key(m.Credential)
	switch {
	case k.Revoked != 0, k.Quarantine != 0, !k.Rights().Has(instruction.MayWithdraw):
		s.closeMatter(id, instruction.ByDisowning)
	case s.lockOf(m.Account) != 0:
		s.closeMatter(id, instruction.ByNo)
	case s.gate.Keeps(m.Credential, m.Asset, false) != 0:
		s.emit(&instruction.MatterPostponed{ID: id, Due: s.clock.Waits() + postponed})
	default:
		s.closeMatter(id, instruction.ByTime)
	}
}

// bars is why the owner's yes lets nothing out now, or 0. A key in quarantine is no reason: the owner vouches for what it asked.
func (s *State) bars(m *instruction.Matter) instruction.Reason {
	if s.lockOf(m.Account) != 0 {
		return instruction.LockedAccount
	}
	return s.gate.Keeps(m.Credential, m.Asset, true)
}

// decide says what became of a withdrawal that waited.
func (s *State) decide(m *instruction.Matter, end instruction.MatterEnd) {
	to := instruction.PayoutCancelled
	if end == instruction.ByTime || end == instruction.ByYes {
		to = instruction.PayoutClaimed
	}
	s.emit(&instruction.PayoutMoved{ID: m.Payout, Account: m.Account, State: to})
}

func (s *State) foldPayoutMade(e *instruction.PayoutMade) error {
	own := e.Account == instruction.Fees // of a gift code, for which it is held already
	if s.Account(e.Account) == nil || own != (s.keys.Key(e.Credential) == nil) {
		return errUnknown
	}
	if err := s.payouts.Make(e, s.clock.Now); err != nil {
		return err
	}
	if own {
		return nil
	}
	if e.State != instruction.PayoutChallenged { // that one the caps do not bear
		s.gate.Withdrew(s.clock.Waits(), e.Credential, e.Asset, e.Amount)
	}
	return s.ledger.Hold(e.Account, e.Asset, e.Amount)
}

func (s *State) foldPayoutMoved(e *instruction.PayoutMoved) error {
	p, err := s.payouts.Move(e)
	switch {
	case err != nil:
		return err
	case e.State == instruction.PayoutCancelled:
		return s.giveBack(p)
	case e.State == instruction.PayoutSettled:
		if err := s.arrived(p); err != nil {
			return err
		}
		if err := s.ledger.Charge(p.Account, p.Asset, p.Fee); err != nil {
			return err
		}
		return s.ledger.GoOut(p.Account, p.Asset, p.Arrives())
	}
	return nil
}

// addAddress has an address wait to be in an account's book.
func (s *State) addAddress(p *instruction.Principal, i *instruction.AddAddress) {
	o := s.owner
	switch {
	case s.Asset(i.Asset) == nil:
		s.refuseWhole(instruction.UnknownAsset)
	case !i.To.Sound():
		s.refuseWhole(instruction.MalformedAddress)
	case s.Unreachable(i.Asset, &i.To) != 0:
		s.refuseWhole(s.Unreachable(i.Asset, &i.To))
	case !plain(i.Label):
		s.refuseWhole(instruction.MalformedDefinition)
	case o.Listed(i.Account, i.Asset, &i.To), o.Awaited(i.Account, i.Asset, &i.To) != 0:
		s.refuseWhole(instruction.AddressKnown)
	case s.full(p, i.Account, false),
		len(o.Addresses(i.Account))+o.Count(i.Account, instruction.NewAddress) >= owner.MaxAddresses:
		s.refuseWhole(instruction.TooMany)
	default:
		s.wait(p, instruction.Matter{Kind: instruction.NewAddress, Account: i.Account, Asset: i.Asset, To: i.To, Label: i.Label})
	}
}

// removeAddress takes an address out of an account's book, or ends its wait to be in it.
func (s *State) removeAddress(i *instruction.RemoveAddress) {
	if id := s.owner.Awaited(i.Account, i.Asset, &i.To); id != 0 {
		s.closeMatter(id, instruction.ByNo)
		return
	}
	if !s.owner.Listed(i.Account, i.Asset, &i.To) {
		s.refuseWhole(instruction.UnknownAddress)
		return
	}
	s.emit(&instruction.AddressRemoved{Account: i.Account, Asset: i.Asset, To: i.To})
}

// checkPayouts holds what waits for an owner against the payouts: each that was challenged or held waits once, and no other.
func (s *State) checkPayouts() error {
	waits := make(map[instruction.PayoutID]bool)
	var err error
	s.owner.Each(func(w *owner.Waiting) bool {
		if w.Kind != instruction.Outgoing {
			return true
		}
		p := s.payouts.Live(w.Payout)
		fits := p != nil && p.Account == w.Account && p.Credential == w.Credential && p.Credential == w.By && !waits[p.ID] &&
			(p.State == instruction.PayoutChallenged && w.Ask || p.State == instruction.PayoutHeld && !w.Ask)
		if !fits {
			err = fmt.Errorf("%w: matter %d waits for payout %d, which does not", ErrBroken, w.ID, w.Payout)
			return false
		}
		waits[p.ID] = true
		return true
	})
	for a := instruction.Account(1); a <= s.Accounts() && err == nil; a++ {
		for _, p := range s.payouts.Of(a) {
			owed := p.State == instruction.PayoutClaimed || p.State == instruction.PayoutSending
			if !owed && !waits[p.ID] || a != instruction.Fees && s.keys.Key(p.Credential) == nil {
				err = fmt.Errorf("%w: payout %d waits for nothing", ErrBroken, p.ID)
			}
		}
	}
	return err
}
