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
	if _, err := timed(ops, r.Do, &r.Totals); err != nil {
		t.Error(err)
	}
}

func BenchmarkBooks(b *testing.B) {
	for b.Loop() {
		c, err := Compare(5)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(c.Venue, "venue-ns/op")
		b.ReportMetric(c.Reference, "reference-ns/op")
		b.ReportMetric(c.Ratio(), "ratio")
	}
}
