package core

import (
	"cmp"
	"strings"

	"portcullis/core/credential"
	"portcullis/core/incident"
	"portcullis/core/instruction"
)

// hour is the time that homes and alarms go by.
func (s *State) hour() incident.Hour { return incident.HourOf(s.clock.Waits()) }

// use is what the watch needs to know of a credential that is used at a network.
func (s *State) use(c instruction.Credential, k *credential.Key, n instruction.Network) incident.Use {
	return incident.Use{
		Customer: s.Customer(k.Account), Credential: c, Network: n,
		Legacy: k.Legacy, Listed: k.Listed(), Shut: k.Quarantine != 0,
	}
}

// used takes note of where a credential was used that the gate has let through.
func (s *State) used(c instruction.Credential, n instruction.Network, waits instruction.Time) {
	if k := s.keys.Key(c); k != nil && n != 0 {
		u := s.use(c, k, n)
		s.watch.Seen(&u, incident.HourOf(waits))
	}
}

// atHome says whether the credential's customer is at home at a network, and had been by a time.
func (s *State) atHome(c instruction.Credential, k *credential.Key, n instruction.Network, asOf incident.Hour) bool {
	u := s.use(c, k, n)
	return s.watch.Home(&u, asOf, s.hour())
}

// atHomeBefore says whether the customer of a credential in quarantine is where he had been at home before that.
func (s *State) atHomeBefore(p *instruction.Principal) bool {
	k := s.keys.Key(p.Credential)
	return k != nil && s.atHome(p.Credential, k, instruction.NetworkOf(p.Addr), incident.HourOf(k.Shut))
}

// suspect is how many deleted keys of others were used from the network of who gives an instruction, where its customer is
// not at home. A private network is that of a proxy that nobody has listed, and of everybody behind it.
func (s *State) suspect(p *instruction.Principal) int {
	if s.watch.Calm() {
		return 0
	}
	x, ok := s.watch.Place(instruction.NetworkOf(p.Addr), s.hour())
	k := s.keys.Key(p.Credential)
	a := p.Addr.Unmap()
	switch {
	case !ok, k == nil, a.IsLoopback(), a.IsPrivate(), a.IsLinkLocalUnicast():
		return 0
	case x.Customer != 0 && x.Customer == s.Customer(k.Account): // a bot of his own that he has forgotten
		return 0
	case k.Incident != 0 && k.Incident == cmp.Or(x.Incident, s.watch.Of(p.Credential)): // somebody has said that it is his
		return 0
	case s.atHome(p.Credential, k, instruction.NetworkOf(p.Addr), x.Since):
		return 0
	}
	return x.Keys
}

// heed does what a verdict asks for besides, and notes what an incident concerns.
func (s *State) heed(p *instruction.Principal, v *instruction.Verdict) {
	if p.Giver != instruction.ByCredential || v.Measures == 0 && s.watch.Calm() {
		return
	}
	k, n := s.keys.Key(p.Credential), instruction.NetworkOf(p.Addr)
	switch {
	case k == nil:
	case k.Canary, k.Revoked != 0:
		if v.Measures.Has(instruction.Alarm) {
			s.alarm(p.Credential, n, true)
		}
	case stale(v.Reason()): // whoever sends again what another signed does not hold the key
	case v.Measures.Has(instruction.Quarantine) && len(s.fired) == 0: // which no rule asks for: obey
		id := s.incidentAt(p.Credential, n)
		s.note(id, p.Credential, n, instruction.Quarantined)
		s.shut(&instruction.KeyQuarantined{Credential: p.Credential, Cause: instruction.QuarantinedByAlarm, Incident: id})
	default:
		s.live(p.Credential, k, n, v.Reason() != instruction.NetworkNotListed)
	}
}

// stale says that a request was refused as such, whoever signed it.
func stale(r instruction.Reason) bool {
	return r == instruction.RequestTooOld || r == instruction.RequestTooEarly || r == instruction.RequestSeen || r == instruction.LossyWindow
}

// sight takes note of what the venue's edge saw. What was sent before a key was deleted is the use of a living key.
func (s *State) sight(p *instruction.Principal, i *instruction.Sight) {
	n := instruction.NetworkOf(p.Addr)
	switch k := s.keys.Key(i.Credential); {
	case k == nil:
		s.refuseWhole(instruction.UnknownKey)
	case k.Canary:
		s.alarm(i.Credential, n, true) // nobody knows its name who did not read what it was put into
	case k.Revoked != 0 && (p.Sent == 0 || p.Sent >= k.Revoked):
		s.alarm(i.Credential, n, i.Proven)
	default:
		s.emit(&instruction.Sighted{Credential: i.Credential, Network: n, Proven: i.Proven})
		if i.Proven {
			s.live(i.Credential, k, n, true)
		}
	}
}

