package stream

import (
	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
)

// feed is what the Hub collects from the follower. It is an engine.Observer: Before, After and Folded run while the
// follower keeps all readers out. Readers are inside engine.Read.
type feed struct {
	// Changed by the follower only.
	seq     uint64           // last record folded; before the first one, at most that
	time    instruction.Time // of it
	markets []*market        // by id; [0] is nil
	touched []*market        // by the record under way
	moved   []*watch         // accounts that the record under way moved

	// Added to by the follower, taken by the Hub inside engine.Read.
	news    []*market // with fresh trades or quotes, perhaps twice
	letters []*watch  // with events, perhaps twice
	wake    chan struct{}

	// Changed by who holds Hub.mu, inside engine.Read.
	watched   map[instruction.Account]*watch
	allQuotes int // topics that want the quotes of every market
}

func newFeed() *feed {
	return &feed{
		markets: make([]*market, 1), wake: make(chan struct{}, 1),
		watched: make(map[instruction.Account]*watch),
	}
}

// Before sees an event before it is folded.
func (f *feed) Before(s *core.State, r *instruction.Record, e instruction.Event) {
	x, ok := e.(*instruction.OrderClosed)
	if !ok {
		return
	}
	m := s.Market(x.Market)
	if m == nil {
		return // the fold will say so
	}
	h := m.Book.Find(x.Order)
	if h == 0 {
		return
	}
	o := m.Book.At(h)
	if o.TIF == instruction.GTC {
		f.change(m.ID, o.Side, o)
	}
	if w := f.watching(x.Account); w != nil {
		f.move(w, gives(m, o.Side))
		w.closed(s, r, m, o, x)
	}
}

// After sees an event after it is folded.
func (f *feed) After(s *core.State, r *instruction.Record, e instruction.Event) {
	switch x := e.(type) {
	case *instruction.OrderPlaced:
		f.placed(s, r, x)
	case *instruction.Filled:
		f.filled(s, r, x)
	case *instruction.CameIn:
		if w := f.watching(x.Account); w != nil {
			f.move(w, x.Asset)
			w.cameIn(s, r, x)
		}
	case *instruction.MarketAdded:
		f.markets = append(f.markets, newMarket(s, s.Market(x.ID)))
	}
}

func (f *feed) placed(s *core.State, r *instruction.Record, x *instruction.OrderPlaced) {
	p := &x.Place
	if p.TIF == instruction.GTC {
		m := f.markets[p.Market]
		m.change(p.Side, p.Price)
		f.touch(m)
	}
	if w := f.watching(x.Account); w != nil {
		m := s.Market(p.Market)
		f.move(w, gives(m, p.Side))
		w.placed(s, r, m, m.Book.At(m.Book.Find(x.Order)))
	}
}

func (f *feed) filled(s *core.State, r *instruction.Record, x *instruction.Filled) {
	m := f.markets[x.Market]
	m.traded(&Trade{
		ID: x.Trade, Price: x.Price, Qty: x.Qty, Quote: x.Quote, Time: r.Time,
		Taker: x.Taker, BuyerMaker: x.TakerSide == instruction.Sell,
	})
	m.change(x.TakerSide.Opposite(), x.Price)
	f.touch(m)
	if len(f.watched) == 0 {
		return
	}
	in := s.Market(x.Market)
	if w := f.watching(x.TakerAccount); w != nil {
		f.move(w, in.Base, in.Quote)
		w.filled(s, r, in, x, false)
	}
	if w := f.watching(x.MakerAccount); w != nil {
		f.move(w, in.Base, in.Quote)
		w.filled(s, r, in, x, true)
	}
}

func (f *feed) change(id instruction.Market, side instruction.Side, o *book.Order) {
	m := f.markets[id]
	m.change(side, o.Price)
	f.touch(m)
}

func (f *feed) touch(m *market) {
	if n := len(f.touched); n == 0 || f.touched[n-1] != m {
		f.touched = append(f.touched, m)
	}
}

// Folded sees the end of a record.
func (f *feed) Folded(s *core.State, r *instruction.Record) {
	f.seq, f.time = r.Seq, r.Time
	news := false
	for _, m := range f.touched {
		if m.wantQuotes > 0 || f.allQuotes > 0 {
			m.requote(s.Market(m.id).Book, r.Seq)
		}
		if m.fresh > 0 || len(m.quotes) > 0 || m.lost {
			f.news = append(f.news, m)
			news = true
		}
	}
	f.touched = f.touched[:0]
	for _, w := range f.moved {
		w.position(s, r)
		f.letters = append(f.letters, w)
		news = true
	}
	f.moved = f.moved[:0]
	if news {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
}

// gives is the asset that an order of the side gives.
func gives(m *core.Market, side instruction.Side) instruction.Asset {
	if side == instruction.Buy {
		return m.Quote
	}
	return m.Base
}
