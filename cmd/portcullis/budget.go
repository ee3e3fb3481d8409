package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type accountBudgetCmd struct {
	Show budgetShowCmd `cmd:"" help:"Show what may be lost, what of it is spent and reserved, and when it comes back."`
	Set  budgetSetCmd  `cmd:"" help:"Set what may be lost: less always, more only where the customer has no owner's key. What is not named stays."`
}

// budgetOf says whose budget it is.
type budgetOf struct {
	Account uint32 `arg:"" help:"Number of the account."`
	Key     string `placeholder:"KEY" help:"One of its keys, by number, name or text; the account over all its keys where none is named."`
}

func (b *budgetOf) asked() operator.ShowBudget {
	in := operator.ShowBudget{Account: b.Account}
	if b.Key != "" {
		in.Key, in.Name = keyNamed(b.Key)
	}
	return in
}

type budgetSetCmd struct {
	budgetOf
	Loss string `placeholder:"PERCENT" help:"What may be lost in 24 hours, of equity: 0% to 100%; 2% where nobody said. Five times that between two confirmations by the owner."`
	Fees string `placeholder:"PERCENT" help:"What may be paid in fees in 24 hours, of equity: 0% to 100%; 2% where nobody said. Ten times that between two confirmations."`
	venueFlags
}

func (c *budgetSetCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.BudgetSet, operator.SetBudget{ShowBudget: c.asked(), Loss: c.Loss, Fees: c.Fees})
	if err == nil {
		whose := fmt.Sprintf("account %d", c.Account)
		if c.Key != "" {
			whose = fmt.Sprintf("key %s of account %d", c.Key, c.Account)
		}
		o.done(r, r.Outcome, "%s may lose %s of its equity and pay %s of it in fees in 24 hours", whose, r.Loss, r.Fees)
	}
	return err
}

type budgetShowCmd struct {
	budgetOf
	venueFlags
}

func (c *budgetShowCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.BudgetShow, c.asked())
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		if r.Valuation == "" {
			row(w, "budgets are not in force, since worth is counted in nothing: "+c.command("market valuation ASSET"))
			row(w)
		}
		row(w, "account", r.Account)
		if r.Valuation != "" {
			row(w, "worth", r.Equity+" "+r.Valuation+", and all of its customer's accounts "+r.Customer)
		}
		row(w, "raised by", map[bool]string{true: "the owner's key alone", false: "the operator: the customer has no owner's key"}[r.Owned])
		if r.Outside {
			row(w, "key", "the owner's own, which no budget bounds")
		} else {
			row(w, "may lose now", r.LossLeft)
			row(w, "may pay in fees", r.FeesLeft)
		}
		if r.Frozen != "" {
			row(w, "nothing comes back", "waits stand still at "+r.Frozen)
		}
		row(w)
		row(w, "BUDGET OF", "FOR", "RATE", "24 H", "SPENT", "RESERVED", "LEFT", "SINCE CONFIRMED", "AT MOST", "NEXT BACK")
		for _, b := range r.Budgets {
			budgetRow(w, &b, "losses", &b.Loss)
			budgetRow(w, &b, "fees", &b.Fees)
		}
	})
	return nil
}

// budgetRow is one side of a budget; all that comes back when is in the JSON.
func budgetRow(w io.Writer, b *operator.Budget, what string, s *operator.BudgetSide) {
	back := "-"
	if len(s.Back) > 0 {
		back = s.Back[0].Amount + " at " + s.Back[0].At
	}
	row(w, budgetOwner(b.Account, b.Key), what, s.Rate, s.Limit, s.Spent, s.Reserved, s.Left, s.Since, s.SinceMost, back)
}
