package chain

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Limits of what bytes can make a chain grow to.
const (
	maxBlocks = instruction.MaxDepth + Bury + 2
	maxMany   = 1<<31 - 1
)

// Fields is the persisted form: terms, blocks, coins in the order in which they came, spends, addresses and debts. All else
// follows from these. Whoever reads one asks Check whether they fit together.
func (c *Chain) Fields(x *instruction.Codec) {
	c.Terms.Fields(x)
	c.blockFields(x)
	c.coinFields(x)
	c.spendFields(x)
	c.addressFields(x)
	c.debtFields(x)
	if x.Reading() && x.Err() == nil {
		c.find()
	}
}

func (c *Chain) blockFields(x *instruction.Codec) {
	n := x.Count(len(c.blocks), maxBlocks)
	for i := range n {
		if x.Reading() {
			c.blocks = append(c.blocks, Block{})
		}
		b := &c.blocks[i]
		instruction.Num32(x, &b.Height)
		x.Fixed(b.Hash[:])
		if b.Height == 0 || i > 0 && b.Height <= c.blocks[i-1].Height {
			x.Fail("block %d after %d", b.Height, c.blocks[max(i-1, 0)].Height)
			return
		}
	}
	x.Bool(&c.part)
}

func (c *Chain) coinFields(x *instruction.Codec) {
	n := x.Count(len(c.all)-c.gone, maxMany)
	at := 0
	for range n {
		x.Pause()
		if x.Reading() {
			c.all = append(c.all, new(Coin))
			at = len(c.all) - 1
		} else {
			for c.all[at].gone {
				at++
			}
		}
		coin := c.all[at]
		at++
		coin.fields(x)
		if x.Err() != nil {
			return
		}
		if x.Reading() {
			if c.coins[coin.Coin] != nil || coin.Amount <= 0 || coin.Amount > money.MaxAmount || coin.Account == 0 {
				x.Fail("coin %v", coin.Coin)
				return
			}
			c.coins[coin.Coin] = coin
		}
	}
}

func (n *Coin) fields(x *instruction.Codec) {
	n.Coin.Fields(x)
	instruction.Num64(x, &n.Amount)
	instruction.Num32(x, &n.Account)
	instruction.Num32(x, &n.Height)
	x.Bool(&n.Credited)
	x.Bool(&n.Change)
	x.Bool(&n.Void)
	instruction.Num64(x, &n.By)
	x.Fixed(n.Taker[:])
	instruction.Num32(x, &n.TakenAt)
}

func (c *Chain) spendFields(x *instruction.Codec) {
	instruction.Num64(x, &c.last)
	n := x.Count(len(c.spends), maxMany)
	for i := range n {
		x.Pause()
		if x.Reading() {
			c.spends = append(c.spends, new(Spend))
		}
		s := c.spends[i]
		s.fields(x)
		if x.Err() != nil {
			return
		}
		if len(s.Inputs) == 0 || s.ID > c.last || i > 0 && s.ID <= c.spends[i-1].ID || s.Signed() != (len(s.Raw) > 0) {
			x.Fail("spend %d", s.ID)
			return
		}
		if x.Reading() {
			if c.families[s.Anchor()] = append(c.families[s.Anchor()], s); s.Signed() {
				c.txs[s.Tx] = s
			}
		}
	}
}

func (s *Spend) fields(x *instruction.Codec) {
	instruction.Num64(x, &s.ID)
	x.Payouts(&s.Payouts)
	x.Coins(&s.Inputs)
	instruction.Num64(x, &s.Paid)
	instruction.Num64(x, &s.Fee)
	instruction.Num32(x, &s.Size)
	instruction.Num64(x, &s.Change)
	instruction.Num64(x, &s.Replaces)
	x.Fixed(s.Tx[:])
	x.Blob(&s.Raw)
	x.Bool(&s.Seen)
	instruction.Num32(x, &s.Height)
	x.Bool(&s.Settled)
}

func (c *Chain) addressFields(x *instruction.Codec) {
	n := x.Count(len(c.issued), maxMany)
	for i := range n {
		x.Pause()
		e := instruction.AddressIssued{}
		if !x.Reading() {
			e.Account = c.issued[i]
			e.Address = c.addresses[e.Account]
		}
		instruction.Num32(x, &e.Account)
		x.Text(&e.Address)
		if x.Err() != nil {
			return
		}
		if x.Reading() && c.Issue(&e) != nil {
			x.Fail("address of account %d", e.Account)
			return
		}
	}
}

func (c *Chain) debtFields(x *instruction.Codec) {
	n := x.Count(len(c.debtors), maxMany)
	for i := range n {
		x.Pause()
		if x.Reading() {
			c.debtors = append(c.debtors, 0)
		}
		a := &c.debtors[i]
		instruction.Num32(x, a)
		n := c.debts[*a]
		instruction.Num64(x, &n)
		if x.Err() != nil {
			return
		}
		if n <= 0 || i > 0 && *a <= c.debtors[i-1] {
			x.Fail("debt of customer %d", *a)
			return
		}
		c.debts[*a] = n
	}
}

// find finds what follows from blocks, coins and spends that were read.
func (c *Chain) find() {
	for _, coin := range c.all {
		c.enter(coin)
	}
	for _, s := range c.spends {
		if c.sums.InFlight += s.inFlight(); s.Height != 0 && !s.Settled {
			c.mined.add(s)
		}
	}
}
