package operator

import (
	"cmp"
	"fmt"
	"strconv"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// newChain are the terms of a chain of which nothing else is said.
var newChain = SetChain{Start: "1", CreditDepth: "6", SettleDepth: "6", MinDeposit: "0.001", MinWithdraw: "0.01", WithdrawFee: "0.001", MaxFeeRate: "0.01"}

func (s *Server) setChain(c *caller, in *SetChain) (ChainSet, *problem) {
	var r ChainSet
	id, a, bad := s.asset(in.Asset)
	if bad != nil {
		return r, bad
	}
	s.marking.Lock()
	defer s.marking.Unlock()
	var t instruction.ChainTerms
	known := false
	if bad := s.read(func(st *core.State) {
		if ch := st.Chain(id); ch != nil {
			t, known = ch.Terms, true
		}
	}); bad != nil {
		return r, bad
	}
	n, bad := s.placed(in, &t)
	if bad == nil {
		bad = in.over(&t, &a, known)
	}
	if bad == nil {
		bad = n.bears(&t, &a)
	}
	if bad != nil {
		return r, bad
	}
	r.Outcome, bad = s.do(c, &instruction.SetChain{Asset: id, Terms: t}, nil)
	if bad != nil && bad.outcome.Refusal.Code == instruction.ChainMalformed.String() {
		bad.outcome.Refusal.Sentence += fmt.Sprintf(" Confirmations are 1 to %d; the least withdrawal is more "+
			"than its fee; the asset has 8 decimals.", instruction.MaxDepth)
	}
	r.ChainTerms = chainTerms(&a, &t)
	return r, bad
}

// placed is on which network a chain is, and by which key: what never changes once it is set.
func (s *Server) placed(in *SetChain, t *instruction.ChainTerms) (n Network, bad *problem) {
	network, account := cmp.Or(in.Network, t.Network), cmp.Or(in.Account, t.Account)
	switch {
	case network == "":
		return n, wrong("malformed-command", "A chain that is new has a network, such as litecoin, and the public key (account) that the venue's addresses derive from.")
	case s.cfg.Network == nil:
		return n, wrong("no-wallet", "This venue knows no chains.")
	}
	n, err := s.cfg.Network(network, account)
	if err != nil {
		return n, wrong("malformed-definition", "%s", sentence(err))
	}
	t.Network, t.Account, t.Genesis, t.Hot = network, account, n.Genesis, n.Hot
	return n, nil
}

// bears says that the network's nodes take what terms let be sent. No payout and no change is less than the least deposit; what is so
// little that nodes refuse it would never arrive, nor what leaves with it.
func (n *Network) bears(t *instruction.ChainTerms, a *core.Asset) *problem {
	switch {
	case t.MinDeposit < n.Dust:
		return wrong(instruction.ChainMalformed.String(), "The least deposit is too little: nodes of %s pass on nothing that pays less than %s to an address. Make it that or more.",
			t.Network, n.Dust.Text(a.Scale))
	case t.MaxFeeRate < n.Relay:
		return wrong(instruction.ChainMalformed.String(), "The most for 1000 bytes is too little: nodes of %s take no transaction for less than %s. Make it that or more.",
			t.Network, n.Relay.Text(a.Scale))
	}
	return nil
}

// over puts the numbers that are named over terms, and those of a new chain that are not named.
func (in *SetChain) over(t *instruction.ChainTerms, a *core.Asset, known bool) *problem {
	fresh := newChain
	if known {
		fresh = SetChain{}
	}
	var depths [2]uint16
	depths[0], depths[1] = t.CreditDepth, t.SettleDepth
	for i, x := range [2][2]string{{"credit_depth", cmp.Or(in.CreditDepth, fresh.CreditDepth)}, {"settle_depth", cmp.Or(in.SettleDepth, fresh.SettleDepth)}} {
		if x[1] == "" {
			continue
		}
		n, err := strconv.ParseUint(x[1], 10, 16)
		if err != nil || n < 1 || n > instruction.MaxDepth {
			return wrong("malformed-number", "%s: %.40q is no number of confirmations; it is 1 to %d.", x[0], x[1], instruction.MaxDepth)
		}
		depths[i] = uint16(n)
	}
	t.CreditDepth, t.SettleDepth = depths[0], depths[1]
	if text := cmp.Or(in.Start, fresh.Start); text != "" {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return wrong("malformed-number", "start: %.40q is no height of a block; it is 0 or more.", text)
		}
		t.Start = uint32(n)
	}
	for _, x := range []struct {
		field, text string
		into        *money.Amount
	}{
		{"min_deposit", cmp.Or(in.MinDeposit, fresh.MinDeposit), &t.MinDeposit},
		{"min_withdraw", cmp.Or(in.MinWithdraw, fresh.MinWithdraw), &t.MinWithdraw},
		{"withdraw_fee", cmp.Or(in.WithdrawFee, fresh.WithdrawFee), &t.WithdrawFee},
		{"max_fee_rate", cmp.Or(in.MaxFeeRate, fresh.MaxFeeRate), &t.MaxFeeRate},
	} {
		if x.text == "" {
			continue
		}
		n, err := money.Parse(x.text, a.Scale)
		if err != nil {
			return badNumber(x.field, x.text, *a, err)
		}
		*x.into = n
	}
	return nil
}

