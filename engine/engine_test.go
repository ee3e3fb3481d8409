package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"
	"testing"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/internal/clock"
	"portcullis/journal"
	"portcullis/journal/diskfault"
)

const start = instruction.Time(1_515_196_800_000_000)

// house is an engine over a disk in memory.
type house struct {
	*Engine
	t     testing.TB
	disk  *diskfault.Disk
	clock *clock.Hand

	every  uint64     // records between snapshots; 0 for no snapshots at all
	taken  chan Taken // told of them, where it is not nil
	placed int        // orders of trade
}

func newHouse(t testing.TB) *house {
	h := &house{t: t, disk: diskfault.New(1), clock: clock.NewHand(start)}
	h.open()
	return h
}

// atOnce is how the journal does here what it would do in the background, so that the calls to the disk have one order.
func atOnce(f func()) { f() }

func (h *house) open() {
	h.t.Helper()
	h.openWaiting(0)
}

// openWaiting opens the engine with a queue of that length. The journal's own clock runs fast, so that it looks for room at
// once.
func (h *house) openWaiting(n int) {
	h.t.Helper()
	var mu sync.Mutex
	now := start.Std()
	hurry := func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(time.Minute)
		return now
	}
	log, err := journal.Open("j", journal.Options{FS: h.disk, SegmentSize: 4 << 20, Now: hurry, Go: atOnce})
	if err != nil {
		h.t.Fatal(err)
	}
	cfg := Config{Log: log, Clock: h.clock, Waiting: n, Every: h.every}
	if h.every > 0 {
		k := h.snapshots()
		cfg.Snapshots = &k
	}
	if h.taken != nil {
		cfg.Taken = func(t Taken) { h.taken <- t }
	}
	h.Engine, err = Open(cfg)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { h.Close() })
}

// furnish defines a market and funds n accounts, with credentials 1 to n.
func (h *house) furnish(n int) {
	h.operator(&instruction.AddAsset{Symbol: "BTC", Scale: 8})
	h.operator(&instruction.AddAsset{Symbol: "USDT", Scale: 8})
	h.operator(&instruction.AddMarket{Base: 1, Quote: 2, Terms: instruction.Terms{
		Tick: 1e6, MinPrice: 1e6, MaxPrice: 1e15, Lot: 1e3, MaxQty: 1e12, MakerFee: 1000, TakerFee: 1000}})
	for i := range n {
		h.operator(&instruction.OpenAccount{})
		a := instruction.Account(i + 2)
		h.operator(&instruction.Credit{Account: a, Asset: 1, Amount: 1000e8})
		h.operator(&instruction.Credit{Account: a, Asset: 2, Amount: 10_000_000e8})
		h.operator(&instruction.CreateKey{Account: a, ID: instruction.KeyID{byte(i), byte(i >> 8), 1},
			Scheme: instruction.Ed25519, Material: make([]byte, 32),
			Mandate: instruction.Mandate{Rights: instruction.MayRead | instruction.MayTrade}})
	}
}

func (h *house) operator(in instruction.Instruction) {
	h.t.Helper()
	r, err := h.Do(&instruction.Principal{Giver: instruction.ByOperator}, in)
	var ev instruction.Events
	if err != nil || r.Verdict.Decision != instruction.Allow || r.Refused(&ev) != 0 {
		h.t.Fatalf("%T: %v, %v, %v", in, r.Verdict, r.Refused(&ev), err)
	}
}

// order has credential k place the i-th order.
func (h *house) order(k instruction.Credential, i int) (instruction.Record, error) {
	id, _ := instruction.ClientIDOf(fmt.Sprintf("o-%d-%d", k, i))
	return h.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: k}, &instruction.PlaceOrder{
		Market: 1, Side: instruction.Side(1 + i%2), Type: instruction.Limit, TIF: instruction.GTC,
		Price: money.Price(10_000e8 + int64(i%7-3)*1e6), Qty: money.Amount(1e5 + int64(i%5)*1e3), ClientID: id,
	})
}

func (h *house) hash() (hash [32]byte) {
	h.t.Helper()
	if err := h.Read(func(s *core.State) { hash = s.Hash() }); err != nil {
		h.t.Fatal(err)
	}
	return hash
}

