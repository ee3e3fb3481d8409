package journal

import (
	"encoding/hex"
	"errors"
	"fmt"
)

// Hash is the SHA-256 of a frame, which commits to every frame before it.
type Hash [32]byte

// String gives the hash in hexadecimal.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Log is a durable row of records, numbered from 1.
type Log interface {
	// Append makes the batch durable as the next records. Its first sequence must be Last()+1 (else ErrSequence).
	// ErrFull and ErrTooLarge leave the log as it was; ErrBroken means that it takes nothing more.
	Append(*Batch) error
	// Last is the sequence of the last durable record, 0 for a log that never had one.
	Last() uint64
	// First is the sequence of the first record that is still there, or will be when the log is empty.
	First() uint64
	// End is where the last durable frame ends.
	End() Place
	// Verify is nil when the log has the place, a PlaceError when it does not, a RemovedError when the records around it
	// are gone.
	Verify(Place) error
	// Reader gives the durable records in order, beginning with sequence from (1 or more, at most Last()+1).
	Reader(from uint64) (Reader, error)
	// Room says whether new work may be taken on: nil, or an error wrapping ErrFull, ErrBroken or ErrClosed. While
	// it wraps ErrFull, what was already taken on may still be appended. It is cheap enough to ask for each request.
	Room() error
	// Close ends the log's use. Readers still open return ErrClosed.
	Close() error
}

// Reader walks over records. It is for one goroutine, and may run beside Append.
type Reader interface {
	// Next gives the next record, valid until Next or Close is called again. At the durable end it returns io.EOF;
	// a later call goes on when there is more.
	Next() (seq uint64, record []byte, err error)
	// Close lets go of the reader's file.
	Close() error
}

var (
	// ErrFull: there is no space for another segment. Free some; nothing needs a restart.
	ErrFull = errors.New("journal: disk full")
	// ErrBroken: a write or sync failed, so what is on disk is unknown. The process must be restarted.
	ErrBroken = errors.New("journal: broken by a failed write, restart to recover")
	// ErrClosed: the log was closed.
	ErrClosed = errors.New("journal: closed")
	// ErrSequence: the batch does not begin with the next sequence.
	ErrSequence = errors.New("journal: batch out of sequence")
	// ErrTooLarge: the batch fits in no frame or segment.
	ErrTooLarge = errors.New("journal: batch too large")
	// ErrEmpty: the batch has no record.
	ErrEmpty = errors.New("journal: batch without a record")
	// ErrAhead: a reader was asked to begin beyond the end of the log.
	ErrAhead = errors.New("journal: the log ends before this sequence")
	// ErrVersion: the files were written by a version of the program that this one does not know.
	ErrVersion = errors.New("journal: unknown format version")
)

// RemovedError: records that a reader asked for were taken away by RemoveBefore.
type RemovedError struct {
	From  uint64 // the sequence that was asked for
	First uint64 // the first that is still there
}

func (e *RemovedError) Error() string {
	return fmt.Sprintf("journal: record %d was removed; the log now begins with %d", e.From, e.First)
}

// LockedError: another process has the directory.
type LockedError struct {
	Dir string
	PID int // 0 when the holder did not say
}

func (e *LockedError) Error() string {
	who := "another process"
	if e.PID > 0 {
		who = fmt.Sprintf("process %d", e.PID)
	}
	return fmt.Sprintf("journal: %s is in use by %s: stop it first, two writers would destroy the log", e.Dir, who)
}

// DamageError: the files hold something that no crash can explain. Nothing has been changed.
type DamageError struct {
	Segment string // the file's name
	Offset  int64  // bytes from its start
	Why     string
}

func (e *DamageError) Error() string {
	return fmt.Sprintf("journal: segment %s is damaged at byte %d: %s. Nothing was changed. Copy the directory, look at "+
		"the disk's health, then restore this segment from a replica or a backup; do not delete or cut it, "+
		"acknowledged records would be lost", e.Segment, e.Offset, e.Why)
}
