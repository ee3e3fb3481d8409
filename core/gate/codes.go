package gate

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// issue judges gift codes that a key issues by itself, which stands well and may withdraw: only within caps, and never a key whose
// signatures others could make. Whoever has a code has its worth, so that nothing here is ever parked.
func (g *Gate) issue(now Now, p *instruction.Principal, s *Standing, i *instruction.IssueCodes) instruction.Verdict {
	bound := capOf(s.Mandate.Codes, i.Asset)
	switch {
	case i.Account != 0 && i.Account != s.Account:
		return deny(instruction.AccountNotYours, int64(i.Account))
	case s.HMAC, bound == nil:
		return deny(instruction.CodesNotCapped, int64(i.Asset))
	}
	var used []tally
	if x := g.meters.of[p.Credential]; x != nil {
		used = x.codes
	}
	if left := leftOf(now.Waits, bound, used); Worth(i.Amount, len(i.Codes)) > left {
		return deny(instruction.CodesOverCap, int64(left))
	}
	return instruction.Say(instruction.Allow, instruction.WithinMandate, int64(s.Mandate.Rights))
}

// Worth is what so many codes of an amount are worth; what is more than any amount is more than the largest.
func Worth(each money.Amount, n int) money.Amount {
	if n > 0 && each > money.MaxAmount/money.Amount(n) {
		return money.MaxAmount + 1
	}
	return each * money.Amount(n)
}

// Issued counts codes that a key's caps bore. Returned, they count all the same: whoever holds the key has tried.
func (g *Gate) Issued(waits instruction.Time, c instruction.Credential, asset instruction.Asset, n money.Amount) {
	if x := g.meters.of[c]; x != nil {
		if t := tallyOf(x.codes, asset); t != nil {
			t.used.Add(waits, n)
		}
	}
}

// said judges an owner's word. One that sends value away is held by a lock and by a drop of withdrawals, as a withdrawal is that waited.
func (g *Gate) said(s *Standing, n *need, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	v := g.word(s, n)
	i, issues := in.(*instruction.IssueCodes)
	if v.Decision == instruction.Deny || !issues {
		return v
	}
	if lock := g.venue.Locked(i.Account); lock != 0 {
		return deny(instruction.LockedAccount, int64(lock))
	}
	for k := range g.drops.list {
		d := &g.drops.list[k]
		if d.Class == instruction.DropWithdrawals && d.concerns(p, i.Asset) && g.Shuts(d, s) {
			return deny(reasons[d.Class], int64(d.ID))
		}
	}
	return v
}

// concerns says whether a drop is about the asset, and about where and with what somebody comes.
func (d *Dropped) concerns(p *instruction.Principal, asset instruction.Asset) bool {
	x := &d.Scope
	return (x.Asset == 0 || x.Asset == asset) && Within(x.Networks, p.Addr) && (x.Client == 0 || x.Client == p.Client)
}

// Limits of claims in claimSpan. What fails counts too.
const (
	claimSpan     = 600 * instruction.Second
	ClaimsPerSite = 120    // from one network
	ClaimsInAll   = 12_000 // by everybody
)

// claim is one attempt to claim a code.
type claim struct {
	at      instruction.Time // by the clock of waits
	network instruction.Network
}

// claims remembers who claimed codes lately: never more than ClaimsInAll, the oldest first.
type claims struct {
	list []claim
	from map[instruction.Network]int // how many of the list; derived
}

// since is where what counts begins.
func (x *claims) since(waits instruction.Time) int {
	i := 0
	for i < len(x.list) && x.list[i].at+claimSpan <= waits {
		i++
	}
	return i
}

// forget drops what counts no longer.
func (x *claims) forget(waits instruction.Time) {
	n := x.since(waits)
	for _, c := range x.list[:n] {
		if x.from[c.network]--; x.from[c.network] == 0 {
			delete(x.from, c.network)
		}
	}
	if x.list = x.list[n:]; len(x.list) == 0 {
		x.list = nil
	}
}

func (x *claims) add(c claim) {
	if x.from == nil {
		x.from = make(map[instruction.Network]int)
	}
	x.list = append(x.list, c)
	x.from[c.network]++
}

// over is how many claims there were lately from the network, or in all, where that is as many as may be; else 0.
func (x *claims) over(waits instruction.Time, n instruction.Network) int {
	gone, mine := x.since(waits), x.from[n]
	for _, c := range x.list[:gone] {
		if c.network == n {
			mine--
		}
	}
	switch all := len(x.list) - gone; {
	case mine >= ClaimsPerSite:
		return mine
	case all >= ClaimsInAll:
		return all
	}
	return 0
}

// fields is the persisted form: what was claimed, in its order.
func (x *claims) fields(c *instruction.Codec) {
	n := c.Count(len(x.list), ClaimsInAll)
	if c.Reading() {
		*x = claims{}
	}
	for i := range n {
		var k claim
		if !c.Reading() {
			k = x.list[i]
		}
		instruction.Num64(c, &k.at)
		instruction.Num64(c, &k.network)
		if c.Err() != nil {
			return
		}
		if c.Reading() {
			if i > 0 && x.list[i-1].at > k.at {
				c.Fail("claims that went back in time")
				return
			}
			x.add(k)
		}
		c.Pause()
	}
}

// claim is the verdict on a claim that all else lets pass: that, unless there are too many.
func (g *Gate) claim(now Now, p *instruction.Principal, v instruction.Verdict) instruction.Verdict {
	if n := g.claims.over(now.Waits, instruction.NetworkOf(p.Addr)); n != 0 {
		return deny(instruction.TooManyClaims, int64(n))
	}
	return v
}

// brought judges a claim by whoever brings a code. Drops that name keys do not concern it; one that is raised for a share of the
// customers is for codes of those.
func (g *Gate) brought(now Now, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	i, ok := in.(*instruction.ClaimCode)
	if !ok {
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	}
	asset, issuer := g.venue.Code(i.Hash)
	for k := range g.drops.list {
		d := &g.drops.list[k]
		x := &d.Scope
		keys := x.Integrator != "" || x.Before != 0 || x.After != 0 || x.AliveAt != 0
		if d.Class == instruction.DropClaims && !keys && d.concerns(p, asset) && !d.open(g.venue.Customer(issuer)) {
			return deny(reasons[d.Class], int64(d.ID))
		}
	}
	return g.claim(now, p, instruction.Say(instruction.Allow, instruction.Brought, 0))
}

// Claimed counts a claim that was let through, whatever came of it.
func (g *Gate) Claimed(waits instruction.Time, p *instruction.Principal) {
	g.claims.forget(waits)
	if len(g.claims.list) < ClaimsInAll { // behind a gate that stands open nothing else holds it
		g.claims.add(claim{waits, instruction.NetworkOf(p.Addr)})
	}
}
