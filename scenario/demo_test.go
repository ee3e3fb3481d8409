package scenario

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/journal"
)

const (
	begin = instruction.Time(1_772_323_200_000_000) // 1 March 2026
	pace  = instruction.Second / DemoRate
)

// play sets a demo market up on the state and has the crowd give n instructions, one each pace.
func play(t testing.TB, d *Direct, seed uint64, n int) *Crowd {
	t.Helper()
	cast, err := Setup(d, d)
	if err != nil {
		t.Fatal(err)
	}
	x := NewCrowd(cast, seed)
	for range n {
		d.Time += pace
		if err := x.Trade(d, d.Time); err != nil {
			t.Fatal(err)
		}
	}
	return x
}

// TestRepeatable: the same seed gives the same instructions and the same records, to the byte; another seed does not.
func TestRepeatable(t *testing.T) {
	alone(t)
	run := func(seed uint64) [32]byte {
		h := sha256.New()
		d := &Direct{State: core.New(), Time: begin, Keep: func(_ uint64, b []byte) { h.Write(b) }}
		play(t, d, seed, 20_000)
		return [32]byte(h.Sum(nil))
	}
	first := run(7)
	if run(7) != first {
		t.Error("the same seed gave other records")
	}
	if run(8) == first {
		t.Error("another seed gave the same records")
	}
}

// TestDemoMarket: an hour of it is a market one can look at. Prices move within bounds, most orders stand, quantities
// have a heavy tail, every side of every book is filled, and money is conserved.
func TestDemoMarket(t *testing.T) {
	alone(t)
	const hour = 3600 * DemoRate
	var fills [4]int
	refused, replaced := 0, 0
	var largest, sum [4]money.Amount
	var rec instruction.Record
	var ev instruction.Events
	d := &Direct{State: core.New(), Time: begin, Keep: func(seq uint64, b []byte) {
		if err := rec.Decode(seq, b); err != nil {
			t.Fatal(err)
		}
		if rec.Verdict.Decision != instruction.Allow {
			t.Fatalf("record %d: %v", seq, rec.Verdict.Reason())
		}
		rec.Events(&ev)
		for e := ev.Next(); e != nil; e = ev.Next() {
			switch e := e.(type) {
			case *instruction.Filled:
				fills[e.Market]++
				sum[e.Market] += e.Qty
				largest[e.Market] = max(largest[e.Market], e.Qty)
			case *instruction.Refused:
				switch e.Reason {
				case instruction.WouldTake: // what a maker's post-only order may meet
					refused++
				default:
					t.Fatalf("record %d is refused: %v", seq, e.Reason)
				}
			}
		}
		if rec.Kind() == instruction.KindReplaceOrder {
			replaced++
		}
	}}
	x := play(t, d, 1, hour)
	if err := d.State.Check(); err != nil {
		t.Fatal(err)
	}
	for i, s := range x.stalls {
		m := d.State.Market(s.Market)
		var bids, asks int
		m.Book.Levels(instruction.Buy, func(money.Price, money.Amount, int) bool { bids++; return true })
		m.Book.Levels(instruction.Sell, func(money.Price, money.Amount, int) bool { asks++; return true })
		bid, ask := m.Book.At(m.Book.Best(instruction.Buy)).Price, m.Book.At(m.Book.Best(instruction.Sell)).Price
		t.Logf("%s: %d fills, mean %d, largest %d, %d bids, %d asks, last %s, bid %s, ask %s, fair %s", s.Symbol, fills[s.Market],
			int64(sum[s.Market])/int64(max(fills[s.Market], 1)), largest[s.Market], bids, asks,
			m.LastPrice.Text(8), bid.Text(8), ask.Text(8), x.walk.fair[i].Text(8))
		if fills[s.Market] < hour/100 || bids < 10 || asks < 10 {
			t.Errorf("%s is dead: %d fills, %d bids, %d asks", s.Symbol, fills[s.Market], bids, asks)
		}
		if largest[s.Market] < 5*sum[s.Market]/money.Amount(fills[s.Market]) {
			t.Errorf("%s has no large trades", s.Symbol)
		}
		if off := m.LastPrice - x.walk.fair[i]; max(off, -off) > x.walk.fair[i]/50 {
			t.Errorf("%s last traded at %d, its fair price is %d", s.Symbol, m.LastPrice, x.walk.fair[i])
		}
	}
	t.Logf("%d replaced, %d post-only refused of %d", replaced, refused, hour)
	if refused > hour/20 {
		t.Errorf("%d of %d orders were refused", refused, hour)
	}
	if len(x.orders) > 3*3*2*levels+3*4*(noiseMost+1) {
		t.Errorf("the crowd remembers %d orders", len(x.orders))
	}
}

