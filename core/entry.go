package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
)

// What an order may lose is asked three times: when it comes, here, by the worst it can do; when it starts, if it waited; and
// at every match, by what it does. Only the last is the bound; this one spares people orders that would expire.

// Bears says whether the budgets of who gives an instruction bear what it may lose, and why not. What they bear is noted for
// the orders that come of it.
func (x view) Bears(p *instruction.Principal, in instruction.Instruction) (instruction.Verdict, bool) {
	s := x.s
	var legs [instruction.MaxLegs]*instruction.PlaceOrder
	freed := money.Amount(0) // what was reserved for an order that goes
	switch i := in.(type) {
	case *instruction.PlaceOrder:
		legs[0] = i
	case *instruction.ReplaceOrder:
		legs[0] = &i.Place
		if m := s.Market(i.Cancel.Market); m != nil {
			if h := m.ownOf(s.keys.Key(p.Credential).Account, &i.Cancel); h != 0 && m.Book.At(h).Credential == p.Credential {
				freed = m.Book.At(h).Risk
			}
		}
	case *instruction.PlaceList:
		for leg := range i.Shape.Legs() {
			if !i.Shape.Pending(uint8(leg)) { // #nosec G115 -- a list has three legs at most
				legs[leg] = &i.Legs[leg]
			}
		}
	}
	if x.reader {
		_, v, ok := s.mayLose(s.boundToRead(p.Credential), true, freed, &legs)
		return v, ok
	}
	risks, v, ok := s.mayLose(s.bound(p.Credential), false, freed, &legs)
	s.risks = risks
	return v, ok
}

// mayLose judges orders of one instruction together, and says what each is to reserve.
func (s *State) mayLose(p *party, reader bool, freed money.Amount, legs *[instruction.MaxLegs]*instruction.PlaceOrder) (risks [instruction.MaxLegs]money.Amount, v instruction.Verdict, ok bool) {
	for i, o := range legs {
		if o == nil {
			continue
		}
		m := s.Market(o.Market)
		if m == nil || o.Trigger != instruction.NoTrigger || m.admits(o) != 0 {
			continue // it comes to nothing, or reserves when it starts
		}
		if v, ok := s.inCollar(m, o, reader || p == nil); !ok {
			return risks, v, false
		}
		if p == nil {
			continue
		}
		r, v, ok := s.entry(p, m, o, freed)
		if !ok {
			return risks, v, false
		}
		risks[i] = r
		freed -= r
	}
	return risks, v, true
}

// entry is what is reserved for an order that would be placed now, or why it may not be.
func (s *State) entry(p *party, m *Market, o *instruction.PlaceOrder, freed money.Amount) (money.Amount, instruction.Verdict, bool) {
	loss, fees := s.left(p, freed)
	room := loss.Left
	x := s.worst(p, m, o)
	cuts := o.TIF == instruction.IOC || o.Type == instruction.MarketType
	switch {
	case x.why == instruction.WithoutMark:
		return 0, overBudget(x.why, x.where, &x), false
	case x.loss > 0 && room == 0, x.loss > room && (!cuts || x.why != 0):
		return 0, overBudget(limitReasons[loss.Limit], int64(room), &x), false
	case x.fees > 0 && fees.Left == 0, x.fees > fees.Left && !cuts:
		return 0, overBudget(limitReasons[fees.Limit], int64(fees.Left), nil), false
	case cuts:
		return 0, instruction.Verdict{}, true
	}
	return max(x.loss, 0), instruction.Verdict{}, true
}

// limitReasons are the reasons of a verdict by the limit of a budget that was met.
var limitReasons = [...]instruction.Reason{
	instruction.LossLimit: instruction.LossOverBudget, instruction.FeesLimit: instruction.FeesOverBudget,
	instruction.LossConfirmation: instruction.LossUnconfirmed, instruction.FeesConfirmation: instruction.FeesUnconfirmed,
}

// overBudget is the verdict on an order that a budget does not bear.
func overBudget(r instruction.Reason, value int64, x *cost) instruction.Verdict {
	v := instruction.Say(instruction.Deny, r, value)
	if x != nil && x.why != 0 && x.why != r {
		v = v.And(x.why, x.where)
	}
	return v
}

