package diskfault

import (
	"errors"
	"io"
	"io/fs"
	"slices"
)

// file is an open file of one life of the process.
type file struct {
	disk     *Disk
	node     *node
	name     string
	life     int
	writable bool
	closed   bool
}

// alive says whether the handle may be used; the disk's lock is held.
func (f *file) alive() error {
	switch {
	case f.disk.off || f.life != f.disk.life:
		return ErrPower
	case f.closed:
		return fs.ErrClosed
	}
	return nil
}

func (f *file) fail(op string, err error) error {
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// ReadAt implements io.ReaderAt.
func (f *file) ReadAt(p []byte, off int64) (int, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.alive(); err != nil {
		return 0, err
	}
	if off >= int64(len(f.node.data)) {
		return 0, io.EOF
	}
	n := copy(p, f.node.data[off:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// WriteAt implements io.WriterAt.
func (f *file) WriteAt(p []byte, off int64) (int, error) {
	d := f.disk
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := f.alive(); err != nil {
		return 0, err
	}
	if !f.writable {
		return 0, f.fail("write", fs.ErrPermission)
	}
	err := d.begin(Op{Kind: Write, Name: f.name, Off: off, Len: len(p)})
	switch {
	case errors.Is(err, ErrPower):
		f.node.write(p, off) // which sectors survive is drawn when the power comes back
		return 0, err
	case err != nil:
		p = p[:d.rng.IntN(len(p)/Sector+1)*Sector]
		f.node.write(p, off)
		return len(p), f.fail("write", err)
	}
	if grow := off + int64(len(p)) - int64(len(f.node.data)); d.space > 0 && grow > 0 && d.used()+grow > d.space {
		p = p[:max(0, min(int64(len(p)), int64(len(f.node.data))+d.space-d.used()-off))]
		f.node.write(p, off)
		return len(p), f.fail("write", errNoSpace)
	}
	f.node.write(p, off)
	return len(p), nil
}

// write changes the content, keeping the durable one of each sector that it touches.
func (n *node) write(p []byte, off int64) {
	if len(p) == 0 {
		return
	}
	if n.old == nil {
		n.old = map[int64]sector{}
	}
	for at := off / Sector * Sector; at < off+int64(len(p)); at += Sector {
		s, ok := n.old[at]
		if !ok && at < n.size {
			s.content = slices.Clone(n.data[at:min(at+Sector, n.size)])
		}
		s.lost = false
		n.old[at] = s
	}
	if end := off + int64(len(p)); end > int64(len(n.data)) {
		n.data = append(n.data, make([]byte, end-int64(len(n.data)))...)
	}
	copy(n.data[off:], p)
}

// Datasync implements journal.File.
func (f *file) Datasync() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	if err := f.alive(); err != nil {
		return err
	}
	err := f.disk.begin(Op{Kind: Sync, Name: f.name})
	if errors.Is(err, ErrPower) {
		return err // what of it survives is drawn when the power comes back
	}
	for at, s := range f.node.old {
		switch {
		case err != nil:
			s.lost = true
			f.node.old[at] = s
		case !s.lost:
			delete(f.node.old, at)
		}
	}
	if err != nil {
		return f.fail("sync", err)
	}
	f.node.size = int64(len(f.node.data))
	return nil
}

// Size implements journal.File.
func (f *file) Size() (int64, error) {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	return int64(len(f.node.data)), f.alive()
}

// Close implements io.Closer.
func (f *file) Close() error {
	f.disk.mu.Lock()
	defer f.disk.mu.Unlock()
	f.closed = true
	return nil
}
