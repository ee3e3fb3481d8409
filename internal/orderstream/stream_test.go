// One goroutine: the race detector has nothing to find here, and takes a minute.

//go:build !race

package orderstream

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"testing"
)

// TestStream: the stream never changes, and the reference book does with it what every correct book does.
func TestStream(t *testing.T) {
	ops := Make()
	sum := sha256.New()
	var b [32]byte
	for i := range ops {
		o := &ops[i]
		b[0], b[1] = byte(o.Kind), o.Side
		binary.LittleEndian.PutUint64(b[8:], o.ID)
		binary.LittleEndian.PutUint64(b[16:], uint64(o.Price))
		binary.LittleEndian.PutUint64(b[24:], uint64(o.Qty))
		sum.Write(b[:])
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != "0d94f66e9b065fbffa70cdf024e9a6a6d92728f146c8902fbd6d208fd76fd06d" {
		t.Errorf("the stream's digest is %s", got)
	}
	r := NewReference()
	timed(ops, r.Do)
	if r.Totals != Want {
		t.Errorf("the reference gives %+v, want %+v", r.Totals, Want)
	}
}

// TestPipeline: the records of the whole core tell of the same trades, and none of a refusal.
func TestPipeline(t *testing.T) {
	p := NewPipeline()
	ops := ForVenue(Make())
	for i := range ops {
		p.Do(&ops[i])
		if err := p.count(); err != nil || p.err != nil {
			t.Fatalf("operation %d, %+v: %v, %v", i, ops[i], err, p.err)
		}
	}
	if p.Totals != Want {
		t.Errorf("the core gives %+v, want %+v", p.Totals, Want)
	}
	if err := p.state.Check(); err != nil {
		t.Error(err)
	}
}

// TestNoAllocations: once a book has had its size, neither matching nor the whole core allocates.
func TestNoAllocations(t *testing.T) {
	ops := ForVenue(Make())
	half := len(ops) / 2
	m, p := NewMatching(), NewPipeline()
	for i := range ops[:half] {
		m.Do(&ops[i])
		p.Do(&ops[i])
	}
	at := half
	// The market's tables still double now and then: 1,000 operations in one go round to none.
	if n := testing.AllocsPerRun(100, func() {
		for range 1000 {
			m.Do(&ops[at])
			p.Do(&ops[at])
			at++
		}
	}); n != 0 {
		t.Errorf("%v allocations in 1,000 operations", n)
	}
}

func BenchmarkStream(b *testing.B) {
	for b.Loop() {
		c, err := Compare(5)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(c.Matching, "matching-ns/op")
		b.ReportMetric(c.Pipeline, "core-ns/op")
		b.ReportMetric(c.Reference, "reference-ns/op")
		b.ReportMetric(c.Matching/c.Reference, "ratio")
	}
}

func BenchmarkMatching(b *testing.B) {
	ops := ForVenue(Make())
	var least float64
	for b.Loop() {
		if ns := timed(ops, NewMatching().Do); least == 0 || ns < least {
			least = ns
		}
	}
	b.ReportMetric(least, "ns/op-of-the-stream")
}

func BenchmarkPipeline(b *testing.B) {
	ops := ForVenue(Make())
	var least float64
	for b.Loop() {
		if ns := timed(ops, NewPipeline().Do); least == 0 || ns < least {
			least = ns
		}
	}
	b.ReportMetric(least, "ns/op-of-the-stream")
}
