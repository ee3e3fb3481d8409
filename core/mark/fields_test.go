package mark

import (
	"bytes"
	"errors"
	"testing"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// traded is a market with something in every field: three rings wrapped, prints carried, two breaks.
func traded() *Market {
	m := settled()
	m.Refer(104, t0)
	m.Break(t0)
	m.Quote(t0+sec/3, 104, 107)
	m.Break(t0 + 40*sec)
	m.Quote(t0+45*sec, 0, 107)
	m.Quote(t0+50*sec, 105, 107)
	m.Print(day-instruction.Day, 90, 10, alice, thief)
	m.Print(day-instruction.Day+1, 91, 10, alice, bob)
	m.Print(day-hour, 92, 10, alice, helper)
	for i := range instruction.Time(500) {
		m.Print(day+i*minute+i, 100+money.Price(i%7), 10+money.Amount(i%3), alice, bob+instruction.Account(i%2))
	}
	return m
}

// seeds are the persisted forms of markets in all kinds of states.
func seeds(t testing.TB) [][]byte {
	var one, quoted, referred Market
	one.Print(day, 100, 1, alice, bob)
	quoted.Quote(t0, 99, 101)
	referred.Refer(100, t0)
	return [][]byte{write(t, new(Market)), write(t, &referred), write(t, &one), write(t, &quoted), write(t, settled()), write(t, traded())}
}

// FuzzFields: what can be read is what is written, and answers whatever it is asked.
func FuzzFields(f *testing.F) {
	all := seeds(f)
	for i, b := range all {
		c := instruction.Reader(b)
		var m Market
		if m.Fields(&c); c.End() != nil {
			f.Fatalf("seed %d cannot be read: %v", i, c.Err())
		}
		f.Add(b)
	}
	if n := len(all[len(all)-1]); n < 3000 {
		f.Fatalf("the largest seed has %d bytes only", n)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c := instruction.Reader(b)
		var m Market
		m.Fields(&c)
		if err := c.End(); err != nil {
			if !errors.Is(err, instruction.ErrCodec) {
				t.Fatalf("refused with %v", err)
			}
			return
		}
		if !bytes.Equal(write(t, &m), b) {
			t.Fatalf("not the one form:\nread    %x\nwritten %x", b, write(t, &m))
		}
		now, waits := instruction.Time(0), instruction.Time(0)
		if m.mids != nil {
			now = min(m.mids.at, 1<<62)
		}
		if m.prints != nil {
			waits = min(m.prints.at, 1<<62)
		}
		for _, d := range []instruction.Time{0, sec, Settled, Window, hour, History, instruction.Year} {
			holds(t, &m, now+d, waits+d)
		}
		m.Quote(now+sec, 100, 102)
		m.Break(now + Window)
		m.Print(waits+minute, 100, 1, alice, bob)
		m.Print(waits+instruction.Year, 100, 1, alice, bob)
		holds(t, again(t, &m), now+Window, waits+instruction.Year)
	})
}

// holds asks everything, and checks what is always so.
func holds(t *testing.T, m *Market, now, waits instruction.Time) {
	t.Helper()
	liquid, _ := m.Liquid(now)
	for _, x := range []Mark{liquid, m.Thin(waits, 0), m.Thin(waits, alice)} {
		if x != (Mark{}) && (x.Low <= 0 || x.High < x.Low) {
			t.Fatalf("a mark of %v", x)
		}
	}
	low, high, volume := m.Hour(waits)
	if low < 0 || high < low || volume < 0 || volume > money.MaxAmount || m.High7(waits) < high {
		t.Fatalf("an hour from %d to %d, %d; seven days to %d", low, high, volume, m.High7(waits))
	}
	if n := m.Usual(waits); n < 0 || n > money.MaxAmount {
		t.Fatalf("usual %d", n)
	}
}

