package book

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	sellStop = instruction.StopLoss
	market   = instruction.MarketType
)

// stopped is a book where order 1 of account 7, which was asked as kind, has started and sells; order 2 of the account rests.
func stopped(t testing.TB, kind instruction.OrderType, tif instruction.TimeInForce, price money.Price) (*Book, Handle) {
	t.Helper()
	b := New(5)
	o := resting(1, instruction.Sell, price)
	o.Type, o.TIF = kind, tif
	h := b.PlaceMore(&o, &More{Trigger: sellStop, Stop: 90}, Waiting, true, 100)
	y := resting(2, instruction.Sell, 120)
	if h == 0 || b.Place(&y, true) == 0 || !b.Work(h, kind != market && tif == instruction.GTC, 101) {
		t.Fatal("no order that started")
	}
	return b, h
}

// TestCap: a market order that is capped rests like any other, is found, and is still known as what it was asked as.
func TestCap(t *testing.T) {
	b, h := stopped(t, market, instruction.IOC, 0)
	b.At(h).Risk = 10
	if b.Uncap(h) || !b.Fill(h, 3, 1, 102) || !b.Cap(h, 120, 103) {
		t.Fatal("not capped")
	}
	o := b.At(h)
	if m := b.More(o); !m.Capped || o.Updated != 103 || o.Type != instruction.Limit || o.TIF != instruction.GTC || o.Price != 120 ||
		o.Risk != 7 || o.Shown() != 7 || b.Level(instruction.Sell, 120) != 17 {
		t.Errorf("capped: %+v %+v", o, m)
	}
	if kind, tif, price := b.Asked(o); kind != market || tif != instruction.IOC || price != 0 {
		t.Errorf("asked as %s %s at %d", kind, tif, price)
	}
	other := b.Find(2)
	if b.FindClient(7, o.ClientID) != h || !slices.Equal(slices.Collect(b.Orders(7)), []Handle{h, other}) || b.Best(instruction.Sell) != other {
		t.Error("the order is not found where it belongs")
	}
	if b.Uncap(h) {
		t.Error("who asked for the market rests at what he asked for")
	}
	if !b.Cap(h, 115, 104) || b.Best(instruction.Sell) != h || b.Level(instruction.Sell, 120) != 10 || b.NextCapped(0) != h {
		t.Error("the order does not follow")
	}
	if err := b.Check(); err != nil {
		t.Error(err)
	}
	if !b.Remove(h) || b.NextCapped(0) != 0 || b.Check() != nil {
		t.Error("the order is not removed")
	}
}

// TestUncap: an order that has come to what it asked for follows no more, and may be capped again.
func TestUncap(t *testing.T) {
	b, h := stopped(t, instruction.Limit, instruction.IOC, 105)
	if !b.Cap(h, 130, 103) || b.Uncap(h) || b.Cap(h, 100, 104) || !b.Cap(h, 105, 105) || !b.Uncap(h) || b.Uncap(h) {
		t.Error("an order is capped beyond its limit, or does not come back to it")
	}
	o := b.At(h)
	if kind, tif, price := b.Asked(o); b.More(o).Capped || kind != instruction.Limit || tif != instruction.IOC || price != 105 {
		t.Errorf("asked as %s %s at %d", kind, tif, price)
	}
	b = read(t, 5, write(t, b))
	if h = b.Find(1); b.NextCapped(0) != 0 || !b.Cap(h, 110, 106) || b.NextCapped(0) != h || b.More(b.At(h)).Asked != 105 || b.Check() != nil {
		t.Error("the order is not capped again")
	}
	plain := b.Find(2)
	if kind, tif, price := b.Asked(b.At(plain)); kind != instruction.Limit || tif != instruction.GTC || price != 120 {
		t.Errorf("a plain order is asked as %s %s at %d", kind, tif, price)
	}
}

