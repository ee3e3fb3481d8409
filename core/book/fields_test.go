package book

import (
	"bytes"
	"cmp"
	"errors"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

func write(t testing.TB, b *Book) []byte {
	t.Helper()
	c := instruction.Writer(nil)
	b.Fields(&c)
	if c.Err() != nil {
		t.Fatal(c.Err())
	}
	return c.Bytes()
}

func read(t testing.TB, tick money.Price, from []byte) *Book {
	t.Helper()
	b := New(tick)
	c := instruction.Reader(from)
	b.Fields(&c)
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	return b
}

// resting is a good order to start from.
func resting(id instruction.Order, side instruction.Side, price money.Price) Order {
	return Order{ID: id, Account: 7, Credential: 3, Side: side, Type: instruction.Limit, TIF: instruction.GTC,
		Price: price, Qty: 10, Held: 5, ClientID: name(int(id)), Placed: 100, Updated: 100}
}

// small is a book of five orders on both sides.
func small(t testing.TB) *Book {
	t.Helper()
	b := New(5)
	for _, o := range []Order{
		resting(1, instruction.Buy, 95), resting(2, instruction.Buy, 100), resting(4, instruction.Buy, 95),
		resting(6, instruction.Sell, 105), resting(9, instruction.Sell, 500_000),
	} {
		if b.Place(&o, true) == 0 {
			t.Fatalf("order %d is not placed", o.ID)
		}
	}
	return b
}

// TestCanonical: bytes tell of the orders and of nothing that was before.
func TestCanonical(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	p := &pair{t: t, r: rand.New(rand.NewSource(seed)), book: New(1), tick: 1, mid: 5000, far: 20}
	for range 20_000 {
		p.step(200)
	}
	all := slices.Concat(p.m.sides[0], p.m.sides[1])
	slices.SortFunc(all, func(x, y *Order) int { return cmp.Compare(x.ID, y.ID) })
	if len(all) < 100 {
		t.Fatalf("only %d orders to compare", len(all))
	}
	fresh := New(1)
	for _, o := range all {
		if fresh.Place(o, true) == 0 {
			t.Fatalf("order %d is not placed", o.ID)
		}
	}
	if !bytes.Equal(write(t, p.book), write(t, fresh)) {
		t.Error("two books of the same orders are written differently")
	}
}

// TestUnfinished: a book in the middle of a match is not written.
func TestUnfinished(t *testing.T) {
	b := small(t)
	o := resting(10, instruction.Buy, 0)
	o.Type, o.TIF = instruction.MarketType, instruction.IOC
	h := b.Place(&o, false)
	fails := func(why string) {
		t.Helper()
		c := instruction.Writer(nil)
		if b.Fields(&c); !errors.Is(c.Err(), instruction.ErrCodec) {
			t.Errorf("%s: written with %v", why, c.Err())
		}
	}
	fails("an order that does not rest")
	b.Remove(h)
	write(t, b)
	o = resting(11, instruction.Buy, 105)
	b.Place(&o, true)
	fails("a bid that meets an ask")
}

// list is a side as Fields writes it.
func list(c *instruction.Codec, orders ...Order) {
	c.Count(len(orders), MaxOrders)
	for i := range orders {
		orders[i].fields(c)
	}
}

// TestFieldsRefuses: what could not have been written is not read, the error says why, and nothing of it stays.
func TestFieldsRefuses(t *testing.T) {
	bid, ask := resting(2, instruction.Buy, 100), resting(3, instruction.Sell, 105)
	with := func(change func(o *Order)) Order {
		o := bid
		change(&o)
		return o
	}
	for _, x := range []struct {
		why        string
		bids, asks []Order
	}{
		{"", []Order{bid}, []Order{ask}},
		{"out of its order", []Order{resting(1, instruction.Buy, 95), bid}, nil},
		{"out of its order", []Order{bid, resting(1, instruction.Buy, 100)}, nil},
		{"out of its order", nil, []Order{ask, resting(4, instruction.Sell, 100)}},
		{"there twice", []Order{bid}, []Order{with(func(o *Order) { o.Side, o.Price, o.ClientID = instruction.Sell, 105, name(9) })}},
		{"has the client order id of another", []Order{bid, with(func(o *Order) { o.ID = 5 })}, nil},
		{"a bid that meets an ask", []Order{bid}, []Order{resting(3, instruction.Sell, 100)}},
		{"order 0 of account", []Order{with(func(o *Order) { o.ID = 0 })}, nil},
		{"of account", []Order{with(func(o *Order) { o.Account = 0 })}, nil},
		{"of account", []Order{with(func(o *Order) { o.Account = MaxAccount + 1 })}, nil},
		{"off the tick or out of range", []Order{with(func(o *Order) { o.Price = 101 })}, nil},
		{"off the tick or out of range", []Order{with(func(o *Order) { o.Price = 0 })}, nil},
		{"off the tick or out of range", []Order{with(func(o *Order) { o.Price = -100 })}, nil},
		{"off the tick or out of range", []Order{with(func(o *Order) { o.Price = money.Price(money.MaxAmount)/5*5 + 5 })}, nil},
		{"its amounts are out of range", []Order{with(func(o *Order) { o.Qty = 0 })}, nil},
		{"its amounts are out of range", []Order{with(func(o *Order) { o.Qty = money.MaxAmount + 1 })}, nil},
		{"its amounts are out of range", []Order{with(func(o *Order) { o.Done = o.Qty })}, nil},
		{"its amounts are out of range", []Order{with(func(o *Order) { o.Done = -1 })}, nil},
		{"its amounts are out of range", []Order{with(func(o *Order) { o.Paid = -1 })}, nil},
		{"its amounts are out of range", []Order{with(func(o *Order) { o.Held = -1 })}, nil},
		{"a kind that does not rest", []Order{with(func(o *Order) { o.Type = instruction.MarketType })}, nil},
		{"a kind that does not rest", []Order{with(func(o *Order) { o.TIF = instruction.FOK })}, nil},
	} {
		c := instruction.Writer(nil)
		list(&c, x.bids...)
		list(&c, x.asks...)
		for range queues - 2 {
			list(&c)
		}
		b := small(t)
		in := instruction.Reader(c.Bytes())
		b.Fields(&in)
		if x.why == "" {
			if in.End() != nil || b.Len() != 2 {
				t.Errorf("a good book is not read: %v", in.End())
			}
			continue
		}
		if err := in.End(); !errors.Is(err, instruction.ErrCodec) || !strings.Contains(err.Error(), x.why) {
			t.Errorf("%s: read with %v", x.why, err)
		}
		if b.Len() != 0 || b.Best(instruction.Buy) != 0 || b.Find(2) != 0 || b.Count(7) != 0 || b.Check() != nil {
			t.Errorf("%s: something of it stays", x.why)
		}
	}
}

// FuzzFields: no bytes panic; what is read is a sound book, and is written as it was read.
func FuzzFields(f *testing.F) {
	r := rand.New(rand.NewSource(1))
	seeds := [][]byte{write(f, New(5)), write(f, small(f)), write(f, oddities(f))}
	for i := range 40 {
		damaged := bytes.Clone(seeds[1+i%2])
		damaged[r.Intn(len(damaged))] ^= 1 << r.Intn(8)
		seeds = append(seeds, damaged, damaged[:r.Intn(len(damaged))])
	}
	for _, s := range seeds {
		f.Add(s)
	}
	if len(seeds) != 83 || len(seeds[1]) < 5*70 || len(seeds[2]) < 9*150 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		b := New(5)
		c := instruction.Reader(in)
		if b.Fields(&c); c.End() != nil {
			return
		}
		if err := b.Check(); err != nil {
			t.Error(err)
		}
		if out := write(t, b); !bytes.Equal(in, out) {
			t.Errorf("read %x, written %x", in, out)
		}
	})
}

