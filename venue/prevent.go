package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// preventedMatches answers with what an account did not trade with itself.
func preventedMatches(v *Venue, c *call) (reply, *binance.Error) {
	q, err := c.params.PreventedQuery()
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	m, err := v.market(q.Symbol)
	if err != nil {
		return nil, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Prevention, error) {
		// #nosec G115 -- the dialect takes no sign in an id
		return v.history.archive.Preventions(ctx, c.account, m.id, instruction.Order(q.OrderID), instruction.Match(q.Match), q.Limit)
	})
	if err != nil {
		return nil, err
	}
	list := make([]binance.PreventedMatch, len(rows))
	for i := range rows {
		x := &rows[i]
		list[i] = binance.PreventedMatch{
			Symbol: m.symbol, PreventedMatchID: binance.ID(x.ID), TakerOrderID: binance.ID(x.Taker), MakerSymbol: m.symbol, MakerOrderID: binance.ID(x.Maker),
			TradeGroupID: -1, STPMode: binance.STPMode(x.Mode.String()), Price: m.price(x.Price), TransactTime: c.time(x.Time),
		}
		if x.TakerQty != 0 {
			list[i].TakerPreventedQuantity = m.baseAmount(x.TakerQty)
		}
		if x.MakerQty != 0 {
			list[i].MakerPreventedQuantity = m.baseAmount(x.MakerQty)
		}
	}
	return object{list}, nil
}
