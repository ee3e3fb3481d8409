package signer

import (
	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
)

// transaction is what a spend comes to, by the signer's own reckoning.
type transaction struct {
	*holder
	anchor  instruction.Outpoint
	ins     []coin.Input
	outs    []coin.Out // the change, where there is any, is the last
	paid    money.Amount
	fee     money.Amount
	largest money.Amount         // of one payout
	dearest instruction.PayoutID // the payout that brings it
	known   instruction.TxID     // the name of what was signed for it before; zero for nothing
}

// leaves is what does not come back.
func (t *transaction) leaves() money.Amount { return t.paid + t.fee }

// transaction builds what a spend comes to from what the state has, and refuses what does not fit.
func (s *Signer) transaction(st *core.State, asset instruction.Asset, id instruction.SpendID) (*transaction, error) {
	h, err := s.holder(st, asset)
	if err != nil {
		return nil, err
	}
	a, c := st.Asset(asset), st.Chain(asset)
	x := c.Spend(id)
	switch {
	case x == nil && id > 0 && id <= c.LastSpend():
		return nil, refuse("spend %d of %s is over", id, a.Symbol)
	case x == nil:
		return nil, refuse("spend %d of %s is not on record: the last one there is %d", id, a.Symbol, c.LastSpend())
	case x.Settled:
		return nil, refuse("spend %d of %s is settled: there is nothing left to sign", id, a.Symbol)
	}
	t := &transaction{holder: h, anchor: x.Anchor(), known: x.Tx}
	if err := t.takes(c, x); err != nil {
		return nil, err
	}
	return t, t.pays(st, c, x)
}

// holder has the keys for an asset's chain on record.
func (s *Signer) holder(st *core.State, asset instruction.Asset) (*holder, error) {
	a, c := st.Asset(asset), st.Chain(asset)
	if a == nil || c == nil {
		return nil, refuse("asset %d has no chain on record: set one (portcullis chain set)", asset)
	}
	h := s.chains[a.Symbol]
	if h == nil {
		return nil, refuse("no cap is set for %s: start the signer with --cap %s:payout=…,hour=…", a.Symbol, a.Symbol)
	}
	return h, h.owns(&c.Terms)
}

// owns says whether a chain is the one that the signer has keys for.
func (h *holder) owns(t *instruction.ChainTerms) error {
	switch {
	case t.Network != h.Network.Name:
		return refuse("the record has %s on %.40q, and this signer signs for %s: name the right network in its cap, or the right data directory", h.Asset, t.Network, h.Network.Name)
	case t.Genesis != h.Network.Genesis():
		return refuse("the record's chain of %s begins with block %v, and %s begins with %v", h.Asset, t.Genesis, h.Network.Name, h.Network.Genesis())
	case t.Account != h.keys.Public().String():
		return refuse("the record's account key for %s is not this seed's: start the signer with the seed that the chain was set with", h.Asset)
	case t.Hot != h.hot:
		return refuse("the record's hot address for %s is not this seed's (%s): change would go to somebody else", h.Asset, h.hot)
	}
	return nil
}

// takes adds the coins that a spend takes, with the keys that they are locked to.
func (t *transaction) takes(c *chain.Chain, x *chain.Spend) error {
	for _, o := range x.Inputs {
		n := c.Coin(o)
		if n == nil {
			return refuse("coin %v of spend %d is not the venue's any more: plan another spend for its payouts", o, x.ID)
		}
		in := coin.Input{Coin: o, Value: int64(n.Amount), Change: n.Account == instruction.Fees}
		if !in.Change {
			in.Index = uint32(n.Account)
		}
		t.ins = append(t.ins, in)
	}
	return nil
}

// pays adds what a spend pays and what it leaves.
func (t *transaction) pays(st *core.State, c *chain.Chain, x *chain.Spend) error {
	for _, id := range x.Payouts {
		p := st.Payout(id)
		if p == nil || p.State != instruction.PayoutSending || c.Spend(p.Spend) == nil || c.Spend(p.Spend).Anchor() != t.anchor {
			return refuse("payout %d of spend %d is not to be paid by it: it is over, or another transaction pays it", id, x.ID)
		}
		script, err := t.Network.Script(p.To.Address)
		if err != nil {
			return refuse("payout %d cannot be paid: %v. Cancel it", id, err)
		}
		n := p.Arrives()
		t.outs = append(t.outs, coin.Out{Script: script, Value: int64(n)})
		if n > t.largest {
			t.largest, t.dearest = n, id
		}
		if t.paid, err = t.paid.Add(n); err != nil {
			return refuse("spend %d pays more than there can be", x.ID)
		}
	}
	if x.Change > 0 {
		t.outs = append(t.outs, coin.Out{Script: t.script, Value: int64(x.Change)})
	}
	worth := money.Amount(0)
	for _, in := range t.ins {
		var err error
		if worth, err = worth.Add(money.Amount(in.Value)); err != nil {
			return refuse("spend %d takes more than there can be", x.ID)
		}
	}
	t.fee = worth - t.paid - x.Change
	if t.fee != x.Fee || t.fee < 0 || t.paid != x.Paid {
		return refuse("spend %d contradicts itself: its coins hold %s, it pays %s and leaves %s, and its fee is said to be %s", x.ID,
			worth.Text(scale), t.paid.Text(scale), x.Change.Text(scale), x.Fee.Text(scale))
	}
	return nil
}

// within holds a transaction against what it may pay and cost by itself.
func (t *transaction) within() error {
	if t.largest > t.Payout {
		return refuse("payout %d brings %s %s to its address, and the cap is %s: cancel it, or start the signer with a higher one (--cap %s:payout=…)",
			t.dearest, t.largest.Text(scale), t.Asset, t.Payout.Text(scale), t.Asset)
	}
	size := money.Amount(coin.Size(len(t.ins), t.outs))
	if most := ceiling(t.FeeRate, size); t.fee > most {
		return refuse("a fee of %s %s for %d virtual bytes is over the cap of %s for 1000 (%s): plan it anew at a lower one, or start the signer with a higher cap (--cap %s:fee=…)",
			t.fee.Text(scale), t.Asset, size, t.FeeRate.Text(scale), most.Text(scale), t.Asset)
	}
	return nil
}

// ceiling is rate × size / 1000, rounded up; a size is at most coin.MaxSize or soon refused.
func ceiling(rate, size money.Amount) money.Amount {
	whole, rest := rate/1000, rate%1000
	if whole > money.MaxAmount/size {
		return money.MaxAmount
	}
	return (whole * size).AddSaturated((rest*size + 999) / 1000)
}
