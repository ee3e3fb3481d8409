package instruction

import (
	"bytes"
	"errors"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// layouts are all the types that have a persisted layout of their own, each with a fresh value to write or read.
func layouts() []reflect.Type {
	all := []reflect.Type{
		reflect.TypeFor[Principal](), reflect.TypeFor[Mandate](), reflect.TypeFor[Terms](), reflect.TypeFor[Verdict](),
	}
	for _, n := range valuesOf("Kind") {
		all = append(all, reflect.TypeOf(newInstruction(Kind(n))).Elem())
	}
	for _, n := range valuesOf("EventKind") {
		all = append(all, reflect.TypeOf(new(Events).empty(EventKind(n))).Elem())
	}
	return all
}

// pass writes or reads the value that v points to.
func pass(c *Codec, v reflect.Value) error {
	switch v := v.Interface().(type) {
	case interface{ fields(*Codec) }:
		v.fields(c)
	case interface{ Fields(*Codec) }:
		v.Fields(c)
	}
	return c.End()
}

func write(t *testing.T, v reflect.Value) []byte {
	t.Helper()
	c := Writer(nil)
	if err := pass(&c, v); err != nil {
		t.Fatalf("%s: %+v cannot be written: %v", v.Type(), v.Elem(), err)
	}
	return c.Bytes()
}

// TestRoundTrip: what is written reads back as it was, into a fresh value and into one that has been used.
func TestRoundTrip(t *testing.T) {
	r := newRandom(t, 20180107)
	for _, typ := range layouts() {
		for range 300 {
			v, used := reflect.New(typ), reflect.New(typ)
			r.fill(v.Elem())
			r.fill(used.Elem())
			b := write(t, v)
			for _, back := range []reflect.Value{reflect.New(typ), used} {
				c := Reader(b)
				if err := pass(&c, back); err != nil || !reflect.DeepEqual(back.Interface(), v.Interface()) {
					t.Fatalf("%s: wrote %+v, read %+v, %v", typ, v.Elem(), back.Elem(), err)
				}
			}
		}
	}
}

// TestTruncated: every beginning of what was written is refused, and so is anything behind it.
func TestTruncated(t *testing.T) {
	r := newRandom(t, 20180108)
	for _, typ := range layouts() {
		for range 20 {
			v := reflect.New(typ)
			r.fill(v.Elem())
			b := write(t, v)
			for i := range b {
				c := Reader(b[:i])
				if err := pass(&c, reflect.New(typ)); !errors.Is(err, ErrCodec) {
					t.Fatalf("%s: %d of %d bytes: %v", typ, i, len(b), err)
				}
			}
			for range 10 {
				c := Reader(append(slices.Clone(b), make([]byte, 1+r.IntN(9))...))
				if err := pass(&c, reflect.New(typ)); !errors.Is(err, ErrCodec) {
					t.Fatalf("%s: bytes behind it: %v", typ, err)
				}
			}
		}
	}
}

// TestInvalidIsNotWritten: a value with one place made invalid cannot be written, wherever the place is. So nothing can
// get into a journal that does not come out of it.
func TestInvalidIsNotWritten(t *testing.T) {
	r := newRandom(t, 20180109)
	places := 0
	for _, typ := range layouts() {
		sample := reflect.New(typ)
		r.fill(sample.Elem())
		for range 20 {
			for i := range r.spoilers(sample.Elem(), typ.Name()) {
				v := reflect.New(typ)
				v.Elem().Set(sample.Elem())
				unshare(v.Elem())
				s := r.spoilers(v.Elem(), typ.Name())[i]
				s.spoil()
				c := Writer(nil)
				if err := pass(&c, v); !errors.Is(err, ErrCodec) {
					t.Fatalf("%s: was written; err %v", s.place, err)
				}
				places++
			}
			r.fill(sample.Elem())
		}
	}
	if places < 1000 {
		t.Errorf("only %d places were tried", places)
	}
}

// unshare gives v lists of its own.
func unshare(v reflect.Value) {
	switch v.Kind() {
	case reflect.Slice:
		v.Set(reflect.AppendSlice(reflect.Zero(v.Type()), v))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				unshare(v.Field(i))
			}
		}
	}
}

