// Package ledger holds what each account owns of each asset, free and held, as double entries: whatever leaves one
// balance arrives in another, but for what comes in from outside and goes out to it.
//
// It owns the balances and the totals of each asset, and keeps this invariant after every posting: the sum over all
// accounts, free and held, equals what came in less what went out (Imbalance says where it does not). It refuses any
// posting that would make a balance negative or overflow, and then changes nothing. Who may ask for a posting is not
// its business. One goroutine uses a Ledger at a time.
package ledger

import (
	"errors"
	"fmt"
	"iter"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// ErrInsufficient means that a balance does not have what a posting takes from it.
var ErrInsufficient = errors.New("ledger: insufficient balance")

// Balance is what an account has of one asset: Free to use, and Held for open orders and for payouts that are under way.
type Balance struct {
	Free, Held money.Amount
}

// row is what one account has of one asset.
type row struct {
	Balance
	asset instruction.Asset
}

// total is what is known of one asset over all accounts.
type total struct {
	in, out, sum money.Amount
	dirty        bool // changed since Imbalance last looked
}

// Ledger is the set of all balances. The zero Ledger is not ready; see New.
type Ledger struct {
	accounts [][]row // by account, by ascending asset; a row stays once it was made
	totals   []total // by asset
	dirty    []instruction.Asset
	heads    []instruction.Account         // by account: the head of its family, or 0
	families map[instruction.Account][]sum // by head, by ascending asset; looked up alone
}

// New is an empty ledger.
func New() *Ledger { return new(Ledger) }

// Balance is what the account has of the asset.
func (l *Ledger) Balance(a instruction.Account, x instruction.Asset) Balance {
	if r := l.find(a, x); r != nil {
		return r.Balance
	}
	return Balance{}
}

// Balances are the account's balances that are not zero, by ascending asset.
func (l *Ledger) Balances(a instruction.Account) iter.Seq2[instruction.Asset, Balance] {
	return func(yield func(instruction.Asset, Balance) bool) {
		if int(a) >= len(l.accounts) {
			return
		}
		for i := range l.accounts[a] {
			if r := &l.accounts[a][i]; r.Balance != (Balance{}) && !yield(r.asset, r.Balance) {
				return
			}
		}
	}
}

// Came is what came in from outside, and went out to it, since the beginning.
func (l *Ledger) Came(x instruction.Asset) (in, out money.Amount) {
	if int(x) >= len(l.totals) {
		return 0, 0
	}
	return l.totals[x].in, l.totals[x].out
}

// Sum is what all accounts have of the asset, free and held.
func (l *Ledger) Sum(x instruction.Asset) money.Amount {
	in, out := l.Came(x)
	return in - out
}

// search is where the asset's row is among an account's, or should be. Most accounts have a few.
func search(rows []row, x instruction.Asset) int {
	lo, hi := 0, len(rows)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if rows[mid].asset < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// find is the account's row for the asset, or nil. It is valid until at makes another one of the account.
func (l *Ledger) find(a instruction.Account, x instruction.Asset) *row {
	if int(a) >= len(l.accounts) {
		return nil
	}
	rows := l.accounts[a]
	if i := search(rows, x); i < len(rows) && rows[i].asset == x {
		return &rows[i]
	}
	return nil
}

// at is the account's row for the asset, made when there is none.
func (l *Ledger) at(a instruction.Account, x instruction.Asset) *row {
	if r := l.find(a, x); r != nil {
		return r
	}
	if n := int(a) + 1 - len(l.accounts); n > 0 {
		l.accounts = append(l.accounts, make([][]row, n)...)
	}
	rows := l.accounts[a]
	i := search(rows, x)
	rows = slices.Insert(rows, i, row{asset: x})
	l.accounts[a] = rows
	return &rows[i]
}

func (l *Ledger) total(x instruction.Asset) *total {
	for int(x) >= len(l.totals) {
		l.totals = append(l.totals, total{})
	}
	return &l.totals[x]
}

// post changes one row by what its caller has checked, and the asset's sum with it.
func (l *Ledger) post(a instruction.Account, r *row, free, held money.Amount) {
	r.Free += free
	r.Held += held
	if head := l.head(a); head != 0 && free+held != 0 {
		l.share(head, r.asset, free+held)
	}
	t := l.total(r.asset)
	t.sum += free + held
	if !t.dirty {
		t.dirty = true
		l.dirty = append(l.dirty, r.asset)
	}
}

// CameIn books value from outside as free.
func (l *Ledger) CameIn(a instruction.Account, x instruction.Asset, n money.Amount) error {
	t := l.total(x)
	if n <= 0 || n > money.MaxAmount || t.in > money.MaxAmount-n {
		return fmt.Errorf("ledger: %d of asset %d cannot come in: %w", n, x, money.ErrRange)
	}
	t.in += n
	l.post(a, l.at(a, x), n, 0)
	return nil
}

// Hold moves n from free to held.
func (l *Ledger) Hold(a instruction.Account, x instruction.Asset, n money.Amount) error {
	r := l.find(a, x)
	switch {
	case n == 0:
	case n < 0 || r == nil || r.Free < n:
		return ErrInsufficient
	default:
		l.post(a, r, -n, n)
	}
	return nil
}

// Release moves n from held to free.
func (l *Ledger) Release(a instruction.Account, x instruction.Asset, n money.Amount) error {
	r := l.find(a, x)
	switch {
	case n == 0:
	case n < 0 || r == nil || r.Held < n:
		return ErrInsufficient
	default:
		l.post(a, r, n, -n)
	}
	return nil
}

// Pay moves n from what the payer holds to what the receiver has free, less the fee, which goes to the venue's account.
func (l *Ledger) Pay(from, to instruction.Account, x instruction.Asset, n, fee money.Amount) error {
	if n < 0 || fee < 0 || fee > n {
		return fmt.Errorf("ledger: payment of %d with a fee of %d: %w", n, fee, money.ErrRange)
	}
	if n == 0 {
		return nil
	}
	r := l.find(from, x)
	if r == nil || r.Held < n {
		return ErrInsufficient
	}
	l.post(from, r, 0, -n)
	l.post(to, l.at(to, x), n-fee, 0)
	if fee > 0 {
		l.post(instruction.Fees, l.at(instruction.Fees, x), fee, 0)
	}
	return nil
}

// Entrust moves n from what one account has free to what another holds.
func (l *Ledger) Entrust(from, to instruction.Account, x instruction.Asset, n money.Amount) error {
	if n < 0 || l.Balance(from, x).Free < n {
		return ErrInsufficient
	}
	if n > 0 {
		l.post(from, l.at(from, x), -n, 0)
		l.post(to, l.at(to, x), 0, n)
	}
	return nil
}

// GoOut takes n of what an account holds out of the venue.
func (l *Ledger) GoOut(a instruction.Account, x instruction.Asset, n money.Amount) error {
	r := l.find(a, x)
	if n <= 0 || r == nil || r.Held < n {
		return ErrInsufficient
	}
	l.total(x).out += n
	l.post(a, r, 0, -n)
	return nil
}

// Charge moves n from what an account holds to the venue's account.
func (l *Ledger) Charge(from instruction.Account, x instruction.Asset, n money.Amount) error {
	if n < 0 || l.Balance(from, x).Held < n {
		return ErrInsufficient
	}
	if n > 0 {
		l.post(from, l.at(from, x), 0, -n)
		l.post(instruction.Fees, l.at(instruction.Fees, x), n, 0)
	}
	return nil
}

// Move moves n from what one account has free to what another has.
func (l *Ledger) Move(from, to instruction.Account, x instruction.Asset, n money.Amount) error {
	if n < 0 || l.Balance(from, x).Free < n {
		return ErrInsufficient
	}
	if n > 0 {
		l.post(from, l.at(from, x), -n, 0)
		l.post(to, l.at(to, x), n, 0)
	}
	return nil
}

// Imbalance looks at the assets that changed since it last looked, and is the first whose money is not conserved, or 0.
// Its cost is one comparison per changed asset, so that it can be asked after every record.
func (l *Ledger) Imbalance() instruction.Asset {
	var bad instruction.Asset
	for _, x := range l.dirty {
		t := &l.totals[x]
		t.dirty = false
		if t.sum != t.in-t.out && bad == 0 {
			bad = x
		}
	}
	l.dirty = l.dirty[:0]
	return bad
}

// Check counts everything anew and is an error that names the first asset or balance that is wrong.
func (l *Ledger) Check() error {
	sums := make([]money.Amount, len(l.totals))
	for a, rows := range l.accounts {
		for i, r := range rows {
			if r.Free < 0 || r.Held < 0 {
				return fmt.Errorf("ledger: account %d has %d free and %d held of asset %d", a, r.Free, r.Held, r.asset)
			}
			if i > 0 && rows[i-1].asset >= r.asset {
				return fmt.Errorf("ledger: account %d has asset %d after asset %d", a, r.asset, rows[i-1].asset)
			}
			sums[r.asset] += r.Free + r.Held
		}
	}
	for x, t := range l.totals {
		if sums[x] != t.in-t.out || sums[x] != t.sum {
			return fmt.Errorf("ledger: accounts hold %d of asset %d; %d came in, %d went out", sums[x], x, t.in, t.out)
		}
	}
	return l.checkFamilies()
}

// Fields is the persisted form: totals by asset, then by account the balances that are not zero by ascending asset. The
// same balances give the same bytes, whatever led to them.
func (l *Ledger) Fields(c *instruction.Codec) {
	if c.Reading() { // who has joined whom stays
		*l = Ledger{heads: l.heads, families: make(map[instruction.Account][]sum)}
	}
	n := c.Count(len(l.totals), 1<<16)
	for x := range n {
		c.Pause()
		t := l.total(instruction.Asset(x))
		instruction.Num64(c, &t.in)
		instruction.Num64(c, &t.out)
	}
	accounts := c.Count(l.lastHolder()+1, 1<<31-1)
	if c.Reading() {
		l.accounts = slices.Grow(l.accounts, c.Room(accounts, 4))
	}
	for a := range accounts {
		if c.Err() != nil {
			return
		}
		l.account(c, instruction.Account(a))
	}
	if c.Reading() && c.Err() == nil {
		if err := l.Check(); err != nil {
			c.Fail("%v", err)
		}
	}
}

// lastHolder is the highest account that has anything.
func (l *Ledger) lastHolder() int {
	for a := len(l.accounts) - 1; a > 0; a-- {
		for range l.Balances(instruction.Account(a)) { // #nosec G115 -- core bounds accounts far below 2^32
			return a
		}
	}
	return 0
}

// account is the persisted form of one account's balances.
func (l *Ledger) account(c *instruction.Codec, a instruction.Account) {
	var assets []instruction.Asset
	if !c.Reading() {
		for x := range l.Balances(a) {
			assets = append(assets, x)
		}
	}
	n := c.Count(len(assets), 1<<16)
	c.Pause()
	for i := range n {
		if i%1024 == 1023 {
			c.Pause()
		}
		var x instruction.Asset
		var b Balance
		if !c.Reading() {
			x = assets[i]
			b = l.Balance(a, x)
		}
		instruction.Num16(c, &x)
		instruction.Num64(c, &b.Free)
		instruction.Num64(c, &b.Held)
		if c.Reading() && c.Err() == nil {
			if b.Free < 0 || b.Held < 0 || int(x) >= len(l.totals) {
				c.Fail("account %d has %d and %d of asset %d", a, b.Free, b.Held, x)
				return
			}
			l.post(a, l.at(a, x), b.Free, b.Held)
		}
	}
}
