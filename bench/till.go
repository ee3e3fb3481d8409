package bench

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"os"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/chain"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/daemon"
	"portcullis/wallet"
	"portcullis/wallet/coin"
)

// What the customers of a till have. An account may have a thousand payouts under way, and a hundred addresses wait to be in its book.
const (
	tillAccounts  = 40
	tillAddresses = 25 // in each account's book
	tillFlight    = 64 // withdrawals that are asked for at one time
)

// tillAsset is the asset of a till that moves on the mint's chain, behind those of founding.
const tillAsset = instruction.Asset(3)

// Amounts of a payout: what is asked for, and what of it does not arrive.
const (
	payoutAmount = 30_000
	payoutFee    = 1_000
)

// tillHome is where its customers are.
var tillHome = netip.MustParseAddr("198.51.100.7")

// till is a venue with hot coins on a mint's chain, a signer in a process of its own, and customers who withdraw to addresses in their
// books.
type till struct {
	house
	data   string // directory
	mint   *mint
	keys   *coin.Public
	signer *tillSigner
	line   *wallet.Line
	to     []string // where payouts go, those of an account in a row
	made   int
}

// newTill has a journal on disk, an engine on it, and hot coins of a value each, which its customers own half of. Self is the program's
// own file; where it is "", the signer is in this process, behind its socket all the same.
func newTill(ctx context.Context, m *mint, self string, coins ...stack) (t *till, err error) {
	t = &till{mint: m}
	if t.data, err = os.MkdirTemp("", "portcullis-bench-*"); err != nil {
		return nil, err
	}
	t.dir = daemon.JournalDir(t.data)
	t.signer, err = newTillSigner(t.data, m.network)
	for _, step := range []func() error{
		func() error { return os.Mkdir(t.dir, 0o700) }, t.lay, t.open,
		func() error { return t.signer.start(ctx, self, t.data) },
		func() error { return t.stock(ctx, coins) },
	} {
		if err == nil {
			err = step()
		}
	}
	if err != nil {
		t.remove()
		return nil, err
	}
	return t, nil
}

func (t *till) remove() {
	if t.signer != nil {
		t.signer.stop()
	}
	t.house.remove()
	os.RemoveAll(t.data)
}

// lay writes the journal of the customers: a day passes in it, after which their addresses are in their books.
func (t *till) lay() error {
	l, err := newLayer(t.dir)
	if err != nil {
		return err
	}
	defer l.log.Close()
	keys, err := t.signer.seed.Account(t.mint.network)
	if err != nil {
		return err
	}
	t.keys = keys.Public()
	terms := t.mint.terms(t.keys)
	err = errors.Join(l.add(byOperator, &instruction.AddAsset{Symbol: "LTC", Scale: 8}), l.add(byOperator, &instruction.SetChain{Asset: tillAsset, Terms: terms}))
	for i := 0; i < tillAccounts && err == nil; i++ {
		err = t.customer(l, i)
	}
	for end := l.time + instruction.Day + 60*instruction.Second; l.time < end && err == nil; {
		l.time += core.MaxJump - instruction.Millisecond
		err = l.add(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	}
	return errors.Join(err, l.flush())
}

// customer adds one with an owner's key, one that withdraws, and addresses, which are nobody's.
func (t *till) customer(l *layer, i int) error {
	a := instruction.Account(i + 2) // #nosec G115 -- tillAccounts at most
	owner, key := keyOf(2*i, a), keyOf(2*i+1, a)
	owner.Mandate = instruction.Mandate{Rights: instruction.MayRead | instruction.MayOwn}
	key.Mandate = instruction.Mandate{Rights: instruction.MayRead | instruction.MayWithdraw, Networks: []netip.Prefix{netip.PrefixFrom(tillHome, 24).Masked()}}
	err := errors.Join(l.add(byOperator, &instruction.OpenAccount{}), l.add(byOperator, owner), l.add(byOperator, key))
	for n := 0; n < tillAddresses && err == nil; n++ {
		address := t.mint.stranger()
		t.to = append(t.to, address)
		err = l.add(atHome(2*i+1), &instruction.AddAddress{Account: a, Asset: tillAsset, To: instruction.Destination{Chain: "LTC", Address: address}})
	}
	return err
}

// atHome is the credential of that number.
func atHome(n int) instruction.Principal {
	return instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(n), Addr: tillHome} // #nosec G115 -- 2 * tillAccounts at most
}

