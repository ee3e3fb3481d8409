package binance

// The events of an account.

// UserEvent is an event of an account, made in milliseconds.
type UserEvent interface {
	Appender
	// InMicros is the event with times in microseconds; now is that of its record, in microseconds. Times that are not the
	// record's, such as when an order was placed, are known to the millisecond.
	InMicros(now int64) Appender
}

// inMicros converts a time.
func inMicros(ms, now int64) int64 {
	switch {
	case ms == now/1000:
		return now
	case ms <= 0: // there is none
		return ms
	}
	return ms * 1000
}

func (e *AccountPosition) InMicros(now int64) Appender {
	x := *e
	x.EventTime, x.UpdateTime = inMicros(e.EventTime, now), inMicros(e.UpdateTime, now)
	return &x
}

func (e *BalanceUpdate) InMicros(now int64) Appender {
	x := *e
	x.EventTime, x.ClearTime = inMicros(e.EventTime, now), inMicros(e.ClearTime, now)
	return &x
}

func (e *ExecutionReport) InMicros(now int64) Appender {
	x := *e
	for _, t := range [...]*int64{&x.EventTime, &x.TransactTime, &x.OrderTime, &x.TrailingTime, &x.WorkingTime} {
		*t = inMicros(*t, now)
	}
	return &x
}

func (e *ListStatus) InMicros(now int64) Appender {
	x := *e
	x.EventTime, x.TransactTime = inMicros(e.EventTime, now), inMicros(e.TransactTime, now)
	return &x
}

// AccountPosition says what an account holds of the assets that may have changed.
type AccountPosition struct {
	Event      EventName      `json:"e"`
	EventTime  int64          `json:"E"`
	UpdateTime int64          `json:"u"`
	Balances   []AssetBalance `json:"B"`
}

// AssetBalance is one balance of an AccountPosition.
type AssetBalance struct {
	Asset  string  `json:"a"`
	Free   Decimal `json:"f"`
	Locked Decimal `json:"l"`
}

func (b *AssetBalance) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "a", b.Asset)
	dst = appendDec(dst, "f", b.Free)
	return append(appendDec(dst, "l", b.Locked), '}')
}

func (e *AccountPosition) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "e", EventAccountPosition)
	dst = appendInt(dst, "E", e.EventTime)
	dst = appendInt(dst, "u", e.UpdateTime)
	return append(appendList(appendKey(dst, "B"), e.Balances), '}')
}

// BalanceUpdate is a deposit, a withdrawal or a transfer.
type BalanceUpdate struct {
	Event     EventName `json:"e"`
	EventTime int64     `json:"E"`
	Asset     string    `json:"a"`
	Delta     Decimal   `json:"d"`
	ClearTime int64     `json:"T"`
}

func (e *BalanceUpdate) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "e", EventBalanceUpdate)
	dst = appendInt(dst, "E", e.EventTime)
	dst = appendStr(dst, "a", e.Asset)
	dst = appendDec(dst, "d", e.Delta)
	return append(appendInt(dst, "T", e.ClearTime), '}')
}

// NullString is text that is written null where it is empty.
type NullString string

func (s NullString) AppendJSON(dst []byte) []byte {
	if s == "" {
		return append(dst, "null"...)
	}
	return appendString(dst, string(s))
}

func (s NullString) MarshalJSON() ([]byte, error) { return s.AppendJSON(nil), nil }

