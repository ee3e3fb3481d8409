package owner

import (
	"fmt"
	"strings"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/mandate"
)

// What comes of a matter that nobody answers.
const (
	holds = "HOLDS"
	ends  = "ENDS"
)

// matter is what waits as answers have it.
func matter(st *core.State, id instruction.MatterID, m *instruction.Matter) Matter {
	r := Matter{
		Matter: uint64(id), Kind: m.Kind.String(), Account: uint32(m.Account), Key: uint32(m.Credential), Payout: uint64(m.Payout), By: uint32(m.By),
		What: what(st, m), Due: text(st.Clock().Wall(m.Due)), Unanswered: holds, Answers: []string{"no"},
	}
	if m.Ask {
		r.Unanswered = ends
	}
	stop := fmt.Sprintf("To stop it, say no to matter %d before then: portcullis owner no %d.", id, id)
	switch {
	case m.Kind != instruction.Outgoing:
		r.How = "It holds from then on. " + stop
	case m.Ask:
		r.How = fmt.Sprintf("Nothing is sent unless you say yes to matter %d before then: portcullis owner yes %d.", id, id)
	default:
		r.How = "It is sent then. " + stop
	}
	if m.Kind == instruction.Outgoing {
		r.Answers = append(r.Answers, "yes")
	}
	return r
}

// what is what waits, in words.
func what(st *core.State, m *instruction.Matter) string {
	switch m.Kind {
	case instruction.Widening:
		return fmt.Sprintf("%s is to get the mandate: %s.", keyWords(st, m.Credential), mandate.Words(st, &m.Mandate))
	case instruction.NewAddress:
		return fmt.Sprintf("Account %d is to be allowed withdrawals of %s.", m.Account, addressWords(st, m.Asset, &m.To, m.Label))
	case instruction.ShorterWait:
		return fmt.Sprintf("What you add is to wait for %s only.", hours(m.Wait))
	case instruction.HigherBudget:
		return fmt.Sprintf("%s is to be able to lose %s of equity and pay %s in fees in 24 hours.", budgetWords(st, m.Account, m.Credential), m.Budget.Loss.Percent(), m.Budget.Fees.Percent())
	case instruction.Outgoing:
		amount := ""
		if p, a := st.Payout(m.Payout), st.Asset(m.Asset); p != nil && a != nil {
			amount = p.Amount.Text(a.Scale) + " "
		}
		return fmt.Sprintf("A withdrawal of %s%s (payout %d) by %s.", amount, addressWords(st, m.Asset, &m.To, m.Label), m.Payout, keyWords(st, m.Credential))
	}
	return ""
}

