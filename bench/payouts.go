package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"portcullis/wallet/coin"
)

// payoutSize is how large a measurement of payouts is.
type payoutSize struct {
	rounds  int // an odd number
	single  int // payouts of a slice, each with a transaction of its own
	batched int // payouts of a slice, a hundred with a transaction
	few     stack
	many    []stack // with as many large ones, and small ones besides
	blocks  blockSize
}

// wholePayouts is what is measured: a slice takes a fraction of a second.
var wholePayouts = payoutSize{
	rounds: 9, single: 200, batched: 10_000, few: stack{25, 3e8}, many: []stack{{25, 3e8}, {1975, 1e6}}, blocks: wholeBlocks,
}

// Payouts measures payouts from what is owed to what the node has, against a bare loop that builds, signs and sends: both against one
// litecoind of their own, in slices that take turns. What the venue does besides is to put plans, signed bytes and what the node took
// on record, durable each, and to have them signed by a process with its own view of that. Then it measures the scan of blocks. Self is
// the program's own file, with which the signer is started.
func Payouts(ctx context.Context, self string, report Report) error {
	return payouts(ctx, self, report, wholePayouts)
}

func payouts(ctx context.Context, self string, report Report, size payoutSize) error {
	m, err := newMint(ctx)
	if err != nil {
		return err
	}
	defer m.Close()
	p, err := newPayers(ctx, m, self, size)
	if err != nil {
		return err
	}
	defer p.remove()
	for _, x := range []struct {
		n, batch int
		what     string
	}{{size.single, 1, "each with a transaction of its own"}, {size.batched, 100, "100 with a transaction"}} {
		few, many, bare, err := p.rounds(ctx, size.rounds, x.n, x.batch)
		if err != nil {
			return err
		}
		of := "payouts, " + x.what + ": "
		report(result(fmt.Sprintf("%sjournalled, signed and sent, from %d hot coins", of, size.few.coins), perSecond(x.n, few), "1/s",
			"bare building, signing and sending to the same node", perSecond(x.n, bare)))
		report(result(fmt.Sprintf("%stime of one from %d hot coins, most of them small", of, count(size.many)), micro(many, x.n), "µs",
			fmt.Sprintf("from %d", size.few.coins), micro(few, x.n)))
	}
	p.remove()
	return scanBlocks(ctx, m, report, size.blocks)
}

func micro(took time.Duration, n int) float64 { return float64(took.Nanoseconds()) / 1e3 / float64(n) }

func count(list []stack) (n int) {
	for _, s := range list {
		n += s.coins
	}
	return n
}

// payers are those that take turns.
type payers struct {
	mint      *mint
	few, many *till
	bare      *barePayer
}

func newPayers(ctx context.Context, m *mint, self string, size payoutSize) (p *payers, err error) {
	p = &payers{mint: m}
	if p.few, err = newTill(ctx, m, self, size.few); err == nil {
		p.many, err = newTill(ctx, m, self, size.many...)
	}
	if err == nil {
		p.bare, err = newBarePayer(ctx, m, size.few)
	}
	if err != nil {
		p.remove()
		return nil, err
	}
	return p, nil
}

func (p *payers) remove() {
	for _, t := range []**till{&p.few, &p.many} {
		if *t != nil {
			(*t).remove()
		}
		*t = nil
	}
}

// rounds is how long each takes for n payouts, so many with a transaction: the medians.
func (p *payers) rounds(ctx context.Context, rounds, n, batch int) (few, many, bare time.Duration, err error) {
	if err := errors.Join(p.few.batches(batch), p.many.batches(batch)); err != nil {
		return 0, 0, 0, err
	}
	var took [3][]time.Duration
	for range rounds {
		for i, pay := range []func() (time.Duration, error){
			func() (time.Duration, error) { return p.few.pay(ctx, n) },
			func() (time.Duration, error) { return p.bare.pay(ctx, n, batch) },
			func() (time.Duration, error) { return p.many.pay(ctx, n) },
		} {
			t, err := pay()
			if err == nil {
				err = p.arrived(ctx, n)
			}
			if err != nil {
				return 0, 0, 0, err
			}
			took[i] = append(took[i], t)
		}
	}
	return median(took[0]), median(took[2]), median(took[1]), nil
}

// arrived mines a block and says whether it pays strangers that often, each what arrives of a payout.
func (p *payers) arrived(ctx context.Context, n int) error {
	b, err := p.mint.mine(ctx)
	if err != nil {
		return err
	}
	if got := p.mint.given(b); got != n {
		return fmt.Errorf("bench: a block pays %d times, and %d payouts were sent", got, n)
	}
	return errors.Join(p.few.settle(ctx), p.many.settle(ctx))
}

// given is how often a block pays strangers what arrives of a payout.
func (m *mint) given(b *coin.Block) (n int) {
	for _, tx := range b.Txs {
		for _, out := range tx.Outs {
			if isStranger(out.Script) && out.Value == payoutAmount-payoutFee {
				n++
			}
		}
	}
	return n
}
