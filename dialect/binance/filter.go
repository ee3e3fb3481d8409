package binance

import "encoding/json"

// Filter is a rule of a symbol or of the exchange: one of the types below.
type Filter interface{ filterType() string }

// FilterName is the name by which a filter is listed and, when it is failed,
// reported (ErrFilter).
func FilterName(f Filter) string { return f.filterType() }

// PriceFilter bounds a price; zero switches a bound off.
type PriceFilter struct {
	MinPrice Decimal `json:"minPrice"`
	MaxPrice Decimal `json:"maxPrice"`
	TickSize Decimal `json:"tickSize"`
}

// PercentPrice bounds a price by factors of the recent average.
type PercentPrice struct {
	MultiplierUp   Decimal `json:"multiplierUp"`
	MultiplierDown Decimal `json:"multiplierDown"`
	AvgPriceMins   int     `json:"avgPriceMins"` // 0: the last price
}

// PercentPriceBySide bounds the prices of bids and of asks apart.
type PercentPriceBySide struct {
	BidMultiplierUp   Decimal `json:"bidMultiplierUp"`
	BidMultiplierDown Decimal `json:"bidMultiplierDown"`
	AskMultiplierUp   Decimal `json:"askMultiplierUp"`
	AskMultiplierDown Decimal `json:"askMultiplierDown"`
	AvgPriceMins      int     `json:"avgPriceMins"`
}

// LotSize bounds a quantity.
type LotSize struct {
	MinQty   Decimal `json:"minQty"`
	MaxQty   Decimal `json:"maxQty"`
	StepSize Decimal `json:"stepSize"`
}

// MarketLotSize bounds the quantity of a market order.
type MarketLotSize struct {
	MinQty   Decimal `json:"minQty"`
	MaxQty   Decimal `json:"maxQty"`
	StepSize Decimal `json:"stepSize"`
}

// Notional bounds price × quantity.
type Notional struct {
	MinNotional      Decimal `json:"minNotional"`
	ApplyMinToMarket bool    `json:"applyMinToMarket"`
	MaxNotional      Decimal `json:"maxNotional"`
	ApplyMaxToMarket bool    `json:"applyMaxToMarket"`
	AvgPriceMins     int     `json:"avgPriceMins"`
}

// IcebergParts bounds quantity / icebergQty, rounded up.
type IcebergParts struct {
	Limit int `json:"limit"`
}

// MaxNumOrders bounds an account's open orders in a market.
type MaxNumOrders struct {
	MaxNumOrders int `json:"maxNumOrders"`
}

// MaxNumAlgoOrders bounds an account's waiting stops in a market.
type MaxNumAlgoOrders struct {
	MaxNumAlgoOrders int `json:"maxNumAlgoOrders"`
}

// MaxNumIcebergOrders bounds an account's open iceberg orders in a market.
type MaxNumIcebergOrders struct {
	MaxNumIcebergOrders int `json:"maxNumIcebergOrders"`
}

// MaxPosition bounds what an account holds and bids for.
type MaxPosition struct {
	MaxPosition Decimal `json:"maxPosition"`
}

// TrailingDelta bounds trailingDelta, in basis points.
type TrailingDelta struct {
	MinTrailingAboveDelta int `json:"minTrailingAboveDelta"`
	MaxTrailingAboveDelta int `json:"maxTrailingAboveDelta"`
	MinTrailingBelowDelta int `json:"minTrailingBelowDelta"`
	MaxTrailingBelowDelta int `json:"maxTrailingBelowDelta"`
}

// MaxNumOrderLists bounds an account's open order lists in a market.
type MaxNumOrderLists struct {
	MaxNumOrderLists int `json:"maxNumOrderLists"`
}

// ExchangeMaxNumOrders bounds an account's open orders.
type ExchangeMaxNumOrders struct {
	MaxNumOrders int `json:"maxNumOrders"`
}

// ExchangeMaxNumAlgoOrders bounds an account's waiting stops.
type ExchangeMaxNumAlgoOrders struct {
	MaxNumAlgoOrders int `json:"maxNumAlgoOrders"`
}

