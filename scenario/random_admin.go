package scenario

import (
	"net/netip"
	"strconv"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// transfer moves a little of the giver's, mostly to another account of the same customer, now and then under a name that
// was used before.
func (r *Random) transfer(s *core.State, by instruction.Credential) *instruction.Transfer {
	t := &instruction.Transfer{
		From: instruction.Account(r.number(int(s.Accounts()))), To: instruction.Account(r.number(int(s.Accounts()))),
		Asset: r.asset(s), Amount: money.Amount(r.rng.Int64N(1e12)),
	}
	if k := s.Key(by); k != nil && !r.one(5) {
		master := s.Customer(k.Account)
		all := append([]instruction.Account{master}, s.SubAccounts(master)...)
		t.From, t.To = k.Account, all[r.rng.IntN(len(all))]
		if k.Account == master && r.one(2) {
			t.From, t.To = t.To, t.From
		}
	}
	if r.one(2) {
		// A name stands for one transfer mostly, so that one that is given again is the same.
		n := r.rng.IntN(300)
		t.Client, _ = instruction.ClientIDOf("t" + strconv.Itoa(n))
		t.Asset, t.Amount = instruction.Asset(1+n%4), money.Amount(1000*n+1)
	}
	return t
}

// setFees gives a tier rates, of which some no taker covers.
func (r *Random) setFees(s *core.State) *instruction.SetFees {
	f := &instruction.SetFees{
		Tier: instruction.Tier(1 + r.rng.IntN(4)), Maker: money.PPM(r.rng.IntN(2000) - 600), Taker: money.PPM(400 + r.rng.IntN(2000)),
	}
	for range 1 + r.rng.IntN(3) {
		f.Markets = append(f.Markets, r.market(s))
	}
	if r.one(10) {
		f.Tier, f.Markets = 0, nil
	}
	return f
}

// cohort shuts keys in two tiers, or says when the venue does so itself.
func (r *Random) cohort(s *core.State) instruction.Instruction {
	if r.one(2) {
		return &instruction.SetCohorts{Margin: uint32(r.rng.IntN(5) * 250)} // #nosec G115 -- at most 1000
	}
	i := &instruction.ShutCohort{Margin: uint32(r.rng.IntN(1000)), Victims: uint32(r.rng.IntN(9)), Reason: "drill"} // #nosec G115 -- as it says
	i.Inside.Integrator = []string{"bots", ""}[r.rng.IntN(2)]
	i.Inside.Before = r.now - instruction.Time(r.rng.Int64N(int64(100*instruction.Second)))
	if r.one(2) {
		i.Rest.Integrator = "bots"
	}
	if r.one(4) {
		i.Inside.Before, i.Inside.Integrator = 0, ""
	}
	if n := len(s.Incidents()); n > 0 && r.one(2) {
		i.Incident = s.Incidents()[r.rng.IntN(n)].ID
	}
	return i
}

// drop shuts something, mostly for a part of the venue only.
func (r *Random) drop(s *core.State) *instruction.Drop {
	d := &instruction.Drop{Class: instruction.Class(1 + r.rng.IntN(5)), Reason: "drill"}
	if r.one(2) {
		d.Scope.Asset = r.asset(s)
	}
	if r.one(2) {
		d.Scope.Integrator = "bots"
	}
	if r.one(3) {
		d.Scope.Before = r.now - instruction.Time(r.rng.Int64N(int64(100*instruction.Second)))
	}
	if r.one(5) {
		d.Scope.After = r.now - instruction.Time(r.rng.Int64N(int64(100*instruction.Second)))
	}
	if r.one(8) {
		d.Scope.AliveAt = r.now - instruction.Time(r.rng.Int64N(int64(100*instruction.Second)))
	}
	if r.one(3) {
		d.Scope.Networks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/31")}
	}
	if r.one(3) {
		d.Until = r.now + instruction.Time(r.rng.Int64N(int64(instruction.Day)))
	}
	return d
}

// raise opens again what was dropped, a share of it or all, so that the venue trades most of the time.
func (r *Random) raise(s *core.State) *instruction.Raise {
	list := s.Drops()
	if len(list) == 0 || r.one(10) {
		return &instruction.Raise{Drop: instruction.DropID(r.rng.IntN(5)), Share: uint8(r.rng.IntN(110))}
	}
	x := &instruction.Raise{Drop: list[r.rng.IntN(len(list))].ID, Share: 100}
	if r.one(3) {
		x.Share = uint8(r.rng.IntN(110))
	}
	return x
}
