package book

import (
	"bytes"
	"math/rand"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// odd is an order as the naive model of this test has it: everything at hand, nothing linked.
type odd struct {
	Order
	m       More
	stage   Stage
	due     bool
	turn    int // when it came into its queue
	visible money.Amount
	shown   money.Amount
	capped  bool
	asked   asked
}

// asked is what an order was asked as.
type asked struct {
	kind  instruction.OrderType
	tif   instruction.TimeInForce
	price money.Price
}

// odds is a book of orders that are not plain, beside its model: a slice, searched and sorted anew for each question.
type odds struct {
	t    *testing.T
	r    *rand.Rand
	b    *Book
	all  []*odd
	id   instruction.Order
	turn int
	last money.Price
	now  instruction.Time
	did  map[string]int
}

// TestOdd: stops, trails, icebergs, pending, amended and capped orders do in the book as in the model.
func TestOdd(t *testing.T) {
	const seed = 20220301
	t.Logf("seed %d", seed)
	for run := range int64(4) {
		x := &odds{t: t, r: rand.New(rand.NewSource(seed + run)), b: New(5), did: map[string]int{}}
		for op := range 9_000 {
			x.now++
			x.step()
			x.compare()
			if op%500 == 499 {
				x.again()
			}
			if t.Failed() {
				t.Fatalf("run %d, operation %d", run, op)
			}
		}
		for _, what := range []string{"place", "iceberg", "stop", "trail", "pending", "started", "due", "prevented", "amended", "removed", "filled", "refreshed",
			"capped", "capped again", "capped passing", "not capped", "name taken", "uncapped", "not uncapped", "at risk"} {
			if x.did[what] < 50 {
				t.Errorf("%s: %d times only", what, x.did[what])
			}
		}
	}
}

func (x *odds) step() {
	switch n := x.r.Intn(114); {
	case n >= 106:
		x.cap(x.mostlyCapped())
	case n >= 100:
		x.uncap(x.mostlyCapped())
	case n < 45 && len(x.all) < 120:
		x.place()
	case n < 60:
		x.fill()
	case n < 72:
		x.trade(x.price(0))
	case n < 84:
		x.start()
	case n < 88:
		x.prevent()
	case n < 93:
		x.amend()
	default:
		x.remove(x.any())
	}
}

// price is near 1000, on a side if one is given, so that nothing crosses.
func (x *odds) price(s instruction.Side) money.Price {
	n := money.Price(1+x.r.Intn(20)) * 5
	if s == instruction.Buy || s == 0 && x.r.Intn(2) == 0 {
		return 1000 - n
	}
	return 1000 + n
}

func (x *odds) any() *odd {
	if len(x.all) == 0 {
		return nil
	}
	return x.all[x.r.Intn(len(x.all))]
}

func (x *odds) place() {
	x.id += 1 + instruction.Order(x.r.Intn(3))
	o := &odd{Order: resting(x.id, instruction.Buy+instruction.Side(x.r.Intn(2)), 0)}
	o.Account = 1 + instruction.Account(x.r.Intn(4))
	o.Price, o.Qty, o.Placed, o.Updated = x.price(o.Side), 1+money.Amount(x.r.Intn(40)), x.now, x.now
	o.ClientID = name(int(x.id))
	if x.r.Intn(3) == 0 {
		o.visible = 1 + money.Amount(x.r.Int63n(int64(o.Qty)))
		o.m.Visible = o.visible
		x.did["iceberg"]++
	}
	switch x.r.Intn(4) {
	case 0:
		o.m.Trigger = instruction.StopLoss + instruction.Trigger(x.r.Intn(2))
		o.stage, o.m.Stop = Waiting, x.price(0)
		if x.r.Intn(2) == 0 {
			o.m.Trail = uint16(1 + x.r.Intn(500))
			if x.r.Intn(2) == 0 {
				o.m.Stop = 0
			}
			x.did["trail"]++
		}
		x.did["stop"]++
	case 1:
		o.stage = Pending
		o.m.List, o.m.Shape, o.m.Leg = instruction.List(x.id), instruction.OTO, 1
		x.did["pending"]++
	}
	if o.stage != Working {
		x.kind(o)
	}
	o.asked = asked{o.Type, o.TIF, o.Price}
	x.did["place"]++
	if o.stage == Waiting && o.m.Trail == 0 && x.last != 0 && Reached(&o.Order, &o.m, x.last) {
		return // the core refuses it
	}
	taken := slices.ContainsFunc(x.all, func(y *odd) bool { return y.Account == o.Account && y.ClientID == o.ClientID })
	if (x.b.PlaceMore(&o.Order, &o.m, o.stage, true, x.last) == 0) != taken {
		x.t.Errorf("order %d placed: %t, its name taken: %t", o.ID, taken, taken)
	}
	if taken {
		return
	}
	x.turn++
	o.turn = x.turn
	if o.m.Trail != 0 && o.m.Stop == 0 {
		o.m.Best = x.last
	}
	o.show()
	x.all = append(x.all, o)
}

func (o *odd) show() {
	if o.shown = o.Left(); o.visible != 0 {
		o.shown = min(o.visible, o.Left())
	}
}

// queue are the orders that fit, as they are sorted.
func (x *odds) queue(fits func(*odd) bool, before func(a, b *odd) int) []*odd {
	var list []*odd
	for _, o := range x.all {
		if fits(o) {
			list = append(list, o)
		}
	}
	slices.SortFunc(list, func(a, b *odd) int {
		if n := before(a, b); n != 0 {
			return n
		}
		return a.turn - b.turn
	})
	return list
}

func (x *odds) side(s instruction.Side) []*odd {
	return x.queue(func(o *odd) bool { return o.stage == Working && o.Side == s }, func(a, b *odd) int {
		if s == instruction.Buy {
			return int(b.Price - a.Price)
		}
		return int(a.Price - b.Price)
	})
}

func byTurn(*odd, *odd) int { return 0 }

func (x *odds) due() []*odd { return x.queue(func(o *odd) bool { return o.due }, byTurn) }

// fill has somebody take from the first of a side.
func (x *odds) fill() {
	list := x.side(instruction.Buy + instruction.Side(x.r.Intn(2)))
	if len(list) == 0 {
		return
	}
	o := list[0]
	h := x.b.Best(o.Side)
	if x.b.At(h).ID != o.ID || x.b.At(h).Shown() != o.shown {
		x.t.Fatalf("order %d is first with %d, want order %d with %d", x.b.At(h).ID, x.b.At(h).Shown(), o.ID, o.shown)
	}
	qty := 1 + money.Amount(x.r.Int63n(int64(o.shown)))
	if !x.b.Fill(h, qty, 1, x.now) {
		x.t.Errorf("order %d is not filled", o.ID)
	}
	x.did["filled"]++
	o.Done += qty
	x.lose(o, qty)
	x.trade(o.Price)
}

// lose takes qty off what shows of an order, and the order away where nothing is left.
func (x *odds) lose(o *odd, qty money.Amount) {
	if o.Risk != 0 {
		o.Risk = scaled(o.Risk, o.Left(), o.Left()+qty)
		x.did["at risk"]++
	}
	if o.Left() == 0 {
		x.remove(o)
		return
	}
	if o.shown -= qty; o.shown <= 0 && o.stage == Working {
		x.turn++
		o.turn = x.turn
		x.did["refreshed"]++
	}
	if o.visible == 0 || o.shown <= 0 || o.stage != Working {
		o.show()
	}
}

func (x *odds) trade(p money.Price) {
	if p == x.last {
		return
	}
	x.last = p
	x.b.Traded(p, x.now)
	for _, rising := range []bool{true, false} {
		for _, o := range x.queue(func(o *odd) bool {
			return o.stage == Waiting && !o.due && o.m.Trail == 0 && o.m.Trigger.Rising(o.Side) == rising && Reached(&o.Order, &o.m, p)
		}, func(a, b *odd) int {
			if rising {
				return int(a.m.Stop - b.m.Stop)
			}
			return int(b.m.Stop - a.m.Stop)
		}) {
			x.ready(o)
		}
	}
	for _, o := range x.queue(func(o *odd) bool { return o.stage == Waiting && !o.due && o.m.Trail != 0 }, byTurn) {
		best := float64(max(o.m.Best, p))
		if o.Side == instruction.Buy {
			best = float64(min(o.m.Best, p))
		}
		switch away := float64(o.m.Trail) / 10_000; {
		case o.m.Best == 0:
			if o.m.Stop == 0 || Reached(&o.Order, &o.m, p) {
				o.m.Best = p
			}
			continue
		case o.Side == instruction.Sell && float64(p) <= best*(1-away)+1e-9, o.Side == instruction.Buy && float64(p) >= best*(1+away)-1e-9:
			x.ready(o)
		}
		o.m.Best = money.Price(best)
	}
}

func (x *odds) ready(o *odd) {
	x.turn++
	o.due, o.turn = true, x.turn
	x.did["due"]++
}

// start has the first that is to go on, or makes one that is pending due.
func (x *odds) start() {
	list := x.due()
	if len(list) == 0 {
		if o := x.any(); o != nil && o.stage == Pending && !o.due {
			x.b.Ready(x.b.Find(o.ID))
			x.ready(o)
		}
		return
	}
	o := list[0]
	h := x.b.Due()
	if x.b.At(h).ID != o.ID {
		x.t.Fatalf("order %d is to start, want order %d", x.b.At(h).ID, o.ID)
	}
	o.Updated = x.now
	rests := o.Type != instruction.MarketType && o.TIF == instruction.GTC
	if !x.b.Work(h, rests, x.now) {
		x.t.Errorf("order %d does not start", o.ID)
	}
	o.Risk = money.Amount(x.r.Int63n(1000))
	x.b.At(h).Risk = o.Risk
	x.turn++
	o.stage, o.due, o.turn = Working, false, x.turn
	o.show()
	x.did["started"]++
	if !rests {
		x.pass(o)
	}
}

func (x *odds) prevent() {
	o := x.any()
	if o == nil {
		return
	}
	qty := 1 + money.Amount(x.r.Int63n(int64(o.Left())))
	if !x.b.Prevent(x.b.Find(o.ID), qty, 1, x.now) {
		x.t.Errorf("order %d loses nothing", o.ID)
	}
	o.Qty -= qty
	x.did["prevented"]++
	x.lose(o, qty)
}

func (x *odds) amend() {
	o := x.any()
	if o == nil || o.Left() < 2 {
		return
	}
	qty := o.Done + 1 + money.Amount(x.r.Int63n(int64(o.Left()-1)))
	id := name(int(x.id) + x.r.Intn(3))
	h := x.b.Find(o.ID)
	taken := id != o.ClientID && x.b.FindClient(o.Account, id) != 0
	if x.b.Amend(h, qty, id, x.now) == taken {
		x.t.Errorf("order %d amended: %t, its name taken: %t", o.ID, !taken, taken)
	}
	if taken {
		return
	}
	o.Risk = scaled(o.Risk, qty-o.Done, o.Left())
	o.Qty, o.ClientID = qty, id
	if o.visible != 0 {
		o.visible = min(o.visible, qty)
		o.shown = min(o.shown, o.visible, o.Left())
	} else {
		o.show()
	}
	x.did["amended"]++
}

func (x *odds) remove(o *odd) {
	if o == nil {
		return
	}
	if !x.b.Remove(x.b.Find(o.ID)) {
		x.t.Errorf("order %d is not removed", o.ID)
	}
	x.all = slices.DeleteFunc(x.all, func(y *odd) bool { return y == o })
	x.did["removed"]++
}

// compare holds the book against the model.
func (x *odds) compare() {
	if err := x.b.Check(); err != nil {
		x.t.Error(err)
	}
	for _, s := range bothSides {
		list := x.side(s)
		levels := map[money.Price]money.Amount{}
		for _, o := range list {
			levels[o.Price] += o.shown
		}
		x.b.Walk(s, func(h Handle) bool {
			if len(list) == 0 || x.b.At(h).ID != list[0].ID {
				x.t.Errorf("order %d is next on the %s side", x.b.At(h).ID, s)
				return false
			}
			list = list[1:]
			return true
		})
		for p, want := range levels {
			if got := x.b.Level(s, p); got != want {
				x.t.Errorf("%d show at %d, want %d", got, p, want)
			}
		}
		if len(list) > 0 {
			x.t.Errorf("%d orders are not in the book", len(list))
		}
	}
	due := x.due()
	x.b.walk(starting, func(h Handle) bool {
		if len(due) == 0 || x.b.At(h).ID != due[0].ID {
			x.t.Errorf("order %d is to start next", x.b.At(h).ID)
			return false
		}
		due = due[1:]
		return true
	})
	for _, o := range x.all {
		h := x.b.Find(o.ID)
		if h == 0 || x.b.At(h).Stage() != o.stage || x.b.At(h).Left() != o.Left() || x.b.FindClient(o.Account, o.ClientID) != h ||
			x.b.More(x.b.At(h)).Best != o.m.Best || x.b.At(h).Risk != o.Risk || len(due) > 0 {
			x.t.Errorf("order %d is not as it should be", o.ID)
		}
	}
	x.compareCapped()
	if x.b.Len() != len(x.all) {
		x.t.Errorf("%d orders, want %d", x.b.Len(), len(x.all))
	}
}

// again goes on with a copy of the book, by way of its persisted form.
func (x *odds) again() {
	was := write(x.t, x.b)
	x.b = read(x.t, 5, was)
	if !bytes.Equal(was, write(x.t, x.b)) {
		x.t.Error("a copy is written differently")
	}
}
