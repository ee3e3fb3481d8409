package mark

import (
	"bytes"
	"runtime"
	"testing"
	"unsafe"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

const (
	sec = instruction.Second
	t0  = 1_000_000 * sec
)

// settled is a market whose mid price has been 100 for a minute before t0.
func settled() *Market {
	m := new(Market)
	m.Quote(t0-2*Window, 99, 101)
	return m
}

func wantLiquid(t *testing.T, m *Market, now instruction.Time, want Mark, wantReferred bool) {
	t.Helper()
	if got, referred := m.Liquid(now); got != want || referred != wantReferred {
		t.Errorf("at %+d us: %v, %v; want %v, %v", now-t0, got, referred, want, wantReferred)
	}
}

// TestSettles: a market has no mark before it has quoted for half a minute, to the microsecond, so that the first who quotes
// in an empty book makes none.
func TestSettles(t *testing.T) {
	var m Market
	wantLiquid(t, &m, t0, Mark{}, false)
	m.Quote(t0, 100, 103)
	wantLiquid(t, &m, t0, Mark{}, false)
	wantLiquid(t, &m, t0+Settled-1, Mark{}, false)
	wantLiquid(t, &m, t0+Settled, Mark{101, 102}, false)
}

// TestFlicker: a mid price that stood for no time is the one of that moment, and nothing of it stays.
func TestFlicker(t *testing.T) {
	m := settled()
	m.Quote(t0, 999, 1001)
	wantLiquid(t, m, t0, Mark{100, 1000}, false)
	for range 1000 {
		m.Quote(t0, 0, 0)
		m.Quote(t0, 1, 1)
		m.Quote(t0, 999_999, 1_000_001)
	}
	m.Quote(t0, 99, 101)
	wantLiquid(t, m, t0, Mark{100, 100}, false)
	wantLiquid(t, m, t0+sec, Mark{100, 100}, false)
}

// TestQuestions: asking changes nothing.
func TestQuestions(t *testing.T) {
	m := settled()
	m.Refer(105, t0)
	m.Break(t0)
	m.Print(t0, 100, 5, 2, 3)
	before := write(t, m)
	for _, now := range []instruction.Time{0, t0, t0 + sec, t0 + hour, t0 + 100*instruction.Day} {
		m.Liquid(now)
		m.Thin(now, 2)
		m.High7(now)
		m.Hour(now)
		m.Usual(now)
	}
	if !bytes.Equal(write(t, m), before) {
		t.Error("a question changed the market")
	}
}

// TestWeight: a mid price weighs as long as it stood, within the last 60 whole seconds and the one under way.
func TestWeight(t *testing.T) {
	m := settled()
	m.Quote(t0, 699, 701)
	m.Quote(t0+sec, 99, 101) // one second of 60 at six times more: ten percent more
	wantLiquid(t, m, t0+sec, Mark{100, 110}, false)
	wantLiquid(t, m, t0+60*sec+sec/2, Mark{100, 110}, false) // 600/60.5 = 9.9, rounded up
	wantLiquid(t, m, t0+61*sec-1, Mark{100, 110}, false)
	wantLiquid(t, m, t0+61*sec, Mark{100, 100}, false)
	m.Quote(t0+200*sec, 1, 1)
	wantLiquid(t, m, t0+200*sec, Mark{1, 100}, false)
	wantLiquid(t, m, t0+260*sec-1, Mark{1, 3}, false) // 100 counts for one microsecond short of a second
	wantLiquid(t, m, t0+260*sec, Mark{1, 1}, false)   // 60 whole seconds, and none under way
}

// TestMoment: a mid price a thousand times too high for a second doubles the average, and moves the low end nowhere before it
// has stood in more than half of the minute's seconds; one that is far too low moves the high end as little.
func TestMoment(t *testing.T) {
	m := settled()
	m.Quote(t0, 99, 1_000_000)
	m.Quote(t0+sec, 999, 1001)
	wantLiquid(t, m, t0+sec, Mark{100, 8433}, false)
	wantLiquid(t, m, t0+30*sec-1, Mark{100, 8724}, false)
	wantLiquid(t, m, t0+31*sec, Mark{1000, 8883}, false)
	m = settled()
	m.Quote(t0, 1, 1)
	wantLiquid(t, m, t0+29*sec, Mark{1, 100}, false)
	wantLiquid(t, m, t0+31*sec, Mark{1, 49}, false)
}

// TestEmptySide: with a side of the book empty the average goes on, without the mid price, until it stands on less than half
// a minute; quoting again for a moment does not bring the mark back.
func TestEmptySide(t *testing.T) {
	m := settled()
	m.Quote(t0-sec/2, 499, 501) // swept for half a second, then to the end
	m.Quote(t0, 0, 501)
	wantLiquid(t, m, t0, Mark{100, 104}, false)
	wantLiquid(t, m, t0+30*sec, Mark{100, 107}, false) // 400/2/30 = 6.7
	wantLiquid(t, m, t0+31*sec-1, Mark{100, 107}, false)
	wantLiquid(t, m, t0+31*sec, Mark{}, false)
	m.Quote(t0+40*sec, 999, 1001)
	wantLiquid(t, m, t0+40*sec, Mark{}, false)
	wantLiquid(t, m, t0+60*sec, Mark{}, false)   // nothing of before t0 is left of it
	wantLiquid(t, m, t0+70*sec-1, Mark{}, false) // 29.999999 s
	wantLiquid(t, m, t0+70*sec, Mark{1000, 1000}, false)
}

// TestGap: however long nothing was told, the mid price stood where it was.
func TestGap(t *testing.T) {
	for _, gap := range []instruction.Time{59 * sec, 60*sec - 1, 60 * sec, 60*sec + 1, 61*sec - 1, 61 * sec, 61*sec + 1, 3 * instruction.Day, 100 * instruction.Year} {
		m := settled()
		m.Quote(t0, 199, 201)
		m.Quote(t0+gap, 299, 301)
		low := money.Price(200)
		if gap < 60*sec {
			low = 198 // a second of the 60 in which it was 100
		}
		wantLiquid(t, m, t0+gap, Mark{low, 300}, false)
	}
}

// TestReference: it counts from its date on, vouches for Fresh, and then stays beside the rest for Lost.
func TestReference(t *testing.T) {
	m := settled()
	m.Refer(120, t0)
	for _, x := range []struct {
		after    instruction.Time
		want     Mark
		referred bool
	}{
		{-1, Mark{100, 100}, false}, // dated in the future
		{0, Mark{100, 120}, true},
		{10*sec - 1, Mark{100, 120}, true},
		{10 * sec, Mark{100, 120}, false},
		{70*sec - 1, Mark{100, 120}, false},
		{70 * sec, Mark{100, 100}, false},
	} {
		wantLiquid(t, m, t0+x.after, x.want, x.referred)
	}
	for _, x := range []struct {
		price money.Price
		dated instruction.Time
		want  bool
	}{{120, t0, false}, {120, t0 - 1, false}, {0, t0 + 1, false}, {-1, t0 + 1, false}, {90, t0 + 1, true}} {
		if got := m.Refer(x.price, x.dated); got != x.want {
			t.Errorf("%d as of %+d taken: %v", x.price, x.dated-t0, got)
		}
	}
	wantLiquid(t, m, t0+1, Mark{90, 100}, true)
	m.Refer(5000, 1<<63-1)
	wantLiquid(t, m, t0+2, Mark{100, 100}, false)

	var young Market // a reference is a mark where there is no other, and a young mid price only widens it
	young.Refer(100, t0)
	wantLiquid(t, &young, t0, Mark{100, 100}, true)
	young.Quote(t0, 199, 201)
	wantLiquid(t, &young, t0, Mark{100, 200}, true)
	wantLiquid(t, &young, t0+29*sec, Mark{100, 200}, false)
}

// TestBreak: what was before counts for 60 seconds more, to the microsecond.
func TestBreak(t *testing.T) {
	m := settled()
	m.Break(t0)
	m.Quote(t0, 199, 201)
	wantLiquid(t, m, t0, Mark{100, 200}, false)
	wantLiquid(t, m, t0+Window-1, Mark{100, 200}, false)
	wantLiquid(t, m, t0+Window, Mark{200, 200}, false)

	m = settled() // the mid price was moved, and the venue stood still at once: the average of before counts
	m.Quote(t0, 199, 201)
	m.Break(t0 + instruction.Day)
	wantLiquid(t, m, t0+instruction.Day, Mark{100, 200}, false)
	wantLiquid(t, m, t0+instruction.Day+Window, Mark{200, 200}, false)

	var never Market // nothing before, nothing after
	never.Break(t0)
	never.Quote(t0, 99, 101)
	never.Break(t0 + 1)
	wantLiquid(t, &never, t0+1, Mark{}, false)
	wantLiquid(t, &never, t0+Settled, Mark{}, false)
	wantLiquid(t, &never, t0+1+Settled, Mark{100, 100}, false)
}

// TestBreaks: breaks in a row neither erase what was known nor keep it alive.
func TestBreaks(t *testing.T) {
	m := settled()
	m.Break(t0)
	m.Quote(t0, 1999, 2001)
	for now := t0; now < t0+Window; now += sec {
		m.Break(now)
		wantLiquid(t, m, now, Mark{100, 2000}, false)
	}
	for now := t0 + Window; now < t0+10*Window; now += 29 * sec {
		m.Break(now)
		wantLiquid(t, m, now, Mark{}, false) // what was is over, and what is has not settled
	}

	m = settled() // each stands for long enough to be known: both count for their 60 seconds
	m.Break(t0)
	m.Quote(t0, 199, 201)
	m.Break(t0 + 30*sec)
	m.Quote(t0+30*sec, 299, 301)
	wantLiquid(t, m, t0+60*sec-1, Mark{100, 300}, false)
	m.Break(t0 + 60*sec)
	m.Quote(t0+60*sec, 399, 401)
	wantLiquid(t, m, t0+60*sec, Mark{200, 400}, false)
	wantLiquid(t, m, t0+90*sec-1, Mark{200, 400}, false)
	wantLiquid(t, m, t0+90*sec, Mark{300, 400}, false)
}

// TestLargest: the largest prices there are neither wrap nor panic.
func TestLargest(t *testing.T) {
	const most = money.Price(1<<63 - 1)
	var m Market
	m.Quote(t0, most, most)
	m.Quote(t0+59*sec, most-1, most)
	wantLiquid(t, &m, t0+60*sec, Mark{most - 1, most}, false)
	m.Quote(t0+60*sec, most, most)
	wantLiquid(t, &m, t0+60*sec, Mark{most - 1, most}, false)
	wantLiquid(t, again(t, &m), t0+60*sec, Mark{most - 1, most}, false)
	for i := range instruction.Time(400) {
		m.Print(t0+i*minute, most, 1<<63-1, 2, 3)
	}
	now := t0 + 400*minute
	if got := m.Thin(now, 4); got != (Mark{most, most}) {
		t.Errorf("thin: %v", got)
	}
	low, high, volume := m.Hour(now)
	if low != most || high != most || volume != money.MaxAmount || m.Usual(now) != money.MaxAmount || m.High7(now) != most {
		t.Errorf("hour: %d %d %d; usual %d", low, high, volume, m.Usual(now))
	}
	again(t, &m)
}

// TestBounded: a market is some words before it quotes and trades, stays below 8 KB after, and allocates nothing more.
func TestBounded(t *testing.T) {
	if n := unsafe.Sizeof(Market{}); n > 32 {
		t.Errorf("a market that never quoted has %d bytes", n)
	}
	var m Market
	if n := testing.AllocsPerRun(10, func() {
		m.Quote(t0, 0, 5)
		m.Break(t0)
		m.Print(t0, 0, 5, 1, 2)
		m.Print(t0, 5, 0, 1, 2)
		m.Refer(5, t0)
		m.Liquid(t0)
		m.Thin(t0, 1)
		m.High7(t0)
		m.Hour(t0)
		m.Usual(t0)
	}); n != 0 || m.mids != nil || m.prints != nil {
		t.Errorf("%v allocations for a market that never quoted nor traded", n)
	}
	const markets = 4000
	var before, after runtime.MemStats
	all := make([]Market, markets)
	runtime.ReadMemStats(&before)
	for i := range all {
		all[i].Quote(t0, 5, 6)
		all[i].Print(t0, 5, 5, 1, 2)
	}
	runtime.ReadMemStats(&after)
	each := (after.TotalAlloc-before.TotalAlloc)/markets + uint64(unsafe.Sizeof(Market{}))
	t.Logf("%d bytes each", each)
	if each > 8192 {
		t.Errorf("a market has %d bytes", each)
	}
	now := t0
	if n := testing.AllocsPerRun(1000, func() {
		now += 17 * sec
		m = all[0]
		m.Quote(now, 5+money.Price(now%7), 9)
		m.Break(now)
		m.Print(now, 5+money.Price(now%11), 5, 1, 2)
		m.Liquid(now)
		m.Thin(now, 1)
		m.High7(now)
		m.Hour(now)
		m.Usual(now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
