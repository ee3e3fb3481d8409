package journal

import (
	"fmt"
	"io"
)

// scanChunk is how many bytes a scan reads at once; large, since whole logs are read from end to end. Who looks for the next frame reads
// lookChunk.
const (
	scanChunk = 1 << 20
	lookChunk = 16 << 10
)

// scanner reads one file forward through a window.
type scanner struct {
	file  File
	buf   []byte // the file's bytes from at
	at    int64
	chunk int64 // bytes that are read at once
}

// bytes gives n bytes at off, reading ahead up to limit, which must be at least off+n. They are valid until the next call.
func (s *scanner) bytes(off, n, limit int64) ([]byte, error) {
	if off < s.at || off > s.at+int64(len(s.buf)) {
		s.buf, s.at = s.buf[:0], off
	}
	if have := s.at + int64(len(s.buf)); have < off+n {
		keep := copy(s.buf[:cap(s.buf)], s.buf[off-s.at:])
		want := min(max(n, s.chunk), limit-off)
		if int64(cap(s.buf)) < want {
			// Grown by doubling, since readers at the end of a log need little.
			room := max(want, min(2*int64(cap(s.buf)), s.chunk))
			s.buf = append(make([]byte, 0, room), s.buf[:keep]...)
		}
		s.buf, s.at = s.buf[:want], off
		got, err := s.file.ReadAt(s.buf[keep:], off+int64(keep))
		if keep+got < int(want) {
			s.buf = s.buf[:keep+got]
			if err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("journal: read at byte %d: %w", off+int64(keep+got), err)
		}
	}
	return s.buf[off-s.at:][:n], nil
}

// forget drops what was read ahead, for files that change meanwhile.
func (s *scanner) forget() { s.buf = s.buf[:0] }

// frame gives the frame at off. The error is of type invalid when there is none, io.EOF when the log may end here
// (zeros, or no room for another frame), anything else when reading failed.
func (s *scanner) frame(off, limit int64, mark uint64) (header, []byte, error) {
	if off+Sector > limit {
		return header{}, nil, io.EOF
	}
	b, err := s.bytes(off, Sector, limit)
	if err != nil {
		return header{}, nil, err
	}
	if isZero(b) {
		return header{}, nil, io.EOF
	}
	h, err := decodeHeader(b, mark)
	if err != nil {
		return header{}, nil, err
	}
	if off+h.size() > limit {
		return h, nil, invalid("the frame is longer than the rest of the segment")
	}
	raw, err := s.bytes(off, h.size(), limit)
	return h, raw, err
}

// point is a place in the chain: what must come next.
type point struct {
	next uint64 // the sequence
	head Hash   // the hash of the frame before
}

// walk verifies the frames of one segment, one after the other.
type walk struct {
	scanner
	seg     segment
	off     int64 // where the next frame begins
	lastOff int64 // where the last valid one begins, 0 when there is none
	frames  int
	point
}

func newWalk(file File, seg segment) *walk {
	return &walk{scanner: scanner{file: file, chunk: scanChunk}, seg: seg, off: Sector, point: point{next: seg.first, head: seg.chain}}
}

// step verifies the next frame: its checksums, its sequences, its place in the chain. Errors are those of frame.
func (w *walk) step() error {
	h, raw, err := w.frame(w.off, w.seg.size, w.seg.mark)
	if err != nil {
		return err
	}
	if err := w.follows(h); err != nil {
		return err
	}
	if _, err := decodeBody(raw, h); err != nil {
		return err
	}
	w.next, w.head = h.last()+1, hashFrame(raw, h.length)
	w.lastOff = w.off
	w.off += h.size()
	w.frames++
	return nil
}

func (p point) follows(h header) error {
	if h.first != p.next {
		return invalid(fmt.Sprintf("a frame begins with record %d where %d must come", h.first, p.next))
	}
	if h.prev != p.head {
		return invalid("the chain is broken: the frame follows another than the one before it")
	}
	return nil
}

// run verifies frames up to the end of the chain, telling progress how far it is. The error is of type invalid when
// something other than the end was met, or what reading failed with.
func (w *walk) run(progress func(off int64)) error {
	for {
		before := w.off
		err := w.step()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if before/scanChunk != w.off/scanChunk {
			progress(w.off)
		}
	}
}

// tail judges what follows the last valid frame, as the package's doc sets out. why is what run returned. It gives
// where the remainder of a torn write ends, the walk's offset when there is none, or a DamageError.
func (w *walk) tail(why error) (end int64, err error) {
	extent := min(w.off+MaxFrame, w.seg.size)
	holes := true
	if why != nil {
		if extent, err = w.tornExtent(why); err != nil {
			return 0, err
		}
		holes = false
	}
	end = w.off
	for off := w.off; off < w.seg.size; off += Sector {
		b, err := w.bytes(off, Sector, w.seg.size)
		if err != nil {
			return 0, err
		}
		if isZero(b) {
			holes = holes || off < extent
			continue
		}
		end = off + Sector
		if off == w.off {
			continue
		}
		if h, err := decodeHeader(b, w.seg.mark); err == nil {
			return 0, w.seg.damage(w.off, "%s, yet record %d follows at byte %d", reason(why), h.first, off)
		}
		if off >= extent {
			return 0, w.seg.damage(off, "bytes beyond the end of the last frame")
		}
	}
	if !holes {
		return 0, w.seg.damage(w.off, "the last frame is there in full and wrong, which no torn write explains: %s", why)
	}
	return end, nil
}

func reason(why error) string {
	if why == nil {
		return "a frame is missing"
	}
	return why.Error()
}

// tornExtent gives where a frame ends whose header is sound and whose records are not.
func (w *walk) tornExtent(why error) (int64, error) {
	b, err := w.bytes(w.off, Sector, w.seg.size)
	if err != nil {
		return 0, err
	}
	h, err := decodeHeader(b, w.seg.mark)
	if err == nil {
		err = w.follows(h)
	}
	if err != nil || w.off+h.size() > w.seg.size {
		return 0, w.seg.damage(w.off, "%s", why)
	}
	return w.off + h.size(), nil
}
