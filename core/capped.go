package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// A stop that starts when the market has run away may cost more than its owner's budget bears. What is not borne then rests at
// the price where it is, and follows the mark towards what was asked for, rather than being lost.

// cutShort ends an order that its owner's budget bears no further, or has what is left of a stop rest where it is borne.
func (s *State) cutShort(m *Market, h book.Handle) {
	o := m.Book.At(h)
	switch x := m.Book.More(o); {
	case !s.cut: // it holds too little for one more lot
		s.close(m, h, instruction.ByExpiry)
	case x != nil && x.Trigger != instruction.NoTrigger && o.TIF != instruction.FOK && o.Left() > 0 && s.restCapped(m, h, false):
	default:
		s.close(m, h, instruction.ByBudget)
	}
}

// restCapped has an order rest where its owner's budget bears it whole, and says whether there is such a price. It changes
// nothing where the order rests there already. Only one that is matched next may take.
func (s *State) restCapped(m *Market, h book.Handle, takes bool) bool {
	o := m.Book.At(h)
	p := s.bound(o.Credential)
	_, _, asked := m.Book.Asked(o)
	price, risk, ok := s.bearPrice(p, m, o, asked)
	if !ok {
		return false
	}
	if best := m.Book.Best(o.Side.Opposite()); !takes && best != 0 && crosses(o.Side, price, m.Book.At(best).Price) {
		return false // it is not the loss that is not borne
	}
	if x := m.Book.More(o); x.Capped && o.Price == price && o.Risk == risk {
		return true
	}
	place := m.placeOf(o)
	place.Type, place.TIF, place.Price = instruction.Limit, instruction.GTC, price
	held, r := s.holds(m, &place, o.Account)
	if r != 0 || held > o.Held+s.ledger.Balance(o.Account, m.gives(o.Side)).Free {
		return false
	}
	s.emit(&instruction.OrderCapped{Market: m.ID, Order: o.ID, Account: o.Account, Price: price, Held: held, Risk: risk})
	return true
}

// bearPrice is the price nearest to what was asked at which the budget bears all that is left of an order, and what that may
// cost. Without a budget it is what was asked; a market order asked for the furthest price there is.
func (s *State) bearPrice(p *party, m *Market, o *book.Order, asked money.Price) (price money.Price, risk money.Amount, ok bool) {
	t := &m.Terms
	near, far := t.MinPrice, t.MaxPrice // of a sell: the nearest to what was asked is the lowest
	if o.Side == instruction.Buy {
		near, far = far, near
	}
	if asked != 0 {
		near = asked
	}
	room := money.MaxAmount
	if p != nil {
		loss, _ := s.left(p, o.Risk)
		room = loss.Left
	}
	bears := func(at money.Price) bool {
		risk = 0
		quote, err := money.Notional(at, o.Left(), m.baseScale, roundOf(o.Side))
		if err != nil || quote > money.MaxAmount {
			return o.Side == instruction.Sell && p == nil
		}
		if p == nil {
			return true
		}
		x, ok := s.price(p, m.dealOf(o.Side, o.Left(), quote))
		risk = max(x.loss, 0)
		return ok && risk <= room
	}
	if bears(near) {
		return near, risk, true
	}
	if !bears(far) {
		return 0, 0, false
	}
	lo, hi := near/t.Tick, far/t.Tick // not borne, and borne
	for hi-lo > 1 || lo-hi > 1 {
		mid := lo + (hi-lo)/2
		if bears(mid * t.Tick) {
			hi = mid
		} else {
			lo = mid
		}
	}
	bears(hi * t.Tick)
	return hi * t.Tick, risk, true
}

// maxFollows is how many capped orders are looked at with one tick.
const maxFollows = 100

// cappedOrder is one of those that follow.
type cappedOrder struct {
	market *Market
	id     instruction.Order
}

// follow lets capped orders follow the mark. Where they are more than one tick looks at, each second begins with others: where
// is told by the clock, so that whoever goes on from a snapshot begins there too.
func (s *State) follow() {
	all := 0
	for _, m := range s.Markets() {
		if m.State == instruction.Open {
			all += m.Book.Capped()
		}
	}
	if all == 0 {
		return
	}
	first := int(uint64(max(s.clock.Now/instruction.Second, 0)) * maxFollows % uint64(all)) // #nosec G115 -- less than all
	s.follows = s.followers(s.follows[:0], first, min(all, first+maxFollows))
	s.follows = s.followers(s.follows, 0, min(first, first+maxFollows-all))
	for _, x := range s.follows {
		if h := x.market.Book.Find(x.id); h != 0 && s.restCapped(x.market, h, true) {
			s.match(x.market, x.id)
			s.startDue(x.market)
		}
	}
}

// followers adds the capped orders from one place to before another, counted over all open markets.
func (s *State) followers(list []cappedOrder, from, to int) []cappedOrder {
	at := 0
	for _, m := range s.Markets() {
		if m.State != instruction.Open || at >= to {
			continue
		}
		n := m.Book.Capped()
		for i := max(from-at, 0); i < min(to-at, n); i++ {
			list = append(list, cappedOrder{m, m.Book.At(m.Book.CappedAt(i)).ID})
		}
		at += n
	}
	return list
}

// foldCapped has an order rest at another price. At what it asked for it follows nothing any more.
func (s *State) foldCapped(e *instruction.OrderCapped) error {
	m, h, err := s.open(e.Market, e.Order, e.Account)
	if err != nil {
		return err
	}
	o := m.Book.At(h)
	gives, was, risk := m.gives(o.Side), s.staked(m, o), o.Risk
	if e.Held < 0 || e.Risk < 0 || !m.Book.Cap(h, e.Price, s.clock.Now) {
		return errUnknown
	}
	m.Book.Uncap(h)
	o.Risk = e.Risk
	s.rerisk(o, risk)
	s.touch(m)
	if e.Held >= o.Held {
		err = s.ledger.Hold(e.Account, gives, e.Held-o.Held)
	} else {
		err = s.ledger.Release(e.Account, gives, o.Held-e.Held)
	}
	o.Held = e.Held
	s.restake(m, &was)
	return err
}
