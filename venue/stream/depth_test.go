package stream

import (
	"maps"
	"testing"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// copybook is a book as a client keeps it: a snapshot, then updates by the rules of the dialect.
type copybook struct {
	t          testing.TB
	bids, asks map[string]string
	last       int64                 // lastUpdateId of the snapshot, then u of the last update
	started    bool                  // an update was applied
	early      []binance.DepthUpdate // that came before the snapshot
}

func (c *copybook) snapshot(h *house, limit int) {
	seq, bids, asks, err := h.hub.Depth(1, limit)
	if err != nil {
		c.t.Fatal(err)
	}
	c.last, c.bids, c.asks = int64(seq), map[string]string{}, map[string]string{}
	apply(c.bids, bids)
	apply(c.asks, asks)
	for i := range c.early {
		c.update(&c.early[i])
	}
	c.early = nil
}

func apply(side map[string]string, list binance.Levels) {
	for _, l := range list {
		if l.Qty.Units == 0 {
			delete(side, text(l.Price))
		} else {
			side[text(l.Price)] = text(l.Qty)
		}
	}
}

func (c *copybook) update(e *binance.DepthUpdate) {
	c.t.Helper()
	switch {
	case c.bids == nil:
		c.early = append(c.early, *e)
		return
	case e.FinalUpdateID <= c.last && !c.started:
		return // the snapshot has it
	case !c.started && e.FirstUpdateID > c.last+1:
		c.t.Fatalf("the first update is %d to %d, after a snapshot of %d", e.FirstUpdateID, e.FinalUpdateID, c.last)
	case c.started && e.FirstUpdateID != c.last+1:
		c.t.Fatalf("update %d to %d follows %d", e.FirstUpdateID, e.FinalUpdateID, c.last)
	}
	c.started, c.last = true, e.FinalUpdateID
	apply(c.bids, e.Bids)
	apply(c.asks, e.Asks)
}

// TestRebuild: clients that start from a snapshot and follow the updates of either speed end with the book as it is.
func TestRebuild(t *testing.T) {
	for _, stream := range []string{"btcusdt@depth@100ms", "btcusdt@depth"} {
		t.Run(stream, func(t *testing.T) {
			r := seed(t)
			h := newHouse(t, 5)
			h.trade(r, 5, 100)
			c := h.dial("/ws/0")
			c.subscribe(stream)
			book := &copybook{t: t}
			taken := 5 + r.IntN(20)
			for round := range 40 {
				h.trade(r, 5, r.IntN(20))
				if r.IntN(3) == 0 {
					h.beat()
				}
				if round == taken {
					book.snapshot(h, 5000)
				}
			}
			for i := range int64(5) { // so that there is something in the last update, and in the book
				h.give(1, h.limit(instruction.Buy, 9000-i, 7))
				h.give(1, h.limit(instruction.Sell, 12000+i, 7))
			}
			var seq int64
			var bids, asks map[string]string
			if err := h.Read(func(s *core.State) { bids, asks = levels(s, 1) }); err != nil {
				t.Fatal(err)
			}
			last, _, _, _ := h.hub.Depth(1, 1)
			seq = int64(last)
			h.second()
			for book.last < seq || !book.started {
				var e binance.DepthUpdate
				c.into(&e)
				book.update(&e)
			}
			if !maps.Equal(book.bids, bids) || !maps.Equal(book.asks, asks) {
				t.Errorf("the client has\n%v\n%v\nthe book is\n%v\n%v", book.bids, book.asks, bids, asks)
			}
			if len(bids) < 5 || len(asks) < 5 {
				t.Errorf("only %d and %d levels: too few to tell anything", len(bids), len(asks))
			}
		})
	}
}

// TestQuiet: an update follows on the one before, even where other markets were busy between them.
func TestQuiet(t *testing.T) {
	h := newHouse(t, 2)
	c := h.dial("/ws/btcusdt@depth@100ms")
	h.listening(1)
	var a, b binance.DepthUpdate
	h.give(1, h.limit(instruction.Buy, 100, 1))
	h.beat()
	c.into(&a)
	for range 5 {
		p := h.limit(instruction.Buy, 100, 1)
		p.Market = 2
		h.give(1, p)
		h.beat()
	}
	h.give(1, h.limit(instruction.Sell, 200, 3))
	h.beat()
	c.into(&b)
	if b.FirstUpdateID != a.FinalUpdateID+1 || b.FinalUpdateID < b.FirstUpdateID+5 {
		t.Errorf("%d to %d, then %d to %d", a.FirstUpdateID, a.FinalUpdateID, b.FirstUpdateID, b.FinalUpdateID)
	}
	if len(b.Bids) != 0 || len(b.Asks) != 1 || text(b.Asks[0].Price) != "200.000000" || text(b.Asks[0].Qty) != "0.00003000" {
		t.Errorf("changes: %v %v", b.Bids, b.Asks)
	}
}

// TestGone: a level without orders is told with a quantity of zero, and one that crossed and was filled is not in the book.
func TestGone(t *testing.T) {
	h := newHouse(t, 2)
	c := h.dial("/ws/btcusdt@depth@100ms")
	h.listening(1)
	h.give(1, h.limit(instruction.Buy, 100, 5))
	h.beat()
	var e binance.DepthUpdate
	c.into(&e)
	h.give(2, h.limit(instruction.Sell, 90, 7)) // takes 5, and 2 stay at 90
	h.beat()
	c.into(&e)
	if len(e.Bids) != 1 || e.Bids[0].Qty.Units != 0 || len(e.Asks) != 1 || text(e.Asks[0].Qty) != "0.00002000" {
		t.Errorf("bids %v, asks %v", e.Bids, e.Asks)
	}
}

// TestPartial: the best levels come at once for who just came, and again when the book changed.
func TestPartial(t *testing.T) {
	h := newHouse(t, 2)
	for i := range int64(30) {
		h.give(1, h.limit(instruction.Buy, 100-i, 1+i))
	}
	c := h.dial("/ws/btcusdt@depth5@100ms")
	h.listening(1)
	h.beat()
	var d binance.Depth
	c.into(&d)
	seq, bids, _, _ := h.hub.Depth(1, 5)
	if d.LastUpdateID != int64(seq) || len(d.Bids) != 5 || len(d.Asks) != 0 || d.Bids[4] != bids[4] {
		t.Errorf("%+v, want %d and %v", d, seq, bids)
	}
	h.beat()
	h.give(1, h.limit(instruction.Sell, 500, 1))
	h.beat()
	c.into(&d)
	if len(d.Asks) != 1 || d.LastUpdateID != int64(seq)+1 {
		t.Errorf("%+v", d)
	}
}

// listening waits until the streams named in the paths of n connections are subscribed.
func (h *house) listening(n int) {
	for {
		h.hub.mu.Lock()
		found := 0
		for c := range h.hub.conns {
			if len(c.streams) > 0 {
				found++
			}
		}
		h.hub.mu.Unlock()
		if found >= n {
			return
		}
		h.beats <- h.at
	}
}

// TestSpeeds: one stream tells every tenth of a second, the other once a second, and both the same in the end.
func TestSpeeds(t *testing.T) {
	h := newHouse(t, 1)
	fast, slow := h.dial("/ws/btcusdt@depth@100ms"), h.dial("/ws/btcusdt@depth@1000ms")
	h.listening(2)
	h.second()
	before := int64(h.Durable())
	for i := range int64(10) { // the tenth beat ends a second
		h.give(1, h.limit(instruction.Buy, 100+i, 1))
		h.beat()
	}
	for i := range int64(10) {
		var e binance.DepthUpdate
		fast.into(&e)
		if e.FinalUpdateID != before+1+i || len(e.Bids) != 1 {
			t.Fatalf("update %d of the fast stream: %+v", i, e)
		}
	}
	var e binance.DepthUpdate
	slow.into(&e)
	if e.FinalUpdateID != before+10 || len(e.Bids) != 10 || e.Bids[0].Price.Units != 109e6 {
		t.Errorf("the slow stream: %+v", e)
	}
}
