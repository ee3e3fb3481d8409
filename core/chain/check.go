package chain

import (
	"fmt"
	"slices"

	"portcullis/core/money"
)

// Check counts everything anew, and is an error that names the first thing that is wrong.
func (c *Chain) Check() error {
	for _, check := range [...]func() error{c.checkBlocks, c.checkCoins, c.checkSpends, c.checkLists, c.checkSums} {
		if err := check(); err != nil {
			return fmt.Errorf("chain: %w", err)
		}
	}
	return nil
}

func (c *Chain) checkBlocks() error {
	for i, b := range c.blocks {
		if b.Height == 0 || i > 0 && b.Height <= c.blocks[i-1].Height {
			return fmt.Errorf("block %d is at height %d", i, b.Height)
		}
	}
	if c.part && len(c.blocks) == 0 {
		return fmt.Errorf("there is a part of no block")
	}
	return nil
}

// checkCoins holds each coin against the blocks and against the spend that takes it.
func (c *Chain) checkCoins() error {
	tip, _, _ := c.Tip()
	known := 0
	for _, x := range c.all {
		if x.gone {
			continue
		}
		known++
		by := c.Spend(x.By)
		switch {
		case c.coins[x.Coin] != x:
			return fmt.Errorf("coin %v is not known by its name", x.Coin)
		case x.Height > tip.Height, x.TakenAt > tip.Height, x.TakenAt != 0 && (x.Height == 0 || x.TakenAt < x.Height):
			return fmt.Errorf("coin %v came at height %d and went at height %d; the tip is %d", x.Coin, x.Height, x.TakenAt, tip.Height)
		case (x.TakenAt != 0) == x.Taker.IsZero():
			return fmt.Errorf("coin %v was taken at height %d by %v", x.Coin, x.TakenAt, x.Taker)
		case x.Void && (x.Height != 0 || x.Change || x.By == 0), !x.Change && !x.Credited && x.Height == 0 && x.By == 0:
			return fmt.Errorf("there never will be coin %v, and it is known", x.Coin)
		case x.Change && x.Height == 0 && c.txs[x.Coin.Tx] == nil:
			return fmt.Errorf("coin %v is what is left of nothing", x.Coin)
		case x.By != 0 && (by == nil || !slices.Contains(by.Inputs, x.Coin)):
			return fmt.Errorf("coin %v is kept for spend %d, which does not take it", x.Coin, x.By)
		}
	}
	if known != len(c.coins) || known != len(c.all)-c.gone {
		return fmt.Errorf("%d coins are there, %d by name, %d by count", known, len(c.coins), len(c.all)-c.gone)
	}
	return nil
}

// checkSpends holds each spend against its coins: all are known, and none is another family's.
func (c *Chain) checkSpends() error {
	signed, members := 0, 0
	for i, s := range c.spends {
		if s.ID > c.last || i > 0 && s.ID <= c.spends[i-1].ID {
			return fmt.Errorf("spend %d is out of order", s.ID)
		}
		sum := money.Amount(0)
		for n, o := range s.Inputs {
			x := c.coins[o]
			if x == nil || c.Spend(x.By) == nil || c.Spend(x.By).Anchor() != s.Anchor() || slices.Contains(s.Inputs[:n], o) {
				return fmt.Errorf("spend %d takes coin %v, which is not its", s.ID, o)
			}
			sum += x.Amount
		}
		x := c.coins[s.Anchor()]
		mined := s.Signed() && x.Taker == s.Tx
		if mined && x.TakenAt != s.Height || !mined && s.Height != 0 {
			return fmt.Errorf("spend %d is at height %d, and its anchor went at height %d", s.ID, s.Height, x.TakenAt)
		}
		if s.Paid < 0 || s.Fee < 0 || s.Change < 0 || s.Paid+s.Fee+s.Change != sum {
			return fmt.Errorf("spend %d takes %d and gives %d, %d and %d", s.ID, sum, s.Paid, s.Fee, s.Change)
		}
		family := c.families[s.Anchor()]
		if !slices.Contains(family, s) || s.Settled && len(family) > 1 || len(family) > MaxFamily {
			return fmt.Errorf("spend %d is in a family of %d", s.ID, len(family))
		}
		if s == family[0] {
			members += len(family)
		}
		if s.Signed() {
			if signed++; c.txs[s.Tx] != s {
				return fmt.Errorf("spend %d is not known by its transaction", s.ID)
			}
		}
	}
	if signed != len(c.txs) || members != len(c.spends) {
		return fmt.Errorf("%d spends are signed, %d by transaction; %d are there, %d by family", signed, len(c.txs), len(c.spends), members)
	}
	return nil
}

