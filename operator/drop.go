package operator

import (
	"fmt"
	"slices"
	"time"

	"portcullis/core"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/internal/clock"
	"portcullis/internal/network"
)

// Scope is whom and what a drop concerns. What is set must all hold; nothing set is everybody and everything.
type Scope struct {
	Asset         string   `json:"asset,omitempty"`
	Networks      []string `json:"networks,omitempty"` // that requests come from
	Integrator    string   `json:"integrator,omitempty"`
	CreatedBefore string   `json:"created_before,omitempty"` // of keys: 2027-01-31 (its begin, UTC) or 2027-01-31T12:00:00Z
	CreatedAfter  string   `json:"created_after,omitempty"`  // of keys: at that moment or later
	AliveAt       string   `json:"alive_at,omitempty"`       // of keys: created by that moment, and not deleted by then
	Client        uint64   `json:"client,omitempty"`         // fingerprint that requests come with
}

// Drop shuts a class of instructions at once: WITHDRAWALS, CLAIMS, TRADING, KEYS, or STEP_UP: keys until their owners confirm them.
type Drop struct {
	Class  string `json:"class"`
	Scope  Scope  `json:"scope"`
	Reason string `json:"reason"` // for customers; at most 200 bytes
	Until  string `json:"until"`  // what customers are told, as the end of a key; it opens nothing
}

// Raise opens again what drops shut: those of these numbers, or all of a class.
type Raise struct {
	Drops []uint32 `json:"drops"`
	Class string   `json:"class"`
	Share uint8    `json:"share"` // percent of the customers; 0: 100, everybody
}

// Dropped is a live drop.
type Dropped struct {
	Drop     uint32 `json:"drop"`
	Class    string `json:"class"`
	Scope    Scope  `json:"scope"`
	Reason   string `json:"reason,omitempty"`
	Since    string `json:"since"`
	Until    string `json:"until,omitempty"`    // as customers are told
	Share    uint8  `json:"share"`              // percent of the customers for whom it is raised
	Sweeping bool   `json:"sweeping,omitempty"` // resting orders of dropped keys are still being cancelled
}

// Drops answers DropList.
type Drops struct {
	Drops []Dropped `json:"drops"`
}

// DropOutcome answers DropNow and RaiseNow: which drops were made or raised. The outcome is the last one's.
type DropOutcome struct {
	Outcome
	Drops []uint32 `json:"drops"`
	Reach *Reach   `json:"reach,omitempty"` // of what was dropped now
}

// Reach is how far a drop reaches, by the time it was answered. Owners' keys are none that it could shut.
type Reach struct {
	Keys     uint32 `json:"keys"`     // living ones that it concerns, wherever they are used from and whatever they move
	Of       uint32 `json:"of"`       // living ones that there are
	Everyone bool   `json:"everyone"` // no scope is named
}

// before reads a moment in the past.
func before(text string) (instruction.Time, *problem) {
	if text == "" {
		return 0, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, text); err == nil && t.Year() > 1970 {
			return instruction.TimeOf(t), nil
		}
	}
	return 0, wrong("malformed-time", "%q is no moment: write a day such as 2027-01-31, which means its begin in UTC, or a moment such as 2027-01-31T12:00:00Z.", text)
}

// scope reads whom and what a drop concerns.
func (s *Server) scope(in *Scope) (x instruction.Scope, bad *problem) {
	if in.Asset != "" {
		if x.Asset, _, bad = s.asset(in.Asset); bad != nil {
			return x, bad
		}
	}
	if len(in.Networks) > instruction.MaxMandateNetworks {
		return x, wrong("malformed-network", "One drop lists at most %d networks.", instruction.MaxMandateNetworks)
	}
	for _, text := range in.Networks {
		p, err := network.Parse(text)
		if err != nil {
			return x, wrong("malformed-network", "%s", sentence(err))
		}
		x.Networks = append(x.Networks, p)
	}
	x.Integrator = in.Integrator
	x.Client = in.Client
	for _, y := range []struct {
		text string
		to   *instruction.Time
	}{{in.CreatedBefore, &x.Before}, {in.CreatedAfter, &x.After}, {in.AliveAt, &x.AliveAt}} {
		if *y.to, bad = before(y.text); bad != nil {
			return x, bad
		}
	}
	return x, nil
}

