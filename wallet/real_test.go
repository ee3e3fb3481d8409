package wallet

import (
	"context"
	"errors"
	"os"
	"testing"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
	"portcullis/wallet/regtest"
)

// real is a house on a litecoind of its own, with so much on the hot address and in each of two customers' accounts.
func real(t testing.TB) (*house, *regtest.Node) {
	t.Helper()
	n, err := regtest.Start(context.Background(), regtest.Options{})
	if errors.Is(err, regtest.ErrMissing) && os.Getenv("CI") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.Close() })
	network, err := coin.NetworkNamed("litecoin-regtest")
	if err != nil {
		t.Fatal(err)
	}
	return newHouse(t, network, n.Client(), coin.NewSeed(), 2), n
}

func (h *house) scan() {
	h.t.Helper()
	if _, err := h.line.Scan(context.Background()); err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) send() {
	h.t.Helper()
	for {
		busy, err := h.line.Send(context.Background())
		if err != nil {
			h.t.Fatal(err)
		}
		if !busy {
			return
		}
	}
}

func (h *house) addressOf(a instruction.Account) string {
	h.t.Helper()
	address, err := h.line.DepositAddress(context.Background(), a)
	if err != nil {
		h.t.Fatal(err)
	}
	return address
}

// stock gives the hot address and the first customer coins, all of them credited.
func (h *house) stock(n *regtest.Node, hot, customer int64, coins int) {
	h.t.Helper()
	ctx := context.Background()
	address, _, _ := h.keys.Public().Address(true, 0)
	if _, err := n.Fund(ctx, regtest.Payment{Address: address, Value: hot}); err != nil {
		h.t.Fatal(err)
	}
	for range coins {
		if _, err := n.Fund(ctx, regtest.Payment{Address: h.addressOf(firstOf), Value: customer / int64(coins)}); err != nil {
			h.t.Fatal(err)
		}
		if coins > 20 {
			if _, err := n.MineNothing(ctx, 1); err != nil {
				h.t.Fatal(err)
			}
		}
	}
	if _, err := n.MineNothing(ctx, 2); err != nil {
		h.t.Fatal(err)
	}
	h.scan()
}

// TestReal: on a real node deposits are credited, withdrawals leave together, settle at their depth, and the ledger is what the chain
// has.
func TestReal(t *testing.T) {
	h, n := real(t)
	ctx := context.Background()
	h.stock(n, 1e8, 5e8, 3)
	if got := h.s.Balance(firstOf, ltc).Free; got != 4_9999_9998 && got != 5e8 {
		t.Fatalf("credited %d", got)
	}
	to, err := coin.NewSeed().Account(h.network)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		address, _, err := to.Public().Address(false, uint32(i))
		if err != nil {
			t.Fatal(err)
		}
		if _, why := h.owe(firstOf, 1_000_000, address); why != 0 {
			t.Fatal(why)
		}
	}
	h.send()
	h.chain(func(_ *core.State, c *chain.Chain) {
		if len(c.Spends()) != 1 || !c.Spends()[0].Seen || len(c.Spends()[0].Payouts) != 30 {
			t.Fatalf("%d spends, want one of 30 payouts that is seen", len(c.Spends()))
		}
	})
	for range 5 {
		if h.s.Payout(30) == nil {
			t.Fatal("settled too early")
		}
		if _, err := n.MineNothing(ctx, 1); err != nil {
			t.Fatal(err)
		}
		h.scan()
	}
	if h.s.Payout(30) != nil || h.s.Payout(1) != nil {
		t.Fatal("not settled")
	}
	if err := h.s.Check(); err != nil {
		t.Fatal(err)
	}
	if missing := h.s.Shortage(ltc); missing > 0 {
		t.Fatalf("%d is missing", missing)
	}
}
