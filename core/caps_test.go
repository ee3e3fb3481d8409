package core

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"portcullis/core/gate"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// usdt is so many whole USDT.
func usdt(n int64) money.Amount { return money.Amount(n * 1e8) }

// cappedVenue is a venue where the last of its keys, of account 2, may trade 5,000 at once and 20,000 USDT a day, beside the
// accounts' own keys without caps.
func cappedVenue(t testing.TB) (v *venue, key int) {
	v = newVenue(t, 2)
	v.operator(create(1, instruction.Ed25519, instruction.Mandate{
		Rights: read | trade, Trades: []instruction.Cap{{Asset: 2, PerOrder: usdt(5_000), PerDay: usdt(20_000)}},
	}))
	return v, 2
}

// asks is an order at prices in USDT and a quantity in thousandths of a BTC.
func (v *venue) asks(side instruction.Side, typ instruction.OrderType, tif instruction.TimeInForce, price, milli int64) *instruction.PlaceOrder {
	return &instruction.PlaceOrder{
		Market: 1, Side: side, Type: typ, TIF: tif, Price: money.Price(price * 1e8), Qty: money.Amount(milli * 1e5), ClientID: v.clientID(),
	}
}

// open is what the key's open orders are reserved.
func (v *venue) open(key int) money.Amount {
	return v.s.gate.Reserved(instruction.Credential(key+1), 2).Amount()
}

// TestWorth: what every kind of order is worth, on a book of one BTC bid at 9,000, 8,000 and 7,000 and asked at 10,000, 11,000
// and 12,000, after a trade at 9,500.
func TestWorth(t *testing.T) {
	const buy, sell, limit, market, gtc, ioc = instruction.Buy, instruction.Sell, instruction.Limit, instruction.MarketType, instruction.GTC, instruction.IOC
	v, _ := cappedVenue(t)
	v.order(1, sell, gtc, 9_500, 10)
	v.order(1, buy, gtc, 9_500, 10)
	for i := range int64(3) {
		v.want(v.order(1, buy, gtc, 9_000-1_000*i, 1000), 0)
		v.want(v.order(1, sell, gtc, 10_000+1_000*i, 1000), 0)
	}
	stop := func(p *instruction.PlaceOrder, trigger instruction.Trigger, at int64) *instruction.PlaceOrder {
		p.Trigger, p.Stop = trigger, money.Price(at*1e8)
		if at == 0 {
			p.Trail = 100
		}
		return p
	}
	by := func(side instruction.Side, n int64) *instruction.PlaceOrder {
		p := v.asks(side, market, ioc, 0, 0)
		p.QuoteQty = usdt(n)
		return p
	}
	self := func(p *instruction.PlaceOrder, mode instruction.SelfTrade) *instruction.PlaceOrder {
		p.SelfTrade = mode
		return p
	}
	m := v.s.Market(1)
	for name, c := range map[string]struct {
		p    *instruction.PlaceOrder
		a    instruction.Account // 0: one with no order there
		want int64
	}{
		"rests":                      {v.asks(buy, limit, gtc, 8_000, 500), 0, 4_000},
		"post-only":                  {v.asks(sell, instruction.LimitMaker, gtc, 8_000, 500), 0, 4_000},
		"takes part, and rests":      {v.asks(buy, limit, gtc, 10_500, 1500), 0, 10_000 + 5_250},
		"takes part, and expires":    {v.asks(buy, limit, ioc, 10_500, 1500), 0, 10_000},
		"a sell far below the book":  {v.asks(sell, limit, gtc, 1, 1500), 0, 9_000 + 4_000},
		"a buy far above the book":   {v.asks(buy, limit, gtc, 100_000, 1500), 0, 10_000 + 5_500},
		"market":                     {v.asks(buy, market, ioc, 0, 2500), 0, 10_000 + 11_000 + 6_000},
		"market, more than there is": {v.asks(sell, market, ioc, 0, 9000), 0, 9_000 + 8_000 + 7_000},
		"market by cost":             {by(buy, 700), 0, 700},
		"a stop":                     {stop(v.asks(sell, market, ioc, 0, 500), instruction.StopLoss, 6_000), 0, 3_000},
		"a stop with a limit above":  {stop(v.asks(buy, limit, gtc, 13_000, 500), instruction.StopLoss, 12_000), 0, 6_500},
		"a stop with a limit below":  {stop(v.asks(sell, limit, gtc, 1, 500), instruction.StopLoss, 6_000), 0, 3_000},
		"a trail":                    {stop(v.asks(sell, market, ioc, 0, 500), instruction.StopLoss, 0), 0, 4_750},
		"own orders, traded anyway":  {v.asks(buy, limit, gtc, 10_500, 1500), 3, 10_000 + 5_250},
		"own orders, one expires":    {self(v.asks(buy, limit, gtc, 11_000, 500), instruction.ExpireMaker), 3, 5_500},
		"own orders, it expires":     {self(v.asks(buy, limit, gtc, 11_000, 500), instruction.ExpireTaker), 3, 0},
		"own orders, both expire":    {self(v.asks(buy, market, ioc, 0, 500), instruction.ExpireBoth), 3, 0},
		"own orders, both lose":      {self(v.asks(buy, limit, gtc, 10_500, 1500), instruction.Decrement), 3, 5_250},
		"more than any amount":       {v.asks(buy, limit, gtc, 20_000_000_000, 1<<40), 0, int64(money.MaxAmount / 1e8)},
		"nothing":                    {v.asks(buy, limit, gtc, 8_000, -500), 0, 0},
		"at a price below nothing":   {v.asks(sell, instruction.LimitMaker, gtc, -8_000, 500), 0, 0},
	} {
		got := m.worth(c.p, c.a, 0)
		if got/1e8 != money.Amount(c.want) {
			t.Errorf("%s: %s, want %d", name, got.Text(8), c.want)
		}
	}
}

