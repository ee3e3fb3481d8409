package binance

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Bounds of one stream connection.
const (
	MaxStreams            = 1024     // subscriptions of a connection
	MaxStreamRequestBytes = 64 << 10 // bytes of one frame from a client
	maxRequestIDBytes     = 36
	ListenKeyBytes        = 64 // letters and digits of a listenKey
)

// StreamKind is what a stream carries.
type StreamKind uint8

const (
	StreamDepth         StreamKind = iota + 1 // changes of the book: DepthUpdate
	StreamPartialDepth                        // the best levels: Depth
	StreamTrade                               // TradeEvent
	StreamAggTrade                            // AggTradeEvent
	StreamKline                               // KlineEvent
	StreamMiniTicker                          // MiniTickerEvent
	StreamTicker                              // TickerEvent
	StreamBookTicker                          // BookTickerEvent
	StreamAvgPrice                            // AvgPriceEvent
	StreamBlockTrade                          // nothing: there are no block trades
	StreamWindow                              // WindowEvent
	StreamAllMiniTicker                       // a list of MiniTickerEvent
	StreamAllTicker                           // a list of TickerEvent
	StreamAllBookTicker                       // BookTickerEvent of every symbol
	StreamAllWindow                           // a list of WindowEvent
	StreamUser                                // the older way to private events
)

// Stream is one subscription, and can be the key of a map.
type Stream struct {
	Kind     StreamKind
	Symbol   string   // in capitals, as the markets are named; empty for all markets
	Interval Interval // of StreamKline; of the window streams their window
	Zone8    bool     // of StreamKline: days of UTC+8
	Levels   uint8    // of StreamPartialDepth: 5, 10 or 20
	Fast     bool     // of the depth streams: every 100 ms, not every second
	Key      string   // of StreamUser: the listenKey
	Micros   bool     // its times are in microseconds: of the connection, not of the name
}

// suffixes are the names of the kinds that have no more to say than their symbol.
var suffixes = [...]string{
	StreamTrade: "trade", StreamAggTrade: "aggTrade", StreamMiniTicker: "miniTicker",
	StreamTicker: "ticker", StreamBookTicker: "bookTicker", StreamAvgPrice: "avgPrice", StreamBlockTrade: "blockTrade",
	StreamAllMiniTicker: "!miniTicker@arr", StreamAllTicker: "!ticker@arr", StreamAllBookTicker: "!bookTicker",
}

// String is the stream's name on the wire: ParseStream's inverse, but for Micros.
func (s Stream) String() string {
	symbol, speed := strings.ToLower(s.Symbol), ""
	if s.Fast {
		speed = "@100ms"
	}
	switch s.Kind {
	case StreamUser:
		return s.Key
	case StreamAllMiniTicker, StreamAllTicker, StreamAllBookTicker:
		return suffixes[s.Kind]
	case StreamWindow:
		return symbol + "@ticker_" + s.Interval.String()
	case StreamAllWindow:
		return "!ticker_" + s.Interval.String() + "@arr"
	case StreamDepth:
		return symbol + "@depth" + speed
	case StreamPartialDepth:
		return symbol + "@depth" + strconv.Itoa(int(s.Levels)) + speed
	case StreamKline:
		if s.Zone8 {
			return symbol + "@kline_" + s.Interval.String() + "@+08:00"
		}
		return symbol + "@kline_" + s.Interval.String()
	}
	return symbol + "@" + suffixes[s.Kind]
}

// kindOf finds the kind of a suffix, or 0.
func kindOf(suffix string) StreamKind {
	for kind, name := range suffixes {
		if name != "" && name == suffix {
			return StreamKind(kind)
		}
	}
	return 0
}

// ParseStream reads a stream's name. Symbols are in small letters there.
func ParseStream(name string) (Stream, *StreamError) {
	if kind := kindOf(name); kind >= StreamAllMiniTicker {
		return Stream{Kind: kind}, nil
	}
	if window, is := strings.CutPrefix(name, "!ticker_"); is {
		if i := windowOf(strings.TrimSuffix(window, "@arr")); i != 0 && strings.HasSuffix(window, "@arr") {
			return Stream{Kind: StreamAllWindow, Interval: i}, nil
		}
	}
	if isListenKey(name) {
		return Stream{Kind: StreamUser, Key: name}, nil
	}
	symbol, rest, found := strings.Cut(name, "@")
	if !found || !isStreamSymbol(symbol) {
		return Stream{}, badStream(name)
	}
	s := Stream{Symbol: strings.ToUpper(symbol)}
	if kind := kindOf(rest); kind != 0 && kind < StreamAllMiniTicker {
		s.Kind = kind
		return s, nil
	}
	if window, is := strings.CutPrefix(rest, "ticker_"); is && windowOf(window) != 0 {
		s.Kind, s.Interval = StreamWindow, windowOf(window)
		return s, nil
	}
	if length, is := strings.CutPrefix(rest, "kline_"); is {
		return s.kline(name, length)
	}
	if rest, s.Fast = strings.CutSuffix(rest, "@100ms"); !s.Fast {
		rest = strings.TrimSuffix(rest, "@1000ms")
	}
	switch rest {
	case "depth":
		s.Kind = StreamDepth
	case "depth5":
		s.Kind, s.Levels = StreamPartialDepth, 5
	case "depth10":
		s.Kind, s.Levels = StreamPartialDepth, 10
	case "depth20":
		s.Kind, s.Levels = StreamPartialDepth, 20
	default:
		return Stream{}, badStream(name)
	}
	return s, nil
}

