package book

import (
	"cmp"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// kind makes an order that is to start one of the market, one that must be filled at once, or one that must not take.
func (x *odds) kind(o *odd) {
	switch x.r.Intn(5) {
	case 0:
		o.Type, o.TIF, o.Price = instruction.MarketType, instruction.IOC, 0
	case 1:
		o.TIF = instruction.IOC
	case 2:
		if x.r.Intn(4) == 0 {
			o.TIF = instruction.FOK
		}
	case 3:
		o.Type = instruction.LimitMaker
	}
	if o.TIF != instruction.GTC {
		o.visible, o.m.Visible = 0, 0
	}
}

// pass fills an order that only passes, caps it while others came meanwhile, and removes it where that is refused.
func (x *odds) pass(o *odd) {
	h := x.b.Find(o.ID)
	if h == 0 || x.b.FindClient(o.Account, o.ClientID) == h || slices.Contains(slices.Collect(x.b.Orders(o.Account)), h) {
		x.t.Errorf("order %d does not only pass", o.ID)
	}
	for range x.r.Intn(3) {
		x.place()
	}
	if x.r.Intn(3) == 0 {
		x.rival(o)
	}
	if o.Left() > 1 && x.r.Intn(2) == 0 {
		qty := 1 + money.Amount(x.r.Int63n(int64(o.Left()-1)))
		if !x.b.Fill(h, qty, 1, x.now) {
			x.t.Errorf("order %d is not filled", o.ID)
		}
		o.Done += qty
		x.lose(o, qty)
	}
	if x.cap(o) {
		x.did["capped passing"]++
	} else {
		x.remove(o)
	}
}

// rival places an order of the same account and name as one that only passes.
func (x *odds) rival(o *odd) {
	x.id++
	y := &odd{Order: resting(x.id, instruction.Sell, x.price(instruction.Sell))}
	y.Account, y.ClientID, y.Qty, y.turn = o.Account, o.ClientID, 7, x.turn+1
	y.asked = asked{y.Type, y.TIF, y.Price}
	if x.b.PlaceMore(&y.Order, &y.m, Working, true, x.last) == 0 {
		return // somebody has it already
	}
	x.turn++
	y.show()
	x.all = append(x.all, y)
}

// cap caps an order at some price, and says whether it was to be.
func (x *odds) cap(o *odd) bool {
	if o == nil {
		return false
	}
	price := x.price(o.Side)
	switch x.r.Intn(6) {
	case 0:
		price += money.Price(x.r.Intn(3))
	case 1, 2:
		price = o.asked.price
	}
	h := x.b.Find(o.ID)
	passing := o.stage == Working && o.Price == 0 || o.TIF == instruction.IOC
	taken := passing && x.b.FindClient(o.Account, o.ClientID) != 0
	beyond := o.Side == instruction.Buy && price > o.asked.price || o.Side == instruction.Sell && price < o.asked.price
	can := o.stage == Working && o.TIF != instruction.FOK && !taken && price > 0 && price%5 == 0 &&
		(o.asked.kind == instruction.MarketType || !beyond)
	was := bare(x.b.At(h))
	if x.b.Cap(h, price, x.now) != can {
		x.t.Errorf("order %d %+v is capped at %d: %t", o.ID, o.asked, price, !can)
	}
	if !can {
		if x.did["not capped"]++; taken {
			x.did["name taken"]++
		}
		if is := bare(x.b.At(h)); is != was {
			x.t.Errorf("order %d is not capped, and was changed from %+v to %+v", o.ID, was, is)
		}
		return false
	}
	if x.did["capped"]++; o.capped {
		x.did["capped again"]++
	}
	if o.Type == instruction.MarketType {
		o.Type = instruction.Limit
	}
	x.turn++
	o.TIF, o.Price, o.Updated, o.capped, o.turn = instruction.GTC, price, x.now, true, x.turn
	o.show()
	return true
}

// mostlyCapped is some order, rather one that is capped.
func (x *odds) mostlyCapped() *odd {
	some := x.any()
	for _, o := range x.all {
		if o.capped && x.r.Intn(4) == 0 {
			some = o
		}
	}
	return some
}

// uncap has an order follow no more, where it rests at what it asked for.
func (x *odds) uncap(o *odd) {
	if o == nil {
		return
	}
	can := o.capped && o.Price == o.asked.price
	if x.b.Uncap(x.b.Find(o.ID)) != can {
		x.t.Errorf("order %d at %d %+v is uncapped: %t", o.ID, o.Price, o.asked, !can)
	}
	if !can {
		x.did["not uncapped"]++
		return
	}
	o.capped = false
	x.did["uncapped"]++
}

// compareCapped holds who is capped, who belongs to whom, and what each was asked as against the model.
func (x *odds) compareCapped() {
	byID := slices.SortedFunc(slices.Values(x.all), func(a, b *odd) int { return cmp.Compare(a.ID, b.ID) })
	var want, got []instruction.Order
	accounts := map[instruction.Account][]instruction.Order{}
	for _, o := range byID {
		if o.capped {
			want = append(want, o.ID)
		}
		accounts[o.Account] = append(accounts[o.Account], o.ID)
		k := x.b.At(x.b.Find(o.ID))
		if kind, tif, price := x.b.Asked(k); o.asked != (asked{kind, tif, price}) || k.Type != o.Type || k.TIF != o.TIF || k.Price != o.Price {
			x.t.Errorf("order %d is a %s %s at %d, asked as %s %s at %d, want %+v", o.ID, k.Type, k.TIF, k.Price, kind, tif, price, o.asked)
		}
	}
	x.b.EachCapped(func(h Handle) bool { got = append(got, x.b.At(h).ID); return true })
	if !slices.Equal(got, want) {
		x.t.Errorf("orders %d are capped, want %d", got, want)
	}
	for a, ids := range accounts {
		var got []instruction.Order
		for h := range x.b.Orders(a) {
			got = append(got, x.b.At(h).ID)
		}
		if !slices.Equal(got, ids) || x.b.Count(a) != len(ids) {
			x.t.Errorf("account %d has orders %d, want %d", a, got, ids)
		}
	}
}
