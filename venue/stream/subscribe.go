package stream

import (
	"net/netip"
	"slices"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// maxSubscriptions bounds those of all connections together: each costs some 250 bytes.
const maxSubscriptions = 1 << 21

// maxChurn is how many streams a connection may subscribe and unsubscribe in a minute: all it may have, twice over and back.
// Each keeps the Hub, and with it everybody's events, waiting for half a microsecond.
const maxChurn = 4 * binance.MaxStreams

// churn counts what a connection subscribes and unsubscribes, by the minute.
type churn struct {
	minute instruction.Time
	n      int
}

// count is false where it would be too much.
func (c *churn) count(now instruction.Time, n int) bool {
	if m := now / (60 * instruction.Second); m != c.minute {
		c.minute, c.n = m, 0
	}
	if c.n+n > maxChurn {
		return false
	}
	c.n += n
	return true
}

// check refuses streams that cannot be had, and finds whose the private ones are. It must be called outside engine.Read.
func (h *Hub) check(streams []binance.Stream, client netip.Addr) (owners map[binance.Stream]instruction.Account, bad *binance.StreamError) {
	for _, x := range streams {
		if x.Kind != binance.StreamUser {
			continue
		}
		a, ok := h.owner(x.Key, client)
		if !ok {
			return nil, refused("this listenKey is unknown or has expired; ask for a new one")
		}
		if owners == nil {
			owners = make(map[binance.Stream]instruction.Account)
		}
		owners[x] = a
	}
	err := h.engine.Read(func(s *core.State) {
		for _, x := range streams {
			if x.Symbol != "" && s.MarketNamed(x.Symbol) == nil {
				bad = refused("unknown symbol in stream " + x.String())
				return
			}
		}
	})
	if err != nil {
		bad = refused("the venue is stopping")
	}
	return owners, bad
}

func (h *Hub) owner(key string, client netip.Addr) (instruction.Account, bool) {
	if h.cfg.ListenKey == nil {
		return 0, false
	}
	return h.cfg.ListenKey(key, client)
}

func refused(why string) *binance.StreamError {
	return &binance.StreamError{Code: 2, Msg: "Invalid request: " + why}
}

// subscribe adds streams to a connection, all or none, and puts the answer before their events.
func (h *Hub) subscribe(c *conn, streams []binance.Stream, answer []byte) *binance.StreamError {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped {
		return refused("the venue is stopping")
	}
	streams = slices.DeleteFunc(streams, func(x binance.Stream) bool { _, has := c.streams[x]; return has })
	switch {
	case len(c.streams)+len(streams) > binance.MaxStreams:
		return refused("too many parameters: at most 1024 streams on a connection")
	case h.subscriptions+len(streams) > maxSubscriptions:
		return refused("the venue has no room for more streams at the moment; try again later")
	}
	owners, bad := h.check(streams, c.addr) // markets are never removed: what holds now holds below
	if bad != nil {
		return bad
	}
	err := h.engine.Read(func(s *core.State) {
		for _, x := range streams {
			h.join(s, c, x)
		}
	})
	for x, a := range owners {
		if c.private[x] == nil && err == nil {
			c.private[x], err = h.watch(a, c.micros, func(event []byte) bool { return h.letter(c, x.Key, event) })
		}
	}
	if err != nil { // the engine is gone, and all connections with it
		return refused("the venue is stopping")
	}
	// Whoever has the answer misses nothing any more, and nothing is told before it: all that tells takes the lock.
	if answer != nil {
		c.tell(answer)
	}
	return nil
}

// join adds one stream to a connection.
func (h *Hub) join(s *core.State, c *conn, x binance.Stream) {
	if _, has := c.streams[x]; has {
		return // it was asked for twice
	}
	c.streams[x] = struct{}{}
	c.order = append(c.order, x)
	h.subscriptions++
	if x.Kind == binance.StreamUser {
		return
	}
	t := h.open(s, x)
	t.conns[c] = struct{}{}
	t.force = true
}

// unsubscribe takes streams from a connection.
func (h *Hub) unsubscribe(c *conn, streams []binance.Stream, answer []byte) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.leave(c, streams)
	c.tell(answer)
}

// leave takes streams from a connection; h.mu is held.
func (h *Hub) leave(c *conn, streams []binance.Stream) {
	_ = h.engine.Read(func(s *core.State) { // where it fails, everything ends
		for _, x := range streams {
			if _, has := c.streams[x]; !has {
				continue
			}
			delete(c.streams, x)
			h.subscriptions--
			if sub := c.private[x]; sub != nil {
				sub.over.Store(true)
				delete(c.private, x)
			}
			if t := h.topics[x]; t != nil {
				delete(t.conns, c)
				h.drop(s, t)
			}
		}
	})
	c.order = slices.DeleteFunc(c.order, func(x binance.Stream) bool { _, has := c.streams[x]; return !has })
}
