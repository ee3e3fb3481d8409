package binance

import (
	"strings"
	"testing"
)

func codeOf(err *Error) int {
	if err == nil {
		return 0
	}
	return err.Code
}

// Each line is an order, the code it is refused with (0: taken), and a word of
// the refusal.
func TestNewOrder(t *testing.T) {
	const base = "symbol=BTCUSDT&side=BUY&"
	for _, c := range []struct {
		params string
		code   int
		says   string
	}{
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=0.1", 0, ""},
		{"type=LIMIT&timeInForce=IOC&quantity=1&price=0.1&newOrderRespType=ACK&newClientOrderId=x-1&strategyId=5&strategyType=1000000&selfTradePreventionMode=DECREMENT", 0, ""},
		{"type=LIMIT&quantity=1&price=0.1", -1102, "timeInForce"},
		{"type=LIMIT&timeInForce=GTC&price=0.1", -1102, "quantity"},
		{"type=LIMIT&timeInForce=GTC&quantity=1", -1102, "price"},
		{"type=LIMIT&timeInForce=GTC&quantity=0&price=0.1", -1013, "Invalid quantity."},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=0.000", -1013, "Invalid price."},
		{"type=LIMIT&timeInForce=GTC&quantity=-1&price=1", -1100, "quantity"},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=1&quoteOrderQty=1", -1106, "quoteOrderQty"},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=1&stopPrice=1", -1106, "stopPrice"},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=1&trailingDelta=1", -1106, "trailingDelta"},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=1&icebergQty=0.5", 0, ""},
		{"type=LIMIT&timeInForce=IOC&quantity=1&price=1&icebergQty=0.5", -1014, ""},
		{"type=LIMIT&timeInForce=GTX&quantity=1&price=1", -1115, ""},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=1&newClientOrderId=a%20b", -1100, "newClientOrderId"},
		{"type=LIMIT&timeInForce=GTC&quantity=1&price=1&strategyType=999999", -1134, ""},
		{"type=LIMIT_MAKER&quantity=1&price=1", 0, ""},
		{"type=LIMIT_MAKER&quantity=1&price=1&timeInForce=GTC", -1106, "timeInForce"},
		{"type=MARKET&quantity=1", 0, ""},
		{"type=MARKET&quoteOrderQty=10.5", 0, ""},
		{"type=MARKET", -1102, "quoteOrderQty"},
		{"type=MARKET&quantity=1&quoteOrderQty=1", -1106, "quoteOrderQty"},
		{"type=MARKET&quantity=1&price=1", -1106, "price"},
		{"type=MARKET&quantity=1&timeInForce=GTC", -1106, "timeInForce"},
		{"type=MARKET&quantity=1&icebergQty=1", -1106, "icebergQty"},
		{"type=STOP_LOSS&quantity=1&stopPrice=5", 0, ""},
		{"type=STOP_LOSS&quantity=1&trailingDelta=100", 0, ""},
		{"type=STOP_LOSS&quantity=1", -1102, "trailingDelta"},
		{"type=STOP_LOSS&quantity=1&stopPrice=0", -1013, "Invalid stopPrice."},
		{"type=STOP_LOSS&quantity=1&stopPrice=5&price=5", -1106, "price"},
		{"type=STOP_LOSS_LIMIT&quantity=1&stopPrice=5&price=5&timeInForce=GTC", 0, ""},
		{"type=STOP_LOSS_LIMIT&quantity=1&price=5&timeInForce=GTC", -1102, "stopPrice"},
		{"type=TAKE_PROFIT&quantity=1&stopPrice=5", 0, ""},
		{"type=TAKE_PROFIT_LIMIT&quantity=1&stopPrice=5&price=5&timeInForce=FOK", 0, ""},
		{"type=OCO&quantity=1", -1116, ""},
		{"quantity=1", -1102, "type"},
	} {
		p := mustParse(t, base+c.params, "")
		o, err := p.NewOrder()
		if codeOf(err) != c.code || err != nil && !strings.Contains(err.Msg, c.says) {
			t.Errorf("%s: %v, want %d with %q", c.params, err, c.code, c.says)
		}
		if err != nil {
			continue
		}
		if err := p.Unread(); err != nil {
			t.Errorf("%s: %v", c.params, err)
		}
		if o.TimeInForce == "" || o.Symbol != "BTCUSDT" || o.Side != Buy || (o.Quantity.Units == 0) == (o.QuoteOrderQty.Units == 0) {
			t.Errorf("%s: %+v", c.params, o)
		}
	}
	p := mustParse(t, base+"type=LIMIT&timeInForce=IOC&quantity=1.50&price=0.1&newClientOrderId=x-1&strategyId=5&strategyType=1000000", "")
	o, err := p.NewOrder()
	want := NewOrder{Symbol: "BTCUSDT", Side: Buy, Type: Limit, TimeInForce: IOC, Quantity: Decimal{15, 1}, Price: Decimal{1, 1},
		ClientOrderID: "x-1", StrategyID: 5, StrategyType: 1000000, RespType: Full}
	if err != nil || o != want {
		t.Errorf("%+v, %v\nwant %+v", o, err, want)
	}
	for kind, resp := range map[string]RespType{"MARKET&quantity=1": Full, "LIMIT_MAKER&quantity=1&price=1": Ack, "STOP_LOSS&quantity=1&stopPrice=1": Ack} {
		p := mustParse(t, base+"type="+kind, "")
		if o, err := p.NewOrder(); err != nil || o.RespType != resp {
			t.Errorf("%s answers %s by default, %v", kind, o.RespType, err)
		}
	}
}

