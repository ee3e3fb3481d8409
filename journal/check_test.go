package journal_test

import (
	"sync"
	"testing"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

func TestCheck(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	if r := mustCheck(t, options(d, 1)); r.First != 0 || r.Last != 0 || r.Head != (journal.Hash{}) || len(r.Segments) != 1 {
		t.Fatalf("an empty log: %+v", r)
	}
	grow(t, f, 1000)
	ops := d.Ops()
	var calls, done, total int64
	r, err := journal.Check(dir, options(d, 1), func(a, b int64) {
		if a < done || a > b {
			t.Errorf("progress went from %d to %d of %d", done, a, b)
		}
		calls, done, total = calls+1, a, b
	})
	if err != nil {
		t.Fatal(err)
	}
	if d.Ops() != ops {
		t.Fatal("check changed the disk")
	}
	if r.First != 1 || r.Last != 1000 || r.Head != f.Head() {
		t.Fatalf("%+v, want 1 to 1000, %s", r, f.Head())
	}
	if calls < int64(len(r.Segments)) || done != total || total != int64(len(r.Segments))*testSegment {
		t.Fatalf("progress: %d calls, %d of %d", calls, done, total)
	}
	next := uint64(1)
	for _, s := range r.Segments {
		if s.First != next || s.Frames == 0 || s.Used > s.Size || s.Unfinished != 0 || s.Err != nil {
			t.Fatalf("%+v", s)
		}
		next = s.Last + 1
	}
	if next != 1001 {
		t.Fatalf("segments end with %d", next-1)
	}
}

// TestCheckUnfinished: what a crash tore is no damage, and Check leaves it.
func TestCheckUnfinished(t *testing.T) {
	d, report := lived(t, 1)
	s := report.Segments[len(report.Segments)-1]
	offs := frameOffsets(d.Bytes(dir + "/" + s.Name))
	torn := offs[len(offs)-2]
	d.Edit(dir+"/"+s.Name, func(b []byte) []byte { clear(b[torn+journal.Sector : torn+2*journal.Sector]); return b })
	for range 2 {
		r := mustCheck(t, options(d, 1))
		got := r.Segments[len(r.Segments)-1]
		if r.Last != 300 || got.Unfinished != offs[len(offs)-1]-torn || got.Used != torn {
			t.Fatalf("%+v", r)
		}
	}
}

// TestCheckBesideWriter: while the log grows and its start is removed, Check finds nothing wrong.
func TestCheckBesideWriter(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	grow(t, f, 50)
	var checks sync.WaitGroup
	stop := make(chan struct{})
	for range 2 {
		checks.Go(func() {
			for {
				before := f.Last()
				r, err := journal.Check(dir, options(d, 1), nil)
				if err != nil || r.Last < before {
					t.Errorf("check: %v, it has %d of at least %d", err, r.Last, before)
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for f.Last() < 6000 {
		grow(t, f, f.Last()+50)
		if f.Last()%1000 == 0 {
			if err := f.RemoveBefore(f.Last() - 500); err != nil {
				t.Error(err)
			}
		}
	}
	close(stop)
	checks.Wait()
}

// hookedFS calls back when files are opened and in the middle of large reads, which no disk does at one moment.
type hookedFS struct {
	*diskfault.Disk
	opened  func()
	reading func()
}

type hookedFile struct {
	journal.File
	fs *hookedFS
}

func (h *hookedFS) Open(name string) (journal.File, error) {
	h.opened()
	f, err := h.Disk.Open(name)
	return hookedFile{f, h}, err
}

func (f hookedFile) ReadAt(p []byte, off int64) (int, error) {
	half := min(len(p), testSegment/2)
	n, err := f.File.ReadAt(p[:half], off)
	if err != nil || half == len(p) {
		return n, err
	}
	f.fs.reading()
	m, err := f.File.ReadAt(p[half:], off+int64(half))
	return n + m, err
}

// TestCheckReadsWhileFramesAppear: the first half of a segment was read before frames came, the second after.
func TestCheckReadsWhileFramesAppear(t *testing.T) {
	d := diskfault.New(1)
	f := mustOpen(t, options(d, 1))
	// Frames of 5 sectors, up to just before the middle of the segment.
	for f.Last() < 6 {
		if err := f.Append(batch(f.Last()+1, noise(4*journal.Sector, 1))); err != nil {
			t.Fatal(err)
		}
	}
	reads := 0
	o := options(d, 1)
	o.FS = &hookedFS{Disk: d, opened: func() {}, reading: func() {
		for reads++; reads == 1 && f.Last() < 9; {
			if err := f.Append(batch(f.Last()+1, noise(4*journal.Sector, 1))); err != nil {
				t.Error(err)
			}
		}
	}}
	r := mustCheck(t, o)
	if r.Last != 9 || r.Head != f.Head() || reads < 2 {
		t.Fatalf("last %d, want 9; %d reads", r.Last, reads)
	}
}

// TestCheckWhileSegmentsGo removes segments just before Check opens one, each time another.
func TestCheckWhileSegmentsGo(t *testing.T) {
	for _, grown := range []uint64{0, 2000} {
		for at := 1; ; at++ {
			d := diskfault.New(1)
			f := mustOpen(t, options(d, 1))
			grow(t, f, 700)
			segs := mustCheck(t, options(d, 1)).Segments
			opens := 0
			o := options(d, 1)
			o.FS = &hookedFS{Disk: d, reading: func() {}, opened: func() {
				if opens++; opens == at {
					grow(t, f, 700+grown)
					if err := f.RemoveBefore(f.Last() - 300); err != nil {
						t.Error(err)
					}
				}
			}}
			r := mustCheck(t, o)
			contiguous := true
			for i := range r.Segments[1:] {
				contiguous = contiguous && r.Segments[i].Last+1 == r.Segments[i+1].First
			}
			if opens < at {
				break // Check ended before
			}
			if r.Last < 700 || r.First > 401+grown || !contiguous {
				t.Fatalf("removed before opening file %d of %d: %+v", at, len(segs), r)
			}
		}
	}
}
