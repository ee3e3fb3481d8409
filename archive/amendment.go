package archive

import (
	"context"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Amendment is a change of an order that stayed where it was.
type Amendment struct {
	Order       instruction.Order
	Seq         uint64 // of the record
	Was, Client instruction.ClientID
	WasQty, Qty money.Amount // base units
	Time        instruction.Time
}

func (m *Amendment) fields() []any {
	return []any{&m.Order, &m.Seq, clientID{&m.Was}, clientID{&m.Client}, &m.WasQty, &m.Qty, &m.Time}
}

// Amendments are those of one order of the account, from the record of that sequence on.
func (a *Archive) Amendments(ctx context.Context, account instruction.Account, order instruction.Order, from uint64, limit int) (rows []Amendment, err error) {
	if order > 1<<62 || from > 1<<62 {
		return nil, nil
	}
	r := Range{Limit: limit}
	err = a.look(ctx, func(q query) (err error) {
		rows, err = list(q, (*Amendment).fields, "SELECT order_id, seq, was_client, client, was_qty, qty, time FROM amendments"+
			" WHERE order_id = ? AND seq >= ? AND account = ? ORDER BY seq LIMIT ?", int64(order), int64(from), int64(account), r.limit())
		return err
	})
	return rows, err
}
