package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// maxAggTrades is how many trades one request goes through to put them together: more than one taker order can make.
const maxAggTrades = core.MaxFills + 2*archive.MaxLimit

// aggregate is a run of trades of one taker order at one price. Its id is that of its first trade.
type aggregate struct {
	archive.Trade
	last instruction.Trade
}

// aggTrades answers with the aggregates that begin in the range.
func aggTrades(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("orderId")
	if err != nil {
		return nil, err
	}
	list, err := ask(v.history, c, func(ctx context.Context) ([]aggregate, error) {
		return aggregates(ctx, v.history.archive, m.id, rangeOf(&r, fromID(&r)))
	})
	if err != nil {
		return nil, err
	}
	answer := make([]binance.AggTrade, len(list))
	for i, x := range list {
		answer[i] = binance.AggTrade{
			ID: binance.ID(x.ID), Price: m.price(x.Price), Qty: m.baseAmount(x.Qty), FirstTradeID: binance.ID(x.ID), LastTradeID: binance.ID(x.last),
			Time: c.time(x.Time), IsBuyerMaker: x.BuyerMaker, IsBestMatch: true,
		}
	}
	return written(func(dst []byte) []byte { return binance.AppendAggTrades(dst, answer) }), nil
}

// sameOrder says whether a trade is of the same taker order, at the same price, as the one before it.
func sameOrder(before, t *archive.Trade) bool {
	return before.Taker == t.Taker && before.Price == t.Price
}

// aggregates are the first ones of a range that has a start, else the newest.
func aggregates(ctx context.Context, a *archive.Archive, m instruction.Market, r archive.Range) ([]aggregate, error) {
	one := r
	one.Limit = 1
	anchor, err := a.Trades(ctx, m, one)
	if err != nil || len(anchor) == 0 {
		return nil, err
	}
	id := anchor[0].ID
	if r.From != 0 || r.Start != 0 {
		return collect(ctx, a, m, id, r.End, r.Limit)
	}
	for _, back := range []instruction.Trade{archive.MaxLimit, maxAggTrades} { // mostly the first is enough
		list, err := collect(ctx, a, m, max(id, back)-back+1, r.End, maxAggTrades)
		if err != nil || len(list) > 0 {
			return list[max(0, len(list)-r.Limit):], err
		}
	}
	return nil, nil
}

// collect puts together the trades from an id on. An aggregate that began before it is left out, and so is one that was
// not gone through whole.
func collect(ctx context.Context, a *archive.Archive, m instruction.Market, from instruction.Trade, end instruction.Time, limit int) ([]aggregate, error) {
	var list []aggregate
	var before archive.Trade
	next := max(from, 2) - 1 // the trade before tells whether the first one begins an aggregate
	for range maxAggTrades / archive.MaxLimit {
		rows, err := a.Trades(ctx, m, archive.Range{From: uint64(next), End: end, Limit: archive.MaxLimit})
		if err != nil {
			return nil, err
		}
		for i := range rows {
			t := &rows[i]
			switch goesOn := before.ID != 0 && sameOrder(&before, t); {
			case goesOn && len(list) > 0:
				x := &list[len(list)-1]
				x.Qty, x.last = x.Qty+t.Qty, t.ID // parts of one order's quantity
			case !goesOn && t.ID >= from && len(list) == limit:
				return list, nil
			case !goesOn && t.ID >= from:
				list = append(list, aggregate{*t, t.ID})
			}
			before = *t
		}
		if len(rows) < archive.MaxLimit {
			return list, nil
		}
		next = before.ID + 1
	}
	return list[:max(0, len(list)-1)], nil
}
