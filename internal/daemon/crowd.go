package daemon

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"sync"
	"sync/atomic"

	"portcullis/core/gate"
	"portcullis/core/instruction"
)

const (
	// maxOpen is how many connections there may be, where the system lets a process have so many files.
	maxOpen = 25_000
	// fewOpen is how many are few enough to say so at the start.
	fewOpen = 4000
	// keptFiles are the files that connections must leave over, for the journal above all: who fills the line must not stop
	// the venue from writing.
	keptFiles = 256
	// maxDials is how many connections an address may make in a minute: as many as it may make requests, if it opens one for
	// each. A network may make so many times networkDials. Each may cost the handshake of TLS.
	maxDials     = 6000
	networkDials = 8
	// maxDialers bounds the memory of who dialled, at about 60 bytes each. When it is full all begin anew.
	maxDialers = 1 << 17
	// sample is how many connections are looked at to find one that makes room.
	sample = 64
)

// room is how many connections there may be. files is how many the process may have open, 0 where that is not known.
func room(files uint64) int {
	if files == 0 {
		return maxOpen
	}
	return int(min(maxOpen, max(files, 2*keptFiles)-keptFiles))
}

// crowd is a listener that bounds connections: in all, and of one network (24 bits, or 48 in IPv6) to half of that; and how
// many an address (64 bits, in IPv6) makes in a minute. When there is no room, a newcomer takes the place of a connection
// without a request under way, of a network that has more than the newcomer's. A listed proxy speaks for many, so only the
// sum bounds it.
type crowd struct {
	net.Listener
	max, each int // in all, and of one network
	proxies   []netip.Prefix
	now       func() instruction.Time

	mu      sync.Mutex
	guests  map[*guest]struct{}
	of      map[netip.Prefix]int // connections, by network
	minute  instruction.Time     // that dials are of
	dials   map[netip.Prefix]int // connections made, by address and by network
	turned  uint64               // connections that were closed at once
	yielded uint64               // connections that made room for others
}

// newCrowd takes over l.
func newCrowd(l net.Listener, room int, proxies []netip.Prefix, now func() instruction.Time) *crowd {
	return &crowd{
		Listener: l, max: room, each: room / 2, proxies: proxies, now: now,
		guests: map[*guest]struct{}{}, of: map[netip.Prefix]int{}, dials: map[netip.Prefix]int{},
	}
}

// Accept gives the next connection that there is room for.
func (c *crowd) Accept() (net.Conn, error) {
	for {
		conn, err := c.Listener.Accept()
		if err != nil {
			return nil, err
		}
		g := &guest{Conn: conn, crowd: c}
		g.addr, g.network = c.who(conn.RemoteAddr())
		in, gives := c.enter(g)
		if gives != nil {
			gives.Close()
		}
		if in {
			return g, nil
		}
		conn.Close()
	}
}

// who is what a connection counts for, by address and by network; nothing for a listed proxy.
func (c *crowd) who(a net.Addr) (addr, network netip.Prefix) {
	peer, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return addr, network
	}
	from := peer.Addr().Unmap().WithZone("")
	if len(c.proxies) > 0 && gate.Within(c.proxies, from) {
		return addr, network
	}
	bits, wide := 32, 24
	if from.Is6() {
		bits, wide = 64, 48
	}
	addr, _ = from.Prefix(bits) // none is too many
	network, _ = from.Prefix(wide)
	return addr, network
}

// enter counts a connection in, and says which must make room for it, if any.
func (c *crowd) enter(g *guest) (in bool, gives *guest) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.network.IsValid() && (c.of[g.network] >= c.each || !c.dialled(g)) {
		c.turned++
		return false, nil
	}
	if len(c.guests) >= c.max {
		if gives = c.yields(g); gives == nil {
			c.turned++
			return false, nil
		}
		c.remove(gives)
		c.yielded++
	}
	c.guests[g] = struct{}{}
	if g.network.IsValid() {
		c.of[g.network]++
	}
	return true, gives
}

// dialled counts a connection that was made; c.mu is held.
func (c *crowd) dialled(g *guest) bool {
	if m := c.now() / (60 * instruction.Second); m != c.minute || len(c.dials) >= maxDialers {
		c.minute = m
		clear(c.dials)
	}
	c.dials[g.addr]++
	c.dials[g.network]++
	return c.dials[g.addr] <= maxDials && c.dials[g.network] <= networkDials*maxDials
}

// yields is a connection that can make room for g; c.mu is held. Of some, taken at random, it is one of the largest network,
// which must be larger than that of g even then.
func (c *crowd) yields(g *guest) (best *guest) {
	looked := 0
	most := c.of[g.network] + 1
	for x := range c.guests { // begins anywhere
		if n := c.of[x.network]; x.network.IsValid() && n > most && x.state.CompareAndSwap(idle, leaving) {
			if best != nil {
				best.state.Store(idle)
			}
			best, most = x, n
		}
		if looked++; looked == sample {
			break
		}
	}
	return best
}

// remove counts a connection out, once; c.mu is held.
func (c *crowd) remove(g *guest) {
	if _, in := c.guests[g]; !in {
		return
	}
	delete(c.guests, g)
	if c.of[g.network]--; c.of[g.network] <= 0 {
		delete(c.of, g.network)
	}
}

// count is how many connections there are, how many were turned away, and how many made room for others.
func (c *crowd) count() (open int, turned, yielded uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.guests), c.turned, c.yielded
}

// What a connection is doing.
const (
	idle int32 = iota // no request is under way, whole at least
	busy
	leaving // it makes room for another, and takes up nothing any more
)

// guest is a connection that leaves the crowd when it is closed.
type guest struct {
	net.Conn
	crowd         *crowd
	addr, network netip.Prefix
	state         atomic.Int32
}

func (g *guest) Close() error {
	g.crowd.mu.Lock()
	g.crowd.remove(g)
	g.crowd.mu.Unlock()
	return g.Conn.Close()
}

// NetConn is the connection under this one.
func (g *guest) NetConn() net.Conn { return g.Conn }

// guestOf is the guest that a connection of the server is, under TLS and a proxy's header; or nil.
func guestOf(c net.Conn) *guest {
	for {
		if g, ok := c.(*guest); ok {
			return g
		}
		over, ok := c.(interface{ NetConn() net.Conn })
		if !ok {
			return nil
		}
		c = over.NetConn()
	}
}

type guestKey struct{}

// withGuest notes in a connection's context which of the crowd it is.
func withGuest(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, guestKey{}, guestOf(c))
}

// keeping keeps a connection from making room from the beginning of a request on: until its answer is sent, or, where it is
// taken over, for good.
func keeping(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if g, _ := r.Context().Value(guestKey{}).(*guest); g != nil && !g.state.CompareAndSwap(idle, busy) {
			panic(http.ErrAbortHandler) // it is being closed; nothing has happened
		}
		h.ServeHTTP(w, r)
	})
}

// answered takes note of a connection whose request is answered.
func answered(c net.Conn, s http.ConnState) {
	if s != http.StateIdle {
		return
	}
	if g := guestOf(c); g != nil {
		g.state.CompareAndSwap(busy, idle)
	}
}