// TestCappedKey: what a key with caps may place, and what counts until when.
func TestCappedKey(t *testing.T) {
	const buy, sell, limit, gtc = instruction.Buy, instruction.Sell, instruction.Limit, instruction.GTC
	v, key := cappedVenue(t)
	place := func(p *instruction.PlaceOrder, want instruction.Reason) {
		t.Helper()
		v.want(v.by(key, p), want)
	}
	place(v.asks(buy, limit, gtc, 5_000, 1001), instruction.OrderOverCap)
	place(v.asks(buy, limit, gtc, 5_000, 1000), 0)
	if v.open(key) != usdt(5_000) {
		t.Errorf("%s are reserved", v.open(key).Text(8))
	}
	for range 3 {
		place(v.asks(buy, limit, gtc, 5_000, 1000), 0)
	}
	place(v.asks(buy, limit, gtc, 5_000, 1), instruction.DayOverCap)
	v.want(v.order(0, buy, gtc, 5_000, 9_000), 0) // another key of the account has no caps
	v.want(v.order(1, sell, gtc, 5_000, 2_500), 0)
	if v.open(key) != usdt(7_500) {
		t.Errorf("%s are reserved after fills of 12,500", v.open(key).Text(8))
	}
	v.want(v.by(key, &instruction.CancelAll{Market: 1}), 0) // all of the account's
	if v.open(key) != 0 {
		t.Errorf("%s are reserved of nothing", v.open(key).Text(8))
	}
	place(v.asks(buy, limit, gtc, 5_000, 1000), 0)
	place(v.asks(buy, limit, gtc, 2_500, 1000), 0)
	place(v.asks(buy, limit, gtc, 5_000, 1), instruction.DayOverCap)
	v.want(v.by(key, &instruction.CancelAll{Market: 1}), 0)
	back := restored(v)
	x := gate.Asks{Quote: 2, All: usdt(7_501)}
	if r, left := back.gate.TradeCap(back.clock.Waits(), 3, back.Key(3).Terms(), &x); r != instruction.DayOverCap || left != int64(usdt(7_500)) {
		t.Errorf("read back, %d are left", left)
	}
	v.pass(26 * 3600 * instruction.Second)
	place(v.asks(buy, limit, gtc, 5_000, 1000), 0)
	if r, left := v.s.gate.TradeCap(v.s.clock.Waits(), 3, v.s.Key(3).Terms(), &gate.Asks{Quote: 2, All: usdt(20_000)}); r == 0 || left != int64(usdt(15_000)) {
		t.Errorf("a day later %d are left", left)
	}
}

