package archive

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"sync/atomic"
	"testing"

	"portcullis/core/instruction"
)

// TestAnswers holds every answer against a model that looks through all records, with the archive filled while the venue
// trades.
func TestAnswers(t *testing.T) {
	seeds := uint64(2)
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		seeds = 50
	}
	for seed := range seeds {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			v := at(t, t.TempDir(), seed)
			a := open(t, path(t))
			stop := following(t, a, v)
			for range 3 {
				v.trade(400)
				seq := v.Durable()
				if err := a.Wait(t.Context(), seq); err != nil {
					t.Fatal(err)
				}
				if got := a.Applied(); got != seq {
					t.Fatalf("applied %d of %d", got, seq)
				}
				q := &asker{t, a, modelOf(t, v, seq), rand.New(rand.NewPCG(seed, 2))}
				q.ask(40)
			}
			if err := stop(); err != context.Canceled {
				t.Fatalf("Follow: %v", err)
			}
		})
	}
}

// TestLimits: whatever is asked, no more than so many rows come.
func TestLimits(t *testing.T) {
	v := at(t, t.TempDir(), 61)
	for range MaxLimit + 50 {
		v.credit(0, 1, 1)
	}
	a := filled(t, path(t), v)
	for _, c := range []struct{ limit, want int }{{-1, 500}, {0, 500}, {7, 7}, {1000, 1000}, {1001, 1000}, {1 << 40, 1000}} {
		for _, r := range []Range{{Limit: c.limit}, {Limit: c.limit, From: 1}, {Limit: c.limit, Start: 1}} {
			if rows, err := a.Transfers(t.Context(), 2, 1, r); err != nil || len(rows) != c.want {
				t.Errorf("%+v: %d rows, %v; want %d", r, len(rows), err, c.want)
			}
		}
	}
	for _, wrong := range []struct {
		span Span
		r    Range
	}{{0, Range{}}, {4, Range{}}, {Minute, Range{From: 1}}} {
		if rows, err := a.Candles(t.Context(), spot, wrong.span, wrong.r); err == nil {
			t.Errorf("candles of %+v: %d", wrong, len(rows))
		}
	}
}

// TestModelIsBusy: what the answers are tried on holds every kind of history.
func TestModelIsBusy(t *testing.T) {
	v := at(t, t.TempDir(), 1)
	v.trade(1600)
	m := modelOf(t, v, v.Durable())
	seen := make(map[Status]int)
	for _, o := range m.orders {
		seen[o.Status]++
	}
	for s := New; s <= Expired; s++ {
		if seen[s] == 0 {
			t.Errorf("%d orders are %v", seen[s], s)
		}
	}
	self := 0
	for i := 0; i < len(m.fills); i += 2 {
		if m.fills[i].Account == m.fills[i+1].Account {
			self++
		}
	}
	if self == 0 {
		t.Error("nobody traded with himself")
	}
	for _, market := range []struct{ trades, days int }{{len(m.trades[spot]), len(m.bars(spot, 86400e6))}, {len(m.trades[thin]), 2}} {
		if market.trades < 100 || market.days < 2 {
			t.Errorf("%d trades over %d days", market.trades, market.days)
		}
	}
	past := 0
	for _, b := range m.bars(huge, 86400e6) {
		if !b.volumes[0].IsInt64() {
			past++
		}
	}
	rebates := 0
	for _, f := range m.fills {
		if f.Fee < 0 {
			rebates++
		}
	}
	if rebates == 0 || len(m.moves) < 10 {
		t.Errorf("%d rebates, %d moves", rebates, len(m.moves))
	}
	states := map[instruction.PayoutState]int{}
	for _, p := range m.payouts {
		states[p.State]++
	}
	if len(states) < 4 {
		t.Errorf("payouts that are %v", states)
	}
	codes := map[instruction.CodeState]int{}
	for _, c := range m.codes {
		codes[c.State]++
	}
	if len(codes) < 3 {
		t.Errorf("gift codes that are %v", codes)
	}
	if past == 0 {
		t.Error("no day's volume is past an int64")
	}
}

