package reference

import (
	"iter"
	"slices"
	"strings"

	"portcullis/dialect/binance"
)

// operation is what is said of one request beyond the dialect's table.
type operation struct {
	group   string
	summary string
	about   string
	params  string // names, with '!' behind those that are mandatory
	answer  any    // see schemas.of
	errors  []int  // codes that are this request's own
	absent  bool   // the venue refuses it
}

// request is a route with its operation.
type request struct {
	binance.Route
	operation
	name string // in operations
}

// requests are all requests of the dialect's table, in its order.
func requests() iter.Seq[request] {
	return func(yield func(request) bool) {
		for _, r := range binance.Routes() {
			name := r.WS
			if r.Path != "" {
				name = r.Method + " " + r.Path
			}
			if !yield(request{r, operations[name], name}) {
				return
			}
		}
	}
}

// parameter of a request.
type parameter struct {
	name      string
	about     string
	schema    object
	mandatory bool
}

// parameters are a request's own, and those of its signature.
func (r *request) parameters() []parameter {
	var list []parameter
	for _, name := range strings.Fields(r.params) {
		name, mandatory := strings.CutSuffix(name, "!")
		p := parameters[name]
		list = append(list, parameter{name, p.about, p.schema, mandatory})
	}
	if r.Security.Signed() {
		for _, name := range []string{"recvWindow", "timestamp", "signature"} {
			p := parameters[name]
			list = append(list, parameter{name, p.about, p.schema, name != "recvWindow"})
		}
	}
	return list
}

// weight is what the request costs where it names one symbol and no more.
func (r *request) weight() int {
	p, _ := binance.Parse("symbol=X&orderId=1", "")
	return r.Weight(&p)
}

// codes are the errors that a request may be refused with, its own and those of its kind.
func (r *request) codes() []int {
	codes := append([]int{-1003, -1100, -1101, -1104, -1105}, r.errors...)
	if strings.Contains(r.params, "!") || r.Security.Signed() {
		codes = append(codes, -1102)
	}
	if strings.Contains(r.params, "symbol") {
		codes = append(codes, -1121)
	}
	if r.Security != binance.SecNone {
		codes = append(codes, -2014, -2015)
	}
	if r.Security.Signed() {
		codes = append(codes, -1021, -1022, -1131)
	}
	if r.absent {
		codes = append(codes, -1020)
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

// rights says in words what a key must have.
func rights(s binance.Security) string {
	return map[binance.Security]string{
		binance.SecNone:     "No key.",
		binance.SecStream:   "An API key that may read; no signature.",
		binance.SecUserData: "A signed request by an API key that may read.",
		binance.SecTrade:    "A signed request by an API key that may trade.",
		binance.SecWithdraw: "A signed request by an API key that may withdraw.",
		binance.SecClaim:    "A signed request by an API key that may read.",
	}[s]
}
