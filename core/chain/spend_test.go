package chain

import (
	"testing"

	"portcullis/core/instruction"
)

// TestFamily: a coin is one family's, and all of a family take its anchor.
func TestFamily(t *testing.T) {
	l, o := rich(t, 500, 400, 300)
	l.free(o[0], o[1], o[2])
	l.plan(100, 0, o[0], o[1])
	l.free(o[2])
	for what, e := range map[string]*instruction.SpendPlanned{
		"a coin of another family":               l.planned(100, 0, o[2], o[1]),
		"the anchor of another family":           l.planned(100, 0, o[0]),
		"another anchor":                         l.planned(100, 1, o[1], o[0]),
		"the anchor is not the first":            l.planned(100, 1, o[2], o[0]),
		"what it replaces is not there":          l.planned(100, 9, o[0]),
		"no coins":                               l.planned(100, 0),
		"a coin that is not there":               l.planned(100, 0, instruction.Outpoint{Index: 7}),
		"a number that was given":                func() *instruction.SpendPlanned { e := l.planned(100, 0, o[2]); e.ID = 1; return e }(),
		"more goes out than comes in":            func() *instruction.SpendPlanned { e := l.planned(100, 0, o[2]); e.Change++; return e }(),
		"less than nothing is left":              func() *instruction.SpendPlanned { e := l.planned(100, 0, o[2]); e.Change, e.Fee = -1, 201; return e }(),
		"less than nothing is paid for the rest": func() *instruction.SpendPlanned { e := l.planned(100, 0, o[2]); e.Change, e.Fee = 201, -1; return e }(),
	} {
		before := written(t, l.c)
		l.refused(what, l.c.Plan(e, 100), before)
	}
	l.plan(100, 1, o[0], o[2]) // without the second coin, and with a free one
	l.free()
	if l.c.Coin(o[1]).By != 1 || l.c.Coin(o[2]).By != 2 || l.c.Coin(o[0]).By != 2 {
		t.Errorf("the coins are kept for %d, %d and %d", l.c.Coin(o[0]).By, l.c.Coin(o[1]).By, l.c.Coin(o[2]).By)
	}
	l.plan(100, 1, o[0], o[1], o[2]) // any of the family may take what any of it takes
	if f := l.c.Family(o[0]); len(f) != 3 || Held(f) != f[2].Fee || f[2].Fee != 10 {
		t.Errorf("the family is %v", f)
	}
}

// TestFamilyIsBounded: at some point no more can be planned in a spend's stead.
func TestFamilyIsBounded(t *testing.T) {
	l, o := rich(t, 5000)
	l.plan(100, 0, o[0])
	for i := range MaxFamily - 1 {
		l.plan(100, instruction.SpendID(i+1), o[0])
	}
	before := written(t, l.c)
	l.refused("one more", l.c.Plan(l.planned(100, 1, o[0]), 100), before)
	if l.c.Replaceable(l.c.Spend(1)) {
		t.Error("it is said to be replaceable")
	}
}

// TestSettle: one of a family stays, the others are over, and what only they took is free again.
func TestSettle(t *testing.T) {
	for _, winner := range []instruction.SpendID{1, 2} {
		l, o := rich(t, 500, 400, 300)
		l.plan(100, 0, o[0], o[1])
		l.sign(1)
		l.see(1)
		l.plan(150, 1, o[0], o[2])
		l.sign(2)
		l.sums(1200, 0)
		l.block(l.takes(winner)...)
		s := l.c.Spend(winner)
		if s.Height != 13 || l.c.Deep() != nil {
			t.Fatalf("it is at %d", s.Height)
		}
		l.sums(1200-s.Paid-s.Fee, s.Paid+s.Fee)
		before := written(t, l.c)
		l.refused("before it is deep", l.c.Settle(&instruction.SpendSettled{Spend: winner, Height: 13}), before)
		l.blocks(2)
		before = written(t, l.c)
		l.refused("the other", l.c.Settle(&instruction.SpendSettled{Spend: 3 - winner, Height: 13}), before)
		l.refused("another height", l.c.Settle(&instruction.SpendSettled{Spend: winner, Height: 14}), before)
		s = l.settle()
		l.sums(1200-s.Paid-s.Fee, 0)
		two := []instruction.Outpoint{s.change(), o[2]} // what is left of it, and what the other one took
		if winner == 2 {
			two = []instruction.Outpoint{s.change(), o[1]}
		}
		l.free(two...)
		if l.c.Spend(3-winner) != nil || l.c.Replaceable(s) || len(l.c.Spends()) != 1 {
			t.Errorf("after spend %d was settled there are %d", winner, len(l.c.Spends()))
		}
		for _, o := range s.Inputs {
			if x := l.c.Coin(o); x.By != winner || x.Taker != s.Tx {
				t.Errorf("a coin of spend %d is kept for %d", winner, x.By)
			}
		}
		// What was settled in a block that goes is off the books all the same: what the coins show again will go.
		l.rewind(12)
		l.sums(1200, -s.Paid-s.Fee)
		l.free(two...)
		l.block(l.takes(winner)...)
		l.sums(1200-s.Paid-s.Fee, 0)
		if l.c.Deep() != nil {
			t.Error("it is to be settled again")
		}
	}
}

