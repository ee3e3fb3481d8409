// Package access is the one table of who may do what: every kind of instruction, and every way in (paths of HTTP, methods of
// the WebSocket API, commands of the operator's socket).
//
// It owns words and decides nothing: the gate decides, and the edges ask for keys. Its tests hold the table against both: what
// is missing here fails, so does what is superfluous, and each line is tried with each kind of giver and key. docs/WHO-MAY.md
// is made of it.
package access

import (
	"bytes"
	"fmt"
	"strings"

	"portcullis/core/instruction"
)

// Who is a set of those who may.
type Who uint16

const (
	Anybody   Who = 1 << 0 // without a key
	Near      Who = 1 << 1 // without a key, on the venue's own machine
	Names     Who = 1 << 2 // who names an API key that may read, without a signature
	Reads     Who = 1 << 3 // an API key that may read, an owner's key too
	Trades    Who = 1 << 4 // an API key that may trade
	Withdraws Who = 1 << 5
	Transfers Who = 1 << 6
	Owner     Who = 1 << 7 // the owner's key, for what is its customer's
	Operator  Who = 1 << 8 // the venue's own user, or root, at the local socket
	Engine    Who = 1 << 9 // the venue's clock
	Venue     Who = 1 << 10
	Wallet    Who = 1 << 11
	Bearer    Who = 1 << 12 // whoever brings a gift code
)

// words are what each is called, in the order of their bits.
var words = [...]string{"anybody", "anybody on the venue's machine", "a key that reads, by its name alone", "a key that reads, or the owner's", "a key that trades",
	"a key that withdraws", "a key that transfers", "the owner", "the operator", "the venue's clock", "the venue itself", "the wallet", "whoever brings a gift code"}

// Act is a kind of instruction.
type Act struct {
	Kind  instruction.Kind
	Name  string // of its type
	Who   Who
	Class instruction.Class // by which a drop shuts it; 0 for none. A drop of keys shuts whatever a key may do and does not stay
	Stays bool              // for keys in quarantine, under a lock, past their end, unrenewed for a year, or dropped
	Holds bool              // a lock, and a drop of its class, hold it by the owner's key too
}

