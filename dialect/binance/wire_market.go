package binance

import (
	"encoding/json"
	"errors"
	"strconv"
)

// Level is one price of a book: ["price","qty"].
type Level struct{ Price, Qty Decimal }

func (l *Level) AppendJSON(dst []byte) []byte {
	dst = l.Price.AppendJSON(append(dst, '['))
	return append(l.Qty.AppendJSON(append(dst, ',')), ']')
}

func (l Level) MarshalJSON() ([]byte, error) { return l.AppendJSON(nil), nil }

// UnmarshalJSON reads ["price","qty"].
func (l *Level) UnmarshalJSON(raw []byte) error {
	var pair []Decimal
	if err := json.Unmarshal(raw, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return errors.New("binance: a level is a price and a quantity")
	}
	l.Price, l.Qty = pair[0], pair[1]
	return nil
}

// Levels of one side, best first. None is [], never null.
type Levels []Level

func (l Levels) MarshalJSON() ([]byte, error) { return appendList(nil, l), nil }

// Depth is a book: the answer to depth, and the event of a partial depth stream.
type Depth struct {
	LastUpdateID int64  `json:"lastUpdateId"`
	Bids         Levels `json:"bids"`
	Asks         Levels `json:"asks"`
}

func (d *Depth) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "lastUpdateId", d.LastUpdateID)
	dst = appendList(appendKey(dst, "bids"), d.Bids)
	return append(appendList(appendKey(dst, "asks"), d.Asks), '}')
}

// PublicTrade answers trades and historicalTrades.
type PublicTrade struct {
	ID           int64   `json:"id"`
	Price        Decimal `json:"price"`
	Qty          Decimal `json:"qty"`
	QuoteQty     Decimal `json:"quoteQty"`
	Time         int64   `json:"time"`
	IsBuyerMaker bool    `json:"isBuyerMaker"`
	IsBestMatch  bool    `json:"isBestMatch"`
}

func (t *PublicTrade) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "id", t.ID)
	dst = appendDec(dst, "price", t.Price)
	dst = appendDec(dst, "qty", t.Qty)
	dst = appendDec(dst, "quoteQty", t.QuoteQty)
	dst = appendInt(dst, "time", t.Time)
	dst = appendBool(dst, "isBuyerMaker", t.IsBuyerMaker)
	return append(appendBool(dst, "isBestMatch", t.IsBestMatch), '}')
}

// AppendPublicTrades writes a list of trades.
func AppendPublicTrades(dst []byte, list []PublicTrade) []byte { return appendList(dst, list) }

// AggTrade is one taker order's trades at one price.
type AggTrade struct {
	ID           int64   `json:"a"`
	Price        Decimal `json:"p"`
	Qty          Decimal `json:"q"`
	FirstTradeID int64   `json:"f"`
	LastTradeID  int64   `json:"l"`
	Time         int64   `json:"T"`
	IsBuyerMaker bool    `json:"m"`
	IsBestMatch  bool    `json:"M"`
}

func (t *AggTrade) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "a", t.ID)
	dst = appendDec(dst, "p", t.Price)
	dst = appendDec(dst, "q", t.Qty)
	dst = appendInt(dst, "f", t.FirstTradeID)
	dst = appendInt(dst, "l", t.LastTradeID)
	dst = appendInt(dst, "T", t.Time)
	dst = appendBool(dst, "m", t.IsBuyerMaker)
	return append(appendBool(dst, "M", t.IsBestMatch), '}')
}

// AppendAggTrades writes a list of aggregate trades.
func AppendAggTrades(dst []byte, list []AggTrade) []byte { return appendList(dst, list) }

// Kline is one candlestick: a list of twelve. Its volumes are text, since sums
// over a market may be greater than 64 bits hold.
type Kline struct {
	OpenTime                int64
	Open, High, Low, Close  Decimal
	Volume                  string
	CloseTime               int64
	QuoteVolume             string
	Trades                  int64
	TakerVolume, TakerQuote string
}

func (k *Kline) AppendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, '['), k.OpenTime, 10)
	for _, price := range [...]Decimal{k.Open, k.High, k.Low, k.Close} {
		dst = price.AppendJSON(append(dst, ','))
	}
	dst = appendString(append(dst, ','), k.Volume)
	dst = strconv.AppendInt(append(dst, ','), k.CloseTime, 10)
	dst = appendString(append(dst, ','), k.QuoteVolume)
	dst = strconv.AppendInt(append(dst, ','), k.Trades, 10)
	dst = appendString(append(dst, ','), k.TakerVolume)
	dst = appendString(append(dst, ','), k.TakerQuote)
	return append(dst, `,"0"]`...)
}

func (k Kline) MarshalJSON() ([]byte, error) { return k.AppendJSON(nil), nil }

// UnmarshalJSON reads the list of twelve; the last is ignored.
func (k *Kline) UnmarshalJSON(raw []byte) error {
	var cells []json.RawMessage
	if err := json.Unmarshal(raw, &cells); err != nil {
		return err
	}
	into := [...]any{&k.OpenTime, &k.Open, &k.High, &k.Low, &k.Close, &k.Volume,
		&k.CloseTime, &k.QuoteVolume, &k.Trades, &k.TakerVolume, &k.TakerQuote}
	if len(cells) != len(into)+1 {
		return errors.New("binance: a kline is a list of 12")
	}
	for i := range into {
		if err := json.Unmarshal(cells[i], into[i]); err != nil {
			return err
		}
	}
	return nil
}

