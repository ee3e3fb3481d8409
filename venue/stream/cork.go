package stream

import (
	"bufio"
	"net"
	"net/http"
	"sync"
	"time"
)

// corkSize is how much is gathered at most. A reader that reads nothing keeps that much.
const corkSize = 16 << 10

// sendBuffer is how many bytes the system may keep for a reader. Left to itself it gives a slow one megabytes, of memory
// that all connections of the machine share.
const sendBuffer = 64 << 10

// corks are what is gathered in, while it is.
var corks = sync.Pool{New: func() any { b := make([]byte, 0, corkSize+4<<10); return &b }}

// cork is a connection whose writes can be gathered, so that many frames cost one system call. A system call for each
// frame is what bounds how many readers can be served.
type cork struct {
	net.Conn
	patience time.Duration // how long the peer may let one write wait

	mu     sync.Mutex
	corked bool
	buf    *[]byte // of corks, while it is corked
}

// Write gathers p, or writes it.
func (c *cork) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.corked {
		return c.send(p)
	}
	*c.buf = append(*c.buf, p...)
	if len(*c.buf) < corkSize {
		return len(p), nil
	}
	_, err := c.flush()
	return len(p), err
}

func (c *cork) flush() (int, error) {
	n, err := c.send(*c.buf)
	*c.buf = (*c.buf)[:0]
	return n, err
}

func (c *cork) send(p []byte) (int, error) {
	if err := c.SetWriteDeadline(time.Now().Add(c.patience)); err != nil {
		return 0, err
	}
	return c.Conn.Write(p)
}

func (c *cork) gather() {
	c.mu.Lock()
	c.corked, c.buf = true, corks.Get().(*[]byte)
	c.mu.Unlock()
}

// empty says that nothing gathered waits to be written.
func (c *cork) empty() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(*c.buf) == 0
}

// release writes what was gathered.
func (c *cork) release() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var err error
	if len(*c.buf) > 0 {
		_, err = c.flush()
	}
	if cap(*c.buf) <= 2*corkSize { // one large message may have made it larger
		corks.Put(c.buf)
	}
	c.corked, c.buf = false, nil
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
	narrow(c)
	w.cork = &cork{Conn: c, patience: w.patience}
	return w.cork, bufio.NewReadWriter(rw.Reader, bufio.NewWriter(w.cork)), nil
}

// narrow bounds what the system keeps for a connection, which may lie under TLS and others. Where that cannot be had the
// system decides.
func narrow(c net.Conn) {
	for {
		if sized, ok := c.(interface{ SetWriteBuffer(int) error }); ok {
			_ = sized.SetWriteBuffer(sendBuffer)
			return
		}
		over, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return
		}
		c = over.NetConn()
	}
}
