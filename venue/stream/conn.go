package stream

import (
	"context"
	"encoding/json"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/backlog"
	"portcullis/venue/fair"

	"github.com/coder/websocket"
)

const (
	// maxQueue is how many bytes may wait for one connection: more than the events of one instruction come to.
	maxQueue = 4 << 20
	// patience is how long a peer may let one write wait; then there is no way left to tell it why it is closed.
	patience  = 30 * time.Second
	pingEvery = 20 * instruction.Second
	// maxSilent is how many pings in a row a peer may leave without an answer.
	maxSilent = 3
	maxAge    = instruction.Day
)

// conn is one connection.
type conn struct {
	ws       *websocket.Conn
	cork     *cork
	addr     netip.Addr // of the client
	micros   bool       // it wants times in microseconds
	born     instruction.Time
	limit    int         // of size
	combined atomic.Bool // events come with the name of their stream
	answered atomic.Bool // the last ping, or none was sent yet
	sending  atomic.Bool // frames are being written

	// Guarded by Hub.mu.
	streams map[binance.Stream]struct{}
	order   []binance.Stream                 // streams, as subscribed
	private map[binance.Stream]*subscription // what feeds those that are private
	pinged  instruction.Time
	silent  int // pings in a row without an answer

	// The reader's own.
	pace    fair.Pace
	changes churn

	wake chan struct{}

	room *backlog.Budget // of all connections

	mu     sync.Mutex
	queue  []*frame
	size   int  // of what is not yet written, the frames in the writer's hands included
	over   bool // nothing is added any more
	behind bool // what is not yet written will not be
	code   websocket.StatusCode
	why    string
}

// letter takes an event of the account behind a listenKey; nil is the end. A key that died meanwhile opens nothing.
func (h *Hub) letter(c *conn, key string, event []byte) bool {
	if event == nil {
		c.end(websocket.StatusTryAgainLater, "the venue could not keep up; connect again")
		return false
	}
	if _, ok := h.owner(key, c.addr); !ok {
		c.expire()
		return false
	}
	if c.combined.Load() {
		event = binance.AppendCombined(nil, key, raw(event))
	}
	return c.push(&frame{text: event})
}

// admit counts a frame from the client, at most five a second. It is called by the reader only.
func (c *conn) admit(now instruction.Time) bool {
	if !c.pace.Keep(now) {
		c.end(websocket.StatusPolicyViolation, "too many messages: a client may send 5 a second, pings and pongs included")
		return false
	}
	return true
}

// ping asks the peer for a sign of life, unless it has given none for too long. Pings are counted, not the time: a clock
// that jumps kills nobody.
func (c *conn) ping(now instruction.Time) {
	if c.silent++; c.answered.Swap(false) {
		c.silent = 0
	}
	if c.silent >= maxSilent {
		c.end(websocket.StatusPolicyViolation, "no pong came back")
		return
	}
	c.pinged = now
	go func() {
		if c.ws.Ping(context.Background()) == nil {
			c.answered.Store(true)
		}
	}()
}

// listen serves the client's frames until there are no more.
func (h *Hub) listen(c *conn) {
	for {
		kind, text, err := c.ws.Read(context.Background())
		if err != nil {
			return
		}
		if !c.admit(h.engine.Now()) {
			continue // until the writer has closed
		}
		if kind != websocket.MessageText {
			c.end(websocket.StatusUnsupportedData, "requests are text frames with JSON")
			continue
		}
		h.request(c, text)
	}
}

// request carries out one frame of a client.
func (h *Hub) request(c *conn, text []byte) {
	r, bad := binance.ParseStreamRequest(text)
	if bad != nil {
		c.tell(bad.AppendJSON(nil))
		return
	}
	if len(r.Streams) > 0 && !c.changes.count(h.engine.Now(), len(r.Streams)) {
		c.refuse(refused("too many streams subscribed and unsubscribed: at most 4096 in a minute"), r.ID)
		return
	}
	c.unit(r.Streams)
	switch r.Method {
	case binance.Subscribe:
		if bad := h.subscribe(c, r.Streams, binance.AppendStreamDone(nil, r.ID)); bad != nil {
			c.refuse(bad, r.ID)
		}
	case binance.Unsubscribe:
		h.unsubscribe(c, r.Streams, binance.AppendStreamDone(nil, r.ID))
	case binance.ListSubscriptions:
		h.mu.Lock()
		list := binance.AppendStreamList(nil, r.ID, c.order)
		h.mu.Unlock()
		c.tell(list)
	case binance.SetProperty:
		c.combined.Store(r.Combined)
		c.tell(binance.AppendStreamDone(nil, r.ID))
	case binance.GetProperty:
		c.tell(binance.AppendStreamProperty(nil, r.ID, c.combined.Load()))
	}
}

// unit marks streams with the unit of time of the connection.
func (c *conn) unit(streams []binance.Stream) {
	for i := range streams {
		streams[i].Micros = c.micros && streams[i].Kind != binance.StreamUser
	}
}

func (c *conn) refuse(bad *binance.StreamError, id json.RawMessage) {
	bad.ID = id
	c.tell(bad.AppendJSON(nil))
}

// tend pings, ends what is dead, too old, or has lost its right, and forgets accounts that nobody watches; h.mu is held.
func (h *Hub) tend() {
	now := h.engine.Now()
	for c := range h.conns {
		switch {
		case now-c.born >= maxAge:
			c.end(websocket.StatusGoingAway, "24 hours are over; connect again")
		case now-c.pinged >= pingEvery && !c.sending.Load(): // a ping would wait behind, and be given up too early
			c.ping(now)
		}
		h.recheck(c)
	}
	_ = h.engine.Read(func(*core.State) { // where it fails, nothing is watched any more
		for _, w := range h.feed.watched {
			w.sweep(h.feed)
		}
	})
}

// recheck ends a connection whose listenKey opens nothing any more.
func (h *Hub) recheck(c *conn) {
	for x, sub := range c.private {
		if _, ok := h.owner(x.Key, c.addr); !ok {
			sub.over.Store(true)
			c.expire()
		}
	}
}

func (c *conn) expire() {
	c.end(websocket.StatusPolicyViolation, "the listenKey has expired, was closed, or ended with its API key; ask for a new one")
}
