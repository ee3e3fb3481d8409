package owner

import (
	"portcullis/core"
	"portcullis/core/instruction"
)

// What is asked and answered of proceeds: what is held since the customer gained it from somebody else's key that is taken for
// stolen.

// ProceedsPart is what is held of one balance.
type ProceedsPart struct {
	Account uint32 `json:"account" about:"Number of the account."`
	Asset   string `json:"asset" about:"The asset."`
	Amount  string `json:"amount" about:"How much of what is locked there."`
}

// Proceed is one hold. The other key, and whose it is, is not told.
type Proceed struct {
	Hold     uint32         `json:"hold" about:"Number of the hold."`
	Market   string         `json:"market" about:"Where it was gained."`
	Indirect bool           `json:"indirect" about:"Not from the key itself, but by following the price that it made."`
	Asset    string         `json:"asset" about:"What was gained over the fair price."`
	Gain     string         `json:"gain" about:"How much of that; nothing more is ever held."`
	Missing  string         `json:"missing" about:"What of that nothing is held for yet: it is held as it comes free."`
	Held     []ProceedsPart `json:"held" about:"What is held for it: the asset that was gained, then others by value."`
	Since    string         `json:"since" about:"Since when."`
	Until    string         `json:"until" about:"When it is free again, if waits do not stand still until then and it is not kept."`
	Kept     bool           `json:"kept" about:"The venue keeps it until the theft is settled."`
	Appeals  uint32         `json:"appeals" about:"How often you appealed, of three times."`
	Appeal   string         `json:"appeal,omitempty" about:"What you said last."`
}

// Proceeds answers GET /owner/v1/proceeds.
type Proceeds struct {
	Time     string    `json:"time" about:"Of the venue."`
	Frozen   string    `json:"frozen,omitempty" about:"Since when waits stand still after a jump of the venue's clock. While this is there, nothing ends by time."`
	Proceeds []Proceed `json:"proceeds" about:"What is held, by number."`
	More     bool      `json:"more" about:"There are more than one answer has."`
}

// AppealProceeds says why what is held should not be.
type AppealProceeds struct {
	Hold uint32 `json:"hold" about:"Number of the hold."`
	Text string `json:"text" about:"Why: 1 to 500 bytes on one line, which the venue's operator reads."`
}

// maxProceeds is how many holds one answer has.
const maxProceeds = 1000

func (s *Server) proceeds(c *call) (Proceeds, *refusal) {
	r := Proceeds{Proceeds: []Proceed{}}
	no := s.read(func(st *core.State) {
		r.Time, r.Frozen = text(st.Clock().Now), text(st.Clock().Frozen)
		for _, h := range st.ProceedsOf(c.customer) {
			if r.More = len(r.Proceeds) == maxProceeds; r.More {
				return
			}
			of := st.Asset(h.Of)
			x := Proceed{
				Hold: uint32(h.ID), Market: st.Market(h.Market).Symbol, Indirect: h.Indirect, Asset: of.Symbol, Gain: h.Gain.Text(of.Scale),
				Missing: h.Missing.Text(of.Scale), Held: []ProceedsPart{}, Since: text(st.Clock().Wall(h.Since)), Until: text(st.Clock().Wall(h.Until)),
				Kept: h.Kept, Appeals: uint32(h.Appeals), Appeal: h.Appeal,
			}
			for _, p := range h.Parts {
				a := st.Asset(p.Asset)
				x.Held = append(x.Held, ProceedsPart{uint32(p.Account), a.Symbol, p.Amount.Text(a.Scale)})
			}
			r.Proceeds = append(r.Proceeds, x)
		}
	})
	return r, no
}

func (s *Server) appeal(_ *call, in *AppealProceeds) (instruction.Instruction, *refusal) {
	if len(in.Text) == 0 || len(in.Text) > instruction.MaxAppeal {
		return nil, malformed("An appeal says why, in 1 to 500 bytes on one line.")
	}
	return &instruction.AppealProceeds{ID: instruction.ProceedsID(in.Hold), Text: in.Text}, numbered("hold", uint64(in.Hold))
}
