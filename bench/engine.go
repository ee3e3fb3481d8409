package bench

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"
)

// span is how long one round of a measurement takes.
const span = 2 * time.Second

// Engine measures judged, journalled, durable instructions in process against bare records of the same size that are only
// written and synced in groups.
func Engine(ctx context.Context, report Report) error {
	for _, flight := range []int{32, 256} {
		var rates, bare, p99s, bareP99s []float64
		for range rounds {
			if err := ctx.Err(); err != nil {
				return err
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
	}
	return nil
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
			var mine []time.Duration
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
	buf  []byte
	done chan struct{} // closed when what is in buf is durable
	wake chan struct{}
}

const bareRecord = 300

func (g *group) put(record []byte) {
	g.mu.Lock()
	g.buf = append(g.buf, record...)
	done := g.done
	g.mu.Unlock()
	select {
	case g.wake <- struct{}{}:
	default:
	}
	<-done
}

func (g *group) run(f *os.File, stop <-chan struct{}) {
	var off int64
	for {
		select {
		case <-g.wake:
		case <-stop:
			return
		}
		g.mu.Lock()
		buf, done := g.buf, g.done
		g.buf, g.done = nil, make(chan struct{})
		g.mu.Unlock()
		f.WriteAt(buf, off%(32<<20))
		syscall.Fdatasync(int(f.Fd()))
		off += int64(len(buf))
		close(done)
	}
}

func bareRound(flight int) (rate, p99 float64, err error) {
	dir, err := os.MkdirTemp("", "portcullis-bench-*")
	if err != nil {
		return 0, 0, err
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(filepath.Join(dir, "bare"))
	if err != nil {
		return 0, 0, err
	}
	defer f.Close()
	if _, err := f.Write(make([]byte, 64<<20)); err != nil {
		return 0, 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, 0, err
	}
	g := &group{done: make(chan struct{}), wake: make(chan struct{}, 1)}
	stop := make(chan struct{})
	defer close(stop)
	go g.run(f, stop)
	return flightTest(flight, func(int) func() error {
		record := make([]byte, bareRecord)
		return func() error {
			g.put(record)
			return nil
		}
	})
}
