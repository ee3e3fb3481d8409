package reference

import "strings"

// words of schemas that parameters share.
var (
	aText    = object{"type": "string"}
	aNumber  = object{"type": "integer", "format": "int64", "minimum": 0}
	aFlag    = object{"type": "boolean"}
	aTime    = object{"type": "integer", "format": "int64", "minimum": 0}
	aDecimal = object{"type": "string", "pattern": `^[0-9]{1,20}(\.[0-9]{1,20})?$`}
	aName    = object{"type": "string", "pattern": `^[a-zA-Z0-9-_.:/]{1,36}$`}
	aSymbol  = object{"type": "string", "pattern": `^[A-Z0-9-_.]{1,20}$`}
)

func oneOf(values ...string) object { return object{"type": "string", "enum": values} }

func within(least, most int) object {
	return object{"type": "integer", "minimum": least, "maximum": most}
}

// parameters are what requests may be sent with. The key is the name, but where one name means two things.
var parameters = map[string]struct {
	about  string
	schema object
}{
	"symbol":                     {"The market, such as BTCUSDT.", aSymbol},
	"symbols":                    {`Several markets, as a JSON list: ["BTCUSDT","ETHUSDT"].`, object{"type": "string", "contentMediaType": "application/json"}},
	"symbolStatus":               {"Only markets that are doing this. One market that does something else is −1220; of several it is left out.", oneOf("TRADING", "HALT", "BREAK")},
	"permissions":                {"Only markets with this permission: SPOT, or a JSON list.", aText},
	"showPermissionSets":         {"false leaves permissionSets empty. Default: true.", aFlag},
	"depthLimit":                 {"How many levels of each side. Default 100, at most 5000.", within(1, 5000)},
	"limit":                      {"How many rows. Default 500; more than 1000 are cut to 1000.", object{"type": "integer", "minimum": 1}},
	"fromId":                     {"From this id on.", aNumber},
	"orderId":                    {"The venue's id of an order; in lists, from this one on.", aNumber},
	"startTime":                  {"From this time on, in milliseconds or microseconds since 1970 UTC.", aTime},
	"endTime":                    {"Up to and with this time, in milliseconds or microseconds since 1970 UTC.", aTime},
	"interval":                   {"Length of a candlestick.", oneOf("1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M")},
	"timeZone":                   {"The client's offset east of UTC, from -12:00 to +14:00: hours, or hours:minutes. Default 0.", object{"type": "string", "pattern": `^[+-]?[0-9]{1,2}(:[0-9]{2})?$`}},
	"windowSize":                 {"1m to 59m, 1h to 23h or 1d to 7d. Default 1d.", object{"type": "string", "pattern": "^[0-9]{1,2}[mhd]$"}},
	"tickerType":                 {"How much is told. Default FULL.", oneOf("FULL", "MINI")},
	"side":                       {"Which side.", oneOf("BUY", "SELL")},
	"type":                       {"LIMIT: at its price or better. LIMIT_MAKER: refused when it would take. MARKET: at what the book offers; the rest expires. exchangeInfo says which types a symbol takes.", oneOf("LIMIT", "LIMIT_MAKER", "MARKET", "STOP_LOSS", "STOP_LOSS_LIMIT", "TAKE_PROFIT", "TAKE_PROFIT_LIMIT")},
	"timeInForce":                {"Mandatory where the type has one. GTC: the rest stays. IOC: the rest expires. FOK: whole or not at all.", oneOf("GTC", "IOC", "FOK")},
	"quantity":                   {"How much of the base asset, a multiple of the symbol's step.", aDecimal},
	"quoteOrderQty":              {"MARKET only, instead of quantity: how much of the quote asset to spend or receive at most.", aDecimal},
	"price":                      {"Price of the types that have one: quote units for one of the base asset, a multiple of the symbol's tick.", aDecimal},
	"stopPrice":                  {"Price at which a stop triggers.", aDecimal},
	"trailingDelta":              {"Distance of a trailing stop, in basis points.", aNumber},
	"icebergQty":                 {"How much of an order shows, in units of the base asset; GTC only.", aDecimal},
	"newClientOrderId":           {"The client's own name of the order, or of the cancel. The venue makes one where none is sent. No two open orders of an account in a symbol may have the same.", aName},
	"newOrderRespType":           {"How much is answered.", oneOf("ACK", "RESULT", "FULL")},
	"selfTradePreventionMode":    {"What happens when the account would trade with itself; exchangeInfo says which a symbol takes.", oneOf("NONE", "EXPIRE_MAKER", "EXPIRE_TAKER", "EXPIRE_BOTH", "DECREMENT")},
	"strategyId":                 {"A label, told back in the answer and not kept.", aNumber},
	"strategyType":               {"A label of 1,000,000 or more, told back in the answer and not kept.", object{"type": "integer", "minimum": 1_000_000}},
	"computeCommissionRates":     {"true answers with the fees that the order would pay. Default: false.", aFlag},
	"origClientOrderId":          {"The client's own name of the order.", aName},
	"cancelRestrictions":         {"Cancel only while nothing of the order is filled (ONLY_NEW), or only while some of it is (ONLY_PARTIALLY_FILLED).", oneOf("ONLY_NEW", "ONLY_PARTIALLY_FILLED")},
	"cancelReplaceMode":          {"STOP_ON_FAILURE: place the new order only if the old one was cancelled. ALLOW_FAILURE: place it anyway.", oneOf("STOP_ON_FAILURE", "ALLOW_FAILURE")},
	"cancelOrderId":              {"The order to cancel, by the venue's id.", aNumber},
	"cancelOrigClientOrderId":    {"The order to cancel, by its client's name.", aName},
	"cancelNewClientOrderId":     {"The client's own name of the cancel.", aName},
	"orderRateLimitExceededMode": {"CANCEL_ONLY: when the account may place no more orders now, cancel all the same. Default: DO_NOTHING.", oneOf("DO_NOTHING", "CANCEL_ONLY")},
	"newQty":                     {"How much the order asks for from now on, what was filled included, in units of the base asset; less than before.", aDecimal},
	"listClientOrderId":          {"The client's own name of the list. The venue makes one where none is sent. No two open lists of an account in a symbol may have the same.", aName},
	"orderListId":                {"The venue's id of a list.", aNumber},
	"fromExecutionId":            {"From this execution id on.", aNumber},
	"stopLimitPrice":             {"Price of the stop once it works; without it the stop is a market order.", aDecimal},
	"stopLimitTimeInForce":       {"Mandatory with stopLimitPrice.", oneOf("GTC", "IOC", "FOK")},
	"omitZeroBalances":           {"true leaves out assets of which there is nothing. Default: false.", aFlag},
	"preventedMatchId":           {"One prevented match.", aNumber},
	"fromPreventedMatchId":       {"From this one on.", aNumber},
	"fromAllocationId":           {"From this one on.", aNumber},
	"listenKey":                  {"The listenKey.", object{"type": "string", "pattern": "^[A-Za-z0-9]{64}$"}},
	"subscriptionId":             {"Which one. Default: all.", aNumber},
	"coin":                       {"Only this asset, such as BTC.", aText},
	"asset":                      {"Only this asset, such as BTC.", aText},
	"txId":                       {"Only this transaction.", aText},
	"withdrawOrderId":            {"Only the withdrawal of this name.", aName},
	"withdrawCoin":               {"The asset, such as BTC.", aText},
	"count":                      {"How many codes of that amount each. Default 1.", within(1, 100)},
	"expires":                    {"When codes that nobody claims go back: 2027-01-31, 2027-01-31T12:00:00Z, or after 90d or 12h; a minute to two years from now.", aText},
	"batchName":                  {"The client's own name for what is issued together; of one account no two known batches have the same.", aName},
	"message":                    {"What whoever claims a code reads: at most 400 bytes, and no control characters.", aText},
	"giftId":                     {"Number of the code.", aNumber},
	"giftStatus":                 {"Only codes that stand so.", oneOf("LIVE", "CLAIMED", "RETURNED", "EXPIRED")},
	"giftFrom":                   {"From the code of this number on.", aNumber},
	"code":                       {"The gift code, in any case, with or without dashes.", aText},
	"withdrawName":               {"The client's own name of it. Under one name an account withdraws once: given again, nothing more is sent.", aName},
	"address":                    {"Where it goes: an address of the account's book, to the letter.", object{"type": "string", "pattern": "^[!-~]{1,128}$"}},
	"addressTag":                 {"The tag or memo that belongs to the address, where the asset's chain has such.", object{"type": "string", "pattern": "^[!-~]{1,64}$"}},
	"network":                    {"The chain: each asset moves on one, which is named as the asset is.", aText},
	"name":                       {"Not looked at: the owner names addresses in the book.", aText},
	"walletType":                 {"There is one wallet, 0.", within(0, 0)},
	"transactionFeeFlag":         {"Not looked at: it is for transfers between customers.", aFlag},
	"idList":                     {"Only these withdrawals, joined by commas.", aText},
	"walletStatus":               {"Only those that stand so.", aNumber},
	"depositStatus":              {"Only those that stand so: 0, 1 or 7.", aNumber},
	"depositCoin":                {"The asset, such as BTC.", aText},
	"offset":                     {"How many rows to leave out. Default 0.", aNumber},
	"includeSource":              {"Not looked at: no source is known.", aFlag},
	"needBtcValuation":           {"Not looked at: nothing is valued.", aFlag},
	"fromEmail":                  {"The account that gives, as sub-account/list names it; the master account where none is sent.", aText},
	"toEmail":                    {"The account that receives, as sub-account/list names it; the master account where none is sent.", aText},
	"email":                      {"A sub-account, as sub-account/list names it.", aText},
	"fromAccountType":            {"SPOT.", oneOf("SPOT")},
	"toAccountType":              {"SPOT.", oneOf("SPOT")},
	"clientTranId":               {"The customer's own name of the transfer.", aName},
	"amount":                     {"How much.", aDecimal},
	"transferType":               {"1: what came in; 2: what went out.", within(1, 2)},
	"returnFailHistory":          {"Not looked at: what failed is not kept.", aFlag},
	"page":                       {"Which page, from 1 on.", aNumber},
	"isFreeze":                   {"Not looked at: none is frozen.", aFlag},
	"recvWindow":                 {"How long after timestamp the request may still be taken up, in milliseconds with up to three places. Default 5000, at most 60000.", object{"type": "string", "pattern": `^[0-9]{1,5}(\.[0-9]{1,3})?$`}},
	"timestamp":                  {"When the request was made, in milliseconds or microseconds since 1970 UTC; at most one second ahead of the venue.", aTime},
	"signature":                  {"HMAC-SHA256 in hex, or RSA (PKCS #1 v1.5, SHA-256) or Ed25519 in base64, over the raw query and body without this parameter; percent-encoded.", aText},
	"returnRateLimits":           {"Whether this answer tells what is used of the limits. Default: what the connection was made with.", aFlag},
	"apiKey":                     {"The API key; none where the session is logged on.", aText},
}

