package venue

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
	"portcullis/venue/fair"
)

// withdraw has a withdrawal taken up. The answer is its number, whether it goes out or waits for its owner: its status says
// which, in the history. One that was taken up before under its name is the first one's.
func withdraw(v *Venue, c *call) (reply, *binance.Error) {
	i, err := v.readWithdraw(c)
	if err != nil {
		return nil, err
	}
	if v.turns.Enter(c.ctx, line{account: c.account}, fair.Plain) != nil {
		return nil, binance.ErrServerBusy() // it never came to the engine
	}
	r, fault := v.instruct(c, i)
	if fault != nil {
		return nil, v.unavailable(fault)
	}
	if r.Verdict.Decision == instruction.Deny {
		return nil, v.undrawn(c, &r.Verdict)
	}
	var events instruction.Events
	r.Events(&events)
	for e := events.Next(); e != nil; e = events.Next() {
		switch e := e.(type) {
		case *instruction.PayoutMade:
			return object{binance.WithdrawApplied{ID: payoutID(e.ID)}}, nil
		case *instruction.PayoutKnown:
			return object{binance.WithdrawApplied{ID: payoutID(e.ID)}}, nil
		case *instruction.Refused:
			return nil, v.unsent(i, e.Reason)
		}
	}
	return nil, binance.ErrUnexpectedResponse()
}

func payoutID(id instruction.PayoutID) string { return strconv.FormatUint(uint64(id), 10) }

// readWithdraw reads what is asked for. Each asset moves on one chain, which is named as the asset is.
func (v *Venue) readWithdraw(c *call) (*instruction.Withdraw, *binance.Error) {
	w, err := c.params.Withdraw()
	if err != nil {
		return nil, err
	}
	a := c.args()
	a.flag("transactionFeeFlag", false) // of transfers between customers
	if err := a.end(); err != nil {
		return nil, err
	}
	i := &instruction.Withdraw{To: instruction.Destination{Chain: w.Coin, Address: w.Address, Tag: w.Tag}}
	var scale money.Scale
	if err := v.read(func(s *core.State) {
		if i.Asset = s.AssetNamed(w.Coin); i.Asset != 0 {
			scale = s.Asset(i.Asset).Scale
		}
	}); err != nil {
		return nil, err
	}
	switch {
	case i.Asset == 0:
		return nil, noSuchCoin()
	case w.Network != "" && w.Network != w.Coin:
		return nil, wrongNetwork(w.Coin)
	}
	if err := v.reaches(i.Asset, &i.To); err != nil {
		return nil, err
	}
	if i.Amount, err = units("amount", w.Amount, scale); err != nil {
		return nil, err
	}
	if w.ClientID == "" {
		return i, nil
	}
	i.Client, err = clientID("withdrawOrderId", w.ClientID)
	return i, err
}

// withdrawalCodes are the dialect's errors of withdrawals, by reason; the others are told as for any request.
var withdrawalCodes = map[instruction.Reason]int{
	instruction.InsufficientBalance: binance.NoBalance,
	instruction.ProceedsWithheld:    binance.NoBalance,
	instruction.DepositOwed:         binance.WithdrawalsLimited,
	instruction.MalformedAddress:    binance.IllegalAddress,
	instruction.AddressOfVenue:      binance.IllegalAddress,
	instruction.TagUnknown:          binance.IllegalTag,
	instruction.WithdrawTooSmall:    binance.BelowMinimum,
	instruction.AddressNotListed:    binance.AddressNotListed,
	instruction.AddressWaits:        binance.AddressWaits,
	instruction.WithdrawalOverCap:   binance.OverCap,
	instruction.TooMany:             binance.WithdrawalsLimited,
}

// unpaid is the answer to a withdrawal that was refused.
func unpaid(r instruction.Reason) *binance.Error {
	switch n := withdrawalCodes[r]; {
	case r == instruction.WithdrawNameTaken:
		return binance.ErrInvalidData("withdrawOrderId", r.Sentence())
	case r == instruction.TooMany:
		return binance.ErrWithdrawal(n, "Too many of this account's withdrawals wait or are under way. Answer those that wait with the owner's key, or try again later.")
	case n != 0:
		return binance.ErrWithdrawal(n, r.Sentence())
	}
	return refused(r, false)
}

// unsent is unpaid for one withdrawal, with the number that would have done.
func (v *Venue) unsent(i *instruction.Withdraw, r instruction.Reason) *binance.Error {
	e := unpaid(r)
	if r != instruction.WithdrawTooSmall {
		return e
	}
	if err := v.read(func(s *core.State) {
		x := s.Asset(i.Asset)
		e.Msg += " It is at least " + decimal(leastWithdrawal(s, i.Asset), x.Scale).String() + " " + x.Symbol + "."
	}); err != nil {
		return err
	}
	return e
}

// undrawn is the answer to a withdrawal that the gate denied.
func (v *Venue) undrawn(c *call, verdict *instruction.Verdict) *binance.Error {
	r := verdict.Reason()
	if withdrawalCodes[r] == 0 {
		return v.denied(c, nil, verdict, false)
	}
	e := unpaid(r)
	if r == instruction.AddressWaits {
		e.Msg += " It can be used from " + wireTime(instruction.Time(verdict.Findings()[0].Value)) + " UTC."
	}
	return e
}

// wireTime is a time as the dialect writes it out, in UTC.
func wireTime(t instruction.Time) string { return t.Std().Format(time.DateTime) }

// ofWithdrawals says which are wanted.
type ofWithdrawals struct {
	coin, name string
	ids        []string
	status     int64 // -1 for any
	offset     int64
}

