package journal_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

func TestEmptyLog(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	if f.Last() != 0 || f.Head() != (journal.Hash{}) || f.First() != 1 || f.Recovered() != (journal.Recovered{}) {
		t.Fatalf("an empty log has last %d, head %s, first %d, recovered %+v", f.Last(), f.Head(), f.First(), f.Recovered())
	}
	verify(t, f, 1)
	if err := f.Room(); err != nil {
		t.Fatal(err)
	}
}

func TestAppendAndReopen(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	grow(t, f, 3000)
	verify(t, f, 1)
	verify(t, f, 1777)
	verify(t, f, 3001)
	head := f.Head()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if n := len(mustCheck(t, options(d, 1)).Segments); n < 5 {
		t.Fatalf("only %d segments, the test needs more", n)
	}
	f = mustOpen(t, options(d, 2))
	if f.Last() != 3000 || f.Head() != head || f.Recovered() != (journal.Recovered{}) {
		t.Fatalf("reopened: last %d, head %s, recovered %+v; want 3000, %s, nothing", f.Last(), f.Head(), f.Recovered(), head)
	}
	grow(t, f, 3100)
	verify(t, f, 1)
}

// TestSameRecordsSameHead: the chain commits to records and batches, not to the files that they lie in.
func TestSameRecordsSameHead(t *testing.T) {
	var heads []journal.Hash
	for seed := range uint64(2) {
		o := options(diskfault.New(seed), seed)
		o.SegmentSize = int64(seed+1) * testSegment
		f := mustOpen(t, o)
		grow(t, f, 500)
		heads = append(heads, f.Head())
	}
	if heads[0] != heads[1] {
		t.Fatalf("heads differ: %s, %s", heads[0], heads[1])
	}
}

func TestAppendRefuses(t *testing.T) {
	f := mustOpen(t, options(diskfault.New(1), 1))
	grow(t, f, 10)
	wantErr(t, f.Append(batchOf(10, 1)), journal.ErrSequence)
	wantErr(t, f.Append(batchOf(12, 1)), journal.ErrSequence)
	wantErr(t, f.Append(batch(11)), journal.ErrEmpty)
	wantErr(t, f.Append(new(journal.Batch)), journal.ErrEmpty)
	wantErr(t, f.Append(batch(11, make([]byte, testSegment))), journal.ErrTooLarge)
	if f.Last() != 10 || f.Room() != nil {
		t.Fatalf("refusals changed the log: last %d, room %v", f.Last(), f.Room())
	}
	grow(t, f, 20)
	verify(t, f, 1)
}

// TestLargestBatch: a batch that fills a whole segment fits, one byte more does not.
func TestLargestBatch(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	overhead := batch(1, nil).Size()
	fits := testSegment - journal.Sector - overhead
	for first := uint64(1); first < 4; first++ {
		wantErr(t, f.Append(batch(first, make([]byte, fits+1))), journal.ErrTooLarge)
		big := bytes.Repeat([]byte{byte(first)}, fits)
		if err := f.Append(batch(first, big)); err != nil {
			t.Fatal(err)
		}
	}
	f.Close()
	f = mustOpen(t, options(d, 1))
	if f.Last() != 3 {
		t.Fatalf("last is %d, want 3", f.Last())
	}
}

func TestMaxFrame(t *testing.T) {
	o := options(diskfault.New(1), 1)
	o.SegmentSize = 2 * journal.MaxFrame
	f := mustOpen(t, o)
	fits := journal.MaxFrame - batch(1, nil).Size()
	wantErr(t, f.Append(batch(1, make([]byte, fits+1))), journal.ErrTooLarge)
	if err := f.Append(batch(1, make([]byte, fits))); err != nil {
		t.Fatal(err)
	}
	r, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	if _, rec, err := r.Next(); err != nil || len(rec) != fits {
		t.Fatalf("read back %d bytes, %v; want %d", len(rec), err, fits)
	}
}

