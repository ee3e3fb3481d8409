package binance

import (
	"fmt"
	"strconv"
	"strings"
)

// Error is an answer that says no. Its Msg is sent to the client.
type Error struct {
	Code   int    // negative, as the dialect numbers them
	Msg    string // English; clients compare some of these texts exactly
	Status int    // HTTP status; 5xx means that the outcome is unknown
	// RetryAfter is how many seconds to wait before the next try; 0 is silence.
	RetryAfter int64
}

func (e *Error) Error() string { return strconv.Itoa(e.Code) + ": " + e.Msg }

// AppendJSON writes {"code":…,"msg":…}.
func (e *Error) AppendJSON(dst []byte) []byte {
	dst = appendInt(append(dst, '{'), "code", int64(e.Code))
	return append(appendStr(dst, "msg", e.Msg), '}')
}

// MarshalJSON writes {"code":…,"msg":…}.
func (e *Error) MarshalJSON() ([]byte, error) { return e.AppendJSON(nil), nil }

func refuse(code int, format string, args ...any) *Error {
	return &Error{Code: code, Msg: fmt.Sprintf(format, args...), Status: 400}
}

// Texts of rejections by the engine and by cancels that clients compare exactly.
const (
	MsgInsufficientBalance   = "Account has insufficient balance for requested action."
	MsgUnknownOrder          = "Unknown order sent."
	MsgDuplicateOrder        = "Duplicate order sent."
	MsgWouldTake             = "Order would immediately match and take."
	MsgCancelRestricted      = "Order was not canceled due to cancel restrictions."
	msgCancelReplacePartly   = "Order cancel-replace partially failed."
	msgCancelReplaceFailed   = "Order cancel-replace failed."
	msgRejectedKey           = "Invalid API-key, IP, or permissions for action."
	msgInvalidJSON           = "Invalid JSON Request"
	msgUseStreams            = "Please use WebSocket Streams for live updates to avoid polling the API."
	msgUseStreamsToAvoidBans = "Please use WebSocket Streams for live updates to avoid bans."
)

// Server and network. A 5xx never says that a request failed.

func ErrUnknown() *Error {
	return &Error{Code: -1000, Status: 500, Msg: "An unknown error occurred while processing the request."}
}

func ErrDisconnected() *Error {
	return &Error{Code: -1001, Status: 500, Msg: "Internal error; unable to process your request. Please try again."}
}

// ErrUnauthorized says what the account or key may not do.
func ErrUnauthorized(why string) *Error {
	return &Error{Code: -1002, Status: 401, Msg: sentence("You are not authorized to execute this request.", why)}
}

// ErrTooMuchWeight: interval is in words ("1 MINUTE"), retryAfter in seconds.
func ErrTooMuchWeight(limit int, interval string, retryAfter int64) *Error {
	return &Error{Code: -1003, Status: 429, RetryAfter: retryAfter, Msg: fmt.Sprintf(
		"Too much request weight used; current limit is %d request weight per %s. %s", limit, interval, msgUseStreams)}
}

// ErrBanned: until in milliseconds, retryAfter in seconds.
func ErrBanned(until, retryAfter int64) *Error {
	return &Error{Code: -1003, Status: 418, RetryAfter: retryAfter, Msg: fmt.Sprintf(
		"Way too much request weight used; IP banned until %d. %s", until, msgUseStreamsToAvoidBans)}
}

// ErrUnexpectedResponse: the outcome is unknown.
func ErrUnexpectedResponse() *Error {
	return &Error{Code: -1006, Status: 502,
		Msg: "An unexpected response was received from the message bus. Execution status unknown."}
}

func ErrServerBusy() *Error {
	return &Error{Code: -1008, Status: 503,
		Msg: "Server is currently overloaded with other requests. Please try again in a few minutes."}
}

// ErrFilter names the filter that an order failed: "PRICE_FILTER".
func ErrFilter(name string) *Error { return refuse(-1013, "Filter failure: %s", name) }

