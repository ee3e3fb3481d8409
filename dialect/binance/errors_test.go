package binance

import (
	"encoding/json"
	"strings"
	"testing"
)

// The texts that clients compare or print, to the letter.
func TestErrors(t *testing.T) {
	for _, c := range []struct {
		e      *Error
		status int
		json   string
	}{
		{ErrUnknown(), 500, `{"code":-1000,"msg":"An unknown error occurred while processing the request."}`},
		{ErrTooMuchWeight(6000, "1 MINUTE", 30), 429, `{"code":-1003,"msg":"Too much request weight used; current limit is 6000 request weight per 1 MINUTE. Please use WebSocket Streams for live updates to avoid polling the API."}`},
		{ErrFilter(FilterName(PriceFilter{})), 400, `{"code":-1013,"msg":"Filter failure: PRICE_FILTER"}`},
		{ErrTooManyOrders(50, "10 SECOND", 4), 429, `{"code":-1015,"msg":"Too many new orders; current limit is 50 orders per 10 SECOND."}`},
		{ErrUnsupported(""), 400, `{"code":-1020,"msg":"This operation is not supported."}`},
		{ErrStaleTimestamp(), 400, `{"code":-1021,"msg":"Timestamp for this request is outside of the recvWindow."}`},
		{ErrEarlyTimestamp(), 400, `{"code":-1021,"msg":"Timestamp for this request was 1000ms ahead of the server's time."}`},
		{ErrSignature(), 400, `{"code":-1022,"msg":"Signature for this request is not valid."}`},
		{ErrIllegalParam("symbol", legalSymbol), 400, `{"code":-1100,"msg":"Illegal characters found in parameter 'symbol'; legal range is '^[A-Z0-9-_.]{1,20}$'."}`},
		{ErrDuplicateParam("amount"), 400, `{"code":-1101,"msg":"Duplicate values for a parameter detected. Send 'amount' once, in the query or in the body."}`},
		{ErrMandatory("symbol"), 400, `{"code":-1102,"msg":"Mandatory parameter 'symbol' was not sent, was empty/null, or malformed."}`},
		{ErrEither("orderId", "origClientOrderId"), 400, `{"code":-1102,"msg":"Param 'orderId' or 'origClientOrderId' must be sent, but both were empty/null!"}`},
		{ErrNotRequired("price"), 400, `{"code":-1106,"msg":"Parameter 'price' sent when not required."}`},
		{ErrPrecision("quantity"), 400, `{"code":-1111,"msg":"Parameter 'quantity' has too much precision."}`},
		{ErrTimeInForce(), 400, `{"code":-1115,"msg":"Invalid timeInForce."}`},
		{ErrOrderType(), 400, `{"code":-1116,"msg":"Invalid orderType."}`},
		{ErrSide(), 400, `{"code":-1117,"msg":"Invalid side."}`},
		{ErrSymbol(), 400, `{"code":-1121,"msg":"Invalid symbol."}`},
		{ErrRejected(MsgInsufficientBalance), 400, `{"code":-2010,"msg":"Account has insufficient balance for requested action."}`},
		{ErrRejected("100% of it"), 400, `{"code":-2010,"msg":"100% of it"}`},
		{ErrCancelRejected(MsgUnknownOrder), 400, `{"code":-2011,"msg":"Unknown order sent."}`},
		{ErrNoSuchOrder(), 400, `{"code":-2013,"msg":"Order does not exist."}`},
		{ErrKeyFormat(), 401, `{"code":-2014,"msg":"API-key format invalid."}`},
		{ErrKey(FaultAddress, "Add 192.0.2.1 to its list."), 401, `{"code":-2015,"msg":"Invalid API-key, IP, or permissions for action. The address is at fault, not the key. Add 192.0.2.1 to its list."}`},
	} {
		if got := string(c.e.AppendJSON(nil)); got != c.json || c.e.Status != c.status {
			t.Errorf("%d %s\nwant %d %s", c.e.Status, got, c.status, c.json)
		}
		if plain, err := json.Marshal(c.e); err != nil || !json.Valid(plain) {
			t.Errorf("%s: %v", plain, err)
		}
	}
}

// A 5xx means that the outcome is unknown; nothing that says no for certain may
// use one, and only a limit says when to come back.
func TestStatusesSayWhatIsKnown(t *testing.T) {
	for _, e := range []*Error{ErrRejected("x"), ErrCancelRejected("x"), ErrSignature(), ErrKeyFormat(), ErrKey(FaultKey, ""),
		ErrFilter("X"), ErrMandatory("x"), ErrUnauthorized(""), ErrNoSuchOrder(), ErrInvalidJSON(""), ErrBadCombination("")} {
		if e.Status >= 500 || e.RetryAfter != 0 {
			t.Errorf("%v has status %d, retry after %d", e, e.Status, e.RetryAfter)
		}
	}
	for _, e := range []*Error{ErrTooMuchWeight(1, "1 MINUTE", 7), ErrBanned(1, 7), ErrTooManyOrders(1, "1 DAY", 7), ErrTooManyConnections(300, "5 MINUTE", 7)} {
		if e.Status != 429 && e.Status != 418 || e.RetryAfter != 7 {
			t.Errorf("%v has status %d, retry after %d", e, e.Status, e.RetryAfter)
		}
	}
	texts := map[string]bool{}
	for _, fault := range []KeyFault{FaultKey, FaultAddress, FaultRight} {
		texts[ErrKey(fault, "").Msg] = true
		if !strings.HasPrefix(ErrKey(fault, "").Msg, msgRejectedKey) {
			t.Error(ErrKey(fault, ""))
		}
	}
	if len(texts) != 3 {
		t.Errorf("the three faults read alike: %v", texts)
	}
}
