package wallet

import (
	"context"
	"slices"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
	"portcullis/wallet/coin"
)

// What is signed is never taken back. What can be done about a transaction that is not mined is to plan another one of its family,
// with the same anchor: for a higher fee, without a payout that is to be cancelled, or with other coins where one has gone. Where
// nodes take no replacement, one that spends what is left of it pays for both.

// bump is how much more the next attempt pays, in percent; nodes ask for what was paid and their relay fee on top.
const bump = 50

// mend plans such transactions.
func (l *Line) mend(ctx context.Context) error {
	var plans []*plan
	err := l.read(func(s *core.State, c *chain.Chain) {
		done := map[instruction.Outpoint]bool{}
		all := c.Spends()
		for i := len(all) - 1; i >= 0 && len(plans) < abreast; i-- { // the newest of each family
			x := all[i]
			if done[x.Anchor()] {
				continue
			}
			done[x.Anchor()] = true
			if x.Settled || x.Height != 0 || slices.ContainsFunc(c.Family(x.Anchor()), func(f *chain.Spend) bool { return f.Height != 0 }) {
				continue
			}
			if p := l.better(s, c, x); p != nil {
				plans = append(plans, p)
			}
		}
	})
	if err != nil || len(plans) == 0 {
		return err
	}
	list, err := l.planAll(ctx, plans)
	l.deliver(ctx, list, atOnce)
	return err
}

// better is what to plan for a spend that is not mined, or nil.
func (l *Line) better(s *core.State, c *chain.Chain, x *chain.Spend) *plan {
	tip, _, _ := c.Tip()
	stops := slices.ContainsFunc(x.Payouts, func(id instruction.PayoutID) bool {
		p := s.Payout(id)
		return p != nil && p.Stopping
	})
	if !x.Signed() && !stops {
		return nil
	}
	since, known := l.since[x.ID] // not yet of what was signed since pending looked
	late := known && tip.Height >= since+l.BumpAfter
	anchor := c.Coin(x.Anchor())
	broken := c.Broken(x) && anchor != nil && anchor.TakenAt == 0 && (anchor.Height != 0 || anchor.Change)
	switch {
	case !stops && !late && !broken:
		return nil
	case stops || broken || l.network.Replaces():
		if c.Replaceable(x) {
			return l.instead(s, c, x, stops || broken)
		}
		return nil
	}
	return l.child(c, x)
}

// instead is a spend for the same family: those of its payouts that are not to be cancelled, at a higher fee, with the coins that are
// still there. At the ceiling there is one only where it is needed whatever it costs.
func (l *Line) instead(s *core.State, c *chain.Chain, x *chain.Spend, needed bool) *plan {
	var payouts []*payout.Payout
	var scripts [][]byte
	for _, id := range x.Payouts {
		p := s.Payout(id)
		if p == nil || p.Stopping {
			continue
		}
		script, err := l.network.Script(p.To.Address)
		if err != nil {
			continue
		}
		payouts, scripts = append(payouts, p), append(scripts, script)
	}
	p := &plan{in: instruction.PlanSpend{Asset: l.Asset, Replaces: x.ID}}
	var need, sum money.Amount
	for i, y := range payouts {
		p.in.Payouts = append(p.in.Payouts, y.ID)
		p.outs = append(p.outs, coin.Out{Script: scripts[i], Value: int64(y.Arrives())})
		need += y.Arrives()
	}
	for _, o := range x.Inputs {
		if in := c.Coin(o); in != nil && in.TakenAt == 0 && (in.Height != 0 || in.Change) {
			p.ins, p.in.Inputs, sum = append(p.ins, input(in)), append(p.in.Inputs, o), sum+in.Amount
		}
	}
	if len(p.in.Inputs) == 0 || p.in.Inputs[0] != x.Anchor() {
		return nil
	}
	rate := max(int64(x.Fee)*1000/int64(x.Size), coin.RelayRate)
	k := &picker{line: l, chain: c, rate: min(rate*(100+bump)/100+coin.RelayRate, l.ceiling(&c.Terms))}
	if k.rate <= rate && !needed {
		return nil
	}
	for _, y := range c.Free() {
		if k.enough(p, sum-need) {
			return p
		}
		if y.Height == 0 || len(p.ins) == instruction.MaxInputs { // a replacement takes no coins that no block has
			continue
		}
		p.ins, p.in.Inputs, sum = append(p.ins, input(y)), append(p.in.Inputs, y.Coin), sum+y.Amount
	}
	if k.enough(p, sum-need) {
		return p
	}
	return nil
}

// child is a spend of what is left of another one, that pays for both.
func (l *Line) child(c *chain.Chain, x *chain.Spend) *plan {
	left := c.Rest(x)
	if left == nil || left.By != 0 || left.TakenAt != 0 || left.Height != 0 {
		return nil
	}
	p := &plan{in: instruction.PlanSpend{Asset: l.Asset, Inputs: []instruction.Outpoint{left.Coin}}, ins: []coin.Input{input(left)}}
	size := coin.Size(1, []coin.Out{{Script: l.hot}})
	rate := min(max(int64(x.Fee)*1000/int64(x.Size), coin.RelayRate)*(100+bump)/100, l.ceiling(&c.Terms))
	both := fee(rate, size+int(x.Size)) - x.Fee
	p.in.Fee, p.in.Size = min(max(both, fee(coin.RelayRate, size)), fee(l.ceiling(&c.Terms), size)), uint32(size) // #nosec G115 -- one input and one output
	if left.Amount < p.in.Fee+c.Terms.MinDeposit {
		return nil
	}
	return p
}
