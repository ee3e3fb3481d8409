package core

import (
	"testing"

	"portcullis/core/instruction"
)

func (v *venue) list(shape instruction.Shape, legs ...*instruction.PlaceOrder) *instruction.PlaceList {
	in := &instruction.PlaceList{Market: 1, Shape: shape, ClientID: v.clientID()}
	for i, p := range legs {
		in.Legs[i] = *p
	}
	return in
}

func (v *venue) oto(working, pending *instruction.PlaceOrder) *instruction.PlaceList {
	return v.list(instruction.OTO, working, pending)
}

// maker is a limit maker.
func (v *venue) maker(side instruction.Side, price, qty int64) *instruction.PlaceOrder {
	p := v.ask(side, price, qty)
	p.Type = instruction.LimitMaker
	return p
}

// closed is whether a record closed a list.
func closed(r instruction.Record) bool {
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if _, ok := e.(*instruction.ListClosed); ok {
			return true
		}
	}
	return false
}

// TestOCO: two orders hold once; whichever works first ends the other.
func TestOCO(t *testing.T) {
	start := func(side instruction.Side, stop, limit, price int64) (*venue, instruction.Order) {
		v := newVenue(t, 3)
		v.trade(10_000)
		return v, v.placed(v.by(0, v.list(instruction.OCO, v.stop(side, instruction.StopLoss, stop, limit, 1000), v.maker(side, price, 1000))))
	}
	v, id := start(instruction.Sell, 9_900, 9_800, 10_100)
	v.balance(0, 1, 99e8, 1e8)
	v.order(1, instruction.Buy, instruction.IOC, 10_100, 400) // a part is enough
	v.wantStage(id, "gone")
	v.wantStage(id+1, "working")
	if r := v.order(1, instruction.Buy, instruction.IOC, 10_100, 600); !closed(r) {
		t.Error("a list is not over when all is filled")
	}
	v.balance(0, 1, 99e8, 0)

	v, id = start(instruction.Sell, 9_900, 9_800, 10_100)
	v.trade(9_900)
	v.wantStage(id, "working")
	v.wantStage(id+1, "gone")
	v.balance(0, 1, 99e8, 1e8)

	// A buy's stop needs 200 more than its limit.
	v, _ = start(instruction.Buy, 10_100, 10_200, 9_900)
	v.balance(0, 2, 1_000_000e8-10_200e8, 10_200e8)
	v.order(1, instruction.Sell, instruction.IOC, 9_900, 500)
	v.balance(0, 2, 1_000_000e8-9_900e8, 4_950e8)
	v, _ = start(instruction.Buy, 10_100, 10_200, 9_900)
	v.trade(10_100)
	v.balance(0, 2, 1_000_000e8-10_200e8, 10_200e8)

	// One order's cancel is the list's.
	v, id = start(instruction.Buy, 10_100, 10_200, 9_900)
	r := v.by(0, &instruction.CancelOrder{Market: 1, Order: id + 1})
	v.want(r, 0)
	if v.wantStage(id, "gone"); !closed(r) {
		t.Error("the list is not over")
	}
	v.balance(0, 2, 1_000_000e8, 0)
	v, id = start(instruction.Sell, 9_900, 0, 10_100)
	v.want(v.by(1, &instruction.CancelList{Market: 1, List: 1}), instruction.UnknownList)
	v.want(v.by(0, &instruction.CancelList{Market: 1, List: 1}), 0)
	v.wantStage(id, "gone")
	v.want(v.by(0, &instruction.CancelList{Market: 1, List: 1}), instruction.UnknownList)
}

