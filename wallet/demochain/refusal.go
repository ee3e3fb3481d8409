package demochain

import (
	"errors"
	"fmt"

	"portcullis/wallet/coin"
)

// refusal is why a transaction is not taken, in the code and the words of real nodes.
type refusal struct {
	outcome coin.Outcome
	code    int
	reason  string
}

func (r *refusal) Error() string { return fmt.Sprintf("%s (%d)", r.reason, r.code) }

var (
	errDecode     = &refusal{coin.Invalid, -22, "TX decode failed"}
	errMissing    = &refusal{coin.Ambiguous, -25, "bad-txns-inputs-missingorspent"}
	errConflict   = &refusal{coin.Conflict, -26, "txn-mempool-conflict"}
	errRelayFee   = &refusal{coin.FeeTooLow, -26, "min relay fee not met"}
	errReplaceFee = &refusal{coin.FeeTooLow, -26, "insufficient fee"}
	errTooMany    = &refusal{coin.Conflict, -26, "too many potential replacements"}
	errUnsettled  = &refusal{coin.Conflict, -26, "replacement-adds-unconfirmed"}
	errLongChain  = &refusal{coin.Unsent, -26, "too-long-mempool-chain"} // it may fit once something is mined
	errOwnPrey    = &refusal{coin.Conflict, -26, "bad-txns-spends-conflicting-tx"}
	errImmature   = &refusal{coin.Unsent, -26, "bad-txns-premature-spend-of-coinbase"}
	errLocked     = &refusal{coin.Unsent, -26, "non-final"} // here for ever; elsewhere it may ripen
)

// invalid is what no state of the chain would make right.
func invalid(reason string) *refusal { return &refusal{coin.Invalid, -26, reason} }

// reply is what a sender is told.
func reply(err error) coin.Reply {
	if err == nil {
		return coin.Reply{Outcome: coin.Accepted}
	}
	var r *refusal
	if !errors.As(err, &r) {
		return coin.Reply{Outcome: coin.Unsent, Reason: err.Error()}
	}
	return coin.Reply{Outcome: r.outcome, Code: r.code, Reason: r.reason}
}
