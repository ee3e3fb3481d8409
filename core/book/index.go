package book

import (
	"hash/maphash"

	"portcullis/core/instruction"
)

// index is a chained hash table whose chains run through the orders themselves: byID through sameID, byName through
// sameName. There are at least as many heads as orders.
type index struct {
	heads []Handle // a power of two of them
	shift uint8    // 32 less the bits of a head's number
}

const minIndexBits = 6

func newIndex() index {
	return index{heads: make([]Handle, 1<<minIndexBits), shift: 32 - minIndexBits}
}

// head is where the chain of a hash begins.
func (x *index) head(hash uint32) *Handle { return &x.heads[hash>>x.shift] }

// double is an empty index of twice the size.
func (x *index) double() index {
	return index{heads: make([]Handle, 2*len(x.heads)), shift: x.shift - 1}
}

// hashID spreads sequential ids evenly: 2^64 by the golden ratio.
func hashID(id instruction.Order) uint32 { return uint32(uint64(id) * 0x9E3779B97F4A7C15 >> 32) }

// Find is the order with this id, or 0.
func (b *Book) Find(id instruction.Order) Handle {
	h := *b.byID.head(hashID(id))
	for h != 0 {
		o := b.At(h)
		if o.ID == id {
			break
		}
		h = o.sameID
	}
	return h
}

func (b *Book) growIDs() {
	x := b.byID.double()
	for _, h := range b.byID.heads {
		for h != 0 {
			o := b.At(h)
			head := x.head(hashID(o.ID))
			h, o.sameID, *head = o.sameID, *head, h
		}
	}
	b.byID = x
}

// hashName is the hash of a client order id within its account. Strangers choose client order ids, so it is seeded.
func (b *Book) hashName(a instruction.Account, id instruction.ClientID) uint32 {
	return uint32(maphash.Comparable(b.seed, struct {
		account instruction.Account
		id      instruction.ClientID
	}{a, id})) | 1
}

// FindClient is the account's resting order with this client order id, or 0.
func (b *Book) FindClient(a instruction.Account, id instruction.ClientID) Handle {
	hash := b.hashName(a, id)
	h := *b.byName.head(hash)
	for h != 0 {
		o := b.At(h)
		if o.name == hash && o.Account == a && o.ClientID == id {
			break
		}
		h = o.sameName
	}
	return h
}

func (b *Book) addName(h Handle, o *Order) {
	o.name = b.hashName(o.Account, o.ClientID)
	if b.n > len(b.byName.heads) {
		b.growNames()
	}
	head := b.byName.head(o.name)
	o.sameName, *head = *head, h
}

func (b *Book) growNames() {
	x := b.byName.double()
	for _, h := range b.byName.heads {
		for h != 0 {
			o := b.At(h)
			head := x.head(o.name)
			h, o.sameName, *head = o.sameName, *head, h
		}
	}
	b.byName = x
}

func (b *Book) dropName(h Handle, o *Order) {
	head := b.byName.head(o.name)
	for *head != h {
		head = &b.At(*head).sameName
	}
	*head = o.sameName
}
