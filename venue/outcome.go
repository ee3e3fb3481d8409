package venue

import (
	"slices"

	"portcullis/archive"
	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
	"portcullis/venue/fair"
	"portcullis/venue/stream"
)

// outcome is what a durable record says of a cancel, of a new order, or of both.
type outcome struct {
	time      instruction.Time
	transfer  instruction.TransferID // done now, or before under the same name
	cancelled []instruction.Order
	placed    instruction.OrderPlaced      // Order 0: none was
	fills     []instruction.Filled         // of the new order
	done      money.Amount                 // filled of it, in base units
	paid      money.Amount                 // filled of it, in quote units
	over      instruction.CloseCause       // 0: it is in the book
	prevented []instruction.TradePrevented // of the new order
	lost      money.Amount                 // of it to them, in base units
	list      instruction.ListPlaced       // List 0: none was
	legs      []instruction.OrderPlaced    // of the list
	amended   []instruction.OrderAmended
	seq       uint64
	refused   [instruction.Place + 1]instruction.Reason
	halted    string // why and until when the market is closed that refused it
}

// do has the engine carry out an instruction of the caller's once it is the account's turn, and reads what its durable
// record says. The error is the gate's denial, or that there is no record; what the core refused is in the outcome.
func (v *Venue) do(c *call, in instruction.Instruction, cancels bool) (*outcome, *binance.Error) {
	urgency := fair.Plain
	if cancels {
		urgency = fair.Urgent
	}
	if err := v.turns.Enter(c.ctx, line{account: c.account}, urgency); err != nil {
		return nil, binance.ErrServerBusy() // it never came to the engine
	}
	r, err := v.instruct(c, in)
	if err != nil {
		return nil, v.unavailable(err)
	}
	if r.Verdict.Decision != instruction.Allow {
		return nil, v.denied(c, in, &r.Verdict, cancels)
	}
	o := &outcome{time: r.Time, seq: r.Seq}
	var events instruction.Events
	r.Events(&events)
	for e := events.Next(); e != nil; e = events.Next() {
		o.take(e)
	}
	if events.Err() != nil {
		return nil, binance.ErrUnexpectedResponse()
	}
	if slices.Contains(o.refused[:], instruction.MarketClosed) {
		_ = v.read(func(s *core.State) { o.halted = whyHalted(s, in) }) // without it the answer is short, and still right
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
		if o.legs = append(o.legs, *e); len(o.legs) == 1 {
			o.placed = *e
		}
	case *instruction.ListPlaced:
		o.list = *e
	case *instruction.OrderAmended:
		o.amended = append(o.amended, *e)
	case *instruction.Filled:
		if e.Taker == o.placed.Order || e.Maker == o.placed.Order { // not of an order that it started
			o.fills = append(o.fills, *e)
			o.done += e.Qty
			o.paid += e.Quote
		}
	case *instruction.TradePrevented:
		switch o.placed.Order {
		case e.Taker:
			o.prevented, o.lost = append(o.prevented, *e), o.lost+e.TakerQty
		case e.Maker:
			o.lost += e.MakerQty
		}
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
	r := o.refused[p]
	if r == 0 {
		return nil
	}
	e := refused(r, cancels)
	if r == instruction.MarketClosed {
		e.Msg += o.halted
	}
	return e
}

// statusOfOrder is the status of an order of which done is filled; over is 0 while it is in the book.
func statusOfOrder(done money.Amount, over instruction.CloseCause) binance.OrderStatus {
	switch {
	case over == instruction.ByFill:
		return binance.StatusFilled
	case over == instruction.ByCancel:
		return binance.StatusCanceled
	case over == instruction.ByPrevention:
		return binance.StatusExpiredInMatch
	case over != 0:
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
	return o.told(c, n, &o.placed, statusOfOrder(o.done, o.over), o.time)
}

// told is a new order as its client wants to be told of it. One that is not the first of the record has nothing filled.
func (o *outcome) told(c *call, n *newOrder, x *instruction.OrderPlaced, status binance.OrderStatus, works instruction.Time) reply {
	m, p := n.market, &x.Place
	ack := binance.OrderAck{
		Symbol: m.symbol, OrderID: binance.ID(x.Order), OrderListID: listID(o.list.List),
		ClientOrderID: p.ClientID.String(), TransactTime: c.time(o.time),
	}
	if n.resp == binance.Ack {
		return &ack
	}
	kept := archive.Order{Trigger: p.Trigger, Stop: p.Stop, Trail: p.Trail, Visible: p.Visible, Works: works, Type: p.Type, TIF: p.TIF}
	done, paid := money.Amount(0), money.Amount(0)
	if x.Order == o.placed.Order {
		if done, paid, kept.Prevented, kept.Cause = o.done, o.paid, o.lost, o.over; len(o.prevented) > 0 {
			kept.Prevention = o.prevented[len(o.prevented)-1].Match
		}
	}
	if status == binance.StatusExpired {
		kept.Status = archive.Expired
	}
	if p.Trigger != instruction.NoTrigger {
		kept.Works = 0
	}
	result := binance.OrderResult{
		OrderAck: ack, Price: m.price(p.Price), OrigQty: m.baseAmount(p.Qty), ExecutedQty: m.baseAmount(done),
		OrigQuoteOrderQty: m.quoteAmount(p.QuoteQty), CumQuoteQty: m.quoteAmount(paid),
		Status: status, TimeInForce: timeInForce(p.Type, p.TIF),
		Type: stream.TypeOf(p.Type, p.Trigger), Side: binance.Side(p.Side.String()),
		OrderExtras: extrasOf(c, m, &kept), WorkingTime: workingTime(c, &kept), STPMode: binance.STPMode(p.SelfTrade.String()),
	}
	result.StrategyID, result.StrategyType = n.strategyID, n.strategyType
	if n.resp == binance.Result {
		return &result
	}
	full := &binance.OrderFull{OrderResult: result, Fills: []binance.Fill{}}
	if x.Order == o.placed.Order {
		full.Fills, full.PreventedMatches = o.fillsOf(m), o.preventedOf(m)
	}
	return full
}

// preventedOf are the matches with its own account's orders that did not become trades.
func (o *outcome) preventedOf(m *market) []binance.PreventedFill {
	var list []binance.PreventedFill
	for _, e := range o.prevented {
		f := binance.PreventedFill{PreventedMatchID: binance.ID(e.Match), MakerSymbol: m.symbol, MakerOrderID: binance.ID(e.Maker), Price: m.price(e.Price)}
		if e.TakerQty != 0 {
			f.TakerPreventedQuantity = m.baseAmount(e.TakerQty)
		}
		if e.MakerQty != 0 {
			f.MakerPreventedQuantity = m.baseAmount(e.MakerQty)
		}
		list = append(list, f)
	}
	return list
}

func (o *outcome) fillsOf(m *market) []binance.Fill {
	list := make([]binance.Fill, len(o.fills))
	for i, f := range o.fills {
		received := m.baseAsset
		if o.placed.Place.Side == instruction.Sell {
			received = m.quoteAsset
		}
		fee, asset := m.fee(f.Fee(f.Maker == o.placed.Order, received)) // made, where an order that it started took it
		list[i] = binance.Fill{
			Price: m.price(f.Price), Qty: m.baseAmount(f.Qty), Commission: fee, CommissionAsset: asset, TradeID: binance.ID(f.Trade),
		}
	}
	return list
}
