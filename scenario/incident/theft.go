package incident

import (
	"math/rand/v2"
	"net/netip"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/house"
)

// stolen is a key whose secret the thief has.
type stolen struct {
	credential instruction.Credential
	customer   int
	created    instruction.Time
	deleted    instruction.Time // 0 where it lived until the theft
	from       netip.Addr       // where the thief uses it
}

// act is what a call of the thief's asks for.
type act uint8

const (
	reads act = iota
	orders
	pays
)

// call is one request of the thief's.
type call struct {
	at     instruction.Time
	key    int // of the loot
	act    act
	market int          // of an order
	qty    money.Amount // of an order or a withdrawal
	to     instruction.Destination
}

// thief is who has the keys, and the plan.
type thief struct {
	loot   []stolen
	calls  []call // in order of time
	made   int    // calls so far
	used   []bool // by key of the loot
	traded map[instruction.Account]bool
	paid   map[instruction.Account]bool
}

func (t *thief) clone() thief {
	c := *t
	c.calls, c.used = slices.Clone(t.calls), slices.Clone(t.used)
	c.traded, c.paid = make(map[instruction.Account]bool), make(map[instruction.Account]bool)
	return c
}

// shuffle gives the same calls in another order, at the same times.
func (t *thief) shuffle(r *rand.Rand) {
	at := make([]instruction.Time, len(t.calls))
	for i := range t.calls {
		at[i] = t.calls[i].at
	}
	r.Shuffle(len(t.calls), func(i, k int) { t.calls[i], t.calls[k] = t.calls[k], t.calls[i] })
	for i := range t.calls {
		t.calls[i].at = at[i]
	}
}

// has says that the thief has the key.
func (t *thief) has(c instruction.Credential) bool {
	return slices.ContainsFunc(t.loot, func(k stolen) bool { return k.credential == c })
}

// steal is the thief's call number i.
func (x *replay) steal(i int) {
	x.acting = theThief
	defer func() { x.acting = theHonest }()
	t := &x.thief
	t.made, t.used[t.calls[i].key] = i+1, true
	c := &t.calls[i]
	k := &t.loot[c.key]
	account := x.customers[k.customer].account
	var a house.Answer
	switch p := house.By(k.credential, k.from); c.act {
	case reads:
		a = x.house.Look(p)
	case orders:
		x.result.OrdersAttempted++
		if a = x.house.Send(p, x.order(c.market, instruction.Sell, instruction.IOC, x.fair.at(c.market, -500), c.qty)); a.Filled {
			x.result.OrdersExecuted++
			t.traded[account] = true
		}
	case pays:
		x.result.WithdrawalsAttempted++
		t.paid[account] = true
		a = x.house.Send(p, &instruction.Withdraw{Asset: btc, Amount: c.qty, To: c.to, Client: x.name("t")})
	}
	if a.Verdict.Decision == instruction.Deny {
		x.result.CallsDenied++
	}
	x.tellCall(i, &a)
}

// stealElse is a call of the unrelated theft: first it reads, then it withdraws.
func (x *replay) stealElse(i int) {
	x.acting = theOther
	defer func() { x.acting = theHonest }()
	p := house.By(x.other.credential, x.other.from)
	a := x.house.Look(p)
	if i > 0 {
		a = x.house.Send(p, &instruction.Withdraw{Asset: btc, Amount: 3e8, To: destination("elsewhere", 0), Client: x.name("u")})
	}
	x.tellOther(i, &a)
}
