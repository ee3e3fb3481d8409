package core

import (
	"portcullis/core/book"
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// The bound itself: at every match both sides are asked whether their budgets bear it.

// weighed is what came of asking.
type weighed uint8

const (
	borne    weighed = iota // by both, perhaps after the taker was cut
	takerOut                // the taker bears not one lot more
	makerOut                // the maker does not bear it
)

// weigh asks both sides of a match whether their budgets bear it, cuts it to what the taker bears, and completes what each is
// charged. What e says of quantities and fees may become less.
func (s *State) weigh(m *Market, e *instruction.Filled, taker, maker *book.Order) weighed {
	s.charged = [2]instruction.Charged{}
	if p := s.bound(taker.Credential); p != nil {
		for {
			x := s.costs(p, m, e, false)
			can := s.bearable(p, m, taker, e.Qty, &x)
			if can == e.Qty {
				s.charged[0] = x.charged(p, m, e)
				break
			}
			s.cut = true
			s.spent(p, m, taker, &x)
			if can <= 0 {
				return takerOut
			}
			e.Qty = can
			e.Quote, _ = money.Notional(e.Price, e.Qty, m.baseScale, money.Down)
			s.charge(m, e, taker, maker)
		}
	}
	if p := s.bound(maker.Credential); p != nil {
		x := s.costs(p, m, e, true)
		if s.bearable(p, m, maker, e.Qty, &x) != e.Qty {
			s.spent(p, m, maker, &x)
			return makerOut
		}
		s.charged[1] = x.charged(p, m, e)
	}
	return borne
}

// costs is what a fill costs one of its sides.
func (s *State) costs(p *party, m *Market, e *instruction.Filled, maker bool) cost {
	x, ok := s.price(p, m.dealOf(sideOf(e.TakerSide, maker), e.Qty, e.Quote))
	if ok {
		s.charges(p, m, e, maker, &x)
	}
	return x
}

// charged is the event of what a fill costs.
func (x *cost) charged(p *party, m *Market, e *instruction.Filled) instruction.Charged {
	return instruction.Charged{
		Market: m.ID, Trade: e.Trade, Account: p.Account, Credential: p.Credential,
		Loss: x.loss, Fees: x.fees, Thin: x.thin, Base: x.base, Worth: x.worth,
	}
}

// bearable is how much of a fill of qty a budget bears, in whole lots. What is reserved for the order is there for it.
func (s *State) bearable(p *party, m *Market, o *book.Order, qty money.Amount, x *cost) money.Amount {
	if x.why == instruction.WithoutMark {
		return 0
	}
	loss, fees := s.left(p, o.Risk)
	can := min(partOf(qty, loss.Left, x.loss), partOf(qty, fees.Left, x.fees))
	if can == qty {
		return qty
	}
	return min(can, qty-1) / m.Terms.Lot * m.Terms.Lot
}

// partOf is how much of qty costs no more than is left, where all of it costs that.
func partOf(qty, left, cost money.Amount) money.Amount {
	if cost <= left {
		return qty
	}
	n, _ := money.MulDiv(int64(qty), int64(left), int64(cost), money.Down)
	return money.Amount(n)
}

// chargeBoth writes down what the match cost its sides.
func (s *State) chargeBoth() {
	for i := range s.charged {
		if e := &s.charged[i]; e.Account != 0 {
			s.emit(e)
		}
	}
}

// spent notes that a budget stopped an order at a match.
func (s *State) spent(p *party, m *Market, o *book.Order, x *cost) {
	if x.why == instruction.OverThinCap || x.why == instruction.WithoutMark {
		return // that is no budget
	}
	loss, fees := s.left(p, o.Risk)
	b := loss
	if x.loss <= loss.Left {
		b = fees
	}
	s.stopped(p, b, m.ID, o.ID)
}

// denied notes that a budget kept an order from being placed.
func (s *State) denied(by *instruction.Principal, in instruction.Instruction, v *instruction.Verdict) {
	limit := limitOf(v.Reason())
	if limit == 0 {
		return
	}
	p := s.bound(by.Credential)
	if p == nil {
		return
	}
	b, fees := s.left(p, 0)
	if limit == instruction.FeesLimit || limit == instruction.FeesConfirmation {
		b = fees
	}
	b.Limit = limit
	s.stopped(p, b, marketOf(in), 0)
}

// limitOf is the limit that a reason is about, 0 where it is about none.
func limitOf(r instruction.Reason) instruction.BudgetLimit {
	for limit, is := range limitReasons {
		if is == r && r != 0 {
			return instruction.BudgetLimit(limit) // #nosec G115 -- there are four
		}
	}
	return 0
}

// marketOf is the market of what places orders, 0 of anything else.
func marketOf(in instruction.Instruction) instruction.Market {
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		return i.Market
	case *instruction.ReplaceOrder:
		return i.Place.Market
	case *instruction.PlaceList:
		return i.Legs[0].Market
	}
	return 0
}

