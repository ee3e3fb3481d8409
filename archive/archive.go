package archive

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"
)

var (
	// ErrNotFound: there is no such order of that account in that market, as far as the archive is.
	ErrNotFound = errors.New("archive: no such order")
	// ErrClosed: the archive was closed.
	ErrClosed = errors.New("archive: closed")
	// ErrFollowing: Follow was called while another call of it still runs.
	ErrFollowing = errors.New("archive: is being filled already, one Follow at a time")
	// ErrNewer: the file was written by a newer version of the program. It was not touched.
	ErrNewer = errors.New("archive: written by a newer version of the program")
	// ErrForeign: the file is the database of another program. It was not touched.
	ErrForeign = errors.New("archive: the file is another program's database; name another file")
)

// Memory as a path is an archive that is gone with Close. It still lives in files, in a directory of its own.
const Memory = ":memory:"

// batchRows is how many rows, or records without any, one transaction takes, by and large. Each writes the pages that it
// touched, nearly all of the indexes' when many accounts trade, so that few large ones cost less; ten times as many more
// would make who waits for the newest history wait noticeably.
const batchRows = 50_000

// linger is how much younger than the newest history the journal may be while nobody waits for it.
const linger = 500 * time.Millisecond

// Archive is open history. Its methods may be called from any goroutine.
type Archive struct {
	path    string
	batch   int         // batchRows; tests take fewer
	scratch string      // directory to remove with Close, or empty
	suspect atomic.Bool // a query found the file damaged

	swap sync.RWMutex // held by queries; held for writing while the file is exchanged
	file *file        // nil when closed

	mu        sync.Mutex
	applied   uint64
	wanted    uint64        // highest record that somebody waited for
	taken     uint64        // last record in the transaction under way
	hurry     func()        // ends that transaction's patience
	moved     chan struct{} // closed when something below or applied changes
	checked   bool          // that the file is of the journal that Follow follows
	following bool
	ended     error // why the last Follow ended; nil before the first and while one runs
	closed    bool
}

// Open opens the archive in a file, which it makes if need be, readable by its owner only. A file that is damaged is set
// aside under the same name with ".damaged" behind it, one of an older version with ".older"; both are then filled anew by
// Follow. The error is ErrForeign, ErrNewer or what the file system said.
func Open(path string) (*Archive, error) {
	a := &Archive{path: path, batch: batchRows, moved: make(chan struct{})}
	if path == Memory {
		dir, err := os.MkdirTemp("", "archive")
		if err != nil {
			return nil, fmt.Errorf("archive: %w", err)
		}
		a.scratch, a.path = dir, filepath.Join(dir, "history.sqlite")
	}
	f, err := openFile(a.path)
	if err != nil {
		return nil, errors.Join(err, a.sweep())
	}
	a.file, a.applied = f, f.applied
	return a, nil
}

func (a *Archive) sweep() error {
	if a.scratch == "" {
		return nil
	}
	return os.RemoveAll(a.scratch)
}

// Close lets go of the file. It waits for queries; a Follow that still runs ends with an error, so its context is better
// ended first.
func (a *Archive) Close() error {
	a.swap.Lock()
	defer a.swap.Unlock()
	if a.file == nil {
		return nil
	}
	err := a.file.close()
	a.file = nil
	a.tell(func() { a.closed = true })
	return errors.Join(err, a.sweep())
}

// Applied is the sequence of the last record whose rows queries see. It falls only when the archive is filled anew.
func (a *Archive) Applied() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.applied
}

// Wait returns when queries see the record of the journal that Follow follows. It gives up with the context's error, or
// when Follow has ended before: then with what ended it. Before the first Follow it waits for that, whatever the file
// holds, since only Follow finds out of which journal it is.
func (a *Archive) Wait(ctx context.Context, seq uint64) error {
	for {
		a.mu.Lock()
		applied, moved, ended, closed, checked := a.applied, a.moved, a.ended, a.closed, a.checked
		if a.wanted = max(a.wanted, seq); applied < seq && seq <= a.taken {
			a.hurry()
		}
		a.mu.Unlock()
		switch {
		case closed:
			return ErrClosed
		case checked && applied >= seq:
			return nil
		case ended != nil:
			return fmt.Errorf("archive: at record %d, not at %d: %w", applied, seq, ended)
		}
		select {
		case <-moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// tell changes what Wait looks at.
func (a *Archive) tell(change func()) {
	a.mu.Lock()
	defer a.mu.Unlock()
	change()
	close(a.moved)
	a.moved = make(chan struct{})
}