// The requests of the three clients, as they send them.
func TestClientsOrders(t *testing.T) {
	for name, c := range map[string][2]string{
		"all in the body":  {"", "timestamp=1700000000000&symbol=BTCUSDT&side=BUY&newClientOrderId=x-TKT5PX2F3a&newOrderRespType=FULL&type=LIMIT&quantity=0.001&price=20000&timeInForce=GTC&recvWindow=10000&signature=ab"},
		"split":            {"timestamp=1700000000000&signature=ab", "newOrderRespType=FULL&price=20000&quantity=0.001&side=BUY&symbol=BTCUSDT&timeInForce=GTC&type=LIMIT"},
		"all in the query": {"symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.001&price=20000&newClientOrderId=x-1&timestamp=1700000000000&recvWindow=5000&signature=ab", ""},
	} {
		p := mustParse(t, c[0], c[1])
		o, err := p.NewOrder()
		timing, timeErr := p.Timing()
		if err != nil || timeErr != nil || p.Unread() != nil || o.Price != (Decimal{20000, 0}) || o.Quantity != (Decimal{1, 3}) || timing.Timestamp != 1700000000000000 {
			t.Errorf("%s: %+v, %v, %v, %v", name, o, err, timeErr, p.Unread())
		}
	}
}

func TestCancels(t *testing.T) {
	for params, code := range map[string]int{
		"symbol=A&orderId=5": 0, "symbol=A&origClientOrderId=x&newClientOrderId=y&cancelRestrictions=ONLY_NEW": 0,
		"symbol=A&orderId=5&origClientOrderId=x": 0, "symbol=A": -1102, "orderId=5": -1102, "symbol=A&orderId=x": -1100,
		"symbol=A&orderId=0": -1102, "symbol=A&orderId=5&cancelRestrictions=x": -1145,
	} {
		p := mustParse(t, params, "")
		if c, err := p.CancelOrder(); codeOf(err) != code || code == 0 && p.Unread() != nil {
			t.Errorf("%s: %+v, %v, %v, want %d", params, c, err, p.Unread(), code)
		}
	}
	const order = "symbol=A&side=SELL&type=MARKET&quantity=1&"
	for params, code := range map[string]int{
		"cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1&orderRateLimitExceededMode=CANCEL_ONLY&cancelNewClientOrderId=z": 0,
		"cancelReplaceMode=STOP_ON_FAILURE&cancelOrigClientOrderId=a":                                                     0, "cancelOrderId=1": -1102,
		"cancelReplaceMode=MAYBE&cancelOrderId=1": -1130, "cancelReplaceMode=ALLOW_FAILURE": -1102,
		"cancelReplaceMode=ALLOW_FAILURE&cancelOrderId=1&orderRateLimitExceededMode=X": -1130,
	} {
		p := mustParse(t, order+params, "")
		r, err := p.CancelReplace()
		if codeOf(err) != code || code == 0 && (p.Unread() != nil || r.New.Type != Market || r.Cancel.Order == OrderRef{} || r.Cancel.Symbol != "A") {
			t.Errorf("%s: %+v, %v, %v, want %d", params, r, err, p.Unread(), code)
		}
		if code == 0 && r.CancelAnyway != strings.Contains(params, "CANCEL_ONLY") {
			t.Errorf("%s: %v", params, r.CancelAnyway)
		}
	}
	p := mustParse(t, "symbol=A&origClientOrderId=x", "")
	if symbol, ref, err := p.OrderQuery(); symbol != "A" || ref != (OrderRef{ClientID: "x"}) || err != nil {
		t.Errorf("%s %+v %v", symbol, ref, err)
	}
}

