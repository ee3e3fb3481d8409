package scenario

import (
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// more gives some orders what few have: a trigger with a stop price or a trail, a part that shows, a wish not to trade with
// their own account.
func (r *Random) more(p *instruction.PlaceOrder, t *instruction.Terms, near money.Price) {
	if r.one(3) {
		p.SelfTrade = instruction.SelfTrade(r.rng.IntN(5))
	}
	if p.Type != instruction.MarketType && p.TIF == instruction.GTC && r.one(6) {
		p.Visible = t.Lot * money.Amount(1+r.rng.IntN(12))
	}
	if p.Type == instruction.LimitMaker || p.QuoteQty != 0 || !r.one(4) {
		return
	}
	p.Trigger = instruction.StopLoss + instruction.Trigger(r.rng.IntN(2))
	r.stop(p, t, near)
}

// stop gives an order a stop price on the side of the market where it belongs, mostly, or a trail, or both.
func (r *Random) stop(p *instruction.PlaceOrder, t *instruction.Terms, near money.Price) {
	off := t.Tick * money.Price(1+r.rng.IntN(10))
	if p.Trigger.Rising(p.Side) == r.one(20) {
		off = -off
	}
	p.Stop = max(t.MinPrice, min(near+off, t.MaxPrice))
	if r.one(3) {
		p.Trail = uint16(10 + r.rng.IntN(300))
		if r.one(2) {
			p.Stop = 0
		}
	}
}

// placeList is a list of any shape, mostly formed as it should be.
func (r *Random) placeList(s *core.State, m instruction.Market) *instruction.PlaceList {
	in := &instruction.PlaceList{Market: m, Shape: instruction.Shape(1 + r.rng.IntN(3)), ClientID: r.clientID()}
	legs := in.Legs[:in.Shape.Legs()]
	for i := range legs {
		legs[i] = r.place(s, m)
	}
	pair := legs
	if in.Shape != instruction.OCO {
		w := &legs[0]
		w.Trigger, w.Stop, w.Trail, w.QuoteQty = 0, 0, 0, 0
		if w.Type == instruction.MarketType {
			w.Type, w.Price, w.TIF = instruction.Limit, r.price(s, m), instruction.GTC
		}
		w.Qty = max(w.Qty, 1)
		pair = legs[1:]
	}
	if in.Shape != instruction.OTO && !r.one(20) {
		r.pair(s, m, pair)
	}
	return in
}

// price is one near the market.
func (r *Random) price(s *core.State, m instruction.Market) money.Price {
	x := s.Market(m)
	if x == nil {
		return 1
	}
	near := x.LastPrice
	if near == 0 {
		near = x.Terms.MinPrice * 1000
	}
	return max(x.Terms.MinPrice, min(near+x.Terms.Tick*money.Price(r.rng.IntN(7)-3), x.Terms.MaxPrice))
}

// pair makes two orders such that one may cancel the other.
func (r *Random) pair(s *core.State, m instruction.Market, pair []instruction.PlaceOrder) {
	x := s.Market(m)
	if x == nil {
		return
	}
	t := &x.Terms
	near := r.price(s, m)
	if x.LastPrice != 0 {
		near = x.LastPrice
	}
	stop, other := &pair[0], &pair[1]
	qty := t.Lot * money.Amount(1+r.rng.IntN(60))
	for _, p := range []*instruction.PlaceOrder{stop, other} {
		p.Side, p.Qty, p.QuoteQty, p.Visible, p.Trail, p.Trigger, p.Stop = pair[0].Side, qty, 0, 0, 0, 0, 0
	}
	stop.Trigger = instruction.StopLoss
	if stop.Type == instruction.LimitMaker {
		stop.Type = instruction.Limit
	}
	r.stop(stop, t, near)
	if r.one(2) {
		other.Type, other.TIF = instruction.LimitMaker, instruction.GTC
		off := t.Tick * money.Price(1+r.rng.IntN(8))
		if other.Side == instruction.Buy {
			off = -off
		}
		other.Price = max(t.MinPrice, min(near+off, t.MaxPrice))
		return
	}
	other.Trigger = instruction.TakeProfit
	if other.Type == instruction.LimitMaker {
		other.Type = instruction.Limit
	}
	r.stop(other, t, near)
	if other.Type == instruction.Limit {
		other.Price = other.Stop
	}
	if other.Price == 0 && other.Type == instruction.Limit {
		other.Price = near
	}
}

// cancelList names a list of the customer's, or one that may be anybody's.
func (r *Random) cancelList(s *core.State, m instruction.Market, by instruction.Credential) *instruction.CancelList {
	c := &instruction.CancelList{Market: m, ClientID: r.clientID()}
	k, x := s.Key(by), s.Market(m)
	if k != nil && x != nil && !r.one(4) {
		for h := range x.Book.Orders(k.Account) {
			if more := x.Book.More(x.Book.At(h)); more != nil && more.List != 0 {
				if c.List = more.List; r.one(2) {
					c.List, c.Client = 0, more.Name
				}
				return c
			}
		}
	}
	if c.Client = r.clientID(); r.one(2) {
		c.List = instruction.List(r.rng.IntN(200))
	}
	return c
}

// amend makes one of the customer's orders smaller, or larger, or something else that cannot be.
func (r *Random) amend(s *core.State, m instruction.Market, by instruction.Credential) *instruction.AmendOrder {
	c := r.cancel(s, m, by)
	a := &instruction.AmendOrder{Market: m, Order: c.Order, Client: c.Client, ClientID: r.clientID(), Qty: 1}
	x := s.Market(m)
	if x == nil {
		return a
	}
	h := x.Book.Find(c.Order)
	if k := s.Key(by); h == 0 && k != nil {
		h = x.Book.FindClient(k.Account, c.Client)
	}
	if h == 0 {
		return a
	}
	o := x.Book.At(h)
	if a.Qty = o.Done + x.Terms.Lot*money.Amount(1+r.rng.Int64N(int64(o.Left()/x.Terms.Lot)+1)); r.one(3) {
		a.ClientID = o.ClientID
	}
	return a
}

// setTerms gives a market other filters, mostly such that trading goes on.
func (r *Random) setTerms(s *core.State) *instruction.SetTerms {
	in := &instruction.SetTerms{Market: r.market(s)}
	x := s.Market(in.Market)
	if x == nil {
		return in
	}
	in.Terms = x.Terms
	in.Terms.Filters = instruction.Filters{}
	f := &in.Terms.Filters
	switch r.rng.IntN(6) {
	case 0:
		f.BidUp, f.BidDown, f.AskUp, f.AskDown = 12_000, 8_000, 12_000, 8_000
	case 1:
		f.MinQty, f.MarketMaxQty, f.IcebergParts = x.Terms.Lot*2, x.Terms.Lot*50, 5
	case 2:
		f.MaxPosition = money.Amount(1 + r.rng.Int64N(1e16))
	case 3:
		f.MaxAlgo, f.MaxIcebergs, f.MaxLists, f.MaxOrders, f.MaxAmends = 20, 1, 1, 150, 1
	case 4:
		f.MaxNotional, f.MaxToMarket = x.Terms.MinNotional+money.Amount(r.rng.Int64N(1e15)), true
	case 5:
		f.TrailAboveMax, f.TrailBelowMax = 100, 100
	}
	if r.one(10) {
		in.Terms.Tick++
	}
	return in
}
