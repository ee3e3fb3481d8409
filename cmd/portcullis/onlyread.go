package main

import (
	"errors"
	"io"

	"portcullis/journal"
)

// onlyRead shows a journal's files without changing anything: what is looked at may be evidence, or a running venue's. It
// takes no lock. What opening would repair (a torn tail) it repairs in nothing but the reader's mind: writes go nowhere, and
// nothing beyond the last whole frame is read afterwards.
type onlyRead struct{ journal.FS }

func (onlyRead) MkdirAll(string) error               { return nil }
func (onlyRead) Remove(string) error                 { return nil }
func (onlyRead) SyncDir(string) error                { return nil }
func (onlyRead) Lock(string) (io.Closer, error)      { return io.NopCloser(nil), nil }
func (onlyRead) Rename(string, string) error         { return errOnlyRead }
func (onlyRead) Create(string) (journal.File, error) { return nil, errOnlyRead }

var errOnlyRead = errors.New("the journal is only read here, and it has no segment yet")

func (r onlyRead) OpenWrite(name string) (journal.File, error) {
	f, err := r.FS.Open(name)
	return onlyReadFile{f}, err
}

type onlyReadFile struct{ journal.File }

func (onlyReadFile) WriteAt(p []byte, _ int64) (int, error) { return len(p), nil }
func (onlyReadFile) Datasync() error                        { return nil }