// TestCappedLists: of two that cancel each other one counts; what replaces an order may use what was reserved for it.
func TestCappedLists(t *testing.T) {
	const buy, sell, limit, gtc = instruction.Buy, instruction.Sell, instruction.Limit, instruction.GTC
	v, key := cappedVenue(t)
	v.order(1, sell, gtc, 5_000, 10)
	v.order(1, buy, gtc, 5_000, 10)
	oco := func(milli int64) *instruction.PlaceList {
		stop := v.asks(sell, instruction.MarketType, instruction.IOC, 0, milli)
		stop.Trigger, stop.Stop = instruction.StopLoss, 4_000e8
		return &instruction.PlaceList{
			Market: 1, Shape: instruction.OCO, ClientID: v.clientID(),
			Legs: [3]instruction.PlaceOrder{*stop, *v.asks(sell, instruction.LimitMaker, gtc, 6_000, milli)},
		}
	}
	v.want(v.by(key, oco(834)), instruction.OrderOverCap)
	v.want(v.by(key, oco(800)), 0)
	if v.open(key) != usdt(4_800) {
		t.Fatalf("%s are reserved for two of which one trades", v.open(key).Text(8))
	}
	oto := oco(500)
	oto.Shape = instruction.OTO
	oto.Legs = [3]instruction.PlaceOrder{*v.asks(buy, limit, gtc, 4_500, 1000), *v.asks(sell, limit, gtc, 4_800, 1000)}
	v.want(v.by(key, oto), 0)
	if v.open(key) != usdt(4_800+4_500+4_800) {
		t.Fatalf("%s are reserved for two that may both trade", v.open(key).Text(8))
	}
	v.want(v.by(key, v.asks(buy, limit, gtc, 4_000, 1000)), 0) // 18,100
	last := v.s.lastOrder
	replace := func(price, milli int64, of instruction.Order) *instruction.ReplaceOrder {
		return &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: 1, Order: of, ClientID: v.clientID()}, Place: *v.asks(buy, limit, gtc, price, milli)}
	}
	v.want(v.by(key, replace(4_900, 1000, last-100)), instruction.DayOverCap) // it replaces nothing
	v.want(v.by(key, replace(4_900, 1000, last)), 0)
	if v.open(key) != usdt(14_100+4_900) {
		t.Fatalf("%s are reserved", v.open(key).Text(8))
	}
	v.want(v.by(1, v.asks(buy, limit, gtc, 6_000, 300)), 0) // a part of the limit maker, which ends the stop
	if v.open(key) != usdt(3_000+9_300+4_900) {
		t.Fatalf("%s are reserved after a part of the pair", v.open(key).Text(8))
	}
	restored(v)
}