// TestStopAndGoOn stops the filling in the middle of transactions, again and again: each time the archive holds the rows of
// a prefix, and what comes out in the end is what one go gives.
func TestStopAndGoOn(t *testing.T) {
	const seed = 7
	t.Logf("seed %d", seed)
	v := at(t, t.TempDir(), seed)
	v.trade(800)
	want := dump(t, filled(t, path(t), v))
	r := rand.New(rand.NewPCG(seed, 3))
	p := path(t)
	stopped, inside := 0, 0
	for a := open(t, p); v.Durable()-a.Applied() > 200; a = open(t, p) {
		a.batch = 10 + r.IntN(40)
		n := 50 + r.IntN(100)
		before := a.Applied()
		ctx := &budget{Context: t.Context()}
		ctx.left.Store(int64(n))
		if err := a.Follow(ctx, v); err != context.Canceled {
			t.Fatalf("Follow: %v", err)
		}
		stopped++
		if a.Applied() < before+uint64(n) {
			inside++
		}
		q := &asker{t, a, modelOf(t, v, a.Applied()), r}
		q.ask(5)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if stopped < 5 || inside < 3 {
		t.Errorf("stopped %d times, %d inside a transaction", stopped, inside)
	}
	if got := dump(t, filled(t, p, v)); !reflect.DeepEqual(got, want) {
		t.Error("filled in several goes, the archive holds something else")
	}
}

// budget is a context that ends at the record after so many.
type budget struct {
	context.Context
	left atomic.Int64
}

func (b *budget) Err() error {
	if b.left.Add(-1) < 0 {
		return context.Canceled
	}
	return nil
}

// TestLostFile: what is lost is told again by the journal, to the last byte of every row.
func TestLostFile(t *testing.T) {
	v := at(t, t.TempDir(), 11)
	v.trade(1200)
	p := path(t)
	a := filled(t, p, v)
	want := dump(t, a)
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(p); err != nil {
		t.Fatal(err)
	}
	if got := dump(t, filled(t, p, v)); !reflect.DeepEqual(got, want) {
		t.Fatal("filled anew, the archive holds something else")
	}
}

func TestWait(t *testing.T) {
	v := at(t, t.TempDir(), 13)
	a := open(t, path(t))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.Wait(over, 0); err != context.Canceled {
		t.Errorf("with a context that is over: %v", err)
	}

	// One that waits before there is anything, and before Follow, is told.
	early := make(chan error, 1)
	go func() { early <- a.Wait(t.Context(), v.Durable()) }()
	stop := following(t, a, v)
	if err := <-early; err != nil {
		t.Fatal(err)
	}
	if err := a.Wait(over, v.Durable()); err != nil {
		t.Errorf("what is there already: %v", err)
	}
	if err := a.Follow(t.Context(), v); err != ErrFollowing {
		t.Errorf("a second Follow: %v", err)
	}
	later := make(chan error, 1)
	seq := v.Durable() + 100
	go func() { later <- a.Wait(t.Context(), seq) }()
	v.trade(100)
	if err := <-later; err != nil {
		t.Fatal(err)
	}

	// One that waits for what never comes is told that nobody fills the archive any more.
	never := make(chan error, 1)
	past := v.Durable() + 1
	go func() { never <- a.Wait(t.Context(), past) }()
	if err := stop(); err != context.Canceled {
		t.Fatal(err)
	}
	if err := <-never; !errors.Is(err, context.Canceled) {
		t.Errorf("after Follow ended: %v", err)
	}

	// A closed engine ends Follow without an error, when all is applied.
	done := make(chan error, 1)
	go func() { done <- a.Follow(t.Context(), v) }()
	v.trade(50)
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Errorf("Follow of a closed engine: %v", err)
	}
	if a.Applied() != v.Durable() {
		t.Errorf("applied %d of %d", a.Applied(), v.Durable())
	}

	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.Wait(t.Context(), seq+1000); err != ErrClosed {
		t.Errorf("after Close: %v", err)
	}
	if _, err := a.Trades(t.Context(), spot, Range{}); err != ErrClosed {
		t.Errorf("a query after Close: %v", err)
	}
	if err := a.Follow(t.Context(), v); err != ErrClosed {
		t.Errorf("Follow after Close: %v", err)
	}
}

// TestReadersDoNotBlock holds a query open while the archive is filled: it goes on seeing its moment, and Follow goes on.
func TestReadersDoNotBlock(t *testing.T) {
	v := at(t, t.TempDir(), 17)
	v.trade(300)
	a := filled(t, path(t), v)
	defer following(t, a, v)()
	count := func(q query) (n int) {
		if err := q.one("SELECT count(*) FROM orders", nil, &n); err != nil {
			t.Error(err)
		}
		return n
	}
	var before, after int
	err := a.look(t.Context(), func(q query) error {
		before = count(q)
		v.trade(300)
		if err := a.Wait(t.Context(), v.Durable()); err != nil {
			return err
		}
		if n := count(q); n != before {
			t.Errorf("a query saw %d orders, then %d", before, n)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.look(t.Context(), func(q query) error { after = count(q); return nil }); err != nil || after <= before {
		t.Errorf("%d orders, then %d, %v", before, after, err)
	}
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.Orders(over, 2, spot, Range{}); err != context.Canceled {
		t.Errorf("a query whose context is over: %v", err)
	}
}

func TestMemory(t *testing.T) {
	v := at(t, t.TempDir(), 19)
	a := filled(t, Memory, v)
	if _, err := os.Stat(a.scratch); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(a.scratch); !os.IsNotExist(err) {
		t.Errorf("it is still there: %v", err)
	}
}