// checkLists holds each list of coins against the coins.
func (c *Chain) checkLists() error {
	for _, l := range [...]struct {
		name string
		list *sorted[Coin]
		is   func(*Coin) bool
	}{
		{"young", &c.young, func(x *Coin) bool { return x.Height > c.floor() }},
		{"taken", &c.taken, func(x *Coin) bool { return x.TakenAt != 0 }},
		{"waiting", &c.waiting, (*Coin).waits},
		{"lost", &c.lost, (*Coin).astray},
		{"free", &c.free, (*Coin).usable},
		{"void", &c.void, func(x *Coin) bool { return x.Void && len(c.families[x.Coin]) > 0 }},
		{"strange", &c.strange, c.stolen},
	} {
		n := 0
		for _, x := range c.all {
			if x.gone || !l.is(x) {
				continue
			}
			if n++; !l.list.has(x) {
				return fmt.Errorf("coin %v is %s, and not listed", x.Coin, l.name)
			}
		}
		if n != l.list.len() || !l.list.sound() {
			return fmt.Errorf("%d coins are %s, %d listed, in order: %v", n, l.name, l.list.len(), l.list.sound())
		}
	}
	n := 0
	for _, s := range c.spends {
		if s.Height != 0 && !s.Settled {
			if n++; !c.mined.has(s) {
				return fmt.Errorf("spend %d is mined, and not listed", s.ID)
			}
		}
	}
	if n != c.mined.len() || !c.mined.sound() {
		return fmt.Errorf("%d spends are mined, %d listed, in order: %v", n, c.mined.len(), c.mined.sound())
	}
	return nil
}

func (c *Chain) checkSums() error {
	var sums Sums
	for _, x := range c.all {
		if !x.gone && x.counted() {
			sums.Confirmed += x.Amount
		}
	}
	for _, s := range c.spends {
		sums.InFlight += s.inFlight()
	}
	if sums != c.sums {
		return fmt.Errorf("the sums are %v, counted %v", c.sums, sums)
	}
	for i, a := range c.debtors {
		if c.debts[a] <= 0 || i > 0 && a <= c.debtors[i-1] {
			return fmt.Errorf("customer %d owes %d", a, c.debts[a])
		}
	}
	if len(c.debts) != len(c.debtors) || len(c.addresses) != len(c.issued) || len(c.owners) != len(c.issued) {
		return fmt.Errorf("%d customers owe, %d by name; %d addresses are issued, of %d accounts and %d owners",
			len(c.debtors), len(c.debts), len(c.issued), len(c.addresses), len(c.owners))
	}
	for _, a := range c.issued {
		if c.Owner(c.addresses[a]) != a {
			return fmt.Errorf("the address of account %d is account %d's", a, c.Owner(c.addresses[a]))
		}
	}
	return nil
}

// sound says that the list is in its order, and as long as it says.
func (l *sorted[T]) sound() bool {
	n := 0
	var before *T
	for _, p := range l.parts {
		if len(p) == 0 || len(p) > maxPart {
			return false
		}
		for _, x := range p {
			if before != nil && l.order(before, x) >= 0 {
				return false
			}
			before = x
			n++
		}
	}
	return n == l.n
}
