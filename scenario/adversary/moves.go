package adversary

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// move carries out one move.
func (t *thief) move(m *Move) {
	switch m.Kind {
	case Wait:
		t.pass(m.Span)
	case Drain:
		t.drain(m)
	case Displace:
		t.displace(m)
	case Pump:
		t.pump(m)
	case Churn:
		t.churn(m)
	case Rest:
		t.rest(m)
	case Take:
		t.take(m)
	case Stops:
		t.stop(m)
	case Storm:
		t.storm(m)
	case Batch:
		t.batch(m)
	case Rotate:
		t.rotate(m)
	case Halt:
		t.operate(&instruction.SetMarket{Market: m.Market, State: instruction.Halted})
		t.pass(m.Span)
		t.operate(&instruction.SetMarket{Market: m.Market, State: instruction.Open})
	case Restart:
		t.f.Restart()
	case Leap:
		t.f.Leap(m.Span, m.Manner%2 == 0)
	case Confirm:
		t.confirmed()
	case Shift:
		t.shift(m)
	case Starve:
		t.f.Fed = false
		t.pass(m.Span)
		t.f.Fed = t.f.Options.Tier != floor.Alone && m.Manner%2 == 0
	case Normal:
		t.normal(m)
	}
}

// price is where a move trades: so far from fair, or from the middle of the book, against the victim on that side.
func (t *thief) price(m *Move, market instruction.Market, off int64) money.Price {
	if m.Side == instruction.Sell {
		off = -off
	}
	if mid := t.f.Mid(market); m.Manner&1 == 1 && mid != 0 {
		p, err := money.MulDiv(int64(mid), max(0, 1_000_000+off), 1_000_000, money.Down)
		if err != nil {
			p = int64(money.MaxAmount)
		}
		return floor.Tick(market, money.Price(p))
	}
	return t.f.Fair.In(market, off)
}

// has is how much the account in use has to trade on a side of a market, in base units at a price.
func (t *thief) has(market instruction.Market, side instruction.Side, price money.Price) money.Amount {
	base, quote := floor.Assets(market)
	if side == instruction.Sell {
		return t.f.State.Balance(t.account(), base).Free
	}
	free := t.f.State.Balance(t.account(), quote).Free
	n, err := money.Buys(free-free/500, price, floor.Scale) // a fee may come on top
	if err != nil {
		return 0
	}
	return n
}

// qty is a quantity worth so much, as far as the account in use has it.
func (t *thief) qty(market instruction.Market, side instruction.Side, price money.Price, size int64) money.Amount {
	base, _ := floor.Assets(market)
	n := min(t.f.Fair.Buys(base, worth(size)), t.has(market, side, price))
	return floor.Lots(market, max(n, floor.Lot(market)))
}

// order is an order of a helper's or the victim's.
func (t *thief) order(market instruction.Market, side instruction.Side, tif instruction.TimeInForce, price money.Price, qty money.Amount) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{Market: market, Side: side, Type: instruction.Limit, TIF: tif, Price: price, Qty: qty, ClientID: t.f.Name()}
}

// next is the next helper.
func (t *thief) next() int {
	t.turn = (t.turn + 1) % len(t.s.helpers)
	return t.turn
}

// clear has a helper take all that stands in the book before a price: what the victim would trade with otherwise.
func (t *thief) clear(market instruction.Market, side instruction.Side, price money.Price) {
	best := t.f.Best(market, side.Opposite())
	if best == 0 || side == instruction.Buy && best > price || side == instruction.Sell && best < price {
		return
	}
	base, _ := floor.Assets(market)
	qty := floor.Lots(market, t.f.Fair.Buys(base, t.capital()))
	if qty > 0 {
		t.helper(t.next(), t.order(market, side, instruction.IOC, price, qty))
	}
}

