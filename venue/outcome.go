package venue

import (
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
	"portcullis/venue/fair"
)

// outcome is what a durable record says of a cancel, of a new order, or of both.
type outcome struct {
	time      instruction.Time
	transfer  instruction.TransferID // done now, or before under the same name
	cancelled []instruction.Order
	placed    instruction.OrderPlaced // Order 0: none was
	fills     []instruction.Filled    // of the new order
	done      money.Amount            // filled of it, in base units
	paid      money.Amount            // filled of it, in quote units
	over      instruction.CloseCause  // 0: it is in the book
	refused   [instruction.Place + 1]instruction.Reason
}

// do has the engine carry out an instruction of the caller's once it is the account's turn, and reads what its durable
// record says. The error is the gate's denial, or that there is no record; what the core refused is in the outcome.
func (v *Venue) do(c *call, in instruction.Instruction, cancels bool) (*outcome, *binance.Error) {
	urgency := fair.Plain
	if cancels {
		urgency = fair.Urgent
	}
	if err := v.turns.Enter(c.ctx, c.account, urgency); err != nil {
		return nil, binance.ErrServerBusy() // it never came to the engine
	}
	r, err := v.instruct(c, in)
	if err != nil {
		return nil, v.unavailable(err)
	}
	if r.Verdict.Decision != instruction.Allow {
		return nil, v.denied(&r.Verdict, cancels)
	}
	o := &outcome{time: r.Time}
	var events instruction.Events
	r.Events(&events)
	for e := events.Next(); e != nil; e = events.Next() {
		o.take(e)
	}
	if events.Err() != nil {
		return nil, binance.ErrUnexpectedResponse()
	}
	return o, nil
}

// instruct is the engine's answer to a call whose turn it is.
func (v *Venue) instruct(c *call, in instruction.Instruction) (instruction.Record, error) {
	defer v.turns.Leave()
	return v.engine.Do(&c.principal, in)
}

func (o *outcome) take(e instruction.Event) {
	switch e := e.(type) {
	case *instruction.OrderPlaced:
		o.placed = *e
	case *instruction.Filled:
		o.fills = append(o.fills, *e)
		o.done += e.Qty
		o.paid += e.Quote
	case *instruction.OrderClosed:
		switch {
		case o.placed.Order != 0 && e.Order == o.placed.Order:
			o.over = e.Cause
		case e.Cause == instruction.ByCancel:
			o.cancelled = append(o.cancelled, e.Order)
		}
	case *instruction.Transferred:
		o.transfer = e.ID
	case *instruction.TransferKnown:
		o.transfer = e.ID
	case *instruction.Refused:
		o.refused[e.Part] = e.Reason
	}
}

// refusal is why a part came to nothing, or nil.
func (o *outcome) refusal(p instruction.Part, cancels bool) *binance.Error {
	if r := o.refused[p]; r != 0 {
		return refused(r, cancels)
	}
	return nil
}

// statusOfOrder is the status of an order of which done is filled; over is 0 while it is in the book.
func statusOfOrder(done money.Amount, over instruction.CloseCause) binance.OrderStatus {
	switch {
	case over == instruction.ByFill:
		return binance.StatusFilled
	case over == instruction.ByCancel:
		return binance.StatusCanceled
	case over == instruction.ByExpiry:
		return binance.StatusExpired
	case done > 0:
		return binance.StatusPartiallyFilled
	}
	return binance.StatusNew
}

// timeInForce is as the dialect tells it, where a market order is good till cancelled.
func timeInForce(t instruction.OrderType, f instruction.TimeInForce) binance.TimeInForce {
	if t == instruction.MarketType {
		return binance.GTC
	}
	return binance.TimeInForce(f.String())
}

// answer is the new order as its client wants to be told of it.
func (o *outcome) answer(c *call, n *newOrder) reply {
	m, p := n.market, &o.placed.Place
	at := c.time(o.time)
	ack := binance.OrderAck{
		Symbol: m.symbol, OrderID: binance.ID(o.placed.Order), OrderListID: binance.NoList,
		ClientOrderID: p.ClientID.String(), TransactTime: at,
	}
	if n.resp == binance.Ack {
		return &ack
	}
	result := binance.OrderResult{
		OrderAck: ack, Price: m.price(p.Price), OrigQty: m.baseAmount(p.Qty), ExecutedQty: m.baseAmount(o.done),
		OrigQuoteOrderQty: m.quoteAmount(p.QuoteQty), CumQuoteQty: m.quoteAmount(o.paid),
		Status: statusOfOrder(o.done, o.over), TimeInForce: timeInForce(p.Type, p.TIF),
		Type: binance.OrderType(p.Type.String()), Side: binance.Side(p.Side.String()),
		OrderExtras: binance.OrderExtras{StrategyID: n.strategyID, StrategyType: n.strategyType},
		WorkingTime: at, STPMode: binance.STPNone,
	}
	if result.Status == binance.StatusExpired {
		result.ExpiryReason = binance.ExpiryReason(result.Type, result.TimeInForce)
	}
	if n.resp == binance.Result {
		return &result
	}
	return &binance.OrderFull{OrderResult: result, Fills: o.fillsOf(m)}
}

func (o *outcome) fillsOf(m *market) []binance.Fill {
	list := make([]binance.Fill, len(o.fills))
	for i, f := range o.fills {
		received := m.baseAsset
		if f.TakerSide == instruction.Sell {
			received = m.quoteAsset
		}
		fee, asset := m.fee(f.Fee(false, received))
		list[i] = binance.Fill{
			Price: m.price(f.Price), Qty: m.baseAmount(f.Qty), Commission: fee, CommissionAsset: asset, TradeID: binance.ID(f.Trade),
		}
	}
	return list
}
