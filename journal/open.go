package journal

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// DefaultSegment is the size of a segment in bytes where Options name none.
	DefaultSegment = 64 << 20
	minSegment     = 8 * Sector
	maxSegment     = 1 << 30
)

// Options of a log on files. The zero value is good.
type Options struct {
	// SegmentSize is the size of new segments in bytes: a multiple of Sector from 4 KiB to 1 GiB; 0 is DefaultSegment.
	SegmentSize int64
	// From is the first sequence that the caller will need (after its snapshot). Segments that end before it are
	// opened without being read through, so that starting does not take longer as history grows; Check reads all.
	// 0 verifies everything.
	From uint64
	// FS is where the files are; nil is Disk.
	FS FS
	// Now is the clock that spaces attempts at making room; nil is time.Now.
	Now func() time.Time
	// Go starts background work; nil starts a goroutine. A simulation may run it at once.
	Go func(func())
	// Rand gives the marks of new segments; nil is crypto/rand. Marks must not be guessable.
	Rand io.Reader
}

func (o Options) withDefaults() (Options, error) {
	if o.SegmentSize == 0 {
		o.SegmentSize = DefaultSegment
	}
	if o.SegmentSize < minSegment || o.SegmentSize > maxSegment || o.SegmentSize%Sector != 0 {
		return o, fmt.Errorf("journal: segment size %d: must be a multiple of %d from %d to %d", o.SegmentSize, Sector, minSegment, maxSegment)
	}
	if o.FS == nil {
		o.FS = Disk
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Go == nil {
		o.Go = func(f func()) { go f() }
	}
	if o.Rand == nil {
		o.Rand = rand.Reader
	}
	return o, nil
}

// Recovered says what opening cut off: the remainder of a write that a crash tore, which nobody was told is durable.
type Recovered struct {
	Segment string // the file's name, empty when nothing was cut
	Offset  int64  // where the cut begins, in bytes
	Bytes   int64  // from there to the last byte that was not zero, in whole sectors
}

// Open opens the log in a directory, which it makes if need be, and locks it for this process. It verifies frames,
// chain and sequences, cuts a torn tail, and returns when the last record is durable. It fails with a LockedError when
// another process has the directory, a DamageError when the files hold what no crash explains, ErrVersion for
// files of another version, ErrFull when the first segment of a new log finds no space.
func Open(dir string, opts Options) (*Files, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	if err := opts.FS.MkdirAll(dir); err != nil {
		return nil, fmt.Errorf("journal: make directory: %w", err)
	}
	lock, err := opts.FS.Lock(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	f := &Files{dir: dir, opts: opts, lock: lock, spare: newSpare(dir, opts)}
	if err := f.load(); err != nil {
		if f.file != nil {
			f.file.Close()
		}
		lock.Close()
		return nil, err
	}
	f.spare.start()
	return f, nil
}

// load brings the log to its last durable record.
func (f *Files) load() error {
	segs, err := listSegments(f.opts.FS, f.dir)
	if err != nil {
		return err
	}
	if len(segs) == 0 {
		return f.roll()
	}
	if err := f.verifyAllSealed(segs); err != nil {
		return err
	}
	return f.loadActive(segs)
}

// verifyAllSealed reads through all segments but the last, from the one that holds opts.From on. Each is held against
// what it says itself of its place in the chain, and against the next, so that they can be read at the same time.
func (f *Files) verifyAllSealed(segs []segment) error {
	from := 0
	for from < len(segs)-1 && segs[from+1].first <= f.opts.From {
		from++
	}
	errs := make([]error, len(segs))
	readers := make(chan struct{}, runtime.GOMAXPROCS(0))
	var failed atomic.Bool
	var all sync.WaitGroup
	for i := from; i < len(segs)-1; i++ {
		readers <- struct{}{}
		if failed.Load() {
			break
		}
		all.Go(func() {
			_, errs[i] = verifySealed(f.opts.FS, f.dir, segs[i], segs[i+1], func(int64) {})
			if errs[i] != nil {
				failed.Store(true)
			}
			<-readers
		})
	}
	all.Wait()
	for _, err := range errs { // the first in the log, whichever was met first
		if err != nil {
			return err
		}
	}
	return nil
}

// verifySealed reads through a segment that another follows: nothing in it may be torn, and its end must be the
// beginning of the next.
func verifySealed(fsys FS, dir string, seg, next segment, progress func(off int64)) (*walk, error) {
	file, err := fsys.Open(seg.path(dir))
	if err != nil {
		return nil, fmt.Errorf("journal: open segment: %w", err)
	}
	defer file.Close()
	w := newWalk(file, seg)
	why := w.run(progress)
	if why != nil && !errors.As(why, new(invalid)) {
		return w, why
	}
	if w.next < next.first {
		return w, seg.damage(w.off, "%s: records %d to %d are not there", reason(why), w.next, next.first-1)
	}
	if w.next > next.first {
		return w, next.damage(0, "it begins with record %d where %d must come", next.first, w.next)
	}
	end, err := w.tail(why)
	if err != nil {
		return w, err
	}
	if end != w.off {
		return w, seg.damage(w.off, "bytes after the last frame")
	}
	if w.head != next.chain {
		return w, next.damage(0, "the chain is broken: this segment follows other records than those before it")
	}
	return w, nil
}

// loadActive opens the last segment for appending, cuts a torn tail, and makes sure of the last frame.
func (f *Files) loadActive(segs []segment) error {
	seg := segs[len(segs)-1]
	file, err := f.opts.FS.OpenWrite(seg.path(f.dir))
	if err != nil {
		return fmt.Errorf("journal: open segment: %w", err)
	}
	f.file = file
	w := newWalk(file, seg)
	why := w.run(func(int64) {})
	if why != nil && !errors.As(why, new(invalid)) {
		return why
	}
	end, err := w.tail(why)
	if err != nil {
		return err
	}
	if end > w.off {
		f.recovered = Recovered{Segment: seg.name(), Offset: w.off, Bytes: end - w.off}
		if err := fillZero(file, w.off, end); err != nil {
			return fmt.Errorf("journal: cut the torn tail: %w", err)
		}
	}
	if err := w.rewriteLast(); err != nil {
		return fmt.Errorf("journal: write the last frame again: %w", err)
	}
	if err := errors.Join(file.Datasync(), f.opts.FS.SyncDir(f.dir)); err != nil {
		return fmt.Errorf("journal: sync what was found: %w", err)
	}
	f.publishSegment(segs, w.off)
	f.publishFrame(w.next-1, w.head, w.off)
	return nil
}

// rewriteLast writes the last frame again. It may have been read from memory only: pages that a failed sync left
// behind look clean, and a new sync alone would not write them.
func (w *walk) rewriteLast() error {
	if w.lastOff == 0 {
		return nil
	}
	raw, err := w.bytes(w.lastOff, w.off-w.lastOff, w.off)
	if err != nil {
		return err
	}
	_, err = w.file.WriteAt(raw, w.lastOff)
	return err
}

// fillZero writes zeros from one offset to another, in large pieces.
func fillZero(file File, from, to int64) error {
	for from < to {
		n, err := file.WriteAt(zeros[:min(to-from, int64(len(zeros)))], from)
		if err != nil {
			return err
		}
		from += int64(n)
	}
	return nil
}

// zeros are what files are filled with; nobody changes them.
var zeros [scanChunk]byte
