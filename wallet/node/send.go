package node

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// Send asks the node, once, to take a signed transaction and to pass it on. That fees are not absurd is left to the node's
// own limit beside ours.
func (c *Client) Send(ctx context.Context, raw []byte) coin.Reply {
	tx, err := coin.ParseTx(raw)
	if err != nil {
		return coin.Reply{Outcome: coin.Invalid, Reason: err.Error()}
	}
	var id string
	err = c.Call(ctx, "sendrawtransaction", &id, hex.EncodeToString(raw))
	var e *Error
	if errors.As(err, &e) {
		return coin.Reply{Outcome: outcome(e), Code: e.Code, Reason: e.Reason}
	}
	if named, err := instruction.ParseTxID(id); err != nil || named != tx.ID {
		return coin.Reply{Outcome: coin.Unknown, Reason: "the node took a transaction that it calls " + clip(id)}
	}
	return coin.Reply{Outcome: coin.Accepted}
}

// outcome is what may be concluded from a call of sendrawtransaction that failed.
func outcome(e *Error) coin.Outcome {
	switch {
	case e.NotDone:
		return coin.Unsent
	case e.Code == codeInChain:
		return coin.Accepted
	case e.Code == -22: // not a transaction in the node's eyes
		return coin.Invalid
	case e.Code == -25 || e.Code == -26:
		return rejected(e.Code, e.Reason)
	}
	return coin.Unknown
}

// rejects are the words with which nodes turn a transaction away, and what they mean. The first that a reason has decides.
// Versions differ in the code and in what stands around the words ("64: …", "…, rejecting replacement …").
var rejects = []struct {
	words   string
	outcome coin.Outcome
}{
	{"txn-already-in-mempool", coin.Accepted},
	{"txn-same-nonsegwit-data-in-mempool", coin.Accepted}, // the same but for its signatures: it has the same name
	{"txn-already-known", coin.Accepted},                  // mined: one of its outputs is there
	{"missingorspent", coin.Ambiguous},
	{"missing-inputs", coin.Ambiguous},
	{"missing inputs", coin.Ambiguous},
	{"txn-mempool-conflict", coin.Conflict},
	{"spends-conflicting-tx", coin.Conflict},
	{"too many potential replacements", coin.Conflict},
	{"replacement-adds-unconfirmed", coin.Conflict},
	{"insufficient fee", coin.FeeTooLow}, // than what would be replaced
	{"insufficient priority", coin.FeeTooLow},
	{"fee not met", coin.FeeTooLow}, // min relay, mempool min
	{"mempool full", coin.FeeTooLow},
	{"mempool-full", coin.FeeTooLow},
	{"too-long-mempool-chain", coin.Unsent}, // until what it stands on is mined
	{"too-large-cluster", coin.Unsent},
	{"premature-spend", coin.Unsent}, // of newly mined coins
	{"non-final", coin.Unsent},
	{"non-bip68-final", coin.Unsent},
	{"absurdly-high-fee", coin.Invalid},
	{"fee exceeds maximum", coin.Invalid},
}

// rejected reads a reject. What is not known is Ambiguous under -25, which says that the node looked for the inputs, and
// Invalid under -26, which says that it looked at the transaction.
func rejected(code int, reason string) coin.Outcome {
	reason = strings.ToLower(reason)
	for _, r := range rejects {
		if strings.Contains(reason, r.words) {
			return r.outcome
		}
	}
	if code == -25 {
		return coin.Ambiguous
	}
	return coin.Invalid
}
