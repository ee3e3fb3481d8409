package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// MaxOpenOrders is how many open orders one account may have in one market.
const MaxOpenOrders = instruction.DefaultOrders

// MaxFills is how many fills one order can have at once, so that a record has a bound; what is left then expires. Orders
// that the price starts are started while the record has fewer, so that it has at most twice as many.
const MaxFills = 10_000

// gives is the asset that an order of the side gives.
func (m *Market) gives(s instruction.Side) instruction.Asset {
	if s == instruction.Buy {
		return m.Quote
	}
	return m.Base
}

// rests says whether what is not filled at once stays in the book.
func rests(p *instruction.PlaceOrder) bool { return p.TIF == instruction.GTC }

// crosses says whether an order of the side, limited to the price, matches a resting order at the other price.
func crosses(s instruction.Side, limit, other money.Price) bool {
	if s == instruction.Buy {
		return limit >= other
	}
	return limit <= other
}

// refuse notes that a part of an allowed instruction comes to nothing.
func (s *State) refuse(part instruction.Part, r instruction.Reason) {
	e := &s.event.refuse
	*e = instruction.Refused{Part: part, Reason: r}
	s.emit(e)
}

func (s *State) refuseWhole(r instruction.Reason) { s.refuse(instruction.Whole, r) }

// placeOrder takes up an order and matches it, or refuses it.
func (s *State) placeOrder(p *instruction.Principal, in *instruction.PlaceOrder, part instruction.Part) bool {
	account := s.keys.Key(p.Credential).Account
	m := s.Market(in.Market)
	if m == nil {
		s.refuse(part, instruction.UnknownMarket)
		return false
	}
	e := &s.event.placed
	*e = instruction.OrderPlaced{}
	e.Order, e.Account, e.Credential, e.Place = s.lastOrder+1, account, p.Credential, *in
	full, r := s.admit(m, e)
	if r != 0 {
		s.refuse(part, r)
		return false
	}
	if e.Risk = s.risks[0]; !rests(&e.Place) {
		e.Risk = 0 // it is asked at each match, and keeps nothing
	}
	if full && e.Place.TIF == instruction.FOK && e.Place.Trigger == instruction.NoTrigger {
		full = s.borneWhole(m, p.Credential, &e.Place)
	}
	s.emit(e)
	switch {
	case e.Place.Trigger != instruction.NoTrigger: // it waits
	case full:
		s.match(m, e.Order)
	default:
		s.close(m, m.Book.Find(e.Order), instruction.ByExpiry)
	}
	s.startDue(m)
	return true
}

// Test says why an order would be refused if it were placed now, or 0. The gate is not asked; see Judge.
func (s *State) Test(c instruction.Credential, in *instruction.PlaceOrder) instruction.Reason {
	k, m := s.keys.Key(c), s.Market(in.Market)
	switch {
	case k == nil:
		return instruction.UnknownCredential
	case m == nil:
		return instruction.UnknownMarket
	}
	_, r := s.admit(m, &instruction.OrderPlaced{Account: k.Account, Place: *in})
	return r
}

// admit completes the event of an order's placing, or says why it is refused. fills is false for an order that must be
// filled whole and cannot be.
func (s *State) admit(m *Market, e *instruction.OrderPlaced) (fills bool, r instruction.Reason) {
	p := &e.Place
	if r := m.admits(p); r != 0 {
		return false, r
	}
	one := [1]instruction.PlaceOrder{*p}
	if r := s.room(m, e.Account, one[:]); r != 0 {
		return false, r
	}
	if m.Book.FindClient(e.Account, p.ClientID) != 0 {
		return false, instruction.DuplicateClientID
	}
	free := s.ledger.Balance(e.Account, m.gives(p.Side)).Free
	slack := money.Amount(0)
	switch {
	case p.Trigger != instruction.NoTrigger:
		if m.triggers(p) {
			return false, instruction.WouldTrigger
		}
		e.Held, r = s.holds(m, p, e.Account)
	case p.Type == instruction.MarketType:
		x := s.reach(m, p, e.Account)
		p.Qty, e.Held, slack = x.qty, x.held, x.slack
	default:
		if m.takes(p) {
			return false, instruction.WouldTake
		}
		e.Held, r = s.holds(m, p, e.Account)
	}
	switch {
	case r != 0:
		return false, r
	case free < e.Held:
		return false, instruction.InsufficientBalance
	}
	e.Held = min(e.Held+slack, free)
	if p.TIF == instruction.FOK && p.Trigger == instruction.NoTrigger {
		fills, _ = m.covers(e.Account, p)
		return fills, 0
	}
	return true, 0
}

