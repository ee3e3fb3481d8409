package core

import (
	"testing"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// usd is a price or an amount of USDT.
func usd(n int64) money.Price { return money.Price(n * 1e8) }

// milli is a quantity in thousandths of a BTC.
func milli(n int64) money.Amount { return money.Amount(n * 1e5) }

// ask is a limit order, to be changed.
func (v *venue) ask(side instruction.Side, price, qty int64) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{Market: 1, Side: side, Type: instruction.Limit, TIF: instruction.GTC,
		Price: usd(price), Qty: milli(qty), ClientID: v.clientID()}
}

// stop is an order that waits; price 0 makes it a market order.
func (v *venue) stop(side instruction.Side, trigger instruction.Trigger, at, price, qty int64) *instruction.PlaceOrder {
	p := v.ask(side, price, qty)
	if p.Trigger, p.Stop = trigger, usd(at); price == 0 {
		p.Type, p.TIF = instruction.MarketType, instruction.IOC
	}
	return p
}

// trade has the last two accounts of three trade one thousandth at the price, and leaves nothing else.
func (v *venue) trade(price int64) {
	v.t.Helper()
	v.want(v.order(1, instruction.Sell, instruction.GTC, price, 1), 0)
	v.want(v.order(2, instruction.Buy, instruction.IOC, price, 1), 0)
	if m := v.s.Market(1); m.LastPrice != usd(price) {
		v.t.Fatalf("the last price is %d", m.LastPrice)
	}
}

// placed is the number of the first order that a record placed.
func (v *venue) placed(r instruction.Record) instruction.Order {
	v.t.Helper()
	v.want(r, 0)
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if p, ok := e.(*instruction.OrderPlaced); ok {
			return p.Order
		}
	}
	v.t.Fatal("nothing was placed")
	return 0
}

// stage is how far an open order is.
func (v *venue) stage(id instruction.Order) string {
	b := v.s.Market(1).Book
	h := b.Find(id)
	if h == 0 {
		return "gone"
	}
	return [...]string{"working", "waiting", "pending"}[b.At(h).Stage()]
}

func (v *venue) wantStage(id instruction.Order, want string) {
	v.t.Helper()
	if got := v.stage(id); got != want {
		v.t.Fatalf("order %d is %s, want %s", id, got, want)
	}
}

// TestStops: a stop waits with its hold on the right side of the market, and works when the last price reaches it.
func TestStops(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	for _, wrong := range []*instruction.PlaceOrder{
		v.stop(instruction.Buy, instruction.StopLoss, 10_000, 10_100, 1000), v.stop(instruction.Sell, instruction.StopLoss, 10_001, 9_000, 1000),
		v.stop(instruction.Buy, instruction.TakeProfit, 10_001, 10_100, 1000), v.stop(instruction.Sell, instruction.TakeProfit, 9_999, 9_000, 1000),
	} {
		v.want(v.by(0, wrong), instruction.WouldTrigger)
	}
	rise := v.placed(v.by(0, v.stop(instruction.Buy, instruction.StopLoss, 10_100, 10_200, 1000)))
	fall := v.placed(v.by(0, v.stop(instruction.Sell, instruction.StopLoss, 9_900, 9_800, 2000)))
	v.balance(0, 2, 1_000_000e8-10_200e8, 10_200e8)
	v.balance(0, 1, 98e8, 2e8)
	if n := v.s.Market(1).Book.Level(instruction.Buy, usd(10_200)); n != 0 {
		t.Fatalf("a waiting order shows %d", n)
	}
	v.trade(10_099)
	v.wantStage(rise, "waiting")
	v.trade(10_100)
	v.wantStage(rise, "working")
	v.wantStage(fall, "waiting")
	if n := v.s.Market(1).Book.Level(instruction.Buy, usd(10_200)); n != milli(1000) {
		t.Fatalf("a working order shows %d", n)
	}
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: fall}), 0)
	v.balance(0, 1, 100e8, 0)
	v.want(v.by(0, &instruction.CancelAll{Market: 1}), 0)
	v.balance(0, 2, 1_000_000e8, 0)
}

