//go:build !race

package daemon

import (
	"context"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"portcullis/core/instruction"
	"portcullis/internal/clock"
	"portcullis/scenario"

	"github.com/coder/websocket"
)

// quiet is what a venue holds while nobody wants anything of it.
type quiet struct {
	objects           uint64 // on the heap
	goroutines, files int
}

// TestLeak runs the demo's crowd in a venue whose clock goes as fast as the machine: at soak for a day, at ci until the
// engine's memory of newest records is full and for some minutes more. Meanwhile customers come, ask, ask for streams
// and go, some without a word. Between two quiet points nothing may be left behind.
//
// It was seen red with each of these: one object kept for each record by the follower; a stream's goroutine that does not end
// with its connection; a file that each request opens.
func TestLeak(t *testing.T) {
	cfg, _ := config(t)
	hand := clock.NewHand(1_772_323_200 * instruction.Second)
	cfg.Clock = hand
	d := run(t, cfg)
	cast, err := scenario.Setup(d.Engine(), d.Engine())
	if err != nil {
		t.Fatal(err)
	}
	crowd := scenario.NewCrowd(cast, 1)
	const pace = instruction.Second / scenario.DemoRate
	trade := func(n int) {
		for i := range n {
			hand.Add(pace)
			if err := crowd.Trade(d.Engine(), hand.Now()); err != nil {
				t.Fatal(err)
			}
			if i%500 == 0 {
				visit(t, d, i%1000 == 0)
			}
		}
	}
	warm, run := 60_000, 20_000
	if os.Getenv("PORTCULLIS_DEPTH") == "soak" {
		run = 24 * 3600 * scenario.DemoRate
	}
	trade(warm)
	before := rest(t, d, quiet{})
	trade(run)
	after := rest(t, d, before)
	t.Logf("over %d instructions from %+v to %+v", run, before, after)
	if after.goroutines > before.goroutines || after.files > before.files {
		t.Errorf("left behind: from %+v to %+v", before, after)
	}
	if more := int64(after.objects) - int64(before.objects); more > int64(before.objects)/50+1000 {
		t.Errorf("%d objects more over %d instructions", more, run)
	}
}

// visit is a customer who asks, opens streams, and goes: with or without a word.
func visit(t *testing.T, d *Daemon, polite bool) {
	for _, path := range []string{"/api/v3/depth?symbol=BTCUSDT", "/api/v3/klines?symbol=BTCUSDT&interval=1m", "/api/v3/exchangeInfo", "/metrics"} {
		if status, body := get(t, d, path); status != 200 {
			t.Fatalf("%s: %d %s", path, status, body)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	c, _, err := websocket.Dial(ctx, "ws"+strings.TrimPrefix(d.BaseURL(), "http")+
		"/stream?streams=btcusdt@trade/btcusdt@depth/btcusdt@bookTicker/ethusdt@kline_1m/!miniTicker@arr", nil)
	if err != nil {
		t.Fatal(err)
	}
	if polite {
		c.Close(websocket.StatusNormalClosure, "")
	} else {
		c.CloseNow()
	}
}

// rest waits until history has caught up and no more goes on than at the quiet point before, and says what there is then.
func rest(t *testing.T, d *Daemon, before quiet) quiet {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	poll := time.NewTicker(20 * time.Millisecond)
	defer poll.Stop()
	last, same := quiet{}, 0
	for {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		now := quiet{m.HeapObjects, runtime.NumGoroutine(), files(t)}
		settled := now.goroutines == last.goroutines && now.files == last.files
		if same++; !settled || d.archive.Applied() < d.Engine().Durable() {
			same = 0
		}
		done := same > 25
		if before.goroutines > 0 {
			done = done && now.goroutines <= before.goroutines && now.files <= before.files
		}
		if done || ctx.Err() != nil {
			return now
		}
		last = now
		<-poll.C
	}
}

// files is how many this process has open; 0 where the system does not say.
func files(t *testing.T) int {
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Logf("open files are not counted: %v", err)
	}
	return len(list)
}
