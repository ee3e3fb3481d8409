package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"portcullis/journal"
)

// span is how long one round of a measurement takes.
const span = 2 * time.Second

// Engine measures judged, journalled, durable instructions in process against two baselines: bare records of the same
// size that are only written and synced in groups, and double-entry transfers in PostgreSQL, where it is installed.
func Engine(ctx context.Context, report Report) error {
	pg, err := newPostgres(ctx)
	switch {
	case errors.Is(err, errNoPostgres):
	case err != nil:
		return err
	default:
		defer pg.remove()
	}
	var transfers []float64
	for _, flight := range []int{32, 256} {
		var rates, bare, p99s, bareP99s []float64
		for range rounds {
			if err := ctx.Err(); err != nil {
				return err
			}
			if pg != nil {
				rate, _, err := pg.round(ctx)
				if err != nil {
					return err
				}
				transfers = append(transfers, rate)
			}
			rate, p99, err := engineRound(flight)
			if err != nil {
				return err
			}
			base, baseP99, err := bareRound(flight)
			if err != nil {
				return err
			}
			rates, p99s = append(rates, rate), append(p99s, p99)
			bare, bareP99s = append(bare, base), append(bareP99s, baseP99)
		}
		report(result(fmt.Sprintf("engine: durable instructions, %d in flight", flight), median(rates), "1/s",
			"bare group commit of 300-byte records", median(bare)))
		report(result(fmt.Sprintf("engine: 99th percentile of an instruction, %d in flight", flight), median(p99s), "ms",
			"bare group commit of 300-byte records", median(bareP99s)))
		reportPostgres(report, flight, median(rates), transfers)
	}
	return nil
}

// reportPostgres gives the rate once more, beside the transfers.
func reportPostgres(report Report, flight int, rate float64, transfers []float64) {
	name := fmt.Sprintf("engine: durable instructions, %d in flight, by PostgreSQL", flight)
	if len(transfers) == 0 {
		report(Result{Name: name, Value: rate, Unit: "1/s", BaselineName: errNoPostgres.Error()})
		return
	}
	report(result(name, rate, "1/s",
		fmt.Sprintf("double-entry transfers in PostgreSQL, fsync on, %d clients", postgresClients), median(transfers)))
}

// flightTest runs callers for a span and gives the rate in calls a second and the 99th percentile in milliseconds.
func flightTest(callers int, call func(caller int) func() error) (rate, p99 float64, err error) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	begin := time.Now()
	for i := range callers {
		do := call(i)
		wg.Go(func() {
			mine := make([]time.Duration, 0, 1<<12) // that gathering them takes nothing from what is measured
			var failed error
			for last := begin; failed == nil && last.Sub(begin) < span; {
				failed = do()
				now := time.Now()
				mine = append(mine, now.Sub(last))
				last = now
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, mine...)
			if failed != nil {
				err = failed
			}
		})
	}
	wg.Wait()
	took := time.Since(begin)
	if err != nil || len(all) == 0 {
		return 0, 0, fmt.Errorf("bench: %d calls: %w", len(all), err)
	}
	slices.Sort(all)
	return perSecond(len(all), took), float64(all[len(all)*99/100]) / 1e6, nil
}

func engineRound(flight int) (rate, p99 float64, err error) {
	h, err := newHouse(flight)
	if err != nil {
		return 0, 0, err
	}
	defer h.remove()
	return flightTest(flight, func(i int) func() error {
		t := newTrader(i)
		return func() error {
			_, err := h.Do(&t.p, t.next())
			return err
		}
	})
}

// group is a bare group commit: callers leave a record in a buffer, one goroutine writes and syncs what has gathered.
type group struct {
	mu   sync.Mutex
	next *gathered
	wake chan struct{}
}

// gathered is what becomes durable together; err may be read once done is closed.
type gathered struct {
	buf  []byte
	done chan struct{}
	err  error
}

func newGathered() *gathered { return &gathered{done: make(chan struct{})} }

const bareRecord = 300

func (g *group) put(record []byte) error {
	g.mu.Lock()
	mine := g.next
	mine.buf = append(mine.buf, record...)
	g.mu.Unlock()
	select {
	case g.wake <- struct{}{}:
	default:
	}
	<-mine.done
	return mine.err
}

func (g *group) run(f journal.File, stop <-chan struct{}) {
	var off int64
	for {
		select {
		case <-g.wake:
		case <-stop:
			return
		}
		g.mu.Lock()
		now := g.next
		g.next = newGathered()
		g.mu.Unlock()
		if _, now.err = f.WriteAt(now.buf, off%(32<<20)); now.err == nil {
			now.err = f.Datasync()
		}
		off += int64(len(now.buf))
		close(now.done)
	}
}

func bareRound(flight int) (rate, p99 float64, err error) {
	dir, err := os.MkdirTemp("", "portcullis-bench-*")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	f, err := journal.Disk.Create(filepath.Join(dir, "bare"))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	if _, err := f.WriteAt(make([]byte, 64<<20), 0); err != nil {
		return 0, 0, err
	}
	if err := f.Datasync(); err != nil {
		return 0, 0, err
	}
	g := &group{next: newGathered(), wake: make(chan struct{}, 1)}
	stop := make(chan struct{})
	defer close(stop)
	go g.run(f, stop)
	return flightTest(flight, func(int) func() error {
		record := make([]byte, bareRecord)
		return func() error { return g.put(record) }
	})
}
