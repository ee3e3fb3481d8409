package binance

// The requests that move or may move money, and the ranges of the queries, each
// read whole: a handler gets all of it or the one error to answer. The caller
// then asks Unread.

// fields reads parameters until the first that is wrong, which it keeps.
type fields struct {
	p   *Params
	err *Error
}

func (f *fields) fail(err *Error) {
	if f.err == nil {
		f.err = err
	}
}

func (f *fields) str(name string) string {
	v, err := f.p.Str(name)
	f.fail(err)
	return v
}

func (f *fields) symbol() string {
	v, err := f.p.Symbol()
	f.fail(err)
	return v
}

func (f *fields) orderID(name string) string {
	v, err := f.p.OptOrderID(name)
	f.fail(err)
	return v
}

func (f *fields) num(name string) int64 {
	v, err := f.p.OptInt64(name, 0)
	f.fail(err)
	return v
}

// amount reads a mandatory decimal above zero.
func (f *fields) amount(name string) Decimal {
	v, err := f.p.Decimal(name)
	f.fail(err)
	if v.Units == 0 {
		f.fail(ErrInvalidMessage("Invalid " + name + "."))
	}
	return v
}

// optAmount reads a decimal above zero; the zero Decimal says that none was sent.
func (f *fields) optAmount(name string) Decimal {
	if !f.p.Has(name) {
		return Decimal{}
	}
	return f.amount(name)
}

func (f *fields) forbid(names ...string) {
	for _, name := range names {
		f.fail(f.p.Forbid(name))
	}
}

// ID is a number of the venue's own (of an order, a trade, a record) as the dialect writes it: signed. Numbers are given
// out one by one from 1, so none comes near 2^63.
func ID[N ~uint64](n N) int64 {
	return int64(n) // #nosec G115 -- see above
}

// OrderRef names an order by the venue's id, by its client's, or by both, which
// must then agree.
type OrderRef struct {
	ID       int64  // 0 is none
	ClientID string // empty is none
}

func (f *fields) ref(id, clientID string) OrderRef {
	r := OrderRef{f.num(id), f.orderID(clientID)}
	if r == (OrderRef{}) {
		f.fail(ErrEither(id, clientID))
	}
	return r
}

// NewOrder is an order as its client asks for it. A zero Decimal is one that was
// not sent: the dialect has no amount of zero.
type NewOrder struct {
	Symbol        string
	Side          Side
	Type          OrderType
	TimeInForce   TimeInForce // GTC for the types that have none
	Quantity      Decimal     // of the base asset; or QuoteOrderQty
	QuoteOrderQty Decimal     // of the quote asset; MARKET only
	Price         Decimal     // of the types with HasPrice
	StopPrice     Decimal     // of the types with HasStop; or TrailingDelta, or both
	TrailingDelta int64       // basis points
	IcebergQty    Decimal
	ClientOrderID string // empty: the venue makes one
	STPMode       STPMode
	StrategyID    int64
	StrategyType  int64
	RespType      RespType
}

// NewOrder reads the parameters of POST order, order/test and order.place. What
// the type wants must be there, and nothing that it has no use for.
func (p *Params) NewOrder() (NewOrder, *Error) {
	f := fields{p: p}
	o := f.newOrder()
	return o, f.err
}

func (f *fields) newOrder() NewOrder {
	var o NewOrder
	var err *Error
	o.Symbol = f.symbol()
	o.Side, err = f.p.Side()
	f.fail(err)
	o.Type, err = f.p.OrderType("type")
	f.fail(err)
	if f.err != nil {
		return o // without a type there is no telling what it wants
	}
	f.pricing(&o)
	f.sizing(&o)
	o.ClientOrderID = f.orderID("newClientOrderId")
	o.STPMode, err = f.p.OptSTPMode()
	f.fail(err)
	f.strategy("", &o)
	absent := Ack
	if o.Type == Limit || o.Type == Market {
		absent = Full
	}
	o.RespType, err = f.p.OptRespType(absent)
	f.fail(err)
	return o
}

