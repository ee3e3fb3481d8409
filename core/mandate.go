package core

import (
	"slices"

	"portcullis/core/credential"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/owner"
)

// Keys and what they may do: made, changed, renewed and revoked. What narrows a mandate holds at once; what widens it waits
// for as long as its customer's additions do, visible and stoppable.

// maxKeys is how many keys one venue makes.
const maxKeys = 1 << 30

// TestKey is why a key would be refused if it were created now, or 0.
func (s *State) TestKey(i *instruction.CreateKey) instruction.Reason {
	switch {
	case s.Account(i.Account) == nil, i.Account == instruction.Fees:
		return instruction.UnknownAccount
	case s.keys.Find(i.ID) != 0:
		return instruction.KeyTaken
	case !plain(i.Label), !plain(i.Integrator), i.Created < 0, i.Created > s.clock.Now, credential.CheckMaterial(i.Scheme, i.Material) != nil:
		return instruction.MalformedKey
	case s.keys.Dead(i.Scheme, i.Material): // whoever held what was deleted would be let in again
		return instruction.KeyTaken
	case s.keys.Next() > maxKeys:
		return instruction.TooMany
	}
	if r := s.unsound(&i.Mandate); r != 0 {
		return r
	}
	owns := i.Mandate.Rights.Has(instruction.MayOwn)
	switch {
	case owns && (i.Legacy || i.Canary || i.Integrator != ""):
		return instruction.UnsafeOwning // it is nobody's but the owner's, and was never one elsewhere
	case owns && s.hasOwner(i.Account, 0) && len(s.owner.Of(i.Account)) >= owner.MaxMatters:
		return instruction.TooMany
	case i.Legacy:
		return unsafeIssuing(i.Scheme, &i.Mandate)
	}
	return unsafe(i.Scheme, &i.Mandate)
}

// unsafeIssuing is why a key may not issue gift codes by itself as a mandate lets it, or 0. No key is so old that it might.
func unsafeIssuing(scheme instruction.Scheme, m *instruction.Mandate) instruction.Reason {
	if len(m.Codes) > 0 && (!m.Rights.Has(instruction.MayWithdraw) || scheme == instruction.HMAC || len(m.Networks) == 0) {
		return instruction.UnsafeIssuing
	}
	return 0
}

// createKey makes a key. A further owner's key of a customer only reads at first: those who own already are told, and can say
// no.
func (s *State) createKey(p *instruction.Principal, i *instruction.CreateKey) {
	if r := s.TestKey(i); r != 0 {
		s.refuseWhole(r)
		return
	}
	if !i.Mandate.Rights.Has(instruction.MayOwn) || !s.hasOwner(i.Account, 0) {
		s.emit(&instruction.KeyCreated{ID: s.keys.Next(), Key: *i})
		return
	}
	reads, c := *i, s.keys.Next()
	reads.Mandate.Rights = instruction.MayRead
	s.emit(&instruction.KeyCreated{ID: c, Key: reads})
	s.wait(p, instruction.Matter{Kind: instruction.Widening, Account: i.Account, Credential: c, Mandate: i.Mandate})
}

// hasOwner says that the account's customer has a living owner's key beside but. Where one is named, it counts only those
// that are not in quarantine: what is left must be able to act.
func (s *State) hasOwner(a instruction.Account, but instruction.Credential) bool {
	master := s.Customer(a)
	able := func(c instruction.Credential) bool {
		return c != but && (but == 0 || s.keys.Key(c).Quarantine == 0)
	}
	return slices.ContainsFunc(s.keys.Owners(master), able) ||
		slices.ContainsFunc(s.SubAccounts(master), func(sub instruction.Account) bool { return slices.ContainsFunc(s.keys.Owners(sub), able) })
}

// lastOwner says that the key is the only owner's key that can act, and that it is not the operator who has a word on it. By
// his own word nobody shuts himself out.
func (s *State) lastOwner(p *instruction.Principal, c instruction.Credential) bool {
	k := s.keys.Key(c)
	return p.Giver != instruction.ByOperator && k.Owner() && !s.hasOwner(k.Account, c)
}