// randomRecord has a random instruction and up to six random events.
func (r random) record() goldenRecord {
	g := goldenRecord{name: "random", events: make([]Event, r.IntN(7))}
	r.fill(reflect.ValueOf(&g.time).Elem())
	r.fill(reflect.ValueOf(&g.principal).Elem())
	r.fill(reflect.ValueOf(&g.verdict).Elem())
	kinds := valuesOf("Kind")
	g.instruction = newInstruction(Kind(kinds[r.IntN(len(kinds))]))
	r.fill(reflect.ValueOf(g.instruction).Elem())
	kinds = valuesOf("EventKind")
	for i := range g.events {
		g.events[i] = new(Events).empty(EventKind(kinds[r.IntN(len(kinds))]))
		r.fill(reflect.ValueOf(g.events[i]).Elem())
	}
	return g
}

// TestRecordRoundTrip: records come back whole. A cut is refused wherever it is, but for a cut between two events, which
// only the journal's own length can show.
func TestRecordRoundTrip(t *testing.T) {
	r := newRandom(t, 20180110)
	for range 500 {
		g := r.record()
		b := g.bytes(t)
		g.check(t, b)

		whole := map[int]int{} // events in the record, by lengths at which it may end
		for n := range len(g.events) + 1 {
			part := g
			part.events = g.events[:n]
			whole[len(part.bytes(t))] = n
		}
		for i := range len(b) + 1 {
			n, err := readAll(b[:i])
			want, ok := whole[i]
			if ok && (err != nil || n != want) || !ok && !errors.Is(err, ErrCodec) {
				t.Fatalf("%d of %d bytes: %d events, %v", i, len(b), n, err)
			}
		}
		if _, err := readAll(append(slices.Clone(b), 0xff)); !errors.Is(err, ErrCodec) {
			t.Fatalf("a byte behind the last event: %v", err)
		}
	}
}

// readAll reads a record with everything that is in it and counts the events.
func readAll(b []byte) (int, error) {
	var rec Record
	if err := rec.Decode(1, b); err != nil {
		return 0, err
	}
	if in, err := rec.Instruction(); err != nil {
		if in != nil {
			return 0, errors.New("an instruction beside an error")
		}
		return 0, err
	}
	var ev Events
	n := 0
	for rec.Events(&ev); ev.Next() != nil; {
		if ev.Err() != nil {
			return n, errors.New("an event beside an error")
		}
		n++
	}
	return n, ev.Err()
}

// TestDamaged: whatever happens to a record's bytes, it reads or is refused by the one error.
func TestDamaged(t *testing.T) {
	r := newRandom(t, 20180111)
	for range 20_000 {
		g := r.record()
		b := g.bytes(t)
		for range 1 + r.IntN(4) {
			b[r.IntN(len(b))] = byte(r.IntN(256))
		}
		if _, err := readAll(b); err != nil && !errors.Is(err, ErrCodec) {
			t.Fatalf("%x: %v", b, err)
		}
	}
}

// TestUnknown: the error says what is unknown.
func TestUnknown(t *testing.T) {
	tick := goldenRecord{principal: Principal{Giver: ByEngine}, instruction: &Tick{}, verdict: Say(Allow, EngineClock, 0)}
	b := tick.bytes(t)
	for _, c := range []struct {
		what string
		edit func(b []byte) []byte
		want string
	}{
		{"version", func(b []byte) []byte { b[0] = 6; return b }, "record of layout version 6, where this program knows 1 to 5"},
		{"no version", func(b []byte) []byte { b[0] = 0; return b }, "record of layout version 0"},
		{"giver", func(b []byte) []byte { b[9] = 7; return b }, "Giver 7 is unknown"},
		{"kind of address", func(b []byte) []byte { b[18] = 5; return b }, "unknown kind of address 5"},
		{"bytes of no address", func(b []byte) []byte { b[19] = 1; return b }, "no address"},
		{"IPv6 as IPv4", func(b []byte) []byte { b[18] = 4; return b }, "not an IPv4 address"},
		{"instruction", func(b []byte) []byte { b[len(b)-14] = 250; return b }, "unknown kind of instruction 250"},
		{"left over", func(b []byte) []byte { b[len(b)-16] = 2; return slices.Insert(b, len(b)-13, 0) }, "1 bytes left over"},
		{"decision", func(b []byte) []byte { b[len(b)-13] = 0; return b }, "Decision 0 is unknown"},
		{"measures", func(b []byte) []byte { b[len(b)-12] = 128; return b }, "unknown measures 128"},
		{"no reasons", func(b []byte) []byte { b[len(b)-11] = 0; return b[:len(b)-10] }, "a verdict with 0 reasons"},
		{"reason", func(b []byte) []byte { b[len(b)-10] = 99; return b }, "unknown reason 99"},
		{"event", func(b []byte) []byte { return append(b, 251) }, "unknown kind of event 251"},
		{"cut", func(b []byte) []byte { return b[:5] }, "ends early: 4 bytes where 8 are needed"},
	} {
		_, err := readAll(c.edit(slices.Clone(b)))
		if !errors.Is(err, ErrCodec) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.what, err, c.want)
		}
	}
}

