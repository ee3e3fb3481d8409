package wallet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/payout"
	"portcullis/wallet/coin"
	"portcullis/wallet/signer"
)

// Why payouts do not leave.
var (
	ErrNoCoins = errors.New("wallet: the hot coins do not cover the next payout; send some to the hot address, or wait until what is under way is mined")
	ErrNoFee   = errors.New("wallet: the venue's own account cannot pay the next transaction's fee; send coins to the hot address")
)

// abreast is how many transactions are planned, signed and put on record at once, turns how often that is done before all else is looked
// at again, and atOnce how many of those that do not build on each other are sent at one time: nodes have four threads for calls, of
// which one waits for blocks.
const (
	abreast = 16
	turns   = 16
	atOnce  = 3
)

// ready is a transaction on record that is to be sent.
type ready struct {
	id  instruction.SpendID
	raw []byte
}

// Send does what there is to do: signs what is planned, plans what is owed, replaces what waits too long, and sends what is signed.
// It is busy where more is left to do at once.
func (l *Line) Send(ctx context.Context) (busy bool, err error) {
	l.sending.Lock()
	defer l.sending.Unlock()
	unsigned, unsent, err := l.pending()
	if err != nil {
		return false, err
	}
	signed, refused, err := l.signAll(ctx, unsigned)
	l.deliver(ctx, append(unsent, signed...), 1)
	if err != nil {
		return false, err
	}
	if err := l.mend(ctx); err != nil {
		return false, err
	}
	if len(unsigned)-len(signed) >= abreast {
		return false, refused // no more are bound to what the signer refuses
	}
	if busy, err = l.pay(ctx); !busy {
		err = errors.Join(err, refused)
	}
	return busy, err
}

// pay sends transactions for what is owed: while some are sent, the next are planned and signed.
func (l *Line) pay(ctx context.Context) (busy bool, err error) {
	var list []ready // on record, and not sent yet
	for range turns {
		var sending sync.WaitGroup
		sending.Go(func() { l.deliver(ctx, list, atOnce) })
		next, err := l.planMore(ctx, len(list) > 0)
		sending.Wait()
		if no := (*signer.Refused)(nil); errors.As(err, &no) {
			l.deliver(ctx, next, atOnce)
			return true, nil // what it waits for is said when it is asked again
		}
		if err != nil || len(next)+len(list) == 0 {
			l.deliver(ctx, next, atOnce)
			return false, err
		}
		list = next
	}
	l.deliver(ctx, list, atOnce)
	return true, nil
}

// planMore plans transactions for what is owed, and has them signed. The error says why nothing of it can be paid, unless others are
// being sent, after which there may be more to pay with.
func (l *Line) planMore(ctx context.Context, others bool) ([]ready, error) {
	plans, short, err := l.plans(ctx, others)
	if err != nil || len(plans) == 0 {
		return nil, errors.Join(err, short)
	}
	return l.planAll(ctx, plans)
}

// pending is what is planned and not signed, and what is signed and to be sent: all that no block has, once after each new one, and
// before that what the node was not heard to take.
func (l *Line) pending() (unsigned []instruction.SpendID, unsent []ready, err error) {
	err = l.read(func(_ *core.State, c *chain.Chain) {
		tip, _, _ := c.Tip()
		all := tip.Hash != l.resend
		l.resend = tip.Hash
		for _, s := range c.Spends() {
			switch {
			case !s.Signed():
				if family := c.Family(s.Anchor()); s == family[len(family)-1] {
					unsigned = append(unsigned, s.ID)
				}
			case slices.ContainsFunc(c.Family(s.Anchor()), func(f *chain.Spend) bool { return f.Height != 0 }): // it, or one in its stead
			case all, !s.Seen && again(l.seen[s.ID]):
				unsent = append(unsent, ready{s.ID, s.Raw})
			}
			if _, ok := l.since[s.ID]; !ok && s.Signed() {
				l.since[s.ID] = tip.Height
			}
		}
		if len(l.since) > 2*len(c.Spends())+64 {
			for id := range l.since {
				if c.Spend(id) == nil {
					delete(l.since, id)
					delete(l.seen, id)
				}
			}
		}
	})
	return unsigned, unsent, err
}

// again says that a transaction should be sent again before there is another block: all but what the node has an opinion on.
func again(o coin.Outcome) bool { return o == 0 || o == coin.Unsent || o == coin.Unknown }

