// Package engine makes the core live and durable. It is the single writer: every instruction goes through Do, is stamped
// with time, judged and applied by the core, written to the journal, and answered once it is on disk. While one batch of
// records is being made durable the next is being judged.
//
// It owns two states. The writer's is ahead of the disk and is seen by nobody else. The follower's is folded from durable
// records only; all reads go there, so that nothing is ever shown that a power cut could take back. Whoever wants what
// happened (streams, archive) subscribes to the durable records by sequence.
//
// What it refuses: an instruction when its queue is full (ErrBusy) or the disk is (ErrFull); nothing has happened then.
// After a failed write the outcome of what was under way is unknown (ErrUnknown), everything later is refused
// (ErrStopped), and reads stay at the last durable record until the process is started anew.
package engine

import (
	"cmp"
	"context"
	"errors"
	"runtime/debug"
	"sync"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/internal/clock"
	"portcullis/journal"
)

var (
	// ErrBusy: too many instructions wait. Nothing has happened; try again.
	ErrBusy = errors.New("engine: too many instructions are waiting, try again")
	// ErrFull: the disk has no room for more records. Nothing has happened; reads go on.
	ErrFull = errors.New("engine: the disk is full, nothing new is taken up until there is room")
	// ErrStopped: the engine was closed, or a write failed before. Nothing has happened.
	ErrStopped = errors.New("engine: stopped, no instruction is taken up; the venue must be restarted")
	// ErrUnknown: a write failed while the instruction was under way. Only a restart tells whether it happened.
	ErrUnknown = errors.New("engine: a write failed, whether the instruction happened is unknown until the restart")
)

// Config is what an engine needs. Log and Clock are required.
type Config struct {
	Log   journal.Log
	Clock clock.Clock
	// Snapshots is where the state is kept now and then, so that recovery does not grow with history; nil for nowhere.
	Snapshots *Snapshots
	// Every is how many records lie between two snapshots; 0 means 2,000,000.
	Every uint64
	// Maker, where it is not nil, makes the snapshot of a place of the log in Make's stead, such as in a process of its own.
	Maker func(context.Context, journal.Place) Taken
	// Taken, where it is not nil, is told of every snapshot and of every attempt that failed, on a goroutine of the
	// snapshots' own or inside Close. The next one waits until it returns.
	Taken func(Taken)
	// Waiting is how many instructions may wait to be judged; 0 means 8192.
	Waiting int
}

// From these on, a recovery leaves enough behind that its memory is given back to the system: bytes of the snapshot, and
// records after it.
const (
	largeState = 16 << 20
	largeTail  = 100_000
)

// Engine is the live venue. Its methods may be called from any goroutine.
type Engine struct {
	log      journal.Log
	clock    clock.Clock
	follower *follower
	tail     *tail
	snaps    *snapshotter // nil where none are taken
	origin   Recovered    // without its state

	wake chan struct{}
	quit chan struct{}
	done chan struct{} // closed when the writer and everything behind it have ended

	closing sync.Once
	calls   sync.Pool // of *call

	mu      sync.Mutex
	queue   []*call // what waits to be judged
	limit   int     // of queue
	stopped error   // not nil: nothing more is taken up, and why
}

// Open recovers the state, from the newest snapshot where there is one, and starts the engine. The engine closes the log
// when it is closed.
func Open(cfg Config) (*Engine, error) {
	last := cfg.Log.Last()
	r, copied, err := twice(cfg, last)
	if err != nil {
		return nil, err
	}
	if r.From.Size > largeState || r.Seq-r.From.Place.Seq > largeTail {
		debug.FreeOSMemory() // of what recovery threw away; nobody waits yet
	}
	e := &Engine{
		log: cfg.Log, clock: cfg.Clock, limit: cmp.Or(cfg.Waiting, 8192),
		wake: make(chan struct{}, 1), quit: make(chan struct{}), done: make(chan struct{}),
		tail: newTail(cfg.Log), origin: r,
	}
	e.origin.State = nil
	e.calls.New = func() any { return &call{done: make(chan struct{}, 1)} }
	e.follower = newFollower(copied, e.tail, last)
	if cfg.Snapshots != nil {
		e.snaps = newSnapshotter(cfg, e.tail, r.From)
	}
	go newWriter(e, r.State, last).run()
	return e, nil
}

// twice recovers the writer's state and the readers', both at once: a copy would take as long.
func twice(cfg Config, last uint64) (r Recovered, copied *core.State, err error) {
	var second error
	var wg sync.WaitGroup
	wg.Go(func() {
		var c Recovered
		c, second = recovered(cfg, last)
		copied = c.State
	})
	r, err = recovered(cfg, last)
	wg.Wait()
	return r, copied, cmp.Or(err, second)
}

