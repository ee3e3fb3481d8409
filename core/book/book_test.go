package book

import (
	"fmt"
	"math"
	"math/big"
	"math/rand"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// TestAllocations: steady trading allocates nothing.
func TestAllocations(t *testing.T) {
	b := small(t)
	id := instruction.Order(100)
	var names [64]instruction.ClientID
	for i := range names {
		names[i], _ = instruction.ClientIDOf(fmt.Sprintf("a-client-order-id-%d", i))
	}
	n := 0
	like := resting(1, instruction.Buy, 5)
	round := func() {
		for i := range names {
			id++
			o := like
			o.ID, o.Side = id, instruction.Buy+instruction.Side(i&1)
			o.Price = money.Price(50+5*(i%8)) + money.Price(i&1)*100
			o.ClientID = names[i]
			if b.Place(&o, true) == 0 {
				t.Fatalf("order %d is not placed", id)
			}
		}
		id++
		o := like
		o.ID, o.Side, o.Type, o.TIF = id, instruction.Sell, instruction.MarketType, instruction.IOC
		taker := b.Place(&o, false)
		b.Walk(instruction.Buy, func(Handle) bool { n++; return true })
		b.Levels(instruction.Sell, func(money.Price, money.Amount, int) bool { n++; return true })
		b.Fill(b.Best(instruction.Buy), 1, 1, 1)
		b.Fill(taker, 1, 1, 1)
		b.Remove(taker)
		for i := range names {
			n += int(b.FindClient(7, names[i])) + int(b.Level(instruction.Buy, money.Price(5*i)))
		}
		for h := range b.Orders(7) {
			if b.At(h).ID > 100 {
				b.Remove(h)
			}
		}
	}
	round()
	if got := testing.AllocsPerRun(100, round); got != 0 {
		t.Errorf("%v allocations in a round", got)
	}
	if b.Len() != 5 || n == 0 {
		t.Errorf("%d orders are left", b.Len())
	}
}

// TestFarLevels: a hundred thousand orders on as many pages, spread over all prices there are, are found in few steps;
// when they are gone their places serve the next.
func TestFarLevels(t *testing.T) {
	const seed, orders = 3, 100_000
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	b := New(1)
	id := instruction.Order(0)
	l := b.side(instruction.Sell)
	var used [3]uint32
	for round := range 2 {
		for range orders {
			id++
			o := resting(id, instruction.Sell, 1+money.Price(r.Int63n(int64(money.MaxAmount))))
			o.ClientID = instruction.ClientID{}
			b.Place(&o, true)
		}
		if err := b.Check(); err != nil {
			t.Fatal(err)
		}
		if d := l.tree.depth(l.tree.root); d > 58 {
			t.Errorf("a page is %d steps away", d)
		}
		before := money.Price(0)
		for range orders {
			h := b.Best(instruction.Sell)
			if p := b.At(h).Price; p < before {
				t.Fatalf("%d trades after %d", p, before)
			} else {
				before = p
			}
			b.Remove(h)
		}
		now := [3]uint32{b.used, l.tree.used, b.places}
		if round == 1 && now[2] != used[2] || now[0] > orders || now[1] >= orders {
			t.Errorf("%d pages, forks and orders where there were %d", now, used)
		}
		used = now
	}
}

func (t *tree) depth(at branch) int {
	if at >= 0 {
		return 0
	}
	f := t.fork(at)
	return 1 + max(t.depth(f.below[0]), t.depth(f.below[1]))
}

// TestDeepest: prices chosen to make the tree as deep as it gets.
func TestDeepest(t *testing.T) {
	b := New(1)
	l := b.side(instruction.Buy)
	o := resting(1, instruction.Buy, 1)
	for i := range 62 {
		o.ID, o.ClientID, o.Price = o.ID+1, instruction.ClientID{}, 1<<i
		b.Place(&o, true)
	}
	if d := l.tree.depth(l.tree.root); d < 50 || d > 58 {
		t.Errorf("the tree is %d deep", d)
	}
	if err := b.Check(); err != nil {
		t.Error(err)
	}
	if b.Len() != 62 || b.At(b.Best(instruction.Buy)).Price != 1<<61 {
		t.Errorf("%d orders, the best at %d", b.Len(), b.At(b.Best(instruction.Buy)).Price)
	}
}

// TestFullLevel: a level may hold more than an amount can say.
func TestFullLevel(t *testing.T) {
	b := New(1)
	var all []Handle
	for id := range instruction.Order(40) {
		o := resting(id+1, instruction.Sell, 9)
		o.Qty, o.ClientID = money.MaxAmount, instruction.ClientID{}
		all = append(all, b.Place(&o, true))
		want := money.MaxAmount * money.Amount(id+1)
		if id >= 3 {
			want = math.MaxInt64
		}
		if got := b.Level(instruction.Sell, 9); got != want {
			t.Errorf("%d orders are %d", id+1, got)
		}
	}
	for i, h := range all[2:] {
		b.Fill(h, money.MaxAmount-1, 1, 1)
		if i%2 == 0 {
			b.Remove(h)
		}
	}
	if got, want := b.Level(instruction.Sell, 9), 2*money.MaxAmount+19; got != want {
		t.Errorf("%d is left at the level, want %d", got, want)
	}
	if err := b.Check(); err != nil {
		t.Error(err)
	}
}

// TestTicks holds the exact division against big integers.
func TestTicks(t *testing.T) {
	const seed = 11
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewSource(seed))
	for range 20_000 {
		tick := 1 + money.Price(r.Int63n(int64(money.MaxAmount))>>r.Intn(61))
		ticks := newTicks(tick)
		for range 20 {
			p := money.Price(r.Uint64() >> r.Intn(64))
			if r.Intn(2) == 0 {
				p -= p % tick
			}
			n, rest := new(big.Int).QuoRem(big.NewInt(int64(p)), big.NewInt(int64(tick)), new(big.Int))
			fits := p > 0 && p <= money.Price(money.MaxAmount) && rest.Sign() == 0
			if ticks.fits(p) != fits {
				t.Fatalf("fits(%d) at tick %d is %t", p, tick, !fits)
			}
			if fits && (ticks.rank(instruction.Sell, p) != n.Uint64() || ticks.rank(instruction.Buy, p) != ^n.Uint64() ||
				ticks.price(instruction.Buy, ^n.Uint64()) != p || ticks.price(instruction.Sell, n.Uint64()) != p) {
				t.Fatalf("%d is not rank %s at tick %d", p, n, tick)
			}
		}
	}
	for _, p := range []money.Price{0, -1, 1 << 61, 1<<61 + 1, math.MaxInt64, math.MinInt64} {
		one := newTicks(1)
		if got, want := one.fits(p), p == 1<<61; got != want {
			t.Errorf("fits(%d) is %t", p, got)
		}
	}
}

