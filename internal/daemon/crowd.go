package daemon

import (
	"net"
	"net/netip"
	"sync"

	"portcullis/core/gate"
)

const (
	// maxOpen is how many connections there may be, where the system lets a process have so many files.
	maxOpen = 25_000
	// keptFiles are the files that connections must leave over, for the journal above all: who fills the line must not stop
	// the venue from writing.
	keptFiles = 256
)

// crowd is a listener that closes a connection at once when there are too many, in all or of one address (a network of 64
// bits, in IPv6). A listed proxy speaks for many, so only the sum bounds it.
type crowd struct {
	net.Listener
	max, each int
	proxies   []netip.Prefix

	mu     sync.Mutex
	open   int
	of     map[netip.Addr]int
	turned uint64 // connections that were closed at once
}

// newCrowd takes over l. files is how many files the process may have open; 0 where that is not known.
func newCrowd(l net.Listener, files uint64, proxies []netip.Prefix) *crowd {
	limit := maxOpen
	if files > 0 {
		limit = int(min(maxOpen, max(files, 2*keptFiles)-keptFiles))
	}
	return &crowd{Listener: l, max: limit, each: limit / 2, proxies: proxies, of: make(map[netip.Addr]int)}
}

// Accept gives the next connection that there is room for.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		who := c.who(conn.RemoteAddr())
		if c.enter(who) {
			return &guest{Conn: conn, leave: sync.OnceFunc(func() { c.leave(who) })}, nil
		}
		conn.Close()
	}
}

// who is what a connection counts for; none for a listed proxy.
func (c *crowd) who(a net.Addr) netip.Addr {
	peer, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	addr := peer.Addr().Unmap().WithZone("")
	if len(c.proxies) > 0 && gate.Within(c.proxies, addr) {
		return netip.Addr{}
	}
	if addr.Is6() {
		block, _ := addr.Prefix(64) // 64 bits are not too many
		return block.Addr()
	}
	return addr
}

func (c *crowd) enter(who netip.Addr) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.open >= c.max || who.IsValid() && c.of[who] >= c.each {
		c.turned++
		return false
	}
	c.open++
	c.of[who]++
	return true
}

func (c *crowd) leave(who netip.Addr) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.open--
	if c.of[who]--; c.of[who] == 0 {
		delete(c.of, who)
	}
}

// count is how many connections there are, and how many were turned away.
func (c *crowd) count() (open int, turned uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.open, c.turned
}

// guest is a connection that leaves the crowd when it is closed.
type guest struct {
	net.Conn
	leave func()
}

func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}
