package book

import (
	"iter"

	"portcullis/core/instruction"
)

// account lists the orders of one account that rest, wait or are pending, in order of placement. Accounts lie in their slab
// by their number.
type account struct {
	head, tail Handle
	orders     int32
}

// Count is how many orders an account has that rest, wait or are pending.
func (b *Book) Count(a instruction.Account) int {
	if !b.accounts.has(uint32(a)) {
		return 0
	}
	return int(b.accounts.at(uint32(a)).orders)
}

// Orders goes through an account's orders that rest, wait or are pending, in order of placement. The loop may remove the
// order that it is at, and no other.
func (b *Book) Orders(a instruction.Account) iter.Seq[Handle] {
	return func(yield func(Handle) bool) {
		if !b.accounts.has(uint32(a)) {
			return
		}
		for h := b.accounts.at(uint32(a)).head; h != 0; {
			next := b.At(h).young
			if !yield(h) {
				return
			}
			h = next
		}
	}
}

// enlist puts an order, which is its account's newest, at the end of its account's list.
func (b *Book) enlist(h Handle, k *Order) {
	if !b.accounts.has(uint32(k.Account)) {
		b.accounts.reach(uint32(k.Account))
	}
	a := b.accounts.at(uint32(k.Account))
	if a.tail == 0 {
		a.head = h
	} else {
		b.At(a.tail).young = h
	}
	k.old, a.tail = a.tail, h
	a.orders++
}

// relist puts an order that was only passing into its account's list, at its place by id: others were placed meanwhile.
func (b *Book) relist(h Handle, k *Order) {
	if !b.accounts.has(uint32(k.Account)) {
		b.accounts.reach(uint32(k.Account))
	}
	a := b.accounts.at(uint32(k.Account))
	k.young, k.old = 0, a.tail
	for k.old != 0 && b.At(k.old).ID > k.ID {
		k.young, k.old = k.old, b.At(k.old).old
	}
	if k.young != 0 {
		b.At(k.young).old = h
	} else {
		a.tail = h
	}
	if k.old != 0 {
		b.At(k.old).young = h
	} else {
		a.head = h
	}
	a.orders++
}

// delist takes an order out of its account's list, and of the index of names.
func (b *Book) delist(h Handle, o *Order) {
	a := b.accounts.at(uint32(o.Account))
	if o.young != 0 {
		b.At(o.young).old = o.old
	} else {
		a.tail = o.old
	}
	if o.old != 0 {
		b.At(o.old).young = o.young
	} else {
		a.head = o.young
	}
	a.orders--
	o.young, o.old = 0, 0
	if o.name != 0 {
		b.dropName(h, o)
		o.name = 0
	}
}
