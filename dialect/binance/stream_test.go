package binance

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

var streamNames = map[string]Stream{
	"btcusdt@depth":              {Kind: StreamDepth, Symbol: "BTCUSDT"},
	"btcusdt@depth@100ms":        {Kind: StreamDepth, Symbol: "BTCUSDT", Fast: true},
	"btcusdt@depth5":             {Kind: StreamPartialDepth, Symbol: "BTCUSDT", Levels: 5},
	"btcusdt@depth10@100ms":      {Kind: StreamPartialDepth, Symbol: "BTCUSDT", Levels: 10, Fast: true},
	"btcusdt@depth20":            {Kind: StreamPartialDepth, Symbol: "BTCUSDT", Levels: 20},
	"btcusdt@trade":              {Kind: StreamTrade, Symbol: "BTCUSDT"},
	"btcusdt@aggTrade":           {Kind: StreamAggTrade, Symbol: "BTCUSDT"},
	"btcusdt@kline_1s":           {Kind: StreamKline, Symbol: "BTCUSDT", Interval: Second1},
	"btcusdt@kline_1M":           {Kind: StreamKline, Symbol: "BTCUSDT", Interval: Month1},
	"btcusdt@kline_1m":           {Kind: StreamKline, Symbol: "BTCUSDT", Interval: Minute1},
	"btcusdt@kline_1d@+08:00":    {Kind: StreamKline, Symbol: "BTCUSDT", Interval: Day1, Zone8: true},
	"nxtbtc@miniTicker":          {Kind: StreamMiniTicker, Symbol: "NXTBTC"},
	"nxtbtc@ticker":              {Kind: StreamTicker, Symbol: "NXTBTC"},
	"nxtbtc@bookTicker":          {Kind: StreamBookTicker, Symbol: "NXTBTC"},
	"nxtbtc@avgPrice":            {Kind: StreamAvgPrice, Symbol: "NXTBTC"},
	"!miniTicker@arr":            {Kind: StreamAllMiniTicker},
	"!ticker@arr":                {Kind: StreamAllTicker},
	"!bookTicker":                {Kind: StreamAllBookTicker},
	"btcusdt@blockTrade":         {Kind: StreamBlockTrade, Symbol: "BTCUSDT"},
	"btcusdt@ticker_1h":          {Kind: StreamWindow, Symbol: "BTCUSDT", Interval: Hour1},
	"btcusdt@ticker_1d":          {Kind: StreamWindow, Symbol: "BTCUSDT", Interval: Day1},
	"!ticker_4h@arr":             {Kind: StreamAllWindow, Interval: Hour4},
	strings.Repeat("aB3d", 16):   {Kind: StreamUser, Key: strings.Repeat("aB3d", 16)},
	"a-b_c.1@trade":              {Kind: StreamTrade, Symbol: "A-B_C.1"},
	"12345678901234567890@trade": {Kind: StreamTrade, Symbol: "12345678901234567890"},
	"btcusdt@depth@1000ms":       {Kind: StreamDepth, Symbol: "BTCUSDT"},
	"btcusdt@depth20@1000ms":     {Kind: StreamPartialDepth, Symbol: "BTCUSDT", Levels: 20},
}

func TestStreamNames(t *testing.T) {
	for name, want := range streamNames {
		got, err := ParseStream(name)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, want)
		}
		// The slow speed is the default, and is not written.
		if text := got.String(); text != strings.TrimSuffix(name, "@1000ms") {
			t.Errorf("%s is written %s", name, text)
		}
	}
	for _, name := range []string{"", "0", "@", "btcusdt", "btcusdt@", "BTCUSDT@trade", "btcusdt@Trade", "btcusdt@depth7",
		"btcusdt@depth@", "btcusdt@depth@100ms@100ms", "btcusdt@depth@1000ms@100ms", "btcusdt@kline_", "btcusdt@kline_2m",
		"btcusdt@kline_1m@+09:00", "btcusdt@trade@100ms", "btcusdt@!ticker@arr", "!ticker", "@trade", "btc usdt@trade", "é@trade",
		"btcusdt@!bookTicker", "btcusdt@ticker_2h", "!ticker_1h", "!ticker_@arr", "btcusdt@referencePrice", strings.Repeat("a", 21) + "@trade", strings.Repeat("x", 63), "btcusdt@\x00", "\u212a@trade", "btcu\u017fdt@trade"} {
		s, err := ParseStream(name)
		if err == nil || err.Code != 2 || !strings.HasPrefix(err.Msg, "Invalid request: unknown stream") {
			t.Errorf("%q was read as %+v, %v", name, s, err)
		}
	}
	list, err := ParseStreams("btcusdt@trade/!ticker@arr")
	if err != nil || len(list) != 2 || list[1].Kind != StreamAllTicker {
		t.Errorf("a combined path: %+v, %v", list, err)
	}
	if _, err := ParseStreams(strings.Repeat("btcusdt@trade/", MaxStreams) + "btcusdt@trade"); err == nil {
		t.Error("1025 streams were taken")
	}
	if _, err := ParseStreams(strings.Repeat("/", MaxStreamRequestBytes+1)); err == nil {
		t.Error("a path of any length was taken")
	}
}

