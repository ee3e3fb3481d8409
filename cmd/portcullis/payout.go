package main

import (
	"context"
	"fmt"
	"io"

	"portcullis/operator"
)

type payoutCmd struct {
	List payoutListCmd `cmd:"" help:"List withdrawals that are not over."`
	Show payoutShowCmd `cmd:"" help:"Show one withdrawal, over or not."`
	Stop payoutStopCmd `cmd:"" help:"Cancel a withdrawal that is owed, if nothing pays it yet; else have it cancelled where that can still be."`
}

type payoutListCmd struct {
	Account uint32 `placeholder:"N" help:"Only those of this account."`
	Asset   string `placeholder:"SYMBOL" help:"Only those of this asset."`
	venueFlags
}

func (c *payoutListCmd) Run(ctx context.Context, o *output) error {
	all := operator.Payouts{Payouts: []operator.Payout{}}
	for more := true; more; {
		r, err := call(ctx, c.venueFlags, operator.PayoutList, operator.ListPayouts{Account: c.Account, Asset: c.Asset, After: all.Next})
		if err != nil {
			return err
		}
		all.Payouts = append(all.Payouts, r.Payouts...)
		more, all.Next = r.More, r.Next
	}
	s, err := call(ctx, c.venueFlags, operator.StatusShow, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(all, func(w io.Writer) {
		if len(all.Payouts) == 0 {
			fmt.Fprintln(w, "No withdrawal is under way.")
			return
		}
		row(w, "PAYOUT", "ACCOUNT", "ASSET", "AMOUNT", "FEE", "STATE", "MADE", "TO", "TRANSACTION", "CONFIRMATIONS")
		for i := range all.Payouts {
			p := &all.Payouts[i]
			row(w, p.Payout, p.Account, p.Asset, p.Amount, p.Fee, standing(p), p.Made, p.Address, orDash(p.Tx), p.Confirmations)
		}
		trouble(w, s.Chains, c.Asset)
	})
	return nil
}

// standing is how a payout stands.
func standing(p *operator.Payout) string {
	if p.Stopping && p.State == "SENDING" {
		return "SENDING, to be stopped"
	}
	return p.State
}

// payoutNamed names a withdrawal.
type payoutNamed struct {
	Payout uint64 `arg:"" help:"Number of the withdrawal."`
	venueFlags
}

type (
	payoutShowCmd struct{ payoutNamed }
	payoutStopCmd struct{ payoutNamed }
)

func (c *payoutShowCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.PayoutShow, operator.NamePayout{Payout: c.Payout})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		line := func(what string, text string, args ...any) { row(w, what, fmt.Sprintf(text, args...)) }
		whose := fmt.Sprintf("of account %d, asked for with key %d", r.Account, r.Key)
		if r.Key == 0 {
			whose = "of a gift code that was claimed"
			if r.Code != 0 {
				whose = fmt.Sprintf("of gift code %d, which was claimed", r.Code)
			}
		}
		line("withdrawal", "%d %s at %s", r.Payout.Payout, whose, r.Made)
		line("amount", "%s %s, of which %s is the fee", r.Amount, r.Asset, r.Fee)
		to := r.Address + " on " + r.Chain
		if r.Tag != "" {
			to += ", tag " + r.Tag
		}
		line("to", "%s", to)
		if r.Client != "" {
			line("its name", "%s", r.Client)
		}
		line("state", "%s", standing(&r.Payout))
		if r.Tx != "" {
			line("transaction", "%s, spend %d, %d confirmations", r.Tx, r.Spend, r.Confirmations)
		}
		if r.Ended != "" {
			line("over since", "%s", r.Ended)
		}
		if r.Lags {
			row(w, "History is behind, and may not know the last of it.")
		}
	})
	return nil
}

func (c *payoutStopCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.PayoutStop, operator.NamePayout{Payout: c.Payout})
	if err != nil {
		return err
	}
	if r.Stopping {
		o.done(r, r.Outcome, "withdrawal %d is to be cancelled: a transaction without it has to be mined in place of the one that may pay it already, so that it may still arrive", c.Payout)
		return nil
	}
	o.done(r, r.Outcome, "withdrawal %d is cancelled, and its amount is free again", c.Payout)
	return nil
}
