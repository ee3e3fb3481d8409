package venue

import (
	"crypto/rand"
	"strings"

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

// orderTypes are how the price of an order is found, and what starts it.
var orderTypes = map[binance.OrderType]struct {
	kind instruction.OrderType
	on   instruction.Trigger
}{
	binance.Limit: {kind: instruction.Limit}, binance.LimitMaker: {kind: instruction.LimitMaker}, binance.Market: {kind: instruction.MarketType},
	binance.StopLoss: {instruction.MarketType, instruction.StopLoss}, binance.StopLossLimit: {instruction.Limit, instruction.StopLoss},
	binance.TakeProfit: {instruction.MarketType, instruction.TakeProfit}, binance.TakeProfitLimit: {instruction.Limit, instruction.TakeProfit},
}

var selfTrades = map[binance.STPMode]instruction.SelfTrade{
	"": instruction.TradeAnyway, binance.STPNone: instruction.TradeAnyway, binance.STPExpireTaker: instruction.ExpireTaker,
	binance.STPExpireMaker: instruction.ExpireMaker, binance.STPExpireBoth: instruction.ExpireBoth, binance.STPDecrement: instruction.Decrement,
}

// stpModes are the self-trade prevention modes that there are, as exchangeInfo lists them.
var stpModes = []binance.STPMode{binance.STPNone, binance.STPExpireTaker, binance.STPExpireMaker, binance.STPExpireBoth, binance.STPDecrement}

var timesInForce = map[binance.TimeInForce]instruction.TimeInForce{
	binance.GTC: instruction.GTC, binance.IOC: instruction.IOC, binance.FOK: instruction.FOK,
}

// newOrder turns what was asked for into an instruction.
func (v *Venue) newOrder(o *binance.NewOrder) (*newOrder, *binance.Error) {
	m, err := v.market(o.Symbol)
	if err != nil {
		return nil, err
	}
	n := &newOrder{market: m, resp: o.RespType, strategyID: o.StrategyID, strategyType: o.StrategyType}
	n.place, err = m.place("", o)
	return n, err
}

// place is the instruction of an order whose parameters start with prefix.
func (m *market) place(prefix string, o *binance.NewOrder) (instruction.PlaceOrder, *binance.Error) {
	t := orderTypes[o.Type]
	p := instruction.PlaceOrder{
		Market: m.id, Side: instruction.Buy, Type: t.kind, Trigger: t.on, TIF: timesInForce[o.TimeInForce], SelfTrade: selfTrades[o.STPMode],
	}
	if o.Side == binance.Sell {
		p.Side = instruction.Sell
	}
	if t.kind == instruction.MarketType {
		p.TIF = instruction.IOC
	}
	if o.TrailingDelta < 0 || o.TrailingDelta > 1<<16-1 {
		return p, refused(instruction.TrailOutOfRange, false)
	}
	p.Trail = uint16(o.TrailingDelta) // #nosec G115 -- just checked
	for _, x := range []struct {
		name string
		sent binance.Decimal
		to   func(money.Amount)
		at   money.Scale
	}{
		{"price", o.Price, func(n money.Amount) { p.Price = money.Price(n) }, m.quoteScale},
		{"stopPrice", o.StopPrice, func(n money.Amount) { p.Stop = money.Price(n) }, m.quoteScale},
		{"quantity", o.Quantity, func(n money.Amount) { p.Qty = n }, m.baseScale},
		{"icebergQty", o.IcebergQty, func(n money.Amount) { p.Visible = n }, m.baseScale},
		{"quoteOrderQty", o.QuoteOrderQty, func(n money.Amount) { p.QuoteQty = n }, m.quoteScale},
	} {
		n, err := units(param(prefix, x.name), x.sent, x.at)
		if err != nil {
			return p, err
		}
		x.to(n)
	}
	var err *binance.Error
	p.ClientID, err = clientID(param(prefix, "clientOrderId"), o.ClientOrderID)
	return p, err
}

// param is the name of a parameter with its prefix.
func param(prefix, name string) string {
	switch {
	case prefix == "" && name == "clientOrderId":
		return "newClientOrderId"
	case prefix == "":
		return name
	}
	return prefix + strings.ToUpper(name[:1]) + name[1:]
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
	halted := ""
	err = v.read(func(s *core.State) {
		m := s.Market(n.market.id)
		verdict = s.Judge(v.engine.Now(), &c.principal, &n.place)
		if fees, why = s.RatesOf(m, c.account), s.Test(c.principal.Credential, &n.place); why == instruction.MarketClosed {
			halted = whyHalted(s, &n.place)
		}
	})
	switch {
	case err != nil:
		return nil, err
	case verdict.Decision != instruction.Allow:
		return nil, v.denied(c, &n.place, &verdict, false)
	case why != 0 && why != instruction.InsufficientBalance: // there is no order that money would have to be held for
		no := refused(why, false)
		no.Msg += halted
		return nil, no
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
