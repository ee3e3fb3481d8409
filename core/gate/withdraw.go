package gate

import "portcullis/core/instruction"

// Outgoing is what the gate must know of a withdrawal that somebody asks for.
type Outgoing struct {
	Known  bool             // the account's payout of this name is there already: nothing more will come of this one
	Listed bool             // the address is in the account's book
	Due    instruction.Time // when it will be, by the clock of waits, where it waits for that; 0 where it does not
	Wait   instruction.Time // how long what the customer adds waits
}

// withdrawal judges a withdrawal by a credential that stands well and has the right: caps first, then the address. What is
// asked for again under its name passes, for nothing more comes of it than that it is known.
func (g *Gate) withdrawal(now Now, p *instruction.Principal, s *Standing, i *instruction.Withdraw) instruction.Verdict {
	o := g.venue.Withdrawal(s.Account, i)
	if o.Known {
		return instruction.Say(instruction.Allow, instruction.WithinMandate, int64(s.Mandate.Rights))
	}
	over, value := g.withdrawalCap(now.Waits, p.Credential, s.Mandate, i.Asset, i.Amount)
	wall := func(waits instruction.Time) int64 { return int64(waits + now.Wall - now.Waits) }
	switch {
	case over == instruction.WithdrawalOverCap && o.Listed && g.venue.Owned(s.Account): // else nobody could answer
		return instruction.Say(instruction.Challenge, over, value).And(instruction.AddressListed, int64(i.Asset))
	case over != 0:
		return deny(over, value)
	case o.Listed:
		return instruction.Say(instruction.Allow, instruction.AddressListed, int64(i.Asset))
	case o.Due != 0:
		return deny(instruction.AddressWaits, wall(o.Due))
	case s.Legacy:
		return instruction.Say(instruction.Hold, instruction.NewAddressHeld, wall(now.Waits+o.Wait))
	}
	return deny(instruction.AddressNotListed, int64(i.Asset))
}

// Keeps is why drops keep a withdrawal by the credential, whose wait is over, from leaving; or 0. Where it was asked from is
// not known any more, so that a drop of networks keeps it as one of everywhere does. With the owner's word for it a drop of
// keys does not, nor one until they are confirmed, for those are against what leaked.
func (g *Gate) Keeps(c instruction.Credential, x instruction.Asset, word bool) instruction.Reason {
	s := g.venue.Standing(c)
	for i := range g.drops.list {
		d := &g.drops.list[i]
		shut := d.Class == instruction.DropWithdrawals || d.Class >= instruction.DropKeys && !word
		if shut && (d.Scope.Asset == 0 || d.Scope.Asset == x) && g.Shuts(d, &s) {
			return reasons[d.Class]
		}
	}
	return 0
}