// windowOf is the window of that name, or 0.
func windowOf(name string) Interval {
	switch i, _ := ParseInterval(name); i {
	case Hour1, Hour4, Day1:
		return i
	}
	return 0
}

func (s Stream) kline(name, length string) (Stream, *StreamError) {
	length, s.Zone8 = strings.CutSuffix(length, "@+08:00")
	i, ok := ParseInterval(length)
	if !ok {
		return Stream{}, badStream(name)
	}
	s.Kind, s.Interval = StreamKline, i
	return s, nil
}

// isStreamSymbol reports a symbol in small letters. It looks at bytes: Unicode
// has letters beyond ASCII whose capitals are within it.
func isStreamSymbol(text string) bool {
	for i := range len(text) {
		if c := text[i]; c >= 'A' && c <= 'Z' || c > 0x7f {
			return false
		}
	}
	return isSymbol(strings.ToUpper(text))
}

func isListenKey(text string) bool {
	if len(text) != ListenKeyBytes {
		return false
	}
	for i := range len(text) {
		if !isAlnum(text[i]) {
			return false
		}
	}
	return true
}

// ParseStreams reads the names of a combined stream: "a@trade/b@trade".
func ParseStreams(list string) ([]Stream, *StreamError) {
	if len(list) > MaxStreamRequestBytes {
		return nil, invalidRequest("at most %d bytes of stream names", MaxStreamRequestBytes)
	}
	return parseStreamNames(strings.Split(list, "/"))
}

func parseStreamNames(names []string) ([]Stream, *StreamError) {
	if len(names) > MaxStreams {
		return nil, invalidRequest("too many parameters: at most %d streams", MaxStreams)
	}
	streams := make([]Stream, len(names))
	for i, name := range names {
		s, err := ParseStream(name)
		if err != nil {
			return nil, err
		}
		streams[i] = s
	}
	return streams, nil
}

// StreamError is a refusal on a stream connection; its codes are not those of
// the rest of the dialect.
type StreamError struct {
	Code int // 0 property, 1 value type, 2 request, 3 JSON
	Msg  string
	ID   json.RawMessage // of the request; nil is written null
}

func (e *StreamError) Error() string { return e.Msg }

// AppendJSON writes {"error":{"code":…,"msg":…},"id":…}.
func (e *StreamError) AppendJSON(dst []byte) []byte {
	dst = append(appendKey(append(dst, '{'), "error"), '{')
	dst = appendStr(appendInt(dst, "code", int64(e.Code)), "msg", e.Msg)
	return append(appendID(append(dst, '}'), e.ID), '}')
}

func invalidRequest(format string, args ...any) *StreamError {
	return &StreamError{Code: 2, Msg: "Invalid request: " + fmt.Sprintf(format, args...)}
}

func badStream(name string) *StreamError {
	if len(name) > 80 {
		name = name[:80] + "..."
	}
	return invalidRequest("unknown stream %q; expected a symbol in small letters and a kind, as in btcusdt@trade", name)
}

// StreamMethod is what a client asks of a stream connection.
type StreamMethod string

const (
	Subscribe         StreamMethod = "SUBSCRIBE"
	Unsubscribe       StreamMethod = "UNSUBSCRIBE"
	ListSubscriptions StreamMethod = "LIST_SUBSCRIPTIONS"
	SetProperty       StreamMethod = "SET_PROPERTY"
	GetProperty       StreamMethod = "GET_PROPERTY"
)

// StreamRequest is one frame from a client on a stream connection.
type StreamRequest struct {
	ID       json.RawMessage // as sent: integer, string or null
	Method   StreamMethod
	Streams  []Stream // of SUBSCRIBE and UNSUBSCRIBE
	Combined bool     // of SET_PROPERTY, whose only property is "combined"
}

