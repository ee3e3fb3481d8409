// Package backlog bounds the memory of what waits for slow readers, over all connections together.
//
// It owns one number: the bytes that wait. Each connection has a bound of its own beside it; this one is for when there are
// many of them. What it refuses is measured by what is left: a connection may let wait at most a part of the free bytes. So
// the slowest are cut off first, who reads along is not, and however many are slow together they never take all of it.
package backlog

import "sync/atomic"

const (
	// Limit is the memory of a venue for what waits, in bytes.
	Limit = 256 << 20
	// part is the part of what is free that one connection may let wait: a sixteenth. 10,000 connections that read nothing
	// get 27 KB each, of 256 MiB.
	part = 16
)

// Budget counts what waits. Its methods may be called from any goroutine, and never wait.
type Budget struct {
	limit int64
	used  atomic.Int64

	slow, pressed atomic.Uint64
}

// New is a budget of so many bytes.
func New(limit int64) *Budget { return &Budget{limit: limit} }

// Add counts n bytes in; out where n is below 0.
func (b *Budget) Add(n int) { b.used.Add(int64(n)) }

// Fits says whether a connection may let so many bytes wait.
func (b *Budget) Fits(own int) bool { return int64(own)*part <= b.limit-b.used.Load() }

// Used is how many bytes wait.
func (b *Budget) Used() int64 { return b.used.Load() }

// Slow counts a connection that was cut off by its own bound.
func (b *Budget) Slow() { b.slow.Add(1) }

// Pressed counts a connection that was cut off because too much waited for all of them.
func (b *Budget) Pressed() { b.pressed.Add(1) }

// Dropped is how many connections were cut off: by their own bound, and by that of all.
func (b *Budget) Dropped() (slow, pressed uint64) { return b.slow.Load(), b.pressed.Load() }
