package journal

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// opens is how often in a row a journal that is being written to must look damaged.
const opens = 5

// OpenBeside opens a journal that another process writes to, without a lock and without changing anything; see ReadOnly. What looks
// like damage may be a frame that was only half there when it was read. It shows what was there when it was opened, and what Look
// finds later.
func OpenBeside(dir string, opts Options) (log *Files, err error) {
	if opts.FS == nil {
		opts.FS = Disk
	}
	opts.FS = ReadOnly{opts.FS}
	for range opens {
		log, err = Open(dir, opts)
		if !errors.As(err, new(*DamageError)) {
			break
		}
	}
	return log, err
}

// Look takes note of what another process has written since, for a log that is only read here: the frames up to the one with the record
// to, or all there are where that is 0. That to is there after it, Last tells; a frame that is half there is none yet. The error is
// a RemovedError when the log has gone on past what is known of it here, and removed that: it must be opened anew.
func (f *Files) Look(to uint64) error {
	f.writer.Lock()
	defer f.writer.Unlock()
	if _, ok := f.opts.FS.(ReadOnly); !ok {
		return errors.New("journal: whoever writes a log knows its end")
	}
	for {
		if err := f.usable(); err != nil {
			return err
		}
		// What is listed before the frames are read follows them, so that it is known what must be there.
		newest, err := f.newest()
		if err != nil {
			return err
		}
		if err := f.lookOn(to); err != nil {
			return err
		}
		last := f.last.Load()
		if to != 0 && last >= to {
			return nil
		}
		switch err := f.follow(last + 1); {
		case errors.Is(err, fs.ErrNotExist) && newest > last+1:
			return &RemovedError{From: last + 1, First: newest}
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		}
	}
}

// newest is the first sequence of the last segment that there is.
func (f *Files) newest() (first uint64, err error) {
	names, err := f.opts.FS.ReadDir(f.dir)
	if err != nil {
		return 0, fmt.Errorf("journal: list %s: %w", f.dir, err)
	}
	for _, name := range names {
		if seq, ok, err := parseName(name); ok && err == nil {
			first = seq
		}
	}
	return first, nil
}

// lookOn verifies frames of the active segment behind the last known one.
func (f *Files) lookOn(to uint64) error {
	w := newWalk(f.file, f.active())
	w.off, w.point = f.end, point{next: f.last.Load() + 1, head: f.head}
	w.chunk, w.buf = lookChunk, f.ahead
	defer func() { f.ahead = w.buf[:0] }()
	for to == 0 || w.next <= to {
		err := w.step()
		if err == io.EOF || errors.As(err, new(invalid)) {
			return nil
		}
		if err != nil {
			return err
		}
		f.publishFrame(w.next-1, w.head, w.off)
	}
	return nil
}

// follow goes on to the segment that begins with a sequence.
func (f *Files) follow(first uint64) error {
	if f.active().first == first { // which has no frame yet
		return fs.ErrNotExist
	}
	seg, err := readSegment(f.opts.FS, f.dir, first)
	if err != nil {
		return err
	}
	if seg.chain != f.head {
		return seg.damage(0, "the chain is broken: this segment follows other records than those before it")
	}
	file, err := f.opts.FS.OpenWrite(seg.path(f.dir))
	if err != nil {
		return fmt.Errorf("journal: open segment: %w", err)
	}
	f.file.Close()
	f.file = file
	f.publishSegment(append(f.segs[:len(f.segs):len(f.segs)], seg), Sector)
	return nil
}
