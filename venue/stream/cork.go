package stream

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"time"
)

// corkSize is how much is gathered at most.
const corkSize = 64 << 10

// cork is a connection whose writes can be gathered, so that many frames cost one system call. A system call for each
// frame is what bounds how many readers can be served.
type cork struct {
	net.Conn
	patience time.Duration // how long the peer may let one write wait

	mu     sync.Mutex
	corked bool
	buf    []byte
}

// Write gathers p, or writes it.
func (c *cork) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.corked {
		return c.send(p)
	}
	c.buf = append(c.buf, p...)
	if len(c.buf) < corkSize {
		return len(p), nil
	}
	_, err := c.send(c.buf)
	c.buf = c.buf[:0]
	return len(p), err
}

func (c *cork) send(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func (c *cork) gather() {
	c.mu.Lock()
	c.corked = true
	c.mu.Unlock()
}

// release writes what was gathered.
func (c *cork) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.corked = false
	if len(c.buf) == 0 {
		return nil
	}
	_, err := c.send(c.buf)
	c.buf = c.buf[:0]
	return err
}

// corking lets the connection of a request be taken over with a cork on it.
type corking struct {
	http.ResponseWriter
	patience time.Duration
	cork     *cork // once taken over
}

// Hijack takes the connection over.
func (w *corking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	c, rw, err := http.NewResponseController(w.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	w.cork = &cork{Conn: c, patience: w.patience}
	return w.cork, bufio.NewReadWriter(rw.Reader, bufio.NewWriter(w.cork)), nil
}
