package operator

import (
	"context"
	"encoding/hex"
	"os"

	"portcullis/core"
	"portcullis/core/instruction"
)

func (s *Server) confirmClock(c *caller, _ *Nothing) (Outcome, *problem) {
	return s.do(c, &instruction.ConfirmClock{}, nil)
}

// state identifies the state as of a record. It costs a look at all of it, so nothing asks for it by itself.
func (s *Server) state(*caller, *Nothing) (State, *problem) {
	seq, hash, err := s.cfg.Engine.Hash()
	if err != nil {
		return State{}, s.failed(err)
	}
	return State{Seq: seq, Hash: hex.EncodeToString(hash[:])}, nil
}

// snapshot takes a snapshot, for as long as that takes. Nobody waits for it but its caller.
func (s *Server) snapshot(*caller, *Nothing) (Snapshot, *problem) {
	t, err := s.cfg.Engine.Snapshot(context.Background())
	if err != nil {
		return Snapshot{}, s.failed(err)
	}
	x := t.Snapshot
	return Snapshot{File: x.Name, Seq: x.Place.Seq, Head: x.Place.Hash.String(), State: hex.EncodeToString(x.State[:]), Bytes: x.Size,
		From: t.From.Place.Seq, Millis: t.Took.Milliseconds()}, nil
}

func (s *Server) status(*caller, *Nothing) (Status, *problem) {
	r := Status{PID: os.Getpid(), Operators: s.operators(), Seq: s.cfg.Engine.Durable(), Markets: []string{}, Drops: []Dropped{}, Incidents: []Incident{},
		Unmarked: []string{}, Unrouted: []string{}, Stale: []string{}, Cooling: []string{}}
	if err := s.cfg.Engine.Healthy(); err != nil {
		r.Problem = sentence(err)
	}
	r.Healthy = r.Problem == ""
	bad := s.read(func(st *core.State) {
		c := st.Clock()
		r.Time, r.Frozen = text(c.Now), text(c.Frozen)
		r.Accounts, r.Keys = uint32(st.Accounts()), uint32(st.Keys())
		for id, a := range st.Assets() {
			r.Assets++
			if id == st.Valuation() {
				r.Valuation = a.Symbol
			} else if len(a.Route) == 0 {
				r.Unrouted = append(r.Unrouted, a.Symbol)
			}
		}
		r.Drops = dropped(st)
		for _, x := range st.Incidents() {
			if x.Closed == 0 {
				r.Incidents = append(r.Incidents, incidentOf(&x))
			}
		}
		for _, m := range st.Markets() {
			r.Markets = append(r.Markets, m.Symbol)
			if m.Marks.Tier == instruction.Unmarked {
				r.Unmarked = append(r.Unmarked, m.Symbol)
			}
			if _, fresh := m.Prices().Liquid(c.Now); m.Marks.Reference && !fresh {
				r.Stale = append(r.Stale, m.Symbol)
			}
			if m.Cool != 0 {
				r.Cooling = append(r.Cooling, m.Symbol)
			}
		}
	})
	if s.cfg.Status != nil {
		s.cfg.Status(&r)
	}
	return r, bad
}
