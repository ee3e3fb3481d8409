package venue

import (
	"slices"

	"portcullis/core"
	"portcullis/dialect/binance"
)

// selection is which markets a ticker is asked for.
type selection struct {
	markets []*market
	one     bool // by name: the answer is an object, not a list
}

// selected reads symbol, symbols or neither, which means all, and symbolStatus.
func (v *Venue) selected(a *args) selection {
	names, one, err := a.p.OptSymbols()
	names = got(a, names, err)
	status, err := a.p.OptSymbolStatus()
	status = got(a, status, err)
	s := selection{one: one}
	for _, name := range names {
		m, err := v.market(name)
		s.markets = append(s.markets, got(a, m, err))
	}
	if a.err != nil {
		return s
	}
	var all []*market
	fits := map[*market]bool{}
	err = v.read(func(state *core.State) {
		v.markets.learn(state)
		for _, m := range state.Markets() {
			x := v.markets.numbered(m.ID)
			all = append(all, x)
			fits[x] = status == "" || status == symbolStatus(m.State)
		}
	})
	if err != nil {
		a.fail(err)
	}
	if names == nil {
		for _, m := range all {
			if fits[m] {
				s.markets = append(s.markets, m)
			}
		}
		return s
	}
	if one && !fits[s.markets[0]] {
		a.fail(binance.ErrWrongStatus())
	}
	s.markets = slices.DeleteFunc(s.markets, func(m *market) bool { return !one && !fits[m] })
	return s
}

// inStatus refuses a market that is doing something else than was asked for (−1220); "" asks for nothing.
func (v *Venue) inStatus(m *market, status binance.SymbolStatus) *binance.Error {
	if status == "" {
		return nil
	}
	fits := false
	if err := v.read(func(s *core.State) { fits = status == symbolStatus(s.Market(m.id).State) }); err != nil {
		return err
	}
	if !fits {
		return binance.ErrWrongStatus()
	}
	return nil
}

// answerEach answers with one value per market that was selected.
func answerEach[T any](v *Venue, s selection, value func(*market) (T, error)) (reply, *binance.Error) {
	list := make([]T, 0, len(s.markets))
	for _, m := range s.markets {
		t, err := value(m)
		if err != nil {
			return nil, v.unavailable(err)
		}
		list = append(list, t)
	}
	if s.one {
		return object{list[0]}, nil
	}
	return object{list}, nil
}

func ticker24(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	s := v.selected(a)
	kind, err := a.p.OptTickerType()
	got(a, kind, err)
	if err := a.end(); err != nil {
		return nil, err
	}
	if kind == binance.TickerMini {
		return answerEach(v, s, func(m *market) (binance.MiniTicker, error) {
			t, err := v.streams.Ticker(m.id)
			t.OpenTime, t.CloseTime = c.milli(t.OpenTime), c.milli(t.CloseTime)
			return t.Mini(), err
		})
	}
	return answerEach(v, s, func(m *market) (binance.Ticker, error) {
		t, err := v.streams.Ticker(m.id)
		t.OpenTime, t.CloseTime = c.milli(t.OpenTime), c.milli(t.CloseTime)
		return t, err
	})
}

func tickerPrice(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	s := v.selected(a)
	if err := a.end(); err != nil {
		return nil, err
	}
	return answerEach(v, s, func(m *market) (binance.PriceTicker, error) {
		t := binance.PriceTicker{Symbol: m.symbol}
		err := v.engine.Read(func(state *core.State) { t.Price = m.price(state.Market(m.id).LastPrice) })
		return t, err
	})
}

func tickerBook(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	s := v.selected(a)
	if err := a.end(); err != nil {
		return nil, err
	}
	return answerEach(v, s, func(m *market) (binance.BookTicker, error) { return v.streams.BookTicker(m.id) })
}

func avgPrice(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if err := a.end(); err != nil {
		return nil, err
	}
	p, err := v.streams.AvgPrice(m.id)
	if err != nil {
		return nil, v.unavailable(err)
	}
	p.CloseTime = c.milli(p.CloseTime)
	return object{p}, nil
}