// signAll has planned spends signed and put on record, several at once, and is those that are, in the order of their numbers. What the
// signer refuses, such as what is over its caps, waits, and holds up nothing else.
func (l *Line) signAll(ctx context.Context, ids []instruction.SpendID) (list []ready, refused, err error) {
	for some := range slices.Chunk(ids, abreast) {
		signed := make([]ready, len(some))
		errs := make([]error, len(some))
		var all sync.WaitGroup
		for i, id := range some {
			all.Go(func() { signed[i], errs[i] = l.signAgain(ctx, id) })
		}
		all.Wait()
		for i := range signed {
			var no *signer.Refused
			switch {
			case errs[i] == nil:
				list = append(list, signed[i])
			case errors.As(errs[i], &no):
				refused = fmt.Errorf("wallet: spend %d waits: %w", some[i], no)
			default:
				err = errors.Join(err, errs[i])
			}
		}
	}
	return list, refused, err
}

// signAgain has a spend signed that was planned before, as the record has it.
func (l *Line) signAgain(ctx context.Context, id instruction.SpendID) (r ready, err error) {
	var ins []coin.Input
	var outs []coin.Out
	e := l.read(func(s *core.State, c *chain.Chain) {
		x := c.Spend(id)
		if x == nil || x.Signed() {
			err = fmt.Errorf("wallet: spend %d is not to be signed", id)
			return
		}
		ins, outs, err = l.parts(s, c, x)
	})
	if err = errors.Join(e, err); err != nil {
		return r, err
	}
	return l.sign(ctx, id, 0, ins, outs)
}

// sign has a planned spend signed, holds what the signer gave against what it takes and pays, and puts it on record.
func (l *Line) sign(ctx context.Context, id instruction.SpendID, seq uint64, ins []coin.Input, outs []coin.Out) (r ready, err error) {
	raw, tx, err := l.Signer.Sign(ctx, l.Asset, id, seq)
	if err != nil {
		return r, err
	}
	l.checking.Lock()
	is, err := coin.Check(l.network, l.public, ins, outs, raw)
	l.checking.Unlock()
	if err != nil {
		return r, fmt.Errorf("wallet: what the signer gave for spend %d is not what is on record: %w", id, err)
	}
	if is != tx {
		return r, fmt.Errorf("wallet: the signer calls spend %d %v, and it is %v", id, tx, is)
	}
	_, why, err := l.give(&instruction.SignSpend{Asset: l.Asset, Spend: id, Tx: tx, Raw: raw})
	if err == nil && why != 0 {
		err = fmt.Errorf("wallet: spend %d: %s", id, why.Sentence())
	}
	return ready{id, raw}, err
}

// deliver sends transactions that are on record, at most so many at once, and notes which the node took. One at a time they go in order,
// which those must that build on each other.
func (l *Line) deliver(ctx context.Context, list []ready, atOnce int) {
	replies := make([]coin.Reply, len(list))
	var next atomic.Int32
	var all sync.WaitGroup
	for range min(atOnce, len(list)) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(list) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				replies[i] = l.Node.Send(ctx, list[i].raw)
			}
		})
	}
	all.Wait()
	var taken []instruction.SpendID
	for i, x := range list {
		if replies[i].Outcome != 0 && l.heard(x.id, replies[i]) {
			taken = append(taken, x.id)
		}
	}
	for some := range slices.Chunk(taken, instruction.MaxPaid) {
		if _, _, err := l.give(&instruction.SeeSpends{Asset: l.Asset, Spends: some}); err != nil {
			l.Log.Warn("what the node took is not on record yet; it is sent again", "err", err)
		}
	}
}

// heard remembers what the node said of a transaction, and says whether it took it.
func (l *Line) heard(id instruction.SpendID, reply coin.Reply) (taken bool) {
	was := l.seen[id]
	l.seen[id] = reply.Outcome
	switch reply.Outcome {
	case coin.Accepted:
		return true
	case coin.Unsent, coin.Unknown: // the same bytes are sent again
		if reply.Outcome == coin.Unsent {
			delete(l.since, id) // it has not begun to wait for a block: one that spends coins just mined, say, whose time comes at any fee
		}
		l.Log.Debug("a transaction may not have left", "spend", id, "outcome", reply.Outcome, "node", reply.Reason)
	default:
		if was != reply.Outcome {
			l.Log.Warn("the node does not take a transaction now; the chain decides what became of it", "spend", id, "outcome", reply.Outcome, "node", reply.Reason)
		}
	}
	return false
}

