package venue

import (
	"crypto/rand"

	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// readCancel reads which order is to be cancelled: by number, by the client's name for it, or by both.
func (v *Venue) readCancel(a *args, m *market, number, client, own string) instruction.CancelOrder {
	in := instruction.CancelOrder{
		Market: m.id, Order: instruction.Order(a.integer(number, 0)), Client: a.clientID(client), ClientID: a.clientID(own),
	}
	if in.Order == 0 && in.Client.IsZero() {
		a.fail(binance.ErrEither(client, number))
	}
	if a.err == nil && in.ClientID.IsZero() {
		in.ClientID, _ = instruction.ClientIDOf(rand.Text())
	}
	return in
}

// noRestriction refuses cancels that depend on the order's status: the engine does not know them.
func (a *args) noRestriction() {
	r, err := a.p.OptCancelRestriction()
	if got(a, r, err) != "" {
		a.fail(binance.ErrUnsupported("This venue has no cancelRestrictions; leave them out."))
	}
}

func cancelOrder(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	in := v.readCancel(a, m, "orderId", "origClientOrderId", "newClientOrderId")
	a.noRestriction()
	if err := a.end(); err != nil {
		return nil, err
	}
	o, err := v.cancel(c, &in)
	if err != nil {
		return nil, err
	}
	list, err := v.cancelled(c, m, o, in.ClientID.String())
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

func cancelAll(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	if err := a.end(); err != nil {
		return nil, err
	}
	o, err := v.cancel(c, &instruction.CancelAll{Market: m.id})
	if err != nil {
		return nil, err
	}
	list, err := v.cancelled(c, m, o, rand.Text())
	if err != nil {
		return nil, err
	}
	return written(func(dst []byte) []byte { return binance.AppendCancels(dst, list) }), nil
}

// cancel carries out an instruction that only cancels.
func (v *Venue) cancel(c *call, in instruction.Instruction) (*outcome, *binance.Error) {
	record, err := v.do(c, in, true)
	if err != nil {
		return nil, err
	}
	o, err := readOutcome(record)
	if err != nil {
		return nil, err
	}
	if err := o.refusal(instruction.Whole, true); err != nil {
		return nil, err
	}
	if len(o.cancelled) == 0 {
		return nil, binance.ErrUnexpectedResponse()
	}
	return o, nil
}

// cancelled tells of the orders that an outcome cancelled. own is the client's name for the cancel.
func (v *Venue) cancelled(c *call, m *market, o *outcome, own string) ([]binance.OrderCancel, *binance.Error) {
	list := make([]binance.OrderCancel, 0, len(o.cancelled))
	for _, id := range o.cancelled {
		x, err := v.closedOrder(c, m, id)
		if err != nil {
			return nil, err
		}
		list = append(list, cancelAnswer(c, m, &x, o.time, own))
	}
	return list, nil
}

// closedOrder is a cancelled order as it was at its end.
func (v *Venue) closedOrder(c *call, m *market, id instruction.Order) (book.Order, *binance.Error) {
	if err := v.caughtUp(); err != nil {
		return book.Order{}, err
	}
	if x, ok := v.closed.find(id); ok {
		return x, nil
	}
	return book.Order{}, binance.ErrUnexpectedResponse()
}

func cancelAnswer(c *call, m *market, x *book.Order, at instruction.Time, own string) binance.OrderCancel {
	return binance.OrderCancel{
		Symbol: m.symbol, OrigClientOrderID: x.ClientID.String(), OrderID: int64(x.ID), OrderListID: binance.NoList,
		ClientOrderID: own, TransactTime: c.time(at), Price: m.price(x.Price), OrigQty: m.baseAmount(x.Qty),
		ExecutedQty: m.baseAmount(x.Done), OrigQuoteOrderQty: m.quoteAmount(x.QuoteQty), CumQuoteQty: m.quoteAmount(x.Paid),
		Status: binance.StatusCanceled, TimeInForce: timeInForce(x.Type, x.TIF), Type: binance.OrderType(x.Type.String()),
		Side: binance.Side(x.Side.String()), STPMode: binance.STPNone,
	}
}
