package giftcode

import (
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
)

// clock is the venue's: it runs when it is looked at. Each look lets a step pass that needs no confirmation, until it has come where it
// is to go; then it stands.
type clock struct {
	mu          sync.Mutex
	now, target instruction.Time
}

// Now is the time after one step more.
func (c *clock) Now() instruction.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = min(c.now+core.MaxJump, c.target)
	return c.now
}

// Beat never receives: whoever lets time pass gives the ticks.
func (c *clock) Beat() <-chan time.Time { return nil }

// run lets it run until then.
func (c *clock) run(t instruction.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.target = max(t, c.now)
}

// set puts it there at once, where nobody waits for anything.
func (c *clock) set(t instruction.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.target = t, t
}

// stands is where it is now.
func (c *clock) stands() instruction.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// there says that it stands.
func (c *clock) there() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now == c.target
}