// ExecutionReport says what happened to an order. Fields with omitzero are
// written only where they apply; those from PreventedQty on, where the account
// was kept from trading with itself.
type ExecutionReport struct {
	Event             EventName     `json:"e"`
	EventTime         int64         `json:"E"`
	Symbol            string        `json:"s"`
	ClientOrderID     string        `json:"c"`
	Side              Side          `json:"S"`
	Type              OrderType     `json:"o"`
	TimeInForce       TimeInForce   `json:"f"`
	Qty               Decimal       `json:"q"`
	Price             Decimal       `json:"p"`
	StopPrice         Decimal       `json:"P"`
	TrailingDelta     int64         `json:"d,omitzero"` // basis points
	IcebergQty        Decimal       `json:"F"`
	OrderListID       int64         `json:"g"` // NoList without a list
	OrigClientOrderID string        `json:"C"` // of the order cancelled; else empty
	Execution         ExecutionType `json:"x"`
	Status            OrderStatus   `json:"X"`
	RejectReason      RejectReason  `json:"r"`
	OrderID           int64         `json:"i"`
	LastQty           Decimal       `json:"l"`
	CumQty            Decimal       `json:"z"`
	LastPrice         Decimal       `json:"L"`
	Commission        Decimal       `json:"n"` // the zero Decimal without a trade
	CommissionAsset   NullString    `json:"N"`
	TransactTime      int64         `json:"T"`
	TradeID           int64         `json:"t"` // -1 without a trade
	PreventedMatchID  int64         `json:"v,omitzero"`
	ExecutionID       int64         `json:"I"`
	OnBook            bool          `json:"w"`
	IsMaker           bool          `json:"m"`
	Unused            bool          `json:"M"`
	OrderTime         int64         `json:"O"`
	CumQuoteQty       Decimal       `json:"Z"`
	LastQuoteQty      Decimal       `json:"Y"`
	QuoteOrderQty     Decimal       `json:"Q"`
	TrailingTime      int64         `json:"D,omitzero"`
	WorkingTime       int64         `json:"W,omitzero"` // once it is on the book
	STPMode           STPMode       `json:"V"`
	StrategyID        int64         `json:"j,omitzero"`
	StrategyType      int64         `json:"J,omitzero"`
	ExpiryReason      string        `json:"eR,omitzero"`

	PreventedQty      Decimal `json:"A,omitzero"`
	LastPreventedQty  Decimal `json:"B,omitzero"`
	TradeGroupID      int64   `json:"u,omitzero"`
	CounterOrderID    int64   `json:"U,omitzero"`
	CounterSymbol     string  `json:"Cs,omitzero"`
	PreventedExecQty  Decimal `json:"pl,omitzero"`
	PreventedPrice    Decimal `json:"pL,omitzero"`
	PreventedQuoteQty Decimal `json:"pY,omitzero"`
}

func (e *ExecutionReport) AppendJSON(dst []byte) []byte {
	dst = e.appendOrder(dst)
	dst = e.appendTrade(dst)
	dst = appendInt(dst, "O", e.OrderTime)
	dst = appendDec(dst, "Z", e.CumQuoteQty)
	dst = appendDec(dst, "Y", e.LastQuoteQty)
	dst = appendDec(dst, "Q", e.QuoteOrderQty)
	dst = optInt(dst, "D", e.TrailingTime)
	dst = optInt(dst, "W", e.WorkingTime)
	dst = appendStr(dst, "V", e.STPMode)
	dst = optInt(dst, "j", e.StrategyID)
	dst = optInt(dst, "J", e.StrategyType)
	dst = optStr(dst, "eR", e.ExpiryReason)
	return append(e.appendPrevented(dst), '}')
}

func (e *ExecutionReport) appendOrder(dst []byte) []byte {
	dst = appendEvent(dst, EventExecutionReport, e.EventTime, e.Symbol)
	dst = appendStr(dst, "c", e.ClientOrderID)
	dst = appendStr(dst, "S", e.Side)
	dst = appendStr(dst, "o", e.Type)
	dst = appendStr(dst, "f", e.TimeInForce)
	dst = appendDec(dst, "q", e.Qty)
	dst = appendDec(dst, "p", e.Price)
	dst = appendDec(dst, "P", e.StopPrice)
	dst = optInt(dst, "d", e.TrailingDelta)
	dst = appendDec(dst, "F", e.IcebergQty)
	dst = appendInt(dst, "g", e.OrderListID)
	dst = appendStr(dst, "C", e.OrigClientOrderID)
	dst = appendStr(dst, "x", e.Execution)
	dst = appendStr(dst, "X", e.Status)
	dst = appendStr(dst, "r", e.RejectReason)
	return appendInt(dst, "i", e.OrderID)
}

