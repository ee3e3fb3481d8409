package operator

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/proceeds"
)

// ListProceeds asks for what is held of what others gained from keys, at most MaxPage at once.
type ListProceeds struct {
	Key     uint32 `json:"key"`     // from which it was gained; 0: all
	Account uint32 `json:"account"` // of whom it is held, by any account of his; 0: all
	After   uint32 `json:"after"`   // the last hold of the page before
}

// Proceeds is one hold.
type Proceeds struct {
	Hold     uint32         `json:"hold"`
	Account  uint32         `json:"account"` // the master account of whom it is held
	Ref      string         `json:"ref"`
	Key      uint32         `json:"key"`                // from which it was gained
	Incident uint32         `json:"incident,omitempty"` // for which it is held
	Market   string         `json:"market"`
	Indirect bool           `json:"indirect"` // by following the price that the key made, and not from the key itself
	Asset    string         `json:"asset"`    // what was gained
	Gain     string         `json:"gain"`     // how much of it
	Missing  string         `json:"missing"`  // what of that nothing is held for yet
	Held     []ProceedsPart `json:"held"`
	Since    string         `json:"since"`
	Until    string         `json:"until"` // when it ends by the calendar, if waits do not stand still until then
	Kept     bool           `json:"kept"`  // until the incident is closed
	Appeals  uint8          `json:"appeals"`
	Appeal   string         `json:"appeal,omitempty"` // the last one; its owner's own words
}

// ProceedsPart is what is held of one balance.
type ProceedsPart struct {
	Account uint32 `json:"account"`
	Asset   string `json:"asset"`
	Amount  string `json:"amount"`
}

// ProceedsShown answers ProceedsList.
type ProceedsShown struct {
	Proceeds []Proceeds  `json:"proceeds"`         // by number
	Lost     []LostByKey `json:"lost"`             // where a key is named, and is not held of yet
	Frozen   string      `json:"frozen,omitempty"` // since when waits stand still: nothing ends by time meanwhile
	More     bool        `json:"more"`             // ask again after the last
}

// LostByKey is what a key lost in a market at prices that were not fair, in three to four days, and was not claimed yet.
type LostByKey struct {
	Market  string `json:"market"`
	Asset   string `json:"asset"`
	Lost    string `json:"lost"`    // net of what it won
	Unnamed string `json:"unnamed"` // what of it was gained by none of the largest gainers: portcullis trace finds them
}

// HoldProceeds holds what others gained from a key.
type HoldProceeds struct {
	Key      uint32 `json:"key"`
	Name     string `json:"name"`
	Incident uint32 `json:"incident"` // to which it belongs; 0 for none
	Keep     bool   `json:"keep"`     // until that is closed
}

// ProceedsHeld answers HoldProceeds.
type ProceedsHeld struct {
	Outcome
	Holds []uint32 `json:"holds"` // that were begun
	Kept  []uint32 `json:"kept"`  // that last until the incident is closed
}

// ReleaseProceeds ends a hold.
type ReleaseProceeds struct {
	Hold uint32 `json:"hold"`
}

func (s *Server) listProceeds(_ *caller, in *ListProceeds) (ProceedsShown, *problem) {
	r := ProceedsShown{Proceeds: []Proceeds{}, Lost: []LostByKey{}}
	if in.Account != 0 {
		if bad := s.accountExists(in.Account); bad != nil {
			return r, bad
		}
	}
	bad := s.read(func(st *core.State) {
		r.Frozen = text(st.Clock().Frozen)
		list := st.Proceeds()
		if in.Account != 0 {
			list = st.ProceedsOf(st.Customer(instruction.Account(in.Account)))
		}
		for _, h := range list {
			if uint32(h.ID) <= in.After || in.Key != 0 && uint32(h.Credential) != in.Key {
				continue
			}
			if r.More = len(r.Proceeds) == MaxPage; r.More {
				break
			}
			r.Proceeds = append(r.Proceeds, proceedsOf(st, h))
		}
		r.lost(st, instruction.Credential(in.Key))
	})
	return r, bad
}

// lost adds what a key lost that nobody holds yet.
func (r *ProceedsShown) lost(st *core.State, c instruction.Credential) {
	if c == 0 {
		return
	}
	for _, m := range st.Markets() {
		if lost, unnamed := st.Lost(c, m.ID); lost > 0 {
			x := st.Asset(m.Quote)
			r.Lost = append(r.Lost, LostByKey{m.Symbol, x.Symbol, lost.Text(x.Scale), unnamed.Text(x.Scale)})
		}
	}
}

// proceedsOf is a hold as the list shows it.
func proceedsOf(st *core.State, h *proceeds.Hold) Proceeds {
	of := st.Asset(h.Of)
	amount := func(n money.Amount) string { return n.Text(of.Scale) }
	r := Proceeds{
		Hold: uint32(h.ID), Account: uint32(h.Customer), Ref: st.Account(h.Customer).Ref, Key: uint32(h.Credential), Incident: uint32(h.Incident),
		Market: st.Market(h.Market).Symbol, Indirect: h.Indirect, Asset: of.Symbol, Gain: amount(h.Gain), Missing: amount(h.Missing),
		Held: []ProceedsPart{}, Since: text(st.Clock().Wall(h.Since)), Until: text(st.Clock().Wall(h.Until)), Kept: h.Kept, Appeals: h.Appeals, Appeal: h.Appeal,
	}
	for _, p := range h.Parts {
		a := st.Asset(p.Asset)
		r.Held = append(r.Held, ProceedsPart{uint32(p.Account), a.Symbol, p.Amount.Text(a.Scale)})
	}
	return r
}

func (s *Server) holdProceeds(c *caller, in *HoldProceeds) (ProceedsHeld, *problem) {
	r := ProceedsHeld{Holds: []uint32{}, Kept: []uint32{}}
	k, bad := s.named(in.Key, in.Name)
	if bad != nil {
		return r, bad
	}
	r.Outcome, bad = s.do(c, &instruction.HoldProceeds{Credential: k, Incident: instruction.IncidentID(in.Incident), Keep: in.Keep}, func(e instruction.Event) {
		switch e := e.(type) {
		case *instruction.ProceedsHeld:
			if e.Opens() {
				r.Holds = append(r.Holds, uint32(e.ID))
			}
		case *instruction.ProceedsKept:
			r.Kept = append(r.Kept, uint32(e.ID))
		}
	})
	return r, bad
}

func (s *Server) releaseProceeds(c *caller, in *ReleaseProceeds) (Outcome, *problem) {
	return s.do(c, &instruction.ReleaseProceeds{ID: instruction.ProceedsID(in.Hold)}, nil)
}
