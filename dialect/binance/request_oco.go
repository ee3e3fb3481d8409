package binance

// NewOCO is two orders of one side and quantity, of which one cancels the other:
// Above is to be done at a higher price than Below.
type NewOCO struct {
	ListClientOrderID string // empty: the venue makes one
	Above, Below      NewOrder
}

// NewOCO reads the parameters of POST orderList/oco. One of the two takes profit
// or rests (LIMIT_MAKER), the other stops a loss.
func (p *Params) NewOCO() (NewOCO, *Error) {
	f := fields{p: p}
	o, common := f.list()
	o.Above = f.leg("above", common)
	o.Below = f.leg("below", common)
	if f.err == nil {
		f.fail(o.check())
	}
	return o, f.err
}

// OldOCO reads the parameters of POST order/oco, which two of the clients still
// use: a LIMIT_MAKER, and a stop on the other side of the market.
func (p *Params) OldOCO() (NewOCO, *Error) {
	f := fields{p: p}
	o, limit := f.list()
	stop := limit
	limit.Type, limit.TimeInForce, limit.Price = LimitMaker, GTC, f.amount("price")
	limit.IcebergQty, limit.ClientOrderID = f.optAmount("limitIcebergQty"), f.orderID("limitClientOrderId")
	f.strategy("limit", &limit)
	f.oldStop(&stop)
	o.Above, o.Below = limit, stop
	if limit.Side == Buy {
		o.Above, o.Below = stop, limit
	}
	return o, f.err
}

func (f *fields) oldStop(o *NewOrder) {
	o.Type, o.TimeInForce = StopLoss, GTC
	o.StopPrice, o.TrailingDelta = f.amount("stopPrice"), f.num("trailingDelta")
	o.ClientOrderID = f.orderID("stopClientOrderId")
	f.strategy("stop", o)
	if !f.p.Has("stopLimitPrice") {
		f.forbid("stopLimitTimeInForce", "stopIcebergQty")
		return
	}
	tif, err := f.p.TimeInForce("stopLimitTimeInForce")
	f.fail(err)
	o.Type, o.TimeInForce, o.Price = StopLossLimit, tif, f.amount("stopLimitPrice")
	if o.IcebergQty = f.optAmount("stopIcebergQty"); o.IcebergQty.Units != 0 && tif != GTC {
		f.fail(ErrOrderComposition())
	}
}

// list reads what the list and both of its orders share.
func (f *fields) list() (NewOCO, NewOrder) {
	common := NewOrder{Symbol: f.symbol(), Quantity: f.amount("quantity")}
	var err *Error
	common.Side, err = f.p.Side()
	f.fail(err)
	common.STPMode, err = f.p.OptSTPMode()
	f.fail(err)
	common.RespType, err = f.p.OptRespType(Result)
	f.fail(err)
	return NewOCO{ListClientOrderID: f.orderID("listClientOrderId")}, common
}

// strategy reads the client's own label of an order.
func (f *fields) strategy(prefix string, o *NewOrder) {
	id, kind := "strategyId", "strategyType"
	if prefix != "" {
		id, kind = prefix+"StrategyId", prefix+"StrategyType"
	}
	o.StrategyID, o.StrategyType = f.num(id), f.num(kind)
	if f.p.Has(kind) && o.StrategyType < 1_000_000 {
		f.fail(ErrStrategyType())
	}
}

// leg reads the parameters of one order, whose names start with prefix.
func (f *fields) leg(prefix string, o NewOrder) NewOrder {
	kind, err := f.p.OrderType(prefix + "Type")
	f.fail(err)
	o.Type, o.TimeInForce = kind, GTC
	if err != nil {
		return o
	}
	if kind == Limit || kind == Market {
		f.fail(ErrOCOType())
		return o
	}
	if kind.HasTimeInForce() {
		o.TimeInForce, err = f.p.TimeInForce(prefix + "TimeInForce")
		f.fail(err)
	} else {
		f.forbid(prefix + "TimeInForce")
	}
	f.legStop(prefix, &o)
	if kind.HasPrice() {
		o.Price, o.IcebergQty = f.amount(prefix+"Price"), f.optAmount(prefix+"IcebergQty")
	} else {
		f.forbid(prefix+"Price", prefix+"IcebergQty")
	}
	if o.IcebergQty.Units != 0 && o.TimeInForce != GTC {
		f.fail(refuse(-1160, "Parameter '%sIcebergQty' is not supported if `%sTimeInForce` is not GTC.", prefix, prefix))
	}
	o.ClientOrderID = f.orderID(prefix + "ClientOrderId")
	f.strategy(prefix, &o)
	return o
}

func (f *fields) legStop(prefix string, o *NewOrder) {
	stop, trail := prefix+"StopPrice", prefix+"TrailingDelta"
	if !o.Type.HasStop() {
		f.forbid(stop, trail)
		return
	}
	o.StopPrice, o.TrailingDelta = f.optAmount(stop), f.num(trail)
	if o.StopPrice.Units == 0 && o.TrailingDelta == 0 {
		f.fail(ErrEither(stop, trail))
	}
}

// check holds the two legs to their places: a buy stops its loss above the market
// and a sell below it, and the other leg lies on the other side.
func (o *NewOCO) check() *Error {
	stops := func(t OrderType) bool { return t == StopLoss || t == StopLossLimit }
	above, below := o.Above.Type, o.Below.Type
	switch {
	case above == LimitMaker && below == LimitMaker:
		return refuse(-1168, "At least one OCO order must be contingent.")
	case stops(above) == stops(below):
		return ErrOCOType()
	case o.Above.Side == Buy && stops(below):
		return refuse(-1196, "A stop loss order in a buy OCO must be above.")
	case o.Above.Side == Sell && stops(above):
		return refuse(-1197, "A stop loss order in a sell OCO must be below.")
	}
	return nil
}

// ListRef names an order list by the venue's id or by its client's.
type ListRef struct {
	ID       int64 // with HasID, for ids may be 0
	HasID    bool
	ClientID string // empty is none
}

// CancelList reads the parameters of DELETE orderList: the market, the list, and
// the cancel's own id.
func (p *Params) CancelList() (symbol string, list ListRef, clientID string, err *Error) {
	f := fields{p: p}
	symbol = f.symbol()
	list = f.listRef("listClientOrderId")
	clientID = f.orderID("newClientOrderId")
	return symbol, list, clientID, f.err
}

// ListQuery reads the parameters of GET orderList.
func (p *Params) ListQuery() (ListRef, *Error) {
	f := fields{p: p}
	list := f.listRef("origClientOrderId")
	return list, f.err
}

func (f *fields) listRef(clientID string) ListRef {
	r := ListRef{ID: f.num("orderListId"), HasID: f.p.Has("orderListId"), ClientID: f.orderID(clientID)}
	if !r.HasID && r.ClientID == "" {
		f.fail(ErrEither("orderListId", clientID))
	}
	return r
}