// ErrInvalidMessage refuses an instruction before the engine, in the given words.
func ErrInvalidMessage(msg string) *Error { return refuse(-1013, "%s", msg) }

func ErrOrderComposition() *Error { return refuse(-1014, "Unsupported order combination.") }

// ErrTooManyOrders: interval is in words ("10 SECOND"), retryAfter in seconds.
func ErrTooManyOrders(limit int, interval string, retryAfter int64) *Error {
	e := refuse(-1015, "Too many new orders; current limit is %d orders per %s.", limit, interval)
	e.Status, e.RetryAfter = 429, retryAfter
	return e
}

func ErrShuttingDown() *Error {
	return &Error{Code: -1016, Status: 503, Msg: "This service is no longer available."}
}

// ErrUnsupported says which operation is not there.
func ErrUnsupported(why string) *Error {
	return refuse(-1020, "%s", sentence("This operation is not supported.", why))
}

func ErrStaleTimestamp() *Error {
	return refuse(-1021, "Timestamp for this request is outside of the recvWindow.")
}

func ErrEarlyTimestamp() *Error {
	return refuse(-1021, "Timestamp for this request was 1000ms ahead of the server's time.")
}

func ErrSignature() *Error { return refuse(-1022, "Signature for this request is not valid.") }

// ErrTooManyConnections: interval is in words ("5 MINUTE").
func ErrTooManyConnections(limit int, interval string, retryAfter int64) *Error {
	e := refuse(-1034, "Too many connection attempts from IP; current limit is %d per '%s'.", limit, interval)
	e.Status, e.RetryAfter = 429, retryAfter
	return e
}

// Parameters.

func ErrIllegalChars(why string) *Error {
	return refuse(-1100, "%s", sentence("Illegal characters found in a parameter.", why))
}

func ErrIllegalParam(name, legal string) *Error {
	return refuse(-1100, "Illegal characters found in parameter '%s'; legal range is '%s'.", name, legal)
}

func ErrDuplicateParam(name string) *Error {
	return refuse(-1101, "Duplicate values for a parameter detected. Send '%s' once, in the query or in the body.", name)
}

func ErrMandatory(name string) *Error {
	return refuse(-1102, "Mandatory parameter '%s' was not sent, was empty/null, or malformed.", name)
}

func ErrEither(one, other string) *Error {
	return refuse(-1102, "Param '%s' or '%s' must be sent, but both were empty/null!", one, other)
}

func ErrUnread(read, sent int, names []string) *Error {
	return refuse(-1104, "Not all sent parameters were read; read '%d' parameter(s) but was sent '%d'. Not known here: '%s'.",
		read, sent, strings.Join(names, "', '"))
}

func ErrEmptyParam(name string) *Error { return refuse(-1105, "Parameter '%s' was empty.", name) }

func ErrNotRequired(name string) *Error {
	return refuse(-1106, "Parameter '%s' sent when not required.", name)
}

func ErrOverflow(name string) *Error { return refuse(-1108, "Parameter '%s' overflowed.", name) }

func ErrPrecision(name string) *Error {
	return refuse(-1111, "Parameter '%s' has too much precision.", name)
}