// pricing reads what says at which price and for how long.
func (f *fields) pricing(o *NewOrder) {
	o.TimeInForce = GTC
	if o.Type.HasTimeInForce() {
		tif, err := f.p.TimeInForce("timeInForce")
		f.fail(err)
		o.TimeInForce = tif
	} else {
		f.forbid("timeInForce")
	}
	if o.Type.HasPrice() {
		o.Price = f.amount("price")
	} else {
		f.forbid("price")
	}
	if !o.Type.HasStop() {
		f.forbid("stopPrice", "trailingDelta")
		return
	}
	o.StopPrice, o.TrailingDelta = f.optAmount("stopPrice"), f.num("trailingDelta")
	if o.StopPrice.Units == 0 && o.TrailingDelta == 0 {
		f.fail(ErrEither("stopPrice", "trailingDelta"))
	}
}

// sizing reads how much.
func (f *fields) sizing(o *NewOrder) {
	switch {
	case o.Type != Market:
		o.Quantity = f.amount("quantity")
		f.forbid("quoteOrderQty")
	case f.p.Has("quantity"):
		o.Quantity = f.amount("quantity")
		f.forbid("quoteOrderQty")
	case f.p.Has("quoteOrderQty"):
		o.QuoteOrderQty = f.amount("quoteOrderQty")
	default:
		f.fail(ErrEither("quantity", "quoteOrderQty"))
	}
	if !o.Type.HasPrice() {
		f.forbid("icebergQty")
		return
	}
	o.IcebergQty = f.optAmount("icebergQty")
	if o.IcebergQty.Units != 0 && o.TimeInForce != GTC {
		f.fail(ErrOrderComposition())
	}
}

// CancelOrder takes one order back.
type CancelOrder struct {
	Symbol      string
	Order       OrderRef
	ClientID    string // of the cancel; empty: the venue makes one
	Restriction CancelRestriction
}

// CancelOrder reads the parameters of DELETE order and order.cancel.
func (p *Params) CancelOrder() (CancelOrder, *Error) {
	f := fields{p: p}
	c := CancelOrder{Symbol: f.symbol(), Order: f.ref("orderId", "origClientOrderId"), ClientID: f.orderID("newClientOrderId")}
	f.restriction(&c)
	return c, f.err
}

func (f *fields) restriction(c *CancelOrder) {
	restriction, err := f.p.OptCancelRestriction()
	f.fail(err)
	c.Restriction = restriction
}

// OrderQuery reads the parameters of GET order and order.status.
func (p *Params) OrderQuery() (symbol string, order OrderRef, err *Error) {
	f := fields{p: p}
	symbol, order = f.symbol(), f.ref("orderId", "origClientOrderId")
	return symbol, order, f.err
}

// CancelReplaceRequest takes an order back and places another in its market.
type CancelReplaceRequest struct {
	Mode   CancelReplaceMode
	Cancel CancelOrder
	New    NewOrder
	// CancelAnyway cancels even when the account may place no more orders now.
	CancelAnyway bool
}

// CancelReplace reads the parameters of POST order/cancelReplace.
func (p *Params) CancelReplace() (CancelReplaceRequest, *Error) {
	f := fields{p: p}
	r := CancelReplaceRequest{New: f.newOrder()}
	mode, err := choice[CancelReplaceMode]("cancelReplaceMode", f.str("cancelReplaceMode"), StopOnFailure, AllowFailure)
	f.fail(err)
	r.Mode = mode
	r.Cancel = CancelOrder{Symbol: r.New.Symbol, Order: f.ref("cancelOrderId", "cancelOrigClientOrderId"), ClientID: f.orderID("cancelNewClientOrderId")}
	f.restriction(&r.Cancel)
	exceeded, err := p.OptStr("orderRateLimitExceededMode", "DO_NOTHING")
	f.fail(err)
	exceeded, err = choice("orderRateLimitExceededMode", exceeded, "DO_NOTHING", "CANCEL_ONLY")
	f.fail(err)
	r.CancelAnyway = exceeded == "CANCEL_ONLY"
	return r, f.err
}