// TestReplacedListOpensTheWay: what replaces an order of a list meets nothing of that list, which is cancelled whole. Where it would
// have expired against it, or been made smaller, it counts in full.
func TestReplacedListOpensTheWay(t *testing.T) {
	const buy, sell, limit, gtc = instruction.Buy, instruction.Sell, instruction.Limit, instruction.GTC
	for _, mode := range []instruction.SelfTrade{instruction.ExpireTaker, instruction.ExpireBoth, instruction.Decrement, instruction.ExpireMaker, instruction.TradeAnyway} {
		v, key := cappedVenue(t)
		list := &instruction.PlaceList{Market: 1, Shape: instruction.OTO, ClientID: v.clientID(),
			Legs: [3]instruction.PlaceOrder{*v.asks(buy, limit, gtc, 6_000, 500), *v.asks(sell, limit, gtc, 7_000, 500)}}
		v.want(v.by(0, list), 0) // by a key of the account that has no caps
		pending := v.s.lastOrder
		v.want(v.order(1, buy, gtc, 5_500, 2_000), 0)
		of := func(milli int64) *instruction.ReplaceOrder {
			p := v.asks(sell, limit, gtc, 5_000, milli)
			p.SelfTrade = mode
			return &instruction.ReplaceOrder{Cancel: instruction.CancelOrder{Market: 1, Order: pending, ClientID: v.clientID()}, Place: *p}
		}
		v.want(v.by(key, of(1_000)), instruction.OrderOverCap) // it would trade 5,500
		v.want(v.by(key, of(900)), 0)
		x := gate.Asks{Quote: 2, All: usdt(20_000)}
		if _, left := v.s.gate.TradeCap(v.s.clock.Waits(), 3, v.s.Key(3).Terms(), &x); left != int64(usdt(20_000-4_950)) {
			t.Errorf("%v: %s are left", mode, money.Amount(left).Text(8))
		}
		restored(v)
	}
}

// TestStopsAtTheirStart: what a stop trades is known when it starts; a cap that it was within does not bear more then.
func TestStopsAtTheirStart(t *testing.T) {
	const buy, sell, limit, gtc = instruction.Buy, instruction.Sell, instruction.Limit, instruction.GTC
	v, key := cappedVenue(t)
	v.order(1, sell, gtc, 5_000, 10)
	v.order(1, buy, gtc, 5_000, 10)
	v.order(1, buy, gtc, 4_990, 100_000)
	stop := v.asks(sell, limit, gtc, 100, 4000) // worth 1,000 at its stop price, 400 at its limit
	stop.Trigger, stop.Stop = instruction.StopLoss, 250e8
	v.want(v.by(key, stop), 0)
	other := v.asks(sell, instruction.MarketType, instruction.IOC, 0, 900)
	other.Trigger, other.Stop = instruction.StopLoss, 4_990e8
	v.want(v.by(key, other), 0)
	if v.open(key) != usdt(1_000+4_491) {
		t.Fatalf("%s are reserved", v.open(key).Text(8))
	}
	// Somebody has the price fall to where the stop starts, and bids high there meanwhile.
	v.s.markets[1].LastPrice, v.twin.markets[1].LastPrice = 250e8, 250e8
	v.s.markets[1].Book.Traded(250e8, v.now)
	v.twin.markets[1].Book.Traded(250e8, v.now)
	r := v.tick()
	why := map[instruction.Order]instruction.Reason{}
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if e, ok := e.(*instruction.StartRefused); ok {
			why[e.Order] = e.Reason
		}
	}
	if len(why) != 1 || why[v.s.lastOrder-1] != instruction.OrderOverCap {
		t.Errorf("refused: %v", why)
	}
	if v.open(key) != 0 {
		t.Errorf("%s are reserved of nothing", v.open(key).Text(8))
	}
}

// TestLaterCaps: a key that gets caps while it has orders is reserved what they may still trade.
func TestLaterCaps(t *testing.T) {
	const buy, gtc = instruction.Buy, instruction.GTC
	v := newVenue(t, 2)
	v.order(0, buy, gtc, 5_000, 2000)
	v.order(1, buy, gtc, 5_000, 2000)
	list := &instruction.PlaceList{Market: 1, Shape: instruction.OTO, ClientID: v.clientID(),
		Legs: [3]instruction.PlaceOrder{*v.asks(buy, instruction.Limit, gtc, 4_500, 1000), *v.asks(instruction.Sell, instruction.Limit, gtc, 4_800, 1000)}}
	v.want(v.by(0, list), 0)
	m := instruction.Mandate{Rights: read | trade, Trades: []instruction.Cap{{Asset: 2, PerDay: usdt(20_000)}}}
	v.want(v.step(byOperator, &instruction.ChangeMandate{Credential: 1, Mandate: m}), 0)
	if v.open(0) != usdt(19_300) {
		t.Errorf("%s are reserved", v.open(0).Text(8))
	}
	v.want(v.order(0, buy, gtc, 5_000, 200), instruction.DayOverCap)
	v.want(v.by(0, &instruction.CancelAll{Market: 1}), 0)
	m.Trades = []instruction.Cap{{Asset: 1, PerDay: 1}}
	v.want(v.step(byOperator, &instruction.ChangeMandate{Credential: 1, Mandate: m}), instruction.MandateDisjoint)
	v.want(v.step(byOperator, &instruction.RevokeKey{Credential: 1}), 0)
	if v.s.gate.Meters() != 0 {
		t.Error("a deleted key has a meter")
	}
}