func (s *State) marketsExist(list []instruction.Market) bool {
	return !slices.ContainsFunc(list, func(m instruction.Market) bool { return s.Market(m) == nil })
}

func (s *State) assetsExist(list []instruction.Cap) bool {
	return !slices.ContainsFunc(list, func(c instruction.Cap) bool { return s.Asset(c.Asset) == nil })
}

// unsound is why no key may have a mandate, or 0.
func (s *State) unsound(m *instruction.Mandate) instruction.Reason {
	switch {
	case m.Rights == 0:
		return instruction.NoRights
	case m.Expires != 0 && m.Expires <= s.clock.Now:
		return instruction.EndNotAhead
	case !s.marketsExist(m.Markets):
		return instruction.UnknownMarket
	case !s.assetsExist(m.Trades), !s.assetsExist(m.Withdrawals), !s.assetsExist(m.Codes):
		return instruction.UnknownAsset
	case instruction.CheckCaps(m.Trades) != 0:
		return instruction.CheckCaps(m.Trades)
	case instruction.CheckCaps(m.Withdrawals) != 0:
		return instruction.CheckCaps(m.Withdrawals)
	case instruction.CheckCaps(m.Codes) != 0:
		return instruction.CheckCaps(m.Codes)
	}
	return instruction.CheckNetworks(m.Networks)
}

// unsafe is which rule a mandate breaks, of those on the least that a leaked key must not be able to do, and of those on
// owner's keys; or 0.
func unsafe(scheme instruction.Scheme, m *instruction.Mandate) instruction.Reason {
	listed, strong := len(m.Networks) > 0, scheme == instruction.Ed25519
	const own = instruction.MayOwn | instruction.MayRead
	switch {
	case m.Rights.Has(instruction.MayOwn):
		if !strong || m.Rights != own || len(m.Markets)+len(m.Trades)+len(m.Withdrawals)+len(m.Codes) > 0 || m.Expires != 0 {
			return instruction.UnsafeOwning
		}
	case m.Rights.Has(instruction.MayTrade) && !strong && !listed:
		return instruction.UnsafeTrading
	case m.Rights.Has(instruction.MayWithdraw) && (!strong || !listed):
		return instruction.UnsafeWithdrawing
	case m.Rights.Has(instruction.MayTransfer) && !strong && !listed: // what it moves stays the customer's
		return instruction.UnsafeTransfers
	}
	return unsafeIssuing(scheme, m)
}

// living is a key that somebody acts on, or the reason why there is none.
func (s *State) living(c instruction.Credential) (*credential.Key, instruction.Reason) {
	k := s.keys.Key(c)
	switch {
	case k == nil:
		return nil, instruction.UnknownKey
	case k.Revoked != 0:
		return nil, instruction.AlreadyRevoked
	}
	return k, 0
}

// changeMandate takes away at once what the new mandate does not let, and lets the rest wait.
func (s *State) changeMandate(p *instruction.Principal, i *instruction.ChangeMandate) {
	k, r := s.living(i.Credential)
	if r == 0 {
		r = s.unsound(&i.Mandate)
	}
	if r != 0 {
		s.refuseWhole(r)
		return
	}
	was := k.Mandate()
	both, common := i.Mandate.Meet(&was)
	wider := !i.Mandate.Within(&was)
	waiting := s.widening(k.Account, i.Credential)
	owns := i.Mandate.Rights.Has(instruction.MayOwn)
	if owns && (k.Legacy || k.Canary || k.Integrator() != "") {
		r = instruction.UnsafeOwning
	} else if owns || wider || !k.Legacy {
		r = unsafe(k.Scheme, &i.Mandate)
	} else {
		r = unsafeIssuing(k.Scheme, &i.Mandate)
	}
	switch {
	case r != 0:
		s.refuseWhole(r)
	case !common:
		s.refuseWhole(instruction.MandateDisjoint)
	case !wider && both.Same(&was) && !waiting:
		s.refuseWhole(instruction.MandateSame)
	case (!owns || !gate.Within(i.Mandate.Networks, p.Addr)) && s.lastOwner(p, i.Credential):
		s.refuseWhole(instruction.LastOwnerKey)
	case len(both.Networks) > instruction.MaxMandateNetworks, wider && s.full(p, k.Account, waiting):
		s.refuseWhole(instruction.TooMany)
	default:
		account, lost := k.Account, was.Rights&^both.Rights
		s.supersede(account, wideningOf(i.Credential))
		if !was.Within(&both) {
			s.emit(&instruction.MandateSet{Credential: i.Credential, Mandate: both})
		}
		if lost.Has(instruction.MayOwn) || lost.Has(instruction.MayWithdraw) { // it could not ask for that now
			s.disown(i.Credential)
		}
		if wider {
			s.wait(p, instruction.Matter{Kind: instruction.Widening, Account: account, Credential: i.Credential, Mandate: i.Mandate})
		}
	}
}

