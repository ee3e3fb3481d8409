// Package clock is where time comes from: the machine's clock, or one that a test or a replay drives by hand.
package clock

import (
	"sync"
	"time"

	"portcullis/core/instruction"
)

// Clock tells the time, and that time has passed.
type Clock interface {
	// Now is the time in microseconds since 1970.
	Now() instruction.Time
	// Beat receives at least once a second while time passes. It has one listener.
	Beat() <-chan time.Time
}

// Wall is the machine's clock, with a beat for one listener.
func Wall() Clock { return wall{time.Tick(500 * time.Millisecond)} }

type wall struct{ beat <-chan time.Time }

func (wall) Now() instruction.Time    { return instruction.TimeOf(time.Now()) }
func (w wall) Beat() <-chan time.Time { return w.beat }

// Hand is a clock that stands still until it is set. It is safe for concurrent use.
type Hand struct {
	beat chan time.Time

	mu  sync.Mutex
	now instruction.Time
}

// NewHand is a clock that stands at t.
func NewHand(t instruction.Time) *Hand {
	return &Hand{beat: make(chan time.Time, 1), now: t}
}

// Now is where the clock stands.
func (h *Hand) Now() instruction.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

// Beat receives after each Set.
func (h *Hand) Beat() <-chan time.Time { return h.beat }

// Set moves the clock, in either direction.
func (h *Hand) Set(t instruction.Time) {
	h.mu.Lock()
	h.now = t
	h.mu.Unlock()
	select {
	case h.beat <- t.Std():
	default:
	}
}

// Add moves the clock ahead by d.
func (h *Hand) Add(d instruction.Time) { h.Set(h.Now() + d) }