func chainTerms(a *core.Asset, t *instruction.ChainTerms) ChainTerms {
	return ChainTerms{
		Asset: a.Symbol, Network: t.Network, Genesis: t.Genesis.String(), Account: t.Account, Hot: t.Hot, Start: t.Start,
		CreditDepth: t.CreditDepth, SettleDepth: t.SettleDepth, MinDeposit: t.MinDeposit.Text(a.Scale), MinWithdraw: t.MinWithdraw.Text(a.Scale),
		WithdrawFee: t.WithdrawFee.Text(a.Scale), MaxFeeRate: t.MaxFeeRate.Text(a.Scale),
	}
}

func (s *Server) listChains(*caller, *Nothing) (Chains, *problem) {
	r := Chains{Chains: []Chain{}}
	bad := s.read(func(st *core.State) {
		for id := range st.Assets() {
			if ch := st.Chain(id); ch != nil {
				r.Chains = append(r.Chains, chainOf(st, id, ch))
			}
		}
	})
	return r, bad
}

func (s *Server) showChain(_ *caller, in *ShowChain) (ChainShown, *problem) {
	r := ChainShown{Spending: []Spend{}}
	id, a, bad := s.asset(in.Asset)
	if bad != nil {
		return r, bad
	}
	there := false
	bad = s.read(func(st *core.State) {
		ch := st.Chain(id)
		if there = ch != nil; !there {
			return
		}
		r.Chain = chainOf(st, id, ch)
		for _, x := range ch.Spends() {
			r.Spending = append(r.Spending, spendOf(ch, x, a.Scale))
		}
	})
	if bad == nil && !there {
		bad = wrong(instruction.NoChain.String(), "%s moves on no chain here; portcullis chain set gives it one.", in.Asset)
	}
	return r, bad
}

// chainOf is where a chain stands.
func chainOf(st *core.State, id instruction.Asset, ch *chain.Chain) Chain {
	a := st.Asset(id)
	tip, part, ok := ch.Tip()
	r := Chain{ChainTerms: chainTerms(a, &ch.Terms), Tip: tip.Height, Part: part, Addresses: len(ch.Issued()), Halted: st.Halted(id)}
	if ok {
		r.TipHash = tip.Hash.String()
	}
	r.Coins = heap(ch.Free(), a.Scale, func(x *chain.Coin) money.Amount { return x.Amount })
	r.Waiting = heap(ch.Waiting(), a.Scale, func(x *chain.Coin) money.Amount { return x.Amount })
	var owed money.Amount
	list := st.Payable(id)
	for _, p := range list {
		owed += p.Arrives()
	}
	r.Payouts = Heap{len(list), owed.Text(a.Scale)}
	for _, x := range ch.Spends() {
		if !x.Settled {
			r.Spends++
		}
	}
	debtors, debt := ch.Debts()
	r.Debts = Heap{debtors, debt.Text(a.Scale)}
	r.FeesLeft = st.Balance(instruction.Fees, id).Free.Text(a.Scale)
	sums := ch.Sums()
	r.Solvency = Solvency{
		Owed: st.Owed(id).Text(a.Scale), Confirmed: sums.Confirmed.Text(a.Scale), InFlight: sums.InFlight.Text(a.Scale),
		Spare: (sums.Confirmed + sums.InFlight - st.Owed(id)).Text(a.Scale),
	}
	return r
}

func heap[T any](list []*T, scale money.Scale, worth func(*T) money.Amount) Heap {
	var sum money.Amount
	for _, x := range list {
		sum += worth(x)
	}
	return Heap{len(list), sum.Text(scale)}
}

func spendOf(ch *chain.Chain, x *chain.Spend, scale money.Scale) Spend {
	r := Spend{
		Spend: uint64(x.ID), State: stage(x), Anchor: x.Anchor().String(), Inputs: len(x.Inputs), Payouts: []uint64{}, Paid: x.Paid.Text(scale), Fee: x.Fee.Text(scale),
		Size: x.Size, Change: x.Change.Text(scale), Replaces: uint64(x.Replaces), Height: x.Height, Confirmations: ch.Confirmations(x.Height),
	}
	for _, id := range x.Payouts {
		r.Payouts = append(r.Payouts, uint64(id))
	}
	if x.Signed() {
		r.Tx = x.Tx.String()
	}
	return r
}

// stage is how far a spend has come.
func stage(x *chain.Spend) string {
	switch {
	case x.Settled:
		return "SETTLED"
	case x.Height != 0:
		return "MINED"
	case x.Seen:
		return "SEEN"
	case x.Signed():
		return "SIGNED"
	}
	return "PLANNED"
}