// TestImpossible: a reader refuses what nothing could have led to. Each case takes a sound market and changes one thing.
func TestImpossible(t *testing.T) {
	at := func(p *prints, span instruction.Time) instruction.Time { return p.at / span }
	for name, change := range map[string]func(m *Market){
		"reference below 0":         func(m *Market) { m.reference.price = -1 },
		"reference of no time":      func(m *Market) { m.reference.dated = 0 },
		"reference of no price":     func(m *Market) { m.reference.price = 0 },
		"reference before 1970":     func(m *Market) { m.reference.dated = -1 },
		"mid price of one side":     func(m *Market) { m.mids.mid = 1 },
		"mid price beyond any":      func(m *Market) { m.mids.mid = 1<<64 - 1 },
		"quote before 1970":         func(m *Market) { m.mids.at = -1 },
		"mark without a high":       func(m *Market) { m.mids.before[0].mark.High = 0 },
		"mark without a low":        func(m *Market) { m.mids.before[0].mark.Low = 0 },
		"mark without an end":       func(m *Market) { m.mids.before[0].until = 0 },
		"mark that counts too long": func(m *Market) { m.mids.before[0].until = m.mids.at + Window + 1 },
		"marks too near":            func(m *Market) { m.mids.before[1].until = m.mids.before[0].until - Settled + 1 },
		"an older mark alone":       func(m *Market) { m.mids.before[0] = past{} },
		"more than a second": func(m *Market) {
			m.mids.times[(second(t0)+44)%ringed]++
			m.mids.sums[(second(t0)+44)%ringed].add(210, 1)
		},
		"time after the newest": func(m *Market) {
			m.mids.times[(second(t0)+50)%ringed] = 1
			m.mids.sums[(second(t0)+50)%ringed] = sum{0, 200}
		},
		"time before the break": func(m *Market) {
			m.mids.times[(second(t0)+39)%ringed] = 1
			m.mids.sums[(second(t0)+39)%ringed] = sum{0, 200}
		},
		"an average below 1":           func(m *Market) { m.mids.sums[(second(t0)+44)%ringed] = sum{0, 1_999_999} },
		"an average beyond any":        func(m *Market) { m.mids.sums[(second(t0)+44)%ringed] = sum{1_000_000, 0} },
		"prints before 1970":           func(m *Market) { m.prints.first = -1 },
		"first after newest":           func(m *Market) { m.prints.first = m.prints.at + 1 },
		"first in a bucket of none":    func(m *Market) { m.prints.first = day - 2*hour - 1 },
		"last outside its minute":      func(m *Market) { m.prints.last = 200 },
		"no last":                      func(m *Market) { m.prints.last = 0 },
		"no size":                      func(m *Market) { m.prints.minuteSize = 0 },
		"larger than the volume":       func(m *Market) { m.prints.minuteSize, m.prints.fiveSize = 13, 13 },
		"larger than in five":          func(m *Market) { m.prints.fiveSize = 10 },
		"five larger than volume":      func(m *Market) { m.prints.fiveSize = 57 },
		"no newest minute":             func(m *Market) { m.prints.minutes[at(m.prints, minute)%(minutes+1)].price = 0 },
		"no newest five":               func(m *Market) { m.prints.fives[at(m.prints, five)%(fives+1)].price = 0 },
		"no newest hour":               func(m *Market) { m.prints.hours[at(m.prints, hour)%(hours+1)].high = 0 },
		"minute without its five":      func(m *Market) { m.prints.fives[(at(m.prints, five)-3)%(fives+1)].price = 0 },
		"five of another print":        func(m *Market) { m.prints.fives[(at(m.prints, five)-3)%(fives+1)].taker = 99 },
		"five above its hour":          func(m *Market) { m.prints.fives[(at(m.prints, five)-60)%(fives+1)].price = 107 },
		"five without its hour":        func(m *Market) { m.prints.hours[(at(m.prints, hour)-5)%(hours+1)].high = 0 },
		"five below 0":                 func(m *Market) { m.prints.fives[(at(m.prints, five)-3)%(fives+1)].price = -1 },
		"minute above its hour":        func(m *Market) { m.prints.hour[(at(m.prints, minute)-9)%(minutes+1)].high = 107 },
		"minute traded more than hour": func(m *Market) { m.prints.hours[at(m.prints, hour)%(hours+1)].volume = 11 },
		"price above its minute":       func(m *Market) { m.prints.minutes[(at(m.prints, minute)-9)%(minutes+1)].price = 107 },
		"minute upside down":           func(m *Market) { m.prints.hour[(at(m.prints, minute)-9)%(minutes+1)].low = 107 },
		"minute without volume":        func(m *Market) { m.prints.hour[(at(m.prints, minute)-9)%(minutes+1)].volume = 0 },
		"hour beyond any amount":       func(m *Market) { m.prints.hours[at(m.prints, hour)%(hours+1)].volume = money.MaxAmount + 1 },
		"hour below 0":                 func(m *Market) { m.prints.hours[(at(m.prints, hour)-1)%(hours+1)].volume = -1 },
		"nothing carried":              func(m *Market) { m.prints.minutePast = carried{} },
		"carried twice":                func(m *Market) { m.prints.fivePast[2] = m.prints.fivePast[0] },
		"carried below 0":              func(m *Market) { m.prints.fivePast[0].price = -1 },
	} {
		m := traded()
		change(m)
		c := instruction.Writer(nil)
		m.Fields(&c)
		r := instruction.Reader(c.Bytes())
		if c.Err() != nil {
			t.Fatalf("%s: %v", name, c.Err())
		}
		new(Market).Fields(&r)
		if r.End() == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

// TestDamaged: bytes that end early, go on too long or count too far are refused, and none of them panics.
func TestDamaged(t *testing.T) {
	for _, b := range seeds(t) {
		for n := range b {
			c := instruction.Reader(b[:n])
			var m Market
			if m.Fields(&c); c.End() == nil {
				t.Fatalf("%d bytes of %d are taken", n, len(b))
			}
		}
		for i := range b {
			for _, x := range []byte{1, 0x80, 0xff} {
				d := bytes.Clone(b)
				d[i] ^= x
				c := instruction.Reader(d)
				var m Market
				if m.Fields(&c); c.End() == nil && !bytes.Equal(write(t, &m), d) {
					t.Fatalf("byte %d of %d is taken as %#x, and written as another", i, len(b), d[i])
				}
			}
		}
	}
}
