package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/journal"
)

// Recovered is a state as of a record, and where it came from.
type Recovered struct {
	State *core.State
	Seq   uint64   // the last record that is in it
	From  Snapshot // what it began with; the zero Snapshot where all records were folded
	// Passed says of each snapshot that could not be used why. The state is none the worse for it.
	Passed []Passed
}

// Passed is a snapshot that could not be used.
type Passed struct {
	Snapshot Snapshot
	Err      error
}

// Recover folds a log's records from the first to the last that is wanted. Progress, where it is not nil, is told the
// sequence now and then.
func Recover(log journal.Log, last uint64, progress func(seq, last uint64)) (*core.State, error) {
	s := core.New()
	return s, fold(context.Background(), log, s, 1, last, progress)
}

// Recover gives the state as of a record, from the newest snapshot that can be used and the records after it; where there is
// none, from all records. A snapshot that is damaged is passed over. One of another journal is an error, as is one that the
// log does not reach: then acknowledged records are missing.
func (k Snapshots) Recover(ctx context.Context, log journal.Log, last uint64, progress func(seq, last uint64)) (Recovered, error) {
	list, err := k.List()
	if err != nil {
		return Recovered{}, err
	}
	return k.recover(ctx, log, list, last, progress)
}

// Replay is Recover with as few shortcuts as the journal allows: from its first record where that is there, else from the
// oldest snapshot.
func (k Snapshots) Replay(ctx context.Context, log journal.Log, last uint64, progress func(seq, last uint64)) (Recovered, error) {
	list, err := k.earliest(log)
	if err != nil {
		return Recovered{}, err
	}
	return k.recover(ctx, log, list, last, progress)
}

// Begin is where whoever folds records himself begins, so that he comes to a record: the newest snapshot before it that can be used, or
// before the first record. For record 0 it is what Replay begins with.
func (k Snapshots) Begin(ctx context.Context, log journal.Log, first uint64) (Recovered, error) {
	list, err := k.List()
	last := first - 1
	if first == 0 {
		list, err = k.earliest(log)
		last = log.Last()
	}
	if err != nil {
		return Recovered{}, err
	}
	return k.begin(ctx, log, list, last)
}

// earliest are the snapshots to be tried for as early a state as there is.
func (k Snapshots) earliest(log journal.Log) ([]Snapshot, error) {
	if log.First() <= 1 {
		return nil, nil
	}
	list, err := k.List()
	slices.Reverse(list)
	return list, err
}

// recover folds up to the last record what the first snapshot of a list that can be used begins.
func (k Snapshots) recover(ctx context.Context, log journal.Log, list []Snapshot, last uint64, progress func(seq, last uint64)) (Recovered, error) {
	r, err := k.begin(ctx, log, list, last)
	if err != nil {
		return r, err
	}
	begun := r.Seq
	r.Seq = last
	return r, fold(ctx, log, r.State, begun+1, last, progress)
}

// begin tries the snapshots in the order of the list.
func (k Snapshots) begin(ctx context.Context, log journal.Log, list []Snapshot, last uint64) (r Recovered, err error) {
	for _, s := range list {
		state, err := k.open(ctx, log, s, last)
		switch {
		case errors.Is(err, ErrSnapshot), errors.Is(err, ErrUnread), errors.As(err, new(*journal.RemovedError)):
			r.Passed = append(r.Passed, Passed{s, err})
			continue
		case err != nil:
			return r, err
		case state == nil:
			continue
		}
		r.State, r.From, r.Seq = state, s, s.Place.Seq
		return r, nil
	}
	if first := log.First(); first > 1 {
		err := fmt.Errorf("engine: the journal begins with record %d, and there is no snapshot to begin with that can be read: restore a backup into an empty directory", first)
		for _, p := range r.Passed {
			err = fmt.Errorf("%w; %w", err, p.Err)
		}
		return r, err
	}
	r.State = core.New()
	return r, nil
}

// open is the state of a snapshot that belongs to the log; nil for one that is past what is wanted.
func (k Snapshots) open(ctx context.Context, log journal.Log, s Snapshot, last uint64) (*core.State, error) {
	if s.Err != nil {
		return nil, s.Err
	}
	if err := log.Verify(s.Place); err != nil {
		return nil, fmt.Errorf("engine: the snapshot %s does not fit: %w", k.path(s.Name), err)
	}
	if s.Place.Seq > last {
		return nil, nil
	}
	state, err := k.Load(ctx, s)
	if err != nil {
		return nil, fmt.Errorf("snapshot %s: %w", k.path(s.Name), err)
	}
	return state, nil
}

// fold folds records of a log into a state.
func fold(ctx context.Context, log journal.Log, s *core.State, first, last uint64, progress func(seq, last uint64)) error {
	if first > last {
		return nil
	}
	r, err := log.Reader(first)
	if err != nil {
		return fmt.Errorf("engine: reading the journal: %w", err)
	}
	defer r.Close()
	var rec instruction.Record
	for seq := first - 1; seq < last; {
		var b []byte
		seq, b, err = r.Next()
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err == nil {
			err = rec.Decode(seq, b)
		}
		if err == nil {
			err = s.Fold(&rec, nil)
		}
		if err != nil {
			return fmt.Errorf("engine: recovering at record %d: %w", seq, err)
		}
		if seq%64 == 0 {
			runtime.Gosched()
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if progress != nil && seq%100_000 == 0 {
			progress(seq, last)
		}
	}
	return nil
}