// TestChange: what is left of a spend may be taken before a block has it where nothing else can be mined in its stead, and where
// something may, once a block has it.
func TestChange(t *testing.T) {
	l, o := rich(t, 500)
	l.plan(100, 0, o[0])
	l.free()
	before := written(t, l.c)
	l.refused("seen before it is signed", l.c.See(&instruction.SpendSeen{Spend: 1}), before)
	s := l.sign(1)
	rest := s.change()
	l.free()
	s = l.see(1)
	l.free(rest)
	before = written(t, l.c)
	l.refused("seen twice", l.c.See(&instruction.SpendSeen{Spend: 1}), before)
	before = written(t, l.c)
	l.refused("in its stead, with what would be left of it", l.c.Plan(l.planned(100, 1, o[0], rest), 100), before)
	if x := l.c.Coin(rest); x.Height != 0 || !x.Change || x.Account != hot || x.Amount != 395 || l.c.Rest(s) != x {
		t.Errorf("what is left is %+v", x)
	}
	l.sums(500, 0) // what no block has is not counted

	l.plan(120, 1, o[0]) // another one may be mined
	l.free()
	if l.c.Coin(rest) != nil || l.c.Spend(1).Seen {
		t.Error("what is left of the first is there still")
	}
	l.sign(2)
	l.see(2)
	l.see(1)
	if l.c.Spend(2).Seen {
		t.Error("nodes have two of a family")
	}
	l.free()
	l.block(l.takes(1)...)
	l.free(rest)
	l.rewind(12)
	l.free()
	if l.c.Coin(rest) != nil {
		t.Error("what is left of one of two is there in no block")
	}
}

// TestChangeTaken: a spend whose change is taken is not replaced, and a block that goes leaves the change to who takes it.
func TestChangeTaken(t *testing.T) {
	l, o := rich(t, 500)
	l.plan(100, 0, o[0])
	l.sign(1)
	rest := l.see(1).change()
	l.plan(0, 0, rest)
	l.sign(2)
	l.see(2)
	if l.c.Replaceable(l.c.Spend(1)) {
		t.Error("it is said to be replaceable")
	}
	before := written(t, l.c)
	l.refused("in its stead", l.c.Plan(l.planned(100, 1, o[0]), 100), before)
	l.block(append(l.takes(1), l.takes(2)...)...)
	l.rewind(12)
	if x := l.c.Coin(rest); x == nil || x.By != 2 || !x.Change || x.Height != 0 {
		t.Errorf("what is left is %+v", x)
	}
	last := l.c.Spend(2).change()
	l.free(last)
	l.plan(0, 2, rest) // that one can be replaced: nothing takes what is left of it
	l.free()
}

// TestStranger: a transaction that is not on record takes an anchor. Once that lies deep the family is over, and its other coins are free.
func TestStranger(t *testing.T) {
	l, o := rich(t, 500, 400, 300)
	l.plan(100, 0, o[0], o[1])
	l.sign(1)
	l.plan(100, 1, o[0], o[2])
	thief := l.tx()
	l.block(instruction.Spent{Coin: o[0], By: thief})
	l.sums(700, 0)
	if !l.c.Broken(l.c.Spend(1)) || !l.c.Broken(l.c.Spend(2)) {
		t.Error("they are said to be sound")
	}
	if s, _ := l.c.Robbed(); s != nil {
		t.Fatal("it is over before it is deep")
	}
	l.blocks(2)
	l.rewind(12)
	l.blocks(3)
	if s, _ := l.c.Robbed(); s != nil || l.c.Broken(l.c.Spend(1)) {
		t.Fatal("it is robbed by a block that has gone")
	}
	l.rewind(12)
	l.block(instruction.Spent{Coin: o[0], By: thief})
	l.blocks(2)
	before := written(t, l.c)
	l.refused("another", l.c.Die(&instruction.SpendDied{Spend: 2, By: thief}), before)
	l.refused("by nobody", l.c.Die(&instruction.SpendDied{Spend: 1}), before)
	l.die(1, thief)
	l.free(o[1], o[2])
	if len(l.c.Spends()) != 0 || l.c.Family(o[0]) != nil {
		t.Error("it is there still")
	}
	l.refused("again", l.c.Die(&instruction.SpendDied{Spend: 1, By: thief}), written(t, l.c))
}

