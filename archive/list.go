package archive

import (
	"context"
	"errors"
	"fmt"

	"portcullis/core/instruction"
	"portcullis/core/money"
)

// List is a list of orders.
type List struct {
	ID      instruction.List
	Account instruction.Account
	Market  instruction.Market
	Shape   instruction.Shape
	Client  instruction.ClientID
	First   instruction.Order // its orders are this one and those after it
	Orders  int
	Placed  instruction.Time
	Closed  instruction.Time                          // 0 while an order of it is open
	Names   [instruction.MaxLegs]instruction.ClientID // of its orders
}

const listColumns = "l.id, l.account, l.market, l.shape, l.client, l.first, l.orders, l.placed, l.closed," +
	" (SELECT client FROM orders WHERE id = l.first), (SELECT client FROM orders WHERE id = l.first + 1)," +
	" iif(l.orders > 2, (SELECT client FROM orders WHERE id = l.first + 2), '')"

func (l *List) fields() []any {
	return []any{&l.ID, &l.Account, &l.Market, &l.Shape, clientID{&l.Client}, &l.First, &l.Orders, &l.Placed, &l.Closed,
		clientID{&l.Names[0]}, clientID{&l.Names[1]}, clientID{&l.Names[2]}}
}

var listTimes = column{last: "SELECT max(id) FROM lists", at: "SELECT placed FROM lists WHERE id = ?"}

// List is one list of the account: by id, or with id 0 the newest of the name. Without such a list it is ErrNotFound.
func (a *Archive) List(ctx context.Context, account instruction.Account, id instruction.List, client string) (List, error) {
	var l List
	text := "SELECT " + listColumns + " FROM lists l WHERE l.id = ?1 AND l.account = ?2 AND (?3 = '' OR l.client = ?3)"
	if id == 0 {
		text = "SELECT " + listColumns + " FROM lists l WHERE ?1 = 0 AND l.account = ?2 AND l.client = ?3 ORDER BY l.id DESC LIMIT 1"
	}
	if id > 1<<62 || id == 0 && client == "" {
		return l, ErrNotFound
	}
	err := a.look(ctx, func(q query) error {
		err := q.one(text, []any{int64(id), int64(account), client}, l.fields()...)
		if err == nil && l.ID == 0 {
			err = ErrNotFound
		}
		return err
	})
	return l, err
}

// Lists are the account's lists by id; the range's times are of their placing.
func (a *Archive) Lists(ctx context.Context, account instruction.Account, r Range) (rows []List, err error) {
	err = a.look(ctx, func(q query) error {
		first, last, err := q.ids(r, listTimes)
		if err == nil {
			rows, err = list(q, (*List).fields, "SELECT "+listColumns+" FROM lists l"+
				" WHERE l.account = ? AND l.id BETWEEN ? AND ? ORDER BY l.id "+r.order()+" LIMIT ?", int64(account), first, last, r.limit())
		}
		return err
	})
	return turn(r, rows), err
}

// OpenLists are the account's lists of which an order is open, by id; MaxLimit at most.
func (a *Archive) OpenLists(ctx context.Context, account instruction.Account) (rows []List, err error) {
	err = a.look(ctx, func(q query) (err error) {
		rows, err = list(q, (*List).fields, "SELECT "+listColumns+" FROM lists l"+
			" WHERE l.account = ? AND l.closed = 0 ORDER BY l.id LIMIT ?", int64(account), MaxLimit)
		return err
	})
	return rows, err
}

// placing is the list whose orders come next.
type placing struct{ instruction.ListPlaced }

// add notes in an order that was placed which list it is of, and how far it is.
func (p *placing) add(o *Order) {
	if p.Shape != 0 && o.ID >= p.First && o.ID < p.First+instruction.Order(p.Shape.Legs()) { // #nosec G115 -- two or three
		o.List = p.List
		if p.Shape.Pending(uint8(o.ID - p.First)) { // #nosec G115 -- below three
			o.Status = Pending
		}
	}
	if o.Status == New && o.Trigger == instruction.NoTrigger {
		o.Works = o.Placed
	}
}

// start notes that an order waits from now on, or works.
func (o *Order) start(t instruction.Time, waits bool) {
	o.Status, o.Updated = New, t
	if !waits {
		o.Works = t
	}
}

// listed applies the events of lists, preventions and amendments.
func (w *writer) listed(r *instruction.Record, e instruction.Event) error {
	switch e := e.(type) {
	case *instruction.ListPlaced:
		w.list.ListPlaced = *e
		return w.exec(addList, int64(e.List), int64(e.Account), int64(e.Market), int64(e.Shape), e.ClientID.String(), int64(e.First),
			int64(e.Shape.Legs()), int64(r.Time))
	case *instruction.ListClosed:
		return w.exec(closeList, int64(e.List), int64(r.Time))
	case *instruction.TradePrevented:
		w.prevent(e.Taker, r.Time, e.TakerQty, e.Match)
		w.prevent(e.Maker, r.Time, e.MakerQty, e.Match)
		return w.exec(addPrevention, int64(e.Market), int64(e.Match), int64(e.Account), int64(e.Mode), int64(e.Taker), int64(e.Maker),
			int64(e.Price), int64(e.TakerQty), int64(e.MakerQty), int64(r.Time))
	case *instruction.OrderAmended:
		o := w.order(e.Order)
		// What it asks for no more does not count as asked for; what others kept from it does. What that was before this
		// transaction the update adds.
		o.Qty, o.ClientID, o.Updated = e.Qty+o.Prevented, e.ClientID, r.Time
		return w.exec(addAmendment, int64(e.Order), int64(r.Seq), int64(e.Account), e.Was.String(), e.ClientID.String(), // #nosec G115 -- no journal is so long
			int64(e.WasQty), int64(e.Qty), int64(r.Time))
	}
	return fmt.Errorf("archive: %T: %w", e, errors.ErrUnsupported)
}

// prevent notes that qty of an order is not to be filled any more.
func (w *writer) prevent(id instruction.Order, t instruction.Time, qty money.Amount, match instruction.Match) {
	if qty > 0 {
		o := w.order(id)
		o.Prevented, o.Prevention, o.Updated = o.Prevented+qty, match, t
	}
}
