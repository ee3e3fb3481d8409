package gate

import (
	"fmt"
	"slices"

	"portcullis/core/instruction"
)

// MaxDrops is how many drops can be live at once. Each is looked at for every instruction, so there are few.
const MaxDrops = 72

// Dropped is a live drop.
type Dropped struct {
	instruction.Drop
	ID    instruction.DropID
	Since instruction.Time
	Share uint8            // percent of the customers for whom it is raised
	Waits instruction.Time // when it began, by the clock of waits: keys that were renewed later are confirmed. Only of one until that

	// Of a drop of keys: how far their resting orders are cancelled. Past Last they all are.
	Next, Last instruction.Credential
	Market     instruction.Market // of Next's orders, those in markets before this one are
}

// reasons are why each class is denied.
var reasons = [...]instruction.Reason{
	instruction.DropWithdrawals: instruction.WithdrawalsDropped, instruction.DropClaims: instruction.ClaimsDropped,
	instruction.DropTrading: instruction.TradingDropped, instruction.DropKeys: instruction.KeysDropped, instruction.DropStepUp: instruction.StepUpAsked,
}

// drops are the live drops by ascending number, and the last number given out.
type drops struct {
	last instruction.DropID
	list []Dropped
}

// errDrop means that an event speaks of a drop that does not fit.
var errDrop = fmt.Errorf("gate: an event of a drop that does not fit")

// Drops are the live drops, by ascending number. They must not be changed.
func (g *Gate) Drops() []Dropped { return g.drops.list }

// LastDrop is the last number given to a drop.
func (g *Gate) LastDrop() instruction.DropID { return g.drops.last }

// Live is the live drop of that number, or nil. It must not be changed.
func (g *Gate) Live(id instruction.DropID) *Dropped {
	for i := range g.drops.list {
		if d := &g.drops.list[i]; d.ID == id {
			return d
		}
	}
	return nil
}

// Drop takes note that a class was dropped. keys is the highest number of a credential: only those that there are can have
// orders to cancel, since what is shut cannot trade.
func (g *Gate) Drop(now Now, e *instruction.Dropped, keys instruction.Credential) error {
	if e.ID != g.drops.last+1 || len(g.drops.list) >= MaxDrops {
		return errDrop
	}
	d := Dropped{Drop: e.Drop, ID: e.ID, Since: now.Wall, Next: 1}
	if e.Drop.Class == instruction.DropStepUp { // older ones have none in older snapshots
		d.Waits = now.Waits
	}
	if x := &e.Drop.Scope; e.Drop.Class == instruction.DropKeys && len(x.Networks) == 0 && x.Client == 0 {
		d.Last = keys
	}
	g.drops.last, g.drops.list = e.ID, append(g.drops.list, d)
	return nil
}

// Raise takes note that a drop was raised, and forgets it when it is for everybody.
func (g *Gate) Raise(e *instruction.Raised) error {
	d := g.Live(e.Drop)
	if d == nil || e.Share <= d.Share || e.Share > 100 {
		return errDrop
	}
	if d.Share = e.Share; d.Share == 100 {
		g.drops.list = slices.DeleteFunc(g.drops.list, func(x Dropped) bool { return x.ID == e.Drop })
	}
	return nil
}

// Swept takes note of how far a drop's orders are cancelled.
func (g *Gate) Swept(e *instruction.Swept) error {
	d := g.Live(e.Drop)
	if d == nil || e.Next < d.Next || e.Next > d.Last+1 {
		return errDrop
	}
	d.Next, d.Market = e.Next, e.Market
	return nil
}

// Sweeping is the first drop whose orders are not all cancelled, or nil. It must not be changed.
func (g *Gate) Sweeping() *Dropped {
	for i := range g.drops.list {
		if d := &g.drops.list[i]; d.Next <= d.Last {
			return d
		}
	}
	return nil
}

// Concerns says whether a scope names the key, wherever it is used from and whatever it is used for.
func Concerns(x *instruction.Scope, s *Standing) bool {
	return s.Known && (x.Integrator == "" || s.Integrator == x.Integrator) && (x.Before == 0 || s.Created < x.Before) && s.Created >= x.After &&
		(x.AliveAt == 0 || s.Created <= x.AliveAt && (s.Revoked == 0 || s.Revoked > x.AliveAt))
}

// Shuts says whether a drop shuts the key, wherever it is used from and whatever it is used for. A key that was renewed since
// is confirmed.
func (g *Gate) Shuts(d *Dropped, s *Standing) bool {
	return Concerns(&d.Scope, s) && !(d.Class == instruction.DropStepUp && s.Renewed > d.Waits) && !d.open(g.venue.Customer(s.Account))
}

// open says whether a drop is raised for the customer. Accounts are spread over a hundred parts by their number alone, so
// that whoever is open stays open as the share grows, and neighbours do not open together.
func (d *Dropped) open(customer instruction.Account) bool {
	h := uint64(customer) * 0x9e3779b97f4a7c15
	h = (h ^ h>>32) * 0xd6e8feb86659fd93
	return uint8((h^h>>32)%100) < d.Share
}

// Dropped is the verdict on an instruction of the class that moves the asset, as far as drops go.
func (g *Gate) Dropped(p *instruction.Principal, class instruction.Class, asset instruction.Asset) instruction.Verdict {
	s := g.venue.Standing(p.Credential)
	if d := g.shut(p, &s, class, asset, asset); d != nil {
		return deny(reasons[d.Class], int64(d.ID))
	}
	return instruction.Say(instruction.Allow, instruction.WithinMandate, 0)
}

// dropped is the drop that shuts what is needed, or nil.
func (g *Gate) dropped(p *instruction.Principal, s *Standing, n *need) *Dropped {
	if len(g.drops.list) == 0 || n.cancels || n.right == instruction.MayOwn { // a drop shuts what can leak, and an owner must be able to act
		return nil
	}
	base, quote := g.venue.Assets(n.market)
	if n.asset != 0 {
		base, quote = n.asset, n.asset
	}
	return g.shut(p, s, n.class, base, quote)
}

// shut is the first drop that concerns an instruction of the class, 0 for none, which moves one of two assets.
func (g *Gate) shut(p *instruction.Principal, s *Standing, class instruction.Class, a, b instruction.Asset) *Dropped {
	for i := range g.drops.list {
		d := &g.drops.list[i]
		x := &d.Scope
		if (d.Class == class || d.Class >= instruction.DropKeys) && (x.Asset == 0 || x.Asset == a || x.Asset == b) &&
			Within(x.Networks, p.Addr) && (x.Client == 0 || x.Client == p.Client) && g.Shuts(d, s) {
			return d
		}
	}
	return nil
}

// fields is the persisted form.
func (x *drops) fields(c *instruction.Codec) {
	if c.Reading() {
		*x = drops{}
	}
	instruction.Num32(c, &x.last)
	n := c.Count(len(x.list), MaxDrops)
	for i := range n {
		if c.Reading() {
			x.list = append(x.list, Dropped{})
		}
		d := &x.list[i]
		instruction.Num32(c, &d.ID)
		d.Drop.Fields(c)
		instruction.Num64(c, &d.Since)
		instruction.Num8(c, &d.Share)
		instruction.Num32(c, &d.Next)
		instruction.Num32(c, &d.Last)
		instruction.Num16(c, &d.Market)
		if c.Since(4) {
			instruction.Num64(c, &d.Waits)
		}
		if c.Reading() && c.Err() == nil && (d.ID == 0 || d.ID > x.last || i > 0 && d.ID <= x.list[i-1].ID || d.Share >= 100) {
			c.Fail("drop %d", d.ID)
		}
	}
}