func TestBatch(t *testing.T) {
	var b journal.Batch
	for round := range 3 {
		b.Reset(uint64(round + 1))
		if b.Len() != 0 || b.First() != uint64(round+1) {
			t.Fatalf("after Reset: %d records from %d", b.Len(), b.First())
		}
		for i := range uint64(200) {
			dropped := append(b.Open(), "dropped"...)
			_ = dropped
			b.Close(append(b.Open(), record(i)...))
		}
		for i := range uint64(200) {
			if !bytes.Equal(b.Record(int(i)), record(i)) {
				t.Fatalf("record %d is %x, want %x", i, b.Record(int(i)), record(i))
			}
		}
	}
	mustPanic(t, func() { b.Close(b.Open()[:10]) })
	mustPanic(t, func() { new(journal.Batch).Open() })
}

func mustPanic(t *testing.T, f func()) {
	t.Helper()
	defer func() {
		if recover() == nil {
			t.Fatal("no panic")
		}
	}()
	f()
}

// TestBatchReused: a batch serves again after Append, and its records are whole until Reset.
func TestBatchReused(t *testing.T) {
	f := mustOpen(t, options(diskfault.New(1), 1))
	var b journal.Batch
	for f.Last() < 200 {
		first := f.Last() + 1
		b.Reset(first)
		for i := range 5 {
			b.Close(append(b.Open(), record(first+uint64(i))...))
		}
		if err := f.Append(&b); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(b.Record(4), record(first+4)) {
			t.Fatal("Append changed the batch's records")
		}
	}
	verify(t, f, 1)
}

// TestBroken: after a failed write or sync nothing is appended any more, and what is durable can be read.
func TestBroken(t *testing.T) {
	for _, kind := range []diskfault.Kind{diskfault.Write, diskfault.Sync} {
		d := diskfault.New(uint64(kind))
		f := mustOpen(t, options(d, 1))
		grow(t, f, 30)
		head := f.Head()
		d.SetFault(func(o diskfault.Op) error {
			if o.Kind == kind {
				return syscall.EIO
			}
			return nil
		})
		err := f.Append(batchOf(31, 3))
		wantErr(t, err, journal.ErrBroken)
		wantErr(t, err, syscall.EIO)
		d.SetFault(nil)
		wantErr(t, f.Append(batchOf(31, 3)), journal.ErrBroken)
		wantErr(t, f.Append(batchOf(34, 3)), journal.ErrBroken)
		wantErr(t, f.Room(), journal.ErrBroken)
		if f.Last() != 30 || f.Head() != head {
			t.Fatalf("a broken log has last %d, want 30", f.Last())
		}
		verify(t, f, 1)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		f = mustOpen(t, options(d, 2))
		if f.Last() != 30 && f.Last() != 33 {
			t.Fatalf("after the restart last is %d, want 30 or 33", f.Last())
		}
		grow(t, f, 60)
		verify(t, f, 1)
	}
}

