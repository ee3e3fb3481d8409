package venue

import (
	"crypto/rand"

	"portcullis/core"
	"portcullis/core/instruction"
	"portcullis/core/money"
	"portcullis/dialect/binance"
)

// newOrder is an order as its client asked for it, in its market's units.
type newOrder struct {
	market       *market
	place        instruction.PlaceOrder
	resp         binance.RespType
	strategyID   int64 // told back in the answer, and not kept
	strategyType int64
}

var orderTypes = map[binance.OrderType]instruction.OrderType{
	binance.Limit: instruction.Limit, binance.LimitMaker: instruction.LimitMaker, binance.Market: instruction.MarketType,
}

// offeredTypes are the order types that there are so far, as exchangeInfo lists them.
var offeredTypes = []binance.OrderType{binance.Limit, binance.LimitMaker, binance.Market}

var timesInForce = map[binance.TimeInForce]instruction.TimeInForce{
	binance.GTC: instruction.GTC, binance.IOC: instruction.IOC, binance.FOK: instruction.FOK,
}

// newOrder turns what was asked for into an instruction, or says what this venue does not offer of it.
func (v *Venue) newOrder(o *binance.NewOrder) (*newOrder, *binance.Error) {
	m, err := v.market(o.Symbol)
	if err != nil {
		return nil, err
	}
	if err := offered(o); err != nil {
		return nil, err
	}
	n := &newOrder{market: m, resp: o.RespType, strategyID: o.StrategyID, strategyType: o.StrategyType}
	p := &n.place
	p.Market, p.Side, p.Type, p.TIF = m.id, instruction.Buy, orderTypes[o.Type], timesInForce[o.TimeInForce]
	if o.Side == binance.Sell {
		p.Side = instruction.Sell
	}
	if o.Type == binance.Market {
		p.TIF = instruction.IOC
	}
	price, err := units("price", o.Price, m.quoteScale)
	if err != nil {
		return nil, err
	}
	p.Price = money.Price(price)
	if p.Qty, err = units("quantity", o.Quantity, m.baseScale); err != nil {
		return nil, err
	}
	if p.QuoteQty, err = units("quoteOrderQty", o.QuoteOrderQty, m.quoteScale); err != nil {
		return nil, err
	}
	p.ClientID, err = clientID("newClientOrderId", o.ClientOrderID)
	return n, err
}

// offered refuses what the dialect has and this venue has not.
func offered(o *binance.NewOrder) *binance.Error {
	switch {
	case orderTypes[o.Type] == 0:
		return &binance.Error{Code: -1116, Status: 400, Msg: "Invalid orderType. This symbol takes LIMIT, LIMIT_MAKER and MARKET."}
	case o.IcebergQty != binance.Decimal{}:
		return binance.ErrRejected(binance.MsgNoIceberg)
	case o.STPMode != "" && o.STPMode != binance.STPNone:
		return binance.ErrInvalidData("selfTradePreventionMode", "This symbol takes NONE.")
	}
	return nil
}

// units is a decimal at the scale of its asset (−1111 where it has more places); 0 where none was sent.
func units(name string, d binance.Decimal, s money.Scale) (money.Amount, *binance.Error) {
	n, err := d.At(name, uint8(s))
	if err == nil && money.Amount(n) > money.MaxAmount {
		err = binance.ErrOverflow(name)
	}
	return money.Amount(n), err
}

// clientID packs a client's own name for an order, and makes one where it gave none.
func clientID(name, text string) (instruction.ClientID, *binance.Error) {
	if text == "" {
		text = rand.Text() // 26 letters and digits
	}
	id, err := instruction.ClientIDOf(text)
	if err != nil {
		return id, binance.ErrInvalidData(name, "It has 1 to 36 of the characters a-z A-Z 0-9 . : / _ -")
	}
	return id, nil
}

// readOrder reads a new order from the parameters of a call.
func (v *Venue) readOrder(c *call) (*newOrder, *binance.Error) {
	o, err := c.params.NewOrder()
	if err == nil {
		err = c.params.Unread()
	}
	if err != nil {
		return nil, err
	}
	return v.newOrder(&o)
}

// countOrders takes n orders off the account's limits.
func (v *Venue) countOrders(c *call, n int) (err *binance.Error) {
	c.counts, err = v.limits.place(v.engine.Now(), c.account, n)
	return err
}

func placeOrder(v *Venue, c *call) (reply, *binance.Error) {
	n, err := v.readOrder(c)
	if err != nil {
		return nil, err
	}
	if err := v.countOrders(c, 1); err != nil {
		return nil, err
	}
	o, err := v.do(c, &n.place, false)
	if err != nil {
		return nil, err
	}
	if err := o.refusal(instruction.Whole, false); err != nil {
		return nil, err
	}
	return o.answer(c, n), nil
}

// testOrder reads an order, asks the gate and the market about it, and places nothing. The balance is not looked at.
func testOrder(v *Venue, c *call) (reply, *binance.Error) {
	rates := c.args()
	compute := rates.flag("computeCommissionRates", false)
	if rates.err != nil {
		return nil, rates.err
	}
	n, err := v.readOrder(c)
	if err != nil {
		return nil, err
	}
	var verdict instruction.Verdict
	var fees core.Rates
	var why instruction.Reason
	err = v.read(func(s *core.State) {
		m := s.Market(n.market.id)
		verdict = s.Judge(v.engine.Now(), &c.principal, &n.place)
		fees, why = s.RatesOf(m, c.account), m.Admits(c.account, &n.place)
	})
	switch {
	case err != nil:
		return nil, err
	case verdict.Decision != instruction.Allow:
		return nil, v.denied(&verdict, false)
	case why != 0:
		return nil, refused(why, false)
	case !compute:
		return literal(binance.EmptyObject), nil
	}
	return object{binance.TestedOrder{
		StandardCommission: binance.OrderRates{Maker: rate(fees.Maker), Taker: rate(fees.Taker)},
		SpecialCommission:  binance.OrderRates{Maker: rate(0), Taker: rate(0)},
		TaxCommission:      binance.OrderRates{Maker: rate(0), Taker: rate(0)},
		Discount:           binance.Discount{Discount: rate(0)},
	}}, nil
}
