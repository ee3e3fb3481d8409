package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"portcullis/engine"
)

// Source gives the durable records; *engine.Engine is one.
type Source interface {
	Subscribe(from uint64) *engine.Subscription
	Durable() uint64 // sequence of the last durable record
	First() uint64   // sequence of the first record that is still there
}

// StartError: history must be filled from the journal's first record, and that is no longer there. Nothing was changed.
type StartError struct {
	File  string // the archive's
	First uint64 // what the journal begins with
	Why   string // why what is in the file does not do
}

func (e *StartError) Error() string {
	return fmt.Sprintf("archive: %s: %s. It cannot be filled anew, for the journal begins with record %d: put back the archive of a "+
		"backup of this journal (any that has record %d or a later one)", e.File, e.Why, e.First, e.First-1)
}

// Follow fills the archive from the source, from where it stopped before, and goes on with every record that becomes
// durable. It returns nil when the engine was closed and everything is applied, else the context's error or what went
// wrong: then it may be called again, and goes on. A file that is not of this journal is filled anew first, and one that
// turns out damaged is set aside, once in a call.
func (a *Archive) Follow(ctx context.Context, s Source) error {
	a.mu.Lock()
	switch {
	case a.closed:
		a.mu.Unlock()
		return ErrClosed
	case a.following:
		a.mu.Unlock()
		return ErrFollowing
	}
	a.checked, a.following, a.ended = false, true, nil
	a.mu.Unlock()

	err := a.follow(ctx, s)
	if ended := ctx.Err(); ended != nil && errors.Is(err, ended) {
		err = ended
	}
	a.tell(func() {
		a.following, a.ended = false, err
		if err == nil {
			a.ended = io.EOF
		}
	})
	return err
}

func (a *Archive) follow(ctx context.Context, s Source) error {
	if why, err := a.strange(ctx, s); err != nil && !damaged(err) {
		return err
	} else if why != "" {
		if first := s.First(); first > 1 {
			return &StartError{File: a.path, First: first, Why: why}
		}
		slog.Warn("archive: history is rebuilt from the journal", "file", a.path, "why", why)
		if err := a.exchange(discard); err != nil {
			return err
		}
	}
	a.tell(func() { a.checked = true })
	err := a.fill(ctx, s)
	if !damaged(err) {
		return err
	}
	slog.Warn("archive: history is rebuilt from the journal", "file", a.path, "why", err, "set aside", aside(a.path))
	if err := a.exchange(setAside); err != nil {
		return err
	}
	if first := s.First(); first > 1 {
		return &StartError{File: a.path, First: first, Why: "it was damaged, and is now " + aside(a.path)}
	}
	return a.fill(ctx, s)
}

// current is the open file.
func (a *Archive) current() (*file, error) {
	a.swap.RLock()
	defer a.swap.RUnlock()
	if a.file == nil {
		return nil, ErrClosed
	}
	return a.file, nil
}

// exchange replaces the file by an empty one.
func (a *Archive) exchange(away func(path string) error) error {
	a.swap.Lock()
	defer a.swap.Unlock()
	if a.file == nil {
		return ErrClosed
	}
	_ = a.file.close() // it is going away, and a damaged one may not close well
	err := away(a.path)
	if err == nil {
		a.file, err = openFile(a.path)
	}
	if err != nil {
		a.file = nil
		a.tell(func() { a.closed = true })
		return err
	}
	a.suspect.Store(false)
	a.advance(a.file.applied)
	return nil
}

func (a *Archive) advance(applied uint64) {
	a.tell(func() { a.applied = applied })
}

// strange says why the file is not of the source's journal, or nothing when it is. Two records tell: the first, which
// another journal does not have, and the last applied, which a journal that was restored to an earlier end and went on
// from there does not have. Where the journal's start was removed, the last one tells alone.
func (a *Archive) strange(ctx context.Context, s Source) (string, error) {
	f, err := a.current()
	if err != nil {
		return "", err
	}
	var applied uint64
	var first, last []byte
	if err := f.write.QueryRowContext(ctx, "SELECT applied, first, last FROM progress").Scan(&applied, &first, &last); err != nil {
		return "", fmt.Errorf("archive: %w", err)
	}
	begins := s.First()
	switch {
	case applied == 0 && begins > 1:
		return "it is empty", nil
	case applied == 0:
		return "", nil
	case applied+1 < begins:
		return fmt.Sprintf("it ends with record %d", applied), nil
	}
	if durable := s.Durable(); applied > durable {
		return fmt.Sprintf("it has %d records, the journal only %d", applied, durable), nil
	}
	for _, kept := range []struct {
		seq uint64
		sum []byte
	}{{1, first}, {applied, last}} {
		if kept.seq < begins {
			continue
		}
		sum, err := recordHash(ctx, s, kept.seq)
		if err != nil {
			return "", err
		}
		if !bytes.Equal(sum[:], kept.sum) {
			return fmt.Sprintf("its record %d is not the journal's", kept.seq), nil
		}
	}
	return "", nil
}

// recordHash is the SHA-256 of one durable record.
func recordHash(ctx context.Context, s Source, seq uint64) (sum [32]byte, err error) {
	sub := s.Subscribe(seq)
	defer sub.Close()
	enough := errors.New("one record is enough")
	err = sub.Next(ctx, func(_ uint64, record []byte) error {
		sum = sha256.Sum256(record)
		return enough
	})
	if errors.Is(err, enough) {
		return sum, nil
	}
	return sum, unreadable(seq, err)
}

func unreadable(seq uint64, err error) error {
	return fmt.Errorf("archive: history begins with the journal's first record and needs all; record %d cannot be read: %w", seq, err)
}

// fill applies what is durable, and what becomes so. What is applied is committed when somebody waits for it, when it is
// much, and after linger: a transaction for each group commit of the journal would cost several times as much.
func (a *Archive) fill(ctx context.Context, s Source) error {
	f, err := a.current()
	if err != nil {
		return err
	}
	w, err := newWriter(f.write)
	if err != nil {
		return err
	}
	defer w.close()
	sub := s.Subscribe(w.applied + 1)
	defer sub.Close()
	for {
		until, stop := ctx, func() {}
		if w.applied > w.committed {
			until, stop = a.patience(ctx, w)
		}
		var failed error
		err := sub.Next(until, func(seq uint64, record []byte) error {
			failed = a.take(ctx, w, seq, record)
			return failed
		})
		over := until.Err() != nil && ctx.Err() == nil
		stop()
		switch {
		case failed != nil:
			return failed
		case errors.Is(err, io.EOF):
			return a.commit(w)
		case err != nil && !over:
			return unreadable(w.applied+1, err)
		}
		if over {
			if err := a.commit(w); err != nil {
				return err
			}
		}
	}
}

// patience ends when what is applied must be committed, even if nothing follows: after linger, or when somebody waits for it.
func (a *Archive) patience(ctx context.Context, w *writer) (context.Context, context.CancelFunc) {
	until, stop := context.WithDeadline(ctx, w.began.Add(linger))
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken, a.hurry = w.applied, stop
	if a.wanted > w.committed && a.wanted <= w.applied {
		stop()
	}
	return until, stop
}

// take applies one record, and commits when there is enough.
func (a *Archive) take(ctx context.Context, w *writer, seq uint64, record []byte) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if a.suspect.Load() {
		return errDamaged
	}
	if err := w.apply(seq, record); err != nil {
		return err
	}
	if w.rows >= a.batch {
		return a.commit(w)
	}
	return nil
}

func (a *Archive) commit(w *writer) error {
	if err := w.commit(); err != nil {
		return err
	}
	a.advance(w.committed)
	return nil
}
