package binance

// Side of an order.
type Side string

const (
	Buy  Side = "BUY"
	Sell Side = "SELL"
)

// OrderType of the dialect.
type OrderType string

const (
	Limit           OrderType = "LIMIT"
	Market          OrderType = "MARKET"
	StopLoss        OrderType = "STOP_LOSS"
	StopLossLimit   OrderType = "STOP_LOSS_LIMIT"
	TakeProfit      OrderType = "TAKE_PROFIT"
	TakeProfitLimit OrderType = "TAKE_PROFIT_LIMIT"
	LimitMaker      OrderType = "LIMIT_MAKER"
)

// HasPrice: the type carries a limit price.
func (t OrderType) HasPrice() bool {
	return t == Limit || t == LimitMaker || t == StopLossLimit || t == TakeProfitLimit
}

// HasTimeInForce: the client says how long the order lives.
func (t OrderType) HasTimeInForce() bool {
	return t == Limit || t == StopLossLimit || t == TakeProfitLimit
}

// HasStop: the order waits for a trigger.
func (t OrderType) HasStop() bool {
	return t == StopLoss || t == StopLossLimit || t == TakeProfit || t == TakeProfitLimit
}

// TimeInForce of an order.
type TimeInForce string

const (
	GTC TimeInForce = "GTC"
	IOC TimeInForce = "IOC"
	FOK TimeInForce = "FOK"
)

// RespType is how much an answer to an order says.
type RespType string

const (
	Ack    RespType = "ACK"
	Result RespType = "RESULT"
	Full   RespType = "FULL"
)

// STPMode is what happens when an account would trade with itself.
type STPMode string

const (
	STPNone        STPMode = "NONE"
	STPExpireMaker STPMode = "EXPIRE_MAKER"
	STPExpireTaker STPMode = "EXPIRE_TAKER"
	STPExpireBoth  STPMode = "EXPIRE_BOTH"
	STPDecrement   STPMode = "DECREMENT"
)

// OrderStatus of an order.
type OrderStatus string

const (
	StatusNew             OrderStatus = "NEW"
	StatusPendingNew      OrderStatus = "PENDING_NEW"
	StatusPartiallyFilled OrderStatus = "PARTIALLY_FILLED"
	StatusFilled          OrderStatus = "FILLED"
	StatusCanceled        OrderStatus = "CANCELED"
	StatusRejected        OrderStatus = "REJECTED"
	StatusExpired         OrderStatus = "EXPIRED"
	StatusExpiredInMatch  OrderStatus = "EXPIRED_IN_MATCH"
)

// ExecutionType is what an executionReport reports.
type ExecutionType string

const (
	ExecNew             ExecutionType = "NEW"
	ExecCanceled        ExecutionType = "CANCELED"
	ExecReplaced        ExecutionType = "REPLACED"
	ExecRejected        ExecutionType = "REJECTED"
	ExecTrade           ExecutionType = "TRADE"
	ExecExpired         ExecutionType = "EXPIRED"
	ExecTradePrevention ExecutionType = "TRADE_PREVENTION"
)

// RejectReason of an executionReport.
type RejectReason string

const (
	RejectNone         RejectReason = "NONE"
	RejectBalance      RejectReason = "INSUFFICIENT_BALANCES"
	RejectWouldTrigger RejectReason = "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY"
	RejectWouldMatch   RejectReason = "WOULD_MATCH_IMMEDIATELY"
	RejectOCOPrices    RejectReason = "OCO_BAD_PRICES"
)

// CancelReplaceMode says whether the new order is tried after a failed cancel.
type CancelReplaceMode string

const (
	StopOnFailure CancelReplaceMode = "STOP_ON_FAILURE"
	AllowFailure  CancelReplaceMode = "ALLOW_FAILURE"
)

// CancelRestriction makes a cancel depend on the order's status.
type CancelRestriction string

const (
	OnlyNew             CancelRestriction = "ONLY_NEW"
	OnlyPartiallyFilled CancelRestriction = "ONLY_PARTIALLY_FILLED"
)

// TickerType is how much a ticker says.
type TickerType string

const (
	TickerFull TickerType = "FULL"
	TickerMini TickerType = "MINI"
)

// Why what was left of an order expired.
const (
	ExpiredUnfilledIOC = "UNFILLED_IOC_QUANTITY_EXPIRED"
	ExpiredUnfilledFOK = "UNFILLED_FOK_ORDER_EXPIRED"
	ExpiredNoLiquidity = "INSUFFICIENT_LIQUIDITY"
	ExpiredByVenue     = "EXCHANGE_CANCELED"
	ExpiredByBudget    = "LOSS_BUDGET" // of this venue alone
)

