package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
)

// opened tells what waits, until when, and how to stop it.
func (t *teller) opened(s *core.State, e *instruction.MatterOpened) {
	m := &e.Matter
	text, due := until(s, m.Due)
	data := map[string]any{"matter": e.ID, "due": due}
	if m.Kind == instruction.Outgoing {
		t.outgoing(s, e, text, data)
		return
	}
	data["kind"] = m.Kind
	var what string
	switch m.Kind {
	case instruction.Widening:
		what = fmt.Sprintf("Key %d is to get a wider mandate, with the rights %s.", m.Credential, m.Mandate.Rights)
		data["key"], data["rights"] = m.Credential, m.Mandate.Rights
	case instruction.NewAddress:
		what = fmt.Sprintf("Withdrawals of %s from account %d are to be able to go to the %s.", asset(s, m.Asset), m.Account, place(&m.To))
		data["asset"] = asset(s, m.Asset)
		addPlace(data, &m.To)
	case instruction.ShorterWait:
		what = fmt.Sprintf("What you add is to wait %s only.", span(m.Wait))
		data["wait_seconds"] = int64(m.Wait / instruction.Second)
	case instruction.HigherBudget:
		what = fmt.Sprintf("From then on %s is to be able to lose %s of equity and pay %s in fees in 24 hours.", meter(m.Account, m.Credential), m.Budget.Loss.Percent(), m.Budget.Fees.Percent())
		addBudget(data, m.Credential, m.Budget)
	}
	t.add(s, m.Account, MatterOpened, fmt.Sprintf("Number %d waits: %s", e.ID, matters[m.Kind]),
		fmt.Sprintf("%s This was asked for %s. It waits until %s, and then holds. %s", what, who(&t.record.Principal), text, stop(e.ID)), data)
}

// outgoing tells of a withdrawal that waits.
func (t *teller) outgoing(s *core.State, e *instruction.MatterOpened, until string, data map[string]any) {
	m := &e.Matter
	how := "of " + asset(s, m.Asset)
	for _, f := range t.found {
		if made, ok := f.(*instruction.PayoutMade); ok && made.ID == m.Payout {
			how = "of " + addPayout(s, data, made)
		}
	}
	data["payout"], data["asset"], data["key"] = m.Payout, asset(s, m.Asset), m.Credential
	addPlace(data, &m.To)
	what := fmt.Sprintf("Withdrawal %d %s from account %d to the %s, asked for with key %d, ", m.Payout, how, m.Account, place(&m.To), m.Credential)
	if m.Ask {
		t.add(s, m.Account, WithdrawalAsked, fmt.Sprintf("Withdrawal %d needs your yes", m.Payout),
			what+fmt.Sprintf("is more than the key's mandate lets out. It waits until %s, and is cancelled then. %s Otherwise do nothing, and think about the key: "+
				"it may be in strange hands. To cancel at once: `portcullis owner no %d`.", until, agree(e.ID), e.ID), data)
		return
	}
	t.add(s, m.Account, WithdrawalHeld, fmt.Sprintf("Withdrawal %d waits, and you can stop it", m.Payout),
		what+fmt.Sprintf("goes to an address that is not in the address book. It waits until %s, and then goes out. %s", until, stop(e.ID)), data)
}

// closed tells how a wait ended; of a withdrawal's, the withdrawal tells.
func (t *teller) closed(s *core.State, i int, e *instruction.MatterClosed) {
	if e.Kind == instruction.Outgoing && t.moves(i) {
		return
	}
	t.add(s, e.Account, MatterClosed, fmt.Sprintf("Number %d no longer waits: %s", e.ID, matters[e.Kind]),
		fmt.Sprintf("Number %d, %s, no longer waits. %s", e.ID, matters[e.Kind], ended[e.End]),
		map[string]any{"matter": e.ID, "kind": e.Kind, "end": e.End})
}

// addPayout adds what a payout is to a notice's data, and gives its amount as text.
func addPayout(s *core.State, data map[string]any, e *instruction.PayoutMade) string {
	x := s.Asset(e.Asset)
	if x == nil {
		return asset(s, e.Asset)
	}
	amount := e.Amount.Text(x.Scale)
	data["amount"] = amount
	return amount + " " + x.Symbol
}

// payout tells of withdrawals. One that waits is told of by what waits (outgoing).
func (t *teller) payout(s *core.State, i int, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.PayoutMade:
		if e.Account == instruction.Fees || e.State != instruction.PayoutClaimed {
			return
		}
		data := map[string]any{"payout": e.ID, "asset": asset(s, e.Asset), "key": e.Credential}
		how := addPayout(s, data, e)
		addPlace(data, &e.To)
		t.add(s, e.Account, WithdrawalMade, fmt.Sprintf("Withdrawal %d goes out", e.ID), fmt.Sprintf("Withdrawal %d of %s from account %d to the %s, which is in its address "+
			"book, was asked for with key %d and goes out. If you did not ask for it, lock the account: `portcullis owner lock`.",
			e.ID, how, e.Account, place(&e.To), e.Credential), data)
	case *instruction.PayoutMoved:
		t.moved(s, i, e)
	}
}

func (t *teller) moved(s *core.State, i int, e *instruction.PayoutMoved) {
	if e.Account == instruction.Fees { // of a gift code
		t.gone(s, e)
		return
	}
	data := map[string]any{"payout": e.ID}
	why := ""
	if m := t.came(i, instruction.Outgoing); m != nil {
		data["matter"], data["end"] = m.ID, m.End
		why = " " + ended[m.End]
		if m.End == instruction.ByTime {
			why = " Its wait is over."
		}
	}
	var typ Type
	var what string
	switch e.State {
	case instruction.PayoutClaimed:
		typ, what = WithdrawalClaimed, "goes out"
		if why == "" { // it waited for nobody
			typ, what, why = WithdrawalOwed, "was not sent after all", " What was to pay it cannot be mined any more. It is owed still, and goes out again."
		}
	case instruction.PayoutCancelled:
		typ, what = WithdrawalCancelled, "was cancelled, and its amount is free again"
		if why == "" {
			why = " The venue stopped it. Nothing was sent."
		}
	case instruction.PayoutSettled:
		typ, what = WithdrawalSettled, "has arrived"
	default:
		return
	}
	what = fmt.Sprintf("Withdrawal %d %s", e.ID, what)
	t.add(s, e.Account, typ, what, what+"."+why, data)
}
