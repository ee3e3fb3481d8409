package incident

import (
	"net/netip"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/sighting"
	"portcullis/scenario"
)

// house is a venue in simulated time: a bare state with an edge before it. Time passes by ticks, as the engine gives them, so
// that no jump is ever seen and waits go on.
type house struct {
	scenario.Direct
	gate    Gate
	memory  *sighting.Memory                             // of the edge
	ticked  instruction.Time                             // when the last tick was
	heard   func(*instruction.Record, instruction.Event) // sees each event
	ev      instruction.Events
	err     error  // the first that Do gave; nothing is done after it
	saved   []byte // the state's persisted form as of record savedAt, for clone
	savedAt uint64
}

func newHouse(g Gate, now instruction.Time) *house {
	h := &house{gate: g}
	h.State, h.Time = core.New(), now
	if g == Off {
		h.State = core.NewUngated()
	}
	h.memory, h.ticked = sighting.New(), now
	return h
}

// answer is what came of an instruction, in short.
type answer struct {
	verdict instruction.Verdict
	refused instruction.Reason // why what was allowed came to nothing
	filled  bool               // an order traded
	orders  int                // placed
	payout  instruction.PayoutID
	state   instruction.PayoutState // of the payout
}

func (a *answer) allowed() bool { return a.verdict.Decision == instruction.Allow }

// did says that it was allowed, and came to something.
func (a *answer) did() bool { return a.allowed() && a.refused == 0 }

// give has an instruction judged and carried out.
func (h *house) give(p *instruction.Principal, in instruction.Instruction) answer {
	if h.err != nil {
		return answer{verdict: instruction.Say(instruction.Deny, instruction.UnknownCredential, 0)}
	}
	r, err := h.Do(p, in)
	if err != nil {
		h.err = err
		return answer{verdict: instruction.Say(instruction.Deny, instruction.UnknownCredential, 0)}
	}
	a := answer{verdict: r.Verdict}
	r.Events(&h.ev)
	for e := h.ev.Next(); e != nil; e = h.ev.Next() {
		switch e := e.(type) {
		case *instruction.Refused:
			a.refused = e.Reason
		case *instruction.OrderPlaced:
			a.orders++
		case *instruction.Filled:
			a.filled = true
		case *instruction.PayoutMade:
			a.payout, a.state = e.ID, e.State
		}
		if h.heard != nil {
			h.heard(&r, e)
		}
	}
	if err := h.ev.Err(); err != nil {
		h.err = err
	}
	return a
}

// engine gives the ticks.
var engine = instruction.Principal{Giver: instruction.ByEngine}

// pass lets time pass until then. Whatever else is on record, there is a tick as often as no jump is seen: waits end with one.
func (h *house) pass(until instruction.Time) {
	for h.err == nil && h.ticked+core.MaxJump <= until {
		h.ticked += core.MaxJump
		h.Time = max(h.Time, h.ticked)
		h.give(&engine, &instruction.Tick{})
	}
	h.Time = max(h.Time, until)
}

// by is who a credential's request comes from.
func by(c instruction.Credential, from netip.Addr) *instruction.Principal {
	return &instruction.Principal{Giver: instruction.ByCredential, Credential: c, Addr: from}
}

// operate gives an instruction in the operator's name.
func (h *house) operate(in instruction.Instruction) answer {
	return h.give(&instruction.Principal{Giver: instruction.ByOperator}, in)
}

// send is an instruction that a customer's program, or a thief's, signs and sends to the edge.
func (h *house) send(p *instruction.Principal, in instruction.Instruction) answer {
	if v, ok := h.edge(p, true); !ok {
		return answer{verdict: v}
	}
	return h.give(p, in)
}

// read is a request that only reads.
func (h *house) read(p *instruction.Principal) answer {
	v, _ := h.edge(p, false)
	return answer{verdict: v}
}

// edge does what the venue's edge does with a signed request before the engine sees it: it tells what was seen of the key, and
// refuses a deleted one by itself. A venue of the time told nobody. Whoever has a secret signs with it; that of a deleted HMAC
// key is gone, so that nobody can say whether he did.
func (h *house) edge(p *instruction.Principal, asks bool) (v instruction.Verdict, passes bool) {
	v = h.State.MayRead(h.Time, p)
	if h.gate != Off {
		dead, proven, ok := sighting.Of(v.Reason(), h.State.Key(p.Credential).Scheme, true, asks)
		if ok {
			h.tell(p, dead, proven)
		}
	}
	return v, !sighting.Dead(v.Reason())
}

func (h *house) tell(p *instruction.Principal, dead, proven bool) {
	if x, what := h.memory.Saw(h.Time, p, dead, proven, false); what == sighting.Told {
		h.give(&x.By, &x.In)
	}
}

// clone is the same venue again, its state read back from its persisted form.
func (h *house) clone() (*house, error) {
	if h.saved == nil || h.savedAt != h.Seq {
		w := instruction.Writer(nil)
		h.State.Fields(&w)
		h.saved, h.savedAt = w.Bytes(), h.Seq
	}
	y := newHouse(h.gate, h.Time)
	y.Seq = h.Seq
	r := instruction.Reader(h.saved)
	y.State.Fields(&r)
	return y, r.End()
}
