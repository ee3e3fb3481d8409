package daemon

import (
	"fmt"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
)

// shoreFacts are what came with layout version 5.
type shoreFacts struct {
	Chains  []chainFacts `json:"chains,omitempty"`
	Payouts []string     `json:"payouts,omitempty"` // what ownerFacts do not tell of them
	Codes   []string     `json:"codes,omitempty"`
	Caps    []string     `json:"code_caps,omitempty"` // of keys
	Last    string       `json:"last"`                // numbers given
}

type chainFacts struct {
	Asset, Terms, Tip, Sums string
	Shortage                int64
	Halted                  bool
	Addresses, Debts        []string
	Free, Waiting           []string // coins
	Spends                  []string
}

// shoreOf is nil where a state has nothing of that.
func shoreOf(s *core.State) *shoreFacts {
	var f shoreFacts
	for i := range s.Assets() {
		if c := s.Chain(i); c != nil {
			f.Chains = append(f.Chains, chainOf(s, i, c))
		}
	}
	for a := instruction.Fees; a <= s.Accounts(); a++ {
		for _, c := range s.Codes(a) {
			f.Codes = append(f.Codes, codeFacts(s, c.ID))
		}
	}
	if len(f.Chains)+len(f.Codes) == 0 {
		return nil
	}
	for a := instruction.Fees; a <= s.Accounts(); a++ {
		for _, p := range s.Payouts(a) {
			f.Payouts = append(f.Payouts, fmt.Sprint(p.ID, p.Account, p.State, int64(p.Made), p.Fee, p.Spend, p.Stopping))
		}
	}
	for c := instruction.Credential(1); c <= s.Keys(); c++ {
		if m := s.Key(c).Mandate(); len(m.Codes) > 0 {
			f.Caps = append(f.Caps, fmt.Sprint(c, m.Codes))
		}
	}
	f.Last = fmt.Sprint(s.LastPayout(), s.LastCode())
	return &f
}

func codeFacts(s *core.State, id instruction.CodeID) string {
	c := s.CodeNumbered(id)
	return fmt.Sprintf("%d %d %d %d %d %d %d %d %q %x %x %v %v %d %v %d %v %d", c.ID, c.First, c.Account, c.Credential, c.Asset, c.Amount, c.Expires, c.Due,
		c.Client, c.Hash[:], c.Message, c.State, c.Expired, c.Into, c.To, c.Payout, c.Paying, c.Over)
}

func chainOf(s *core.State, x instruction.Asset, c *chain.Chain) chainFacts {
	t := &c.Terms
	tip, part, _ := c.Tip()
	sums := c.Sums()
	f := chainFacts{
		Asset: s.Asset(x).Symbol, Shortage: int64(s.Shortage(x)), Halted: s.Halted(x),
		Terms: fmt.Sprintf("%s %x %s %s %d %d %d %d %d %d %d", t.Network, t.Genesis[:], t.Account, t.Hot, t.Start, t.CreditDepth, t.SettleDepth,
			t.MinDeposit, t.MinWithdraw, t.WithdrawFee, t.MaxFeeRate),
		Tip:  fmt.Sprintf("%d %x %v of %d", tip.Height, tip.Hash[:], part, len(c.Blocks())),
		Sums: fmt.Sprint(sums.Confirmed, sums.InFlight),
	}
	for _, a := range c.Issued() {
		f.Addresses = append(f.Addresses, fmt.Sprint(a, " ", c.Address(a)))
	}
	for a := instruction.Fees; a <= s.Accounts(); a++ {
		if n := c.Debt(a); n != 0 {
			f.Debts = append(f.Debts, fmt.Sprint(a, n))
		}
	}
	for _, o := range c.Free() {
		f.Free = append(f.Free, coinFacts(o))
	}
	for _, o := range c.Waiting() {
		f.Waiting = append(f.Waiting, coinFacts(o))
	}
	for _, w := range c.Spends() {
		text := fmt.Sprintf("%d %v %d %d %d %d %d %x %x %v %d %v", w.ID, w.Payouts, w.Paid, w.Fee, w.Size, w.Change, w.Replaces, w.Tx[:], w.Raw, w.Seen, w.Height, w.Settled)
		for _, o := range w.Inputs {
			text += " of " + coinFacts(c.Coin(o))
		}
		f.Spends = append(f.Spends, text)
	}
	return f
}

func coinFacts(x *chain.Coin) string {
	if x == nil {
		return "nothing"
	}
	return fmt.Sprintf("%x:%d %d %d %d %v %v %v %d %x %d", x.Coin.Tx[:], x.Coin.Index, x.Amount, x.Account, x.Height, x.Credited, x.Change, x.Void, x.By, x.Taker[:], x.TakenAt)
}
