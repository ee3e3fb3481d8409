package core

import (
	"fmt"
	"slices"

	"portcullis/core/book"
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// What owners and the operator say of budgets, and what becomes of open orders when one is spent.

// setBudget sets what a key or an account may lose. Less holds at once. More is the owner's to say: at once up to what is
// prompt, beyond after the wait; where a customer has no owner's key, the operator's word is his.
func (s *State) setBudget(p *instruction.Principal, i *instruction.SetBudget) {
	was, _, _ := s.budgets.Limits(s.partyOf(i.Account, i.Credential))
	in := func(n money.PPM) bool { return n >= 0 && n <= money.Whole }
	raises := i.Budget.Loss > was.Loss || i.Budget.Fees > was.Fees
	owned := s.hasOwner(i.Account, 0)
	awaits := s.awaitsBudget(i)
	switch {
	case s.Account(i.Account) == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case i.Credential != 0 && !s.livesIn(i.Credential, i.Account):
		s.refuseWhole(instruction.UnknownKey)
	case !in(i.Budget.Loss), !in(i.Budget.Fees):
		s.refuseWhole(instruction.BudgetOutOfRange)
	case i.Budget == was && !awaits:
		s.refuseWhole(instruction.BudgetSame)
	case raises && p.Giver == instruction.ByOperator && owned:
		s.refuseWhole(instruction.OwnerOnly)
	case raises && s.full(p, i.Account, awaits):
		s.refuseWhole(instruction.TooMany)
	default:
		s.supersede(i.Account, higherOf(i.Credential))
		now := i.Budget
		if owned {
			now.Loss = min(now.Loss, max(was.Loss, instruction.PromptBudget.Loss))
			now.Fees = min(now.Fees, max(was.Fees, instruction.PromptBudget.Fees))
		}
		if now != was {
			s.emit(&instruction.BudgetSet{Account: i.Account, Credential: i.Credential, Budget: now})
		}
		if now != i.Budget {
			s.wait(p, instruction.Matter{Kind: instruction.HigherBudget, Account: i.Account, Credential: i.Credential, Budget: i.Budget})
		}
	}
}

// awaitsBudget says that another budget waits for the same key or account, which this one would end.
func (s *State) awaitsBudget(i *instruction.SetBudget) bool {
	return slices.ContainsFunc(s.owner.Of(i.Account), func(id instruction.MatterID) bool {
		return higherOf(i.Credential)(s.owner.Matter(id))
	})
}

// higherOf says of what waits that it is a higher budget of the key, or, where that is 0, of the account itself.
func higherOf(c instruction.Credential) func(*instruction.Matter) bool {
	return func(m *instruction.Matter) bool { return m.Kind == instruction.HigherBudget && m.Credential == c }
}

// livesIn says that a key is alive and of the account.
func (s *State) livesIn(c instruction.Credential, a instruction.Account) bool {
	k := s.keys.Key(c)
	return k != nil && k.Account == a && k.Revoked == 0
}

// partyOf is the party of a key, or of an account alone.
func (s *State) partyOf(a instruction.Account, c instruction.Credential) budget.Party {
	p := budget.Party{Credential: c, Account: a}
	if x := s.Account(a); x != nil {
		p.Parent = x.Parent
	}
	return p
}

// partyBy is the party of a key's orders.
func (s *State) partyBy(c instruction.Credential) budget.Party {
	k := s.keys.Key(c)
	return budget.Party{Credential: c, Account: k.Account, Parent: s.parent(k.Account)}
}

func (s *State) confirmBudget(i *instruction.ConfirmBudget) {
	switch {
	case s.Account(i.Account) == nil, i.Account == instruction.Fees:
		s.refuseWhole(instruction.UnknownAccount)
	case i.Credential != 0 && (s.keys.Key(i.Credential) == nil || s.keys.Key(i.Credential).Account != i.Account):
		s.refuseWhole(instruction.UnknownKey)
	case !s.unconfirmed(i.Account, 0) && (i.Credential == 0 || !s.unconfirmed(i.Account, i.Credential)):
		s.refuseWhole(instruction.NothingToConfirm)
	default:
		s.emit(&instruction.BudgetConfirmed{Account: i.Account, Credential: i.Credential})
	}
}

func (s *State) unconfirmed(a instruction.Account, c instruction.Credential) bool {
	loss, fees := s.budgets.Since(budget.Of{Account: a, Credential: c})
	return loss|fees != 0
}

func (s *State) nameMarket(i *instruction.NameMarket) {
	m := s.Market(i.Market)
	switch {
	case s.Customer(i.Account) != i.Account, i.Account == 0:
		s.refuseWhole(instruction.SubAccount)
	case m == nil:
		s.refuseWhole(instruction.UnknownMarket)
	case !i.Off && m.Marks.Tier == instruction.Liquid && m.Marks.Reference:
		s.refuseWhole(instruction.NotThin)
	case s.budgets.Named(i.Account, i.Market) == !i.Off:
		s.refuseWhole(instruction.NamedSo)
	default:
		s.emit(&instruction.MarketNamed{Account: i.Account, Market: i.Market, Off: i.Off})
	}
}

func (s *State) foldCharged(e *instruction.Charged) error {
	k, m := s.keys.Key(e.Credential), s.Market(e.Market)
	if k == nil || m == nil || k.Account != e.Account || e.Fees < 0 || e.Thin != 0 && s.Market(e.Thin) == nil {
		return errUnknown
	}
	s.budgets.Charge(s.clock.Waits(), s.partyBy(e.Credential), e.Loss, e.Fees)
	if e.Thin != 0 {
		s.budgets.Expose(s.clock.Waits(), s.Customer(e.Account), e.Thin, e.Base, e.Worth)
	}
	return nil
}

func (s *State) foldBudgetSet(e *instruction.BudgetSet) error {
	if s.Account(e.Account) == nil || e.Credential != 0 && !s.livesIn(e.Credential, e.Account) {
		return errUnknown
	}
	return s.budgets.Set(budget.Of{Account: e.Account, Credential: e.Credential}, e.Budget)
}

func (s *State) foldBudgetConfirmed(e *instruction.BudgetConfirmed) error {
	s.budgets.Confirm(budget.Of{Account: e.Account})
	if e.Credential != 0 {
		s.budgets.Confirm(budget.Of{Account: e.Account, Credential: e.Credential})
	}
	return nil
}

func (s *State) foldMarketNamed(e *instruction.MarketNamed) error {
	if s.Customer(e.Account) != e.Account || s.Market(e.Market) == nil {
		return errUnknown
	}
	s.budgets.Name(e.Account, e.Market, e.Off)
	return nil
}

// foldBudgetSpent has the account's open orders looked at.
func (s *State) foldBudgetSpent(e *instruction.BudgetSpent) error {
	a := s.Account(e.Account)
	if a == nil {
		return errUnknown
	}
	a.Spent = max(s.clock.Waits(), 1)
	if !slices.ContainsFunc(s.overspent, func(x instruction.BudgetSwept) bool { return x.Account == e.Account }) {
		s.overspent = append(s.overspent, instruction.BudgetSwept{Account: e.Account, Market: 1})
	}
	return nil
}

func (s *State) foldBudgetSwept(e *instruction.BudgetSwept) error {
	if len(s.overspent) == 0 || s.overspent[0].Account != e.Account || e.Market != 0 && e.Market < s.overspent[0].Market {
		return errUnknown
	}
	if e.Market == 0 {
		s.overspent = slices.Delete(s.overspent, 0, 1)
		return nil
	}
	s.overspent[0].Market = e.Market
	return nil
}

// sweepBudgets cancels open orders that their budgets bear no more, of those accounts first that have waited longest.
func (s *State) sweepBudgets() {
	for work := 0; len(s.overspent) > 0 && work < sliceWork; {
		e := s.overspent[0]
		for work++; int(e.Market) < len(s.markets) && work < sliceWork; work++ {
			s.sweepUnborne(s.markets[e.Market], e.Account, &work)
			e.Market++
		}
		if int(e.Market) >= len(s.markets) {
			e.Market = 0
		}
		s.emit(&e)
	}
}

// sweepUnborne cancels an account's orders in one market that its budgets do not bear at today's mark.
func (s *State) sweepUnborne(m *Market, a instruction.Account, work *int) {
	var list []instruction.Order
	for h := range m.Book.Orders(a) {
		*work++
		if o := m.Book.At(h); o.Stage() == book.Working && !s.borneNow(m, o) {
			list = append(list, o.ID)
		}
	}
	for _, id := range list {
		if h := m.Book.Find(id); h != 0 {
			s.close(m, h, instruction.ByBudget)
		}
	}
}

// borneNow says that its owner's budgets would bear that an open order is filled at its price now.
func (s *State) borneNow(m *Market, o *book.Order) bool {
	p := s.bound(o.Credential)
	if p == nil {
		return true
	}
	quote, _ := money.Notional(o.Price, o.Left(), m.baseScale, roundOf(o.Side))
	x, ok := s.price(p, m.dealOf(o.Side, o.Left(), quote))
	loss, _ := s.left(p, o.Risk)
	return ok && x.loss <= loss.Left
}

// rerisk notes what became of what is reserved for an order.
func (s *State) rerisk(o *book.Order, was money.Amount) {
	switch {
	case o.Risk > was:
		s.budgets.Reserve(s.partyBy(o.Credential), o.Risk-was)
	case o.Risk < was:
		s.budgets.Free(s.partyBy(o.Credential), was-o.Risk)
	}
}

// reserveAll counts what was not read back: what is reserved for open orders.
func (s *State) reserveAll() {
	for _, m := range s.Markets() {
		m.Book.Each(func(h book.Handle) bool {
			if o := m.Book.At(h); o.Risk > 0 && s.keys.Key(o.Credential) != nil {
				s.rerisk(o, 0)
			}
			return true
		})
	}
}

// checkBudgets holds the meters against themselves, and what is reserved against the books.
func (s *State) checkBudgets() error {
	reserved := make(map[instruction.Credential]money.Total)
	for _, m := range s.Markets() {
		m.Book.Each(func(h book.Handle) bool {
			if o := m.Book.At(h); o.Risk != 0 {
				reserved[o.Credential] = reserved[o.Credential].Plus(o.Risk)
			}
			return true
		})
	}
	for c := instruction.Credential(1); c < s.keys.Next(); c++ {
		k := s.keys.Key(c)
		if got := s.budgets.Reserved(budget.Of{Account: k.Account, Credential: c}); got != reserved[c].Amount() {
			return fmt.Errorf("%w: %d of a budget are reserved for the orders of key %d, and they say %d", ErrBroken, got, c, reserved[c].Amount())
		}
	}
	if err := s.budgets.Check(); err != nil {
		return fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return nil
}

// budgetFields is the persisted form of what budgets rest on.
func (s *State) budgetFields(c *instruction.Codec) {
	instruction.Num16(c, &s.valuation)
	if s.valuation != 0 && s.Asset(s.valuation) == nil {
		c.Fail("worth is counted in asset %d", s.valuation)
		return
	}
	for i := 1; i < len(s.assets) && c.Err() == nil; i++ {
		e := instruction.RouteSet{Asset: instruction.Asset(i), Markets: s.assets[i].Route} // #nosec G115 -- maxAssets bounds it
		e.Fields(c)
		if c.Err() == nil && (int(e.Asset) != i || !s.leads(e.Asset, e.Markets)) && len(e.Markets) > 0 {
			c.Fail("the route of asset %d", i)
			return
		}
		s.assets[i].Route = e.Markets
	}
	s.budgets.Fields(c)
	n := c.Count(len(s.overspent), maxAccounts)
	for i := range n {
		c.Pause()
		if c.Reading() {
			s.overspent = append(s.overspent, instruction.BudgetSwept{})
		}
		instruction.Num32(c, &s.overspent[i].Account)
		instruction.Num16(c, &s.overspent[i].Market)
		if c.Reading() && c.Err() == nil && (s.Account(s.overspent[i].Account) == nil || s.overspent[i].Market == 0) {
			c.Fail("the orders of account %d", s.overspent[i].Account)
		}
		if c.Err() != nil {
			return
		}
	}
}
