package venue

import (
	"fmt"
	"strings"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// overBudget is what is added to the words for an order that a budget or a band does not bear: how much is left, of what limit,
// when it comes back, and where what is received counts for nothing. It is as of now: what was judged may be a moment older.
func overBudget(s *core.State, c instruction.Credential, in instruction.Instruction, v *instruction.Verdict) string {
	var b strings.Builder
	for _, f := range v.Findings() {
		switch f.Reason {
		case instruction.LossOverBudget, instruction.LossUnconfirmed, instruction.FeesOverBudget, instruction.FeesUnconfirmed:
			leftOf(&b, s, c, f.Reason)
		case instruction.NothingForIt, instruction.OverThinCap:
			if f.Reason != v.Reason() {
				b.WriteString(" " + f.Reason.Sentence())
			}
			if m := s.Market(instruction.Market(f.Value)); m != nil { // #nosec G115 -- the gate put it there; 0: the asset has no route
				b.WriteString(" Symbol: " + m.Symbol + ".")
			}
		case instruction.WithoutMark:
			if a := s.Asset(instruction.Asset(f.Value)); a != nil { // #nosec G115 -- the gate put it there
				b.WriteString(" Asset: " + a.Symbol + ".")
			}
		case instruction.OutsideCollar:
			if m := marketIn(s, in); m != nil {
				_, quote := s.Scales(m)
				b.WriteString(" The furthest price that is taken now is " + money.Price(f.Value).Text(quote) + ".")
			}
		}
	}
	return b.String()
}

// leftOf says how the budget stands that was met. Of a master account's budget a sub-account is told only what is left.
func leftOf(b *strings.Builder, s *core.State, c instruction.Credential, r instruction.Reason) {
	k, valued := s.Key(c), s.Asset(s.Valuation())
	if k == nil || valued == nil {
		return
	}
	text := func(n money.Amount) string { return n.Text(valued.Scale) + " " + valued.Symbol }
	w := s.Worth(k.Account)
	_, met, fees := w.Budget(k.Account, c)
	paid := r == instruction.FeesOverBudget || r == instruction.FeesUnconfirmed
	if paid {
		met = fees
	}
	fmt.Fprintf(b, " Left: %s", text(met.Left))
	if met.Of.Account != k.Account {
		b.WriteString(", by the budget of all accounts together.")
		return
	}
	stands, _, _ := w.Budget(met.Of.Account, met.Of.Credential)
	x := &stands.Loss
	if paid {
		x = &stands.Fees
	}
	whose := "the account"
	if met.Of.Credential != 0 {
		whose = "this API key"
	}
	if met.Limit == instruction.LossConfirmation || met.Limit == instruction.FeesConfirmation {
		fmt.Fprintf(b, " of %s, for %s between two confirmations.", text(x.SinceLimit), whose)
		return
	}
	fmt.Fprintf(b, " of %s, which is %s of equity, for %s in 24 hours.", text(x.Limit), x.Rate.Percent(), whose)
	if len(x.Back) > 0 {
		fmt.Fprintf(b, " %s of it come back on %s UTC.", text(x.Back[0].Amount), wireTime(s.Clock().Wall(x.Back[0].At)))
	}
}

// whyHalted is what is added where the market that an order is for broke out of its bands.
func whyHalted(s *core.State, in instruction.Instruction) string {
	m := marketIn(s, in)
	if m == nil || m.Cool == 0 {
		return ""
	}
	return " Its price and volume broke out together. It opens again by itself, on " + wireTime(s.Clock().Wall(m.Cool)) + " UTC; cancels go through."
}

// marketIn is the market of an instruction that places orders, or nil.
func marketIn(s *core.State, in instruction.Instruction) *core.Market {
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		return s.Market(i.Market)
	case *instruction.ReplaceOrder:
		return s.Market(i.Place.Market)
	case *instruction.PlaceList:
		return s.Market(i.Legs[0].Market)
	}
	return nil
}
