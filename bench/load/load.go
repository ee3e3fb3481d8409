package load

import (
	"bufio"
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// grace is how long after the last request was due what is late may still be sent.
const grace = 5 * time.Second

// maxAccounts is how many customers a venue of its own has at most; clients take turns with their keys.
const maxAccounts = 256

// Run sends the load and tells what it found. It ends with the count, the duration, or the context, whichever is first.
func Run(ctx context.Context, o Options) (*Result, error) {
	o.Symbol, o.Price, o.Quantity = cmp.Or(o.Symbol, "BTCUSDT"), cmp.Or(o.Price, "60000"), cmp.Or(o.Quantity, "0.001")
	if err := o.check(); err != nil {
		return nil, err
	}
	var own *House
	if o.URL == "" {
		var err error
		if own, err = NewHouse(ctx, min(o.Clients, maxAccounts), o.Limits); err != nil {
			return nil, err
		}
		defer own.Remove()
		o.URL, o.Keys = own.Daemon.BaseURL(), own.Keys
	}
	r, t, err := run(ctx, &o)
	if err != nil {
		return nil, err
	}
	if own != nil {
		r.Target = "a venue of its own"
		if r.Orders, err = own.compare(ctx, t.orders); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// run sends the load to a venue that runs.
func run(ctx context.Context, o *Options) (*Result, *tally, error) {
	t := newTally()
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.Proxy, transport.MaxIdleConns, transport.MaxIdleConnsPerHost = nil, 0, o.Clients
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport}
	runName := "l" + rand.Text()[:8]
	customers := make([]*customer, o.Clients)
	for k := range customers {
		var err error
		if customers[k], err = newCustomer(o, o.URL, runName, k, client, t); err != nil {
			return nil, nil, err
		}
	}
	hang := listen(ctx, o, t)
	begin := time.Now()
	stop := report(o, t, begin)
	sendAll(ctx, o, t, customers, begin)
	took := time.Since(begin)
	stop()
	hang()
	r := t.result(took)
	r.Target, r.Asked = o.URL, o.Rate
	resolve(context.WithoutCancel(ctx), t, &r.Unknown) // each question has a limit of its own
	r.Shed = shed(context.WithoutCancel(ctx), client, o.URL)
	return r, t, nil
}

// sendAll has the customers send what is due, each its share, until all is sent or the time is over.
func sendAll(ctx context.Context, o *Options, t *tally, customers []*customer, begin time.Time) {
	count := min(o.Count, int(o.Rate*o.Duration.Seconds())+1)
	ctx, cancel := context.WithDeadline(ctx, begin.Add(o.Duration+grace))
	defer cancel()
	var wg sync.WaitGroup
	for k, c := range customers {
		wg.Go(func() {
			for n := k; n < count; n += len(customers) {
				due := begin.Add(time.Duration(float64(n) / o.Rate * float64(time.Second)))
				if !sleep(ctx, time.Until(due)) {
					t.skip(1 + (count-1-n)/len(customers))
					return
				}
				c.next(context.WithoutCancel(ctx), due) // what is sent is waited for
			}
		})
	}
	wg.Wait()
}

// sleep is false when the context ends before.
func sleep(ctx context.Context, d time.Duration) bool {
	if ctx.Err() != nil {
		return false
	}
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func (t *tally) skip(n int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.unsent += uint64(n)
}

// report tells the progress once a second, until what it returns is called.
func report(o *Options, t *tally, begin time.Time) (stop func()) {
	if o.Progress == nil {
		return func() {}
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		beat := time.NewTicker(time.Second)
		defer beat.Stop()
		for {
			select {
			case <-beat.C:
				o.Progress(t.progress(begin))
			case <-done:
				return
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}

// resolve asks what became of the requests without a clear answer.
func resolve(ctx context.Context, t *tally, u *Unknown) {
	for _, d := range t.doubts {
		switch d.customer.resolve(ctx, d) {
		case happened:
			u.Happened++
		case refused:
			u.DidNot++
		default:
			u.Unresolved++
		}
	}
}

// shed is what the venue says that it refused or cut off, where it shows its metrics; nil where it does not.
func shed(ctx context.Context, client *http.Client, base string) map[string]float64 {
	ctx, cancel := context.WithTimeout(ctx, answerWait)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, "GET", base+"/metrics", nil)
	if err != nil {
		return nil
	}
	resp, err := client.Do(r)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return nil
	}
	found := map[string]float64{}
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		name, text, _ := strings.Cut(lines.Text(), " ")
		for _, want := range [...]string{"portcullis_venue_shed_total{", "portcullis_slow_readers_dropped_total{", "portcullis_connections_refused_total"} {
			if n, err := strconv.ParseFloat(text, 64); strings.HasPrefix(name, want) && err == nil && n > 0 {
				found[strings.TrimPrefix(name, "portcullis_")] = n
			}
		}
	}
	return found
}

// String is one line of progress.
func (p Progress) String() string {
	return fmt.Sprintf("%4.0f s  %d sent, %d carried out, %d refused, %d unknown", p.Elapsed.Seconds(), p.Sent, p.OK, p.Errors, p.Other)
}