// live notes the use of a living credential where an incident concerns it, or where it is a stranger at a network at which
// a deleted key was used. Within the networks that its owner has listed it is none.
func (s *State) live(c instruction.Credential, k *credential.Key, n instruction.Network, within bool) {
	id := s.watch.Of(c)
	if x, ok := s.watch.Place(n, s.hour()); ok && !(within && k.Listed()) && !s.atHome(c, k, n, x.Since) {
		id = s.incidentAt(c, n)
	}
	if id != 0 {
		s.note(id, c, n, instruction.UsedLive)
	}
}

// incidentAt is the incident of a network where a deleted key was used, and now a living one that is a stranger there. Where
// an incident concerns that one already, the network joins it; else one opens.
func (s *State) incidentAt(c instruction.Credential, n instruction.Network) instruction.IncidentID {
	x, _ := s.watch.Place(n, s.hour())
	id := s.watch.Of(c)
	switch {
	case x.Incident != 0:
		return x.Incident
	case id != 0:
		s.note(id, x.Key, n, instruction.UsedTombstone)
		return id
	}
	return s.openIncident(instruction.TombstoneWithLive, n)
}

// openIncident opens one more. Where too many are open, it is the newest of them.
func (s *State) openIncident(cause instruction.IncidentCause, n instruction.Network) instruction.IncidentID {
	if s.watch.Open() >= incident.MaxOpen {
		return s.watch.Newest()
	}
	id := s.watch.Last() + 1
	s.emit(&instruction.IncidentOpened{ID: id, Cause: cause, Network: n})
	return id
}

// alarm is the use of a deleted key or a decoy. It belongs to the open incident that concerns its network or its credential;
// or else to the closed one that knew of both, which says no more about it; or else it may open one.
func (s *State) alarm(c instruction.Credential, n instruction.Network, proven bool) {
	k, act := s.keys.Key(c), instruction.UsedTombstone
	if k.Canary {
		act = instruction.UsedCanary
	}
	s.emit(&instruction.Alarmed{Credential: c, Network: n, Proven: proven})
	id := s.watch.Concerns(n, c)
	if id == 0 {
		id = s.watch.Settled(n, c)
	}
	if cause := s.cause(k, n, proven); id == 0 && cause != 0 {
		id = s.openIncident(cause, n)
	}
	if id == 0 {
		return
	}
	s.note(id, c, n, act)
}

// cause is why an alarm that was just noted opens an incident; 0 where it does not.
func (s *State) cause(k *credential.Key, n instruction.Network, proven bool) instruction.IncidentCause {
	x, ok := s.watch.Place(n, s.hour())
	switch {
	case k.Canary:
		return instruction.CanaryUsed
	case proven:
		return instruction.TombstoneProven
	case ok && x.Keys > 1:
		return instruction.TwoTombstones
	case ok && s.watch.Visited(n, s.hour()):
		return instruction.TombstoneWithLive
	}
	return 0
}

// note marks the record as one of an incident, where that has room for it; and as one of the incident that concerns the
// credential, where that is another: they may be one theft that was seen as two.
func (s *State) note(id instruction.IncidentID, c instruction.Credential, n instruction.Network, act instruction.IncidentAct) {
	for _, id := range [...]instruction.IncidentID{id, s.watch.Of(c)} {
		if s.watch.Room(id, c, n, act) {
			s.emit(&instruction.IncidentNoted{ID: id, Credential: c, Network: n, Act: act})
		}
		if id == s.watch.Of(c) {
			return
		}
	}
}

func (s *State) foldSighted(e *instruction.Sighted) error {
	if s.keys.Key(e.Credential) == nil {
		return errUnknown
	}
	if e.Proven {
		s.used(e.Credential, e.Network, s.clock.Waits())
	}
	return nil
}

func (s *State) foldAlarmed(e *instruction.Alarmed) error {
	k := s.keys.Key(e.Credential)
	if k == nil {
		return errUnknown
	}
	customer := s.Customer(k.Account)
	if k.Canary {
		customer = 0
	}
	return s.watch.Alarmed(e, customer, s.hour())
}

func (s *State) closeIncident(i *instruction.CloseIncident) {
	x := s.watch.Incident(i.Incident)
	switch {
	case i.Incident == 0 || i.Incident > s.watch.Last():
		s.refuseWhole(instruction.UnknownIncident)
	case x == nil, x.Closed != 0:
		s.refuseWhole(instruction.IncidentOver)
	case strings.TrimSpace(i.Reason) == "", len(i.Reason) > maxClosing, strings.ContainsFunc(i.Reason, unprintable):
		s.refuseWhole(instruction.MalformedDefinition)
	default:
		s.emit(&instruction.IncidentClosed{ID: i.Incident, Reason: i.Reason})
	}
}
