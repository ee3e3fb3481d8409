package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// MaxOpenOrders is how many open orders one account may have in one market.
const MaxOpenOrders = 200

// MaxFills is how many orders one instruction can fill, so that its record has a bound; what is left then expires.
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

// placeOrder takes up an order and matches it, or refuses it.
func (s *State) placeOrder(p *instruction.Principal, in *instruction.PlaceOrder, part instruction.Part) bool {
	account := s.keys.Key(p.Credential).Account
	m := s.Market(in.Market)
	if m == nil {
		s.refuse(part, instruction.UnknownMarket)
		return false
	}
	e := &s.event.placed
	*e = instruction.OrderPlaced{Order: s.lastOrder + 1, Account: account, Credential: p.Credential, Place: *in}
	full, r := s.admit(m, e)
	if r != 0 {
		s.refuse(part, r)
		return false
	}
	s.emit(e)
	if full {
		s.match(m, e.Order)
	} else {
		s.close(m, m.Book.Find(e.Order), instruction.ByExpiry)
	}
	return true
}

// admit completes the event of an order's placing, or says why it is refused. fills is false for an order that must be
// filled whole and cannot be.
func (s *State) admit(m *Market, e *instruction.OrderPlaced) (fills bool, r instruction.Reason) {
	p := &e.Place
	if r := m.admits(p); r != 0 {
		return false, r
	}
	if m.Book.Count(e.Account) >= MaxOpenOrders || m.Book.Len() >= book.MaxOrders {
		return false, instruction.TooManyOrders
	}
	if m.Book.FindClient(e.Account, p.ClientID) != 0 {
		return false, instruction.DuplicateClientID
	}
	if p.Type == instruction.LimitMaker {
		if best := m.Book.Best(p.Side.Opposite()); best != 0 && crosses(p.Side, p.Price, m.Book.At(best).Price) {
			return false, instruction.WouldTake
		}
	}
	fills = true
	switch {
	case p.Type == instruction.MarketType:
		p.Qty, e.Held = s.reach(m, p, e.Account)
	case p.Side == instruction.Buy:
		n, err := money.Notional(p.Price, p.Qty, m.baseScale, money.Up)
		if err != nil {
			return false, instruction.QuantityOutOfRange
		}
		e.Held = n + s.onTop(m, e.Account, m.Quote, n)
	default:
		e.Held = p.Qty + s.onTop(m, e.Account, m.Base, p.Qty)
	}
	if p.TIF == instruction.FOK {
		fills = m.covers(p)
	}
	if s.ledger.Balance(e.Account, m.gives(p.Side)).Free < e.Held {
		return false, instruction.InsufficientBalance
	}
	return fills, 0
}

// admits holds an order against the market's state and terms.
func (m *Market) admits(p *instruction.PlaceOrder) instruction.Reason {
	switch m.State {
	case instruction.Halted:
		return instruction.MarketClosed
	case instruction.CancelOnly:
		return instruction.MarketCancelOnly
	}
	if p.ClientID.IsZero() {
		return instruction.MalformedOrder
	}
	if p.Type == instruction.MarketType {
		return m.admitsMarket(p)
	}
	t := &m.Terms
	switch {
	case p.QuoteQty != 0, p.Type == instruction.LimitMaker && p.TIF != instruction.GTC:
		return instruction.MalformedOrder
	case p.Price < t.MinPrice, p.Price > t.MaxPrice:
		return instruction.PriceOutOfRange
	case p.Price%t.Tick != 0:
		return instruction.PriceOffTick
	case p.Qty <= 0, p.Qty > t.MaxQty:
		return instruction.QuantityOutOfRange
	case p.Qty%t.Lot != 0:
		return instruction.QuantityOffLot
	}
	n, err := money.Notional(p.Price, p.Qty, m.baseScale, money.Down)
	switch {
	case err != nil, n > money.MaxAmount:
		return instruction.QuantityOutOfRange
	case n < t.MinNotional:
		return instruction.NotionalTooSmall
	}
	return 0
}

// admitsMarket is admits for a market order, whose price is the book's.
func (m *Market) admitsMarket(p *instruction.PlaceOrder) instruction.Reason {
	t := &m.Terms
	switch {
	case p.TIF != instruction.IOC, p.Price != 0, (p.Qty == 0) == (p.QuoteQty == 0):
		return instruction.MalformedOrder
	case p.Qty < 0, p.Qty > t.MaxQty, p.QuoteQty < 0, p.QuoteQty > money.MaxAmount:
		return instruction.QuantityOutOfRange
	case p.Qty%t.Lot != 0:
		return instruction.QuantityOffLot
	case p.QuoteQty != 0 && p.QuoteQty < t.MinNotional:
		return instruction.NotionalTooSmall
	}
	if p.Qty != 0 && m.LastPrice != 0 {
		n, err := money.Notional(m.LastPrice, p.Qty, m.baseScale, money.Down)
		if err == nil && n < t.MinNotional {
			return instruction.NotionalTooSmall
		}
	}
	return 0
}

