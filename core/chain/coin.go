package chain

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Coin is an output of a transaction that is the venue's to spend.
type Coin struct {
	Coin     instruction.Outpoint
	Amount   money.Amount
	Account  instruction.Account // whose deposit it is; Fees for change and for what came to the hot address
	Height   uint32              // of the block that has it; 0 for none
	Credited bool                // to the account. Change never is
	Change   bool                // of a spend of the venue
	By       instruction.SpendID // the newest spend that takes it, of the one family that may; 0 for none
	Taker    instruction.TxID    // the transaction of a block that took it
	TakenAt  uint32              // the height of that block; 0 for none
	gone     bool                // it is known no more
}

// usable says that a spend may take the coin: it will not go, as far as anybody can tell.
func (x *Coin) usable() bool {
	return x.By == 0 && x.TakenAt == 0 && (x.Credited && x.Height != 0 || x.Change)
}

// counted says that the coin is among what the chain has for the venue.
func (x *Coin) counted() bool {
	return x.Height != 0 && x.TakenAt == 0 && (x.Credited || x.Change)
}

// Coin is the venue's coin of that name, or nil. It must not be changed.
func (c *Chain) Coin(o instruction.Outpoint) *Coin { return c.coins[o] }

// Free are the coins that a spend may take, largest first. They must not be changed.
func (c *Chain) Free() []*Coin { return c.free }

// The orders of lists of coins.
func largest(x, y *Coin) int { return cmp.Or(cmp.Compare(y.Amount, x.Amount), x.Coin.Compare(&y.Coin)) }
func came(x, y *Coin) int    { return cmp.Or(cmp.Compare(x.Height, y.Height), x.Coin.Compare(&y.Coin)) }
func went(x, y *Coin) int    { return cmp.Or(cmp.Compare(x.TakenAt, y.TakenAt), x.Coin.Compare(&y.Coin)) }
func named(x, y *Coin) int   { return x.Coin.Compare(&y.Coin) }

// with and without are a list, in its order, with and without a thing.
func with[T any](list []*T, x *T, order func(x, y *T) int) []*T {
	i, _ := slices.BinarySearchFunc(list, x, order)
	return slices.Insert(list, i, x)
}

func without[T any](list []*T, x *T, order func(x, y *T) int) []*T {
	if i, ok := slices.BinarySearchFunc(list, x, order); ok && list[i] == x {
		return slices.Delete(list, i, i+1)
	}
	return list
}

// know takes note of a coin; forget lets go of it.
func (c *Chain) know(x *Coin) {
	c.coins[x.Coin] = x
	c.all = append(c.all, x)
}

func (c *Chain) forget(x *Coin) {
	delete(c.coins, x.Coin)
	x.gone = true
	if c.gone++; c.gone > 64 && c.gone > len(c.all)/2 {
		c.all = slices.DeleteFunc(c.all, func(x *Coin) bool { return x.gone })
		c.gone = 0
	}
}

// change changes a coin, and keeps what is derived from it.
func (c *Chain) change(x *Coin, f func()) {
	if x.usable() {
		c.free = without(c.free, x, largest)
	}
	if x.counted() {
		c.sums.Confirmed -= x.Amount
	}
	f()
	c.derive(x)
}

// derive enters a coin into what is derived from coins.
func (c *Chain) derive(x *Coin) {
	if x.usable() {
		c.free = with(c.free, x, largest)
	}
	if x.counted() {
		c.sums.Confirmed += x.Amount
	}
}

// receive takes note of a coin that a block gave. One that is known already, such as change that was seen before, is in a
// block from now on.
func (c *Chain) receive(r *instruction.Received, height uint32) {
	x := c.coins[r.Coin]
	switch {
	case x == nil:
		x = &Coin{Coin: r.Coin, Amount: r.Amount, Account: r.Account}
		c.know(x)
	case x.Height != 0:
		return // the block is told of again
	}
	c.change(x, func() { x.Height, x.Change = height, c.Left(x.Coin) })
	c.young = with(c.young, x, came)
	switch {
	case x.Change:
	case x.Credited:
		c.lost = without(c.lost, x, named)
	default:
		c.waiting = with(c.waiting, x, came)
	}
}

