package wallet

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/wallet/coin"
	"portcullis/wallet/demochain"
	"portcullis/wallet/signer"
)

// hooked is a node that tells of calls before it does them.
type hooked struct {
	*demochain.Chain
	sends func()
	// unsent has it take nothing yet.
	unsent bool
	mu     sync.Mutex
	rates  int
}

func (h *hooked) Send(ctx context.Context, raw []byte) coin.Reply {
	if h.sends != nil {
		h.sends()
	}
	if h.unsent {
		return coin.Reply{Outcome: coin.Unsent, Reason: "bad-txns-premature-spend-of-coinbase"}
	}
	return h.Chain.Send(ctx, raw)
}

func (h *hooked) FeeRate(ctx context.Context, blocks int) (int64, error) {
	h.mu.Lock()
	h.rates++
	h.mu.Unlock()
	return h.Chain.FeeRate(ctx, blocks)
}

// hookedHouse pays single payouts out of hot coins of these values. Its customer owns a part of them.
func hookedHouse(t *testing.T, values ...int64) (*house, *hooked) {
	t.Helper()
	now := start.Std()
	c, err := demochain.New(demochain.Options{Replaces: true, Now: func() time.Time { return now }, FeeRate: 2000})
	if err != nil {
		t.Fatal(err)
	}
	n := &hooked{Chain: c}
	h := newHouse(t, c.Network(), n, coin.NewSeed(), 1)
	h.cfg.Batch = 1
	h.open()
	hot, _, _ := h.keys.Public().Address(true, 0)
	for _, v := range values {
		if _, err := c.Pay(hot, v); err != nil {
			t.Fatal(err)
		}
	}
	h.block(n, 2)
	h.operator(&instruction.Credit{Account: firstOf, Asset: ltc, Amount: 1e8})
	return h, n
}

func (h *house) block(n *hooked, blocks int) {
	h.t.Helper()
	if err := n.Mine(blocks); err != nil {
		h.t.Fatal(err)
	}
	h.scan()
}

// owes makes payouts of an amount each.
func (h *house) owes(payouts int, amount money.Amount) {
	h.t.Helper()
	for i := range payouts {
		to, _, err := h.keys.Public().Address(false, uint32(1000+i)) // of nobody
		if err != nil {
			h.t.Fatal(err)
		}
		if _, why := h.owe(firstOf, amount, to); why != 0 {
			h.t.Fatal(why)
		}
	}
}

// TestAhead: while transactions are sent, the next are planned and signed; otherwise the node and the signer would wait for each other
// in turns. The first that is sent waits here until more are on record than are planned at once.
//
// It was seen red with nothing planned before all that came before was sent.
func TestAhead(t *testing.T) {
	h, n := hookedHouse(t, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8, 1e8)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var first sync.Once
	n.sends = func() {
		first.Do(func() {
			for spends := 0; spends <= abreast; {
				if ctx.Err() != nil {
					t.Error("nothing is planned while others are sent")
					return
				}
				h.chain(func(_ *core.State, c *chain.Chain) { spends = len(c.Spends()) })
			}
		})
	}
	h.owes(abreast+4, 100_000)
	h.send()
	h.chain(func(s *core.State, c *chain.Chain) {
		if len(c.Spends()) != abreast+4 || len(s.Payable(ltc)) != 0 {
			t.Errorf("%d transactions, %d payouts left", len(c.Spends()), len(s.Payable(ltc)))
		}
		for _, x := range c.Spends() {
			if !x.Seen {
				t.Errorf("spend %d is not sent", x.ID)
			}
		}
	})
	if n.rates != 1 {
		t.Errorf("the node was asked for its fees %d times while there was one block", n.rates)
	}
	h.block(n, 1)
	h.owes(1, 100_000)
	if h.send(); n.rates != 2 {
		t.Errorf("the node was asked for its fees %d times with another block", n.rates)
	}
}

// TestDustWaits: a flood of small coins is not spent while a large one comes back from a transaction before; and it is where there is
// nothing else.
//
// It was seen red without few.
func TestDustWaits(t *testing.T) {
	coins := []int64{5e8}
	for range 200 {
		coins = append(coins, 20_000)
	}
	h, n := hookedHouse(t, coins...)
	h.owes(12, 300_000) // 16 small coins each, and their fee
	h.send()
	paid := func() (spends, most int) {
		h.chain(func(s *core.State, c *chain.Chain) {
			if len(s.Payable(ltc)) != 0 {
				t.Errorf("%d payouts are left", len(s.Payable(ltc)))
			}
			for _, x := range c.Spends() {
				most = max(most, len(x.Inputs))
			}
			spends = len(c.Spends())
		})
		return spends, most
	}
	if spends, most := paid(); spends != 12 || most != 1 {
		t.Errorf("%d transactions of at most %d coins, want 12 of one", spends, most)
	}
	h.block(n, 1)

	h, _ = hookedHouse(t, append(coins[1:], 99_100_000)...)
	h.owes(1, 99_000_000) // the large coin goes
	h.send()
	h.owes(3, 300_000)
	h.send()
	if spends, most := paid(); spends != 4 || most < 2 {
		t.Errorf("%d transactions of at most %d coins, want 4, some of many", spends, most)
	}
}

// shy is a signer that refuses the first spend.
type shy struct{ *house }

func (s shy) Sign(ctx context.Context, x instruction.Asset, id instruction.SpendID, seq uint64) ([]byte, instruction.TxID, error) {
	if id == 1 {
		return nil, instruction.TxID{}, &signer.Refused{Reason: "over a cap"}
	}
	return s.house.Sign(ctx, x, id, seq)
}

