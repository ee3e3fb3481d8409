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
	for _, s := range []*ladders{&b.ladders, &b.stops} {
		for _, side := range bothSides {
			if err := b.checkSide(s, side); err != nil {
				return err
			}
		}
		if v := *s.levels.at(0); v != (level{}) {
			return fmt.Errorf("book: the level that is nobody's is %+v", v)
		}
	}
	if err := b.checkIndexes(); err != nil {
		return err
	}
	if err := b.checkMores(); err != nil {
		return err
	}
	if err := b.checkCapped(); err != nil {
		return err
	}
	listed := 0
	for q := range queues {
		if err := b.checkQueue(q, &listed); err != nil {
			return err
		}
	}
	return b.checkAccounts(listed)
}

// checkQueue checks that the orders of a queue may lie there, and counts them.
func (b *Book) checkQueue(q int, listed *int) (err error) {
	var before *readOne
	b.walk(q, func(h Handle) bool {
		*listed++
		x := &readOne{Order: *b.At(h), queue: q}
		if x.more != 0 {
			x.m = *b.mores.at(x.more)
		}
		level := map[int]uint32{trailing: inTrails, starting: inDue}[q]
		switch {
		case q >= trailing && x.level != level,
			q <= asks && x.Stage() != Working,
			q > asks && (x.more == 0 || !x.lies(x.Stage()) || !b.canWait(&x.Order, &x.m)),
			before != nil && !x.follows(before),
			x.Risk < 0 || !b.asks(&x.Order, &x.m),
			x.more != 0 && !x.m.sound(&x.Order) && x.Left() > 0:
			err = fmt.Errorf("book: order %d does not belong in queue %d", x.ID, q)
		}
		before = x
		return err == nil
	})
	return err
}

// checkMores checks that every place of a More is an order's or free.
func (b *Book) checkMores() error {
	used := make(map[uint32]bool)
	for h := Handle(1); h <= Handle(b.places); h++ {
		if o := b.At(h); o.ID != 0 && o.more != 0 {
			m := b.mores.at(o.more)
			if used[o.more] || o.state&extra == 0 || (o.state&iceberg != 0) != (m.Visible != 0) || o.Member() != (m.List != 0) {
				return fmt.Errorf("book: order %d has the More of another, or one that it does not know", o.ID)
			}
			used[o.more] = true
		} else if o.ID != 0 && o.state&^stages != 0 {
			return fmt.Errorf("book: order %d has no More", o.ID)
		}
	}
	for x := b.moreFree; x != 0; x = uint32(b.mores.at(x).Works) {
		if used[x] {
			return fmt.Errorf("book: a More is used and free")
		}
		used[x] = true
	}
	if len(used) != int(b.moreUsed) {
		return fmt.Errorf("book: %d places of %d are lost", int(b.moreUsed)-len(used), b.moreUsed)
	}
	return nil
}

// checkCapped checks that the orders that are capped are listed, in order, and no others. That each rests, its queue says.
func (b *Book) checkCapped() error {
	n, before := 0, instruction.Order(0)
	for h := Handle(1); h <= Handle(b.places); h++ {
		if o := b.At(h); o.ID != 0 && o.more != 0 && b.mores.at(o.more).Capped {
			n++
		}
	}
	for _, h := range b.capped {
		o := b.At(h)
		if m := b.More(o); m == nil || !m.Capped || o.level == 0 || o.ID <= before {
			return fmt.Errorf("book: order %d is listed as capped after order %d", o.ID, before)
		}
		before = o.ID
	}
	if n != len(b.capped) {
		return fmt.Errorf("book: %d orders are capped, %d are listed", n, len(b.capped))
	}
	return nil
}

// checkSide checks a side's pages and levels.
func (b *Book) checkSide(s *ladders, side instruction.Side) error {
	if err := s.checkPages(s.side(side)); err != nil {
		return fmt.Errorf("book: %s side: %w", side, err)
	}
	for p := s.side(side).best; p != 0; p = s.pages.at(p).next {
		g := s.pages.at(p)
		for i := range uint32(pageLen) {
			at := p<<pageBits | i
			if (g.full>>i&1 == 1) != (s.levels.at(at).head != 0) {
				return fmt.Errorf("book: level %d of page %d is noted wrongly: %+v", i, p, *s.levels.at(at))
			}
			if err := b.checkLevel(s, side, at, b.ticks.price(side, g.key<<pageBits|uint64(i))); err != nil {
				return err
			}
		}
	}
	return nil
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

// checkLevel checks one level with its queue. Plain orders lie in it in order of their ids; one with more to it may have
// come back later.
func (b *Book) checkLevel(s *ladders, side instruction.Side, at uint32, price money.Price) error {
	v := s.levels.at(at)
	want := level{head: v.head}
	plain := instruction.Order(0)
	for h := v.head; h != 0; h = b.At(h).next {
		o := b.At(h)
		here, shown := o.Price, o.left
		if s == &b.stops {
			here, shown = b.mores.at(o.more).Stop, 0
		}
		switch {
		case o.level != at, s == &b.ladders && o.Side != side, here != price, o.prev != want.tail:
			return fmt.Errorf("book: order %d is in the queue at %d and not of it", o.ID, price)
		case o.more == 0 && plain >= o.ID:
			return fmt.Errorf("book: order %d is behind order %d", o.ID, plain)
		case !o.sound() || o.Left() < 0 || s == &b.ladders && o.state&iceberg == 0 && o.left != o.Left():
			return fmt.Errorf("book: order %d has %d left", o.ID, o.Left())
		case b.Find(o.ID) != h:
			return fmt.Errorf("book: order %d is not found", o.ID)
		}
		if o.more == 0 {
			plain = o.ID
		}
		want.orders++
		want.grow(shown)
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
			if o := b.At(h); o.ID == 0 || !o.listed() || o.name == 0 || names > 0 {
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

// checkAccounts checks that the accounts' lists hold exactly the orders that are not only passing.
func (b *Book) checkAccounts(listed int) error {
	for i, chunk := range b.accounts.chunks {
		if chunk == nil {
			continue
		}
		for j := range chunk {
			id := instruction.Account(i*chunkLen + j)
			want := account{head: chunk[j].head}
			for h := want.head; h != 0; h = b.At(h).young {
				o := b.At(h)
				if o.Account != id || !o.listed() || o.old != want.tail || want.tail != 0 && b.At(want.tail).ID >= o.ID {
					return fmt.Errorf("book: order %d is wrong in the list of account %d", o.ID, id)
				}
				if o.ClientID.IsZero() != (o.name == 0) || o.name != 0 && b.FindClient(o.Account, o.ClientID) != h {
					return fmt.Errorf("book: order %d is not found by client order id", o.ID)
				}
				want.tail = h
				want.orders++
			}
			if want != chunk[j] {
				return fmt.Errorf("book: account %d is %+v where its orders make %+v", id, chunk[j], want)
			}
			listed -= int(want.orders)
		}
	}
	if listed != 0 {
		return fmt.Errorf("book: %d orders more than the accounts have", listed)
	}
	return nil
}