// TestRestart: what was acknowledged to many callers is there after a power cut, and the state is the same to the byte.
func TestRestart(t *testing.T) {
	h := newHouse(t)
	const callers, each = 32, 60
	h.furnish(callers)
	var wg sync.WaitGroup
	for k := range callers {
		wg.Go(func() {
			for i := range each {
				if _, err := h.order(instruction.Credential(k+1), i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	before, last := h.hash(), h.Durable()
	h.disk.PowerLoss()
	h.open()
	if h.Durable() != last || h.hash() != before {
		t.Errorf("%d records before, %d after; same state: %v", last, h.Durable(), h.hash() == before)
	}
	var orders instruction.Order
	h.Read(func(s *core.State) {
		orders = s.LastOrder()
		if err := s.Check(); err != nil {
			t.Error(err)
		}
	})
	if orders != callers*each {
		t.Errorf("%d orders of %d", orders, callers*each)
	}
}

// TestFailedWrite is law 3: after a failed sync the outcome is unknown, nothing more is taken up, and reads stay at the
// last durable record.
func TestFailedWrite(t *testing.T) {
	h := newHouse(t)
	h.furnish(1)
	before, last := h.hash(), h.Durable()
	h.disk.SetFault(func(op diskfault.Op) error {
		if op.Kind == diskfault.Sync {
			return syscall.EIO
		}
		return nil
	})
	if _, err := h.order(1, 0); !errors.Is(err, ErrUnknown) {
		t.Fatalf("a failed sync was told as %v", err)
	}
	h.disk.SetFault(nil)
	<-h.done // the writer has ended
	if _, err := h.order(1, 1); !errors.Is(err, ErrStopped) {
		t.Errorf("after a failed sync an order ends with %v", err)
	}
	if h.hash() != before || h.Durable() != last {
		t.Error("a read shows what is not durable")
	}
	if h.Healthy() == nil {
		t.Error("the engine calls itself healthy")
	}
	h.Close()
	h.disk.PowerLoss()
	h.open()
	if _, err := h.order(1, 2); err != nil {
		t.Errorf("after the restart: %v", err)
	}
}

// TestFullDisk: a full disk is refused at the door, reads go on, and room brings the venue back without a restart.
func TestFullDisk(t *testing.T) {
	h := newHouse(t)
	h.furnish(2)
	h.disk.SetSpace(h.disk.Used() + 100)
	n := 0
	for ; ; n++ {
		if _, err := h.order(instruction.Credential(1+n%2), n); err != nil {
			if !errors.Is(err, ErrFull) {
				t.Fatalf("order %d: %v", n, err)
			}
			break
		}
		if n%100 == 99 {
			for k := range instruction.Credential(2) {
				h.Do(&instruction.Principal{Giver: instruction.ByCredential, Credential: k + 1}, &instruction.CancelAll{Market: 1})
			}
		}
		if n > 1_000_000 {
			t.Fatal("the disk never was full")
		}
	}
	h.hash()
	h.disk.SetSpace(0)
	for tries := 0; ; tries++ {
		_, err := h.order(1, 2_000_000)
		if err == nil {
			break
		}
		if !errors.Is(err, ErrFull) {
			t.Fatal(err)
		}
		if tries > 10_000_000 {
			t.Fatal("the venue does not come back")
		}
	}
}

// TestSubscribe: a subscriber that starts late reads from the journal, then from memory, and misses nothing.
func TestSubscribe(t *testing.T) {
	h := newHouse(t)
	h.furnish(2)
	for i := range 300 {
		h.order(1, i)
	}
	early := h.Subscribe(1)
	h.Close()
	h.open()
	late := h.Subscribe(1)
	for i := range 300 {
		h.order(2, i)
	}
	last := h.Durable()
	read := func(s *Subscription, upTo uint64) {
		t.Helper()
		next := uint64(1)
		for next <= upTo {
			err := s.Next(context.Background(), func(seq uint64, b []byte) error {
				var r instruction.Record
				if seq != next {
					return fmt.Errorf("record %d came where %d was next", seq, next)
				}
				next++
				return r.Decode(seq, b)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	read(late, last)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := late.Next(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting was not given up: %v", err)
	}
	if err := early.Next(context.Background(), func(uint64, []byte) error { return nil }); err != nil && !errors.Is(err, journal.ErrClosed) {
		t.Errorf("a subscription to a closed engine: %v", err)
	}
	h.Close()
	if err := late.Next(context.Background(), nil); !errors.Is(err, io.EOF) {
		t.Errorf("the end of a closed engine: %v", err)
	}
}

// counter counts what an observer is shown.
type counter struct{ before, after, folded int }

func (c *counter) Before(*core.State, *instruction.Record, instruction.Event) { c.before++ }
func (c *counter) After(*core.State, *instruction.Record, instruction.Event)  { c.after++ }
func (c *counter) Folded(*core.State, *instruction.Record)                    { c.folded++ }

func TestFollow(t *testing.T) {
	h := newHouse(t)
	h.furnish(1)
	var c counter
	var from instruction.Order
	h.hash() // the follower has folded what furnishes the house
	if err := h.Follow(func(s *core.State) { from = s.LastOrder() }, &c); err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		h.order(1, 2*i) // buys only: one event each
	}
	h.Read(func(s *core.State) {
		if from != 0 || c.before != 10 || c.after != 10 || c.folded != 10 {
			t.Errorf("from order %d: %+v", from, c)
		}
	})
}

// TestBusy: with the writer held up, what does not fit into the queue is refused, and nothing of it happens.
func TestBusy(t *testing.T) {
	h := &house{t: t, disk: diskfault.New(1), clock: clock.NewHand(start)}
	h.openWaiting(4)
	h.furnish(1)
	var wg sync.WaitGroup
	var mu sync.Mutex
	done, busy := 0, 0
	for i := range 500 {
		wg.Go(func() {
			_, err := h.order(1, 2*i)
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				done++
			case errors.Is(err, ErrBusy):
				busy++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	records := h.Durable()
	if done+busy != 500 || done == 0 {
		t.Errorf("%d done, %d refused", done, busy)
	}
	if want := uint64(3 + 4 + done); records != want {
		t.Errorf("%d records, want %d", records, want)
	}
}