// takes says that a limit maker would take.
func (m *Market) takes(p *instruction.PlaceOrder) bool {
	if p.Type != instruction.LimitMaker {
		return false
	}
	best := m.Book.Best(p.Side.Opposite())
	return best != 0 && crosses(p.Side, p.Price, m.Book.At(best).Price)
}

// triggers says that the last price has reached the order's stop price already.
func (m *Market) triggers(p *instruction.PlaceOrder) bool {
	if p.Stop == 0 || m.LastPrice == 0 {
		return false
	}
	return book.Reached(&book.Order{Side: p.Side}, &book.More{Trigger: p.Trigger, Stop: p.Stop}, m.LastPrice)
}

// need is what must be held for an order that rests, or waits for its stop price, and top what its fee may come to on top
// of that. A market order that waits holds what it costs at its stop price; what else it costs is found when it starts.
func (s *State) need(m *Market, p *instruction.PlaceOrder, a instruction.Account) (n, top money.Amount, r instruction.Reason) {
	n = p.Qty
	if p.Side == instruction.Buy {
		price := p.Price
		if p.Type == instruction.MarketType {
			price = m.about(p)
		}
		var err error
		if n, err = money.Notional(price, p.Qty, m.baseScale, money.Up); err != nil || n > money.MaxAmount {
			return 0, 0, instruction.QuantityOutOfRange
		}
	}
	return n, s.onTop(m, a, m.gives(p.Side), n), 0
}

// holds is need with the fee.
func (s *State) holds(m *Market, p *instruction.PlaceOrder, a instruction.Account) (money.Amount, instruction.Reason) {
	n, top, r := s.need(m, p, a)
	return n + top, r
}

// match fills the order against the other side for as long as prices cross, and closes it unless the rest stays.
func (s *State) match(m *Market, id instruction.Order) {
	taker := m.Book.Find(id)
	o := m.Book.At(taker)
	fills := 0
	s.cut = false
	for ; o.Left() > 0 && fills < MaxFills; fills++ {
		maker := m.Book.Best(o.Side.Opposite())
		if maker == 0 {
			break
		}
		x := m.Book.At(maker)
		if o.Type != instruction.MarketType && !crosses(o.Side, o.Price, x.Price) {
			break
		}
		if o.SelfTrade != instruction.TradeAnyway && o.Account == x.Account {
			if s.prevent(m, taker, maker) {
				return
			}
			continue
		}
		switch s.fill(m, o, x) {
		case takerOut:
			s.fills += fills
			s.cutShort(m, taker)
			return
		case makerOut:
			s.close(m, maker, instruction.ByBudget)
			if o.Side == instruction.Buy && s.capped(o.Credential) { // its caps were asked for what it meets, and what is next is dearer
				s.fills += fills
				s.close(m, taker, instruction.ByExpiry)
				return
			}
			continue
		}
		if x.Member() {
			s.worked(m, x)
		}
		if x.Left() == 0 {
			s.close(m, maker, instruction.ByFill)
		}
	}
	s.fills += fills
	switch {
	case o.Left() == 0 && o.Qty > 0:
		s.close(m, taker, instruction.ByFill)
	case o.TIF != instruction.GTC || fills == MaxFills:
		s.close(m, taker, instruction.ByExpiry)
	}
}

// fill emits one match of the two orders at the maker's price. The notional is rounded down: what both sides agree on is
// one number, and the seller bears a loss below one unit. The taker is out where a market order holds too little for one more
// lot.
func (s *State) fill(m *Market, taker, maker *book.Order) weighed {
	qty := min(taker.Left(), maker.Shown())
	quote, _ := money.Notional(maker.Price, qty, m.baseScale, money.Down) // bounded by the maker's own notional
	if taker.Type == instruction.MarketType {
		can := s.affords(m, taker, maker.Price, qty, quote)
		if can <= 0 {
			return takerOut
		}
		if can < qty {
			qty = can
			quote, _ = money.Notional(maker.Price, qty, m.baseScale, money.Down)
		}
	}
	e := &s.event.filled
	*e = instruction.Filled{} // and then its fields: a whole literal would be made elsewhere and copied, at some nanoseconds
	e.Market, e.Trade, e.TakerSide = m.ID, m.LastTrade+1, taker.Side
	e.Taker, e.Maker, e.TakerAccount, e.MakerAccount = taker.ID, maker.ID, taker.Account, maker.Account
	e.Price, e.Qty, e.Quote = maker.Price, qty, quote
	s.charge(m, e, taker, maker)
	if s.valuation == 0 {
		s.emit(e)
		return borne
	}
	if w := s.weigh(m, e, taker, maker); w != borne {
		return w
	}
	s.emit(e)
	s.chargeBoth()
	return borne
}

