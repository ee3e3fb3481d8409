package venue

import (
	"context"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/dialect/binance"
	"portcullis/venue/stream"
)

// newList is a list of orders as its client asked for it. Of two that cancel each other the stop-loss comes first.
type newList struct {
	market *market
	in     instruction.PlaceList
	legs   []newOrder
}

// leg adds an order to the list; its parameters start with prefix.
func (l *newList) leg(prefix string, o *binance.NewOrder) *binance.Error {
	p, err := l.market.place(prefix, o)
	if err != nil {
		return err
	}
	l.in.Legs[len(l.legs)] = p
	l.legs = append(l.legs, newOrder{market: l.market, place: p, resp: o.RespType, strategyID: o.StrategyID, strategyType: o.StrategyType})
	return nil
}

// pair adds two orders that cancel each other.
func (l *newList) pair(above, below string, o *binance.NewOCO) *binance.Error {
	first, second := &o.Above, &o.Below
	if second.Type == binance.StopLoss || second.Type == binance.StopLossLimit {
		first, second, above, below = second, first, below, above
	}
	if err := l.leg(above, first); err != nil {
		return err
	}
	return l.leg(below, second)
}

// newList begins a list of a shape in a market.
func (v *Venue) newList(shape instruction.Shape, symbol, name string) (*newList, *binance.Error) {
	m, err := v.market(symbol)
	if err != nil {
		return nil, err
	}
	id, err := clientID("listClientOrderId", name)
	return &newList{market: m, in: instruction.PlaceList{Market: m.id, Shape: shape, ClientID: id}}, err
}

func placeOCO(v *Venue, c *call) (reply, *binance.Error) {
	o, err := c.params.NewOCO()
	return v.placePair(c, "above", "below", &o, err)
}

// placeOldOCO is placeOCO with the parameters that it had before: a limit maker, and a stop on the other side of the market.
func placeOldOCO(v *Venue, c *call) (reply, *binance.Error) {
	o, err := c.params.OldOCO()
	above, below := "limit", "stop"
	if o.Above.Side == binance.Buy {
		above, below = "stop", "limit"
	}
	return v.placePair(c, above, below, &o, err)
}

func (v *Venue) placePair(c *call, above, below string, o *binance.NewOCO, err *binance.Error) (reply, *binance.Error) {
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	l, err := v.newList(instruction.OCO, o.Above.Symbol, o.ListClientOrderID)
	if err == nil {
		err = l.pair(above, below, o)
	}
	return v.placeList(c, l, err)
}

func placeOTO(v *Venue, c *call) (reply, *binance.Error) {
	o, err := c.params.NewOTO()
	return v.placeFollowing(c, instruction.OTO, &o, err)
}

func placeOTOCO(v *Venue, c *call) (reply, *binance.Error) {
	o, err := c.params.NewOTOCO()
	return v.placeFollowing(c, instruction.OTOCO, &o, err)
}

func (v *Venue) placeFollowing(c *call, shape instruction.Shape, o *binance.NewList, err *binance.Error) (reply, *binance.Error) {
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	l, err := v.newList(shape, o.Working.Symbol, o.ListClientOrderID)
	if err == nil {
		err = l.leg("working", &o.Working)
	}
	switch {
	case err != nil:
	case shape == instruction.OTO:
		err = l.leg("pending", &o.Pending[0])
	default:
		err = l.pair("pendingAbove", "pendingBelow", &binance.NewOCO{Above: o.Pending[0], Below: o.Pending[1]})
	}
	return v.placeList(c, l, err)
}

// placeList has a list carried out, and answers with it and its orders. As the dialect has it, an order that follows is told
// as pending, though the one before it may be filled at once.
func (v *Venue) placeList(c *call, l *newList, err *binance.Error) (reply, *binance.Error) {
	if err == nil {
		err = v.countOrders(c, len(l.legs))
	}
	if err != nil {
		return nil, err
	}
	o, err := v.do(c, &l.in, false)
	if err == nil {
		err = o.refusal(instruction.Whole, false)
	}
	if err != nil {
		return nil, err
	}
	answer := &binance.OrderList{
		OrderListID: binance.ID(o.list.List), ContingencyType: stream.ContingencyOf(l.in.Shape), ListStatusType: "EXEC_STARTED",
		ListOrderStatus: "EXECUTING", ListClientOrderID: l.in.ClientID.String(), TransactionTime: c.time(o.time), Symbol: l.market.symbol,
	}
	for i := range l.legs {
		x := &o.legs[i]
		status, works := binance.StatusNew, o.time
		switch {
		case i == 0:
			status = statusOfOrder(o.done, o.over)
		case l.in.Shape.Pending(uint8(i)): // #nosec G115 -- below three
			status, works = binance.StatusPendingNew, 0
		}
		answer.Orders = append(answer.Orders, binance.ListedOrder{Symbol: l.market.symbol, OrderID: binance.ID(x.Order), ClientOrderID: x.Place.ClientID.String()})
		answer.OrderReports = append(answer.OrderReports, o.told(c, &l.legs[i], x, status, works).AppendJSON(nil))
	}
	return answer, nil
}

