package reference

import "portcullis/dialect/binance"

// The groups of requests, in the order in which the page has them.
var groups = []string{"General", "Market data", "Trading", "Account", "Private events", "Session", "Wallet", "Gift codes", "Elsewhere"}

const (
	orderParams = "symbol! side! type! timeInForce quantity quoteOrderQty price stopPrice trailingDelta icebergQty newClientOrderId" +
		" newOrderRespType selfTradePreventionMode strategyId strategyType"
	rangeParams = "startTime endTime limit"
	listParams  = "symbol! listClientOrderId newOrderRespType selfTradePreventionMode"
	contingent  = "ClientOrderId Price StopPrice TrailingDelta IcebergQty TimeInForce StrategyId StrategyType"
)

// working are the parameters of the first order of a list.
var working = " workingType! workingSide! workingPrice! workingQuantity!" + legOf("working", "ClientOrderId IcebergQty TimeInForce StrategyId StrategyType")

var placed = choice{binance.OrderAck{}, binance.OrderResult{}, binance.OrderFull{}}

var (
	orderErrors  = []int{-1013, -1015, -1106, -1108, -1111, -1115, -1116, -1117, -1128, -1130, -1134, -2010}
	cancelErrors = []int{-1145, -2011}
	listErrors   = append([]int{-1158, -1160, -1168, -1196, -1197}, orderErrors...)
)

