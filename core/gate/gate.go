// Package gate says of every instruction whether it may pass: its verdict, with reasons. It is the one place where that
// is decided; what it lets through can still come to nothing for want of money or a sensible price.
//
// What it judges today, in this order: standing (is the credential known, alive, in time, and is this not a request that
// was taken up before), then the mandate (right, network, market). It owns the memory of requests taken up. It is asked
// inside the single writer, has no clock of its own, and changes nothing while it judges.
//
// It fails closed for what moves money. An expired key still reads and cancels, so that nobody is locked in with open
// orders.
package gate

import (
	"net/netip"
	"slices"

	"portcullis/core/instruction"
)

// Standing is what the gate must know of a credential.
type Standing struct {
	Known   bool
	Revoked bool
	Canary  bool
	Mandate *instruction.Mandate
}

// Credentials is where the gate looks a credential up.
type Credentials interface {
	Standing(instruction.Credential) Standing
}

// maxAhead is how far a request's timestamp may lie ahead of the venue's clock.
const maxAhead = instruction.Second

// maxWindow is the longest that a request stays open after its timestamp; a longer wish is cut to it.
const maxWindow = 60 * instruction.Second

// Gate judges. The zero Gate is not ready; see New.
type Gate struct {
	credentials Credentials
	requests    requests
}

// New is a gate over these credentials that remembers no request.
func New(c Credentials) *Gate {
	return &Gate{credentials: c, requests: newRequests()}
}

// Judge says whether the instruction may pass now. It does not change the gate; see Remember.
func (g *Gate) Judge(now instruction.Time, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	switch p.Giver {
	case instruction.ByEngine:
		if in.Kind() == instruction.KindTick {
			return instruction.Say(instruction.Allow, instruction.EngineClock, 0)
		}
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	case instruction.ByOperator:
		if n := needs(in); n.operator {
			return instruction.Say(instruction.Allow, instruction.OperatorWord, int64(p.Operator))
		}
		return deny(instruction.RightMissing, int64(in.Kind()))
	}
	if v, ok := g.request(now, p); !ok {
		return v
	}
	return g.mandate(now, p, in)
}

// request judges whether a signed request is in time and new.
func (g *Gate) request(now instruction.Time, p *instruction.Principal) (instruction.Verdict, bool) {
	if p.Request.IsZero() {
		return instruction.Verdict{}, true
	}
	switch {
	case p.Sent >= now+maxAhead:
		return deny(instruction.RequestTooEarly, int64(p.Sent-now)), false
	case p.Sent < 0: // so far back that the age below could wrap around and seem young
		return deny(instruction.RequestTooOld, int64(now)), false
	case now-p.Sent > min(p.Window, maxWindow):
		return deny(instruction.RequestTooOld, int64(now-p.Sent)), false
	case g.requests.has(p.Request):
		return deny(instruction.RequestSeen, int64(p.Sent)), false
	case g.requests.full():
		return deny(instruction.LossyWindow, maxRequests), false
	}
	return instruction.Verdict{}, true
}

// mandate judges standing and mandate of a credential.
func (g *Gate) mandate(now instruction.Time, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	n := needs(in)
	if n.right == 0 {
		return deny(instruction.NotForCredentials, int64(in.Kind()))
	}
	m, v, ok := g.standing(now, p, n.cancels)
	switch {
	case !ok:
		return v
	case !m.Rights.Has(n.right):
		return deny(instruction.RightMissing, int64(n.right))
	case n.market != 0 && len(m.Markets) > 0 && !slices.Contains(m.Markets, n.market):
		return deny(instruction.MarketNotListed, int64(n.market))
	}
	return instruction.Say(instruction.Allow, instruction.WithinMandate, int64(m.Rights))
}

// MayRead judges a request that only reads. Reads are no instructions: nothing is journalled, and the verdict says what
// to answer.
func (g *Gate) MayRead(now instruction.Time, p *instruction.Principal) instruction.Verdict {
	m, v, ok := g.standing(now, p, true)
	switch {
	case !ok:
		return v
	case !m.Rights.Has(instruction.MayRead):
		return deny(instruction.RightMissing, int64(instruction.MayRead))
	}
	return instruction.Say(instruction.Allow, instruction.WithinMandate, int64(m.Rights))
}

// standing judges what does not depend on the instruction; open is for reading and cancelling.
func (g *Gate) standing(now instruction.Time, p *instruction.Principal, open bool) (*instruction.Mandate, instruction.Verdict, bool) {
	s := g.credentials.Standing(p.Credential)
	switch {
	case !s.Known:
		return nil, deny(instruction.UnknownCredential, int64(p.Credential)), false
	case s.Canary:
		return nil, deny(instruction.CanaryCredential, int64(p.Credential)), false
	case s.Revoked:
		return nil, deny(instruction.DeletedCredential, int64(p.Credential)), false
	case !Within(s.Mandate.Networks, p.Addr):
		return nil, deny(instruction.NetworkNotListed, int64(p.Credential)), false
	case s.Mandate.Expires != 0 && now > s.Mandate.Expires && !open:
		return nil, deny(instruction.ExpiredCredential, int64(s.Mandate.Expires)), false
	}
	return s.Mandate, instruction.Verdict{}, true
}

// Within says whether the address lies in one of the networks; an empty list admits any.
func Within(networks []netip.Prefix, a netip.Addr) bool {
	if len(networks) == 0 {
		return true
	}
	a = a.Unmap()
	for _, n := range networks {
		if n.Contains(a) {
			return true
		}
	}
	return false
}

// Remember takes note of a request that was judged, so that it is not taken up again while its window is open, and
// forgets those whose window has closed.
func (g *Gate) Remember(now instruction.Time, p *instruction.Principal, v *instruction.Verdict) {
	g.requests.forget(now)
	if p.Request.IsZero() {
		return
	}
	switch v.Reason() {
	case instruction.RequestTooEarly, instruction.RequestTooOld, instruction.RequestSeen, instruction.LossyWindow:
		return
	}
	g.requests.add(p.Request, p.Sent+min(p.Window, maxWindow))
}

// Fields is the persisted form.
func (g *Gate) Fields(c *instruction.Codec) { g.requests.fields(c) }

func deny(r instruction.Reason, value int64) instruction.Verdict {
	return instruction.Say(instruction.Deny, r, value)
}
