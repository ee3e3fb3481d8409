package engine

import (
	"context"
	"errors"
	"io"
	"sync"

	"portcullis/journal"
)

// tailBytes is how much of the newest durable records stays in memory for subscribers; who is further behind reads from
// the journal.
const tailBytes = 16 << 20

// tail is the durable end of the journal.
type tail struct {
	log journal.Log

	mu      sync.Mutex
	batches []*journal.Batch // the newest ones, without a gap
	size    int              // of batches, in bytes
	last    uint64           // last durable sequence
	grown   chan struct{}    // closed when last grows or the tail is closed; nil while nobody waits
	closed  bool
	due     uint64        // sequence at which to signal reached; 0 for never
	reached chan struct{} // see due; has room for one
}

func newTail(log journal.Log) *tail {
	return &tail{log: log, last: log.Last(), reached: make(chan struct{}, 1)}
}

// signalAt signals reached once when the sequence is durable.
func (t *tail) signalAt(seq uint64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case <-t.reached: // of an earlier sequence
	default:
	}
	t.due = seq
	t.signal()
}

func (t *tail) signal() {
	if t.due == 0 || t.last < t.due {
		return
	}
	t.due = 0
	select {
	case t.reached <- struct{}{}:
	default:
	}
}

func (t *tail) durable() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.last
}

// add takes over a batch that has become durable; it must not be used for anything else any more.
func (t *tail) add(b *journal.Batch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.batches = append(t.batches, b)
	t.size += b.Size()
	for t.size > tailBytes && len(t.batches) > 1 {
		t.size -= t.batches[0].Size()
		t.batches[0] = nil
		t.batches = t.batches[1:]
	}
	t.last = b.First() + uint64(b.Len()) - 1 // #nosec G115 -- a length is never negative
	t.signal()
	t.wakeAll()
}

func (t *tail) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.wakeAll()
}

func (t *tail) wakeAll() {
	if t.grown != nil {
		close(t.grown)
		t.grown = nil
	}
}

// find is the batch that holds the sequence; or nil with a channel to wait on when it is not durable yet; or neither when
// it must be read from the journal. The error is io.EOF when it will never come.
func (t *tail) find(seq uint64) (*journal.Batch, <-chan struct{}, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if seq > t.last {
		if t.closed {
			return nil, nil, io.EOF
		}
		if t.grown == nil {
			t.grown = make(chan struct{})
		}
		return nil, t.grown, nil
	}
	for i := len(t.batches) - 1; i >= 0; i-- {
		if b := t.batches[i]; b.First() <= seq {
			return b, nil, nil
		}
	}
	return nil, nil, nil
}

// Subscription gives durable records in order, without a gap, from memory or from the journal. It is for one goroutine.
type Subscription struct {
	tail   *tail
	next   uint64
	reader journal.Reader // while it catches up from the journal
}

// Next calls fn with at least one record, and with whatever more is at hand, at most a few thousand. It waits for the
// first one. A record's bytes are valid until fn returns. The error is fn's, the context's, the journal's, or io.EOF when
// the engine was closed and everything was given out. After an error of fn the same record comes again.
func (s *Subscription) Next(ctx context.Context, fn func(seq uint64, record []byte) error) error {
	for {
		b, grown, err := s.tail.find(s.next)
		switch {
		case err != nil:
			return err
		case b != nil:
			s.Close()
			for i := int(s.next - b.First()); i < b.Len(); i++ { // #nosec G115 -- the sequence lies in the batch
				if err := fn(s.next, b.Record(i)); err != nil {
					return err
				}
				s.next++
			}
			return nil
		case grown == nil:
			return s.fromJournal(fn)
		}
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// fromJournal gives out what is on disk, a few thousand records at a time.
func (s *Subscription) fromJournal(fn func(uint64, []byte) error) error {
	if s.reader == nil {
		r, err := s.tail.log.Reader(s.next)
		if err != nil {
			return err
		}
		s.reader = r
	}
	for range 4096 {
		seq, record, err := s.reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = fn(seq, record)
		}
		if err != nil {
			s.Close()
			return err
		}
		s.next = seq + 1
	}
	return nil
}

// Close lets go of what the subscription holds. It can be used again.
func (s *Subscription) Close() {
	if s.reader != nil {
		s.reader.Close()
		s.reader = nil
	}
}