func TestNewOCO(t *testing.T) {
	const sell = "symbol=A&side=SELL&quantity=1&"
	const maker, stop = "aboveType=LIMIT_MAKER&abovePrice=12&", "belowType=STOP_LOSS_LIMIT&belowPrice=8&belowStopPrice=9&belowTimeInForce=GTC"
	for params, code := range map[string]int{
		sell + maker + stop: 0,
		sell + maker + stop + "&belowIcebergQty=0.1&aboveClientOrderId=a&belowClientOrderId=b&listClientOrderId=l&newOrderRespType=ACK": 0,
		sell + maker + "belowType=STOP_LOSS&belowStopPrice=9":                                                                           0,
		sell + "aboveType=TAKE_PROFIT&aboveStopPrice=12&belowType=STOP_LOSS&belowTrailingDelta=9":                                       0,
		sell + maker + "belowType=LIMIT_MAKER&belowPrice=8":                                                                             -1168,
		sell + maker + "belowType=TAKE_PROFIT&belowStopPrice=8":                                                                         -1158,
		sell + maker + "belowType=LIMIT&belowPrice=8":                                                                                   -1158,
		sell + maker + "belowType=STOP_LOSS":                                                                                            -1102,
		sell + maker + "belowType=STOP_LOSS&belowStopPrice=9&belowPrice=8":                                                              -1106,
		sell + maker + stop + "&aboveTimeInForce=GTC":                                                                                   -1106,
		sell + maker: -1102,
		sell + "aboveType=STOP_LOSS&aboveStopPrice=12&belowType=LIMIT_MAKER&belowPrice=8":                               -1197,
		"symbol=A&side=BUY&quantity=1&" + maker + "belowType=STOP_LOSS&belowStopPrice=9":                                -1196,
		"symbol=A&side=BUY&quantity=1&aboveType=STOP_LOSS&aboveStopPrice=12&belowType=LIMIT_MAKER&belowPrice=8":         0,
		"symbol=A&side=SELL&" + maker + stop:                                                                            -1102,
		sell + maker + "belowType=STOP_LOSS_LIMIT&belowPrice=8&belowStopPrice=9&belowTimeInForce=IOC&belowIcebergQty=1": -1160,
	} {
		p := mustParse(t, params, "")
		o, err := p.NewOCO()
		if codeOf(err) != code || code == 0 && (p.Unread() != nil || o.Above.Symbol != "A" || o.Below.Quantity.Units != 1) {
			t.Errorf("%s: %+v, %v, %v, want %d", params, o, err, p.Unread(), code)
		}
	}
	for params, code := range map[string]int{
		"symbol=A&side=SELL&quantity=1&price=12&stopPrice=9": 0,
		"symbol=A&side=BUY&quantity=1&price=9&stopPrice=12&stopLimitPrice=13&stopLimitTimeInForce=GTC&stopIcebergQty=0.1&limitIcebergQty=0.2&limitClientOrderId=a&stopClientOrderId=b&listClientOrderId=l&trailingDelta=5&limitStrategyId=1&stopStrategyType=1000000": 0,
		"symbol=A&side=SELL&quantity=1&price=12":                                                                        -1102,
		"symbol=A&side=SELL&quantity=1&stopPrice=9":                                                                     -1102,
		"symbol=A&side=SELL&quantity=1&price=12&stopPrice=9&stopLimitPrice=8":                                           -1102,
		"symbol=A&side=SELL&quantity=1&price=12&stopPrice=9&stopIcebergQty=1":                                           -1106,
		"symbol=A&side=SELL&quantity=1&price=12&stopPrice=9&stopLimitPrice=8&stopLimitTimeInForce=IOC&stopIcebergQty=1": -1014,
		"symbol=A&side=SELL&quantity=1&price=12&stopPrice=9&stopStrategyType=1":                                         -1134,
	} {
		p := mustParse(t, params, "")
		o, err := p.OldOCO()
		if codeOf(err) != code || code == 0 && (p.Unread() != nil || o.check() != nil || o.Above.Symbol != "A") {
			t.Errorf("%s: %+v, %v, %v, want %d", params, o, err, p.Unread(), code)
		}
		if code == 0 && (o.Above.Price.Units <= o.Below.Price.Units || (o.Above.Type == LimitMaker) != (o.Above.Side == Sell)) {
			t.Errorf("%s: above %+v, below %+v", params, o.Above, o.Below)
		}
	}
	p := mustParse(t, "symbol=A&orderListId=0&newClientOrderId=c", "")
	if symbol, list, id, err := p.CancelList(); symbol != "A" || !list.HasID || id != "c" || err != nil || p.Unread() != nil {
		t.Errorf("%s %+v %s %v", symbol, list, id, err)
	}
	p = mustParse(t, "origClientOrderId=l", "")
	if list, err := p.ListQuery(); list.ClientID != "l" || err != nil {
		t.Errorf("%+v %v", list, err)
	}
	p = mustParse(t, "", "")
	if _, err := p.ListQuery(); codeOf(err) != -1102 {
		t.Error(err)
	}
}

