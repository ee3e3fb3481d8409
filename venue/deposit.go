package venue

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// maxTransfers is how many deposits can be listed in one query.
const maxTransfers = archive.MaxLimit

// cameIn is what came into an account: by chains, and by the operator's word.
type cameIn struct {
	deposits  []archive.Deposit
	transfers []archive.Transfer
}

// deposits answers with what came into the caller's account, newest first.
func deposits(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	coin, txID := a.text("coin"), a.text("txId")
	status, offset := a.integer("status", -1), a.integer("offset", 0)
	a.flag("includeSource", false)
	if a.err != nil {
		return nil, a.err
	}
	if offset < 0 {
		return nil, binance.ErrInvalidData("offset", "It is 0 or more.")
	}
	r, err := c.readRange("orderId", "fromId")
	if err != nil {
		return nil, err
	}
	only, assets, err := v.assets(coin, c.account)
	if err != nil || coin != "" && only == 0 {
		return object{[]binance.Deposit{}}, err
	}
	came, err := v.cameIn(c, only, txID, &r)
	if err != nil {
		return nil, err
	}
	list := []binance.Deposit{}
	for _, d := range came.list(c, assets) {
		if (txID == "" || txID == d.TxID) && (status < 0 || status == int64(d.Status)) {
			list = append(list, d)
		}
	}
	list = list[min(offset, int64(len(list))):]
	return object{list[:min(r.Limit, len(list))]}, nil
}

// cameIn asks history for what came in: of one asset, or with 0 of all.
func (v *Venue) cameIn(c *call, only instruction.Asset, txID string, r *binance.Range) (cameIn, *binance.Error) {
	tx, bad := instruction.ParseTxID(txID)
	return ask(v.history, c, func(ctx context.Context) (came cameIn, err error) {
		within := rangeOf(r, 0)
		within.Limit = maxTransfers
		if txID == "" || bad == nil {
			came.deposits, err = v.history.archive.Deposits(ctx, c.account, only, tx, within)
		}
		if err == nil {
			came.transfers, err = v.history.archive.Transfers(ctx, c.account, only, within)
		}
		return came, err
	})
}

// list has all of it, the newest first.
func (x *cameIn) list(c *call, assets map[instruction.Asset]asset) []binance.Deposit {
	list := make([]binance.Deposit, 0, len(x.deposits)+len(x.transfers))
	for i := range x.deposits {
		list = append(list, deposited(c, &x.deposits[len(x.deposits)-1-i], assets))
	}
	for i := range x.transfers {
		list = append(list, booked(c, &x.transfers[len(x.transfers)-1-i], assets))
	}
	slices.SortStableFunc(list, func(x, y binance.Deposit) int { return int(y.InsertTime - x.InsertTime) })
	return list
}

// booked is what the operator booked: it is done.
func booked(c *call, t *archive.Transfer, assets map[instruction.Asset]asset) binance.Deposit {
	x := assets[t.Asset]
	return binance.Deposit{
		ID: fmt.Sprint(t.Seq), Amount: decimal(t.Amount, x.Scale), Coin: x.Symbol, Status: binance.DepositSuccess,
		TxID: t.Ref, InsertTime: c.time(t.Time), CompleteTime: c.time(t.Time), ConfirmTimes: "1/1",
	}
}

// deposited is a coin that came by a chain. It is named as chains name it, so that it has one name whatever happens to its block.
func deposited(c *call, d *archive.Deposit, assets map[instruction.Asset]asset) binance.Deposit {
	x := assets[d.Asset]
	e := binance.Deposit{
		ID: d.Coin.String(), Amount: decimal(d.Amount, x.Scale), Coin: x.Symbol, Network: x.Symbol, Status: depositStatus(d), Address: x.address,
		TxID: d.Coin.Tx.String(), InsertTime: c.time(d.Seen),
		ConfirmTimes: fmt.Sprintf("%d/%d", min(x.confirmations(d.Height), x.credit), x.credit), UnlockConfirm: x.credit,
	}
	if d.Credited != 0 {
		e.CompleteTime = c.time(d.Credited)
	}
	return e
}

// depositStatus is how a deposit stands, in the dialect's terms. One whose block was undone is pending again, credited before or
// not; dust is a wrong deposit, for nothing will come of it.
func depositStatus(d *archive.Deposit) binance.DepositStatus {
	switch {
	case d.Dust:
		return binance.DepositWrong
	case d.Credited != 0:
		return binance.DepositSuccess
	}
	return binance.DepositPending
}

// depositAddress answers with the account's address for deposits of an asset, and has one issued where it has none.
func depositAddress(v *Venue, c *call) (reply, *binance.Error) {
	coin, err := c.params.Str("coin")
	if err != nil {
		return nil, err
	}
	a := c.args()
	network := a.text("network")
	if err := a.end(); err != nil {
		return nil, err
	}
	answer := binance.DepositAddress{Coin: coin}
	var id instruction.Asset
	chained := false
	if err := v.read(func(s *core.State) {
		id = s.AssetNamed(coin)
		if ch := s.Chain(id); ch != nil {
			chained, answer.Address = true, ch.Address(c.account)
		}
	}); err != nil {
		return nil, err
	}
	switch {
	case id == 0:
		return nil, noSuchCoin()
	case network != "" && network != coin:
		return nil, wrongNetwork(coin)
	case answer.Address != "":
		return object{answer}, nil
	case !chained, v.deposit == nil:
		return nil, noAddresses(coin)
	}
	address, fault := v.deposit(c.ctx, c.account, id)
	if errors.Is(fault, ErrNoWallet) {
		return nil, noAddresses(coin)
	}
	if fault != nil {
		return nil, v.unavailable(fmt.Errorf("an address for deposits of %s: %w", coin, fault))
	}
	answer.Address = address
	return object{answer}, nil
}

func noAddresses(coin string) *binance.Error {
	return binance.ErrUnsupported("This venue gives out no addresses for deposits of " + coin + "; ask its operator how to pay in.")
}

func noSuchCoin() *binance.Error {
	return binance.ErrWithdrawal(binance.NoSuchCoin, "There is no such asset on this venue; see capital/config/getall.")
}

// wrongNetwork says that an asset moves on one chain, which is named as the asset is.
func wrongNetwork(coin string) *binance.Error {
	return binance.ErrInvalidData("network", "On this venue "+coin+" moves on the network "+coin+".")
}
