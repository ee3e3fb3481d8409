package gate

import "portcullis/core/instruction"

// NewDetectors is NewOff with detectors behind it, and what people shut on their word: deleted keys and decoys raise alarms, rules
// are asked, and drops, quarantines and locks hold. It gives no guarantee: there are no networks and caps of a mandate, no
// budgets, no bands, no waits, and a request may come twice. It shows what detectors do when they stand alone; nothing that runs
// has one.
func NewDetectors(v Venue) *Gate {
	g := NewOff(v)
	g.detects = true
	return g
}

// Blind says that the gate stands open, with no detector behind it.
func (g *Gate) Blind() bool { return g.off && !g.detects }

// watched is the verdict of a gate that stands open but for what is detected and shut.
func (g *Gate) watched(s *Standing, n *need, p *instruction.Principal, in instruction.Instruction) instruction.Verdict {
	v := g.open(s, n, p, in.Kind())
	switch {
	case s.Known && s.Canary:
		return deny(instruction.CanaryCredential, int64(p.Credential)).With(instruction.Alarm)
	case s.Known && s.Revoked != 0:
		return buried(s, p)
	case v.Decision == instruction.Deny, n.cancels, n.right == instruction.MayOwn:
		return v
	}
	if d := g.dropped(p, s, n); d != nil {
		return deny(reasons[d.Class], int64(d.ID))
	}
	switch {
	case g.quarantined(s, p):
		return deny(instruction.QuarantinedKey, int64(s.Incident))
	case s.Locked != 0:
		return deny(instruction.LockedAccount, int64(s.Locked))
	}
	return g.venue.Ruled(p, in, v)
}
