package stream

import (
	"slices"
	"sync/atomic"

	"portcullis/core"
	"portcullis/core/instruction"
)

// subscription is one reader of an account's events.
type subscription struct {
	from   uint64 // it gets the events of later records
	micros bool   // with times in microseconds
	sink   func([]byte) bool
	over   atomic.Bool // it was cancelled, took no more, or knows that it is over
}

// SubscribeAccount calls sink with every event of an account from now on, in order, as JSON without a wrapper, with times in
// microseconds if micros is set, else in milliseconds. The bytes
// are shared: they may be kept, not changed. sink runs on the Hub's goroutine; it must not wait, and not call the Hub. When
// it returns false the subscription is over. When the Hub ends it, sink is called with nil, and not again.
//
// cancel ends the subscription; one call of sink may still be under way. It never waits.
func (h *Hub) SubscribeAccount(a instruction.Account, micros bool, sink func(event []byte) bool) (cancel func(), err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sub, err := h.watch(a, micros, sink)
	if err != nil {
		return nil, err
	}
	return func() { sub.over.Store(true) }, nil
}

// watch is SubscribeAccount with h.mu held.
func (h *Hub) watch(a instruction.Account, micros bool, sink func([]byte) bool) (*subscription, error) {
	if h.stopped {
		return nil, ErrClosed
	}
	sub := &subscription{micros: micros, sink: sink}
	err := h.engine.Read(func(*core.State) {
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

// end tells a reader that there is no more, unless it knows.
func (s *subscription) end() {
	if !s.over.Swap(true) {
		s.sink(nil)
	}
}

func endAll(subs []*subscription) {
	for _, s := range subs {
		s.end()
	}
}

// sweep forgets the subscriptions that are over, and accounts without any; h.mu is held, inside engine.Read.
func (w *watch) sweep(f *feed) {
	w.subs = slices.DeleteFunc(w.subs, func(s *subscription) bool { return s.over.Load() })
	if len(w.subs) == 0 {
		w.forget(f)
	}
}

// forget takes a watch out of the feed, unless another has taken its place.
func (w *watch) forget(f *feed) {
	if f.watched[w.account] == w {
		delete(f.watched, w.account)
	}
}

// mail is what one account's readers have to be told.
type mail struct {
	subs    []*subscription
	letters []letter
	lost    bool
}

// collect takes the letters out of a watch; h.mu is held, inside engine.Read.
func (w *watch) collect(f *feed) mail {
	m := mail{slices.Clone(w.subs), w.letters, w.lost}
	w.letters, w.lost, w.listed = nil, false, false
	if m.lost {
		w.forget(f)
	} else {
		w.sweep(f)
	}
	return m
}

// text is the letter's event in one unit of time.
func (l *letter) text(micros bool) []byte {
	if micros {
		return l.event.InMicros(int64(l.at)).AppendJSON(nil)
	}
	return l.event.AppendJSON(nil)
}

// send gives the letters to who reads them, each made into bytes once.
func (m *mail) send() {
	if m.lost {
		endAll(m.subs)
		return
	}
	for _, l := range m.letters {
		var millis, micros []byte
		for _, sub := range m.subs {
			if l.seq <= sub.from || sub.over.Load() {
				continue
			}
			text := &millis
			if sub.micros {
				text = &micros
			}
			if *text == nil {
				*text = l.text(sub.micros)
			}
			if !sub.sink(*text) {
				sub.over.Store(true)
			}
		}
	}
}
