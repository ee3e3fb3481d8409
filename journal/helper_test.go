package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// soak asks for the long form of the seeded tests.
var soak = os.Getenv("PORTCULLIS_DEPTH") == "soak"

const (
	dir         = "log"
	smallest    = 8 * journal.Sector
	testSegment = 32 << 10
)

// record is what record seq must hold: reproducible, of a length from 0 to about 2 KB, full of zero runs like real ones.
func record(seq uint64) []byte {
	rng := rand.New(rand.NewPCG(seq, 1))
	n := rng.IntN(120)
	if rng.IntN(8) == 0 {
		n = rng.IntN(2000)
	}
	b := make([]byte, n)
	for i := range b {
		if i/64%3 != 1 {
			b[i] = byte(rng.Uint32())
		}
	}
	return b
}

func batch(first uint64, records ...[]byte) *journal.Batch {
	var b journal.Batch
	b.Reset(first)
	for _, r := range records {
		b.Close(append(b.Open(), r...))
	}
	return &b
}

// batchOf makes a batch of n records as record gives them.
func batchOf(first uint64, n int) *journal.Batch {
	records := make([][]byte, n)
	for i := range records {
		records[i] = record(first + uint64(i))
	}
	return batch(first, records...)
}

// options makes everything deterministic: background work runs at once, marks come from a seed, the clock stands.
func options(d *diskfault.Disk, seed uint64) journal.Options {
	var key [32]byte
	binary.LittleEndian.PutUint64(key[:], seed)
	return journal.Options{
		SegmentSize: testSegment,
		FS:          d,
		Now:         func() time.Time { return time.Unix(0, 0) },
		Go:          func(f func()) { f() },
		Rand:        rand.NewChaCha8(key),
	}
}

func mustOpen(t testing.TB, o journal.Options) *journal.Files {
	t.Helper()
	f, err := journal.Open(dir, o)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return f
}

// grow appends batches of 1 to 9 records until the log has at least last.
func grow(t testing.TB, f journal.Log, last uint64) {
	t.Helper()
	for f.Last() < last {
		n := int(min(f.Last()%9+1, last-f.Last()))
		if err := f.Append(batchOf(f.Last()+1, n)); err != nil {
			t.Fatalf("append after %d: %v", f.Last(), err)
		}
	}
}

// verify reads records from a sequence to Last and compares each.
func verify(t testing.TB, f journal.Log, from uint64) {
	t.Helper()
	r, err := f.Reader(from)
	if err != nil {
		t.Fatalf("reader from %d: %v", from, err)
	}
	defer r.Close()
	if err := expect(r, from, f.Last()); err != nil {
		t.Fatal(err)
	}
}

// expect reads up to a sequence, and then the end.
func expect(r journal.Reader, from, last uint64) error {
	for want := from; want <= last; want++ {
		seq, rec, err := r.Next()
		if err != nil {
			return fmt.Errorf("record %d: %w", want, err)
		}
		if seq != want || !bytes.Equal(rec, record(want)) {
			return fmt.Errorf("record %d is wrong: got sequence %d, %x", want, seq, rec)
		}
	}
	if seq, _, err := r.Next(); err != io.EOF {
		return fmt.Errorf("after record %d: got %d, %v, want io.EOF", last, seq, err)
	}
	return nil
}

func mustCheck(t testing.TB, o journal.Options) journal.Report {
	t.Helper()
	report, err := journal.Check(dir, o, nil)
	if err != nil {
		t.Fatalf("check: %v", err)
	}
	return report
}

func wantErr(t testing.TB, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("got error %v, want %v", err, want)
	}
}

// segFile is the path of the segment that begins with a sequence.
func segFile(first uint64) string { return fmt.Sprintf("%s/%020d.seg", dir, first) }
