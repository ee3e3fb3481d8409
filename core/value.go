package core

import (
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
)

// What things are worth, in units of the valuation asset, and how sure that is.
//
// An asset is valued along its route, market by market: at the low mark where it is received or owned, at the high one where it
// is given. Only markets that are liquid for who asks are relied on. The one exception is a thin market that a customer named,
// as the first on the way of its base asset: see thin. Equity counts what is liquid alone: what a thief can pump is no measure
// for what he may take.

// liquidMark is a market's mark as the record found it.
type liquidMark struct {
	mark.Mark
	referred bool
	step     uint64 // of State: the mark is of no other record
}

// now is the mark of a market as the record found it.
func (s *State) now(m *Market) liquidMark {
	x := &m.now
	if x.step != s.step {
		*x = s.asks(m)
		if _, dated := m.mark.Reference(); s.at-dated >= mark.Fresh {
			x.referred = false // it vouched for a market of before the venue stood still
		}
	}
	return *x
}

// asks is the mark of a market as it is.
func (s *State) asks(m *Market) (x liquidMark) {
	x.Mark, x.referred = m.mark.Liquid(s.clock.Now)
	x.step = s.step
	return x
}

// thinMark is a market's thin mark for a customer.
type thinMark struct {
	mark.Mark
	customer instruction.Account
	step     uint64 // of State: the mark is of no other record
}

// thin is the thin mark of a market for a customer: without what his own accounts traded. Nothing that a record does moves it, and an order may meet thousands of
// others: it is looked at once for whoever is asked for again, as the taker is beside one maker after the other.
func (s *State) thin(m *Market, l lens) mark.Mark {
	if l.reader {
		return m.mark.Thin(s.clock.Waits(), l.customer)
	}
	x := &m.thin
	switch {
	case x[0].step == s.step && x[0].customer == l.customer:
		return x[0].Mark
	case x[1].step == s.step && x[1].customer == l.customer:
		x[0], x[1] = x[1], x[0]
	default:
		x[0], x[1] = thinMark{m.mark.Thin(s.clock.Waits(), l.customer), l.customer, s.step}, x[0]
	}
	return x[0].Mark
}

// lens is how one customer's worth is looked at: which markets are liquid depends on how much there is to gain.
type lens struct {
	customer instruction.Account
	all      money.Amount // the customer's equity if all markets of the tier were liquid
	reader   bool         // several look at once, outside any record: nothing may be noted
}

// liquid is the mark of a market that is liquid for the customer; not known where it is not.
func (s *State) liquid(m *Market, l lens) (x mark.Mark, off money.PPM) {
	if m.Marks.Tier != instruction.Liquid {
		return x, 0
	}
	var n liquidMark
	if l.reader {
		n = s.asks(m)
	} else {
		n = s.now(m)
	}
	switch {
	case n.referred:
		return n.Mark, instruction.ErrorReferred
	case l.all <= m.Marks.Depth:
		return n.Mark, instruction.ErrorUnreferred
	}
	return x, 0
}

// over is what an amount of an asset of the market is worth in the other, at the low mark or at the high one.
func (m *Market) over(x instruction.Asset, n money.Amount, k mark.Mark, high bool) (money.Amount, bool) {
	price, round := k.Low, money.Down
	if high == (x == m.Base) {
		price = k.High
	}
	if high {
		round = money.Up
	}
	if price <= 0 {
		return 0, false
	}
	var worth int64
	var err error
	if x == m.Base {
		worth, err = money.MulDiv(int64(price), int64(n), m.baseScale.One(), round)
	} else {
		worth, err = money.MulDiv(int64(n), m.baseScale.One(), int64(price), round)
	}
	if err != nil || money.Amount(worth) > money.MaxAmount {
		return money.MaxAmount, true
	}
	return money.Amount(worth), true
}

// worth is what an amount is worth by a route through markets that are liquid for the customer, and what their marks admit
// to be off by, together. It is false where there is no such route.
func (s *State) worth(l lens, x instruction.Asset, route []instruction.Market, n money.Amount, high bool) (_ money.Amount, off money.PPM, ok bool) {
	if x != s.valuation && len(route) == 0 {
		return 0, 0, false
	}
	full := false
	for _, id := range route {
		m := s.markets[id]
		k, u := s.liquid(m, l)
		if !k.Known() {
			return 0, 0, false
		}
		if n, ok = m.over(x, n, k, high); !ok {
			return 0, 0, false
		}
		full = full || n >= money.MaxAmount
		x, off = m.other(x), off+u
	}
	if full && high {
		n = money.MaxAmount // it is more on the way than can be counted: so it is here
	}
	return n, off, true
}

// equity is what an account and its customer's accounts together are worth, free and held, at the low mark. It is looked at anew
// each time: what was noted of it would not be there after a restart, and something else would be decided then.
func (s *State) equity(a instruction.Account, reader bool) (e budget.Equity, l lens) {
	l = lens{customer: s.Customer(a), reader: reader}
	l.all = s.sum(l.customer, true, l)
	e.Family = l.all
	if l.all > s.shallow { // some markets of the tier may not be liquid for that much
		e.Family = s.sum(l.customer, true, l)
	}
	e.Own = e.Family
	if a != l.customer || s.traits[a]&master != 0 {
		e.Own = s.sum(a, false, l)
	}
	return e, l
}

// sum is what the liquid assets of an account are worth, or, where it heads a customer's, of all of them together.
func (s *State) sum(a instruction.Account, together bool, l lens) (sum money.Amount) {
	for i := 0; ; i++ {
		x, n, ok := s.ledger.Owns(a, i)
		if together {
			x, n, ok = s.ledger.Shares(a, i)
		}
		if !ok {
			return sum
		}
		if n, _, ok := s.worth(l, x, s.assets[x].Route, min(n, money.MaxAmount), false); ok {
			sum = sum.AddSaturated(n)
		}
	}
}

// findShallow looks how much depth the shallowest market of the tier has: all of them are liquid for who has no more.
func (s *State) findShallow() {
	s.shallow = money.MaxAmount
	for _, m := range s.Markets() {
		if m.Marks.Tier == instruction.Liquid {
			s.shallow = min(s.shallow, m.Marks.Depth)
		}
	}
}
