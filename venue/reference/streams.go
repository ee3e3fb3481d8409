package reference

import "portcullis/dialect/binance"

// feed is a kind of stream.
type feed struct {
	name    string // as it is subscribed to, with what varies in braces
	example string
	speed   string
	about   string
	event   any // nil: nothing is ever sent
	private bool
}

// feeds are all kinds of streams.
var feeds = []feed{
	{name: "{symbol}@aggTrade", example: "btcusdt@aggTrade", speed: "at once", about: "Trades put together by the order that took.", event: binance.AggTradeEvent{}},
	{name: "{symbol}@trade", example: "btcusdt@trade", speed: "at once", about: "Trades.", event: binance.TradeEvent{}},
	{name: "{symbol}@blockTrade", example: "btcusdt@blockTrade", speed: "never", about: "Block trades: there are none, and nothing is sent."},
	{name: "{symbol}@kline_{interval}", example: "btcusdt@kline_1m", speed: "each second in which it changed", about: "Candlesticks in UTC; the last event of each says that it is over.", event: binance.KlineEvent{}},
	{name: "{symbol}@kline_{interval}@+08:00", example: "btcusdt@kline_1d@+08:00", speed: "each second in which it changed", about: "Candlesticks that open at the midnights of UTC+8.", event: binance.KlineEvent{}},
	{name: "{symbol}@miniTicker", example: "btcusdt@miniTicker", speed: "each second in which it changed", about: "The last 24 hours, in short.", event: binance.MiniTickerEvent{}},
	{name: "!miniTicker@arr", example: "!miniTicker@arr", speed: "each second in which one changed", about: "The last 24 hours of the markets that changed, in short.", event: many{binance.MiniTickerEvent{}}},
	{name: "{symbol}@ticker", example: "btcusdt@ticker", speed: "each second in which it changed", about: "The last 24 hours.", event: binance.TickerEvent{}},
	{name: "!ticker@arr", example: "!ticker@arr", speed: "each second in which one changed", about: "The last 24 hours of the markets that changed.", event: many{binance.TickerEvent{}}},
	{name: "{symbol}@ticker_{window}", example: "btcusdt@ticker_1h", speed: "each second in which it changed", about: "The last 1h, 4h or 1d; it opens on a minute.", event: binance.WindowEvent{}},
	{name: "!ticker_{window}@arr", example: "!ticker_1h@arr", speed: "each second in which one changed", about: "The same of the markets that changed.", event: many{binance.WindowEvent{}}},
	{name: "{symbol}@bookTicker", example: "btcusdt@bookTicker", speed: "at once", about: "Best prices and what stands there, whenever they change.", event: binance.BookTickerEvent{}},
	{name: "!bookTicker", example: "!bookTicker", speed: "at once", about: "The same of all markets.", event: binance.BookTickerEvent{}},
	{name: "{symbol}@avgPrice", example: "btcusdt@avgPrice", speed: "each second", about: "Average price of the last five minutes.", event: binance.AvgPriceEvent{}},
	{name: "{symbol}@depth{levels}", example: "btcusdt@depth5", speed: "each second in which it changed", about: "The best 5, 10 or 20 levels.", event: binance.Depth{}},
	{name: "{symbol}@depth{levels}@100ms", example: "btcusdt@depth5@100ms", speed: "each tenth of a second in which it changed", about: "The best 5, 10 or 20 levels.", event: binance.Depth{}},
	{name: "{symbol}@depth", example: "btcusdt@depth", speed: "each second in which it changed", about: "What changed in the book. Take a snapshot with GET /api/v3/depth, leave out events whose u is not above its lastUpdateId, and go on from there: U is always one more than the u before.", event: binance.DepthUpdate{}},
	{name: "{symbol}@depth@100ms", example: "btcusdt@depth@100ms", speed: "each tenth of a second in which it changed", about: "The same, faster.", event: binance.DepthUpdate{}},
	{name: "{listenKey}", example: "", speed: "at once", about: "What happens to an account, by a listenKey.", event: userEvents, private: true},
}

// userEvents are what happens to an account.
var userEvents = choice{binance.ExecutionReport{}, binance.AccountPosition{}, binance.BalanceUpdate{}, binance.ListStatus{}}

// streamMethods are what a client may ask on a connection of the streams.
var streamMethods = []struct {
	name, about, params string
	result              object
}{
	{"SUBSCRIBE", "Add streams: all of those named, or none.", `["btcusdt@trade"]`, object{"type": "null"}},
	{"UNSUBSCRIBE", "Take streams away.", `["btcusdt@trade"]`, object{"type": "null"}},
	{"LIST_SUBSCRIPTIONS", "The streams of this connection.", "", object{"type": "array", "items": aText}},
	{"SET_PROPERTY", "Whether events come with the name of their stream.", `["combined", true]`, object{"type": "null"}},
	{"GET_PROPERTY", "Whether they do.", `["combined"]`, aFlag},
}
