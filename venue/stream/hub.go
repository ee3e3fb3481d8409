package stream

import (
	"errors"
	"net/http"
	"net/netip"
	"sync"
	"time"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/engine"

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
	// ListenKey says whose private events a listenKey opens; it is asked again every second. nil opens none.
	ListenKey func(key string) (instruction.Account, bool)
	// History is what a market traded before the Hub came; nil leaves candles and tickers to start empty. It is asked once
	// for each market, while the engine's follower waits: it must use neither Read nor Follow.
	History func(Asked) (History, error)
}

// Asked is what a Hub wants to know of a market's past.
type Asked struct {
	Market instruction.Market
	From   int64             // milliseconds: the first minute that is of interest
	To     instruction.Trade // the last trade that counts; the source must have all up to it, and leave out later ones
	Recent int               // how many of the last trades are of interest
}

// History is what a market traded.
type History struct {
	Minutes []Candle // those with trades, ascending; Start is a whole minute
	Recent  []Trade  // ascending, up to Asked.To
}

// Hub streams what an engine does. Its methods may be called from any goroutine, but never inside engine.Read.
type Hub struct {
	engine *engine.Engine
	cfg    Config
	feed   *feed
	gate   *admission

	maxQueue int // bytes that may wait for one connection

	quit, done chan struct{}
	serving    sync.WaitGroup // connections

	mu      sync.Mutex
	topics  map[binance.Stream]*topic
	conns   map[*conn]struct{}
	due     []*topic // with frames to be sent
	second  int64    // of the last beat
	stopped bool     // nothing is taken up any more
}

// New is a Hub that follows e from now on.
func New(e *engine.Engine, cfg Config) (*Hub, error) {
	if cfg.Beat == nil || cfg.ClientAddr == nil {
		return nil, errors.New("stream: Config needs Beat and ClientAddr")
	}
	h := &Hub{
		engine: e, cfg: cfg, feed: newFeed(), gate: newAdmission(), maxQueue: maxQueue,
		quit: make(chan struct{}), done: make(chan struct{}),
		topics: make(map[binance.Stream]*topic), conns: make(map[*conn]struct{}),
	}
	seq := e.Durable()
	if err := e.Read(func(*core.State) {}); err != nil { // now the follower has folded seq at least
		return nil, err
	}
	h.feed.seq = seq
	var failed error
	err := e.Follow(func(s *core.State) { failed = h.load(s) }, h.feed)
	if err = errors.Join(err, failed); err != nil {
		return nil, err
	}
	go h.run()
	return h, nil
}

// load takes over the markets as they stand, with their history.
func (h *Hub) load(s *core.State) error {
	f := h.feed
	f.time = s.Clock().Now
	for _, in := range s.Markets() {
		m := newMarket(s, in)
		f.markets = append(f.markets, m)
		if h.cfg.History == nil || in.LastTrade == 0 {
			continue
		}
		past, err := h.cfg.History(Asked{Market: in.ID, From: pastFrom(f.time.Milli()), To: in.LastTrade, Recent: recentTrades})
		if err != nil {
			return err
		}
		m.trades = past.Recent
		m.chart.load(past.Minutes)
	}
	return nil
}

// pastFrom is when the oldest candle opened that is still under way, or the day before, if that is earlier.
func pastFrom(now int64) int64 {
	from := dayStart(now) - minuteMs
	for x := range span(spans) {
		if i := x.interval(); i.Valid() {
			from = min(from, x.start(now))
		}
	}
	return from
}

// run is the Hub's goroutine.
func (h *Hub) run() {
	defer close(h.done)
	for {
		select {
		case <-h.feed.wake:
			h.publish()
		case t := <-h.cfg.Beat:
			h.beat(t)
		case <-h.quit:
			return
		}
	}
}

// beat sends what is sent at intervals.
func (h *Hub) beat(t time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	slow := t.Unix() != h.second
	h.second = t.Unix()
	h.flush(slow)
	if slow {
		h.tend()
	}
}

