package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/venue/owner"
)

type ownerBudgetCmd struct {
	Show    ownerBudgetShowCmd    `cmd:"" help:"Show what your accounts and keys may lose, what of it is gone, and when it comes back."`
	Set     ownerBudgetSetCmd     `cmd:"" help:"Say what may be lost: less at once, and more too up to 5%; beyond that after the wait."`
	Confirm ownerBudgetConfirmCmd `cmd:"" help:"Say that what was lost so far was meant, so that the limit between two confirmations begins anew."`
}

type ownerBudgetShowCmd struct{ ownerFlags }

func (c *ownerBudgetShowCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Budgets](ctx, &c.ownerFlags, "budgets")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		if r.Asset == "" {
			fmt.Fprintln(w, "No budget holds: the operator has not said in what worth is counted.")
			return
		}
		fmt.Fprintf(w, "All accounts are worth %s %s, where prices can be relied on.\n\n", r.Equity, r.Asset)
		row(w, "BUDGET OF", "FOR", "RATE", "24 H", "SPENT", "RESERVED", "SINCE CONFIRMED", "AT MOST", "LEFT", "BY", "NEXT BACK")
		for i := range r.Budgets {
			b := &r.Budgets[i]
			meterRow(w, b, "losses", &b.Loss)
			meterRow(w, b, "fees", &b.Fees)
		}
		if r.More {
			fmt.Fprintln(w, "There are more keys than this shows.")
		}
		if r.Frozen != "" {
			fmt.Fprintf(w, "Waits stand still since %s, after a jump of the venue's clock: nothing comes back until the operator confirms it.\n", r.Frozen)
		}
	})
	return nil
}

// bounds are the limits as a table has them.
var bounds = map[string]string{"LOSS": "24 h", "FEES": "24 h", "LOSS_CONFIRMATION": "confirmation", "FEES_CONFIRMATION": "confirmation"}

// meterRow is one side of a budget; all that comes back when is in the JSON.
func meterRow(w io.Writer, b *owner.Budget, what string, m *owner.Meter) {
	back := "-"
	if len(m.Back) > 0 {
		back = m.Back[0].Amount + " at " + m.Back[0].At
	}
	by := bounds[m.Bound] + ", " + budgetOwner(m.BoundAccount, m.BoundKey)
	row(w, budgetOwner(b.Account, b.Key), what, m.Rate, m.Limit, m.Spent, m.Reserved, m.Since, m.SinceLimit, m.Left, by, back)
}

// budgetOwner is whose budget it is.
func budgetOwner(account, key uint32) string {
	if key != 0 {
		return fmt.Sprintf("key %d", key)
	}
	return fmt.Sprintf("account %d", account)
}

// whoseBudget says which budget is meant.
type whoseBudget struct {
	Number  uint32 `arg:"" optional:"" help:"Number of the API key; the account's own budget where none is named."`
	Account uint32 `placeholder:"N" help:"Number of the account; where none is named that of the key, or else the master account."`
}

type ownerBudgetSetCmd struct {
	whoseBudget
	Loss string `placeholder:"PERCENT" help:"What may be lost in 24 hours, of equity: 0% to 100%. Five times that between two confirmations."`
	Fees string `placeholder:"PERCENT" help:"What may be paid in fees in 24 hours, of equity: 0% to 100%. Ten times that between two confirmations."`
	ownerFlags
}

func (c *ownerBudgetSetCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "budgets/set", owner.SetBudget{Account: c.Account, Key: c.Number, Loss: c.Loss, Fees: c.Fees})
}

type ownerBudgetConfirmCmd struct {
	whoseBudget
	ownerFlags
}

func (c *ownerBudgetConfirmCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "budgets/confirm", owner.NameBudget{Account: c.Account, Key: c.Number})
}

type ownerMarketsCmd struct {
	List   ownerMarketListCmd   `cmd:"" help:"List the markets whose prices are not relied on for you, and which of them you named."`
	Name   ownerMarketNameCmd   `cmd:"" help:"Let what you receive in a thin market count for something, up to a cap of a tenth of your equity in 30 days."`
	Unname ownerMarketUnnameCmd `cmd:"" help:"End that."`
}

type ownerMarketListCmd struct{ ownerFlags }

func (c *ownerMarketListCmd) Run(ctx context.Context, o *output) error {
	r, err := ask[owner.Markets](ctx, &c.ownerFlags, "markets")
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		if r.Asset == "" {
			fmt.Fprintln(w, "No budget holds: the operator has not said in what worth is counted.")
		}
		row(w, "MARKET", "NAMED", "LIQUID", "ACQUIRED", "PUT IN", "COUNTS", "CAP", "LEFT")
		for _, m := range r.Markets {
			row(w, m.Symbol, yesNo(m.Named), yesNo(m.Liquid), m.Acquired, m.PutIn, orDash(m.Counts), m.Cap, m.Left)
		}
	})
	return nil
}

type ownerMarketNameCmd struct {
	Symbol string `arg:"" help:"The market, such as XYZUSDT."`
	ownerFlags
}

func (c *ownerMarketNameCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "markets/name", owner.NameMarket{Symbol: c.Symbol})
}

type ownerMarketUnnameCmd struct {
	Symbol string `arg:"" help:"The market, such as XYZUSDT."`
	ownerFlags
}

func (c *ownerMarketUnnameCmd) Run(ctx context.Context, o *output) error {
	return c.speak(ctx, o, "markets/unname", owner.NameMarket{Symbol: c.Symbol})
}
