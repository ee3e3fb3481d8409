package chain

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Spend is a transaction that the venue planned.
type Spend struct {
	ID       instruction.SpendID
	Payouts  []instruction.PayoutID
	Inputs   []instruction.Outpoint // the first is the anchor
	Paid     money.Amount           // to all payouts' addresses
	Fee      money.Amount
	Size     uint32
	Change   money.Amount
	Replaces instruction.SpendID
	Tx       instruction.TxID // zero until it is signed
	Raw      []byte
	Seen     bool   // nodes have it
	Height   uint32 // of the block that has it; 0 for none
	Settled  bool
}

// Anchor is the coin that all of a family take.
func (s *Spend) Anchor() instruction.Outpoint { return s.Inputs[0] }

// Signed says that its transaction is on record.
func (s *Spend) Signed() bool { return !s.Tx.IsZero() }

// Signed says that a spend has the transaction.
func (c *Chain) Signed(id instruction.TxID) bool { return c.txs[id] != nil }

// Of is the spend whose transaction it is, or nil. It must not be changed.
func (c *Chain) Of(id instruction.TxID) *Spend { return c.txs[id] }

// Rest is the coin that is left of a spend, or nil. It must not be changed.
func (c *Chain) Rest(s *Spend) *Coin {
	if !s.Signed() {
		return nil
	}
	return c.coins[s.change()]
}

// Spends are those that are not forgotten, by ascending number. They must not be changed.
func (c *Chain) Spends() []*Spend { return c.spends }

// LastSpend is the last number given to a spend.
func (c *Chain) LastSpend() instruction.SpendID { return c.last }

// Spend is the one of that number, or nil. It must not be changed.
func (c *Chain) Spend(id instruction.SpendID) *Spend {
	i, ok := slices.BinarySearchFunc(c.spends, id, func(s *Spend, id instruction.SpendID) int { return int(s.ID) - int(id) }) // #nosec G115 -- counted from 1
	if !ok {
		return nil
	}
	return c.spends[i]
}

// Family are the spends with the same anchor, by ascending number.
func (c *Chain) Family(anchor instruction.Outpoint) []*Spend {
	var list []*Spend
	for _, s := range c.spends {
		if s.Anchor() == anchor {
			list = append(list, s)
		}
	}
	return list
}

// Held is what the fee of a family needs: that of its dearest.
func Held(family []*Spend) money.Amount {
	most := money.Amount(0)
	for _, s := range family {
		most = max(most, s.Fee)
	}
	return most
}

// Takes says that a spend may take the coin: it is free, or of the family of the one that it replaces.
func (c *Chain) Takes(x *Coin, replaced *Spend) bool {
	if x.By == 0 {
		return x.usable()
	}
	by := c.Spend(x.By)
	return replaced != nil && by != nil && by.Anchor() == replaced.Anchor() && x.TakenAt == 0
}

// Plan takes note of a spend. That its payouts fit, package core has looked at.
func (c *Chain) Plan(e *instruction.SpendPlanned, paid money.Amount) error {
	if e.ID <= c.last || len(e.Inputs) == 0 {
		return errChain
	}
	replaced := c.Spend(e.Replaces)
	if e.Replaces != 0 && (replaced == nil || replaced.Anchor() != e.Inputs[0]) {
		return errChain
	}
	sum := money.Amount(0)
	for _, o := range e.Inputs {
		x := c.coins[o]
		if x == nil || !c.Takes(x, replaced) {
			return errChain
		}
		sum += x.Amount
	}
	if paid < 0 || e.Fee < 0 || e.Change < 0 || paid+e.Fee+e.Change != sum {
		return errChain
	}
	if replaced != nil && !c.Replaceable(replaced) {
		return errChain
	}
	for _, s := range c.Family(e.Inputs[0]) {
		c.unsee(s)
	}
	for _, o := range e.Inputs {
		x := c.coins[o]
		c.change(x, func() { x.By = e.ID })
	}
	c.last = e.ID
	c.spends = append(c.spends, &Spend{
		ID: e.ID, Payouts: e.Payouts, Inputs: e.Inputs, Paid: paid, Fee: e.Fee, Size: e.Size, Change: e.Change, Replaces: e.Replaces,
	})
	return nil
}

// Sign takes note of a spend's transaction.
func (c *Chain) Sign(e *instruction.SpendSigned) error {
	s := c.Spend(e.Spend)
	if s == nil || s.Signed() || e.Tx.IsZero() || c.txs[e.Tx] != nil || len(e.Raw) == 0 {
		return errChain
	}
	s.Tx, s.Raw = e.Tx, e.Raw
	c.txs[s.Tx] = s
	return nil
}

// Replaceable says that nothing takes what is left of the spend's family, so that another one may be mined in its stead.
func (c *Chain) Replaceable(s *Spend) bool {
	if s.Settled {
		return false
	}
	for _, s := range c.Family(s.Anchor()) {
		if x := c.coins[s.change()]; s.Signed() && x != nil && x.By != 0 {
			return false
		}
	}
	return true
}

