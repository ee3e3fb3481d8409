package giftcode

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"portcullis/core/chain"
	"portcullis/core/money"
)

// The site of that summer: a row for each code, guarded by a transaction of its database, and a daemon that pays from a wallet of its
// own. What happened is all here: a call that is not answered in time is taken for one that failed, the row is as it was before, and the
// next claim pays again.

// paying is the call with which a daemon pays by itself.
const paying = "send"

// timeout is how long the site waits for the daemon.
const timeout = 200 * time.Millisecond

// row is a gift code in the site's database. Who has the mutex has the row in a transaction.
type row struct {
	mu   sync.Mutex
	paid bool
}

// site is the site of that summer.
type site struct {
	*replay
	ground ground
	purse  purse
	attack *attack
	rows   []row
	tally  *tally

	mu   sync.Mutex
	owes money.Amount // to all customers, by its books
}

// claimed pays for a code that was not paid.
func (s *site) claimed(ctx context.Context, c *claim) (answer, error) {
	row := &s.rows[c.code]
	row.mu.Lock() // BEGIN; SELECT … FOR UPDATE
	defer row.mu.Unlock()
	if row.paid {
		return turned, nil
	}
	amount := s.plan.codes[c.code].amount
	wait, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if err := s.purse.pay(wait, payment{s.attack.to[c.code][c.variant], int64(amount)}); err != nil {
		return unanswered, ctx.Err() // ROLLBACK
	}
	row.paid = true // COMMIT
	s.mu.Lock()
	s.owes -= amount
	s.mu.Unlock()
	return taken, nil
}

// books is what the site owes its customers, as it believes.
func (s *site) books() money.Amount {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.owes
}

// ownFunds is what the site has beside what it owes: enough for what transactions cost, and less than any code is worth.
const ownFunds = 25_000_000

// naive replays that site, with a watch over it.
func (x *replay) naive(ctx context.Context) (o *Outcome, err error) {
	g, err := x.open(ctx, x.plan.seed, x.std)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	to, err := targets(g.network(), x.plan.seed, len(x.plan.codes))
	if err != nil {
		return nil, err
	}
	s := &site{replay: x, ground: g, attack: newAttack(x.plan, to), rows: make([]row, len(x.plan.codes))}
	if s.tally, err = newTally(g.network(), to); err != nil {
		return nil, err
	}
	if err := s.prepare(ctx); err != nil {
		return nil, err
	}
	o = &Outcome{Codes: len(x.plan.codes)}
	for i := range x.plan.bursts {
		stopped, err := s.burst(ctx, &x.plan.bursts[i])
		if err != nil {
			return nil, err
		}
		x.step()
		if stopped != 0 {
			return o, s.settle(ctx, o, stopped)
		}
	}
	return o, s.settle(ctx, o, 0)
}

// prepare fills the daemon's wallet, with dust too.
func (s *site) prepare(ctx context.Context) (err error) {
	s.tale.Say(fmt.Sprintf("monappy-2018, seed %d: the site as it was, on %s.", s.o.Seed, places[s.ground.name()]))
	s.tale.Phase("28 August: dust")
	s.clock.set(s.plan.when(dusting))
	if s.purse, err = s.ground.purse(ctx, s.plan.seed, s.plan.dust); err != nil {
		return err
	}
	has, known := s.has(ctx)
	for !known && ctx.Err() == nil {
		has, known = s.has(ctx)
	}
	s.owes = has - ownFunds
	s.tell("attacker: %s", s.purse.about())
	s.tell("the hot wallet has %s %s, and the site owes %s of it", Coins(has), symbol, Coins(s.owes))
	s.step()
	return ctx.Err()
}

// burst has claims come, and a block after them. It is the height of that block where the watch has stopped the site, else 0.
func (s *site) burst(ctx context.Context, b *burst) (stopped uint32, err error) {
	if s.attack.made == 0 {
		s.tale.Phase(fmt.Sprintf("29 August: the first claims; from now on %d of 100 calls that pay go wrong, and %d of all others", sickSends, sickReads))
		s.ground.sick(s.plan.seed, func(uint64) bool { return false })
	}
	s.clock.set(b.at)
	seen, err := s.attack.burst(ctx, s.purse.clients(), s.attack.next(b), s.claimed)
	if err != nil {
		return 0, err
	}
	s.tell("attacker: %d claims at once: %d paid, %d failed with an error and rolled back, %d of codes that were used", b.claims, seen[taken], seen[unanswered], seen[turned])
	if err := s.mine(ctx); err != nil {
		return 0, err
	}
	height := s.tally.next - 1
	if s.watch(ctx, height) {
		return height, nil
	}
	return 0, nil
}

// mine makes a block, and counts what it pays.
func (s *site) mine(ctx context.Context) error {
	if err := s.ground.mine(ctx, false); err != nil {
		return err
	}
	return s.tally.read(ctx, s.ground.truth())
}

// looks are how often the watch asks at one block.
const looks = 5

// watch holds what the daemon has against what the books owe, by the comparison that the venue makes at each block. What the daemon
// does not say is not known, and is never taken for nothing.
func (s *site) watch(ctx context.Context, height uint32) (short bool) {
	for range looks {
		has, known := s.has(ctx)
		if !known {
			s.tell("watch, block %d: the daemon does not say what it has. That is unknown, not nothing; it is asked again", height)
			continue
		}
		owes := s.books()
		missing := chain.Sums{Confirmed: has}.Short(owes)
		if missing <= 0 {
			s.tell("watch, block %d: the daemon has %s %s, which covers the %s that are owed", height, Coins(has), symbol, Coins(owes))
			return false
		}
		s.tell("watch, block %d: the daemon has %s %s, and the books owe %s: %s are missing. The site is stopped", height, Coins(has), symbol, Coins(owes), Coins(missing))
		return true
	}
	return false
}

func (s *site) has(ctx context.Context) (has money.Amount, known bool) {
	wait, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	has, err := s.purse.balance(wait)
	return has, err == nil
}

// settle waits for what is still under way, and counts.
func (s *site) settle(ctx context.Context, o *Outcome, stopped uint32) error {
	if err := s.purse.rest(ctx); err != nil {
		return err
	}
	for range settleDepth {
		if err := s.mine(ctx); err != nil {
			return err
		}
	}
	var paid money.Amount
	var payments int
	paid, payments, o.Double = s.tally.sum()
	o.Paid, o.Owed, o.Claims = Coins(paid), Coins(s.attack.brought()), s.attack.made
	s.tell("the chain has %d payments for %d codes: %s %s, where %s were owed", payments, o.Codes, o.Paid, symbol, o.Owed)
	if stopped != 0 {
		n := 0
		if s.tally.doubled != 0 {
			n = max(0, int(stopped)-int(s.tally.doubled))
		}
		o.ShortAt = &n
	}
	return nil
}
