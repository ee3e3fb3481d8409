package instruction

import (
	"net/netip"
	"slices"

	"portcullis/core/money"
)

// Mandate is what a credential may do. The zero Mandate may do nothing.
type Mandate struct {
	Rights   Rights
	Markets  []Market       // markets it may trade in; empty means every market
	Networks []netip.Prefix // networks it may come from; empty means any
	Expires  Time           // last moment that it may do anything; 0 means no end
	// Since layout version 3; each names its assets once, by ascending number:
	Trades      []Cap // orders, in the asset that prices are quoted in; empty means no cap, else other quote assets are shut
	Withdrawals []Cap // withdrawals, in the asset that leaves; empty means no cap, else other assets are shut
	// Since layout version 5; likewise, but that an asset that it does not name is shut:
	Codes []Cap // gift codes that it may issue by itself, in their asset; empty means none
}

// Limits of a mandate's lists.
const (
	MaxMandateMarkets  = 64
	MaxMandateNetworks = 32
)

// Fields is the persisted layout.
func (m *Mandate) Fields(c *Codec) {
	Num8(c, &m.Rights)
	if m.Rights&^allRights != 0 {
		c.Fail("unknown rights %d", uint8(m.Rights))
	}
	c.markets(&m.Markets)
	c.networks(&m.Networks)
	Num64(c, &m.Expires)
	if c.since(3) {
		c.caps(&m.Trades)
		c.caps(&m.Withdrawals)
	}
	if c.since(5) {
		c.caps(&m.Codes)
	}
}

// markets is a list of markets.
func (c *Codec) markets(p *[]Market) {
	n := c.Count(len(*p), MaxMandateMarkets)
	if c.Reading() {
		*p = sized[Market](n)
	}
	for i := range *p {
		Num16(c, &(*p)[i])
	}
}

// networks is a list of networks.
func (c *Codec) networks(p *[]netip.Prefix) {
	n := c.Count(len(*p), MaxMandateNetworks)
	if c.Reading() {
		*p = sized[netip.Prefix](n)
	}
	for i := range *p {
		c.Prefix(&(*p)[i])
	}
}

// sized is a fresh list of n, nil when empty.
func sized[T any](n int) []T {
	if n == 0 {
		return nil
	}
	return make([]T, n)
}

// The algebra of mandates. A mandate stands for the set of all that it lets its credential do; lists and bounds that are
// empty or 0 let everything.

// Within says that n lets nothing that m does not let. It never says so wrongly. Networks that only several of m's cover
// together count as new.
func (n *Mandate) Within(m *Mandate) bool {
	inside := func(x netip.Prefix) bool {
		return slices.ContainsFunc(m.Networks, func(y netip.Prefix) bool { return covers(y, x) })
	}
	switch {
	case !m.Rights.Has(n.Rights), earlier(n.Expires, m.Expires) != n.Expires:
		return false
	case len(m.Markets) > 0 && (len(n.Markets) == 0 || slices.ContainsFunc(n.Markets, func(x Market) bool { return !slices.Contains(m.Markets, x) })):
		return false
	case len(m.Networks) > 0 && (len(n.Networks) == 0 || slices.ContainsFunc(n.Networks, func(x netip.Prefix) bool { return !inside(x) })):
		return false
	}
	return capsWithin(n.Trades, m.Trades) && capsWithin(n.Withdrawals, m.Withdrawals) && (len(n.Codes) == 0 || len(m.Codes) > 0 && capsWithin(n.Codes, m.Codes))
}

// Same says that both let the same.
func (n *Mandate) Same(m *Mandate) bool { return n.Within(m) && m.Within(n) }

