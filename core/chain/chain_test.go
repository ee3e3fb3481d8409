package chain

import (
	"testing"

	"portcullis/core/instruction"
)

// TestFollows: which block can come.
func TestFollows(t *testing.T) {
	l := newLine(t, func(x *instruction.ChainTerms) { x.Start = 5 })
	first := instruction.Advance{Height: 5, Hash: hashOf(5, 0), Whole: true}
	for what, c := range map[string]struct {
		in   instruction.Advance
		want bool
	}{
		"the first":         {first, true},
		"a later one":       {instruction.Advance{Height: 50, Hash: hashOf(50, 0)}, true},
		"before the start":  {instruction.Advance{Height: 4, Hash: hashOf(4, 0)}, false},
		"without a name":    {instruction.Advance{Height: 5}, false},
		"before everything": {instruction.Advance{Hash: hashOf(1, 0)}, false},
	} {
		if got := l.c.Follows(&c.in); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
	if newLine(t, func(x *instruction.ChainTerms) { x.Start = 0 }).c.Follows(&instruction.Advance{Hash: hashOf(1, 0)}) {
		t.Error("a block at height 0 follows")
	}
	l.at(5)
	for what, c := range map[string]struct {
		height, prev uint32
		fork         byte
		want         bool
	}{
		"the next":             {6, 5, 0, true},
		"the next of another":  {6, 5, 1, false},
		"the same":             {5, 4, 0, false},
		"another in its stead": {5, 4, 1, false},
		"one below":            {4, 3, 0, false},
		"a later one":          {7, 6, 1, true}, // whose forebears had nothing
	} {
		in := instruction.Advance{Height: c.height, Hash: hashOf(c.height, c.fork), Prev: hashOf(c.prev, c.fork)}
		if got := l.c.Follows(&in); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
	before := written(t, l.c)
	l.refused("the same", l.c.Add(&instruction.BlockAdded{Height: 5, Hash: hashOf(5, 0), Whole: true}), before)
	l.refused("none", newLine(t).c.Add(&instruction.BlockAdded{Hash: hashOf(5, 0), Whole: true}), before)
}

// TestParts: a block comes in parts, and each may come twice; nothing else comes between.
func TestParts(t *testing.T) {
	l := newLine(t)
	d, e := l.gets(ann, 50), l.gets(ann, 60)
	l.at(10)
	for range 2 {
		l.at(11, d, false)
	}
	if b, part, _ := l.c.Tip(); !part || b.Height != 11 {
		t.Fatalf("the tip is %v, part %v", b, part)
	}
	for what, in := range map[string]instruction.Advance{
		"another block":       {Height: 11, Hash: hashOf(11, 1)},
		"the next":            {Height: 12, Hash: hashOf(12, 0), Prev: hashOf(11, 0)},
		"the one before that": {Height: 10, Hash: hashOf(10, 0)},
	} {
		if l.c.Follows(&in) {
			t.Errorf("%s follows part of a block", what)
		}
		before := written(t, l.c)
		l.refused(what, l.c.Add(&instruction.BlockAdded{Height: in.Height, Hash: in.Hash}), before)
	}
	if l.c.CanRewind(Block{11, hashOf(11, 0)}) {
		t.Error("a part of a block is whole by going back to it")
	}
	l.at(11, d, e, instruction.Spent{Coin: d.Coin, By: l.tx()}, false)
	taker := l.c.Coin(d.Coin).Taker
	l.at(11, d, instruction.Spent{Coin: d.Coin, By: l.tx()}, true) // taken once
	if x := l.c.Coin(d.Coin); x.Taker != taker || x.TakenAt != 11 {
		t.Errorf("it went to %v", x.Taker)
	}
	if _, part, _ := l.c.Tip(); part || len(l.c.Waiting()) != 2 || len(l.c.all) != 2 {
		t.Errorf("part %v, %d wait", part, len(l.c.Waiting()))
	}
	l.at(12, instruction.Received{Coin: instruction.Outpoint{Tx: l.tx()}, Amount: 20, Account: ann}, false)
	l.rewind(11) // out of a part
	if _, part, _ := l.c.Tip(); part || len(l.c.Waiting()) != 2 {
		t.Errorf("part %v, %d wait", part, len(l.c.Waiting()))
	}
	l.at(12, false)
	l.rewind(10)
	if l.tip() != 10 || len(l.c.all) != 0 {
		t.Errorf("the tip is %d, and %d coins are known", l.tip(), len(l.c.all))
	}
}

// TestRewind goes back to a block that is known, and to none else.
func TestRewind(t *testing.T) {
	l := newLine(t)
	if l.c.CanRewind(Block{}) {
		t.Error("to nothing")
	}
	l.at(10)
	l.at(20)
	l.at(21)
	for b, want := range map[Block]bool{
		{10, hashOf(10, 0)}: true, {20, hashOf(20, 0)}: true, {21, hashOf(21, 0)}: false, {20, hashOf(20, 1)}: false, {15, hashOf(15, 0)}: false,
		{0, instruction.BlockHash{}}: false,
	} {
		if l.c.CanRewind(b) != want {
			t.Errorf("to %v: %v", b, !want)
		}
		if !want {
			l.refused("rewind", l.c.Rewind(&instruction.Rewound{Height: b.Height, Hash: b.Hash}), written(t, l.c))
		}
	}
	d := l.gets(ann, 50)
	l.block(d)
	l.block(instruction.Spent{Coin: d.Coin, By: l.tx()})
	l.rewind(22)
	if x := l.c.Coin(d.Coin); x.TakenAt != 0 || !x.Taker.IsZero() || x.Height != 22 {
		t.Errorf("it is %+v", x)
	}
	l.rewind(10)
	if l.c.Coin(d.Coin) != nil || len(l.c.Blocks()) != 1 {
		t.Error("it is there still")
	}
	l.at(11)
}

// TestDeepest: the last block that cannot go is known as long as any above it can, and nothing below it is undone.
func TestDeepest(t *testing.T) {
	l := newLine(t)
	d := l.gets(ann, 50)
	l.at(1, d)
	l.at(50)
	l.at(149)
	if len(l.c.Blocks()) != 3 {
		t.Fatalf("%d blocks are known", len(l.c.Blocks()))
	}
	l.at(150)
	if b := l.c.Blocks(); b[0].Height != 50 || l.c.CanRewind(Block{1, hashOf(1, 0)}) || !l.c.CanRewind(Block{50, hashOf(50, 0)}) {
		t.Fatalf("the first block is %v", b[0])
	}
	if l.c.young.len() != 0 {
		t.Error("what cannot go is young")
	}
	l.c.Terms.CreditDepth = 400
	l.blocks(300)
	if b := l.c.Blocks(); b[0].Height != 50 || len(b) != 303 {
		t.Fatalf("the first of %d blocks is %v", len(b), b[0])
	}
	l.c.Terms.CreditDepth = 2 // the next block shows it
	l.rewind(149)
	l.rewind(50)
	if x := l.c.Coin(d.Coin); x.Height != 1 {
		t.Errorf("what lies below the last block that cannot go is %+v", x)
	}
}

// TestFits: what cannot be true is no block's.
func TestFits(t *testing.T) {
	l, o := rich(t, 500, 400)
	l.plan(100, 0, o[0])
	l.sign(1)
	rest := l.see(1).change()
	l.plan(0, 0, rest)
	l.sign(2)
	paid := l.c.Spend(1).Tx
	gone := instruction.Outpoint{Tx: l.tx()}
	for what, c := range map[string]struct {
		in   instruction.Advance
		want bool
	}{
		"nothing":                     {instruction.Advance{}, true},
		"a spend":                     {instruction.Advance{Received: []instruction.Received{{Coin: rest, Amount: 395, Account: hot}}, Spent: []instruction.Spent{{Coin: o[0], By: paid}}}, true},
		"one block has both":          {instruction.Advance{Received: []instruction.Received{{Coin: rest, Amount: 395, Account: hot}}, Spent: []instruction.Spent{{Coin: rest, By: l.c.Spend(2).Tx}}}, true},
		"a coin that nobody knows":    {instruction.Advance{Spent: []instruction.Spent{{Coin: gone, By: l.tx()}}}, true},
		"a stranger":                  {instruction.Advance{Spent: []instruction.Spent{{Coin: o[1], By: l.tx()}}}, true},
		"another amount":              {instruction.Advance{Received: []instruction.Received{{Coin: o[1], Amount: 401, Account: hot}}}, false},
		"another account":             {instruction.Advance{Received: []instruction.Received{{Coin: o[1], Amount: 400, Account: ann}}}, false},
		"other change":                {instruction.Advance{Received: []instruction.Received{{Coin: rest, Amount: 394, Account: hot}}}, false},
		"another's change":            {instruction.Advance{Received: []instruction.Received{{Coin: rest, Amount: 395, Account: ann}}}, false},
		"by nothing":                  {instruction.Advance{Spent: []instruction.Spent{{Coin: o[1]}}}, false},
		"by one that takes it not":    {instruction.Advance{Spent: []instruction.Spent{{Coin: o[1], By: paid}}}, false},
		"of what is in no block":      {instruction.Advance{Spent: []instruction.Spent{{Coin: rest, By: l.c.Spend(2).Tx}}}, false},
		"of what is in no block, too": {instruction.Advance{Spent: []instruction.Spent{{Coin: rest, By: l.tx()}}}, false},
	} {
		if got := l.c.Fits(&c.in); got != c.want {
			t.Errorf("%s: %v", what, got)
		}
	}
}

// TestFoldOfLies: what no block can be said to do is not folded either.
func TestFoldOfLies(t *testing.T) {
	l, o := rich(t, 500)
	l.plan(100, 0, o[0])
	l.sign(1)
	rest := l.see(1).change()
	l.must(l.c.Add(&instruction.BlockAdded{Height: 13, Hash: hashOf(13, 0), Spent: []instruction.Spent{{Coin: rest, By: l.tx()}}, Whole: true}))
	if x := l.c.Coin(rest); x.TakenAt != 0 {
		t.Error("what is in no block was taken by one")
	}
}

// TestAddresses: one for each account, and each one account's.
func TestAddresses(t *testing.T) {
	l := newLine(t)
	l.must(l.c.Issue(&instruction.AddressIssued{Account: bob, Address: "b"}))
	l.must(l.c.Issue(&instruction.AddressIssued{Account: ann, Address: "a"}))
	before := written(t, l.c)
	for what, e := range map[string]instruction.AddressIssued{
		"a second one": {Account: ann, Address: "c"},
		"another's":    {Account: 4, Address: "a"},
		"the venue's":  {Account: 4, Address: "hot"},
		"none":         {Account: 4},
		"nobody's":     {Address: "c"},
		"the same":     {Account: ann, Address: "a"},
	} {
		l.refused(what, l.c.Issue(&e), before)
	}
	if l.c.Address(ann) != "a" || l.c.Owner("b") != bob || l.c.Owner("hot") != hot || l.c.Owner("c") != 0 || l.c.Address(4) != "" || len(l.c.Issued()) != 2 || l.c.Issued()[0] != bob {
		t.Error("an address is another's")
	}
}
