package venue

import (
	"slices"

	"portcullis/dialect/binance"
)

// handlers answers each request of the dialect, by HTTP method and path; the dialect's own table adds its weight, its
// security and its name on the WebSocket API. A request of the dialect that is not here is refused as not built.
var handlers = map[string]handler{
	"GET /api/v3/ping":         ping,
	"GET /api/v3/time":         serverTime,
	"GET /api/v3/exchangeInfo": exchangeInfo,
	"GET /api/v3/depth":        depth,

	"GET /api/v3/account":       account,
	"POST /api/v3/order":        placeOrder,
	"DELETE /api/v3/order":      cancelOrder,
	"GET /api/v3/order":         queryOrder,
	"GET /api/v3/openOrders":    openOrders,
	"DELETE /api/v3/openOrders": cancelAll,
}

// rest has every route of the dialect with its handler, by method and path.
var rest = restRoutes()

type routed struct {
	route  *binance.Route
	handle handler
}

func restRoutes() map[string]routed {
	all := map[string]routed{}
	for _, r := range binance.Routes() {
		if r.Path == "" {
			continue
		}
		name := r.Method + " " + r.Path
		route, _ := binance.FindRoute(r.Method, r.Path)
		handle := handlers[name]
		if handle == nil {
			handle = notBuilt
		}
		all[name] = routed{route, handle}
	}
	return all
}

// findREST is the route of a method and path with its handler, or nil.
func findREST(method, path string) (*binance.Route, handler) {
	r := rest[method+" "+path]
	return r.route, r.handle
}

// methodsOf are the methods that a path takes.
func methodsOf(path string) []string {
	var list []string
	for _, r := range rest {
		if r.route.Path == path {
			list = append(list, r.route.Method)
		}
	}
	slices.Sort(list)
	return list
}

func notBuilt(*Venue, *call) (reply, *binance.Error) {
	return nil, binance.ErrUnsupported("This venue does not offer it.")
}
