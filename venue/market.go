package venue

import (
	"sync"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// market is what never changes of a market: names and scales.
type market struct {
	id                    instruction.Market
	symbol                string
	base, quote           string
	baseAsset, quoteAsset instruction.Asset
	baseScale, quoteScale money.Scale
}

func (m *market) price(p money.Price) binance.Decimal {
	return binance.Decimal{Units: int64(p), Scale: uint8(m.quoteScale)}
}

func (m *market) baseAmount(a money.Amount) binance.Decimal {
	return binance.Decimal{Units: int64(a), Scale: uint8(m.baseScale)}
}

func (m *market) quoteAmount(a money.Amount) binance.Decimal {
	return binance.Decimal{Units: int64(a), Scale: uint8(m.quoteScale)}
}

// fee is an amount of one of the market's assets, and that asset's symbol.
func (m *market) fee(a money.Amount, in instruction.Asset) (binance.Decimal, string) {
	if in == m.quoteAsset {
		return m.quoteAmount(a), m.quote
	}
	return m.baseAmount(a), m.base
}

// catalog remembers markets, so that a request need not ask the state for names and scales. Markets are never removed.
type catalog struct {
	mu     sync.RWMutex
	symbol map[string]*market
	id     map[instruction.Market]*market
}

func (x *catalog) named(symbol string) *market {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.symbol[symbol]
}

func (x *catalog) numbered(id instruction.Market) *market {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return x.id[id]
}

// learn takes over the markets of a state.
func (x *catalog) learn(s *core.State) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.symbol == nil {
		x.symbol, x.id = map[string]*market{}, map[instruction.Market]*market{}
	}
	for _, m := range s.Markets()[len(x.id):] {
		n := marketOf(s, m)
		x.symbol[n.symbol], x.id[n.id] = n, n
	}
}

func marketOf(s *core.State, m *core.Market) *market {
	base, quote := s.Asset(m.Base), s.Asset(m.Quote)
	return &market{
		id: m.ID, symbol: m.Symbol, base: base.Symbol, quote: quote.Symbol,
		baseAsset: m.Base, quoteAsset: m.Quote, baseScale: base.Scale, quoteScale: quote.Scale,
	}
}

// market is the market of that symbol (−1121).
func (v *Venue) market(symbol string) (*market, *binance.Error) {
	if m := v.markets.named(symbol); m != nil {
		return m, nil
	}
	known := false
	err := v.read(func(s *core.State) {
		if known = s.MarketNamed(symbol) != nil; known {
			v.markets.learn(s)
		}
	})
	if err == nil && !known {
		err = binance.ErrSymbol()
	}
	return v.markets.named(symbol), err
}

// market reads a mandatory symbol. It is never nil: after an error it is an empty one, so that reading can go on.
func (a *args) market(v *Venue) *market {
	symbol := a.symbol()
	if a.err == nil {
		m, err := v.market(symbol)
		if err == nil {
			return m
		}
		a.fail(err)
	}
	return new(market)
}

// read shows the durable state.
func (v *Venue) read(fn func(*core.State)) *binance.Error {
	if err := v.engine.Read(fn); err != nil {
		return v.unavailable(err)
	}
	return nil
}
