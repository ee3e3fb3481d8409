package stream

import (
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// topic is one stream that someone listens to. It is guarded by Hub.mu.
type topic struct {
	stream binance.Stream
	name   string
	market *market // nil where it is of all markets
	conns  map[*conn]struct{}
	events []binance.Appender // not yet in the queues
	force  bool               // someone came: tell how things stand, even if nothing changed

	last  uint64           // depth updates: u of the last one
	span  span             // candles
	start instruction.Time // of the candle to be told next
	close money.Price      // of the candle before
	sent  archive.Candle   // as told last
	told  []binance.Ticker // as told last, by market; [0] where it is of one market
}

// time is t in the unit of the topic's readers.
func (t *topic) time(x instruction.Time) int64 {
	if t.stream.Micros {
		return int64(x)
	}
	return x.Milli()
}

// milli is time for what is counted in milliseconds.
func (t *topic) milli(ms int64) int64 {
	if t.stream.Micros {
		return ms * 1000
	}
	return ms
}

// wants counts a topic in or out of what the feed collects. h.mu is held, inside engine.Read.
func (h *Hub) wants(s *core.State, t *topic, n int) {
	m := t.market
	switch t.stream.Kind {
	case binance.StreamTrade, binance.StreamAggTrade:
		m.wantTrades += n
	case binance.StreamBookTicker:
		m.quoteAnew(s, h.feed)
		m.wantQuotes += n
	case binance.StreamAllBookTicker:
		for _, m := range h.feed.markets[1:] {
			m.quoteAnew(s, h.feed)
		}
		h.feed.allQuotes += n
	case binance.StreamDepth, binance.StreamPartialDepth:
		m.wantDepth += n
		if n > 0 {
			m.depths = append(m.depths, t)
		} else {
			m.depths = slices.DeleteFunc(m.depths, func(x *topic) bool { return x == t })
		}
	case binance.StreamKline:
		m.chart.wanted[t.span] += n
	}
}

// quoteAnew notes the best prices as they are, unless that is being done anyway: what they were when nobody wanted them
// any more says nothing.
func (m *market) quoteAnew(s *core.State, f *feed) {
	if m.wantQuotes == 0 && f.allQuotes == 0 {
		m.quote = bestOf(s.Market(m.id).Book)
	}
}

// open is the topic of a stream, which is of a known market or of all; h.mu is held, inside engine.Read.
func (h *Hub) open(s *core.State, stream binance.Stream) *topic {
	if t := h.topics[stream]; t != nil {
		return t
	}
	t := &topic{stream: stream, name: stream.String(), conns: make(map[*conn]struct{}), last: h.feed.seq}
	if stream.Symbol != "" {
		t.market = h.feed.markets[s.MarketNamed(stream.Symbol).ID]
	}
	if stream.Kind == binance.StreamKline {
		t.span = spanOf(stream.Interval, stream.Zone8)
		t.start, t.close = t.span.start(s.Clock().Now), t.market.chart.last.Price
	}
	h.topics[stream] = t
	h.wants(s, t, 1)
	return t
}

// drop forgets a topic that nobody listens to; h.mu is held, inside engine.Read.
func (h *Hub) drop(s *core.State, t *topic) {
	if len(t.conns) == 0 {
		delete(h.topics, t.stream)
		h.wants(s, t, -1)
	}
}

// emit adds an event of a topic to what deliver sends. Making it into bytes is left to that, outside engine.Read.
func (h *Hub) emit(t *topic, e binance.Appender) {
	if len(t.events) == 0 {
		h.due = append(h.due, t)
	}
	t.events = append(t.events, e)
}

// deliver puts the events into the queues, made into bytes once for all who get them in the same form.
func (h *Hub) deliver() {
	for _, t := range h.due {
		var plain, wrapped []*frame
		for c := range t.conns {
			if !c.combined.Load() {
				if plain == nil {
					plain = frames(t.events, func(e binance.Appender) []byte { return e.AppendJSON(make([]byte, 0, usual)) })
				}
				c.push(plain...)
				continue
			}
			if wrapped == nil {
				wrapped = frames(t.events, func(e binance.Appender) []byte {
					return binance.AppendCombined(make([]byte, 0, usual+len(t.name)), t.name, e)
				})
			}
			c.push(wrapped...)
		}
		t.events = nil
	}
	h.due = h.due[:0]
}

// usual is the room that most events need.
const usual = 256

func frames(events []binance.Appender, form func(binance.Appender) []byte) []*frame {
	list := make([]*frame, len(events))
	for i, e := range events {
		list[i] = &frame{text: form(e)}
	}
	return list
}

// raw is JSON that was made before.
type raw []byte

// AppendJSON appends it as it is.
func (r raw) AppendJSON(dst []byte) []byte { return append(dst, r...) }
