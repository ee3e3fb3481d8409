package bench

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/engine"
	"portcullis/internal/clock"
	"portcullis/internal/daemon"
	"portcullis/journal"
)

// crowd is how many accounts, credentials and open orders each the state has that snapshots are taken of.
const crowd = 1_000_000

// Snapshot measures what a snapshot of a large state costs those who are served meanwhile, and what it saves. Self is the
// program's own file, with which a venue makes them.
func Snapshot(ctx context.Context, self string, report Report) error {
	dir, err := os.MkdirTemp("", "portcullis-bench-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := populate(ctx, filepath.Join(dir, "journal")); err != nil {
		return err
	}
	debug.FreeOSMemory() // of what made it
	c := crowded{dir: dir, report: report, self: self, keep: engine.Snapshots{FS: journal.Disk, Dir: filepath.Join(dir, "snapshots")}}
	for _, step := range []func(context.Context) error{c.first, c.busy, c.again} {
		if err := errors.Join(ctx.Err(), step(ctx)); err != nil {
			return err
		}
	}
	return nil
}

// crowded is an engine with a large state.
type crowded struct {
	*engine.Engine
	dir    string
	report Report
	keep   engine.Snapshots
	self   string        // this program, which makes the snapshots
	whole  time.Duration // of the recovery without a snapshot
	memory float64       // MB, before a snapshot was taken
}

func (c *crowded) open() (time.Duration, error) {
	began := time.Now()
	log, err := journal.Open(filepath.Join(c.dir, "journal"), journal.Options{From: 1 << 40, FS: unsynced{journal.Disk}})
	if err != nil {
		return 0, err
	}
	c.Engine, err = engine.Open(engine.Config{Log: log, Clock: clock.Wall(), Snapshots: &c.keep, Every: 1 << 60, Maker: daemon.Apart(c.self, c.dir)})
	return time.Since(began), err
}

// unsynced is a disk whose syncs take no time: what the engine's own waits are would be lost among those for the disk. The
// snapshots are on a real one.
type unsynced struct{ journal.FS }

func (u unsynced) Create(name string) (journal.File, error) {
	f, err := u.FS.Create(name)
	return unsyncedFile{f}, err
}

func (u unsynced) OpenWrite(name string) (journal.File, error) {
	f, err := u.FS.OpenWrite(name)
	return unsyncedFile{f}, err
}

type unsyncedFile struct{ journal.File }

func (unsyncedFile) Datasync() error { return nil }

// first opens it from the whole journal.
func (c *crowded) first(context.Context) (err error) {
	if c.whole, err = c.open(); err != nil {
		return err
	}
	debug.FreeOSMemory()
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // the system measures the peak anew, where it can
	c.memory, err = resident("VmRSS")
	return err
}

// busy measures waits while snapshots are taken, the first from all records and each later one from the one before; and then,
// for as long, while nothing else goes on.
func (c *crowded) busy(ctx context.Context) error {
	over := make(chan time.Time)
	var taken []engine.Taken
	var err error
	began := time.Now()
	go func() {
		defer close(over)
		for range rounds {
			var t engine.Taken
			if t, err = c.Engine.Snapshot(ctx); err != nil {
				return
			}
			taken = append(taken, t)
		}
	}()
	w := c.serve(ctx, over)
	if err := errors.Join(err, w.err); err != nil {
		return err
	}
	calm := c.serve(ctx, time.After(time.Since(began)))
	if calm.err != nil {
		return calm.err
	}
	c.compare("an instruction", w.acts, calm.acts)
	c.compare("a reader", w.reads, calm.reads)

	last := taken[len(taken)-1]
	bare, err := write(filepath.Join(c.dir, "bare"), last.Snapshot.Size)
	if err != nil {
		return err
	}
	c.report(result("snapshot: from the one before", last.Took.Seconds(), "s", "as many bytes written and synced", bare.Seconds()))
	c.report(result("snapshot: bytes", float64(last.Snapshot.Size)/1e6, "MB", "one byte for each account, key and order", 3*crowd/1e6))
	peak, err := resident("VmHWM")
	if err != nil {
		return err
	}
	c.report(result("snapshot: memory of the engine's process at most", peak, "MB", "before one was taken", c.memory))
	c.report(result("snapshot: memory of the process that makes it, at most", childMemory(), "MB", "of the engine's process, before", c.memory))
	return c.Close()
}

// compare reports waits while snapshots are taken beside those while none is.
func (c *crowded) compare(who string, busy, calm []float64) {
	const what, beside = "snapshot of a million accounts, keys and orders each: wait of %s meanwhile, %s", "in as much time without one"
	for _, x := range []struct {
		name string
		of   func([]float64) float64
	}{
		{"99 of 100", func(x []float64) float64 { return x[len(x)*99/100] }},
		{"999 of 1000", func(x []float64) float64 { return x[len(x)*999/1000] }},
		{"the longest", func(x []float64) float64 { return x[len(x)-1] }},
	} {
		c.report(result(fmt.Sprintf(what, who, x.name), x.of(busy), "ms", beside, x.of(calm)))
	}
}

