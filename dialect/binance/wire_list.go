package binance

import "encoding/json"

// OrderList answers a new list, its cancel and its queries.
type OrderList struct {
	OrderListID       int64             `json:"orderListId"`
	ContingencyType   string            `json:"contingencyType"` // OCO, OTO
	ListStatusType    string            `json:"listStatusType"`  // EXEC_STARTED, ALL_DONE, RESPONSE
	ListOrderStatus   string            `json:"listOrderStatus"` // EXECUTING, ALL_DONE, REJECT
	ListClientOrderID string            `json:"listClientOrderId"`
	TransactionTime   int64             `json:"transactionTime"`
	Symbol            string            `json:"symbol"`
	Orders            []ListedOrder     `json:"orders"`
	OrderReports      []json.RawMessage `json:"orderReports,omitempty"` // as for the single order; none in queries
}

// ListedOrder names an order of a list.
type ListedOrder struct {
	Symbol        string `json:"symbol"`
	OrderID       int64  `json:"orderId"`
	ClientOrderID string `json:"clientOrderId"`
}

func (o *ListedOrder) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "symbol", o.Symbol)
	dst = appendInt(dst, "orderId", o.OrderID)
	return append(appendStr(dst, "clientOrderId", o.ClientOrderID), '}')
}

func (l *OrderList) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "orderListId", l.OrderListID)
	dst = appendStr(dst, "contingencyType", l.ContingencyType)
	dst = appendStr(dst, "listStatusType", l.ListStatusType)
	dst = appendStr(dst, "listOrderStatus", l.ListOrderStatus)
	dst = appendStr(dst, "listClientOrderId", l.ListClientOrderID)
	dst = appendInt(dst, "transactionTime", l.TransactionTime)
	dst = appendStr(dst, "symbol", l.Symbol)
	dst = appendList(appendKey(dst, "orders"), l.Orders)
	if len(l.OrderReports) > 0 {
		dst = append(appendKey(dst, "orderReports"), '[')
		for i, report := range l.OrderReports {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(dst, report...)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// AppendAny writes a list whose elements differ.
func AppendAny(dst []byte, list []Appender) []byte {
	dst = append(dst, '[')
	for i, x := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = x.AppendJSON(dst)
	}
	return append(dst, ']')
}

// MarshalJSON writes what AppendJSON does.
func (l *OrderList) MarshalJSON() ([]byte, error) { return l.AppendJSON(nil), nil }

// AppendOrderLists writes a list of order lists.
func AppendOrderLists(dst []byte, list []OrderList) []byte { return appendList(dst, list) }

// AmendedOrder answers order/amend/keepPriority.
type AmendedOrder struct {
	TransactTime int64       `json:"transactTime"`
	ExecutionID  int64       `json:"executionId"`
	AmendedOrder OrderAsNow  `json:"amendedOrder"`
	ListStatus   *ListStands `json:"listStatus,omitempty"`
}

// OrderAsNow is an order after its amendment.
type OrderAsNow struct {
	Symbol             string      `json:"symbol"`
	OrderID            int64       `json:"orderId"`
	OrderListID        int64       `json:"orderListId"`
	OrigClientOrderID  string      `json:"origClientOrderId"`
	ClientOrderID      string      `json:"clientOrderId"`
	Price              Decimal     `json:"price"`
	Qty                Decimal     `json:"qty"`
	ExecutedQty        Decimal     `json:"executedQty"`
	PreventedQty       Decimal     `json:"preventedQty"`
	QuoteOrderQty      Decimal     `json:"quoteOrderQty"`
	CumulativeQuoteQty Decimal     `json:"cumulativeQuoteQty"`
	Status             OrderStatus `json:"status"`
	TimeInForce        TimeInForce `json:"timeInForce"`
	Type               OrderType   `json:"type"`
	Side               Side        `json:"side"`
	StopPrice          Decimal     `json:"stopPrice,omitzero"`
	IcebergQty         Decimal     `json:"icebergQty,omitzero"`
	WorkingTime        int64       `json:"workingTime,omitzero"`
	STPMode            STPMode     `json:"selfTradePreventionMode"`
}

// ListStands is how the list of an amended order stands.
type ListStands struct {
	OrderListID       int64         `json:"orderListId"`
	ContingencyType   string        `json:"contingencyType"`
	ListOrderStatus   string        `json:"listOrderStatus"`
	ListClientOrderID string        `json:"listClientOrderId"`
	Symbol            string        `json:"symbol"`
	Orders            []ListedOrder `json:"orders"`
}

// Amendment is one of an order's changes.
type Amendment struct {
	Symbol            string  `json:"symbol"`
	OrderID           int64   `json:"orderId"`
	ExecutionID       int64   `json:"executionId"`
	OrigClientOrderID string  `json:"origClientOrderId"`
	NewClientOrderID  string  `json:"newClientOrderId"`
	OrigQty           Decimal `json:"origQty"`
	NewQty            Decimal `json:"newQty"`
	Time              int64   `json:"time"`
}

// PreventedMatch is what did not trade because both orders were of one account.
// Only what the mode took from an order is told.
type PreventedMatch struct {
	Symbol                 string  `json:"symbol"`
	PreventedMatchID       int64   `json:"preventedMatchId"`
	TakerOrderID           int64   `json:"takerOrderId"`
	MakerSymbol            string  `json:"makerSymbol"`
	MakerOrderID           int64   `json:"makerOrderId"`
	TradeGroupID           int64   `json:"tradeGroupId"` // -1: accounts here are in no group
	STPMode                STPMode `json:"selfTradePreventionMode"`
	Price                  Decimal `json:"price"`
	TakerPreventedQuantity Decimal `json:"takerPreventedQuantity,omitzero"`
	MakerPreventedQuantity Decimal `json:"makerPreventedQuantity,omitzero"`
	TransactTime           int64   `json:"transactTime"`
}

// MaxNumOrderAmends bounds how often an order can be amended.
type MaxNumOrderAmends struct {
	MaxNumOrderAmends int `json:"maxNumOrderAmends"`
}

func (MaxNumOrderAmends) filterType() string { return "MAX_NUM_ORDER_AMENDS" }