// TestListRefusals: what is no list of its shape is refused whole.
func TestListRefusals(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	sell := func(stop, price int64) *instruction.PlaceList {
		return v.list(instruction.OCO, v.stop(instruction.Sell, instruction.StopLoss, stop, 9_000, 1000), v.maker(instruction.Sell, price, 1000))
	}
	v.want(v.by(0, sell(10_000, 10_100)), instruction.ListPricesWrong)
	v.want(v.by(0, sell(9_900, 10_000)), instruction.ListPricesWrong)
	v.order(1, instruction.Buy, instruction.GTC, 10_050, 1)
	v.want(v.by(0, sell(9_900, 10_040)), instruction.WouldTake)
	for name, change := range map[string]func(*instruction.PlaceList){
		"sides":    func(in *instruction.PlaceList) { in.Legs[1].Side = instruction.Buy },
		"sizes":    func(in *instruction.PlaceList) { in.Legs[1].Qty *= 2 },
		"limit":    func(in *instruction.PlaceList) { in.Legs[1].Type = instruction.Limit },
		"no stop":  func(in *instruction.PlaceList) { in.Legs[0].Trigger, in.Legs[0].Stop = 0, 0 },
		"market":   func(in *instruction.PlaceList) { in.Legs[1].Market = 2 },
		"nameless": func(in *instruction.PlaceList) { in.ClientID = instruction.ClientID{} },
	} {
		in := sell(9_900, 10_100)
		change(in)
		if r := v.by(0, in); v.t.Failed() || r.Verdict.Decision != instruction.Allow {
			t.Fatal(name)
		} else {
			v.want(r, instruction.MalformedOrder)
		}
	}
	first := sell(9_900, 10_100)
	v.want(v.by(0, first), 0)
	again := sell(9_900, 10_100)
	again.ClientID = first.ClientID
	v.want(v.by(0, again), instruction.DuplicateList)
	again = sell(9_900, 10_100)
	again.Legs[1].ClientID = again.Legs[0].ClientID
	v.want(v.by(0, again), instruction.DuplicateClientID)
	again = sell(9_900, 10_100)
	again.Legs[0].Qty, again.Legs[1].Qty = milli(99_001), milli(99_001)
	v.want(v.by(0, again), instruction.InsufficientBalance)
}

// TestOTO: the second order is nowhere until the first is filled whole, and then holds what it needs.
func TestOTO(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	id := v.placed(v.by(0, v.oto(v.ask(instruction.Buy, 9_900, 1000), v.stop(instruction.Sell, instruction.StopLoss, 9_500, 0, 1000))))
	v.balance(0, 2, 990_100e8, 9_900e8)
	v.balance(0, 1, 100e8, 0)
	v.order(1, instruction.Sell, instruction.IOC, 9_900, 400)
	v.wantStage(id+1, "pending")
	v.order(1, instruction.Sell, instruction.IOC, 9_900, 600)
	v.wantStage(id+1, "waiting")
	v.balance(0, 1, 99.999e8, 1e8)

	// A working order that is cancelled takes the other along.
	id = v.placed(v.by(0, v.oto(v.ask(instruction.Buy, 9_900, 1000), v.ask(instruction.Sell, 9_500, 1000))))
	v.want(v.by(0, &instruction.CancelOrder{Market: 1, Order: id + 1}), 0)
	v.wantStage(id, "gone")

	// What cannot start ends with its reason: there is no money for it by then.
	id = v.placed(v.by(0, v.oto(v.ask(instruction.Sell, 10_100, 1000), v.ask(instruction.Buy, 9_000, 200_000))))
	r := v.order(1, instruction.Buy, instruction.IOC, 10_100, 1000)
	v.wantStage(id+1, "gone")
	why := instruction.Reason(0)
	var ev instruction.Events
	r.Events(&ev)
	for e := ev.Next(); e != nil; e = ev.Next() {
		if x, ok := e.(*instruction.StartRefused); ok {
			why = x.Reason
		}
	}
	if why != instruction.InsufficientBalance || !closed(r) {
		t.Errorf("it ended with %v", why)
	}
}

// TestOTOCO: filled, the first order is followed by two of which one cancels the other. Filled at once, it is so at once.
func TestOTOCO(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	in := v.list(instruction.OTOCO, v.ask(instruction.Buy, 9_900, 1000),
		v.stop(instruction.Sell, instruction.StopLoss, 9_500, 9_400, 1000), v.maker(instruction.Sell, 10_500, 1000))
	id := v.placed(v.by(0, in))
	v.wantStage(id+2, "pending")
	v.order(1, instruction.Sell, instruction.IOC, 9_900, 1000)
	v.wantStage(id+1, "waiting")
	v.wantStage(id+2, "working")
	v.balance(0, 1, 99.999e8, 1e8)
	v.trade(9_500)
	v.wantStage(id+1, "working")
	v.wantStage(id+2, "gone")
	v.want(v.by(0, &instruction.CancelAll{Market: 1}), 0)

	v.order(1, instruction.Sell, instruction.GTC, 9_600, 1000)
	in = v.list(instruction.OTOCO, v.ask(instruction.Buy, 9_600, 1000),
		v.stop(instruction.Sell, instruction.StopLoss, 9_500, 9_400, 1000), v.maker(instruction.Sell, 10_500, 1000))
	id = v.placed(v.by(0, in))
	v.wantStage(id, "gone")
	v.wantStage(id+1, "waiting")
	v.wantStage(id+2, "working")
}