// TestStrangerElsewhere: where a stranger takes another coin than the anchor, another of the family can be mined.
func TestStrangerElsewhere(t *testing.T) {
	l, o := rich(t, 500, 400)
	l.plan(100, 0, o[0], o[1])
	l.sign(1)
	l.block(instruction.Spent{Coin: o[1], By: l.tx()})
	l.blocks(200)
	if s, _ := l.c.Robbed(); s != nil || !l.c.Broken(l.c.Spend(1)) {
		t.Fatal("the family is over")
	}
	before := written(t, l.c)
	l.refused("with what has gone", l.c.Plan(l.planned(100, 1, o[0], o[1]), 100), before)
	l.plan(100, 1, o[0])
	l.sign(2)
	l.block(l.takes(2)...)
	l.blocks(2)
	l.settle()
	l.blocks(110)
	if len(l.c.all) != 1 || l.c.Coin(o[1]) != nil {
		t.Errorf("%d coins are known", len(l.c.all))
	}
}

// TestDeadParent: with a spend all that takes what was left of it is over, be it the anchor or another coin.
func TestDeadParent(t *testing.T) {
	l, o := rich(t, 500, 400)
	l.plan(100, 0, o[0])
	l.sign(1)
	rest := l.see(1).change()
	l.plan(50, 0, rest) // its anchor is the change
	l.sign(2)
	thief := l.tx()
	l.block(instruction.Spent{Coin: o[0], By: thief})
	l.blocks(2)
	l.die(1, thief)
	if x := l.c.Coin(rest); x == nil || !x.Void || !l.c.Broken(l.c.Spend(2)) {
		t.Errorf("what is left of it is %+v", x)
	}
	l.die(2, instruction.TxID{})
	if l.c.Coin(rest) != nil {
		t.Error("what is left of it is known still")
	}
	l.free(o[1])

	l, o = rich(t, 500, 400)
	l.plan(100, 0, o[0])
	l.sign(1)
	rest = l.see(1).change()
	l.plan(50, 0, o[1], rest) // its anchor is another coin
	l.sign(2)
	thief = l.tx()
	l.block(instruction.Spent{Coin: o[0], By: thief})
	l.blocks(2)
	l.die(1, thief)
	if s, _ := l.c.Robbed(); s != nil || !l.c.Broken(l.c.Spend(2)) {
		t.Fatal("it is over, and could be replaced")
	}
	before := written(t, l.c)
	l.refused("with what never will be", l.c.Plan(l.planned(50, 2, o[1], rest), 50), before)
	l.plan(50, 2, o[1])
	l.sign(3)
	l.block(l.takes(3)...)
	l.blocks(2)
	l.settle()
	if l.c.Coin(rest) != nil {
		t.Error("what is left of it is known still")
	}
}

// TestRobbedAfterSettling: a reorg deeper than what settles, and then a stranger in its stead: what it will pay it never will.
func TestRobbedAfterSettling(t *testing.T) {
	l, o := rich(t, 500)
	l.plan(100, 0, o[0])
	l.sign(1)
	l.block(l.takes(1)...)
	l.blocks(2)
	l.settle()
	l.rewind(12)
	l.sums(500, -105)
	thief := l.tx()
	l.block(instruction.Spent{Coin: o[0], By: thief})
	l.sums(0, -105)
	l.blocks(2)
	l.die(1, thief)
	l.sums(0, 0)
}

