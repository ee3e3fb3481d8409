package owner

import (
	"cmp"
	"slices"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/payout"
	"portcullis/venue/gift"
)

// maxCodes is how many gift codes one answer has.
const maxCodes = 5000

// IssueCodes issues gift codes.
type IssueCodes struct {
	Account uint32 `json:"account,omitempty" about:"Out of whose balance; without it the master account's."`
	Asset   string `json:"asset" about:"Symbol of the asset."`
	Amount  string `json:"amount" about:"What each code is worth, a decimal."`
	Count   uint32 `json:"count,omitempty" about:"How many, 1 to 100; without it 1."`
	Expires string `json:"expires" about:"When codes that nobody claims go back: 2027-01-31, 2027-01-31T12:00:00Z, or after 90d or 12h; a minute to two years from now."`
	Name    string `json:"name,omitempty" about:"Your own name for them, at most 36 of a-z A-Z 0-9 . : / _ -; no two known batches of an account have the same."`
	Message string `json:"message,omitempty" about:"What whoever has a code reads; at most 400 bytes."`
}

// IssuedCodes answers POST /owner/v1/codes/issue.
type IssuedCodes struct {
	Seq     uint64       `json:"seq" about:"The record that it is in."`
	Account uint32       `json:"account" about:"Out of whose balance."`
	Asset   string       `json:"asset" about:"Symbol of the asset."`
	Amount  string       `json:"amount" about:"What each code is worth, a decimal."`
	Expires string       `json:"expires" about:"When codes that nobody claims go back."`
	Codes   []IssuedCode `json:"codes" about:"The codes. They are shown this once: what the venue keeps cannot be turned back into them."`
}

// IssuedCode is a code with its number.
type IssuedCode struct {
	Number uint64 `json:"number" about:"By which it is listed and taken back. It is no secret."`
	Code   string `json:"code" about:"The code. Whoever has it may claim it."`
}

// ListedCode is a code as its issuer sees it.
type ListedCode struct {
	Number  uint64 `json:"number" about:"Number of the code."`
	Batch   uint64 `json:"batch" about:"Number of the first code that was issued with it."`
	Name    string `json:"name,omitempty" about:"Your own name for those."`
	Account uint32 `json:"account" about:"Out of whose balance it was."`
	Asset   string `json:"asset" about:"Symbol of the asset."`
	Amount  string `json:"amount" about:"What it is worth, a decimal."`
	State   string `json:"state" enum:"LIVE,CLAIMED,RETURNED,EXPIRED" about:"LIVE: whoever brings it may have it. CLAIMED: somebody has. RETURNED: you took it back, or its payout was cancelled. EXPIRED: it went back by time."`
	Made    string `json:"made" about:"When it was issued."`
	Expires string `json:"expires" about:"When it goes back."`
}

// Codes answers GET /owner/v1/codes.
type Codes struct {
	Codes []ListedCode `json:"codes" about:"The newest first: those that are live, and what became of others in the last 90 days."`
	More  bool         `json:"more" about:"There are more than one answer has."`
}

// ReturnCode takes back a code.
type ReturnCode struct {
	Number uint64 `json:"number" about:"Number of the code."`
}

// issueCodes shows codes once they are on record, and never else.
func (s *Server) issueCodes(c *call, in *IssueCodes) (r IssuedCodes, no *refusal) {
	o := gift.Order{Asset: in.Asset, Amount: in.Amount, Count: int(in.Count), Expires: in.Expires, Name: in.Name, Message: in.Message}
	var i *instruction.IssueCodes
	var codes []gift.Code
	var bad error
	if no = s.read(func(st *core.State) {
		if i, codes, bad = s.cfg.Gifts.Write(st, s.cfg.Engine.Now(), c.account(in.Account), &o); bad == nil {
			x := st.Asset(i.Asset)
			r = IssuedCodes{Account: uint32(i.Account), Asset: x.Symbol, Amount: i.Amount.Text(x.Scale), Expires: text(i.Expires)}
		}
	}); no != nil {
		return r, no
	}
	if bad != nil {
		return r, malformed(sentence(bad))
	}
	record, no := s.instruct(c, i)
	if no != nil {
		return r, no
	}
	var events instruction.Events
	record.Events(&events)
	for e := events.Next(); e != nil; e = events.Next() {
		if e, ok := e.(*instruction.CodesIssued); ok {
			for n, code := range codes {
				r.Codes = append(r.Codes, IssuedCode{Number: uint64(e.First) + uint64(n), Code: code.Reveal()}) // #nosec G115 -- at most 100
			}
		}
	}
	r.Seq = record.Seq
	return r, nil
}

func (s *Server) returnCode(_ *call, in *ReturnCode) (instruction.Instruction, *refusal) {
	return &instruction.ReturnCode{ID: instruction.CodeID(in.Number)}, numbered("gift code", in.Number)
}

func (s *Server) codes(c *call) (r Codes, no *refusal) {
	r.Codes = []ListedCode{}
	no = s.read(func(st *core.State) {
		var list []*payout.Code
		for _, a := range all(st, c.customer) {
			list = append(list, st.Codes(a)...)
		}
		slices.SortFunc(list, func(a, b *payout.Code) int { return cmp.Compare(b.ID, a.ID) })
		r.More = len(list) > maxCodes
		for _, x := range list[:min(len(list), maxCodes)] {
			asset := st.Asset(x.Asset)
			r.Codes = append(r.Codes, ListedCode{
				Number: uint64(x.ID), Batch: uint64(x.First), Name: x.Client.String(), Account: uint32(x.Account), Asset: asset.Symbol, Amount: x.Amount.Text(asset.Scale),
				State: gift.Ended(x.State, x.Expired), Made: text(x.Made), Expires: text(st.Clock().Wall(x.Due)),
			})
		}
	})
	return r, no
}