// stopped notes that a budget stopped an order, once in each slot of two hours: its owner is told, and open orders that it
// does not bear either are looked for.
func (s *State) stopped(p *party, b budget.Bound, m instruction.Market, o instruction.Order) {
	if was := s.accounts[p.Account].Spent; was != 0 && s.clock.Waits()-was < tellSpent {
		return
	}
	s.emit(&instruction.BudgetSpent{Account: p.Account, Credential: b.Of.Credential, Limit: b.Limit, Market: m, Order: o})
}

// tellSpent is how long after an owner was told that a budget is spent he is not told again.
const tellSpent = 2 * 3600 * instruction.Second

// toll is what an order that is filled whole costs an account so far, and what of that is reserved for it already.
type toll struct{ loss, fees, own money.Amount }

// borneWhole says that budgets bear that an order is filled whole at once: the taker's all of it, and each maker's his share,
// so that none of them expires half way.
func (s *State) borneWhole(m *Market, c instruction.Credential, o *instruction.PlaceOrder) bool {
	if s.valuation == 0 {
		return true
	}
	var own party // of the taker: a party that bound gave holds for a few makers only
	taker := s.bound(c)
	if taker != nil {
		own = *taker
		taker = &own
	}
	tolls := make(map[instruction.Account]toll)
	left, fills, ok, account := o.Qty, 0, true, s.keys.Key(c).Account
	m.Book.Walk(o.Side.Opposite(), func(h book.Handle) bool {
		x := m.Book.At(h)
		n := min(left, x.Left())
		if n <= 0 || fills >= MaxFills || !crosses(o.Side, o.Price, x.Price) {
			return false
		}
		if o.SelfTrade != instruction.TradeAnyway && x.Account == account {
			fills++
			return o.SelfTrade == instruction.ExpireMaker // as covers has it: what expires fills nothing
		}
		left -= n
		fills += m.parts(x, n)
		quote, _ := money.Notional(x.Price, n, m.baseScale, money.Down)
		rebate, _ := max(-s.rates(m, x.Account).Maker, 0).Of(quote, money.Up)
		reserved, _ := money.MulDiv(int64(x.Risk), int64(n), int64(x.Left()), money.Down)
		ok = s.bornePart(tolls, taker, m.dealOf(o.Side, n, quote), fills, rebate, 0) &&
			s.bornePart(tolls, s.bound(x.Credential), m.dealOf(o.Side.Opposite(), n, quote), fills, 0, money.Amount(reserved))
		return ok && left > 0
	})
	return ok
}

// bornePart says that a party's budgets bear one more deal beside those before it. Of so many fills each may be rounded by a unit.
func (s *State) bornePart(tolls map[instruction.Account]toll, p *party, d deal, fills int, rebate, reserved money.Amount) bool {
	if p == nil {
		return true
	}
	x := s.about(p, d, instruction.Limit)
	if x.why == instruction.WithoutMark {
		return false
	}
	rounding := money.Amount(fills)
	t := tolls[p.Account]
	t.loss = t.loss.AddSaturated(max(x.loss, 0).AddSaturated(rounding).AddSaturated(s.dear(p, d.in.Quote, rebate)))
	t.fees = t.fees.AddSaturated(x.fees.AddSaturated(rounding))
	t.own = t.own.AddSaturated(reserved)
	tolls[p.Account] = t
	loss, fees := s.left(p, t.own)
	return t.loss <= loss.Left && t.fees <= fees.Left
}