// ParseStreamRequest reads a frame. The error carries the request's id where one
// could be read.
func ParseStreamRequest(raw []byte) (StreamRequest, *StreamError) {
	if len(raw) > MaxStreamRequestBytes {
		return StreamRequest{}, invalidRequest("at most %d bytes", MaxStreamRequestBytes)
	}
	var params json.RawMessage
	var bad *StreamError
	r := StreamRequest{}
	seen := map[string]bool{}
	broken := members(raw, func(name string, value json.RawMessage) *Error {
		if seen[name] && bad == nil {
			bad = invalidRequest("duplicate field `%.40s`", name)
		}
		seen[name] = true
		switch name {
		case "id":
			if r.ID = requestID(value, maxRequestIDBytes); r.ID == nil && bad == nil {
				bad = invalidRequest("request ID must be an integer, a string of at most %d letters, digits, '-' and '_', or null", maxRequestIDBytes)
			}
		case "method":
			if json.Unmarshal(value, (*string)(&r.Method)) != nil && bad == nil {
				bad = invalidRequest("method must be a string")
			}
		case "params":
			params = value
		default:
			if bad == nil {
				bad = invalidRequest("unknown field `%.40s`", name)
			}
		}
		return nil
	})
	switch {
	case broken != nil:
		bad = &StreamError{Code: 3, Msg: "Invalid JSON: " + strings.TrimPrefix(broken.Msg, msgInvalidJSON+": ")}
	case bad != nil:
	case !seen["method"]:
		bad = invalidRequest("missing field `method`")
	default:
		bad = r.take(params)
	}
	if bad != nil {
		bad.ID = r.ID
		return StreamRequest{}, bad
	}
	return r, nil
}

// take reads the params that the method wants.
func (r *StreamRequest) take(raw json.RawMessage) *StreamError {
	switch r.Method {
	case Subscribe, Unsubscribe:
		var names []string
		if json.Unmarshal(raw, &names) != nil || len(names) == 0 {
			return invalidRequest("params must be a list of stream names")
		}
		streams, err := parseStreamNames(names)
		r.Streams = streams
		return err
	case ListSubscriptions:
		if list := string(raw); list != "" && list != "null" && list != "[]" {
			return invalidRequest("too many parameters")
		}
		return nil
	case SetProperty, GetProperty:
		return r.takeProperty(raw)
	}
	return invalidRequest("unknown variant %.40q, expected one of `%s`, `%s`, `%s`, `%s`, `%s`",
		string(r.Method), Subscribe, Unsubscribe, ListSubscriptions, SetProperty, GetProperty)
}

func (r *StreamRequest) takeProperty(raw json.RawMessage) *StreamError {
	var params []json.RawMessage
	name := ""
	if json.Unmarshal(raw, &params) != nil || len(params) == 0 || json.Unmarshal(params[0], &name) != nil {
		return invalidRequest("property name must be a string")
	}
	if name != "combined" {
		return &StreamError{Code: 0, Msg: "Unknown property"}
	}
	want := 1
	if r.Method == SetProperty {
		want = 2
	}
	if len(params) > want {
		return invalidRequest("too many parameters")
	}
	if r.Method == GetProperty {
		return nil
	}
	// null would leave a bool as it is, without an error.
	if len(params) < 2 || string(params[1]) == "null" || json.Unmarshal(params[1], &r.Combined) != nil {
		return &StreamError{Code: 1, Msg: "Invalid value type: expected Boolean"}
	}
	return nil
}

// requestID gives an id back as sent where it is a 64-bit integer, null, or a
// string of at most max letters, digits, '-' and '_'; else nil.
func requestID(raw json.RawMessage, max int) json.RawMessage {
	text := string(raw)
	if text == "null" {
		return raw
	}
	if n := len(text); n >= 2 && text[0] == '"' {
		if n-2 > max {
			return nil
		}
		for i := 1; i < n-1; i++ {
			if c := text[i]; !isAlnum(c) && c != '-' && c != '_' {
				return nil
			}
		}
		return raw
	}
	if _, err := strconv.ParseInt(text, 10, 64); err != nil {
		return nil
	}
	return raw
}

func appendID(dst []byte, id json.RawMessage) []byte {
	dst = appendKey(dst, "id")
	if len(id) == 0 {
		return append(dst, "null"...)
	}
	return append(dst, id...)
}

// AppendStreamDone answers SUBSCRIBE, UNSUBSCRIBE and SET_PROPERTY.
func AppendStreamDone(dst []byte, id json.RawMessage) []byte {
	return append(appendID(append(dst, `{"result":null`...), id), '}')
}

// AppendStreamList answers LIST_SUBSCRIPTIONS.
func AppendStreamList(dst []byte, id json.RawMessage, streams []Stream) []byte {
	dst = append(appendKey(append(dst, '{'), "result"), '[')
	for i, s := range streams {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s.String())
	}
	return append(appendID(append(dst, ']'), id), '}')
}

// AppendStreamProperty answers GET_PROPERTY.
func AppendStreamProperty(dst []byte, id json.RawMessage, combined bool) []byte {
	return append(appendID(appendBool(append(dst, '{'), "result", combined), id), '}')
}

// AppendCombined wraps an event of a combined stream: {"stream":…,"data":…}.
func AppendCombined(dst []byte, stream string, data Appender) []byte {
	dst = appendStr(append(dst, '{'), "stream", stream)
	return append(data.AppendJSON(appendKey(dst, "data")), '}')
}
