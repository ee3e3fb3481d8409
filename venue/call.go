package venue

import (
	"context"
	"encoding/json"
	"net/netip"

	"portcullis/core/instruction"
	"portcullis/dialect/binance"
)

// call is one request on its way through the venue, whichever way it came in.
type call struct {
	ctx    context.Context
	route  *binance.Route
	params *binance.Params
	apiKey string     // as sent; not yet believed
	addr   netip.Addr // of the client
	client uint64     // fingerprint of its header traits
	micros bool       // it asked for times in microseconds

	caller
	counts   orderCounts // after the account's orders were counted
	answered func()      // what is to be done once the answer is on its way, if anything
}

// caller is who signed a call. It is zero on public routes.
type caller struct {
	principal instruction.Principal
	account   instruction.Account
	scheme    instruction.Scheme
}

// acts says that a request becomes an instruction, which the gate judges.
func acts(r *binance.Route) bool {
	return r.Security == binance.SecTrade || r.Security == binance.SecWithdraw || r.Security == binance.SecClaim
}

// reads says that the gate is not asked for the call once it is answered.
func (c *call) reads() bool {
	return !acts(c.route)
}

// handler answers a call whose weight was taken and whose caller is known.
type handler func(*Venue, *call) (reply, *binance.Error)

// reply writes itself as JSON.
type reply = binance.Appender

// object is a reply that encoding/json writes.
type object struct{ v any }

func (o object) AppendJSON(dst []byte) []byte {
	b, err := json.Marshal(o.v)
	if err != nil {
		panic("venue: an answer that is no JSON: " + err.Error())
	}
	return append(dst, b...)
}

// literal is a reply that is always the same.
type literal string

func (l literal) AppendJSON(dst []byte) []byte { return append(dst, l...) }

// written is a reply by the function that writes it.
type written func([]byte) []byte

func (w written) AppendJSON(dst []byte) []byte { return w(dst) }

// time is t as the client wants times: in milliseconds, unless it asked for microseconds.
func (c *call) time(t instruction.Time) int64 {
	if c.micros {
		return int64(t)
	}
	return t.Milli()
}

// milli is time for what is counted in milliseconds.
func (c *call) milli(ms int64) int64 {
	if c.micros {
		return ms * 1000
	}
	return ms
}

// args reads a call's parameters one after the other and keeps the first error, so that a handler reads straight down.
// What was read after an error is meaningless; end must be asked before anything is done with it.
type args struct {
	p   *binance.Params
	err *binance.Error
}

func (c *call) args() *args { return &args{p: c.params} }

// end is the first error, or that of a parameter which nobody read.
func (a *args) end() *binance.Error {
	if a.err == nil {
		a.err = a.p.Unread()
	}
	return a.err
}

// fail keeps the first error.
func (a *args) fail(err *binance.Error) {
	if a.err == nil {
		a.err = err
	}
}

// got is v, with its error kept.
func got[T any](a *args, v T, err *binance.Error) T {
	if err != nil {
		a.fail(err)
	}
	return v
}

func (a *args) symbol() string {
	v, err := a.p.Symbol()
	return got(a, v, err)
}

func (a *args) text(name string) string {
	v, err := a.p.OptStr(name, "")
	return got(a, v, err)
}

func (a *args) integer(name string, absent int64) int64 {
	v, err := a.p.OptInt64(name, absent)
	return got(a, v, err)
}

func (a *args) flag(name string, absent bool) bool {
	v, err := a.p.OptBool(name, absent)
	return got(a, v, err)
}

// limit reads how many rows are wanted; larger wishes are cut to most.
func (a *args) limit(absent, most int) int {
	n, err := a.p.OptLimit(absent, most)
	return got(a, n, err)
}
