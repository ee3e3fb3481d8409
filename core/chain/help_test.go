package chain

import (
	"bytes"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// line drives a chain by hand. After each step it holds the chain against itself, and against what is read back of it.
type line struct {
	t testing.TB
	c *Chain
	n uint32 // names that were given out
}

const (
	hot = instruction.Fees
	ann = instruction.Account(2)
	bob = instruction.Account(3)
)

func newLine(t testing.TB, change ...func(*instruction.ChainTerms)) *line {
	terms := instruction.ChainTerms{
		Network: "demo", Genesis: instruction.BlockHash{1}, Account: "xpub", Hot: "hot", Start: 1, CreditDepth: 2, SettleDepth: 3,
		MinDeposit: 10, MinWithdraw: 20, WithdrawFee: 1, MaxFeeRate: 1000,
	}
	for _, f := range change {
		f(&terms)
	}
	return &line{t: t, c: New(&terms)}
}

func written(t testing.TB, c *Chain) []byte {
	t.Helper()
	x := instruction.Writer(nil)
	c.Fields(&x)
	if x.Err() != nil {
		t.Fatal(x.Err())
	}
	return x.Bytes()
}

func read(b []byte) (*Chain, error) {
	c := New(&instruction.ChainTerms{})
	x := instruction.Reader(b)
	c.Fields(&x)
	if err := x.End(); err != nil {
		return nil, err
	}
	return c, c.Check()
}

// sound says that the chain holds, and goes on with what is read back of it: nothing that is not persisted may matter.
func (l *line) sound() {
	l.t.Helper()
	if err := l.c.Check(); err != nil {
		l.t.Fatal(err)
	}
	b := written(l.t, l.c)
	again, err := read(b)
	if err != nil {
		l.t.Fatal(err)
	}
	if !bytes.Equal(written(l.t, again), b) {
		l.t.Fatal("what was read back is written in another way")
	}
	l.c = again
}

func (l *line) must(err error) {
	l.t.Helper()
	if err != nil {
		l.t.Fatal(err)
	}
	l.sound()
}

// refused says that an event was, and changed nothing.
func (l *line) refused(what string, err error, before []byte) {
	l.t.Helper()
	if err == nil {
		l.t.Errorf("%s: it was folded", what)
	}
	if !bytes.Equal(written(l.t, l.c), before) {
		l.t.Errorf("%s: it was refused, and changed something", what)
	}
}

func (l *line) tx() (id instruction.TxID) {
	l.n++
	id[0], id[1], id[31] = byte(l.n), byte(l.n>>8), 1
	return id
}

// gets is a coin of a transaction of somebody's.
func (l *line) gets(a instruction.Account, n money.Amount) instruction.Received {
	return instruction.Received{Coin: instruction.Outpoint{Tx: l.tx(), Index: l.n % 3}, Amount: n, Account: a}
}

func hashOf(height uint32, fork byte) instruction.BlockHash {
	return instruction.BlockHash{byte(height), byte(height >> 8), byte(height >> 16), fork, 1}
}

// block adds the next block, with what it brings and takes.
func (l *line) block(moves ...any) { l.t.Helper(); l.at(l.tip()+1, moves...) }

func (l *line) tip() uint32 {
	b, _, _ := l.c.Tip()
	return b.Height
}

// at adds the block of a height: Received and Spent, and a bool for whether it is whole.
func (l *line) at(height uint32, moves ...any) {
	l.t.Helper()
	in := instruction.Advance{Height: height, Hash: hashOf(height, 0), Whole: true}
	if b, part, ok := l.c.Tip(); ok && !part {
		in.Prev = b.Hash
	}
	for _, m := range moves {
		switch m := m.(type) {
		case instruction.Received:
			in.Received = append(in.Received, m)
		case instruction.Spent:
			in.Spent = append(in.Spent, m)
		case bool:
			in.Whole = m
		}
	}
	if !l.c.Follows(&in) || !l.c.Fits(&in) {
		l.t.Fatalf("block %d does not fit", height)
	}
	l.must(l.c.Add(&instruction.BlockAdded{Height: height, Hash: in.Hash, Received: in.Received, Spent: in.Spent, Whole: in.Whole}))
}

// blocks adds some with nothing in them.
func (l *line) blocks(n int) {
	l.t.Helper()
	for range n {
		l.block()
	}
}

func (l *line) rewind(height uint32) {
	l.t.Helper()
	l.must(l.c.Rewind(&instruction.Rewound{Height: height, Hash: hashOf(height, 0)}))
}

// credit credits all that is ripe.
func (l *line) credit() {
	l.t.Helper()
	for x := l.c.Ripe(); x != nil; x = l.c.Ripe() {
		l.must(l.c.Credit(&instruction.DepositCredited{Coin: x.Coin, Account: x.Account, Amount: x.Amount}, x.Account))
	}
}

// rich is a chain with credited coins of these amounts at the hot address, in block 10, under block 12.
func rich(t testing.TB, amounts ...money.Amount) (*line, []instruction.Outpoint) {
	l := newLine(t)
	l.at(9)
	var moves []any
	var names []instruction.Outpoint
	for _, n := range amounts {
		r := l.gets(hot, n)
		moves, names = append(moves, r), append(names, r.Coin)
	}
	l.at(10, moves...)
	l.blocks(2)
	l.credit()
	return l, names
}

// plan plans a spend of the coins that pays so much to a payout with its number, with a fee of 5 more than the one that it replaces.
func (l *line) plan(paid money.Amount, replaces instruction.SpendID, coins ...instruction.Outpoint) *Spend {
	l.t.Helper()
	e := l.planned(paid, replaces, coins...)
	l.must(l.c.Plan(e, paid))
	return l.c.Spend(e.ID)
}

func (l *line) planned(paid money.Amount, replaces instruction.SpendID, coins ...instruction.Outpoint) *instruction.SpendPlanned {
	e := &instruction.SpendPlanned{ID: l.c.LastSpend() + 1, Inputs: coins, Fee: 5, Size: 100, Replaces: replaces}
	if s := l.c.Spend(replaces); s != nil {
		e.Fee = s.Fee + 5
	}
	if paid > 0 {
		e.Payouts = []instruction.PayoutID{instruction.PayoutID(e.ID)}
	}
	sum := money.Amount(0)
	for _, o := range coins {
		if x := l.c.Coin(o); x != nil {
			sum += x.Amount
		}
	}
	e.Change = sum - paid - e.Fee
	return e
}

// sign signs a spend, and see has nodes take it. Both are it as it is then.
func (l *line) sign(id instruction.SpendID) *Spend {
	l.t.Helper()
	l.must(l.c.Sign(&instruction.SpendSigned{Spend: id, Tx: l.tx(), Raw: []byte{1}}))
	return l.c.Spend(id)
}

func (l *line) see(id instruction.SpendID) *Spend {
	l.t.Helper()
	l.must(l.c.See(&instruction.SpendSeen{Spend: id}))
	return l.c.Spend(id)
}

// takes is what a block tells of a spend's transaction: what it takes, and what is left of it.
func (l *line) takes(id instruction.SpendID) (moves []any) {
	s := l.c.Spend(id)
	for _, o := range s.Inputs {
		moves = append(moves, instruction.Spent{Coin: o, By: s.Tx})
	}
	if s.Change > 0 {
		moves = append(moves, instruction.Received{Coin: s.change(), Amount: s.Change, Account: hot})
	}
	return moves
}

func (l *line) settle() *Spend {
	l.t.Helper()
	s := l.c.Deep()
	if s == nil {
		l.t.Fatal("no spend is deep")
	}
	l.must(l.c.Settle(&instruction.SpendSettled{Spend: s.ID, Height: s.Height}))
	return l.c.Spend(s.ID)
}

// die ends a family that can never be mined; by is who took its anchor.
func (l *line) die(id instruction.SpendID, by instruction.TxID) {
	l.t.Helper()
	s, who := l.c.Robbed()
	if s == nil || s.ID != id || who != by {
		l.t.Fatalf("robbed is %v, by %v; want spend %d, by %v", s, who, id, by)
	}
	l.must(l.c.Die(&instruction.SpendDied{Spend: id, By: by}))
}

// sums says what the chain must have.
func (l *line) sums(confirmed, inFlight money.Amount) {
	l.t.Helper()
	if got := l.c.Sums(); got != (Sums{confirmed, inFlight}) {
		l.t.Errorf("the sums are %+v, want %d and %d", got, confirmed, inFlight)
	}
}

// free says which coins a spend may take, largest first.
func (l *line) free(want ...instruction.Outpoint) {
	l.t.Helper()
	var got []instruction.Outpoint
	for _, x := range l.c.Free() {
		got = append(got, x.Coin)
	}
	if len(got) != len(want) {
		l.t.Fatalf("%v are free, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			l.t.Fatalf("%v are free, want %v", got, want)
		}
	}
}