// legs are the orders of lists, as parameters name them.
var legs = map[string]string{
	"above": "the order to be done at the higher price", "below": "the order to be done at the lower price", "working": "the first order",
	"pending": "the order that follows", "pendingAbove": "the order that follows, to be done at the higher price",
	"pendingBelow": "the order that follows, to be done at the lower price", "limit": "the limit maker", "stop": "the stop",
}

// legParams are the parameters that an order of a list has under its own name, and under which a single order has them.
var legParams = map[string]string{
	"Type": "type", "Side": "side", "ClientOrderId": "newClientOrderId", "Price": "price", "Quantity": "quantity", "StopPrice": "stopPrice",
	"TrailingDelta": "trailingDelta", "IcebergQty": "icebergQty", "TimeInForce": "timeInForce", "StrategyId": "strategyId", "StrategyType": "strategyType",
}

func init() {
	for prefix, leg := range legs {
		for suffix, single := range legParams {
			p := parameters[single]
			if p.about = "Of " + leg + ". " + p.about; prefix+suffix != "stopPrice" {
				parameters[prefix+suffix] = p
			}
		}
	}
}

// legOf are the parameters of an order of a list.
func legOf(prefix string, suffixes string) (list string) {
	for suffix := range strings.FieldsSeq(suffixes) {
		list += " " + prefix + suffix
	}
	return list
}

// wireNames are the names of parameters that stand under another in the table.
var wireNames = map[string]string{"depthLimit": "limit", "tickerType": "type", "walletStatus": "status", "depositStatus": "status", "withdrawCoin": "coin", "depositCoin": "coin", "withdrawName": "withdrawOrderId", "giftId": "id", "giftFrom": "fromId", "transferType": "type"}

func (p *parameter) wire() string {
	if name := wireNames[p.name]; name != "" {
		return name
	}
	return p.name
}