// Range is which part of a history a client asks for. Zero is not sent.
type Range struct {
	OrderID    int64
	FromID     int64 // with HasFrom, for ids may be 0
	HasFrom    bool
	Start, End int64 // milliseconds, both inclusive
	Limit      int
}

// Limits of lists.
const (
	DefaultLimit      = 500
	MaxLimit          = 1000
	DefaultDepthLimit = 100
	MaxDepthLimit     = 5000
)

// Range reads orderId, fromId, startTime, endTime and limit. Which of them the
// route takes is the route's to say: it forbids the others.
func (p *Params) Range() (Range, *Error) {
	f := fields{p: p}
	r := Range{OrderID: f.num("orderId"), HasFrom: p.Has("fromId"), FromID: f.num("fromId"), Start: f.time("startTime"), End: f.time("endTime")}
	if r.Start != 0 && r.End != 0 && r.End < r.Start {
		f.fail(ErrBadCombination("'startTime' is after 'endTime'."))
	}
	limit, err := p.OptLimit(DefaultLimit, MaxLimit)
	f.fail(err)
	r.Limit = limit
	return r, f.err
}

// time reads a time in milliseconds or microseconds as milliseconds.
func (f *fields) time(name string) int64 {
	v := f.num(name)
	if v >= microsFrom {
		v /= 1000
	}
	return v
}

// OptLimit reads limit: 1 or more; above max it is max.
func (p *Params) OptLimit(absent, max int) (int, *Error) {
	v, err := p.OptInt64("limit", int64(absent))
	if err != nil {
		return 0, err
	}
	if v < 1 {
		return 0, ErrInvalidData("limit", "It is 1 to "+itoa(max)+".")
	}
	return int(min(v, int64(max))), nil
}

// Bounds of a withdrawal's texts.
const (
	maxCoinBytes    = 20
	maxAddressBytes = 128
	maxTagBytes     = 120
)

// Withdraw asks for coins to leave. No amount is inferred and no text trimmed:
// what was signed is what is paid.
type Withdraw struct {
	Coin     string
	Network  string // empty: the coin's default
	Address  string
	Tag      string // empty: none
	Amount   Decimal
	ClientID string // withdrawOrderId: once per account
	Name     string // the client's own label of the address
}

// Withdraw reads the parameters of POST capital/withdraw/apply.
func (p *Params) Withdraw() (Withdraw, *Error) {
	f := fields{p: p}
	w := Withdraw{Coin: f.str("coin"), Address: f.str("address"), Amount: f.amount("amount")}
	w.Network, w.Tag, w.Name = f.opt("network"), f.opt("addressTag"), f.opt("name")
	w.ClientID = f.orderID("withdrawOrderId")
	if wallet := f.num("walletType"); wallet != 0 {
		f.fail(ErrInvalidData("walletType", "There is one wallet, 0."))
	}
	f.within("coin", w.Coin, maxCoinBytes)
	f.within("network", w.Network, maxCoinBytes)
	f.within("address", w.Address, maxAddressBytes)
	f.within("addressTag", w.Tag, maxTagBytes)
	f.within("name", w.Name, maxTagBytes)
	f.solid("coin", w.Coin)
	f.solid("network", w.Network)
	f.solid("address", w.Address)
	return w, f.err
}

func (f *fields) opt(name string) string {
	v, err := f.p.OptStr(name, "")
	f.fail(err)
	return v
}

func (f *fields) within(name, text string, max int) {
	if len(text) > max {
		f.fail(ErrInvalidData(name, "It has at most "+itoa(max)+" bytes."))
	}
}

// solid refuses what no coin, network or address has: a space is mostly one that
// came along in pasting, and a letter beyond ASCII one that only looks right.
func (f *fields) solid(name, text string) {
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			f.fail(ErrIllegalParam(name, "^[!-~]+$"))
		}
	}
}
