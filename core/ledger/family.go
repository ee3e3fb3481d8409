package ledger

import (
	"fmt"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// A family is the accounts of a customer that has several. What they have together is kept up with every posting, so that
// asking for it does not cost by how many they are.

// sum is what a family has of one asset, free and held.
type sum struct {
	asset instruction.Asset
	n     money.Amount
}

// Join counts an account with the family of its head, and the head itself when it is the first. Families are no part of the
// persisted form; a ledger that is read keeps those that it had.
func (l *Ledger) Join(a, head instruction.Account) {
	if l.families == nil {
		l.families = make(map[instruction.Account][]sum)
	}
	for _, x := range [...]instruction.Account{head, a} {
		if l.head(x) == head {
			continue
		}
		if n := int(x) + 1 - len(l.heads); n > 0 {
			l.heads = append(l.heads, make([]instruction.Account, n)...)
		}
		l.heads[x] = head
		for asset, b := range l.Balances(x) {
			l.share(head, asset, b.Free+b.Held)
		}
	}
}

// head is the head of an account's family, or 0.
func (l *Ledger) head(a instruction.Account) instruction.Account {
	if int(a) < len(l.heads) {
		return l.heads[a]
	}
	return 0
}

// share changes what a family has together.
func (l *Ledger) share(head instruction.Account, x instruction.Asset, n money.Amount) {
	list := l.families[head]
	i, ok := slices.BinarySearchFunc(list, x, func(s sum, x instruction.Asset) int { return int(s.asset) - int(x) })
	if !ok {
		list = slices.Insert(list, i, sum{asset: x})
		l.families[head] = list
	}
	list[i].n += n
}

// Owns is the i-th asset, counted from 0, that an account has, and how much of it, free and held; false past the last.
func (l *Ledger) Owns(a instruction.Account, i int) (instruction.Asset, money.Amount, bool) {
	if int(a) >= len(l.accounts) || i >= len(l.accounts[a]) {
		return 0, 0, false
	}
	r := &l.accounts[a][i]
	return r.asset, r.Free + r.Held, true
}

// Shares is Owns for an account together with all of the family that it heads.
func (l *Ledger) Shares(head instruction.Account, i int) (instruction.Asset, money.Amount, bool) {
	if l.head(head) != head {
		return l.Owns(head, i)
	}
	if list := l.families[head]; i < len(list) {
		return list[i].asset, list[i].n, true
	}
	return 0, 0, false
}

// checkFamilies counts what families have anew.
func (l *Ledger) checkFamilies() error {
	anew := Ledger{families: make(map[instruction.Account][]sum)}
	for a, head := range l.heads {
		if head == 0 {
			continue
		}
		for x, b := range l.Balances(instruction.Account(a)) { // #nosec G115 -- core bounds accounts far below 2^32
			anew.share(head, x, b.Free+b.Held)
		}
	}
	nothing := func(x sum) bool { return x.n == 0 } // of an asset that all of it has left
	for a := range l.heads {
		head := instruction.Account(a) // #nosec G115 -- as above
		want := slices.DeleteFunc(anew.families[head], nothing)
		if got := slices.DeleteFunc(slices.Clone(l.families[head]), nothing); !slices.Equal(got, want) {
			return fmt.Errorf("ledger: the accounts of %d have %v together, by asset, and %v is kept", head, want, got)
		}
	}
	return nil
}
