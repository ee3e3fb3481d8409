package wallet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

// Choosing coins. The largest come first, so that dust that somebody floods the venue with costs nothing to pass by.

// maxAncestors is how many transactions that no block has may come before one of ours: nodes take 25 in a row.
const maxAncestors = 20

// target is how many blocks a payout should take at most, for which nodes estimate fees.
const target = 3

// rateFor is how long what the node estimates is good for, while there is no other block.
const rateFor = 30 * time.Second

// rated is what a node estimated.
type rated struct {
	at       time.Time
	tip      instruction.BlockHash
	estimate int64
}

// rate is what a transaction should pay for 1000 virtual bytes: what the node estimates, within what it relays and what the terms allow.
func (l *Line) rate(ctx context.Context, tip instruction.BlockHash, ceiling int64) (int64, error) {
	if l.rated.tip != tip || time.Since(l.rated.at) > rateFor {
		estimate, err := l.Node.FeeRate(ctx, target)
		if err != nil {
			return 0, err
		}
		l.rated = rated{time.Now(), tip, estimate}
	}
	return min(max(l.rated.estimate, coin.RelayRate), ceiling), nil
}

// limited is what the signer said that it signs.
type limited struct {
	at  time.Time
	tip instruction.BlockHash
	signer.Limits
}

// limits asks the signer what it signs. While it does not answer, what it said last holds: nothing leaves without it anyway.
func (l *Line) limits(ctx context.Context, tip instruction.BlockHash) error {
	if l.limited.tip == tip && time.Since(l.limited.at) < rateFor {
		return nil
	}
	x, err := l.Signer.Limits(ctx, l.Asset)
	switch no := (*signer.Refused)(nil); {
	case err == nil:
		l.limited = limited{time.Now(), tip, x}
	case l.limited.Payout == 0 || errors.As(err, &no):
		return err
	}
	return nil
}

// ceiling is the most that 1000 virtual bytes may cost by the terms and, as far as it is known, the signer.
func (l *Line) ceiling(t *instruction.ChainTerms) int64 {
	if most := l.limited.FeeRate; most > 0 {
		return int64(min(most, t.MaxFeeRate))
	}
	return int64(t.MaxFeeRate)
}

// fee is what a transaction of the size costs at a rate, rounded up.
func fee(rate int64, size int) money.Amount {
	return money.Amount((rate*int64(size) + 999) / 1000)
}

// plan is a transaction that is to be planned, with what its signed form is held against.
type plan struct {
	in   instruction.PlanSpend
	ins  []coin.Input
	outs []coin.Out // without the change
}

// input is a coin as the signer and the check of what it signed know it.
func input(x *chain.Coin) coin.Input {
	in := coin.Input{Coin: x.Coin, Value: int64(x.Amount), Change: x.Account == instruction.Fees}
	if !in.Change {
		in.Index = uint32(x.Account)
	}
	return in
}

// picker chooses coins for several plans out of one look at the state.
type picker struct {
	line  *Line
	chain *chain.Chain
	rate  int64
	free  []*chain.Coin
	next  int          // of free
	fees  money.Amount // what the venue's own account can pay

	others bool // transactions are on their way, whose change comes back
	over   bool // what was asked for last is more than the signer lets out with one transaction
}

// few is how many coins a transaction takes at most while others are on their way. Small ones in great number cost more than to wait
// for what is left of large ones.
const few = 3

// most is a plan for as many of the payouts, from the first, as the coins that are left cover and the signer lets out with one transaction, and
// how many that are; nil where that is not even the first.
func (k *picker) most(payouts []*payout.Payout, scripts [][]byte) (p *plan, n int) {
	for n = len(payouts); n > 0; n /= 2 { // fewer may fit
		if p = k.pick(payouts[:n], scripts[:n]); p != nil || k.others && !k.over {
			break
		}
	}
	return p, n
}

