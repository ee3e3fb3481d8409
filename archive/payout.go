package archive

import (
	"context"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Payout is a withdrawal that was taken up.
type Payout struct {
	ID         instruction.PayoutID
	Seq        uint64 // of the record that took it up
	Account    instruction.Account
	Credential instruction.Credential
	Asset      instruction.Asset
	Amount     money.Amount
	To         instruction.Destination
	Client     string // the client's own name for it
	State      instruction.PayoutState
	Why        instruction.Reason    // the gate's when it took it up
	End        instruction.MatterEnd // how its wait ended; 0 where it waits still, or never did
	Made       instruction.Time
	Updated    instruction.Time
}

const payoutColumns = "id, seq, account, credential, asset, amount, chain, address, tag, client, state, why, ended, made, updated"

func (p *Payout) fields() []any {
	return []any{&p.ID, &p.Seq, &p.Account, &p.Credential, &p.Asset, &p.Amount, &p.To.Chain, &p.To.Address, &p.To.Tag, &p.Client,
		&p.State, &p.Why, &p.End, &p.Made, &p.Updated}
}

var payoutTimes = column{last: "SELECT max(id) FROM payouts", at: "SELECT made FROM payouts WHERE id = ?"}

// Payouts are the account's payouts by ID: of one asset, or with asset 0 of all; of one name, or with "" of any. The range's
// times are of when they were taken up.
func (a *Archive) Payouts(ctx context.Context, account instruction.Account, asset instruction.Asset, client string, r Range) (rows []Payout, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, payoutTimes)
		if err != nil {
			return err
		}
		where, args := "", []any{int64(account), first, last, r.limit(), int64(asset)}
		if client != "" {
			where, args = " AND client = ?6", append(args, client)
		}
		rows, err = list(q, (*Payout).fields, "SELECT "+payoutColumns+" FROM payouts"+
			" WHERE account = ?1 AND id BETWEEN ?2 AND ?3 AND ?5 IN (0, asset)"+where+" ORDER BY id "+r.order()+" LIMIT ?4", args...)
		return err
	})
	return turn(r, rows), err
}

// payout applies what happened to a payout. How its wait ended is said in the same record, before.
func (w *writer) payout(r *instruction.Record, e instruction.Event) error {
	switch e := e.(type) {
	case *instruction.PayoutMade:
		return w.exec(addPayout, int64(e.ID), int64(r.Seq), int64(e.Account), int64(e.Credential), int64(e.Asset), int64(e.Amount), // #nosec G115 -- counted from 1
			e.To.Chain, e.To.Address, e.To.Tag, e.Client.String(), int64(e.State), int64(r.Verdict.Reason()), int64(0), int64(r.Time), int64(r.Time))
	case *instruction.MatterClosed:
		w.ended = e.End
	case *instruction.PayoutMoved:
		end := w.ended
		if e.State == instruction.PayoutSettled {
			end = 0
		}
		return w.exec(setPayout, int64(e.ID), int64(e.State), int64(end), int64(r.Time)) // #nosec G115 -- counted from 1
	}
	return nil
}
