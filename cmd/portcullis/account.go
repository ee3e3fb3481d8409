package main

import (
	"context"
	"io"

	"portcullis/operator"
)

type accountCmd struct {
	Create accountCreateCmd `cmd:"" help:"Open an account."`
	Credit accountCreditCmd `cmd:"" help:"Book value that came in from outside."`
	Show   accountShowCmd   `cmd:"" help:"Show an account with its balances."`
	List   accountListCmd   `cmd:"" help:"List accounts."`
}

type accountCreateCmd struct {
	Ref string `placeholder:"TEXT" help:"Your own reference, such as a customer number. It stays on record for ever: no name, no mail address."`
	venueFlags
}

func (c *accountCreateCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountCreate, operator.CreateAccount{Ref: c.Ref})
	if err == nil {
		o.done(r, r.Outcome, "account %d is open", r.Account)
	}
	return err
}

type accountCreditCmd struct {
	Account uint32 `arg:"" help:"Number of the account."`
	Asset   string `arg:"" help:"Symbol of the asset, such as BTC."`
	Amount  string `arg:"" help:"How much, such as 0.5."`
	Ref     string `placeholder:"TEXT" help:"Where it came from, such as the number of a transfer."`
	venueFlags
}

func (c *accountCreditCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountCredit, operator.CreditAccount{
		Account: c.Account, Asset: c.Asset, Amount: c.Amount, Ref: c.Ref,
	})
	if err == nil {
		o.done(r, r, "account %d has %s %s more", c.Account, c.Amount, c.Asset)
	}
	return err
}

type accountShowCmd struct {
	Account uint32 `arg:"" help:"Number of the account."`
	venueFlags
}

func (c *accountShowCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountShow, operator.ShowAccount{Account: c.Account})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		row(w, "account", r.Account)
		row(w, "reference", orDash(r.Ref))
		row(w, "opened", orDash(r.Opened))
		row(w)
		row(w, "ASSET", "FREE", "HELD")
		for _, b := range r.Balances {
			row(w, b.Asset, b.Free, b.Held)
		}
	})
	return nil
}

type accountListCmd struct{ venueFlags }

func (c *accountListCmd) Run(ctx context.Context, o *output) error {
	all := operator.Accounts{Accounts: []operator.Account{}}
	for after, more := uint32(0), true; more; {
		r, err := call(ctx, c.venueFlags, operator.AccountList, operator.Page{After: after})
		if err != nil {
			return err
		}
		all.Accounts = append(all.Accounts, r.Accounts...)
		if more = r.More; more {
			after = r.Accounts[len(r.Accounts)-1].Account
		}
	}
	o.show(all, func(w io.Writer) {
		row(w, "ACCOUNT", "REFERENCE", "OPENED", "ASSETS")
		for _, a := range all.Accounts {
			row(w, a.Account, orDash(a.Ref), orDash(a.Opened), len(a.Balances))
		}
	})
	return nil
}
