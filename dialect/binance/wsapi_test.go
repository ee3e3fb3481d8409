package binance

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestWSRequests(t *testing.T) {
	r, err := ParseWSRequest([]byte(`{"id":"e2a85d9f-07a5-4f94-8d5f-789dc3deb097","method":"v3/order.place","params":{"symbol":"BTCUSDT","timestamp":1655716096498}}`))
	if err != nil || string(r.ID) != `"e2a85d9f-07a5-4f94-8d5f-789dc3deb097"` || r.Method != "order.place" || r.Params.Len() != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, ok := FindMethod(r.Method); !ok {
		t.Errorf("%s has no route", r.Method)
	}
	for _, raw := range []string{`{"id":1,"method":"ping"}`, `{"method":"ping","id":null,"params":null}`, `{"method":"ping"}`} {
		if r, err := ParseWSRequest([]byte(raw)); err != nil || r.Method != "ping" || r.Params.Len() != 0 {
			t.Errorf("%s: %+v, %v", raw, r, err)
		}
	}
	for raw, code := range map[string]int{
		`{"id":1}`:                     -1102,
		`{"id":1,"method":""}`:         -1102,
		`{"id":1,"method":5}`:          -1102,
		`{"id":[1],"method":"ping"}`:   -1130,
		`{"id":"a b","method":"ping"}`: -1130,
		`{"id":"` + strings.Repeat("a", 65) + `","method":"x"}`: -1130,
		`{"id":1,"method":"ping","Method":"order.place"}`:       -1135,
		`{"id":1,"method":"ping","method":"order.place"}`:       -1135,
		`{"id":1,"method":"ping","params":[]}`:                  -1135,
		`{"id":1,"method":"ping","params":{"a":1,"a":2}}`:       -1101,
		`{"id":1,"method":"ping"} x`:                            -1135,
		`ping`:                                                  -1135,
		``:                                                      -1135,
		strings.Repeat(" ", MaxWSRequestBytes+1):                -1135,
	} {
		r, err := ParseWSRequest([]byte(raw))
		if err == nil || err.Code != code {
			t.Errorf("%.60s: %v, want %d", raw, err, code)
		}
		if strings.HasPrefix(raw, `{"id":1,`) && string(r.ID) != "1" {
			t.Errorf("%.60s: the id is lost", raw)
		}
	}
}

func TestWSAnswers(t *testing.T) {
	id, count := json.RawMessage(`"a"`), int64(12)
	limits := []RateLimit{{"ORDERS", "SECOND", 10, 50, &count}}
	const used = `"rateLimits":[{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":50,"count":12}]`
	for want, got := range map[string][]byte{
		`{"id":"a","status":200,"result":{"symbol":"B","orderId":1,"orderListId":-1,"clientOrderId":"c","transactTime":2},` + used + `}`: AppendWSResult(nil, id, &OrderAck{"B", 1, NoList, "c", 2}, limits),
		`{"id":null,"status":200,"result":{}}`: EndWS(append(WSResult(nil, nil), EmptyObject...), nil),
		`{"id":"a","status":400,"error":{"code":-2010,"msg":"Account has insufficient balance for requested action."},` + used + `}`:                                                                                                                          AppendWSError(nil, id, ErrRejected(MsgInsufficientBalance), 5, limits),
		`{"id":"a","status":418,"error":{"code":-1003,"msg":"Way too much request weight used; IP banned until 1659146400000. Please use WebSocket Streams for live updates to avoid bans.","data":{"serverTime":1659146390000,"retryAfter":1659146400000}}}`: AppendWSError(nil, id, ErrBanned(1659146400000, 10), 1659146390000, nil),
		`{"id":"a","status":400,"error":{"code":-2022,"msg":"Order cancel-replace failed.","data":{"cancelResult":"FAILURE","newOrderResult":"NOT_ATTEMPTED","cancelResponse":{"code":-2011,"msg":"Unknown order sent."},"newOrderResponse":null}}}`:          AppendWSCancelReplace(nil, id, &CancelReplace{Cancel: ErrCancelRejected(MsgUnknownOrder)}, nil),
	} {
		if string(got) != want {
			t.Errorf("%s\nwant %s", got, want)
		}
		var back WSResponse
		if err := json.Unmarshal(got, &back); err != nil || back.Status == 0 || (back.Error == nil) == (back.Result == nil) {
			t.Errorf("read back as %+v, %v", back, err)
		}
	}
	var event WSResponse
	if err := json.Unmarshal(AppendUserEvent(nil, 3, &BalanceUpdate{}), &event); err != nil || *event.SubscriptionID != 3 || event.Event == nil {
		t.Errorf("an event: %+v, %v", event, err)
	}
}
