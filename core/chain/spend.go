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
	over     bool // it is known no more
}

// MaxFamily is how many spends one family has at most: what a block or a settlement has to look at is bounded by it.
const MaxFamily = 64

// inFlight is what of the spend the coins do not show: what it paid, until that is off the books; and what it will pay again, where
// that is off the books and it is in no block any more.
func (s *Spend) inFlight() money.Amount {
	switch {
	case s.Height != 0 && !s.Settled:
		return s.Paid + s.Fee
	case s.Height == 0 && s.Settled:
		return -s.Paid - s.Fee
	}
	return 0
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
	i, ok := slices.BinarySearchFunc(c.spends, id, func(s *Spend, id instruction.SpendID) int { return cmp.Compare(s.ID, id) })
	if !ok {
		return nil
	}
	return c.spends[i]
}

// Family are the spends with the same anchor, by ascending number. They must not be changed.
func (c *Chain) Family(anchor instruction.Outpoint) []*Spend { return c.families[anchor] }

// Held is what the fee of a family needs: that of its dearest.
func Held(family []*Spend) money.Amount {
	most := money.Amount(0)
	for _, s := range family {
		most = max(most, s.Fee)
	}
	return most
}

// Takes says that a spend may take the coin: it is free, or of the family of the one that it replaces. What would be left of that
// family there is not, once another one of it is mined.
func (c *Chain) Takes(x *Coin, replaced *Spend) bool {
	of := c.txs[x.Coin.Tx]
	switch by := c.Spend(x.By); {
	case replaced != nil && of != nil && of.Anchor() == replaced.Anchor():
		return false
	case by == nil:
		return x.usable()
	default:
		return replaced != nil && by.Anchor() == replaced.Anchor() && x.TakenAt == 0 && !x.Void
	}
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
	s := &Spend{
		ID: e.ID, Payouts: e.Payouts, Inputs: e.Inputs, Paid: paid, Fee: e.Fee, Size: e.Size, Change: e.Change, Replaces: e.Replaces,
	}
	c.last = e.ID
	c.spends = append(c.spends, s)
	c.families[s.Anchor()] = append(c.families[s.Anchor()], s)
	for _, o := range e.Inputs {
		x := c.coins[o]
		c.change(x, func() { x.By = e.ID })
	}
	return nil
}

// Sign takes note of a spend's transaction. Where a block had that before its record, which got lost, it is known for the spend's
// from now on, and so is what is left of it.
func (c *Chain) Sign(e *instruction.SpendSigned) error {
	s := c.Spend(e.Spend)
	if s == nil || s.Signed() || e.Tx.IsZero() || c.txs[e.Tx] != nil || len(e.Raw) == 0 || !c.Signable(s, e.Tx) {
		return errChain
	}
	s.Tx, s.Raw = e.Tx, e.Raw
	x := c.coins[s.Anchor()]
	c.change(x, func() { c.txs[s.Tx] = s })
	if x.Taker == s.Tx {
		c.alter(s, func() { s.Height = x.TakenAt })
	}
	if x := c.Rest(s); x != nil && x.Height != 0 {
		c.change(x, func() { x.Change = true })
	}
	return nil
}

// Signable says that a spend can have that transaction: where there is a coin already that would be left of it, it is as planned.
func (c *Chain) Signable(s *Spend, id instruction.TxID) bool {
	x := c.coins[instruction.Outpoint{Tx: id, Index: s.change().Index}]
	return x == nil || s.Change == 0 || x.Amount == s.Change && x.Account == instruction.Fees
}