// operations has every request of the dialect's table: by method and path, or by its name on the WebSocket API where it is
// only there.
var operations = map[string]operation{
	"GET /api/v3/ping": {group: "General", summary: "Is anybody there?", answer: nil},
	"GET /api/v3/time": {group: "General", summary: "The venue's time", answer: binance.ServerTime{}},
	"GET /api/v3/exchangeInfo": {group: "General", summary: "Markets, their rules, and the limits of requests", answer: binance.ExchangeInfo{},
		params: "symbol symbols permissions showPermissionSets symbolStatus", errors: []int{-1122, -1128, -1130, -1135, -1151},
		about: "symbol and symbols exclude each other, and permissions and symbolStatus."},
	"GET /api/v3/executionRules": {group: "General", summary: "Rules of execution: there are none", answer: binance.ExecutionRules{},
		params: "symbol symbols symbolStatus", errors: []int{-1122, -1128, -1135, -1151, -1220}},
	"GET /sapi/v1/system/status": {group: "General", summary: "Does the venue take up orders?", answer: binance.SystemStatus{}},

	"GET /api/v3/depth": {group: "Market data", summary: "The book", answer: binance.Depth{}, params: "symbol! depthLimit symbolStatus", errors: []int{-1122, -1130, -1220},
		about: "lastUpdateId is the sequence up to which the book is; depth streams go on from there."},
	"GET /api/v3/trades":                {group: "Market data", summary: "The newest trades, oldest first", answer: many{binance.PublicTrade{}}, params: "symbol! limit", errors: []int{-1130}},
	"GET /api/v1/trades":                {group: "Market data", summary: "The same, where one client still looks for it", answer: many{binance.PublicTrade{}}, params: "symbol! limit", errors: []int{-1130}},
	"GET /api/v3/historicalTrades":      {group: "Market data", summary: "Older trades, by id", answer: many{binance.PublicTrade{}}, params: "symbol! limit fromId", errors: []int{-1130}},
	"GET /api/v3/historicalBlockTrades": {group: "Market data", summary: "Block trades: there are none", answer: many{binance.PublicTrade{}}, params: "symbol! fromId! limit", errors: []int{-1130}},
	"GET /api/v3/aggTrades": {group: "Market data", summary: "Trades put together by the order that took", answer: many{binance.AggTrade{}}, params: "symbol! fromId " + rangeParams, errors: []int{-1128, -1130},
		about: "One aggregate is a run of trades of one taking order at one price; its id is that of its first trade. The aggTrade stream tells the same ones."},
	"GET /api/v3/klines": {group: "Market data", summary: "Candlesticks", answer: many{binance.Kline{}}, params: "symbol! interval! timeZone " + rangeParams, errors: []int{-1120, -1128, -1130},
		about: "Those without trades stand at the price of the trade before."},
	"GET /api/v3/uiKlines":          {group: "Market data", summary: "The same candlesticks", answer: many{binance.Kline{}}, params: "symbol! interval! timeZone " + rangeParams, errors: []int{-1120, -1128, -1130}},
	"GET /api/v3/avgPrice":          {group: "Market data", summary: "Average price of the last five minutes", answer: binance.AvgPrice{}, params: "symbol!"},
	"GET /api/v3/ticker/24hr":       {group: "Market data", summary: "What was traded in the last 24 hours", answer: choice{binance.Ticker{}, binance.MiniTicker{}, many{choice{binance.Ticker{}, binance.MiniTicker{}}}}, params: "symbol symbols tickerType symbolStatus", errors: []int{-1122, -1128, -1135, -1139, -1151, -1220}},
	"GET /api/v3/ticker":            {group: "Market data", summary: "What was traded in a window of time", answer: choice{binance.WindowTicker{}, binance.MiniTicker{}, many{choice{binance.WindowTicker{}, binance.MiniTicker{}}}}, params: "symbol symbols windowSize tickerType symbolStatus", errors: []int{-1102, -1122, -1128, -1130, -1135, -1139, -1151, -1220}, about: "symbol or symbols must be sent. The window opens on a minute, so that it can be up to 59,999 ms longer than asked."},
	"GET /api/v3/ticker/tradingDay": {group: "Market data", summary: "What was traded since midnight", answer: choice{binance.WindowTicker{}, binance.MiniTicker{}, many{choice{binance.WindowTicker{}, binance.MiniTicker{}}}}, params: "symbol symbols timeZone tickerType symbolStatus", errors: []int{-1102, -1122, -1128, -1130, -1135, -1139, -1151, -1220}, about: "symbol or symbols must be sent."},
	"GET /api/v3/ticker/price":      {group: "Market data", summary: "Last prices", answer: choice{binance.PriceTicker{}, many{binance.PriceTicker{}}}, params: "symbol symbols symbolStatus", errors: []int{-1122, -1128, -1135, -1151, -1220}},
	"GET /api/v3/ticker/bookTicker": {group: "Market data", summary: "Best prices and what stands there", answer: choice{binance.BookTicker{}, many{binance.BookTicker{}}}, params: "symbol symbols symbolStatus", errors: []int{-1122, -1128, -1135, -1151, -1220}},

	"GET /api/v3/referencePrice":             {group: "Market data", summary: "Reference price: no symbol has one", answer: nil, params: "symbol! symbolStatus", errors: []int{-1122, -2043}, absent: true},
	"GET /api/v3/referencePrice/calculation": {group: "Market data", summary: "How the reference price is found: no symbol has one", answer: nil, params: "symbol! symbolStatus", errors: []int{-1122, -2043}, absent: true},

	"POST /api/v3/order": {group: "Trading", summary: "Place an order", answer: placed, params: orderParams, errors: orderErrors,
		about: "The answer waits until the order is on disk. What is answered follows newOrderRespType: FULL for LIMIT and MARKET, else ACK."},
	"POST /api/v3/order/test": {group: "Trading", summary: "Test an order, and place nothing", answer: choice{nil, binance.TestedOrder{}}, params: orderParams + " computeCommissionRates", errors: orderErrors,
		about: "Asks the gate about the key and the market about its rules. The balance is not looked at."},
	"DELETE /api/v3/order":      {group: "Trading", summary: "Cancel an order", answer: binance.OrderCancel{}, params: "symbol! orderId origClientOrderId newClientOrderId cancelRestrictions", errors: cancelErrors, about: "orderId or origClientOrderId must be sent; with both, they must name the same order."},
	"DELETE /api/v3/openOrders": {group: "Trading", summary: "Cancel all orders of a symbol", answer: many{choice{binance.OrderCancel{}, binance.OrderList{}}}, params: "symbol!", errors: cancelErrors},
	"POST /api/v3/order/cancelReplace": {group: "Trading", summary: "Cancel an order and place another, in one step", answer: binance.CancelReplace{},
		params: orderParams + " cancelReplaceMode! cancelOrderId cancelOrigClientOrderId cancelNewClientOrderId cancelRestrictions orderRateLimitExceededMode",
		errors: append(append([]int{-2021, -2022}, orderErrors...), cancelErrors...),
		about:  "409 says that one half was done and one not; 400 and −2022 that neither was. Whatever happens in between happens to no order."},
	"POST /api/v3/sor/order":      {group: "Trading", summary: "Order routing: each symbol has one book", answer: nil, absent: true},
	"POST /api/v3/sor/order/test": {group: "Trading", summary: "Order routing: each symbol has one book", answer: nil, absent: true},
	"POST /api/v3/orderList/oco": {group: "Trading", summary: "Place a pair of which one cancels the other", answer: binance.OrderList{},
		params: listParams + " side! quantity! aboveType! belowType!" + legOf("above", contingent) + legOf("below", contingent), errors: listErrors,
		about: "One rests (LIMIT_MAKER) or takes a profit, the other stops a loss, on two sides of the last price. What both need is held once. As soon as one works, the other expires."},
	"POST /api/v3/order/oco": {group: "Trading", summary: "Place a pair of which one cancels the other, the older way", answer: binance.OrderList{},
		params: listParams + " side! quantity! price! stopPrice! trailingDelta stopLimitPrice stopLimitTimeInForce" +
			legOf("limit", "ClientOrderId IcebergQty StrategyId StrategyType") + legOf("stop", "ClientOrderId IcebergQty StrategyId StrategyType"), errors: listErrors},
	"POST /api/v3/orderList/oto": {group: "Trading", summary: "Place an order, and one that follows once it is filled", answer: binance.OrderList{},
		params: listParams + working + " pendingSide! pendingQuantity! pendingType!" + legOf("pending", contingent), errors: listErrors,
		about: "What follows holds nothing before its turn; if it cannot start then, it expires, with the reason REJECTED. Answers tell it as pending, though the first may be filled at once."},
	"POST /api/v3/orderList/otoco": {group: "Trading", summary: "Place an order, and a pair that follows of which one cancels the other", answer: binance.OrderList{},
		params: listParams + working + " pendingSide! pendingQuantity! pendingAboveType! pendingBelowType!" + legOf("pendingAbove", contingent) + legOf("pendingBelow", contingent), errors: listErrors},
	"DELETE /api/v3/orderList": {group: "Trading", summary: "Cancel a list of orders", answer: binance.OrderList{}, params: "symbol! orderListId listClientOrderId newClientOrderId", errors: cancelErrors,
		about: "orderListId or listClientOrderId must be sent; with both, they must name the same list."},
	"PUT /api/v3/order/amend/keepPriority": {group: "Trading", summary: "Make an order ask for less, where it stands", answer: binance.AmendedOrder{},
		params: "symbol! orderId origClientOrderId newClientOrderId newQty!", errors: []int{-1013, -1111, -2038}, about: "orderId or origClientOrderId must be sent. Of two that cancel each other both ask for less."},

	"GET /api/v3/account":            {group: "Account", summary: "Balances, fees and rights", answer: binance.Account{}, params: "omitZeroBalances", errors: []int{-1130}},
	"GET /api/v3/order":              {group: "Account", summary: "One order, open or over", answer: binance.Order{}, params: "symbol! orderId origClientOrderId", errors: []int{-2013}, about: "orderId or origClientOrderId must be sent. A name that was used again means the newest order of it."},
	"GET /api/v3/openOrders":         {group: "Account", summary: "Open orders, oldest first", answer: many{binance.Order{}}, params: "symbol"},
	"GET /api/v3/allOrders":          {group: "Account", summary: "Orders, open and over", answer: many{binance.Order{}}, params: "symbol! orderId " + rangeParams, errors: []int{-1127, -1128, -1130}, about: "At most 24 hours between startTime and endTime."},
	"GET /api/v3/myTrades":           {group: "Account", summary: "The account's trades", answer: many{binance.MyTrade{}}, params: "symbol! orderId fromId " + rangeParams, errors: []int{-1127, -1128, -1130}, about: "At most 24 hours between startTime and endTime."},
	"GET /api/v3/rateLimit/order":    {group: "Account", summary: "How many unfilled orders count", answer: many{binance.RateLimit{}}, about: "A first fill gives back one order to who took and five to who made."},
	"GET /api/v3/myPreventedMatches": {group: "Account", summary: "Matches with oneself that were prevented", answer: many{binance.PreventedMatch{}}, params: "symbol! preventedMatchId orderId fromPreventedMatchId limit", errors: []int{-1130}},
	"GET /api/v3/myAllocations":      {group: "Account", summary: "Allocations of routed orders: there are none", answer: many{object{"type": "object"}}, params: "symbol! fromAllocationId orderId " + rangeParams, errors: []int{-1127, -1128, -1130}},
	"GET /api/v3/account/commission": {group: "Account", summary: "The fees of a symbol", answer: binance.AccountCommission{}, params: "symbol!"},
	"GET /api/v3/myFilters":          {group: "Account", summary: "The rules that the account's orders must keep in a symbol", answer: binance.MyFilters{}, params: "symbol!"},
	"GET /api/v3/order/amendments":   {group: "Account", summary: "What became of an order without moving it", answer: many{binance.Amendment{}}, params: "symbol! orderId! fromExecutionId limit", errors: []int{-1130}},
	"GET /api/v3/orderList":          {group: "Account", summary: "One list of orders", answer: binance.OrderList{}, params: "orderListId origClientOrderId", errors: []int{-2013}, about: "orderListId or origClientOrderId, here the name of the list, must be sent."},
	"GET /api/v3/allOrderList":       {group: "Account", summary: "Lists of orders", answer: many{binance.OrderList{}}, params: "fromId " + rangeParams, errors: []int{-1127, -1128, -1130}, about: "At most 24 hours between startTime and endTime; fromId excludes them."},
	"GET /api/v3/openOrderList":      {group: "Account", summary: "Open lists of orders", answer: many{binance.OrderList{}}},

	"POST /api/v3/userDataStream": {group: "Private events", summary: "Make a listenKey, or keep the one there is", answer: binance.ListenKey{},
		about: "It opens /ws/<listenKey> for 60 minutes from now, to clients at addresses that the API key admits; there is one to an API key. It ends with its API key, and with a restart of the venue."},
	"PUT /api/v3/userDataStream":         {group: "Private events", summary: "Keep a listenKey for 60 minutes more", answer: nil, params: "listenKey!", errors: []int{-1125}},
	"DELETE /api/v3/userDataStream":      {group: "Private events", summary: "Close a listenKey", answer: nil, params: "listenKey!", errors: []int{-1125}},
	"userDataStream.subscribe":           {group: "Private events", summary: "Hear of the account that is logged on", answer: binance.Subscription{}, errors: []int{-1002, -2035}},
	"userDataStream.subscribe.signature": {group: "Private events", summary: "Hear of the account whose key signs", answer: binance.Subscription{}, errors: []int{-2035}},
	"userDataStream.unsubscribe":         {group: "Private events", summary: "End one subscription, or all", answer: nil, params: "subscriptionId", errors: []int{-2036}},

	"session.logon":         {group: "Session", summary: "Log on, so that later requests need no signature", answer: binance.Session{}, errors: []int{-1020}, about: "Ed25519 keys only. A key that is deleted ends the login at its next request."},
	"session.status":        {group: "Session", summary: "Who is logged on", answer: binance.Session{}},
	"session.logout":        {group: "Session", summary: "Log off", answer: binance.Session{}, about: "Ends the subscriptions that rested on the login."},
	"session.subscriptions": {group: "Session", summary: "The subscriptions of this connection", answer: many{binance.Subscription{}}},

	"GET /sapi/v1/capital/config/getall": {group: "Wallet", summary: "All assets, with what the account has", answer: many{binance.Coin{}},
		about: "networkList has the one chain of each asset, with its terms: what a withdrawal costs and is at least, after how many confirmations a deposit is credited, and below which amount it never is (depositDust)."},
	"POST /sapi/v1/capital/withdraw/apply": {group: "Wallet", summary: "Withdraw to an address of the account's book", answer: binance.WithdrawApplied{}, params: "withdrawCoin! address! addressTag amount! network withdrawName walletType name transactionFeeFlag",
		errors: []int{-1111, -1130, -4008, -4015, -4018, -4022, -4023, -4026, -4033, -4035, -4036},
		about:  "The answer says that it is on record and its amount held, not that it was paid: its status in the history says whether it goes out, or waits for its owner. Over the key's caps it waits for the owner's yes; a legacy key's withdrawal to a new address waits, and its owner may stop it. Under one withdrawOrderId it is done once; given again, the answer is the first one's. The amount is what the account pays: the withdrawal's fee comes out of it, and the rest arrives."},
	"GET /sapi/v1/capital/withdraw/history": {group: "Wallet", summary: "Withdrawals, newest first", answer: many{binance.Withdrawal{}}, params: "coin withdrawOrderId idList walletStatus offset " + rangeParams, errors: []int{-1128, -1130},
		about: "status: 0 waits for the owner's yes, 1 stopped, 2 waits and may be stopped, 3 rejected, 4 on its way, 6 done. amount is what arrives, transactionFee what it costs besides. txId is there once a transaction that pays it is signed, and is another one where that was replaced before a block had it; confirmNo counts its blocks."},
	"GET /sapi/v1/capital/withdraw/address/list": {group: "Wallet", summary: "The account's address book", answer: many{binance.WithdrawAddress{}},
		about: "Its owner adds and removes addresses, with the owner's key; what was added can be used once its wait is over."},
	"GET /sapi/v1/capital/deposit/hisrec": {group: "Wallet", summary: "What came in, newest first", answer: many{binance.Deposit{}}, params: "coin txId depositStatus offset includeSource " + rangeParams, errors: []int{-1128, -1130},
		about: "status: 0 not credited yet, or not any more since its block was undone; 1 credited; 7 less than depositDust, which is never credited. confirmTimes has confirmations and how many are needed. What the operator booked has no address, and 1/1."},
	"GET /sapi/v1/capital/deposit/address": {group: "Wallet", summary: "The account's address for deposits of an asset", answer: binance.DepositAddress{}, params: "depositCoin! network", errors: []int{-1020, -1130, -4018},
		about: "It is made when it is first asked for, and stays the same. Assets that move on no chain here have none."},
	"GET /sapi/v1/asset/assetDetail":       {group: "Wallet", summary: "What can be deposited and withdrawn", answer: byName{binance.AssetDetail{}}, params: "asset"},
	"GET /sapi/v1/asset/tradeFee":          {group: "Wallet", summary: "Fees by symbol", answer: many{binance.TradeFee{}}, params: "symbol"},
	"GET /sapi/v1/account/apiRestrictions": {group: "Wallet", summary: "What the key that asks may do", answer: binance.APIRestrictions{}},
	"GET /sapi/v1/account/status":          {group: "Wallet", summary: "The account's standing", answer: binance.AccountStatus{}},
	"GET /sapi/v1/account/info":            {group: "Wallet", summary: "The account's level", answer: binance.AccountInfo{}},
	"POST /sapi/v3/asset/getUserAsset":     {group: "Wallet", summary: "Assets that the account has", answer: many{binance.UserAsset{}}, params: "asset needBtcValuation", errors: []int{-1130}},

	"POST /sapi/v1/sub-account/universalTransfer": {group: "Wallet", summary: "Transfer between accounts of one customer", answer: binance.TransferDone{}, params: "fromEmail toEmail fromAccountType toAccountType clientTranId asset! amount!", errors: []int{-1111, -2010},
		about: "By a key of the master account between any of them, by a key of a sub-account out of that one. Under one clientTranId it is done once; given again, the answer is the first one's."},
	"GET /sapi/v1/sub-account/universalTransfer":       {group: "Wallet", summary: "Transfers between accounts, newest first", answer: binance.UniversalTransfers{}, params: "fromEmail toEmail clientTranId page " + rangeParams, errors: []int{-1130}},
	"POST /sapi/v1/sub-account/transfer/subToMaster":   {group: "Wallet", summary: "Transfer from the sub-account that asks to its master account", answer: binance.SubTransferDone{}, params: "asset! amount!", errors: []int{-1111, -2010}},
	"POST /sapi/v1/sub-account/transfer/subToSub":      {group: "Wallet", summary: "Transfer from the sub-account that asks to another of its master's", answer: binance.SubTransferDone{}, params: "toEmail! asset! amount!", errors: []int{-1111, -2010}},
	"GET /sapi/v1/sub-account/transfer/subUserHistory": {group: "Wallet", summary: "Transfers of the account that asks, newest first", answer: many{binance.SubTransfer{}}, params: "asset transferType returnFailHistory page " + rangeParams, errors: []int{-1130}},
	"GET /sapi/v1/sub-account/list":                    {group: "Wallet", summary: "Sub-accounts", answer: binance.SubAccounts{}, params: "email isFreeze page limit", errors: []int{-1130}},
	"GET /sapi/v3/sub-account/assets":                  {group: "Wallet", summary: "What a sub-account has", answer: binance.SubAssets{}, params: "email!", errors: []int{-1130}},
	"GET /sapi/v4/sub-account/assets":                  {group: "Wallet", summary: "What a sub-account has", answer: binance.SubAssets{}, params: "email!", errors: []int{-1130}},

	"POST /sapi/v1/portcullis/gift/issue": {group: "Gift codes", summary: "Issue gift codes out of the account's balance", answer: binance.GiftIssued{}, params: "withdrawCoin! amount! count expires! batchName message", errors: []int{-1130, -2010, -1020},
		about: "Whoever brings a code may have what it is worth, which leaves the account's balance now. The codes are shown this once: what the venue keeps cannot be turned back into them. The key needs a cap on gift codes of the asset in its mandate, and is no HMAC key."},
	"POST /sapi/v1/portcullis/gift/return": {group: "Gift codes", summary: "Take back a gift code that nobody has claimed", answer: binance.GiftDone{}, params: "giftId!", errors: []int{-2010},
		about: "What it was worth is free in the account again."},
	"POST /sapi/v1/portcullis/gift/claim": {group: "Gift codes", summary: "Claim a gift code into the account", answer: binance.GiftDone{}, params: "code!", errors: []int{-1130, -2010, -1020},
		about: "Claimed again by the same account it is answered alike. A code that is not there, expired, taken back or claimed by another is refused with one and the same text. To an address outside: POST /gift/v1/claim, without a key."},
	"GET /sapi/v1/portcullis/gift/list": {group: "Gift codes", summary: "Gift codes that the account issued, newest first", answer: many{binance.GiftEntry{}}, params: "batchName giftStatus giftFrom " + rangeParams, errors: []int{-1128, -1130},
		about: "The codes' texts are not known any more, and who claimed one is not told. With fromId it begins there and goes on by number."},

	"GET /sapi/v1/margin/allPairs":          {group: "Elsewhere", summary: "Margin pairs: there are none", answer: many{object{"type": "object"}}, params: "symbol", about: "One client asks before it loads any market."},
	"GET /sapi/v1/margin/isolated/allPairs": {group: "Elsewhere", summary: "Isolated margin pairs: there are none", answer: many{object{"type": "object"}}, params: "symbol", about: "One client asks before it loads any market."},
	"GET /fapi/v1/exchangeInfo":             {group: "Elsewhere", summary: "Futures: there are none", answer: futures, about: "One client asks before it loads any market."},
	"GET /dapi/v1/exchangeInfo":             {group: "Elsewhere", summary: "Coin futures: there are none", answer: futures, about: "One client asks before it loads any market."},
}

var futures = object{"type": "object", "required": []string{"symbols"}, "additionalProperties": false,
	"properties": object{"symbols": object{"type": "array", "maxItems": 0, "description": "Always empty."}}}