// TestNames: how client order ids fall into chains differs from book to book, so that nobody can aim at one chain.
func TestNames(t *testing.T) {
	x, y := New(1), New(1)
	same := 0
	for i := range 64 {
		id := name(i)
		if x.hashName(1, &id) == y.hashName(1, &id) {
			same++
		}
	}
	if same > 2 {
		t.Errorf("%d of 64 hashes are the same in two books", same)
	}
}

// TestNobody: asking for what is not there says so.
func TestNobody(t *testing.T) {
	b := New(1)
	if b.Best(instruction.Buy) != 0 || b.Find(0) != 0 || b.Find(1) != 0 || b.FindClient(1, name(1)) != 0 || b.Remove(0) || b.Remove(1) ||
		b.Remove(-1) || b.Count(0) != 0 || b.Count(math.MaxUint32) != 0 || b.Level(instruction.Sell, 1) != 0 || b.Crossed() || b.Len() != 0 {
		t.Error("an empty book has something")
	}
	for range b.Orders(1) {
		t.Error("an empty book has an order")
	}
	defer func() {
		if recover() == nil {
			t.Error("a tick of 0 is taken")
		}
	}()
	New(0)
}

// TestLastingPlaces: pointers from At stay good while other orders come and go.
func TestLastingPlaces(t *testing.T) {
	b := New(1)
	o := resting(1, instruction.Buy, 1)
	first := b.Place(&o, true)
	p := b.At(first)
	for id := range instruction.Order(5000) {
		o := resting(id+2, instruction.Buy, 1)
		o.ClientID = instruction.ClientID{}
		b.Place(&o, true)
	}
	if p != b.At(first) || p.ID != 1 {
		t.Error("an order has moved")
	}
}
