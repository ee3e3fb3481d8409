package window_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/core/window"
)

const hour = 3600 * instruction.Second

// entry is what a plain model keeps of something that was counted.
type entry struct {
	at   instruction.Time
	n    money.Amount // as it was; below 0 a gain
	left money.Amount // once gains have taken of it
}

type model []entry

func (m *model) add(at instruction.Time, n money.Amount) { *m = append(*m, entry{at, n, n}) }

// less takes out of the newest entries whose slots count.
func (m *model) less(at instruction.Time, n money.Amount) money.Amount {
	var taken money.Amount
	for i := len(*m) - 1; i >= 0; i-- {
		if e := &(*m)[i]; e.n > 0 && counts(at, e.at) {
			x := min(e.left, n-taken)
			e.left -= x
			taken += x
		}
	}
	*m = append(*m, entry{at, -n, 0})
	return taken
}

func counts(at, then instruction.Time) bool { return at/window.Span-then/window.Span < window.Slots }

func (m model) sum(at instruction.Time) (n money.Amount) {
	for _, e := range m {
		if counts(at, e.at) {
			n += e.left
		}
	}
	return n
}

// bounds are the most that happened, net, since any time of the last 24 hours, and all without gains of the last 26.
func (m model) bounds(at instruction.Time) (least, most money.Amount) {
	var net money.Amount
	for _, e := range slices.Backward(m) {
		if at-e.at <= instruction.Day {
			net += e.n
			least = max(least, net)
		}
		if at-e.at < instruction.Day+2*hour && e.n > 0 {
			most += e.n
		}
	}
	return least, most
}

// TestWindow holds the window against a list of all that was counted: it never says less than what happened in 24 hours,
// net, nor more than what happened in 26, and what counted does not fade before it expires whole, at the time it was told.
func TestWindow(t *testing.T) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 50 {
		var w window.Window
		var all model
		at := instruction.Time(r.Int64N(int64(3 * instruction.Day)))
		for range 400 {
			if r.IntN(4) > 0 { // else the clock stands still
				at += instruction.Time(r.Int64N(int64(5 * hour)))
			}
			if r.IntN(30) == 0 {
				at += instruction.Time(r.Int64N(int64(4 * instruction.Day)))
			}
			n := money.Amount(r.Int64N(1000))
			switch r.IntN(4) {
			case 0:
				if got, want := w.Less(at, n), all.less(at, n); got != want {
					t.Fatalf("a gain of %d takes %d, not %d", n, got, want)
				}
			case 1:
			default:
				all.add(at, n)
				w.Add(at, n)
			}
			if err := w.Check(); err != nil {
				t.Fatal(err)
			}
			look(t, &w, all, at)
			look(t, &w, all, at+instruction.Time(r.Int64N(int64(30*hour))))
		}
	}
}

func look(t *testing.T, w *window.Window, all model, at instruction.Time) {
	t.Helper()
	least, most := all.bounds(at)
	got := w.Sum(at)
	if got != all.sum(at) || got < least || got > most {
		t.Fatalf("%d at %d; want %d, from %d to %d", got, at, all.sum(at), least, most)
	}
	first, n, ok := w.Next(at)
	if ok != (got > 0) || ok && (w.Sum(first-1) != got || w.Sum(first) != got-n) {
		t.Fatalf("%d of %d come back at %d", n, got, first)
	}
	for then, n := range w.Comes(at) {
		if got -= n; w.Sum(then) != got || w.Sum(then-1) != got+n {
			t.Fatalf("at %d, %d of %d come back, and %d are left", then, n, got+n, w.Sum(then))
		}
	}
	if got != 0 {
		t.Fatalf("%d never come back", got)
	}
}

// TestEnds: a slot counts for as long as it has an end less than 24 hours ago, and then it is gone whole.
func TestEnds(t *testing.T) {
	var w window.Window
	start := 100 * instruction.Day
	w.Add(start, 3)
	w.Add(start+2*hour-1, 4)
	for _, c := range []struct {
		at   instruction.Time
		want money.Amount
	}{{start + instruction.Day, 7}, {start + 26*hour - 1, 7}, {start + 26*hour, 0}} {
		if got := w.Sum(c.at); got != c.want {
			t.Errorf("after %d hours %d count, not %d", (c.at-start)/hour, got, c.want)
		}
	}
}

// TestGains: a gain is not stored, takes of the newest slots, and finds nothing in what has expired.
func TestGains(t *testing.T) {
	var w window.Window
	start := 100 * instruction.Day
	if w.Less(start, 50); w.Sum(start) != 0 || w != (window.Window{}) {
		t.Error("a gain before a loss leaves a trace")
	}
	w.Add(start, 10)
	if w.Sum(start) != 10 {
		t.Error("a gain was stored")
	}
	w.Add(start+2*hour, 20)
	if got := w.Less(start+25*hour, 25); got != 25 || w.Sum(start+25*hour) != 5 || w.Sum(start+26*hour) != 0 {
		t.Errorf("took %d: %d count, and %d an hour later", got, w.Sum(start+25*hour), w.Sum(start+26*hour))
	}
	if got := w.Less(start+26*hour, 5); got != 0 {
		t.Errorf("took %d of a slot that had expired", got)
	}
	w.Add(start+30*hour, 7)
	if got := w.Less(start+30*hour, 100); got != 7 || w.Sum(start+30*hour) != 0 {
		t.Errorf("took %d, and left %d", got, w.Sum(start+30*hour))
	}
}