func (s *Server) drop(c *caller, in *Drop) (r DropOutcome, bad *problem) {
	i := instruction.Drop{Reason: in.Reason}
	var err error
	if i.Class, err = instruction.ParseClass(in.Class); err != nil {
		return r, wrong("malformed-command", "%s", sentence(err))
	}
	if i.Scope, bad = s.scope(&in.Scope); bad != nil {
		return r, bad
	}
	if i.Until, err = clock.End(in.Until, s.cfg.Engine.Now()); err != nil {
		return r, wrong("malformed-time", "Until: %q is no moment ahead: write a day such as 2027-01-31, a moment such as 2027-01-31T12:00:00Z, or a time from now such as 90m or 12h.", in.Until)
	}
	r.Outcome, bad = s.do(c, &i, func(e instruction.Event) {
		if e, ok := e.(*instruction.Dropped); ok {
			r.Drops = append(r.Drops, uint32(e.ID))
		}
	})
	if bad == nil {
		r.Reach = s.reach(&i.Scope)
	}
	if bad != nil && bad.outcome.Refusal.Code == instruction.MalformedDefinition.String() {
		bad.outcome.Refusal.Sentence += " A reason has at most 200 bytes on one line; until lies ahead; an integrator's name is plain ASCII."
	}
	return r, bad
}

// lookAtKeys is how many keys are looked at in one go: nobody waits for more than that.
const lookAtKeys = 20_000

// reach counts whom a drop reaches that is on record already: nil where the venue has stopped since.
func (s *Server) reach(x *instruction.Scope) *Reach {
	r := Reach{Everyone: x.Bare()}
	for next, last := instruction.Credential(1), instruction.Credential(1); next <= last; {
		if s.read(func(st *core.State) {
			last = st.Keys()
			for until := min(last, next+lookAtKeys-1); next <= until; next++ {
				k := st.Key(next)
				if k.Revoked != 0 || k.Canary || k.Owner() {
					continue
				}
				r.Of++
				if gate.Concerns(x, &gate.Standing{Known: true, Integrator: k.Integrator(), Created: k.Created}) {
					r.Keys++
				}
			}
		}) != nil {
			return nil
		}
	}
	return &r
}

// raised are the drops that a raise is for.
func (s *Server) raised(in *Raise) ([]uint32, *problem) {
	if (len(in.Drops) == 0) == (in.Class == "") || len(in.Drops) > gate.MaxDrops {
		return nil, wrong("malformed-command", "Name the drops by their numbers, at most %d, or a class: one of the two.", gate.MaxDrops)
	}
	if in.Class == "" {
		return slices.Clone(in.Drops), nil
	}
	class, err := instruction.ParseClass(in.Class)
	if err != nil {
		return nil, wrong("malformed-command", "%s", sentence(err))
	}
	var list []uint32
	bad := s.read(func(st *core.State) {
		for _, d := range st.Drops() {
			if d.Class == class {
				list = append(list, uint32(d.ID))
			}
		}
	})
	if bad == nil && len(list) == 0 {
		bad = wrong(instruction.UnknownDrop.String(), "Nothing of the class %s is dropped; portcullis drop list shows what is.", class)
	}
	return list, bad
}

// raise raises one drop after the other, so that each is a record of its own. The first refusal ends it.
func (s *Server) raise(c *caller, in *Raise) (r DropOutcome, bad *problem) {
	share := in.Share
	if share == 0 {
		share = 100
	}
	list, bad := s.raised(in)
	if bad != nil {
		return r, bad
	}
	for n, id := range list {
		if r.Outcome, bad = s.do(c, &instruction.Raise{Drop: instruction.DropID(id), Share: share}, nil); bad != nil {
			bad.outcome.Refusal.Sentence = fmt.Sprintf("Drop %d: %s", id, bad.outcome.Refusal.Sentence)
			if n > 0 {
				bad.outcome.Refusal.Sentence += fmt.Sprintf(" Raised before it: %v.", list[:n])
			}
			return r, bad
		}
		r.Drops = append(r.Drops, id)
	}
	return r, nil
}

func (s *Server) listDrops(*caller, *Nothing) (Drops, *problem) {
	var r Drops
	bad := s.read(func(st *core.State) { r.Drops = dropped(st) })
	return r, bad
}

// dropped are the live drops as replies show them.
func dropped(st *core.State) []Dropped {
	list := []Dropped{}
	for _, d := range st.Drops() {
		x := Dropped{
			Drop: uint32(d.ID), Class: d.Class.String(), Reason: d.Reason, Since: text(d.Since), Until: text(d.Until), Share: d.Share,
			Sweeping: d.Next <= d.Last, Scope: scopeText(st, &d.Scope),
		}
		list = append(list, x)
	}
	return list
}

// scopeText is a scope as replies show it.
func scopeText(st *core.State, x *instruction.Scope) Scope {
	r := Scope{Integrator: x.Integrator, CreatedBefore: text(x.Before), CreatedAfter: text(x.After), AliveAt: text(x.AliveAt), Client: x.Client}
	if a := st.Asset(x.Asset); a != nil {
		r.Asset = a.Symbol
	}
	for _, n := range x.Networks {
		r.Networks = append(r.Networks, n.String())
	}
	return r
}
