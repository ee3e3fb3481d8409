package journal_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

func mustOpenBeside(t testing.TB, d *diskfault.Disk) *journal.Files {
	t.Helper()
	f, err := journal.OpenBeside(dir, options(d, 2))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// TestLook: who reads beside the writer sees what was written when he looks, as far as he asks, over the ends of segments, and in the
// same chain.
func TestLook(t *testing.T) {
	d := diskfault.New(1)
	w := mustOpen(t, options(d, 1))
	defer w.Close()
	grow(t, w, 20)
	f := mustOpenBeside(t, d)
	r, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if err := expect(r, 1, 20); err != nil {
		t.Fatal(err)
	}
	for last := uint64(21); last < 600; last += last % 7 * 10 {
		had := f.Last()
		grow(t, w, last)
		if f.Last() != had {
			t.Fatalf("it saw %d of itself", f.Last())
		}
		to := had + (last-had)/2 + 1
		if err := f.Look(to); err != nil || f.Last() < to {
			t.Fatalf("looked for %d: %d, %v", to, f.Last(), err)
		}
		if err := f.Verify(f.End()); err != nil {
			t.Fatal(err)
		}
		if err := f.Look(0); err != nil || f.End() != w.End() {
			t.Fatalf("looked for all: %v, %v; the writer is at %v", f.End(), err, w.End())
		}
		if err := expect(r, had+1, last); err != nil {
			t.Fatal(err)
		}
		if last%7 == 0 {
			last++
		}
	}
	if len(f.Segments()) < 3 || !slices.Equal(f.Segments(), w.Segments()) {
		t.Errorf("segments %v; the writer has %v", f.Segments(), w.Segments())
	}
	verify(t, f, 1)
	if err := f.Look(f.Last() + 1); err != nil || f.End() != w.End() {
		t.Errorf("what is not there yet: %v, %v", f.End(), err)
	}
	if err := w.Look(0); err == nil {
		t.Error("the writer looked")
	}
}

// TestLookEmpty: a log that has no record yet is looked at too.
func TestLookEmpty(t *testing.T) {
	d := diskfault.New(1)
	w := mustOpen(t, options(d, 1))
	defer w.Close()
	f := mustOpenBeside(t, d)
	if err := f.Look(0); err != nil || f.Last() != 0 {
		t.Fatalf("%d, %v", f.Last(), err)
	}
	grow(t, w, 3)
	if err := f.Look(2); err != nil || f.Last() < 2 {
		t.Fatalf("%d, %v", f.Last(), err)
	}
}

// TestLookRemoved: where the log has gone on and removed what was not looked at, that is said, and not taken for its end. What the
// reader still has open it reads.
func TestLookRemoved(t *testing.T) {
	d := diskfault.New(1)
	w := mustOpen(t, options(d, 1))
	defer w.Close()
	grow(t, w, 20)
	f := mustOpenBeside(t, d)
	grow(t, w, 900)
	if len(w.Segments()) < 4 {
		t.Fatalf("%d segments", len(w.Segments()))
	}
	if err := w.RemoveBefore(w.Last()); err != nil {
		t.Fatal(err)
	}
	var gone *journal.RemovedError
	if err := f.Look(0); !errors.As(err, &gone) || gone.From != f.Last()+1 {
		t.Fatalf("it ends at %d, %v", f.Last(), err)
	}
	g := mustOpenBeside(t, d)
	if g.End() != w.End() {
		t.Errorf("%v; the writer is at %v", g.End(), w.End())
	}
}

// TestLookHalf: a frame of which only a part is there yet is none, whatever part, and is seen when it is whole.
func TestLookHalf(t *testing.T) {
	from := t.TempDir()
	w, err := journal.Open(from, journal.Options{SegmentSize: testSegment})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	grow(t, w, 9)
	before, err := os.ReadFile(filepath.Join(from, "00000000000000000001.seg"))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(batchOf(10, 40)); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(filepath.Join(from, "00000000000000000001.seg"))
	if err != nil {
		t.Fatal(err)
	}
	seg := filepath.Join(t.TempDir(), "00000000000000000001.seg")
	if err := os.WriteFile(seg, before, 0o600); err != nil {
		t.Fatal(err)
	}
	f, err := journal.OpenBeside(filepath.Dir(seg), journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	had, tried := f.End(), 0
	for at := 0; at < len(after); at += journal.Sector {
		if slices.Equal(before[at:at+journal.Sector], after[at:at+journal.Sector]) {
			continue
		}
		torn := slices.Clone(after)
		copy(torn[at:], before[at:at+journal.Sector])
		if err := os.WriteFile(seg, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := f.Look(0); err != nil || f.End() != had {
			t.Fatalf("with the sector at %d missing: %v, %v", at, f.End(), err)
		}
		tried++
	}
	if err := os.WriteFile(seg, after, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := f.Look(0); err != nil || f.End() != w.End() || tried < 2 {
		t.Errorf("%v, %v after %d parts; the writer is at %v", f.End(), err, tried, w.End())
	}
}

// TestLookAnotherChain: a segment that follows other records than those that were seen is not taken for what comes next.
func TestLookAnotherChain(t *testing.T) {
	write := func(first byte) (where string, second uint64) {
		where = t.TempDir()
		w, err := journal.Open(where, journal.Options{SegmentSize: testSegment})
		if err != nil {
			t.Fatal(err)
		}
		defer w.Close()
		if err := w.Append(batch(1, []byte{first})); err != nil {
			t.Fatal(err)
		}
		grow(t, w, 1000)
		return where, w.Segments()[1].First
	}
	one, second := write(1)
	other, same := write(2)
	if second != same {
		t.Fatalf("segments begin with %d and %d", second, same)
	}
	seen := t.TempDir()
	put := func(from string, first uint64) {
		name := fmt.Sprintf("%020d.seg", first)
		b, err := os.ReadFile(filepath.Join(from, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(seen, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	put(one, 1)
	f, err := journal.OpenBeside(seen, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	put(other, second)
	if err := f.Look(0); !errors.As(err, new(*journal.DamageError)) || f.Last() != second-1 {
		t.Errorf("another log's: it ends with %d, %v", f.Last(), err)
	}
	put(one, second)
	if err := f.Look(0); err != nil || f.Last() < second {
		t.Errorf("its own: it ends with %d, %v", f.Last(), err)
	}
}

// TestLookWhileWritten: however the writer and who looks meet, each frame is seen once and whole.
func TestLookWhileWritten(t *testing.T) {
	where := t.TempDir()
	w, err := journal.Open(where, journal.Options{SegmentSize: testSegment})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	f, err := journal.OpenBeside(where, journal.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	const last = 1500
	var all sync.WaitGroup
	all.Go(func() { grow(t, w, last) })
	r, err := f.Reader(1)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for had := uint64(0); had < last && !t.Failed(); {
		if err := f.Look(0); err != nil {
			t.Error(err)
			break
		}
		if err := expect(r, had+1, f.Last()); err != nil {
			t.Error(err)
			break
		}
		had = f.Last()
	}
	all.Wait()
	if err := f.Look(0); err != nil || f.End() != w.End() {
		t.Errorf("%v, %v; the writer is at %v", f.End(), err, w.End())
	}
}
