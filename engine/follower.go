package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"portcullis/core"
	"portcullis/core/instruction"
)

// Observer watches the follower: each event before and after it is folded, then the end of its record. It must change
// nothing, keep no event and no pointer into the state, and be quick.
type Observer interface {
	core.Observer
	Folded(*core.State, *instruction.Record)
}

// follower holds the state as of the durable records. It is what all reads see.
type follower struct {
	sub   *Subscription
	ended chan struct{} // closed when it follows no longer

	mu        sync.RWMutex
	state     *core.State
	applied   uint64 // last sequence folded
	observers []Observer
	moved     chan struct{} // closed when applied grows or following ends
	err       error         // not nil: the state cannot be relied on
}

func newFollower(s *core.State, t *tail, applied uint64) *follower {
	f := &follower{
		sub: &Subscription{tail: t, next: applied + 1}, ended: make(chan struct{}),
		state: s, applied: applied, moved: make(chan struct{}),
	}
	go f.run()
	return f
}

// run folds what becomes durable until the engine is closed.
func (f *follower) run() {
	defer close(f.ended)
	var rec instruction.Record
	locked := false
	fold := func(seq uint64, b []byte) error {
		if !locked { // only now: waiting for the first record must not keep readers out
			f.mu.Lock()
			locked = true
		}
		return f.fold(&rec, seq, b)
	}
	for {
		err := f.sub.Next(context.Background(), fold)
		if !locked {
			f.mu.Lock()
		}
		locked = false
		if err != nil && !errors.Is(err, io.EOF) {
			f.err = fmt.Errorf("%w: following: %w", ErrStopped, err)
		}
		close(f.moved)
		f.moved = make(chan struct{})
		f.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// fold folds one record and shows it to the observers.
func (f *follower) fold(rec *instruction.Record, seq uint64, b []byte) error {
	if err := rec.Decode(seq, b); err != nil {
		return err
	}
	if err := f.state.Fold(rec, f); err != nil {
		return err
	}
	f.applied = seq
	for _, o := range f.observers {
		o.Folded(f.state, rec)
	}
	return nil
}

// Before shows an event to all observers.
func (f *follower) Before(s *core.State, r *instruction.Record, e instruction.Event) {
	for _, o := range f.observers {
		o.Before(s, r, e)
	}
}

// After shows an event to all observers.
func (f *follower) After(s *core.State, r *instruction.Record, e instruction.Event) {
	for _, o := range f.observers {
		o.After(s, r, e)
	}
}

// read shows the state once it has folded the sequence.
func (f *follower) read(seq uint64, fn func(*core.State)) error {
	for {
		f.mu.RLock()
		if f.err != nil || f.applied >= seq {
			break
		}
		moved := f.moved
		f.mu.RUnlock()
		<-moved
	}
	defer f.mu.RUnlock()
	if f.err == nil {
		fn(f.state)
	}
	return f.err
}

func (f *follower) follow(init func(*core.State), o Observer) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return f.err
	}
	init(f.state)
	f.observers = append(f.observers, o)
	return nil
}
