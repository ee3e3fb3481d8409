package venue

import (
	"slices"

	"portcullis/dialect/binance"
)

// handlers answers each request of the dialect, by HTTP method and path; the dialect's own table adds its weight, its
// security and its name on the WebSocket API. A request of the dialect that is not here is refused as not built.
var handlers = map[string]handler{
	"GET /api/v3/ping":                       ping,
	"GET /api/v3/time":                       serverTime,
	"GET /api/v3/exchangeInfo":               exchangeInfo,
	"GET /api/v3/depth":                      depth,
	"GET /api/v3/trades":                     trades,
	"GET /api/v1/trades":                     trades,
	"GET /api/v3/historicalTrades":           historicalTrades,
	"GET /api/v3/aggTrades":                  aggTrades,
	"GET /api/v3/klines":                     klines,
	"GET /api/v3/uiKlines":                   klines,
	"GET /api/v3/avgPrice":                   avgPrice,
	"GET /api/v3/ticker":                     rolling,
	"GET /api/v3/ticker/tradingDay":          tradingDay,
	"GET /api/v3/executionRules":             executionRules,
	"GET /api/v3/historicalBlockTrades":      blockTrades,
	"GET /api/v3/referencePrice":             referencePrice,
	"GET /api/v3/referencePrice/calculation": referencePrice,
	"GET /api/v3/ticker/24hr":                ticker24,
	"GET /api/v3/ticker/price":               tickerPrice,
	"GET /api/v3/ticker/bookTicker":          tickerBook,

	"POST /api/v3/order":                   placeOrder,
	"POST /api/v3/order/test":              testOrder,
	"DELETE /api/v3/order":                 cancelOrder,
	"DELETE /api/v3/openOrders":            cancelAll,
	"POST /api/v3/order/cancelReplace":     replaceOrder,
	"PUT /api/v3/order/amend/keepPriority": amendOrder,
	"POST /api/v3/order/oco":               placeOldOCO,
	"POST /api/v3/orderList/oco":           placeOCO,
	"POST /api/v3/orderList/oto":           placeOTO,
	"POST /api/v3/orderList/otoco":         placeOTOCO,
	"DELETE /api/v3/orderList":             cancelList,

	"POST /api/v3/sor/order":      noRouting,
	"POST /api/v3/sor/order/test": noRouting,

	"GET /api/v3/account":            account,
	"GET /api/v3/account/commission": commission,
	"GET /api/v3/rateLimit/order":    orderLimits,
	"GET /api/v3/order":              queryOrder,
	"GET /api/v3/openOrders":         openOrders,
	"GET /api/v3/allOrders":          allOrders,
	"GET /api/v3/myTrades":           myTrades,
	"GET /api/v3/order/amendments":   amendments,
	"GET /api/v3/orderList":          queryList,
	"GET /api/v3/allOrderList":       allLists,
	"GET /api/v3/openOrderList":      openLists,
	"GET /api/v3/myPreventedMatches": preventedMatches,
	"GET /api/v3/myAllocations":      allocations,
	"GET /api/v3/myFilters":          myFilters,

	"POST /api/v3/userDataStream":   startListening,
	"PUT /api/v3/userDataStream":    keepListening,
	"DELETE /api/v3/userDataStream": stopListening,

	"GET /sapi/v1/system/status":                 systemStatus,
	"GET /sapi/v1/capital/config/getall":         coins,
	"POST /sapi/v1/capital/withdraw/apply":       withdraw,
	"POST /sapi/v1/portcullis/gift/issue":        issueGifts,
	"POST /sapi/v1/portcullis/gift/return":       returnGift,
	"POST /sapi/v1/portcullis/gift/claim":        claimGift,
	"GET /sapi/v1/portcullis/gift/list":          gifts,
	"GET /sapi/v1/capital/withdraw/history":      withdrawals,
	"GET /sapi/v1/capital/withdraw/address/list": addressList,
	"GET /sapi/v1/capital/deposit/hisrec":        deposits,
	"GET /sapi/v1/capital/deposit/address":       depositAddress,
	"GET /sapi/v1/asset/assetDetail":             assetDetail,
	"GET /sapi/v1/account/status":                accountStatus,
	"GET /sapi/v1/account/info":                  accountInfo,
	"GET /sapi/v1/asset/tradeFee":                tradeFee,
	"GET /sapi/v1/account/apiRestrictions":       restrictions,
	"POST /sapi/v3/asset/getUserAsset":           userAssets,

	"POST /sapi/v1/sub-account/universalTransfer":      universalTransfer,
	"GET /sapi/v1/sub-account/universalTransfer":       universalTransfers,
	"POST /sapi/v1/sub-account/transfer/subToMaster":   subToMaster,
	"POST /sapi/v1/sub-account/transfer/subToSub":      subToSub,
	"GET /sapi/v1/sub-account/transfer/subUserHistory": subTransfers,
	"GET /sapi/v1/sub-account/list":                    subAccounts,
	"GET /sapi/v3/sub-account/assets":                  subAssets,
	"GET /sapi/v4/sub-account/assets":                  subAssets,

	"GET /sapi/v1/margin/allPairs":          noMargin,
	"GET /sapi/v1/margin/isolated/allPairs": noMargin,
	"GET /fapi/v1/exchangeInfo":             noFutures,
	"GET /dapi/v1/exchangeInfo":             noFutures,
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