// happened is what an event means for the owner, in words; "" where it means nothing.
func happened(st *core.State, e instruction.Event) string {
	switch e := e.(type) {
	case *instruction.MandateSet:
		return fmt.Sprintf("%s has the mandate: %s.", keyWords(st, e.Credential), mandate.Words(st, &e.Mandate))
	case *instruction.KeyRenewed:
		return keyWords(st, e.Credential) + " is renewed for a year."
	case *instruction.KeyQuarantined:
		return keyWords(st, e.Credential) + " may only read and cancel; its open orders are being cancelled."
	case *instruction.KeyRestored:
		return keyWords(st, e.Credential) + " is restored."
	case *instruction.KeyRevoked:
		return keyWords(st, e.Credential) + " is deleted for ever."
	case *instruction.AccountLocked:
		return fmt.Sprintf("Account %d is locked: its keys, and those of its sub-accounts, may only read and cancel.", e.Account)
	case *instruction.AccountUnlocked:
		return fmt.Sprintf("Account %d is unlocked.", e.Account)
	case *instruction.WaitSet:
		return fmt.Sprintf("What you add waits for %s.", hours(e.Wait))
	case *instruction.AddressAdded:
		return fmt.Sprintf("Withdrawals of account %d may go to %s.", e.Account, addressWords(st, e.Asset, &e.To, e.Label))
	case *instruction.AddressRemoved:
		return fmt.Sprintf("Withdrawals of account %d may no longer go to %s.", e.Account, addressWords(st, e.Asset, &e.To, ""))
	case *instruction.BudgetSet:
		return fmt.Sprintf("%s may lose %s of equity and pay %s in fees in 24 hours.", budgetWords(st, e.Account, e.Credential), e.Budget.Loss.Percent(), e.Budget.Fees.Percent())
	case *instruction.BudgetConfirmed:
		return fmt.Sprintf("What %s lost and paid so far is confirmed; what counts of the last 24 hours stays.", lower(budgetWords(st, e.Account, e.Credential)))
	case *instruction.MarketNamed:
		return namedWords(st, e)
	case *instruction.ProceedsAppealed:
		return fmt.Sprintf("Your appeal against hold %d is with the venue.", e.ID)
	case *instruction.MatterClosed:
		return fmt.Sprintf("Matter %d is over%s.", e.ID, over[e.End])
	case *instruction.CodeReturned:
		return fmt.Sprintf("Gift code %d is back: what it was worth is free in account %d.", e.ID, e.Issuer)
	case *instruction.PayoutMoved:
		return fmt.Sprintf("Payout %d %s.", e.ID, moved[e.State])
	}
	return ""
}

// over is how a matter ended, in words.
var over = map[instruction.MatterEnd]string{
	instruction.ByNo:        ": you said no, and nothing comes of it",
	instruction.ByYes:       ": you said yes",
	instruction.BySuccessor: ": what you said now takes its place",
	instruction.ByVanishing: ": what it concerned is gone",
	instruction.ByDisowning: ": the key that asked for it no longer may",
}

// moved is how a payout stands, in words.
var moved = map[instruction.PayoutState]string{
	instruction.PayoutClaimed:   "goes out",
	instruction.PayoutCancelled: "is cancelled: nothing is sent, and its amount is free again",
	instruction.PayoutSettled:   "has arrived",
}

func keyWords(st *core.State, c instruction.Credential) string {
	if k := st.Key(c); k != nil && k.Label() != "" {
		return fmt.Sprintf("API key %d (%s)", c, k.Label())
	}
	return fmt.Sprintf("API key %d", c)
}

// budgetWords is whose budget it is.
func budgetWords(st *core.State, a instruction.Account, c instruction.Credential) string {
	if c != 0 {
		return keyWords(st, c)
	}
	return fmt.Sprintf("Account %d", a)
}

// lower is a sentence's beginning within one.
func lower(words string) string {
	if rest, ok := strings.CutPrefix(words, "Account"); ok {
		return "account" + rest
	}
	return words
}

func namedWords(st *core.State, e *instruction.MarketNamed) string {
	symbol := fmt.Sprintf("market %d", e.Market)
	if m := st.Market(e.Market); m != nil {
		symbol = m.Symbol
	}
	if e.Off {
		return symbol + " is no longer named: what you receive there counts for nothing while its prices are not relied on."
	}
	return symbol + " is named: what you receive there counts at its prices of the last hours, up to a cap of a tenth of your equity in 30 days."
}

func addressWords(st *core.State, asset instruction.Asset, to *instruction.Destination, label string) string {
	symbol := fmt.Sprintf("asset %d", asset)
	if a := st.Asset(asset); a != nil {
		symbol = a.Symbol
	}
	words := fmt.Sprintf("%s to %s on %s", symbol, to.Address, to.Chain)
	if to.Tag != "" {
		words += ", tag " + to.Tag
	}
	if label != "" {
		words += " (" + label + ")"
	}
	return words
}

// hours is a length of time as waits are written.
func hours(t instruction.Time) string {
	const hour = instruction.Day / 24
	if t%hour == 0 {
		return fmt.Sprintf("%dh", t/hour)
	}
	return (time.Duration(t) * time.Microsecond).String()
}
