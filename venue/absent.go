package venue

import (
	"portcullis/core"
	"portcullis/dialect/binance"
)

// What the dialect has and this venue has none of: a list that is empty by nature is answered empty; whatever would have
// to be made up is refused, in words that say what there is instead.

// executionRules answers that no market has any.
func executionRules(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	s := v.selected(a)
	if err := a.end(); err != nil {
		return nil, err
	}
	list := make([]binance.SymbolRules, len(s.markets))
	for i, m := range s.markets {
		list[i] = binance.SymbolRules{Symbol: m.symbol, Rules: []struct{}{}}
	}
	return object{binance.ExecutionRules{SymbolRules: list}}, nil
}

// blockTrades answers that there are none.
func blockTrades(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	a.market(v)
	_, err := a.p.Int64("fromId")
	got(a, 0, err)
	a.limit(binance.DefaultLimit, binance.MaxLimit)
	return literal(binance.EmptyList), a.end()
}

func referencePrice(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	a.market(v)
	status, err := a.p.OptSymbolStatus()
	got(a, status, err)
	if err := a.end(); err != nil {
		return nil, err
	}
	return nil, binance.ErrNoReferencePrice()
}

// allocations answers that there are none: each symbol has one book, and no order is spread over several.
func allocations(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	a.market(v)
	a.integer("fromAllocationId", 0)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("fromId")
	if err == nil {
		err = withinDay(&r)
	}
	return literal(binance.EmptyList), err
}

func noRouting(*Venue, *call) (reply, *binance.Error) {
	return nil, binance.ErrUnsupported("Each symbol has one book here, and no order is routed to several; place it with order.")
}

// myFilters answers with the filters of a market, which are the same for every account.
func myFilters(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if err := a.end(); err != nil {
		return nil, err
	}
	answer := binance.MyFilters{ExchangeFilters: binance.Filters{}, AssetFilters: binance.Filters{}}
	err := v.read(func(s *core.State) { answer.SymbolFilters = filtersOf(m, &s.Market(m.id).Terms) })
	return object{answer}, err
}

// accountInfo answers with what is the same for every account.
func accountInfo(_ *Venue, c *call) (reply, *binance.Error) {
	return object{binance.AccountInfo{}}, c.args().end()
}
