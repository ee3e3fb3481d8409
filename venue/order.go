package venue

import (
	"crypto/rand"

	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// newOrder is an order as its client asked for it.
type newOrder struct {
	market       *market
	place        instruction.PlaceOrder
	resp         binance.RespType
	strategyID   int64
	strategyType int64
}

// readOrder reads the parameters of a new order; what the cancel of a replacement needs is read elsewhere.
func (v *Venue) readOrder(a *args) *newOrder {
	n := &newOrder{market: a.market(v)}
	side, err := a.p.Side()
	if got(a, side, err) == binance.Buy {
		n.place.Side = instruction.Buy
	} else {
		n.place.Side = instruction.Sell
	}
	kind, err := a.p.OrderType("type")
	got(a, kind, err)
	n.place.Market = n.market.id
	n.readTerms(a, kind)
	n.place.ClientID = a.clientID("newClientOrderId")
	n.readExtras(a)
	if a.err == nil && n.place.ClientID.IsZero() {
		n.place.ClientID, _ = instruction.ClientIDOf(rand.Text()) // 26 letters and digits
	}
	return n
}

// readTerms reads price, quantity and time in force, each where the type has it.
func (n *newOrder) readTerms(a *args, kind binance.OrderType) {
	p, m := &n.place, n.market
	switch kind {
	case binance.Limit, binance.LimitMaker:
		p.Type, p.TIF = instruction.LimitMaker, instruction.GTC
		if kind == binance.Limit {
			p.Type = instruction.Limit
			tif, err := a.p.TimeInForce("timeInForce")
			p.TIF = timesInForce[got(a, tif, err)]
		}
		p.Price = money.Price(a.amount("price", m.quoteScale))
		p.Qty = a.amount("quantity", m.baseScale)
	case binance.Market:
		p.Type, p.TIF = instruction.MarketType, instruction.IOC
		switch quantity, quote := a.p.Has("quantity"), a.p.Has("quoteOrderQty"); {
		case quantity && quote:
			a.fail(binance.ErrBadCombination("Send 'quantity' or 'quoteOrderQty'."))
		case quantity:
			p.Qty = a.amount("quantity", m.baseScale)
		case quote:
			p.QuoteQty = a.amount("quoteOrderQty", m.quoteScale)
		default:
			a.fail(binance.ErrEither("quantity", "quoteOrderQty"))
		}
	default:
		if a.err == nil {
			a.fail(&binance.Error{Code: -1116, Status: 400, Msg: "Invalid orderType. This symbol takes LIMIT, LIMIT_MAKER and MARKET."})
		}
	}
	n.forbid(a, kind)
}

var timesInForce = map[binance.TimeInForce]instruction.TimeInForce{
	binance.GTC: instruction.GTC, binance.IOC: instruction.IOC, binance.FOK: instruction.FOK,
}

// forbid refuses what the type does not have.
func (n *newOrder) forbid(a *args, kind binance.OrderType) {
	if a.p.Has("icebergQty") {
		a.fail(binance.ErrRejected(binance.MsgNoIceberg))
	}
	names := []string{"stopPrice", "trailingDelta"}
	if kind == binance.Market {
		names = append(names, "price")
	} else {
		names = append(names, "quoteOrderQty")
	}
	if kind != binance.Limit {
		names = append(names, "timeInForce")
	}
	for _, name := range names {
		if err := a.p.Forbid(name); err != nil {
			a.fail(err)
		}
	}
}

// readExtras reads what is about the answer rather than the order.
func (n *newOrder) readExtras(a *args) {
	absent := binance.Full
	if n.place.Type == instruction.LimitMaker {
		absent = binance.Ack
	}
	resp, err := a.p.OptRespType(absent)
	n.resp = got(a, resp, err)
	stp, err := a.p.OptSTPMode()
	if got(a, stp, err) != "" && stp != binance.STPNone {
		a.fail(binance.ErrInvalidData("selfTradePreventionMode", "This symbol takes NONE."))
	}
	n.strategyID, n.strategyType = a.integer("strategyId", 0), a.integer("strategyType", 0)
	if n.strategyType != 0 && n.strategyType < 1_000_000 {
		a.fail(binance.ErrStrategyType())
	}
}

// countOrders takes n orders off the account's limits.
func (v *Venue) countOrders(c *call, n int) (err *binance.Error) {
	c.counts, err = v.limits.place(v.engine.Now(), c.account, n)
	return err
}

func placeOrder(v *Venue, c *call) (reply, *binance.Error) {
	a := c.args()
	n := v.readOrder(a)
	if err := a.end(); err != nil {
		return nil, err
	}
	if err := v.countOrders(c, 1); err != nil {
		return nil, err
	}
	record, err := v.do(c, &n.place, false)
	if err != nil {
		return nil, err
	}
	o, err := readOutcome(record)
	if err != nil {
		return nil, err
	}
	if err := o.refusal(instruction.Whole, false); err != nil {
		return nil, err
	}
	return o.answer(c, n), nil
}