// Left says that a coin is what is left of a spend.
func (c *Chain) Left(o instruction.Outpoint) bool {
	s := c.txs[o.Tx]
	return s != nil && s.Change > 0 && o == s.change()
}

// unreceive takes note that the block that gave a coin has gone.
func (c *Chain) unreceive(x *Coin) {
	if !x.Credited && !x.Change {
		c.waiting = without(c.waiting, x, came)
	}
	c.change(x, func() { x.Height = 0 })
	switch {
	case x.Change:
		if s := c.txs[x.Coin.Tx]; s != nil && len(c.Family(s.Anchor())) > 1 {
			c.unsee(s)
		}
	case x.Credited:
		c.lost = with(c.lost, x, named)
	default:
		c.drop(x)
	}
}

// drop forgets a coin, unless a spend takes it.
func (c *Chain) drop(x *Coin) {
	if x.By == 0 {
		c.forget(x)
	}
}

// take takes note that a transaction of a block took a coin.
func (c *Chain) take(e *instruction.Spent, height uint32) {
	x := c.coins[e.Coin]
	if x == nil || x.TakenAt != 0 {
		return
	}
	c.change(x, func() { x.Taker, x.TakenAt = e.By, height })
	c.taken = with(c.taken, x, went)
	if s := c.txs[e.By]; s != nil && s.Inputs[0] == e.Coin {
		c.mine(s, height)
	}
}

func (c *Chain) untake(x *Coin) {
	if s := c.txs[x.Taker]; s != nil && s.Inputs[0] == x.Coin {
		c.unmine(s)
	}
	c.change(x, func() { x.Taker, x.TakenAt = instruction.TxID{}, 0 })
}

// Ripe is the next deposit that lies deep enough to be credited, or nil. It must not be changed.
func (c *Chain) Ripe() *Coin {
	if len(c.waiting) > 0 && c.Confirmations(c.waiting[0].Height) >= uint32(c.Terms.CreditDepth) {
		return c.waiting[0]
	}
	return nil
}

// Waiting are the deposits that are not credited yet. They must not be changed.
func (c *Chain) Waiting() []*Coin { return c.waiting }

// Lost is the next credited deposit whose block has gone, or nil. It must not be changed.
func (c *Chain) Lost() *Coin {
	if len(c.lost) > 0 {
		return c.lost[0]
	}
	return nil
}

// Credit takes note that a deposit was credited, to an account of the customer, less what the customer owed.
func (c *Chain) Credit(e *instruction.DepositCredited, customer instruction.Account) error {
	x := c.Ripe()
	if x == nil || x.Coin != e.Coin || x.Account != e.Account || x.Amount != e.Amount || e.Owed < 0 || e.Owed > e.Amount || e.Owed > c.debts[customer] {
		return errChain
	}
	c.waiting = slices.Delete(c.waiting, 0, 1)
	c.change(x, func() { x.Credited = true })
	c.owe(customer, -e.Owed)
	return nil
}

// Undo takes note that a credited deposit was taken back, and what the customer owes of it.
func (c *Chain) Undo(e *instruction.DepositUndone, customer instruction.Account) error {
	x := c.Lost()
	if x == nil || x.Coin != e.Coin || x.Account != e.Account || e.Taken < 0 || e.Owed < 0 || e.Taken+e.Owed != x.Amount {
		return errChain
	}
	c.lost = slices.Delete(c.lost, 0, 1)
	c.change(x, func() { x.Credited = false })
	c.drop(x)
	c.owe(customer, e.Owed)
	return nil
}

// Debt is what the customer owes since deposits were undone whose amount was not there any more.
func (c *Chain) Debt(customer instruction.Account) money.Amount { return c.debts[customer] }

// Debts are how many customers owe so, and how much in all.
func (c *Chain) Debts() (customers int, sum money.Amount) {
	for _, customer := range c.debtors {
		sum += c.debts[customer]
	}
	return len(c.debtors), sum
}

func (c *Chain) owe(customer instruction.Account, n money.Amount) {
	if n == 0 {
		return
	}
	i, known := slices.BinarySearch(c.debtors, customer)
	if c.debts[customer] += n; !known {
		c.debtors = slices.Insert(c.debtors, i, customer)
	} else if c.debts[customer] == 0 {
		delete(c.debts, customer)
		c.debtors = slices.Delete(c.debtors, i, i+1)
	}
}
