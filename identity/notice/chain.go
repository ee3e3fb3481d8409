package notice

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// amountOf is an amount of an asset as text, and the same for programs.
func amountOf(s *core.State, a instruction.Asset, n money.Amount) (text, plain string) {
	x := s.Asset(a)
	if x == nil {
		return fmt.Sprintf("%d units of %s", n, asset(s, a)), fmt.Sprint(int64(n))
	}
	plain = n.Text(x.Scale)
	return plain + " " + x.Symbol, plain
}

// chain tells what came, and what goes, by a chain. That a block has a deposit is told to nobody: it is not there yet, and may be many.
func (t *teller) chain(s *core.State, e instruction.Event) {
	switch e := e.(type) {
	case *instruction.DepositCredited:
		t.credited(s, e)
	case *instruction.DepositUndone:
		t.undone(s, e)
	case *instruction.SpendSeen:
		for _, x := range e.Sent {
			if x.Account == instruction.Fees { // of a gift code: whoever claimed it looks at its page
				continue
			}
			t.add(s, x.Account, WithdrawalSent, fmt.Sprintf("Withdrawal %d is on its way", x.Payout),
				fmt.Sprintf("Withdrawal %d of %s was sent with the transaction %s. It has arrived for good once enough blocks have confirmed that.", x.Payout, asset(s, e.Asset), e.Tx),
				map[string]any{"payout": x.Payout, "asset": asset(s, e.Asset), "tx": e.Tx})
		}
	case *instruction.SpendDied:
		t.died(s, e)
	case *instruction.ShortageProven:
		t.short(s, e)
	}
}

func (t *teller) credited(s *core.State, e *instruction.DepositCredited) {
	text, amount := amountOf(s, e.Asset, e.Amount)
	data := map[string]any{"asset": asset(s, e.Asset), "amount": amount, "tx": e.Coin.Tx, "output": e.Coin.Index}
	text = fmt.Sprintf("Your deposit of %s to account %d, of the transaction %s, is credited.", text, e.Account, e.Coin.Tx)
	if e.Owed > 0 {
		owed, plain := amountOf(s, e.Asset, e.Owed)
		data["owed"] = plain
		text += fmt.Sprintf(" Of it, %s pays what was owed since an earlier deposit was undone.", owed)
	}
	t.add(s, e.Account, DepositCredited, "A deposit is credited", text, data)
}

func (t *teller) undone(s *core.State, e *instruction.DepositUndone) {
	took, taken := amountOf(s, e.Asset, e.Taken)
	owes, owed := amountOf(s, e.Asset, e.Owed)
	data := func() map[string]any {
		return map[string]any{"asset": asset(s, e.Asset), "taken": taken, "owed": owed, "tx": e.Coin.Tx, "output": e.Coin.Index}
	}
	text := fmt.Sprintf("The chain undid the block that had your deposit to account %d, of the transaction %s. Of what had been credited, %s was taken back.", e.Account, e.Coin.Tx, took)
	if e.Owed > 0 {
		text += fmt.Sprintf(" The rest, %s, was not there any more: it is owed, the next deposits pay it, and nothing can be withdrawn before.", owes)
	}
	t.add(s, e.Account, DepositUndone, "A deposit was undone by its chain", text+" If another block has it, it is credited again.", data())
	if e.Owed == 0 {
		return
	}
	about := data()
	about["account"] = e.Account
	t.add(s, 0, DepositOwed, fmt.Sprintf("Account %d owes %s of a deposit that was undone", e.Account, owes),
		fmt.Sprintf("The chain undid a deposit to account %d, of the transaction %s, after its amount was used: %s was taken back, and %s is missing until the customer's next "+
			"deposits pay it, or the same one is mined again. Credit such deposits deeper if this happens (`portcullis chain set`).", e.Account, e.Coin.Tx, took, owes), about)
}

func (t *teller) died(s *core.State, e *instruction.SpendDied) {
	data := map[string]any{"asset": asset(s, e.Asset), "spend": e.Spend}
	subject := fmt.Sprintf("URGENT: planned transaction %d of %s cannot be mined any more", e.Spend, asset(s, e.Asset))
	text := fmt.Sprintf("A coin that planned transaction %d was to take is gone for good with its block.", e.Spend)
	if !e.By.IsZero() {
		data["by"] = e.By
		text = fmt.Sprintf("The transaction %s, which this venue did not plan, took a coin of planned transaction %d, and lies deep. Whoever made it has the keys of the venue's "+
			"coins. Shut withdrawals (`portcullis drop withdrawals`), and move what is left to new keys.", e.By, e.Spend)
	}
	t.add(s, 0, SpendDied, subject, text+" Its withdrawals are owed again.", data)
}

func (t *teller) short(s *core.State, e *instruction.ShortageProven) {
	there, confirmed := amountOf(s, e.Asset, e.Confirmed)
	out, inFlight := amountOf(s, e.Asset, e.InFlight)
	owes, owed := amountOf(s, e.Asset, e.Owed)
	lacks, missing := amountOf(s, e.Asset, e.Owed-e.Confirmed-e.InFlight)
	t.add(s, 0, ShortageProven, fmt.Sprintf("URGENT: %s is missing on its chain", lacks),
		fmt.Sprintf("At block %d the venue has %s in coins, and %s is under way that the ledger still counts, but %s is owed to customers: %s is missing. Withdrawals and claims of "+
			"%s are shut, and an incident is open. `portcullis chain show %s` has the numbers.", e.Height, there, out, owes, lacks, asset(s, e.Asset), asset(s, e.Asset)),
		map[string]any{"asset": asset(s, e.Asset), "height": e.Height, "confirmed": confirmed, "in_flight": inFlight, "owed": owed, "missing": missing})
}
