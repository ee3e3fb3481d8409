package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"portcullis/operator"
)

type chainCmd struct {
	Set  chainSetCmd  `cmd:"" help:"Let an asset move on a chain, or change the terms: those that are named."`
	List chainListCmd `cmd:"" help:"List chains: where they stand, what the venue has there, and whether that covers what it owes."`
	Show chainShowCmd `cmd:"" help:"Show one chain: its terms, coins, what is under way, and what is owed."`
}

type chainSetCmd struct {
	Asset       string `arg:"" help:"Symbol of the asset, which has 8 decimals, such as LTC."`
	Network     string `placeholder:"NAME" help:"The chain's network: bitcoin, litecoin, monacoin, each also with -testnet or -regtest where there is one, or demo. Never changes."`
	Account     string `placeholder:"KEY" help:"The public key that the venue's addresses derive from, as portcullis signer shows it. Never changes."`
	Start       string `placeholder:"HEIGHT" help:"First block that is looked at: nothing that came before is seen. New: 1. For a long chain, the height when the keys were made. Never changes."`
	CreditDepth string `placeholder:"N" help:"Confirmations, 1 to 1000, after which a deposit is credited. New: 6."`
	SettleDepth string `placeholder:"N" help:"Confirmations, 1 to 1000, after which a withdrawal is done. New: 6."`
	MinDeposit  string `placeholder:"AMOUNT" help:"A deposit of less is dust, and never credited. At least what nodes pass on, such as 0.0000546 on litecoin; new: 0.001."`
	MinWithdraw string `placeholder:"AMOUNT" help:"Least withdrawal, its fee included; more than the fee. New: 0.01."`
	WithdrawFee string `placeholder:"AMOUNT" help:"What a withdrawal costs its customer, out of its amount; 0 or more. New: 0.001."`
	MaxFeeRate  string `placeholder:"AMOUNT" help:"Most that the venue pays for 1000 virtual bytes of a transaction. At least 0.00001; new: 0.01."`
	venueFlags
}

func (c *chainSetCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.ChainSetTerms, operator.SetChain{
		Asset: c.Asset, Network: c.Network, Account: c.Account, Start: c.Start, CreditDepth: c.CreditDepth, SettleDepth: c.SettleDepth,
		MinDeposit: c.MinDeposit, MinWithdraw: c.MinWithdraw, WithdrawFee: c.WithdrawFee, MaxFeeRate: c.MaxFeeRate,
	})
	if err == nil {
		o.done(r, r.Outcome, "%s moves on %s: deposits from %s up are credited after %s, withdrawals of %s and more cost %s and are done after %s; the hot address is %s",
			c.Asset, r.Network, r.MinDeposit, confirmed(r.CreditDepth), r.MinWithdraw, r.WithdrawFee, confirmed(r.SettleDepth), r.Hot)
	}
	return err
}

func confirmed(n uint16) string {
	if n == 1 {
		return "1 confirmation"
	}
	return fmt.Sprintf("%d confirmations", n)
}

type chainListCmd struct{ venueFlags }

func (c *chainListCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.ChainList, operator.Nothing{})
	if err != nil {
		return err
	}
	s, err := call(ctx, c.venueFlags, operator.StatusShow, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		if len(r.Chains) == 0 {
			row(w, "No asset moves on a chain: "+c.command("chain set ASSET"))
			return
		}
		row(w, "ASSET", "NETWORK", "TIP", "IN COINS", "IN FLIGHT", "OWED", "SPARE", "PAYOUTS OWED", "SPENDS UNDER WAY", "DEPOSITS WAITING", "WITHDRAWALS")
		for i := range r.Chains {
			x := &r.Chains[i]
			row(w, x.Asset, x.Network, tip(x), x.Confirmed, x.InFlight, x.Owed, x.Spare, x.Payouts.Count, x.Spends, x.Waiting.Count, halted(x))
		}
		trouble(w, s.Chains, "")
	})
	return nil
}

func tip(x *operator.Chain) string {
	switch {
	case x.TipHash == "":
		return "none"
	case x.Part:
		return fmt.Sprintf("%d, not whole", x.Tip)
	}
	return fmt.Sprint(x.Tip)
}

func halted(x *operator.Chain) string {
	if x.Halted {
		return "halted"
	}
	return "open"
}

type chainShowCmd struct {
	Asset string `arg:"" help:"Symbol of the asset, such as LTC."`
	venueFlags
}

func (c *chainShowCmd) Run(ctx context.Context, o *output) error {
	r, err := call(ctx, c.venueFlags, operator.ChainShow, operator.ShowChain{Asset: c.Asset})
	if err != nil {
		return err
	}
	s, err := call(ctx, c.venueFlags, operator.StatusShow, operator.Nothing{})
	if err != nil {
		return err
	}
	o.show(r, func(w io.Writer) {
		line := func(what string, text string, args ...any) { row(w, what, fmt.Sprintf(text, args...)) }
		line("network", "%s, from block %d on", r.Network, r.Start)
		line("tip", "%s %s", tip(&r.Chain), r.TipHash)
		line("public key", "%s", r.Account)
		line("hot address", "%s", r.Hot)
		line("deposits", "of %s and more, credited after %s; %d addresses given out", r.MinDeposit, confirmed(r.CreditDepth), r.Addresses)
		line("withdrawals", "of %s and more, for %s each, done after %s; %s", r.MinWithdraw, r.WithdrawFee, confirmed(r.SettleDepth), halted(&r.Chain))
		line("transactions", "at most %s for 1000 bytes; %s left for them", r.MaxFeeRate, r.FeesLeft)
		line("coins", "%d, of %s", r.Coins.Count, r.Coins.Sum)
		line("deposits waiting", "%d, of %s", r.Waiting.Count, r.Waiting.Sum)
		line("payouts owed", "%d, of %s", r.Payouts.Count, r.Payouts.Sum)
		line("customers in debt", "%d, of %s", r.Debts.Count, r.Debts.Sum)
		line("solvency", "%s in coins and %s in flight, %s owed: %s", r.Confirmed, r.InFlight, r.Owed, spare(&r.Solvency))
		trouble(w, s.Chains, c.Asset)
		spending(w, r.Spending)
	})
	return nil
}

// spare says whether what is there covers what is owed.
func spare(s *operator.Solvency) string {
	if missing, short := strings.CutPrefix(s.Spare, "-"); short {
		return missing + " MISSING"
	}
	return s.Spare + " to spare"
}

func spending(w io.Writer, list []operator.Spend) {
	if len(list) == 0 {
		return
	}
	row(w)
	row(w, "SPEND", "STATE", "CONFIRMATIONS", "PAYOUTS", "PAID", "FEE", "REPLACES", "TRANSACTION")
	for _, x := range list {
		instead := "-"
		if x.Replaces != 0 {
			instead = fmt.Sprint(x.Replaces)
		}
		row(w, x.Spend, x.State, x.Confirmations, strings.Trim(strings.ReplaceAll(fmt.Sprint(x.Payouts), " ", ","), "[]"), x.Paid, x.Fee, instead, orDash(x.Tx))
	}
}