// TestCapsHold: whatever a key with caps tries, it never trades more in any 24 hours than it may, and never more in one order;
// and what it is reserved is at all times what its orders may still trade, which every step holds against the books.
func TestCapsHold(t *testing.T) {
	seed := rand.Uint64()
	if s := os.Getenv("PORTCULLIS_SEED"); s != "" { // to do a run again
		var err error
		if seed, err = strconv.ParseUint(s, 10, 64); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("PORTCULLIS_SEED=%d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	v, key := cappedVenue(t)
	type fill struct {
		at instruction.Time
		n  money.Amount
	}
	var fills []fill
	traded := map[instruction.Order]money.Amount{}
	mine := map[instruction.Order]bool{}
	reasons := map[instruction.Reason]int{}
	note := func(rec instruction.Record) {
		if rec.Verdict.Decision == instruction.Deny {
			reasons[rec.Verdict.Reason()]++
		}
		var ev instruction.Events
		rec.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			switch e := e.(type) {
			case *instruction.OrderPlaced:
				mine[e.Order] = int(e.Credential) == key+1
			case *instruction.StartRefused:
				reasons[e.Reason]++
			case *instruction.Filled:
				for _, o := range []instruction.Order{e.Taker, e.Maker} {
					if mine[o] {
						fills = append(fills, fill{rec.Time, e.Quote})
						if traded[o] += e.Quote; traded[o] > usdt(5_000) {
							t.Fatalf("seed %d: order %d traded %s", seed, o, traded[o].Text(8))
						}
					}
				}
			}
		}
		sum := money.Amount(0)
		for _, f := range fills {
			if f.at > rec.Time-day {
				sum += f.n
			}
		}
		if sum > usdt(20_000) {
			t.Fatalf("seed %d: record %d: %s were traded in a day", seed, rec.Seq, sum.Text(8))
		}
	}
	some := func() *instruction.PlaceOrder {
		p := v.asks(instruction.Side(1+r.IntN(2)), instruction.Limit, instruction.TimeInForce(1+r.IntN(3)), 4_000+r.Int64N(2_000), 1+r.Int64N(1300))
		p.SelfTrade = instruction.SelfTrade(r.IntN(5))
		switch r.IntN(6) {
		case 0:
			p.Type, p.TIF, p.Price = instruction.MarketType, instruction.IOC, 0
		case 1:
			p.Type, p.TIF, p.Price, p.Qty, p.QuoteQty = instruction.MarketType, instruction.IOC, 0, 0, usdt(1+r.Int64N(5_500))
		case 2:
			p.Trigger, p.Stop = instruction.Trigger(1+r.IntN(2)), money.Price((4_000+r.Int64N(2_000))*1e8)
			if r.IntN(2) == 0 {
				p.Type, p.TIF, p.Price = instruction.MarketType, instruction.IOC, 0
			}
			if r.IntN(3) == 0 {
				p.Stop, p.Trail = 0, uint16(20+r.IntN(500))
			}
		case 3:
			p.Visible, p.TIF = p.Qty/3/1e3*1e3, instruction.GTC
		}
		return p
	}
	enough := func() bool {
		return len(fills) >= 100 && reasons[instruction.OrderOverCap] > 0 && reasons[instruction.DayOverCap] >= 20
	}
	for i := 0; i < 1500 || i < 15_000 && !enough(); i++ {
		v.now += instruction.Time(r.Int64N(int64(instruction.Second)))
		by := []int{0, 1, 1, key, key, key}[r.IntN(6)]
		switch r.IntN(12) {
		case 0:
			note(v.by(by, &instruction.CancelAll{Market: 1}))
		case 1:
			note(v.by(by, &instruction.ReplaceOrder{
				Cancel: instruction.CancelOrder{Market: 1, Order: v.s.lastOrder - instruction.Order(r.IntN(4)), ClientID: v.clientID(), Only: instruction.Standing(r.IntN(3))},
				Place:  *some(), AllowFails: r.IntN(2) == 0,
			}))
		case 2, 3:
			l := &instruction.PlaceList{Market: 1, Shape: instruction.Shape(1 + r.IntN(3)), ClientID: v.clientID()}
			for i := range l.Shape.Legs() {
				l.Legs[i] = *some()
				l.Legs[i].Qty = 1e5 * money.Amount(1+r.Int64N(300))
			}
			at := v.s.Market(1).LastPrice
			stop, other := &l.Legs[l.Shape.Legs()-2], &l.Legs[l.Shape.Legs()-1]
			*stop, *other = *v.asks(instruction.Sell, instruction.MarketType, instruction.IOC, 0, 200), *v.asks(instruction.Sell, instruction.LimitMaker, instruction.GTC, 0, 200)
			stop.Trigger, stop.Stop, other.Price = instruction.StopLoss, at-50e8, at+50e8
			if l.Shape == instruction.OTO {
				l.Legs[0] = *v.asks(instruction.Buy, instruction.Limit, instruction.GTC, 4_000+r.Int64N(2_000), 100)
			}
			note(v.by(by, l))
		case 4:
			o := v.s.lastOrder - instruction.Order(r.IntN(6))
			note(v.by(by, &instruction.AmendOrder{Market: 1, Order: o, Qty: 1e5 * money.Amount(1+r.Int64N(500)), ClientID: v.clientID()}))
		case 5:
			if r.IntN(6) == 0 {
				v.pass(instruction.Time(r.Int64N(int64(20*3600*instruction.Second))) + 2*instruction.Second)
			} else {
				note(v.tick())
			}
		default:
			note(v.by(by, some()))
		}
	}
	if !enough() {
		t.Errorf("seed %d: %d fills, refusals: %v", seed, len(fills), reasons)
	}
	restored(v)
}

// TestMakerGoneIsNoWayPastCaps: an order is counted at the prices of the orders that it would meet. Where one of them goes, since
// its owner cannot bear the fill, what lies behind it is dearer, and was counted by nobody.
func TestMakerGoneIsNoWayPastCaps(t *testing.T) {
	v := bounded(t)
	v.operator(create(1, instruction.Ed25519, instruction.Mandate{
		Rights: read | trade, Trades: []instruction.Cap{{Asset: 2, PerOrder: usdt(5_000), PerDay: usdt(20_000)}},
	}))
	v.want(v.in(1, victim, instruction.Sell, instruction.GTC, 10_000, 450), 0)
	v.want(v.in(1, thief, instruction.Sell, instruction.GTC, 12_000, 450), 0)
	v.operator(&instruction.SetBudget{Account: victim + 2, Budget: instruction.Budget{}})
	v.want(v.by(house, &instruction.CancelAll{Market: 1}), 0)
	r := v.in(1, 4, instruction.Buy, instruction.GTC, 12_000, 450)
	v.want(r, 0)
	var ev instruction.Events
	var expired, gone bool
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		switch e := e.(type) {
		case *instruction.Filled:
			t.Errorf("with a cap of 5,000 it trades %s", e.Quote.Text(8))
		case *instruction.OrderClosed:
			gone = gone || e.Cause == instruction.ByBudget
			expired = expired || e.Cause == instruction.ByExpiry
		}
	}
	if !gone || !expired {
		t.Errorf("the maker is gone: %v; the rest of the order expires: %v", gone, expired)
	}
}
