package stream

import (
	"errors"
	"testing"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
	"portcullis/venue/backlog"

	"github.com/coder/websocket"
)

// TestLost: where the Hub did not keep up, the streams that would miss events are closed, and no others.
func TestLost(t *testing.T) {
	h := newHouse(t, 1)
	trades, quotes, depth := h.dial("/ws/btcusdt@aggTrade"), h.dial("/ws/!bookTicker"), h.dial("/ws/btcusdt@depth@100ms")
	h.listening(3)
	box, _ := h.inbox(2)
	h.hub.mu.Lock() // so that the Hub takes nothing
	f := h.hub.feed
	err := h.Read(func(*core.State) {
		m, w := f.markets[1], f.watched[2]
		var tr archive.Trade
		for i := range maxFresh + 1 {
			tr.ID, tr.Time, tr.Price, tr.Qty = instruction.Trade(i+1), start, 1, 1
			m.traded(&tr)
		}
		if !m.lost || len(m.trades) > maxFresh {
			t.Errorf("%d trades are kept, lost is %v", len(m.trades), m.lost)
		}
		for range maxLetters + 1 {
			w.write(&instruction.Record{Seq: f.seq + 1}, &binance.BalanceUpdate{})
		}
		if !w.lost || len(w.letters) > maxLetters {
			t.Errorf("%d letters are kept, lost is %v", len(w.letters), w.lost)
		}
		m.listed, w.listed = true, true
		f.news, f.letters = append(f.news, m), append(f.letters, w)
	})
	h.hub.mu.Unlock()
	if err != nil {
		t.Fatal(err)
	}
	f.wake <- struct{}{}
	for _, c := range []*client{trades, quotes} {
		if e := c.closed(); e.Code != websocket.StatusTryAgainLater {
			t.Errorf("closed with %v", e)
		}
	}
	if got := box.next(t, 1); got[0] != "end" {
		t.Errorf("the account's reader got %s", got[0])
	}
	h.give(1, h.limit(instruction.Buy, 100, 1))
	h.beat()
	var e binance.DepthUpdate
	depth.into(&e)
}

// TestLostQuotes: quotes that wait are bounded as trades are.
func TestLostQuotes(t *testing.T) {
	h := newHouse(t, 1)
	err := h.Read(func(s *core.State) {
		m, b := h.hub.feed.markets[1], s.Market(1).Book
		for i := range maxFresh + 1 {
			m.quote.bid = 1 // as if it had been another
			m.requote(b, uint64(i))
		}
		if !m.lost || len(m.quotes) > maxFresh {
			t.Errorf("%d quotes are kept, lost is %v", len(m.quotes), m.lost)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestCompact: a list of changed levels does not grow with the number of changes.
func TestCompact(t *testing.T) {
	m := &market{compact: compactAt, wantDepth: 1}
	for i := range 100 * compactAt {
		m.change(instruction.Buy, money.Price(1+i%5000))
	}
	if n := len(distinct(m.changed)); n != 5000 || len(m.changed) > 3*5000 {
		t.Errorf("%d levels in a list of %d", n, len(m.changed))
	}
}

// TestFollowingEnds: when the engine can be followed no longer, every reader is told.
func TestFollowingEnds(t *testing.T) {
	h := newHouse(t, 1)
	c := h.dial("/ws/btcusdt@trade")
	h.listening(1)
	box, _ := h.inbox(2)
	for range 2 { // the second time there is nobody left
		h.hub.mu.Lock()
		h.hub.fail(errors.New("the disk is gone"))
	}
	var e binance.ServerShutdown
	c.into(&e)
	if e := c.closed(); e.Code != websocket.StatusInternalError {
		t.Errorf("closed with %v", e)
	}
	if got := box.next(t, 1); got[0] != "end" {
		t.Errorf("the account's reader got %s", got[0])
	}
	if _, err := h.hub.SubscribeAccount(2, false, box.add); err != ErrClosed {
		t.Errorf("subscribing then: %v", err)
	}
}

// TestBehind: what is in the writer's hands when the queue overflows is not sent any more: it would only make the reader
// wait for the reason.
func TestBehind(t *testing.T) {
	c := &conn{cork: &cork{}, limit: 1000, room: backlog.New(backlog.Limit), wake: make(chan struct{}, 1)} // without a connection: sending would panic
	c.tell(make([]byte, 100))
	hand, over := c.take()
	if len(hand) != 1 || over {
		t.Fatalf("%d frames, over is %v", len(hand), over)
	}
	for range 10 {
		c.tell(make([]byte, 100))
	}
	if err := c.send(hand); err != nil {
		t.Error(err)
	}
	if rest, over := c.take(); len(rest) != 0 || !over || c.code != websocket.StatusPolicyViolation {
		t.Errorf("%d frames, over is %v, code %v", len(rest), over, c.code)
	}
	if c.room.Used() != 0 {
		t.Errorf("%d bytes are counted as waiting", c.room.Used())
	}
}

// TestFromNowOn: a reader gets no event of a record before its subscription, though others still wait for that.
func TestFromNowOn(t *testing.T) {
	var got []string
	sub := func(from uint64) *subscription {
		return &subscription{from: from, sink: func(b []byte) bool { got = append(got, string(b)); return len(got) < 3 }}
	}
	early, late := sub(1), sub(2)
	m := mail{subs: []*subscription{early, late}}
	for seq := range uint64(4) {
		m.letters = append(m.letters, letter{seq + 1, start, plain{raw{byte('0' + seq)}}})
	}
	m.send()
	if len(got) != 4 || got[0] != "1" || got[1] != "2" || got[2] != "2" || got[3] != "3" || !early.over.Load() && !late.over.Load() {
		t.Errorf("got %q", got)
	}
}

// TestUnknownMarket: questions about what is not there have an answer.
func TestUnknownMarket(t *testing.T) {
	h := newHouse(t, 0)
	if _, _, _, err := h.hub.Depth(9, 5); err != ErrMarket {
		t.Errorf("depth: %v", err)
	}
	if _, err := h.hub.Ticker(9); err != ErrMarket {
		t.Errorf("ticker: %v", err)
	}
	if list, err := h.hub.LastTrades(1, -1); err != nil || len(list) != 0 {
		t.Errorf("no trades: %v, %v", list, err)
	}
	if b, err := h.hub.BookTicker(2); err != nil || b.Symbol != "ETHUSDT" || b.AskQty.String() != "0.00000000" {
		t.Errorf("an empty book: %+v, %v", b, err)
	}
	if _, err := New(h.Engine, Config{}); err == nil {
		t.Error("a Hub without a beat")
	}
}

// plain is an event without times.
type plain struct{ raw }

func (p plain) InMicros(int64) binance.Appender { return p }
