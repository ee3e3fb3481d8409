package archive

import (
	"context"
	"math"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Transfer is value that came in from outside.
type Transfer struct {
	Seq     uint64 // of the record
	Account instruction.Account
	Asset   instruction.Asset
	Amount  money.Amount
	Ref     string
	Time    instruction.Time
}

const transferColumns = "seq, account, asset, amount, ref, time"

func (t *Transfer) fields() []any {
	return []any{&t.Seq, &t.Account, &t.Asset, &t.Amount, &t.Ref, &t.Time}
}

// Transfers are the account's transfers, of one asset or with asset 0 of all, by Seq.
func (a *Archive) Transfers(ctx context.Context, account instruction.Account, asset instruction.Asset, r Range) (rows []Transfer, err error) {
	err = a.look(ctx, func(q query) error {
		ids := r
		if r.From > 1 { // the range speaks of sequences, the rows have ids of their own
			first, err := q.find(transferSeqs, int64(min(r.From, math.MaxInt64)))
			if err != nil {
				return err
			}
			ids.From = uint64(first)
		}
		first, last, err := q.ids(ids, transferTimes)
		if err != nil {
			return err
		}
		where, args := "", []any{int64(account), first, last, r.limit()}
		if asset != 0 {
			where, args = " AND asset = ?5", append(args, int64(asset))
		}
		rows, err = list(q, (*Transfer).fields, "SELECT "+transferColumns+" FROM transfers"+
			" WHERE account = ?1 AND id BETWEEN ?2 AND ?3"+where+" ORDER BY id "+r.order()+" LIMIT ?4", args...)
		return err
	})
	return turn(r, rows), err
}