// TestAmend: an order asks for less and keeps its place; what it need not hold is free.
func TestAmend(t *testing.T) {
	v := newVenue(t, 3)
	first := v.placed(v.order(0, instruction.Sell, instruction.GTC, 10_000, 1000))
	second := v.placed(v.order(1, instruction.Sell, instruction.GTC, 10_000, 1000))
	amend := func(account int, id instruction.Order, qty int64) instruction.Record {
		return v.by(account, &instruction.AmendOrder{Market: 1, Order: id, Qty: milli(qty), ClientID: v.clientID()})
	}
	v.want(amend(1, first, 500), instruction.UnknownOrder)
	v.want(amend(0, first, 1000), instruction.AmendTooLarge)
	v.want(amend(0, first, 0), instruction.AmendTooLarge)
	v.want(amend(0, first, 600), 0)
	v.balance(0, 1, 99.4e8, 0.6e8)
	v.order(2, instruction.Buy, instruction.IOC, 10_000, 500)
	v.want(amend(0, first, 500), instruction.AmendTooLarge) // as much is filled
	v.order(2, instruction.Buy, instruction.IOC, 10_000, 100)
	v.wantStage(first, "gone")
	v.balance(1, 1, 99e8, 1e8)
	v.balance(0, 1, 99.4e8, 0)
	for i := range int64(instruction.DefaultAmends) {
		v.want(amend(1, second, 900-i), 0)
	}
	v.want(amend(1, second, 100), instruction.TooManyAmends)

	v.trade(10_000) // of the second's
	id := v.placed(v.by(0, v.list(instruction.OCO, v.stop(instruction.Buy, instruction.StopLoss, 10_100, 10_200, 1000), v.maker(instruction.Buy, 9_900, 1000))))
	free := v.s.Balance(2, 2).Free
	v.want(amend(0, id, 500), 0)
	if b := v.s.Balance(2, 2); b.Held != 5_100e8 || b.Free != free+5_100e8 {
		t.Errorf("two orders of half the size hold %+v", b)
	}
	b := v.s.Market(1).Book
	if n := b.At(b.Find(id + 1)).Qty; n != milli(500) {
		t.Errorf("the other order asks for %d", n)
	}
}

