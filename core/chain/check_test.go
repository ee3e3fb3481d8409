package chain

import (
	"slices"
	"testing"

	"portcullis/core/instruction"
)

// full is a chain that has some of everything: blocks, deposits that wait, are credited and lost, debts, families of which one is
// mined, one settled, one robbed and one orphaned, and coins of all sorts.
func full(t testing.TB) *line {
	l, o := rich(t, 1000, 900, 800, 700, 600, 500)
	l.must(l.c.Issue(&instruction.AddressIssued{Account: ann, Address: "a"}))
	l.must(l.c.Issue(&instruction.AddressIssued{Account: bob, Address: "b"}))
	for i, coin := range o[:4] {
		l.plan(100, 0, coin)
		l.sign(instruction.SpendID(i + 1))
		l.see(instruction.SpendID(i + 1))
	}
	rest := l.c.Spend(3).change()
	l.plan(50, 0, rest) // an orphan to be
	l.sign(5)
	l.block(append(l.takes(1), l.gets(ann, 70))...)
	l.blocks(2)
	l.settle()
	thief := l.tx()
	l.block(append(l.takes(2), instruction.Spent{Coin: o[2], By: thief}, l.gets(bob, 80))...)
	l.blocks(2)
	l.settle()
	l.die(3, thief)
	l.block(append(l.takes(4), instruction.Spent{Coin: o[4], By: l.tx()})...)
	l.plan(100, 0, o[5])
	l.plan(100, 6, o[5])
	l.sign(7)
	d := l.gets(ann, 60)
	l.block(d)
	l.block()
	l.credit()
	l.rewind(l.tip() - 2)
	e := l.gets(bob, 55)
	l.block(e)
	l.block()
	l.credit()
	x := l.c.Lost()
	l.must(l.c.Undo(&instruction.DepositUndone{Coin: x.Coin, Account: ann, Taken: 10, Owed: 50}, ann))
	l.rewind(l.tip() - 2)
	l.block(l.gets(bob, 44))
	l.at(l.tip()+1, l.gets(ann, 33), false)
	c := l.c
	if c.waiting.len() == 0 || c.lost.len() == 0 || c.free.len() == 0 || c.young.len() == 0 || c.taken.len() == 0 || c.void.len() == 0 || c.mined.len() == 0 ||
		len(c.debtors) == 0 || !c.part || len(c.issued) == 0 {
		t.Fatalf("%d wait, %d are lost, %d free, %d young, %d taken, %d void, %d mined", c.waiting.len(), c.lost.len(), c.free.len(), c.young.len(), c.taken.len(), c.void.len(), c.mined.len())
	}
	return l
}

