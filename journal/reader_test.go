package journal_test

import (
	"errors"
	"io"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

func TestReaderFrom(t *testing.T) {
	f := mustOpen(t, options(diskfault.New(1), 1))
	grow(t, f, 400)
	for from := uint64(1); from <= 401; from++ {
		verify(t, f, from)
	}
	for _, from := range []uint64{0, 402, 1 << 63} {
		_, err := f.Reader(from)
		wantErr(t, err, journal.ErrAhead)
	}
}

// TestReaderFollows: at the end a reader says io.EOF, and goes on when there is more, across segments.
func TestReaderFollows(t *testing.T) {
	f := mustOpen(t, options(diskfault.New(1), 1))
	r, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	for last := uint64(0); last < 1000; {
		from := last + 1
		last += last%13 + 1
		grow(t, f, last)
		if err := expect(r, from, last); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(r.Close(), r.Close()); err != nil {
		t.Fatal(err)
	}
	_, _, err = r.Next()
	wantErr(t, err, journal.ErrClosed)
}

// TestReaderSeesOnlyDurable asks a reader in the middle of each write and sync of an append.
func TestReaderSeesOnlyDurable(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	grow(t, f, 50)
	r, err := f.Reader(51)
	if err != nil {
		t.Fatal(err)
	}
	if err := expect(r, 51, 50); err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{})
	answered := make(chan error)
	go func() {
		for range asked {
			_, _, err := r.Next()
			answered <- err
		}
	}()
	calls := 0
	d.SetFault(func(o diskfault.Op) error {
		calls++
		// The reader must answer without waiting for the append, which holds the disk here.
		asked <- struct{}{}
		if err := <-answered; err != io.EOF {
			t.Errorf("in the middle of an append a reader got %v, want io.EOF", err)
		}
		return nil
	})
	grow(t, f, 55)
	d.SetFault(nil)
	close(asked)
	if calls < 2 {
		t.Fatalf("%d calls, want a write and a sync", calls)
	}
	if err := expect(r, 51, 55); err != nil {
		t.Fatal(err)
	}
}

// TestReaderFindsDecay: what decays after the log was opened is found when it is read.
func TestReaderFindsDecay(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	grow(t, f, 100)
	d.Flip(segFile(1), journal.Sector+100, 3)
	r, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = r.Next()
	var damage *journal.DamageError
	if !errors.As(err, &damage) || damage.Offset != journal.Sector {
		t.Fatalf("got %v, want a DamageError at %d", err, journal.Sector)
	}
}

func TestRemoveBefore(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	grow(t, f, 2000)
	segs := mustCheck(t, options(d, 1)).Segments
	third := segs[2].First
	slow, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.RemoveBefore(third - 1); err != nil || f.First() != segs[1].First {
		t.Fatalf("removed before %d: %v, the log begins with %d, want %d", third-1, err, f.First(), segs[1].First)
	}
	if err := f.RemoveBefore(third); err != nil || f.First() != third {
		t.Fatalf("removed before %d: %v, the log begins with %d", third, err, f.First())
	}
	_, err = f.Reader(third - 1)
	wantRemoved(t, err, third-1, third)
	verify(t, f, third)

	// A reader in a removed segment finishes it, and then learns.
	for want := uint64(1); want < segs[1].First; want++ {
		if seq, _, err := slow.Next(); err != nil || seq != want {
			t.Fatalf("record %d: %d, %v", want, seq, err)
		}
	}
	_, _, err = slow.Next()
	wantRemoved(t, err, segs[1].First, third)

	head := f.Head()
	d.PowerLoss()
	f = mustOpen(t, options(d, 2))
	if f.First() != third || f.Last() != 2000 || f.Head() != head {
		t.Fatalf("reopened: %d to %d, head %s, want %d to 2000, %s", f.First(), f.Last(), f.Head(), third, head)
	}
	if err := f.RemoveBefore(1 << 60); err != nil {
		t.Fatal(err)
	}
	if f.Last() != 2000 || len(mustCheck(t, options(d, 1)).Segments) != 1 {
		t.Fatal("the active segment must stay")
	}
	grow(t, f, 2500)
	verify(t, f, f.First())
}

func wantRemoved(t *testing.T, err error, from, first uint64) {
	t.Helper()
	var removed *journal.RemovedError
	if !errors.As(err, &removed) || removed.From != from || removed.First != first {
		t.Fatalf("got %v, want a RemovedError from %d, first %d", err, from, first)
	}
}

// TestPowerLossWhileRemoving: whenever it comes, the log begins at a segment and has no gap.
func TestPowerLossWhileRemoving(t *testing.T) {
	for op := 1; op <= 12; op++ {
		d := diskfault.New(uint64(op))
		f := mustOpen(t, options(d, 1))
		grow(t, f, 2000)
		d.SetFault(at(d.Ops()+op, diskfault.ErrPower))
		if err := f.RemoveBefore(2000); err != nil {
			wantErr(t, err, diskfault.ErrPower)
		}
		d.PowerLoss()
		d.SetFault(nil)
		f = mustOpen(t, options(d, 2))
		if f.Last() != 2000 {
			t.Fatalf("power loss in call %d: last is %d", op, f.Last())
		}
		verify(t, f, f.First())
	}
}