// slice trades the victim on a side at a price against a helper, in one of several manners, and says whether it traded. Where
// the venue does not bear it, it is tried with half as much, a few times.
func (t *thief) slice(m *Move, market instruction.Market, side instruction.Side, price money.Price, size int64) bool {
	qty := t.qty(market, side, price, size)
	if m.Manner&2 != 0 {
		t.clear(market, side, price)
	}
	for range 14 {
		if qty <= 0 || !t.on() {
			return false
		}
		before := t.harm.trades
		t.meet(m.Manner>>2, market, side, price, qty)
		if t.harm.trades > before {
			return true
		}
		if qty == floor.Lot(market) {
			return false
		}
		qty = floor.Lots(market, max(qty/2, floor.Lot(market)))
	}
	return false
}

// meet has the victim and a helper trade a quantity, if the venue lets them.
func (t *thief) meet(manner int, market instruction.Market, side instruction.Side, price money.Price, qty money.Amount) {
	h := t.next()
	other := side.Opposite()
	if manner%8 < 5 { // the helper stands there first
		a := t.helper(h, t.order(market, other, instruction.GTC, price, qty))
		mine := t.order(market, side, instruction.IOC, price, qty)
		switch manner % 8 {
		case 1:
			mine.Type, mine.Price = instruction.MarketType, 0
		case 2:
			mine.TIF = instruction.FOK
		case 3:
			mine.TIF = instruction.GTC
		case 4:
			if side == instruction.Buy {
				n, err := money.Notional(price, qty, floor.Scale, money.Up)
				if err == nil {
					mine.Type, mine.Price, mine.Qty, mine.QuoteQty = instruction.MarketType, 0, 0, n
				}
			}
		}
		b := t.victim(mine)
		t.cancel(t.s.helpers[h].Key, market, a.Order)
		if manner%8 == 3 {
			t.cancel(t.keys[t.key], market, b.Order)
		}
		return
	}
	mine := t.order(market, side, instruction.GTC, price, qty)
	if manner%8 == 6 && qty >= 10*floor.Lot(market) {
		mine.Visible = floor.Lots(market, qty/5)
	}
	a := t.victim(mine)
	if a.Order != 0 {
		t.helper(h, t.order(market, other, instruction.IOC, price, qty))
		if manner%8 != 7 { // else it stays
			t.cancel(t.keys[t.key], market, a.Order)
		}
	}
}

// cancel cancels an order that may still be open.
func (t *thief) cancel(c instruction.Credential, market instruction.Market, o instruction.Order) {
	if o != 0 && t.f.State.Market(market).Book.Find(o) != 0 {
		a := t.f.Give(floor.By(c), &instruction.CancelOrder{Market: market, Order: o})
		t.tell("canceller", &instruction.CancelOrder{Market: market, Order: o}, &a)
	}
}

// drain trades slice after slice.
func (t *thief) drain(m *Move) {
	for range m.Count {
		if !t.on() || !t.slice(m, m.Market, m.Side, t.price(m, m.Market, m.Off), m.Size) {
			return
		}
		t.space(m)
	}
}

// space lets the time of a move go by, one part for each of its slices.
func (t *thief) space(m *Move) {
	if m.Span > 0 && m.Count > 0 {
		t.pass(m.Span / instruction.Time(m.Count))
	}
}

// batch has the victim and helpers place orders in all markets, on both sides, before any of them trades.
func (t *thief) batch(m *Move) {
	type open struct {
		market instruction.Market
		side   instruction.Side
		price  money.Price
		qty    money.Amount
	}
	var list []open
	for market := floor.BTCUSDT; market <= floor.DMGBTC; market++ {
		if floor.IsThin(market) && !t.f.Options.Tier.Thin() {
			continue
		}
		for range min(m.Count, 5) {
			price := t.price(m, market, m.Off)
			if m.Manner&2 != 0 {
				t.clear(market, m.Side, price)
			}
			qty := t.qty(market, m.Side, price, m.Size)
			if a := t.victim(t.order(market, m.Side, instruction.GTC, price, qty)); a.Order != 0 {
				list = append(list, open{market, m.Side, price, qty})
			}
		}
	}
	t.space(m)
	for _, o := range list {
		t.helper(t.next(), t.order(o.market, o.side.Opposite(), instruction.IOC, o.price, o.qty))
	}
	for market := floor.BTCUSDT; market <= floor.DMGBTC; market++ {
		t.victim(&instruction.CancelAll{Market: market})
	}
}