// affords is how much of qty, which is worth quote, a market order can trade out of what is held for it. That is less than
// all where it started at a price worse than foreseen, where the fees of many parts, each rounded up, come to more than its
// owner has, and where the match needs fewer fills than were foreseen.
func (s *State) affords(m *Market, o *book.Order, price money.Price, qty, quote money.Amount) money.Amount {
	gives, given := m.gives(o.Side), qty
	if o.Side == instruction.Buy {
		given = quote
	}
	if given+s.taking(m, o.Account, gives, given) <= o.Held {
		return qty
	}
	can := o.Held - s.taking(m, o.Account, gives, o.Held)
	if o.Side == instruction.Buy {
		can, _ = money.Buys(can, price, m.baseScale)
	}
	return can - can%m.Terms.Lot // less than qty: what it would cost is more than can
}

// prevent keeps two orders of one account from trading, as the taker wants it, and says whether the taker is over.
func (s *State) prevent(m *Market, taker, maker book.Handle) (over bool) {
	o, x := m.Book.At(taker), m.Book.At(maker)
	e := &instruction.TradePrevented{
		Market: m.ID, Match: m.LastMatch + 1, Mode: o.SelfTrade, Taker: o.ID, Maker: x.ID, Account: o.Account,
		TakerSide: o.Side, Price: x.Price,
	}
	switch o.SelfTrade {
	case instruction.ExpireTaker:
		e.TakerQty = o.Left()
	case instruction.ExpireMaker:
		e.MakerQty = x.Left()
	case instruction.ExpireBoth:
		e.TakerQty, e.MakerQty = o.Left(), x.Left()
	case instruction.Decrement:
		n := min(o.Left(), x.Left())
		if x.Member() {
			s.worked(m, x) // the two would not be of one size any more
		}
		e.TakerQty, e.MakerQty = n, n
		e.TakerReleased, e.MakerReleased = s.frees(m, o, o.Left()-n), s.frees(m, x, x.Left()-n)
	}
	s.emit(e)
	if e.MakerQty > 0 && x.Left() == 0 {
		s.close(m, maker, instruction.ByPrevention)
	}
	if over = e.TakerQty > 0 && o.Left() == 0; over {
		s.close(m, taker, instruction.ByPrevention)
	}
	return over
}

// frees is what an order need not hold any more when so much is left of it. One of which nothing is left is closed, which
// frees all.
func (s *State) frees(m *Market, o *book.Order, left money.Amount) money.Amount {
	if left == 0 || o.Held == 0 {
		return 0
	}
	p := m.placeOf(o)
	if p.Type == instruction.MarketType && o.Stage() == book.Working {
		return 0 // what it costs is seen as it trades
	}
	p.Qty = left
	need, r := s.holds(m, &p, o.Account)
	if r != 0 {
		return 0
	}
	return max(0, o.Held-need)
}

// placeOf is what is left of an order, as it could be asked for now.
func (m *Market) placeOf(o *book.Order) instruction.PlaceOrder {
	p := instruction.PlaceOrder{
		Market: m.ID, Side: o.Side, Type: o.Type, TIF: o.TIF, Price: o.Price, Qty: o.Left(), ClientID: o.ClientID, SelfTrade: o.SelfTrade,
	}
	if x := m.Book.More(o); x != nil {
		p.Trigger, p.Stop, p.Trail, p.Visible = x.Trigger, x.Stop, x.Trail, x.Visible
	}
	return p
}

// close ends an order and frees what is still held for it; what that means for the other orders of its list follows.
func (s *State) close(m *Market, h book.Handle, cause instruction.CloseCause) {
	o := m.Book.At(h)
	if !o.Member() {
		s.end(m, h, cause)
		return
	}
	s.leave(m, h, cause)
}

// end is close for an order alone.
func (s *State) end(m *Market, h book.Handle, cause instruction.CloseCause) {
	o := m.Book.At(h)
	e := &s.event.closed
	*e = instruction.OrderClosed{}
	e.Market, e.Order, e.Account, e.Cause, e.Released = m.ID, o.ID, o.Account, cause, o.Held
	s.emit(e)
}
