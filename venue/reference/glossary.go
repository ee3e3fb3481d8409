package reference

import "portcullis/dialect/binance"

// describe is what a member of a struct means. Names that mean the same everywhere are told once.
func describe(owner, name string) (about string, known bool) {
	if about, known = special[owner][name]; known {
		return about, true
	}
	about, known = common[name]
	return about, known
}

// eventKinds are the values of "e" of the events that have it.
var eventKinds = map[string][]string{
	"DepthUpdate": {string(binance.EventDepthUpdate)}, "TradeEvent": {string(binance.EventTrade)}, "AggTradeEvent": {string(binance.EventAggTrade)},
	"KlineEvent": {string(binance.EventKline)}, "MiniTickerEvent": {string(binance.EventMiniTicker)}, "TickerEvent": {string(binance.EventTicker)},
	"WindowEvent": {"1hTicker", "4hTicker", "1dTicker"}, "AvgPriceEvent": {string(binance.EventAvgPrice)},
	"ServerShutdown": {string(binance.EventServerShutdown)}, "AccountPosition": {string(binance.EventAccountPosition)},
	"BalanceUpdate": {string(binance.EventBalanceUpdate)}, "ExecutionReport": {string(binance.EventExecutionReport)},
	"ListStatus": {string(binance.EventListStatus)}, "StreamTerminated": {string(binance.EventTerminated)},
}

const (
	unitPrice = "in quote units for one of the base asset"
	unitBase  = "in units of the base asset"
	unitQuote = "in units of the quote asset"
	unitTime  = "in milliseconds since 1970 UTC, or microseconds where the client asked for them"
)

