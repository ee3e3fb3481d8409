package stream

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"

	"github.com/coder/websocket"
)

const (
	// maxPerAddr is how many connections an address may make in admitSpan, and have open.
	maxPerAddr = 300
	admitSpan  = 300 * instruction.Second
	// maxOpen is how many connections there may be, where Config says nothing.
	maxOpen = 20_000
	// maxAddrs bounds the memory of addresses; who comes when it is full must wait for the next span.
	maxAddrs = 100_000
	// maxNumber is how many digits the number may have that some clients put in the place of a stream's name.
	maxNumber = 10
)

// ServeHTTP serves /ws, /ws/<stream>/…, /ws/<number> and /stream?streams=<stream>/….
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	streams, combined, ok := route(r)
	if !ok {
		refuse(w, http.StatusNotFound, refused("streams are at /ws, /ws/<stream> and /stream?streams=<stream>/<stream>"))
		return
	}
	now := h.engine.Now()
	client := h.cfg.ClientAddr(r)
	addr := block(client)
	if why := h.gate.admit(addr, now); why != "" {
		w.Header().Set("Retry-After", "300")
		refuse(w, http.StatusTooManyRequests, refused(why))
		return
	}
	defer h.gate.leave(addr)
	micros, bad := timeUnit(r)
	var list []binance.Stream
	if bad == nil {
		list, bad = streams()
	}
	if bad == nil {
		_, bad = h.check(list, client)
	}
	if bad != nil {
		refuse(w, http.StatusBadRequest, bad)
		return
	}
	c := &conn{
		addr: client, born: now, pinged: now, limit: h.queue, room: h.backlog, wake: make(chan struct{}, 1),
		streams: make(map[binance.Stream]struct{}), private: make(map[binance.Stream]*subscription),
	}
	c.micros = micros
	c.unit(list)
	c.combined.Store(combined)
	c.answered.Store(true)
	if h.accept(c, w, r) {
		h.serve(c, list)
	}
}

// route finds out what a path asks for.
func route(r *http.Request) (streams func() ([]binance.Stream, *binance.StreamError), combined, ok bool) {
	none := func() ([]binance.Stream, *binance.StreamError) { return nil, nil }
	named := func(list string) func() ([]binance.Stream, *binance.StreamError) {
		if list == "" {
			return none
		}
		return func() ([]binance.Stream, *binance.StreamError) { return binance.ParseStreams(list) }
	}
	path := strings.TrimSuffix(r.URL.Path, "/")
	if path == "/stream" {
		return named(r.URL.Query().Get("streams")), true, true
	}
	list, ok := strings.CutPrefix(path, "/ws/")
	switch {
	case path == "/ws", ok && isNumber(list):
		return none, false, true
	case ok:
		return named(list), false, true
	}
	return nil, false, false
}

// timeUnit is whether a client wants times in microseconds.
func timeUnit(r *http.Request) (micros bool, bad *binance.StreamError) {
	switch strings.ToUpper(r.URL.Query().Get("timeUnit")) {
	case "", "MILLISECOND":
		return false, nil
	case "MICROSECOND":
		return true, nil
	}
	return false, refused("timeUnit is MILLISECOND or MICROSECOND")
}

func isNumber(s string) bool {
	return len(s) > 0 && len(s) <= maxNumber && strings.Trim(s, "0123456789") == ""
}

func refuse(w http.ResponseWriter, status int, bad *binance.StreamError) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(bad.AppendJSON(nil))
}

// accept makes a WebSocket of the request.
func (h *Hub) accept(c *conn, w http.ResponseWriter, r *http.Request) bool {
	under := &corking{ResponseWriter: w, patience: h.patience}
	ws, err := websocket.Accept(under, r, &websocket.AcceptOptions{
		// Any page may listen: nothing here rests on what a browser sends along by itself.
		InsecureSkipVerify: true,
		CompressionMode:    websocket.CompressionDisabled,
		OnPingReceived:     func(context.Context, []byte) bool { return c.admit(h.engine.Now()) },
		OnPongReceived:     func(context.Context, []byte) { c.admit(h.engine.Now()) },
	})
	if err != nil {
		return false // Accept has answered
	}
	ws.SetReadLimit(binance.MaxStreamRequestBytes)
	c.ws, c.cork = ws, under.cork
	return true
}

// serve is the life of a connection.
func (h *Hub) serve(c *conn, streams []binance.Stream) {
	if !h.enter(c) {
		_ = c.ws.Close(websocket.StatusTryAgainLater, "the venue takes no more connections at the moment; try again later")
		return
	}
	defer h.serving.Done()
	written := make(chan struct{})
	go func() {
		defer close(written)
		c.write()
	}()
	if len(streams) > 0 {
		if bad := h.subscribe(c, streams, nil); bad != nil {
			c.end(websocket.StatusPolicyViolation, "the streams cannot be had any more")
		}
	}
	h.listen(c)
	h.exit(c)
	c.end(websocket.StatusNormalClosure, "") // for the writer, where the client went first
	<-written
}

// enter adds a connection, unless there are too many or the Hub is closed.
func (h *Hub) enter(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.stopped || len(h.conns) >= h.cfg.Connections {
		return false
	}
	h.conns[c] = struct{}{}
	h.serving.Add(1)
	return true
}

func (h *Hub) exit(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
	h.leave(c, slices.Clone(c.order))
}

// block is what counts as one address.
func block(a netip.Addr) netip.Addr {
	a = a.Unmap()
	if a.Is6() {
		p, _ := a.WithZone("").Prefix(64)
		return p.Addr()
	}
	return a
}

// admission counts connections by address.
type admission struct {
	mu    sync.Mutex
	since instruction.Time // when made was emptied
	made  map[netip.Addr]int
	open  map[netip.Addr]int
}

func newAdmission() *admission {
	return &admission{made: make(map[netip.Addr]int), open: make(map[netip.Addr]int)}
}

// admit counts a connection in, or says why not.
func (a *admission) admit(addr netip.Addr, now instruction.Time) string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if now-a.since >= admitSpan {
		a.since = now
		clear(a.made)
	}
	n, known := a.made[addr]
	switch {
	case n >= maxPerAddr:
		return "more than 300 connections in 5 minutes from this address; wait 5 minutes"
	case a.open[addr] >= maxPerAddr:
		return "more than 300 open connections from this address; close some, or use one for many streams"
	case !known && len(a.made) >= maxAddrs:
		return "too many addresses are connecting at the moment; wait 5 minutes"
	}
	a.made[addr] = n + 1
	a.open[addr]++
	return ""
}

// leave counts a connection out.
func (a *admission) leave(addr netip.Addr) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.open[addr]--; a.open[addr] <= 0 {
		delete(a.open, addr)
	}
}
