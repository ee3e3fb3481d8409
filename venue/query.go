package venue

import (
	"portcullis/core"
	"portcullis/core/book"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// caughtUp waits until the state that reads see has everything that is durable by now.
func (v *Venue) caughtUp() *binance.Error { return v.read(func(*core.State) {}) }

// orderAnswer tells of an order in the book.
func orderAnswer(c *call, m *market, x *book.Order) binance.Order {
	return binance.Order{
		Symbol: m.symbol, OrderID: int64(x.ID), OrderListID: binance.NoList, ClientOrderID: x.ClientID.String(),
		Price: m.price(x.Price), OrigQty: m.baseAmount(x.Qty), ExecutedQty: m.baseAmount(x.Done), CumQuoteQty: m.quoteAmount(x.Paid),
		Status: statusOfOrder(x.Done, 0), TimeInForce: timeInForce(x.Type, x.TIF), Type: binance.OrderType(x.Type.String()),
		Side: binance.Side(x.Side.String()), StopPrice: m.price(0), IcebergQty: m.baseAmount(0),
		Time: c.time(x.Placed), UpdateTime: c.time(x.Updated), IsWorking: true, WorkingTime: c.time(x.Placed),
		OrigQuoteOrderQty: m.quoteAmount(x.QuoteQty), STPMode: binance.STPNone,
	}
}

func queryOrder(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	m := a.market(v)
	id, client := instruction.Order(a.integer("orderId", 0)), a.clientID("origClientOrderId")
	if id == 0 && client.IsZero() {
		a.fail(binance.ErrEither("origClientOrderId", "orderId"))
	}
	if err := a.end(); err != nil {
		return nil, err
	}
	var found *binance.Order
	err := v.read(func(s *core.State) {
		b := s.Market(m.id).Book
		h := book.Handle(0)
		if id != 0 {
			h = b.Find(id)
		} else {
			h = b.FindClient(c.account, client)
		}
		if h == 0 {
			return
		}
		if x := b.At(h); x.Account == c.account && (client.IsZero() || x.ClientID == client) {
			o := orderAnswer(c, m, x)
			found = &o
		}
	})
	switch {
	case err != nil:
		return nil, err
	case found != nil:
		return found, nil
	}
	return nil, binance.ErrNoSuchOrder()
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
		list = append(list, orderAnswer(c, names, m.Book.At(h)))
	}
	return list
}