func cancelList(v *Venue, c *call) (reply, *binance.Error) {
	symbol, ref, own, err := c.params.CancelList()
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
	in := instruction.CancelList{Market: m.id, List: instruction.List(ref.ID)} // #nosec G115 -- the dialect takes no sign in an id
	if ref.ClientID != "" {
		if in.Client, err = clientID("listClientOrderId", ref.ClientID); err != nil {
			return nil, err
		}
	}
	if in.ClientID, err = clientID("newClientOrderId", own); err != nil {
		return nil, err
	}
	o, err := v.do(c, &in, true)
	if err == nil {
		err = o.refusal(instruction.Whole, true)
	}
	if err != nil {
		return nil, err
	}
	all, err := v.cancelledWithLists(c, m, o, in.ClientID.String())
	if err != nil {
		return nil, err
	}
	return all[0], nil
}

// cancelledWithLists tells of the orders that an outcome cancelled, those of one list together.
func (v *Venue) cancelledWithLists(c *call, m *market, o *outcome, own string) (all []reply, err *binance.Error) {
	list, err := v.cancelled(c, m, o, own)
	if err != nil {
		return nil, err
	}
	var last *binance.OrderList
	for i := range list {
		x := &list[i]
		switch {
		case x.OrderListID == binance.NoList:
			all = append(all, x)
			continue
		case last == nil || last.OrderListID != x.OrderListID:
			if last, err = v.listAnswer(c, instruction.List(x.OrderListID)); err != nil { // #nosec G115 -- the venue gave it
				return nil, err
			}
			last.ListStatusType, last.ListOrderStatus, last.TransactionTime = "ALL_DONE", "ALL_DONE", c.time(o.time)
			all = append(all, last)
		}
		last.OrderReports = append(last.OrderReports, x.AppendJSON(nil))
	}
	return all, nil
}

// listAnswer tells of a list that an instruction of its owner's has just changed, as history has it. The instruction was
// carried out, whatever becomes of this.
func (v *Venue) listAnswer(c *call, id instruction.List) (*binance.OrderList, *binance.Error) {
	l, err := ask(v.history, c, func(ctx context.Context) (archive.List, error) {
		return v.history.archive.List(ctx, c.account, id, "")
	})
	if err != nil {
		return nil, binance.ErrUnexpectedResponse()
	}
	answer := v.listOf(c, &l)
	return &answer, nil
}

// listOf tells of a list.
func (v *Venue) listOf(c *call, l *archive.List) binance.OrderList {
	m := v.symbolOf(l.Market)
	answer := binance.OrderList{
		OrderListID: binance.ID(l.ID), ContingencyType: stream.ContingencyOf(l.Shape), ListStatusType: "EXEC_STARTED",
		ListOrderStatus: "EXECUTING", ListClientOrderID: l.Client.String(), TransactionTime: c.time(l.Placed), Symbol: m,
	}
	if l.Closed != 0 {
		answer.ListStatusType, answer.ListOrderStatus = "ALL_DONE", "ALL_DONE"
	}
	for i := range l.Orders {
		// #nosec G115 -- two or three
		answer.Orders = append(answer.Orders, binance.ListedOrder{Symbol: m, OrderID: binance.ID(l.First + instruction.Order(i)), ClientOrderID: l.Names[i].String()})
	}
	return answer
}

func queryList(v *Venue, c *call) (reply, *binance.Error) {
	ref, err := c.params.ListQuery()
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	l, err := ask(v.history, c, func(ctx context.Context) (archive.List, error) {
		return v.history.archive.List(ctx, c.account, instruction.List(ref.ID), ref.ClientID) // #nosec G115 -- the dialect takes no sign in an id
	})
	if err != nil {
		return nil, err
	}
	answer := v.listOf(c, &l)
	return &answer, nil
}

func allLists(v *Venue, c *call) (reply, *binance.Error) {
	r, err := c.readRange("orderId")
	if err == nil && r.HasFrom && (r.Start != 0 || r.End != 0) {
		err = binance.ErrBadCombination("Send 'fromId' alone, without 'startTime' and 'endTime'.")
	}
	if err == nil {
		err = withinDay(&r)
	}
	if err != nil {
		return nil, err
	}
	return v.lists(c, func(ctx context.Context) ([]archive.List, error) {
		return v.history.archive.Lists(ctx, c.account, rangeOf(&r, fromID(&r)))
	})
}

func openLists(v *Venue, c *call) (reply, *binance.Error) {
	if err := c.args().end(); err != nil {
		return nil, err
	}
	return v.lists(c, func(ctx context.Context) ([]archive.List, error) { return v.history.archive.OpenLists(ctx, c.account) })
}

func (v *Venue) lists(c *call, find func(context.Context) ([]archive.List, error)) (reply, *binance.Error) {
	rows, err := ask(v.history, c, find)
	if err != nil {
		return nil, err
	}
	list := make([]binance.OrderList, len(rows))
	for i := range rows {
		list[i] = v.listOf(c, &rows[i])
	}
	return written(func(dst []byte) []byte { return binance.AppendOrderLists(dst, list) }), nil
}

// symbolOf is a market's symbol.
func (v *Venue) symbolOf(id instruction.Market) (symbol string) {
	_ = v.read(func(s *core.State) { // where it fails, the answer fails with it
		if m := s.Market(id); m != nil {
			symbol = m.Symbol
		}
	})
	return symbol
}
