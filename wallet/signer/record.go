package signer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/engine"
	"portcullis/journal"
)

// slice is how many records are folded before others may see the state.
const slice = 4096

// often is how often what is new is read without being asked for. Tests take less.
var often = time.Second

// Files are a venue's, which are read here and never written.
type Files struct {
	Journal   string           // directory
	Snapshots engine.Snapshots // of the same venue
	// Progress, where it is not nil, is told now and then how far reading has come.
	Progress func(seq, last uint64)
}

// record is the state that a venue's files come to, as this process folds them itself.
type record struct {
	files Files

	mu     sync.Mutex
	log    *journal.Files
	reader journal.Reader
	state  *core.State
	seq    uint64        // the last record that is in the state
	place  journal.Place // the newest that is known to be durable
	bad    error         // what the state cannot be used for any more
}

// openRecord folds all that the files have. Known is a place that they must have; the zero Place asks for nothing.
func openRecord(ctx context.Context, files Files, known journal.Place) (*record, error) {
	r := &record{files: files, place: known}
	if err := r.open(ctx); err != nil {
		return nil, err
	}
	return r, nil
}

// open begins with the newest snapshot that can be used. The journal must be the one that was read before.
func (r *record) open(ctx context.Context) error {
	keep := engine.Snapshots{FS: journal.ReadOnly{FS: r.files.Snapshots.FS}, Dir: r.files.Snapshots.Dir}
	list, err := keep.List()
	if err != nil {
		return err
	}
	from := uint64(0)
	for _, s := range list {
		if s.Err == nil {
			from = s.Place.Seq + 1
			break
		}
	}
	log, err := journal.OpenBeside(r.files.Journal, journal.Options{From: from})
	if err != nil {
		return fmt.Errorf("signer: the venue's journal: %w", err)
	}
	if err := r.same(log); err != nil {
		r.bad = err
		return errors.Join(err, log.Close())
	}
	last := log.Last()
	got, err := keep.Recover(ctx, log, last, r.files.Progress)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	reader, err := log.Reader(last + 1)
	if err != nil {
		return errors.Join(err, log.Close())
	}
	r.close()
	r.log, r.reader, r.state, r.seq = log, reader, got.State, last
	return nil
}

// same is an error where a journal is not the one that the newest known place is of: somebody put another one there, as whoever restores a
// backup does. Where the place was removed nobody can tell any more.
func (r *record) same(log *journal.Files) error {
	if r.place.Seq == 0 {
		return nil
	}
	if err := log.Verify(r.place); err != nil && !errors.As(err, new(*journal.RemovedError)) {
		return fmt.Errorf("signer: the venue's journal is another one now, so nothing more is signed: %w", err)
	}
	return nil
}

// read shows the state once it has a record; with 0, all that is there. It is view.
func (r *record) read(ctx context.Context, seq uint64, fn func(*core.State)) error {
	for {
		r.mu.Lock()
		more, err := r.follow(ctx, seq)
		if err == nil && !more {
			if seq != 0 && r.seq < seq {
				err = fmt.Errorf("signer: the venue's journal ends with record %d, and %d is asked for: is it the right data directory (signer run --data)?", r.seq, seq)
			} else {
				fn(r.state)
			}
		}
		r.mu.Unlock()
		if err != nil || !more {
			return err
		}
	}
}

// follow folds some of what is new, up to the frame that has a record, and says whether there is more of it.
func (r *record) follow(ctx context.Context, to uint64) (more bool, err error) {
	if r.bad != nil {
		return false, r.bad
	}
	if err := ctx.Err(); err != nil {
		return false, err
	}
	if to == 0 || r.log.Last() < to {
		before := r.log.End()
		err := r.log.Look(to)
		if errors.As(err, new(*journal.RemovedError)) {
			return true, r.open(ctx)
		}
		if err != nil {
			return false, fmt.Errorf("signer: the venue's journal: %w", err)
		}
		if r.log.Last() > before.Seq { // no frame is written before the one before it is durable
			r.place = before
		}
	}
	return r.fold(ctx)
}

// fold folds at most a slice of what was found.
func (r *record) fold(ctx context.Context) (more bool, err error) {
	var rec instruction.Record
	for range slice {
		seq, b, err := r.reader.Next()
		if err == io.EOF {
			return false, nil
		}
		if errors.Is(err, fs.ErrNotExist) { // the venue removed what was not read yet
			return true, r.open(ctx)
		}
		if err == nil {
			err = rec.Decode(seq, b)
		}
		if err == nil {
			err = r.state.Fold(&rec, nil)
		}
		if err != nil {
			r.bad = fmt.Errorf("signer: record %d of the venue's journal cannot be followed, so nothing more is signed: %w", r.seq+1, err)
			return false, r.bad
		}
		r.seq = seq
		if r.files.Progress != nil && seq%100_000 == 0 {
			r.files.Progress(seq, r.log.Last())
		}
	}
	return true, nil
}

// at is the place by which is signed.
func (r *record) at() journal.Place {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.place
}

// keep reads what is new now and then until the context ends, so that whoever asks does not wait for it. It is an error where that
// cannot go on.
func (r *record) keep(ctx context.Context) error {
	tick := time.NewTicker(often)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := r.read(ctx, 0, func(*core.State) {})
		r.mu.Lock()
		bad := r.bad
		r.mu.Unlock()
		if bad != nil {
			return err
		}
	}
}

// close lets go of the files.
func (r *record) close() {
	if r.log != nil {
		r.reader.Close()
		r.log.Close()
	}
}