func TestRange(t *testing.T) {
	for params, want := range map[string]Range{
		"":            {Limit: 500},
		"limit=1000":  {Limit: 1000},
		"limit=99999": {Limit: 1000},
		"fromId=0":    {HasFrom: true, Limit: 500},
		"startTime=1700000000000&endTime=1700000000000999&orderId=3": {Start: 1700000000000, End: 1700000000000, OrderID: 3, Limit: 500},
	} {
		p := mustParse(t, params, "")
		if got, err := p.Range(); err != nil || got != want || p.Unread() != nil {
			t.Errorf("%s: %+v, %v", params, got, err)
		}
	}
	for params, code := range map[string]int{"limit=0": -1130, "limit=-1": -1100, "startTime=2&endTime=1": -1128, "fromId=x": -1100} {
		p := mustParse(t, params, "")
		if _, err := p.Range(); codeOf(err) != code {
			t.Errorf("%s: %v, want %d", params, err, code)
		}
	}
}

func TestWithdraw(t *testing.T) {
	const whole = "coin=BTC&address=bc1qxy&addressTag=pay%20me&amount=0.5&network=BTC&withdrawOrderId=w-1&name=me&walletType=0"
	p := mustParse(t, "", whole)
	w, err := p.Withdraw()
	want := Withdraw{Coin: "BTC", Network: "BTC", Address: "bc1qxy", Tag: "pay me", Amount: Decimal{5, 1}, ClientID: "w-1", Name: "me"}
	if err != nil || w != want || p.Unread() != nil {
		t.Errorf("%+v, %v, %v", w, err, p.Unread())
	}
	for params, code := range map[string]int{
		"coin=BTC&address=a": -1102, "coin=BTC&amount=1": -1102, "address=a&amount=1": -1102, "coin=BTC&address=a&amount=0": -1013,
		"coin=BTC&address=a%20b&amount=1": -1100, "coin=BTC&address=%D0%B0&amount=1": -1100, "coin=BTC&address=+a&amount=1": -1100,
		"coin=BTC&address=a&amount=1e3": -1100, "coin=BTC&address=a&amount=1&walletType=1": -1130,
		"coin=BTC&address=a&amount=1&network=":                               -1105,
		"coin=BTC&amount=1&address=" + strings.Repeat("a", 129):              -1130,
		"coin=BTC&amount=1&address=a&addressTag=" + strings.Repeat("a", 121): -1130,
	} {
		p := mustParse(t, params, "")
		if w, err := p.Withdraw(); codeOf(err) != code {
			t.Errorf("%.60s: %+v, %v, want %d", params, w, err, code)
		}
	}
	// One client sends the tag unescaped. What it carries along is refused, not paid.
	if _, err := Parse("", "coin=BTC&address=a&addressTag=x&amount=9999&network=BTC&amount=1&signature=ab"); codeOf(err) != -1101 {
		t.Errorf("a second amount: %v", err)
	}
}
