package giftcode

import (
	"context"
	"math/rand/v2"
	"net/netip"
	"sync"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// answer is what came of a claim, as who made it was told.
type answer uint8

const (
	unanswered answer = iota
	taken             // the code was good, and the payout is owed
	known             // claimed before for the same address: the payout of then
	turned            // unknown, or claimed for another address: no word which
	denied            // too many claims from there
	answers
)

// claim is one request.
type claim struct {
	code, variant int
	from          netip.Addr
}

// attack is what the attackers have done and seen.
type attack struct {
	*plan
	to   [][variants]string
	good []bool // by code: somebody was told that it is paid
	used []bool // by code: somebody brought it
	rng  *rand.Rand
	seen [answers]int
	made int
}

func newAttack(p *plan, to [][variants]string) *attack {
	return &attack{plan: p, to: to, good: make([]bool, len(p.codes)), used: make([]bool, len(p.codes)), rng: rand.New(rand.NewPCG(p.seed, 1))} // #nosec G404 -- drawn from a seed
}

// next are the claims of a burst: at first each code several times at once; after that those that were never answered well, and others
// again, for the same address or another.
func (a *attack) next(b *burst) []claim {
	var list []claim
	add := func(code int) {
		list = append(list, claim{code, a.rng.IntN(variants), b.networks[len(list)%len(b.networks)]})
	}
	for i := range a.codes {
		for range atOnce {
			if !a.good[i] && len(list) < b.claims {
				add(i)
			}
		}
	}
	for len(list) < b.claims {
		add(a.rng.IntN(len(a.codes)))
	}
	return list
}

// brought is what the codes are worth that were ever claimed, each once.
func (a *attack) brought() (sum money.Amount) {
	for i, used := range a.used {
		if used {
			sum += a.codes[i].amount
		}
	}
	return sum
}

// burst has all claims made, so many at once, and is what they were told.
func (a *attack) burst(ctx context.Context, hands int, list []claim, ask func(context.Context, *claim) (answer, error)) (seen [answers]int, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	next := 0
	take := func() *claim {
		mu.Lock()
		defer mu.Unlock()
		if next == len(list) {
			return nil
		}
		next++
		return &list[next-1]
	}
	var all sync.WaitGroup
	for range hands {
		all.Go(func() {
			for c := take(); c != nil && ctx.Err() == nil; c = take() {
				x, err := ask(ctx, c)
				if err != nil {
					cancel(err)
					return
				}
				mu.Lock()
				seen[x]++
				a.used[c.code] = true
				a.good[c.code] = a.good[c.code] || x == taken || x == known
				mu.Unlock()
			}
		})
	}
	all.Wait()
	for x, n := range seen {
		a.seen[x] += n
		a.made += n
	}
	if err := context.Cause(ctx); err != nil {
		return seen, err
	}
	return seen, nil
}

// claimed makes a claim at the venue, without any login.
func (v *venue) claimed(_ context.Context, c *code, to string, from netip.Addr) (answer, error) {
	p := instruction.Principal{Giver: instruction.ByBearer, Addr: from}
	r, err := v.engine.Do(&p, &instruction.ClaimCode{Hash: c.hash(), To: instruction.Destination{Chain: symbol, Address: to}})
	if err != nil {
		return unanswered, err
	}
	if r.Verdict.Decision != instruction.Allow {
		return denied, nil
	}
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		switch e.(type) {
		case *instruction.CodeClaimed:
			return taken, nil
		case *instruction.CodeKnown:
			return known, nil
		}
	}
	return turned, ev.Err()
}