// See takes note that nodes have a spend, and not the others of its family. What is left of it may be taken from now on, before a
// block has it, where nothing else can be mined in its stead.
func (c *Chain) See(e *instruction.SpendSeen) error {
	s := c.Spend(e.Spend)
	if s == nil || !s.Signed() || s.Seen {
		return errChain
	}
	family := c.Family(s.Anchor())
	for _, other := range family {
		c.unsee(other)
	}
	s.Seen = true
	if s.Change > 0 && len(family) == 1 && c.coins[s.change()] == nil {
		x := &Coin{Coin: s.change(), Amount: s.Change, Account: instruction.Fees, Change: true}
		c.know(x)
		c.derive(x)
	}
	return nil
}

// unsee takes note that nodes may have another one in a spend's stead: nothing takes what is left of it until a block has it.
func (c *Chain) unsee(s *Spend) {
	s.Seen = false
	if x := c.coins[s.change()]; s.Signed() && x != nil && x.Height == 0 && x.By == 0 {
		c.change(x, func() { x.Change = false })
		c.forget(x)
	}
}

// change is the coin that is left of a spend.
func (s *Spend) change() instruction.Outpoint {
	return instruction.Outpoint{Tx: s.Tx, Index: uint32(len(s.Payouts))} // #nosec G115 -- MaxPaid at most
}

func (c *Chain) mine(s *Spend, height uint32) {
	s.Height = height
	c.sums.InFlight += s.Paid + s.Fee
	if !s.Settled {
		c.mined = with(c.mined, s, mined)
	}
}

func (c *Chain) unmine(s *Spend) {
	c.mined = without(c.mined, s, mined)
	s.Height = 0
	c.sums.InFlight -= s.Paid + s.Fee
}

func mined(x, y *Spend) int { return cmp.Or(cmp.Compare(x.Height, y.Height), cmp.Compare(x.ID, y.ID)) }

// Deep is the next spend that lies deep enough to be settled, or nil.
func (c *Chain) Deep() *Spend {
	if len(c.mined) > 0 && c.Confirmations(c.mined[0].Height) >= uint32(c.Terms.SettleDepth) {
		return c.mined[0]
	}
	return nil
}

// Settle takes note that a spend stays. The others of its family are over, and what only they took is free.
func (c *Chain) Settle(e *instruction.SpendSettled) error {
	s := c.Deep()
	if s == nil || s.ID != e.Spend || s.Height != e.Height {
		return errChain
	}
	s.Settled = true
	c.mined = slices.Delete(c.mined, 0, 1)
	c.sums.InFlight -= s.Paid + s.Fee
	c.end(s.Anchor(), s)
	return nil
}

// end ends a family, but for the one that is mined, where there is one.
func (c *Chain) end(anchor instruction.Outpoint, stays *Spend) {
	for _, s := range c.Family(anchor) {
		if s == stays {
			continue
		}
		for _, o := range s.Inputs {
			if x := c.coins[o]; x != nil && x.By != 0 && (stays == nil || !slices.Contains(stays.Inputs, o)) {
				c.change(x, func() { x.By = 0 })
				if x.Height == 0 && !x.Change && !x.Credited {
					c.drop(x)
				}
			}
		}
		if x := c.coins[s.change()]; s.Signed() && x != nil && x.Height == 0 { // there will never be such a coin
			c.change(x, func() { x.Change, x.By = false, 0 })
			c.forget(x)
		}
		delete(c.txs, s.Tx)
		c.spends = slices.DeleteFunc(c.spends, func(y *Spend) bool { return y == s })
	}
}

// Robbed is the first spend whose anchor a transaction that the venue did not plan took, deep enough to stay, or that was left of
// another one that is over; or nil.
func (c *Chain) Robbed() (s *Spend, by instruction.TxID) {
	for _, s := range c.spends {
		x := c.coins[s.Anchor()]
		switch {
		case s.Settled:
		case x == nil:
			return s, by
		case x.TakenAt != 0 && c.txs[x.Taker] == nil && c.Confirmations(x.TakenAt) >= uint32(c.Terms.SettleDepth):
			return s, x.Taker
		}
	}
	return nil, by
}

// Broken says that a coin of the spend is not there any more, or was taken by another transaction, so that it cannot be mined as
// things stand.
func (c *Chain) Broken(s *Spend) bool {
	return slices.ContainsFunc(s.Inputs, func(o instruction.Outpoint) bool {
		x := c.coins[o]
		return x == nil || x.Height == 0 && !x.Change || x.TakenAt != 0 && x.Taker != s.Tx
	})
}

// Die takes note that a family is over, and none of it was mined.
func (c *Chain) Die(e *instruction.SpendDied) error {
	s, by := c.Robbed()
	if s == nil || s.ID != e.Spend || by != e.By {
		return errChain
	}
	c.end(s.Anchor(), nil)
	return nil
}