// reach is what a market order can do in the book as it stands: the base quantity to ask for, and what must be held to
// give. An order by quote quantity thereby becomes one by base quantity. The match that follows meets the same book, so
// it spends exactly what is held.
func (s *State) reach(m *Market, p *instruction.PlaceOrder, a instruction.Account) (qty, held money.Amount) {
	left, quote, fills := p.Qty, p.QuoteQty, 0
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
		o := m.Book.At(h)
		n := o.Left()
		if p.QuoteQty != 0 {
			can, err := money.Buys(quote, o.Price, m.baseScale)
			if err != nil {
				can = m.Terms.MaxQty
			}
			n = min(n, can-can%m.Terms.Lot, m.Terms.MaxQty-qty)
		} else {
			n = min(n, left)
		}
		if n <= 0 {
			return false
		}
		cost, _ := money.Notional(o.Price, n, m.baseScale, money.Down) // the maker's own notional did not overflow
		qty, left, quote = qty+n, left-n, quote-cost
		gives, given := m.Quote, cost
		if p.Side == instruction.Sell {
			gives, given = m.Base, n
		}
		held += given + s.taking(m, a, gives, given)
		fills++
		// An order that is not taken whole is the last: the match would take the rest of it before any other, and two parts
		// of one order, each rounded down, can cost less than both together.
		return n == o.Left() && fills < MaxFills && held <= money.MaxAmount // nobody has more than that
	})
	if p.QuoteQty == 0 {
		qty = p.Qty
	}
	return qty, held
}

// covers says whether the book can fill the order whole at its price.
func (m *Market) covers(p *instruction.PlaceOrder) bool {
	left, fills := p.Qty, 0
	m.Book.Walk(p.Side.Opposite(), func(h book.Handle) bool {
		o := m.Book.At(h)
		if !crosses(p.Side, p.Price, o.Price) {
			return false
		}
		left -= o.Left()
		fills++
		return left > 0 && fills < MaxFills
	})
	return left <= 0
}

// match fills the order against the other side for as long as prices cross, and closes it unless the rest stays.
func (s *State) match(m *Market, id instruction.Order) {
	taker := m.Book.Find(id)
	o := m.Book.At(taker)
	fills := 0
	for ; o.Left() > 0 && fills < MaxFills; fills++ {
		maker := m.Book.Best(o.Side.Opposite())
		if maker == 0 {
			break
		}
		x := m.Book.At(maker)
		if o.Type != instruction.MarketType && !crosses(o.Side, o.Price, x.Price) {
			break
		}
		s.fill(m, o, x)
		if x.Left() == 0 {
			s.close(m, maker, instruction.ByFill)
		}
	}
	switch {
	case o.Left() == 0 && o.Qty > 0:
		s.close(m, taker, instruction.ByFill)
	case o.TIF != instruction.GTC || fills == MaxFills:
		s.close(m, taker, instruction.ByExpiry)
	}
}

// fill emits one match of the two orders at the maker's price. The notional is rounded down: what both sides agree on is
// one number, and the seller bears a loss below one unit.
func (s *State) fill(m *Market, taker, maker *book.Order) {
	qty := min(taker.Left(), maker.Left())
	quote, _ := money.Notional(maker.Price, qty, m.baseScale, money.Down) // bounded by the maker's own notional
	e := &s.event.filled
	*e = instruction.Filled{
		Market: m.ID, Trade: m.LastTrade + 1, TakerSide: taker.Side,
		Taker: taker.ID, Maker: maker.ID, TakerAccount: taker.Account, MakerAccount: maker.Account,
		Price: maker.Price, Qty: qty, Quote: quote,
	}
	s.charge(m, e, taker, maker)
	s.emit(e)
}

// close ends an order and frees what is still held for it.
func (s *State) close(m *Market, h book.Handle, cause instruction.CloseCause) {
	o := m.Book.At(h)
	e := &s.event.closed
	*e = instruction.OrderClosed{Market: m.ID, Order: o.ID, Account: o.Account, Cause: cause, Released: o.Held}
	s.emit(e)
}
