package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/stream"
)

// amendOrder makes an order ask for less; it stays where it is.
func amendOrder(v *Venue, c *call) (reply, *binance.Error) {
	x, err := c.params.AmendOrder()
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	m, err := v.market(x.Symbol)
	if err != nil {
		return nil, err
	}
	in := instruction.AmendOrder{Market: m.id, Order: instruction.Order(x.Order.ID)} // #nosec G115 -- the dialect takes no sign in an id
	if x.Order.ClientID != "" {
		if in.Client, err = clientID("origClientOrderId", x.Order.ClientID); err != nil {
			return nil, err
		}
	}
	if in.ClientID, err = clientID("newClientOrderId", x.ClientID); err != nil {
		return nil, err
	}
	if in.Qty, err = units("newQty", x.Quantity, m.baseScale); err != nil {
		return nil, err
	}
	o, err := v.do(c, &in, false)
	if err != nil {
		return nil, err
	}
	if why := o.refused[instruction.Whole]; why != 0 {
		return nil, amendRefused(why)
	}
	return v.amended(c, m, o)
}

// amendRefused tells why an order stays as it is: a filter by its name, anything else with -2038.
func amendRefused(why instruction.Reason) *binance.Error {
	if err := refused(why, false); err.Code == -1013 || err.Code == -1121 {
		return err
	}
	return binance.ErrAmendRejected(why.Sentence())
}

// amended answers with the order as it is now; if it has ended meanwhile, as history has it.
func (v *Venue) amended(c *call, m *market, o *outcome) (reply, *binance.Error) {
	if len(o.amended) == 0 {
		return nil, binance.ErrUnexpectedResponse()
	}
	e := &o.amended[0]
	x, err := v.openOrder(c, m, binance.OrderRef{ID: binance.ID(e.Order)})
	if err == nil && x == nil {
		x, err = v.history.order(c, m, e.Order, "")
	}
	if err != nil {
		return nil, binance.ErrUnexpectedResponse() // it is amended; what was filled of it cannot be told
	}
	extras := extrasOf(c, m, x)
	now := binance.OrderAsNow{
		Symbol: m.symbol, OrderID: binance.ID(x.ID), OrderListID: listID(x.List), OrigClientOrderID: e.Was.String(), ClientOrderID: e.ClientID.String(),
		Price: m.price(x.Price), Qty: m.baseAmount(e.Qty), ExecutedQty: m.baseAmount(x.Done), PreventedQty: m.baseAmount(x.Prevented),
		QuoteOrderQty: m.quoteAmount(x.QuoteQty), CumulativeQuoteQty: m.quoteAmount(x.Paid), Status: orderStatus[x.Status],
		TimeInForce: timeInForce(x.Type, x.TIF), Type: stream.TypeOf(x.Type, x.Trigger), Side: binance.Side(x.Side.String()),
		StopPrice: extras.StopPrice, IcebergQty: extras.IcebergQty, STPMode: binance.STPMode(x.SelfTrade.String()),
	}
	if x.Works != 0 {
		now.WorkingTime = c.time(x.Works)
	}
	answer := binance.AmendedOrder{TransactTime: c.time(o.time), ExecutionID: binance.ID(o.seq), AmendedOrder: now}
	if x.List != 0 {
		l, err := v.listAnswer(c, x.List)
		if err != nil {
			return nil, err
		}
		answer.ListStatus = &binance.ListStands{OrderListID: l.OrderListID, ContingencyType: l.ContingencyType, ListOrderStatus: l.ListOrderStatus,
			ListClientOrderID: l.ListClientOrderID, Symbol: l.Symbol, Orders: l.Orders}
	}
	return object{answer}, nil
}

// amendments answers with the changes of one order.
func amendments(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	id, from, limit := a.integer("orderId", 0), a.integer("fromExecutionId", 0), a.limit(binance.DefaultLimit, binance.MaxLimit)
	if id <= 0 || from < 0 {
		a.fail(binance.ErrInvalidData("orderId", "It is an order's number, and 'fromExecutionId' none below 0."))
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	rows, err := ask(v.history, c, func(ctx context.Context) ([]archive.Amendment, error) {
		// #nosec G115 -- it is no number below 0, which a.end has seen to
		return v.history.archive.Amendments(ctx, c.account, instruction.Order(id), uint64(from), limit)
	})
	if err != nil {
		return nil, err
	}
	list := make([]binance.Amendment, len(rows))
	for i := range rows {
		x := &rows[i]
		list[i] = binance.Amendment{
			Symbol: m.symbol, OrderID: id, ExecutionID: binance.ID(x.Seq), OrigClientOrderID: x.Was.String(), NewClientOrderID: x.Client.String(),
			OrigQty: m.baseAmount(x.WasQty), NewQty: m.baseAmount(x.Qty), Time: c.time(x.Time),
		}
	}
	return object{list}, nil
}