func recovered(cfg Config, last uint64) (Recovered, error) {
	if cfg.Snapshots != nil {
		return cfg.Snapshots.Recover(context.Background(), cfg.Log, last, nil)
	}
	s, err := Recover(cfg.Log, last, nil)
	return Recovered{State: s, Seq: last}, err
}

// Origin says where the state came from when the engine was opened; the state itself is left out.
func (e *Engine) Origin() Recovered { return e.origin }

// call is one instruction on its way.
type call struct {
	principal   instruction.Principal
	instruction instruction.Instruction
	seq         uint64
	record      []byte
	err         error
	done        chan struct{} // receives once when record or err is set
}

// Do has an instruction judged and carried out, and returns its record once that is durable. A denial or refusal is a
// record like any other. Errors are ErrBusy, ErrFull, ErrStopped, ErrUnknown, or one that wraps instruction.ErrCodec when
// the instruction cannot be written down; only after ErrUnknown may anything have happened.
func (e *Engine) Do(p *instruction.Principal, in instruction.Instruction) (instruction.Record, error) {
	var r instruction.Record
	if errors.Is(e.log.Room(), journal.ErrFull) {
		return r, ErrFull
	}
	c := e.calls.Get().(*call)
	c.principal, c.instruction, c.record, c.err = *p, in, nil, nil
	if err := e.enqueue(c); err != nil {
		e.calls.Put(c)
		return r, err
	}
	<-c.done
	seq, record, err := c.seq, c.record, c.err
	c.instruction, c.record = nil, nil
	e.calls.Put(c)
	if err != nil {
		return r, err
	}
	return r, r.Decode(seq, record)
}

func (e *Engine) enqueue(c *call) error {
	e.mu.Lock()
	switch {
	case e.stopped != nil:
		e.mu.Unlock()
		return e.stopped
	case len(e.queue) >= e.limit:
		e.mu.Unlock()
		return ErrBusy
	}
	e.queue = append(e.queue, c)
	first := len(e.queue) == 1
	e.mu.Unlock()
	if first {
		select {
		case e.wake <- struct{}{}:
		default:
		}
	}
	return nil
}

// take swaps the queue for an empty one.
func (e *Engine) take(empty []*call) []*call {
	e.mu.Lock()
	defer e.mu.Unlock()
	q := e.queue
	e.queue = empty[:0]
	return q
}

// stop refuses whatever comes from now on.
func (e *Engine) stop(why error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped == nil {
		e.stopped = why
	}
}

// Durable is the sequence of the last durable record.
func (e *Engine) Durable() uint64 { return e.tail.durable() }

// First is the sequence of the first record that the journal still has.
func (e *Engine) First() uint64 { return e.log.First() }

// Now is the engine's clock, which is ahead of the last record.
func (e *Engine) Now() instruction.Time { return e.clock.Now() }

// Healthy is nil while instructions are taken up, else why not.
func (e *Engine) Healthy() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.stopped != nil {
		return e.stopped
	}
	return e.log.Room()
}

// Read shows the state as of at least the last record that was durable when it was called. fn must keep nothing of what
// it is shown, change nothing, and be quick: the follower waits for it. The error is ErrStopped when the follower could
// not go on; reading goes on after a failed write and after Close.
func (e *Engine) Read(fn func(*core.State)) error { return e.follower.read(e.Durable(), fn) }

// Glance shows the state as of a record that is durable, though others may be already that it does not know of. It is Read
// for who cannot be misled by that, and does not wait for them.
func (e *Engine) Glance(fn func(*core.State)) error { return e.follower.read(0, fn) }

// Hash identifies the state as of a record; the same journal gives the same hash. It looks at all of the state.
func (e *Engine) Hash() (seq uint64, hash [32]byte, err error) {
	err = e.Read(func(s *core.State) { seq, hash = e.follower.applied, s.Hash() })
	return seq, hash, err
}

// Follow shows the state once, and then every record after that as it is folded, in order and without a gap. The observer
// runs on the follower's goroutine and must be quick.
func (e *Engine) Follow(init func(*core.State), o Observer) error { return e.follower.follow(init, o) }

// Subscribe gives the durable records from a sequence on.
func (e *Engine) Subscribe(from uint64) *Subscription {
	return &Subscription{tail: e.tail, next: max(from, 1)}
}

// Close takes up nothing more, waits until everything taken up is durable and answered, and closes the log.
func (e *Engine) Close() error {
	e.mu.Lock()
	if e.stopped == nil {
		e.stopped = ErrStopped
	}
	e.mu.Unlock()
	e.closing.Do(func() { close(e.quit) })
	<-e.done
	if e.snaps != nil {
		e.snaps.close(e.follower)
	}
	return e.log.Close()
}