// TestSetupTwice: what is there is found, and nothing is made again.
func TestSetupTwice(t *testing.T) {
	d := &Direct{State: core.New(), Time: begin}
	first, err := Setup(d, d)
	if err != nil {
		t.Fatal(err)
	}
	seq := d.Seq
	again, err := Setup(d, d)
	if err != nil || d.Seq != seq {
		t.Fatalf("%d records more, %v", d.Seq-seq, err)
	}
	for i, a := range first.Actors() {
		if again.Actors()[i] != a {
			t.Errorf("%+v became %+v", a, again.Actors()[i])
		}
	}
}

// TestSetupHalfWay: wherever setting up was cut off, the next one completes it to the same market.
func TestSetupHalfWay(t *testing.T) {
	whole := &Direct{State: core.New(), Time: begin}
	if _, err := Setup(whole, whole); err != nil {
		t.Fatal(err)
	}
	want, steps := whole.State.Hash(), whole.Seq
	for cut := range steps {
		d := &Direct{State: core.New(), Time: begin}
		if _, err := Setup(&failing{House: d, after: int(cut), err: engine.ErrBusy}, d); !errors.Is(err, engine.ErrBusy) {
			t.Fatalf("cut off after %d: %v", cut, err)
		}
		if _, err := Setup(d, d); err != nil {
			t.Fatalf("after %d: %v", cut, err)
		}
		if d.State.Hash() != want || d.Seq != steps {
			t.Errorf("cut off after %d: %d records and another market, want %d", cut, d.Seq, steps)
		}
	}
}

// TestSetupRefuses: a venue whose assets do not fit is left alone.
func TestSetupRefuses(t *testing.T) {
	d := &Direct{State: core.New(), Time: begin}
	if err := carriedOut(d, &operator, "", &instruction.AddAsset{Symbol: "BTC", Scale: 6}); err != nil {
		t.Fatal(err)
	}
	if _, err := Setup(d, d); err == nil || d.Seq != 1 {
		t.Errorf("%d records, %v", d.Seq, err)
	}
}

// failing is a house that takes nothing up after some instructions: until it has refused often enough, or for ever.
type failing struct {
	House
	after, times int // times 0: for ever
	err          error
	refused      int
}

func (f *failing) Do(p *instruction.Principal, in instruction.Instruction) (instruction.Record, error) {
	if f.after == 0 && (f.times == 0 || f.refused < f.times) {
		f.refused++
		return instruction.Record{}, f.err
	}
	f.after = max(f.after-1, 0)
	return f.House.Do(p, in)
}

// drive gives a running demo market n ticks.
func drive(t *testing.T, n int, ticks chan<- time.Time, ended <-chan error, before func()) {
	t.Helper()
	for i := range n {
		before()
		select {
		case ticks <- time.Time{}:
		case err := <-ended:
			t.Fatalf("the demo market ended at tick %d: %v", i, err)
		}
	}
}

// TestDemoRestart: a market that is run again cancels what it left, and goes on around the last price.
func TestDemoRestart(t *testing.T) {
	d := &Direct{State: core.New(), Time: begin}
	cast, err := Setup(d, d)
	if err != nil {
		t.Fatal(err)
	}
	cast.Stalls[btcusdt].Last *= 3 // far from where a new market begins
	x := NewCrowd(cast, 1)
	for range 20_000 {
		d.Time += pace
		if err := x.Trade(d, d.Time); err != nil {
			t.Fatal(err)
		}
	}
	m := d.State.MarketNamed("BTCUSDT")
	last, resting := m.LastPrice, m.Book.Len()
	if resting == 0 {
		t.Fatal("nothing rests")
	}
	old := d.State.LastOrder()
	ctx, cancel := context.WithCancel(t.Context())
	ticks := make(chan time.Time)
	ended := make(chan error)
	go func() { ended <- demo{d, 1, slog.New(slog.DiscardHandler), ticks}.run(ctx) }()
	drive(t, 2_000, ticks, ended, func() {})
	cancel()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	for _, side := range []instruction.Side{instruction.Buy, instruction.Sell} {
		m.Book.Walk(side, func(h book.Handle) bool {
			if o := m.Book.At(h); o.ID <= old {
				t.Errorf("order %d of the earlier run still rests", o.ID)
			}
			return true
		})
	}
	if off := m.LastPrice - last; max(off, -off) > last/100 {
		t.Errorf("the price went from %d to %d over the restart", last, m.LastPrice)
	}
	if err := d.State.Check(); err != nil {
		t.Error(err)
	}
}

