package binance

// NewList is an order, and one or two that are placed once it is filled: an OTO or
// OTOCO. Of two, one cancels the other.
type NewList struct {
	ListClientOrderID string // empty: the venue makes one
	Working           NewOrder
	Pending           []NewOrder // one, or the one to be done above and the one below
}

// NewOTO reads the parameters of POST orderList/oto.
func (p *Params) NewOTO() (NewList, *Error) {
	f := fields{p: p}
	l, common := f.follow()
	pending := f.sided("pending", common)
	pending.Quantity = f.amount("pendingQuantity")
	pending = f.anyLeg("pending", pending)
	l.Pending = []NewOrder{pending}
	return l, f.err
}

// NewOTOCO reads the parameters of POST orderList/otoco.
func (p *Params) NewOTOCO() (NewList, *Error) {
	f := fields{p: p}
	l, common := f.follow()
	pending := f.sided("pending", common)
	pending.Quantity = f.amount("pendingQuantity")
	pair := NewOCO{Above: f.leg("pendingAbove", pending), Below: f.leg("pendingBelow", pending)}
	if f.err == nil {
		f.fail(pair.check())
	}
	l.Pending = []NewOrder{pair.Above, pair.Below}
	return l, f.err
}

// follow reads the working order, and what it shares with those that follow it.
func (f *fields) follow() (NewList, NewOrder) {
	common := NewOrder{Symbol: f.symbol()}
	var err *Error
	common.STPMode, err = f.p.OptSTPMode()
	f.fail(err)
	common.RespType, err = f.p.OptRespType(Result)
	f.fail(err)
	l := NewList{ListClientOrderID: f.orderID("listClientOrderId")}
	w := f.sided("working", common)
	w.Type, err = choice[OrderType]("workingType", f.str("workingType"), Limit, LimitMaker)
	f.fail(err)
	w.Quantity, w.Price = f.amount("workingQuantity"), f.amount("workingPrice")
	w.TimeInForce = GTC
	if w.Type == Limit {
		w.TimeInForce, err = f.p.TimeInForce("workingTimeInForce")
		f.fail(err)
	} else if f.p.Has("workingTimeInForce") {
		tif, err := f.p.TimeInForce("workingTimeInForce")
		f.fail(err)
		if tif != GTC {
			f.fail(ErrOrderComposition())
		}
	}
	f.shown("working", &w)
	w.ClientOrderID = f.orderID("workingClientOrderId")
	f.strategy("working", &w)
	l.Working = w
	return l, common
}

// sided reads the side of an order whose parameters start with prefix.
func (f *fields) sided(prefix string, o NewOrder) NewOrder {
	side, err := choice[Side](prefix+"Side", f.str(prefix+"Side"), Buy, Sell)
	f.fail(err)
	o.Side = side
	return o
}

// shown reads the part of an order that others see.
func (f *fields) shown(prefix string, o *NewOrder) {
	o.IcebergQty = f.optAmount(prefix + "IcebergQty")
	if o.IcebergQty.Units != 0 && o.TimeInForce != GTC {
		f.fail(refuse(-1160, "Parameter '%sIcebergQty' is not supported if `%sTimeInForce` is not GTC.", prefix, prefix))
	}
}

// anyLeg is leg for an order of any type but a market order by quote quantity.
func (f *fields) anyLeg(prefix string, o NewOrder) NewOrder {
	kind, err := f.p.OrderType(prefix + "Type")
	f.fail(err)
	if err != nil || kind != Limit && kind != Market {
		return f.leg(prefix, o)
	}
	o.Type, o.TimeInForce = kind, GTC
	f.forbid(prefix+"StopPrice", prefix+"TrailingDelta")
	if kind == Limit {
		o.TimeInForce, err = f.p.TimeInForce(prefix + "TimeInForce")
		f.fail(err)
		o.Price = f.amount(prefix + "Price")
		f.shown(prefix, &o)
	} else {
		f.forbid(prefix+"Price", prefix+"IcebergQty", prefix+"TimeInForce")
	}
	o.ClientOrderID = f.orderID(prefix + "ClientOrderId")
	f.strategy(prefix, &o)
	return o
}

// AmendOrder reduces the quantity of an order that stays where it is.
type AmendOrder struct {
	Symbol   string
	Order    OrderRef
	ClientID string // of the order from now on; empty: the venue makes one
	Quantity Decimal
}

// AmendOrder reads the parameters of PUT order/amend/keepPriority.
func (p *Params) AmendOrder() (AmendOrder, *Error) {
	f := fields{p: p}
	a := AmendOrder{Symbol: f.symbol(), Order: f.ref("orderId", "origClientOrderId"), ClientID: f.orderID("newClientOrderId"), Quantity: f.amount("newQty")}
	return a, f.err
}

// PreventedQuery says which prevented matches a client asks for: those of an order
// from an id on, or one by its id.
type PreventedQuery struct {
	Symbol  string
	OrderID int64 // 0: one match
	Match   int64 // the one, or the first
	Limit   int
}

// PreventedQuery reads the parameters of GET myPreventedMatches.
func (p *Params) PreventedQuery() (PreventedQuery, *Error) {
	f := fields{p: p}
	q := PreventedQuery{Symbol: f.symbol(), OrderID: f.num("orderId"), Limit: DefaultLimit}
	switch {
	case p.Has("preventedMatchId") == p.Has("orderId"):
		f.fail(ErrEither("preventedMatchId", "orderId"))
	case p.Has("preventedMatchId"):
		q.Match = f.num("preventedMatchId")
		f.forbid("fromPreventedMatchId", "limit")
	default:
		q.Match = f.num("fromPreventedMatchId")
		limit, err := p.OptLimit(DefaultLimit, MaxLimit)
		f.fail(err)
		q.Limit = limit
	}
	return q, f.err
}
