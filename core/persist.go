package core

import (
	"fmt"

	"portcullis/core/book"
	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Fields is the persisted form of the whole state, for snapshots and for Hash. It is canonical: the same state gives the
// same bytes, whatever led to it. After reading, the caller must look at the Codec's error before using the state.
func (s *State) Fields(c *instruction.Codec) {
	if c.Reading() {
		*s = *New()
		s.gate = gate.New(standing{s})
	}
	instruction.Num64(c, &s.clock.Now)
	instruction.Num64(c, &s.clock.Frozen)
	instruction.Num64(c, &s.lastOrder)
	s.assetFields(c)
	s.accountFields(c)
	s.transferFields(c)
	s.keys.Fields(c)
	s.ledger.Fields(c)
	s.gate.Fields(c)
	s.marketFields(c)
	if c.Reading() && c.Err() == nil {
		if err := s.Check(); err != nil {
			c.Fail("%v", err)
		}
	}
}

func (s *State) assetFields(c *instruction.Codec) {
	n := c.Count(len(s.assets)-1, maxAssets)
	for i := 1; i <= n && c.Err() == nil; i++ {
		if c.Reading() {
			s.assets = append(s.assets, Asset{})
		}
		c.Pause()
		a := &s.assets[i]
		c.Text(&a.Symbol)
		instruction.Num8(c, &a.Scale)
		if a.Scale > money.MaxScale {
			c.Fail("asset %d has %d decimals", i, a.Scale)
		}
		s.names[a.Symbol] = instruction.Asset(i)
	}
}

func (s *State) accountFields(c *instruction.Codec) {
	n := c.Count(len(s.accounts)-1, maxAccounts)
	if c.Reading() {
		s.accounts = s.accounts[:1]
		clear(s.refs)
	}
	for i := 1; i <= n && c.Err() == nil; i++ {
		if c.Reading() {
			s.accounts = append(s.accounts, Account{})
		}
		c.Pause()
		a := &s.accounts[i]
		c.Text(&a.Ref)
		instruction.Num64(c, &a.Opened)
		instruction.Num32(c, &a.Parent)
		instruction.Num8(c, &a.Tier)
		if c.Reading() {
			if a.Parent >= instruction.Account(i) || a.Parent != 0 && s.accounts[a.Parent].Parent != 0 || a.Tier > instruction.MaxTier {
				c.Fail("account %d of %d, in tier %d", i, a.Parent, a.Tier)
				return
			}
			s.listAccount(instruction.Account(i))
		}
	}
}

func (s *State) marketFields(c *instruction.Codec) {
	n := c.Count(len(s.markets)-1, maxMarkets)
	for i := 1; i <= n && c.Err() == nil; i++ {
		if c.Reading() {
			s.markets = append(s.markets, &Market{ID: instruction.Market(i)})
		}
		c.Pause()
		m := s.markets[i]
		instruction.Num16(c, &m.Base)
		instruction.Num16(c, &m.Quote)
		m.Terms.Fields(c)
		instruction.Num8(c, &m.State)
		instruction.Num64(c, &m.LastTrade)
		instruction.Num64(c, &m.LastPrice)
		if c.Reading() {
			base, quote := s.Asset(m.Base), s.Asset(m.Quote)
			if base == nil || quote == nil || !sound(&m.Terms, base.Scale) {
				c.Fail("market %d", i)
				return
			}
			m.Symbol, m.baseScale = base.Symbol+quote.Symbol, base.Scale
			if !covered(m.Terms.FeeIn, Rates{m.Terms.MakerFee, m.Terms.TakerFee}) {
				c.Fail("market %d has fees that are not covered", i)
				return
			}
			m.Book = book.New(m.Terms.Tick)
			s.symbols[m.Symbol] = m.ID
		}
		m.tierFields(c)
		m.Book.Fields(c)
	}
}

// checkOrders holds every book against itself, and what orders hold against the ledger.
func (s *State) checkOrders() error {
	type owner struct {
		account instruction.Account
		asset   instruction.Asset
	}
	held := make(map[owner]int64)
	for _, m := range s.Markets() {
		if err := m.Book.Check(); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrBroken, m.Symbol, err)
		}
		for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
			m.Book.Walk(side, func(h book.Handle) bool {
				o := m.Book.At(h)
				held[owner{o.Account, m.gives(side)}] += int64(o.Held)
				return true
			})
		}
	}
	for a := instruction.Account(1); a <= s.Accounts(); a++ {
		for x, b := range s.ledger.Balances(a) {
			if int64(b.Held) != held[owner{a, x}] {
				return fmt.Errorf("%w: account %d holds %d of asset %d, its orders %d", ErrBroken, a, b.Held, x, held[owner{a, x}])
			}
			delete(held, owner{a, x})
		}
	}
	if len(held) > 0 {
		return fmt.Errorf("%w: orders hold what the ledger does not", ErrBroken)
	}
	return nil
}
