package adversary

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// displace holds a market's price away from fair for a while, and leaves it there.
func (t *thief) displace(m *Move) {
	m2 := *m
	m2.Manner &^= 1 // from fair: else it would run away
	for end := t.f.Time + m.Span; t.on(); {
		bid, ask := t.stand(&m2)
		if t.f.Time >= end {
			return // the helpers stay in front for the next move
		}
		t.pass(min(instruction.Second*instruction.Time(1+m.Manner>>4), end-t.f.Time+instruction.Second))
		t.cancel(t.s.helpers[0].Key, m.Market, bid)
		t.cancel(t.s.helpers[0].Key, m.Market, ask)
	}
}

// stand takes what is in between and stands in front of both sides of where the price shall be.
func (t *thief) stand(m *Move) (bid, ask instruction.Order) {
	at := t.price(m, m.Market, m.Off)
	t.clear(m.Market, m.Side, at)
	base, _ := floor.Assets(m.Market)
	qty := floor.Lots(m.Market, max(t.f.Fair.Buys(base, min(worth(m.Size), t.capital())), floor.Lot(m.Market)))
	step := max(at/20_000, 1)
	b := t.order(m.Market, instruction.Buy, instruction.GTC, floor.Tick(m.Market, at-step), qty)
	b.Type = instruction.LimitMaker
	a := t.order(m.Market, instruction.Sell, instruction.GTC, floor.Tick(m.Market, at+step), qty)
	a.Type = instruction.LimitMaker
	if m.Manner&8 == 0 || m.Side == instruction.Buy {
		bid = t.helper(0, b).Order
	}
	if m.Manner&8 == 0 || m.Side == instruction.Sell {
		ask = t.helper(0, a).Order
	}
	return bid, ask
}

// pump has helpers print prices, up or down, from fair to so far from it or at once there.
func (t *thief) pump(m *Move) {
	m2 := *m
	m2.Manner &^= 1
	n := max(1, m.Count)
	for i := range n {
		if !t.on() {
			return
		}
		off := m.Off
		if m.Manner&2 != 0 { // by and by
			off = m.Off * int64(i+1) / int64(n)
		}
		t.print(&m2, m.Market, off)
		t.space(m)
	}
	t.print(&m2, m.Market, m.Off)
}

// print has two helpers trade with each other.
func (t *thief) print(m *Move, market instruction.Market, off int64) {
	t.printAt(market, m.Side, t.price(m, market, off), m.Size)
}

func (t *thief) printAt(market instruction.Market, side instruction.Side, price money.Price, size int64) {
	t.clear(market, side, price)
	base, _ := floor.Assets(market)
	qty := floor.Lots(market, max(t.f.Fair.Buys(base, min(worth(size), t.capital())), floor.Lot(market)))
	a := t.next()
	o := t.helper(a, t.order(market, side.Opposite(), instruction.GTC, price, qty))
	t.helper(t.next(), t.order(market, side, instruction.IOC, price, qty))
	t.cancel(t.s.helpers[a].Key, market, o.Order)
}

// churn trades the victim to and fro.
func (t *thief) churn(m *Move) {
	for range m.Count {
		for _, side := range []instruction.Side{m.Side, m.Side.Opposite()} {
			m2 := *m
			m2.Side = side
			if !t.on() || !t.slice(&m2, m.Market, side, t.price(&m2, m.Market, min(m.Off, 400)), m.Size) {
				return
			}
		}
		t.space(m)
	}
}

// normal has the victim trade with the honest.
func (t *thief) normal(m *Move) {
	for i := range min(m.Count, 20) {
		side := instruction.Side(1 + i%2)
		off := int64(1_000)
		if side == instruction.Sell {
			off = -off
		}
		price := t.f.Fair.In(m.Market, off)
		t.victim(t.order(m.Market, side, instruction.IOC, price, t.qty(m.Market, side, price, min(m.Size, 100_000))))
		t.space(m)
	}
}
