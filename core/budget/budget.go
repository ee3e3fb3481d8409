package budget

import (
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/shelf"
)

// Budgets are the meters of all credentials and accounts, and what customers acquired and gave in thin markets.
type Budgets struct {
	credentials shelf.Shelf[meter]
	accounts    shelf.Shelf[meter]
	customers   shelf.Shelf[customer]
	past        pasts // of the meters that were charged
	fault       error // what no caller may do, and one did
}

// New is where nobody lost anything yet.
func New() *Budgets {
	return &Budgets{
		credentials: shelf.New(blank), accounts: shelf.New(blank), customers: shelf.New(customer{}),
		past: pasts{chunks: []*[pastChunk]past{{}}},
	}
}

// Party is whose meters a fill counts in.
type Party struct {
	Credential instruction.Credential // 0: none of its own
	Account    instruction.Account
	Parent     instruction.Account // the master account where Account is a sub-account, else 0
}

// Equity is what a party's accounts are worth at the low marks, in units of the valuation asset. Below 0 counts as 0.
type Equity struct {
	Own    money.Amount // of its account
	Family money.Amount // of all accounts of its customer
}

// Of names one budget as the events do: a credential's, or an account's own.
type Of struct {
	Account    instruction.Account
	Credential instruction.Credential // 0: the account's own budget
}

// Charge counts what a fill cost in all meters of a party. A loss below 0 is a gain that is credited: it takes out of the
// newest slots, never below zero, and out of the sum since the last confirmation what it took out of them.
func (b *Budgets) Charge(waits instruction.Time, p Party, loss, fees money.Amount) {
	loss, fees = clamp(loss), max(clamp(fees), 0)
	meters := b.meters(p)
	if loss > 0 || fees > 0 { // a gain finds nothing where there is no meter
		meters = b.made(p)
	}
	for _, m := range meters {
		if m != nil {
			b.charge(m, waits, loss, fees)
		}
	}
}

// Reserve sets n, not negative, aside of what the party may lose. It is derived from the books, and never persisted.
func (b *Budgets) Reserve(p Party, n money.Amount) {
	if n = max(clamp(n), 0); n == 0 {
		return
	}
	for _, m := range b.made(p) {
		if m != nil {
			m.reserved = m.reserved.Plus(n)
		}
	}
}

// Free gives back n of what was reserved for the same party. More than that is a fault that Check tells.
func (b *Budgets) Free(p Party, n money.Amount) {
	if n = max(clamp(n), 0); n == 0 {
		return
	}
	ids := [3]uint32{uint32(p.Credential), uint32(p.Account), uint32(p.Parent)}
	for i, m := range b.meters(p) {
		if ids[i] != 0 && (m == nil || !m.free(n)) && b.fault == nil {
			b.fault = fmt.Errorf("budget: %d freed for %+v, more than is reserved", n, p)
		}
	}
}

// meters are those of a party's credential, account and master account; nil where there is none.
func (b *Budgets) meters(p Party) [3]*meter {
	return [3]*meter{b.credentials.At(uint32(p.Credential)), b.accounts.At(uint32(p.Account)), b.accounts.At(uint32(p.Parent))}
}

// made is meters once all that the party names are there.
func (b *Budgets) made(p Party) [3]*meter {
	return [3]*meter{b.credentials.Need(uint32(p.Credential)), b.accounts.Need(uint32(p.Account)), b.accounts.Need(uint32(p.Parent))}
}