// oddities is a book with an order in every queue: an iceberg, a stop that falls and one that rises, a trail, one that is to
// start, one that is pending, and of those that are capped or were one that was asked for the market and one at a limit.
func oddities(t testing.TB) *Book {
	t.Helper()
	b := New(5)
	for i, m := range []More{
		{Visible: 3}, {Trigger: instruction.StopLoss, Stop: 90}, {Trigger: instruction.TakeProfit, Stop: 120},
		{Trigger: instruction.StopLoss, Trail: 100}, {List: 1, Shape: instruction.OTO, Leg: 1}, {List: 2, Shape: instruction.OCO, Leg: 1, Visible: 10},
	} {
		o := resting(instruction.Order(i+1), instruction.Sell, 105)
		stage := Working
		switch {
		case m.Trigger != 0:
			stage = Waiting
		case m.Shape == instruction.OTO:
			stage = Pending
		}
		h := b.PlaceMore(&o, &m, stage, true, 100)
		if h == 0 {
			t.Fatalf("order %d is not placed", o.ID)
		}
		if i == 2 {
			b.Ready(h)
		}
	}
	for i, asks := range []money.Price{0, 105, 110} {
		o := resting(instruction.Order(i+7), instruction.Sell, asks)
		if o.Risk, o.TIF = 1000, instruction.IOC; asks == 0 {
			o.Type = instruction.MarketType
		}
		h := b.PlaceMore(&o, &More{Trigger: instruction.StopLoss, Stop: 90}, Waiting, true, 100)
		if !b.Work(h, false, 101) || !b.Cap(h, 110, 102) {
			t.Fatalf("order %d is not capped", o.ID)
		}
		if asks == 110 {
			b.Uncap(h)
		}
	}
	return b
}

// TestOddFieldsRefused: what few orders have is held against the queue that they lie in.
func TestOddFieldsRefused(t *testing.T) {
	good := write(t, oddities(t))
	refused := 0
	for i := range good {
		for bit := range 8 {
			in := bytes.Clone(good)
			in[i] ^= 1 << bit
			b := New(5)
			c := instruction.Reader(in)
			if b.Fields(&c); c.End() != nil {
				refused++
			} else if err := b.Check(); err != nil {
				t.Errorf("byte %d bit %d: %v", i, bit, err)
			} else if !bytes.Equal(in, write(t, b)) {
				t.Errorf("byte %d bit %d: read, and written differently", i, bit)
			}
		}
	}
	if refused < len(good) {
		t.Errorf("%d of %d changes are refused", refused, 8*len(good))
	}
}
