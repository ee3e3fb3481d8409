package core

import (
	"portcullis/core/budget"
	"portcullis/core/instruction"
	"portcullis/core/mark"
	"portcullis/core/money"
)

// What a trade costs who trades, against the marks. See SECURITY.md and docs/BUDGET.md for what that bounds.
//
//	loss = given x high mark - received x low mark + u x worth + what of the fee goes to others, rounded up
//
// u is what the marks admit to be off by: of each market on the way of either asset, together. Where the market itself is liquid
// and neither asset is the one in which worth is counted, base and quote can also be compared by its own mark, and what is lost
// of the quote asset valued. Then u is that of its own mark alone, so that a pair of two coins is no dearer to trade than either
// of them is in the valuation asset; and what the routes say without any u counts where it is more: whoever moves the pair's
// mark, or one on the routes, gains nothing by it.

// party is who bears a trade: a key with its account and customer, and how far its budgets reach.
type party struct {
	budget.Party
	lens
	equity budget.Equity
}

// bound is the party of a key whose losses are bounded, or nil: budgets are not in force, or it is the owner's own, or
// nobody set it a bound. It holds until bound was asked as often as there are parties.
func (s *State) bound(c instruction.Credential) *party {
	p := &s.parties[s.nextParty%uint8(len(s.parties))]
	s.nextParty++
	if !s.binds(p, c) {
		return nil
	}
	p.equity, p.lens = s.equity(p.Account, false)
	return p
}

// boundToRead is bound for who only reads.
func (s *State) boundToRead(c instruction.Credential) *party {
	p := new(party)
	if !s.binds(p, c) {
		return nil
	}
	p.equity, p.lens = s.equity(p.Account, true)
	return p
}

// binds fills in whose budgets bound a key, and says whether any does.
func (s *State) binds(p *party, c instruction.Credential) bool {
	k := s.keys.Key(c)
	if s.valuation == 0 || s.gate.Off() || k == nil || k.Owner() {
		return false
	}
	*p = party{Party: s.partyBy(c)}
	return s.budgets.Bounded(p.Party)
}

// left is what a party may still lose and pay, beside what is reserved for an order of its own.
func (s *State) left(p *party, own money.Amount) (loss, fees budget.Bound) {
	return s.budgets.LeftBeside(s.clock.Waits(), p.Party, own, p.equity)
}

// deal is what one side of a trade gives and receives, in a market.
type deal struct {
	in            *Market
	gives, gets   instruction.Asset
	given, gotten money.Amount
}

// dealOf is what an order's side gives and receives for a quantity of the base asset and its worth.
func (m *Market) dealOf(side instruction.Side, qty, quote money.Amount) deal {
	if side == instruction.Buy {
		return deal{m, m.Quote, m.Base, quote, qty}
	}
	return deal{m, m.Base, m.Quote, qty, quote}
}

// sideOf is the side of the taker or of the maker.
func sideOf(taker instruction.Side, maker bool) instruction.Side {
	if maker {
		return taker.Opposite()
	}
	return taker
}

// cost is what a deal costs: see Charged.
type cost struct {
	loss        money.Amount // below 0: a gain
	fees        money.Amount
	thin        instruction.Market
	base, worth money.Amount
	why         instruction.Reason // beside the loss: what is received counts for nothing, or nothing can be told
	where       int64              // the value of why
}

// price values a deal for a party. It is false, with the reason, where what is given has no value that could be relied on.
func (s *State) price(p *party, d deal) (cost, bool) {
	given, offGiven, known := s.worth(p.lens, d.gives, s.assets[d.gives].Route, d.given, true)
	gotten, offGotten, counts := s.worth(p.lens, d.gets, s.assets[d.gets].Route, d.gotten, false)
	x := cost{}
	switch {
	case known && counts:
	case known:
		gotten = s.gets(p, d, given, &x)
		offGotten = instruction.ErrorUnreferred
	case counts:
		if given, known = s.gives(p, d, gotten, &x); !known {
			x.why, x.where = instruction.WithoutMark, int64(d.gives)
			return x, false
		}
		offGiven = instruction.ErrorUnreferred
	default:
		x.why, x.where = instruction.WithoutMark, int64(d.gives)
		return x, false
	}
	if given >= money.MaxAmount { // more than can be counted: nothing that is received makes up for it
		x.loss = money.MaxAmount
		return x, true
	}
	if direct, ok := s.direct(p, d, given); ok && known && counts {
		x.loss = max(given-gotten, direct)
		return x, true
	}
	off, err := (offGiven + offGotten).Of(given, money.Up)
	if err != nil {
		off = money.MaxAmount
	}
	x.loss = min(given-gotten, money.MaxAmount-off) + off
	if x.thin != 0 || !counts {
		x.loss = max(x.loss, 0) // only liquid marks credit a gain
	}
	return x, true
}

// direct is what a deal loses by the mark of its own market. It is false where that is no other than what the routes of its assets
// go by, or is not known. worth is what is given, in units of the valuation asset.
func (s *State) direct(p *party, d deal, worth money.Amount) (money.Amount, bool) {
	m := d.in
	if m.Base == s.valuation || m.Quote == s.valuation {
		return 0, false
	}
	k, u := s.liquid(m, p.lens)
	given, gotten, known := d.given, d.gotten, false
	if d.gives == m.Base {
		given, known = m.over(m.Base, given, k, true)
	} else {
		gotten, known = m.over(m.Base, gotten, k, false)
	}
	lost := given - gotten // of the quote asset
	n, _, ok := s.worth(p.lens, m.Quote, s.assets[m.Quote].Route, max(lost, -lost), lost > 0)
	off, err := u.Of(worth, money.Up)
	if !known || !ok || err != nil {
		return 0, false
	}
	if lost < 0 {
		n = -n
	}
	return min(n, money.MaxAmount-off) + off, true
}

