package book

import (
	"iter"

	"portcullis/core/instruction"
)

// account lists the resting orders of one account in order of placement. Accounts lie in their slab by their number.
type account struct {
	head, tail Handle
	orders     int32
}

// Count is how many resting orders an account has.
func (b *Book) Count(a instruction.Account) int {
	if !b.accounts.has(uint32(a)) {
		return 0
	}
	return int(b.accounts.at(uint32(a)).orders)
}

// Orders goes through an account's resting orders in order of placement. The loop may remove the order that it is at,
// and no other.
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
