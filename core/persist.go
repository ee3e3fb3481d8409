package core

import (
	"fmt"
	"slices"

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
		s.gate = gate.New(view{s: s})
	}
	instruction.Num64(c, &s.clock.Now)
	instruction.Num64(c, &s.clock.Frozen)
	if c.Since(3) {
		instruction.Num64(c, &s.clock.Skipped)
	}
	instruction.Num64(c, &s.lastOrder)
	instruction.Num64(c, &s.lastList)
	s.assetFields(c)
	s.accountFields(c)
	s.transferFields(c)
	s.keys.Fields(c)
	s.ledger.Fields(c)
	s.gate.Fields(c)
	if c.Since(3) {
		s.owner.Fields(c)
		s.payouts.Fields(c)
		s.watch.Fields(c)
		s.sweepFields(c)
	}
	s.marketFields(c)
	if c.Since(3) {
		s.budgetFields(c)
	}
	if c.Since(4) {
		s.features.Fields(c)
	}
	if c.Since(4) {
		s.rules.Fields(c)
		s.proceedsFields(c)
		s.cohorts.fields(c)
	}
	if c.Since(5) {
		s.chainFields(c)
		s.codes.Fields(c)
	}
	if c.Reading() && c.Err() == nil {
		s.remeter()
		s.findShallow()
		s.reserveAll()
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
		room := c.Room(n, 10)
		s.accounts = slices.Grow(s.accounts[:1], room)
		s.refs = make(map[string]instruction.Account, room)
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
		if c.Since(3) {
			instruction.Num64(c, &a.Locked)
			c.Text(&a.Why)
			instruction.Num64(c, &a.Spent)
		}
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
		instruction.Num64(c, &m.LastMatch)
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
		if c.Since(3) {
			m.Marks.Fields(c)
			if m.State == instruction.Halted {
				instruction.Num64(c, &m.Cool)
			} else {
				instruction.Num64(c, &m.calm)
			}
			m.mark.Fields(c)
			if !soundMarks(&m.Marks) || m.Cool < 0 || m.calm < 0 {
				c.Fail("the marks of market %d", i)
			}
		}
	}
}

// holding is what is held of an asset in an account.
type holding struct {
	account instruction.Account
	asset   instruction.Asset
}

// checkHeld holds every book against itself, and what orders and payouts hold against the ledger.
func (s *State) checkHeld() error {
	held := make(map[holding]int64)
	for a := instruction.Account(1); a <= s.Accounts(); a++ {
		for _, p := range s.payouts.Of(a) {
			held[holding{a, p.Asset}] += int64(p.Amount)
		}
		for _, x := range s.codes.Of(a) {
			if x.State == instruction.LiveCode {
				held[holding{instruction.Fees, x.Asset}] += int64(x.Amount)
			}
		}
	}
	for x := range s.chains {
		asset := instruction.Asset(x) // #nosec G115 -- maxAssets bounds it
		if fees := s.heldForFees(asset); fees != 0 {
			held[holding{instruction.Fees, asset}] += int64(fees)
		}
	}
	for _, h := range s.proceeds.Holds() {
		for _, p := range h.Parts {
			held[holding{p.Account, p.Asset}] += int64(p.Amount)
		}
	}
	for _, m := range s.Markets() {
		if err := m.Book.Check(); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrBroken, m.Symbol, err)
		}
		var err error
		m.Book.Each(func(h book.Handle) bool {
			o := m.Book.At(h)
			if o.Held != 0 {
				held[holding{o.Account, m.gives(o.Side)}] += int64(o.Held)
			}
			err = s.checkOpen(m, o)
			return err == nil
		})
		if err != nil {
			return err
		}
	}
	for a := instruction.Account(1); a <= s.Accounts(); a++ {
		for x, b := range s.ledger.Balances(a) {
			if int64(b.Held) != held[holding{a, x}] {
				return fmt.Errorf("%w: account %d holds %d of asset %d, its orders, payouts, proceeds and fees %d", ErrBroken, a, b.Held, x, held[holding{a, x}])
			}
			delete(held, holding{a, x})
		}
	}
	if len(held) > 0 {
		return fmt.Errorf("%w: orders, payouts and proceeds hold what the ledger does not", ErrBroken)
	}
	return nil
}

// checkOpen says that an order does not wait in vain, and holds what is held for it against what it may still give. Of two
// that cancel each other the stop-loss holds what it needs beyond the other, and an order that is pending holds nothing. Who
// bought for less than the limit holds more than is needed until the order is over, and so does whoever pays fees on top.
func (s *State) checkOpen(m *Market, o *book.Order) error {
	p := m.placeOf(o)
	need, _, r := s.need(m, &p, o.Account)
	held, exact := o.Held, o.Side == instruction.Sell && m.Terms.FeeIn != m.Base
	switch {
	case o.Stage() == book.Waiting && p.Trail == 0 && !o.Starting() && m.triggers(&p):
		return fmt.Errorf("%w: %s: order %d waits for a price that was reached", ErrBroken, m.Symbol, o.ID)
	case o.Stage() == book.Pending:
		need, exact = 0, true
	case o.Type == instruction.MarketType && o.Side == instruction.Buy:
		return nil // what it cost at its stop price, or at the last price then
	case o.Member() && p.Trigger == instruction.StopLoss:
		if h := m.partner(o); h != 0 {
			held += m.Book.At(h).Held
		}
	}
	if r != 0 || held < need && !m.halfway(o) || exact && held != need && !m.halfway(o) {
		return fmt.Errorf("%w: %s: order %d holds %d where %d are needed", ErrBroken, m.Symbol, o.ID, held, need)
	}
	return nil
}

// halfway says that the order's partner is still to start: then the two hold in part what they will together.
func (m *Market) halfway(o *book.Order) bool {
	if !o.Member() {
		return false
	}
	h := m.partner(o)
	return h != 0 && m.Book.At(h).Stage() == book.Pending && o.Stage() != book.Pending
}