// TestFilters: each of a market's filters refuses what is just outside, and takes what is just inside.
func TestFilters(t *testing.T) {
	for name, c := range map[string]struct {
		filters instruction.Filters
		good    func(v *venue) *instruction.PlaceOrder
		bad     func(v *venue) *instruction.PlaceOrder
		want    instruction.Reason
	}{
		"least": {instruction.Filters{MinQty: milli(10)},
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 10) },
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 9) }, instruction.QuantityOutOfRange},
		"notional": {instruction.Filters{MaxNotional: 9_000e8},
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 1000) },
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 1001) }, instruction.NotionalTooLarge},
		"bid": {instruction.Filters{BidUp: 11_000, BidDown: 9_000},
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 10) },
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 8_999, 10) }, instruction.PriceTooFarFromTrade},
		"ask": {instruction.Filters{AskUp: 11_000, AskDown: 9_000},
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Sell, 11_000, 10) },
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Sell, 11_001, 10) }, instruction.PriceTooFarFromTrade},
		"orders": {instruction.Filters{MaxOrders: 1},
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 10) },
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 10) }, instruction.TooManyOrders},
		"stops": {instruction.Filters{MaxAlgo: 1},
			func(v *venue) *instruction.PlaceOrder {
				return v.stop(instruction.Sell, instruction.StopLoss, 9_000, 9_000, 10)
			},
			func(v *venue) *instruction.PlaceOrder {
				return v.stop(instruction.Sell, instruction.StopLoss, 9_000, 9_000, 10)
			}, instruction.TooManyStops},
		"icebergs": {instruction.Filters{MaxIcebergs: 1},
			func(v *venue) *instruction.PlaceOrder {
				p := v.ask(instruction.Buy, 9_000, 10)
				p.Visible = milli(5)
				return p
			},
			func(v *venue) *instruction.PlaceOrder {
				p := v.ask(instruction.Buy, 9_000, 10)
				p.Visible = milli(5)
				return p
			}, instruction.TooManyIcebergs},
		"position": {instruction.Filters{MaxPosition: 100e8 + milli(10) - 100e3},
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 9) },
			func(v *venue) *instruction.PlaceOrder { return v.ask(instruction.Buy, 9_000, 1) }, instruction.PositionTooLarge},
		"market": {instruction.Filters{MarketMaxQty: milli(10)},
			func(v *venue) *instruction.PlaceOrder {
				return v.stop(instruction.Sell, instruction.StopLoss, 9_000, 0, 10)
			},
			func(v *venue) *instruction.PlaceOrder {
				return v.stop(instruction.Sell, instruction.StopLoss, 9_000, 0, 11)
			}, instruction.MarketQtyOutOfRange},
	} {
		v := newVenue(t, 3)
		v.trade(10_000)
		f := terms
		f.Filters = c.filters
		v.operator(&instruction.SetTerms{Market: 1, Terms: f})
		good, bad := c.good(v), c.bad(v)
		if r := v.s.Test(1, good); r != 0 {
			t.Errorf("%s: a good order would be refused: %v", name, r)
		}
		v.want(v.by(0, good), 0)
		if r := v.s.Test(1, bad); r != c.want {
			t.Errorf("%s: the test of a bad order says %v", name, r)
		}
		v.want(v.by(0, bad), c.want)
	}
	v := newVenue(t, 1)
	other := terms
	other.Lot *= 2
	v.want(v.step(instruction.Principal{Giver: instruction.ByOperator}, &instruction.SetTerms{Market: 1, Terms: other}), instruction.TermsDoNotFit)
}

// TestAmendPairThatTrails: one of a pair has no price but the last one, which has risen since. What the pair holds after it asks
// for less is what the dearer one needs, though the other alone could not be held for at that price.
func TestAmendPairThatTrails(t *testing.T) {
	v := newVenue(t, 3)
	v.trade(10_000)
	stop := v.stop(instruction.Buy, instruction.StopLoss, 11_000, 15_000, 1000)
	profit := v.stop(instruction.Buy, instruction.TakeProfit, 0, 0, 1000)
	profit.Trail = 2000
	v.want(v.by(0, v.list(instruction.OCO, stop, profit)), 0)
	v.balance(0, 2, 985_000e8, 15_000e8)
	v.trade(10_900)
	v.want(v.by(0, &instruction.AmendOrder{Market: 1, Client: stop.ClientID, ClientID: stop.ClientID, Qty: milli(999)}), 0)
	v.balance(0, 2, 1_000_000e8-14_985e8, 14_985e8)
}

// TestPairThatStartsInTwoRecords: the first of a pair is the last order that starts in its record, and the price by which the
// second is held for has fallen when that one starts. Together they hold what the dearer one needs.
func TestPairThatStartsInTwoRecords(t *testing.T) {
	many := terms
	many.Filters.MaxAlgo = MaxOpenOrders
	v := newVenueOf(t, 9, many)
	v.trade(10_000)
	for n := range maxStarts - 1 {
		v.want(v.by(3+n/199, v.stop(instruction.Sell, instruction.StopLoss, 9_900, 20_000, 1)), 0)
	}
	profit := v.stop(instruction.Buy, instruction.TakeProfit, 0, 0, 1000)
	profit.Trail = 2000
	in := v.list(instruction.OTOCO, v.ask(instruction.Buy, 9_900, 1000),
		v.stop(instruction.Buy, instruction.StopLoss, 11_000, 15_000, 1000), profit)
	id := v.placed(v.by(0, in))
	v.want(v.order(2, instruction.Buy, instruction.GTC, 5_000, 1), 0)
	v.want(v.order(1, instruction.Sell, instruction.IOC, 9_900, 1000), 0)
	v.wantStage(id+1, "waiting")
	v.wantStage(id+2, "pending")
	v.want(v.order(1, instruction.Sell, instruction.IOC, 5_000, 1), 0) // meets what waited for it
	v.wantStage(id+2, "waiting")
	v.balance(0, 2, 1_000_000e8-9_900e8-15_000e8, 15_000e8)
}
