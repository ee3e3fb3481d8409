package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"sync"
	"time"
)

const (
	// retryEvery bounds how often a segment that found no space is tried again.
	retryEvery = time.Second
	// spareChunk is zeroed and synced at a time: syncs of many bytes hold up those of the appends beside them.
	spareChunk = 128 << 10
)

// spare makes the next segment's file ahead of its need, in the background: zeros, synced, under a name that is no
// segment's. The file belongs to the task that makes it, then to spare, then to whoever took it.
type spare struct {
	path string
	opts Options

	mu      sync.Mutex
	file    File          // ready to be taken
	err     error         // why the last attempt failed; stays until one succeeds
	retryAt time.Time     // when the next attempt may begin
	making  chan struct{} // closed when the attempt under way ends; nil when there is none
	closed  bool
}

func newSpare(dir string, opts Options) *spare {
	return &spare{path: filepath.Join(dir, spareName), opts: opts}
}

// start begins to make the file, unless it is there or being made.
func (s *spare) start() {
	s.mu.Lock()
	if s.file != nil || s.making != nil || s.closed {
		s.mu.Unlock()
		return
	}
	s.making = make(chan struct{})
	s.mu.Unlock()
	s.opts.Go(s.run)
}

func (s *spare) run() {
	file, err := s.make()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file, s.err = file, err
	s.retryAt = s.opts.Now().Add(retryEvery)
	close(s.making)
	s.making = nil
}

// make zeroes a file of a segment's size. What it could not finish it removes, to leave the space to others.
func (s *spare) make() (File, error) {
	file, err := s.opts.FS.Create(s.path)
	if err != nil {
		return nil, err
	}
	for off := int64(0); off < s.opts.SegmentSize && err == nil; off += spareChunk {
		if s.stopped() {
			err = ErrClosed
			break
		}
		if err = fillZero(file, off, min(off+spareChunk, s.opts.SegmentSize)); err == nil {
			err = file.Datasync()
		}
	}
	if err != nil {
		file.Close()
		return nil, errors.Join(err, s.clear())
	}
	return file, nil
}

func (s *spare) stopped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closed
}

// take gives the file, and waits for it if it is being made.
func (s *spare) take() (File, error) {
	for tried := false; ; tried = true {
		s.mu.Lock()
		file, making, err := s.file, s.making, s.err
		if file != nil {
			s.file = nil
		}
		early := s.opts.Now().Before(s.retryAt)
		s.mu.Unlock()
		switch {
		case file != nil:
			return file, nil
		case making != nil:
			<-making
		case err != nil && (early || tried):
			return nil, err
		default:
			s.start()
		}
	}
}

// room gives the error of the last attempt, nil when there was none, and starts another when it is time.
func (s *spare) room() error {
	s.mu.Lock()
	failed := s.err != nil && s.making == nil && !s.opts.Now().Before(s.retryAt)
	err := s.err
	s.mu.Unlock()
	if !failed {
		return err
	}
	s.start()
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// clear removes the file of an attempt that ended early.
func (s *spare) clear() error {
	if err := s.opts.FS.Remove(s.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("journal: remove the spare file: %w", err)
	}
	return nil
}

// close waits for the attempt under way and removes the file.
func (s *spare) close() error {
	s.mu.Lock()
	s.closed = true
	making := s.making
	s.mu.Unlock()
	if making != nil {
		<-making
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return errors.Join(err, s.clear())
}
