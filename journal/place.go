package journal

import (
	"errors"
	"fmt"
	"io"
)

// Place is the end of a frame: its last sequence, and its hash, which commits to everything before. Two logs that agree on a
// place agree on all records up to it. The place before the first record has the sequence 0 and zeros.
type Place struct {
	Seq  uint64
	Hash Hash
}

// End implements Log.
func (f *Files) End() Place {
	f.state.RLock()
	defer f.state.RUnlock()
	return Place{f.last.Load(), f.head}
}

// Head is the hash of End.
func (f *Files) Head() Hash { return f.End().Hash }

// First implements Log.
func (f *Files) First() uint64 {
	f.state.RLock()
	defer f.state.RUnlock()
	return f.segs[0].first
}

// Segment is one of a log's files.
type Segment struct {
	First uint64 // the sequence that it begins with
	Bytes int64  // of the file
}

// Segments are the log's files, the oldest first. The last one is being written to.
func (f *Files) Segments() []Segment {
	f.state.RLock()
	defer f.state.RUnlock()
	list := make([]Segment, len(f.segs))
	for i, s := range f.segs {
		list[i] = Segment{s.first, s.size}
	}
	return list
}

// PlaceError: a log does not have a place that it ought to have, so it is not the log that the place was noted of.
type PlaceError struct {
	Place Place
	Why   string
}

func (e *PlaceError) Error() string {
	return fmt.Sprintf("journal: this is not the journal whose record %d ended with the hash %s: %s", e.Place.Seq, e.Place.Hash, e.Why)
}

// Verify implements Log. It reads one segment at most.
func (f *Files) Verify(p Place) error {
	end := f.End()
	if p.Seq > end.Seq {
		return &PlaceError{p, fmt.Sprintf("it ends with record %d, so records that were acknowledged are missing, or it is another journal", end.Seq)}
	}
	seg, limit, err := f.around(p.Seq)
	if err != nil {
		return err
	}
	found := seg.chain // where the place is the end of the segment before
	if seg.first != p.Seq+1 {
		if found, err = f.hashAt(seg, limit, p.Seq); err != nil {
			return err
		}
	}
	switch {
	case found == p.Hash:
		return nil
	case found == (Hash{}):
		return &PlaceError{p, "in it no frame ends there"}
	}
	return &PlaceError{p, "its own hash there is " + found.String()}
}

// around gives the segment that begins behind a sequence, or else the one that holds it, and up to where it may be read.
func (f *Files) around(seq uint64) (segment, int64, error) {
	f.state.RLock()
	defer f.state.RUnlock()
	if f.closed {
		return segment{}, 0, ErrClosed
	}
	for i := len(f.segs) - 1; i >= 0; i-- {
		if seg := f.segs[i]; seg.first <= seq+1 {
			if i == len(f.segs)-1 {
				return seg, f.end, nil
			}
			return seg, seg.size, nil
		}
	}
	return segment{}, 0, &RemovedError{From: seq + 1, First: f.segs[0].first}
}

// hashAt is the hash of the frame that ends with a sequence; zeros where none does.
func (f *Files) hashAt(seg segment, limit int64, seq uint64) (Hash, error) {
	file, err := f.opts.FS.Open(seg.path(f.dir))
	if err != nil {
		return Hash{}, fmt.Errorf("journal: open segment: %w", err)
	}
	defer file.Close()
	w := newWalk(file, seg)
	for w.next <= seq && w.off < limit {
		err := w.step()
		switch {
		case err == io.EOF:
			return Hash{}, nil
		case errors.As(err, new(invalid)):
			return Hash{}, seg.damage(w.off, "%s", err)
		case err != nil:
			return Hash{}, err
		}
	}
	if w.next != seq+1 {
		return Hash{}, nil
	}
	return w.head, nil
}
