package archive

import (
	"context"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Move is a transfer between two accounts of one customer.
type Move struct {
	ID       instruction.TransferID
	Seq      uint64              // of the record
	Customer instruction.Account // the master account
	From, To instruction.Account
	Asset    instruction.Asset
	Amount   money.Amount
	Client   string // the customer's own name for it
	Time     instruction.Time
}

const moveColumns = "id, seq, customer, from_account, to_account, asset, amount, client, time"

func (m *Move) fields() []any {
	return []any{&m.ID, &m.Seq, &m.Customer, &m.From, &m.To, &m.Asset, &m.Amount, &m.Client, &m.Time}
}

// Between says which of a customer's moves are wanted: 0 is any account; Of is one that is at either end.
type Between struct{ From, To, Of instruction.Account }

// Moves are the customer's moves by ID.
func (a *Archive) Moves(ctx context.Context, customer instruction.Account, b Between, r Range) (rows []Move, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, moveTimes)
		if err != nil {
			return err
		}
		rows, err = list(q, (*Move).fields, "SELECT "+moveColumns+" FROM moves"+
			" WHERE customer = ?1 AND id BETWEEN ?2 AND ?3 AND ?5 IN (0, from_account) AND ?6 IN (0, to_account)"+
			" AND ?7 IN (0, from_account, to_account) ORDER BY id "+r.order()+" LIMIT ?4",
			int64(customer), first, last, r.limit(), int64(b.From), int64(b.To), int64(b.Of))
		return err
	})
	return turn(r, rows), err
}
