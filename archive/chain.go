package archive

import "portcullis/core/instruction"

// What the writer asks of what is in the file already.
const (
	ownSpend   = "SELECT id FROM spends WHERE asset = ? AND tx = ?"
	minedAbove = "SELECT id FROM spends WHERE asset = ? AND height > ?"
)

// chain applies what happened on a chain.
func (w *writer) chain(r *instruction.Record, e instruction.Event) error {
	switch e := e.(type) {
	case *instruction.ChainSet:
		return w.exec(setChain, int64(e.Asset), int64(e.Terms.MinDeposit))
	case *instruction.BlockAdded:
		return w.block(r, e)
	case *instruction.Rewound:
		return w.rewound(e)
	case *instruction.DepositCredited:
		return w.exec(creditDeposit, int64(e.Asset), e.Coin.Tx[:], int64(e.Coin.Index), int64(r.Time))
	case *instruction.DepositUndone:
		return w.exec(undoDeposit, int64(e.Asset), e.Coin.Tx[:], int64(e.Coin.Index), int64(r.Time))
	case *instruction.SpendPlanned:
		return w.planned(r, e)
	case *instruction.SpendSigned:
		err := w.exec(signSpend, int64(e.Asset), int64(e.Spend), e.Tx[:]) // #nosec G115 -- counted from 1
		if err == nil {
			_, err = w.change(showSpend, int64(e.Asset), int64(e.Spend)) // #nosec G115 -- counted from 1
		}
		return err
	}
	return nil
}

// planned takes note of a spend: its payouts are under way from now on.
func (w *writer) planned(r *instruction.Record, e *instruction.SpendPlanned) error {
	asset, id := int64(e.Asset), int64(e.ID) // #nosec G115 -- counted from 1
	if err := w.exec(addSpend, asset, id); err != nil {
		return err
	}
	for _, one := range e.Payouts {
		payout := int64(one) // #nosec G115 -- counted from 1
		if err := w.exec(addPaid, asset, id, payout); err != nil {
			return err
		}
		if err := w.exec(setPayout, payout, int64(instruction.PayoutSending), int64(0), int64(r.Time), true); err != nil {
			return err
		}
	}
	return nil
}

// block takes note of the coins that a block brought, and of the venue's transactions in it.
func (w *writer) block(r *instruction.Record, e *instruction.BlockAdded) error {
	for i := range e.Received {
		if err := w.received(r, e, &e.Received[i]); err != nil {
			return err
		}
	}
	var last instruction.TxID
	for i := range e.Spent {
		by := e.Spent[i].By
		if by == last { // the coins of one transaction mostly follow each other
			continue
		}
		last = by
		own, err := w.own(e.Asset, &by)
		if err == nil {
			err = w.mined(e.Asset, own, int64(e.Height))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// own are the spends that have this transaction: one, or none.
func (w *writer) own(x instruction.Asset, tx *instruction.TxID) ([]int64, error) {
	return w.numbers(ownSpend, int64(x), tx[:])
}

// mined says in which block spends are, 0 for none, and has the payouts that they pay tell by which transaction.
func (w *writer) mined(x instruction.Asset, spends []int64, height int64) error {
	for _, id := range spends {
		if err := w.exec(mineSpend, int64(x), id, height); err != nil {
			return err
		}
	}
	for _, id := range spends {
		if _, err := w.change(showSpend, int64(x), id); err != nil {
			return err
		}
	}
	return nil
}

// received takes note of a coin: of a new one, or of one that a block had before that is not in the chain any more. What the
// venue's own transactions leave over is no deposit.
func (w *writer) received(r *instruction.Record, e *instruction.BlockAdded, x *instruction.Received) error {
	asset, tx := int64(e.Asset), x.Coin.Tx[:]
	if x.Account == instruction.Fees {
		own, err := w.own(e.Asset, &x.Coin.Tx)
		if err != nil || len(own) > 0 {
			return err
		}
	}
	n, err := w.change(findDeposit, asset, tx, int64(x.Coin.Index), int64(e.Height))
	if err != nil || n > 0 {
		return err
	}
	w.deposits++
	return w.exec(addDeposit, w.deposits, asset, tx, int64(x.Coin.Index), int64(x.Account), int64(x.Amount), int64(e.Height), int64(r.Time))
}

// rewound takes out of their blocks what lay above a height.
func (w *writer) rewound(e *instruction.Rewound) error {
	if _, err := w.change(liftDeposits, int64(e.Asset), int64(e.Height)); err != nil {
		return err
	}
	ids, err := w.numbers(minedAbove, int64(e.Asset), int64(e.Height))
	if err != nil {
		return err
	}
	return w.mined(e.Asset, ids, 0)
}

// numbers reads one column of what is in the file and in the transaction.
func (w *writer) numbers(text string, args ...any) (list []int64, err error) {
	rows, err := w.tx.Query(text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		list = append(list, n)
	}
	return list, rows.Err()
}
