package binance

// NoList is the orderListId of an order that is in no list.
const NoList int64 = -1

// OrderAck answers an order with newOrderRespType=ACK.
type OrderAck struct {
	Symbol        string `json:"symbol"`
	OrderID       int64  `json:"orderId"`
	OrderListID   int64  `json:"orderListId"` // NoList without a list
	ClientOrderID string `json:"clientOrderId"`
	TransactTime  int64  `json:"transactTime"`
}

// OrderResult answers an order with newOrderRespType=RESULT.
type OrderResult struct {
	OrderAck
	Price             Decimal     `json:"price"`
	OrigQty           Decimal     `json:"origQty"`
	ExecutedQty       Decimal     `json:"executedQty"`
	OrigQuoteOrderQty Decimal     `json:"origQuoteOrderQty"`
	CumQuoteQty       Decimal     `json:"cummulativeQuoteQty"` // the dialect's spelling
	Status            OrderStatus `json:"status"`
	TimeInForce       TimeInForce `json:"timeInForce"`
	Type              OrderType   `json:"type"`
	Side              Side        `json:"side"`
	OrderExtras
	WorkingTime int64   `json:"workingTime"` // -1 while it is not on the book
	STPMode     STPMode `json:"selfTradePreventionMode"`
}

// OrderExtras are the fields of an order that are there only where they apply.
type OrderExtras struct {
	StopPrice         Decimal `json:"stopPrice,omitzero"`
	TrailingDelta     int64   `json:"trailingDelta,omitzero"` // basis points
	TrailingTime      int64   `json:"trailingTime,omitzero"`  // -1 before it is active
	IcebergQty        Decimal `json:"icebergQty,omitzero"`
	StrategyID        int64   `json:"strategyId,omitzero"`
	StrategyType      int64   `json:"strategyType,omitzero"`
	PreventedMatchID  int64   `json:"preventedMatchId,omitzero"`
	PreventedQuantity Decimal `json:"preventedQuantity,omitzero"`
	ExpiryReason      string  `json:"expiryReason,omitzero"`
}

// OrderFull answers an order with newOrderRespType=FULL.
type OrderFull struct {
	OrderResult
	Fills            []Fill          `json:"fills"`
	PreventedMatches []PreventedFill `json:"preventedMatches,omitempty"`
}

// PreventedFill is a match of a new order with its own account's that was kept from
// being a trade. Only what the mode took from an order is told.
type PreventedFill struct {
	PreventedMatchID       int64   `json:"preventedMatchId"`
	MakerSymbol            string  `json:"makerSymbol"`
	MakerOrderID           int64   `json:"makerOrderId"`
	Price                  Decimal `json:"price"`
	TakerPreventedQuantity Decimal `json:"takerPreventedQuantity,omitzero"`
	MakerPreventedQuantity Decimal `json:"makerPreventedQuantity,omitzero"`
}

func (f *PreventedFill) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "preventedMatchId", f.PreventedMatchID)
	dst = appendStr(dst, "makerSymbol", f.MakerSymbol)
	dst = appendInt(dst, "makerOrderId", f.MakerOrderID)
	dst = appendDec(dst, "price", f.Price)
	dst = optDec(dst, "takerPreventedQuantity", f.TakerPreventedQuantity)
	return append(optDec(dst, "makerPreventedQuantity", f.MakerPreventedQuantity), '}')
}

// Fill is one trade of a new order.
type Fill struct {
	Price           Decimal `json:"price"`
	Qty             Decimal `json:"qty"`
	Commission      Decimal `json:"commission"`
	CommissionAsset string  `json:"commissionAsset"`
	TradeID         int64   `json:"tradeId"`
}

func (o *OrderAck) appendFields(dst []byte) []byte {
	dst = appendStr(dst, "symbol", o.Symbol)
	dst = appendInt(dst, "orderId", o.OrderID)
	dst = appendInt(dst, "orderListId", o.OrderListID)
	dst = appendStr(dst, "clientOrderId", o.ClientOrderID)
	return appendInt(dst, "transactTime", o.TransactTime)
}

func (o *OrderAck) AppendJSON(dst []byte) []byte {
	return append(o.appendFields(append(dst, '{')), '}')
}

func (x *OrderExtras) appendFields(dst []byte) []byte {
	if *x == (OrderExtras{}) {
		return dst
	}
	dst = optDec(dst, "stopPrice", x.StopPrice)
	dst = optInt(dst, "trailingDelta", x.TrailingDelta)
	dst = optInt(dst, "trailingTime", x.TrailingTime)
	dst = optDec(dst, "icebergQty", x.IcebergQty)
	dst = optInt(dst, "strategyId", x.StrategyID)
	dst = optInt(dst, "strategyType", x.StrategyType)
	dst = optInt(dst, "preventedMatchId", x.PreventedMatchID)
	dst = optDec(dst, "preventedQuantity", x.PreventedQuantity)
	return optStr(dst, "expiryReason", x.ExpiryReason)
}

