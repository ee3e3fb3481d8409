package binance

// EventName is the kind of an event, its field "e". Who writes an event need not
// set it: AppendJSON knows it. Who reads one finds it there.
type EventName string

const (
	EventDepthUpdate     EventName = "depthUpdate"
	EventTrade           EventName = "trade"
	EventAggTrade        EventName = "aggTrade"
	EventKline           EventName = "kline"
	EventMiniTicker      EventName = "24hrMiniTicker"
	EventTicker          EventName = "24hrTicker"
	EventAvgPrice        EventName = "avgPrice"
	EventServerShutdown  EventName = "serverShutdown"
	EventAccountPosition EventName = "outboundAccountPosition"
	EventBalanceUpdate   EventName = "balanceUpdate"
	EventExecutionReport EventName = "executionReport"
	EventListStatus      EventName = "listStatus"
	EventTerminated      EventName = "eventStreamTerminated"
)

// DepthUpdate is the event of a depth stream: what changed in the book between
// two updates. A quantity of zero takes the level away.
type DepthUpdate struct {
	Event         EventName `json:"e"`
	EventTime     int64     `json:"E"`
	Symbol        string    `json:"s"`
	FirstUpdateID int64     `json:"U"`
	FinalUpdateID int64     `json:"u"`
	Bids          Levels    `json:"b"`
	Asks          Levels    `json:"a"`
}

func appendEvent(dst []byte, kind EventName, time int64, symbol string) []byte {
	dst = appendStr(append(dst, '{'), "e", kind)
	dst = appendInt(dst, "E", time)
	return appendStr(dst, "s", symbol)
}

func (e *DepthUpdate) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventDepthUpdate, e.EventTime, e.Symbol)
	dst = appendInt(dst, "U", e.FirstUpdateID)
	dst = appendInt(dst, "u", e.FinalUpdateID)
	dst = appendList(appendKey(dst, "b"), e.Bids)
	return append(appendList(appendKey(dst, "a"), e.Asks), '}')
}

// TradeEvent is the event of a trade stream.
type TradeEvent struct {
	Event        EventName `json:"e"`
	EventTime    int64     `json:"E"`
	Symbol       string    `json:"s"`
	TradeID      int64     `json:"t"`
	Price        Decimal   `json:"p"`
	Qty          Decimal   `json:"q"`
	TradeTime    int64     `json:"T"`
	IsBuyerMaker bool      `json:"m"`
	IsBestMatch  bool      `json:"M"` // always true
}

func (e *TradeEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventTrade, e.EventTime, e.Symbol)
	dst = appendInt(dst, "t", e.TradeID)
	dst = appendDec(dst, "p", e.Price)
	dst = appendDec(dst, "q", e.Qty)
	dst = appendInt(dst, "T", e.TradeTime)
	dst = appendBool(dst, "m", e.IsBuyerMaker)
	return append(appendBool(dst, "M", e.IsBestMatch), '}')
}

// AggTradeEvent is the event of an aggTrade stream.
type AggTradeEvent struct {
	Event        EventName `json:"e"`
	EventTime    int64     `json:"E"`
	Symbol       string    `json:"s"`
	AggTradeID   int64     `json:"a"`
	Price        Decimal   `json:"p"`
	Qty          Decimal   `json:"q"`
	FirstTradeID int64     `json:"f"`
	LastTradeID  int64     `json:"l"`
	TradeTime    int64     `json:"T"`
	IsBuyerMaker bool      `json:"m"`
	IsBestMatch  bool      `json:"M"` // always true
}

func (e *AggTradeEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventAggTrade, e.EventTime, e.Symbol)
	dst = appendInt(dst, "a", e.AggTradeID)
	dst = appendDec(dst, "p", e.Price)
	dst = appendDec(dst, "q", e.Qty)
	dst = appendInt(dst, "f", e.FirstTradeID)
	dst = appendInt(dst, "l", e.LastTradeID)
	dst = appendInt(dst, "T", e.TradeTime)
	dst = appendBool(dst, "m", e.IsBuyerMaker)
	return append(appendBool(dst, "M", e.IsBestMatch), '}')
}

// BookTickerEvent is the event of a bookTicker stream: the one without a kind.
type BookTickerEvent struct {
	UpdateID int64   `json:"u"`
	Symbol   string  `json:"s"`
	BidPrice Decimal `json:"b"`
	BidQty   Decimal `json:"B"`
	AskPrice Decimal `json:"a"`
	AskQty   Decimal `json:"A"`
}

func (e *BookTickerEvent) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "u", e.UpdateID)
	dst = appendStr(dst, "s", e.Symbol)
	dst = appendDec(dst, "b", e.BidPrice)
	dst = appendDec(dst, "B", e.BidQty)
	dst = appendDec(dst, "a", e.AskPrice)
	return append(appendDec(dst, "A", e.AskQty), '}')
}

