package journal

import (
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"sync/atomic"
)

// Files is a Log in the files of one directory. All its methods may be called from any goroutine.
type Files struct {
	dir       string
	opts      Options
	lock      io.Closer
	spare     *spare
	recovered Recovered
	last      atomic.Uint64 // the last durable sequence
	left      atomic.Int64  // bytes that the active segment still takes

	writer sync.Mutex // held for the whole of an Append
	file   File       // the active segment
	ahead  []byte     // room for what Look reads

	// state is held for moments only, so that readers never wait for the disk. What is below changes only with both
	// locks held, and may be read with either.
	state  sync.RWMutex
	segs   []segment // the last one is active
	end    int64     // where the next frame begins in it: all before is durable
	head   Hash
	broken error
	closed bool
}

var _ Log = (*Files)(nil)

// Append implements Log. One call is one write and one sync.
func (f *Files) Append(b *Batch) error {
	f.writer.Lock()
	defer f.writer.Unlock()
	if err := f.usable(); err != nil {
		return err
	}
	size := align(int64(b.Size()))
	if err := f.admit(b, size); err != nil {
		return err
	}
	if f.end+size > f.active().size {
		if err := f.roll(); err != nil {
			return err
		}
	}
	frame := b.seal(f.active().mark, f.head)
	// The hash is wanted only by the next frame: it is made while the disk is at work.
	hashed := make(chan Hash, 1)
	// #nosec G115 -- admit has held the size against MaxFrame
	go func() { hashed <- hashFrame(frame, uint32(b.Size()-frameHeaderSize)) }()
	err := f.write(frame)
	head := <-hashed // before the caller may use the batch again
	if err != nil {
		return f.breakDown(err)
	}
	// #nosec G115 -- a length is not negative
	f.publishFrame(b.first+uint64(b.Len())-1, head, f.end+size)
	return nil
}

// write makes a frame durable at the end.
func (f *Files) write(frame []byte) error {
	if _, err := f.file.WriteAt(frame, f.end); err != nil {
		return fmt.Errorf("write %s: %w", f.active().name(), err)
	}
	if err := f.file.Datasync(); err != nil {
		return fmt.Errorf("sync %s: %w", f.active().name(), err)
	}
	return nil
}

// admit checks a batch before anything is written.
func (f *Files) admit(b *Batch, size int64) error {
	last := f.last.Load()
	switch {
	case b.Len() == 0:
		return ErrEmpty
	case b.first != last+1:
		return fmt.Errorf("%w: it begins with %d and %d must come next", ErrSequence, b.first, last+1)
	case b.first > math.MaxUint64-uint64(b.Len()): // #nosec G115 -- a length is never negative
		return fmt.Errorf("%w: no sequences are left", ErrSequence)
	case size > min(MaxFrame, f.opts.SegmentSize-Sector):
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, size, min(MaxFrame, f.opts.SegmentSize-Sector))
	}
	return nil
}

// active is the segment that takes frames; the caller holds the writer lock.
func (f *Files) active() segment { return f.segs[len(f.segs)-1] }

// roll makes the spare file the next segment. Until it has its name and that is durable, the log is as before.
func (f *Files) roll() error {
	seg := segment{first: f.last.Load() + 1, size: f.opts.SegmentSize, chain: f.head}
	var mark [8]byte
	if _, err := io.ReadFull(f.opts.Rand, mark[:]); err != nil {
		return fmt.Errorf("journal: random mark: %w", err)
	}
	seg.mark = le.Uint64(mark[:])
	file, err := f.spare.take()
	if err != nil {
		return f.full(err)
	}
	if err := f.adopt(file, seg); err != nil {
		file.Close()
		return f.breakDown(fmt.Errorf("begin %s: %w", seg.name(), err))
	}
	if f.file != nil {
		f.file.Close() // synced with its last frame; closing can tell nothing new
	}
	f.file = file
	f.publishSegment(append(slices.Clone(f.segs), seg), Sector)
	f.spare.start()
	return nil
}

func (f *Files) adopt(file File, seg segment) error {
	if _, err := file.WriteAt(seg.encode(), 0); err != nil {
		return err
	}
	if err := file.Datasync(); err != nil {
		return err
	}
	if err := f.opts.FS.Rename(f.spare.path, seg.path(f.dir)); err != nil {
		return err
	}
	return f.opts.FS.SyncDir(f.dir)
}

func (f *Files) publishSegment(segs []segment, end int64) {
	f.state.Lock()
	defer f.state.Unlock()
	f.segs, f.end = segs, end
	f.left.Store(f.active().size - end)
}

func (f *Files) publishFrame(last uint64, head Hash, end int64) {
	f.state.Lock()
	defer f.state.Unlock()
	f.head, f.end = head, end
	f.left.Store(f.active().size - end)
	f.last.Store(last)
}

func (f *Files) breakDown(cause error) error {
	f.state.Lock()
	defer f.state.Unlock()
	f.broken = fmt.Errorf("%w: %w", ErrBroken, cause)
	return f.broken
}

func (f *Files) usable() error {
	f.state.RLock()
	defer f.state.RUnlock()
	if f.closed {
		return ErrClosed
	}
	return f.broken
}

// full says what is left and what to do about it.
func (f *Files) full(cause error) error {
	return fmt.Errorf("%w: the current segment has %d bytes left and the next one of %d bytes cannot be made in %s (%w): "+
		"free or add space; it is tried again every %s, without a restart",
		ErrFull, f.left.Load(), f.opts.SegmentSize, f.dir, cause, retryEvery)
}

// Room implements Log. Asking is what makes a failed preparation of the next segment be tried again, at most once a
// second and in the background.
func (f *Files) Room() error {
	if err := f.usable(); err != nil {
		return err
	}
	if err := f.spare.room(); err != nil {
		return f.full(err)
	}
	return nil
}

// Last implements Log.
func (f *Files) Last() uint64 { return f.last.Load() }

// Recovered says what opening cut off.
func (f *Files) Recovered() Recovered { return f.recovered }

// RemoveBefore removes the segments, oldest first, all of whose records come before seq. The active one stays.
// When it fails the log is whole and begins somewhere between.
func (f *Files) RemoveBefore(seq uint64) error {
	f.writer.Lock()
	defer f.writer.Unlock()
	if err := f.usable(); err != nil {
		return err
	}
	for len(f.segs) > 1 && f.segs[1].first <= seq {
		// Readers are told first: whoever comes after must not look for the file. Each name is gone for good before
		// the next goes, so that no crash leaves a gap.
		oldest := f.segs[0]
		f.publishSegment(f.segs[1:], f.end)
		err := f.opts.FS.Remove(oldest.path(f.dir))
		if err == nil {
			err = f.opts.FS.SyncDir(f.dir)
		}
		if err != nil {
			return fmt.Errorf("journal: remove %s: %w", oldest.name(), err)
		}
	}
	return nil
}

// Close implements Log. It waits for an Append under way.
func (f *Files) Close() error {
	f.writer.Lock()
	defer f.writer.Unlock()
	f.state.Lock()
	was := f.closed
	f.closed = true
	f.state.Unlock()
	if was {
		return nil
	}
	return errors.Join(f.spare.close(), f.file.Close(), f.lock.Close())
}
