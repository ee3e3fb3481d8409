package core

import (
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// or is what a bound of Filters means.
func or[T uint16 | money.Amount](n, absent T) T {
	if n == 0 {
		return absent
	}
	return n
}

// admits holds an order against the market's state and terms.
func (m *Market) admits(p *instruction.PlaceOrder) instruction.Reason {
	switch m.State {
	case instruction.Halted:
		return instruction.MarketClosed
	case instruction.CancelOnly:
		return instruction.MarketCancelOnly
	}
	if p.ClientID.IsZero() || p.QuoteQty != 0 && (p.Type != instruction.MarketType || p.Trigger != 0) {
		return instruction.MalformedOrder
	}
	if p.Trigger != 0 || p.Stop != 0 || p.Trail != 0 || p.Visible != 0 {
		if r := m.admitsMore(p); r != 0 {
			return r
		}
	}
	if p.Type == instruction.MarketType {
		return m.admitsMarket(p)
	}
	t := &m.Terms
	switch {
	case p.Type == instruction.LimitMaker && p.TIF != instruction.GTC:
		return instruction.MalformedOrder
	case p.Price < t.MinPrice, p.Price > t.MaxPrice:
		return instruction.PriceOutOfRange
	case p.Price%t.Tick != 0:
		return instruction.PriceOffTick
	case p.Qty <= 0, p.Qty > t.MaxQty, p.Qty < t.Filters.MinQty:
		return instruction.QuantityOutOfRange
	case p.Qty%t.Lot != 0:
		return instruction.QuantityOffLot
	case !m.near(p.Side, p.Price):
		return instruction.PriceTooFarFromTrade
	}
	n, err := money.Notional(p.Price, p.Qty, m.baseScale, money.Down)
	switch {
	case err != nil, n > money.MaxAmount:
		return instruction.QuantityOutOfRange
	case n < t.MinNotional:
		return instruction.NotionalTooSmall
	case t.Filters.MaxNotional != 0 && n > t.Filters.MaxNotional:
		return instruction.NotionalTooLarge
	}
	return 0
}

// admitsMarket is admits for a market order, whose price is the book's.
func (m *Market) admitsMarket(p *instruction.PlaceOrder) instruction.Reason {
	t, f := &m.Terms, &m.Terms.Filters
	least := or(f.MarketMinQty, f.MinQty)
	switch {
	case p.TIF != instruction.IOC, p.Price != 0, (p.Qty == 0) == (p.QuoteQty == 0):
		return instruction.MalformedOrder
	case p.Qty < 0, p.Qty > t.MaxQty, p.QuoteQty < 0, p.QuoteQty > money.MaxAmount:
		return instruction.QuantityOutOfRange
	case p.Qty%t.Lot != 0:
		return instruction.QuantityOffLot
	case p.Qty != 0 && (p.Qty < least || p.Qty > or(f.MarketMaxQty, t.MaxQty)):
		return instruction.MarketQtyOutOfRange
	}
	n, known := p.QuoteQty, p.QuoteQty != 0
	if price := m.about(p); !known && price != 0 {
		var err error
		n, err = money.Notional(price, p.Qty, m.baseScale, money.Down)
		known = err == nil
	}
	switch {
	case !known:
	case n < t.MinNotional && !f.MinSparesMarket:
		return instruction.NotionalTooSmall
	case f.MaxToMarket && f.MaxNotional != 0 && n > f.MaxNotional:
		return instruction.NotionalTooLarge
	}
	return 0
}

// about is the price at which a market order is likely to trade, 0 where there is no telling.
func (m *Market) about(p *instruction.PlaceOrder) money.Price {
	if p.Stop != 0 {
		return p.Stop
	}
	return m.LastPrice
}

// admitsMore is admits for what few orders have.
func (m *Market) admitsMore(p *instruction.PlaceOrder) instruction.Reason {
	t := &m.Terms
	waits := p.Trigger != instruction.NoTrigger
	switch {
	case waits != (p.Stop != 0 || p.Trail != 0), waits && p.Type == instruction.LimitMaker, p.Trigger > instruction.TakeProfit:
		return instruction.MalformedOrder
	case p.Visible != 0 && (p.Type == instruction.MarketType || p.TIF != instruction.GTC):
		return instruction.MalformedOrder
	case p.Stop != 0 && (p.Stop < t.MinPrice || p.Stop > t.MaxPrice):
		return instruction.PriceOutOfRange
	case p.Stop%t.Tick != 0:
		return instruction.PriceOffTick
	case p.Trail != 0 && !m.trails(p):
		return instruction.TrailOutOfRange
	case p.Visible == 0:
		return 0
	case p.Visible < 0, p.Visible < t.Filters.MinQty:
		return instruction.QuantityOutOfRange
	case p.Visible%t.Lot != 0:
		return instruction.QuantityOffLot
	case p.Visible > p.Qty:
		return instruction.VisibleTooLarge
	case (p.Qty-1)/p.Visible >= money.Amount(or(t.Filters.IcebergParts, instruction.DefaultParts)):
		return instruction.TooManyParts
	}
	return 0
}

// trails holds a trailing distance against the market's bounds.
func (m *Market) trails(p *instruction.PlaceOrder) bool {
	f := &m.Terms.Filters
	least, most := f.TrailBelowMin, f.TrailBelowMax
	if p.Trigger.Rising(p.Side) {
		least, most = f.TrailAboveMin, f.TrailAboveMax
	}
	return p.Trail >= or(least, instruction.DefaultTrailMin) && p.Trail <= or(most, instruction.DefaultTrailMax)
}

// near says whether a price is as near to the last one as the market asks.
func (m *Market) near(s instruction.Side, p money.Price) bool {
	up, down := m.Terms.Filters.BidUp, m.Terms.Filters.BidDown
	if s == instruction.Sell {
		up, down = m.Terms.Filters.AskUp, m.Terms.Filters.AskDown
	}
	if m.LastPrice == 0 || up|down == 0 {
		return true
	}
	if high, err := money.MulDiv(int64(m.LastPrice), int64(up), instruction.One, money.Down); up != 0 && err == nil && int64(p) > high {
		return false
	}
	low, err := money.MulDiv(int64(m.LastPrice), int64(down), instruction.One, money.Up)
	return err == nil && int64(p) >= low
}

// room says whether an account may have these orders beside those that it has.
func (s *State) room(m *Market, a instruction.Account, orders []instruction.PlaceOrder) instruction.Reason {
	f := &m.Terms.Filters
	if m.Book.Count(a)+len(orders) > int(or(f.MaxOrders, MaxOpenOrders)) || m.Book.Len()+len(orders) > book.MaxOrders {
		return instruction.TooManyOrders
	}
	var more, buys bool
	for i := range orders {
		p := &orders[i]
		more = more || p.Trigger != 0 || p.Visible != 0
		buys = buys || p.Side == instruction.Buy
	}
	buys = buys && f.MaxPosition != 0
	if !more && !buys {
		return 0
	}
	n := s.counts(m, a)
	for i := range orders {
		n.add(&orders[i])
	}
	switch {
	case n.stops > int(or(f.MaxAlgo, instruction.DefaultAlgo)) && n.newStops:
		return instruction.TooManyStops
	case n.trails > 0 && s.trailsFull(m, a, n.trails):
		return instruction.TooManyTrails
	case n.icebergs > int(or(f.MaxIcebergs, instruction.DefaultIcebergs)) && n.newIcebergs:
		return instruction.TooManyIcebergs
	case buys && !s.position(m, a, n.buying):
		return instruction.PositionTooLarge
	}
	return 0
}

// maxOwnTrails is how many of a market's orders that track its price can be one customer's, whose sub-accounts are many.
const maxOwnTrails = book.MaxTrails / 4

// trailsFull says that so many more orders of the account cannot track the market's price.
func (s *State) trailsFull(m *Market, a instruction.Account, more int) bool {
	if all := m.Book.Trails() + more; all > book.MaxTrails || all <= maxOwnTrails {
		return all > book.MaxTrails
	}
	customer, own := s.Customer(a), more
	m.Book.EachTrail(func(h book.Handle) bool {
		if s.Customer(m.Book.At(h).Account) == customer {
			own++
		}
		return own <= maxOwnTrails
	})
	return own > maxOwnTrails
}

// counts are an account's open orders of some kinds.
type counts struct {
	stops, icebergs, trails int // trails: new ones only
	newStops, newIcebergs   bool
	buying                  []money.Amount
}

func (s *State) counts(m *Market, a instruction.Account) (n counts) {
	for h := range m.Book.Orders(a) {
		o := m.Book.At(h)
		if o.Side == instruction.Buy {
			n.buying = append(n.buying, o.Left())
		}
		x := m.Book.More(o)
		if x == nil {
			continue
		}
		if x.Trigger != 0 && o.Stage() != book.Working {
			n.stops++
		}
		if x.Visible != 0 {
			n.icebergs++
		}
	}
	return n
}

func (n *counts) add(p *instruction.PlaceOrder) {
	if p.Trigger != 0 {
		n.stops++
		n.newStops = true
	}
	if p.Trail != 0 {
		n.trails++
	}
	if p.Visible != 0 {
		n.icebergs++
		n.newIcebergs = true
	}
	if p.Side == instruction.Buy {
		n.buying = append(n.buying, p.Qty)
	}
}

// position says whether an account stays within the market's largest position when all that it bids for is filled.
func (s *State) position(m *Market, a instruction.Account, buying []money.Amount) bool {
	b := s.ledger.Balance(a, m.Base)
	sum, err := b.Free.Add(b.Held)
	for _, n := range buying {
		if err == nil {
			sum, err = sum.Add(n)
		}
	}
	return err == nil && sum <= m.Terms.Filters.MaxPosition
}