// stack is some coins of a value each.
type stack struct {
	coins int
	value int64
}

// stock gives it its hot coins, and its customers a half of what they are worth: what a venue owes must be there before.
func (t *till) stock(ctx context.Context, coins []stack) error {
	if err := t.batches(1); err != nil {
		return err
	}
	_, hot, err := t.keys.Address(true, 0)
	if err != nil {
		return err
	}
	worth := int64(0)
	for _, s := range coins {
		if _, err := t.mint.pay(ctx, hot, s); err != nil {
			return err
		}
		worth += int64(s.coins) * s.value
	}
	if err := t.settle(ctx); err != nil {
		return err
	}
	for i := range tillAccounts {
		credit := &instruction.Credit{Account: instruction.Account(i + 2), Asset: tillAsset, Amount: money.Amount(worth / 2 / tillAccounts)} // #nosec G115 -- tillAccounts at most
		if _, err := t.Do(&byOperator, credit); err != nil {
			return err
		}
	}
	return nil
}

// batches has it pay so many payouts with a transaction from now on.
func (t *till) batches(n int) (err error) {
	t.line, err = wallet.NewLine(wallet.Config{
		Engine: t.Engine, Asset: tillAsset, Node: t.mint.Client(), Signer: t.signer, Log: slog.New(slog.DiscardHandler), Batch: n, Stale: true,
	})
	return err
}

// pay is how long the wallet takes until so many payouts, which are owed before, are with the node and that is on record.
func (t *till) pay(ctx context.Context, n int) (took time.Duration, err error) {
	if err := t.owe(n); err != nil {
		return 0, err
	}
	if err := t.signer.catchUp(ctx, t.Durable()); err != nil {
		return 0, err
	}
	began := time.Now()
	for busy := true; busy; {
		if busy, err = t.line.Send(ctx); err != nil {
			return 0, err
		}
	}
	took = time.Since(began)
	return took, t.show(func(s *core.State, c *chain.Chain) error {
		for _, x := range c.Spends() {
			if !x.Seen && !x.Settled {
				return fmt.Errorf("bench: the node was not heard to take transaction %d", x.ID)
			}
		}
		if left := len(s.Payable(tillAsset)); left > 0 {
			return fmt.Errorf("bench: %d payouts were not sent", left)
		}
		return nil
	})
}

// show shows the state.
func (t *till) show(f func(*core.State, *chain.Chain) error) error {
	var err error
	return errors.Join(t.Read(func(s *core.State) { err = f(s, s.Chain(tillAsset)) }), err)
}

// owe makes n payouts that are owed: accounts take turns, and so do each one's addresses.
func (t *till) owe(n int) error {
	errs := make([]error, tillFlight)
	var all sync.WaitGroup
	first := t.made
	t.made += n
	for k := range tillFlight {
		all.Go(func() {
			for i := first + k; i < first+n && errs[k] == nil; i += tillFlight {
				errs[k] = t.withdraw(i%tillAccounts, i/tillAccounts%tillAddresses)
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

func (t *till) withdraw(account, address int) error {
	p := atHome(2*account + 2)
	r, err := t.Do(&p, &instruction.Withdraw{
		Asset: tillAsset, Amount: payoutAmount, To: instruction.Destination{Chain: "LTC", Address: t.to[account*tillAddresses+address]},
	})
	if err != nil {
		return err
	}
	var ev instruction.Events
	if why := r.Refused(&ev); why != 0 || r.Verdict.Decision != instruction.Allow {
		return fmt.Errorf("bench: a withdrawal: %v, %v", r.Verdict.Reason(), why)
	}
	return nil
}

// settle has the wallet look at the chain, until all that it has is booked.
func (t *till) settle(ctx context.Context) error {
	if _, err := t.line.Scan(ctx); err != nil {
		return err
	}
	for ctx.Err() == nil {
		left := 0
		err := t.show(func(s *core.State, c *chain.Chain) error {
			left = len(c.Waiting())
			for i := range tillAccounts {
				left += len(s.Payouts(instruction.Account(i + 2))) // #nosec G115 -- tillAccounts at most
			}
			return nil
		})
		if err != nil || left == 0 {
			return err
		}
		time.Sleep(time.Millisecond) // the engine ticks meanwhile
	}
	return ctx.Err()
}