// TestCapRefused: what cannot rest there is not capped, and nothing changes.
func TestCapRefused(t *testing.T) {
	for why, cap := range map[string]func(b *Book, h Handle) bool{
		"off the tick":     func(b *Book, h Handle) bool { return b.Cap(h, 121, 200) },
		"at no price":      func(b *Book, h Handle) bool { return b.Cap(h, 0, 200) },
		"below no price":   func(b *Book, h Handle) bool { return b.Cap(h, -5, 200) },
		"above all prices": func(b *Book, h Handle) bool { return b.Cap(h, money.Price(money.MaxAmount)/5*5+5, 200) },
		"beyond its limit": func(b *Book, h Handle) bool { return b.Cap(h, 100, 200) },
		"nobody":           func(b *Book, _ Handle) bool { return b.Cap(0, 120, 200) },
		"no more to it":    func(b *Book, _ Handle) bool { return b.Cap(b.Find(2), 125, 200) },
		"it waits": func(b *Book, _ Handle) bool {
			o := resting(3, instruction.Sell, 105)
			return b.Cap(b.PlaceMore(&o, &More{Trigger: sellStop, Stop: 90}, Waiting, true, 100), 120, 200)
		},
		"nothing left": func(b *Book, h Handle) bool { b.Fill(h, 10, 1, 102); return b.Cap(h, 120, 200) },
		"its name is taken": func(b *Book, h Handle) bool {
			o := resting(3, instruction.Sell, 105)
			o.ClientID = b.At(h).ClientID
			return b.Place(&o, true) == 0 || b.Cap(h, 120, 200)
		},
		"all or nothing": func(b *Book, _ Handle) bool {
			o := resting(3, instruction.Sell, 105)
			o.TIF = instruction.FOK
			h := b.PlaceMore(&o, &More{Trigger: sellStop, Stop: 90}, Waiting, true, 100)
			return !b.Work(h, false, 101) || b.Cap(h, 120, 200)
		},
		"by quote": func(b *Book, _ Handle) bool {
			o := resting(3, instruction.Sell, 0)
			o.Type, o.TIF, o.Qty, o.QuoteQty = market, instruction.IOC, 0, 50
			return b.Cap(b.PlaceMore(&o, &More{Amends: 1}, Working, false, 100), 120, 200)
		},
	} {
		b, h := stopped(t, instruction.Limit, instruction.IOC, 105)
		if cap(b, h) {
			t.Errorf("%s: capped", why)
		}
		if o := b.At(h); o.Updated > 102 || o.Type != instruction.Limit || o.TIF != instruction.IOC || o.Price != 105 || *b.More(o) != (More{
			Trigger: sellStop, Stop: 90, Works: 101}) || b.NextCapped(0) != 0 || b.Level(instruction.Sell, 120) != 10 {
			t.Errorf("%s: changed: %+v %+v", why, o, b.More(o))
		}
		if err := b.Check(); err != nil {
			t.Errorf("%s: %v", why, err)
		}
	}
}

// TestEachCapped: capped orders come by id, whatever happens to them on the way.
func TestEachCapped(t *testing.T) {
	b := New(5)
	for id := range instruction.Order(40) {
		o := resting(id+1, instruction.Sell, 105)
		o.ClientID = instruction.ClientID{}
		b.PlaceMore(&o, &More{Trigger: sellStop, Stop: 90}, Waiting, true, 100)
	}
	for id := instruction.Order(40); id > 0; id-- { // the last first
		if h := b.Find(id); !b.Work(h, true, 101) || !b.Cap(h, 200, 101) {
			t.Fatalf("order %d is not capped", id)
		}
	}
	var seen []instruction.Order
	b.EachCapped(func(h Handle) bool {
		id := b.At(h).ID
		seen = append(seen, id)
		switch id % 5 {
		case 1:
			b.Remove(h)
		case 2:
			b.Cap(h, 105, 102)
			b.Uncap(h)
		case 3:
			b.Remove(b.Find(id + 1)) // which it would come to next
		case 0:
			b.Cap(h, 300, 102)
		}
		return id < 30
	})
	if want := []instruction.Order{1, 2, 3, 5, 6, 7, 8, 10, 11, 12, 13, 15, 16, 17, 18, 20, 21, 22, 23, 25, 26, 27, 28, 30}; !slices.Equal(seen, want) {
		t.Errorf("orders %d are seen, want %d", seen, want)
	}
	if b.NextCapped(30) != b.Find(31) || b.NextCapped(40) != 0 || len(b.capped) != 22 {
		t.Errorf("%d orders are capped, order %d after order 30", len(b.capped), b.At(b.NextCapped(30)).ID)
	}
	if err := b.Check(); err != nil {
		t.Error(err)
	}
	if slices.Reverse(b.capped); b.Check() == nil {
		t.Error("capped orders may be listed in any order")
	}
}

// TestRiskByQuote: what is reserved for an order by quote quantity shrinks with what is left of that.
func TestRiskByQuote(t *testing.T) {
	b := New(5)
	o := resting(1, instruction.Buy, 0)
	o.Type, o.TIF, o.Qty, o.QuoteQty, o.Risk = market, instruction.IOC, 0, 1000, 999
	h := b.Place(&o, false)
	for _, x := range []struct{ quote, risk money.Amount }{{0, 999}, {1, 999}, {499, 500}, {499, 1}, {1, 0}} {
		if !b.Fill(h, 7, x.quote, 101) || b.At(h).Risk != x.risk {
			t.Errorf("%d at risk after %d more, want %d", b.At(h).Risk, x.quote, x.risk)
		}
	}
	b.At(h).Risk = 5
	if !b.Fill(h, 7, 0, 101) || b.At(h).Risk != 0 {
		t.Errorf("%d at risk where nothing is left to pay with", b.At(h).Risk)
	}
}