// Acts are all kinds of instructions.
var Acts = []Act{
	{Kind: instruction.KindTick, Name: "Tick", Who: Engine},
	{Kind: instruction.KindSight, Name: "Sight", Who: Venue},
	{Kind: instruction.KindSettle, Name: "Settle", Who: Venue},
	{Kind: instruction.KindRefer, Name: "Refer", Who: Venue},

	{Kind: instruction.KindIssueAddress, Name: "IssueAddress", Who: Wallet},
	{Kind: instruction.KindAdvance, Name: "Advance", Who: Wallet},
	{Kind: instruction.KindRewind, Name: "Rewind", Who: Wallet},
	{Kind: instruction.KindPlanSpend, Name: "PlanSpend", Who: Wallet},
	{Kind: instruction.KindSignSpend, Name: "SignSpend", Who: Wallet},
	{Kind: instruction.KindSeeSpends, Name: "SeeSpends", Who: Wallet},
	{Kind: instruction.KindStopPayout, Name: "StopPayout", Who: Operator | Wallet},
	{Kind: instruction.KindSetChain, Name: "SetChain", Who: Operator},

	{Kind: instruction.KindConfirmClock, Name: "ConfirmClock", Who: Operator},
	{Kind: instruction.KindAddAsset, Name: "AddAsset", Who: Operator},
	{Kind: instruction.KindAddMarket, Name: "AddMarket", Who: Operator},
	{Kind: instruction.KindSetMarket, Name: "SetMarket", Who: Operator},
	{Kind: instruction.KindSetTerms, Name: "SetTerms", Who: Operator},
	{Kind: instruction.KindSetFees, Name: "SetFees", Who: Operator},
	{Kind: instruction.KindOpenAccount, Name: "OpenAccount", Who: Operator},
	{Kind: instruction.KindSetValuation, Name: "SetValuation", Who: Operator},
	{Kind: instruction.KindSetRoute, Name: "SetRoute", Who: Operator},
	{Kind: instruction.KindSetMarks, Name: "SetMarks", Who: Operator},
	{Kind: instruction.KindCredit, Name: "Credit", Who: Operator},
	{Kind: instruction.KindSetTier, Name: "SetTier", Who: Operator},
	{Kind: instruction.KindCreateKey, Name: "CreateKey", Who: Operator},
	{Kind: instruction.KindResealKey, Name: "ResealKey", Who: Operator},
	{Kind: instruction.KindDrop, Name: "Drop", Who: Operator},
	{Kind: instruction.KindRaise, Name: "Raise", Who: Operator},
	{Kind: instruction.KindCloseIncident, Name: "CloseIncident", Who: Operator},
	{Kind: instruction.KindHoldProceeds, Name: "HoldProceeds", Who: Operator},
	{Kind: instruction.KindReleaseProceeds, Name: "ReleaseProceeds", Who: Operator},

	{Kind: instruction.KindSetRules, Name: "SetRules", Who: Operator | Venue},
	{Kind: instruction.KindAnswerRules, Name: "AnswerRules", Who: Operator},
	{Kind: instruction.KindSnoozeRule, Name: "SnoozeRule", Who: Operator},
	{Kind: instruction.KindSetCohorts, Name: "SetCohorts", Who: Operator},
	{Kind: instruction.KindShutCohort, Name: "ShutCohort", Who: Operator | Venue},

	{Kind: instruction.KindRevokeKey, Name: "RevokeKey", Who: Owner | Operator},
	{Kind: instruction.KindChangeMandate, Name: "ChangeMandate", Who: Owner | Operator},
	{Kind: instruction.KindRenewKey, Name: "RenewKey", Who: Owner | Operator},
	{Kind: instruction.KindQuarantineKey, Name: "QuarantineKey", Who: Owner | Operator},
	{Kind: instruction.KindRestoreKey, Name: "RestoreKey", Who: Owner | Operator},
	{Kind: instruction.KindLockAccount, Name: "LockAccount", Who: Owner | Operator},
	{Kind: instruction.KindUnlockAccount, Name: "UnlockAccount", Who: Owner | Operator},
	{Kind: instruction.KindAnswer, Name: "Answer", Who: Owner | Operator},
	{Kind: instruction.KindSetBudget, Name: "SetBudget", Who: Owner | Operator},
	{Kind: instruction.KindConfirmBudget, Name: "ConfirmBudget", Who: Owner},
	{Kind: instruction.KindNameMarket, Name: "NameMarket", Who: Owner},
	{Kind: instruction.KindAppealProceeds, Name: "AppealProceeds", Who: Owner},
	{Kind: instruction.KindSetWait, Name: "SetWait", Who: Owner},
	{Kind: instruction.KindAddAddress, Name: "AddAddress", Who: Owner},
	{Kind: instruction.KindRemoveAddress, Name: "RemoveAddress", Who: Owner},

	{Kind: instruction.KindPlaceOrder, Name: "PlaceOrder", Who: Trades, Class: instruction.DropTrading},
	{Kind: instruction.KindReplaceOrder, Name: "ReplaceOrder", Who: Trades, Class: instruction.DropTrading},
	{Kind: instruction.KindPlaceList, Name: "PlaceList", Who: Trades, Class: instruction.DropTrading},
	{Kind: instruction.KindCancelOrder, Name: "CancelOrder", Who: Trades, Stays: true},
	{Kind: instruction.KindCancelAll, Name: "CancelAll", Who: Trades, Stays: true},
	{Kind: instruction.KindCancelList, Name: "CancelList", Who: Trades, Stays: true},
	{Kind: instruction.KindAmendOrder, Name: "AmendOrder", Who: Trades, Stays: true},
	{Kind: instruction.KindTransfer, Name: "Transfer", Who: Transfers},
	{Kind: instruction.KindWithdraw, Name: "Withdraw", Who: Withdraws, Class: instruction.DropWithdrawals},
	{Kind: instruction.KindIssueCodes, Name: "IssueCodes", Who: Withdraws | Owner, Class: instruction.DropWithdrawals, Holds: true},
	{Kind: instruction.KindClaimCode, Name: "ClaimCode", Who: Reads | Bearer, Class: instruction.DropClaims},
	{Kind: instruction.KindReturnCode, Name: "ReturnCode", Who: Withdraws | Owner},
}

