package node

import (
	"net"
	"sync"
	"sync/atomic"
)

// line is a connection that knows whether anything of the present call was written to it. The transport may still be about
// to write when it gives a call up; shut ends that, so that what is said to be unwritten stays so.
type line struct {
	net.Conn
	written atomic.Bool

	mu     sync.Mutex // held from before a byte is written until after
	closed bool
}

func (l *line) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return 0, net.ErrClosed
	}
	l.written.Store(true) // before, since some of it may go out even if the write fails
	return l.Conn.Write(b)
}

// Read has what came acknowledged at once: nodes wait for that before they write the end of a long answer, such as a
// block, and the system else lets them wait for 40 ms.
func (l *line) Read(b []byte) (int, error) {
	acknowledge(l.Conn)
	return l.Conn.Read(b)
}

// shut ends the connection and says whether nothing of the call was written to it.
func (l *line) shut() (untouched bool) {
	l.Conn.Close() // first: it frees a writer that the other side does not read from
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	return !l.written.Load()
}

// lineOf finds the line below TLS.
func lineOf(c net.Conn) *line {
	if over, ok := c.(interface{ NetConn() net.Conn }); ok {
		c = over.NetConn()
	}
	return c.(*line)
}
