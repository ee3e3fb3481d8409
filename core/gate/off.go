package gate

import "portcullis/core/instruction"

// NewOff is a gate that stands open, as venues of 2018 had it: it asks of a credential whether it lives, whether it has the
// right, and whether what it acts on is its own customer's, and nothing else. It remembers no request, and no drop shuts it.
// It is what replays and measurements hold the gate against; nothing that runs has one.
func NewOff(v Venue) *Gate {
	g := New(v)
	g.off = true
	return g
}

// Off says that the gate stands open.
func (g *Gate) Off() bool { return g.off }

// open is the verdict of a gate that stands open.
func (g *Gate) open(s *Standing, n *need, p *instruction.Principal, kind instruction.Kind) instruction.Verdict {
	switch {
	case n.right == 0:
		return deny(instruction.NotForCredentials, int64(kind))
	case !s.Known:
		return deny(instruction.UnknownCredential, int64(p.Credential))
	case s.Revoked != 0, s.Canary:
		return deny(instruction.DeletedCredential, int64(p.Credential))
	case !s.Mandate.Rights.Has(n.right):
		return deny(instruction.RightMissing, int64(n.right))
	case n.right == instruction.MayOwn:
		return g.word(s, n)
	case n.code != 0 && g.venue.Issuer(n.code) != s.Account:
		return deny(instruction.UnknownCode, int64(n.code)) // #nosec G115 -- shown as evidence only
	}
	if n.from != 0 || n.to != 0 {
		if bad := g.stranger(s.Account, n); bad != 0 {
			return deny(instruction.AccountNotYours, int64(bad))
		}
	}
	return instruction.Say(instruction.Allow, instruction.WithinMandate, int64(s.Mandate.Rights))
}