// TestBrokenWhileRolling: a failure while a segment begins breaks the log too, and loses nothing.
func TestBrokenWhileRolling(t *testing.T) {
	for _, kind := range []diskfault.Kind{diskfault.Write, diskfault.Sync, diskfault.Rename, diskfault.SyncDir} {
		d := diskfault.New(uint64(kind))
		f := mustOpen(t, options(d, 1))
		big := make([]byte, testSegment-2*journal.Sector)
		if err := f.Append(batch(1, big)); err != nil {
			t.Fatal(err)
		}
		d.SetFault(func(o diskfault.Op) error {
			if o.Kind == kind {
				return syscall.EIO
			}
			return nil
		})
		wantErr(t, f.Append(batch(2, big)), journal.ErrBroken)
		d.SetFault(nil)
		f.Close()
		d.PowerLoss()
		if f = mustOpen(t, options(d, 2)); f.Last() != 1 {
			t.Fatalf("fault %d: last is %d, want 1", kind, f.Last())
		}
		if err := f.Append(batch(2, big)); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFailedNameIsNotTrusted: when a segment's name could not be made durable, the next process sees it all the same;
// what it appends there must not go with the name.
func TestFailedNameIsNotTrusted(t *testing.T) {
	for seed := range uint64(20) {
		d := diskfault.New(seed)
		f := mustOpen(t, options(d, 1))
		big := noise(testSegment-2*journal.Sector, seed)
		if err := f.Append(batch(1, big)); err != nil {
			t.Fatal(err)
		}
		d.SetFault(func(o diskfault.Op) error {
			if o.Kind == diskfault.SyncDir {
				return syscall.EIO
			}
			return nil
		})
		wantErr(t, f.Append(batch(2, big)), journal.ErrBroken)
		d.SetFault(nil)
		d.Kill()
		if err := mustOpen(t, options(d, 2)).Append(batch(2, big)); err != nil {
			t.Fatal(err)
		}
		d.PowerLoss()
		if f = mustOpen(t, options(d, 3)); f.Last() != 2 {
			t.Fatalf("seed %d: last is %d, want 2", seed, f.Last())
		}
	}
}

func TestClosed(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	grow(t, f, 10)
	r, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	wantErr(t, f.Append(batchOf(11, 1)), journal.ErrClosed)
	wantErr(t, f.Room(), journal.ErrClosed)
	wantErr(t, f.RemoveBefore(5), journal.ErrClosed)
	_, _, err = r.Next()
	wantErr(t, err, journal.ErrClosed)
	_, err = f.Reader(1)
	wantErr(t, err, journal.ErrClosed)
	if names, _ := d.ReadDir(dir); len(names) != 1 {
		t.Fatalf("files after Close: %v, want one segment", names)
	}
}

func TestOptionsRefused(t *testing.T) {
	for _, size := range []int64{-1, 1, smallest - journal.Sector, smallest + 1, 1<<30 + journal.Sector} {
		o := options(diskfault.New(1), 1)
		o.SegmentSize = size
		if _, err := journal.Open(dir, o); err == nil || !strings.Contains(err.Error(), "multiple of 512") {
			t.Fatalf("segment size %d: got %v", size, err)
		}
	}
}

// TestSegmentSizeMayChange: each segment keeps the size that it was made with.
func TestSegmentSizeMayChange(t *testing.T) {
	d := diskfault.New(1)
	for round, size := range []int64{4, 16, 2, 64, 1} {
		o := options(d, uint64(round))
		o.SegmentSize = size * smallest
		f := mustOpen(t, o)
		grow(t, f, uint64(round+1)*100)
		verify(t, f, 1)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	mustCheck(t, options(d, 1))
}

// TestRealDisk does the whole round on the machine's own file system, in several goroutines.
func TestRealDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "here")
	o := journal.Options{SegmentSize: testSegment}
	f, err := journal.Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() }) // which ends the readers too, should the test fail
	var readers sync.WaitGroup
	const last = 2000
	for range 3 {
		readers.Go(func() {
			if err := follow(f, last); err != nil {
				t.Error(err)
			}
		})
	}
	grow(t, f, last)
	readers.Wait()
	_, err = journal.Open(path, o)
	var locked *journal.LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() || !strings.Contains(err.Error(), path) {
		t.Fatalf("a second open: got %v, want a LockedError with process %d", err, os.Getpid())
	}
	head := f.Head()
	if err := f.RemoveBefore(1000); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if f, err = journal.Open(path, o); err != nil {
		t.Fatal(err)
	}
	if f.Last() != last || f.Head() != head || f.First() == 1 {
		t.Fatalf("reopened: last %d, first %d, head %s, want %s", f.Last(), f.First(), f.Head(), head)
	}
	verify(t, f, f.First())
}

// follow reads a growing log up to a sequence.
func follow(f journal.Log, last uint64) error {
	r, err := f.Reader(1)
	if err != nil {
		return err
	}
	defer r.Close()
	for want := uint64(1); want <= last; {
		seq, rec, err := r.Next()
		if err == io.EOF {
			runtime.Gosched()
			continue
		}
		if err != nil {
			return err
		}
		if seq != want || seq > f.Last() || !bytes.Equal(rec, record(seq)) {
			return errors.New("a reader saw a wrong or undurable record")
		}
		want++
	}
	return nil
}
