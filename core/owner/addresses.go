package owner

import (
	"slices"

	"portcullis/core/instruction"
)

// MaxAddresses is how many addresses an account's book has at most, with those that wait to be in it.
const MaxAddresses = 200

// Address is an entry of an account's address book: withdrawals of the asset may go there.
type Address struct {
	Asset instruction.Asset
	To    instruction.Destination
	Label string
	Since instruction.Time // when it was added
}

// Addresses is the account's address book, in the order in which they were added. It must not be changed.
func (o *Owner) Addresses(a instruction.Account) []Address { return o.books[a] }

// Listed says that the address is in the account's book. Chain, address and tag are compared as they were written: what
// some chains take for the same is another address here.
func (o *Owner) Listed(a instruction.Account, x instruction.Asset, to *instruction.Destination) bool {
	return o.entry(a, x, to) >= 0
}

func (o *Owner) entry(a instruction.Account, x instruction.Asset, to *instruction.Destination) int {
	return slices.IndexFunc(o.books[a], func(e Address) bool { return e.Asset == x && e.To == *to })
}

// Awaited is the matter that will bring the address into the account's book, or 0.
func (o *Owner) Awaited(a instruction.Account, x instruction.Asset, to *instruction.Destination) instruction.MatterID {
	for _, id := range o.of[a] {
		if m := o.Matter(id); m.Kind == instruction.NewAddress && m.Asset == x && m.To == *to {
			return id
		}
	}
	return 0
}

// Count is how many matters of a kind wait of the account.
func (o *Owner) Count(a instruction.Account, kind instruction.MatterKind) int {
	n := 0
	for _, id := range o.of[a] {
		if o.Matter(id).Kind == kind {
			n++
		}
	}
	return n
}

// AddAddress takes note of an entry.
func (o *Owner) AddAddress(e *instruction.AddressAdded, now instruction.Time) error {
	if e.Account == 0 || len(o.books[e.Account]) >= MaxAddresses || o.Listed(e.Account, e.Asset, &e.To) {
		return errMatter
	}
	o.books[e.Account] = append(o.books[e.Account], Address{Asset: e.Asset, To: e.To, Label: e.Label, Since: now})
	return nil
}

// RemoveAddress forgets an entry.
func (o *Owner) RemoveAddress(e *instruction.AddressRemoved) error {
	i := o.entry(e.Account, e.Asset, &e.To)
	if i < 0 {
		return errMatter
	}
	if o.books[e.Account] = slices.Delete(o.books[e.Account], i, i+1); len(o.books[e.Account]) == 0 {
		delete(o.books, e.Account)
	}
	return nil
}

// bookFields is the persisted form of the address books, by account.
func (o *Owner) bookFields(c *instruction.Codec) {
	n := c.Count(len(o.books), 1<<31-1)
	a := instruction.Account(0)
	for range n {
		if !c.Reading() {
			for a++; len(o.books[a]) == 0; a++ {
			}
		}
		before := a
		instruction.Num32(c, &a)
		count := c.Count(len(o.books[a]), MaxAddresses)
		if c.Reading() && (a <= before || count == 0) {
			c.Fail("the address book of account %d", a)
			return
		}
		for i := range count {
			c.Pause()
			var e Address
			if !c.Reading() {
				e = o.books[a][i]
			}
			e.fields(c)
			if c.Reading() && c.Err() == nil &&
				o.AddAddress(&instruction.AddressAdded{Account: a, Asset: e.Asset, To: e.To, Label: e.Label}, e.Since) != nil {
				c.Fail("an address of account %d twice", a)
			}
			if c.Err() != nil {
				return
			}
		}
	}
}

func (e *Address) fields(c *instruction.Codec) {
	instruction.Num16(c, &e.Asset)
	e.To.Fields(c)
	c.Text(&e.Label)
	instruction.Num64(c, &e.Since)
}