// TestRisk: the largest risk there can be shrinks with the order, and is gone with it.
func TestRisk(t *testing.T) {
	b := New(5)
	o := resting(1, instruction.Sell, 105)
	o.Qty, o.Risk = money.MaxAmount, money.MaxAmount
	h := b.Place(&o, true)
	b.Fill(h, 1, 1, 101)
	if got := b.At(h).Risk; got != money.MaxAmount-1 {
		t.Errorf("%d at risk", got)
	}
	b.Amend(h, 11, o.ClientID, 101)
	if got := b.At(h).Risk; got != 10 {
		t.Errorf("%d at risk where 10 are left", got)
	}
	b.Prevent(h, 10, 1, 101)
	if got := b.At(h).Risk; got != 0 {
		t.Errorf("%d at risk where nothing is left", got)
	}
	o.ID, o.Risk = 2, -1
	if b.Place(&o, false) != 0 {
		t.Error("less than nothing is at risk")
	}
}

// TestCheckRisk: a risk below zero, and whatever is wrong with a capped order, is found, and is not read either.
func TestCheckRisk(t *testing.T) {
	for what, breaks := range map[string]func(b *Book, o *Order, m *More){
		"risk":              func(_ *Book, o *Order, _ *More) { o.Risk = -1 },
		"risk of a plain":   func(b *Book, _ *Order, _ *More) { b.At(b.Find(2)).Risk = -1 },
		"not capped":        func(_ *Book, _ *Order, m *More) { m.Capped = false },
		"never asked":       func(_ *Book, _ *Order, m *More) { m.AskedType = 0 },
		"asked type":        func(_ *Book, _ *Order, m *More) { m.AskedType = 4 },
		"asked post-only":   func(_ *Book, _ *Order, m *More) { m.AskedType = instruction.LimitMaker },
		"asked for market":  func(_ *Book, _ *Order, m *More) { m.AskedType = market },
		"all or nothing":    func(_ *Book, _ *Order, m *More) { m.AskedTIF = instruction.FOK },
		"no time in force":  func(_ *Book, _ *Order, m *More) { m.AskedTIF = 0 },
		"asked price":       func(_ *Book, _ *Order, m *More) { m.Asked++ },
		"no asked price":    func(_ *Book, _ *Order, m *More) { m.Asked = 0 },
		"negative price":    func(_ *Book, _ *Order, m *More) { m.Asked = -5 },
		"beyond its limit":  func(_ *Book, _ *Order, m *More) { m.Asked = 130 },
		"unlisted":          func(b *Book, _ *Order, _ *More) { b.capped = nil },
		"listed twice":      func(b *Book, _ *Order, _ *More) { b.capped = append(b.capped, b.capped[0]) },
		"a plain is listed": func(b *Book, _ *Order, _ *More) { b.capped[0] = b.Find(2) },
		"nobody is listed":  func(b *Book, _ *Order, _ *More) { b.capped = append(b.capped, 0) },
	} {
		b, h := stopped(t, instruction.Limit, instruction.IOC, 105)
		if !b.Cap(h, 120, 103) || b.Check() != nil {
			t.Fatal("no capped order")
		}
		breaks(b, b.At(h), b.More(b.At(h)))
		if err := b.Check(); err == nil {
			t.Errorf("%s: not found", what)
		}
		if len(b.capped) != 1 || b.capped[0] != h {
			continue // what is persisted does not tell of the list
		}
		in := instruction.Reader(write(t, b))
		fresh := New(5)
		fresh.Fields(&in)
		if err := in.End(); err == nil && what != "never asked" || fresh.Len() > 0 && err != nil { // nothing is written of what never was
			t.Errorf("%s: read with %v", what, err)
		} else if err != nil && !strings.Contains(err.Error(), "at risk") && !strings.Contains(err.Error(), "asked for what it could not") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestBeforeRisk: what was written before there were budgets is read, with nothing at risk and nothing capped.
func TestBeforeRisk(t *testing.T) {
	b := New(5)
	plain, odd := resting(1, instruction.Buy, 95), resting(2, instruction.Sell, 105)
	b.Place(&plain, true)
	b.PlaceMore(&odd, &More{Visible: 3}, Working, true, 100)
	var old []byte
	for _, side := range bothSides {
		c := instruction.Writer(old)
		c.Count(1, MaxOrders)
		o := b.At(b.Best(side))
		o.fields(&c)
		old = c.Bytes()[:len(c.Bytes())-8] // without the risk
		if o.more != 0 {
			c = instruction.Writer(old)
			b.mores.at(o.more).fields(&c, o)
			old = c.Bytes()[:len(c.Bytes())-1] // without what it was asked as
		}
	}
	c := instruction.Writer(old)
	for range queues - 2 {
		c.Count(0, MaxOrders)
	}
	in := instruction.ReaderOf(c.Bytes(), 2)
	got := New(5)
	if got.Fields(&in); in.End() != nil {
		t.Fatal(in.End())
	}
	if !bytes.Equal(write(t, got), write(t, b)) || got.Check() != nil {
		t.Error("the book is another one")
	}
}
