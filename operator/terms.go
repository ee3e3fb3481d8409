package operator

import (
	"math"
	"strconv"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
)

// factorScale is the number of decimals of a factor of the last price.
const factorScale = money.Scale(4)

// setTerms changes those of a market's terms that are named, and leaves the others.
func (s *Server) setTerms(c *caller, in *SetTerms) (Outcome, *problem) {
	list, bad := s.markets([]string{in.Symbol})
	if bad != nil {
		return Outcome{}, bad
	}
	if *in == (SetTerms{Symbol: in.Symbol}) {
		return Outcome{}, wrong("malformed-command", "No term is named, so nothing would change: name those that do, such as min_notional.")
	}
	var t instruction.Terms
	var base, quote core.Asset
	if bad := s.read(func(st *core.State) {
		m := st.Market(list[0])
		t, base, quote = m.Terms, *st.Asset(m.Base), *st.Asset(m.Quote)
	}); bad != nil {
		return Outcome{}, bad
	}
	for _, change := range []func() *problem{
		func() *problem { return in.amounts(&t, base, quote) }, func() *problem { return in.factors(&t.Filters) },
		func() *problem { return in.counts(&t.Filters) },
	} {
		if bad := change(); bad != nil {
			return Outcome{}, bad
		}
	}
	for text, into := range map[*string]*bool{&in.MaxToMarket: &t.Filters.MaxToMarket, &in.MinSparesMarket: &t.Filters.MinSparesMarket} {
		switch *text {
		case "":
		case "yes", "no":
			*into = *text == "yes"
		default:
			return Outcome{}, wrong("malformed-command", "%q is neither yes nor no.", *text)
		}
	}
	return s.do(c, &instruction.SetTerms{Market: list[0], Terms: t}, nil)
}

// amounts reads the amounts and prices that are named.
func (in *SetTerms) amounts(t *instruction.Terms, base, quote core.Asset) *problem {
	low, high := money.Amount(t.MinPrice), money.Amount(t.MaxPrice)
	f := &t.Filters
	for _, x := range []struct {
		field, text string
		of          core.Asset
		into        *money.Amount
	}{
		{"min_price", in.MinPrice, quote, &low}, {"max_price", in.MaxPrice, quote, &high}, {"min_notional", in.MinNotional, quote, &t.MinNotional},
		{"max_notional", in.MaxNotional, quote, &f.MaxNotional}, {"min_qty", in.MinQty, base, &f.MinQty}, {"max_qty", in.MaxQty, base, &t.MaxQty},
		{"market_min_qty", in.MarketMinQty, base, &f.MarketMinQty}, {"market_max_qty", in.MarketMaxQty, base, &f.MarketMaxQty},
		{"max_position", in.MaxPosition, base, &f.MaxPosition},
	} {
		if x.text == "" {
			continue
		}
		n, err := money.Parse(x.text, x.of.Scale)
		if err != nil {
			return badNumber(x.field, x.text, x.of, err)
		}
		*x.into = n
	}
	t.MinPrice, t.MaxPrice = money.Price(low), money.Price(high)
	return nil
}

// factors reads the factors of the last price that are named.
func (in *SetTerms) factors(f *instruction.Filters) *problem {
	for _, x := range []struct {
		field, text string
		into        *instruction.Multiplier
	}{{"bid_up", in.BidUp, &f.BidUp}, {"bid_down", in.BidDown, &f.BidDown}, {"ask_up", in.AskUp, &f.AskUp}, {"ask_down", in.AskDown, &f.AskDown}} {
		if x.text == "" {
			continue
		}
		n, err := money.Parse(x.text, factorScale)
		if err != nil || n > math.MaxUint32 {
			return wrong("malformed-number", "%s is a factor of the last price with at most %d decimals, such as 1.2; not %q.", x.field, factorScale, x.text)
		}
		*x.into = instruction.Multiplier(n) // #nosec G115 -- just checked
	}
	return nil
}

// counts reads the counts and distances that are named.
func (in *SetTerms) counts(f *instruction.Filters) *problem {
	for _, x := range []struct {
		field, text string
		into        *uint16
	}{
		{"iceberg_parts", in.IcebergParts, &f.IcebergParts}, {"max_orders", in.MaxOrders, &f.MaxOrders}, {"max_algo_orders", in.MaxAlgo, &f.MaxAlgo},
		{"max_iceberg_orders", in.MaxIcebergs, &f.MaxIcebergs}, {"max_order_lists", in.MaxLists, &f.MaxLists}, {"max_amends", in.MaxAmends, &f.MaxAmends},
		{"trail_above_min", in.TrailAboveMin, &f.TrailAboveMin}, {"trail_above_max", in.TrailAboveMax, &f.TrailAboveMax},
		{"trail_below_min", in.TrailBelowMin, &f.TrailBelowMin}, {"trail_below_max", in.TrailBelowMax, &f.TrailBelowMax},
	} {
		if x.text == "" {
			continue
		}
		n, err := strconv.ParseUint(x.text, 10, 16)
		if err != nil {
			return wrong("malformed-number", "%s is a whole number up to 65535, 0 for what holds where nothing is said; not %q.", x.field, x.text)
		}
		*x.into = uint16(n) // #nosec G115 -- read as such
	}
	return nil
}
