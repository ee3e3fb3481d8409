package wallet

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
)

// mute is a node that does what it is asked, and while silent keeps every answer back until its caller gives up.
type mute struct {
	*demochain.Chain
	silent bool
}

func (m *mute) Info(ctx context.Context) (coin.Info, error) {
	if m.silent {
		<-ctx.Done()
	}
	return m.Chain.Info(ctx)
}

func (m *mute) Send(ctx context.Context, raw []byte) coin.Reply {
	r := m.Chain.Send(ctx, raw)
	if m.silent {
		<-ctx.Done()
		return coin.Reply{Outcome: coin.Unknown, Reason: ctx.Err().Error()}
	}
	return r
}

// TestSilence: a node that keeps its answers back keeps the wallet from nothing; what it was sent is sent again, and is one payment.
func TestSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := demochain.New(demochain.Options{Replaces: true, Now: time.Now, FeeRate: 2000})
		if err != nil {
			t.Fatal(err)
		}
		n := &mute{Chain: c}
		h := newHouse(t, c.Network(), n, coin.NewSeed(), 1)
		address, err := h.line.DepositAddress(t.Context(), firstOf)
		if err != nil {
			t.Fatal(err)
		}
		hot, _, _ := h.keys.Public().Address(true, 0)
		for _, a := range []string{address, hot} {
			if _, err := c.Pay(a, 1e8); err != nil {
				t.Fatal(err)
			}
		}
		work := func(blocks int) (error, error) {
			if err := c.Mine(blocks); err != nil {
				t.Fatal(err)
			}
			_, scanned := h.line.Scan(t.Context())
			_, sent := h.line.Send(t.Context())
			return scanned, sent
		}
		if a, b := work(2); a != nil || b != nil {
			t.Fatal(a, b)
		}
		to, script, _ := h.keys.Public().Address(false, 99)
		if _, why := h.owe(firstOf, 1e6, to); why != 0 {
			t.Fatal(why)
		}
		n.silent = true
		began := time.Now()
		scanned, sent := work(0)
		if !errors.Is(scanned, context.DeadlineExceeded) || sent != nil || time.Since(began) != 60*time.Second {
			t.Fatal(scanned, sent, time.Since(began))
		}
		n.silent = false
		for range 6 {
			if a, b := work(1); a != nil || b != nil {
				t.Fatal(a, b)
			}
		}
		h.chain(func(s *core.State, _ *chain.Chain) {
			if paid := c.Payments(script); len(paid) != 1 || paid[0].Value != 1e6-1000 || s.Payout(1) != nil {
				t.Errorf("paid %+v", paid)
			}
		})
	})
}
