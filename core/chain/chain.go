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
	spends    []*Spend
	last      instruction.SpendID
	addresses map[instruction.Account]string
	owners    map[string]instruction.Account
	issued    []instruction.Account // those with an address, in the order in which they got it
	debts     map[instruction.Account]money.Amount
	debtors   []instruction.Account // ascending

	// What follows is derived.
	young    sorted[Coin] // received in blocks that can go, by height
	taken    sorted[Coin] // by blocks, by height
	waiting  sorted[Coin] // deposits that are not credited yet, by height
	lost     sorted[Coin] // credited, and to be taken back, by name
	free     sorted[Coin] // that a spend may take, largest first
	void     sorted[Coin] // anchors that there never will be, by name
	strange  sorted[Coin] // anchors that a transaction took that is none of the family, by height
	txs      map[instruction.TxID]*Spend
	families map[instruction.Outpoint][]*Spend // by anchor, by ascending number
	mined    sorted[Spend]                     // by height, those that are not settled
	sums     Sums
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
		Terms: *t, coins: make(map[instruction.Outpoint]*Coin),
		young: sorted[Coin]{order: came}, taken: sorted[Coin]{order: went}, waiting: sorted[Coin]{order: came}, lost: sorted[Coin]{order: named},
		free: sorted[Coin]{order: largest}, void: sorted[Coin]{order: named}, strange: sorted[Coin]{order: went}, mined: sorted[Spend]{order: mined},
		txs: make(map[instruction.TxID]*Spend), families: make(map[instruction.Outpoint][]*Spend),
		addresses: make(map[instruction.Account]string), owners: make(map[string]instruction.Account), debts: make(map[instruction.Account]money.Amount),
	}
}

// depth is how deep the deepest block lies that can go.
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

// floor is the height of the last block that cannot go; 0 while there is no block.
func (c *Chain) floor() uint32 {
	if len(c.blocks) == 0 {
		return 0
	}
	return c.blocks[0].Height
}

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
	return i.Height > tip.Height && (i.Height > tip.Height+1 || i.Prev == tip.Hash)
}

// Fits says that what a block is said to bring and take can be true: a coin that is known has the amount and the account that are
// known, what is left of a spend is what was planned, and what is taken is there, for a transaction that takes it.
func (c *Chain) Fits(i *instruction.Advance) bool {
	for n := range i.Received {
		r := &i.Received[n]
		x := c.coins[r.Coin]
		if r.Amount <= 0 || r.Amount > money.MaxAmount || x != nil && (x.Amount != r.Amount || x.Account != r.Account) ||
			c.Left(r.Coin) && (r.Amount != c.txs[r.Coin.Tx].Change || r.Account != instruction.Fees) {
			return false
		}
	}
	for n := range i.Spent {
		e := &i.Spent[n]
		x, s := c.coins[e.Coin], c.txs[e.By]
		if e.By.IsZero() || s != nil && !slices.Contains(s.Inputs, e.Coin) {
			return false
		}
		if x != nil && x.Height == 0 && !slices.ContainsFunc(i.Received, func(r instruction.Received) bool { return r.Coin == e.Coin }) {
			return false
		}
	}
	return true
}

// Add takes note of a block, or of more of it. Whose each coin is, package core has looked at.
func (c *Chain) Add(e *instruction.BlockAdded) error {
	tip, part, ok := c.Tip()
	if part && (tip.Height != e.Height || tip.Hash != e.Hash) || ok && !part && e.Height <= tip.Height || e.Height == 0 {
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

// CanRewind says that the chain can go back to the block: it is one of those that are known, and there is one above it.
func (c *Chain) CanRewind(b Block) bool {
	tip, _, ok := c.Tip()
	return ok && b.Height < tip.Height && slices.Contains(c.blocks, b)
}

// Rewind takes back all that blocks above one gave and took.
func (c *Chain) Rewind(e *instruction.Rewound) error {
	if !c.CanRewind(Block{Height: e.Height, Hash: e.Hash}) {
		return errChain
	}
	for x := c.taken.last(); x != nil && x.TakenAt > e.Height; x = c.taken.last() {
		c.untake(x)
	}
	for x := c.young.last(); x != nil && x.Height > e.Height; x = c.young.last() {
		c.unreceive(x)
	}
	for c.blocks[len(c.blocks)-1].Height > e.Height {
		c.blocks = c.blocks[:len(c.blocks)-1]
	}
	c.part = false
	return nil
}

// bury forgets what lies too deep to be undone. Of the blocks that lie so deep the last one stays, as the one that all others are
// built on. Coins that are not taken stay; they only stop being young. So does what is not done with yet, however deep it lies: a
// spend that is not settled, with all its coins, and a deposit that is not credited.
func (c *Chain) bury() {
	tip := c.blocks[len(c.blocks)-1].Height
	deep := func(height uint32) bool { return tip-height >= c.depth() }
	n := 0
	for n+1 < len(c.blocks) && deep(c.blocks[n+1].Height) {
		n++
	}
	c.blocks = slices.Delete(c.blocks, 0, n)
	for x := c.young.first(); x != nil && x.Height <= c.floor(); x = c.young.first() {
		c.young.remove(x)
	}
	var spends []*Spend
	for x := range c.taken.all() {
		if x.TakenAt > c.floor() {
			break
		}
		if s := c.txs[x.Taker]; s != nil && s.Settled && s.Anchor() == x.Coin {
			spends = append(spends, s)
		}
	}
	c.end(spends)
	var coins []*Coin
	for x := range c.taken.all() {
		if x.TakenAt > c.floor() {
			break
		}
		if x.By == 0 && x.Credited != x.Change {
			coins = append(coins, x)
		}
	}
	for _, x := range coins {
		c.forget(x)
	}
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