// TestDemoWaits: a venue that is busy or full is tried again, at setting up and at trading; nothing else is.
func TestDemoWaits(t *testing.T) {
	for _, after := range []int{0, 5, 200} {
		for _, why := range []error{engine.ErrBusy, engine.ErrFull} {
			synctest.Test(t, func(t *testing.T) {
				d := &Direct{State: core.New(), Time: begin}
				f := &failing{House: d, after: after, times: 3, err: why}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				if err := Demo(ctx, f, 1, slog.New(slog.DiscardHandler)); err != nil {
					t.Error(err)
				}
				if f.refused != 3 || d.State.LastOrder() < 40*DemoRate/2 {
					t.Errorf("refused %d times after %d, %d orders", f.refused, after, d.State.LastOrder())
				}
			})
		}
		for _, why := range []error{engine.ErrStopped, engine.ErrUnknown} {
			synctest.Test(t, func(t *testing.T) {
				d := &Direct{State: core.New(), Time: begin}
				f := &failing{House: d, after: after, err: why}
				if err := Demo(t.Context(), f, 1, slog.New(slog.DiscardHandler)); !errors.Is(err, why) || f.refused != 1 {
					t.Errorf("%v after %d refusals, want %v", err, f.refused, why)
				}
			})
		}
	}
}

// TestDemoRevoked: customers whose keys are revoked fall silent, and a market without any ends.
func TestDemoRevoked(t *testing.T) {
	d := &Direct{State: core.New(), Time: begin}
	x := play(t, d, 1, 1000)
	for k := instruction.Credential(1); k <= d.State.Keys(); k++ {
		if err := carriedOut(d, &operator, "", &instruction.RevokeKey{Credential: k}); err != nil {
			t.Fatal(err)
		}
	}
	keys := int(d.State.Keys())
	denied := 0
	for err := error(nil); err == nil && denied <= 10*keys; denied++ {
		if err = x.Trade(d, d.Time); err != nil && !errors.Is(err, ErrNobody) {
			t.Fatal(err)
		}
	}
	if denied-1 != keys {
		t.Errorf("%d denials for %d keys", denied-1, keys)
	}
}

// TestDemoEngine runs it in a real engine, stops that, and starts again on the same journal.
func TestDemoEngine(t *testing.T) {
	dir := t.TempDir()
	hand := clock.NewHand(begin)
	for round := range 2 {
		journal, err := journal.Open(dir, journal.Options{SegmentSize: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		e, err := engine.Open(engine.Config{Log: journal, Clock: hand})
		if err != nil {
			t.Fatal(err)
		}
		ticks := make(chan time.Time)
		ended := make(chan error, 1)
		go func() { ended <- demo{e, 3, slog.New(slog.DiscardHandler), ticks}.run(t.Context()) }()
		drive(t, 500, ticks, ended, func() { hand.Add(pace) })
		if err := e.Close(); err != nil {
			t.Fatal(err)
		}
		close(ticks)
		if err := <-ended; !errors.Is(err, engine.ErrStopped) {
			t.Errorf("round %d ended with %v", round, err)
		}
		e.Read(func(s *core.State) {
			if err := s.Check(); err != nil {
				t.Error(err)
			}
			if s.Accounts() != 12 || s.MarketNamed("BTCUSDT").LastTrade == 0 {
				t.Errorf("round %d: %d accounts", round, s.Accounts())
			}
		})
	}
}

// TestDemoLeavesFarBids: a customer's bid far below, alone in a book that the makers have yet to fill, stays untouched: the
// crowd trades near the fair price. It was red with a taker that sent market orders.
func TestDemoLeavesFarBids(t *testing.T) {
	operator := &instruction.Principal{Giver: instruction.ByOperator, Operator: 1}
	for seed := range uint64(20) {
		d := &Direct{State: core.New(), Time: begin}
		cast, err := Setup(d, d)
		if err != nil {
			t.Fatal(err)
		}
		x := NewCrowd(cast, seed)
		stall := &x.stalls[0]
		account := d.State.Accounts() + 1
		price := x.onTick(0, x.walk.fair[0]/2)
		for _, in := range []instruction.Instruction{
			&instruction.OpenAccount{Ref: "far below"},
			&instruction.Credit{Account: account, Asset: d.State.Market(stall.Market).Quote, Amount: 1e18},
			&instruction.CreateKey{Account: account, ID: instruction.KeyID{99}, Scheme: instruction.Ed25519, Material: make([]byte, 32),
				Mandate: instruction.Mandate{Rights: instruction.MayTrade}},
		} {
			if _, err := d.Do(operator, in); err != nil {
				t.Fatal(err)
			}
		}
		bid := x.order(0, instruction.Buy, instruction.Limit, instruction.GTC, price, x.small(0))
		if _, err := d.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: d.State.Keys()}, bid); err != nil {
			t.Fatal(err)
		}
		h := d.State.Market(stall.Market).Book.Best(instruction.Buy)
		if h == 0 {
			t.Fatal("the bid was not taken up")
		}
		id := d.State.Market(stall.Market).Book.At(h).ID
		for range 300 {
			d.Time += pace
			if err := x.Trade(d, d.Time); err != nil {
				t.Fatal(err)
			}
		}
		if h := d.State.Market(stall.Market).Book.Find(id); h == 0 || d.State.Market(stall.Market).Book.At(h).Done != 0 {
			t.Errorf("seed %d: somebody sold at half the fair price", seed)
		}
	}
}
