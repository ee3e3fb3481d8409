package adversary

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/scenario/floor"
)

// rest leaves orders of the victim's, a little or far from the price, for later.
func (t *thief) rest(m *Move) {
	for i := range min(m.Count, 40) {
		off := m.Off * int64(i+1) / int64(m.Count)
		if m.Manner&4 != 0 {
			off = -off // on its own side of the market
		}
		price := t.price(m, m.Market, off)
		qty := t.qty(m.Market, m.Side, price, m.Size)
		if m.Manner&2 != 0 {
			t.clear(m.Market, m.Side, price)
		}
		if a := t.victim(t.order(m.Market, m.Side, instruction.GTC, price, qty)); a.Order != 0 {
			t.rested[m.Market] = append(t.rested[m.Market], restedSide{m.Side, price, qty})
		}
	}
	t.space(m)
}

// take has helpers trade with all that the victim left in a market.
func (t *thief) take(m *Move) {
	list := t.rested[m.Market]
	delete(t.rested, m.Market)
	for i := range list {
		if !t.on() {
			return
		}
		r := list[len(list)-1-i]
		t.helper(t.next(), t.order(m.Market, r.side.Opposite(), instruction.IOC, r.price, r.qty))
		if m.Count > 0 && i%m.Count == 0 {
			t.space(m)
		}
	}
	if m.Manner&1 == 0 {
		t.victim(&instruction.CancelAll{Market: m.Market})
	}
}

// stop leaves stops of the victim's, of one of several forms, and then prints the price that starts them, with a helper standing
// where they trade.
func (t *thief) stop(m *Move) {
	last := t.f.State.Market(m.Market).LastPrice
	if last == 0 {
		last = t.f.Fair.In(m.Market, 0)
	}
	move := func(p money.Price, off int64) money.Price {
		if m.Side == instruction.Sell {
			off = -off
		}
		n, err := money.MulDiv(int64(p), max(0, 1_000_000+off), 1_000_000, money.Down)
		if err != nil {
			n = int64(money.MaxAmount)
		}
		return floor.Tick(m.Market, money.Price(n))
	}
	at := move(last, max(500, m.Off/10))
	limit := move(last, m.Off)
	qty := t.qty(m.Market, m.Side, limit, m.Size)
	for range min(m.Count, 5) {
		t.leaveStop(m, at, limit, qty)
	}
	t.space(m)
	h := t.next()
	if m.Manner&2 != 0 {
		t.clear(m.Market, m.Side, limit)
	}
	a := t.helper(h, t.order(m.Market, m.Side.Opposite(), instruction.GTC, limit, qty*money.Amount(max(1, min(m.Count, 5)))))
	t.printAt(m.Market, m.Side, at, 10)
	t.printAt(m.Market, m.Side, limit, 10)
	t.f.Pass(4 * instruction.Second)
	t.cancel(t.s.helpers[h].Key, m.Market, a.Order)
	if m.Manner&1 == 0 {
		t.victim(&instruction.CancelAll{Market: m.Market})
	}
}

// leaveStop places a stop: market, limit, trailing, or one of two that cancel each other, or of one that starts others.
func (t *thief) leaveStop(m *Move, at, limit money.Price, qty money.Amount) {
	o := t.order(m.Market, m.Side, instruction.GTC, limit, qty)
	o.Trigger, o.Stop = instruction.StopLoss, at
	switch m.Manner >> 3 % 5 {
	case 0:
		o.Type, o.TIF, o.Price = instruction.MarketType, instruction.IOC, 0
	case 1:
	case 2:
		o.Type, o.TIF, o.Price = instruction.MarketType, instruction.IOC, 0
		o.Trail = 50
	case 3:
		far := t.order(m.Market, m.Side, instruction.GTC, 0, qty)
		far.Type = instruction.LimitMaker
		off := int64(-300_000)
		if m.Side == instruction.Sell {
			off = 300_000
		}
		far.Price = t.f.Fair.In(m.Market, off)
		t.victim(&instruction.PlaceList{Market: m.Market, Shape: instruction.OCO, ClientID: t.f.Name(), Legs: [instruction.MaxLegs]instruction.PlaceOrder{*o, *far}})
		return
	case 4:
		first := t.order(m.Market, m.Side.Opposite(), instruction.GTC, limit, floor.Lot(m.Market))
		o.Trigger, o.Stop = 0, 0
		t.victim(&instruction.PlaceList{Market: m.Market, Shape: instruction.OTO, ClientID: t.f.Name(), Legs: [instruction.MaxLegs]instruction.PlaceOrder{*first, *o}})
		return
	}
	t.victim(o)
}

// storm places, replaces and cancels, and trades in between.
func (t *thief) storm(m *Move) {
	side := m.Side
	var last instruction.Order
	for i := range m.Count {
		if !t.on() {
			return
		}
		off := m.Off
		if i%2 == 0 {
			off = -50_000
		}
		price := t.price(m, m.Market, off)
		place := t.order(m.Market, side, instruction.GTC, price, t.qty(m.Market, side, price, m.Size))
		switch {
		case last == 0:
			last = t.victim(place).Order
		case m.Manner&4 == 0:
			last = t.victim(&instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: m.Market, Order: last}, Place: *place, AllowFails: m.Manner&8 == 0}).Order
		case m.Manner&16 == 0:
			t.victim(&instruction.AmendOrder{Market: m.Market, Order: last, Qty: floor.Lots(m.Market, place.Qty/2), ClientID: t.f.Name()})
		default:
			t.victim(&instruction.CancelOrder{Market: m.Market, Order: last})
			last = 0
		}
		if i%3 == 2 {
			t.helper(t.next(), t.order(m.Market, side.Opposite(), instruction.IOC, t.price(m, m.Market, m.Off), place.Qty))
		}
	}
	t.space(m)
	t.victim(&instruction.CancelAll{Market: m.Market})
}

// rotate goes on with another key. By manner the one before is revoked; where all are, the owner makes a new one, which leaks too.
func (t *thief) rotate(m *Move) {
	used := t.key
	if m.Manner%3 == 0 && len(t.keys) > 1 {
		t.operate(&instruction.RevokeKey{Credential: t.keys[used]})
		t.keys = append(t.keys[:used:used], t.keys[used+1:]...)
		used--
	}
	if m.Manner%3 == 2 && len(t.keys) < 16 {
		k := t.f.NewKey(t.s.victim.Account, t.f.Name().String()+" leaked", instruction.MayTrade|instruction.MayRead|instruction.MayTransfer)
		t.keys = append(t.keys, k)
		used = len(t.keys) - 2
	}
	t.key = (used + 1) % len(t.keys)
}

// shift moves money between the victim's accounts.
func (t *thief) shift(m *Move) {
	from, to := t.s.victim.Account, t.s.sub.Account
	if m.Manner%2 == 1 {
		from, to = to, from
	}
	for x := floor.USDT; x <= floor.DMG; x++ {
		n := t.f.State.Balance(from, x).Free
		if m.Manner&2 != 0 {
			n /= 2
		}
		if n > 0 {
			t.victim(&instruction.Transfer{From: from, To: to, Asset: x, Amount: n, Client: t.f.Name()})
		}
	}
}