func (PriceFilter) filterType() string              { return "PRICE_FILTER" }
func (PercentPrice) filterType() string             { return "PERCENT_PRICE" }
func (PercentPriceBySide) filterType() string       { return "PERCENT_PRICE_BY_SIDE" }
func (LotSize) filterType() string                  { return "LOT_SIZE" }
func (MarketLotSize) filterType() string            { return "MARKET_LOT_SIZE" }
func (Notional) filterType() string                 { return "NOTIONAL" }
func (IcebergParts) filterType() string             { return "ICEBERG_PARTS" }
func (MaxNumOrders) filterType() string             { return "MAX_NUM_ORDERS" }
func (MaxNumAlgoOrders) filterType() string         { return "MAX_NUM_ALGO_ORDERS" }
func (MaxNumIcebergOrders) filterType() string      { return "MAX_NUM_ICEBERG_ORDERS" }
func (MaxPosition) filterType() string              { return "MAX_POSITION" }
func (TrailingDelta) filterType() string            { return "TRAILING_DELTA" }
func (MaxNumOrderLists) filterType() string         { return "MAX_NUM_ORDER_LISTS" }
func (ExchangeMaxNumOrders) filterType() string     { return "EXCHANGE_MAX_NUM_ORDERS" }
func (ExchangeMaxNumAlgoOrders) filterType() string { return "EXCHANGE_MAX_NUM_ALGO_ORDERS" }

// UnknownFilter is a filter that this package does not know: its name and its
// fields as they came. A client that cannot check a rule should know that it is
// there.
type UnknownFilter struct {
	Name string
	Raw  json.RawMessage
}

func (f UnknownFilter) filterType() string { return f.Name }

func (f UnknownFilter) MarshalJSON() ([]byte, error) { return f.Raw, nil }

// Filters are a list of filters, each written with its name in filterType.
type Filters []Filter

// MarshalJSON writes the list; none is [].
func (l Filters) MarshalJSON() ([]byte, error) {
	dst := []byte{'['}
	for i, f := range l {
		fields, err := json.Marshal(f)
		if err != nil {
			return nil, err
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		if _, raw := f.(UnknownFilter); raw {
			dst = append(dst, fields...)
			continue
		}
		dst = appendStr(append(dst, '{'), "filterType", f.filterType())
		dst = append(append(dst, ','), fields[1:]...) // every filter has a field
	}
	return append(dst, ']'), nil
}

// UnmarshalJSON reads the list.
func (l *Filters) UnmarshalJSON(raw []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(raw, &list); err != nil {
		return err
	}
	*l = make(Filters, 0, len(list))
	for _, item := range list {
		f, err := readFilter(item)
		if err != nil {
			return err
		}
		*l = append(*l, f)
	}
	return nil
}

func readFilter(raw json.RawMessage) (Filter, error) {
	var head struct {
		FilterType string `json:"filterType"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	if read, known := filterReaders[head.FilterType]; known {
		return read(raw)
	}
	return UnknownFilter{head.FilterType, raw}, nil
}

func readInto[T Filter](raw json.RawMessage) (Filter, error) {
	var f T
	err := json.Unmarshal(raw, &f)
	return f, err
}

var filterReaders = map[string]func(json.RawMessage) (Filter, error){
	PriceFilter{}.filterType():              readInto[PriceFilter],
	PercentPrice{}.filterType():             readInto[PercentPrice],
	PercentPriceBySide{}.filterType():       readInto[PercentPriceBySide],
	LotSize{}.filterType():                  readInto[LotSize],
	MarketLotSize{}.filterType():            readInto[MarketLotSize],
	Notional{}.filterType():                 readInto[Notional],
	IcebergParts{}.filterType():             readInto[IcebergParts],
	MaxNumOrders{}.filterType():             readInto[MaxNumOrders],
	MaxNumAlgoOrders{}.filterType():         readInto[MaxNumAlgoOrders],
	MaxNumIcebergOrders{}.filterType():      readInto[MaxNumIcebergOrders],
	MaxPosition{}.filterType():              readInto[MaxPosition],
	TrailingDelta{}.filterType():            readInto[TrailingDelta],
	MaxNumOrderLists{}.filterType():         readInto[MaxNumOrderLists],
	MaxNumOrderAmends{}.filterType():        readInto[MaxNumOrderAmends],
	ExchangeMaxNumOrders{}.filterType():     readInto[ExchangeMaxNumOrders],
	ExchangeMaxNumAlgoOrders{}.filterType(): readInto[ExchangeMaxNumAlgoOrders],
}