// Meet is what both mandates let. It is false where they have no right, market, network or capped asset in common, so that
// there is no such mandate: an empty list would let everything.
func (n *Mandate) Meet(m *Mandate) (both Mandate, ok bool) {
	both.Rights = n.Rights & m.Rights
	both.Expires = earlier(n.Expires, m.Expires)
	var markets, networks, trades, withdrawals bool
	both.Markets, markets = meet(n.Markets, m.Markets, func(x, y Market) (Market, bool) { return x, x == y })
	both.Networks, networks = meet(n.Networks, m.Networks, narrower)
	both.Trades, trades = meet(n.Trades, m.Trades, lower)
	both.Withdrawals, withdrawals = meet(n.Withdrawals, m.Withdrawals, lower)
	if len(n.Codes) > 0 && len(m.Codes) > 0 { // without any, nothing of the kind is let
		both.Codes, _ = meet(n.Codes, m.Codes, lower)
	}
	return both, both.Rights != 0 && markets && networks && trades && withdrawals
}

// meet is what two lists have in common, each thing once; it is false where that is nothing.
func meet[T comparable](a, b []T, common func(T, T) (T, bool)) (both []T, ok bool) {
	switch {
	case len(a) == 0:
		return b, true
	case len(b) == 0:
		return a, true
	}
	for _, x := range a {
		for _, y := range b {
			if z, ok := common(x, y); ok && !slices.Contains(both, z) {
				both = append(both, z)
			}
		}
	}
	return both, len(both) > 0
}

// covers says that all of network y is in network x.
func covers(x, y netip.Prefix) bool { return x.Bits() <= y.Bits() && x.Contains(y.Addr()) }

// narrower is the network that two have in common.
func narrower(x, y netip.Prefix) (netip.Prefix, bool) {
	if covers(x, y) {
		return y, true
	}
	return x, covers(y, x)
}

// lower is the cap that holds where two do. An order counts for its day, so it is bounded by the day's bound too.
func lower(x, y Cap) (Cap, bool) {
	z := Cap{Asset: x.Asset, PerOrder: bound(x.PerOrder, y.PerOrder), PerDay: bound(x.PerDay, y.PerDay)}
	if z.PerDay != 0 {
		z.PerOrder = min(z.PerOrder, z.PerDay)
	}
	return z, x.Asset == y.Asset
}

// bound is the lower of two bounds, of which 0 is none.
func bound(x, y money.Amount) money.Amount {
	if x == 0 || y != 0 && y < x {
		return y
	}
	return x
}

// earlier is the earlier of two ends, of which 0 is none.
func earlier(x, y Time) Time {
	if x == 0 || y != 0 && y < x {
		return y
	}
	return x
}

// capsWithin says that one list of caps lets nothing that the other does not.
func capsWithin(n, m []Cap) bool {
	if len(m) == 0 {
		return true
	}
	return len(n) > 0 && !slices.ContainsFunc(n, func(x Cap) bool {
		return !slices.ContainsFunc(m, func(y Cap) bool {
			z, same := lower(x, y)
			alone, _ := lower(x, x) // caps of before may bound an order above its day
			return same && z == alone
		})
	})
}

// CheckNetworks is why a list of networks is not one that a mandate may have, or 0.
func CheckNetworks(list []netip.Prefix) Reason {
	for i, n := range list {
		switch {
		case n.Bits() <= 0:
			return NetworkUnbounded
		case n.Addr().Is4In6(), n != n.Masked():
			return NetworksMalformed
		}
		for _, other := range list[:i] {
			if n.Overlaps(other) {
				return NetworksMalformed
			}
		}
	}
	return 0
}

// CheckCaps is why a list of caps is not one that a mandate may have, or 0. Which assets there are it cannot know.
func CheckCaps(list []Cap) Reason {
	last := Asset(0)
	for _, c := range list {
		in := func(n money.Amount) bool { return n >= 0 && n <= money.MaxAmount }
		contrary := c.PerDay != 0 && c.PerDay < c.PerOrder || c.PerOrder == 0 && c.PerDay == 0
		if c.Asset <= last || !in(c.PerOrder) || !in(c.PerDay) || contrary {
			return CapsMalformed
		}
		last = c.Asset
	}
	if len(list) > MaxCaps {
		return CapsMalformed
	}
	return 0
}
