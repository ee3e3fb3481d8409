package chain

import (
	"cmp"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Coin is an output of a transaction that is the venue's to spend.
type Coin struct {
	Coin     instruction.Outpoint
	Amount   money.Amount
	Account  instruction.Account // whose deposit it is; Fees for change and for what came to the hot address
	Height   uint32              // of the block that has it; 0 for none
	Credited bool                // to the account
	Change   bool                // of a spend of the venue
	Void     bool                // of a spend that is over: there never will be such a coin
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

// waits says that the coin is a deposit that is not credited yet, and astray that it was credited and should not be: its block has
// gone, or it turned out to be change.
func (x *Coin) waits() bool  { return x.Height != 0 && !x.Credited && !x.Change }
func (x *Coin) astray() bool { return x.Credited && (x.Height == 0 || x.Change) }

// Coin is the venue's coin of that name, or nil. It must not be changed.
func (c *Chain) Coin(o instruction.Outpoint) *Coin { return c.coins[o] }

// Free are the coins that a spend may take, largest first, in a list of the caller's own.
func (c *Chain) Free() []*Coin { return c.free.list() }

// The orders of lists of coins.
func largest(x, y *Coin) int { return cmp.Or(cmp.Compare(y.Amount, x.Amount), x.Coin.Compare(&y.Coin)) }
func came(x, y *Coin) int    { return cmp.Or(cmp.Compare(x.Height, y.Height), x.Coin.Compare(&y.Coin)) }
func went(x, y *Coin) int    { return cmp.Or(cmp.Compare(x.TakenAt, y.TakenAt), x.Coin.Compare(&y.Coin)) }
func named(x, y *Coin) int   { return x.Coin.Compare(&y.Coin) }

// know takes note of a coin; forget lets go of it.
func (c *Chain) know(x *Coin) {
	c.coins[x.Coin] = x
	c.all = append(c.all, x)
	c.enter(x)
}

func (c *Chain) forget(x *Coin) {
	c.leave(x)
	delete(c.coins, x.Coin)
	x.gone = true
	if c.gone++; c.gone > 64 && c.gone > len(c.all)/2 {
		kept := c.all[:0]
		for _, x := range c.all {
			if !x.gone {
				kept = append(kept, x)
			}
		}
		clear(c.all[len(kept):])
		c.all, c.gone = kept, 0
	}
}

// change changes a coin, or what is known of those that take it, and keeps what is derived from it.
func (c *Chain) change(x *Coin, f func()) {
	c.leave(x)
	f()
	c.enter(x)
}

// enter enters a coin into what is derived from coins; leave takes it out of all that.
func (c *Chain) enter(x *Coin) {
	if x.counted() {
		c.sums.Confirmed += x.Amount
	}
	if x.usable() {
		c.free.add(x)
	}
	if x.waits() {
		c.waiting.add(x)
	}
	if x.astray() {
		c.lost.add(x)
	}
	if x.Height > c.floor() {
		c.young.add(x)
	}
	if x.TakenAt != 0 {
		c.taken.add(x)
	}
	if x.Void && len(c.families[x.Coin]) > 0 {
		c.void.add(x)
	}
	if c.stolen(x) {
		c.strange.add(x)
	}
}

func (c *Chain) leave(x *Coin) {
	if x.counted() {
		c.sums.Confirmed -= x.Amount
	}
	if x.usable() {
		c.free.remove(x)
	}
	if x.waits() {
		c.waiting.remove(x)
	}
	if x.astray() {
		c.lost.remove(x)
	}
	if x.Height > c.floor() {
		c.young.remove(x)
	}
	if x.TakenAt != 0 {
		c.taken.remove(x)
	}
	c.void.remove(x) // which depends on more than the coin, and so does the next
	c.strange.remove(x)
}

// stolen says that a block's transaction took the anchor of a family, and is none of it.
func (c *Chain) stolen(x *Coin) bool {
	return x.TakenAt != 0 && len(c.families[x.Coin]) > 0 && c.txs[x.Taker] == nil
}

// receive takes note of a coin that a block gave. One that is known already, such as change that was seen before, is in a
// block from now on.
func (c *Chain) receive(r *instruction.Received, height uint32) {
	x := c.coins[r.Coin]
	switch {
	case x == nil:
		c.know(&Coin{Coin: r.Coin, Amount: r.Amount, Account: r.Account, Height: height, Change: c.Left(r.Coin)})
	case x.Height == 0:
		c.change(x, func() { x.Height, x.Void, x.Change = height, false, c.Left(x.Coin) })
	} // else the block is told of again
}

// Left says that a coin is what is left of a spend.
func (c *Chain) Left(o instruction.Outpoint) bool {
	s := c.txs[o.Tx]
	return s != nil && s.Change > 0 && o == s.change()
}

// unreceive takes note that the block that gave a coin has gone.
func (c *Chain) unreceive(x *Coin) {
	c.change(x, func() { x.Height = 0 })
	if s := c.txs[x.Coin.Tx]; !x.Change {
		c.drop(x)
	} else if s == nil {
		c.never(x)
	} else if len(c.Family(s.Anchor())) > 1 {
		c.unsee(s)
	}
}

// drop forgets a coin that is in no block, unless a spend takes it or it is to be taken back from whom it was credited to.
func (c *Chain) drop(x *Coin) {
	if x.Height == 0 && x.By == 0 && !x.Change && !x.Credited {
		c.forget(x)
	}
}

// never takes note that there never will be such a coin. It stays known while a spend takes it.
func (c *Chain) never(x *Coin) {
	c.change(x, func() { x.Change, x.Void = false, x.By != 0 })
	c.drop(x)
}

// take takes note that a transaction of a block took a coin.
func (c *Chain) take(e *instruction.Spent, height uint32) {
	x := c.coins[e.Coin]
	if x == nil || x.TakenAt != 0 || x.Height == 0 {
		return
	}
	c.change(x, func() { x.Taker, x.TakenAt = e.By, height })
	if s := c.txs[e.By]; s != nil && s.Anchor() == e.Coin {
		c.alter(s, func() { s.Height = height })
	}
}

func (c *Chain) untake(x *Coin) {
	if s := c.txs[x.Taker]; s != nil && s.Anchor() == x.Coin {
		c.alter(s, func() { s.Height = 0 })
	}
	c.change(x, func() { x.Taker, x.TakenAt = instruction.TxID{}, 0 })
}