func ErrTimeInForce() *Error  { return refuse(-1115, "Invalid timeInForce.") }
func ErrOrderType() *Error    { return refuse(-1116, "Invalid orderType.") }
func ErrSide() *Error         { return refuse(-1117, "Invalid side.") }
func ErrInterval() *Error     { return refuse(-1120, "Invalid interval.") }
func ErrSymbol() *Error       { return refuse(-1121, "Invalid symbol.") }
func ErrSymbolStatus() *Error { return refuse(-1122, "Invalid symbolStatus.") }
func ErrListenKey() *Error    { return refuse(-1125, "This listenKey does not exist.") }
func ErrTickerType() *Error   { return refuse(-1139, "Invalid ticker type.") }
func ErrStrategyType() *Error { return refuse(-1134, "`strategyType` was less than 1000000.") }
func ErrSymbolTwice() *Error  { return refuse(-1151, "Symbol is present multiple times in the list.") }
func ErrTimeUnit() *Error {
	return refuse(-1194, "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.")
}
func ErrWrongStatus() *Error {
	return refuse(-1220, "The symbol's status does not match the requested symbolStatus.")
}
func ErrRestrictions() *Error { return refuse(-1145, "Invalid cancelRestrictions") }
func ErrOCOType() *Error      { return refuse(-1158, "Order type not supported in OCO.") }
func ErrRecvWindow() *Error {
	return refuse(-1131, "recvWindow must not be greater than 60000 (milliseconds).")
}
func ErrNoReferencePrice() *Error {
	return refuse(-2043, "This symbol doesn't have a reference price.")
}
func ErrNoSuchOrder() *Error   { return refuse(-2013, "Order does not exist.") }
func ErrSubscribed() *Error    { return refuse(-2035, "User Data Stream subscription already active.") }
func ErrNotSubscribed() *Error { return refuse(-2036, "User Data Stream subscription not active.") }

// ErrWindowTooBig: hours between startTime and endTime.
func ErrWindowTooBig(hours int) *Error {
	return refuse(-1127, "More than %d hours between startTime and endTime.", hours)
}

// ErrBadCombination says which optional parameters do not go together.
func ErrBadCombination(why string) *Error {
	return refuse(-1128, "%s", sentence("Combination of optional parameters invalid.", why))
}

// ErrInvalidData names a parameter whose value is none of the legal ones.
func ErrInvalidData(name, why string) *Error {
	return refuse(-1130, "%s", sentence("Data sent for parameter '"+name+"' is not valid.", why))
}

func ErrInvalidJSON(why string) *Error {
	return refuse(-1135, "%s", sentence(msgInvalidJSON, why))
}

func ErrInvalidJSONParam(name string) *Error {
	return refuse(-1135, "JSON sent for parameter '%s' is not valid", name)
}

// Orders, keys and sessions.

// ErrRejected is the engine's or the gate's no, in its own words. Nothing was placed.
func ErrRejected(msg string) *Error { return refuse(-2010, "%s", msg) }

func ErrCancelRejected(msg string) *Error { return refuse(-2011, "%s", msg) }

// Codes of withdrawals that were not taken up.
const (
	IllegalTag         = -4008
	WithdrawalsLimited = -4015
	NoSuchCoin         = -4018
	BelowMinimum       = -4022
	OverCap            = -4023
	NoBalance          = -4026
	IllegalAddress     = -4033
	AddressNotListed   = -4035
	AddressWaits       = -4036
)

// ErrWithdrawal is the no to a withdrawal, by one of the codes above. Nothing was sent.
func ErrWithdrawal(code int, msg string) *Error { return refuse(code, "%s", msg) }

// ErrAmendRejected: the order stays as it is.
func ErrAmendRejected(msg string) *Error { return refuse(-2038, "%s", msg) }

func ErrKeyFormat() *Error {
	return &Error{Code: -2014, Status: 401, Msg: "API-key format invalid."}
}

// KeyFault is which of the three things −2015 lumps together was at fault.
type KeyFault uint8

const (
	FaultKey     KeyFault = iota + 1 // not known, expired, revoked, quarantined
	FaultAddress                     // not on the key's list
	FaultRight                       // the key may not do this
)

// ErrKey says which of key, address or right was at fault; advice is what the
// owner can do about it. One client library takes a −2015 after a first success
// for an overload, and then this text is all that its owner sees.
func ErrKey(fault KeyFault, advice string) *Error {
	what := "The key is at fault."
	switch fault {
	case FaultAddress:
		what = "The address is at fault, not the key."
	case FaultRight:
		what = "The right is missing; key and address are in order."
	}
	return &Error{Code: -2015, Status: 401, Msg: sentence(msgRejectedKey+" "+what, advice)}
}

// sentence adds a second sentence, where there is one.
func sentence(first, second string) string {
	if second == "" {
		return first
	}
	if !strings.HasSuffix(first, ".") {
		first += ":"
	}
	return first + " " + second
}