// common are the names that mean the same wherever they stand.
var common = map[string]string{
	"symbol": "The market, such as BTCUSDT.", "status": "How far the order is.", "time": "When it happened, " + unitTime + ".",
	"price": "Price, " + unitPrice + ".", "qty": "Quantity, " + unitBase + ".", "quoteQty": "Price times quantity, rounded down, " + unitQuote + ".",
	"id": "Id of the trade: 1, 2, 3 … in each market.", "isBuyerMaker": "The buyer's order waited in the book; the seller took.",
	"isBestMatch": "Always true.", "isBuyer": "The account bought.", "isMaker": "The account's order waited in the book.",
	"orderId": "The venue's id of the order.", "orderListId": "The list that the order is in, or -1.", "clientOrderId": "The client's own name: of the order, or in a cancel's answer of the cancel.",
	"origClientOrderId": "The client's own name of the order that was cancelled.", "transactTime": "When the venue did it, " + unitTime + ".",
	"origQty": "Quantity that was asked for, " + unitBase + ".", "executedQty": "What of it is filled, " + unitBase + ".",
	"origQuoteOrderQty": "What was asked for, " + unitQuote + ", where the order named that; else 0.", "cummulativeQuoteQty": "What its fills come to, " + unitQuote + ".",
	"timeInForce": "How long what cannot be filled at once stays.", "type": "Type of the order.", "side": "Which side.",
	"workingTime": "Since when it is in the book, " + unitTime + "; -1 while it is not.", "selfTradePreventionMode": "What would happen if the account traded with itself.",
	"stopPrice": "Price at which the stop triggers, " + unitPrice + "; 0 where there is none.", "trailingDelta": "Distance of a trailing stop, in basis points.",
	"trailingTime": "Since when a trailing stop follows, " + unitTime + "; -1 before.", "icebergQty": "How much of it shows, " + unitBase + "; 0 where all does.",
	"strategyId": "The client's label.", "strategyType": "The client's label.", "preventedMatchId": "Id of the prevented match.",
	"preventedQuantity": "What expired to prevent a match with oneself, " + unitBase + ".", "expiryReason": "Why the rest expired; LOSS_BUDGET where the account's loss budget does not bear it.",
	"updateTime": "Of the last change, " + unitTime + ".", "isWorking": "It is, or was, in the book.", "fills": "The trades that the order made at once.",
	"commission": "Fee, in units of commissionAsset.", "commissionAsset": "The asset that the fee was taken in.", "tradeId": "Id of the trade.",
	"maker": "For what waited in the book, in parts of one.", "taker": "For what took, in parts of one.", "buyer": "For who bought, in parts of one; 0.", "seller": "For who sold, in parts of one; 0.",
	"asset": "The asset, such as BTC.", "coin": "The asset, such as BTC.", "free": "What can be used, in units of the asset.", "locked": "What is held for open orders, in units of the asset.",
	"freeze": "Always 0.", "withdrawing": "Held for withdrawals, in units of the asset.", "ipoable": "Always 0.", "ipoing": "Always 0.", "storage": "Always 0.", "btcValuation": "Always 0: nothing is valued.",
	"openTime": "When it begins, " + unitTime + ".", "closeTime": "When it ends, " + unitTime + ".", "firstId": "Id of the first trade, or -1.", "lastId": "Id of the last trade, or -1.", "count": "How many trades.",
	"openPrice": "First price, " + unitPrice + ".", "highPrice": "Highest price, " + unitPrice + ".", "lowPrice": "Lowest price, " + unitPrice + ".", "lastPrice": "Last price, " + unitPrice + ".",
	"lastQty": "Quantity of the last trade, " + unitBase + ".", "volume": "Sum of quantities, " + unitBase + ".", "quoteVolume": "Sum of price times quantity, " + unitQuote + ".",
	"priceChange": "Last price less the first, " + unitPrice + ".", "priceChangePercent": "The same in percent of the first price, with three places.",
	"weightedAvgPrice": "quoteVolume by volume, " + unitPrice + ".", "prevClosePrice": "Price of the trade before, " + unitPrice + ".",
	"bidPrice": "Best bid, " + unitPrice + "; 0 without one.", "bidQty": "What stands there, " + unitBase + ".", "askPrice": "Best ask, " + unitPrice + "; 0 without one.", "askQty": "What stands there, " + unitBase + ".",
	"lastUpdateId": "The journal's sequence up to which the book is.", "bids": "Bids, the highest first.", "asks": "Asks, the lowest first.", "mins": "Over how many minutes.",
	"serverTime": "The venue's time, " + unitTime + ".", "timezone": "Always UTC.", "rateLimits": "The limits of requests and orders.", "exchangeFilters": "Rules of all symbols: none.", "symbols": "The markets.",
	"rateLimitType": "REQUEST_WEIGHT of an address, or ORDERS of an account.", "interval": "SECOND, MINUTE or DAY.", "intervalNum": "How many of them.", "limit": "The most in that time.",
	"baseAsset": "What is bought and sold.", "quoteAsset": "What it is paid in.", "baseAssetPrecision": "Places of the base asset.", "quotePrecision": "Places of the quote asset.", "quoteAssetPrecision": "Places of the quote asset.",
	"baseCommissionPrecision": "Places of fees in the base asset.", "quoteCommissionPrecision": "Places of fees in the quote asset.", "orderTypes": "The types of orders that the symbol takes.",
	"icebergAllowed": "Whether orders may show a part only.", "ocoAllowed": "Whether there are pairs of which one cancels the other.", "otoAllowed": "Whether an order may wait for another's fill.", "opoAllowed": "Always false.",
	"quoteOrderQtyMarketAllowed": "Whether market orders may name what to spend.", "allowTrailingStop": "Whether stops may follow the price.", "cancelReplaceAllowed": "Whether orders may be replaced in one step.",
	"amendAllowed": "Whether orders may be made smaller and keep their place.", "pegInstructionsAllowed": "Always false.", "isSpotTradingAllowed": "Always true.", "isMarginTradingAllowed": "Always false.",
	"filters": "The rules that orders must keep.", "permissions": "What an account may trade here: SPOT, or empty in a symbol.", "permissionSets": "[[\"SPOT\"]]: every account may trade here.",
	"defaultSelfTradePreventionMode": "What applies where an order says nothing.", "allowedSelfTradePreventionModes": "What an order may say.",
	"minPrice": "Lowest price, " + unitPrice + ".", "maxPrice": "Highest price, " + unitPrice + ".", "tickSize": "Prices are multiples of this, " + unitPrice + ".",
	"minQty": "Least quantity, " + unitBase + ".", "maxQty": "Greatest quantity, " + unitBase + ".", "stepSize": "Quantities are multiples of this, " + unitBase + ".",
	"minNotional": "Least price times quantity, " + unitQuote + ".", "applyMinToMarket": "Whether that holds for market orders.", "maxNotional": "Greatest price times quantity, " + unitQuote + ".", "applyMaxToMarket": "Whether that holds for market orders.",
	"avgPriceMins": "Minutes of the average price that market orders are held against; 0: the last price.", "maxNumOrders": "How many open orders an account may have in the symbol.", "maxNumAlgoOrders": "How many waiting stops an account may have in the symbol.",
	"maxNumOrderAmends": "How often an order may be amended.", "maxPosition": "The most that an account may have and bid for, " + unitBase + ".",
	"maxNumIcebergOrders": "How many iceberg orders an account may have in the symbol.", "maxNumOrderLists": "How many lists of orders an account may have in the symbol.",
	"multiplierUp": "Highest price by the average.", "multiplierDown": "Lowest price by the average.", "bidMultiplierUp": "Highest bid by the average.", "bidMultiplierDown": "Lowest bid by the average.", "askMultiplierUp": "Highest ask by the average.", "askMultiplierDown": "Lowest ask by the average.",
	"minTrailingAboveDelta": "Least trailingDelta of stops above the price, in basis points.", "maxTrailingAboveDelta": "Greatest one, in basis points.", "minTrailingBelowDelta": "Least trailingDelta of stops below the price, in basis points.", "maxTrailingBelowDelta": "Greatest one, in basis points.",
	"symbolRules": "One entry for each symbol.", "rules": "Always empty: there are no rules of execution.", "symbolFilters": "The symbol's rules.", "assetFilters": "Rules of assets: none.",
	"makerCommission": "Fee of makers.", "takerCommission": "Fee of takers.", "buyerCommission": "Always 0.", "sellerCommission": "Always 0.", "commissionRates": "The account's highest fees of any symbol.",
	"canTrade": "Whether the account may trade: not while it is locked.", "canWithdraw": "Whether it may withdraw: not while it is locked.", "canDeposit": "Whether it may deposit.", "brokered": "Always false.", "requireSelfTradePrevention": "Whether orders must prevent trading with oneself.",
	"preventSor": "Always false.", "accountType": "Always SPOT.", "balances": "What the account has.", "uid": "Number of the account.",
	"standardCommission": "The symbol's fees.", "specialCommission": "Always 0.", "taxCommission": "Always 0.", "discount": "Discount, in parts of one; none is given.",
	"enabledForAccount": "Always false.", "enabledForSymbol": "Always false.", "discountAsset": "Always empty.",
	"standardCommissionForOrder": "Fees that the order would pay.", "specialCommissionForOrder": "Always 0.", "taxCommissionForOrder": "Always 0.",
	"listenKey": "64 letters and digits. Who has them hears of the account: keep them as you keep a key.", "subscriptionId": "Number of the subscription on this connection: 0, 1, 2 …",
	"apiKey": "The API key that is logged on, or null.", "authorizedSince": "Since when, " + unitTime + ", or null.", "connectedSince": "Since when the connection stands, " + unitTime + ".",
	"returnRateLimits": "Whether answers tell what is used of the limits.", "userDataStream": "Whether the connection hears of an account.",
	"data": "Normal.", "vipLevel": "Always 0.", "isMarginEnabled": "Always false.", "isFutureEnabled": "Always false.", "isOptionsEnabled": "Always false.", "isPortfolioMarginRetailEnabled": "Always false.",
	"minWithdrawAmount": "Least that can be withdrawn, in units of the asset.", "depositStatus": "Whether it can be deposited by a chain.", "withdrawFee": "Fee of a withdrawal, in units of the asset.", "withdrawStatus": "Whether it can be withdrawn.", "depositTip": "Why it cannot be deposited.",
	"msg": "normal, or system_maintenance.", "name": "Name of the asset or network.", "networkList": "Chains by which it comes and goes: one to an asset, named as it is.", "trading": "Whether it is traded.", "isLegalMoney": "Always false.", "depositAllEnable": "Whether it can be deposited.", "withdrawAllEnable": "Whether it can be withdrawn.",
	"addressRegex": "What addresses look like.", "depositDesc": "Why deposits are off.", "depositDust": "A deposit of less than this is never credited.", "depositEnable": "Whether deposits are on.", "isDefault": "Whether it is meant where no network is named.", "memoRegex": "What tags look like.", "minConfirm": "Confirmations until it is credited.",
	"network": "The chain.", "specialTips": "What to look out for.", "unLockConfirm": "Confirmations until it may be withdrawn.", "unlockConfirm": "Confirmations until it may be withdrawn.", "withdrawDesc": "Why withdrawals are off.", "withdrawEnable": "Whether withdrawals are on.",
	"withdrawIntegerMultiple": "Amounts are multiples of this.", "withdrawMax": "Most that can be withdrawn at once.", "withdrawMin": "Least that can be withdrawn.", "withdrawInternalMin": "Least that can be withdrawn within the venue.", "sameAddress": "One address for all, told apart by the tag.",
	"estimatedArrivalTime": "Minutes until it arrives.", "busy": "Whether the chain is busy.", "contractAddressUrl": "Where the contract can be seen.", "contractAddress": "The contract.",
	"amount": "How much, in units of the asset.", "address": "Address.", "addressTag": "Tag.", "txId": "The transaction, or the operator's note.", "insertTime": "When it came, " + unitTime + ".", "completeTime": "When it was credited, " + unitTime + ".",
	"transferType": "0 from outside.", "confirmTimes": "Confirmations, and how many it takes.", "walletType": "Always 0.", "transactionFee": "Fee, in units of the asset.", "applyTime": "When it was asked for, as text in UTC.", "withdrawOrderId": "The client's own name of it.",
	"info": "Why it waits, or why nothing was sent.", "confirmNo": "Confirmations.", "txKey": "Always empty.",
	"ipRestrict": "Whether the key has a list of networks.", "createTime": "When the key was made, " + unitTime + ".", "enableReading": "It may read.", "enableWithdrawals": "It may withdraw.", "enableInternalTransfer": "Always false.", "enableMargin": "Always false.", "enableFutures": "Always false.",
	"permitsUniversalTransfer": "Always false.", "enableVanillaOptions": "Always false.", "enableFixApiTrade": "Always false.", "enableFixReadOnly": "Always false.", "enableSpotAndMarginTrading": "It may trade.", "enablePortfolioMarginTrading": "Always false.",
	"tradingAuthorityExpirationTime": "When the key ends, " + unitTime + "; not there where it does not.",
	"makerSymbol":                    "The market of the order that waited.", "makerOrderId": "The order that waited.", "takerOrderId": "The order that would have taken.",
	"takerPreventedQuantity": "What the order that took lost, " + unitBase + "; not there where it lost nothing.",
	"makerPreventedQuantity": "What the order that waited lost, " + unitBase + "; not there where it lost nothing.",
	"preventedMatches":       "Matches with the account's own orders that did not become trades; not there where there were none.",
	"executionId":            "Sequence of the record that did it.", "preventedQty": "What of it would have traded with the account itself, " + unitBase + ".",
	"quoteOrderQty": "What was asked for, " + unitQuote + ", where the order named that; else 0.", "cumulativeQuoteQty": "What its fills come to, " + unitQuote + ".",
	"amendedOrder": "The order as it is now.", "listStatus": "Its list, where it is in one.", "newClientOrderId": "The client's own name of the order from then on.",
	"newQty": "What it asked for from then on, " + unitBase + ".", "tradeGroupId": "Always -1.",
	"contingencyType": "OCO or OTO.", "listStatusType": "How the list's orders stand.", "listOrderStatus": "How the list stands.", "listClientOrderId": "The client's own name of the list.", "transactionTime": "When the venue did it, " + unitTime + ".", "orders": "The orders of the list.", "orderReports": "Each order, as a single one is answered.",
}