// ExpiryReason is why an order of that kind expires while nothing else happens to it.
func ExpiryReason(t OrderType, f TimeInForce) string {
	switch {
	case t == Market:
		return ExpiredNoLiquidity
	case f == IOC:
		return ExpiredUnfilledIOC
	case f == FOK:
		return ExpiredUnfilledFOK
	}
	return ExpiredByVenue
}

// SymbolStatus is what a market is doing.
type SymbolStatus string

const (
	Trading    SymbolStatus = "TRADING"
	EndOfDay   SymbolStatus = "END_OF_DAY"
	Halt       SymbolStatus = "HALT"
	Break      SymbolStatus = "BREAK"
	CancelOnly SymbolStatus = "CANCEL_ONLY"
)

var orderTypes = [...]OrderType{Limit, LimitMaker, Market, StopLoss, StopLossLimit, TakeProfit, TakeProfitLimit}

// OrderTypes are all order types, as exchangeInfo lists them.
func OrderTypes() []OrderType { return append([]OrderType(nil), orderTypes[:]...) }

// enum gives v where it is one of legal, and the error otherwise.
func enum[T ~string](v string, bad func() *Error, legal ...T) (T, *Error) {
	for _, l := range legal {
		if v == string(l) {
			return l, nil
		}
	}
	return "", bad()
}

// choice is enum for a parameter without an error code of its own.
func choice[T ~string](name, v string, legal ...T) (T, *Error) {
	for _, l := range legal {
		if v == string(l) {
			return l, nil
		}
	}
	list := string(legal[0])
	for _, l := range legal[1:] {
		list += ", " + string(l)
	}
	return "", ErrInvalidData(name, "It is one of "+list+".")
}

// Side reads a mandatory side (−1117).
func (p *Params) Side() (Side, *Error) {
	v, err := p.Str("side")
	if err != nil {
		return "", err
	}
	return enum(v, ErrSide, Buy, Sell)
}

// OrderType reads a mandatory order type (−1116).
func (p *Params) OrderType(name string) (OrderType, *Error) {
	v, err := p.Str(name)
	if err != nil {
		return "", err
	}
	return enum(v, ErrOrderType, orderTypes[:]...)
}

// TimeInForce reads a mandatory time in force (−1115).
func (p *Params) TimeInForce(name string) (TimeInForce, *Error) {
	v, err := p.Str(name)
	if err != nil {
		return "", err
	}
	return enum(v, ErrTimeInForce, GTC, IOC, FOK)
}

// OptRespType reads newOrderRespType.
func (p *Params) OptRespType(absent RespType) (RespType, *Error) {
	v, err := p.OptStr("newOrderRespType", string(absent))
	if err != nil {
		return "", err
	}
	return choice("newOrderRespType", v, Ack, Result, Full)
}

// OptSTPMode reads selfTradePreventionMode; empty leaves it to the symbol.
func (p *Params) OptSTPMode() (STPMode, *Error) {
	const name = "selfTradePreventionMode"
	v, err := p.OptStr(name, "")
	if err != nil || v == "" {
		return "", err
	}
	return choice(name, v, STPNone, STPExpireMaker, STPExpireTaker, STPExpireBoth, STPDecrement)
}

// OptTickerType reads the type of a ticker (−1139).
func (p *Params) OptTickerType() (TickerType, *Error) {
	v, err := p.OptStr("type", string(TickerFull))
	if err != nil {
		return "", err
	}
	return enum(v, ErrTickerType, TickerFull, TickerMini)
}

// OptSymbolStatus reads symbolStatus (−1122); empty is any.
func (p *Params) OptSymbolStatus() (SymbolStatus, *Error) {
	v, err := p.OptStr("symbolStatus", "")
	if err != nil || v == "" {
		return "", err
	}
	return enum(v, ErrSymbolStatus, Trading, Halt, Break)
}

// OptCancelRestriction reads cancelRestrictions (−1145); empty is none.
func (p *Params) OptCancelRestriction() (CancelRestriction, *Error) {
	v, err := p.OptStr("cancelRestrictions", "")
	if err != nil || v == "" {
		return "", err
	}
	return enum(v, ErrRestrictions, OnlyNew, OnlyPartiallyFilled)
}

// Interval reads a mandatory kline interval (−1120).
func (p *Params) Interval() (Interval, *Error) {
	v, err := p.Str("interval")
	if err != nil {
		return 0, err
	}
	i, ok := ParseInterval(v)
	if !ok {
		return 0, ErrInterval()
	}
	return i, nil
}