// again opens it from a snapshot, and holds the state against that of all records.
func (c *crowded) again(ctx context.Context) error {
	took, err := c.open()
	if err != nil {
		return err
	}
	from := c.Origin().From
	c.report(result("snapshot: start of the engine", took.Seconds(), "s", "from "+size(4*crowd)+" records without one", c.whole.Seconds()))
	if err := c.Close(); err != nil {
		return err
	}
	log, err := journal.Open(filepath.Join(c.dir, "journal"), journal.Options{From: from.Place.Seq})
	if err != nil {
		return err
	}
	defer log.Close()
	s, err := engine.Recover(log, from.Place.Seq, nil)
	if err == nil && (s.Hash() != from.State || from.Place.Seq == 0) {
		err = errors.New("bench: the snapshot has another state than the records")
	}
	return err
}

// waits are in milliseconds, sorted.
type waits struct {
	acts, reads []float64
	err         error
}

// serve has customers trade and readers read, one of each after the other, until it is over.
func (c *crowded) serve(ctx context.Context, over <-chan time.Time) (w waits) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		<-over
		cancel()
	}()
	var wg sync.WaitGroup
	var acting, reading error
	wg.Go(func() {
		t := newTrader(0)
		w.acts = timed(ctx, func() { _, acting = c.Do(&t.p, t.next()) })
	})
	wg.Go(func() {
		n := instruction.Account(0)
		w.reads = timed(ctx, func() {
			n = n%crowd + 1
			reading = c.Read(func(s *core.State) { s.Balance(n+1, 1) })
		})
	})
	wg.Wait()
	w.err = errors.Join(acting, reading)
	return w
}

// timed does something a thousand times a second at most, and gives how long each time took.
func timed(ctx context.Context, do func()) (list []float64) {
	beat := time.NewTicker(time.Millisecond)
	defer beat.Stop()
	for ctx.Err() == nil {
		began := time.Now()
		do()
		list = append(list, time.Since(began).Seconds()*1e3)
		<-beat.C
	}
	slices.Sort(list)
	return list
}

// populate writes a journal with the crowd in it.
func populate(ctx context.Context, dir string) error {
	l, err := newLayer(dir)
	if err != nil {
		return err
	}
	defer l.log.Close()
	for i := 0; i < crowd && err == nil; i++ {
		err = errors.Join(l.customer(i), ctx.Err())
	}
	return errors.Join(err, l.flush())
}

// home is where the crowd's keys may be used from.
var home = netip.MustParsePrefix("203.0.113.0/24")

// customer opens an account with money, a key and an order. The first one has no network list and much of everything, for the
// trader of serve.
func (l *layer) customer(i int) error {
	a, key := instruction.Account(i+2), keyOf(i, instruction.Account(i+2))
	amount := money.Amount(1e8)
	err := l.add(byOperator, &instruction.OpenAccount{Ref: "customer " + strconv.Itoa(i)})
	if i == 0 {
		amount = 1_000_000e8
		err = errors.Join(err, l.add(byOperator, &instruction.Credit{Account: a, Asset: 2, Amount: 1_000_000_000e8}))
	} else {
		key.Mandate.Networks = []netip.Prefix{home}
	}
	id, _ := instruction.ClientIDOf("first")
	return errors.Join(err, l.add(byOperator, &instruction.Credit{Account: a, Asset: 1, Amount: amount}), l.add(byOperator, key),
		l.add(instruction.Principal{Giver: instruction.ByCredential, Credential: instruction.Credential(i + 1), Addr: home.Addr()},
			&instruction.PlaceOrder{Market: 1, Side: instruction.Sell, Type: instruction.Limit, TIF: instruction.GTC,
				Price: money.Price(20_000e8 + int64(i%5000)*1e6), Qty: 1e5, ClientID: id}))
}

// write writes and syncs so many bytes.
func write(path string, n int64) (time.Duration, error) {
	began := time.Now()
	f, err := os.Create(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for b := make([]byte, 64<<10); n > 0 && err == nil; n -= int64(len(b)) {
		_, err = f.Write(b[:min(n, int64(len(b)))])
	}
	return time.Since(began), errors.Join(err, f.Sync())
}

// resident is a figure of the process's memory in MB, as the system has it; 0 where the system does not say.
func resident(figure string) (float64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, nil
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, figure+":"); ok {
			kB, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 64)
			return kB / 1e3, err
		}
	}
	return 0, fmt.Errorf("bench: the system does not tell %s", figure)
}

// size writes a large number as people do.
func size(n int) string { return strconv.Itoa(n/1_000_000) + " million" }
