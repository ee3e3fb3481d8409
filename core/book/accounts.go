package book

import (
	"iter"

	"portcullis/core/instruction"
)

// account lists the resting orders of one account in order of placement. It exists while there are any.
type account struct {
	id         instruction.Account
	head, tail Handle // head links free places too
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
func (b *Book) join(h Handle, o *Order) {
	p := b.account(o.Account)
	if p == 0 {
		p = b.openAccount(o.Account)
	}
	a := b.accounts.at(p)
	o.owner, o.aprev = p, a.tail
	if a.tail != 0 {
		b.orders.at(a.tail).anext = h
	} else {
		a.head = h
	}
	a.tail = h
	a.n++
}

func (b *Book) openAccount(id instruction.Account) int32 {
	p := b.freeAccount
	if p == 0 {
		p = b.accounts.add()
	}
	a := b.accounts.at(p)
	b.freeAccount = a.head
	*a = account{id: id}
	b.byAccount.add(hashAccount(id), p)
	return p
}

// leave takes an order out of its account's list.
func (b *Book) leave(o *Order) {
	a := b.accounts.at(o.owner)
	if o.anext != 0 {
		b.orders.at(o.anext).aprev = o.aprev
	} else {
		a.tail = o.aprev
	}
	if o.aprev != 0 {
		b.orders.at(o.aprev).anext = o.anext
	} else {
		a.head = o.anext
	}
	if a.n--; a.n == 0 {
		b.byAccount.drop(hashAccount(a.id), o.owner)
		a.head, b.freeAccount = b.freeAccount, o.owner
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
			next := b.At(h).anext
			if !yield(h) {
				return
			}
			h = next
		}
	}
}