// Replaceable says that another one may be mined in the spend's stead: nothing takes what is left of its family.
func (c *Chain) Replaceable(s *Spend) bool {
	family := c.Family(s.Anchor())
	if s.Settled || len(family) >= MaxFamily {
		return false
	}
	for _, s := range family {
		if x := c.Rest(s); x != nil && x.By != 0 {
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
	if s.Change == 0 || s.Height != 0 || len(family) > 1 {
		return nil
	}
	if x := c.Rest(s); x == nil {
		c.know(&Coin{Coin: s.change(), Amount: s.Change, Account: instruction.Fees, Change: true})
	} else if x.Height == 0 {
		c.change(x, func() { x.Change, x.Void = true, false })
	}
	return nil
}

// unsee takes note that nodes may have another one in a spend's stead: nothing takes what is left of it until a block has it.
func (c *Chain) unsee(s *Spend) {
	s.Seen = false
	if x := c.Rest(s); x != nil && x.Height == 0 && x.By == 0 {
		c.change(x, func() { x.Change = false })
		c.drop(x)
	}
}

// change is the coin that is left of a spend.
func (s *Spend) change() instruction.Outpoint {
	return instruction.Outpoint{Tx: s.Tx, Index: uint32(len(s.Payouts))} // #nosec G115 -- MaxPaid at most
}

// alter changes where a spend stands, and keeps what is derived from it.
func (c *Chain) alter(s *Spend, f func()) {
	c.mined.remove(s)
	c.sums.InFlight -= s.inFlight()
	f()
	c.sums.InFlight += s.inFlight()
	if s.Height != 0 && !s.Settled {
		c.mined.add(s)
	}
}

func mined(x, y *Spend) int { return cmp.Or(cmp.Compare(x.Height, y.Height), cmp.Compare(x.ID, y.ID)) }

// Deep is the next spend that lies deep enough to be settled, or nil.
func (c *Chain) Deep() *Spend {
	if s := c.mined.first(); s != nil && c.Confirmations(s.Height) >= uint32(c.Terms.SettleDepth) {
		return s
	}
	return nil
}

// Settle takes note that a spend stays. The others of its family are over, and what only they took is free.
func (c *Chain) Settle(e *instruction.SpendSettled) error {
	s := c.Deep()
	if s == nil || s.ID != e.Spend || s.Height != e.Height {
		return errChain
	}
	c.alter(s, func() { s.Settled = true })
	c.end(slices.DeleteFunc(slices.Clone(c.Family(s.Anchor())), func(x *Spend) bool { return x == s }))
	return nil
}

// end ends spends: what is left of them and is in no block there never will be.
func (c *Chain) end(spends []*Spend) {
	c.remove(spends)
	for _, s := range spends {
		if x := c.coins[s.change()]; s.Signed() && x != nil && x.Height == 0 {
			c.never(x)
		}
	}
}

// remove takes spends of the family of each out of what is known. What none that stays takes is free.
func (c *Chain) remove(spends []*Spend) {
	if len(spends) == 0 {
		return
	}
	for _, s := range spends {
		s.over = true
	}
	is := func(s *Spend) bool { return s.over }
	c.spends = slices.DeleteFunc(c.spends, is)
	for _, s := range spends {
		anchor := s.Anchor()
		c.alter(s, func() { s.Height, s.Settled = 0, false })
		delete(c.txs, s.Tx)
		if family := slices.DeleteFunc(c.families[anchor], is); len(family) > 0 {
			c.families[anchor] = family
		} else {
			delete(c.families, anchor)
		}
		for _, o := range s.Inputs {
			if x, by := c.coins[o], c.taker(anchor, o); x != nil && (x.By != by || o == anchor) {
				c.change(x, func() { x.By, x.Void = by, x.Void && by != 0 })
				c.drop(x)
			}
		}
	}
}

// taker is the newest of a family that takes a coin, or 0.
func (c *Chain) taker(anchor, o instruction.Outpoint) instruction.SpendID {
	family := c.families[anchor]
	for i := len(family) - 1; i >= 0; i-- {
		if slices.Contains(family[i].Inputs, o) {
			return family[i].ID
		}
	}
	return 0
}

// Robbed is a spend of a family that can never be mined: a transaction that is none of it took the anchor, deep enough to stay, or
// that is left of another spend which is over; or nil.
func (c *Chain) Robbed() (s *Spend, by instruction.TxID) {
	if x := c.void.first(); x != nil {
		return c.families[x.Coin][0], by
	}
	if x := c.strange.first(); x != nil && c.Confirmations(x.TakenAt) >= uint32(c.Terms.SettleDepth) {
		return c.families[x.Coin][0], x.Taker
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

// Die takes note that a family is over, and none of it will ever be mined.
func (c *Chain) Die(e *instruction.SpendDied) error {
	s, by := c.Robbed()
	if s == nil || s.ID != e.Spend || by != e.By {
		return errChain
	}
	c.end(slices.Clone(c.Family(s.Anchor())))
	return nil
}
