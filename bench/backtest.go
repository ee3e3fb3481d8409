package bench

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
	"portcullis/rules"
	"portcullis/rules/backtest"
)

// Backtest measures the rules that a venue starts with on a journal of orders in a market with budgets and marks, against the plain
// recovery of the same journal.
func Backtest(ctx context.Context, report Report) error {
	list, err := rules.Default()
	if err != nil {
		return err
	}
	hand := clock.NewHand(1_700_000_000 * instruction.Second)
	h, err := newHouseAt(257, hand)
	if err != nil {
		return err
	}
	defer h.remove()
	var hash [32]byte
	n, err := h.fillQuoted(ctx, hand, &hash)
	if err != nil {
		return err
	}
	var rates, bare []float64
	for range rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		base, err := recoverOnce(h.dir, hash)
		if err != nil {
			return err
		}
		took, err := backtestOnce(ctx, h.dir, backtest.Options{Rules: rules.Plain(list)}, uint64(n)) // #nosec G115 -- a count
		if err != nil {
			return err
		}
		rates, bare = append(rates, perSecond(n, took)), append(bare, perSecond(n, base))
	}
	report(result("backtest: records folded, the default rules asked about each order", median(rates), "1/s",
		"plain recovery of the same records", median(bare)))
	return nil
}

// fillQuoted fills a journal of a market with budgets and marks, in which time goes fifty times as fast as it is written.
func (h *house) fillQuoted(ctx context.Context, hand *clock.Hand, hash *[32]byte) (int, error) {
	if err := h.quote(257); err != nil {
		return 0, err
	}
	for range 70 { // a mark is known after a minute
		hand.Set(hand.Now() + instruction.Second)
		p := &instruction.Principal{Giver: instruction.ByCredential, Credential: 1}
		if _, err := h.Do(p, &instruction.CancelAll{Market: 1}); err != nil {
			return 0, err
		}
	}
	filled := make(chan struct{})
	go func() {
		for beat := time.Tick(10 * time.Millisecond); ; {
			select {
			case <-beat:
				hand.Set(hand.Now() + instruction.Second/2)
			case <-filled:
				return
			}
		}
	}()
	defer close(filled)
	return fill(ctx, h, hash, func(k int) *trader {
		t := newTrader(k)
		t.p.Addr = netip.AddrFrom4([4]byte{198, 51, byte(k), 7}) // #nosec G115 -- one of 256
		return t
	})
}

// quote puts budgets in force, and has one whom none bounds stand on both sides of the market, further away than anybody trades, so
// that there is a mark.
func (h *house) quote(maker int) error {
	operator := &instruction.Principal{Giver: instruction.ByOperator}
	account := instruction.Account(maker + 1) // #nosec G115 -- far below
	unbound := &instruction.SetBudget{Account: account, Budget: instruction.Budget{Loss: money.Whole, Fees: money.Whole}}
	for _, in := range append(budgets(), unbound) {
		if _, err := h.Do(operator, in); err != nil {
			return err
		}
	}
	p := &instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(maker)} // #nosec G115 -- far below
	for i, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
		id, _ := instruction.ClientIDOf("house" + side.String())
		if _, err := h.Do(p, &instruction.PlaceOrder{
			Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC, Price: 10_000e8 + money.Price(42*i-21)*1e6, Qty: 1e8, ClientID: id,
		}); err != nil {
			return err
		}
	}
	return nil
}

func backtestOnce(ctx context.Context, dir string, o backtest.Options, want uint64) (time.Duration, error) {
	begin := time.Now()
	log, err := journal.Open(dir, journal.Options{})
	if err != nil {
		return 0, err
	}
	defer log.Close()
	r, err := backtest.Run(ctx, log, engine.Snapshots{FS: journal.Disk, Dir: dir + "/snapshots"}, o)
	took := time.Since(begin)
	if err == nil && (r.Last != want || r.Judged.Orders < want*9/10) {
		err = fmt.Errorf("bench: the backtest asked about %d orders up to record %d of %d", r.Judged.Orders, r.Last, want)
	}
	return took, err
}
