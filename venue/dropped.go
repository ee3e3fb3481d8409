package venue

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// denied is the answer to what the gate denied. Where the operator dropped it, the answer goes on with why and until when,
// as long as the drop is live.
func (v *Venue) denied(verdict *instruction.Verdict, cancels bool) *binance.Error {
	e := refused(verdict.Reason(), cancels)
	switch verdict.Reason() {
	case instruction.WithdrawalsDropped, instruction.ClaimsDropped, instruction.TradingDropped, instruction.KeysDropped:
	default:
		return e
	}
	_ = v.read(func(s *core.State) { // without it the answer is short, and still right
		for _, d := range s.Drops() {
			if int64(d.ID) != verdict.Findings()[0].Value {
				continue
			}
			if d.Reason != "" {
				e.Msg += " Reason: " + d.Reason + "."
			}
			if d.Until != 0 {
				e.Msg += " Until: " + d.Until.Std().Format("2006-01-02 15:04:05") + " UTC."
			}
		}
	})
	return e
}