// AppendKlines writes a list of klines.
func AppendKlines(dst []byte, list []Kline) []byte { return appendList(dst, list) }

// AvgPrice answers avgPrice.
type AvgPrice struct {
	Mins      int64   `json:"mins"`
	Price     Decimal `json:"price"`
	CloseTime int64   `json:"closeTime"`
}

// Ticker answers ticker/24hr with type=FULL. Volumes are text: see Kline.
type Ticker struct {
	Symbol             string  `json:"symbol"`
	PriceChange        Decimal `json:"priceChange"`
	PriceChangePercent Decimal `json:"priceChangePercent"`
	WeightedAvgPrice   Decimal `json:"weightedAvgPrice"`
	PrevClosePrice     Decimal `json:"prevClosePrice"`
	LastPrice          Decimal `json:"lastPrice"`
	LastQty            Decimal `json:"lastQty"`
	BidPrice           Decimal `json:"bidPrice"`
	BidQty             Decimal `json:"bidQty"`
	AskPrice           Decimal `json:"askPrice"`
	AskQty             Decimal `json:"askQty"`
	OpenPrice          Decimal `json:"openPrice"`
	HighPrice          Decimal `json:"highPrice"`
	LowPrice           Decimal `json:"lowPrice"`
	Volume             string  `json:"volume"`
	QuoteVolume        string  `json:"quoteVolume"`
	OpenTime           int64   `json:"openTime"`
	CloseTime          int64   `json:"closeTime"`
	FirstID            int64   `json:"firstId"` // -1 without trades
	LastID             int64   `json:"lastId"`
	Count              int64   `json:"count"`
}

// Mini is what type=MINI leaves of t.
func (t *Ticker) Mini() MiniTicker {
	return MiniTicker{t.Symbol, t.OpenPrice, t.HighPrice, t.LowPrice, t.LastPrice, t.Volume, t.QuoteVolume,
		t.OpenTime, t.CloseTime, t.FirstID, t.LastID, t.Count}
}

// MiniTicker answers ticker/24hr, ticker and ticker/tradingDay with type=MINI.
type MiniTicker struct {
	Symbol      string  `json:"symbol"`
	OpenPrice   Decimal `json:"openPrice"`
	HighPrice   Decimal `json:"highPrice"`
	LowPrice    Decimal `json:"lowPrice"`
	LastPrice   Decimal `json:"lastPrice"`
	Volume      string  `json:"volume"`
	QuoteVolume string  `json:"quoteVolume"`
	OpenTime    int64   `json:"openTime"`
	CloseTime   int64   `json:"closeTime"`
	FirstID     int64   `json:"firstId"`
	LastID      int64   `json:"lastId"`
	Count       int64   `json:"count"`
}

// WindowTicker answers ticker and ticker/tradingDay with type=FULL. Volumes are text: see Kline.
type WindowTicker struct {
	Symbol             string  `json:"symbol"`
	PriceChange        Decimal `json:"priceChange"`
	PriceChangePercent Decimal `json:"priceChangePercent"`
	WeightedAvgPrice   Decimal `json:"weightedAvgPrice"`
	OpenPrice          Decimal `json:"openPrice"`
	HighPrice          Decimal `json:"highPrice"`
	LowPrice           Decimal `json:"lowPrice"`
	LastPrice          Decimal `json:"lastPrice"`
	Volume             string  `json:"volume"`
	QuoteVolume        string  `json:"quoteVolume"`
	OpenTime           int64   `json:"openTime"`
	CloseTime          int64   `json:"closeTime"`
	FirstID            int64   `json:"firstId"` // -1 without trades
	LastID             int64   `json:"lastId"`
	Count              int64   `json:"count"`
}

// Mini is what type=MINI leaves of t.
func (t *WindowTicker) Mini() MiniTicker {
	return MiniTicker{t.Symbol, t.OpenPrice, t.HighPrice, t.LowPrice, t.LastPrice, t.Volume, t.QuoteVolume,
		t.OpenTime, t.CloseTime, t.FirstID, t.LastID, t.Count}
}

// PriceTicker answers ticker/price.
type PriceTicker struct {
	Symbol string  `json:"symbol"`
	Price  Decimal `json:"price"`
}

// BookTicker answers ticker/bookTicker.
type BookTicker struct {
	Symbol   string  `json:"symbol"`
	BidPrice Decimal `json:"bidPrice"`
	BidQty   Decimal `json:"bidQty"`
	AskPrice Decimal `json:"askPrice"`
	AskQty   Decimal `json:"askQty"`
}

func (t *BookTicker) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "symbol", t.Symbol)
	dst = appendDec(dst, "bidPrice", t.BidPrice)
	dst = appendDec(dst, "bidQty", t.BidQty)
	dst = appendDec(dst, "askPrice", t.AskPrice)
	return append(appendDec(dst, "askQty", t.AskQty), '}')
}

// ServerTime answers time.
type ServerTime struct {
	ServerTime int64 `json:"serverTime"`
}
