package journal

import (
	"errors"
	"fmt"
	"io/fs"
)

// Report is what Check found. First and Last are 0 for a log without records.
type Report struct {
	Segments []SegmentReport
	First    uint64
	Last     uint64
	Head     Hash // of the last valid frame
}

// SegmentReport is what Check found in one segment.
type SegmentReport struct {
	Name   string
	First  uint64 // the sequence that the segment begins with
	Last   uint64 // the last valid one, First-1 when there is none
	Frames int
	Used   int64 // bytes from the start to the end of the last valid frame
	Size   int64 // bytes of the file
	// Unfinished is the length in bytes of a write that is not complete, in the last segment only: one under way if
	// the log is open, otherwise one that a crash tore and that the next opening will cut.
	Unfinished int64
	Err        error // what is wrong with the segment, nil if nothing
}

// Check reads a whole log and verifies all of it: checksums, sequences, chain. It changes nothing, takes no lock, and
// works while the log is in use. progress, if not nil, is told how many of how many bytes have been dealt with. The
// error joins the errors of all segments; a frame that was being written meanwhile is not one of them. Of opts only FS
// is used.
func Check(dir string, opts Options, progress func(done, total int64)) (Report, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return Report{}, err
	}
	if progress == nil {
		progress = func(int64, int64) {}
	}
	c := check{fs: opts.FS, dir: dir, progress: progress}
	for {
		report, again, err := c.run()
		if !again {
			return report, err
		}
	}
}

type check struct {
	fs          FS
	dir         string
	progress    func(done, total int64)
	done, total int64
}

// run checks the segments that there are. again says that the last of them was removed meanwhile.
func (c *check) run() (report Report, again bool, err error) {
	segs, err := listSegments(c.fs, c.dir)
	if err == errPassed {
		return Report{}, true, nil
	}
	if err != nil {
		return Report{}, false, err
	}
	c.done, c.total = 0, 0
	for _, seg := range segs {
		c.total += seg.size
	}
	var errs []error
	for i, seg := range segs {
		s, head := c.segment(seg, segs[i+1:])
		again = errors.Is(s.Err, fs.ErrNotExist)
		if again { // removed since it was listed, and all before it too
			report, errs = Report{}, nil
		} else {
			report.add(s, head)
			errs = append(errs, s.Err)
		}
		c.done += seg.size
		c.progress(c.done, c.total)
	}
	return report, again, errors.Join(errs...)
}

func (c *check) segment(seg segment, after []segment) (SegmentReport, Hash) {
	if len(after) > 0 {
		return c.sealed(seg, after[0])
	}
	return c.active(seg)
}

func (r *Report) add(s SegmentReport, head Hash) {
	r.Segments = append(r.Segments, s)
	r.Head = head
	if s.Last < s.First {
		return
	}
	if r.First == 0 {
		r.First = s.First
	}
	r.Last = s.Last
}

func (c *check) within(off int64) { c.progress(c.done+off, c.total) }

func (c *check) sealed(seg, next segment) (SegmentReport, Hash) {
	w, err := verifySealed(c.fs, c.dir, seg, next, c.within)
	return report(seg, w, err), w.reached(seg)
}

// looks is how often in a row the same place must look wrong.
const looks = 3

// active verifies the last segment. It may be growing, and reading is not atomic: what looks wrong is looked at again,
// since the writer may have been in the middle of a frame.
func (c *check) active(seg segment) (SegmentReport, Hash) {
	file, err := c.fs.Open(seg.path(c.dir))
	if err != nil {
		return report(seg, nil, fmt.Errorf("journal: open segment: %w", err)), seg.chain
	}
	defer file.Close()
	w := newWalk(file, seg)
	var end int64
	for look := 0; look < looks; look++ {
		before := w.off
		w.forget()
		why := w.run(c.within)
		if why != nil && !errors.As(why, new(invalid)) {
			return report(seg, w, why), w.head
		}
		if w.off != before {
			look = 0
		}
		if end, err = w.tail(why); err == nil {
			break
		}
	}
	s := report(seg, w, err)
	if err == nil {
		s.Unfinished = end - w.off
	}
	return s, w.head
}

// reached is the hash up to which a walk came; it may never have begun.
func (w *walk) reached(seg segment) Hash {
	if w == nil {
		return seg.chain
	}
	return w.head
}

func report(seg segment, w *walk, err error) SegmentReport {
	s := SegmentReport{Name: seg.name(), First: seg.first, Last: seg.first - 1, Used: Sector, Size: seg.size, Err: err}
	if w != nil {
		s.Last, s.Frames, s.Used = w.next-1, w.frames, w.off
	}
	return s
}
