package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/stream"
)

// caughtUp waits until the state that reads see has everything that is durable by now.
func (v *Venue) caughtUp() *binance.Error { return v.read(func(*core.State) {}) }

// seen is an order in the book, in the form in which history has it: as it was asked.
func seen(m *core.Market, x *book.Order) archive.Order {
	kind, tif, price := m.Book.Asked(x)
	o := archive.Order{
		ID: x.ID, Account: x.Account, Credential: x.Credential, Market: m.ID, Side: x.Side, Type: kind, TIF: tif,
		Price: price, Qty: x.Qty, QuoteQty: x.QuoteQty, Done: x.Done, Paid: x.Paid, ClientID: x.ClientID,
		Status: archive.New, Placed: x.Placed, Updated: x.Updated, SelfTrade: x.SelfTrade, Works: x.Placed,
	}
	if more := m.Book.More(x); more != nil {
		o.Trigger, o.Stop, o.Trail, o.Visible, o.List = more.Trigger, more.Stop, more.Trail, more.Visible, more.List
		o.Qty, o.Prevented, o.Prevention, o.Tracks = o.Qty+more.Prevented, more.Prevented, more.Match, more.Tracks
		if o.Works = more.Works; o.Works == 0 && x.Stage() == book.Working {
			o.Works = x.Placed
		}
	}
	switch {
	case x.Stage() == book.Pending:
		o.Status = archive.Pending
	case x.Done > 0:
		o.Status = archive.PartlyFilled
	}
	return o
}

var orderStatus = map[archive.Status]binance.OrderStatus{
	archive.New: binance.StatusNew, archive.PartlyFilled: binance.StatusPartiallyFilled, archive.Filled: binance.StatusFilled,
	archive.Cancelled: binance.StatusCanceled, archive.Expired: binance.StatusExpired,
	archive.Pending: binance.StatusPendingNew, archive.Prevented: binance.StatusExpiredInMatch,
}

// orderAnswer tells of an order.
func orderAnswer(c *call, m *market, x *archive.Order) binance.Order {
	o := binance.Order{
		Symbol: m.symbol, OrderID: binance.ID(x.ID), OrderListID: listID(x.List), ClientOrderID: x.ClientID.String(),
		Price: m.price(x.Price), OrigQty: m.baseAmount(x.Qty), ExecutedQty: m.baseAmount(x.Done), CumQuoteQty: m.quoteAmount(x.Paid),
		Status: orderStatus[x.Status], TimeInForce: timeInForce(x.Type, x.TIF), Type: stream.TypeOf(x.Type, x.Trigger),
		Side: binance.Side(x.Side.String()), StopPrice: m.price(x.Stop), IcebergQty: m.baseAmount(x.Visible),
		Time: c.time(x.Placed), UpdateTime: c.time(x.Updated), IsWorking: x.Works != 0, WorkingTime: workingTime(c, x),
		OrigQuoteOrderQty: m.quoteAmount(x.QuoteQty), STPMode: binance.STPMode(x.SelfTrade.String()),
	}
	extras := extrasOf(c, m, x)
	o.TrailingDelta, o.TrailingTime, o.ExpiryReason = extras.TrailingDelta, extras.TrailingTime, extras.ExpiryReason
	o.PreventedMatchID, o.PreventedQuantity = extras.PreventedMatchID, extras.PreventedQuantity
	return o
}

// listID is a list's number as the dialect tells it, or that there is none.
func listID(l instruction.List) int64 {
	if l == 0 {
		return binance.NoList
	}
	return binance.ID(l)
}

// workingTime is since when an order works, -1 before.
func workingTime(c *call, x *archive.Order) int64 {
	if x.Works == 0 {
		return -1
	}
	return c.time(x.Works)
}

// extrasOf are the fields of an order that are told only where they apply.
func extrasOf(c *call, m *market, x *archive.Order) binance.OrderExtras {
	e := binance.OrderExtras{TrailingDelta: int64(x.Trail)}
	if x.Trigger != instruction.NoTrigger {
		e.StopPrice = m.price(x.Stop)
	}
	if x.Trail != 0 {
		if e.TrailingTime = -1; x.Tracks != 0 {
			e.TrailingTime = c.time(x.Tracks)
		}
	}
	if x.Visible != 0 {
		e.IcebergQty = m.baseAmount(x.Visible)
	}
	if x.Prevented != 0 {
		e.PreventedMatchID, e.PreventedQuantity = binance.ID(x.Prevention), m.baseAmount(x.Prevented)
	}
	if x.Status == archive.Expired {
		e.ExpiryReason = stream.ExpiryOf(x.Cause, x.Type, x.TIF)
	}
	return e
}

func queryOrder(v *Venue, c *call) (reply, *binance.Error) {
	symbol, ref, err := c.params.OrderQuery()
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	m, err := v.market(symbol)
	if err != nil {
		return nil, err
	}
	x, err := v.openOrder(c, m, ref)
	if err == nil && x == nil {
		// #nosec G115 -- the dialect takes no sign in an id
		x, err = v.history.order(c, m, instruction.Order(ref.ID), ref.ClientID)
	}
	if err != nil {
		return nil, err
	}
	o := orderAnswer(c, m, x)
	return &o, nil
}

// openOrder is the caller's order in the book that a reference names, or nil. A client's own name means the newest order
// that has it, and while one is open no newer one can have its name.
func (v *Venue) openOrder(c *call, m *market, ref binance.OrderRef) (found *archive.Order, err *binance.Error) {
	client, bad := instruction.ClientIDOf(ref.ClientID)
	if bad != nil {
		return nil, binance.ErrNoSuchOrder() // nobody can have placed it
	}
	err = v.read(func(s *core.State) {
		b := s.Market(m.id).Book
		h := b.Find(instruction.Order(ref.ID)) // #nosec G115 -- the dialect takes no sign in an id
		if ref.ID == 0 {
			h = b.FindClient(c.account, client)
		}
		if h == 0 {
			return
		}
		if x := b.At(h); x.Account == c.account && (client.IsZero() || x.ClientID == client) {
			o := seen(s.Market(m.id), x)
			found = &o
		}
	})
	return found, err
}

func openOrders(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	var only *market
	if a.p.Has("symbol") {
		only = a.market(v)
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	var list []binance.Order
	err := v.read(func(s *core.State) {
		if only != nil {
			list = openIn(c, s, s.Market(only.id), list)
			return
		}
		for _, m := range s.Markets() {
			list = openIn(c, s, m, list)
		}
	})
	if err != nil {
		return nil, err
	}
	return written(func(dst []byte) []byte { return binance.AppendOrders(dst, list) }), nil
}

// openIn adds the caller's open orders in a market, oldest first.
func openIn(c *call, s *core.State, m *core.Market, list []binance.Order) []binance.Order {
	if m.Book.Count(c.account) == 0 {
		return list
	}
	names := marketOf(s, m)
	for h := range m.Book.Orders(c.account) {
		x := seen(m, m.Book.At(h))
		list = append(list, orderAnswer(c, names, &x))
	}
	return list
}

func allOrders(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if a.err != nil {
		return nil, a.err
	}
	r, err := c.readRange("fromId")
	if err == nil {
		err = withinDay(&r)
	}
	if err != nil {
		return nil, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Order, error) {
		return v.history.archive.Orders(ctx, c.account, m.id, rangeOf(&r, r.OrderID))
	})
	if err != nil {
		return nil, err
	}
	list := make([]binance.Order, len(rows))
	for i := range rows {
		list[i] = orderAnswer(c, m, &rows[i])
	}
	return written(func(dst []byte) []byte { return binance.AppendOrders(dst, list) }), nil
}
