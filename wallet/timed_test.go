package wallet

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
)

// mute is a node that does what it is asked, and while silent keeps every answer back until its caller gives up. Hidden, it does that
// with what it knows of its chain.
type mute struct {
	*demochain.Chain
	silent bool
	hidden atomic.Bool
}

func (m *mute) Info(ctx context.Context) (coin.Info, error) {
	if m.silent || m.hidden.Load() {
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

// endow gives the hot address and the first customer coins.
func (h *house) endow(c *demochain.Chain) {
	hot, _, _ := h.keys.Public().Address(true, 0)
	for _, a := range []string{h.addressOf(firstOf), hot} {
		if _, err := c.Pay(a, 1e8); err != nil {
			h.t.Fatal(err)
		}
	}
	if err := c.Mine(2); err != nil {
		h.t.Fatal(err)
	}
	h.scan()
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
		h.endow(c)
		work := func(blocks int) (error, error) {
			if err := c.Mine(blocks); err != nil {
				t.Fatal(err)
			}
			_, scanned := h.line.Scan(t.Context())
			_, sent := h.line.Send(t.Context())
			return scanned, sent
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

// TestLooksFirst: a wallet that begins sends nothing before it has looked at the node's chain, which may be another one, or behind.
func TestLooksFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, err := demochain.New(demochain.Options{Replaces: true, Now: time.Now, FeeRate: 2000})
		if err != nil {
			t.Fatal(err)
		}
		n := &mute{Chain: c}
		h := newHouse(t, c.Network(), n, coin.NewSeed(), 1)
		h.endow(c)
		to, script, _ := h.keys.Public().Address(false, 99)
		if _, why := h.owe(firstOf, 1e6, to); why != 0 {
			t.Fatal(why)
		}
		n.hidden.Store(true)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			h.line.Run(ctx)
			close(ended)
		}()
		planned := func() (n int) {
			synctest.Wait()
			h.chain(func(_ *core.State, c *chain.Chain) { n = len(c.Spends()) })
			return n
		}
		time.Sleep(time.Hour)
		if n := planned(); n != 0 {
			t.Errorf("%d transactions were planned by who knows nothing of the chain", n)
		}
		n.hidden.Store(false)
		time.Sleep(time.Minute)
		if err := c.Mine(1); err != nil {
			t.Fatal(err)
		}
		if n := planned(); n != 1 || len(c.Payments(script)) != 1 {
			t.Errorf("%d transactions were planned, %d payments", n, len(c.Payments(script)))
		}
		stop()
		<-ended
	})
}

// TestNoHaste: what was planned before a process began, or before its signer could be reached, is sent once. Nothing takes its stead
// before it has waited.
func TestNoHaste(t *testing.T) {
	c, err := demochain.New(demochain.Options{Replaces: true, Now: time.Now, FeeRate: 2000})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Mine(50); err != nil {
		t.Fatal(err)
	}
	h := newHouse(t, c.Network(), c, coin.NewSeed(), 1)
	h.endow(c)
	to, _, _ := h.keys.Public().Address(false, 99)
	if _, why := h.owe(firstOf, 1e6, to); why != 0 {
		t.Fatal(why)
	}
	signer := h.line.Signer
	h.line.Signer = away{h}
	if _, err := h.line.Send(t.Context()); !errors.Is(err, errAway) {
		t.Fatal(err)
	}
	h.line.Signer = signer
	h.send()
	h.chain(func(_ *core.State, c *chain.Chain) {
		if list := c.Spends(); len(list) != 1 || !list[0].Seen {
			t.Errorf("%d transactions were planned, want one that is seen", len(list))
		}
	})
}

// away is a signer that cannot be reached.
type away struct{ *house }

var errAway = errors.New("nobody answers")

func (away) Sign(context.Context, instruction.Asset, instruction.SpendID, uint64) ([]byte, instruction.TxID, error) {
	return nil, instruction.TxID{}, errAway
}
