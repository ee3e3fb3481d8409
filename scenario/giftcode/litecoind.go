package giftcode

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"portcullis/internal/secret"
	"portcullis/wallet/coin"
	"portcullis/wallet/faulty"
	"portcullis/wallet/node"
	"portcullis/wallet/regtest"
)

// litecoind is a real node with a chain of its own, and a proxy before it.
type litecoind struct {
	real    *regtest.Node
	proxy   *faulty.Proxy
	client  *node.Client // behind the proxy
	waiting int          // transactions of fund that no block has
}

// oneByOne has the node do one call after another. With more threads two payments of this version's wallet may take the same coins, and
// one of them comes to nothing; the daemons of that summer held a lock.
const oneByOne = "-rpcthreads=1"

func startLitecoind(ctx context.Context) (*litecoind, error) {
	real, err := regtest.Start(ctx, regtest.Options{Args: []string{oneByOne}})
	if err != nil {
		return nil, err
	}
	l := &litecoind{real: real}
	if l.proxy, err = faulty.Start(real.URL()); err == nil {
		l.client, err = node.New(real.Client().Network(), node.Options{URL: l.proxy.URL(), User: real.User, Password: secret.New([]byte(real.Password))})
	}
	if err != nil {
		return nil, errors.Join(err, l.close())
	}
	return l, nil
}

func (l *litecoind) name() string           { return "litecoind" }
func (l *litecoind) network() *coin.Network { return l.real.Client().Network() }
func (l *litecoind) node() coin.Chain       { return l.client }
func (l *litecoind) truth() coin.Chain      { return l.real.Client() }

func (l *litecoind) height(ctx context.Context) (uint32, error) { return l.real.Height(ctx) }

// raw is the call that hands over a transaction of the caller's.
const raw = "sendrawtransaction"

func (l *litecoind) sick(seed uint64, sending func(n uint64) (gone bool)) {
	var sent atomic.Uint64
	l.proxy.Set(func(method string, n int) faulty.Fault {
		if method == raw || method == paying {
			n := sent.Add(1)
			sending(n)
			return proxied[drawn(seed, sends, n)]
		}
		return proxied[drawn(seed, method, uint64(n))] // #nosec G115 -- counted from 1
	})
}

// together is how many transactions that spend one another's change are left to wait: nodes take 25.
const together = 15

func (l *litecoind) fund(ctx context.Context, list []payment) error {
	for len(list) > 0 {
		var some []regtest.Payment
		var rest []payment
		paid := map[string]bool{}
		for _, p := range list {
			if paid[p.address] { // one transaction pays an address once
				rest = append(rest, p)
				continue
			}
			paid[p.address] = true
			some = append(some, regtest.Payment{Address: p.address, Value: p.value})
		}
		if l.waiting == together {
			if err := l.mine(ctx, false); err != nil {
				return err
			}
		}
		if _, err := l.real.Fund(ctx, some...); err != nil {
			return fmt.Errorf("giftcode: coins of the node's own: %w", err)
		}
		l.waiting++
		list = rest
	}
	return nil
}

func (l *litecoind) mine(ctx context.Context, empty bool) error {
	if empty {
		_, err := l.real.MineOnly(ctx)
		return err
	}
	l.waiting = 0
	_, err := l.real.MineNothing(ctx, 1)
	return err
}

func (l *litecoind) reorg(ctx context.Context, depth int, empty bool) error {
	if empty {
		return l.real.ReorgEmpty(ctx, depth)
	}
	return l.real.Reorg(ctx, depth)
}

func (l *litecoind) restart(ctx context.Context) error {
	l.real.Kill()
	return l.real.Restart(ctx)
}

func (l *litecoind) close() error {
	var err error
	if l.client != nil {
		l.client.Close()
	}
	if l.proxy != nil {
		err = l.proxy.Close()
	}
	return errors.Join(err, l.real.Close())
}
