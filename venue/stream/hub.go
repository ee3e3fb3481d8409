package stream

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/engine"
	"portcullis/venue/backlog"

	"github.com/coder/websocket"
)

// ErrMarket means that there is no such market.
var ErrMarket = errors.New("stream: no such market")

// ErrClosed means that the Hub streams nothing any more.
var ErrClosed = errors.New("stream: closed")

// Config is what a Hub needs. Beat and ClientAddr are required.
type Config struct {
	// Beat receives about every 100 milliseconds. It drives the streams that are not sent at once, and the care of
	// connections. Its times say where the seconds are.
	Beat <-chan time.Time
	// ClientAddr is the address that a request comes from, as far as the venue believes it.
	ClientAddr func(*http.Request) netip.Addr
	// Connections is how many there may be; 0 means 20,000.
	Connections int
	// ListenKey says whose private events a listenKey opens for a client at an address. It is asked again before every event
	// and every second. It is called outside engine.Read, and must not call the Hub. nil opens none.
	ListenKey func(key string, client netip.Addr) (instruction.Account, bool)
	// Archive has what was traded before; nil lets candles and tickers begin with the Hub.
	Archive *archive.Archive
	// Log hears of what goes wrong without anybody having asked; nil keeps it silent.
	Log *slog.Logger
}

// Hub streams what an engine does. Its methods may be called from any goroutine, but never inside engine.Read.
type Hub struct {
	engine   *engine.Engine
	cfg      Config
	feed     *feed
	gate     *admission
	queue    int // bytes that may wait for a connection
	backlog  *backlog.Budget
	patience time.Duration // how long a peer may let one write wait

	quit    context.CancelFunc
	working sync.WaitGroup // the Hub's own goroutines
	serving sync.WaitGroup // connections
	closing sync.Once

	mu      sync.Mutex
	topics  map[binance.Stream]*topic
	conns   map[*conn]struct{}
	due     []*topic // with events to be sent
	second  int64    // of the last beat
	stopped bool     // nothing is taken up any more

	subscriptions int // of all connections
}

// New is a Hub that follows e from now on.
func New(e *engine.Engine, cfg Config) (*Hub, error) {
	if cfg.Beat == nil || cfg.ClientAddr == nil {
		return nil, errors.New("stream: Config needs Beat and ClientAddr")
	}
	cfg.Connections = cmp.Or(cfg.Connections, maxOpen)
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	h := &Hub{
		engine: e, cfg: cfg, feed: newFeed(), gate: newAdmission(), queue: maxQueue, backlog: backlog.New(backlog.Limit), patience: patience,
		topics: make(map[binance.Stream]*topic), conns: make(map[*conn]struct{}),
	}
	h.feed.seq = e.Durable()
	if err := e.Read(func(*core.State) {}); err != nil { // now the follower has folded that at least
		return nil, err
	}
	var now instruction.Time
	last := []instruction.Trade{0} // by market: what the Hub will not see
	err := e.Follow(func(s *core.State) {
		now = s.Clock().Now
		for _, m := range s.Markets() {
			h.feed.markets = append(h.feed.markets, newMarket(s, m))
			last = append(last, m.LastTrade)
		}
	}, h.feed)
	if err != nil {
		return nil, err
	}
	ctx, quit := context.WithCancel(context.Background())
	h.quit = quit
	h.working.Go(func() { h.run(ctx) })
	if cfg.Archive != nil {
		h.working.Go(func() {
			if err := h.recall(ctx, now, last); err != nil && ctx.Err() == nil {
				cfg.Log.Error("candles and tickers begin with this start: what was before cannot be read", "err", err)
			}
		})
	}
	return h, nil
}

// Backlog is the budget of what waits for slow readers, which the venue's other connections share.
func (h *Hub) Backlog() *backlog.Budget { return h.backlog }

// run is the Hub's goroutine.
func (h *Hub) run(ctx context.Context) {
	for {
		select {
		case <-h.feed.wake:
			h.publish()
		case t := <-h.cfg.Beat:
			h.beat(t)
		case <-ctx.Done():
			return
		}
	}
}

// beat sends what is sent at intervals.
func (h *Hub) beat(t time.Time) {
	h.mu.Lock()
	slow := t.Unix() != h.second
	h.second = t.Unix()
	if err := h.flush(slow); err != nil {
		h.fail(err)
		return
	}
	h.deliver()
	if slow {
		h.tend()
	}
	h.mu.Unlock()
}