// TestStopMarket: a market order that waits is given what is free when it starts, and the rest of it expires.
func TestStopMarket(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	sell := v.placed(v.by(0, v.stop(instruction.Sell, instruction.StopLoss, 9_900, 0, 50_000)))
	v.balance(0, 1, 50e8, 50e8)
	v.order(1, instruction.Buy, instruction.GTC, 9_890, 20_000)
	v.trade2(9_895)
	v.wantStage(sell, "gone")
	v.balance(0, 1, 80e8, 0)
	// 90 hold 909,000 at 10,100; at 14,000 all that is free, some 1,197,000, buys less than 86.
	rise := v.stop(instruction.Buy, instruction.StopLoss, 10_100, 0, 90_000)
	v.want(v.by(0, rise), 0)
	v.order(1, instruction.Sell, instruction.GTC, 14_000, 95_000)
	before := v.s.Balance(2, 1).Free
	v.order(1, instruction.Sell, instruction.GTC, 10_100, 1)
	v.order(2, instruction.Buy, instruction.IOC, 10_100, 1)
	b := v.s.Balance(2, 2)
	if bought := v.s.Balance(2, 1).Free - before; bought < milli(85_000) || bought >= milli(86_000) || b.Held != 0 || b.Free >= 1e8 {
		t.Errorf("%d bought, %+v left", bought, b)
	}
}

// trade2 trades at a price between what rests, by the last two accounts.
func (v *venue) trade2(price int64) {
	v.t.Helper()
	v.want(v.order(2, instruction.Sell, instruction.GTC, price, 1), 0)
	v.want(v.order(1, instruction.Buy, instruction.IOC, price, 1), 0)
}

// TestCascade: what a stop trades starts others in the same record, by stop price and then by time.
func TestCascade(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	for _, p := range []int64{9_990, 9_980, 9_970} {
		v.order(2, instruction.Buy, instruction.GTC, p, 1000)
	}
	var ids []instruction.Order
	for _, at := range []int64{9_980, 9_990, 9_990} {
		ids = append(ids, v.placed(v.by(0, v.stop(instruction.Sell, instruction.StopLoss, at, 9_000, 1000))))
	}
	r := v.order(1, instruction.Sell, instruction.IOC, 9_990, 500)
	v.want(r, 0)
	var got []instruction.Order
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if s, ok := e.(*instruction.OrderStarted); ok {
			got = append(got, s.Order)
		}
	}
	if len(got) != 3 || got[0] != ids[1] || got[1] != ids[2] || got[2] != ids[0] {
		t.Errorf("%v started, of %v", got, ids)
	}
}

// TestStartsAreBounded: what is too much for one record starts with the next tick; meanwhile it can be cancelled.
func TestStartsAreBounded(t *testing.T) {
	const customers = 210
	v := newVenue(t, customers)
	v.order(1, instruction.Sell, instruction.GTC, 10_000, 1)
	v.order(2, instruction.Buy, instruction.IOC, 10_000, 1)
	f := terms
	v.operator(&instruction.SetTerms{Market: 1, Terms: f})
	for a := 3; a < customers; a++ {
		for range 5 {
			v.want(v.by(a, v.stop(instruction.Sell, instruction.StopLoss, 9_900, 9_950, 1000)), 0)
		}
	}
	due := func() (n int) {
		m := v.s.Market(1)
		m.Book.Each(func(h book.Handle) bool {
			if m.Book.At(h).Starting() {
				n++
			}
			return true
		})
		return n
	}
	v.order(1, instruction.Sell, instruction.GTC, 9_900, 1)
	v.order(2, instruction.Buy, instruction.IOC, 9_900, 1)
	if n := due(); n != (customers-3)*5-maxStarts {
		t.Fatalf("%d orders are still to start", n)
	}
	v.want(v.by(customers-1, &instruction.CancelAll{Market: 1}), 0) // the market's next instruction starts the others
	v.step(instruction.Principal{Giver: instruction.ByEngine}, &instruction.Tick{})
	if n := due(); n != 0 {
		t.Errorf("%d orders are still to start after a tick", n)
	}
}

// TestHaltedStops: nothing starts while a market is halted, and all that was reached does when it opens.
func TestHaltedStops(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	list := v.placed(v.by(0, v.oto(v.ask(instruction.Buy, 9_000, 10), v.ask(instruction.Sell, 12_000, 10))))
	v.operator(&instruction.SetMarket{Market: 1, State: instruction.Halted})
	v.operator(&instruction.SetMarket{Market: 1, State: instruction.Open})
	v.order(1, instruction.Sell, instruction.IOC, 9_000, 10)
	v.wantStage(list+1, "working")
}