// plans are transactions for what is owed, and why what is left of it cannot be paid now, or nil. Where others are being sent, small
// coins wait for what comes back of them.
func (l *Line) plans(ctx context.Context, others bool) (list []*plan, short error, err error) {
	var tip chain.Block
	var terms instruction.ChainTerms
	owed := false
	if err := l.read(func(s *core.State, c *chain.Chain) {
		tip, _, _ = c.Tip()
		terms = c.Terms
		owed = len(s.Payable(l.Asset)) > 0 && s.Leaves(l.Asset)
	}); err != nil || !owed {
		return nil, nil, err
	}
	if err := l.limits(ctx, tip.Hash); err != nil {
		return nil, nil, err
	}
	rate, err := l.rate(ctx, tip.Hash, l.ceiling(&terms))
	if err != nil {
		return nil, nil, err
	}
	var wrong []instruction.PayoutID
	err = l.read(func(s *core.State, c *chain.Chain) {
		k := &picker{line: l, chain: c, rate: rate, free: c.Free(), fees: s.Balance(instruction.Fees, l.Asset).Free, others: others}
		list, wrong, short = l.planOwed(s, k)
	})
	for _, id := range wrong {
		l.Log.Error("a payout's address is none of this chain; it is cancelled", "payout", id)
		if _, _, err := l.give(&instruction.StopPayout{Payout: id}); err != nil {
			return nil, nil, err
		}
	}
	return list, short, err
}

// misses is how many payouts that no coins cover are passed by in one look. Each has to be smaller than the one before.
const misses = 100

// planOwed plans from the first that is owed. One that the coins do not cover waits by itself, and no larger one is tried then: whoever
// withdraws more than they come to keeps nobody else's payouts back.
func (l *Line) planOwed(s *core.State, k *picker) (list []*plan, wrong []instruction.PayoutID, short error) {
	var some []*payout.Payout
	var scripts [][]byte
	over := func(p *payout.Payout) {
		if short == nil {
			short = fmt.Errorf("wallet: payout %d is more than the signer lets out: stop it (portcullis payout stop %d), or start the signer with a higher cap", p.ID, p.ID)
		}
	}
	owed, missed, least := s.Payable(l.Asset), 0, money.MaxAmount
	for len(list) < abreast && missed < misses {
		for ; len(owed) > 0 && len(some) < l.Batch; owed = owed[1:] {
			switch script, err := l.network.Script(owed[0].To.Address); {
			case err != nil:
				wrong = append(wrong, owed[0].ID)
			case owed[0].Arrives() > l.limited.Payout:
				over(owed[0])
			case owed[0].Arrives() < least:
				some, scripts = append(some, owed[0]), append(scripts, script)
			}
		}
		if len(some) == 0 {
			break
		}
		p, n := k.most(some, scripts)
		switch {
		case p == nil && k.over:
			over(some[0])
			n = 1
		case p == nil && k.others: // what they leave will do
			return list, wrong, short
		case p == nil:
			least, short, n, missed = some[0].Arrives(), ErrNoCoins, 1, missed+1
		case k.fees < 0:
			return list, wrong, ErrNoFee
		default:
			list, k.others = append(list, p), true
		}
		some, scripts = some[n:], scripts[n:]
	}
	return list, wrong, short
}

// planAll puts plans on record and has them signed, several at once. A plan that is refused has been overtaken: the next look at the
// state makes another.
func (l *Line) planAll(ctx context.Context, plans []*plan) (list []ready, err error) {
	done := make([]ready, len(plans))
	errs := make([]error, len(plans))
	var all sync.WaitGroup
	for i, p := range plans {
		all.Go(func() { done[i], errs[i] = l.plan(ctx, p) })
	}
	all.Wait()
	for i := range done {
		if errs[i] == nil {
			list = append(list, done[i])
		}
	}
	slices.SortFunc(list, func(a, b ready) int { return int(a.id) - int(b.id) }) // #nosec G115 -- counted from 1
	return list, errors.Join(errs...)
}

// plan puts one on record, and has it signed.
func (l *Line) plan(ctx context.Context, p *plan) (ready, error) {
	r, why, err := l.give(&p.in)
	switch {
	case err != nil:
		return ready{}, err
	case why == instruction.FeeNotCovered:
		return ready{}, ErrNoFee
	case why != 0:
		return ready{}, fmt.Errorf("wallet: a transaction was planned in vain: %s", why.Sentence())
	}
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if e, ok := e.(*instruction.SpendPlanned); ok {
			outs := p.outs
			if e.Change > 0 {
				outs = append(outs, coin.Out{Script: l.hot, Value: int64(e.Change)})
			}
			return l.sign(ctx, e.ID, r.Seq, p.ins, outs)
		}
	}
	return ready{}, fmt.Errorf("wallet: record %d plans nothing", r.Seq)
}
