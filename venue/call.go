package venue

import (
	"context"
	"encoding/json"
	"net/netip"

	"portcullis/core/instruction"
	"portcullis/core/money"
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
	counts orderCounts // after the account's orders were counted
}

// caller is who signed a call. It is zero on public routes.
type caller struct {
	principal instruction.Principal
	account   instruction.Account
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

// clientID is a client's own name for an order or a cancel; empty where it sent none.
func (a *args) clientID(name string) instruction.ClientID {
	text, err := a.p.OptOrderID(name)
	id, bad := instruction.ClientIDOf(got(a, text, err))
	if bad != nil {
		a.fail(binance.ErrInvalidData(name, bad.Error()))
	}
	return id
}

// amount is a mandatory decimal above zero, at the scale.
func (a *args) amount(name string, s money.Scale) money.Amount {
	d, err := a.p.Decimal(name)
	if err != nil {
		a.fail(err)
		return 0
	}
	n, err := d.At(name, uint8(s))
	switch {
	case err != nil:
		a.fail(err)
	case money.Amount(n) > money.MaxAmount:
		a.fail(binance.ErrOverflow(name))
	case n == 0:
		a.fail(binance.ErrInvalidMessage("Invalid " + name + ": it must be above zero."))
	}
	return money.Amount(n)
}

// limit reads how many rows are wanted: at least 1, and at most most, to which the dialect cuts larger wishes.
func (a *args) limit(absent, most int64) int {
	n := a.integer("limit", absent)
	if n == 0 && a.p.Has("limit") {
		a.fail(binance.ErrInvalidData("limit", "It is 1 or more."))
	}
	return int(min(n, most))
}