// ActOf is the line of a kind, or nil.
func ActOf(k instruction.Kind) *Act {
	for i := range Acts {
		if Acts[i].Kind == k {
			return &Acts[i]
		}
	}
	return nil
}

// Way is a way in.
type Way struct {
	Name string           // method and path, or path
	WS   string           // the same as a method of the WebSocket API
	Who  Who              // of one that only reads; of others who may is its kind's to say
	Kind instruction.Kind // of the instruction that it becomes, or is a test of; 0 for one that only reads
	Only Who              // of a way that fewer have than its kind's giver: the owner's API is the owner's alone
}

// May is who may go the way.
func (w *Way) May() Who {
	if w.Only != 0 {
		return w.Only
	}
	if w.Kind != 0 {
		return ActOf(w.Kind).Who
	}
	return w.Who
}

// String lists who.
func (w Who) String() string {
	var list []string
	for i, word := range words {
		if w&(1<<i) != 0 {
			list = append(list, word)
		}
	}
	return strings.Join(list, ", ")
}

// Text is the table as Markdown.
func Text() []byte {
	var b bytes.Buffer
	b.WriteString("# Who may do what\n\nEvery kind of instruction, and every way in. Made from `internal/access`, whose tests hold it against the gate, the edges and\n" +
		"a venue that runs; `go test ./internal/access -update` writes it anew.\n\n## Instructions\n\n" +
		"A key does here what is its account's, the owner's key what is its customer's, all accounts included. \"Stays\" is what a key may\n" +
		"do still in quarantine, under a lock, past its end, unrenewed for a year, and while keys are dropped. The owner's key is held by\n" +
		"no lock, no drop and no age, but for issuing gift codes, which is value that leaves. Where an alarm is the cause of a quarantine, a key may do more still from where its customer has\n" +
		"been at home.\n\n| instruction | who | shut by a drop of | stays |\n| --- | --- | --- | --- |\n")
	for _, a := range Acts {
		class, stays := "", ""
		const key = Reads | Trades | Withdraws | Transfers
		if a.Who&key != 0 {
			if class = "keys"; a.Class != 0 {
				class = strings.ToLower(a.Class.String()) + ", keys"
			}
			if a.Stays {
				class, stays = "", "yes"
			}
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", a.Name, a.Who, class, stays)
	}
	for _, part := range []struct {
		title, about string
		ways         []Way
	}{
		{"Requests of the dialect", "Reading stays open in quarantine, under locks and drops, and past a key's end.", Requests},
		{"The owner's API", "No key but the owner's is let in.", Words},
		{"Gift codes", "Who has a code, or the receipt of a claim, needs no key.", Gifts},
		{"What else the API's address serves", "", Pages},
		{"The operator's socket", "It lets in the venue's own user and root. Being told costs no record; what acts is judged and on record.", Commands},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n", part.title)
		if part.about != "" {
			b.WriteString(part.about + "\n\n")
		}
		b.WriteString("| way | who | becomes |\n| --- | --- | --- |\n")
		for i := range part.ways {
			w := &part.ways[i]
			name, kind := w.Name, ""
			if w.WS != "" {
				name = strings.TrimPrefix(name+", "+w.WS, ", ")
			}
			if w.Kind != 0 {
				kind = ActOf(w.Kind).Name
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", name, w.May(), kind)
		}
	}
	return b.Bytes()
}