// worst is what an order may cost at most if it is placed now: all of it at its own price, or, where that looks like much,
// what it would take at the prices there and the rest at its own.
func (s *State) worst(p *party, m *Market, o *instruction.PlaceOrder) cost {
	if o.Type != instruction.MarketType {
		quote, err := money.Notional(o.Price, o.Qty, m.baseScale, roundOf(o.Side))
		if err != nil {
			quote = money.MaxAmount
		}
		x := s.about(p, m.dealOf(o.Side, o.Qty, quote), o.Type)
		if x.loss <= s.small(p) || o.Type == instruction.LimitMaker {
			return x
		}
	}
	qty, quote := s.taken(p, m, o)
	if o.Type != instruction.MarketType && o.TIF == instruction.GTC && qty < o.Qty {
		rest, err := money.Notional(o.Price, o.Qty-qty, m.baseScale, roundOf(o.Side))
		if err != nil {
			rest = money.MaxAmount
		}
		qty, quote = o.Qty, quote.AddSaturated(rest)
	}
	return s.about(p, m.dealOf(o.Side, qty, quote), o.Type)
}

// roundOf is how what a side gives and receives in quote is rounded to be cautious.
func roundOf(side instruction.Side) money.Rounding {
	if side == instruction.Buy {
		return money.Up
	}
	return money.Down
}

// small is a loss that needs no closer look: a tenth of a day's budget by default.
func (s *State) small(p *party) money.Amount { return p.equity.Own / 500 }

// about is what a deal costs with the fees that it will have at most, by an order of that type.
func (s *State) about(p *party, d deal, as instruction.OrderType) cost {
	x, ok := s.price(p, d)
	if !ok {
		return x
	}
	rates := s.rates(d.in, p.Account)
	rate := max(rates.Maker, 0)
	if as != instruction.LimitMaker {
		rate = max(rate, rates.Taker)
	}
	in, n := d.gives, d.given
	if feeIn := d.in.Terms.FeeIn; feeIn == d.gets || feeIn == 0 {
		in, n = d.gets, d.gotten
	}
	fee, _ := rate.Of(n, money.Up)
	x.fees = s.dear(p, in, fee)
	return x
}

// taken is what an order would take of the book as it stands, and at what price.
func (s *State) taken(p *party, m *Market, o *instruction.PlaceOrder) (qty, quote money.Amount) {
	left, funds, fills := o.Qty, o.QuoteQty, 0
	m.Book.Walk(o.Side.Opposite(), func(h book.Handle) bool {
		x := m.Book.At(h)
		n := x.Left()
		if o.QuoteQty != 0 {
			can, err := money.Buys(funds, x.Price, m.baseScale)
			if err == nil {
				n = min(n, can-can%m.Terms.Lot)
			}
		} else {
			n = min(n, left)
		}
		if n <= 0 || o.Type != instruction.MarketType && !crosses(o.Side, o.Price, x.Price) {
			return false
		}
		if o.SelfTrade != instruction.TradeAnyway && x.Account == p.Account {
			return o.SelfTrade == instruction.ExpireMaker
		}
		worth, _ := money.Notional(x.Price, n, m.baseScale, roundOf(o.Side))
		qty, quote, left, funds = qty.AddSaturated(n), quote.AddSaturated(worth), left-n, funds-worth
		fills++
		return fills < MaxFills && n == x.Left()
	})
	return qty, quote
}

// inCollar says whether an order's price lies within the market's collar around its mark. fresh: the mark is looked at anew, and not noted.
func (s *State) inCollar(m *Market, o *instruction.PlaceOrder, fresh bool) (v instruction.Verdict, ok bool) {
	c := m.Marks.Bands.Collar
	if c == 0 || o.Type == instruction.MarketType {
		return v, true
	}
	var k mark.Mark
	switch {
	case m.Marks.Tier != instruction.Liquid:
		k = m.mark.Thin(s.clock.Waits(), 0)
	case fresh: // nothing may be noted
		k = s.asks(m).Mark
	default:
		k = s.now(m).Mark
	}
	if !k.Known() {
		return v, true
	}
	if o.Side == instruction.Buy {
		far, err := money.MulDiv(int64(k.High), int64(money.Whole)+int64(c), int64(money.Whole), money.Up)
		if err == nil && int64(o.Price) > far {
			return instruction.Say(instruction.Deny, instruction.OutsideCollar, far), false
		}
		return v, true
	}
	far, err := money.MulDiv(int64(k.Low), max(int64(money.Whole)-int64(c), 0), int64(money.Whole), money.Down)
	if err == nil && int64(o.Price) < far {
		return instruction.Say(instruction.Deny, instruction.OutsideCollar, far), false
	}
	return v, true
}
