package book

import (
	"fmt"

	"portcullis/core/instruction"
)

// Check says which invariant does not hold, if any: every order is found by its id, and if it rests in its level, by its
// client order id and with its account, in order, and nothing else is found anywhere; levels have the sum of their
// orders; pages have orders, are in order, and found; what is free is free once. A bid that meets an ask is no fault
// here: see Crossed.
func (b *Book) Check() error {
	resting, named := 0, 0
	for _, side := range bothSides {
		if err := b.checkSide(side, &resting, &named); err != nil {
			return err
		}
	}
	for _, step := range []func() error{
		b.checkIDs,
		func() error { return b.checkAccounts(resting) },
		func() error { return b.checkPlaces(resting, named) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// checkSide checks a side's pages and levels, and counts its orders and those that have a client order id.
func (b *Book) checkSide(side instruction.Side, resting, named *int) error {
	l := &b.pages.sides[index(side)]
	var before int32
	n := 0
	for h := l.best; h != 0; h = b.pages.at(h).next {
		p := b.pages.at(h)
		switch {
		case p.prev != before || p.ladder != index(side):
			return fmt.Errorf("book: page %d is linked wrongly", h)
		case before != 0 && b.pages.at(before).key >= p.key:
			return fmt.Errorf("book: page %d is out of order", h)
		case l.tree.near(p.key) != h || b.pages.find(l, p.key) != h:
			return fmt.Errorf("book: page %d is not found", h)
		case p.full == 0 || p.full>>pageLen != 0:
			return fmt.Errorf("book: page %d is full at %b", h, p.full)
		}
		for i := range uint32(pageLen) {
			if err := b.checkLevel(side, h, i, resting, named); err != nil {
				return err
			}
		}
		before = h
		n++
	}
	if got := l.tree.leaves(l.tree.root); got != n {
		return fmt.Errorf("book: %d pages where the tree has %d", n, got)
	}
	for i, r := range l.recent {
		if r.page != 0 && (r.key%recentLen != uint64(i) || l.tree.near(r.key) != r.page) {
			return fmt.Errorf("book: recent page %d is not there", r.page)
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
	f := t.forks.at(-at)
	return t.leaves(f.below[0]) + t.leaves(f.below[1])
}

// checkLevel checks level i of page h, with its queue.
func (b *Book) checkLevel(side instruction.Side, h int32, i uint32, resting, named *int) error {
	p := b.pages.at(h)
	v := &p.levels[i]
	if v.head == 0 {
		if *v != (level{}) || p.full>>i&1 != 0 {
			return fmt.Errorf("book: level %d of page %d is empty and %+v", i, h, *v)
		}
		return nil
	}
	price := b.ticks.price(side, p.key<<pageBits|uint64(i))
	sum := level{head: v.head, tail: v.tail}
	var before Handle
	for at := v.head; at != 0; at = b.At(at).next {
		o := b.At(at)
		switch {
		case o.where != where(uint32(h)<<pageBits|i), o.Side != side, o.Price != price, o.prev != before:
			return fmt.Errorf("book: order %d is in the queue at %d and not of it", o.ID, price)
		case before != 0 && b.At(before).ID >= o.ID:
			return fmt.Errorf("book: order %d is behind order %d", o.ID, b.At(before).ID)
		case o.Left() < 0 || o.fault(false) != "":
			return fmt.Errorf("book: order %d has %d left", o.ID, o.Left())
		case o.ClientID.IsZero() != (o.client == 0):
			return fmt.Errorf("book: order %d is indexed wrongly by client order id", o.ID)
		case o.client != 0 && b.FindClient(o.Account, o.ClientID) != at:
			return fmt.Errorf("book: order %d is not found by client order id", o.ID)
		case b.Find(o.ID) != at:
			return fmt.Errorf("book: order %d is not found", o.ID)
		}
		if o.client != 0 {
			*named++
		}
		sum.orders++
		sum.grow(o.Left())
		before = at
	}
	*resting += int(sum.orders)
	if sum != *v || v.tail != before || p.full>>i&1 != 1 {
		return fmt.Errorf("book: the level at %d is %+v where its orders make %+v", price, *v, sum)
	}
	return nil
}

// checkIDs checks that every order of the id table is there, and no newer than the last.
func (b *Book) checkIDs() error {
	n := 0
	for _, e := range b.byID.slots {
		if e.place == 0 {
			continue
		}
		n++
		if o := b.At(e.place); o.ID == 0 || o.ID > b.last || b.Find(o.ID) != e.place {
			return fmt.Errorf("book: order %d is in the table and not found", o.ID)
		}
	}
	if n != b.n || n != b.byID.n {
		return fmt.Errorf("book: %d orders where the table has %d and counts %d", b.n, n, b.byID.n)
	}
	return nil
}

// checkAccounts checks that the accounts' lists hold exactly the resting orders.
func (b *Book) checkAccounts(resting int) error {
	n := 0
	for _, e := range b.byAccount.slots {
		if e.place == 0 {
			continue
		}
		n++
		a := b.accounts.at(e.place)
		if b.account(a.id) != e.place {
			return fmt.Errorf("book: account %d is not found", a.id)
		}
		var before Handle
		var orders int32
		for h := a.head; h != 0; h = b.At(h).anext {
			o := b.At(h)
			if o.Account != a.id || o.owner != e.place || o.where == 0 || o.aprev != before || before != 0 && b.At(before).ID >= o.ID {
				return fmt.Errorf("book: order %d is wrong in the list of account %d", o.ID, a.id)
			}
			before = h
			orders++
		}
		if orders == 0 || orders != a.n || a.tail != before {
			return fmt.Errorf("book: account %d has %d orders and counts %d", a.id, orders, a.n)
		}
		resting -= int(orders)
	}
	if resting != 0 || n != b.byAccount.n {
		return fmt.Errorf("book: %d resting orders more than the accounts have", resting)
	}
	return nil
}

// checkPlaces checks that every place is in use or free, and not both.
func (b *Book) checkPlaces(resting, named int) error {
	free := 0
	for h := b.free; h != 0 && free <= int(b.orders.used); h = b.At(h).next {
		if b.At(h).ID != 0 {
			return fmt.Errorf("book: order %d is free", b.At(h).ID)
		}
		free++
	}
	if free+b.n != int(b.orders.used) || resting > b.n {
		return fmt.Errorf("book: %d free places and %d orders, %d of them resting, in %d places", free, b.n, resting, b.orders.used)
	}
	if named != b.byClient.n {
		return fmt.Errorf("book: %d client order ids where the table has %d", named, b.byClient.n)
	}
	return nil
}
