package journal

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// FS is what the journal asks of a file system. Names are paths; errors are as package os gives them.
type FS interface {
	MkdirAll(dir string) error
	// Create makes an empty file, or empties the one there is, for reading and writing.
	Create(name string) (File, error)
	// OpenWrite opens a file that exists for reading and writing, Open for reading only.
	OpenWrite(name string) (File, error)
	Open(name string) (File, error)
	Remove(name string) error
	Rename(from, to string) error
	// ReadDir gives the sorted names of a directory's files.
	ReadDir(dir string) ([]string, error)
	// SyncDir makes names that were created, renamed or removed durable.
	SyncDir(dir string) error
	// Lock takes the file as an exclusive lock, which ends with Close or with the process. When another holds it
	// the error is a LockedError.
	Lock(name string) (io.Closer, error)
}

// File is an open file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	// Datasync makes the bytes written so far durable, and the size if it changed.
	Datasync() error
	Size() (int64, error)
}

// Disk is the machine's own file system.
var Disk FS = disk{}

type disk struct{}

type diskFile struct{ *os.File }

func (disk) MkdirAll(dir string) error    { return os.MkdirAll(dir, 0o700) }
func (disk) Remove(name string) error     { return os.Remove(name) }
func (disk) Rename(from, to string) error { return os.Rename(from, to) }

func (disk) Create(name string) (File, error) {
	return wrap(os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600))
}

func (disk) OpenWrite(name string) (File, error) { return wrap(os.OpenFile(name, os.O_RDWR, 0)) }

func (disk) Open(name string) (File, error) { return wrap(os.Open(name)) }

func wrap(f *os.File, err error) (File, error) {
	if err != nil {
		return nil, err
	}
	return diskFile{f}, nil
}

func (disk) ReadDir(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, nil
}

func (disk) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Lock writes the process id into the file, for the error that the next one gets.
func (disk) Lock(name string) (io.Closer, error) {
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	held, err := lockFile(f)
	if held {
		var pid int
		// Without the holder's number the error still says enough.
		_, _ = fmt.Fscan(io.NewSectionReader(f, 0, 32), &pid)
		err = &LockedError{Dir: filepath.Dir(name), PID: pid}
	}
	if err == nil {
		err = errors.Join(f.Truncate(0), writePID(f))
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func writePID(f *os.File) error {
	_, err := f.WriteAt(fmt.Appendf(nil, "%d\n", os.Getpid()), 0)
	return err
}

func (f diskFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