func (o *OrderResult) appendFields(dst []byte) []byte {
	dst = o.OrderAck.appendFields(dst)
	dst = appendDec(dst, "price", o.Price)
	dst = appendDec(dst, "origQty", o.OrigQty)
	dst = appendDec(dst, "executedQty", o.ExecutedQty)
	dst = appendDec(dst, "origQuoteOrderQty", o.OrigQuoteOrderQty)
	dst = appendDec(dst, "cummulativeQuoteQty", o.CumQuoteQty)
	dst = appendStr(dst, "status", o.Status)
	dst = appendStr(dst, "timeInForce", o.TimeInForce)
	dst = appendStr(dst, "type", o.Type)
	dst = appendStr(dst, "side", o.Side)
	dst = o.OrderExtras.appendFields(dst)
	dst = appendInt(dst, "workingTime", o.WorkingTime)
	return appendStr(dst, "selfTradePreventionMode", o.STPMode)
}

func (o *OrderResult) AppendJSON(dst []byte) []byte {
	return append(o.appendFields(append(dst, '{')), '}')
}

func (o *OrderFull) AppendJSON(dst []byte) []byte {
	dst = o.OrderResult.appendFields(append(dst, '{'))
	dst = appendList(appendKey(dst, "fills"), o.Fills)
	if len(o.PreventedMatches) > 0 {
		dst = appendList(appendKey(dst, "preventedMatches"), o.PreventedMatches)
	}
	return append(dst, '}')
}

// MarshalJSON writes fills as a list even where there are none.
func (o OrderFull) MarshalJSON() ([]byte, error) { return o.AppendJSON(nil), nil }

func (f *Fill) AppendJSON(dst []byte) []byte {
	dst = appendDec(append(dst, '{'), "price", f.Price)
	dst = appendDec(dst, "qty", f.Qty)
	dst = appendDec(dst, "commission", f.Commission)
	dst = appendStr(dst, "commissionAsset", f.CommissionAsset)
	return append(appendInt(dst, "tradeId", f.TradeID), '}')
}

// Order answers queries: order, openOrders, allOrders.
type Order struct {
	Symbol            string      `json:"symbol"`
	OrderID           int64       `json:"orderId"`
	OrderListID       int64       `json:"orderListId"`
	ClientOrderID     string      `json:"clientOrderId"`
	Price             Decimal     `json:"price"`
	OrigQty           Decimal     `json:"origQty"`
	ExecutedQty       Decimal     `json:"executedQty"`
	CumQuoteQty       Decimal     `json:"cummulativeQuoteQty"`
	Status            OrderStatus `json:"status"`
	TimeInForce       TimeInForce `json:"timeInForce"`
	Type              OrderType   `json:"type"`
	Side              Side        `json:"side"`
	StopPrice         Decimal     `json:"stopPrice"`
	IcebergQty        Decimal     `json:"icebergQty"`
	Time              int64       `json:"time"`
	UpdateTime        int64       `json:"updateTime"`
	IsWorking         bool        `json:"isWorking"`
	WorkingTime       int64       `json:"workingTime"`
	OrigQuoteOrderQty Decimal     `json:"origQuoteOrderQty"`
	STPMode           STPMode     `json:"selfTradePreventionMode"`
	TrailingDelta     int64       `json:"trailingDelta,omitzero"`
	TrailingTime      int64       `json:"trailingTime,omitzero"`
	StrategyID        int64       `json:"strategyId,omitzero"`
	StrategyType      int64       `json:"strategyType,omitzero"`
	PreventedMatchID  int64       `json:"preventedMatchId,omitzero"`
	PreventedQuantity Decimal     `json:"preventedQuantity,omitzero"`
	ExpiryReason      string      `json:"expiryReason,omitzero"`
}

