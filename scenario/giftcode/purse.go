package giftcode

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"portcullis/core/money"
)

// purse is a node's own wallet, as the site of that summer used it. It may be used from several goroutines.
type purse interface {
	// pay has the node pay. An error says that the client has given up, or was told of a failure, whatever the node did.
	pay(ctx context.Context, to payment) error
	// balance is what the node says that it has. An error says that this is not known.
	balance(ctx context.Context) (money.Amount, error)
	rest(ctx context.Context) error // returns once nothing is under way any more
	clients() int                   // that pay at once
	about() string                  // what there is to tell of it
}

// daemonPurse is the wallet of a litecoind.
type daemonPurse struct {
	*litecoind
	dust int
	took time.Duration // by the last payment that the attacker looked at
}

// A daemon's wallet has coins of a usable size, each worth several payments, and is sent dust until a payment takes as long as the
// attackers want, which they see by payments to themselves. They could go on: at 500 a payment takes a second, and a replay an hour.
const (
	usable  = 30
	each    = 12e8
	handful = 10
	slow    = 50 * time.Millisecond
	looked  = 3
)

func (l *litecoind) purse(ctx context.Context, _ uint64, dust int) (purse, error) {
	d := &daemonPurse{litecoind: l}
	if _, err := l.real.Fund(ctx); err != nil { // makes the wallet
		return nil, err
	}
	if err := d.give(ctx, usable, each); err != nil {
		return nil, err
	}
	for d.dust < dust && d.took < slow {
		if err := d.give(ctx, handful, minDeposit); err != nil {
			return nil, err
		}
		d.dust += handful
		if err := d.time(ctx); err != nil {
			return nil, err
		}
	}
	return d, nil
}

// give has the wallet have so many coins more of a value.
func (d *daemonPurse) give(ctx context.Context, n int, value int64) error {
	var list []payment
	for range n {
		address, err := d.address(ctx)
		if err != nil {
			return err
		}
		list = append(list, payment{address, value})
	}
	if err := d.fund(ctx, list); err != nil {
		return err
	}
	return d.mine(ctx, false)
}

// address is another one of the wallet's own.
func (d *daemonPurse) address(ctx context.Context) (address string, err error) {
	return address, d.real.Client().Call(ctx, "getnewaddress", &address)
}

// time looks how long the daemon takes for a payment, when nothing else keeps it.
func (d *daemonPurse) time(ctx context.Context) error {
	d.took = time.Hour
	for range looked {
		address, err := d.address(ctx)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := d.real.Client().Call(ctx, paying, nil, map[string]string{address: money.Amount(each / 10).Text(coinScale)}); err != nil {
			return err
		}
		d.took = min(d.took, time.Since(began))
	}
	return nil
}

func (d *daemonPurse) pay(ctx context.Context, p payment) error {
	return d.client.Call(ctx, paying, nil, map[string]string{p.address: money.Amount(p.value).Text(coinScale)})
}

func (d *daemonPurse) balance(ctx context.Context) (money.Amount, error) {
	var all struct {
		Mine struct {
			Trusted json.Number `json:"trusted"`
		} `json:"mine"`
	}
	if err := d.client.Call(ctx, "getbalances", &all); err != nil {
		return 0, err
	}
	return money.Parse(all.Mine.Trusted.String(), coinScale)
}

func (d *daemonPurse) rest(ctx context.Context) error {
	for d.proxy.Underway(paying) > 0 {
		if pause(ctx); ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

func (d *daemonPurse) clients() int { return 8 }

func (d *daemonPurse) about() string {
	return fmt.Sprintf("%d tiny amounts in the daemon's wallet, with which it takes %d ms for a payment", d.dust, d.took.Milliseconds())
}

// demoPurse is the treasury of a demo chain. It is never slow; what goes wrong is drawn.
type demoPurse struct {
	*demoGround
	seed uint64

	mu   sync.Mutex
	pays uint64
	asks uint64
}

func (d *demoGround) purse(_ context.Context, seed uint64, _ int) (purse, error) {
	return &demoPurse{demoGround: d, seed: seed}, nil
}

// fate is what becomes of the next call of a kind.
func (d *demoPurse) fate(what string, n *uint64) (fault, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	*n++
	f := drawn(d.seed, what, *n)
	if f == none {
		return f, nil
	}
	return f, fmt.Errorf("giftcode: the node: %v", demo[f])
}

func (d *demoPurse) pay(_ context.Context, p payment) error {
	f, failed := d.fate(sends, &d.pays)
	if f.done() {
		if _, err := d.chain.Pay(p.address, p.value); err != nil {
			return err
		}
	}
	return failed
}

func (d *demoPurse) balance(context.Context) (money.Amount, error) {
	if _, failed := d.fate("balance", &d.asks); failed != nil {
		return 0, failed
	}
	return money.Amount(d.chain.Treasury()), nil
}

func (d *demoPurse) rest(context.Context) error { return nil }
func (d *demoPurse) clients() int               { return 1 }

func (d *demoPurse) about() string {
	return "a demo chain's treasury is never slow; which payments it is silent about comes from the seed"
}
