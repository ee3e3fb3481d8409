package stream

import (
	"sync/atomic"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// feed is what the Hub collects from the follower. It is an engine.Observer: Before, After and Folded run while the
// follower keeps all readers out. Readers are inside engine.Read.
type feed struct {
	// Changed by the follower only.
	seq     uint64             // last record folded; before the first one, at most that
	markets []*market          // by id; [0] is nil
	touched []*market          // by the record under way
	moved   []*watch           // accounts that the record under way moved
	why     instruction.Reason // for which an order was last refused to start
	lists   map[instruction.List]*openList

	// Added to by the follower, taken by the Hub inside engine.Read.
	news    []*market // with fresh trades or quotes
	letters []*watch  // with letters
	wake    chan struct{}

	past atomic.Pointer[[]*chart] // by market: what was before the Hub, to be taken up

	// Changed by who holds Hub.mu, inside engine.Read.
	watched   map[instruction.Account]*watch
	allQuotes int // topics that want the quotes of every market
}

func newFeed() *feed {
	return &feed{
		markets: make([]*market, 1), wake: make(chan struct{}, 1),
		watched: make(map[instruction.Account]*watch), lists: make(map[instruction.List]*openList),
	}
}

// Before sees an event before it is folded.
func (f *feed) Before(s *core.State, r *instruction.Record, e instruction.Event) {
	switch x := e.(type) {
	case *instruction.StartRefused:
		f.why = x.Reason
	case *instruction.PayoutMoved:
		f.payoutMoved(s, r, x)
	case *instruction.OrderCapped:
		f.leaves(s, x)
	}
	x, ok := e.(*instruction.OrderClosed)
	if !ok {
		return
	}
	in, o := find(s, x.Market, x.Order)
	if o == nil {
		return
	}
	if o.Member() {
		f.known(in, o)
	}
	if o.TIF == instruction.GTC && o.Stage() == book.Working {
		f.change(f.markets[in.ID], o.Side, o.Price)
	}
	if w := f.watching(x.Account); w != nil {
		f.move(w, gives(in, o.Side))
		w.closed(s, r, in, o, x, f.why)
	}
}

// find is an order in its book; none where an event does not fit the state, which the fold finds out too.
func find(s *core.State, id instruction.Market, order instruction.Order) (*core.Market, *book.Order) {
	m := s.Market(id)
	if m == nil {
		return nil, nil
	}
	h := m.Book.Find(order)
	if h == 0 {
		return nil, nil
	}
	return m, m.Book.At(h)
}

// After sees an event after it is folded.
func (f *feed) After(s *core.State, r *instruction.Record, e instruction.Event) {
	switch x := e.(type) {
	case *instruction.OrderPlaced:
		f.placed(s, r, x)
	case *instruction.Filled:
		f.filled(s, r, x)
	case *instruction.OrderStarted:
		f.started(s, r, x)
	case *instruction.OrderCapped:
		f.capped(s, r, x)
	case *instruction.TradePrevented:
		f.prevented(s, r, x)
	case *instruction.OrderAmended:
		f.amended(s, r, x)
	case *instruction.ListClosed:
		f.listClosed(s, r, x)
	case *instruction.CameIn:
		f.changed(s, r, x.Account, x.Asset, x.Amount)
	case *instruction.DepositCredited:
		f.changed(s, r, x.Account, x.Asset, x.Amount-x.Owed)
	case *instruction.DepositUndone:
		f.changed(s, r, x.Account, x.Asset, -x.Taken)
	case *instruction.PayoutMade:
		f.changed(s, r, x.Account, x.Asset, -x.Amount)
	case *instruction.CodesIssued:
		f.changed(s, r, x.Account, x.Asset, -x.Amount*money.Amount(len(x.Codes)))
	case *instruction.CodeClaimed:
		if c := s.CodeNumbered(x.ID); c != nil && x.Account != 0 {
			f.changed(s, r, x.Account, c.Asset, c.Amount)
		}
	case *instruction.CodeReturned:
		if c := s.CodeNumbered(x.ID); c != nil {
			f.changed(s, r, c.Account, c.Asset, c.Amount)
		}
	case *instruction.Transferred:
		f.changed(s, r, x.From, x.Asset, -x.Amount)
		f.changed(s, r, x.To, x.Asset, x.Amount)
	case *instruction.MarketAdded:
		if m := s.Market(x.ID); m != nil && int(x.ID) == len(f.markets) {
			f.markets = append(f.markets, newMarket(s, m))
		}
	}
}

// changed tells who watches an account that something came in or went out.
func (f *feed) changed(s *core.State, r *instruction.Record, a instruction.Account, x instruction.Asset, delta money.Amount) {
	if w := f.watching(a); w != nil && delta != 0 {
		f.move(w, x)
		w.changed(s, r, x, delta)
	}
}

// payoutMoved tells what a payout that is over leaves: what it held is free again, or gone.
func (f *feed) payoutMoved(s *core.State, r *instruction.Record, x *instruction.PayoutMoved) {
	p := s.Payout(x.ID)
	if p == nil {
		return
	}
	switch x.State {
	case instruction.PayoutCancelled:
		to := p.Account
		if c := s.CodePaid(p.ID); c != nil { // back to who issued it
			to = c.Account
		}
		f.changed(s, r, to, p.Asset, p.Amount)
	case instruction.PayoutSettled:
		if w := f.watching(p.Account); w != nil {
			f.move(w, p.Asset)
		}
	}
}

func (f *feed) placed(s *core.State, r *instruction.Record, x *instruction.OrderPlaced) {
	in, o := find(s, x.Place.Market, x.Order)
	if o == nil {
		return
	}
	if o.TIF == instruction.GTC && o.Stage() == book.Working {
		f.change(f.markets[in.ID], o.Side, o.Price)
	}
	if w := f.watching(x.Account); w != nil {
		f.move(w, gives(in, o.Side))
		w.placed(s, r, in, o)
	}
	if o.Member() {
		f.joined(r, in, o)
	}
}

func (f *feed) filled(s *core.State, r *instruction.Record, x *instruction.Filled) {
	in, taker := find(s, x.Market, x.Taker)
	_, maker := find(s, x.Market, x.Maker)
	if taker == nil || maker == nil {
		return
	}
	m := f.markets[x.Market]
	m.traded(&archive.Trade{
		ID: x.Trade, Price: x.Price, Qty: x.Qty, Quote: x.Quote, Time: r.Time, BuyerMaker: x.TakerSide == instruction.Sell, Taker: x.Taker,
	})
	f.change(m, maker.Side, maker.Price)
	if w := f.watching(x.TakerAccount); w != nil {
		f.move(w, in.Base, in.Quote)
		w.filled(s, r, in, taker, x, false)
	}
	if w := f.watching(x.MakerAccount); w != nil {
		f.move(w, in.Base, in.Quote)
		w.filled(s, r, in, maker, x, true)
	}
}

// change notes that the record under way changes a level.
func (f *feed) change(m *market, side instruction.Side, p money.Price) {
	m.change(side, p)
	if n := len(f.touched); n == 0 || f.touched[n-1] != m { // a record is nearly always of one market
		f.touched = append(f.touched, m)
	}
}

// Folded sees the end of a record.
func (f *feed) Folded(s *core.State, r *instruction.Record) {
	f.seq = r.Seq
	for _, m := range f.touched {
		if m.wantQuotes > 0 || f.allQuotes > 0 {
			m.requote(s.Market(m.id).Book, r.Seq)
		}
		if !m.listed && (m.fresh > 0 || len(m.quotes) > 0 || m.lost) {
			m.listed = true
			f.news = append(f.news, m)
		}
	}
	f.touched = f.touched[:0]
	for _, w := range f.moved {
		w.position(s, r)
		if !w.listed {
			w.listed = true
			f.letters = append(f.letters, w)
		}
	}
	f.moved = f.moved[:0]
	if len(f.news)+len(f.letters) > 0 {
		select {
		case f.wake <- struct{}{}:
		default:
		}
	}
	if f.past.Load() != nil {
		f.takeUp(*f.past.Swap(nil))
	}
}

// takeUp lets the markets' charts go on from what was before.
func (f *feed) takeUp(past []*chart) {
	for i, c := range past {
		if c != nil {
			c.goOn(&f.markets[i].chart)
			f.markets[i].chart = *c
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
