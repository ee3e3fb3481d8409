package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type accountCmd struct {
	Create accountCreateCmd `cmd:"" help:"Open an account."`
	Credit accountCreditCmd `cmd:"" help:"Book value that came in from outside."`
	Show   accountShowCmd   `cmd:"" help:"Show an account with its balances."`
	List   accountListCmd   `cmd:"" help:"List accounts."`
	Lock   accountLockCmd   `cmd:"" help:"Leave an account's keys nothing but reading and cancelling. Its orders stay."`
	Unlock accountUnlockCmd `cmd:"" help:"End a lock."`
	Tier   accountTierCmd   `cmd:"" help:"Put an account, and with it its sub-accounts, into a fee tier."`
	Budget accountBudgetCmd `cmd:"" help:"Show or set what an account or a key may lose."`
}

type accountCreateCmd struct {
	Ref    string `placeholder:"TEXT" help:"Your own reference, such as a customer number. It stays on record for ever: no name, no mail address."`
	Parent uint32 `placeholder:"ACCOUNT" help:"The customer's master account, to which this is a sub-account; none where nothing is said."`
	venueFlags
}

func (c *accountCreateCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountCreate, operator.CreateAccount{Ref: c.Ref, Parent: c.Parent})
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
		if r.Parent != 0 {
			row(w, "sub-account of", r.Parent)
		}
		if r.Tier != 0 {
			row(w, "fee tier", r.Tier)
		}
		if r.Locked != "" {
			row(w, "locked", r.Locked+": "+orDash(r.Why))
		}
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
		row(w, "ACCOUNT", "REFERENCE", "OPENED", "MASTER", "TIER", "ASSETS", "LOCKED")
		for _, a := range all.Accounts {
			master := "-"
			if a.Parent != 0 {
				master = fmt.Sprint(a.Parent)
			}
			row(w, a.Account, orDash(a.Ref), orDash(a.Opened), master, a.Tier, len(a.Balances), orDash(a.Locked))
		}
	})
	return nil
}

type accountTierCmd struct {
	Account uint32 `arg:"" help:"Number of the account."`
	Tier    uint8  `arg:"" help:"The tier, 1 to 32; 0 for each market's own fees."`
	venueFlags
}

func (c *accountTierCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.AccountTier, operator.SetTier{Account: c.Account, Tier: c.Tier})
	if err == nil {
		o.done(r, r, "account %d pays by tier %d", c.Account, c.Tier)
	}
	return err
}
