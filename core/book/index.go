package book

import (
	"hash/maphash"

	"portcullis/core/instruction"
)

// index is a chained hash table whose chains run through the orders themselves: byID through sameID, byName through
// sameName. It grows by one chain at a time (linear hashing), so that no growth makes an order wait: chain i+half is
// split off from chain i. There are at least twice as many chains as orders.
type index struct {
	heads []Handle
	half  uint32 // a power of two; half <= len(heads) < 2*half
}

const minHeads = 64

func newIndex() index { return index{heads: make([]Handle, minHeads), half: minHeads} }

// head is where the chain of a hash begins: chain i = hash mod 2*half, or i-half where chain i is still to be split off.
// Written without a branch, since it would be foreseen badly.
func (x *index) head(hash uint32) *Handle {
	i := hash & (2*x.half - 1)
	over := uint32(int32(uint32(len(x.heads))-1-i) >> 31) // all ones where i is past the last chain
	return &x.heads[i-x.half&over]
}

// grow adds an empty chain, and takes out the chain that is to be split between it and its old place.
func (x *index) grow() (chain Handle) {
	from := &x.heads[uint32(len(x.heads))-x.half]
	chain, *from = *from, 0
	x.heads = append(x.heads, 0)
	if uint32(len(x.heads)) == 2*x.half {
		x.half *= 2
	}
	return chain
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
	for 2*b.n > len(b.byID.heads) {
		for h := b.byID.grow(); h != 0; {
			o := b.At(h)
			head := b.byID.head(hashID(o.ID))
			h, o.sameID, *head = o.sameID, *head, h
		}
	}
}

// hashName is the hash of a client order id within its account, 0 for the empty one. Strangers choose client order ids,
// so it is seeded; accounts need no hashing of their own then.
func (b *Book) hashName(a instruction.Account, id *instruction.ClientID) uint32 {
	if id.IsZero() {
		return 0
	}
	var text [instruction.MaxClientID]byte
	return uint32(maphash.Bytes(b.seed, id.Append(text[:0]))>>32) ^ uint32(a)*0x9E3779B9 | 1
}

// FindClient is the account's open order with this client order id, or 0.
func (b *Book) FindClient(a instruction.Account, id instruction.ClientID) Handle {
	name := b.hashName(a, &id)
	if name == 0 {
		return 0
	}
	return b.named(name, a, &id)
}

// named is the account's order with this client order id, whose hash is name, or 0.
func (b *Book) named(name uint32, a instruction.Account, id *instruction.ClientID) Handle {
	h := *b.byName.head(name)
	for h != 0 {
		o := b.At(h)
		if o.name == name && o.Account == a && o.ClientID == *id {
			break
		}
		h = o.sameName
	}
	return h
}

func (b *Book) addName(h Handle, o *Order, name uint32) {
	o.name = name
	for 2*b.n > len(b.byName.heads) {
		for h := b.byName.grow(); h != 0; {
			o := b.At(h)
			head := b.byName.head(o.name)
			h, o.sameName, *head = o.sameName, *head, h
		}
	}
	head := b.byName.head(name)
	o.sameName, *head = *head, h
}

func (b *Book) dropName(h Handle, o *Order) {
	head := b.byName.head(o.name)
	for *head != h {
		head = &b.At(*head).sameName
	}
	*head = o.sameName
}