// TestTimes: what is told of another time than the last is counted then, or in the newest slot.
func TestTimes(t *testing.T) {
	var w window.Window
	w.Add(-5*hour, 1)
	w.Add(10*hour, 2)
	w.Add(0, 4) // a clock that goes back frees nothing, nor opens a slot that would expire sooner
	if got := w.Sum(35 * hour); got != 6 {
		t.Errorf("%d count", got)
	}
	if got := w.Sum(-hour); got != 7 {
		t.Errorf("%d count before the beginning", got)
	}
	w.Add(math.MaxInt64, 8)
	if got := w.Sum(math.MaxInt64); got != 8 || w.Check() != nil {
		t.Errorf("%d count at the end: %v", got, w.Check())
	}
	w.Add(math.MaxInt64, -8)
	if got := w.Sum(math.MaxInt64); got != 8 {
		t.Errorf("%d count once less than nothing was added", got)
	}
	if got := w.Less(math.MaxInt64, -8); got != 0 || w.Sum(math.MaxInt64) != 8 {
		t.Errorf("a gain of less than nothing takes %d", got)
	}
}

// TestHuge: sums stop at the largest amount. A slot that stopped there stays until it expires; what others have is exact.
func TestHuge(t *testing.T) {
	var w window.Window
	start := 100 * instruction.Day
	for i := range instruction.Time(13) {
		w.Add(start+2*i*hour, money.MaxAmount-1)
	}
	end := start + 25*hour
	if w.Sum(end) != money.MaxAmount || w.Sum(end+24*hour) != money.MaxAmount-1 {
		t.Errorf("%d, and of the last slot %d", w.Sum(end), w.Sum(end+24*hour))
	}
	if got := w.Less(end, money.MaxAmount); got != money.MaxAmount || w.Sum(end+22*hour) != money.MaxAmount-2 {
		t.Errorf("took %d, and left %d in the last two slots", got, w.Sum(end+22*hour))
	}
	w.Add(end, money.MaxAmount)
	w.Add(end, money.MaxAmount)
	if got := w.Less(end, 5); got != 5 || w.Sum(end+24*hour) != money.MaxAmount {
		t.Errorf("took %d of a slot that is not known", got)
	}
	if err := w.Check(); err != nil {
		t.Error(err)
	}
}

func write(w *window.Window) []byte {
	c := instruction.Writer(nil)
	w.Fields(&c)
	return c.Bytes()
}

// seeds are windows as they are written: of nothing, of a day with gains, and of the largest amounts.
func seeds() [][]byte {
	var none, day, huge window.Window
	for i := range instruction.Time(20) {
		day.Add(3*i*hour, money.Amount(i+1))
		day.Less(3*i*hour, money.Amount(i%5))
		huge.Add(40*hour+2*i*hour, money.MaxAmount)
	}
	return [][]byte{write(&none), write(&day), write(&huge)}
}

// TestFieldsRefused: each way in which bytes are no window.
func TestFieldsRefused(t *testing.T) {
	for name, spoil := range map[string]func(b []byte) []byte{
		"a slot of nothing":       func(b []byte) []byte { return append(b[:10], make([]byte, 8)...) },
		"a slot below nothing":    func(b []byte) []byte { b[17] = 0x80; return b },
		"a slot over the largest": func(b []byte) []byte { b[17] = 0x21; return b },
		"one slot too many":       func(b []byte) []byte { b[9] |= 0x20; return append(b, 1, 0, 0, 0, 0, 0, 0, 0) },
		"no such slot":            func(b []byte) []byte { b[7] = 0x80; return b },
		"a slot after the newest": func(b []byte) []byte { b[0] = 0; return b },
		"the end missing":         func(b []byte) []byte { return b[:len(b)-1] },
	} {
		var w window.Window
		w.Add(2*hour, 1)
		good := write(&w)
		if len(good) != 18 {
			t.Fatalf("%d bytes", len(good))
		}
		c := instruction.Reader(spoil(good))
		if w.Fields(&c); c.End() == nil {
			t.Errorf("%s is read", name)
		}
	}
}

// FuzzFields: no bytes panic; what is read is sound, and is written as it was read.
func FuzzFields(f *testing.F) {
	list := seeds()
	for _, s := range list {
		f.Add(s)
	}
	if len(list) != 3 || len(list[1]) < 60 || len(list[2]) != 10+13*8 {
		f.Fatal("no seeds")
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		var w window.Window
		c := instruction.Reader(in)
		if w.Fields(&c); c.End() != nil {
			return
		}
		if err := w.Check(); err != nil {
			t.Error(err)
		}
		if out := write(&w); !slices.Equal(in, out) {
			t.Errorf("read %x, written %x", in, out)
		}
	})
}