func (a *args) ofWithdrawals() (w ofWithdrawals) {
	w.coin, w.name = a.text("coin"), a.text("withdrawOrderId")
	if list := a.text("idList"); list != "" {
		w.ids = strings.Split(list, ",")
	}
	w.status, w.offset = a.integer("status", -1), a.integer("offset", 0)
	if len(w.ids) > maxIDList {
		a.fail(binance.ErrInvalidData("idList", "It names at most "+strconv.Itoa(maxIDList)+" withdrawals."))
	}
	if w.offset < 0 {
		a.fail(binance.ErrInvalidData("offset", "It is 0 or more."))
	}
	return w
}

// maxIDList is how many withdrawals can be asked for by number at once, as in the dialect.
const maxIDList = 45

// withdrawals answers with the caller's withdrawals, newest first.
func withdrawals(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	w := a.ofWithdrawals()
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("orderId", "fromId")
	if err != nil {
		return nil, err
	}
	asset, assets, err := v.assets(w.coin, c.account)
	if err != nil || w.coin != "" && asset == 0 {
		return object{[]binance.Withdrawal{}}, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Payout, error) {
		within := rangeOf(&r, 0)
		within.Limit = maxTransfers
		return v.history.archive.Payouts(ctx, c.account, asset, w.name, within)
	})
	if err != nil {
		return nil, err
	}
	slices.Reverse(rows)
	rows = slices.DeleteFunc(rows, func(p archive.Payout) bool {
		return w.status >= 0 && w.status != int64(withdrawStatus(&p)) || len(w.ids) > 0 && !slices.Contains(w.ids, payoutID(p.ID))
	})
	rows = rows[min(w.offset, int64(len(rows))):]
	list := []binance.Withdrawal{}
	for i := range rows[:min(r.Limit, len(rows))] {
		list = append(list, withdrawal(&rows[i], assets))
	}
	return object{list}, nil
}

// withdrawStatus is how a payout stands, in the dialect's terms. What its owner did not confirm in time, and what a deleted
// key had asked for, was rejected.
func withdrawStatus(p *archive.Payout) binance.WithdrawStatus {
	switch p.State {
	case instruction.PayoutChallenged:
		return binance.WithdrawEmailSent
	case instruction.PayoutHeld:
		return binance.WithdrawAwaiting
	case instruction.PayoutSettled:
		return binance.WithdrawCompleted
	case instruction.PayoutCancelled:
		if p.End == instruction.BySilence || p.End == instruction.ByDisowning {
			return binance.WithdrawRejected
		}
		return binance.WithdrawCancelled
	}
	return binance.WithdrawProcessing
}

// endings are why nothing was sent. How one ended that no longer waited is in none of them: the venue stopped it.
var endings = map[instruction.MatterEnd]string{
	instruction.ByNo:        "Stopped by the owner, by the venue, or because of a lock. Nothing was sent.",
	instruction.BySilence:   "The owner did not confirm it in time. Nothing was sent.",
	instruction.ByDisowning: "The API key that asked for it was deleted or quarantined, or may no longer withdraw. Nothing was sent.",
}

const stopped = "Stopped by the venue. Nothing was sent."

// withdrawal is a payout as the dialect tells it. Its amount is what arrives.
func withdrawal(p *archive.Payout, assets map[instruction.Asset]asset) binance.Withdrawal {
	x := assets[p.Asset]
	w := binance.Withdrawal{
		ID: payoutID(p.ID), Amount: decimal(p.Amount-p.Fee, x.Scale), TransactionFee: decimal(p.Fee, x.Scale), Coin: x.Symbol, Status: withdrawStatus(p),
		Address: p.To.Address, AddressTag: p.To.Tag, ApplyTime: wireTime(p.Made), Network: p.To.Chain, WithdrawOrderID: p.Client,
		ConfirmNo: x.confirmations(p.Height),
	}
	if !p.Tx.IsZero() {
		w.TxID = p.Tx.String()
	}
	switch p.State {
	case instruction.PayoutChallenged, instruction.PayoutHeld:
		w.Info = p.Why.Sentence()
	case instruction.PayoutCancelled:
		if w.Info = endings[p.End]; w.Info == "" {
			w.Info = stopped
		}
		w.CompleteTime = wireTime(p.Updated)
	case instruction.PayoutSettled:
		w.CompleteTime = wireTime(p.Updated)
	}
	return w
}

// addressList answers with the account's address book, and with what waits to be in it.
func addressList(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	list := []binance.WithdrawAddress{}
	err := v.read(func(s *core.State) {
		entry := func(x instruction.Asset, to *instruction.Destination, label string, listed bool) {
			list = append(list, binance.WithdrawAddress{
				Address: to.Address, AddressTag: to.Tag, Coin: s.Asset(x).Symbol, Name: label, Network: to.Chain, WhiteStatus: listed,
			})
		}
		for _, e := range s.Addresses(c.account) {
			entry(e.Asset, &e.To, e.Label, true)
		}
		for _, id := range s.Matters(c.account) {
			if m := s.Matter(id); m.Kind == instruction.NewAddress {
				entry(m.Asset, &m.To, m.Label, false)
			}
		}
	})
	return object{list}, err
}

// leaving is how much of what the account holds of each asset is held for withdrawals.
func leaving(s *core.State, a instruction.Account) map[instruction.Asset]money.Amount {
	all := map[instruction.Asset]money.Amount{}
	for _, p := range s.Payouts(a) {
		all[p.Asset] += p.Amount
	}
	return all
}
