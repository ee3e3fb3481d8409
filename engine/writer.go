package engine

import (
	"errors"
	"fmt"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/journal"
)

// maxBatch is the size in bytes past which a batch takes no further record: small enough for one message of a replicated
// log, large enough that the disk is not what bounds the venue.
const maxBatch = 512 << 10

// retryFull is how long a batch waits before it is tried again on a full disk.
const retryFull = 100 * time.Millisecond

// commit is a batch with the calls that wait for it. The engine's own ticks have no call.
type commit struct {
	batch *journal.Batch
	calls []*call
}

// newCommit has room for a batch somewhat larger than the one before it. Batches are not used again: callers, subscribers
// and the follower keep records of them for as long as they like.
func newCommit(first uint64, before volume) *commit {
	c := &commit{batch: new(journal.Batch), calls: make([]*call, 0, before.records+before.records/4)}
	c.batch.Grow(before.records+before.records/4, before.bytes+before.bytes/4)
	c.batch.Reset(first)
	return c
}

// volume is how much is in a batch. The writer looks before it hands the batch over: after that it is the committer's.
type volume struct{ records, bytes int }

func (c *commit) volume() volume { return volume{c.batch.Len(), c.batch.Size()} }

// writer judges and applies, on one goroutine. A second goroutine, the committer, makes its batches durable: the writer
// hands a batch over whenever the committer is free, and fills the next one meanwhile.
type writer struct {
	e     *Engine
	state *core.State
	last  uint64 // sequence of the last record in a batch
	cur   *commit
	spare []*call // an empty queue to swap in

	commits chan *commit
	broken  chan struct{} // closed by the committer at a failed write; failure is set before
	failure error
	ended   chan struct{} // closed when the committer has ended
}

func newWriter(e *Engine, s *core.State, last uint64) *writer {
	return &writer{
		e: e, state: s, last: last, cur: newCommit(last+1, volume{}),
		commits: make(chan *commit), broken: make(chan struct{}), ended: make(chan struct{}),
	}
}

// run is the writer's life: judge until the engine is closed or cannot go on, then leave no caller without an answer.
func (w *writer) run() {
	go w.commit()
	err := w.judge()
	if err != nil {
		w.e.stop(fmt.Errorf("%w: %w", ErrStopped, err))
	}
	if w.cur.batch.Len() > 0 {
		w.handOver() // what was judged well before the failure
	}
	answer(w.cur.calls, ErrStopped)
	answer(w.e.take(nil), ErrStopped)
	close(w.commits)
	<-w.ended
	w.e.tail.close()
	<-w.e.follower.ended
	close(w.e.done)
}

// judge is nil when the engine was closed.
func (w *writer) judge() error {
	beat := w.e.clock.Beat()
	for {
		var out chan<- *commit
		filled := w.cur.volume()
		if w.cur.batch.Len() > 0 {
			out = w.commits
		}
		var more <-chan struct{}
		if w.state.Working() && w.mayTick() {
			select {
			case out <- w.cur: // first: who waits for what was judged need not wait for what goes on by slices
				w.cur = newCommit(w.last+1, filled)
				continue
			default:
				more = always
			}
		}
		select {
		case out <- w.cur:
			w.cur = newCommit(w.last+1, filled)
		case <-w.e.wake:
			if err := w.takeAll(); err != nil {
				return err
			}
		case <-more: // between what waits, until it is done
			if err := w.tick(); err != nil {
				return err
			}
		case <-beat:
			if w.e.clock.Now()-w.state.Clock().Now < idle || !w.mayTick() {
				continue
			}
			if err := w.tick(); err != nil {
				return err
			}
		case <-w.broken:
			return w.failure
		case <-w.e.quit:
			return w.takeAll()
		}
	}
}

// handOver gives the current batch to the committer and waits until it takes it; it is false when the log is broken.
func (w *writer) handOver() bool {
	filled := w.cur.volume()
	select {
	case w.commits <- w.cur:
		w.cur = newCommit(w.last+1, filled)
		return true
	case <-w.broken:
		return false
	}
}

// takeAll judges everything that waits.
func (w *writer) takeAll() error {
	queue := w.e.take(w.spare)
	w.spare = queue
	for i, c := range queue {
		if w.cur.batch.Size() >= maxBatch && !w.handOver() {
			answer(queue[i:], ErrStopped)
			return w.failure
		}
		if err := w.step(c); err != nil {
			answer(queue[i:], ErrStopped)
			return err
		}
	}
	return nil
}

// step judges one call into the current batch. Its error means that the writer cannot go on.
func (w *writer) step(c *call) error {
	record, err := w.state.Step(w.e.clock.Now(), &c.principal, c.instruction, w.cur.batch.Open())
	switch {
	case errors.Is(err, core.ErrBroken):
		return err
	case err != nil:
		c.err = err
		c.done <- struct{}{}
		return nil
	}
	w.cur.batch.Close(record)
	w.last++
	c.seq = w.last
	w.cur.calls = append(w.cur.calls, c)
	return nil
}

// idle is how long no record tells the time before a tick does: with a beat every half second, an idle venue writes one
// record a second, and its clock does not seem to jump, for which it would have to stand still for two.
const idle = 900 * instruction.Millisecond

// always is ready to receive from.
var always = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// mayTick says whether there is room for a tick.
func (w *writer) mayTick() bool {
	return w.e.log.Room() == nil && w.cur.batch.Size() < maxBatch
}

// tick lets time pass, and what the core does by slices go on.
func (w *writer) tick() error {
	p := instruction.Principal{Giver: instruction.ByEngine}
	record, err := w.state.Step(w.e.clock.Now(), &p, &instruction.Tick{}, w.cur.batch.Open())
	if err != nil {
		return err
	}
	w.cur.batch.Close(record)
	w.last++
	return nil
}

// commit makes batches durable, one after the other, and then answers who waits for them.
func (w *writer) commit() {
	defer close(w.ended)
	for c := range w.commits {
		err := w.append(c.batch)
		if err != nil {
			w.failure = err
			close(w.broken)
			answer(c.calls, ErrUnknown)
			return
		}
		w.e.tail.add(c.batch)
		for _, x := range c.calls {
			x.record = c.batch.Record(int(x.seq - c.batch.First())) // #nosec G115 -- the sequence lies in the batch
			x.done <- struct{}{}
		}
	}
}

// append writes a batch. On a full disk, where nothing was written, it waits for room: what was judged cannot be unjudged.
func (w *writer) append(b *journal.Batch) error {
	for {
		err := w.e.log.Append(b)
		if !errors.Is(err, journal.ErrFull) {
			return err
		}
		select {
		case <-time.After(retryFull):
		case <-w.e.quit:
			return err
		}
	}
}

// answer tells callers that their instruction did not, or may not have, become durable.
func answer(list []*call, err error) {
	for _, c := range list {
		c.err = err
		c.done <- struct{}{}
	}
}
