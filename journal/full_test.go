package journal_test

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// clock is a clock that stands until it is moved.
type clock struct{ seconds atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(c.seconds.Load(), 0) }

// fullDisk gives a log whose disk has no space for a second segment.
func fullDisk(t *testing.T) (*diskfault.Disk, *journal.Files, *clock) {
	d, c := diskfault.New(1), new(clock)
	d.SetSpace(testSegment + testSegment/2)
	o := options(d, 1)
	o.Now = c.now
	return d, mustOpen(t, o), c
}

// TestFullDisk: the door closes while a segment is left, appends under way go on in it, and when space comes all
// recovers without a restart.
func TestFullDisk(t *testing.T) {
	d, f, c := fullDisk(t)
	err := f.Room()
	wantErr(t, err, journal.ErrFull)
	wantErr(t, err, syscall.ENOSPC)
	if want := fmt.Sprintf("%d bytes left", testSegment-journal.Sector); !strings.Contains(err.Error(), want) {
		t.Fatalf("the error does not say %q: %v", want, err)
	}
	if d.Used() != testSegment {
		t.Fatalf("%d bytes are in use; a spare that does not fit must not keep space", d.Used())
	}
	var full error
	for full == nil {
		if full = f.Append(batchOf(f.Last()+1, 3)); full == nil {
			wantErr(t, f.Room(), journal.ErrFull)
		}
	}
	wantErr(t, full, journal.ErrFull)
	last, head := f.Last(), f.Head()
	before := d.Bytes(segFile(1))
	wantErr(t, f.Append(batchOf(last+1, 3)), journal.ErrFull)
	if string(before) != string(d.Bytes(segFile(1))) || f.Last() != last || f.Head() != head {
		t.Fatal("an append without room changed the log")
	}
	verify(t, f, 1)

	d.SetSpace(0)
	wantErr(t, f.Room(), journal.ErrFull) // not tried again within the second
	c.seconds.Add(1)
	if err := f.Room(); err != nil {
		t.Fatalf("space came and a second passed: %v", err)
	}
	grow(t, f, last+500)
	verify(t, f, 1)
}

// TestFullDiskAppendRetries: an append that needs the segment tries again by itself, when it is time.
func TestFullDiskAppendRetries(t *testing.T) {
	d, f, c := fullDisk(t)
	for f.Append(batchOf(f.Last()+1, 3)) == nil {
	}
	last := f.Last()
	d.SetSpace(0)
	ops := d.Ops()
	wantErr(t, f.Append(batchOf(last+1, 3)), journal.ErrFull)
	if d.Ops() != ops {
		t.Fatal("tried again within the second")
	}
	c.seconds.Add(1)
	if err := f.Append(batchOf(last+1, 3)); err != nil {
		t.Fatal(err)
	}
	verify(t, f, 1)
}

// TestFullDiskSmallBatches: a batch that still fits is taken after one that did not.
func TestFullDiskSmallBatches(t *testing.T) {
	_, f, _ := fullDisk(t)
	if err := f.Append(batch(1, make([]byte, testSegment/2))); err != nil {
		t.Fatal(err)
	}
	wantErr(t, f.Append(batch(2, make([]byte, testSegment/2))), journal.ErrFull)
	if err := f.Append(batch(2, []byte("small"))); err != nil {
		t.Fatal(err)
	}
}

func TestFullDiskAtFirstOpen(t *testing.T) {
	d := diskfault.New(1)
	d.SetSpace(testSegment / 2)
	_, err := journal.Open(dir, options(d, 1))
	wantErr(t, err, journal.ErrFull)
	d.SetSpace(0)
	grow(t, mustOpen(t, options(d, 1)), 100)
}

// TestSpareFailsOtherwise: whatever keeps the next segment from being made closes the door, and nothing more.
func TestSpareFailsOtherwise(t *testing.T) {
	d, c := diskfault.New(1), new(clock)
	o := options(d, 1)
	o.Now = c.now
	mustOpen(t, o).Close()
	d.SetFault(func(op diskfault.Op) error {
		if op.Kind == diskfault.Create {
			return syscall.EMFILE
		}
		return nil
	})
	f := mustOpen(t, o)
	wantErr(t, f.Room(), syscall.EMFILE)
	grow(t, f, 10)
	d.SetFault(nil)
	c.seconds.Add(1)
	if err := f.Room(); err != nil {
		t.Fatal(err)
	}
}

// TestAppendWaitsForSpare: an append that comes before the next segment is ready waits for it, and Room says nothing
// against new work meanwhile. A retry under way does not open the door before it has succeeded.
func TestAppendWaitsForSpare(t *testing.T) {
	d, c := diskfault.New(1), new(clock)
	o := options(d, 1)
	o.Now = c.now
	tasks := make(chan func(), 1)
	mustOpen(t, o).Close()
	o.Go = func(f func()) { tasks <- f }
	f := mustOpen(t, o)
	big := make([]byte, testSegment-2*journal.Sector)
	if err := errors.Join(f.Room(), f.Append(batch(1, big)), f.Room()); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- f.Append(batch(2, big)) }()
	(<-tasks)()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	d.SetSpace(d.Used())
	(<-tasks)()
	wantErr(t, f.Room(), journal.ErrFull)
	d.SetSpace(0)
	c.seconds.Add(1)
	wantErr(t, f.Room(), journal.ErrFull)
	wantErr(t, f.Room(), journal.ErrFull)
	(<-tasks)()
	if err := f.Room(); err != nil || len(tasks) != 0 {
		t.Fatalf("after the retry: %v, %d more tasks", err, len(tasks))
	}
}

// TestSpareIsSyncedAhead: when its time comes, nothing of the next segment but its header is left to sync.
func TestSpareIsSyncedAhead(t *testing.T) {
	d := diskfault.New(1)
	o := options(d, 1)
	o.SegmentSize = 1 << 20
	mustOpen(t, o).Close()
	written, unsynced := 0, 0
	d.SetFault(func(op diskfault.Op) error {
		switch op.Kind {
		case diskfault.Write:
			written, unsynced = written+op.Len, unsynced+op.Len
		case diskfault.Sync:
			unsynced = 0
		}
		if unsynced > 128<<10 {
			t.Errorf("%d bytes are written and not synced", unsynced)
		}
		return nil
	})
	mustOpen(t, o)
	if written < 1<<20 || unsynced != 0 {
		t.Fatalf("%d bytes written, %d of them not synced", written, unsynced)
	}
}