func (e *ExecutionReport) appendTrade(dst []byte) []byte {
	dst = appendDec(dst, "l", e.LastQty)
	dst = appendDec(dst, "z", e.CumQty)
	dst = appendDec(dst, "L", e.LastPrice)
	dst = appendDec(dst, "n", e.Commission)
	dst = e.CommissionAsset.AppendJSON(appendKey(dst, "N"))
	dst = appendInt(dst, "T", e.TransactTime)
	dst = appendInt(dst, "t", e.TradeID)
	dst = optInt(dst, "v", e.PreventedMatchID)
	dst = appendInt(dst, "I", e.ExecutionID)
	dst = appendBool(dst, "w", e.OnBook)
	dst = appendBool(dst, "m", e.IsMaker)
	return appendBool(dst, "M", e.Unused)
}

func (e *ExecutionReport) appendPrevented(dst []byte) []byte {
	dst = optDec(dst, "A", e.PreventedQty)
	dst = optDec(dst, "B", e.LastPreventedQty)
	dst = optInt(dst, "u", e.TradeGroupID)
	dst = optInt(dst, "U", e.CounterOrderID)
	dst = optStr(dst, "Cs", e.CounterSymbol)
	dst = optDec(dst, "pl", e.PreventedExecQty)
	dst = optDec(dst, "pL", e.PreventedPrice)
	return optDec(dst, "pY", e.PreventedQuoteQty)
}

// ListStatus says what happened to an order list.
type ListStatus struct {
	Event             EventName    `json:"e"`
	EventTime         int64        `json:"E"`
	Symbol            string       `json:"s"`
	OrderListID       int64        `json:"g"`
	ContingencyType   string       `json:"c"` // "OCO"
	ListStatusType    string       `json:"l"` // EXEC_STARTED, UPDATED, ALL_DONE, RESPONSE
	ListOrderStatus   string       `json:"L"` // EXECUTING, ALL_DONE, REJECT
	RejectReason      RejectReason `json:"r"`
	ListClientOrderID string       `json:"C"`
	TransactTime      int64        `json:"T"`
	Orders            []ListMember `json:"O"`
}

// ListMember is an order of a ListStatus.
type ListMember struct {
	Symbol        string `json:"s"`
	OrderID       int64  `json:"i"`
	ClientOrderID string `json:"c"`
}

func (m *ListMember) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "s", m.Symbol)
	dst = appendInt(dst, "i", m.OrderID)
	return append(appendStr(dst, "c", m.ClientOrderID), '}')
}

func (e *ListStatus) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventListStatus, e.EventTime, e.Symbol)
	dst = appendInt(dst, "g", e.OrderListID)
	dst = appendStr(dst, "c", e.ContingencyType)
	dst = appendStr(dst, "l", e.ListStatusType)
	dst = appendStr(dst, "L", e.ListOrderStatus)
	dst = appendStr(dst, "r", e.RejectReason)
	dst = appendStr(dst, "C", e.ListClientOrderID)
	dst = appendInt(dst, "T", e.TransactTime)
	return append(appendList(appendKey(dst, "O"), e.Orders), '}')
}

// StreamTerminated says that a subscription is over: logged out, unsubscribed,
// or its key died.
type StreamTerminated struct {
	Event     EventName `json:"e"`
	EventTime int64     `json:"E"`
}

func (e *StreamTerminated) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "e", EventTerminated)
	return append(appendInt(dst, "E", e.EventTime), '}')
}

// AppendUserEvent wraps an event of a subscription on the WebSocket API:
// {"subscriptionId":…,"event":…}.
func AppendUserEvent(dst []byte, subscriptionID int64, event Appender) []byte {
	dst = appendInt(append(dst, '{'), "subscriptionId", subscriptionID)
	return append(event.AppendJSON(appendKey(dst, "event")), '}')
}