// TestNoInstruction: a record without one is no record, and its kind is none.
func TestNoInstruction(t *testing.T) {
	p, v := Principal{Giver: ByEngine}, Say(Allow, EngineClock, 0)
	c := Writer([]byte{Version, 1, 0, 0, 0, 0, 0, 0, 0})
	p.Fields(&c)
	var none uint16
	Num16(&c, &none)
	v.Fields(&c)
	var rec Record
	if err := rec.Decode(1, c.Bytes()); err != nil {
		t.Fatal(err)
	}
	if in, err := rec.Instruction(); !errors.Is(err, ErrCodec) || in != nil || rec.Kind() != 0 {
		t.Errorf("kind %d: %+v, %v", rec.Kind(), in, err)
	}
}

// TestLongest: the longest texts and blobs come back; an instruction longer than its length field is not written.
func TestLongest(t *testing.T) {
	long := string(bytes.Repeat([]byte{'x'}, 1<<16-1))
	c := Writer(nil)
	c.Text(&long)
	var text string
	r := Reader(c.Bytes())
	if r.Text(&text); r.End() != nil || text != long {
		t.Errorf("a text of %d bytes came back with %d, %v", len(long), len(text), r.Err())
	}
	blob, back := []byte(long), []byte(nil)
	c = Writer(nil)
	c.Blob(&blob)
	r = Reader(c.Bytes())
	if r.Blob(&back); r.End() != nil || !bytes.Equal(back, blob) {
		t.Errorf("a blob of %d bytes came back with %d, %v", len(blob), len(back), r.Err())
	}
	fits := OpenAccount{Ref: long[:1<<16-1-7]} // beside its kind, its length and the parent
	g := goldenRecord{name: "fits", principal: Principal{Giver: ByEngine}, instruction: &fits, verdict: Say(Allow, EngineClock, 0)}
	g.check(t, g.bytes(t))
	fits.Ref += "x"
	c = Writer(nil)
	AppendHead(&c, 1, &g.principal, &fits)
	if err := c.Err(); !errors.Is(err, ErrCodec) || !strings.Contains(err.Error(), "an instruction of 65536 bytes") {
		t.Errorf("an instruction of 65536 bytes: %v", err)
	}
}

// TestReadIsACopy: an instruction and an event outlive the bytes that they were read from.
func TestReadIsACopy(t *testing.T) {
	want := goldenKey
	g := goldenRecord{
		name: "key", principal: Principal{Giver: ByOperator}, instruction: &want, verdict: Say(Allow, OperatorWord, 0),
		events: []Event{&KeyCreated{ID: 1, Key: want}},
	}
	b := g.bytes(t)
	var rec Record
	if err := rec.Decode(1, b); err != nil {
		t.Fatal(err)
	}
	in, err := rec.Instruction()
	var ev Events
	rec.Events(&ev)
	e := ev.Next()
	clear(b)
	if err != nil || !reflect.DeepEqual(in, g.instruction) || !reflect.DeepEqual(e, g.events[0]) {
		t.Errorf("with the bytes gone: %+v, %v, %+v", in, err, e)
	}
}

// TestZonesAreNotCarried: an address's zone means something on one machine only.
func TestZonesAreNotCarried(t *testing.T) {
	a := netip.MustParseAddr("fe80::1%eth0")
	c := Writer(nil)
	c.Addr(&a)
	r := Reader(c.Bytes())
	var back netip.Addr
	if r.Addr(&back); r.End() != nil || back != netip.MustParseAddr("fe80::1") {
		t.Errorf("%s, %v", back, r.Err())
	}
}

// TestFailSticks: the first error stays, and nothing is read after it.
func TestFailSticks(t *testing.T) {
	c := Reader([]byte{7, 1, 2, 3, 4, 5, 6, 7, 8})
	var yes bool
	c.Bool(&yes)
	first := c.Err()
	n := uint64(0)
	Num64(&c, &n)
	if yes || n != 0 || first == nil || c.End() != first || !strings.Contains(first.Error(), "7 is neither no nor yes") {
		t.Errorf("%t, %d, %v, %v", yes, n, first, c.Err())
	}
}