func (o *Order) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "symbol", o.Symbol)
	dst = appendInt(dst, "orderId", o.OrderID)
	dst = appendInt(dst, "orderListId", o.OrderListID)
	dst = appendStr(dst, "clientOrderId", o.ClientOrderID)
	dst = appendDec(dst, "price", o.Price)
	dst = appendDec(dst, "origQty", o.OrigQty)
	dst = appendDec(dst, "executedQty", o.ExecutedQty)
	dst = appendDec(dst, "cummulativeQuoteQty", o.CumQuoteQty)
	dst = appendStr(dst, "status", o.Status)
	dst = appendStr(dst, "timeInForce", o.TimeInForce)
	dst = appendStr(dst, "type", o.Type)
	dst = appendStr(dst, "side", o.Side)
	dst = appendDec(dst, "stopPrice", o.StopPrice)
	dst = appendDec(dst, "icebergQty", o.IcebergQty)
	dst = appendInt(dst, "time", o.Time)
	dst = appendInt(dst, "updateTime", o.UpdateTime)
	dst = appendBool(dst, "isWorking", o.IsWorking)
	dst = appendInt(dst, "workingTime", o.WorkingTime)
	dst = appendDec(dst, "origQuoteOrderQty", o.OrigQuoteOrderQty)
	dst = appendStr(dst, "selfTradePreventionMode", o.STPMode)
	dst = optInt(dst, "trailingDelta", o.TrailingDelta)
	dst = optInt(dst, "trailingTime", o.TrailingTime)
	dst = optInt(dst, "strategyId", o.StrategyID)
	dst = optInt(dst, "strategyType", o.StrategyType)
	dst = optInt(dst, "preventedMatchId", o.PreventedMatchID)
	dst = optDec(dst, "preventedQuantity", o.PreventedQuantity)
	return append(optStr(dst, "expiryReason", o.ExpiryReason), '}')
}

// AppendOrders writes a list of orders.
func AppendOrders(dst []byte, list []Order) []byte { return appendList(dst, list) }

// OrderCancel answers the cancel of one order.
type OrderCancel struct {
	Symbol            string      `json:"symbol"`
	OrigClientOrderID string      `json:"origClientOrderId"`
	OrderID           int64       `json:"orderId"`
	OrderListID       int64       `json:"orderListId"`
	ClientOrderID     string      `json:"clientOrderId"` // of the cancel
	TransactTime      int64       `json:"transactTime"`
	Price             Decimal     `json:"price"`
	OrigQty           Decimal     `json:"origQty"`
	ExecutedQty       Decimal     `json:"executedQty"`
	OrigQuoteOrderQty Decimal     `json:"origQuoteOrderQty"`
	CumQuoteQty       Decimal     `json:"cummulativeQuoteQty"`
	Status            OrderStatus `json:"status"`
	TimeInForce       TimeInForce `json:"timeInForce"`
	Type              OrderType   `json:"type"`
	Side              Side        `json:"side"`
	OrderExtras
	STPMode STPMode `json:"selfTradePreventionMode"`
}

func (o *OrderCancel) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "symbol", o.Symbol)
	dst = appendStr(dst, "origClientOrderId", o.OrigClientOrderID)
	dst = appendInt(dst, "orderId", o.OrderID)
	dst = appendInt(dst, "orderListId", o.OrderListID)
	dst = appendStr(dst, "clientOrderId", o.ClientOrderID)
	dst = appendInt(dst, "transactTime", o.TransactTime)
	dst = appendDec(dst, "price", o.Price)
	dst = appendDec(dst, "origQty", o.OrigQty)
	dst = appendDec(dst, "executedQty", o.ExecutedQty)
	dst = appendDec(dst, "origQuoteOrderQty", o.OrigQuoteOrderQty)
	dst = appendDec(dst, "cummulativeQuoteQty", o.CumQuoteQty)
	dst = appendStr(dst, "status", o.Status)
	dst = appendStr(dst, "timeInForce", o.TimeInForce)
	dst = appendStr(dst, "type", o.Type)
	dst = appendStr(dst, "side", o.Side)
	dst = o.OrderExtras.appendFields(dst)
	return append(appendStr(dst, "selfTradePreventionMode", o.STPMode), '}')
}

// Outcome of one half of a cancelReplace.
type Outcome string

const (
	Success      Outcome = "SUCCESS"
	Failure      Outcome = "FAILURE"
	NotAttempted Outcome = "NOT_ATTEMPTED"
)

// CancelReplace is what became of the two halves of a cancelReplace. Its outcomes
// follow from the answers: an *Error is a failure; no new order, not attempted.
type CancelReplace struct {
	Cancel Appender // *OrderCancel or *Error
	New    Appender // *OrderAck, *OrderResult, *OrderFull, *Error; nil: not attempted
}

func outcome(half Appender) Outcome {
	if half == nil {
		return NotAttempted
	}
	if _, failed := half.(*Error); failed {
		return Failure
	}
	return Success
}

// Status is the HTTP status: 200 for both, 409 for one, 400 for none, and that of
// a rate limit where one is the reason for a new order's failure.
func (r *CancelReplace) Status() int {
	canceled, placed := outcome(r.Cancel) == Success, outcome(r.New) == Success
	if failed, is := r.New.(*Error); is && failed.Status == 429 {
		return 429
	}
	switch {
	case canceled && placed:
		return 200
	case canceled || placed:
		return 409
	}
	return 400
}