// KlineEvent is the event of a kline stream.
type KlineEvent struct {
	Event     EventName    `json:"e"`
	EventTime int64        `json:"E"`
	Symbol    string       `json:"s"`
	Kline     StreamCandle `json:"k"`
}

// StreamCandle is a Kline as streams write it: an object.
type StreamCandle struct {
	OpenTime     int64   `json:"t"`
	CloseTime    int64   `json:"T"`
	Symbol       string  `json:"s"`
	Interval     string  `json:"i"`
	FirstTradeID int64   `json:"f"` // -1 without trades
	LastTradeID  int64   `json:"L"`
	Open         Decimal `json:"o"`
	Close        Decimal `json:"c"`
	High         Decimal `json:"h"`
	Low          Decimal `json:"l"`
	Volume       string  `json:"v"`
	Trades       int64   `json:"n"`
	Closed       bool    `json:"x"`
	QuoteVolume  string  `json:"q"`
	TakerVolume  string  `json:"V"`
	TakerQuote   string  `json:"Q"`
	Unused       string  `json:"B"`
}

func (e *KlineEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventKline, e.EventTime, e.Symbol)
	return append(e.Kline.AppendJSON(appendKey(dst, "k")), '}')
}

func (k *StreamCandle) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "t", k.OpenTime)
	dst = appendInt(dst, "T", k.CloseTime)
	dst = appendStr(dst, "s", k.Symbol)
	dst = appendStr(dst, "i", k.Interval)
	dst = appendInt(dst, "f", k.FirstTradeID)
	dst = appendInt(dst, "L", k.LastTradeID)
	dst = appendDec(dst, "o", k.Open)
	dst = appendDec(dst, "c", k.Close)
	dst = appendDec(dst, "h", k.High)
	dst = appendDec(dst, "l", k.Low)
	dst = appendStr(dst, "v", k.Volume)
	dst = appendInt(dst, "n", k.Trades)
	dst = appendBool(dst, "x", k.Closed)
	dst = appendStr(dst, "q", k.QuoteVolume)
	dst = appendStr(dst, "V", k.TakerVolume)
	dst = appendStr(dst, "Q", k.TakerQuote)
	return append(appendStr(dst, "B", k.Unused), '}')
}

// MiniTickerEvent is the event of a miniTicker stream.
type MiniTickerEvent struct {
	Event       EventName `json:"e"`
	EventTime   int64     `json:"E"`
	Symbol      string    `json:"s"`
	Close       Decimal   `json:"c"`
	Open        Decimal   `json:"o"`
	High        Decimal   `json:"h"`
	Low         Decimal   `json:"l"`
	Volume      string    `json:"v"`
	QuoteVolume string    `json:"q"`
}

func (e *MiniTickerEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventMiniTicker, e.EventTime, e.Symbol)
	dst = appendDec(dst, "c", e.Close)
	dst = appendDec(dst, "o", e.Open)
	dst = appendDec(dst, "h", e.High)
	dst = appendDec(dst, "l", e.Low)
	dst = appendStr(dst, "v", e.Volume)
	return append(appendStr(dst, "q", e.QuoteVolume), '}')
}

// AppendMiniTickers writes the event of !miniTicker@arr.
func AppendMiniTickers(dst []byte, list []MiniTickerEvent) []byte { return appendList(dst, list) }

// TickerEvent is the event of a ticker stream.
type TickerEvent struct {
	Event              EventName `json:"e"`
	EventTime          int64     `json:"E"`
	Symbol             string    `json:"s"`
	PriceChange        Decimal   `json:"p"`
	PriceChangePercent Decimal   `json:"P"`
	WeightedAvgPrice   Decimal   `json:"w"`
	PrevClosePrice     Decimal   `json:"x"`
	LastPrice          Decimal   `json:"c"`
	LastQty            Decimal   `json:"Q"`
	BidPrice           Decimal   `json:"b"`
	BidQty             Decimal   `json:"B"`
	AskPrice           Decimal   `json:"a"`
	AskQty             Decimal   `json:"A"`
	OpenPrice          Decimal   `json:"o"`
	HighPrice          Decimal   `json:"h"`
	LowPrice           Decimal   `json:"l"`
	Volume             string    `json:"v"`
	QuoteVolume        string    `json:"q"`
	OpenTime           int64     `json:"O"`
	CloseTime          int64     `json:"C"`
	FirstID            int64     `json:"F"`
	LastID             int64     `json:"L"`
	Count              int64     `json:"n"`
}

