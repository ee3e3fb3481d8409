package incident

import (
	"maps"
	"time"

	"portcullis/core/instruction"
	"portcullis/scenario/house"
)

// seen is what the operator and the owners have seen.
type seen struct {
	incidents   map[instruction.IncidentID]*noted
	quarantined map[instruction.Credential]bool
	responding  bool
}

// noted is an incident as the operator knows it.
type noted struct {
	network instruction.Network
	thief   bool // it has to do with the thief's keys
	closed  bool
}

func newSeen() seen {
	return seen{incidents: make(map[instruction.IncidentID]*noted), quarantined: make(map[instruction.Credential]bool)}
}

func (s *seen) clone() seen {
	c := *s
	c.quarantined = maps.Clone(s.quarantined)
	c.incidents = make(map[instruction.IncidentID]*noted)
	for id, n := range s.incidents {
		copied := *n
		c.incidents[id] = &copied
	}
	return c
}

// How long people take.
const (
	minute        = 60 * instruction.Second
	hour          = 60 * minute
	settlesAfter  = 10 * minute // a payout arrives
	operatorStops = 9 * hour    // for a customer who has no owner's key and writes to the venue
	closesAfter   = 4 * hour    // an incident that customers' own programs caused
)

// hears is what the people behind the venue learn from its records; notices tell the owners the same.
func (x *replay) hears(_ *instruction.Record, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.PayoutMade:
		x.payouts[e.ID] = x.acting
		if e.State == instruction.PayoutClaimed {
			x.goesOut(e.ID)
		} else {
			*x.held()++
		}
	case *instruction.PayoutMoved:
		switch e.State {
		case instruction.PayoutClaimed:
			x.goesOut(e.ID)
		case instruction.PayoutCancelled:
			x.stopped(e.ID)
		}
	case *instruction.MatterOpened:
		if e.Matter.Kind == instruction.Outgoing {
			x.notice(e.ID, &e.Matter)
		}
	case *instruction.KeyQuarantined:
		x.quarantines(e)
	case *instruction.IncidentOpened:
		x.opens(e)
	case *instruction.IncidentNoted:
		if n := x.seen.incidents[e.ID]; x.acting == theOther || e.Credential == x.other.credential && n != nil && n.thief {
			x.result.UnrelatedInIncident = true
		}
	}
}

// held is the count of withdrawals that wait, of whoever acts.
func (x *replay) held() *int {
	switch x.acting {
	case theThief:
		return &x.result.WithdrawalsHeld
	case theOther:
		return &x.result.UnrelatedHeld
	}
	return &x.result.HonestHeld
}

// goesOut counts a payout that the venue now owes, and has it arrive.
func (x *replay) goesOut(id instruction.PayoutID) {
	switch x.payouts[id] {
	case theThief:
		x.result.WithdrawalsExecuted++
	case theOther:
		x.result.UnrelatedExecuted++
	default:
		x.result.HonestWithdrawals++
	}
	x.agenda.Add(x.house.Time+settlesAfter, task{kind: settlement, what: uint64(id)})
}

// stopped counts a payout that was stopped.
func (x *replay) stopped(id instruction.PayoutID) {
	if x.payouts[id] != theThief {
		return
	}
	switch x.acting {
	case theOwner:
		x.result.StoppedByOwner++
	case theOperator:
		x.result.StoppedByOperator++
	default:
		x.result.StoppedByShutting++
	}
}

// notice has the owner learn that a withdrawal waits, and say what he will: yes to his own, where he does not let it wait, and
// no to what is not his. Who has no owner's key lets the operator stop it.
func (x *replay) notice(id instruction.MatterID, m *instruction.Matter) {
	i, ok := x.accounts[m.Account]
	if !ok || x.asleep {
		return
	}
	c := &x.customers[i]
	at, t := x.house.Time+x.soon(2*hour, 12*hour), task{kind: ownerAnswer, who: i, what: uint64(id)}
	switch own := m.To == c.to; {
	case own && (c.owner == 0 || i%2 == 0):
		return
	case own:
		at = x.house.Time + x.within(minute, hour)
	case c.owner == 0:
		t.kind, at = operatorNo, x.house.Time+x.soon(operatorStops, operatorStops+hour)
	}
	x.agenda.Add(at, t)
}

// within is a span between two.
func (x *replay) within(least, most instruction.Time) instruction.Time {
	return least + instruction.Time(x.rng.Int64N(int64(most-least)))
}

// soon is a span between two, for people of the usual haste.
func (x *replay) soon(least, most instruction.Time) instruction.Time {
	return x.within(least, most) / x.haste
}

