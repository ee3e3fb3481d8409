package operator

import (
	"net"
	"slices"
	"sync"

	"portcullis/core/instruction"
	"portcullis/internal/local"
)

// strangers are callers who are no operators. Any user of the machine may knock at a socket that others reach: he is told why he is
// not let in, and takes neither the venue's open files nor the room of its log.
type strangers struct {
	mu   sync.Mutex
	in   int              // connections that are open
	told instruction.Time // when the log was last told of one
}

// maxStrangers is how many connections strangers have at one time.
const maxStrangers = 8

// enter takes one of the places for strangers.
func (x *strangers) enter() bool {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.in >= maxStrangers {
		return false
	}
	x.in++
	return true
}

func (x *strangers) leave() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.in--
}

// tell tells the log of a stranger, at most once a second.
func (x *strangers) tell(s *Server, user uint32, path string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if now := s.cfg.Engine.Now(); x.told == 0 || now-x.told >= instruction.Second || now < x.told {
		x.told = now
		s.cfg.Log.Warn("operator: a caller who is no operator", "uid", user, "path", path)
	}
}

// door is a socket at which operators always find a place.
type door struct {
	*net.UnixListener
	s *Server
}

// Accept is the next connection of an operator, or of a stranger while there is a place for him.
func (d door) Accept() (net.Conn, error) {
	for {
		c, err := d.AcceptUnix()
		if err != nil {
			return nil, err
		}
		if user, err := local.PeerUID(c); err == nil && slices.Contains(d.s.operators(), user) {
			return c, nil
		}
		if d.s.strangers.enter() {
			return &strange{UnixConn: c, leave: sync.OnceFunc(d.s.strangers.leave)}, nil
		}
		c.Close()
	}
}

// strange is the connection of a stranger. It gives its place back when it is closed.
type strange struct {
	*net.UnixConn
	leave func()
}

func (c *strange) Close() error {
	c.leave()
	return c.UnixConn.Close()
}
