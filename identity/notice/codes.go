package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
)

// codes tells an issuer what became of gift codes. Who claimed one is not told.
func (t *teller) codes(s *core.State, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.CodesIssued:
		each := e.Amount.Text(0)
		if x := s.Asset(e.Asset); x != nil {
			each = e.Amount.Text(x.Scale)
		}
		data := map[string]any{"first": e.First, "count": len(e.Codes), "asset": asset(s, e.Asset), "amount": each, "expires": stamp(e.Expires), "key": e.Credential}
		t.add(s, e.Account, CodesIssued, fmt.Sprintf("Gift codes were issued: %d", len(e.Codes)),
			fmt.Sprintf("Gift codes were issued from account %d with key %d: %d of %s %s each, numbered from %d. Whoever has one may claim it until %s. If you do not know of them, "+
				"take them back at once: `portcullis gift return`, and look at the key.", e.Account, e.Credential, len(e.Codes), each, asset(s, e.Asset), e.First, calendar(e.Expires)), data)
	case *instruction.CodeClaimed:
		where := "into an account here"
		if e.Payout != 0 {
			where = "to an address outside"
		}
		t.code(s, e.Issuer, CodeClaimed, e.ID, "was claimed", "was claimed "+where+".", "")
	case *instruction.CodeReturned:
		end, why := "RETURNED", "was taken back, and what it was worth is free in your account again."
		if e.Expired {
			end, why = "EXPIRED", "expired, and what it was worth is free in your account again."
		}
		t.code(s, e.Issuer, CodeReturned, e.ID, "went back to you", why, end)
	}
}

func (t *teller) code(s *core.State, issuer instruction.Account, typ Type, id instruction.CodeID, subject, text, end string) {
	data := map[string]any{"code": id}
	if end != "" {
		data["end"] = end
	}
	t.add(s, issuer, typ, fmt.Sprintf("Gift code %d %s", id, subject), fmt.Sprintf("Gift code %d %s", id, text), data)
}

// gone tells the issuer of a gift code whose payout was cancelled. A code that is forgotten had no payout for long.
func (t *teller) gone(s *core.State, e *instruction.PayoutMoved) {
	if c := s.CodePaid(e.ID); c != nil && e.State == instruction.PayoutCancelled {
		t.code(s, c.Account, CodeReturned, c.ID, "went back to you",
			"was claimed to an address outside, but its payout was cancelled. What it was worth is free in your account again; it cannot be claimed any more.", "UNPAID")
	}
}