// pick makes a plan that pays the payouts; nil where the coins that are left do not cover it, or it is more than the signer lets out.
func (k *picker) pick(payouts []*payout.Payout, scripts [][]byte) *plan {
	p := &plan{in: instruction.PlanSpend{Asset: k.line.Asset}}
	need := money.Amount(0)
	for i, x := range payouts {
		p.in.Payouts = append(p.in.Payouts, x.ID)
		p.outs = append(p.outs, coin.Out{Script: scripts[i], Value: int64(x.Arrives())})
		need += x.Arrives()
	}
	var sum money.Amount
	most := instruction.MaxInputs
	if k.others {
		most = few
	}
	from := k.next
	k.over = false
	for ; k.next < len(k.free) && len(p.ins) < most; k.next++ {
		x := k.free[k.next]
		if x.Height == 0 && k.ancestors(x) >= maxAncestors {
			continue
		}
		p.ins = append(p.ins, input(x))
		p.in.Inputs = append(p.in.Inputs, x.Coin)
		sum += x.Amount
		if k.enough(p, sum-need) {
			if k.over = need+p.in.Fee > k.line.limited.Hour; k.over {
				break
			}
			k.next++
			k.fees -= p.in.Fee
			return p
		}
	}
	k.next = from
	return nil
}

// enough says whether what is left covers the fee, and sets it. What would be left as dust goes to the fee, unless nothing else comes out:
// there is no transaction without an output.
func (k *picker) enough(p *plan, left money.Amount) bool {
	bare := coin.Size(len(p.ins), p.outs)
	whole := coin.Size(len(p.ins), append(p.outs[:len(p.outs):len(p.outs)], coin.Out{Script: k.line.hot}))
	low, high := fee(k.rate, bare), fee(k.rate, whole)
	switch {
	case left >= high+k.chain.Terms.MinDeposit:
		p.in.Fee, p.in.Size = high, uint32(whole) // #nosec G115 -- coin.MaxSize at most
	case len(p.outs) > 0 && left >= low && left <= fee(k.line.ceiling(&k.chain.Terms), bare):
		p.in.Fee, p.in.Size = left, uint32(bare) // #nosec G115 -- likewise
	default:
		return false
	}
	return true
}

// ancestors is how many transactions that no block has lie behind a coin, no more than maxAncestors.
func (k *picker) ancestors(x *chain.Coin) int {
	seen := map[instruction.TxID]bool{}
	var walk func(x *chain.Coin)
	walk = func(x *chain.Coin) {
		if x == nil || x.Height != 0 || seen[x.Coin.Tx] || len(seen) >= maxAncestors {
			return
		}
		seen[x.Coin.Tx] = true
		if s := k.chain.Of(x.Coin.Tx); s != nil {
			for _, o := range s.Inputs {
				walk(k.chain.Coin(o))
			}
		}
	}
	walk(x)
	return len(seen)
}

// parts are what a spend's transaction takes and pays, as the record has it.
func (l *Line) parts(s *core.State, c *chain.Chain, x *chain.Spend) (ins []coin.Input, outs []coin.Out, err error) {
	for _, o := range x.Inputs {
		in := c.Coin(o)
		if in == nil {
			return nil, nil, fmt.Errorf("wallet: spend %d takes %v, which is not there", x.ID, o)
		}
		ins = append(ins, input(in))
	}
	for _, id := range x.Payouts {
		p := s.Payout(id)
		if p == nil {
			return nil, nil, fmt.Errorf("wallet: spend %d pays payout %d, which is over", x.ID, id)
		}
		script, err := l.network.Script(p.To.Address)
		if err != nil {
			return nil, nil, fmt.Errorf("wallet: payout %d: %w", id, err)
		}
		outs = append(outs, coin.Out{Script: script, Value: int64(p.Arrives())})
	}
	if x.Change > 0 {
		outs = append(outs, coin.Out{Script: l.hot, Value: int64(x.Change)})
	}
	return ins, outs, nil
}