// special are the names that mean something of their own in one struct.
var special = map[string]map[string]string{
	"TransferDone":       {"tranId": "Number of the transfer.", "clientTranId": "The customer's own name of it, as sent."},
	"SubTransferDone":    {"txnId": "Number of the transfer."},
	"UniversalTransfers": {"result": "The transfers of the page, newest first.", "totalCount": "How many there are in the times asked for, 1000 at most."},
	"UniversalTransfer": {"tranId": "Number of the transfer.", "fromEmail": "The account that gave; empty for the master account.", "toEmail": "The account that received; empty for the master account.",
		"createTimeStamp": "When it was done, " + unitTime + ".", "fromAccountType": "Always SPOT.", "toAccountType": "Always SPOT.", "clientTranId": "The customer's own name of it; empty without one."},
	"SubTransfer": {"counterParty": "master or subAccount: what the other account is.", "email": "The other account; empty for the master account.", "type": "1: it came in; 2: it went out.",
		"fromAccountType": "Always SPOT.", "toAccountType": "Always SPOT.", "tranId": "Number of the transfer."},
	"SubAccounts": {"subAccounts": "The sub-accounts of the master account that asks."},
	"SubAccount": {"subUserId": "Number of the account.", "email": "Its name in other requests; no mail arrives there.", "remark": "The operator's reference of it.",
		"isFreeze": "Always false.", "isManagedSubAccount": "Always false.", "isAssetManagementSubAccount": "Always false."},
	"Session":        {"status": "Status."},
	"SymbolInfo":     {"status": "What the market is doing: TRADING, HALT or BREAK (cancels only)."},
	"SystemStatus":   {"status": "0 normal, 1 maintenance."},
	"Deposit":        {"id": "The coin that it is, or the number of what the operator booked.", "status": "0 pending, 1 credited, 7 too little to be credited.", "address": "The account's address that it came to.", "txId": "The transaction that brought it, or the operator's word for it."},
	"DepositAddress": {"address": "Where to send it.", "tag": "Always empty: these chains have none.", "url": "Always empty."},
	"Withdrawal":     {"id": "Id of the withdrawal.", "amount": "What arrives, without the fee.", "txId": "The transaction that pays it, once one is signed; empty before.", "status": "0 challenged, 1 cancelled, 2 held, 3 rejected, 4 on its way, 5 failed, 6 done."},
	"GiftIssued":     {"coin": "The asset.", "amount": "What each code is worth.", "expireTime": "When codes that nobody claims go back, " + unitTime + ".", "batchName": "The client's own name for them, or empty.", "codes": "The codes, shown this once."},
	"GiftCode":       {"id": "Number of the code, by which it is listed and taken back. It is no secret.", "code": "The code. Whoever has it may claim it."},
	"GiftDone":       {"id": "Number of the code.", "coin": "The asset.", "amount": "What it was worth."},
	"GiftEntry": {"id": "Number of the code.", "batch": "Number of the first code that was issued with it.", "batchName": "The client's own name for those, or empty.", "coin": "The asset.", "amount": "What it is worth.", "giftStatus": "How it stands.",
		"createTime": "When it was issued, " + unitTime + ".", "expireTime": "When it goes back, " + unitTime + ".", "updateTime": "When it was issued, claimed or went back, " + unitTime + "."},
	"WithdrawApplied": {"id": "Number of the withdrawal."},
	"WithdrawAddress": {"name": "The owner's own word for it.", "network": "The chain.", "origin": "Always empty.", "originType": "Always empty.", "whiteStatus": "Whether withdrawals may go there: not while it waits."},
	"RateLimit":       {"count": "What is used of it."},
	"Account":         {"makerCommission": "Highest fee of makers in any symbol, in basis points.", "takerCommission": "Highest fee of takers in any symbol, in basis points."},
	"AvgPrice":        {"closeTime": "When the last trade was, " + unitTime + "."},
	"AggTrade":        aggregate,
	"AggTradeEvent":   merge(aggregate, event),
	"TradeEvent":      merge(event, map[string]string{"t": "Id of the trade.", "p": "Price, " + unitPrice + ".", "q": "Quantity, " + unitBase + ".", "T": "When it was traded, " + unitTime + ".", "m": "The buyer's order waited in the book; the seller took.", "M": "Always true."}),
	"DepthUpdate":     merge(event, map[string]string{"U": "Sequence of the first record that it covers: one more than the u before.", "u": "Sequence of the last record that it covers.", "b": "Bids that changed, with what stands there now; 0 takes the level away.", "a": "Asks that changed, with what stands there now; 0 takes the level away."}),
	"BookTickerEvent": {"u": "Sequence of the record.", "s": "The market.", "b": "Best bid, " + unitPrice + ".", "B": "What stands there, " + unitBase + ".", "a": "Best ask, " + unitPrice + ".", "A": "What stands there, " + unitBase + "."},
	"KlineEvent":      merge(event, map[string]string{"k": "The candlestick."}),
	"StreamCandle": {"t": "When it opens, " + unitTime + ".", "T": "Its last moment, " + unitTime + ".", "s": "The market.", "i": "Its length.", "f": "Id of the first trade, or -1.", "L": "Id of the last trade, or -1.", "o": "First price, " + unitPrice + ".", "c": "Last price, " + unitPrice + ".",
		"h": "Highest price, " + unitPrice + ".", "l": "Lowest price, " + unitPrice + ".", "v": "Sum of quantities, " + unitBase + ".", "n": "How many trades.", "x": "It is over.", "q": "Sum of price times quantity, " + unitQuote + ".", "V": "What takers bought, " + unitBase + ".", "Q": "What takers bought, " + unitQuote + ".", "B": "To be ignored."},
	"MiniTickerEvent": merge(event, window),
	"TickerEvent": merge(event, window, change, map[string]string{"x": "Price of the trade before the window, " + unitPrice + ".", "Q": "Quantity of the last trade, " + unitBase + ".",
		"b": "Best bid, " + unitPrice + ".", "B": "What stands there, " + unitBase + ".", "a": "Best ask, " + unitPrice + ".", "A": "What stands there, " + unitBase + "."}),
	"WindowEvent":      merge(event, window, change),
	"AvgPriceEvent":    merge(event, map[string]string{"i": "Over how long.", "w": "Average price, " + unitPrice + ".", "T": "When the last trade was, " + unitTime + "."}),
	"ServerShutdown":   event,
	"StreamTerminated": event,
	"AccountPosition":  merge(event, map[string]string{"u": "When the balances changed, " + unitTime + ".", "B": "The balances that the record moved, as they are after it."}),
	"AssetBalance":     {"a": "The asset.", "f": "What can be used, in units of the asset.", "l": "What is held for open orders, in units of the asset."},
	"BalanceUpdate":    merge(event, map[string]string{"a": "The asset.", "d": "What came or went, in units of the asset.", "T": "When, " + unitTime + "."}),
	"ListStatus":       merge(event, map[string]string{"g": "The list.", "c": "OCO or OTO.", "l": "How the list's orders stand.", "L": "How the list stands.", "r": "Why it was rejected.", "C": "The client's own name of the list.", "T": "When, " + unitTime + ".", "O": "The orders of the list."}),
	"ListMember":       {"s": "The market.", "i": "The venue's id of the order.", "c": "The client's own name of the order."},
	"ExecutionReport": merge(event, map[string]string{
		"c": "The client's own name: of the order, or of the cancel.", "S": "Which side.", "o": "Type of the order.", "f": "How long what cannot be filled at once stays.", "q": "Quantity that was asked for, " + unitBase + ".", "p": "Price, " + unitPrice + ".",
		"P": "Price at which the stop triggers, " + unitPrice + ".", "d": "Distance of a trailing stop, in basis points.", "F": "How much of it shows, " + unitBase + ".", "g": "The list that the order is in, or -1.", "C": "The client's own name of the order that was cancelled; else empty.",
		"x": "What happened.", "X": "How far the order is now.", "r": "Always NONE: refusals are no events.", "i": "The venue's id of the order.", "l": "What this trade filled, " + unitBase + ".", "z": "What is filled in all, " + unitBase + ".", "L": "Price of this trade, " + unitPrice + ".",
		"n": "Fee of this trade.", "N": "The asset that the fee was taken in, or null.", "T": "When, " + unitTime + ".", "t": "Id of the trade, or -1.", "v": "Id of the prevented match.", "I": "Sequence of the record, which all events in it share.", "w": "It is in the book.", "m": "It waited in the book when it traded.", "M": "To be ignored.",
		"O": "When it was placed, " + unitTime + ".", "Z": "What its fills come to, " + unitQuote + ".", "Y": "What this trade comes to, " + unitQuote + ".", "Q": "What was asked for, " + unitQuote + ", where the order named that; else 0.", "D": "Since when a trailing stop follows, " + unitTime + ".", "W": "Since when it is in the book, " + unitTime + ".",
		"V": "What would happen if the account traded with itself.", "j": "The client's label.", "J": "The client's label.", "eR": "Why the rest expired.",
		"A": "What expired to prevent matches with oneself, " + unitBase + ".", "B": "What of it this time, " + unitBase + ".", "u": "Trade group.", "U": "The other order.", "Cs": "The other order's market.", "pl": "What would have traded, " + unitBase + ".", "pL": "At which price, " + unitPrice + ".", "pY": "What that comes to, " + unitQuote + "."}),
}

