package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/journal"
)

// snapshotEvery is how many records lie between two snapshots by default: folding as many takes about two seconds.
const snapshotEvery = 2_000_000

// Taken tells of a snapshot.
type Taken struct {
	Snapshot Snapshot
	From     Snapshot      // the one it was made from
	Passed   []Passed      // those that ought to have served and could not
	Took     time.Duration // from the last snapshot's first byte to the new one's last
	Err      error         // nothing was taken
}

// ErrNoSnapshots: the engine was opened without a place for snapshots.
var ErrNoSnapshots = errors.New("engine: it keeps no snapshots")

// snapshotter takes snapshots on a goroutine of its own. A snapshot is made as recovery does it: from the one before, and the
// records since. So neither the writer nor the readers' state is ever held up, whatever the size of the state; each snapshot
// proves that the one before can be used; and the memory for a third state is needed only meanwhile. Since all it takes is
// files, it can be made in a process of its own, so that not even the collector of garbage has more to do here.
type snapshotter struct {
	cfg    Config
	keep   Snapshots
	every  uint64
	tail   *tail
	last   Snapshot // the newest one that is known to be well
	ctx    context.Context
	cancel context.CancelFunc
	asked  chan chan Taken
	ended  chan struct{}
	once   sync.Once
}

func newSnapshotter(cfg Config, t *tail, last Snapshot) *snapshotter {
	s := &snapshotter{
		cfg: cfg, keep: *cfg.Snapshots, every: cmp.Or(cfg.Every, snapshotEvery), tail: t, last: last,
		asked: make(chan chan Taken), ended: make(chan struct{}),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	go s.run()
	return s
}

func (s *snapshotter) run() {
	defer close(s.ended)
	next := s.last.Place.Seq + s.every
	for {
		s.tail.signalAt(next)
		select {
		case <-s.tail.reached:
			s.tell(s.take())
		case reply := <-s.asked:
			t := s.take()
			s.tell(t)
			reply <- t
		case <-s.ctx.Done():
			return
		}
		next = s.tail.durable() + s.every // also after a failure: not at once again
	}
}

func (s *snapshotter) tell(t Taken) {
	if s.cfg.Taken != nil && s.ctx.Err() == nil {
		s.cfg.Taken(t)
	}
}

// take makes the snapshot of the last durable record.
func (s *snapshotter) take() Taken {
	at := s.cfg.Log.End()
	if s.last.Place == at && at.Seq > 0 {
		return Taken{Snapshot: s.last, From: s.last} // nothing has happened since
	}
	var t Taken
	if s.cfg.Maker != nil {
		t = s.cfg.Maker(s.ctx, at)
	} else {
		t = s.keep.Make(s.ctx, s.cfg.Log, at)
	}
	if t.Err == nil {
		s.last = t.Snapshot
	}
	return t
}

// Make makes the snapshot of a place of the log from the one before it and the records since. It needs memory for a state of
// its own meanwhile. A snapshot that turns out damaged is set aside.
func (k Snapshots) Make(ctx context.Context, log journal.Log, at journal.Place) Taken {
	began := time.Now()
	r, err := k.Recover(ctx, log, at.Seq, nil)
	t := Taken{From: r.From, Passed: r.Passed, Err: err}
	for _, p := range r.Passed {
		if errors.Is(p.Err, ErrSnapshot) {
			t.Err = errors.Join(t.Err, k.SetAside(p.Snapshot))
		}
	}
	if t.Err == nil {
		t.Err = log.Verify(at)
	}
	if t.Err == nil {
		t.Snapshot, t.Err = k.Save(ctx, r.State, at)
	}
	t.Took = time.Since(began)
	return t
}

// Snapshot takes a snapshot of the last durable record and returns when it is on disk. The engine goes on meanwhile.
func (e *Engine) Snapshot(ctx context.Context) (Taken, error) {
	if e.snaps == nil {
		return Taken{}, ErrNoSnapshots
	}
	reply := make(chan Taken, 1)
	select {
	case e.snaps.asked <- reply:
	case <-e.snaps.ended:
		return Taken{}, ErrStopped
	case <-ctx.Done():
		return Taken{}, ctx.Err()
	}
	select {
	case t := <-reply:
		return t, t.Err
	case <-ctx.Done():
		return Taken{}, fmt.Errorf("engine: the snapshot is still being made: %w", ctx.Err())
	}
}

// close ends the goroutine, and leaves a last snapshot where that is cheap.
func (s *snapshotter) close(f *follower) {
	s.once.Do(func() {
		s.cancel()
		<-s.ended
		s.atClose(f)
	})
}

// atClose writes the follower's state, which has come to its end, where the next start gains more than it costs: folding a
// record costs about as much as writing down an account, a key or an order.
func (s *snapshotter) atClose(f *follower) {
	f.mu.RLock()
	defer f.mu.RUnlock()
	at := s.cfg.Log.End()
	if f.err != nil || f.applied != at.Seq || errors.Is(s.cfg.Log.Room(), journal.ErrBroken) || at.Seq-s.last.Place.Seq < things(f.state) {
		return
	}
	began := time.Now()
	taken, err := s.keep.Save(context.Background(), f.state, at)
	if s.cfg.Taken != nil {
		s.cfg.Taken(Taken{Snapshot: taken, Took: time.Since(began), Err: err})
	}
}

// things is how much there is in a state, by and large.
func things(s *core.State) uint64 {
	n := uint64(s.Accounts()) + uint64(s.Keys())
	for _, m := range s.Markets() {
		n += uint64(m.Book.Len()) // #nosec G115 -- a length is never negative
	}
	return n
}
