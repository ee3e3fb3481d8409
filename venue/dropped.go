package venue

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// denied is the answer to what the gate denied. Where the operator dropped it, the answer goes on with why and until when, as
// long as the drop is live; where a budget does not bear it, with what is left and when it comes back.
func (v *Venue) denied(c *call, in instruction.Instruction, verdict *instruction.Verdict, cancels bool) *binance.Error {
	e := refused(verdict.Reason(), cancels)
	switch verdict.Reason() {
	case instruction.WithdrawalsDropped, instruction.ClaimsDropped, instruction.TradingDropped, instruction.KeysDropped, instruction.StepUpAsked:
		_ = v.read(func(s *core.State) { e.Msg += whyDropped(s, verdict.Findings()[0].Value) }) // without it the answer is short, and still right
	case instruction.LossOverBudget, instruction.FeesOverBudget, instruction.LossUnconfirmed, instruction.FeesUnconfirmed,
		instruction.WithoutMark, instruction.OutsideCollar:
		_ = v.read(func(s *core.State) { e.Msg += overBudget(s, c.principal.Credential, in, verdict) })
	case instruction.RuleSaid:
		_ = v.read(func(s *core.State) { e.Msg += ruleSaid(s, verdict.Findings()[0].Value) })
	}
	return e
}

// ruleSaid is what the rule of a number catches, in its operator's words.
func ruleSaid(s *core.State, id int64) string {
	r := s.Rules().Rule(instruction.RuleID(id)) // #nosec G115 -- the gate put it there
	if r == nil {
		return ""
	}
	return " What it is against: " + r.Catches
}

// whyDropped is what the operator said of a drop, and until when it holds.
func whyDropped(s *core.State, id int64) (why string) {
	for _, d := range s.Drops() {
		if int64(d.ID) != id {
			continue
		}
		if d.Reason != "" {
			why += " Reason: " + d.Reason + "."
		}
		if d.Until != 0 {
			why += " Until: " + wireTime(d.Until) + " UTC."
		}
	}
	return why
}