// answers is an owner's word on what waits: his own withdrawal goes, another's does not.
func (x *replay) answers(i int, id instruction.MatterID) {
	c := &x.customers[i]
	m := x.house.State.Matter(id)
	if m == nil {
		return
	}
	if m.To == c.to {
		x.house.Give(house.By(c.owner, c.from), &instruction.Answer{Matter: id, Yes: true})
		return
	}
	x.acting = theOwner
	defer func() { x.acting = theHonest }()
	to := m.To.Address
	a := x.house.Give(house.By(c.owner, c.from), &instruction.Answer{Matter: id})
	x.tell("owner of account %d: no to the withdrawal to %s: %s", c.account, to, x.tale.Outcome(&a))
}

// stops is the operator's no for a customer who has no owner's key.
func (x *replay) stops(i int, id instruction.MatterID) {
	m := x.house.State.Matter(id)
	if m == nil {
		return
	}
	x.acting = theOperator
	defer func() { x.acting = theHonest }()
	to := m.To.Address
	a := x.house.Operate(&instruction.Answer{Matter: id})
	x.tell("operator, for account %d, which has no owner's key: no to the withdrawal to %s: %s", x.customers[i].account, to, x.tale.Outcome(&a))
}

// quarantines counts a key that was put into quarantine. Its owner gets a notice, and in the morning deletes it.
func (x *replay) quarantines(e *instruction.KeyQuarantined) {
	if x.seen.quarantined[e.Credential] {
		return
	}
	x.seen.quarantined[e.Credential] = true
	x.result.Quarantined++
	if !x.thief.has(e.Credential) {
		x.result.QuarantinedHonest++
	}
	if i, ok := x.accounts[x.house.State.Key(e.Credential).Account]; ok && !x.asleep {
		x.agenda.Add(x.house.Time+x.soon(6*hour, 12*hour), task{kind: cleanup, who: i, what: uint64(e.Credential)})
	}
}

// cleansUp has a customer delete a key that was put into quarantine, and go on with another.
func (x *replay) cleansUp(i int, old instruction.Credential) {
	c := &x.customers[i]
	if k := x.house.State.Key(old); k.Revoked != 0 {
		return
	}
	x.acting = theOwner
	defer func() { x.acting = theHonest }()
	if c.trades == old {
		x.renew(c)
		return
	}
	x.house.Operate(&instruction.RevokeKey{Credential: old})
}

// opens is an incident: of the thief's keys, to which the operator responds, or of customers' own programs that go on with
// deleted keys, which he looks into and closes.
func (x *replay) opens(e *instruction.IncidentOpened) {
	n := &noted{network: e.Network, thief: x.acting == theThief}
	x.seen.incidents[e.ID] = n
	if !n.thief {
		x.result.IncidentsOfOthers++
		x.agenda.Add(x.house.Time+closesAfter, task{kind: falseClosing, what: uint64(e.ID)})
		return
	}
	x.tellOpened(e)
	x.result.Incidents++
	if x.result.IncidentOpenedAtCall == 0 {
		x.result.IncidentOpenedAtCall = x.thief.made
	}
	if !x.seen.responding && !x.asleep {
		x.seen.responding = true
		x.agenda.Add(max(x.house.Time+hour, responseAt), task{kind: response})
	}
}

// responds is the operator's answer: every key made up to the day that the inquest says is shut, with one instruction. A venue of the time had
// none for that, and took the rights away key by key.
func (x *replay) responds() {
	if x.o.Gate == house.Off {
		x.cutsRights()
		return
	}
	until, _ := x.inquires()
	if until == 0 {
		return
	}
	day := japanese(until - 1)
	in := instruction.Drop{Class: instruction.DropKeys, Scope: instruction.Scope{Before: until},
		Reason: "Keys made until " + day + " may have been stolen. Please make a new one."}
	began := time.Now()
	a := x.house.Operate(&in)
	x.result.DropMillis = float64(time.Since(began).Microseconds()) / 1000
	x.must("the drop", a)
	x.tell("operator: shuts the keys made until %s, the day after: %s. With one instruction they may only read and cancel.", day, x.tale.Outcome(&a))
}

func (x *replay) cutsRights() {
	n := 0
	for c := range x.house.State.Keys() {
		if k := x.house.State.Key(c + 1); k.Revoked == 0 && k.Created < riskUntil {
			x.must("cutting rights", x.house.Operate(&instruction.ChangeMandate{Credential: c + 1, Mandate: instruction.Mandate{Rights: instruction.MayRead}}))
			n++
		}
	}
	x.tell("operator: the rights to trade and withdraw are taken from the keys made until 12 June 2016, one by one: %d instructions", n)
}

// closes is the operator's word that an incident was none.
func (x *replay) closes(id instruction.IncidentID) {
	n := x.seen.incidents[id]
	n.closed = true
	a := x.house.Operate(&instruction.CloseIncident{
		Incident: id, Reason: "Programs of customers who went on with keys that they had deleted.",
	})
	x.must("closing an incident", a)
	if x.result.IncidentsOfOthers == 1 { // the others are like it, and are counted
		x.tell("operator: closes incident %d of network %v, where programs of customers went on with deleted keys: %s", id, n.network, x.tale.Outcome(&a))
	}
}
