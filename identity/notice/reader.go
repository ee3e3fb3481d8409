package notice

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// Reader reads the notices of a data directory in order, the oldest that is there first. A venue may be running on it.
// It is for one goroutine.
type Reader struct {
	dir  string
	at   ID // what was given out last, or need not be
	file *os.File
	buf  *bufio.Reader
	from int64 // offset of the line that comes next
	old  bool  // nothing is added to the file any more, and all that was has been seen
}

// NewReader reads what comes after a notice; all that is there where that is zero.
func NewReader(dir string, after ID) *Reader { return &Reader{dir: dir, at: after} }

// Next is the next notice and its line, which is valid until the next call. The error is io.EOF where there is none yet. After
// another error the reader finds its place again.
func (r *Reader) Next() (Notice, []byte, error) {
	if r.file == nil {
		if err := r.open(r.begin); err != nil {
			return Notice{}, nil, err
		}
	}
	for {
		n, line, err := r.line()
		switch {
		case err == nil && n.ID.After(r.at):
			r.at = n.ID
			return n, line, nil
		case err == nil:
		case !errors.Is(err, io.EOF):
			r.Close()
			return n, nil, err
		case !r.over():
			return n, nil, io.EOF
		case r.old:
			r.Close()
			if err := r.open(r.next); err != nil {
				return n, nil, err
			}
		default:
			r.old = true // it has just got its name, perhaps after a line that came since: look once more
		}
	}
}

// open opens the file that pick picks of the older ones, or the newest.
func (r *Reader) open(pick func(older []uint64) int) error {
	all, err := older(r.dir)
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	name := newest
	i := pick(all)
	if i >= 0 {
		name = olderName(all[i])
	}
	f, err := os.Open(filepath.Join(r.dir, name)) // #nosec G304 -- in the data directory
	if err != nil {
		return fmt.Errorf("notice: %w", err)
	}
	r.file, r.from, r.old = f, 0, i >= 0
	r.buf = bufio.NewReaderSize(f, maxLine)
	return nil
}

// begin picks the last file that begins at or before what was given out, or the first of all.
func (r *Reader) begin(all []uint64) int {
	pick := min(len(all), 1) - 1
	for i := range all {
		if all[i] <= r.at.Seq {
			pick = i
		}
	}
	return pick
}

// next picks the file after what was given out. A record's notices are in one file.
func (r *Reader) next(all []uint64) int {
	for i := range all {
		if all[i] > r.at.Seq {
			return i
		}
	}
	return -1
}

// over says that the file is an older one by now.
func (r *Reader) over() bool {
	if r.old {
		return true
	}
	mine, err := r.file.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(filepath.Join(r.dir, newest))
	return err == nil && !os.SameFile(mine, now)
}

// line is the next whole line of the file.
func (r *Reader) line() (Notice, []byte, error) {
	line, err := r.buf.ReadSlice('\n')
	switch {
	case errors.Is(err, io.EOF): // perhaps in the middle of a line that is being written
		if _, bad := r.file.Seek(r.from, io.SeekStart); bad != nil {
			return Notice{}, nil, fmt.Errorf("notice: %w", bad)
		}
		r.buf.Reset(r.file)
		return Notice{}, nil, io.EOF
	case err != nil:
		return Notice{}, nil, fmt.Errorf("notice: %s at %d: %w", r.file.Name(), r.from, err)
	}
	n, err := parse(line)
	if err != nil {
		return n, nil, fmt.Errorf("notice: %s at %d: %w", r.file.Name(), r.from, err)
	}
	r.from += int64(len(line))
	return n, line[:len(line)-1], nil
}

// Close lets go of the file. The reader can be used again.
func (r *Reader) Close() {
	if r.file != nil {
		_ = r.file.Close() // it was only read
		r.file = nil
	}
}
