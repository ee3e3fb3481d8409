package chain

import (
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Ripe is the next deposit that lies deep enough to be credited, or nil. It must not be changed.
func (c *Chain) Ripe() *Coin {
	if x := c.waiting.first(); x != nil && c.Confirmations(x.Height) >= uint32(c.Terms.CreditDepth) {
		return x
	}
	return nil
}

// Waiting are the deposits that are not credited yet, by height, in a list of the caller's own.
func (c *Chain) Waiting() []*Coin { return c.waiting.list() }

// Lost is the next deposit that was credited and is to be taken back, or nil: its block has gone, or it is change of a spend whose
// transaction came on record after it. It must not be changed.
func (c *Chain) Lost() *Coin { return c.lost.first() }

// Credit takes note that a deposit was credited, to an account of the customer, less what the customer owed.
func (c *Chain) Credit(e *instruction.DepositCredited, customer instruction.Account) error {
	x := c.Ripe()
	if x == nil || x.Coin != e.Coin || x.Account != e.Account || x.Amount != e.Amount || e.Owed < 0 || e.Owed > e.Amount || e.Owed > c.debts[customer] {
		return errChain
	}
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
