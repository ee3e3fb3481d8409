package instruction

import "net/netip"

// Principal is who gives an instruction, as far as the edge that took it in could establish. For a credential the
// signature has been verified before.
type Principal struct {
	Giver      Giver
	Credential Credential // ByCredential: which
	Operator   uint32     // ByOperator: the user id at the local socket
	Addr       netip.Addr // network address of the client; none for the engine and the local socket
	Client     uint64     // fingerprint of the client's TLS and header traits; 0 where not known
	Request    Digest     // of the signed request; zero where nothing was signed
	Sent       Time       // the request's own timestamp; 0 where it has none
	Window     Time       // how long after Sent the request may still be taken up
}

// Fields is the persisted layout.
func (p *Principal) Fields(c *Codec) {
	enum(c, &p.Giver, ByVenue)
	Num32(c, &p.Credential)
	Num32(c, &p.Operator)
	c.Addr(&p.Addr)
	Num64(c, &p.Client)
	c.Fixed(p.Request[:])
	Num64(c, &p.Sent)
	Num64(c, &p.Window)
}

// Mandate is what a credential may do. The zero Mandate may do nothing.
type Mandate struct {
	Rights   Rights
	Markets  []Market       // markets it may trade in; empty means every market
	Networks []netip.Prefix // networks it may come from; empty means any
	Expires  Time           // last moment that it may do anything; 0 means no end
	// Since layout version 3; each names its assets once, by ascending number:
	Trades      []Cap // orders, in the asset that prices are quoted in; empty means no cap, else other quote assets are shut
	Withdrawals []Cap // withdrawals, in the asset that leaves; empty means no cap, else other assets are shut
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