// widening says that a wider mandate waits for a key of the account.
func (s *State) widening(a instruction.Account, c instruction.Credential) bool {
	is := wideningOf(c)
	return slices.ContainsFunc(s.owner.Of(a), func(id instruction.MatterID) bool { return is(s.owner.Matter(id)) })
}

func wideningOf(c instruction.Credential) func(*instruction.Matter) bool {
	return func(m *instruction.Matter) bool { return m.Kind == instruction.Widening && m.Credential == c }
}

// renewKey has a key keep its rights for another year.
func (s *State) renewKey(p *instruction.Principal, i *instruction.RenewKey) {
	switch k := s.keys.Key(i.Credential); {
	case k == nil:
		s.refuseWhole(instruction.UnknownKey)
	case !k.Ages():
		s.refuseWhole(instruction.NothingToRenew)
	default:
		s.emit(&instruction.KeyRenewed{Credential: i.Credential})
		s.vouch(p, i.Credential)
	}
}

// maxAged is how many keys are said with one tick to lose their rights soon.
const maxAged = 100

// age says of keys that nobody renews how long they have left.
func (s *State) age() {
	for range maxAged {
		c, days, ok := s.keys.Aging(s.clock.Waits())
		if !ok {
			return
		}
		s.emit(&instruction.KeyAging{Credential: c, Days: days})
	}
}

// revokeKey makes a key a tombstone. What waits for it is over, and what it asked for, and its open orders are cancelled.
func (s *State) revokeKey(p *instruction.Principal, i *instruction.RevokeKey) {
	k, r := s.living(i.Credential)
	if r == 0 && s.lastOwner(p, i.Credential) {
		r = instruction.LastOwnerKey
	}
	if r != 0 {
		s.refuseWhole(r)
		return
	}
	account := k.Account
	s.emit(&instruction.KeyRevoked{Credential: i.Credential})
	s.sweepRevoked(account, i.Credential)
	s.disown(i.Credential)
	s.endMatters(account, instruction.ByVanishing, wideningOf(i.Credential))
	s.endMatters(account, instruction.ByVanishing, higherOf(i.Credential))
}

// resealKey takes a secret as it is sealed under another master key. What is sealed cannot be looked into here; whoever gives
// it has opened the one and sealed the other.
func (s *State) resealKey(i *instruction.ResealKey) {
	k, r := s.living(i.Credential)
	switch {
	case r != 0:
		s.refuseWhole(r)
	case k.Scheme != instruction.HMAC:
		s.refuseWhole(instruction.NotSealed)
	case credential.CheckMaterial(k.Scheme, i.Material) != nil:
		s.refuseWhole(instruction.MalformedKey)
	default:
		s.emit(&instruction.KeyResealed{Credential: i.Credential, Material: i.Material})
	}
}

// foldMandate gives a key another mandate.
func (s *State) foldMandate(e *instruction.MandateSet) error {
	s.teachMandate(e)
	if err := s.keys.SetMandate(e.Credential, &e.Mandate); err != nil {
		return err
	}
	s.meter(e.Credential)
	return nil
}
