package journal

import (
	"errors"
	"io"
)

// ReadOnly shows a journal's files without changing anything: what is looked at may be evidence, or a running venue's. It
// takes no lock. What opening would repair (a torn tail) it repairs in nothing but the reader's mind: writes go nowhere, and
// nothing beyond the last whole frame is read afterwards. Nothing can be appended.
type ReadOnly struct{ FS }

var errReadOnly = errors.New("journal: it is only read here, and has no segment yet or no room for another")

// MkdirAll implements FS, and does nothing. So do Remove, SyncDir and Lock.
func (ReadOnly) MkdirAll(string) error { return nil }

// Remove implements FS.
func (ReadOnly) Remove(string) error { return nil }

// SyncDir implements FS.
func (ReadOnly) SyncDir(string) error { return nil }

// Lock implements FS.
func (ReadOnly) Lock(string) (io.Closer, error) { return io.NopCloser(nil), nil }

// Rename implements FS, and refuses. So does Create.
func (ReadOnly) Rename(string, string) error { return errReadOnly }

// Create implements FS.
func (ReadOnly) Create(string) (File, error) { return nil, errReadOnly }

// OpenWrite implements FS: what is written goes nowhere.
func (r ReadOnly) OpenWrite(name string) (File, error) {
	f, err := r.FS.Open(name)
	if err != nil {
		return nil, err
	}
	return readOnlyFile{f}, nil
}

type readOnlyFile struct{ File }

func (readOnlyFile) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (readOnlyFile) Datasync() error                        { return nil }
