package archive

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// Status is how far an order has come. The numbers are stored: append-only.
type Status uint8

const (
	New          Status = 1 // open, nothing filled
	PartlyFilled Status = 2 // open, some filled
	Filled       Status = 3 // over, all filled
	Cancelled    Status = 4 // over; some may be filled
	Expired      Status = 5 // over; some may be filled
	Pending      Status = 6 // open, waits for another order of its list
	Prevented    Status = 7 // over: it would have traded with its own account; some may be filled
)

var statusNames = [...]string{New: "NEW", PartlyFilled: "PARTLY_FILLED", Filled: "FILLED", Cancelled: "CANCELLED", Expired: "EXPIRED",
	Pending: "PENDING", Prevented: "PREVENTED"}

// String is the status's name.
func (s Status) String() string {
	if s == 0 || int(s) >= len(statusNames) {
		return fmt.Sprintf("unknown(%d)", uint8(s))
	}
	return statusNames[s]
}

// Order is one order, open or over.
type Order struct {
	ID         instruction.Order
	Account    instruction.Account
	Credential instruction.Credential
	Market     instruction.Market
	Side       instruction.Side
	Type       instruction.OrderType
	TIF        instruction.TimeInForce
	Price      money.Price  // 0 for market orders
	Qty        money.Amount // base units; of a market order by quote quantity, what the book offered for it
	QuoteQty   money.Amount // quote units, of a market order that named them
	Done       money.Amount // base units filled
	Paid       money.Amount // quote units filled
	ClientID   instruction.ClientID
	Status     Status
	Placed     instruction.Time
	Updated    instruction.Time       // of the last fill, change or the end
	Cause      instruction.CloseCause // of its end, 0 while it is open
	Trigger    instruction.Trigger
	Stop       money.Price
	Trail      uint16       // basis points
	Visible    money.Amount // base units
	SelfTrade  instruction.SelfTrade
	List       instruction.List
	Works      instruction.Time  // since when it works, 0 before
	Prevented  money.Amount      // base units of Qty that are not to be filled any more
	Prevention instruction.Match // the last prevented match, 0 for none
	Tracks     instruction.Time  // since when its trail follows the price, 0 before; not kept in history
}

const orderColumns = "id, account, credential, market, side, type, tif, price, qty, quote_qty, done, paid, client, status, placed, updated," +
	" cause, triggered, stop, trail, visible, self_trade, list, works, prevented, prevention"

func (o *Order) fields() []any {
	return []any{&o.ID, &o.Account, &o.Credential, &o.Market, &o.Side, &o.Type, &o.TIF, &o.Price, &o.Qty, &o.QuoteQty,
		&o.Done, &o.Paid, clientID{&o.ClientID}, &o.Status, &o.Placed, &o.Updated,
		&o.Cause, &o.Trigger, &o.Stop, &o.Trail, &o.Visible, &o.SelfTrade, &o.List, &o.Works, &o.Prevented, &o.Prevention}
}

// clientID reads a client order id from its column.
type clientID struct{ to *instruction.ClientID }

// Scan implements sql.Scanner.
func (c clientID) Scan(v any) (err error) {
	text, ok := v.(string)
	if !ok {
		return fmt.Errorf("a client order id as %T", v)
	}
	*c.to, err = instruction.ClientIDOf(text)
	return err
}

var _ sql.Scanner = clientID{}

// Order is one order of the account in the market: by id, which then must fit the client id if there is one, or with id 0
// the newest of the client id. Without such an order it is ErrNotFound.
func (a *Archive) Order(ctx context.Context, account instruction.Account, market instruction.Market, id instruction.Order, client string) (Order, error) {
	var o Order
	if id > math.MaxInt64 || id == 0 && client == "" {
		return o, ErrNotFound
	}
	text := "SELECT " + orderColumns + " FROM orders WHERE id = ?1 AND account = ?2 AND market = ?3 AND (?4 = '' OR client = ?4)"
	if id == 0 {
		text = "SELECT " + orderColumns + " FROM orders WHERE ?1 = 0 AND account = ?2 AND market = ?3 AND client = ?4 ORDER BY id DESC LIMIT 1"
	}
	err := a.look(ctx, func(q query) error {
		err := q.one(text, []any{int64(id), int64(account), int64(market), client}, o.fields()...)
		if err == nil && o.ID == 0 {
			err = ErrNotFound
		}
		return err
	})
	return o, err
}

// Orders are the account's orders in the market by id; the range's times are of their placing.
func (a *Archive) Orders(ctx context.Context, account instruction.Account, market instruction.Market, r Range) (rows []Order, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, orderTimes)
		if err == nil {
			rows, err = list(q, (*Order).fields, "SELECT "+orderColumns+" FROM orders"+
				" WHERE account = ? AND market = ? AND id BETWEEN ? AND ? ORDER BY id "+r.order()+" LIMIT ?",
				int64(account), int64(market), first, last, r.limit())
		}
		return err
	})
	return turn(r, rows), err
}
