package archive

import (
	"context"
	"math"

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
	Fee        money.Amount // of the amount, what does not arrive
	Stopping   bool         // it was asked that it be cancelled

	// The transaction that pays it: of those that are signed the one in a block, else the newest. Zero where there is none.
	Spend  instruction.SpendID
	Tx     instruction.TxID
	Height uint32 // of its block, 0 while it is in none
}

const payoutColumns = "id, seq, account, credential, asset, amount, chain, address, tag, client, state, why, ended, made, updated, fee, stopping"

func (p *Payout) fields() []any {
	return []any{&p.ID, &p.Seq, &p.Account, &p.Credential, &p.Asset, &p.Amount, &p.To.Chain, &p.To.Address, &p.To.Tag, &p.Client,
		&p.State, &p.Why, &p.End, &p.Made, &p.Updated, &p.Fee, &p.Stopping, &p.Spend, (*txColumn)(&p.Tx), &p.Height}
}

// payoutRows are payouts with the transaction that pays them.
const payoutRows = "SELECT p.id, seq, account, credential, p.asset, amount, chain, address, tag, client, state, why, ended, made, updated, fee, stopping," +
	" spend, coalesce(s.tx, x''), coalesce(s.height, 0) FROM payouts AS p LEFT JOIN spends AS s ON s.asset = p.asset AND s.id = p.spend"

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
		rows, err = list(q, (*Payout).fields, payoutRows+
			" WHERE account = ?1 AND p.id BETWEEN ?2 AND ?3 AND ?5 IN (0, p.asset)"+where+" ORDER BY p.id "+r.order()+" LIMIT ?4", args...)
		return err
	})
	return turn(r, rows), err
}

// Payout is the payout of that number. ErrNotFound: there is none.
func (a *Archive) Payout(ctx context.Context, id instruction.PayoutID) (p Payout, err error) {
	err = a.look(ctx, func(q query) error {
		rows, err := list(q, (*Payout).fields, payoutRows+" WHERE p.id = ?", int64(min(id, math.MaxInt64))) // #nosec G115 -- bounded
		if err == nil && len(rows) == 0 {
			return ErrNotFound
		}
		if err == nil {
			p = rows[0]
		}
		return err
	})
	return p, err
}

// payout applies what happened to a payout. How its wait ended is said in the same record, before.
func (w *writer) payout(r *instruction.Record, e instruction.Event) error {
	switch e := e.(type) {
	case *instruction.PayoutMade:
		return w.exec(addPayout, int64(e.ID), int64(r.Seq), int64(e.Account), int64(e.Credential), int64(e.Asset), int64(e.Amount), // #nosec G115 -- counted from 1
			e.To.Chain, e.To.Address, e.To.Tag, e.Client.String(), int64(e.State), int64(r.Verdict.Reason()), int64(0), int64(r.Time), int64(r.Time), int64(e.Fee))
	case *instruction.MatterClosed:
		w.ended = e.End
	case *instruction.PayoutMoved: // what is owed again, or cancelled, no transaction pays
		pays := e.State == instruction.PayoutSending || e.State == instruction.PayoutSettled
		return w.exec(setPayout, int64(e.ID), int64(e.State), int64(w.ended), int64(r.Time), pays) // #nosec G115 -- counted from 1
	case *instruction.PayoutStopping:
		return w.exec(stopPayout, int64(e.ID)) // #nosec G115 -- counted from 1
	}
	return nil
}
