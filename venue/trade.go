package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

func myTrades(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange()
	if err == nil {
		err = withinDay(&r)
	}
	if err != nil {
		return nil, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Fill, error) {
		// #nosec G115 -- the dialect takes no sign in an id
		return v.history.archive.Fills(ctx, c.account, m.id, instruction.Order(r.OrderID), rangeOf(&r, fromID(&r)))
	})
	if err != nil {
		return nil, err
	}
	list := make([]binance.MyTrade, len(rows))
	for i := range rows {
		list[i] = myTrade(c, m, &rows[i])
	}
	return written(func(dst []byte) []byte { return binance.AppendMyTrades(dst, list) }), nil
}

func myTrade(c *call, m *market, f *archive.Fill) binance.MyTrade {
	fee, asset := m.fee(f.Fee, f.FeeAsset)
	return binance.MyTrade{
		Symbol: m.symbol, ID: binance.ID(f.Trade), OrderID: binance.ID(f.Order), OrderListID: binance.NoList,
		Price: m.price(f.Price), Qty: m.baseAmount(f.Qty), QuoteQty: m.quoteAmount(f.Quote), Commission: fee, CommissionAsset: asset,
		Time: c.time(f.Time), IsBuyer: f.Side == instruction.Buy, IsMaker: f.Maker, IsBestMatch: true,
	}
}

// trades answers with a market's newest trades.
func trades(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m, limit := a.market(v), a.limit(binance.DefaultLimit, binance.MaxLimit)
	if err := a.end(); err != nil {
		return nil, err
	}
	return v.publicTrades(c, m, archive.Range{Limit: limit})
}

// historicalTrades answers with trades from an id on, or the newest.
func historicalTrades(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("orderId", "startTime", "endTime")
	if err != nil {
		return nil, err
	}
	return v.publicTrades(c, m, rangeOf(&r, fromID(&r)))
}

func (v *Venue) publicTrades(c *call, m *market, r archive.Range) (reply, *binance.Error) {
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Trade, error) {
		return v.history.archive.Trades(ctx, m.id, r)
	})
	if err != nil {
		return nil, err
	}
	list := make([]binance.PublicTrade, len(rows))
	for i := range rows {
		t := &rows[i]
		list[i] = binance.PublicTrade{
			ID: binance.ID(t.ID), Price: m.price(t.Price), Qty: m.baseAmount(t.Qty), QuoteQty: m.quoteAmount(t.Quote),
			Time: c.time(t.Time), IsBuyerMaker: t.BuyerMaker, IsBestMatch: true,
		}
	}
	return written(func(dst []byte) []byte { return binance.AppendPublicTrades(dst, list) }), nil
}
