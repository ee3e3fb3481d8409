package book

import (
	"iter"

	"portcullis/core/instruction"
)

// account lists the resting orders of one account in order of placement. It exists while there are any.
type account struct {
	id         instruction.Account
	head, tail Handle
	n          int32
}

func hashAccount(a instruction.Account) uint32 { return uint32(a) * 0x9E3779B9 }

// account is the place of an account with orders here, or 0.
func (b *Book) account(a instruction.Account) int32 {
	hash := hashAccount(a)
	for i, p := b.byAccount.first(hash); p != 0; i, p = b.byAccount.next(i, hash) {
		if b.accounts.at(p).id == a {
			return p
		}
	}
	return 0
}

// join puts an order behind the others of its account.
func (b *Book) join(h Handle) {
	id := b.orders.at(h).Account
	p := b.account(id)
	if p == 0 {
		p = b.accounts.take()
		*b.accounts.at(p) = account{id: id}
		b.byAccount.add(hashAccount(id), p)
	}
	a, k := b.accounts.at(p), b.links.at(h)
	k.owner, k.aprev = p, a.tail
	if a.tail != 0 {
		b.links.at(a.tail).anext = h
	} else {
		a.head = h
	}
	a.tail = h
	a.n++
}

// leave takes an order out of its account's list.
func (b *Book) leave(k *links) {
	a := b.accounts.at(k.owner)
	if k.anext != 0 {
		b.links.at(k.anext).aprev = k.aprev
	} else {
		a.tail = k.aprev
	}
	if k.aprev != 0 {
		b.links.at(k.aprev).anext = k.anext
	} else {
		a.head = k.anext
	}
	if a.n--; a.n == 0 {
		b.byAccount.drop(hashAccount(a.id), k.owner)
		b.accounts.give(k.owner)
	}
}

// Count is how many resting orders an account has.
func (b *Book) Count(a instruction.Account) int {
	p := b.account(a)
	if p == 0 {
		return 0
	}
	return int(b.accounts.at(p).n)
}

// Orders goes through an account's resting orders in order of placement. The loop may remove the order that it is at,
// and no other.
func (b *Book) Orders(a instruction.Account) iter.Seq[Handle] {
	return func(yield func(Handle) bool) {
		p := b.account(a)
		if p == 0 {
			return
		}
		for h := b.accounts.at(p).head; h != 0; {
			next := b.links.at(h).anext
			if !yield(h) {
				return
			}
			h = next
		}
	}
}
