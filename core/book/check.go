package book

import (
	"fmt"
	"math/bits"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Check says which invariant does not hold, if any: every order is found by its id, and if it rests, in its level, by
// its client order id and with its account, in order, and nothing else is found anywhere; levels have the sum of their
// orders; pages have orders, are in order, and found. A bid that meets an ask is no fault here: see Crossed.
func (b *Book) Check() error {
	for _, x := range []*index{&b.byID, &b.byName} {
		if n := uint32(len(x.heads)); x.half&(x.half-1) != 0 || n < x.half || n >= 2*x.half {
			return fmt.Errorf("book: an index of %d chains, halved at %d", n, x.half)
		}
	}
	resting := 0
	for _, side := range bothSides {
		n, err := b.checkSide(side)
		if err != nil {
			return err
		}
		resting += n
	}
	if err := b.checkIndexes(); err != nil {
		return err
	}
	if v := *b.levels.at(0); v != (level{}) {
		return fmt.Errorf("book: the level that is nobody's is %+v", v)
	}
	return b.checkAccounts(resting)
}

// checkSide checks a side's pages and levels, and counts its orders.
func (b *Book) checkSide(side instruction.Side) (orders int, err error) {
	if err := b.checkPages(b.side(side)); err != nil {
		return 0, fmt.Errorf("book: %s side: %w", side, err)
	}
	for p := b.side(side).best; p != 0; p = b.pages.at(p).next {
		g := b.pages.at(p)
		for i := range uint32(pageLen) {
			at := p<<pageBits | i
			if (g.full>>i&1 == 1) != (b.levels.at(at).head != 0) {
				return 0, fmt.Errorf("book: level %d of page %d is noted wrongly: %+v", i, p, *b.levels.at(at))
			}
			if err := b.checkLevel(side, at, b.ticks.price(side, g.key<<pageBits|uint64(i))); err != nil {
				return 0, err
			}
			orders += int(b.levels.at(at).orders)
		}
	}
	return orders, nil
}

// checkPages checks that pages are in order, that each is found, and that the tree and the recent ones lead to no others.
func (s *ladders) checkPages(l *ladder) error {
	n, before := 0, uint32(0)
	for p := l.best; p != 0; p = s.pages.at(p).next {
		g := s.pages.at(p)
		switch {
		case g.prev != before:
			return fmt.Errorf("page %d is linked wrongly", p)
		case before != 0 && s.pages.at(before).key >= g.key:
			return fmt.Errorf("page %d is out of order", p)
		case l.tree.near(g.key) != p:
			return fmt.Errorf("page %d is not found", p)
		case g.full == 0 || g.full>>pageLen != 0:
			return fmt.Errorf("page %d is full at %b", p, g.full)
		}
		before = p
		n++
	}
	if got := l.tree.leaves(l.tree.root); got != n {
		return fmt.Errorf("%d pages where the tree has %d", n, got)
	}
	if l.first>>pageBits != l.best || l.best != 0 && bits.TrailingZeros32(s.pages.at(l.best).full) != int(l.first%pageLen) {
		return fmt.Errorf("level %d is first where page %d is", l.first, l.best)
	}
	for i, r := range l.recent {
		if r.key != noKey && (r.key%recentLen != uint64(i) || s.pages.at(r.page).key != r.key || l.tree.near(r.key) != r.page) {
			return fmt.Errorf("recent page %d is not there", r.page)
		}
	}
	return nil
}

// leaves counts the pages below at.
func (t *tree) leaves(at branch) int {
	switch {
	case at == 0:
		return 0
	case at > 0:
		return 1
	}
	f := t.fork(at)
	return t.leaves(f.below[0]) + t.leaves(f.below[1])
}

// checkLevel checks one level with its queue.
func (b *Book) checkLevel(side instruction.Side, at uint32, price money.Price) error {
	v := b.levels.at(at)
	want := level{head: v.head}
	for h := v.head; h != 0; h = b.At(h).next {
		o := b.At(h)
		switch {
		case o.level != at, o.Side != side, o.Price != price, o.prev != want.tail:
			return fmt.Errorf("book: order %d is in the queue at %d and not of it", o.ID, price)
		case want.tail != 0 && b.At(want.tail).ID >= o.ID:
			return fmt.Errorf("book: order %d is behind order %d", o.ID, b.At(want.tail).ID)
		case !o.sound() || o.Left() < 0 || o.left != o.Left():
			return fmt.Errorf("book: order %d has %d left", o.ID, o.Left())
		case b.Find(o.ID) != h:
			return fmt.Errorf("book: order %d is not found", o.ID)
		case o.ClientID.IsZero() != (o.name == 0) || o.name != 0 && b.FindClient(o.Account, o.ClientID) != h:
			return fmt.Errorf("book: order %d is not found by client order id", o.ID)
		}
		want.orders++
		want.grow(o.Left())
		want.tail = h
	}
	if want != *v {
		return fmt.Errorf("book: the level at %d is %+v where its orders make %+v", price, *v, want)
	}
	return nil
}

// checkIndexes checks that the chains of ids and names hold orders that are here and nothing else, and that every place
// holds an order or is free.
func (b *Book) checkIndexes() error {
	ids, names := 0, 0
	for _, h := range b.byID.heads {
		for ; h != 0; h = b.At(h).sameID {
			o := b.At(h)
			if o.ID == 0 || o.ID > b.last || b.Find(o.ID) != h || ids > b.n {
				return fmt.Errorf("book: place %d has order %d, which is not found", h, o.ID)
			}
			ids++
			if o.name != 0 {
				names--
			}
		}
	}
	for _, h := range b.byName.heads {
		for ; h != 0; h = b.At(h).sameName {
			if o := b.At(h); o.ID == 0 || o.level == 0 || o.name == 0 || names > 0 {
				return fmt.Errorf("book: place %d with order %d has a name", h, o.ID)
			}
			names++
		}
	}
	free := 0
	for h := b.vacant; h != 0 && free <= int(b.places); h = b.At(h).next {
		if b.At(h).ID != 0 {
			return fmt.Errorf("book: the place of order %d is free", b.At(h).ID)
		}
		free++
	}
	if ids != b.n || names != 0 || ids+free != int(b.places) {
		return fmt.Errorf("book: %d orders by id of %d, %d by name too many, %d places of %d free", ids, b.n, names, free, b.places)
	}
	return nil
}

// checkAccounts checks that the accounts' lists hold exactly the resting orders.
func (b *Book) checkAccounts(resting int) error {
	for i, chunk := range b.accounts.chunks {
		if chunk == nil {
			continue
		}
		for j := range chunk {
			id := instruction.Account(i*chunkLen + j)
			want := account{head: chunk[j].head}
			for h := want.head; h != 0; h = b.At(h).young {
				o := b.At(h)
				if o.Account != id || o.level == 0 || o.old != want.tail || want.tail != 0 && b.At(want.tail).ID >= o.ID {
					return fmt.Errorf("book: order %d is wrong in the list of account %d", o.ID, id)
				}
				want.tail = h
				want.orders++
			}
			if want != chunk[j] {
				return fmt.Errorf("book: account %d is %+v where its orders make %+v", id, chunk[j], want)
			}
			resting -= int(want.orders)
		}
	}
	if resting != 0 {
		return fmt.Errorf("book: %d resting orders more than the accounts have", resting)
	}
	return nil
}
