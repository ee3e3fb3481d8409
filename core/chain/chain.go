// Package chain holds what the venue has on one asset's chain: the newest blocks, its coins, its customers' addresses, and the
// transactions that it planned (spends).
//
// It owns all that, and keeps these invariants: a coin is taken by the spends of one family at most, those with the same first
// input, the anchor, of which a block can have one at most; what a block gave or took is undone when the block goes; what is
// mined deep enough is forgotten. It refuses events that do not fit. What a deposit is worth to whom is the ledger's business,
// what a payout is, package payout's, and who may say what a chain shows, the gate's. One goroutine uses a Chain at a time.
//
//	spend:  PLANNED ──► SIGNED ──► SEEN ──► MINED(height) ──► SETTLED ──► forgotten
//	                      └──────────────────►┘  └─ a block that goes takes it back to SEEN
//
// From SIGNED on its bytes may be anywhere, whether a node was heard to take them or not: there is no way back, and all that can
// be done is to have another one of its family mined.
package chain

import (
	"errors"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Bury is how many confirmations end a story: what is mined so deep is forgotten, and blocks above are what can go.
const Bury = 100

var errChain = errors.New("chain: an event that does not fit")

// Block is one of the newest blocks of the best chain.
type Block struct {
	Height uint32
	Hash   instruction.BlockHash
}

// Chain is what the venue has on one chain. The zero Chain is not ready; see New.
type Chain struct {
	Terms instruction.ChainTerms

	blocks    []Block // the newest, by ascending height; blocks in which there was nothing may be missing
	part      bool    // the last one is not whole yet
	coins     map[instruction.Outpoint]*Coin
	all       []*Coin // in the order in which they came; some are gone
	gone      int     // of all
	young     []*Coin // received in blocks that can go, by height
	taken     []*Coin // taken by blocks that can go, by height
	waiting   []*Coin // deposits that are not credited yet, by height
	lost      []*Coin // credited deposits whose block has gone
	free      []*Coin // that a spend may take, largest first
	spends    []*Spend
	last      instruction.SpendID
	txs       map[instruction.TxID]*Spend
	mined     []*Spend // by height, those that are not settled
	addresses map[instruction.Account]string
	owners    map[string]instruction.Account
	issued    []instruction.Account // those with an address, in the order in which they got it
	debts     map[instruction.Account]money.Amount
	debtors   []instruction.Account // ascending
	sums      Sums
}

// Sums are what the chain has for the venue.
type Sums struct {
	Confirmed money.Amount // in coins that blocks have and none took: credited ones, and change
	InFlight  money.Amount // paid, with fees, by spends that are mined and not settled, less what settled ones that are mined no more will
}

// Short is what is missing of what is owed; 0 or below where nothing is.
func (s Sums) Short(owed money.Amount) money.Amount { return owed - s.Confirmed - s.InFlight }

// New is a chain with nothing on it.
func New(t *instruction.ChainTerms) *Chain {
	return &Chain{
		Terms: *t, coins: make(map[instruction.Outpoint]*Coin), txs: make(map[instruction.TxID]*Spend),
		addresses: make(map[instruction.Account]string), owners: make(map[string]instruction.Account), debts: make(map[instruction.Account]money.Amount),
	}
}

// Depth is how deep the deepest block lies that can go.
func (c *Chain) depth() uint32 { return uint32(max(Bury, c.Terms.CreditDepth, c.Terms.SettleDepth)) }

// Tip is the newest block; false while there is none. It is part when more of it is to come.
func (c *Chain) Tip() (b Block, part, ok bool) {
	if len(c.blocks) == 0 {
		return Block{}, false, false
	}
	return c.blocks[len(c.blocks)-1], c.part, true
}

// Blocks are the newest blocks, by ascending height. They must not be changed.
func (c *Chain) Blocks() []Block { return c.blocks }

// Confirmations is how many blocks there are from that height on; 0 for a height of 0, which is none.
func (c *Chain) Confirmations(height uint32) uint32 {
	if tip, _, ok := c.Tip(); ok && height != 0 && height <= tip.Height {
		return tip.Height - height + 1
	}
	return 0
}

// Sums are what the chain has for the venue.
func (c *Chain) Sums() Sums { return c.sums }

// Follows says that a block, or more of it, can come now: the tip's next, or a later one where those between had nothing.
func (c *Chain) Follows(i *instruction.Advance) bool {
	tip, part, ok := c.Tip()
	switch {
	case i.Height < max(c.Terms.Start, 1), i.Hash.IsZero():
		return false
	case !ok:
		return true
	case part:
		return i.Height == tip.Height && i.Hash == tip.Hash
	}
	return i.Height > tip.Height+1 || i.Height == tip.Height+1 && i.Prev == tip.Hash
}

// Add takes note of a block, or of more of it. Whose each coin is, package core has looked at.
func (c *Chain) Add(e *instruction.BlockAdded) error {
	tip, part, ok := c.Tip()
	if part && (tip.Height != e.Height || tip.Hash != e.Hash) || ok && !part && e.Height <= tip.Height {
		return errChain
	}
	if !part {
		c.blocks = append(c.blocks, Block{Height: e.Height, Hash: e.Hash})
	}
	c.part = !e.Whole
	for i := range e.Received {
		c.receive(&e.Received[i], e.Height)
	}
	for i := range e.Spent {
		c.take(&e.Spent[i], e.Height)
	}
	c.bury()
	return nil
}

// CanRewind says that the chain can go back to the block: it is one of those that are known.
func (c *Chain) CanRewind(b Block) bool {
	tip, part, ok := c.Tip()
	return ok && (part || b != tip) && slices.Contains(c.blocks, b)
}

// Rewind takes back all that blocks above one gave and took.
func (c *Chain) Rewind(e *instruction.Rewound) error {
	if !c.CanRewind(Block{Height: e.Height, Hash: e.Hash}) {
		return errChain
	}
	for n := len(c.taken); n > 0 && c.taken[n-1].TakenAt > e.Height; n = len(c.taken) {
		x := c.taken[n-1]
		c.taken = c.taken[:n-1]
		c.untake(x)
	}
	for n := len(c.young); n > 0 && c.young[n-1].Height > e.Height; n = len(c.young) {
		x := c.young[n-1]
		c.young = c.young[:n-1]
		c.unreceive(x)
	}
	for len(c.blocks) > 0 && c.blocks[len(c.blocks)-1].Height > e.Height {
		c.blocks = c.blocks[:len(c.blocks)-1]
	}
	c.part = false
	return nil
}

// bury forgets what lies too deep to be undone. Coins that are not taken stay; they only stop being young.
func (c *Chain) bury() {
	tip := c.blocks[len(c.blocks)-1].Height
	deep := func(height uint32) bool { return tip >= height && tip-height >= c.depth() }
	n := 0
	for n < len(c.blocks)-1 && deep(c.blocks[n].Height) {
		n++
	}
	c.blocks = slices.Delete(c.blocks, 0, n)
	for n = 0; n < len(c.young) && deep(c.young[n].Height); n++ {
	}
	c.young = slices.Delete(c.young, 0, n)
	for n = 0; n < len(c.taken) && deep(c.taken[n].TakenAt); n++ {
		c.forget(c.taken[n])
	}
	c.taken = slices.Delete(c.taken, 0, n)
	c.spends = slices.DeleteFunc(c.spends, func(s *Spend) bool {
		gone := s.Settled && s.Height != 0 && deep(s.Height)
		if gone {
			delete(c.txs, s.Tx)
		}
		return gone
	})
}

// Issue gives an account its address.
func (c *Chain) Issue(e *instruction.AddressIssued) error {
	if e.Account == 0 || e.Address == "" || c.addresses[e.Account] != "" || c.Owner(e.Address) != 0 {
		return errChain
	}
	c.addresses[e.Account] = e.Address
	c.owners[e.Address] = e.Account
	c.issued = append(c.issued, e.Account)
	return nil
}

// Address is the account's, or "".
func (c *Chain) Address(a instruction.Account) string { return c.addresses[a] }

// Issued are the accounts with an address, in the order in which they got it. They must not be changed.
func (c *Chain) Issued() []instruction.Account { return c.issued }

// Owner is the account whose address it is, the venue's own for the hot address, or 0.
func (c *Chain) Owner(address string) instruction.Account {
	if address == c.Terms.Hot {
		return instruction.Fees
	}
	return c.owners[address]
}