func TestStreamRequests(t *testing.T) {
	for raw, want := range map[string]string{
		`{"method":"SUBSCRIBE","params":["btcusdt@aggTrade","btcusdt@depth"],"id":1}`:        `SUBSCRIBE [btcusdt@aggTrade btcusdt@depth] false 1`,
		`{"method":"UNSUBSCRIBE","params":["btcusdt@depth"],"id":"a-B_9"}`:                   `UNSUBSCRIBE [btcusdt@depth] false "a-B_9"`,
		`{"id":null,"method":"LIST_SUBSCRIPTIONS"}`:                                          `LIST_SUBSCRIPTIONS [] false null`,
		`{"method":"LIST_SUBSCRIPTIONS","params":[],"id":-9223372036854775808}`:              `LIST_SUBSCRIPTIONS [] false -9223372036854775808`,
		`{"method":"SET_PROPERTY","params":["combined",true],"id":5}`:                        `SET_PROPERTY [] true 5`,
		`{"method":"GET_PROPERTY","params":["combined"],"id":2}`:                             `GET_PROPERTY [] false 2`,
		`{"method":"SUBSCRIBE","params":["btcusdt@trade"]}`:                                  `SUBSCRIBE [btcusdt@trade] false `,
		"\n{ \"method\" : \"SUBSCRIBE\" , \"params\":[\"btcusdt@trade\"], \"id\" : 1 } \r\n": `SUBSCRIBE [btcusdt@trade] false 1`,
	} {
		r, err := ParseStreamRequest([]byte(raw))
		if err != nil {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		if got := fmt.Sprintf("%s %v %v %s", r.Method, r.Streams, r.Combined, r.ID); got != want {
			t.Errorf("%s\n got %s\nwant %s", raw, got, want)
		}
	}
}

func TestStreamErrors(t *testing.T) {
	tooMany := `{"method":"SUBSCRIBE","id":1,"params":["a@trade"` + strings.Repeat(`,"a@trade"`, MaxStreams) + `]}`
	for raw, want := range map[string]string{
		`{"method":"SUBSCRIBE","params":["x"],"id":7}`:                                       `{"error":{"code":2,"msg":"Invalid request: unknown stream \"x\"; expected`,
		`{"id":7,"params":["a@trade"]}`:                                                      `{"error":{"code":2,"msg":"Invalid request: missing field`,
		`{"method":"SUBSCRIBED","id":7}`:                                                     "{\"error\":{\"code\":2,\"msg\":\"Invalid request: unknown variant \\\"SUBSCRIBED\\\", expected one of `SUBSCRIBE`",
		`{"method":"SUBSCRIBE","id":7}`:                                                      `{"error":{"code":2,"msg":"Invalid request: params must be a list`,
		`{"method":"SUBSCRIBE","params":"a@trade","id":7}`:                                   `{"error":{"code":2,"msg":"Invalid request: params must be a list`,
		`{"method":"SUBSCRIBE","params":[],"id":7}`:                                          `{"error":{"code":2,"msg":"Invalid request: params must be a list`,
		`{"method":"SUBSCRIBE","params":["a@trade"],"id":1.5}`:                               `{"error":{"code":2,"msg":"Invalid request: request ID must be`,
		`{"method":"SUBSCRIBE","params":["a@trade"],"id":{}}`:                                `{"error":{"code":2,"msg":"Invalid request: request ID must be`,
		`{"method":"SUBSCRIBE","params":["a@trade"],"id":"a\"b"}`:                            `{"error":{"code":2,"msg":"Invalid request: request ID must be`,
		`{"method":"SUBSCRIBE","params":["a@trade"],"id":9223372036854775808}`:               `{"error":{"code":2,"msg":"Invalid request: request ID must be`,
		`{"method":"SUBSCRIBE","params":["a@trade"],"id":"` + strings.Repeat("a", 37) + `"}`: `{"error":{"code":2,"msg":"Invalid request: request ID must be`,
		`{"method":"SUBSCRIBE","method":"UNSUBSCRIBE","params":["a@trade"],"id":7}`:          `{"error":{"code":2,"msg":"Invalid request: duplicate field`,
		`{"method":"SUBSCRIBE","Method":"UNSUBSCRIBE","params":["a@trade"],"id":7}`:          `{"error":{"code":2,"msg":"Invalid request: unknown field`,
		`{"method":1,"id":7}`:                                                                `{"error":{"code":2,"msg":"Invalid request: method must be a string"`,
		`{"method":"LIST_SUBSCRIPTIONS","params":["x"],"id":7}`:                              `{"error":{"code":2,"msg":"Invalid request: too many parameters"},"id":7}`,
		`{"method":"GET_PROPERTY","params":["combined",1],"id":7}`:                           `{"error":{"code":2,"msg":"Invalid request: too many parameters"},"id":7}`,
		`{"method":"GET_PROPERTY","params":[1],"id":7}`:                                      `{"error":{"code":2,"msg":"Invalid request: property name must be a string"},"id":7}`,
		`{"method":"GET_PROPERTY","params":[],"id":7}`:                                       `{"error":{"code":2,"msg":"Invalid request: property name must be a string"},"id":7}`,
		`{"method":"SET_PROPERTY","params":["speed",1],"id":7}`:                              `{"error":{"code":0,"msg":"Unknown property"},"id":7}`,
		`{"method":"SET_PROPERTY","params":["combined",1],"id":7}`:                           `{"error":{"code":1,"msg":"Invalid value type: expected Boolean"},"id":7}`,
		`{"method":"SET_PROPERTY","params":["combined",null],"id":7}`:                        `{"error":{"code":1,"msg":"Invalid value type: expected Boolean"},"id":7}`,
		`{"method":"SET_PROPERTY","params":["combined"],"id":7}`:                             `{"error":{"code":1,"msg":"Invalid value type: expected Boolean"},"id":7}`,
		`{"method":"SUBSCRIBE",`:                                                             `{"error":{"code":3,"msg":"Invalid JSON: `,
		`{"id":7,"method":"SUBSCRIBE","params":["a@trade"]}}`:                                `{"error":{"code":3,"msg":"Invalid JSON: `,
		`["SUBSCRIBE"]`:         `{"error":{"code":3,"msg":"Invalid JSON: `,
		``:                      `{"error":{"code":3,"msg":"Invalid JSON: `,
		"{\"method\":\"\xff\"}": `{"error":{"code":3,"msg":"Invalid JSON: `,
		tooMany:                 `{"error":{"code":2,"msg":"Invalid request: too many parameters: at most 1024 streams"},"id":1}`,
		strings.Repeat(" ", MaxStreamRequestBytes+1): `{"error":{"code":2,"msg":"Invalid request: at most 65536 bytes"},"id":null}`,
	} {
		r, err := ParseStreamRequest([]byte(raw))
		if err == nil {
			t.Errorf("%.80s was read as %+v", raw, r)
			continue
		}
		got := string(err.AppendJSON(nil))
		if !strings.HasPrefix(got, want) || !json.Valid([]byte(got)) {
			t.Errorf("%.80s\n got %s\nwant %s", raw, got, want)
		}
		if strings.Contains(raw, `"id":7`) && !strings.HasSuffix(got, `,"id":7}`) {
			t.Errorf("%.80s: the id is lost: %s", raw, got)
		}
	}
}

func TestStreamReplies(t *testing.T) {
	id := json.RawMessage("312")
	trade, _ := ParseStream("btcusdt@trade")
	for want, got := range map[string][]byte{
		`{"result":null,"id":312}`:                            AppendStreamDone(nil, id),
		`{"result":null,"id":null}`:                           AppendStreamDone(nil, nil),
		`{"result":["btcusdt@trade","btcusdt@trade"],"id":3}`: AppendStreamList(nil, json.RawMessage("3"), []Stream{trade, trade}),
		`{"result":[],"id":3}`:                                AppendStreamList(nil, json.RawMessage("3"), nil),
		`{"result":true,"id":312}`:                            AppendStreamProperty(nil, id, true),
		`{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1770123456789}}`: AppendCombined(nil, ShutdownStream, &ServerShutdown{EventTime: 1770123456789}),
		`{"subscriptionId":0,"event":{"e":"eventStreamTerminated","E":1728973001334}}`: AppendUserEvent(nil, 0, &StreamTerminated{EventTime: 1728973001334}),
	} {
		if string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
