package archive

import (
	"context"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Trade is one match, as everybody may see it.
type Trade struct {
	ID         instruction.Trade
	Price      money.Price
	Qty        money.Amount // base units
	Quote      money.Amount // quote units
	Time       instruction.Time
	BuyerMaker bool              // the taker sold
	Taker      instruction.Order // the order that took
}

const tradeColumns = "id, price, qty, quote, time, taker_side = 2, taker"

func (t *Trade) fields() []any {
	return []any{&t.ID, &t.Price, &t.Qty, &t.Quote, &t.Time, &t.BuyerMaker, &t.Taker}
}

// Trades are the market's trades by id.
func (a *Archive) Trades(ctx context.Context, market instruction.Market, r Range) (rows []Trade, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, tradeTimes(market))
		if err == nil {
			rows, err = list(q, (*Trade).fields, "SELECT "+tradeColumns+" FROM trades"+
				" WHERE market = ? AND id BETWEEN ? AND ? ORDER BY id "+r.order()+" LIMIT ?",
				int64(market), first, last, r.limit())
		}
		return err
	})
	return turn(r, rows), err
}

// Fill is one side of a match. An account that trades with itself has two to a trade, the taker's first.
type Fill struct {
	Market   instruction.Market
	Trade    instruction.Trade
	Order    instruction.Order
	Account  instruction.Account
	Side     instruction.Side // of the order
	Maker    bool
	Price    money.Price
	Qty      money.Amount      // base units
	Quote    money.Amount      // quote units
	Fee      money.Amount      // in units of FeeAsset; below 0, a rebate
	FeeAsset instruction.Asset // the base or the quote asset
	Time     instruction.Time
}

const fillColumns = "f.market, f.trade, f.order_id, f.account, iif(f.maker, 3 - t.taker_side, t.taker_side), f.maker," +
	" t.price, t.qty, t.quote, iif(f.maker, t.maker_fee, t.taker_fee)," +
	" iif(iif(f.maker, t.maker_fee_in, t.taker_fee_in) > 0, iif(f.maker, t.maker_fee_in, t.taker_fee_in)," +
	" iif(f.maker = (t.taker_side = 2), m.base, m.quote)), t.time"

func (f *Fill) fields() []any {
	return []any{&f.Market, &f.Trade, &f.Order, &f.Account, &f.Side, &f.Maker, &f.Price, &f.Qty, &f.Quote, &f.Fee, &f.FeeAsset, &f.Time}
}

// Fills are the account's fills in the market by trade; of one order, or with order 0 of all.
func (a *Archive) Fills(ctx context.Context, account instruction.Account, market instruction.Market, order instruction.Order, r Range) (rows []Fill, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, tradeTimes(market))
		if err != nil {
			return err
		}
		where, args := "", []any{int64(account), int64(market), first, last, r.limit()}
		if order != 0 {
			where, args = " AND f.order_id = ?6", append(args, int64(order))
		}
		// CROSS JOIN keeps SQLite from beginning with another table than the fills; of a BETWEEN it would here look
		// only for the lower end.
		rows, err = list(q, (*Fill).fields, "SELECT "+fillColumns+" FROM fills f"+
			" CROSS JOIN trades t ON t.market = f.market AND t.id = f.trade CROSS JOIN markets m ON m.id = f.market"+
			" WHERE f.account = ?1 AND f.market = ?2 AND f.trade >= ?3 AND f.trade <= ?4"+where+
			" ORDER BY f.trade "+r.order()+", f.maker "+r.order()+" LIMIT ?5", args...)
		return err
	})
	return turn(r, rows), err
}