// AppendJSON writes the two answers, in an error's data unless both succeeded.
func (r *CancelReplace) AppendJSON(dst []byte) []byte {
	canceled, placed := outcome(r.Cancel), outcome(r.New)
	if canceled == Success && placed == Success {
		return r.appendHalves(dst)
	}
	code, msg := -2022, msgCancelReplaceFailed
	if canceled == Success || placed == Success {
		code, msg = -2021, msgCancelReplacePartly
	}
	dst = appendInt(append(dst, '{'), "code", int64(code))
	dst = appendStr(dst, "msg", msg)
	return append(r.appendHalves(appendKey(dst, "data")), '}')
}

func (r *CancelReplace) appendHalves(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "cancelResult", outcome(r.Cancel))
	dst = appendStr(dst, "newOrderResult", outcome(r.New))
	dst = appendHalf(appendKey(dst, "cancelResponse"), r.Cancel)
	return append(appendHalf(appendKey(dst, "newOrderResponse"), r.New), '}')
}

func appendHalf(dst []byte, half Appender) []byte {
	if half == nil {
		return append(dst, "null"...)
	}
	return half.AppendJSON(dst)
}

// MarshalJSON writes what AppendJSON does.
func (r *CancelReplace) MarshalJSON() ([]byte, error) { return r.AppendJSON(nil), nil }

// TestedOrder answers order/test with computeCommissionRates.
type TestedOrder struct {
	StandardCommission OrderRates `json:"standardCommissionForOrder"`
	SpecialCommission  OrderRates `json:"specialCommissionForOrder"`
	TaxCommission      OrderRates `json:"taxCommissionForOrder"`
	Discount           Discount   `json:"discount"`
}

// OrderRates are what one order would pay, in parts of one.
type OrderRates struct {
	Maker Decimal `json:"maker"`
	Taker Decimal `json:"taker"`
}

// MyTrade is one trade of an account.
type MyTrade struct {
	Symbol          string  `json:"symbol"`
	ID              int64   `json:"id"`
	OrderID         int64   `json:"orderId"`
	OrderListID     int64   `json:"orderListId"`
	Price           Decimal `json:"price"`
	Qty             Decimal `json:"qty"`
	QuoteQty        Decimal `json:"quoteQty"`
	Commission      Decimal `json:"commission"`
	CommissionAsset string  `json:"commissionAsset"`
	Time            int64   `json:"time"`
	IsBuyer         bool    `json:"isBuyer"`
	IsMaker         bool    `json:"isMaker"`
	IsBestMatch     bool    `json:"isBestMatch"`
}

func (t *MyTrade) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "symbol", t.Symbol)
	dst = appendInt(dst, "id", t.ID)
	dst = appendInt(dst, "orderId", t.OrderID)
	dst = appendInt(dst, "orderListId", t.OrderListID)
	dst = appendDec(dst, "price", t.Price)
	dst = appendDec(dst, "qty", t.Qty)
	dst = appendDec(dst, "quoteQty", t.QuoteQty)
	dst = appendDec(dst, "commission", t.Commission)
	dst = appendStr(dst, "commissionAsset", t.CommissionAsset)
	dst = appendInt(dst, "time", t.Time)
	dst = appendBool(dst, "isBuyer", t.IsBuyer)
	dst = appendBool(dst, "isMaker", t.IsMaker)
	return append(appendBool(dst, "isBestMatch", t.IsBestMatch), '}')
}

// AppendMyTrades writes a list of an account's trades.
func AppendMyTrades(dst []byte, list []MyTrade) []byte { return appendList(dst, list) }

// RateLimit is a limit, and in answers to an account how much of it is used.
type RateLimit struct {
	Type        string `json:"rateLimitType"` // REQUEST_WEIGHT, ORDERS, RAW_REQUESTS, CONNECTIONS
	Interval    string `json:"interval"`      // SECOND, MINUTE, DAY
	IntervalNum int64  `json:"intervalNum"`
	Limit       int64  `json:"limit"`
	Count       *int64 `json:"count,omitempty"`
}

func (r *RateLimit) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "rateLimitType", r.Type)
	dst = appendStr(dst, "interval", r.Interval)
	dst = appendInt(dst, "intervalNum", r.IntervalNum)
	dst = appendInt(dst, "limit", r.Limit)
	if r.Count != nil {
		dst = appendInt(dst, "count", *r.Count)
	}
	return append(dst, '}')
}
