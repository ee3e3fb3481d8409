package regtest

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// start starts a node for a test, which is skipped where there is none to start.
func start(t *testing.T, o Options) *Node {
	t.Helper()
	n, err := Start(t.Context(), o)
	if errors.Is(err, ErrMissing) && os.Getenv("CI") != "true" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := n.Close(); err != nil {
			t.Error(err)
		}
	})
	return n
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// places says in which blocks, counted from the best one at 0, a transaction is; pending that it waits.
func places(t *testing.T, n *Node, id instruction.TxID, deep int) (found []int, pending bool) {
	t.Helper()
	height := must[uint32](t)(n.Height(t.Context()))
	for i := range deep {
		h := must[instruction.BlockHash](t)(n.Client().HashAt(t.Context(), height-uint32(i)))
		b := must[*coin.Block](t)(n.Client().Block(t.Context(), h, height-uint32(i)))
		if slices.ContainsFunc(b.Txs, func(tx coin.Tx) bool { return tx.ID == id }) {
			found = append(found, i)
		}
	}
	return found, must[bool](t)(n.Client().Pending(t.Context(), id))
}

func TestLife(t *testing.T) {
	n := start(t, Options{})
	ctx := t.Context()
	id := must[instruction.TxID](t)(n.Fund(ctx, Payment{n.unspendable(), 3e8}, Payment{n.unspendable(), 1e5}))
	if found, pending := places(t, n, id, 1); len(found) > 0 || !pending {
		t.Errorf("in blocks %v, pending %v", found, pending)
	}
	height := must[uint32](t)(n.Height(ctx))
	n.Kill()
	if err := n.Client().Call(ctx, "uptime", nil); err == nil {
		t.Fatal("it answers after it was killed")
	}
	if err := n.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if got := must[uint32](t)(n.Height(ctx)); got != height {
		t.Errorf("height %d after a kill at %d", got, height)
	}
	if err := n.Restart(ctx); err == nil {
		t.Error("started twice")
	}
	must[instruction.TxID](t)(n.Fund(ctx, Payment{n.unspendable(), 2e8})) // its wallet is there again
	if err := n.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := n.Stop(); err != nil {
		t.Error(err)
	}
	if err := n.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if got := must[uint32](t)(n.Height(ctx)); got != height {
		t.Errorf("height %d after a stop at %d", got, height)
	}
	if err := n.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(n.dir); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", n.dir, err)
	}
}

func TestReorg(t *testing.T) {
	n := start(t, Options{})
	ctx := t.Context()
	id := must[instruction.TxID](t)(n.Fund(ctx, Payment{n.unspendable(), 3e8}))
	must[[]instruction.BlockHash](t)(n.MineNothing(ctx, 3))
	height := must[uint32](t)(n.Height(ctx))
	step := func(what string, err error, grown uint32, want []int, wantPending bool) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		height += grown
		if found, pending := places(t, n, id, 12); must[uint32](t)(n.Height(ctx)) != height || !slices.Equal(found, want) || pending != wantPending {
			t.Errorf("%s: in blocks %v, want %v; pending %v, want %v", what, found, want, pending, wantPending)
		}
	}
	step("mined", nil, 0, []int{2}, false)
	step("too shallow", n.Reorg(ctx, 2), 1, []int{3}, false)
	step("mined again", n.Reorg(ctx, 4), 1, []int{4}, false)
	step("left out", n.ReorgEmpty(ctx, 5), 1, nil, true)
	_, err := n.MineOnly(ctx)
	step("still waiting", err, 1, nil, true)
	_, err = n.MineNothing(ctx, 1)
	step("mined at last", err, 1, []int{0}, false)
	for _, depth := range []int{0, -1, int(height) + 1} {
		if err := n.Reorg(ctx, depth); err == nil {
			t.Errorf("took back %d blocks of %d", depth, height)
		}
	}
}

// TestDirKept: a directory that was given stays, and a second node goes on with it.
func TestDirKept(t *testing.T) {
	dir := t.TempDir()
	n := start(t, Options{Dir: dir})
	hashes := must[[]instruction.BlockHash](t)(n.MineNothing(t.Context(), 120))
	if len(hashes) != 120 {
		t.Errorf("%d blocks", len(hashes))
	}
	if err := n.Close(); err != nil {
		t.Fatal(err)
	}
	o := start(t, Options{Dir: dir, Args: []string{"-mempoolreplacement=0"}})
	if h := must[instruction.BlockHash](t)(o.Client().HashAt(t.Context(), 120)); h != hashes[119] {
		t.Errorf("block 120 is %v, not %v", h, hashes[119])
	}
}

func TestStartFails(t *testing.T) {
	start(t, Options{}) // skips where there is none
	if n, err := Start(t.Context(), Options{Args: []string{"-no-such-flag=1"}}); err == nil {
		n.Close()
		t.Error("started with a flag that it does not know")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := Start(ctx, Options{}); err == nil {
		n.Close()
		t.Error("started after its context ended")
	}
}
