package scenario

import (
	"io"
	"time"

	"portcullis/journal"
	"portcullis/journal/diskfault"
)

// process is the disk as one life of the venue sees it: it can be slow, and once that life has ended nothing of it reaches
// the disk any more.
type process struct {
	*diskfault.Disk
	dead bool
	gate chan struct{} // not nil: the disk is slow, and writes or syncs wait until it is closed
	late diskfault.Kind
}

// hold makes the disk slow from its next write or sync on.
func (p *process) hold(kind diskfault.Kind) { p.gate, p.late = make(chan struct{}), kind }

func (p *process) release() {
	if g := p.gate; g != nil {
		p.gate = nil
		close(g)
	}
}

// next lets the write or sync through that waits, and holds the one after it.
func (p *process) next() {
	g := p.gate
	p.hold(p.late)
	close(g)
}

// wait takes some of the time that only tests have, in which whoever else can do something does it: so it is the same each time
// what goes into a batch, and what comes too late for it.
func (p *process) wait(kind diskfault.Kind) {
	time.Sleep(time.Nanosecond)
	if g := p.gate; g != nil && p.late == kind {
		<-g
	}
}

func (p *process) file(f journal.File, err error) (journal.File, error) {
	if err != nil {
		return nil, err
	}
	return lateFile{f, p}, nil
}

func (p *process) Create(name string) (journal.File, error) {
	if p.dead {
		return nil, diskfault.ErrPower
	}
	return p.file(p.Disk.Create(name))
}

func (p *process) OpenWrite(name string) (journal.File, error) { return p.file(p.Disk.OpenWrite(name)) }
func (p *process) Open(name string) (journal.File, error)      { return p.file(p.Disk.Open(name)) }

func (p *process) Remove(name string) error {
	if p.dead {
		return diskfault.ErrPower
	}
	return p.Disk.Remove(name)
}

func (p *process) Rename(from, to string) error {
	if p.dead {
		return diskfault.ErrPower
	}
	return p.Disk.Rename(from, to)
}

func (p *process) SyncDir(dir string) error {
	if p.dead {
		return diskfault.ErrPower
	}
	return p.Disk.SyncDir(dir)
}

func (p *process) Lock(name string) (io.Closer, error) {
	if p.dead {
		return nil, diskfault.ErrPower
	}
	return p.Disk.Lock(name)
}

// lateFile is a file of a disk that may be slow. The disk itself knows which life opened it.
type lateFile struct {
	journal.File
	p *process
}

func (f lateFile) WriteAt(b []byte, off int64) (int, error) {
	f.p.wait(diskfault.Write)
	return f.File.WriteAt(b, off)
}

func (f lateFile) Datasync() error {
	f.p.wait(diskfault.Sync)
	return f.File.Datasync()
}