// thinOf is the thin market by which an asset that no liquid route values is valued for a customer who named it, or nil: it is
// the first on the asset's route, with the asset as its base, and the rest of the route is liquid.
func (s *State) thinOf(l lens, x instruction.Asset) *Market {
	route := s.assets[x].Route
	if len(route) == 0 {
		return nil
	}
	m := s.markets[route[0]]
	if m.Base != x || !s.budgets.Named(l.customer, m.ID) {
		return nil
	}
	return m
}

// gets is what an asset counts for that is received and has no liquid route: nothing, unless the customer named its market.
func (s *State) gets(p *party, d deal, given money.Amount, x *cost) money.Amount {
	m := s.thinOf(p.lens, d.gets)
	if m == nil {
		x.why, x.where = instruction.NothingForIt, int64(s.firstHop(d.gets))
		return 0
	}
	x.thin, x.base, x.worth = m.ID, d.gotten, given
	if s.overCap(p, m, x) {
		x.why, x.where = instruction.OverThinCap, int64(m.ID)
		return 0
	}
	n, ok := m.over(d.gets, d.gotten, s.thin(m, p.lens), false)
	if !ok {
		x.why, x.where = instruction.NothingForIt, int64(m.ID)
		return 0
	}
	n, _, _ = s.worth(p.lens, m.Quote, s.assets[d.gets].Route[1:], n, false)
	return n
}

// gives is what an asset counts for that is given and has no liquid route. It is false where its market is not named, or has
// no history: nobody could tell then what is lost.
func (s *State) gives(p *party, d deal, gotten money.Amount, x *cost) (money.Amount, bool) {
	m := s.thinOf(p.lens, d.gives)
	if m == nil {
		return 0, false
	}
	k := s.thin(m, p.lens)
	x.thin, x.base, x.worth = m.ID, -d.given, -gotten
	if s.overCap(p, m, x) {
		x.why, x.where = instruction.OverThinCap, int64(m.ID)
		k.High = max(k.High, m.mark.High7(s.clock.Waits()))
	}
	n, ok := m.over(d.gives, d.given, k, true)
	if !ok {
		return 0, false
	}
	n, _, ok = s.worth(p.lens, m.Quote, s.assets[d.gives].Route[1:], n, true)
	return n, ok
}

// firstHop is the first market on an asset's route, 0 where it has none.
func (s *State) firstHop(x instruction.Asset) instruction.Market {
	if r := s.assets[x].Route; len(r) > 0 {
		return r[0]
	}
	return 0
}

// overCap says that with a deal the customer would have put more into a thin market, or taken more out of it, than its cap:
// worth that left for it, and base that was given at its seven days' high, in 30 days: see budget.Exposure.
func (s *State) overCap(p *party, m *Market, x *cost) bool {
	e := s.budgets.Exposure(s.clock.Waits(), p.customer, m.ID).With(x.base, x.worth)
	return s.net(p.lens, m, e) > budget.Cap(p.equity.Family)
}

// net is what of a customer's trades in a thin market counts against its cap; the most there is where nobody can tell.
func (s *State) net(l lens, m *Market, e budget.Exposure) money.Amount {
	var k mark.Mark // asked for where something was given, once
	return e.Net(func(given money.Amount) money.Amount {
		if k.High == 0 {
			k = s.thin(m, l)
			k.High = max(k.High, m.mark.High7(s.clock.Waits()))
		}
		if n, ok := m.over(m.Base, given, k, true); ok && s.firstHop(m.Base) == m.ID {
			if n, _, ok = s.worth(l, m.Quote, s.assets[m.Base].Route[1:], n, true); ok {
				return n
			}
		}
		return money.MaxAmount
	})
}

// charges completes what a fill costs one of its sides by its fees: those that the venue keeps count apart, and what a rebate
// hands to the other side is lost.
func (s *State) charges(p *party, m *Market, e *instruction.Filled, maker bool, x *cost) {
	fee, in := e.Fee(maker, m.gives(sideOf(e.TakerSide, !maker)))
	if fee <= 0 {
		return
	}
	others := money.Amount(0)
	if !maker && e.MakerFee < 0 {
		others = min(-e.MakerFee, fee)
	}
	x.fees = s.dear(p, in, fee-others)
	x.loss = x.loss.AddSaturated(s.dear(p, in, others))
}

// dear is what an amount is worth at the high mark, that of a thin market where the customer named it. Where none is known it
// counts for nothing: the deal it belongs to has been valued by what is given.
func (s *State) dear(p *party, x instruction.Asset, n money.Amount) money.Amount {
	if n == 0 {
		return 0
	}
	worth, _, ok := s.worth(p.lens, x, s.assets[x].Route, n, true)
	if ok {
		return worth
	}
	m := s.thinOf(p.lens, x)
	if m == nil {
		return 0
	}
	if n, ok = m.over(x, n, s.thin(m, p.lens), true); !ok {
		return 0
	}
	worth, _, _ = s.worth(p.lens, m.Quote, s.assets[x].Route[1:], n, true)
	return worth
}