// TestTrailing is the scenarios of the dialect's trailing stop FAQ.
func TestTrailing(t *testing.T) {
	for name, c := range map[string]struct {
		side    instruction.Side
		trigger instruction.Trigger
		at      int64
		trail   uint16
		price   int64
		before  []int64 // prices at which it waits
		starts  int64   // the price at which it does not
	}{
		"A": {instruction.Buy, instruction.StopLoss, 44_000, 500, 45_000, []int64{37_000, 44_000, 45_000, 46_000, 42_000, 44_099}, 44_100},
		"B": {instruction.Sell, instruction.StopLoss, 39_000, 1000, 38_000, []int64{41_500, 39_000, 37_000, 41_000, 36_901}, 36_900},
		"C": {instruction.Buy, instruction.TakeProfit, 38_000, 850, 38_500, []int64{42_000, 38_000, 37_000, 39_000, 38_000, 40_144}, 40_145},
		"D": {instruction.Sell, instruction.TakeProfit, 42_000, 750, 41_000, []int64{41_500, 39_000, 42_000, 45_000, 44_000, 46_500, 43_013}, 43_012},
		"E": {instruction.Sell, instruction.StopLoss, 0, 700, 39_000, []int64{42_000, 39_500, 45_500, 42_316}, 42_315},
	} {
		v := newVenue(t, 3)
		v.trade(40_000)
		p := v.stop(c.side, c.trigger, c.at, c.price, 10)
		p.Trail = c.trail
		id := v.placed(v.by(0, p))
		for _, at := range c.before {
			if v.trade(at); v.stage(id) != "waiting" {
				t.Fatalf("%s: at %d the order is %s", name, at, v.stage(id))
			}
		}
		if v.trade(c.starts); v.stage(id) == "waiting" {
			t.Errorf("%s: at %d the order still waits", name, c.starts)
		}
	}
	v := newVenue(t, 1)
	for trail, want := range map[uint16]instruction.Reason{9: instruction.TrailOutOfRange, 10: 0, 2000: 0, 2001: instruction.TrailOutOfRange} {
		p := v.stop(instruction.Sell, instruction.StopLoss, 0, 10_000, 10)
		p.Stop, p.Trail = 0, trail
		v.want(v.by(0, p), want)
	}
}

// TestIceberg: only a part shows; the next one lies behind what came meanwhile; a market order eats through all of it.
func TestIceberg(t *testing.T) {
	v := newVenue(t, 3)
	ice := v.ask(instruction.Sell, 10_000, 1000)
	ice.Visible = milli(300)
	id := v.placed(v.by(0, ice))
	other := v.placed(v.order(1, instruction.Sell, instruction.GTC, 10_000, 500))
	shows := func(want int64) {
		t.Helper()
		if n := v.s.Market(1).Book.Level(instruction.Sell, usd(10_000)); n != milli(want) {
			t.Fatalf("%d thousandths show, want %d", n/1e5, want)
		}
	}
	left := func(id instruction.Order, want int64) {
		t.Helper()
		b := v.s.Market(1).Book
		if n := b.At(b.Find(id)).Left(); n != milli(want) {
			t.Fatalf("%d thousandths of order %d are left, want %d", n/1e5, id, want)
		}
	}
	shows(800)
	v.order(2, instruction.Buy, instruction.IOC, 10_000, 400) // 300 of the part that shows, 100 of the other
	left(id, 700)
	left(other, 400)
	shows(700)
	v.order(2, instruction.Buy, instruction.IOC, 10_000, 450) // the other first now
	left(id, 650)
	v.want(v.by(2, &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC,
		Qty: milli(700), ClientID: v.clientID()}), 0)
	shows(0)
	v.balance(0, 1, 99e8, 0)
	parts := v.ask(instruction.Sell, 10_000, 1000)
	for visible, want := range map[int64]instruction.Reason{100: 0, 99: instruction.TooManyParts, 1001: instruction.VisibleTooLarge} {
		parts.Visible, parts.ClientID = milli(visible), v.clientID()
		v.want(v.by(0, parts), want)
	}
	parts.Visible, parts.TIF = milli(500), instruction.IOC
	v.want(v.by(0, parts), instruction.MalformedOrder)
}