func (t *TickerEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventTicker, t.EventTime, t.Symbol)
	dst = appendDec(dst, "p", t.PriceChange)
	dst = appendDec(dst, "P", t.PriceChangePercent)
	dst = appendDec(dst, "w", t.WeightedAvgPrice)
	dst = appendDec(dst, "x", t.PrevClosePrice)
	dst = appendDec(dst, "c", t.LastPrice)
	dst = appendDec(dst, "Q", t.LastQty)
	dst = appendDec(dst, "b", t.BidPrice)
	dst = appendDec(dst, "B", t.BidQty)
	dst = appendDec(dst, "a", t.AskPrice)
	dst = appendDec(dst, "A", t.AskQty)
	dst = appendDec(dst, "o", t.OpenPrice)
	dst = appendDec(dst, "h", t.HighPrice)
	dst = appendDec(dst, "l", t.LowPrice)
	dst = appendStr(dst, "v", t.Volume)
	dst = appendStr(dst, "q", t.QuoteVolume)
	dst = appendInt(dst, "O", t.OpenTime)
	dst = appendInt(dst, "C", t.CloseTime)
	dst = appendInt(dst, "F", t.FirstID)
	dst = appendInt(dst, "L", t.LastID)
	return append(appendInt(dst, "n", t.Count), '}')
}

// AppendTickers writes the event of !ticker@arr.
func AppendTickers(dst []byte, list []TickerEvent) []byte { return appendList(dst, list) }

// WindowEvent is the event of a ticker_1h, ticker_4h or ticker_1d stream, whose kind it is told as.
type WindowEvent struct {
	Event              EventName `json:"e"` // "1hTicker"
	EventTime          int64     `json:"E"`
	Symbol             string    `json:"s"`
	PriceChange        Decimal   `json:"p"`
	PriceChangePercent Decimal   `json:"P"`
	OpenPrice          Decimal   `json:"o"`
	HighPrice          Decimal   `json:"h"`
	LowPrice           Decimal   `json:"l"`
	LastPrice          Decimal   `json:"c"`
	WeightedAvgPrice   Decimal   `json:"w"`
	Volume             string    `json:"v"`
	QuoteVolume        string    `json:"q"`
	OpenTime           int64     `json:"O"`
	CloseTime          int64     `json:"C"`
	FirstID            int64     `json:"F"`
	LastID             int64     `json:"L"`
	Count              int64     `json:"n"`
}

// WindowEventName is the kind of the events of a window.
func WindowEventName(window Interval) EventName { return EventName(window.String() + "Ticker") }

func (t *WindowEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, t.Event, t.EventTime, t.Symbol)
	dst = appendDec(dst, "p", t.PriceChange)
	dst = appendDec(dst, "P", t.PriceChangePercent)
	dst = appendDec(dst, "o", t.OpenPrice)
	dst = appendDec(dst, "h", t.HighPrice)
	dst = appendDec(dst, "l", t.LowPrice)
	dst = appendDec(dst, "c", t.LastPrice)
	dst = appendDec(dst, "w", t.WeightedAvgPrice)
	dst = appendStr(dst, "v", t.Volume)
	dst = appendStr(dst, "q", t.QuoteVolume)
	dst = appendInt(dst, "O", t.OpenTime)
	dst = appendInt(dst, "C", t.CloseTime)
	dst = appendInt(dst, "F", t.FirstID)
	dst = appendInt(dst, "L", t.LastID)
	return append(appendInt(dst, "n", t.Count), '}')
}

// AppendWindows writes the event of !ticker_1h@arr and its like.
func AppendWindows(dst []byte, list []WindowEvent) []byte { return appendList(dst, list) }

// AvgPriceEvent is the event of an avgPrice stream.
type AvgPriceEvent struct {
	Event         EventName `json:"e"`
	EventTime     int64     `json:"E"`
	Symbol        string    `json:"s"`
	Interval      string    `json:"i"` // "5m"
	AvgPrice      Decimal   `json:"w"`
	LastTradeTime int64     `json:"T"`
}

func (e *AvgPriceEvent) AppendJSON(dst []byte) []byte {
	dst = appendEvent(dst, EventAvgPrice, e.EventTime, e.Symbol)
	dst = appendStr(dst, "i", e.Interval)
	dst = appendDec(dst, "w", e.AvgPrice)
	return append(appendInt(dst, "T", e.LastTradeTime), '}')
}

// ServerShutdown says that the connection is about to go.
type ServerShutdown struct {
	Event     EventName `json:"e"`
	EventTime int64     `json:"E"`
}

// ShutdownStream names it in combined streams.
const ShutdownStream = "!serverShutdown"

func (e *ServerShutdown) AppendJSON(dst []byte) []byte {
	dst = appendStr(append(dst, '{'), "e", EventServerShutdown)
	return append(appendInt(dst, "E", e.EventTime), '}')
}
