package archive

import (
	"context"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Code is a gift code, as its issuer sees it: neither its text nor its hash is here.
type Code struct {
	ID         instruction.CodeID
	Batch      instruction.CodeID // the first of those that were issued together
	Seq        uint64             // of the record that issued it
	Account    instruction.Account
	Credential instruction.Credential // by which it was issued
	Asset      instruction.Asset
	Amount     money.Amount
	Client     string // the issuer's name for the batch
	Made       instruction.Time
	Expires    instruction.Time
	State      instruction.CodeState
	Expired    bool                 // returned by time
	Into       instruction.Account  // claimed into; 0 for outside
	Payout     instruction.PayoutID // claimed by; 0 for none
	Updated    instruction.Time
}

const codeColumns = "id, batch, seq, account, credential, asset, amount, client, made, expires, state, expired, into_account, payout, updated"

func (c *Code) fields() []any {
	return []any{&c.ID, &c.Batch, &c.Seq, &c.Account, &c.Credential, &c.Asset, &c.Amount, &c.Client, &c.Made, &c.Expires,
		&c.State, &c.Expired, &c.Into, &c.Payout, &c.Updated}
}

var codeTimes = column{last: "SELECT max(id) FROM codes", at: "SELECT made FROM codes WHERE id = ?"}

// Codes are the gift codes that an account issued, by ID: those of one batch's name, or with "" of any. The range's times are of when
// they were issued.
func (a *Archive) Codes(ctx context.Context, account instruction.Account, client string, r Range) (rows []Code, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, codeTimes)
		if err != nil {
			return err
		}
		where, args := "", []any{int64(account), first, last, r.limit()}
		if client != "" {
			where, args = " AND client = ?5", append(args, client)
		}
		rows, err = list(q, (*Code).fields, "SELECT "+codeColumns+" FROM codes"+
			" WHERE account = ?1 AND id BETWEEN ?2 AND ?3"+where+" ORDER BY id "+r.order()+" LIMIT ?4", args...)
		return err
	})
	return turn(r, rows), err
}

// code applies what happened to gift codes. Numbers are counted from 1.
func (w *writer) code(r *instruction.Record, e instruction.Event) error {
	switch e := e.(type) {
	case *instruction.CodesIssued:
		for i := range e.Codes {
			err := w.exec(addCode, int64(e.First)+int64(i), int64(e.First), int64(r.Seq), int64(e.Account), int64(e.Credential), int64(e.Asset), // #nosec G115 -- counted from 1
				int64(e.Amount), e.Client.String(), int64(r.Time), int64(e.Expires), int64(instruction.LiveCode), int64(r.Time))
			if err != nil {
				return err
			}
		}
	case *instruction.CodeClaimed:
		return w.exec(claimCode, int64(e.ID), int64(instruction.ClaimedCode), int64(e.Account), int64(e.Payout), int64(r.Time)) // #nosec G115 -- counted from 1
	case *instruction.CodeReturned:
		return w.exec(returnCode, int64(e.ID), int64(instruction.ReturnedCode), e.Expired, int64(r.Time)) // #nosec G115 -- counted from 1
	case *instruction.PayoutMoved:
		if e.Account == instruction.Fees && e.State == instruction.PayoutCancelled {
			return w.exec(unpaidCode, int64(e.ID), int64(instruction.ReturnedCode), int64(r.Time)) // #nosec G115 -- counted from 1
		}
	}
	return nil
}
