package journal_test

import (
	"bytes"
	"os"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

const (
	goldenFile  = "testdata/00000000000000007001.seg"
	goldenFirst = 7001
	goldenHead  = "cea5689c6174f5db284a9ba11387531380a50509e66a0a7200e0db269ea6ed8d"
)

// goldenBatches are what the golden segment holds.
func goldenBatches() [][][]byte {
	pattern := make([]byte, 600)
	for i := range pattern {
		pattern[i] = byte(i % 251)
	}
	return [][][]byte{
		{nil, []byte("one"), pattern},
		{make([]byte, 5)},
		{bytes.Repeat([]byte("x"), journal.Sector-76), nil}, // ends 4 bytes into its second sector
	}
}

// TestGoldenDecode: a segment written by another program, from the package's doc, holds what it should.
func TestGoldenDecode(t *testing.T) {
	f := openGolden(t, mustRead(t, goldenFile))
	if f.First() != goldenFirst || f.Last() != 7006 || f.Head().String() != goldenHead || f.Recovered() != (journal.Recovered{}) {
		t.Fatalf("first %d, last %d, head %s, recovered %+v", f.First(), f.Last(), f.Head(), f.Recovered())
	}
	r, err := f.Reader(goldenFirst)
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(goldenFirst)
	for _, records := range goldenBatches() {
		for _, want := range records {
			seq, got, err := r.Next()
			if err != nil || seq != next || !bytes.Equal(got, want) {
				t.Fatalf("record %d: %d, %x, %v; want %x", next, seq, got, err, want)
			}
			next++
		}
	}
}

// TestGoldenEncode: the same records give exactly these bytes.
func TestGoldenEncode(t *testing.T) {
	golden := mustRead(t, goldenFile)
	empty := bytes.Clone(golden)
	clear(empty[journal.Sector:])
	d := diskfault.New(1)
	put(t, d, empty)
	f := mustOpen(t, options(d, 1))
	for _, records := range goldenBatches() {
		if err := f.Append(batch(f.Last()+1, records...)); err != nil {
			t.Fatal(err)
		}
	}
	got := d.Bytes(segFile(goldenFirst))
	for i := range golden {
		if got[i] != golden[i] {
			t.Fatalf("byte %d is %#x, want %#x", i, got[i], golden[i])
		}
	}
}

// TestGoldenHeader: a new segment's header, given its mark, is exactly that of the golden one but for where it stands.
func TestGoldenHeader(t *testing.T) {
	d := diskfault.New(1)
	o := options(d, 1)
	o.SegmentSize = smallest
	o.Rand = bytes.NewReader(mustRead(t, goldenFile)[32:40])
	mustOpen(t, o)
	got, want := d.Bytes(segFile(1))[:journal.Sector], mustRead(t, goldenFile)[:journal.Sector]
	copy(want[16:24], []byte{1, 0, 0, 0, 0, 0, 0, 0}) // first sequence
	clear(want[40:72])                                // hash before it
	copy(want[72:76], got[72:76])                     // the checksum, which opening verifies
	if !bytes.Equal(got, want) {
		t.Fatalf("got  %x\nwant %x", got[:80], want[:80])
	}
}

func openGolden(t *testing.T, segment []byte) *journal.Files {
	d := diskfault.New(1)
	put(t, d, segment)
	return mustOpen(t, options(d, 1))
}

// put lays a segment down as the only one.
func put(t *testing.T, d *diskfault.Disk, segment []byte) {
	t.Helper()
	file, err := d.Create(segFile(goldenFirst))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := file.WriteAt(segment, 0); err != nil {
		t.Fatal(err)
	}
}

func mustRead(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
