package operator

import (
	"cmp"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// feeScale is the number of decimals of a fee as a fraction: fees are counted in parts per million.
const feeScale = money.Scale(6)

func (s *Server) addMarket(c *caller, in *AddMarket) (MarketAdded, *problem) {
	r := MarketAdded{Symbol: in.Base + in.Quote}
	base, b, bad := s.asset(in.Base)
	if bad != nil {
		return r, bad
	}
	quote, q, bad := s.asset(in.Quote)
	if bad != nil {
		return r, bad
	}
	terms, bad := terms(in, b, q)
	if bad != nil {
		return r, bad
	}
	switch in.FeeIn {
	case "", "RECEIVED":
	case "BASE":
		terms.FeeIn = base
	case "QUOTE":
		terms.FeeIn = quote
	default:
		return r, wrong("malformed-definition", "Fees are charged in RECEIVED (what each side receives), BASE or QUOTE, and not in %q.", in.FeeIn)
	}
	r.Outcome, bad = s.do(c, &instruction.AddMarket{Base: base, Quote: quote, Terms: terms}, func(e instruction.Event) {
		if e, ok := e.(*instruction.MarketAdded); ok {
			r.Market = uint16(e.ID)
		}
	})
	if bad != nil && bad.outcome.Refusal.Code == instruction.MalformedDefinition.String() {
		bad.outcome.Refusal.Sentence += " Prices are multiples of the tick and quantities of the lot; the lowest price is at least one tick, and " +
			"one lot at it is worth at least the smallest unit of " + in.Quote + "; base and quote differ; fees are below 1."
	}
	return r, bad
}

// terms reads the numbers of a market.
func terms(in *AddMarket, base, quote core.Asset) (instruction.Terms, *problem) {
	var t instruction.Terms
	var bad *problem
	var tick, low, high money.Amount
	if t.MakerFee, t.TakerFee, bad = rates(cmp.Or(in.MakerFee, "0"), cmp.Or(in.TakerFee, "0")); bad != nil {
		return t, bad
	}
	for _, x := range []struct {
		field, text string
		of          core.Asset
		into        *money.Amount
	}{
		{"tick", in.Tick, quote, &tick},
		{"min_price", in.MinPrice, quote, &low},
		{"max_price", in.MaxPrice, quote, &high},
		{"lot", in.Lot, base, &t.Lot},
		{"max_qty", in.MaxQty, base, &t.MaxQty},
		{"min_notional", cmp.Or(in.MinNotional, "0"), quote, &t.MinNotional},
	} {
		n, err := money.Parse(x.text, x.of.Scale)
		if err != nil {
			return t, badNumber(x.field, x.text, x.of, err)
		}
		*x.into = n
	}
	t.Tick, t.MinPrice, t.MaxPrice = money.Price(tick), money.Price(low), money.Price(high)
	return t, nil
}

func (s *Server) listMarkets(*caller, *Nothing) (Markets, *problem) {
	r := Markets{Markets: []Market{}}
	bad := s.read(func(st *core.State) {
		for _, m := range st.Markets() {
			r.Markets = append(r.Markets, market(st, m))
		}
	})
	return r, bad
}

// market is one market as a reply shows it.
func market(st *core.State, m *core.Market) Market {
	base, quote := st.Scales(m)
	t := &m.Terms
	r := Market{
		Market: uint16(m.ID), Symbol: m.Symbol, State: m.State.String(), OpenOrders: m.Book.Len(),
		AddMarket: AddMarket{
			Base: st.Asset(m.Base).Symbol, Quote: st.Asset(m.Quote).Symbol,
			Tick: t.Tick.Text(quote), MinPrice: t.MinPrice.Text(quote), MaxPrice: t.MaxPrice.Text(quote),
			Lot: t.Lot.Text(base), MaxQty: t.MaxQty.Text(base), MinNotional: t.MinNotional.Text(quote),
			MakerFee: money.Amount(t.MakerFee).Text(feeScale), TakerFee: money.Amount(t.TakerFee).Text(feeScale),
			FeeIn: "RECEIVED",
		},
	}
	switch t.FeeIn {
	case m.Base:
		r.FeeIn = "BASE"
	case m.Quote:
		r.FeeIn = "QUOTE"
	}
	if m.LastPrice != 0 {
		r.LastPrice = m.LastPrice.Text(quote)
	}
	return r
}

func (s *Server) setMarket(c *caller, in *SetMarket) (Outcome, *problem) {
	state, err := instruction.ParseMarketState(in.State)
	if err != nil {
		return Outcome{}, wrong("malformed-command", "%s", sentence(err))
	}
	list, bad := s.markets([]string{in.Symbol})
	if bad != nil {
		return Outcome{}, bad
	}
	return s.do(c, &instruction.SetMarket{Market: list[0], State: state}, nil)
}

// markets are the markets of these symbols.
func (s *Server) markets(symbols []string) ([]instruction.Market, *problem) {
	var list []instruction.Market
	unknown := ""
	if bad := s.read(func(st *core.State) {
		for _, name := range symbols {
			m := st.MarketNamed(name)
			if m == nil {
				unknown = name
				return
			}
			list = append(list, m.ID)
		}
	}); bad != nil {
		return nil, bad
	}
	if len(list) < len(symbols) {
		return nil, wrong("unknown-market", "There is no market %q. Its symbol is the two assets' written together, such as BTCUSDT; see the list of markets.", unknown)
	}
	return list, nil
}