// Close tells every reader that it is over and ends all connections. The engine may go on.
func (h *Hub) Close() error {
	h.mu.Lock()
	if h.stopped {
		h.mu.Unlock()
		return ErrClosed
	}
	subs := h.stop(websocket.StatusGoingAway, "the venue is stopping; connect again")
	h.mu.Unlock()
	close(h.quit)
	<-h.done
	for _, sub := range subs {
		sub.end()
	}
	h.serving.Wait()
	return nil
}

// stop ends all connections and is who must be told; h.mu is held.
func (h *Hub) stop(code websocket.StatusCode, why string) []*subscription {
	h.stopped = true
	last := (&binance.ServerShutdown{EventTime: h.engine.Now().Milli()}).AppendJSON(nil)
	for c := range h.conns {
		c.push([][]byte{last})
		c.end(code, why)
	}
	var subs []*subscription
	_ = h.engine.Read(func(*core.State) {
		for a, w := range h.feed.watched {
			subs = append(subs, w.subs...)
			delete(h.feed.watched, a)
		}
	})
	return subs
}

// read shows the feed, and the state that it is of.
func (h *Hub) read(fn func(*core.State)) error { return h.engine.Read(fn) }

// in shows one market.
func (h *Hub) in(id instruction.Market, fn func(*core.State, *core.Market, *market)) error {
	found := false
	err := h.read(func(s *core.State) {
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
		t = binance.BookTicker{Symbol: m.symbol, BidPrice: m.price(q.bid), BidQty: m.qty(q.bidQty), AskPrice: m.price(q.ask), AskQty: m.qty(q.askQty)}
	})
	return t, err
}

// LastTrades are a market's last trades, at most n and at most 1,000, ascending.
func (h *Hub) LastTrades(id instruction.Market, n int) (list []Trade, err error) {
	err = h.in(id, func(_ *core.State, _ *core.Market, m *market) {
		n = max(0, min(n, recentTrades, len(m.trades)))
		list = append(list, m.trades[len(m.trades)-n:]...)
	})
	return list, err
}

// Ticker is what a market traded in the last 24 hours: 1,440 minutes up to the current one.
func (h *Hub) Ticker(id instruction.Market) (t binance.Ticker, err error) {
	err = h.in(id, func(s *core.State, in *core.Market, m *market) {
		t = m.ticker(in.Book, s.Clock().Now.Milli())
	})
	return t, err
}

// AvgPrice is the average price of a market's last five minutes, the current one included.
func (h *Hub) AvgPrice(id instruction.Market) (p binance.AvgPrice, err error) {
	err = h.in(id, func(s *core.State, _ *core.Market, m *market) {
		price, at := m.avgPrice(s.Clock().Now.Milli())
		p = binance.AvgPrice{Mins: 5, Price: m.price(price), CloseTime: at}
	})
	return p, err
}

// SubscribeAccount calls sink with every event of an account from now on, in order, as JSON without a wrapper. The bytes
// are shared: they may be kept, not changed. sink runs on the Hub's goroutine; it must not wait. When it returns false the
// subscription is over. When the Hub ends it, sink is called with nil, once, and not again.
//
// cancel ends the subscription; one call of sink may still be under way. It never waits.
func (h *Hub) SubscribeAccount(a instruction.Account, sink func(event []byte) bool) (cancel func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sub, err := h.watch(a, sink)
	if err != nil {
		return nil, err
	}
	return func() { sub.over.Store(true) }, nil
}

// watch is SubscribeAccount with h.mu held.
func (h *Hub) watch(a instruction.Account, sink func([]byte) bool) (*subscription, error) {
	if h.stopped {
		return nil, ErrClosed
	}
	sub := &subscription{sink: sink}
	err := h.read(func(*core.State) {
		sub.from = h.feed.seq
		w := h.feed.watched[a]
		if w == nil {
			w = &watch{account: a}
			h.feed.watched[a] = w
		}
		w.subs = append(w.subs, sub)
	})
	return sub, err
}
