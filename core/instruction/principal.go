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

	// Since layout version 4:
	Hosting bool // the address belongs to a hosting company, as the operator's list says
}

// Fields is the persisted layout.
func (p *Principal) Fields(c *Codec) {
	enum(c, &p.Giver, ByBearer)
	Num32(c, &p.Credential)
	Num32(c, &p.Operator)
	c.Addr(&p.Addr)
	Num64(c, &p.Client)
	c.Fixed(p.Request[:])
	Num64(c, &p.Sent)
	Num64(c, &p.Window)
	if c.since(4) {
		c.Bool(&p.Hosting)
	}
}