// TestSignedLate: the record of a signature was lost, and a block has the transaction. Signing gives the same one again.
func TestSignedLate(t *testing.T) {
	for _, credited := range []bool{false, true} {
		l, o := rich(t, 500, 400)
		l.plan(100, 0, o[0], o[1])
		id := l.tx()
		rest := instruction.Outpoint{Tx: id, Index: 1}
		moves := []any{instruction.Spent{Coin: o[0], By: id}, instruction.Spent{Coin: o[1], By: id}, instruction.Received{Coin: rest, Amount: 795, Account: hot}}
		l.block(moves...)
		if credited {
			l.block()
			l.credit()
			l.sums(795, 0)
		}
		l.must(l.c.Sign(&instruction.SpendSigned{Spend: 1, Tx: id, Raw: []byte{1}}))
		if s := l.c.Spend(1); s.Height != 13 || l.c.Rest(s) == nil || !l.c.Rest(s).Change {
			t.Fatalf("it is at %d, and leaves %+v", s.Height, l.c.Rest(s))
		}
		l.sums(795, 105)
		l.free(rest)
		if (l.c.Lost() != nil) != credited || len(l.c.Waiting()) != 0 {
			t.Errorf("credited %v: to be taken back: %v", credited, l.c.Lost())
		}
		if credited {
			l.must(l.c.Undo(&instruction.DepositUndone{Coin: rest, Account: hot, Taken: 795}, hot))
		}
		l.sums(795, 105)
		l.free(rest)
		for l.c.Deep() == nil {
			l.block()
		}
		l.settle()
		l.sums(795, 0)
	}
	l, o := rich(t, 500, 400)
	l.plan(100, 0, o[0])
	id := l.tx()
	l.block(instruction.Spent{Coin: o[0], By: id}, instruction.Received{Coin: instruction.Outpoint{Tx: id, Index: 1}, Amount: 394, Account: hot})
	before := written(t, l.c)
	l.refused("what is left is not what was planned", l.c.Sign(&instruction.SpendSigned{Spend: 1, Tx: id, Raw: []byte{1}}), before)
	l.refused("nothing signed", l.c.Sign(&instruction.SpendSigned{Spend: 1, Tx: l.tx()}), before)
	l.refused("no transaction", l.c.Sign(&instruction.SpendSigned{Spend: 1, Raw: []byte{1}}), before)
	l.refused("no spend", l.c.Sign(&instruction.SpendSigned{Spend: 2, Tx: l.tx(), Raw: []byte{1}}), before)
	l.sign(1)
	l.plan(1, 0, o[1])
	before = written(t, l.c)
	l.refused("again", l.c.Sign(&instruction.SpendSigned{Spend: 1, Tx: l.tx(), Raw: []byte{1}}), before)
	l.refused("with another's transaction", l.c.Sign(&instruction.SpendSigned{Spend: 2, Tx: l.c.Spend(1).Tx, Raw: []byte{1}}), before)
}

// TestBury: what lies deep is forgotten, but for what is not done with.
func TestBury(t *testing.T) {
	l, o := rich(t, 500, 400, 300)
	l.plan(100, 0, o[0])
	l.plan(100, 0, o[1])
	l.sign(1)
	l.sign(2)
	l.block(append(l.takes(1), l.takes(2)...)...)
	late := l.gets(ann, 77)
	l.block(late)
	l.at(l.tip()+5000, instruction.Spent{Coin: late.Coin, By: l.tx()}) // blocks with nothing in them are passed over
	l.at(l.tip() + 5000)
	if len(l.c.Spends()) != 2 || l.c.Coin(o[0]) == nil || l.c.Coin(o[1]) == nil {
		t.Fatal("spends that are mined and not settled are forgotten")
	}
	if s, _ := l.c.Robbed(); s != nil {
		t.Fatalf("spend %d is mined, and said to be over", s.ID)
	}
	if x := l.c.Ripe(); x == nil || x.Coin != late.Coin {
		t.Fatal("a deposit that is taken and not credited is forgotten")
	}
	l.settle()
	l.settle()
	l.credit()
	if len(l.c.Blocks()) != 2 || l.c.Coin(late.Coin) == nil {
		t.Fatalf("there are %d blocks", len(l.c.Blocks()))
	}
	l.at(l.tip() + 200)
	l.block()
	if len(l.c.Spends()) != 0 || l.c.Coin(o[0]) != nil || l.c.Coin(o[1]) != nil || l.c.Coin(late.Coin) != nil || len(l.c.all) != 3 {
		t.Errorf("%d spends and %d coins are known", len(l.c.Spends()), len(l.c.all))
	}
	l.sums(395+295+300, 0)
}