// TestSelfTrade: each mode of the taker's, against orders of its own account and of another.
func TestSelfTrade(t *testing.T) {
	for _, c := range []struct {
		mode                   instruction.SelfTrade
		taker                  int64 // quantity
		left1, left2           int64 // of its own account's orders of 1000 each, at 10,000 and at 10,001
		other, rests           int64 // left of the other account's 1000 at 10,002; of the taker
		matches                instruction.Match
		makerCause, takerCause instruction.CloseCause
	}{
		{instruction.TradeAnyway, 1500, 0, 500, 1000, 0, 0, instruction.ByFill, instruction.ByFill},
		{instruction.ExpireTaker, 1500, 1000, 1000, 1000, 0, 1, 0, instruction.ByPrevention},
		{instruction.ExpireMaker, 1500, 0, 0, 0, 500, 2, instruction.ByPrevention, 0},
		{instruction.ExpireBoth, 1500, 0, 1000, 1000, 0, 1, instruction.ByPrevention, instruction.ByPrevention},
		{instruction.Decrement, 1500, 0, 500, 1000, 0, 2, instruction.ByPrevention, instruction.ByPrevention},
		{instruction.Decrement, 2500, 0, 0, 500, 0, 2, instruction.ByPrevention, instruction.ByFill},
	} {
		v := newVenue(t, 2)
		one := v.placed(v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000))
		two := v.placed(v.order(0, instruction.Sell, instruction.GTC, 10_001, 1000))
		three := v.placed(v.order(1, instruction.Sell, instruction.GTC, 10_002, 1000))
		p := v.ask(instruction.Buy, 10_002, c.taker)
		p.SelfTrade = c.mode
		r := v.by(0, p)
		id := v.placed(r)
		causes := map[instruction.Order]instruction.CloseCause{}
		var ev instruction.Events
		r.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			if x, ok := e.(*instruction.OrderClosed); ok {
				causes[x.Order] = x.Cause
			}
		}
		b := v.s.Market(1).Book
		for _, x := range []struct {
			id   instruction.Order
			left int64
		}{{one, c.left1}, {two, c.left2}, {three, c.other}, {id, c.rests}} {
			n := money.Amount(0)
			if h := b.Find(x.id); h != 0 {
				n = b.At(h).Left()
			}
			if n != milli(x.left) {
				t.Errorf("%s: %d thousandths of order %d are left, want %d", c.mode, n/1e5, x.id, x.left)
			}
		}
		if v.s.Market(1).LastMatch != c.matches || causes[one] != c.makerCause || causes[id] != c.takerCause {
			t.Errorf("%s: %d matches were prevented, ended by %s and %s", c.mode, v.s.Market(1).LastMatch, causes[one], causes[id])
		}
	}
}

// TestSelfTradeMarket: a market order holds what it can spend beside its own account's orders, and no more.
func TestSelfTradeMarket(t *testing.T) {
	for mode, want := range map[instruction.SelfTrade]money.Amount{
		instruction.ExpireMaker: milli(1000), instruction.Decrement: 0, instruction.ExpireTaker: 0,
	} {
		for _, quote := range []bool{false, true} {
			v := newVenue(t, 2)
			v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000)
			v.order(1, instruction.Sell, instruction.GTC, 10_001, 1000)
			p := &instruction.PlaceOrder{Market: 1, Side: instruction.Buy, Type: instruction.MarketType, TIF: instruction.IOC,
				Qty: milli(1000), SelfTrade: mode, ClientID: v.clientID()}
			if quote {
				p.Qty, p.QuoteQty = 0, 10_001e8
			}
			v.want(v.by(0, p), 0)
			held := milli(1000)
			if mode != instruction.ExpireTaker {
				held = 0
			}
			got := v.s.Balance(2, 1)
			if fee := want / 500; got.Held != held || got.Free+held-want+fee != 100e8-milli(1000)+held && mode == instruction.ExpireTaker {
				t.Errorf("%s: %+v", mode, got)
			}
			if b := v.s.Balance(2, 2); b.Held != 0 || mode == instruction.ExpireMaker && b.Free != 1_000_000e8-10_001e8 {
				t.Errorf("%s: %+v of USDT", mode, b)
			}
		}
	}
}

// TestTrailsAreShared: one customer, with however many sub-accounts, gets a quarter of the places for orders that track the
// price, by whatever way; others find theirs.
func TestTrailsAreShared(t *testing.T) {
	many := terms
	many.Filters.MaxAlgo, many.MinNotional = MaxOpenOrders, 0
	v := newVenueOf(t, 3, many)
	v.operator(&instruction.OpenAccount{Ref: "sub", Parent: 2})
	v.operator(&instruction.CreateKey{Account: 5, ID: instruction.KeyID{9}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
		Mandate: instruction.Mandate{Rights: instruction.MayTrade}})
	v.operator(&instruction.Credit{Account: 5, Asset: 1, Amount: 100e8})
	v.trade(1_000)
	trail := func() *instruction.PlaceOrder {
		p := v.stop(instruction.Sell, instruction.StopLoss, 0, 0, 1)
		p.Trail = 1000
		return p
	}
	const master, sub = 0, 3
	follows := v.placed(v.by(master, v.oto(v.ask(instruction.Buy, 999, 1), trail()))) + 1
	for n := range maxOwnTrails {
		v.quiet([]int{master, sub}[n%2], trail())
	}
	v.want(v.by(master, trail()), instruction.TooManyTrails)
	v.want(v.by(sub, trail()), instruction.TooManyTrails)
	v.want(v.by(1, trail()), 0)
	v.want(v.order(2, instruction.Sell, instruction.IOC, 999, 1), 0)
	v.wantStage(follows, "gone")
}
