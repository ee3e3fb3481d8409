package binance

import (
	"encoding/json"
	"strings"
)

// Bounds of the WebSocket API.
const (
	MaxWSRequestBytes = MaxParamsBytes + 1<<10
	maxWSIDBytes      = 64
)

// WSRequest is one frame from a client of the WebSocket API.
type WSRequest struct {
	ID     json.RawMessage // as sent: integer, string or null
	Method string          // without its version: "order.place"
	Params Params
}

// ParseWSRequest reads a frame. The id comes back even beside an error, where it
// could be read, since the answer carries it.
func ParseWSRequest(raw []byte) (WSRequest, *Error) {
	var r WSRequest
	if len(raw) > MaxWSRequestBytes {
		return r, ErrInvalidJSON("a request has at most " + itoa(MaxWSRequestBytes) + " bytes")
	}
	var params json.RawMessage
	var late *Error // found while walking; the id may still follow
	seen := map[string]bool{}
	err := members(raw, func(name string, value json.RawMessage) *Error {
		if seen[name] {
			return ErrInvalidJSON("a field is sent twice")
		}
		seen[name] = true
		switch name {
		case "id":
			if r.ID = requestID(value, maxWSIDBytes); r.ID == nil {
				late = ErrInvalidData("id", "It is an integer, null, or a string of at most 64 letters, digits, '-' and '_'.")
			}
		case "method":
			if json.Unmarshal(value, &r.Method) != nil {
				late = ErrMandatory("method")
			}
		case "params":
			params = value
		default:
			late = ErrInvalidJSON("the fields are id, method and params")
		}
		return nil
	})
	if err == nil {
		err = late
	}
	if err == nil && r.Method == "" {
		err = ErrMandatory("method")
	}
	if err != nil {
		return r, err
	}
	r.Method = strings.TrimPrefix(r.Method, "v3/")
	r.Params, err = ParseJSON(params)
	return r, err
}

// WSResult starts an answer with a result: {"id":…,"status":200,"result":. The
// caller appends the result, then EndWS.
func WSResult(dst []byte, id json.RawMessage) []byte {
	return appendKey(appendInt(appendID(append(dst, '{'), id), "status", 200), "result")
}

// EndWS ends an answer. Without limits there are none in it.
func EndWS(dst []byte, limits []RateLimit) []byte {
	if len(limits) > 0 {
		dst = appendList(appendKey(dst, "rateLimits"), limits)
	}
	return append(dst, '}')
}

// AppendWSResult writes a whole answer with a result.
func AppendWSResult(dst []byte, id json.RawMessage, result Appender, limits []RateLimit) []byte {
	return EndWS(result.AppendJSON(WSResult(dst, id)), limits)
}

// AppendWSError writes a refusal. now, in milliseconds, tells a client that has
// to wait until when.
func AppendWSError(dst []byte, id json.RawMessage, e *Error, now int64, limits []RateLimit) []byte {
	dst = appendInt(appendID(append(dst, '{'), id), "status", int64(e.Status))
	dst = appendInt(append(appendKey(dst, "error"), '{'), "code", int64(e.Code))
	dst = appendStr(dst, "msg", e.Msg)
	if e.RetryAfter > 0 {
		dst = appendInt(append(appendKey(dst, "data"), '{'), "serverTime", now)
		dst = append(appendInt(dst, "retryAfter", now+e.RetryAfter*1000), '}')
	}
	return EndWS(append(dst, '}'), limits)
}

// AppendWSCancelReplace writes what became of a cancelReplace.
func AppendWSCancelReplace(dst []byte, id json.RawMessage, r *CancelReplace, limits []RateLimit) []byte {
	status := r.Status()
	dst = appendInt(appendID(append(dst, '{'), id), "status", int64(status))
	name := "error"
	if status == 200 {
		name = "result"
	}
	return EndWS(r.AppendJSON(appendKey(dst, name)), limits)
}

// AppendWSShutdown writes that the connection is about to go.
func AppendWSShutdown(dst []byte, e *ServerShutdown) []byte {
	return append(e.AppendJSON(appendKey(append(dst, '{'), "event")), '}')
}

// WSResponse is an answer, or an event of a subscription, as a client reads it.
type WSResponse struct {
	ID         json.RawMessage `json:"id"`
	Status     int             `json:"status"`
	Result     json.RawMessage `json:"result"`
	Error      *WSError        `json:"error"`
	RateLimits []RateLimit     `json:"rateLimits"`

	SubscriptionID *int64          `json:"subscriptionId"`
	Event          json.RawMessage `json:"event"` // there in events only
}

// WSError is a refusal as a client reads it.
type WSError struct {
	Code int             `json:"code"`
	Msg  string          `json:"msg"`
	Data json.RawMessage `json:"data"`
}

// Session answers session.logon, session.status and session.logout.
type Session struct {
	APIKey           *string `json:"apiKey"`          // null while nobody is logged on
	AuthorizedSince  *int64  `json:"authorizedSince"` // null likewise
	ConnectedSince   int64   `json:"connectedSince"`
	ReturnRateLimits bool    `json:"returnRateLimits"`
	ServerTime       int64   `json:"serverTime"`
	UserDataStream   bool    `json:"userDataStream"` // a subscription is active
}

// ListenKey answers POST userDataStream and userDataStream.start.
type ListenKey struct {
	ListenKey string `json:"listenKey"`
}

// Subscription answers userDataStream.subscribe and …subscribe.signature.
type Subscription struct {
	SubscriptionID int64 `json:"subscriptionId"`
}
