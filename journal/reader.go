package journal

import (
	"errors"
	"fmt"
	"io"
)

// reader reads the durable records of a Files.
type reader struct {
	log  *Files
	from uint64 // records before it are passed over
	seg  segment
	scan scanner
	off  int64  // where the next frame begins in seg
	next uint64 // the sequence that comes next
	rest []byte // records of the current frame not yet given out
}

// Reader implements Log. Each frame is checked again as it is read (checksums and sequences, not the chain).
func (f *Files) Reader(from uint64) (Reader, error) {
	if last := f.last.Load(); from == 0 || from > last+1 {
		return nil, fmt.Errorf("%w: asked for %d, it has records up to %d", ErrAhead, from, last)
	}
	r := &reader{log: f, from: from}
	if err := r.enter(from); err != nil {
		return nil, err
	}
	return r, nil
}

// enter opens the segment that holds a sequence.
func (r *reader) enter(seq uint64) error {
	seg, err := r.log.holder(seq)
	if err != nil {
		return err
	}
	file, err := r.log.opts.FS.Open(seg.path(r.log.dir))
	if err != nil {
		// It may just have been removed, which the log then says better.
		if _, gone := r.log.holder(seq); gone != nil {
			return gone
		}
		return fmt.Errorf("journal: open segment: %w", err)
	}
	if r.scan.file != nil {
		r.scan.file.Close()
	}
	r.seg, r.scan, r.off, r.next = seg, scanner{file: file, chunk: scanChunk}, Sector, seg.first
	return nil
}

// holder gives the segment that holds a sequence, or will.
func (f *Files) holder(seq uint64) (segment, error) {
	f.state.RLock()
	defer f.state.RUnlock()
	if f.closed {
		return segment{}, ErrClosed
	}
	for i := len(f.segs) - 1; i >= 0; i-- {
		if f.segs[i].first <= seq {
			return f.segs[i], nil
		}
	}
	return segment{}, &RemovedError{From: seq, First: f.segs[0].first}
}

// span gives up to where a segment may be read, and whether another follows it.
func (f *Files) span(seg segment) (limit int64, sealed bool, err error) {
	f.state.RLock()
	defer f.state.RUnlock()
	if f.closed {
		return 0, false, ErrClosed
	}
	if f.active().first == seg.first {
		return f.end, false, nil
	}
	return seg.size, true, nil
}

// Next implements Reader.
func (r *reader) Next() (uint64, []byte, error) {
	for {
		for len(r.rest) > 0 {
			n := recordPrefix + int(le.Uint32(r.rest))
			record, seq := r.rest[recordPrefix:n:n], r.next
			r.rest = r.rest[n:]
			r.next++
			if seq >= r.from {
				return seq, record, nil
			}
		}
		if err := r.advance(); err != nil {
			return 0, nil, err
		}
	}
}

// advance reads the next frame, going on to the next segment where one ends.
func (r *reader) advance() error {
	if r.scan.file == nil {
		return ErrClosed
	}
	limit, sealed, err := r.log.span(r.seg)
	if err != nil {
		return err
	}
	if !sealed && r.off == limit {
		return io.EOF
	}
	h, raw, err := r.scan.frame(r.off, limit, r.seg.mark)
	if err == io.EOF && sealed {
		return r.cross()
	}
	if err == io.EOF {
		err = invalid("a frame is missing")
	}
	var body []byte
	if err == nil && h.first != r.next {
		err = invalid(fmt.Sprintf("a frame begins with record %d where %d must come", h.first, r.next))
	}
	if err == nil && h.last() >= r.from { // what is passed over costs a look at its header
		body, err = decodeBody(raw, h)
	}
	if errors.As(err, new(invalid)) {
		return r.seg.damage(r.off, "%s", err)
	}
	if err != nil {
		return err
	}
	r.off += h.size()
	if r.rest = body; body == nil {
		r.next = h.last() + 1
	}
	return nil
}

// cross goes on to the segment after this one.
func (r *reader) cross() error {
	ended := r.seg
	if err := r.enter(r.next); err != nil {
		return err
	}
	if r.seg.first == ended.first {
		return ended.damage(r.off, "it ends before record %d, which the next segment does not hold", r.next)
	}
	return nil
}

// Close implements Reader.
func (r *reader) Close() error {
	if r.scan.file == nil {
		return nil
	}
	err := r.scan.file.Close()
	r.scan.file, r.rest = nil, nil
	return err
}