// Close tells every reader that it is over, ends all connections, and waits for that. The engine may go on.
func (h *Hub) Close() {
	h.closing.Do(func() {
		h.mu.Lock()
		subs := h.stop(websocket.StatusGoingAway, "the venue is stopping; connect again")
		h.mu.Unlock()
		h.quit()
		h.working.Wait()
		endAll(subs)
	})
	h.serving.Wait()
}

// fail ends everything when the engine can no longer be followed. It lets go of h.mu.
func (h *Hub) fail(err error) {
	first := !h.stopped
	subs := h.stop(websocket.StatusInternalError, "the venue has stopped; connect again later")
	h.mu.Unlock()
	if first {
		h.cfg.Log.Error("streams end: the engine cannot be followed", "err", err)
	}
	endAll(subs)
}

// stop ends all connections and is who else must be told; h.mu is held.
func (h *Hub) stop(code websocket.StatusCode, why string) (subs []*subscription) {
	if h.stopped {
		return nil
	}
	h.stopped = true
	last := &binance.ServerShutdown{EventTime: h.engine.Now().Milli()}
	for c := range h.conns {
		if c.combined.Load() {
			c.tell(binance.AppendCombined(nil, binance.ShutdownStream, last))
		} else {
			c.tell(last.AppendJSON(nil))
		}
		c.end(code, why)
	}
	for _, w := range h.feed.watched {
		subs = append(subs, w.subs...)
	}
	_ = h.engine.Read(func(*core.State) { clear(h.feed.watched) }) // where it fails, nothing is watched any more
	return subs
}

// in shows one market.
func (h *Hub) in(id instruction.Market, fn func(*core.State, *core.Market, *market)) error {
	found := false
	err := h.engine.Read(func(s *core.State) {
		m := s.Market(id)
		if found = m != nil; found {
			fn(s, m, h.feed.markets[id])
		}
	})
	if err == nil && !found {
		err = ErrMarket
	}
	return err
}

// Depth is a market's book as of one record: at most limit levels a side, best first. lastUpdateID is that record's
// sequence; depthUpdates of later records follow on it.
func (h *Hub) Depth(id instruction.Market, limit int) (lastUpdateID uint64, bids, asks binance.Levels, err error) {
	err = h.in(id, func(_ *core.State, in *core.Market, m *market) {
		lastUpdateID = h.feed.seq
		bids, asks = m.top(in.Book, instruction.Buy, limit), m.top(in.Book, instruction.Sell, limit)
	})
	return lastUpdateID, bids, asks, err
}

// BookTicker is the best of a market's book.
func (h *Hub) BookTicker(id instruction.Market) (t binance.BookTicker, err error) {
	err = h.in(id, func(_ *core.State, in *core.Market, m *market) {
		q := bestOf(in.Book)
		t = binance.BookTicker{Symbol: m.symbol, BidPrice: m.price(q.bid), BidQty: m.base(q.bidQty), AskPrice: m.price(q.ask), AskQty: m.base(q.askQty)}
	})
	return t, err
}

// LastTrades are the last trades of a market that the Hub has seen, at most n and at most 1,000, ascending.
func (h *Hub) LastTrades(id instruction.Market, n int) (list []archive.Trade, err error) {
	err = h.in(id, func(_ *core.State, _ *core.Market, m *market) {
		n = max(0, min(n, recentTrades, len(m.trades)))
		list = append(list, m.trades[len(m.trades)-n:]...)
	})
	return list, err
}

// Ticker is what a market traded in the last 24 hours: 1,440 minutes up to the current one.
func (h *Hub) Ticker(id instruction.Market) (t binance.Ticker, err error) {
	err = h.in(id, func(s *core.State, in *core.Market, m *market) {
		t = m.ticker(in.Book, s.Clock().Now)
	})
	return t, err
}

// AvgPrice is the average price of a market's last five minutes, the current one included. CloseTime is that of the last
// trade.
func (h *Hub) AvgPrice(id instruction.Market) (p binance.AvgPrice, err error) {
	err = h.in(id, func(s *core.State, _ *core.Market, m *market) {
		p = binance.AvgPrice{Mins: 5, Price: m.price(m.avgPrice(s.Clock().Now)), CloseTime: m.chart.last.Time.Milli()}
	})
	return p, err
}
