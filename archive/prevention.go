package archive

import (
	"cmp"
	"context"
	"math"
	"slices"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Prevention is a match that did not become a trade, since both orders were of one account.
type Prevention struct {
	Market       instruction.Market
	ID           instruction.Match
	Account      instruction.Account
	Mode         instruction.SelfTrade
	Taker, Maker instruction.Order
	Price        money.Price
	TakerQty     money.Amount // that the taker lost, in base units
	MakerQty     money.Amount
	Time         instruction.Time
}

const preventionColumns = "market, id, account, mode, taker, maker, price, taker_qty, maker_qty, time"

func (p *Prevention) fields() []any {
	return []any{&p.Market, &p.ID, &p.Account, &p.Mode, &p.Taker, &p.Maker, &p.Price, &p.TakerQty, &p.MakerQty, &p.Time}
}

// Preventions are the prevented matches of an order of the account, from an id on; with order 0, the one of that id.
func (a *Archive) Preventions(ctx context.Context, account instruction.Account, market instruction.Market, order instruction.Order, from instruction.Match, limit int) (rows []Prevention, err error) {
	if order > 1<<62 || from > 1<<62 {
		return nil, nil
	}
	n := Range{Limit: limit}.limit()
	find, last := []string{" WHERE market = ?1 AND id BETWEEN ?2 AND ?6 AND ?4 = 0"}, int64(from)
	if order != 0 { // apart, so that each goes by its index
		last = math.MaxInt64
		find = []string{" INDEXED BY preventions_by_taker WHERE market = ?1 AND taker = ?4 AND id BETWEEN ?2 AND ?6",
			" INDEXED BY preventions_by_maker WHERE market = ?1 AND maker = ?4 AND id BETWEEN ?2 AND ?6"}
	}
	err = a.look(ctx, func(q query) error {
		for _, where := range find {
			some, err := list(q, (*Prevention).fields, "SELECT "+preventionColumns+" FROM preventions"+where+" AND account = ?3 ORDER BY id LIMIT ?5",
				int64(market), int64(from), int64(account), int64(order), n, last)
			if err != nil {
				return err
			}
			rows = append(rows, some...)
		}
		return nil
	})
	slices.SortFunc(rows, func(x, y Prevention) int { return cmp.Compare(x.ID, y.ID) })
	return rows[:min(n, len(rows))], err
}
