package scenario

import (
	"net/netip"
	"slices"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// caps are bounds on a few assets, some so narrow that they are met.
func (r *Random) caps() (list []instruction.Cap) {
	for x := range instruction.Asset(4) {
		c := instruction.Cap{Asset: x + 1}
		if !r.one(3) {
			c.PerOrder = money.Amount(1) << (20 + r.rng.IntN(35))
		}
		if !r.one(3) {
			c.PerDay = max(c.PerOrder, money.Amount(1)<<(24+r.rng.IntN(35)))
		}
		if !r.one(4) && c.PerOrder|c.PerDay != 0 {
			list = append(list, c)
		}
	}
	return list
}

// older gives a new key what keys have that come from elsewhere, and some a cap.
func (r *Random) older(k *instruction.CreateKey) {
	if r.one(3) {
		k.Mandate.Trades = r.caps()
	}
	if r.one(4) {
		k.Mandate.Withdrawals = r.caps()
	}
	if r.one(3) {
		k.Created = max(1, r.now-instruction.Time(r.rng.Int64N(int64(400*instruction.Day))))
	}
	k.Legacy = r.one(4)
	if r.one(8) {
		k.Mandate, k.Scheme = instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}, instruction.Ed25519
	}
}

// mandates changes what a key may do, here a little less, there a little more, or renews it.
func (r *Random) mandates(s *core.State) instruction.Instruction {
	c := instruction.Credential(r.number(int(s.Keys())))
	k := s.Key(c)
	if k == nil || r.one(4) {
		return &instruction.RenewKey{Credential: c}
	}
	m := k.Mandate()
	switch r.rng.IntN(7) {
	case 0:
		m.Trades = r.caps()
	case 1:
		m.Withdrawals = r.caps()
	case 2:
		m.Trades = slices.Clone(m.Trades)
		for i := range m.Trades {
			x := &m.Trades[i]
			x.PerDay = max(1, x.PerDay/2)
			x.PerOrder = min(x.PerOrder, x.PerDay)
		}
	case 3:
		m.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/30"), netip.MustParsePrefix("2001::/64")}[:1+r.rng.IntN(2)]
	case 4:
		m.Networks, m.Trades, m.Markets = nil, nil, nil
	case 5:
		m.Rights = instruction.Rights(r.rng.IntN(32)) | instruction.MayTrade
	case 6:
		m.Expires = r.now + instruction.Time(r.rng.Int64N(int64(instruction.Day)))
	}
	if c <= founders { // they go on trading
		m.Rights, m.Markets, m.Networks, m.Expires = k.Rights(), nil, nil, 0
		if m.Trades = nil; r.one(2) {
			m.Trades = []instruction.Cap{{Asset: 1, PerDay: 1 << 50}, {Asset: 2, PerDay: 1 << 50}, {Asset: 3, PerDay: 1 << 50}, {Asset: 4, PerDay: 1 << 60}}
		}
	}
	return &instruction.ChangeMandate{Credential: c, Mandate: m}
}