var (
	event     = map[string]string{"e": "Kind of the event.", "E": "When the venue told it, " + unitTime + ".", "s": "The market."}
	aggregate = map[string]string{"a": "Id of the aggregate: that of its first trade.", "p": "Price, " + unitPrice + ".", "q": "Sum of quantities, " + unitBase + ".", "f": "Id of its first trade.", "l": "Id of its last trade.", "T": "When it was traded, " + unitTime + ".", "m": "The buyer's order waited in the book; the seller took.", "M": "Always true."}
	window    = map[string]string{"c": "Last price, " + unitPrice + ".", "o": "First price, " + unitPrice + ".", "h": "Highest price, " + unitPrice + ".", "l": "Lowest price, " + unitPrice + ".", "v": "Sum of quantities, " + unitBase + ".", "q": "Sum of price times quantity, " + unitQuote + "."}
	change    = map[string]string{"p": "Last price less the first, " + unitPrice + ".", "P": "The same in percent of the first price.", "w": "Average price, " + unitPrice + ".", "O": "When the window opens, " + unitTime + ".", "C": "When it ends, " + unitTime + ".", "F": "Id of the first trade, or -1.", "L": "Id of the last trade, or -1.", "n": "How many trades."}
)

func merge(all ...map[string]string) map[string]string {
	m := map[string]string{}
	for _, x := range all {
		for k, v := range x {
			m[k] = v
		}
	}
	return m
}
