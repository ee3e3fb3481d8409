package core

import (
	"crypto/sha256"
	"encoding/binary"

	"portcullis/core/credential"
	"portcullis/core/feature"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// What happened is told to core/feature here, as it is folded: by the live venue and by recovery alike. Records of layouts before
// the fourth teach nothing, so that an old journal and an old snapshot lead to the same state.

// mover is who gave the instruction of the record that is folded, for core/feature; false where it is no customer's key that
// lives.
func (s *State) mover() (m feature.Mover, ok bool) {
	p := s.giver
	if p.Giver != instruction.ByCredential {
		return m, false
	}
	k := s.keys.Key(p.Credential)
	if k == nil || k.Canary || k.Revoked != 0 || k.Owner() {
		return m, false
	}
	return feature.Mover{
		Now: feature.SecondOf(s.clock.Waits()), Credential: p.Credential, Customer: s.Customer(k.Account),
		Network: instruction.NetworkOf(p.Addr), Integrator: k.Integrator(), Made: made(k),
	}, true
}

// learns says that detectors are told what happens: not by records of before them, and not behind a gate that stands open
// with none behind it.
func (s *State) learns() bool { return !s.untaught && !s.gate.Blind() }

// heard tells what a record says beside its events: that a request was denied which its key had signed. Who sends again what
// another signed does not hold the key.
func (s *State) heard(p *instruction.Principal, v *instruction.Verdict) {
	s.giver = p
	if !s.learns() || v.Decision != instruction.Deny || stale(v.Reason()) {
		return
	}
	if m, ok := s.mover(); ok {
		s.features.Denied(&m)
	}
}

// teach tells what an event says that was folded.
func (s *State) teach(e instruction.Event) {
	now := feature.SecondOf(s.clock.Waits())
	switch e := e.(type) {
	case *instruction.OrderPlaced:
		if m, ok := s.mover(); ok && m.Credential == e.Credential {
			s.features.Moved(&m)
			s.features.Placed(&m, e.Place.Market)
		}
	case *instruction.OrderAmended:
		s.moved()
	case *instruction.Filled:
		s.teachFill(e, now)
	case *instruction.CodesIssued:
		s.moved()
		worth := s.valued(e.Asset, gate.Worth(e.Amount, len(e.Codes)), s.folded())
		s.features.Withdrew(e.Account, uint64(worth), addressOf(&giftCodes), now) // #nosec G115 -- not negative
	case *instruction.PayoutMade:
		if e.Account == instruction.Fees { // of a gift code, which left its account when it was issued
			return
		}
		s.moved()
		worth := s.valued(e.Asset, e.Amount, s.folded())
		s.features.Withdrew(e.Account, uint64(worth), addressOf(&e.To), now) // #nosec G115 -- not negative
	case *instruction.Transferred:
		s.moved()
		s.features.Transferred(e.From, uint64(s.valued(e.Asset, e.Amount, s.folded())), now) // #nosec G115 -- not negative
	case *instruction.KeyQuarantined:
		if k := s.keys.Key(e.Credential); e.Cause != instruction.QuarantinedByWord {
			s.features.Flagged(k.Integrator(), s.Customer(k.Account), now)
		}
	case *instruction.KeyRevoked:
		s.features.Forget(e.Credential)
	}
}

// moved tells that who gave the record's instruction moved money.
func (s *State) moved() {
	if m, ok := s.mover(); ok {
		s.features.Moved(&m)
	}
}

// teachMandate tells that a key's mandate gained something with the one that it is to get.
func (s *State) teachMandate(e *instruction.MandateSet) {
	k := s.keys.Key(e.Credential)
	if !s.learns() || k == nil || k.Revoked != 0 {
		return
	}
	if m := k.Mandate(); !e.Mandate.Within(&m) {
		s.features.Widened(e.Credential, feature.SecondOf(s.clock.Waits()))
	}
}

func (s *State) teachFill(e *instruction.Filled, now feature.Second) {
	t := s.told(e, now)
	s.features.Traded(&t)
}

// Slipped is what the taker and the maker of a fill lost against a fair price, as features count it: in units of the valuation asset,
// below 0 where they gained. It is to be asked when the fill was just folded. A side whose key is deleted has none.
func (s *State) Slipped(e *instruction.Filled) [2]feature.Side {
	t := s.told(e, feature.SecondOf(s.clock.Waits()))
	return [...]feature.Side{t.Taker, t.Maker}
}

// told is a fill that was just folded, as core/feature is told of it.
func (s *State) told(e *instruction.Filled, now feature.Second) feature.Trade {
	m, at := s.markets[e.Market], s.folded()
	taker, maker := m.Book.At(m.Book.Find(e.Taker)), m.Book.At(m.Book.Find(e.Maker))
	k, _ := s.fair(m, at)
	lost := m.lost(e.TakerSide, e.Qty, e.Quote, k)
	worth := s.valued(m.Quote, e.Quote, at)
	if m.Quote != s.valuation { // in the same proportion
		n, _ := money.MulDiv(int64(max(lost, -lost)), int64(worth), int64(max(e.Quote, 1)), money.Down)
		if lost < 0 {
			n = -n
		}
		lost = money.Amount(n)
	}
	t := feature.Trade{
		Now: now, Market: m.ID, Quote: uint64(e.Quote), Worth: uint64(worth), // #nosec G115 -- not negative
		Taker: s.sideTold(e.Taker, e.TakerAccount, taker.Credential, lost),
		Maker: s.sideTold(e.Maker, e.MakerAccount, maker.Credential, -lost),
	}
	t.Maker.First = maker.Done == e.Qty
	return t
}

func (s *State) sideTold(o instruction.Order, a instruction.Account, c instruction.Credential, lost money.Amount) feature.Side {
	x := feature.Side{Account: a, Customer: s.Customer(a), Order: o, Lost: int64(lost)}
	if k := s.keys.Key(c); k != nil && k.Revoked == 0 {
		x.Credential, x.Integrator = c, k.Integrator()
	}
	return x
}

// addressOf is the name of an address for core/feature: so much of a hash that nobody finds another address of that name.
func addressOf(to *instruction.Destination) uint64 {
	h := sha256.Sum256([]byte(to.Chain + "\x00" + to.Address + "\x00" + to.Tag))
	return max(binary.LittleEndian.Uint64(h[:]), 1)
}

// made is when a key was created, for core/feature, which goes by the clock of waits. The calendar lies ahead of that by as long as the
// venue ever stood still, so that a key would be in its first day for that much longer; but until it is renewed, that is by the clock
// of waits when it was created.
func made(k *credential.Key) feature.Second { return feature.SecondOf(min(k.Created, k.Renewed)) }
