package stream

import (
	"context"
	"errors"
	"os"
	"sync/atomic"

	"github.com/coder/websocket"
)

// frameCost is what a waiting frame counts beside its bytes, which its other readers share.
const frameCost = 64

// frame is one message, made once and shared by all who wait to send it.
type frame struct {
	text   []byte
	queues atomic.Int32 // that it is in: its bytes count once in the budget of all
}

// tell pushes a frame that no other connection gets.
func (c *conn) tell(text []byte) bool { return c.push(&frame{text: text}) }

// push puts frames into the queue. Where they do not fit, the connection is ended, with the reason.
func (c *conn) push(frames ...*frame) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return false
	}
	cost := 0
	for _, f := range frames {
		c.size += len(f.text) + frameCost
		cost += frameCost
		if f.queues.Add(1) == 1 {
			cost += len(f.text)
		}
	}
	c.room.Add(cost)
	c.queue = append(c.queue, frames...)
	switch {
	case c.size > c.limit:
		c.room.Slow()
		c.drop("too slow: more events waited than the queue holds; connect again and read faster")
		return false
	case !c.room.Fits(c.size):
		c.room.Pressed()
		c.drop("too slow: too much waits for all connections together; connect again and read faster")
		go c.cork.Close() // what the peer's machine does not take holds memory: there is no time for a farewell
		return false
	}
	c.ring()
	return true
}

// drop forgets what waits and ends the connection; c.mu is held.
func (c *conn) drop(why string) {
	c.forget(c.queue)
	c.queue, c.behind = nil, true
	c.finish(websocket.StatusPolicyViolation, why)
}

// forget counts frames out, which were written or never will be; c.mu is held.
func (c *conn) forget(frames []*frame) {
	cost := 0
	for _, f := range frames {
		c.size -= len(f.text) + frameCost
		cost += frameCost
		if f.queues.Add(-1) == 0 {
			cost += len(f.text)
		}
	}
	c.room.Add(-cost)
}

// end closes the connection once what waits is sent.
func (c *conn) end(code websocket.StatusCode, why string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.over {
		c.finish(code, why)
	}
}

func (c *conn) finish(code websocket.StatusCode, why string) {
	c.over, c.code, c.why = true, code, why
	c.ring()
}

func (c *conn) ring() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// take empties the queue; over says that nothing will come after.
func (c *conn) take() (frames []*frame, over bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	frames, c.queue = c.queue, nil
	return frames, c.over
}

// write is the goroutine that empties the queue, and closes the connection when it is over.
func (c *conn) write() {
	for range c.wake {
		frames, over := c.take()
		if err := c.send(frames); err != nil {
			if errors.Is(err, os.ErrDeadlineExceeded) && !c.gaveUp() { // else it is counted already
				c.room.Slow()
			}
			c.end(websocket.StatusAbnormalClosure, "")
			_ = c.ws.CloseNow() // it is broken already
			rest, _ := c.take() // what came until the end
			c.written(rest)
			return
		}
		if over {
			_ = c.ws.Close(c.code, c.why) // the peer may be gone
			return
		}
	}
}

// send writes frames, as many as one system call takes. However it ends, they wait no longer then.
func (c *conn) send(frames []*frame) (err error) {
	if len(frames) == 0 {
		return nil
	}
	c.sending.Store(true)
	c.room.Add(corkSize)
	done := 0
	defer func() {
		c.written(frames[done:])
		c.room.Add(-corkSize)
		c.sending.Store(false)
	}()
	c.cork.gather()
	for i, f := range frames {
		if c.gaveUp() {
			break
		}
		if err := c.ws.Write(context.Background(), websocket.MessageText, f.text); err != nil {
			return err
		}
		if c.cork.empty() {
			c.written(frames[done : i+1])
			done = i + 1
		}
	}
	return c.cork.release()
}

// written counts frames out that the peer's machine, or the system on its way to it, has taken.
func (c *conn) written(frames []*frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(frames)
}

// gaveUp says that what is not yet written will not be.
func (c *conn) gaveUp() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.behind
}
