package house

import (
	"net/netip"

	"portcullis/core"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/sighting"
	"portcullis/scenario"
)

// Venue is a venue in simulated time: a bare state with an edge before it. Time passes by ticks, as the engine gives them, so
// that no jump is ever seen and waits go on.
type Venue struct {
	scenario.Direct
	Heard   func(*instruction.Record, instruction.Event) // where it is not nil, sees each event, which it must not keep
	Hosts   []netip.Prefix                               // networks of hosting companies, as the operator's file has them
	Thief   func(*instruction.Principal) bool            // who is none of the honest, of whom rules are counted apart; nil for nobody
	gate    Gate
	shares  Shares
	memory  *sighting.Memory // of the edge
	ticked  instruction.Time // when the last tick was
	ev      instruction.Events
	err     error
	saved   []byte // the state's persisted form as of record savedAt, for Clone
	savedAt uint64
}

// New is an empty venue at that time.
func New(g Gate, now instruction.Time) *Venue {
	h := &Venue{gate: g}
	h.State, h.Time = g.state(), now
	h.memory, h.ticked = sighting.New(), now
	return h
}

// Answer is what came of an instruction, in short.
type Answer struct {
	Verdict instruction.Verdict
	Refused instruction.Reason // why what was allowed came to nothing
	Filled  bool               // an order traded
	Orders  int                // placed
	Payout  instruction.PayoutID
	State   instruction.PayoutState // of the payout
}

// Allowed says that the gate let it pass.
func (a *Answer) Allowed() bool { return a.Verdict.Decision == instruction.Allow }

// Did says that it was allowed, and came to something.
func (a *Answer) Did() bool { return a.Allowed() && a.Refused == 0 }

// Give has an instruction judged and carried out.
func (h *Venue) Give(p *instruction.Principal, in instruction.Instruction) Answer {
	if h.err != nil {
		return Answer{Verdict: instruction.Say(instruction.Deny, instruction.UnknownCredential, 0)}
	}
	r, err := h.Do(p, in)
	if err != nil {
		h.err = err
		return Answer{Verdict: instruction.Say(instruction.Deny, instruction.UnknownCredential, 0)}
	}
	a := Answer{Verdict: r.Verdict}
	r.Events(&h.ev)
	for e := h.ev.Next(); e != nil; e = h.ev.Next() {
		switch e := e.(type) {
		case *instruction.Refused:
			a.Refused = e.Reason
		case *instruction.OrderPlaced:
			a.Orders++
		case *instruction.Filled:
			a.Filled = true
		case *instruction.PayoutMade:
			a.Payout, a.State = e.ID, e.State
		case *instruction.RuleFired:
			h.shares.Fired(h.State, e, h.Thief != nil && h.Thief(&r.Principal))
		}
		if h.Heard != nil {
			h.Heard(&r, e)
		}
	}
	if err := h.ev.Err(); err != nil {
		h.err = err
	}
	return a
}

// Err is the first failure of the venue. Nothing is done after it.
func (h *Venue) Err() error { return h.err }

// engine gives the ticks.
var engine = instruction.Principal{Giver: instruction.ByEngine}

// Pass lets time pass until then. Whatever else is on record, there is a tick as often as no jump is seen: waits end with one.
func (h *Venue) Pass(until instruction.Time) {
	for h.err == nil && h.ticked+core.MaxJump <= until {
		h.ticked += core.MaxJump
		h.Time = max(h.Time, h.ticked)
		h.Give(&engine, &instruction.Tick{})
	}
	h.Time = max(h.Time, until)
}

// By is who a credential's request comes from.
func By(c instruction.Credential, from netip.Addr) *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: from}
}

// Operate gives an instruction in the operator's name.
func (h *Venue) Operate(in instruction.Instruction) Answer {
	return h.Give(&instruction.Principal{Giver: instruction.ByOperator}, in)
}

// Send is an instruction that a customer's program, or a thief's, signs and sends to the edge, which looks up whether it comes
// from a hosting company.
func (h *Venue) Send(p *instruction.Principal, in instruction.Instruction) Answer {
	p.Hosting = len(h.Hosts) > 0 && gate.Within(h.Hosts, p.Addr)
	if v, ok := h.edge(p, true); !ok {
		return Answer{Verdict: v}
	}
	return h.Give(p, in)
}

// Look is a request that only reads.
func (h *Venue) Look(p *instruction.Principal) Answer {
	v, _ := h.edge(p, false)
	return Answer{Verdict: v}
}

// edge does what the venue's edge does with a signed request before the engine sees it: it tells what was seen of the key, and
// refuses a deleted one by itself. A venue of the time told nobody. Whoever has a secret signs with it; that of a deleted HMAC
// key is gone, so that nobody can say whether he did.
func (h *Venue) edge(p *instruction.Principal, asks bool) (v instruction.Verdict, passes bool) {
	v = h.State.MayRead(h.Time, p)
	if h.gate != Off {
		dead, proven, ok := sighting.Of(v.Reason(), h.State.Key(p.Credential).Scheme, true, asks)
		if ok {
			h.tell(p, dead, proven)
		}
	}
	return v, !sighting.Dead(v.Reason())
}

func (h *Venue) tell(p *instruction.Principal, dead, proven bool) {
	if x, what := h.memory.Saw(h.Time, p, dead, proven, false); what == sighting.Told {
		h.Give(&x.By, &x.In)
	}
}

// Clone is the same venue again, its state read back from its persisted form.
func (h *Venue) Clone() (*Venue, error) {
	if h.saved == nil || h.savedAt != h.Seq {
		w := instruction.Writer(nil)
		h.State.Fields(&w)
		h.saved, h.savedAt = w.Bytes(), h.Seq
	}
	y := New(h.gate, h.Time)
	y.Seq, y.Hosts, y.shares = h.Seq, h.Hosts, h.shares.clone()
	r := instruction.Reader(h.saved)
	y.State.Fields(&r)
	return y, r.End()
}