// TestStopAtCeiling: a payout that the signer refuses is cancelled though its transaction would have cost as much as terms allow, and what
// was to leave with it leaves.
//
// It was seen red with a transaction in the stead of another only where that may cost more: nothing of the first one ever left.
func TestStopAtCeiling(t *testing.T) {
	h, n := hookedHouse(t, 2e8)
	h.cfg.Batch = 2
	var terms instruction.ChainTerms
	h.chain(func(_ *core.State, c *chain.Chain) { terms = c.Terms })
	terms.MaxFeeRate = 2000 // what the node estimates
	h.operator(&instruction.SetChain{Asset: ltc, Terms: terms})
	h.cfg.Signer = shy{h}
	h.open()
	h.owes(2, 100_000)
	for range 2 { // what the signer refuses waits
		_, _ = h.line.Send(t.Context())
	}
	h.operator(&instruction.StopPayout{Payout: 1})
	_, _ = h.line.Send(t.Context())
	h.chain(func(_ *core.State, c *chain.Chain) {
		if all := c.Spends(); len(all) != 2 || len(all[1].Payouts) != 1 || all[1].Payouts[0] != 2 {
			t.Errorf("%d transactions are planned", len(all))
		}
	})
	h.block(n, 5)
	h.chain(func(s *core.State, _ *chain.Chain) {
		if len(s.Payouts(firstOf)) != 0 {
			t.Errorf("%d payouts are left", len(s.Payouts(firstOf)))
		}
	})
}

// TestUnsentCostsNothing: what the node does not take yet, whatever it pays, such as what spends coins that were just mined, is not made
// dearer meanwhile. It is sent again, and begins to wait for a block once it was taken.
//
// It was seen red with a wallet that counts from the signature: five transactions, each dearer than the one before.
func TestUnsentCostsNothing(t *testing.T) {
	h, n := hookedHouse(t, 2e8)
	h.cfg.BumpAfter = 2
	h.open()
	n.unsent = true
	h.owes(1, 100_000)
	for range 12 {
		_, _ = h.line.Send(t.Context()) // nothing leaves
		h.block(n, 1)
	}
	n.unsent = false
	h.send()
	h.send() // it is seen now, and nothing is late
	h.chain(func(_ *core.State, c *chain.Chain) {
		if all := c.Spends(); len(all) != 1 || !all[0].Seen {
			t.Errorf("%d transactions, the first of which is seen: %v", len(all), all[0].Seen)
		}
	})
}

// TestLimits: what is more than the signer lets out with one payout, one transaction or for its size is not planned, and holds up nothing
// else. It waits until the signer says otherwise.
//
// It was seen red with a wallet that does not ask: all five were bound to one transaction that nobody would sign.
func TestLimits(t *testing.T) {
	h, n := hookedHouse(t, 2e8, 2e8)
	h.cfg.Batch = 4
	h.limits = &signer.Limits{Payout: 5_000_000, Hour: 12_000_000, FeeRate: 1500}
	h.open()
	to, _, _ := h.keys.Public().Address(false, 99)
	for _, amount := range []money.Amount{4e6, 6e6, 4e6, 4e6, 4e6} { // the second is more than one may be; four others more than one transaction
		if _, why := h.owe(firstOf, amount, to); why != 0 {
			t.Fatal(why)
		}
	}
	waits := func(want string, payable ...instruction.PayoutID) {
		t.Helper()
		for busy, err := true, error(nil); busy; {
			if busy, err = h.line.Send(t.Context()); (err == nil) != (want == "") && !busy || err != nil && !strings.Contains(err.Error(), want) {
				t.Fatal(err)
			}
		}
		h.chain(func(s *core.State, c *chain.Chain) {
			var left []instruction.PayoutID
			for _, p := range s.Payable(ltc) {
				left = append(left, p.ID)
			}
			if !slices.Equal(left, payable) {
				t.Errorf("payouts %v wait, want %v", left, payable)
			}
			for _, x := range c.Spends() {
				if out := x.Paid + x.Fee; x.Height == 0 && (out > h.limits.Hour || x.Fee*1000 > h.limits.FeeRate*money.Amount(x.Size)+1000) {
					t.Errorf("a transaction of %d bytes lets out %d, of which %d are its fee", x.Size, out, x.Fee)
				}
			}
		})
	}
	waits("payout 2 is more than the signer lets out", 2)
	h.limits.Payout = 6e6
	h.block(n, 1)
	waits("")
	h.limits = &signer.Limits{Payout: 6e6, Hour: 6e6, FeeRate: 1500} // no room for a fee
	h.block(n, 1)
	if _, why := h.owe(firstOf, 6_001_000, to); why != 0 {
		t.Fatal(why)
	}
	waits("payout 6 is more than the signer lets out", 6)
}

// TestNothingComesOut: what is left goes to the fee where it would be dust, but not all there is: a transaction without payouts, such as one
// that cancels them, leaves something.
//
// It was seen red with a plan of no outputs, which nobody can sign: its payout was never cancelled.
func TestNothingComesOut(t *testing.T) {
	h, _ := hookedHouse(t, 2e8)
	h.chain(func(_ *core.State, c *chain.Chain) {
		k := &picker{line: h.line, chain: c, rate: 2000}
		const left = 1000 // more than the fee, less than a coin is worth
		if p := (&plan{ins: make([]coin.Input, 1)}); k.enough(p, left) {
			t.Errorf("a fee of %d, and nothing else", p.in.Fee)
		}
		p := &plan{ins: make([]coin.Input, 1), outs: []coin.Out{{Script: h.line.hot, Value: 20_000}}}
		if !k.enough(p, left) || p.in.Fee != left {
			t.Errorf("beside a payout %d of %d go to the fee", p.in.Fee, left)
		}
	})
}
