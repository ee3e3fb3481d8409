package archive

import (
	"context"
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Deposit is a coin that a block gave to an address of the venue.
type Deposit struct {
	ID       int64
	Asset    instruction.Asset
	Coin     instruction.Outpoint
	Account  instruction.Account // whose address it went to; Fees for the hot address
	Amount   money.Amount
	Dust     bool             // it is less than is credited, and never is
	Height   uint32           // of its block, 0 while it is in none
	Seen     instruction.Time // when a block had it first
	Credited instruction.Time // 0 while it is not
	Undone   instruction.Time // when its credit was taken back last, since its block was undone; 0 for never
}

const depositColumns = "id, asset, tx, vout, account, amount, dust, height, seen, credited, undone"

func (d *Deposit) fields() []any {
	return []any{&d.ID, &d.Asset, (*txColumn)(&d.Coin.Tx), &d.Coin.Index, &d.Account, &d.Amount, &d.Dust, &d.Height, &d.Seen, &d.Credited, &d.Undone}
}

var depositTimes = column{last: "SELECT max(id) FROM deposits", at: "SELECT seen FROM deposits WHERE id = ?"}

// Deposits are the account's deposits by ID: of one asset, or with asset 0 of all; of one transaction, or with the zero one of any.
// The range's times are of when they were first seen.
func (a *Archive) Deposits(ctx context.Context, account instruction.Account, asset instruction.Asset, tx instruction.TxID, r Range) (rows []Deposit, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, depositTimes)
		if err != nil {
			return err
		}
		where, args := "", []any{int64(account), first, last, r.limit()}
		switch {
		case !tx.IsZero():
			where, args = " AND tx = ?5 AND ?6 IN (0, asset)", append(args, tx[:], int64(asset))
		case asset != 0:
			where, args = " AND asset = ?5", append(args, int64(asset))
		}
		rows, err = list(q, (*Deposit).fields, "SELECT "+depositColumns+" FROM deposits"+
			" WHERE account = ?1 AND id BETWEEN ?2 AND ?3"+where+" ORDER BY id "+r.order()+" LIMIT ?4", args...)
		return err
	})
	return turn(r, rows), err
}

// txColumn reads the hash of a transaction; nothing is the zero hash.
type txColumn instruction.TxID

func (t *txColumn) Scan(v any) error {
	b, ok := v.([]byte)
	*t = txColumn{}
	if !ok || len(b) != 0 && len(b) != len(t) {
		return fmt.Errorf("%T of %d bytes is no transaction", v, len(b))
	}
	copy(t[:], b)
	return nil
}
