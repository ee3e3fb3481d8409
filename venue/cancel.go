package venue

import (
	"crypto/rand"

	"portcullis/archive"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/stream"
)

// cancelOf turns a cancel into an instruction.
func cancelOf(m *market, x *binance.CancelOrder, name string) (instruction.CancelOrder, *binance.Error) {
	// #nosec G115 -- the dialect takes no sign in an id
	in := instruction.CancelOrder{Market: m.id, Order: instruction.Order(x.Order.ID)}
	switch x.Restriction {
	case binance.OnlyNew:
		in.Only = instruction.Unfilled
	case binance.OnlyPartiallyFilled:
		in.Only = instruction.PartlyFilled
	}
	if x.Order.ClientID != "" {
		client, err := clientID("origClientOrderId", x.Order.ClientID)
		if err != nil {
			return in, err
		}
		in.Client = client
	}
	own, err := clientID(name, x.ClientID)
	in.ClientID = own
	return in, err
}

func cancelOrder(v *Venue, c *call) (reply, *binance.Error) {
	x, err := c.params.CancelOrder()
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
	in, err := cancelOf(m, &x, "newClientOrderId")
	if err != nil {
		return nil, err
	}
	list, err := v.cancel(c, m, &in, in.ClientID.String())
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
	own := rand.Text()
	o, err := v.do(c, &instruction.CancelAll{Market: m.id}, true)
	if err == nil {
		err = o.refusal(instruction.Whole, true)
	}
	if err != nil {
		return nil, err
	}
	all, err := v.cancelledWithLists(c, m, o, own)
	return written(func(dst []byte) []byte { return binance.AppendAny(dst, all) }), err
}

// cancel carries out an instruction that only cancels, and tells of at least one order. own is the client's name for it.
func (v *Venue) cancel(c *call, m *market, in instruction.Instruction, own string) ([]binance.OrderCancel, *binance.Error) {
	o, err := v.do(c, in, true)
	if err != nil {
		return nil, err
	}
	if err := o.refusal(instruction.Whole, true); err != nil {
		return nil, err
	}
	return v.cancelled(c, m, o, own)
}

// cancelled tells of the orders that an outcome cancelled, of which there is at least one.
func (v *Venue) cancelled(c *call, m *market, o *outcome, own string) ([]binance.OrderCancel, *binance.Error) {
	if len(o.cancelled) == 0 {
		return nil, binance.ErrUnexpectedResponse()
	}
	list := make([]binance.OrderCancel, 0, len(o.cancelled))
	for _, id := range o.cancelled {
		x, err := v.closedOrder(c, m, id)
		if err != nil {
			return nil, err
		}
		list = append(list, cancelAnswer(c, m, x, o.time, own))
	}
	return list, nil
}

// closedOrder is a cancelled order as it was at its end: as the follower saw it, or from history, should so many have been
// cancelled since that it was forgotten.
func (v *Venue) closedOrder(c *call, m *market, id instruction.Order) (*archive.Order, *binance.Error) {
	if v.caughtUp() != nil {
		return nil, binance.ErrUnexpectedResponse() // it is cancelled all the same
	}
	if x := v.watch.find(id); x != nil {
		return x, nil
	}
	x, err := v.history.order(c, m, id, "")
	if err != nil {
		return nil, binance.ErrUnexpectedResponse() // it is cancelled; what was filled of it cannot be told
	}
	return x, nil
}

func cancelAnswer(c *call, m *market, x *archive.Order, at instruction.Time, own string) binance.OrderCancel {
	extras := extrasOf(c, m, x)
	extras.ExpiryReason = ""
	return binance.OrderCancel{
		Symbol: m.symbol, OrigClientOrderID: x.ClientID.String(), OrderID: binance.ID(x.ID), OrderListID: listID(x.List),
		ClientOrderID: own, TransactTime: c.time(at), Price: m.price(x.Price), OrigQty: m.baseAmount(x.Qty),
		ExecutedQty: m.baseAmount(x.Done), OrigQuoteOrderQty: m.quoteAmount(x.QuoteQty), CumQuoteQty: m.quoteAmount(x.Paid),
		Status: binance.StatusCanceled, TimeInForce: timeInForce(x.Type, x.TIF), Type: stream.TypeOf(x.Type, x.Trigger),
		Side: binance.Side(x.Side.String()), OrderExtras: extras, STPMode: binance.STPMode(x.SelfTrade.String()),
	}
}