// TestCheck is red when anything that is derived is bent.
func TestCheck(t *testing.T) {
	if err := full(t).c.Check(); err != nil {
		t.Fatal(err)
	}
	coin := func(c *Chain, is func(*Coin) bool) *Coin {
		i := slices.IndexFunc(c.all, func(x *Coin) bool { return !x.gone && is(x) })
		if i < 0 {
			t.Fatal("there is no such coin")
		}
		return c.all[i]
	}
	spend := func(c *Chain, is func(*Spend) bool) *Spend {
		i := slices.IndexFunc(c.spends, is)
		if i < 0 {
			t.Fatal("there is no such spend")
		}
		return c.spends[i]
	}
	without := func(l *sorted[Coin]) { l.remove(l.first()) }
	for what, bend := range map[string]func(*Chain){
		"confirmed":              func(c *Chain) { c.sums.Confirmed++ },
		"in flight":              func(c *Chain) { c.sums.InFlight-- },
		"young":                  func(c *Chain) { without(&c.young) },
		"taken":                  func(c *Chain) { without(&c.taken) },
		"waiting":                func(c *Chain) { without(&c.waiting) },
		"lost":                   func(c *Chain) { without(&c.lost) },
		"free":                   func(c *Chain) { without(&c.free) },
		"void":                   func(c *Chain) { without(&c.void) },
		"mined":                  func(c *Chain) { c.mined.remove(c.mined.first()) },
		"one more is young":      func(c *Chain) { c.young.add(coin(c, func(x *Coin) bool { return x.Height == 0 })) },
		"one more is taken":      func(c *Chain) { c.taken.add(c.free.first()) },
		"one more waits":         func(c *Chain) { c.waiting.add(c.free.first()) },
		"one more is lost":       func(c *Chain) { c.lost.add(c.free.first()) },
		"one more is free":       func(c *Chain) { c.free.add(c.taken.first()) },
		"one more is void":       func(c *Chain) { c.void.add(c.free.first()) },
		"one more is strange":    func(c *Chain) { c.strange.add(c.free.first()) },
		"one more is mined":      func(c *Chain) { c.mined.add(spend(c, func(s *Spend) bool { return s.Height == 0 })) },
		"out of order":           func(c *Chain) { slices.Reverse(c.free.parts[0]) },
		"a list's length":        func(c *Chain) { c.lost.n++ },
		"a coin's name":          func(c *Chain) { delete(c.coins, c.free.first().Coin) },
		"another's name":         func(c *Chain) { c.coins[c.free.first().Coin] = c.taken.first() },
		"a name too many":        func(c *Chain) { c.coins[instruction.Outpoint{Index: 9}] = c.free.first() },
		"gone":                   func(c *Chain) { c.gone++ },
		"a coin's spend":         func(c *Chain) { coin(c, func(x *Coin) bool { return x.By == 7 }).By = 4 },
		"a coin's dead spend":    func(c *Chain) { coin(c, func(x *Coin) bool { return x.By == 7 }).By = 99 },
		"a coin above the tip":   func(c *Chain) { c.free.first().Height = 999 },
		"taken above the tip":    func(c *Chain) { c.taken.first().TakenAt = 999 },
		"taken before it came":   func(c *Chain) { c.taken.first().TakenAt = c.taken.first().Height - 1 },
		"taken by nobody":        func(c *Chain) { c.taken.first().Taker = instruction.TxID{} },
		"taken in no block":      func(c *Chain) { c.free.first().Taker = instruction.TxID{1} },
		"void, and there":        func(c *Chain) { c.free.first().Void = true },
		"of no use":              func(c *Chain) { c.waiting.first().Height = 0 },
		"change of nothing":      func(c *Chain) { x := c.lost.first(); x.Change = true },
		"an amount":              func(c *Chain) { c.taken.first().Amount++ },
		"a transaction":          func(c *Chain) { delete(c.txs, spend(c, func(s *Spend) bool { return s.ID == 7 }).Tx) },
		"a transaction too many": func(c *Chain) { c.txs[instruction.TxID{9}] = c.spends[0] },
		"a family": func(c *Chain) {
			s := spend(c, func(s *Spend) bool { return s.ID == 7 })
			delete(c.families, s.Anchor())
		},
		"a family's first": func(c *Chain) {
			s := spend(c, func(s *Spend) bool { return s.ID == 7 })
			c.families[s.Anchor()] = c.families[s.Anchor()][1:]
		},
		"one too many in it": func(c *Chain) {
			s := spend(c, func(s *Spend) bool { return s.ID == 7 })
			c.families[s.Anchor()] = append(c.families[s.Anchor()], s)
		},
		"settled among others": func(c *Chain) { spend(c, func(s *Spend) bool { return s.ID == 7 }).Settled = true },
		"a spend's height":     func(c *Chain) { c.mined.first().Height-- },
		"a spend in no block":  func(c *Chain) { spend(c, func(s *Spend) bool { return s.ID == 7 }).Height = 5 },
		"a spend's fee":        func(c *Chain) { c.spends[0].Fee++ },
		"less than nothing":    func(c *Chain) { s := c.spends[0]; s.Paid, s.Fee = s.Paid+2*s.Fee, -s.Fee },
		"a spend twice":        func(c *Chain) { c.spends = append(c.spends, c.spends[0]) },
		"the last number":      func(c *Chain) { c.last = 3 },
		"a spend's coin": func(c *Chain) {
			s := spend(c, func(s *Spend) bool { return s.ID == 7 })
			s.Inputs = append(slices.Clone(s.Inputs), c.free.first().Coin)
		},
		"a spend's coin twice":    func(c *Chain) { s := c.spends[0]; s.Inputs = append(slices.Clone(s.Inputs), s.Inputs[0]) },
		"blocks":                  func(c *Chain) { slices.Reverse(c.blocks) },
		"no block":                func(c *Chain) { c.blocks[0].Height = 0 },
		"a part of none":          func(c *Chain) { *c = *New(&c.Terms); c.part = true },
		"a debt":                  func(c *Chain) { c.debts[ann] = 0 },
		"a debt of nobody":        func(c *Chain) { c.debts[bob] = 1 },
		"debtors":                 func(c *Chain) { c.debtors = append(c.debtors, c.debtors[0]) },
		"an address":              func(c *Chain) { c.addresses[ann] = "z" },
		"an owner":                func(c *Chain) { c.owners["a"] = bob },
		"an owner too many":       func(c *Chain) { c.owners["z"] = bob },
		"an address that was not": func(c *Chain) { c.addresses[9] = "z" },
	} {
		l := full(t)
		if bend(l.c); l.c.Check() == nil {
			t.Errorf("%s: nothing was said", what)
		}
	}
	// What is strange is not in full, whose thief has settled.
	l, o := rich(t, 500)
	l.plan(100, 0, o[0])
	l.block(instruction.Spent{Coin: o[0], By: l.tx()})
	if without(&l.c.strange); l.c.Check() == nil {
		t.Error("strange: nothing was said")
	}
}
