package chain

import (
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestDeposit: it waits, is credited at its depth, is lost with its block, and comes again.
func TestDeposit(t *testing.T) {
	l := newLine(t)
	d, e := l.gets(ann, 50), l.gets(bob, 70)
	l.at(10)
	l.block(d)
	l.block(e)
	l.sums(0, 0)
	l.free()
	if w := l.c.Waiting(); len(w) != 2 || w[0].Coin != d.Coin || l.c.Ripe() == nil || l.c.Ripe().Coin != d.Coin {
		t.Fatalf("%d wait, and ripe is %v", len(w), l.c.Ripe())
	}
	before := written(t, l.c)
	good := instruction.DepositCredited{Coin: d.Coin, Account: ann, Amount: 50}
	for what, f := range map[string]func(*instruction.DepositCredited){
		"another coin":         func(x *instruction.DepositCredited) { x.Coin = e.Coin },
		"another account":      func(x *instruction.DepositCredited) { x.Account = bob },
		"another amount":       func(x *instruction.DepositCredited) { x.Amount = 51 },
		"more owed than there": func(x *instruction.DepositCredited) { x.Owed = 51 },
		"less than nothing":    func(x *instruction.DepositCredited) { x.Owed = -1 },
		"owed by nobody":       func(x *instruction.DepositCredited) { x.Owed = 1 },
	} {
		x := good
		f(&x)
		l.refused(what, l.c.Credit(&x, ann), before)
	}
	l.must(l.c.Credit(&good, ann))
	l.sums(50, 0)
	l.free(d.Coin)
	l.refused("again", l.c.Credit(&good, ann), written(t, l.c))

	l.rewind(10)
	l.sums(0, 0)
	l.free()
	if x := l.c.Lost(); x == nil || x.Coin != d.Coin || l.c.Coin(e.Coin) != nil {
		t.Fatalf("lost is %v", x)
	}
	l.block(e, d) // another block has it
	if l.c.Lost() != nil || l.c.Ripe() != nil {
		t.Fatal("it is lost, or to be credited again")
	}
	l.sums(50, 0)
	l.rewind(10)
	before = written(t, l.c)
	undone := instruction.DepositUndone{Coin: d.Coin, Account: ann, Taken: 20, Owed: 30}
	for what, f := range map[string]func(*instruction.DepositUndone){
		"another coin":             func(x *instruction.DepositUndone) { x.Coin = e.Coin },
		"another account":          func(x *instruction.DepositUndone) { x.Account = bob },
		"not all of it":            func(x *instruction.DepositUndone) { x.Owed = 29 },
		"more than all of it":      func(x *instruction.DepositUndone) { x.Taken = 21 },
		"less than nothing taken":  func(x *instruction.DepositUndone) { x.Taken, x.Owed = -1, 51 },
		"less than nothing of owe": func(x *instruction.DepositUndone) { x.Taken, x.Owed = 51, -1 },
	} {
		x := undone
		f(&x)
		l.refused(what, l.c.Undo(&x, ann), before)
	}
	l.must(l.c.Undo(&undone, ann))
	if l.c.Coin(d.Coin) != nil || l.c.Debt(ann) != 30 || l.c.Debt(bob) != 0 {
		t.Fatalf("ann owes %d", l.c.Debt(ann))
	}
	l.block(d) // it comes again, and pays its debt
	l.block()
	before = written(t, l.c)
	good.Owed = 31
	l.refused("more than is owed", l.c.Credit(&good, ann), before)
	good.Owed = 30
	l.refused("of what another owes", l.c.Credit(&good, bob), before)
	l.must(l.c.Credit(&good, ann))
	if l.c.Debt(ann) != 0 || len(l.c.debtors) != 0 {
		t.Errorf("ann owes %d", l.c.Debt(ann))
	}
	l.sums(50, 0)
}

// TestDepositOfASpend: a deposit that a spend takes is undone, and stays the spend's: should it come again, the spend may be mined.
func TestDepositOfASpend(t *testing.T) {
	l := newLine(t)
	d, e := l.gets(ann, 500), l.gets(ann, 300)
	l.at(10)
	l.block(d, e)
	l.block()
	l.credit()
	l.plan(100, 0, d.Coin, e.Coin)
	l.sign(1)
	l.rewind(10)
	for range 2 {
		x := l.c.Lost()
		l.must(l.c.Undo(&instruction.DepositUndone{Coin: x.Coin, Account: ann, Taken: x.Amount}, ann))
	}
	if x := l.c.Coin(d.Coin); x == nil || x.By != 1 || !l.c.Broken(l.c.Spend(1)) {
		t.Fatalf("the coin is %+v", x)
	}
	l.free()
	l.blocks(300) // however long it takes
	if s, _ := l.c.Robbed(); s != nil {
		t.Fatal("it is over, and can be mined still")
	}
	l.block(d)
	l.block()
	l.credit()
	l.free()
	if x := l.c.Coin(d.Coin); x.By != 1 || !l.c.Broken(l.c.Spend(1)) {
		t.Errorf("the coin is %+v", x)
	}
	l.plan(100, 1, d.Coin) // without the one that did not come again
	l.sign(2)
	l.block(l.takes(2)...)
	l.blocks(2)
	s := l.settle()
	l.free(s.change())
	if l.c.Coin(e.Coin) != nil {
		t.Error("what never came again is known still")
	}
}

// TestDebtors are kept by number, and each pays its own.
func TestDebtors(t *testing.T) {
	l := newLine(t)
	var moves []any
	for a := range instruction.Account(5) {
		moves = append(moves, l.gets(9-a, 100))
	}
	l.at(9)
	l.block(moves...)
	l.block()
	l.credit()
	l.rewind(9)
	for x := l.c.Lost(); x != nil; x = l.c.Lost() {
		l.must(l.c.Undo(&instruction.DepositUndone{Coin: x.Coin, Account: x.Account, Owed: x.Amount}, x.Account))
	}
	for a := instruction.Account(5); a <= 9; a++ {
		if l.c.Debt(a) != 100 {
			t.Errorf("account %d owes %d", a, l.c.Debt(a))
		}
	}
	l.block(instruction.Received{Coin: instruction.Outpoint{Tx: l.tx()}, Amount: 40, Account: 7})
	l.block()
	x := l.c.Ripe()
	l.refused("more than it has", l.c.Credit(&instruction.DepositCredited{Coin: x.Coin, Account: 7, Amount: 40, Owed: 41}, 7), written(t, l.c))
	l.must(l.c.Credit(&instruction.DepositCredited{Coin: x.Coin, Account: 7, Amount: 40, Owed: 40}, 7))
	if l.c.Debt(7) != 60 || len(l.c.debtors) != 5 {
		t.Errorf("account 7 owes %d", l.c.Debt(7))
	}
}

// TestTakenDeposit: what is taken before it was credited is credited all the same: whoever paid it in has paid it in.
func TestTakenDeposit(t *testing.T) {
	l := newLine(t)
	d := l.gets(ann, 50)
	l.at(10)
	l.block(d, instruction.Spent{Coin: d.Coin, By: l.tx()})
	l.block()
	l.credit()
	l.sums(0, 0)
	l.free()
	l.rewind(10)
	if x := l.c.Lost(); x == nil || x.TakenAt != 0 {
		t.Errorf("lost is %v", x)
	}
}

// TestGreatest: the greatest amounts that there are, and heights to the last.
func TestGreatest(t *testing.T) {
	l := newLine(t)
	top := ^uint32(0)
	d := l.gets(ann, money.MaxAmount)
	l.at(top-2, d)
	l.at(top - 1)
	l.credit()
	l.sums(money.MaxAmount, 0)
	l.plan(1, 0, d.Coin)
	l.sign(1)
	l.at(top, l.takes(1)...)
	if got := l.c.Confirmations(top - 2); got != 3 {
		t.Errorf("%d confirmations", got)
	}
	for _, height := range []uint32{0, 1, 5, top - 1, top} {
		if l.c.Follows(&instruction.Advance{Height: height, Hash: hashOf(height, 0), Prev: hashOf(top, 0)}) {
			t.Errorf("height %d follows height %d", height, top)
		}
	}
	for _, n := range []money.Amount{0, -1, money.MaxAmount + 1} {
		if l.c.Fits(&instruction.Advance{Received: []instruction.Received{{Coin: instruction.Outpoint{Tx: l.tx()}, Amount: n, Account: ann}}}) {
			t.Errorf("a coin of %d fits", n)
		}
	}
	l.rewind(top - 1)
	l.sums(money.MaxAmount, 0)
}
