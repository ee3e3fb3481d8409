package wallet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/wallet/coin"
)

// ErrNoWallet: the asset moves on no chain here, or not yet.
var ErrNoWallet = errors.New("wallet: the asset has no chain here")

// Attachment is how the wallet reaches one asset's chain.
type Attachment struct {
	Symbol string // of the asset
	Dial   func(*coin.Network) (coin.Chain, error)
	Signer Signer
	Batch  int // see Config
	Stale  bool
}

// Wallet works the chains of several assets. Each begins once its terms are on record. Its methods may be called from any goroutine.
type Wallet struct {
	engine Engine
	log    *slog.Logger
	to     []Attachment

	mu    sync.RWMutex
	lines map[instruction.Asset]*Line
	wrong map[string]string // by symbol: why a chain has not begun
}

// New is a wallet for these. Nothing is asked of any node before Run.
func New(e Engine, log *slog.Logger, to []Attachment) *Wallet {
	return &Wallet{engine: e, log: log, to: to, lines: make(map[instruction.Asset]*Line), wrong: make(map[string]string)}
}

// Run works until the context ends.
func (w *Wallet) Run(ctx context.Context) {
	var all sync.WaitGroup
	for _, a := range w.to {
		all.Go(func() { w.run(ctx, &a) })
	}
	all.Wait()
}

func (w *Wallet) run(ctx context.Context, a *Attachment) {
	for ctx.Err() == nil {
		l, err := w.begin(a)
		w.mu.Lock()
		was := w.wrong[a.Symbol]
		if delete(w.wrong, a.Symbol); err != nil {
			w.wrong[a.Symbol] = err.Error()
		} else {
			w.lines[l.Asset] = l
		}
		w.mu.Unlock()
		if err == nil {
			w.log.Info("the chain is followed", "asset", a.Symbol, "network", l.network.Name)
			l.Run(ctx)
			return
		}
		if was != err.Error() {
			w.log.Warn("the chain is not followed yet", "asset", a.Symbol, "err", err)
		}
		sleep(ctx, pause)
	}
}

// CheckAddress says what is wrong with an address of the asset's chain on record, or nil, whether anybody follows that chain now or not. Of
// an asset without a chain it knows nothing, nor while the state cannot be read: nothing can be done with the address then.
func CheckAddress(e Engine, x instruction.Asset, address string) error {
	var network string
	err := e.Read(func(s *core.State) {
		if c := s.Chain(x); c != nil {
			network = c.Terms.Network
		}
	})
	if err != nil || network == "" {
		return nil
	}
	n, err := coin.NetworkNamed(network)
	if err == nil {
		_, err = n.Script(address)
	}
	return err
}

// begin is the Line of an asset whose chain is on record.
func (w *Wallet) begin(a *Attachment) (*Line, error) {
	var x instruction.Asset
	var terms *instruction.ChainTerms
	err := w.engine.Read(func(s *core.State) {
		if x = s.AssetNamed(a.Symbol); x != 0 {
			if c := s.Chain(x); c != nil {
				t := c.Terms
				terms = &t
			}
		}
	})
	switch {
	case err != nil:
		return nil, err
	case x == 0:
		return nil, fmt.Errorf("wallet: there is no asset %s: portcullis asset add", a.Symbol)
	case terms == nil:
		return nil, errNoChain
	}
	n, err := coin.NetworkNamed(terms.Network)
	if err != nil {
		return nil, err
	}
	node, err := a.Dial(n)
	if err != nil {
		return nil, err
	}
	return NewLine(Config{Engine: w.engine, Asset: x, Node: node, Signer: a.Signer, Log: w.log.With("asset", a.Symbol), Batch: a.Batch, Stale: a.Stale})
}

func (w *Wallet) line(x instruction.Asset) *Line {
	w.mu.RLock()
	defer w.mu.RUnlock()
	return w.lines[x]
}

// DepositAddress is the account's address for deposits of the asset; ErrNoWallet where it moves on no chain.
func (w *Wallet) DepositAddress(ctx context.Context, a instruction.Account, x instruction.Asset) (string, error) {
	if l := w.line(x); l != nil {
		return l.DepositAddress(ctx, a)
	}
	return "", ErrNoWallet
}

// Attached says whether the wallet was given a node for the asset of this symbol.
func (w *Wallet) Attached(symbol string) bool {
	return slices.ContainsFunc(w.to, func(a Attachment) bool { return a.Symbol == symbol })
}

// Status is how each chain stands, by the number of its asset.
func (w *Wallet) Status() []Status {
	w.mu.RLock()
	defer w.mu.RUnlock()
	var list []Status
	for _, l := range w.lines {
		list = append(list, l.Status())
	}
	slices.SortFunc(list, func(a, b Status) int { return int(a.Asset) - int(b.Asset) })
	return list
}

// Wait returns once every chain is followed to its node's best block, or the context ends. It is for tests and scenarios.
func (w *Wallet) Wait(ctx context.Context) error {
	for {
		done := true
		w.mu.RLock()
		n := len(w.lines)
		w.mu.RUnlock()
		for _, s := range w.Status() {
			done = done && s.Problem == "" && s.Tip.Hash == s.Node.Best && s.Tip.Height > 0
		}
		if done && n == len(w.to) {
			return nil
		}
		if sleep(ctx, 10*time.Millisecond); ctx.Err() != nil {
			return ctx.Err()
		}
	}
}
